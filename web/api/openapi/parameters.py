"""Every parameter of every operation, by the name that `paths` knows it by."""

from __future__ import annotations

from typing import Any

from search.request import SORTS
from web.api import bodies, export
from web.api.bodies import Json
from web.api.openapi.examples import DECISION_ID
from web.settings import Settings


def parameters(settings: Settings) -> Json:
    """The parameters, with the limits that the settings give them."""
    limits = settings.limits
    names = "|".join(bodies.HIT_FIELDS)
    own = "|".join(bodies.DECISION_FIELDS)
    count = {"type": "integer", "minimum": 1}
    flag = {"type": "string", "enum": ["1", "0", "true", "false"], "default": "0"}
    amount = {"type": "string"}
    return {
        "q": _query(
            "q",
            "Orden som söks. Alla måste finnas med, i någon böjning.",
            {"type": "string", "maxLength": limits.query_characters},
            "psykisk hälsa",
        ),
        "owner": _query(
            "owner",
            "Bara denna projektägare. Kan upprepas: någon av dem.",
            {"type": "array", "items": {"type": "string"}},
            ["Luleå kommun"],
        ),
        "round": _query(
            "round",
            "Bara denna beslutsomgång. Kan upprepas: någon av dem.",
            {"type": "array", "items": {"type": "string"}},
            ["ESF 2026:1"],
        ),
        "amountMin": _query(
            "amountMin",
            "Lägsta belopp i kronor, det själv inräknat: 500000, 500 000 eller 1,5 mnkr.",
            amount,
            "500000",
        ),
        "amountMax": _query("amountMax", "Högsta belopp, det själv inräknat.", amount, "1,5 mnkr"),
        "amountMissing": _query(
            "amountMissing",
            "1: också beslut utan belopp; utan beloppsgränser bara de.",
            flag,
            "1",
        ),
        "exact": _query(
            "exact", "1: bara orden som de är skrivna, utan böjningar och teman.", flag, "1"
        ),
        "sort": _query(
            "sort",
            "Ordning. Utelämnad: relevance med ord, annars -amount (högst belopp först).",
            {"type": "string", "enum": list(SORTS)},
            "-amount",
        ),
        "page": _query(
            "page",
            f"Sida, från 1. Det går att bläddra bland de första {limits.page_depth} besluten.",
            count | {"maximum": limits.page_depth, "default": 1},
            1,
        ),
        "listPage": _query(
            "page", "Sida, från 1.", count | {"maximum": 999999999, "default": 1}, 1
        ),
        "limit": _query(
            "limit", "Antal per sida.", count | {"maximum": limits.page_size, "default": 20}, 20
        ),
        "fields": _query(
            "fields",
            f"Vad varje beslut ska innehålla, med komma emellan: {', '.join(bodies.HIT_FIELDS)}.",
            {"type": "string", "pattern": f"^(({names})(,({names}))*)?$"},
            "id,title,amount",
        ),
        "decisionFields": _query(
            "fields",
            f"Vad svaret ska innehålla, med komma emellan: {', '.join(bodies.DECISION_FIELDS)}.",
            {"type": "string", "pattern": f"^(({own})(,({own}))*)?$"},
            "id,title,amount",
        ),
        "dialect": _query(
            "dialect",
            "CSV: `excel` (semikolon, decimalkomma, svenska rubriker, BOM) eller `rfc4180` (komma, "
            "decimalpunkt, API:ets namn). Bara för CSV.",
            {"type": "string", "enum": list(export.DIALECTS)},
            "rfc4180",
        ),
        "roundSlug": _path("round", "Beslutsomgångens del av id.", DECISION_ID.split("/")[0]),
        "projectSlug": _path("project", "Projektets del av id.", DECISION_ID.split("/")[1]),
        "export": _path(
            "export",
            "Filen: vilken form mängden ska ha.",
            "decisions.csv",
            {"enum": ["decisions.jsonl", "decisions.csv", "decisions.xlsx"]},
        ),
        "traceparent": {
            "name": "traceparent",
            "in": "header",
            "required": False,
            "description": "Spårning enligt W3C Trace Context. Ett giltigt värde antecknas i "
            "loggen och skickas tillbaka i svaret; ett ogiltigt bortses från.",
            "schema": {"type": "string"},
            "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
    }


def _query(name: str, description: str, schema: Json, example: Any) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _path(name: str, description: str, example: str, schema: Json | None = None) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1} | (schema or {}),
        "example": example,
    }
