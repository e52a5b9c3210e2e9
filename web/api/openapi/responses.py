"""The answers of an operation: what it gives, and every way in which it can fail."""

from __future__ import annotations

from web.api.bodies import Json
from web.api.openapi.examples import DECISION_ID, EXAMPLES


def json_answer(description: str, schema: str) -> Json:
    """An answer that is what the schema of a name says, with the example of that name."""
    return {
        "description": description,
        "headers": _HEADERS,
        "content": {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{schema}"},
                "example": EXAMPLES[schema],
            }
        },
    }


def other_responses(statuses: tuple[int, ...]) -> Json:
    """What an operation answers with these statuses."""
    moved: dict[int, Json] = {
        300: json_answer("Flera beslut har haft id:t", "Choice")
        | {"headers": {"traceparent": _TRACE}},
        302: {
            "description": "Beslutet har nu ett annat id",
            "headers": {"Location": _LOCATION, "traceparent": _TRACE},
        },
    }
    return {str(status): moved.get(status) or _OTHERS[status] for status in statuses}


def _problem(description: str, title: str, status: int, detail: str, instance: str) -> Json:
    return {
        "description": description,
        "headers": {"traceparent": _TRACE}
        | ({"Retry-After": _RETRY_AFTER} if status == 503 else {}),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": "about:blank",
                    "title": title,
                    "status": status,
                    "detail": detail,
                    "instance": instance,
                },
            }
        },
    }


_TRACE = {
    "description": "Den traceparent som förfrågan hade, om den var giltig.",
    "schema": {"type": "string"},
    "example": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
_LOCATION = {
    "description": "Var beslutet finns.",
    "schema": {"type": "string", "format": "uri-reference"},
    "example": f"/api/v1/decisions/{DECISION_ID}--exempelby-kommun",
}
_RETRY_AFTER = {
    "description": "Sekunder att vänta.",
    "schema": {"type": "integer"},
    "example": 5,
}
_HEADERS = {
    "ETag": {
        "description": "Stark; ändras när svaret kan ha ändrats.",
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
    "Cache-Control": {
        "description": "no-cache: får sparas, men ska kontrolleras med If-None-Match.",
        "schema": {"type": "string"},
        "example": "no-cache",
    },
    "traceparent": _TRACE,
}
_OTHERS: dict[int, Json] = {
    304: {"description": "Inget har ändrats sedan svaret med den ETag som skickades med"}
    | {"headers": _HEADERS},
    400: _problem(
        "Ett värde är fel, en parameter okänd eller en begränsning överskriden; se detail",
        "Förfrågan kan inte besvaras",
        400,
        "Parametern limit: gränsen är 100 beslut per sida; skriv högst 100.",
        "/api/v1/decisions",
    ),
    404: _problem(
        "Det finns inget på adressen",
        "Sidan finns inte",
        404,
        "Beslutet esf-2026-1/nej finns inte; sök efter det.",
        "/api/v1/decisions/esf-2026-1/nej",
    ),
    500: _problem(
        "Ett fel hos oss",
        "Något gick fel hos oss",
        500,
        "Felet är antecknat; försök igen om en stund.",
        "/api/v1/decisions",
    ),
    503: _problem(
        "Sökningen tog för lång tid, eller indexet går inte att läsa just nu",
        "Tjänsten är inte tillgänglig just nu",
        503,
        "Sökningen tog mer än gränsen 1 sekunder; försök igen om en stund, eller förenkla "
        "sökningen.",
        "/api/v1/decisions",
    ),
}


EXPORT_ANSWER: Json = {
    "description": "Hela mängden som fil",
    "headers": _HEADERS
    | {
        "Content-Disposition": {
            "description": "Filens namn: sökorden och indexets dag.",
            "schema": {"type": "string"},
            "example": "attachment; filename=beslut-psykisk-halsa-2026-11-23.csv",
        }
    },
    "content": {
        "application/jsonl": {
            "schema": {"type": "string"},
            "example": f'{{"id":"{DECISION_ID}","title":"Hela vägen ut","amount":2800000}}\n',
        },
        "text/csv": {
            "schema": {"type": "string"},
            "example": f"id,owner,title\r\n{DECISION_ID},Exempelby kommun,Hela vägen ut\r\n",
        },
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
            "schema": {"type": "string", "contentMediaType": "application/octet-stream"},
            "examples": {
                "file": {
                    "summary": "En arbetsbok; hämta den på adressen",
                    "externalValue": "/api/v1/decisions.xlsx",
                }
            },
        },
    },
}
