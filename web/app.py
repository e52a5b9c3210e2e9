"""The Flask application: routes, errors, headers."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from flask_babel import Babel
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from index.errors import BeslutError, IndexUnusable
from search.changes import CursorExpired
from search.live import LiveSearcher
from search.request import RequestError, SearchTimeout
from web import current, formats, language, urls
from web.api import routes as api
from web.downloads import Slots
from web.language import gettext
from web.messages import explained
from web.problems import METHODS, Gone, NotFound, Refused, problem, said
from web.serving.accesslog import REFUSED, RULE
from web.settings import Settings
from web.site import pages
from web.site import routes as site

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_LONGEST_ADDRESS = 8190
"""Characters of path and query string; fits 512 percent-encoded characters of any script."""
_LOG = logging.getLogger("beslut")


def create_app(settings: Settings) -> Flask:
    """The application over the index that `settings` names."""
    app = Flask(__name__, template_folder="site/templates", static_folder="site/static")
    app.config["SETTINGS"] = settings
    app.config["SLOTS"] = Slots(settings.exports)
    app.config["LIVE"] = LiveSearcher(
        settings.index,
        settings.limits,
        settings.cache_megabytes * 1024 * 1024,
        settings.themes_path,
        settings.owners_path,
    )
    app.config["LIVE"].themes.current()  # read now, outside the time limit of a search
    Babel(app, default_locale="sv", locale_selector=lambda: language.LANGUAGES[language.selected()])
    app.wsgi_app = language.LanguagePrefix(app.wsgi_app)  # type: ignore[assignment]
    app.jinja_env.filters.update(money=formats.money, number=formats.number, moment=formats.moment)
    app.jinja_env.globals.update(decisions=formats.decisions, urls=urls)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    site.register(app)
    api.register(app)
    app.config["METRICS"] = None
    if settings.metrics:
        # Only now: the library looks at where the processes write when it is imported.
        from web.serving.metrics import Metrics

        app.config["METRICS"] = Metrics(app.config["LIVE"])
        app.add_url_rule("/metrics", view_func=app.config["METRICS"].page)
    app.url_map.merge_slashes = False  # no redirects, whose text Werkzeug writes in English
    app.before_request(_name_the_rule)
    app.before_request(_refuse_for_the_server)
    app.before_request(_refuse_long_addresses)
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_other_methods)
    app.after_request(_add_headers)
    app.after_request(language.add_headers)
    app.after_request(_withdraw)  # before the one above: they run from the last to the first
    app.register_error_handler(Exception, _on_error)
    return app


def _error_page(status: int, what: str, remedy: str) -> tuple[str, int]:
    return pages.error(said(status)[0], what, remedy), status


def _name_the_rule() -> None:
    """Tells the access log which pattern the path matched."""
    request.environ[RULE] = request.url_rule.rule if request.url_rule else None


def _refuse_for_the_server() -> None:
    """Words what the server has refused already."""
    reason = request.environ.get(REFUSED)
    if reason:
        raise Refused(reason)


def _refuse_long_addresses() -> Response | None:
    """Rejects what no link of this site is as long as."""
    if len(request.environ["PATH_INFO"]) + len(request.query_string) > _LONGEST_ADDRESS:
        return _refused(400, gettext("adressen är för lång"), gettext("korta sökningen"))
    return None


def _refuse_other_hosts() -> Response | None:
    """Rejects host names that are not the site's own, and HTTP/1.1 without one (RFC 9112, 3.2)."""
    if "HTTP_HOST" not in request.environ and request.environ["SERVER_PROTOCOL"] == "HTTP/1.1":
        what = gettext("förfrågan säger inte vilken webbplats den gäller")
        return _refused(400, what, gettext("ange Host"))
    # An IPv6 address has colons of its own: only what follows its bracket is a port.
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    trusted = [name.strip().lower() for name in current.settings().trusted_hosts.split(",")]
    if host.lower() not in [*trusted, current.settings().host.lower()]:
        what = gettext("webbplatsen svarar inte på namnet %(host)s", host=formats.quoted(host, 60))
        remedy = gettext("lägg till det i BESLUT_TRUSTED_HOSTS om det är ditt")
        return _refused(400, what, remedy)
    return None


def _refuse_other_methods() -> None:
    """Rejects methods that change something, and OPTIONS, which Flask would answer by itself."""
    if request.method not in METHODS:
        raise MethodNotAllowed(METHODS)


def _refused(status: int, what: str, remedy: str) -> Response:
    """An error as a problem or as a page, depending on the address."""
    if urls.is_for_programs(request.path):
        return problem(status, f"{what}; {remedy}")
    return Response(*_error_page(status, f"{what[:1].upper()}{what[1:]}.", remedy))


def _on_error(error: Exception) -> Response:
    """Any error as a page or as a problem, depending on the address; never a stack trace."""
    status, what, remedy = _described(error)
    response = _refused(status, what, remedy)
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
        reason = explained(error)
        _LOG.warning("%s", reason)
        return 503, reason.what, reason.remedy
    if isinstance(error, RequestError):
        reason = explained(error)
        what = gettext("parametern %(name)s: %(what)s", name=error.parameter, what=reason.what)
        return 410 if isinstance(error, CursorExpired) else 400, what, reason.remedy
    if isinstance(error, (NotFound, Gone)):
        return 404 if isinstance(error, NotFound) else 410, error.what, error.remedy
    if isinstance(error, Refused):
        request.environ[REFUSED] = error.reason
        return 503, error.what, error.remedy
    if isinstance(error, BeslutError):
        _LOG.warning("%s", error)
        return 503, *said(503)[1:]
    if isinstance(error, HTTPException) and error.code:
        if error.code == 404 and urls.is_for_programs(request.path):
            return 404, said(404)[1], gettext("de adresser som finns står på /api")
        return error.code, *said(error.code)[1:]
    _LOG.exception("unexpected error")
    return 500, *said(500)[1:]


def _withdraw(response: Response) -> Response:
    """An answer, unless somebody has written to what it was made from meanwhile."""
    if response.status_code == 503 or current.is_trusted():
        return response
    return _on_error(IndexUnusable("indexet ändrades under frågan", "kör `beslut check`"))


def _add_headers(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
