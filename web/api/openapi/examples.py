"""One example of each answer, the same decision throughout, made as the answers are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec

from index.decision import Block, Decision, Round, Source
from index.slug import slug
from search import result
from search.changes import Change, Changes, Cursor
from search.dimensions import BY_NAME, COUNTED, VALUES, Dimension, Span
from search.directory import CountedArea, CountedTheme, Directory
from search.owners import Party
from search.request import SearchLimits, SearchRequest
from search.sharing import SharedTheme
from search.suggestions import Suggestion
from search.thread import OwnersDecisions, PlaceAndYear, Thread
from web import urls
from web.api import bodies, export
from web.api.schemas import Json, name_of
from web.subjects import Subject

DECISION_ID = "esf-2026-1/hela-vagen-ut"
SITE = "https://beslut.example"
_READ = "2026-11-23T14:20:00Z"
_AMOUNT = Decimal(2_800_000)
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TITLE = "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1"
_DECISION = Decision(
    id=DECISION_ID,
    owner="Luleå kommun",
    title="Hela vägen ut",
    description=(Block("paragraph", "Projektet stärker ungas psykiska hälsa."),),
    motivation=(Block("paragraph", "Det följer den regionala strategin."),),
    amount=_AMOUNT,
    currency="SEK",
    round=Round(_TITLE, "ESF 2026:1", "Region Norrbotten"),
    source=Source("region-norrbotten-esf-2026-1.txt", None, 7, _SHA256, _READ),
    case_number="2026/123",
    decision_date=date(2026, 3, 5),
    owner_number="212000-2742",
    modified=_READ,
    identity="6f1c2a90b7d34e58",
)
_OTHER = replace(
    _DECISION, id=f"{DECISION_ID}--bodens-kommun", owner="Bodens kommun", owner_number=None
)
_CUT = ("Projektet stärker ungas ", "psykiska", " ", "hälsa", ".")
_SEGMENTS = tuple(result.Segment(text, text in ("psykiska", "hälsa")) for text in _CUT)
_READINGS = (result.Expansion("forms", ("psykisk", "psykiska"), 2),)


def _facet(one: Dimension) -> result.Facet:
    chosen = (one.example,) if one.kind == "values" else Span(low=Decimal(one.example))
    return result.Facet((result.FacetValue(one.example, one.example, 1, False, chosen),))


def _group(one: Dimension) -> result.Group:
    chosen = (one.example,) if one.kind == "values" else Span(low=Decimal(one.example))
    return result.Group(one.example, 1, _AMOUNT, 0, chosen)


def _named(name: str) -> tuple[Party, ...]:
    numbers = ("212000-2742",) if name == _DECISION.owner else ()
    return (Party(name, slug(name), (name, name.upper()), numbers),)


_CURSOR = Cursor("5d41402a", 4217, 0)
_RESULT = result.SearchResult(
    request=SearchRequest(q="psykisk hälsa"),
    total=1,
    hits=(result.Hit(_DECISION, 3.4158, (result.Snippet("description", _SEGMENTS),)),),
    facets={one.name: _facet(one) for one in COUNTED},
    stats=result.Stats(_AMOUNT, _AMOUNT, _AMOUNT, _AMOUNT, 0),
    interpretation=(result.Interpretation("psykisk", "word", None, False, 1, _READINGS),),
    suggestion=None,
    partial=(),
    notes=(),
    now=_CURSOR,
)
_ROUNDS = {"ESF 2026:1": result.RoundParts((_TITLE,), (_group(BY_NAME["funder"]),))}
_OWNER = Subject(
    "owner", "lulea-kommun", "Luleå kommun", SearchRequest().filtered("owner", ("Luleå kommun",))
)
_PROFILE = result.Profile(
    stats=_RESULT.stats,
    overview=result.Overview(
        1, _AMOUNT, {one.name: result.Breakdown((_group(one),)) for one in COUNTED}
    ),
    interpretation=(),
    suggestion=None,
    largest=(_DECISION,),
    latest=(_DECISION,),
)
_RELATED = result.RelatedDecision(_OTHER, 0.42, ("elevhälsa", "gymnasieskola"))
_THEME = CountedTheme("psykisk hälsa", "psykisk-halsa", 1, _AMOUNT, 0)
_SUGGESTION = Suggestion(
    "theme",
    _THEME.name,
    1,
    _THEME.slug,
    tuple(
        result.Segment(*one)
        for one in [("psykisk", True), (" ", False), ("häl", True), ("sa", False)]
    ),
)
_AREA = CountedArea("Hälsa och vård", "halsa-och-vard", (_THEME,))
_SHARED = SharedTheme(
    _THEME, 1, (result.FacetValue("Bodens kommun", "Bodens kommun", 1, False, ("Bodens kommun",)),)
)
_PASSAGE = result.SharedPassage(
    field="description",
    start=0,
    end=len(_DECISION.description[0].text),
    words=5,
    kind="shared",
    decisions=1,
    of=0,
    others=(result.Elsewhere(_OTHER, 5),),
)
_THREAD = Thread(
    decision=_DECISION,
    wording=result.Wording((_PASSAGE,), 0),
    owner=OwnersDecisions(
        Party("Luleå kommun", "lulea-kommun", ("Luleå kommun",), ()), _PROFILE, (_OTHER,)
    ),
    nearby=PlaceAndYear(
        ("Luleå",), "2026", SearchRequest().filtered("place", ("Luleå",)), 2, (_OTHER,)
    ),
    related=(_RELATED,),
)
_CHOSEN = ("id", "title", "amount")
_VIEW = bodies.View({}, "", SearchLimits())
_CHANGES = Changes(
    (
        Change("deleted", "esf-2026-1/halsa", "b04e7f1d22c9a683", _READ, (), None),
        Change("changed", DECISION_ID, "6f1c2a90b7d34e58", _READ, ("amount", "motivation"), None),
    ),
    _CURSOR,
)
SMALL_ANSWER = bodies.answer(
    replace(_RESULT, facets={}),
    _READ,
    bodies.View({"fields": "title,owner,amount", "facets": "none"}, "", SearchLimits()),
    ("title", "owner", "amount"),
)
"""What a search answers that asks for little."""
_MADE = [
    bodies.answer(_RESULT, _READ, _VIEW),
    bodies.answer(_RESULT, _READ, _VIEW, _CHOSEN),
    bodies.changes(_CHANGES, "", 1000),
    bodies.decision(_DECISION),
    bodies.decision(_DECISION, _CHOSEN),
    bodies.related(_THREAD, [_THEME]),
    bodies.profile(_OWNER, _PROFILE, [_SHARED]),
    bodies.choice(
        urls.api_path(DECISION_ID), [replace(_DECISION, id=f"{DECISION_ID}--lulea-kommun"), _OTHER]
    ),
    *(
        bodies.groups(one, [_group(one)], _READ, SearchRequest(), lambda: _ROUNDS, _named)
        for one in VALUES
    ),
    bodies.themes(Directory((_AREA,))),
    bodies.suggestions([_SUGGESTION], "psykisk häl", 8),
    bodies.api_info(f"{SITE}/api"),
]
EXAMPLES: Json = {name_of(type(one)): msgspec.json.decode(bodies.encode(one)) for one in _MADE}
"""Each answer as JSON values, by the name of its schema."""


def _whole() -> result.WholeSet:
    return result.WholeSet(_RESULT.request, 1, _RESULT.stats, iter([_DECISION]))


JSON_LINES = b"".join(export.json_lines(_whole(), SITE)).decode()
CSV = b"".join(export.comma_separated(_whole(), SITE, export.DIALECTS["rfc4180"])).decode()
