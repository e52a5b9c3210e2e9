"""How others quote a decision: a citation for people, schema.org for machines, a mail about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from index.decision import Decision, plain_text
from search.request import SearchRequest
from web import formats, urls
from web.settings import Settings

Json = dict[str, Any]

_CONTEXT = "https://schema.org"
_DESCRIPTION = 5000  # characters; search engines read no more of a description
SITE_NAME = "Beslutssök"
SITE_TEXT = (
    "Beslut om offentlig medfinansiering av projekt: vem som fick pengar, hur mycket, till vad "
    "och varför."
)


def citation(one: Decision, base: str) -> str:
    """One line that says what the decision is and where it was read."""
    source = one.source
    table = f", {source.table}" if source.table else ""
    funder = f"{one.round.funder}. " if one.round.funder else ""
    number = f", dnr {one.case_number}" if one.case_number else ""
    day = one.decision_date
    decided = f", beslutat {formats.day(day.isoformat())}" if day else ""
    return (
        f"{funder}{one.title or one.owner}. Beslut om medfinansiering till {one.owner}, "
        f"{formats.money(one.amount, one.currency)}, {one.round.name}{number}{decided}. "
        f"Källa: {source.file}{table}, rad {source.row}, läst {formats.day(source.read)} "
        f"(SHA-256 {source.sha256[:12]}…). {SITE_NAME}, {base}{urls.decision_path(one.id)}"
    )


def report_link(one: Decision, base: str, contact: str) -> str | None:
    """A mail to the publisher about an error in a decision; None without an address to send to."""
    if not contact:
        return None
    subject = f"Fel i beslutet {one.id}"
    body = f"Beslut: {base}{urls.decision_path(one.id)}\nDet här är fel:\n\n"
    return f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def grant(one: Decision, base: str) -> Json:
    """The decision as a schema.org MonetaryGrant."""
    address = base + urls.decision_path(one.id)
    found: Json = {
        "@context": _CONTEXT,
        "@type": "MonetaryGrant",
        "@id": address,
        "url": address,
        "identifier": _identifiers(one),
        "name": one.title or one.owner,
        "description": plain_text(one.description)[:_DESCRIPTION],
        "fundedItem": {
            "@type": "Project",
            "name": one.title or one.owner,
            "parentOrganization": {"@type": "Organization", "name": one.owner},
        },
    }
    if one.amount is not None:
        found["amount"] = {
            "@type": "MonetaryAmount",
            "currency": one.currency,
            "value": _number(one.amount),
        }
    if one.round.funder:
        found["funder"] = {"@type": "Organization", "name": one.round.funder}
    return found


def _identifiers(one: Decision) -> Any:
    if not one.case_number:
        return one.id
    number = {"@type": "PropertyValue", "name": "diarienummer", "value": one.case_number}
    return [one.id, number]


def site(base: str, settings: Settings) -> Json:
    """The site as a schema.org WebSite that can be searched."""
    found: Json = {
        "@context": _CONTEXT,
        "@type": "WebSite",
        "name": SITE_NAME,
        "url": f"{base}/",
        "description": SITE_TEXT,
        "inLanguage": "sv",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{base}/?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
    return found | _publisher(settings)


def dataset(base: str, settings: Settings, updated: str) -> Json:
    """All decisions as a schema.org Dataset with its files."""
    everything = SearchRequest()
    found: Json = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": "Beslut om offentlig medfinansiering",
        "description": SITE_TEXT,
        "url": f"{base}/om",
        "inLanguage": "sv",
        "isAccessibleForFree": True,
        "dateModified": updated,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": base + urls.export_address(form, everything),
            }
            for form, kind in _FORMS.items()
        ],
    }
    publisher = _publisher(settings)
    return found | publisher | ({"creator": publisher["publisher"]} if publisher else {})


_FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
}


def _publisher(settings: Settings) -> Json:
    if not settings.publisher:
        return {}
    return {"publisher": {"@type": "Organization", "name": settings.publisher}}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
