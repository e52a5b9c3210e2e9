"""In which language is a request answered? Decisions are in Swedish, what is around them in both.

A path may begin with the code of a language (``/en/oversikt``), or ``lang`` may say it; else the
browser's wish decides (Accept-Language; Swedish where it likes both alike or says nothing). What
was asked for outright holds in the links of a page. Files and feeds are in Swedish: whoever reads
them has no say, and their columns are to have the same names tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask_babel
from flask import Response, g, request

from index.amount import LOCALE
from web.urls import is_for_programs, sorted_query

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = {"sv": LOCALE, "en": "en_GB"}
"""The code of each language, Swedish first, and how its numbers and dates are written."""
PARAMETER = "lang"
_PREFIX = "beslut.language"
"""The key in the WSGI environment for the language that the path began with."""
_TRANSLATED = (
    "text/html",
    "application/json",
    "application/problem+json",
    "application/yaml",
    "application/opensearchdescription+xml",
)
_IN_SWEDISH = ("/feed.atom", "/datasets/", "/api/v1/decisions.")


class LanguagePrefix:
    """WSGI middleware that takes the language off the path of a page, so that a page has one route
    whatever its language."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(
        self, environment: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        _, code, *rest = [*environment["PATH_INFO"].split("/", 2), ""][:3]
        path = f"/{rest[0]}"
        if code in LANGUAGES and not is_for_programs(path) and not path.startswith("/static/"):
            environment |= {"PATH_INFO": path, _PREFIX: code}
        return self.application(environment, start_response)


def gettext(text: str, **values: object) -> str:
    """A Swedish text in the language of the request, with `values` in place of ``%(name)s``."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The same of one of two texts, depending on the number."""
    return str(flask_babel.ngettext(one, many, number, **values))


def selected() -> str:
    """The code of the language of the request."""
    return (_asked() or _wished()) if is_chosen() else "sv"


def decided() -> tuple[str, str, str]:
    """The language of the request, and what decided it, on which the links of a page depend."""
    return selected(), _asked() or "", _wished()


def locale() -> str:
    """How numbers and dates are written in the language of the request; outside one, in Swedish."""
    found = flask_babel.get_locale()
    return LOCALE if found is None else str(found)


def here(path: str) -> str:
    """The path of a page, with the language that was asked for."""
    code = _asked()
    if code is None or code == _wished() == "sv":
        return path
    return in_language(path, code)


def in_language(path: str, code: str) -> str:
    """The path of a page in a language, whatever the browser wishes."""
    return f"/{code}{path}"


def canonical(path: str) -> str:
    """The one path of a page in the language of the request; that of Swedish has no prefix."""
    return path if selected() == "sv" else in_language(path, selected())


def alternative() -> tuple[str, str]:
    """The other language, and the path of the same page in it."""
    (code,) = LANGUAGES.keys() - {selected()}
    query = sorted_query(request.query_string.decode("ascii", "replace")).split("&")
    kept = "&".join(pair for pair in query if not pair.startswith(f"{PARAMETER}="))
    path = f"{request.path}?{kept}" if kept else request.path
    return code, path if code == _wished() == "sv" else in_language(path, code)


def add_headers(response: Response) -> Response:
    """Says the language of an answer that has one, and what it was chosen by."""
    if response.mimetype in _TRANSLATED:
        response.content_language.add(selected())
        response.vary.add("Accept-Language")
    return response


def is_chosen() -> bool:
    """Whether the request has a say in which language it is answered in."""
    return "has_failed" in g or not request.path.startswith(_IN_SWEDISH)


def fail() -> None:
    """From now on the answer is an error, which is told in any language whatever was asked for."""
    g.has_failed = True
    flask_babel.refresh()


def _asked() -> str | None:
    code = request.environ.get(_PREFIX) or request.args.get(PARAMETER)
    return code if code in LANGUAGES else None


def _wished() -> str:
    return request.accept_languages.best_match(LANGUAGES, "sv")
