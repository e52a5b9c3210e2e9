"""How is an error told? As an RFC 9457 problem, in words that the pages use too.

Each has a code, which programs can tell it by and which leads to what `/api` says of it. The codes
are those of `KINDS`: what `search` refuses is worded in `web.messages`, and the rest here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import quote

from flask import Response, request

from index.errors import BeslutError
from search.labels import label
from search.request import Value
from web import messages
from web.language import gettext

PROBLEM_JSON = "application/problem+json; charset=utf-8"
METHODS = ("GET", "HEAD")
_LATER = label("försök igen om en stund")
_TITLES = {
    400: label("Förfrågan kan inte besvaras"),
    404: label("Sidan finns inte"),
    405: label("Metoden stöds inte"),
    410: label("Finns inte längre"),
    416: label("Delen finns inte"),
    500: label("Något gick fel hos oss"),
    503: label("Tjänsten är inte tillgänglig just nu"),
}


class Kind(NamedTuple):
    """A kind of error: its status, what happened, a clause without a full stop, and what to do.
    ``%(name)s`` are the values that it is about."""

    status: int
    what: str
    remedy: str


_OWN = {
    "bad-request": Kind(400, label("adressen går inte att läsa"), label("kontrollera den")),
    "long-address": Kind(400, label("adressen är för lång"), label("korta sökningen")),
    "no-host": Kind(
        400, label("förfrågan säger inte vilken webbplats den gäller"), label("ange Host")
    ),
    "path-not-utf-8": Kind(
        400,
        label("adressens sökväg är inte kodad i UTF-8"),
        label("procentkoda i UTF-8, till exempel %(right)s i stället för %(wrong)s"),
    ),
    "unknown-host": Kind(
        400,
        label("webbplatsen svarar inte på namnet %(host)s"),
        label("lägg till det i BESLUT_TRUSTED_HOSTS om det är ditt"),
    ),
    "ambiguous": Kind(404, label("%(name)s kan vara flera"), label("välj bland: %(known)s")),
    "no-catalogue": Kind(
        404,
        label("katalogen visas inte, eftersom inställningarna %(missing)s saknas"),
        label("sätt dem och starta om"),
    ),
    "no-decision": Kind(404, label("beslutet %(name)s finns inte"), label("sök efter det")),
    "no-page": Kind(404, label("det finns inget på den här adressen"), label("kontrollera den")),
    "no-subject": Kind(404, label("%(name)s finns inte"), label("se listan")),
    "not-found": Kind(
        404,
        label("det finns inget på den här adressen"),
        label("de adresser som finns står på /api"),
    ),
    "method-not-allowed": Kind(
        405, label("bara GET och HEAD besvaras"), label("hämta adressen med GET")
    ),
    "gone": Kind(
        410, label("beslutet %(name)s finns inte längre, sedan %(at)s"), label("sök efter det")
    ),
    "withheld": Kind(
        410,
        label("beslutet %(name)s är undantaget från sökningen: %(reason)s"),
        label("fråga den som ger ut tjänsten"),
    ),
    "range-not-satisfiable": Kind(416, label("filen är kortare än så"), label("hämta den hel")),
    "internal-error": Kind(500, label("felet är antecknat"), _LATER),
    "file-failed": Kind(
        503, label("filen kunde inte göras, kanske för att disken är full"), _LATER
    ),
    "too-many-files": Kind(503, label("för många hämtar filer just nu"), _LATER),
    "too-many-requests": Kind(503, label("för många frågar just nu"), _LATER),
    "unavailable": Kind(503, label("sökindexet går inte att läsa"), label("försök igen")),
}
_STATUS = {"newer-cursor": 503, "old-cursor": 410, "still-counting": 503, "timeout": 503}
"""That of the codes of `search` which are no fault of the request; 400 is that of the others."""
KINDS = {
    **_OWN,
    **{code: Kind(_STATUS.get(code, 400), *texts) for code, texts in messages.ERRORS.items()},
}
"""Every error that the service gives, by its code."""
BY_STATUS = {
    404: "no-page",
    405: "method-not-allowed",
    416: "range-not-satisfiable",
    500: "internal-error",
    503: "unavailable",
}
"""The code of what the web library refuses; any other status is that of a bad request."""
REASONS = {"requests": "too-many-requests", "exports": "too-many-files", "failed": "file-failed"}
"""Why there is no room for a request, as figures and log say it, and the code."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a code of `KINDS`, the values that it is about, and the parameter at fault, if
    one is. ``other_status`` is what the web library says, where that is not the kind's."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    parameter: str | None = None
    other_status: int | None = None

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.other_status or KINDS[self.code].status

    @property
    def title(self) -> str:
        """That of its status, in the language of the request."""
        return gettext(_TITLES.get(self.status, _TITLES[400]))

    @property
    def told(self) -> messages.Explanation:
        """What happened and what to do, in the language of the request."""
        _, what, remedy = KINDS[self.code]
        told = messages.worded(what, remedy, self.values)
        if self.parameter is None:
            return told
        what = gettext("parametern %(name)s: %(what)s", name=self.parameter, what=told.what)
        return replace(told, what=what)


class Failure(BeslutError):
    """A request that is not answered as it was asked, for a reason that is known."""

    def __init__(self, code: str, **values: Value) -> None:
        super().__init__(code, values)
        self.fault = Fault(code, values)


class NotFound(Failure):
    """A resource that does not exist, or does no longer."""


class Refused(Failure):
    """There is no room for the request now; `reason` is one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


def problem(fault: Fault, site: str) -> Response:
    """The RFC 9457 problem of this request, on the site at an address."""
    told = fault.told
    detail = f"{told.what}; {told.remedy}"
    body = {
        "type": f"{site}/api#{anchor(fault.code)}",
        "title": fault.title,
        "status": fault.status,
        "detail": f"{detail[:1].upper()}{detail[1:]}".rstrip(".") + ".",
        "instance": quote(request.path, safe="/:@!$&'()*+,;=~"),
        "code": fault.code,
    }
    if fault.parameter is not None:
        body["parameter"] = fault.parameter
    if fault.code == "gone":
        body["at"] = fault.values["at"]
    text = json.dumps(body, ensure_ascii=False)
    return Response(text + "\n", fault.status, content_type=PROBLEM_JSON)


def anchor(code: str) -> str:
    """Where the page of the API tells of a code."""
    return f"fel-{code}"


def listed() -> Iterator[tuple[str, int, messages.Explanation]]:
    """Of each kind its code, its status, and what is said of it, with dots for the values."""
    dots: dict[str, str] = defaultdict(lambda: "…")
    for code, kind in sorted(KINDS.items(), key=lambda item: (item[1].status, item[0])):
        what, remedy = (gettext(text) % dots for text in (kind.what, kind.remedy))
        yield code, kind.status, messages.Explanation(what, remedy)
