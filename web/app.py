"""The Flask application: routes, errors, headers."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Sequence

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from search.live import LiveEngine
from search.request import BeslutError, RequestError, SearchTimeout
from search.result import RelatedDecision, SearchResult
from web import api, formats, pages, urls
from web.settings import Settings
from web.timelimit import time_limit

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_METHODS = ("GET", "HEAD")
_ERRORS = {
    400: ("Förfrågan kan inte besvaras", "adressen går inte att läsa", "kontrollera den"),
    404: ("Sidan finns inte", "det finns inget på den här adressen", "kontrollera den"),
    405: (
        "Metoden stöds inte",
        f"bara {' och '.join(_METHODS)} besvaras",
        "hämta adressen med GET",
    ),
    500: ("Något gick fel hos oss", "felet är antecknat", "försök igen om en stund"),
    503: ("Tjänsten är inte tillgänglig just nu", "sökindexet går inte att läsa", "försök igen"),
}
"""Status -> title, what happened, what to do, where nothing more precise is known."""
_LOG = logging.getLogger("beslut")


def create_app(settings: Settings) -> Flask:
    """The application over the index that `settings` names."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024
    app.config["SETTINGS"] = settings
    app.config["LIVE"] = LiveEngine(
        settings.index,
        settings.limits,
        settings.cache_megabytes * 1024 * 1024,
        settings.themes_path,
    )
    app.config["LIVE"].themes.current()  # read before the time of a search is limited
    app.jinja_env.filters.update(money=formats.money, number=formats.number, moment=formats.moment)
    app.jinja_env.globals.update(plural=formats.plural, urls=urls)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/", view_func=search_page)
    app.add_url_rule("/beslut/<round_>/<name>", view_func=decision_page)
    app.add_url_rule("/api/v1/decisions", view_func=search_api)
    app.add_url_rule("/api/v1/decisions/<round_>/<name>", view_func=decision_api)
    app.url_map.merge_slashes = False  # no redirects, which Werkzeug words in English
    app.add_url_rule("/api/v1/decisions/<round_>/<name>/related", view_func=related_api)
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_other_methods)
    app.after_request(_add_headers)
    app.register_error_handler(Exception, _on_error)
    return app


def search_page() -> str | tuple[str, int]:
    """The form, and the results of what it asks for; 400 with the form where a value is wrong."""
    settings, live = _settings(), _live()
    engine = live.current()
    parameters = _parameters()
    parsed = urls.parse(parameters, settings.limits)
    result = None
    if not parsed.errors:
        try:
            with time_limit(settings.search_seconds):
                result = engine.search(parsed.request)
        except SearchTimeout:
            raise
        except RequestError as error:
            parsed.errors[error.parameter] = error
    html = pages.search(engine, parameters, parsed, result, settings.limits)
    return (html, 400) if parsed.errors else html


def decision_page(round_: str, name: str) -> str | tuple[str, int]:
    """One decision."""
    engine = _live().current()
    decision = engine.get(f"{round_}/{name}")
    if decision is None:
        return _error_page(404, "Beslutet finns inte, eller finns inte längre.", "sök efter det")
    related: Sequence[RelatedDecision] = ()
    with contextlib.suppress(SearchTimeout), time_limit(_settings().search_seconds):
        related = engine.related(decision.id) or ()
    return pages.decision(decision, related)


def search_api() -> Response:
    """``GET /api/v1/decisions``."""
    parameters = _parameters()
    for name in urls.unknown(parameters):
        known = ", ".join(urls.PARAMETERS)
        raise RequestError(name[:40], "", "den finns inte", f"välj bland: {known}")
    return _json(api.answer(_search(parameters), _settings().limits))


def decision_api(round_: str, name: str) -> Response:
    """``GET /api/v1/decisions/{id}``."""
    decision = _live().current().get(f"{round_}/{name}")
    if decision is None:
        return _problem(404, f"beslutet {round_}/{name} finns inte")
    return _json(api.decision(decision))


def related_api(round_: str, name: str) -> Response:
    """``GET /api/v1/decisions/{id}/related``."""
    engine = _live().current()
    with time_limit(_settings().search_seconds):
        related = engine.related(f"{round_}/{name}")
    if related is None:
        return _problem(404, f"beslutet {round_}/{name} finns inte")
    return _json(api.related(f"{round_}/{name}", related))


def _search(parameters: urls.Parameters) -> SearchResult:
    settings = _settings()
    parsed = urls.parse(parameters, settings.limits)
    for error in parsed.errors.values():
        raise error
    engine = _live().current()
    with time_limit(settings.search_seconds):
        return engine.search(parsed.request)


def _parameters() -> urls.Parameters:
    return {name: request.args.getlist(name) for name in request.args}


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _live() -> LiveEngine:
    live: LiveEngine = current_app.config["LIVE"]
    return live


def _json(body: api.Json) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", content_type="application/json; charset=utf-8")


def _problem(status: int, detail: str) -> Response:
    """An RFC 9457 problem."""
    body = {
        "type": "about:blank",
        "title": _ERRORS.get(status, _ERRORS[400])[0],
        "status": status,
        "detail": f"{detail[:1].upper()}{detail[1:]}".rstrip(".") + ".",
        "instance": request.path,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text + "\n", status, content_type="application/problem+json; charset=utf-8")


def _error_page(status: int, what: str, mend: str) -> tuple[str, int]:
    return pages.error(_ERRORS.get(status, _ERRORS[400])[0], what, mend), status


def _refuse_other_hosts() -> Response | None:
    """Refuses host names that the site does not go by."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    trusted = [name.strip().lower() for name in _settings().trusted_hosts.split(",")]
    if host.lower() not in [*trusted, _settings().host.lower()]:
        what = f"webbplatsen svarar inte på namnet {host[:60]!r}"
        return _refused(400, what, "lägg till det i BESLUT_TRUSTED_HOSTS om det är ditt")
    return None


def _refuse_other_methods() -> None:
    """Refuses what would change something; Flask alone would answer OPTIONS."""
    if request.method not in _METHODS:
        raise MethodNotAllowed(_METHODS)


def refusal(app: Flask, for_api: bool) -> bytes:
    """A whole HTTP response to a request that could not be read, for the server to send."""
    with app.test_request_context("/api/v1/decisions" if for_api else "/"):
        response = _refused(400, "adressen är för lång eller inte giltig", "korta sökningen")
        response = app.process_response(response)
        response.headers["Connection"] = "close"
        head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()


def _refused(status: int, what: str, mend: str) -> Response:
    """What went wrong as a problem or as a page, by what was asked for."""
    if request.path.startswith("/api/"):
        return _problem(status, f"{what}; {mend}")
    return Response(*_error_page(status, f"{what[:1].upper()}{what[1:]}.", mend))


def _on_error(error: Exception) -> Response:
    """Every error as a page or as a problem, by what was asked for; never a stack trace."""
    status, what, mend = _described(error)
    response = _refused(status, what, mend)
    if status == 503:
        response.headers["Retry-After"] = "5"
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _described(error: Exception) -> tuple[int, str, str]:
    """Status, what happened, what to do."""
    if isinstance(error, SearchTimeout):
        _LOG.warning("%s", error)
        return 503, error.what, error.mend
    if isinstance(error, RequestError):
        return 400, f"parametern {error.parameter}: {error.what}", error.mend
    if isinstance(error, BeslutError):
        _LOG.warning("%s", error)
        return 503, *_ERRORS[503][1:]
    if isinstance(error, HTTPException) and error.code:
        return error.code, *_ERRORS.get(error.code, _ERRORS[400])[1:]
    _LOG.exception("unexpected error")
    return 500, *_ERRORS[500][1:]


def _add_headers(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
