"""What each answer consists of, as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable

from web.api import bodies
from web.api.bodies import Json

_TEXT = {"type": "string"}
_INTEGER = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_MONEY = {"type": "number", "description": "Kronor; heltal när det inte finns ören."}
_MONEY_OR_NULL = {"type": ["number", "null"], "description": "Kronor; null om belopp saknas."}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_ADDRESS = {"type": "string", "format": "uri-reference"}
_MOMENT = {"type": "string", "format": "date-time", "example": "2026-11-23T14:20:00Z"}


def _object(properties: Json, optional: Iterable[str] = ()) -> Json:
    missing = set(optional)
    required = [name for name in properties if name not in missing]
    one: Json = {"type": "object", "properties": properties}
    return one | ({"required": required} if required else {})


def _of(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _many(items: Json) -> Json:
    return {"type": "array", "items": items}


_SUMMARY: Json = {
    "id": {"type": "string", "pattern": "^[^/]+/[^/]+$"},
    "title": _TEXT,
    "owner": _TEXT,
    "amount": _MONEY_OR_NULL,
    "currency": {"type": "string", "description": "ISO 4217"},
    "round": _TEXT,
    "funder": _TEXT_OR_NULL,
    "caseNumber": _TEXT_OR_NULL | {"description": "Diarienummer; null om det inte anges."},
    "decisionDate": {
        "type": ["string", "null"],
        "format": "date",
        "description": "Beslutsdatum (RFC 3339); null om det inte anges.",
        "example": "2026-03-05",
    },
    "links": _object({"self": _ADDRESS, "html": _ADDRESS, "related": _ADDRESS}),
}
_DETAILS: Json = {
    "roundTitle": _TEXT,
    "description": {"type": "string", "description": "Ett stycke eller en punkt per rad."},
    "descriptionBlocks": _many(_of("Block")),
    "motivation": {"type": "string", "description": "Ett stycke eller en punkt per rad."},
    "motivationBlocks": _many(_of("Block")),
    "firstSeen": _MOMENT | {"description": "När beslutets id först fanns i indexet."},
    "source": _of("Source"),
}
_GROUP: Json = {
    "name": _TEXT,
    "decisions": _INTEGER,
    "sum": _MONEY,
    "missing": {"type": "integer", "minimum": 0, "description": "Beslut utan belopp."},
    "links": _object({"decisions": _ADDRESS, "html": _ADDRESS}),
}
SCHEMAS: Json = {
    "SearchResult": _object(
        {
            "decisions": _many(_of("Hit")),
            "facets": _object(
                {
                    "owners": _many(_of("FacetValue")),
                    "amounts": _many(_of("FacetValue")),
                    "rounds": _many(_of("FacetValue")),
                }
            ),
            "moreFacetValues": _object({"owners": _INTEGER, "rounds": _INTEGER})
            | {"description": "Hur många värden med träffar som inte listas i facetten."},
            "stats": _of("Stats"),
            "interpretation": _many(_of("Interpretation")),
            "suggestion": _TEXT_OR_NULL,
            "partial": _many(_of("Hit")),
            "notes": _many(_TEXT),
            "_meta": _of("Meta"),
            "_links": _of("Links"),
        }
    ),
    "Hit": _object(
        _SUMMARY
        | {
            "score": {"type": "number", "minimum": 0, "description": "Jämförbar inom ett svar."},
            "snippets": _many(_of("Snippet")),
        }
        | _DETAILS,
        optional=[*_SUMMARY, "score", "snippets", *_DETAILS],
    ),
    "Decision": _object(_SUMMARY | _DETAILS, optional=[*_SUMMARY, *_DETAILS]),
    "RelatedDecisions": _object(
        {
            "decisions": _many(
                _object(
                    _SUMMARY
                    | {
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                        "terms": _many(_TEXT),
                    }
                )
            ),
            "_links": _object({"self": _of("Link"), "decision": _of("Link")}),
        }
    ),
    "Choice": _object(
        {"decisions": _many(_object(_SUMMARY)), "_links": _object({"self": _of("Link")})}
    ),
    "Owners": _object(
        {"owners": _many(_object(_GROUP)), "_meta": _of("Meta"), "_links": _of("Links")}
    ),
    "Rounds": _object(
        {
            "rounds": _many(_object(_GROUP | {"title": _TEXT, "funder": _TEXT_OR_NULL})),
            "_meta": _of("Meta"),
            "_links": _of("Links"),
        }
    ),
    "ApiInfo": _object(
        {
            "apiName": _TEXT,
            "apiVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
            "apiReleased": {"type": "string", "format": "date", "example": bodies.API_RELEASED},
            "apiDocumentation": {"type": "string", "format": "uri"},
            "apiStatus": {"type": "string", "enum": ["active", "deprecated"]},
        }
    ),
    "Problem": _object(
        {
            "type": _ADDRESS,
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "instance": _ADDRESS,
        }
    ),
    "Block": _object({"kind": {"type": "string", "enum": ["paragraph", "item"]}, "text": _TEXT}),
    "Source": _object(
        {
            "file": _TEXT,
            "table": _TEXT_OR_NULL,
            "row": {"type": "integer", "minimum": 1},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "read": _MOMENT,
            "url": _ADDRESS
            | {
                "type": ["string", "null"],
                "description": "Filen som den var då, att hämta; null om den inte kan hämtas.",
            },
        }
    ),
    "Snippet": _object(
        {
            "field": {
                "type": "string",
                "enum": ["title", "owner", "description", "motivation"],
            },
            "segments": _many(_object({"text": _TEXT, "hit": _FLAG})),
            "before": _FLAG,
            "after": _FLAG,
        }
    ),
    "FacetValue": _object(
        {
            "value": _TEXT,
            "label": _TEXT,
            "count": _INTEGER,
            "selected": _FLAG,
            "url": _ADDRESS,
        }
    ),
    "Stats": _object(
        {
            "sum": _MONEY,
            "min": _MONEY_OR_NULL,
            "max": _MONEY_OR_NULL,
            "median": _MONEY_OR_NULL,
            "missing": _INTEGER,
        }
    ),
    "Interpretation": _object(
        {
            "text": _TEXT,
            "kind": {"type": "string", "enum": ["word", "phrase", "prefix"]},
            "field": _TEXT_OR_NULL,
            "excluded": _FLAG,
            "documents": _INTEGER,
            "expansions": _many(_object({"kind": _TEXT, "words": _many(_TEXT)})),
        }
    ),
    "Meta": _object(
        {
            "page": {"type": "integer", "minimum": 1},
            "limit": {"type": "integer", "minimum": 1},
            "totalRecords": _INTEGER,
            "totalPages": _INTEGER,
            "indexUpdated": _MOMENT | {"description": "När indexet senast uppdaterades."},
        }
    ),
    "Link": _object({"href": _ADDRESS}),
    "Links": _object(
        {name: _of("Link") for name in ("self", "first", "prev", "next", "last")},
        optional=["prev", "next"],
    ),
}
