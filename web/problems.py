"""How is an error told? As an RFC 9457 problem, in words that the pages use too."""

from __future__ import annotations

import json
from urllib.parse import quote

from flask import Response, request

from index.errors import BeslutError

PROBLEM_JSON = "application/problem+json; charset=utf-8"
METHODS = ("GET", "HEAD")
ERRORS = {
    400: ("Förfrågan kan inte besvaras", "adressen går inte att läsa", "kontrollera den"),
    404: ("Sidan finns inte", "det finns inget på den här adressen", "kontrollera den"),
    405: (
        "Metoden stöds inte",
        f"bara {' och '.join(METHODS)} besvaras",
        "hämta adressen med GET",
    ),
    416: ("Delen finns inte", "filen är kortare än så", "hämta den hel"),
    500: ("Något gick fel hos oss", "felet är antecknat", "försök igen om en stund"),
    503: ("Tjänsten är inte tillgänglig just nu", "sökindexet går inte att läsa", "försök igen"),
}
"""Status -> title, what happened, what to do, unless something more precise is known."""


REASONS = {
    "requests": "för många frågar just nu",
    "exports": "för många hämtar filer just nu",
    "failed": "filen kunde inte göras, kanske för att disken är full",
}
"""Why a request is refused though nothing is wrong with it."""


class NotFound(BeslutError):
    """A resource that does not exist."""


class Refused(BeslutError):
    """There is no room for the request now; `reason` is one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason], "försök igen om en stund")
        self.reason = reason


def problem(status: int, detail: str) -> Response:
    """The RFC 9457 problem of this request: type, title, status, detail, instance."""
    body = {
        "type": "about:blank",
        "title": ERRORS.get(status, ERRORS[400])[0],
        "status": status,
        "detail": f"{detail[:1].upper()}{detail[1:]}".rstrip(".") + ".",
        "instance": quote(request.path, safe="/:@!$&'()*+,;=~"),
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text + "\n", status, content_type=PROBLEM_JSON)


def is_for_programs(path: str) -> bool:
    """Whether errors at a path are for a program rather than a reader."""
    return path.startswith(("/api/", "/datasets/")) or path in ("/health", "/feed.atom")
