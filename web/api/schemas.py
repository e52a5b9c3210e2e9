"""What an answer consists of: the JSON is encoded from these structs, and OpenAPI describes them.

Descriptions are in Swedish, as labels, because they are published. A struct is named after what it
shows with ``Body`` behind, which the published name leaves out. What `search` and `index` have in
the form in which it is answered (`Block`, `Segment`, `Interpretation`) stands here as it is.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, defstruct, field
from msgspec.structs import fields

from index.decision import Block
from search.changes import ChangeKind
from search.dimensions import COUNTED, VALUES, Dimension
from search.labels import label
from search.result import Interpretation, Segment
from search.suggestions import SuggestionKind

Json = dict[str, Any]
T = TypeVar("T")
API_VERSION = "1.0.0"
API_RELEASED = "2026-11-23"


def _form(name: str, **more: str) -> Meta:
    return Meta(extra_json_schema={"format": name, **more})


Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
# Amounts are ints where they are whole: JSON has but one type of number.
Money = Annotated[float, Meta(description=label("Kronor; heltal när det inte finns ören."))]
MoneyOrNull = Annotated[float | None, Meta(description=label("Kronor; null om belopp saknas."))]
Missing = Annotated[Count, Meta(description=label("Beslut utan belopp."))]
Address = Annotated[str, _form("uri-reference")]
AddressOrNull = Annotated[str | None, _form("uri-reference")]
DayOrNull = Annotated[date | None, _form("date", example="2026-03-05")]
Moment = Annotated[str, _form("date-time", example="2026-11-23T14:20:00Z")]
Identity = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Running = Annotated[str, Meta(description=label("Ett stycke eller en punkt per rad."))]


class Body(Struct, rename="camel"):
    """An object in an answer."""


class LinkBody(Body):
    href: Address


class LinksBody(Body):
    self: LinkBody
    first: LinkBody
    last: LinkBody | UnsetType = UNSET
    prev: LinkBody | UnsetType = UNSET
    next: LinkBody | UnsetType = UNSET


class MetaBody(Body):
    page: Ordinal
    limit: Count
    total_records: Count
    total_pages: Count
    index_updated: Annotated[Moment, Meta(description=label("När indexet senast uppdaterades."))]


class SearchMetaBody(MetaBody, kw_only=True):
    reachable: Annotated[
        Count,
        Meta(description=label("Så många beslut går att bläddra bland; alla nås med cursor.")),
    ]
    changes_cursor: Annotated[
        str, Meta(description=label("Markören för det som händer härefter, för /changes."))
    ]
    cursor: Annotated[
        str | UnsetType,
        Meta(description=label("Var nästa sida börjar, om besluten gås igenom med cursor.")),
    ] = UNSET


class SourceBody(Body):
    file: str
    table: str | None
    row: Ordinal
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    read: Moment
    url: Annotated[
        AddressOrNull, Meta(description=label("Filen som den var då; null om den inte finns."))
    ]


class DecisionLinksBody(Body):
    self: Address
    html: Address
    related: Address


class LocalityBody(Body):
    name: str
    kind: Literal["municipality", "county"]
    code: Annotated[str, Meta(pattern=r"^\d{2}(\d{2})?$", description="SCB:s kod.")]
    derived: Annotated[
        bool, Meta(description=label("Hämtad ur ägarens namn och texterna; källan anger den inte."))
    ]


class SummaryBody(Body):
    """What every list says of a decision."""

    id: Annotated[str, Meta(pattern="^[^/]+/[^/]+$")]
    title: str
    owner: str
    amount: MoneyOrNull
    currency: Annotated[str, Meta(description="ISO 4217")]
    round: str
    funder: str | None
    case_number: Annotated[
        str | None, Meta(description=label("Diarienummer; null om det inte anges."))
    ]
    decision_date: Annotated[
        DayOrNull, Meta(description=label("RFC 3339; null om det inte anges."))
    ]
    owner_number: Annotated[
        Annotated[str, Meta(pattern=r"^\d{6}-\d{4}$")] | None,
        Meta(description=label("Projektägarens organisationsnummer; null om det inte anges.")),
    ]
    places: Annotated[list[LocalityBody], Meta(description=label("Kommunerna, sedan länen."))]
    year: Annotated[int | None, Meta(description=label("Beslutsåret; null om det är okänt."))]
    year_from: Annotated[
        Literal["date", "round"] | None,
        Meta(description=label("Vad som anger året: beslutsdatumet, eller bara omgångens namn.")),
    ]
    identity: Annotated[
        Identity,
        Meta(description=label("Beslutets egen beteckning; består också när id:t blir ett annat.")),
    ]
    modified: Annotated[
        Moment, Meta(description=label("När beslutet kom till indexet eller senast ändrades där."))
    ]
    links: DecisionLinksBody


class DecisionBody(SummaryBody):
    round_title: str
    description: Running
    description_blocks: tuple[Block, ...]
    motivation: Running
    motivation_blocks: tuple[Block, ...]
    first_seen: Annotated[Moment, Meta(description=label("När beslutet först fanns i indexet."))]
    stated_places: Annotated[
        tuple[str, ...], Meta(description=label("Vad källan själv säger om platsen."))
    ]
    source: SourceBody


class LineBody(DecisionBody):
    """A line of the JSON Lines: what is taken away needs the whole address."""

    url: str


class SnippetBody(Body):
    field: Literal["title", "owner", "description", "motivation"]
    segments: tuple[Segment, ...]
    before: bool
    after: bool


class HitBody(SummaryBody):
    score: Annotated[float, Meta(ge=0, description=label("Jämförbar inom ett svar."))]
    snippets: list[SnippetBody]


class RelatedBody(SummaryBody):
    score: Annotated[float, Meta(ge=0, le=1)]
    terms: Annotated[
        tuple[str, ...], Meta(description=label("Gemensamma ord, de mest utmärkande först."))
    ]


class FacetValueBody(Body):
    value: str
    label: str
    count: Count
    selected: bool
    url: Address


class StatsBody(Body):
    sum: Money
    min: MoneyOrNull
    max: MoneyOrNull
    median: MoneyOrNull
    missing: Missing


def _made(name: str, members: list[Any], base: type[Body] = Body) -> Any:
    """A struct whose members follow from a table; Any, since no type checker can know them."""
    return defstruct(f"{name}Body", members, bases=(base,))


FacetsBody = _made("Facets", [(one.plural, list[FacetValueBody]) for one in COUNTED])
MoreFacetValuesBody = _made("MoreFacetValues", [(one.plural, Count) for one in VALUES])
_OF_DECISIONS = {one.name: one for one in (*fields(DecisionBody), *fields(HitBody))}
SelectedDecisionBody = _made(
    "SelectedDecision",
    [(name, one.type | UnsetType, UNSET) for name, one in _OF_DECISIONS.items()],
)
"""What `fields` leaves of a decision or a hit: any of its members."""
SelectedLineBody = _made("SelectedLine", [("url", str | UnsetType, UNSET)], SelectedDecisionBody)
"""What it leaves of a line of the JSON Lines."""


class SearchBody(Body, Generic[T]):
    """One page of a search, whatever it says of each decision."""

    decisions: list[T]
    facets: Annotated[
        FacetsBody | None,  # type: ignore[valid-type]
        Meta(description=label("null om de inte är begärda.")),
    ]
    more_facet_values: Annotated[
        MoreFacetValuesBody | None,  # type: ignore[valid-type]
        Meta(description=label("Hur många värden med träffar som inte listas i facetten.")),
    ]
    stats: StatsBody
    interpretation: tuple[Interpretation, ...]
    suggestion: str | None
    partial: list[T]
    notes: tuple[str, ...]
    meta: SearchMetaBody = field(name="_meta")
    links: LinksBody = field(name="_links")


class SearchResultBody(SearchBody[HitBody]):
    pass


class SelectedSearchResultBody(SearchBody[SelectedDecisionBody]):  # type: ignore[valid-type]
    pass


class OwnLinkBody(Body):
    self: LinkBody


class GroupLinksBody(Body):
    decisions: Address
    html: Address


class GroupBody(Body):
    name: str
    decisions: Count
    sum: Money
    missing: Missing
    links: GroupLinksBody


class ThemeBody(GroupBody):
    slug: str


class AreaBody(Body):
    name: str
    slug: str
    themes: list[ThemeBody]


class ThemesBody(Body):
    areas: list[AreaBody]
    links: OwnLinkBody = field(name="_links")


class SuggestionLinksBody(Body):
    self: Address
    html: Address


class SuggestionBody(Body):
    kind: Annotated[
        SuggestionKind, Meta(description=label("Vad som föreslås; word är en sökning på orden."))
    ]
    label: str
    count: Annotated[Count, Meta(description=label("Så många beslut finns dit länken leder."))]
    segments: Annotated[
        tuple[Segment, ...], Meta(description=label("label i delar; hit är det som har skrivits."))
    ]
    links: SuggestionLinksBody


class SuggestionsBody(Body):
    suggestions: Annotated[list[SuggestionBody], Meta(description=label("De bästa först."))]
    links: OwnLinkBody = field(name="_links")


class ChangeBody(Body):
    kind: Annotated[
        ChangeKind,
        Meta(
            description=label(
                "deleted: id:t finns inte längre. created, changed: hämta beslutet med id:t."
            )
        ),
    ]
    id: str
    identity: Annotated[
        Identity,
        Meta(description=label("Beslutets egen beteckning; består också när id:t blir ett annat.")),
    ]
    at: Moment
    fields: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(description=label("Vad som ändrades; bara med changed.")),
    ] = UNSET
    moved_to: Annotated[
        str | UnsetType,
        Meta(description=label("Bara id:t är borta: beslutet heter nu så.")),
    ] = UNSET


class ChangesLinksBody(OwnLinkBody):
    next: LinkBody


class ChangesBody(Body):
    changes: Annotated[
        list[ChangeBody], Meta(description=label("I den ordning som de hände; tom: inget nytt."))
    ]
    cursor: Annotated[str, Meta(description=label("Nästa gång: since."))]
    links: ChangesLinksBody = field(name="_links")


class ElsewhereBody(SummaryBody):
    words: Annotated[Ordinal, Meta(description=label("Hur många av styckets ord som står där."))]
    since: Annotated[
        str, Meta(description=label("Beslutsdatum, annars när beslutet först lästes."))
    ]


class PassageBody(Body):
    """Words in a row that other decisions have, too."""

    field: Literal["description", "motivation"]
    text: str
    start: Annotated[Count, Meta(description=label("Första tecknet, i fältets text."))]
    end: Annotated[Count, Meta(description=label("Efter sista tecknet."))]
    words: Ordinal
    kind: Annotated[
        Literal["shared", "standard"],
        Meta(description=label("standard: i mer än en tiondel av omgångens beslut.")),
    ]
    decisions: Annotated[
        Count, Meta(description=label("Andra beslut som har det; av standard, beslut i omgången."))
    ]
    of: Annotated[
        Count, Meta(description=label("Av standard: så många beslut har omgången; annars 0."))
    ]
    others: Annotated[
        list[ElsewhereBody], Meta(description=label("De äldsta av dem, äldst först."))
    ]


class SameOwnerBody(Body):
    slug: str
    name: str
    names: tuple[str, ...]
    decisions: Ordinal
    sum: Money
    latest: Annotated[
        list[SummaryBody], Meta(description=label("De senaste av de andra besluten."))
    ]


class PlaceAndYearBody(Body):
    places: Annotated[tuple[str, ...], Meta(description=label("Kommunerna, annars länen."))]
    year: str
    decisions: Annotated[Ordinal, Meta(description=label("Hur många, beslutet självt inräknat."))]
    largest: Annotated[list[SummaryBody], Meta(description=label("De andra, högst belopp först."))]
    links: GroupLinksBody


class RelatedLinksBody(OwnLinkBody):
    decision: LinkBody
    html: LinkBody


class RelatedDecisionsBody(Body):
    decisions: list[RelatedBody]
    passages: Annotated[
        list[PassageBody],
        Meta(description=label("Minst tolv ord i rad som också står i andra beslut.")),
    ]
    more_passages: Annotated[Count, Meta(description=label("Kortare stycken som inte listas."))]
    owner: Annotated[SameOwnerBody | None, Meta(description=label("null om projektägare saknas."))]
    themes: Annotated[
        list[ThemeBody], Meta(description=label("Beslutets teman, det ovanligaste först."))
    ]
    place_and_year: Annotated[
        PlaceAndYearBody | None,
        Meta(
            description=label("null om plats eller år är okänt, eller inget annat beslut har dem.")
        ),
    ]
    links: RelatedLinksBody = field(name="_links")


class ChoiceBody(Body):
    decisions: list[SummaryBody]
    links: OwnLinkBody = field(name="_links")


class PartyGroupBody(GroupBody):
    slug: Annotated[str | None, Meta(description=label("Namnet i adresser; null där inget anges."))]
    names: Annotated[
        tuple[str, ...],
        Meta(description=label("Namnen som de skrivs i besluten, det vanligaste först.")),
    ]
    numbers: Annotated[tuple[str, ...], Meta(description=label("Organisationsnummer som anges."))]


class RoundFunderBody(Body):
    name: Annotated[
        str | None,
        Meta(description=label("Finansiären; null för beslut som inte anger någon.")),
    ]
    decisions: Count
    sum: Money
    missing: Missing


class RoundGroupBody(GroupBody):
    title: Annotated[
        str | None,
        Meta(description=label("Rubriken; null där omgångens dokument har olika.")),
    ]
    funder: Annotated[
        str | None,
        Meta(description=label("Den enda finansiären; null där de är flera, eller ingen anges.")),
    ]
    funders: Annotated[
        list[RoundFunderBody],
        Meta(
            description=label(
                "Finansiärerna, den med flest beslut först. Antal och summor ger omgångens."
            )
        ),
    ]


class RestBody(Body):
    """The groups that are not listed, together."""

    groups: Count
    decisions: Count
    sum: Money
    missing: Missing


class BreakdownBody(Body):
    groups: list[GroupBody]
    rest: Annotated[
        RestBody | None, Meta(description=label("De grupper som inte listas; null om alla listas."))
    ]
    overlapping: Annotated[
        bool,
        Meta(description=label("Ett beslut kan vara i flera grupper, så att de blir mer än alla.")),
    ]


BreakdownsBody = _made("Breakdowns", [(one.plural, BreakdownBody) for one in COUNTED])


class OtherBody(Body):
    name: str
    decisions: Count


class SharedThemeBody(Body):
    slug: str
    name: str
    decisions: Ordinal
    others: Annotated[
        list[OtherBody], Meta(description=label("De som har flest beslut med temat."))
    ]


class ProfileLinksBody(OwnLinkBody):
    html: LinkBody
    decisions: LinkBody
    feed: LinkBody


class ProfileBody(Body):
    """An owner, a funder or a theme."""

    slug: str
    name: str
    names: Annotated[tuple[str, ...], Meta(description=label("Hur namnet också skrivs."))]
    numbers: Annotated[tuple[str, ...], Meta(description=label("Organisationsnummer."))]
    decisions: Count
    stats: StatsBody
    interpretation: tuple[Interpretation, ...]
    suggestion: str | None
    breakdowns: BreakdownsBody  # type: ignore[valid-type]
    themes: Annotated[list[SharedThemeBody], Meta(description=label("De mest utmärkande först."))]
    largest: list[SummaryBody]
    latest: Annotated[
        list[SummaryBody],
        Meta(
            description=label(
                "Efter beslutsdatum; om inget beslut har något, efter när det lästes."
            )
        ),
    ]
    links: ProfileLinksBody = field(name="_links")


class ListBody(Body):
    meta: MetaBody = field(name="_meta")
    links: LinksBody = field(name="_links")


def _list(one: Dimension) -> Any:
    return _made(one.plural.capitalize(), [(one.plural, list[group_body(one)])], ListBody)  # type: ignore[misc]


def group_body(one: Dimension) -> type[GroupBody]:
    """What a list says of each value of a dimension."""
    if one.party:
        return PartyGroupBody
    return RoundGroupBody if one.name == "round" else GroupBody


LISTS = {one.name: _list(one) for one in VALUES}
"""The list of each dimension of values, by its name."""


class ApiInfoBody(Body):
    api_name: str
    api_version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    api_released: Annotated[str, _form("date", example=API_RELEASED)]
    api_documentation: Annotated[str, _form("uri")]
    api_status: Literal["active", "deprecated"]


class ProblemBody(Body, omit_defaults=True):
    type: Annotated[str, _form("uri-reference", description=label("Leder till vad felet betyder."))]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description=label("Vad som hände, och vad du kan göra."))]
    instance: Address
    code: Annotated[
        str,
        Meta(
            pattern="^[a-z0-9-]+$",
            description=label("Felets namn, som inte ändras. Alla finns på API:ets sida."),
        ),
    ]
    parameter: Annotated[
        str | UnsetType, Meta(description=label("Parametern som är fel, om det är en."))
    ] = UNSET
    at: Annotated[
        Moment | UnsetType, Meta(description=label("Sedan när beslutet är borta, om det är det."))
    ] = UNSET


MEMBERS = {one.encode_name: one.name for one in fields(SelectedLineBody)}
"""What `fields` can ask for, and the attribute that holds it."""
HIT_FIELDS = tuple(one.encode_name for one in fields(SelectedDecisionBody))
DECISION_FIELDS = tuple(one.encode_name for one in fields(DecisionBody))
LINE_FIELDS = tuple(one.encode_name for one in fields(LineBody))


def name_of(body: type[Struct]) -> str:
    """The published name of a struct."""
    return body.__name__.removesuffix("Body")


@functools.cache
def components() -> Json:
    """Everything that answers consist of, by its published name, as JSON Schema."""
    decisions = [DecisionBody, SelectedDecisionBody, RelatedDecisionsBody, ChoiceBody]
    lists = [*LISTS.values(), ThemesBody, SuggestionsBody, ChangesBody]
    searches = [SearchResultBody, SelectedSearchResultBody]
    whole = [*searches, *decisions, ProfileBody, *lists, ApiInfoBody, ProblemBody]
    _, found = msgspec.json.schema_components(whole, ref_template="#/components/schemas/{name}")
    for one in found.values():
        one.pop("description", None)  # the docstring of the class, which is not for readers here
    # msgspec names schemas after classes, in keys, titles and references alike.
    published: Json = msgspec.json.decode(msgspec.json.encode(found).replace(b'Body"', b'"'))
    return published
