"""What can decisions be filtered and counted by? One row a dimension.

The request, the facets, the overview, the URL parameters, the form, the chips, the API with its
description, the exports and the command line are all made from `DIMENSIONS`. A dimension of kind
``values`` needs a column of its name in `index.storage.keywords.KEYWORDS` and is a parameter that
can be repeated (OR within). The others are spans, with a lowest and a highest value: ``amounts``
are counted in bands and may be missing, which makes three parameters (``amountMin``, ``amountMax``,
``amountMissing``); ``dates`` are filtered by only (``dateMin``, ``dateMax``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from index.decision import Decision
from index.storage.keywords import KEYWORDS, year_of
from search.labels import label

MISSING = "missing"
"""The value that stands for decisions which have none."""

End = Decimal | date
"""An end of a span: an amount in SEK, or a day."""


@dataclass(frozen=True, slots=True)
class Span:
    """A filter on amounts or dates: both ends are inclusive, None is open. ``missing`` adds the
    decisions without a value, or asks for them alone where both ends are open."""

    low: End | None = None
    high: End | None = None
    missing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether neither end is given."""
        return self.low is None and self.high is None

    @property
    def is_reversed(self) -> bool:
        """Whether the lowest is above the highest."""
        low: Any = self.low  # both are of the same kind
        return low is not None and self.high is not None and bool(low > self.high)


Filter = tuple[str, ...] | Span
"""What is chosen of a dimension: any of some values, or a span."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that decisions are filtered and counted by.

    ``name`` is the URL parameter, the command-line option and the column; ``plural`` the member of
    the API that lists values. Labels are Swedish: ``heading``, ``definite`` (*projektägaren*),
    ``others`` (one other, several others), ``missing_label`` where a decision may have no value.
    ``search_field`` is the one of `search.fields` that finds its values. ``anchor`` is its place
    on the overview, ``sorts`` the orders it offers with their labels, ``example`` a value for the
    API's description, ``note`` what is to be said wherever its values are listed.
    ``several``: a decision may have several of its values, so that their counts do not add up.
    ``descending``: values come from the last to the first, as years do, not by count or sum.
    ``party``: values are organisations, whose names are many; see `search.owners`.
    """

    name: str
    plural: str
    kind: Literal["values", "amounts", "dates"]
    heading: str
    definite: str
    others: tuple[str, str]
    anchor: str
    example: str
    missing_label: str = ""
    search_field: str | None = None
    sorts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    several: bool = False
    descending: bool = False
    party: bool = False


DIMENSIONS = (
    Dimension(
        name="owner",
        plural="owners",
        kind="values",
        heading=label("Projektägare"),
        definite=label("projektägaren"),
        others=(label("annan projektägare"), label("andra projektägare")),
        anchor="agare",
        example="Luleå kommun",
        missing_label=label("ägare saknas"),
        search_field="owner",
        party=True,
        sorts={"owner": label("Projektägare")},
    ),
    Dimension(
        name="round",
        plural="rounds",
        kind="values",
        heading=label("Beslutsomgång"),
        definite=label("beslutsomgången"),
        others=(label("annan omgång"), label("andra omgångar")),
        anchor="omgang",
        example="ESF 2026:1",
    ),
    Dimension(
        name="funder",
        plural="funders",
        kind="values",
        heading=label("Finansiär"),
        definite=label("finansiären"),
        others=(label("annan finansiär"), label("andra finansiärer")),
        anchor="finansiar",
        example="Region Norrbotten",
        missing_label=label("okänd finansiär"),
        search_field="funder",
        party=True,
    ),
    Dimension(
        name="place",
        plural="places",
        kind="values",
        heading=label("Plats"),
        definite=label("platsen"),
        others=(label("annan plats"), label("andra platser")),
        anchor="plats",
        example="Luleå",
        missing_label=label("okänd plats"),
        note=label("Platserna är hämtade ur ägarnas namn och texterna, om källan inte anger dem."),
        several=True,
    ),
    Dimension(
        name="year",
        plural="years",
        kind="values",
        heading=label("År"),
        definite=label("året"),
        others=(label("annat år"), label("andra år")),
        anchor="ar",
        example="2026",
        missing_label=label("okänt år"),
        descending=True,
    ),
    Dimension(
        name="date",
        plural="dates",
        kind="dates",
        heading=label("Beslutsdatum"),
        definite=label("beslutsdatumet"),
        others=(label("annat datum"), label("andra datum")),
        anchor="datum",
        example="2026-03-05",
        sorts={"-date": label("Senaste beslut"), "date": label("Äldsta beslut")},
    ),
    Dimension(
        name="amount",
        plural="amounts",
        kind="amounts",
        heading=label("Belopp"),
        definite=label("beloppet"),
        others=(label("annat belopp"), label("andra belopp")),
        anchor="belopp",
        example="500000",
        missing_label=label("belopp saknas"),
        sorts={"-amount": label("Högsta belopp"), "amount": label("Lägsta belopp")},
    ),
)
"""Every dimension, in the order in which they are shown and written."""

BY_NAME = {one.name: one for one in DIMENSIONS}
VALUES = tuple(one for one in DIMENSIONS if one.kind == "values")
SPANS = tuple(one for one in DIMENSIONS if one.kind != "values")
COUNTED = tuple(one for one in DIMENSIONS if one.kind != "dates")
"""Those that have a facet and a part of the overview."""
SORTS = {
    "relevance": label("Relevans"),
    **{sort: label for one in SPANS for sort, label in one.sorts.items()},
    **{sort: label for one in VALUES for sort, label in one.sorts.items()},
    "title": label("Projektnamn"),
}
"""Every order of hits, with its label. What has no amount or no date comes last in either order."""


def value_of(dimension: Dimension, decision: Decision) -> str:
    """What a decision has of a dimension of values, empty where it has nothing."""
    return KEYWORDS[dimension.name](decision)


def year_from(decision: Decision) -> Literal["date", "round"] | None:
    """What says the year of a decision: its date, or the name of its round alone."""
    if decision.decision_date is not None:
        return "date"
    return "round" if year_of(decision) else None
