"""The routes of all that a program asks for: the API, the exports, the feed, DCAT, health."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask, Response, request
from werkzeug.http import dump_options_header

from index.errors import BeslutError, IndexUnusable
from index.problem import quoted
from search.changes import BEGINNING, Cursor
from search.deadline import Deadline
from search.dimensions import BY_NAME, VALUES
from search.request import RequestError, SearchRequest
from search.result import WholeSet
from search.searcher import SUGGESTIONS, Searcher
from search.thread import common_themes, thread
from web import caching, current, language, urls
from web.api import bodies, dcat, export, feeds, openapi, schemas
from web.downloads import Download
from web.originals import originals
from web.problems import NotFound
from web.redirects import redirect
from web.serving.accesslog import trace_id
from web.subjects import KINDS, subjects, themes

ROOT = "/api/v1"
FACETS = ("all", "none")
"""What `facets` may say, the first if it says nothing."""
MOST_CHANGES = 1000
JSON = "application/json; charset=utf-8"
YAML = "application/yaml; charset=utf-8"
_MORE = {"jsonl": "; charset=utf-8", "csv": "; charset=utf-8; header=present", "xlsx": ""}
"""What the media types of the exports say besides."""


def register(app: Flask) -> None:
    """Adds the endpoints to the application."""
    app.add_url_rule(f"{ROOT}/decisions", view_func=search_api)
    app.add_url_rule(f"{ROOT}/decisions/<round_>/<name>", view_func=decision_api)
    app.add_url_rule(f"{ROOT}/decisions/<round_>/<name>/related", view_func=related_api)
    app.add_url_rule(f"{ROOT}/themes", view_func=themes_api)
    app.add_url_rule(urls.suggestions_path(), view_func=suggestions_api)
    app.add_url_rule(urls.changes_path(), view_func=changes_api)
    app.add_url_rule(f"{ROOT}/api-info", view_func=api_info)
    app.add_url_rule(ROOT, view_func=api_info)  # the catalogue names it, and so must it answer
    app.add_url_rule(f"{ROOT}/openapi.json", view_func=openapi_json)
    app.add_url_rule(f"{ROOT}/openapi.yaml", view_func=openapi_yaml)
    app.add_url_rule("/api", view_func=caching.page(documentation, of_index=False))
    app.add_url_rule("/feed.atom", view_func=feed)
    app.add_url_rule("/health", view_func=health)
    app.add_url_rule("/datasets/dcat", view_func=catalogue)
    variants: list[tuple[str, Callable[..., Response], dict[str, str]]] = [
        *((f"{ROOT}/{one.plural}", list_api, {"dimension": one.name}) for one in VALUES),
        *((urls.profile_api_path(kind, "<slug>"), profile_api, {"kind": kind}) for kind in KINDS),
        *((f"{ROOT}/decisions.{form}", export_api, {"form": form}) for form in export.FORMS),
        *((f"{ROOT}{path}", export_api, {"form": one}) for path, one in openapi.EXPORTS.items()),
        *((f"/datasets/dcat.{form}", catalogue, {"form": form}) for form in dcat.TYPES),
    ]
    for path, view, chosen in variants:
        app.add_url_rule(path, path, view, defaults=chosen)
    app.after_request(_open_to_everyone)


def search_api() -> Response:
    """``GET /api/v1/decisions``: one page of a search."""
    asked = _asked((*urls.PARAMETERS, "fields", "facets", "cursor"))
    fields, has_facets = _fields(schemas.HIT_FIELDS), _choice("facets", FACETS) == FACETS[0]
    searcher = current.searcher()
    after, cursor = _cursor(searcher), _only("cursor")

    def make() -> Response:
        result = searcher.search(asked, current.deadline(), after, has_facets)
        more = {"fields": ",".join(fields), "facets": "" if has_facets else FACETS[1]}
        view = bodies.View(more, cursor, current.settings().limits)
        return _json(bodies.answer(result, searcher.updated, view, fields, originals(searcher)))

    return caching.conditional(searcher, _canonical(asked, *fields, str(has_facets), cursor), make)


def decision_api(round_: str, name: str) -> Response:
    """``GET /api/v1/decisions/{id}``."""
    _refuse_others(("fields",))
    fields = _fields(schemas.DECISION_FIELDS)
    searcher = current.searcher()
    decision = searcher.get(f"{round_}/{name}")
    if decision is None:
        return _elsewhere(searcher, f"{round_}/{name}", urls.api_path)
    return caching.conditional(
        searcher,
        ",".join(fields),
        lambda: _json(bodies.decision(decision, fields, originals(searcher))),
    )


def related_api(round_: str, name: str) -> Response:
    """``GET /api/v1/decisions/{id}/related``."""
    _refuse_others(())
    searcher = current.searcher()

    def make() -> Response:
        deadline = current.deadline()
        found = thread(searcher, f"{round_}/{name}", deadline)
        if found is None:
            return _elsewhere(searcher, f"{round_}/{name}", urls.related_path)
        return _json(bodies.related(found, common_themes(searcher, found.decision.id, deadline)))

    return caching.conditional(searcher, "", make)


def list_api(dimension: str) -> Response:
    """``GET /api/v1/owners``, ``/rounds``: one page of the values of a dimension."""
    asked = _asked(("page", "limit"))
    searcher = current.searcher()

    def make() -> Response:
        found = searcher.groups(dimension, current.deadline())
        named = partial(searcher.parties_named, dimension)
        body = bodies.groups(
            BY_NAME[dimension], found, searcher.updated, asked, searcher.rounds, named
        )
        return _json(body)

    return caching.conditional(searcher, _canonical(asked), make)


def profile_api(kind: str, slug: str) -> Response:
    """``GET /api/v1/owners/{slug}``, ``/funders/{slug}``, ``/themes/{slug}``."""
    _refuse_others(())
    searcher = current.searcher()

    def make() -> Response:
        found = subjects(searcher, kind, slug)
        if len(found) != 1:
            if found:
                raise NotFound("ambiguous", name=slug, known=tuple(one.slug for one in found))
            raise NotFound("no-subject", name=slug)
        (one,) = found
        if one.slug != slug:
            return redirect(urls.profile_api_path(kind, one.slug))
        deadline = current.deadline()
        profile = searcher.profile(one.request, deadline)
        return _json(bodies.profile(one, profile, themes(searcher, one, deadline)))

    return caching.conditional(searcher, "", make)


def themes_api() -> Response:
    """``GET /api/v1/themes``: the themes that find something, by area."""
    _refuse_others(())
    searcher = current.searcher()

    def make() -> Response:
        return _json(bodies.themes(searcher.directory(current.deadline())))

    return caching.conditional(searcher, "", make)


def suggestions_api() -> Response:
    """``GET /api/v1/suggestions``: what somebody who has typed `q` may be about to type."""
    asked = _asked(("q", "limit"))
    if not _only("limit"):
        asked = replace(asked, limit=SUGGESTIONS)
    searcher = current.searcher()

    def make() -> Response:
        found = searcher.suggestions(asked.q, asked.limit, current.deadline())
        return _json(bodies.suggestions(found, asked.q, asked.limit))

    return caching.conditional(searcher, _canonical(asked), make)


def changes_api() -> Response:
    """``GET /api/v1/changes``: what has happened to the decisions since a cursor."""
    _refuse_others(("since", "limit"))
    text, searcher = _only("since"), current.searcher()
    cursor = None if text in ("", BEGINNING) else Cursor.parse("since", text)
    most = urls.count("limit", _only("limit") or str(MOST_CHANGES), MOST_CHANGES)

    def make() -> Response:
        found = searcher.history.since(cursor, most, current.deadline())
        return _json(bodies.changes(found, text, most))

    return caching.conditional(searcher, f"{text}&{most}", make)


def api_info() -> Response:
    """``GET /api/v1/api-info``, ``/api/v1``: what the national profile wants to know of an API."""
    _refuse_others(())
    body = bodies.api_info(f"{current.base_url()}/api")
    return caching.conditional(None, "", lambda: _json(body))


def openapi_json() -> Response:
    """``GET /api/v1/openapi.json``."""
    _refuse_others(())
    return caching.conditional(None, "", lambda: _json(_specification()))


def openapi_yaml() -> Response:
    """``GET /api/v1/openapi.yaml``: the same as YAML."""
    _refuse_others(())
    return caching.conditional(
        None, "", lambda: Response(openapi.as_yaml(_specification()), content_type=YAML)
    )


def export_api(form: str) -> Response:
    """``GET /api/v1/decisions.jsonl``, ``.csv``, ``.xlsx``, and the same at ``/api/v1/exports``:
    the whole set of a search."""
    asked = _asked((*export.PARAMETERS, "fields", *(("dialect",) if form == "csv" else ())))
    dialect = _choice("dialect", [*export.DIALECTS])
    fields = _fields(schemas.LINE_FIELDS if form == "jsonl" else export.COLUMN_NAMES)
    searcher = current.searcher()

    def make() -> Response:
        held.callback(current.slots().take())  # first: one too many is not even searched for
        found = searcher.whole(asked, current.deadline())
        response = _file(form, found, dialect, fields, searcher)
        name = export.file_name(asked, searcher.updated, form)
        disposition = dump_options_header("attachment", {"filename": name})
        response.headers["Content-Disposition"] = disposition
        return response

    with contextlib.ExitStack() as held:
        canonical = _canonical(asked, dialect, *fields)
        response = caching.conditional(searcher, canonical, make, zip_=form != "xlsx")
        if response.is_streamed and request.method == "GET":
            response.response = Download.of(held.pop_all().close, response.response)
            response.direct_passthrough = True
    return response


def feed() -> Response:
    """``GET /feed.atom``: what is newest of a search. The order of the page, and which page,
    are taken and have no meaning here, so that the query string of any results page will do."""
    asked = replace(_asked((*urls.PARAMETERS, "cursor")), sort=None, page=1)
    searcher = current.searcher()
    settings = current.settings()
    before, cursor = _cursor(searcher) or None, _only("cursor")

    def make() -> Response:
        found = searcher.newest(asked, asked.limit, current.deadline(), before)
        body = feeds.feed(
            found, asked, current.base_url(), settings.publisher, searcher.updated, cursor
        )
        return Response(body, content_type=feeds.TYPE)

    return caching.conditional(searcher, _canonical(asked, cursor), make)


def catalogue(form: str | None = None) -> Response:
    """``GET /datasets/dcat``: the open data as DCAT-AP-SE, in the form that the suffix or Accept
    asks for."""
    _refuse_others(())
    settings = current.settings()
    missing = dcat.missing(settings)
    if missing:
        raise NotFound("no-catalogue", missing=tuple(missing))
    chosen = form or _accepted(dcat.TYPES)
    searcher = current.searcher()

    def make() -> Response:
        body = dcat.catalogue(chosen, settings, searcher.updated)
        return Response(body, content_type=dcat.TYPES[chosen])

    response = caching.conditional(searcher, chosen, make)
    if form is None:
        response.vary.add("Accept")
    return response


def health() -> Response:
    """``GET /health``: whether searches can be answered, by which generation, over how much."""
    _refuse_others(())
    searcher = current.searcher()
    _try_out(searcher, current.deadline())
    generation = searcher.generation
    body = {
        "status": "ok" if generation.warning is None else "warning",
        "generation": generation.path.name,
        "decisions": len(searcher),
        "created": searcher.updated,
        "warning": generation.warning,
    }
    response = _json(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _try_out(searcher: Searcher, deadline: Deadline) -> None:
    """Searches for a word of a decision: reads postings, columns, vocabulary and a record. Raises
    `IndexUnusable` where that fails, in whatever way."""
    try:
        first = searcher.search(SearchRequest(limit=1), deadline).hits[0].decision
        word = max(re.findall(r"[^\W\d_]+", first.title or first.owner), key=len, default="")
        asked = SearchRequest(f'"{word}"', limit=1)
        found = not word or searcher.search(asked, deadline).total
    except BeslutError:
        raise
    except Exception as error:
        raise IndexUnusable(f"sökningen fungerar inte ({error!r})", "kör `beslut check`") from error
    if not found:
        raise IndexUnusable(f"sökningen finner inte {quoted(word)}", "kör `beslut check`")


def documentation() -> str:
    """The page ``/api``."""
    return openapi.page(_specification(), current.settings(), current.base_url())


def _asked(known: Iterable[str]) -> SearchRequest:
    """The request, the same in whatever order it was written; raises `RequestError` for a name that
    is not among `known`, or a bad value."""
    _refuse_others(known)
    parsed = urls.parse(current.parameters(), current.settings().limits)
    for error in parsed.errors.values():
        raise error
    return urls.ordered(parsed.request)


def _refuse_others(known: Iterable[str]) -> None:
    """Refuses parameters that are not known here, by name, and a language that is none."""
    names = list(known)
    language_ = _only(language.PARAMETER)
    if language_ and language_ not in language.LANGUAGES:
        raise RequestError(
            language.PARAMETER,
            language_,
            "unknown-language",
            wanted=language_,
            known=tuple(language.LANGUAGES),
        )
    for name in current.parameters():
        if name not in (*names, language.PARAMETER):
            code = "unknown-parameter" if names else "no-parameters"
            raise RequestError(name[:40], "", code, known=tuple(names))


def _fields(known: tuple[str, ...]) -> tuple[str, ...]:
    """The members that are wanted, each once; empty where nothing is said."""
    text = _only("fields")
    wanted = tuple(dict.fromkeys(text.split(","))) if text else ()
    for name in wanted:
        if name not in known:
            raise RequestError("fields", text, "unknown-field", wanted=name, known=known)
    return wanted


def _choice(name: str, known: Sequence[str]) -> str:
    """The value of a parameter that is one of some, the first if it is not given."""
    text = _only(name) or known[0]
    if text not in known:
        raise RequestError(name, text, "unknown-choice", wanted=text, known=tuple(known))
    return text


def _cursor(searcher: Searcher) -> int | None:
    """The event up to which decisions have been read in the order in which they came; None where
    they are not asked for in that order. Raises `RequestError`."""
    text = _only("cursor")
    if text in ("", BEGINNING):
        return 0 if text else None
    return searcher.history.number(Cursor.parse("cursor", text), "cursor")


def _only(name: str) -> str:
    """The one value of a parameter, empty where it has none."""
    values = [value.strip() for value in current.parameters().get(name, ()) if value.strip()]
    if len(values) > 1:
        raise RequestError(name, values[1], "given-twice", name=name, number=len(values))
    return values[0] if values else ""


def _canonical(asked: SearchRequest, *others: str) -> str:
    return "&".join([urls.query_string(asked), *others])


def _file(
    form: str, found: WholeSet, dialect: str, fields: bodies.Fields, searcher: Searcher
) -> Response:
    """The set in one of the forms. The body is made when it is sent."""
    site = current.base_url()
    if form == "jsonl":
        body = export.json_lines(found, site, originals(searcher), fields)
    elif form == "csv":
        body = export.comma_separated(found, site, export.DIALECTS[dialect], fields)
    else:
        body = export.workbook(found, found.request, site, searcher.updated, fields)
    return Response(body, content_type=export.FORMS[form][1] + _MORE[form])


def _accepted(types: dict[str, str]) -> str:
    """The form that Accept likes best; the first where it likes none or all alike."""
    forms = {one.partition(";")[0]: form for form, one in types.items()}
    return forms[request.accept_mimetypes.best_match(forms, next(iter(forms)))]


def _elsewhere(searcher: Searcher, name: str, address: Callable[[str], str]) -> Response:
    """Where a name leads that is no identifier now: to the one decision that has it, or to a choice
    between several. Raises `NotFound` where no decision has it."""
    found = searcher.named(name)
    if len(found) == 1:
        return redirect(address(found[0].id))
    if not found:
        reason = searcher.generation.why_withheld(name)
        if reason is not None:
            raise NotFound("withheld", name=name, reason=reason)
        departed = searcher.history.departed(name)
        if departed and departed.moved_to:
            return redirect(address(departed.moved_to))
        if departed:
            raise NotFound("gone", name=name, at=departed.at)
        raise NotFound("no-decision", name=name)
    response = _json(bodies.choice(address(name), found))
    response.status_code = 300
    return response


def _specification() -> schemas.Json:
    return openapi.specification(current.settings(), current.base_url())


def _json(body: Any) -> Response:
    return Response(bodies.encode(body) + b"\n", content_type=JSON)


def _open_to_everyone(response: Response) -> Response:
    """CORS, and the trace that the request belongs to, on all that scripts of others may read."""
    if urls.is_open(request.path):
        caching.allow_everyone(response.headers)
        trace = request.headers.get("traceparent", "")
        if trace_id(trace):
            response.headers["traceparent"] = trace
        response.headers.setdefault("Cache-Control", "no-store")
    return response
