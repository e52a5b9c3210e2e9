"""The engine on arrays: postings, columns and scores of one generation as NumPy arrays."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.decision import Decision
from index.storage.columns import (
    NO_AMOUNT,
    NO_DATE,
    Columns,
    case_digest,
    id_digest,
    identity_text,
    moment,
)
from index.storage.passages import Passages
from index.storage.records import Records
from index.storage.schema import EXACT, ID
from index.storage.store import Generation, Store
from index.storage.vocabulary import Vocabulary
from index.storage.word_starts import WordStarts
from index.swedish import load_lexicon
from search import facets, related
from search.changes import History
from search.deadline import NEVER, Deadline
from search.dimensions import BY_NAME, VALUES
from search.engine import KeptSet, Key, Page, Related, Scan, Scored, SharedWording
from search.history import ArrayHistory
from search.marks import Marks, Place
from search.owners import Owners, Party
from search.parties import NUMBERS, Parties, grouped
from search.places import Places
from search.postings import IntArray, Postings
from search.request import SearchRequest
from search.result import Facets, FacetValue, Group, Overview
from search.scoring import Matches, Scorer
from search.several import place_column
from search.wording import Wordings

CACHE_BYTES = 128 * 1024 * 1024
_SORTED_AT_ONCE = 100_000  # decisions
_BLOCK = 1_000  # decisions


class ArrayEngine:
    """`search.engine.Engine`, where the methods are described, over a generation opened read-only.
    A key is Whoosh's document number, which is a row of every column. Safe for threads."""

    def __init__(
        self,
        generation: Generation,
        cache_bytes: int = CACHE_BYTES,
        owners: Owners | None = None,
    ) -> None:
        load_lexicon()  # here, and not within the time of the first search
        self.generation = generation
        self.owners = owners or Owners()
        with contextlib.ExitStack() as opened:  # closes what is open where the rest cannot be
            self.vocabulary = opened.enter_context(closing(Vocabulary(generation.vocabulary)))
            storage = FileStorage(str(generation.whoosh), readonly=True)
            self._index = opened.enter_context(closing(storage.open_index()))
            self._reader = opened.enter_context(closing(self._index.reader()))
            segments = [leaf.segment() for leaf, _ in self._reader.leaf_readers()]
            self._records = Records(generation.whoosh, segments)
            columns = Columns.open(generation.columns)
            self._parties = _parties(columns, self.owners)
            places = place_column(columns.keywords["place"])
            keywords = {**columns.keywords, **self._parties, "place": places}
            self._columns = replace(columns, keywords=keywords)
            postings = Postings(generation.whoosh, self._reader, self._columns.live)
            opened.enter_context(closing(postings))
            word_starts = [WordStarts(generation.whoosh, segment) for segment in segments]
            self._places = Places(postings.segments, word_starts, self._columns.starts)
            passages = [Passages(generation.whoosh, segment) for segment in segments]
            firsts = [first for _, first in postings.segments]
            self._wordings = Wordings([*zip(passages, firsts, strict=True)], self._columns)
            self._counter = facets.Counter(self._columns)
            self.history: History = ArrayHistory(generation, self._columns, self._records.read)
            self._scorer = Scorer(postings, self._columns, cache_bytes)
            self._close = weakref.finalize(self, opened.pop_all().close)

    @classmethod
    def open(cls, path: Path, owners: Owners | None = None) -> ArrayEngine:
        """Opens the current generation of the index at `path`; raises `IndexUnusable`."""
        return cls(Store(path).current(), owners=owners)

    def close(self) -> None:
        """Closes the files; the engine is of no use afterwards. An engine that nothing refers to
        any longer closes itself."""
        self._close()

    def __len__(self) -> int:
        return self._scorer.live_count

    @property
    def cache_bytes(self) -> int:
        return self._scorer.cache.bytes

    def matching(self, trees: Sequence[query.Query], deadline: Deadline = NEVER) -> list[int]:
        scorer = self._scorer.until(deadline)
        return [len(scorer.matches(tree).docs) for tree in trees]

    def completions(
        self, field: str, prefix: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[list[str], bool]:
        return self._scorer.postings.terms(field + EXACT, prefix, limit, deadline)

    def page(
        self,
        tree: query.Query,
        request: SearchRequest,
        facet_values: int | None,
        deadline: Deadline = NEVER,
        after: int | None = None,
    ) -> Page:
        matches = self._scorer.until(deadline).matches(tree)
        passed = self._passing(request, matches.docs)
        counted: Facets = {}
        if facet_values is not None:
            counted = facets.count(
                request, self._counter, matches.docs, passed, facet_values, deadline
            )
        found = _passed(matches, passed)
        if after is None:
            first = (request.page - 1) * request.limit
            places = self._ordered(found, request, deadline)[first : first + request.limit]
        else:
            numbers = self._columns.numbers[found.docs]
            left = np.flatnonzero(numbers > after)
            places = left[np.argsort(numbers[left])][: request.limit].astype(np.int32)
        hits = tuple(Scored(int(found.docs[at]), float(found.scores[at])) for at in places)
        stats = facets.stats(self._columns.amounts[found.docs])
        return Page(len(found.docs), hits, counted, stats)

    def partial(
        self,
        words: Sequence[query.Query],
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
    ) -> tuple[Scored, ...]:
        any_word = query.And([query.Or(words), *_exclusions(tree)])
        found = self._found(any_word, request, deadline)
        matched = self._scorer.until(deadline).matches(tree).docs
        others = np.isin(found.docs, matched, invert=True)
        docs, scores = found.docs[others], found.scores[others]
        best = np.argsort(-scores, kind="stable")[:limit]
        return tuple(Scored(int(docs[at]), float(scores[at])) for at in best)

    def scan(self, tree: query.Query, request: SearchRequest, deadline: Deadline = NEVER) -> Scan:
        found = self._found(tree, request, deadline)
        everything = replace(request, page=1, limit=max(1, len(found.docs)))
        return self._scan(found.docs[self._ordered(found, everything, deadline)])

    def kept(self, tree: query.Query, deadline: Deadline = NEVER) -> KeptSet:
        docs = self._scorer.until(deadline).matches(tree).docs
        stats = facets.stats(self._columns.amounts[docs])
        return KeptSet(len(docs), stats, _Bits(docs, len(self._columns.live)))

    def shares(
        self, sets: Sequence[KeptSet], request: SearchRequest, deadline: Deadline = NEVER
    ) -> list[int]:
        docs = self._found(query.Every(), request, deadline).docs
        counts = []
        for one in sets:
            deadline.check()
            assert isinstance(one.keys, _Bits)
            counts.append(one.keys.count(docs))
        return counts

    def leading(self, kept: KeptSet, dimension: str, most: int) -> tuple[FacetValue, ...]:
        assert isinstance(kept.keys, _Bits)
        return facets.leading(dimension, self._counter, kept.keys.docs(), most).values

    def newest(
        self,
        tree: query.Query,
        request: SearchRequest,
        limit: int,
        deadline: Deadline = NEVER,
        before: int | None = None,
    ) -> Scan:
        docs = self._found(tree, request, deadline).docs
        numbers = self._columns.numbers[docs]
        if before is not None:
            docs, numbers = docs[numbers < before], numbers[numbers < before]
        return self._scan(docs[np.argsort(-numbers)][:limit])

    def came(self, key: Key) -> int:
        return int(self._columns.numbers[_doc(key)])

    def overview(
        self, tree: query.Query, request: SearchRequest, most: int, deadline: Deadline = NEVER
    ) -> Overview:
        docs = self._found(tree, request, deadline).docs
        return facets.overview(request, self._counter, docs, most, deadline)

    def groups(self, dimension: str, deadline: Deadline = NEVER) -> tuple[Group, ...]:
        everything = self._scorer.matches(query.Every()).docs
        return tuple(facets.groups(BY_NAME[dimension], self._columns, everything, deadline))

    def crossed(self, name: str, by: str) -> Mapping[str, Sequence[Group]]:
        everything = self._scorer.matches(query.Every()).docs
        return facets.crossed(name, by, self._columns, everything)

    def canonical(self, request: SearchRequest) -> SearchRequest:
        filters = dict(request.filters)
        for name in (*self._parties, "place"):
            keyword = self._columns.keywords[name]
            # What nobody is called stays as it was asked for, and is told by that.
            told = [
                [keyword.names[at] for at in keyword.find(value)] or [value]
                for value in request.values(name)
            ]
            if told:
                filters[name] = tuple(dict.fromkeys(one for some in told for one in some))
        return replace(request, filters=filters)

    def absent(self, request: SearchRequest) -> list[tuple[str, str]]:
        return facets.absent(request, self._counter)

    def parties(self, dimension: str, slug: str) -> tuple[Party, ...]:
        return self._parties[dimension].parties(slug)

    def parties_named(self, dimension: str, name: str) -> tuple[Party, ...]:
        parties = self._parties[dimension]
        return tuple(one for at in parties.find(name) if (one := parties.party(at)))

    def all_parties(self, dimension: str) -> list[Party]:
        parties = self._parties[dimension]
        used = np.unique(parties.ordinals[self._columns.live])
        return [one for at in used.tolist() if (one := parties.party(at))]

    def party_names(self, dimension: str) -> list[tuple[int, tuple[str, ...]]]:
        parties = self._parties[dimension]
        docs = np.flatnonzero(self._columns.live)
        counts = np.bincount(parties.ordinals[docs], minlength=len(parties.names)).tolist()
        named = zip(counts, parties.names, parties.writings, strict=True)
        return [(count, (label, *names)) for count, label, names in named if label]

    def party_of(self, key: Key, dimension: str) -> Party | None:
        parties = self._parties[dimension]
        return parties.party(int(parties.ordinals[_doc(key)]))

    def key(self, identifier: str) -> Key | None:
        docs = self._scorer.postings.read(ID, identifier).docs
        return int(docs[0]) if len(docs) else None

    def decisions(self, keys: Iterable[Key]) -> Iterator[Decision]:
        return map(self._decision, keys)

    def places(
        self, keys: Sequence[Key], marks: Mapping[str, Marks], deadline: Deadline = NEVER
    ) -> list[dict[str, list[Place]]]:
        return self._places.of([*map(_doc, keys)], marks, deadline)

    def beginning_with(self, prefix: str, limit: int) -> list[str]:
        return self._scorer.postings.terms(ID, prefix, limit)[0]

    def identifiers(self) -> list[str]:
        return self._scorer.postings.live_terms(ID)

    def dated(self) -> Iterator[tuple[str, str]]:
        identifiers, columns = self.identifiers(), self._columns
        docs = np.flatnonzero(columns.live)
        docs = docs[np.argsort(columns.ids[docs])]
        digests = np.array([id_digest(one) for one in identifiers], np.uint64)
        modified = columns.modified[docs[np.searchsorted(columns.ids[docs], digests)]]
        return zip(identifiers, map(lru_cache(moment), modified.tolist()), strict=True)

    def related(self, key: Key, limit: int, deadline: Deadline = NEVER) -> list[Related]:
        doc = _doc(key)
        rounds = self._columns.keywords["round"].ordinals
        scorer = self._scorer.until(deadline)
        return related.related(doc, self._decision(doc), scorer, rounds, limit)

    def wording(self, key: Key, deadline: Deadline = NEVER) -> SharedWording:
        return self._wordings.of(_doc(key), self._decision(key), deadline)

    def _found(self, tree: query.Query, request: SearchRequest, deadline: Deadline) -> Matches:
        """The set of a request, in index order."""
        matches = self._scorer.until(deadline).matches(tree)
        return _passed(matches, self._passing(request, matches.docs))

    def _passing(self, request: SearchRequest, docs: IntArray) -> dict[str, facets.Mask]:
        """Which of `docs` (k,) pass each filter, bool (k,), by name."""
        passed = facets.passing(request, self._columns, docs)
        if request.ids:
            keys = (self.key(one) for one in request.ids)
            passed["id"] = np.isin(docs, [key for key in keys if isinstance(key, int)])
        if request.case_numbers:
            wanted = np.array([case_digest(one) for one in request.case_numbers], np.uint64)
            passed["caseNumber"] = np.isin(self._columns.cases[docs], wanted)
        return passed

    def _scan(self, docs: IntArray) -> Scan:
        return Scan(len(docs), facets.stats(self._columns.amounts[docs]), docs.tolist())

    def _decision(self, key: Key) -> Decision:
        doc = _doc(key)
        columns = self._columns
        return replace(
            self._records.read(doc),
            first_seen=moment(int(columns.seen[doc])),
            modified=moment(int(columns.modified[doc])),
            identity=identity_text(int(columns.identities[doc])),
        )

    def _ordered(self, found: Matches, request: SearchRequest, deadline: Deadline) -> IntArray:
        """Places in `found`, best first, as far as the page reaches; ties in index order."""
        wanted = min(request.page * request.limit, len(found.docs))
        if wanted == 0:
            return np.empty(0, np.int32)
        keys = self._sort_keys(found, request)
        if wanted == len(keys):
            return _order(keys, deadline).astype(np.int32)
        # Only a page is sorted: what is not better than its last is cut off first.
        leading = _leading(keys)
        near = np.flatnonzero(leading <= _bound(leading, wanted))
        return near[_order(keys[near], deadline)][:wanted].astype(np.int32)

    def _sort_keys(self, found: Matches, request: SearchRequest) -> Any:
        """One key a decision, lowest first."""
        columns, docs = self._columns, found.docs
        match request.order:
            case "relevance":
                return -found.scores
            case "amount" | "-amount" as order:
                return _missing_last(columns.amounts[docs], NO_AMOUNT, order[0] == "-")
            case "date" | "-date" as order:
                return _missing_last(columns.dates[docs], NO_DATE, order[0] == "-")
            case "title":
                return columns.title_keys[docs]
            case name:
                return columns.keywords[name].ordinals[docs]


class _Bits:
    """Some documents, a bit each."""

    __slots__ = ("_bits",)

    def __init__(self, docs: IntArray, size: int) -> None:
        present = np.zeros(size, np.bool_)
        present[docs] = True
        self._bits = np.packbits(present, bitorder="little")

    def __contains__(self, key: object) -> bool:
        assert isinstance(key, int)
        return bool(self._bits[key >> 3] >> (key & 7) & 1)

    def docs(self) -> IntArray:
        """Which they are, in order."""
        return np.flatnonzero(np.unpackbits(self._bits, bitorder="little")).astype(np.int32)

    def count(self, docs: IntArray) -> int:
        """How many of some documents (k,) are among them."""
        return int((self._bits[docs >> 3] >> (docs & 7) & 1).sum())


def _parties(columns: Columns, owners: Owners) -> dict[str, Parties]:
    """The columns of owners and funders, grouped."""
    keywords = columns.keywords
    return {
        one.name: grouped(
            keywords[one.name], keywords.get(NUMBERS.get(one.name, "")), columns.live, owners
        )
        for one in VALUES
        if one.party
    }


def _doc(key: Key) -> int:
    assert isinstance(key, int)
    return key


def _missing_last(
    values: npt.NDArray[np.signedinteger], missing: int, falling: bool
) -> npt.NDArray[np.signedinteger]:
    """Keys that sort the values (k,), and put what is `missing` last in either order."""
    return np.where(values == missing, np.iinfo(values.dtype).max, -values if falling else values)


def _passed(matches: Matches, passed: dict[str, facets.Mask]) -> Matches:
    """Those of the matches that pass all filters."""
    every = facets.selection(passed)
    return Matches(matches.docs[every], matches.scores[every])


def _bound(keys: npt.NDArray[Any], wanted: int) -> Any:
    """The last of the `wanted` lowest of the keys (k,)."""
    least = np.minimum.reduceat(keys, np.arange(0, len(keys), _BLOCK))
    if wanted < len(least):
        # So many blocks have a key up to this one; what is above it is out, at a tenth of the cost.
        keys = keys[keys <= np.partition(least, wanted - 1)[wanted - 1]]
    return np.partition(keys, wanted - 1)[wanted - 1]


def _order(keys: Any, deadline: Deadline) -> npt.NDArray[np.intp]:
    """The places of the keys (k,) in rising order, ties as they stand."""
    deadline.check()
    if len(keys) <= _SORTED_AT_ONCE:
        return np.argsort(keys, kind="stable")
    # Halved, as a million titles at once take a second; unless the halves are alike.
    leading = _leading(keys)
    is_low = leading < np.partition(leading, len(leading) // 2)[len(leading) // 2]
    if not is_low.any():
        return np.argsort(keys, kind="stable")
    low, high = np.flatnonzero(is_low), np.flatnonzero(~is_low)
    return np.concatenate([half[_order(keys[half], deadline)] for half in (low, high)])


def _leading(keys: Any) -> npt.NDArray[Any]:
    """A number for each of the keys (k,) that sorts as it does, ties apart: eight of its bytes."""
    if keys.dtype.kind != "S":
        return keys  # type: ignore[no-any-return]
    return keys.view(">u8").reshape(len(keys), -1)[:, 0].astype(np.uint64)  # type: ignore[no-any-return]


def _exclusions(tree: query.Query) -> Sequence[query.Query]:
    return [child for child in tree if isinstance(child, query.Not)]
