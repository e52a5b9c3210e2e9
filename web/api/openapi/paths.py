"""The operations: each address, what it takes and what it answers.

`/api/v1/openapi.json` is not among them, and the exports stand under other addresses than the
`/api/v1/decisions.csv` that the pages lead to: the profile's names of resources have no full stop
in them (RES.06, UFN.08). Each is an operation of its own with one media type, since generated
clients take what an operation answers to be of one kind.
"""

from __future__ import annotations

from collections.abc import Iterable

from search.dimensions import VALUES, Dimension
from search.labels import label
from web import labels, urls
from web.api import export
from web.api.openapi.parameters import parameters
from web.api.openapi.responses import export_answer, json_answer, other_responses
from web.api.schemas import LISTS, Json, name_of
from web.language import gettext
from web.settings import Settings
from web.subjects import KINDS

EXPORTS = {f"/exports/{form}": form for form in export.FORMS}
"""The form that each path of an export gives."""
_EXPORTED = {
    "jsonl": (
        "JsonLines",
        ("lineFields",),
        label("Ett JSON-objekt per rad, som i `getDecision`, med alla texter oförändrade."),
    ),
    "csv": (
        "Csv",
        ("columnFields", "dialect"),
        label(
            "En rad per beslut. Med `dialect=rfc4180` står alla texter oförändrade; med `excel` "
            "får en cell som börjar med = + - @ en apostrof först, så att inget kalkylprogram kör "
            "den."
        ),
    ),
    "xlsx": (
        "Xlsx",
        ("columnFields",),
        label("En arbetsbok: besluten, och ett blad om vad som söktes, var och när."),
    ),
}
"""What each form is called in the names of operations, what it takes besides, and what it is."""


def paths(settings: Settings, site: str) -> Json:
    """Every path with its operation, for an API at the address `site`."""
    known = parameters(settings)

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
                "parameters": [known[name] for name in (*taken, "traceparent")],
                "responses": {"200": answer} | other_responses(others),
            }
        }

    def listed(one: Dimension) -> Json:
        what = labels.heading(one).lower()
        return get(
            f"list{one.plural.capitalize()}",
            "listor",
            gettext("Räkna beslut per %(what)s", what=what),
            gettext(
                "Varje %(what)s i bokstavsordning, med antal beslut och beviljad summa.", what=what
            ),
            ("listPage", "limit"),
            json_answer(label("En sida av listan"), name_of(LISTS[one.name])),
            (304, 400, 500, 503),
        )

    def exported(form: str) -> Json:
        name, taken, what = _EXPORTED[form]
        whole = label("Alla beslut i en sökning, utan sidor.")
        address = f"/api/v1/decisions.{form}"
        same = gettext("Samma fil finns på %(address)s.", address=address)
        return get(
            f"exportDecisionsAs{name}",
            "beslut",
            gettext("Hämta hela mängden som %(form)s", form=export.FORMS[form][0]),
            f"{gettext(whole)} {gettext(what)} {same}",
            (*export.PARAMETERS, *taken),
            export_answer(form, site),
            (304, 400, 500, 503),
        )

    def profiled(kind: str) -> Json:
        return get(
            f"get{kind.capitalize()}",
            "listor",
            gettext("%(what)s som helhet", what=gettext(KINDS[kind])),
            label(
                "Summor, delmängder, de största och de senaste besluten. Varje tal är sökningens "
                "som dess länk leder till. Ett annat sätt att skriva namnet leder vidare (302)."
            ),
            (f"{kind}Slug",),
            json_answer(label("Helheten"), "Profile"),
            (302, 304, 400, 404, 500, 503),
        )

    return {
        "/decisions": get(
            "searchDecisions",
            "beslut",
            label("Sök beslut"),
            label(
                "En sida av de beslut som har alla ord och passerar filtren, med facetter och "
                "summor. Utan parametrar: alla beslut, högst belopp först. En sida utanför mängden "
                "är en tom lista. Parametrar med tomt värde räknas som utelämnade."
            ),
            (*urls.PARAMETERS, "fields", "facets", "cursor"),
            json_answer(label("En sida av sökningen"), "SearchResult", "SelectedSearchResult"),
            (304, 400, 410, 500, 503),
        ),
        "/changes": get(
            "listChanges",
            "beslut",
            label("Hämta det som har hänt sedan sist"),
            label(
                "Beslut som har kommit (created), ändrats (changed) eller gått (deleted), i den "
                "ordning som det hände och var sak en gång, och markören att fortsätta med. Tom "
                "lista: inget nytt. Ett beslut som får ett annat id ger deleted med `movedTo` och "
                "changed med det nya. En markör som är för gammal ger 410: börja om från början. "
                "Var ett beslut lästes (`source`) är ingen ändring."
            ),
            ("since", "changesLimit"),
            json_answer(label("Det som har hänt"), "Changes"),
            (304, 400, 410, 500, 503),
        ),
        "/decisions/{round}/{project}": get(
            "getDecision",
            "beslut",
            label("Hämta ett beslut"),
            label(
                "Allt om ett beslut. Beslutets id är `{round}/{project}` och är detsamma efter "
                "varje ny inläsning. Får ett annat beslut samma titel leder id:t vidare: till "
                "beslutet, om bara ett har haft det (302), annars till dem som har det (300)."
            ),
            ("roundSlug", "projectSlug", "decisionFields"),
            json_answer(label("Beslutet"), "Decision", "SelectedDecision"),
            (300, 302, 304, 400, 404, 410, 500, 503),
        ),
        "/decisions/{round}/{project}/related": get(
            "getRelatedDecisions",
            "beslut",
            label("Hämta liknande beslut"),
            label("Andra beslut om samma saker, de mest lika först, med orden som förenar dem."),
            ("roundSlug", "projectSlug"),
            json_answer(label("Liknande beslut"), "RelatedDecisions"),
            (300, 302, 304, 400, 404, 410, 500, 503),
        ),
        **{path: exported(form) for path, form in EXPORTS.items()},
        **{f"/{one.plural}": listed(one) for one in VALUES},
        **{urls.profile_api_path(kind, "{slug}", root=""): profiled(kind) for kind in KINDS},
        "/themes": get(
            "listThemes",
            "listor",
            label("Räkna beslut per tema"),
            label(
                "Temana i vår temafil, område för område, med vad en sökning på vart och ett "
                "hittar: antal beslut och beviljad summa. Ett beslut kan höra till flera teman. "
                "Teman utan beslut utelämnas."
            ),
            (),
            json_answer(label("Temana"), "Themes"),
            (304, 400, 500, 503),
        ),
        "/suggestions": get(
            "listSuggestions",
            "beslut",
            label("Föreslå medan någon skriver"),
            label(
                "Teman, projektägare, finansiärer, titlar och sökord som har ord som börjar som "
                "de i `q`; det sista behöver inte vara färdigt. Prickar behövs inte, och skrivfel "
                "rättas. Tecken som styr en sökning ger inga förslag. Bara indexet och temafilen "
                "avgör vad som föreslås, inte vad andra har sökt."
            ),
            ("beginning", "suggestionLimit"),
            json_answer(label("Förslagen"), "Suggestions"),
            (304, 400, 500, 503),
        ),
        "/api-info": get(
            "getApiInfo",
            "om",
            label("Om API:et"),
            label(
                "Namn, version, dokumentation och status enligt den nationella REST API-profilen."
            ),
            (),
            json_answer(label("Om API:et"), "ApiInfo"),
            (304, 400, 500),
        ),
    }
