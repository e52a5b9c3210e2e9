"""The OpenAPI 3.1 description of the API, made from the tables that the API itself is made from.

`/api/v1/openapi.json` is not among its own paths. The three exports stand as one path with the file
in braces, because the profile's names of resources have no full stop in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import yaml
from flask import render_template

from search.request import SORTS
from web import api, export, urls
from web.settings import Settings

Json = dict[str, Any]

DECISION_ID = "esf-2026-1/hela-vagen-ut"
EXPORTS = "/{export}"
_NONE: tuple[str, ...] = ()
_SET = tuple(name for name in urls.PARAMETERS if name not in ("page", "limit"))
_SWEDISH = """\
Beslutssök söker i beslut om offentlig medfinansiering: vem som har beviljats hur mycket för vad, \
och varför. API:et svarar med samma beslut, facetter och summor som webbplatsen, och tar samma \
parametrar.

- Alla ord måste finnas med. `"exakt fras"`, `-ord`, `INTE`, `ELLER`, parenteser, `prefix*` och \
fälten `titel:`, `ägare:`, `beskrivning:` och `motivering:` går att använda i `q`.
- `totalRecords`, facetterna, `stats`, exporten och flödet talar om samma mängd. Närliggande \
träffar (`partial`) räknas inte in.
- Svaren är JSON i UTF-8. Tider är RFC 3339 i UTC. Belopp är i kronor.
- Svaren har en stark ETag. Skicka den i `If-None-Match`, så blir svaret 304 om inget har ändrats.
- Bara GET och HEAD besvaras, allt annat med 405. Skript på andra webbplatser får läsa svaren \
(`Access-Control-Allow-Origin: *`); en förfrågan som kräver en förhandsfråga (OPTIONS) \
besvaras inte.
- Fel beskrivs enligt RFC 9457.

**Begränsningar.** En sökning får ha högst {query_characters} tecken, {query_words} ord, \
{phrase_words} ord i en fras och {nesting} nivåer av parenteser. Ett prefix har minst \
{prefix_letters} bokstäver och utvidgas till högst {prefix_expansions} ord. `limit` är högst \
{page_size}, en facett listar högst {facet_values} värden, och det går att bläddra bland de \
första {page_depth} besluten; hela mängden finns som export. Gränsen för tiden är \
{seconds:g} s; därefter blir svaret 503 med `Retry-After`. Den gräns som överskrids står i svaret. \
Kända problem: inga."""
_ENGLISH = """\
In English: Beslutssök searches decisions on public co-funding: who was granted how much for what, \
and why. The API answers with the same decisions, facets and sums as the site, and takes the same \
parameters. All words must match. Everything is JSON in UTF-8, times are RFC 3339 in UTC, amounts \
are in SEK; errors follow RFC 9457. Each answer has a strong ETag. Only GET and HEAD are answered.

**Limits.** A query has a limit of {query_characters} characters and {query_words} words; `limit` \
is at most {page_size}; the first {page_depth} decisions can be paged through, and the whole set \
is had as an export. A search that takes more than {seconds:g} s is answered with 503."""


def specification(settings: Settings, site: str) -> Json:
    """The whole description, for an API at the address `site`."""
    return {
        "openapi": "3.1.0",
        "info": _info(settings, site),
        "servers": [{"url": f"{site}/api/v1", "description": "Beslutssök"}],
        "externalDocs": {
            "description": "Dokumentation på svenska, med exempel och begränsningar",
            "url": f"{site}/api",
        },
        "tags": [
            {"name": "beslut", "description": "Sökning och enskilda beslut"},
            {"name": "listor", "description": "Projektägare och beslutsomgångar"},
            {"name": "om", "description": "Om API:et"},
        ],
        "paths": _paths(settings),
        "components": {"schemas": _SCHEMAS},
    }


def as_yaml(specification_: Json) -> str:
    """The description as YAML."""
    text: str = yaml.dump(
        specification_, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100
    )
    return text


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which few can read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text of several lines as a block, as a person would write it."""
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Plain.add_representer(str, _text)


def page(specification_: Json, settings: Settings, site: str) -> str:
    """The documentation as a page."""
    return render_template(
        "api.html",
        specification=specification_,
        operations=_operations(specification_),
        limits=settings.limits,
        seconds=settings.search_seconds,
        site=site,
        decision_id=DECISION_ID,
        fields=api.HIT_FIELDS,
    )


def _operations(specification_: Json) -> list[Json]:
    return [
        operation | {"addresses": _addresses(path, operation)}
        for path, methods in specification_["paths"].items()
        for operation in methods.values()
    ]


def _addresses(path: str, operation: Json) -> list[str]:
    """The path, with each file by its name where it is the exports' one."""
    files = operation["parameters"][0]["schema"]["enum"] if path == EXPORTS else []
    return [f"/api/v1/{file}" for file in files] or [f"/api/v1{path}"]


def _info(settings: Settings, site: str) -> Json:
    facts = {one: getattr(settings.limits, one) for one in settings.limits.__slots__}
    description = f"{_SWEDISH}\n\n{_ENGLISH}".format(**facts, seconds=settings.search_seconds)
    contact = {"name": settings.publisher or "Beslutssök", "url": f"{site}/om"}
    if settings.contact:
        contact["email"] = settings.contact
    licence = {"name": "MIT", "url": "https://opensource.org/license/mit"}
    if settings.licence:
        licence = {"name": "Licens för besluten", "url": settings.licence}
    return {
        "title": "Beslutssök",
        "version": api.API_VERSION,
        "summary": "Sök i beslut om offentlig medfinansiering",
        "description": description,
        "termsOfService": f"{site}/om",
        "contact": contact,
        "license": licence,
        "x-sla": {
            "availability": "Ingen utlovad tillgänglighet; /health visar läget.",
            "responseTime": f"En sökning tar högst {settings.search_seconds:g} s; annars 503.",
            "support": "Se contact.",
        },
    }


def _paths(settings: Settings) -> Json:
    parameters = _parameters(settings)

    def get(
        identifier: str,
        tag: str,
        summary: str,
        description: str,
        taken: Iterable[str],
        answer: Json,
        others: tuple[int, ...],
    ) -> Json:
        return {
            "get": {
                "operationId": identifier,
                "tags": [tag],
                "summary": summary,
                "description": description,
                "parameters": [parameters[name] for name in (*taken, "traceparent")],
                "responses": {"200": answer} | _other_responses(others),
            }
        }

    return {
        "/decisions": get(
            "searchDecisions",
            "beslut",
            "Sök beslut",
            "En sida av de beslut som har alla ord och passerar filtren, med facetter och summor. "
            "Utan parametrar: alla beslut, högst belopp först. En sida utanför mängden är en tom "
            "lista. Parametrar med tomt värde räknas som utelämnade.",
            (*urls.PARAMETERS, "fields"),
            _json_answer("En sida av sökningen", "SearchResult"),
            (304, 400, 500, 503),
        ),
        "/decisions/{round}/{project}": get(
            "getDecision",
            "beslut",
            "Hämta ett beslut",
            "Allt om ett beslut. Beslutets id är `{round}/{project}` och är detsamma efter varje "
            "ny inläsning.",
            ("roundSlug", "projectSlug", "decisionFields"),
            _json_answer("Beslutet", "Decision"),
            (304, 400, 404, 500, 503),
        ),
        "/decisions/{round}/{project}/related": get(
            "getRelatedDecisions",
            "beslut",
            "Hämta liknande beslut",
            "Andra beslut om samma saker, de mest lika först, med orden som förenar dem.",
            ("roundSlug", "projectSlug"),
            _json_answer("Liknande beslut", "RelatedDecisions"),
            (304, 400, 404, 500, 503),
        ),
        EXPORTS: get(
            "exportDecisions",
            "beslut",
            "Hämta hela mängden som fil",
            "Alla beslut i en sökning, utan sidor: JSON Lines (ett beslut per rad, som i "
            "`getDecision`), CSV eller XLSX. `dialect` finns bara för CSV. I CSV får en cell som "
            "börjar med = + - @ en apostrof först, så att inget kalkylprogram kör den.",
            ("export", *_SET, "dialect"),
            _EXPORT_ANSWER,
            (304, 400, 404, 500, 503),
        ),
        "/owners": get(
            "listOwners",
            "listor",
            "Lista projektägare",
            "Alla projektägare i bokstavsordning, med antal beslut och beviljad summa.",
            ("listPage", "limit"),
            _json_answer("En sida av listan", "Owners"),
            (304, 400, 500, 503),
        ),
        "/rounds": get(
            "listRounds",
            "listor",
            "Lista beslutsomgångar",
            "Alla beslutsomgångar i bokstavsordning, med antal beslut och beviljad summa.",
            ("listPage", "limit"),
            _json_answer("En sida av listan", "Rounds"),
            (304, 400, 500, 503),
        ),
        "/api-info": get(
            "getApiInfo",
            "om",
            "Om API:et",
            "Namn, version, dokumentation och status enligt den nationella REST API-profilen.",
            _NONE,
            _json_answer("Om API:et", "ApiInfo"),
            (304, 400, 500),
        ),
    }


def _parameters(settings: Settings) -> Json:
    limits = settings.limits
    names = "|".join(api.HIT_FIELDS)
    own = "|".join(api.DECISION_FIELDS)
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
            f"Vad varje beslut ska innehålla, med komma emellan: {', '.join(api.HIT_FIELDS)}.",
            {"type": "string", "pattern": f"^(({names})(,({names}))*)?$"},
            "id,title,amount",
        ),
        "decisionFields": _query(
            "fields",
            f"Vad svaret ska innehålla, med komma emellan: {', '.join(api.DECISION_FIELDS)}.",
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


def _json_answer(description: str, schema: str) -> Json:
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


def _other_responses(statuses: tuple[int, ...]) -> Json:
    return {str(status): _OTHERS[status] for status in statuses}


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
_SCHEMAS: Json = {
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
            "apiReleased": {"type": "string", "format": "date", "example": api.API_RELEASED},
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

_EXAMPLE_ADDRESS = f"/api/v1/decisions?q={quote('psykisk hälsa')}"
_EXAMPLE_SUMMARY: Json = {
    "id": DECISION_ID,
    "title": "Hela vägen ut",
    "owner": "Exempelby kommun",
    "amount": 2800000,
    "currency": "SEK",
    "round": "ESF 2026:1",
    "funder": "Region Norrbotten",
    "links": {
        "self": f"/api/v1/decisions/{DECISION_ID}",
        "html": f"/beslut/{DECISION_ID}",
        "related": f"/api/v1/decisions/{DECISION_ID}/related",
    },
}
_EXAMPLE_DETAILS: Json = {
    "roundTitle": "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1",
    "description": "Projektet stärker ungas psykiska hälsa.",
    "descriptionBlocks": [{"kind": "paragraph", "text": "Projektet stärker ungas psykiska hälsa."}],
    "motivation": "Det följer den regionala strategin.",
    "motivationBlocks": [{"kind": "paragraph", "text": "Det följer den regionala strategin."}],
    "firstSeen": "2026-11-23T14:20:00Z",
    "source": {
        "file": "region-norrbotten-esf-2026-1.txt",
        "table": None,
        "row": 7,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "read": "2026-11-23T14:20:00Z",
    },
}
_EXAMPLE_META = {
    "page": 1,
    "limit": 20,
    "totalRecords": 1,
    "totalPages": 1,
    "indexUpdated": "2026-11-23T14:20:00Z",
}


def _example_links(path: str) -> Json:
    return {name: {"href": path} for name in ("self", "first", "last")}


def _example_group(name: str, address: str) -> Json:
    return {
        "name": name,
        "decisions": 1,
        "sum": 2800000,
        "missing": 0,
        "links": {"decisions": f"/api/v1/decisions?{address}", "html": f"/?{address}"},
    }


EXAMPLES: Json = {
    "SearchResult": {
        "decisions": [
            _EXAMPLE_SUMMARY
            | {
                "score": 3.4158,
                "snippets": [
                    {
                        "field": "description",
                        "segments": [
                            {"text": "Projektet stärker ungas ", "hit": False},
                            {"text": "psykiska", "hit": True},
                            {"text": " ", "hit": False},
                            {"text": "hälsa", "hit": True},
                            {"text": ".", "hit": False},
                        ],
                        "before": False,
                        "after": False,
                    }
                ],
            }
        ],
        "facets": {
            "owners": [
                {
                    "value": "Exempelby kommun",
                    "label": "Exempelby kommun",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&owner=Exempelby%20kommun",
                }
            ],
            "amounts": [
                {
                    "value": "2000000-2999999.99",
                    "label": "2\u00a0mnkr till 3\u00a0mnkr",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&amountMin=2000000&amountMax=2999999.99",
                }
            ],
            "rounds": [
                {
                    "value": "ESF 2026:1",
                    "label": "ESF 2026:1",
                    "count": 1,
                    "selected": False,
                    "url": f"{_EXAMPLE_ADDRESS}&round=ESF%202026%3A1",
                }
            ],
        },
        "moreFacetValues": {"owners": 0, "rounds": 0},
        "stats": {
            "sum": 2800000,
            "min": 2800000,
            "max": 2800000,
            "median": 2800000,
            "missing": 0,
        },
        "interpretation": [
            {
                "text": "psykisk",
                "kind": "word",
                "field": None,
                "excluded": False,
                "documents": 1,
                "expansions": [{"kind": "forms", "words": ["psykisk", "psykiska"]}],
            }
        ],
        "suggestion": None,
        "partial": [],
        "notes": [],
        "_meta": _EXAMPLE_META,
        "_links": _example_links(_EXAMPLE_ADDRESS),
    },
    "Decision": _EXAMPLE_SUMMARY | _EXAMPLE_DETAILS,
    "RelatedDecisions": {
        "decisions": [_EXAMPLE_SUMMARY | {"score": 0.42, "terms": ["elevhälsa", "gymnasieskola"]}],
        "_links": {
            "self": {"href": f"/api/v1/decisions/{DECISION_ID}/related"},
            "decision": {"href": f"/api/v1/decisions/{DECISION_ID}"},
        },
    },
    "Owners": {
        "owners": [_example_group("Exempelby kommun", "owner=Exempelby%20kommun")],
        "_meta": _EXAMPLE_META,
        "_links": _example_links("/api/v1/owners"),
    },
    "Rounds": {
        "rounds": [
            _example_group("ESF 2026:1", "round=ESF%202026%3A1")
            | {
                "title": "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1",
                "funder": "Region Norrbotten",
            }
        ],
        "_meta": _EXAMPLE_META,
        "_links": _example_links("/api/v1/rounds"),
    },
    "ApiInfo": {
        "apiName": "Beslutssök",
        "apiVersion": api.API_VERSION,
        "apiReleased": api.API_RELEASED,
        "apiDocumentation": "https://beslut.example/api",
        "apiStatus": "active",
    },
}
_EXPORT_ANSWER: Json = {
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
