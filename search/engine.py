"""The seam: what an engine must be able to do, over one state of the index.

What a query means, what is marked in a text and how a page is put together is the same whatever
engine answers; `search.searcher` does that. An engine matches, ranks, filters, counts and hands out
records. Queries are trees of Whoosh's query classes and of `search.nodes`. There are two
implementations, `search.array_engine` on this machine and `search.opensearch` on a cluster; nothing
above this module knows which of them answers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from whoosh import query

from index.decision import Decision
from index.storage.store import Generation
from index.storage.vocabulary import Vocabulary
from search.changes import History
from search.deadline import NEVER, Deadline
from search.marks import Marks, Place
from search.owners import Owners, Party
from search.request import SearchRequest
from search.result import Facets, FacetValue, Group, Overview, Stats

Key = Hashable
"""What an engine knows a decision by; it holds for this state of the index only."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A decision with its score, comparable within one answer."""

    key: Key
    score: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a set, and what is counted over the whole of it."""

    total: int
    hits: tuple[Scored, ...]
    facets: Facets
    stats: Stats


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole set: its size, its sums, and the keys of its decisions in order."""

    total: int
    stats: Stats
    keys: Iterable[Key]


@dataclass(frozen=True, slots=True)
class KeptSet:
    """A whole set, to be remembered in little memory: its size, its sums, and how its engine knows
    what is in it."""

    total: int
    stats: Stats
    members: object


@dataclass(frozen=True, slots=True)
class Related:
    """A decision and what relates it: the shared ``stems``, the most telling first; ``score`` is
    between 0 and 1, the share of the first decision's own weight."""

    key: Key
    score: float
    stems: tuple[str, ...]


class Run(NamedTuple):
    """Words in a row, from ``begin`` to before ``end``, that stand in another decision, too, there
    from its word ``at``. The words of a decision are those of description and motivation together,
    counted from 0."""

    begin: int
    end: int
    at: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Another decision that has some of a passage: the runs they share, of twelve words or more,
    cut at the ends of the passage. They may overlap."""

    key: Key
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class SharedWords:
    """Words of a decision, counted as those of `Run`, that also stand in ``decisions`` others; the
    oldest are ``others``. Of a standard phrase of the round, ``decisions`` are at least so many of
    the ``of`` that are in it, this one counted, and there are no ``others``; else ``of`` is 0."""

    begin: int
    end: int
    decisions: int
    of: int = 0
    others: tuple[Repeat, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedWording:
    """The passages of a decision that others have, in order, and how many shorter ones there are
    besides."""

    passages: tuple[SharedWords, ...]
    more: int


class Engines(Protocol):
    """Where the engine of the current state of the index comes from. Safe for threads."""

    def stamp(self) -> Hashable:
        """Another whenever another state has become current; cheap enough for every request. Raises
        `IndexUnusable` where whether it has cannot be told, and nothing is to be answered."""

    def is_verified(self) -> bool:
        """Whether the current state can be opened within the time of a request."""

    def opened(self, owners: Owners) -> Engine:
        """The engine of the current state; raises `IndexUnusable`."""

    def is_trusted(self, engine: Engine) -> bool:
        """Whether nobody has changed what an engine answers from since it was opened."""


class Engine(Protocol):
    """One state of the index, open for reading. Safe for threads. A filter on a value that no
    decision has matches nothing. Methods that take a deadline raise `SearchTimeout` when it has
    passed."""

    generation: Generation
    vocabulary: Vocabulary
    owners: Owners
    history: History

    def __len__(self) -> int:
        """How many decisions there are."""

    @property
    def cache_bytes(self) -> int:
        """Memory that is spent on not reading the same again."""

    def close(self) -> None:
        """Gives back what is open."""

    def matching(self, trees: Sequence[query.Query], deadline: Deadline = NEVER) -> list[int]:
        """How many decisions each of the trees matches."""

    def completions(
        self, fields: Sequence[str], prefix: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[list[str], bool]:
        """The first `limit` words as written that begin with `prefix` in any of some fields, in
        order; and whether there are more."""

    def page(
        self,
        tree: query.Query,
        request: SearchRequest,
        facet_values: int | None,
        deadline: Deadline = NEVER,
        after: int | None = None,
    ) -> Page:
        """The page of the request's set; a facet lists at most `facet_values`, and there are no
        facets if that is None. `after`: instead of the page, the decisions that came in events
        after this one, in the order in which they came."""

    def partial(
        self,
        words: Sequence[query.Query],
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
    ) -> tuple[Scored, ...]:
        """Decisions that match any of `words` but not `tree`, those with the highest sum of what
        the words score first."""

    def scan(self, tree: query.Query, request: SearchRequest, deadline: Deadline = NEVER) -> Scan:
        """The whole set, in the order of the request."""

    def kept(self, tree: query.Query, deadline: Deadline = NEVER) -> KeptSet:
        """All decisions that a tree matches, to be remembered."""

    def having(self, sets: Sequence[KeptSet], key: Key, deadline: Deadline = NEVER) -> list[bool]:
        """Whether a decision is in each of some sets."""

    def shares(
        self, sets: Sequence[KeptSet], request: SearchRequest, deadline: Deadline = NEVER
    ) -> list[int]:
        """How many of the decisions that pass the filters of a request are in each of some sets."""

    def leading(self, kept: KeptSet, dimension: str, most: int) -> tuple[FacetValue, ...]:
        """The `most` values of a dimension that most decisions of a kept set have."""

    def newest(
        self,
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
        before: int | None = None,
    ) -> Scan:
        """The `limit` decisions of the set that came last to the index, the last first; `before`:
        of those that came in events before this one."""

    def came(self, key: Key) -> int:
        """The number of the event in which a decision came, see `history`."""

    def overview(
        self, tree: query.Query, request: SearchRequest, most: int, deadline: Deadline = NEVER
    ) -> Overview:
        """The set taken apart by each dimension; of values the `most` with the largest sums."""

    def groups(self, dimension: str, deadline: Deadline = NEVER) -> tuple[Group, ...]:
        """All decisions by a dimension of values, in Swedish alphabetical order."""

    def crossed(self, name: str, by: str) -> Mapping[str, Sequence[Group]]:
        """Of each value of a column the groups that its decisions fall into by another column, in
        Swedish alphabetical order; of columns with one value a decision."""

    def canonical(self, request: SearchRequest) -> SearchRequest:
        """The request with owners and funders called what they are called here."""

    def absent(self, request: SearchRequest) -> list[tuple[str, str]]:
        """The dimension and the value of each filter that is on what no decision has."""

    def parties(self, dimension: str, slug: str) -> tuple[Party, ...]:
        """The owners or funders that a slug leads to."""

    def parties_named(self, dimension: str, name: str) -> tuple[Party, ...]:
        """The owners or funders that a name, as a filter takes it, may mean."""

    def all_parties(self, dimension: str) -> list[Party]:
        """The owners or funders that decisions have, in Swedish alphabetical order."""

    def party_names(self, dimension: str) -> list[tuple[int, tuple[str, ...]]]:
        """Of each owner or funder how many decisions it has, and its names, the label first."""

    def party_of(self, key: Key, dimension: str) -> Party | None:
        """The owner or funder of a decision, None where it names none."""

    def key(self, identifier: str) -> Key | None:
        """The decision with an identifier, None where there is none."""

    def decisions(self, keys: Iterable[Key]) -> Iterator[Decision]:
        """The records of some decisions, one after the other."""

    def places(
        self, keys: Sequence[Key], marks: Mapping[str, Marks], deadline: Deadline = NEVER
    ) -> list[dict[str, list[Place]]]:
        """For each of some decisions, by field, the places of what is to be marked, in order."""

    def original(self, name: str) -> Path:
        """A copy of a source, by its name in the manifest; it may be gone. Raises `IndexUnusable`
        where it cannot be had at the moment."""

    def beginning_with(self, prefix: str, limit: int) -> list[str]:
        """Identifiers that begin with `prefix`, in order."""

    def identifiers(self) -> list[str]:
        """Those of all decisions, in order."""

    def dated(self) -> Iterator[tuple[str, str]]:
        """Those of all decisions in order, each with when it came or last changed; RFC 3339."""

    def related(self, key: Key, limit: int, deadline: Deadline = NEVER) -> list[Related]:
        """Other decisions on the same things, best first."""

    def wording(self, key: Key, deadline: Deadline = NEVER) -> SharedWording:
        """Which words of a decision stand in others. Known but for the chance that 16 bits of two
        words at the end of a run are alike: what is shown is to be compared."""
