"""The routes of everything a visitor reads in a browser; ``pages`` renders the answers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import Flask, Response, current_app
from jinja2 import pass_context
from jinja2.runtime import Context

from search.request import RequestError, SearchRequest, SearchTimeout
from search.result import Overview, SearchResult
from web import caching, current, formats, labels, language, messages, originals, urls
from web.language import gettext
from web.site import carried, filter_links, lists, pages, profiles, sitemaps, threads
from web.site.citation import where
from web.site.pages import Answer

WITH_FORM = ("search_page", "overview_page")
"""The pages that say in their form what is wrong with a search."""


def register(app: Flask) -> None:
    """Adds the pages to the application."""
    app.context_processor(lambda: {"site": current.base_url()})
    app.jinja_env.globals.update(carried=carried, labels=labels, language=language)
    app.jinja_env.filters.update(
        here=_here,
        day=formats.day,
        size=formats.size,
        where=where,
        isolated=formats.isolated,
        amount=formats.amount,
        short_money=formats.short_money,
        listed=formats.listed,
        said=messages.note,
    )
    app.add_url_rule("/", view_func=caching.page(search_page))
    app.add_url_rule("/beslut/<round_>/<name>", view_func=caching.page(decision_page))
    app.add_url_rule("/kallor/<sha256>", view_func=source_file)
    app.add_url_rule("/oversikt", view_func=caching.page(overview_page))
    app.add_url_rule("/teman", view_func=caching.page(themes_page))
    profiles.register(app)
    threads.register(app)
    lists.register(app)
    app.add_url_rule("/om", view_func=caching.page(about_page, also=pages.reading_stamp))
    app.add_url_rule("/tillganglighet", view_func=caching.page(accessibility_page, of_index=False))
    sitemaps.register(app)
    app.add_url_rule("/robots.txt", view_func=robots)
    app.add_url_rule("/opensearch.xml", view_func=opensearch)
    app.add_url_rule("/favicon.ico", view_func=favicon)


def search_page() -> Answer:
    """The start page, or the results of a search; 400 with the form if a value is wrong."""
    searcher = current.searcher()
    parameters = current.parameters()
    deadline = current.deadline()
    if not set(parameters) & set(urls.PARAMETERS):
        everything = searcher.search(SearchRequest(limit=1), deadline)
        directory = pages.unless_late(lambda: searcher.directory(deadline))
        return pages.start(searcher, everything, directory)
    parsed = _parsed(parameters)
    result: SearchResult | None = None
    ways_out: Sequence[filter_links.Link] = ()
    with _gathering(parsed):
        if "q" not in parsed.errors:  # what else is wrong is said, and left out
            result = searcher.search(parsed.request, deadline)
    if result and not result.total:
        with contextlib.suppress(RequestError):
            found = result
            ways_out = (
                pages.unless_late(lambda: filter_links.ways_out(searcher, found, deadline)) or ()
            )
    html = pages.search(searcher, parameters, parsed, result, ways_out)
    return (html, 400) if parsed.errors else html


def overview_page() -> Answer:
    """The set of a request in charts and tables."""
    searcher = current.searcher()
    parameters = current.parameters()
    parsed = _parsed(parameters)
    result: SearchResult | None = None
    overview: Overview | None = None
    deadline = current.deadline()
    with _gathering(parsed):
        if not parsed.errors:
            result = searcher.search(parsed.request, deadline)
            overview = searcher.overview(parsed.request, deadline=deadline)
    html = pages.overview(searcher, parameters, parsed, overview, result)
    return (html, 400) if parsed.errors else html


def decision_page(round_: str, name: str) -> Answer | Response:
    """One decision, with the words of ``q``, which found it, marked."""
    searcher = current.searcher()
    decision = searcher.get(f"{round_}/{name}")
    if decision is None:
        return pages.elsewhere(searcher, f"{round_}/{name}")
    request = urls.found_by(current.parameters(), current.settings().limits)
    # Unmarked first: the page is shown even if marking takes too long.
    marks = searcher.marked(decision, SearchRequest())
    deadline = current.deadline()
    standing = None
    with contextlib.suppress(RequestError):
        if request:
            asked = request
            marked = pages.unless_late(lambda: searcher.marked(decision, asked, deadline))
            marks = marked or marks
            standing = pages.unless_late(lambda: searcher.standing(decision.id, asked, deadline))
    related = pages.unless_late(lambda: searcher.related(decision.id, deadline=deadline))
    return pages.decision(searcher, decision, related or (), request, marks, standing)


def source_file(sha256: str) -> Answer | Response:
    """The file that decisions were read from, as it was then, for download."""
    original = originals.originals(current.searcher()).get(sha256)
    if original is not None:
        return originals.send(original, sha256)
    what = gettext(
        "Ingen fil som besluten kommer ur har den adressen, eller så kan den inte hämtas här."
    )
    return pages.error(gettext("Filen finns inte"), what, gettext("sök efter beslutet")), 404


def themes_page() -> str:
    """The themes to start from, area by area, with what each finds."""
    searcher = current.searcher()
    return pages.themes(searcher, searcher.directory(current.deadline()))


def about_page() -> str:
    """Where the decisions come from, how search works, what it cannot do."""
    return pages.about(current.searcher())


def accessibility_page() -> str:
    """The accessibility statement."""
    return pages.accessibility()


def robots() -> Response:
    """What a search engine should leave alone: every combination of filters is an address."""
    return sitemaps.file("robots.txt", "text/plain")


def opensearch() -> Response:
    """How a browser can search here from its address field."""
    return sitemaps.file("opensearch.xml", "application/opensearchdescription+xml")


def favicon() -> Response:
    """The icon at the address where browsers look for it by default."""
    return current_app.send_static_file("icon.svg")


@pass_context
def _here(_: Context, path: str) -> str:
    """`carried.here` as a filter. Without a context Jinja would work out that of a constant once,
    and for all requests."""
    return carried.here(path)


def _parsed(parameters: urls.Parameters) -> urls.ParsedQuery:
    """The search that the parameters ask for, without what cannot be read, which is told."""
    wrong = {name: one for name, one in current.undecodable().items() if name in urls.PARAMETERS}
    read = {name: values for name, values in parameters.items() if name not in wrong}
    parsed = urls.parse(read, current.settings().limits)
    parsed.request = urls.ordered(parsed.request)
    parsed.errors |= wrong
    if not parsed.request.limit:  # for programs, which may want the counts alone
        parsed.request = replace(parsed.request, limit=SearchRequest().limit)
    return parsed


@contextlib.contextmanager
def _gathering(parsed: urls.ParsedQuery) -> Iterator[None]:
    """Adds an error in the request to those in its parameters."""
    try:
        yield
    except SearchTimeout:
        raise
    except RequestError as error:
        parsed.errors[error.parameter] = error
