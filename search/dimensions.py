"""What can decisions be filtered and counted by? One row a dimension.

The request, the facets, the overview, the URL parameters, the form, the chips, the API with its
description, the exports and the command line are all made from `DIMENSIONS`. A dimension of kind
``values`` needs a column of its name in `index.storage.keywords.KEYWORDS` and is a parameter that
can be repeated (OR within); ``span`` is a number with a lowest and a highest value, which may be
missing, and becomes three parameters (``amountMin``, ``amountMax``, ``amountMissing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from index.decision import Decision
from index.storage.keywords import KEYWORDS
from search.labels import label

MISSING = "missing"
"""The value that stands for decisions which have none."""


@dataclass(frozen=True, slots=True)
class Span:
    """A filter on a number: both ends are inclusive, None is open. ``missing`` adds the decisions
    without a value, or asks for them alone where both ends are open."""

    low: Decimal | None = None
    high: Decimal | None = None
    missing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether neither end is given."""
        return self.low is None and self.high is None


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
    API's description. ``exported``: the exports have a column of it that nothing else gives.
    ``descending``: values come from the last to the first, as years do, not by count or sum.
    ``party``: values are organisations, whose names are many; see `search.owners`.
    """

    name: str
    plural: str
    kind: Literal["values", "span"]
    heading: str
    definite: str
    others: tuple[str, str]
    anchor: str
    example: str
    missing_label: str = ""
    search_field: str | None = None
    sorts: Mapping[str, str] = field(default_factory=dict)
    exported: bool = False
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
        name="year",
        plural="years",
        kind="values",
        heading=label("År"),
        definite=label("året"),
        others=(label("annat år"), label("andra år")),
        anchor="ar",
        example="2026",
        missing_label=label("okänt år"),
        exported=True,
        descending=True,
    ),
    Dimension(
        name="amount",
        plural="amounts",
        kind="span",
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
SPANS = tuple(one for one in DIMENSIONS if one.kind == "span")
SORTS = {
    "relevance": label("Relevans"),
    "-date": label("Senaste beslut"),
    "date": label("Äldsta beslut"),
    **{sort: label for one in SPANS for sort, label in one.sorts.items()},
    **{sort: label for one in VALUES for sort, label in one.sorts.items()},
    "title": label("Projektnamn"),
}
"""Every order of hits, with its label. What has no amount or no date comes last in either order."""


def value_of(dimension: Dimension, decision: Decision) -> str:
    """What a decision has of a dimension of values, empty where it has nothing."""
    return KEYWORDS[dimension.name](decision)
