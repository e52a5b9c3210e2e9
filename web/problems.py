"""How is an error told? As an RFC 9457 problem, in words that the pages use too."""

from __future__ import annotations

import json
from urllib.parse import quote

from flask import Response, request

from index.errors import ExplainedError
from search.labels import label
from web import formats
from web.language import gettext

PROBLEM_JSON = "application/problem+json; charset=utf-8"
METHODS = ("GET", "HEAD")
ERRORS = {
    400: (
        label("Förfrågan kan inte besvaras"),
        label("adressen går inte att läsa"),
        label("kontrollera den"),
    ),
    404: (
        label("Sidan finns inte"),
        label("det finns inget på den här adressen"),
        label("kontrollera den"),
    ),
    405: (
        label("Metoden stöds inte"),
        label("bara GET och HEAD besvaras"),
        label("hämta adressen med GET"),
    ),
    410: (
        label("Finns inte längre"),
        label("det som fanns här är borta"),
        label("sök efter det"),
    ),
    416: (label("Delen finns inte"), label("filen är kortare än så"), label("hämta den hel")),
    500: (
        label("Något gick fel hos oss"),
        label("felet är antecknat"),
        label("försök igen om en stund"),
    ),
    503: (
        label("Tjänsten är inte tillgänglig just nu"),
        label("sökindexet går inte att läsa"),
        label("försök igen"),
    ),
}
"""Status -> title, what happened, what to do, unless something more precise is known."""
REASONS = {
    "requests": label("för många frågar just nu"),
    "exports": label("för många hämtar filer just nu"),
    "failed": label("filen kunde inte göras, kanske för att disken är full"),
}
"""Why a request is refused though nothing is wrong with it."""


def said(status: int) -> tuple[str, str, str]:
    """Title, what happened, what to do, in the language of the request."""
    title, what, remedy = map(gettext, ERRORS.get(status, ERRORS[400]))
    return title, what, remedy


class NotFound(ExplainedError):
    """A resource that does not exist."""


class Gone(ExplainedError):
    """A decision that is no longer there, since `at` (RFC 3339)."""

    def __init__(self, name: str, at: str) -> None:
        what = gettext(
            "beslutet %(name)s finns inte längre, sedan %(at)s", name=name, at=formats.moment(at)
        )
        super().__init__(what, gettext("sök efter det"))


class Refused(ExplainedError):
    """There is no room for the request now; `reason` is one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(gettext(REASONS[reason]), gettext("försök igen om en stund"))
        self.reason = reason


def problem(status: int, detail: str) -> Response:
    """The RFC 9457 problem of this request: type, title, status, detail, instance."""
    body = {
        "type": "about:blank",
        "title": said(status)[0],
        "status": status,
        "detail": f"{detail[:1].upper()}{detail[1:]}".rstrip(".") + ".",
        "instance": quote(request.path, safe="/:@!$&'()*+,;=~"),
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text + "\n", status, content_type=PROBLEM_JSON)
