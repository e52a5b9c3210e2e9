"""The Flask application: routes, errors, headers."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from flask_babel import Babel
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from index.errors import BeslutError, IndexUnusable
from search.request import RequestError, SearchTimeout
from web import caching, current, engines, formats, language, problems, urls
from web.api import routes as api
from web.downloads import Slots
from web.messages import explained
from web.problems import BY_STATUS, METHODS, Failure, Fault, Refused, problem
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


def create_app(settings: Settings, command: str = "beslut index MAPP") -> Flask:
    """The application over the index that `settings` names. Where that is the sample, pages say
    that the `command` puts in lists of one's own."""
    app = Flask(__name__, template_folder="site/templates", static_folder="site/static")
    app.config["SETTINGS"] = settings
    app.config["COMMAND"] = command
    app.config["SLOTS"] = Slots(settings.exports)
    app.config["LIVE"] = engines.live(settings)
    app.config["LIVE"].themes.current()  # read now, outside the time limit of a search
    Babel(app, default_locale="sv", locale_selector=lambda: language.LANGUAGES[language.selected()])
    app.wsgi_app = language.LanguagePrefix(app.wsgi_app)  # type: ignore[assignment]
    app.jinja_env.filters.update(money=formats.money, number=formats.number, moment=formats.moment)
    app.jinja_env.globals.update(decisions=formats.decisions, problems=problems, urls=urls)
    app.jinja_env.globals.update(command=current.command)
    app.jinja_env.globals.update(allowed_headers=caching.REQUEST_HEADERS)
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
    app.before_request(_refuse_other_hosts)  # first: errors may tell the host's address
    app.before_request(_refuse_for_the_server)
    app.before_request(_refuse_long_addresses)
    app.before_request(_refuse_other_encodings)
    app.before_request(_answer_other_methods)
    app.after_request(_add_headers)
    app.after_request(language.add_headers)
    app.after_request(_withdraw)  # before the one above: they run from the last to the first
    app.register_error_handler(Exception, _on_error)
    return app


def _name_the_rule() -> None:
    """Tells the access log which pattern the path matched."""
    request.environ[RULE] = request.url_rule.rule if request.url_rule else None


def _refuse_other_hosts() -> None:
    """Rejects host names that are not the site's own, and HTTP/1.1 without one (RFC 9112, 3.2)."""
    if "HTTP_HOST" not in request.environ and request.environ["SERVER_PROTOCOL"] == "HTTP/1.1":
        raise Failure("no-host")
    # An IPv6 address has colons of its own: only what follows its bracket is a port.
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    trusted = [name.strip().lower() for name in current.settings().trusted_hosts.split(",")]
    if host.lower() not in [*trusted, current.settings().host.lower()]:
        raise Failure("unknown-host", host=host)


def _refuse_for_the_server() -> None:
    """Words what the server has refused already."""
    reason = request.environ.get(REFUSED)
    if reason:
        raise Refused(reason)


def _refuse_long_addresses() -> None:
    """Rejects what no link of this site is as long as."""
    if len(request.environ["PATH_INFO"]) + len(request.query_string) > _LONGEST_ADDRESS:
        raise Failure("long-address")


def _refuse_other_encodings() -> None:
    """Rejects what is not percent-encoded UTF-8 (RFC 3986, 2.5), which would be read as something
    else. The pages with a form say so in the form, and what means nothing to a page is left."""
    path = request.environ["PATH_INFO"].encode("latin-1")  # as PEP 3333 says
    try:
        path.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure("path-not-utf-8", **current.written(error)) from error
    if request.endpoint in site.WITH_FORM:
        return
    for name, wrong_value in current.undecodable().items():
        if urls.is_for_programs(request.path) or name in (*urls.PARAMETERS, urls.LISTED):
            raise wrong_value


def _answer_other_methods() -> Response | None:
    """Rejects methods that change something, and OPTIONS where scripts of other sites may read
    nothing. A script that asks first is told what it may also where there is nothing, as else it
    could not read that."""
    if request.method in METHODS:
        return None
    if not urls.is_open(request.path):
        raise MethodNotAllowed(METHODS)
    if request.method != "OPTIONS":
        raise MethodNotAllowed([*METHODS, "OPTIONS"])
    is_there = request.url_rule or "Access-Control-Request-Method" in request.headers
    return caching.options() if is_there else None


def _on_error(error: Exception) -> Response:
    """Any error as a page or as a problem, depending on the address; never a stack trace."""
    fault = _fault(error)
    language.fail()
    response = _told(fault)
    if fault.status == 503:
        response.headers["Retry-After"] = "5"
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Content-Range"):
                response.headers[name] = value
    return response


def _told(fault: Fault) -> Response:
    if urls.is_for_programs(request.path):
        # A host that is not this site's is not repeated as if it were.
        is_ours = fault.code not in ("no-host", "unknown-host")
        return problem(fault, current.base_url() if is_ours else "")
    told = fault.told
    what = f"{told.what[:1].upper()}{told.what[1:]}."
    return Response(pages.error(fault.title, what, told.remedy), fault.status)


def _fault(error: Exception) -> Fault:
    """What is wrong, for a client. What is wrong here is logged."""
    if isinstance(error, Refused):
        request.environ[REFUSED] = error.reason
    if isinstance(error, Failure):
        return error.fault
    if isinstance(error, RequestError):
        is_late = isinstance(error, SearchTimeout)
        if is_late:
            _LOG.warning("%s", explained(error))
        return Fault(error.message.code, error.message.values, None if is_late else error.parameter)
    if isinstance(error, BeslutError):
        _LOG.warning("%s", error)
        return Fault("unavailable")
    if isinstance(error, HTTPException) and error.code:
        code = BY_STATUS.get(error.code, "bad-request")
        if code == "no-page" and urls.is_for_programs(request.path):
            code = "not-found"
        return Fault(code, other_status=error.code)
    _LOG.exception("unexpected error")
    return Fault("internal-error")


def _withdraw(response: Response) -> Response:
    """An answer, unless somebody has written to what it was made from meanwhile."""
    if response.status_code == 503 or current.is_trusted():
        return response
    return _on_error(IndexUnusable("indexet ändrades under frågan", "kör `beslut check`"))


def _add_headers(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
