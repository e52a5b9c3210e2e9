"""The answers of an operation: what it gives, and every way in which it can fail."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from search.labels import label
from web.api.export import FORMS
from web.api.openapi.examples import CSV, DECISION_ID, EXAMPLES, JSON_LINES, SITE
from web.api.schemas import Json, ProblemBody
from web.problems import KINDS, anchor


def json_answer(description: str, *schemas: str) -> Json:
    """An answer that is what one of some schemas says, with the example of the first."""
    found = [{"$ref": f"#/components/schemas/{one}"} for one in schemas]
    schema = found[0] if len(found) == 1 else {"anyOf": found}
    content = {"application/json": {"schema": schema, "example": EXAMPLES[schemas[0]]}}
    return {"description": description, "headers": _HEADERS, "content": content}


def other_responses(statuses: tuple[int, ...]) -> Json:
    """What an operation answers with these statuses."""
    return {str(status): _OTHERS[status] for status in statuses}


def _header(description: str, example: str | int, **schema: str) -> Json:
    return {"description": description, "schema": {"type": "string"} | schema, "example": example}


def _problem(
    code: str, description: str, title: str, detail: str, rest: str = "", parameter: str = ""
) -> Json:
    """A problem as an answer; `rest` is what the address in the example has after the search's."""
    status = KINDS[code].status
    headers = {"traceparent": _TRACE}
    if status == 503:
        headers["Retry-After"] = _header(label("Sekunder att vänta."), 5, type="integer")
    about, where = f"{SITE}/api#{anchor(code)}", f"/api/v1/decisions{rest}"
    at = "2026-11-23T14:20:00Z" if code == "gone" else UNSET
    body = ProblemBody(about, title, status, detail, where, code, parameter or UNSET, at)
    example = msgspec.to_builtins(body)
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema, "example": example}}
    return {"description": description, "headers": headers, "content": content}


_TRACE = _header(
    label("Den traceparent som förfrågan hade, om den var giltig."),
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
_REQUEST_ID = _header(
    label("Förfrågans nummer i loggen, där den inte hade någon giltig traceparent."),
    "4bf92f3577b34da6a3ce929d0e0e4736",
)
_LOCATION = _header(
    label("Var beslutet finns."),
    f"/api/v1/decisions/{DECISION_ID}--lulea-kommun",
    format="uri-reference",
)
_HEADERS = {
    "ETag": _header(
        label("Stark; ändras när svaret kan ha ändrats."), '"5d41402abc4b2a76b9719d911017c592"'
    ),
    "Cache-Control": _header(
        label("no-cache: får sparas, men ska kontrolleras med If-None-Match."), "no-cache"
    ),
    "traceparent": _TRACE,
    "X-Request-Id": _REQUEST_ID,
}
_OTHERS: dict[int, Json] = {
    300: json_answer(label("Flera beslut har haft id:t"), "Choice")
    | {"headers": {"traceparent": _TRACE}},
    302: {
        "description": label("Beslutet har nu ett annat id"),
        "headers": {"Location": _LOCATION, "traceparent": _TRACE},
    },
    304: {
        "description": label("Inget har ändrats sedan svaret med den ETag som skickades med"),
        "headers": _HEADERS,
    },
    400: _problem(
        "large-page",
        label("Ett värde är fel, en parameter okänd eller en begränsning överskriden; se detail"),
        label("Förfrågan kan inte besvaras"),
        label("Parametern limit: gränsen är 100 beslut per sida; skriv högst 100."),
        parameter="limit",
    ),
    404: _problem(
        "no-decision",
        label("Det finns inget på adressen"),
        label("Sidan finns inte"),
        label("Beslutet ”esf-2026-1/nej” finns inte; sök efter det."),
        "/esf-2026-1/nej",
    ),
    410: _problem(
        "gone",
        label("Det som fanns här är borta"),
        label("Finns inte längre"),
        label(
            "Beslutet ”esf-2026-1/nej” finns inte längre, sedan 23 november 2026 kl. 15:20; sök "
            "efter det."
        ),
        "/esf-2026-1/nej",
    ),
    500: _problem(
        "internal-error",
        label("Ett fel hos oss"),
        label("Något gick fel hos oss"),
        label("Felet är antecknat; försök igen om en stund."),
    ),
    503: _problem(
        "timeout",
        label("Sökningen tog för lång tid, eller indexet går inte att läsa just nu"),
        label("Tjänsten är inte tillgänglig just nu"),
        label(
            "Sökningen tog mer än gränsen 1 sekunder; försök igen om en stund, eller förenkla "
            "sökningen."
        ),
    ),
}
_DISPOSITION = _header(
    label("Filens namn: sökorden och indexets dag."),
    "attachment; filename=beslut-psykisk-halsa-2026-11-23.csv",
)
_EXAMPLE_FILES = {"jsonl": JSON_LINES, "csv": CSV}


def export_answer(form: str, site: str) -> Json:
    """The answer of an export in one of `FORMS`, from an API at the address `site`: a file."""
    media = FORMS[form][1]
    schema: Json = {"type": "string"}
    if not media.startswith("text/"):
        # OpenAPI 3.1 has the media type instead of the format, but clients are generated by that:
        # without it they look for JSON in whatever is not called text, or refuse it.
        schema |= {"format": "binary", "contentMediaType": media}
    content: Json = {"schema": schema}
    if form in _EXAMPLE_FILES:
        content["example"] = _EXAMPLE_FILES[form]
    else:
        summary = label("En arbetsbok; hämta den på adressen")
        address = f"{site}/api/v1/exports/{form}"
        content["examples"] = {"file": {"summary": summary, "externalValue": address}}
    return {
        "description": label("Hela mängden som fil"),
        "headers": _HEADERS | {"Content-Disposition": _DISPOSITION},
        "content": {media: content},
    }
