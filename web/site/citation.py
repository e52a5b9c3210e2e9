"""How do others quote a decision? A citation for people, schema.org for machines, a mail."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from index.decision import Decision, Source, plain_text
from index.problem import PASSAGE, place
from search.request import SearchRequest
from web import formats, language, urls
from web.api.export import FORMS
from web.formats import isolated
from web.language import gettext
from web.settings import Settings

Json = dict[str, Any]

_CONTEXT = "https://schema.org"
_DESCRIPTION = 5000  # characters; search engines read no further
SITE_NAME = "Beslutssök"
SITE_TEXT = (
    "Beslut om offentlig medfinansiering av projekt: vem som fick pengar, hur mycket, till vad "
    "och varför."
)


def citation(decision: Decision, base: str) -> str:
    """One line that says what the decision is and where it was read."""
    source = decision.source
    funder = f"{isolated(decision.round.funder)}. " if decision.round.funder else ""
    number, day = decision.case_number, decision.decision_date
    facts = [
        gettext("beslut om medfinansiering till %(owner)s", owner=isolated(decision.owner)),
        formats.money(decision.amount, decision.currency),
        isolated(decision.round.name),
        *([gettext("dnr %(number)s", number=isolated(number))] if number else []),
        *([gettext("beslutat %(day)s", day=formats.day(day.isoformat()))] if day else []),
    ]
    said = ", ".join(facts)
    read = gettext(
        "Källa: %(where)s, hämtad %(day)s (SHA-256 %(hash)s…).",
        where=where(source),
        day=formats.day(source.read),
        hash=source.sha256[:12],
    )
    return (
        f"{funder}{isolated(decision.title or decision.owner)}. {said[:1].upper()}{said[1:]}. "
        f"{read} {SITE_NAME}, {base}{language.canonical(urls.decision_path(decision.id))}"
    )


def where(source: Source) -> str:
    """*lista.xlsx, Blad1, rad 7*."""
    is_passage = bool(source.table and source.table.endswith(PASSAGE))
    row = gettext("stycke %(row)s") if is_passage else gettext("rad %(row)s")
    file = place(isolated(source.file), source.table and isolated(source.table), None)
    return f"{file}, {row % {'row': source.row}}"


def report_link(decision: Decision, base: str, contact: str) -> str | None:
    """A mail to the publisher about an error in a decision; None without an address to send to."""
    if not contact:
        return None
    subject = gettext("Fel i beslutet %(id)s", id=decision.id)
    address = base + language.canonical(urls.decision_path(decision.id))
    body = gettext("Beslut: %(address)s\nDet här är fel:", address=address) + "\n\n"
    return f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def grant(decision: Decision, base: str) -> Json:
    """The decision as a schema.org MonetaryGrant."""
    address = base + urls.decision_path(decision.id)
    data: Json = {
        "@context": _CONTEXT,
        "@type": "MonetaryGrant",
        "@id": address,
        "url": address,
        "identifier": _identifiers(decision),
        "name": decision.title or decision.owner,
        "description": plain_text(decision.description)[:_DESCRIPTION],
        "fundedItem": {
            "@type": "Project",
            "name": decision.title or decision.owner,
            "parentOrganization": {"@type": "Organization", "name": decision.owner},
        },
    }
    if decision.amount is not None:
        data["amount"] = {
            "@type": "MonetaryAmount",
            "currency": decision.currency,
            "value": _number(decision.amount),
        }
    if decision.round.funder:
        data["funder"] = {"@type": "Organization", "name": decision.round.funder}
    return data


def _identifiers(decision: Decision) -> Any:
    if not decision.case_number:
        return decision.id
    number = {"@type": "PropertyValue", "name": "diarienummer", "value": decision.case_number}
    return [decision.id, number]


def site(base: str, settings: Settings) -> Json:
    """The site as a schema.org WebSite that can be searched."""
    data: Json = {
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
    return data | _publisher(settings)


def dataset(base: str, settings: Settings, updated: str) -> Json:
    """All decisions as a schema.org Dataset with its files."""
    everything = SearchRequest()
    data: Json = {
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
            for form, (_, kind) in FORMS.items()
        ],
    }
    publisher = _publisher(settings)
    creator = {"creator": publisher["publisher"]} if publisher else {}
    licence = {"license": settings.licence} if settings.licence else {}
    return data | publisher | creator | licence


def _publisher(settings: Settings) -> Json:
    if not settings.publisher:
        return {}
    return {"publisher": {"@type": "Organization", "name": settings.publisher}}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
