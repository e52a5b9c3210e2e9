"""Every parameter of every operation, by the name that `paths` knows it by."""

from __future__ import annotations

from typing import Any

from search.dimensions import DIMENSIONS, SORTS, Dimension
from search.labels import label
from search.searcher import SUGGESTIONS
from web import labels, urls
from web.api import export
from web.api.openapi.examples import DECISION_ID
from web.api.schemas import DECISION_FIELDS, HIT_FIELDS, LINE_FIELDS, Json
from web.language import gettext
from web.settings import Settings

_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "string", "enum": ["1", "0", "true", "false"], "default": "0"}
# What is right by these is taken by the service, which takes other ways to write them besides.
_NUMBER = "([0-9]{1,13}|[0-9]{1,3}( [0-9]{3}){1,3})([.,][0-9]{1,2})?( ?kr)?"
_LARGE = "[0-9]{1,6}([.,][0-9]{1,2})? ?(tkr|mnkr|miljon|miljoner|million)"
_AMOUNT: Json = _TEXT | {"pattern": f"^({_NUMBER}|{_LARGE})?$"}
_YEAR = "(19|2[01])[0-9]{2}"
_MONTH = "(0[1-9]|1[0-2])"
_DAY = (
    f"{_YEAR}-({_MONTH}-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    "|((19|2[01])(0[48]|[2468][048]|[13579][26])|2000)-02-29"
)
_PERIOD: Json = _TEXT | {"pattern": f"^({_YEAR}|{_YEAR}-{_MONTH}|{_DAY})?$"}


def parameters(settings: Settings) -> Json:
    """The parameters, with the limits that the settings give them."""
    limits = settings.limits
    paged = gettext(
        "Sida, från 1. Det går att bläddra bland de första %(depth)s besluten.",
        depth=limits.page_depth,
    )
    words = _TEXT | {"maxLength": limits.query_refused}
    round_, project = DECISION_ID.split("/")
    found = [
        _query(
            "q", label("Ord som alla måste finnas med, i någon böjning."), words, "psykisk hälsa"
        ),
        *(parameter for one in DIMENSIONS for parameter in _of(one)),
        _query(
            "id",
            label(
                "Beslutets id: bara dessa beslut. Kan upprepas; ett som inte finns ger ingen träff."
            ),
            {"type": "array", "items": _TEXT},
            [DECISION_ID],
        ),
        _query(
            "caseNumber",
            label("Diarienummer: bara beslut med det. Kan upprepas."),
            {"type": "array", "items": _TEXT},
            ["2026/123"],
        ),
        _query(
            "exact", label("1: bara orden som de är skrivna, utan böjningar och teman."), _FLAG, "1"
        ),
        _query(
            "sort",
            label("Ordning. Utelämnad: relevance med ord, annars -amount (högst belopp först)."),
            _TEXT | {"enum": list(SORTS)},
            "-amount",
        ),
        _query("page", paged, _count(999_999_999, 1), 1),
        _query(
            "limit",
            label("Antal per sida; 0: bara det som räknas."),
            _count(limits.page_size, 20, least=0),
            20,
        ),
        _query(
            "cursor",
            label(
                "Gå igenom hela mängden i den ordning som besluten kom till indexet, också medan "
                "det ändras: `*` först, sedan det som `_meta.cursor` och `_links.next` säger. "
                "`sort` och `page` gäller då inte."
            ),
            _TEXT,
            "*",
        ),
        _query(
            "facets",
            label("none: utan facetter, ett mindre svar."),
            _TEXT | {"enum": ["all", "none"], "default": "all"},
            "none",
        ),
        _query(
            "since",
            label("Markören som förra svaret gav (`cursor`); utelämnad eller `*`: från början."),
            _TEXT,
            "*",
        ),
        _query("fields", *_fields(gettext("Vad varje beslut ska innehålla"), HIT_FIELDS)),
        _query(
            "dialect",
            label(
                "CSV: `excel` (semikolon, decimalkomma, svenska rubriker, BOM) eller `rfc4180` "
                "(komma, decimalpunkt, API:ets namn, alla texter oförändrade)."
            ),
            _TEXT | {"enum": list(export.DIALECTS)},
            "rfc4180",
        ),
        _parameter(
            "header",
            "traceparent",
            label(
                "Spårning enligt W3C Trace Context. Ett giltigt värde antecknas i loggen och "
                "skickas tillbaka i svaret; ett ogiltigt bortses från."
            ),
            _TEXT,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
    ]
    # Names that stand for two parameters have another key: `round` is a filter, and a part of ids.
    own = _fields(gettext("Vad svaret ska innehålla"), DECISION_FIELDS)
    lines = _fields(gettext("Vad varje rad ska innehålla"), LINE_FIELDS)
    columns = _fields(gettext("Kolumnerna, i den ordning de ska stå,"), export.COLUMN_NAMES)
    return {one["name"]: one for one in found} | {
        "beginning": _query("q", label("Det som har skrivits hittills."), words, "hals"),
        "suggestionLimit": _query(
            "limit",
            label("Antal förslag, högst."),
            _count(limits.page_size, SUGGESTIONS, least=0),
            SUGGESTIONS,
        ),
        "changesLimit": _query("limit", label("Antal händelser, högst."), _count(1000, 1000), 1000),
        "listPage": _query("page", label("Sida, från 1."), _count(999_999_999, 1), 1),
        "decisionFields": _query("fields", *own),
        "lineFields": _query("fields", *lines),
        "columnFields": _query("fields", *columns),
        "roundSlug": _path("round", label("Beslutsomgångens del av id."), round_),
        "projectSlug": _path("project", label("Projektets del av id."), project),
        "ownerSlug": _path("slug", label("Projektägaren, som i listan."), "lulea-kommun"),
        "funderSlug": _path("slug", label("Finansiären, som i listan."), "region-norrbotten"),
        "themeSlug": _path("slug", label("Temat, som i listan."), "psykisk-halsa"),
    }


def _of(one: Dimension) -> list[Json]:
    """The parameters of a dimension."""
    what = labels.heading(one)
    if one.kind == "values":
        description = gettext(
            "%(what)s: bara beslut med detta värde. Kan upprepas: något av dem.", what=what
        )
        if one.party:
            also = gettext("Alla namn som den skrivs med går, och organisationsnummer.")
            description += f" {also}"
        if one.several:
            several = gettext("Ett beslut kan ha flera.")
            description += f" {several} {gettext(one.note)}"
        return [_query(one.name, description, {"type": "array", "items": _TEXT}, [one.example])]
    if one.kind == "dates":
        first, last = urls.parameters_of(one)
        earliest = gettext(
            "%(what)s, första, det själv inräknat: 2026-03-05, 2026-03 eller 2026. "
            "Beslut utan datum är inte med.",
            what=what,
        )
        latest = gettext("%(what)s, sista, det själv inräknat.", what=what)
        return [
            _query(first, earliest, _PERIOD, one.example),
            _query(last, latest, _PERIOD, one.example),
        ]
    least, most, missing = urls.parameters_of(one)
    return [
        _query(
            least,
            gettext(
                "%(what)s i kronor, lägst, det själv inräknat: 500000, 500 000 eller 1,5 miljoner.",
                what=what,
            ),
            _AMOUNT,
            one.example,
        ),
        _query(
            most,
            gettext("%(what)s, högst, det själv inräknat.", what=what),
            _AMOUNT,
            one.example,
        ),
        _query(
            missing,
            gettext(
                "1: också beslut där %(what)s; utan gränser bara de.",
                what=gettext(one.missing_label),
            ),
            _FLAG,
            "1",
        ),
    ]


def _fields(what: str, names: tuple[str, ...]) -> tuple[str, Json, str]:
    """Description, schema and example of a parameter that chooses among some names."""
    name = "|".join(names)
    description = gettext(
        "%(what)s och inget annat, med komma emellan: %(names)s.", what=what, names=", ".join(names)
    )
    return description, _TEXT | {"pattern": f"^(({name})(,({name}))*)?$"}, "id,title,amount"


def _count(most: int, default: int, least: int = 1) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default}


def _query(name: str, description: str, schema: Json, example: Any) -> Json:
    empty = {} if schema["type"] == "array" else {"allowEmptyValue": True}  # [""] is an array
    return _parameter("query", name, description, schema, example) | empty


def _path(name: str, description: str, example: str, **schema: Any) -> Json:
    return _parameter("path", name, description, _TEXT | {"minLength": 1} | schema, example)


def _parameter(where: str, name: str, description: str, schema: Json, example: Any) -> Json:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": schema,
        "example": example,
    }
