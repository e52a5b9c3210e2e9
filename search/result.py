"""What a search answers: data, without markup and without anything of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from index.decision import Block, Decision, plain_text
from search.changes import Cursor
from search.dimensions import Filter
from search.request import Message, SearchRequest, pages


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that was searched for (``hit``) or not."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A cut from one field; its segments joined are the text as it stands there.

    ``field`` is one of ``title``, ``owner``, ``description``, ``motivation``. ``before`` and
    ``after`` say whether the field goes on outside the cut.
    """

    field: str
    segments: tuple[Segment, ...]
    before: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One decision found. ``score`` is BM25F, comparable within one answer; 0 without words."""

    decision: Decision
    score: float
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class RelatedDecision:
    """Another decision on the same things. ``terms`` are the words that relate it, as its own text
    has them, the most telling first; ``score`` in (0, 1] is the share of what tells in the first
    decision that this one has too."""

    decision: Decision
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another decision with some of a passage: how many of its ``words``, in runs of twelve or
    more."""

    decision: Decision
    words: int

    @property
    def since(self) -> str:
        """The day of the decision, ISO 8601, or else when the index met it, RFC 3339."""
        day = self.decision.decision_date
        return day.isoformat() if day else self.decision.since


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """Twelve words or more of a decision that stand in others, too: the characters from ``start``
    to before ``end`` of its description or motivation (``field``), a block a line.

    A ``shared`` one stands, or a part of it of twelve words or more, in ``decisions`` others, of
    which the oldest are told, oldest first. A ``standard`` phrase is in more than a tenth of the
    round, in at least three: each word of it in ``decisions`` or more of the ``of`` there are, this
    one counted. It relates no decisions, so none are told.
    """

    field: Literal["description", "motivation"]
    start: int
    end: int
    words: int
    kind: Literal["shared", "standard"]
    decisions: int
    of: int
    others: tuple[Elsewhere, ...]

    def text(self, decision: Decision) -> str:
        """Its words as the decision has them."""
        return plain_text(getattr(decision, self.field))[self.start : self.end]


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of a text, and the passage that it belongs to, if any."""

    text: str
    passage: SharedPassage | None


@dataclass(frozen=True, slots=True)
class Wording:
    """The passages of a decision in the order of its text, which do not overlap. ``more`` counts
    those that are left out, shorter ones, because there are so many."""

    passages: tuple[SharedPassage, ...]
    more: int

    def pieces(self, field: str, blocks: Iterable[Block]) -> Iterator[tuple[TextPiece, ...]]:
        """Each of the blocks of a field of the decision, cut where passages begin and end."""
        start = 0
        for block in blocks:
            at, end, pieces = start, start + len(block.text), []
            for one in self.passages:
                if one.field == field and one.start < end and at < one.end:
                    first, last = max(one.start, at), min(one.end, end)
                    pieces += [(at, first, None), (first, last, one)]
                    at = last
            yield tuple(
                TextPiece(block.text[first - start : last - start], one)
                for first, last, one in [*pieces, (at, end, None)]
                if first < last
            )
            start = end + 1


class FacetValue(NamedTuple):
    """One value of a facet and how many decisions it has, the facet's own selection ignored.

    ``name`` is empty for a band, and for decisions that have no value. ``chosen`` is what a filter
    on it is set to: the span of a band, or the value alone.
    """

    value: str
    name: str
    count: int  # type: ignore[assignment]  # hides `tuple.count`, which nothing uses
    selected: bool
    chosen: Filter


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one dimension: names by falling count, bands from low to high. ``more`` says
    how many values with a count are not listed."""

    values: tuple[FacetValue, ...]
    more: int = 0


Facets = Mapping[str, Facet]
"""A facet a dimension, by name, in the order of `search.dimensions.COUNTED`."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some decisions that have one value in common: how many, their sum in SEK, and how many of
    them have no amount in SEK (``missing``).

    ``name`` is empty for a band, for decisions that have no value, and for several values together.
    ``chosen`` is what a filter on it is set to, None for several values together.
    """

    name: str
    decisions: int
    sum: Decimal
    missing: int
    chosen: Filter | None


@dataclass(frozen=True, slots=True)
class RoundParts:
    """The decisions of a round: the ``titles`` of its documents, and the groups by funder, which
    add up to it; both in alphabetical order."""

    titles: tuple[str, ...]
    funders: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A set taken apart by one dimension: ``groups`` add up to the set, unless they are
    ``overlapping``, as a decision may be in several. Values come by falling sum, the ``rest`` that
    is not listed as one last group; bands from low to high."""

    groups: tuple[Group, ...]
    rest: int = 0
    overlapping: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """A set taken apart by each dimension, by name; ``count`` decisions, ``sum`` in SEK."""

    count: int
    sum: Decimal
    parts: Mapping[str, Breakdown]


@dataclass(frozen=True, slots=True)
class Stats:
    """Over the amounts of the whole set, in SEK; None where no decision has one.

    ``missing`` counts the decisions without an amount in SEK. ``median`` is the mean of the two
    middle amounts where their number is even.
    """

    sum: Decimal
    min: Decimal | None
    max: Decimal | None
    median: Decimal | None
    missing: int


ExpansionKind = Literal[
    "forms",  # inflections of the word that are in the index
    "compounds",  # compounds in the index that it is a part of
    "joined",  # written together, or completed: studie- och yrkesvägledning
    "equal",  # the same, says the theme file
    "wider",  # within the theme, says the theme file
    "parts",  # all parts of the compound, near each other: *skola + elever*
    "derivation",  # what it is derived from
    "negation",  # what it negates
    "folded",  # with its dots and accents
    "spelling",  # spelled as the index spells it
    "misspelled",  # as a document misspells it
    "head",  # the last part of the compound: a guess, in partial matches only
]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Other readings of a word of the query: why, and the words that it was taken to mean. There
    are ``total`` of them, of which ``words`` may be the most frequent only."""

    kind: ExpansionKind
    words: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What one word, phrase or prefix of the query was taken to mean.

    ``documents`` counts the decisions that it matches, in whatever reading.
    """

    text: str
    kind: Literal["word", "phrase", "prefix"]
    field: str | None
    excluded: bool
    documents: int
    expansions: tuple[Expansion, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one request.

    ``total``, ``facets`` and ``stats`` speak of the same set: the decisions that match all the
    words and pass the filters; ``facets`` is empty where nobody asked for them. ``partial`` holds
    decisions that match only some of the words; they are in no total. ``notes`` tell what was cut
    or passed over, and which filters are on what no decision has. ``next`` is where to go on in the
    order in which decisions came, None at the end and where that was not asked for; ``now`` the
    cursor of who knows all that has happened.
    """

    request: SearchRequest
    total: int
    hits: tuple[Hit, ...]
    facets: Facets
    stats: Stats
    interpretation: tuple[Interpretation, ...]
    suggestion: str | None
    partial: tuple[Hit, ...]
    notes: tuple[Message, ...]
    now: Cursor
    next: Cursor | None = None

    @property
    def pages(self) -> int:
        """How many pages the set fills."""
        return pages(self.total, self.request.limit)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a decision stands among the hits of a search, from 1, and which come before and after
    it, each with the page that it is on; None where there is none."""

    number: int
    total: int
    previous: tuple[Decision, int] | None
    next: tuple[Decision, int] | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A set as a whole: its sums, its parts, and some of its decisions.

    ``latest`` come by decision date, or, where none of the set has one, by when they were first
    seen. ``suggestion`` is the search that the set is of, where the words found nothing.
    """

    stats: Stats
    overview: Overview
    interpretation: tuple[Interpretation, ...]
    suggestion: str | None
    largest: tuple[Decision, ...]
    latest: tuple[Decision, ...]

    @property
    def is_dated(self) -> bool:
        """Whether the latest are those of the latest date."""
        return bool(self.latest and self.latest[0].decision_date)


@dataclass(frozen=True, slots=True)
class WholeSet:
    """The set of one request without pages. ``decisions`` come in the order of the request, read
    one at a time, and can be gone through once; ``notes`` as those of `SearchResult`. ``next``:
    where to go on, if this is a part."""

    request: SearchRequest
    total: int
    stats: Stats
    decisions: Iterator[Decision]
    notes: tuple[Message, ...] = ()
    next: Cursor | None = None
