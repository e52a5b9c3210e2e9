"""The engine on arrays: postings, columns and scores of one generation as NumPy arrays."""

from __future__ import annotations

import contextlib
import logging
import os
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.decision import Decision
from index.errors import IndexUnusable
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
from search import facets, related, wording
from search.changes import History
from search.deadline import NEVER, Deadline
from search.dimensions import BY_NAME, VALUES
from search.engine import Engine, KeptSet, Key, Page, Related, Scan, Scored, SharedWording
from search.history import Arrival, JournalHistory
from search.marks import Marks, Place
from search.named import NamedValues
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
_LOG = logging.getLogger("beslut")


class ArrayEngines:
    """`search.engine.Engines`, where the methods are described: the generations of the index in a
    folder."""

    def __init__(self, path: Path, cache_bytes: int = CACHE_BYTES) -> None:
        self._store = Store(path)
        self._cache_bytes = cache_bytes

    def stamp(self) -> tuple[int, int] | None:
        return self._store.stamp()

    def is_verified(self) -> bool:
        return self._store.is_verified()

    def opened(self, owners: Owners) -> ArrayEngine:
        """Of the newest generation that can be opened; raises `IndexUnusable`, of the newest."""
        first: IndexUnusable | None = None
        for generation in self._store.candidates():
            try:
                return ArrayEngine(generation, self._cache_bytes, owners)
            except Exception as error:  # whatever Whoosh, NumPy or SQLite say of it
                what = f"{generation.path.name} kan inte öppnas ({type(error).__name__})"
                first = first or IndexUnusable(what, "kör `beslut check`")
                _LOG.warning("%s", first)
        assert first is not None
        raise first

    def is_trusted(self, engine: Engine) -> bool:
        """Whether nobody has written to a file of what an engine has open. One that is gone, or
        has been replaced, is no harm: what is open stays as it is."""
        for path, inode, size, written in engine.generation.states:
            try:
                now = os.stat(path)
            except OSError:
                continue
            if now.st_ino == inode and (now.st_size, now.st_mtime_ns) != (size, written):
                return False
        return True


class ArrayEngine(NamedValues):
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
            places = place_column(columns.keywords["place"])
            parties = _grouped(columns, self.owners)
            self.keywords = {**columns.keywords, **parties, "place": places}
            self._columns = replace(columns, keywords=self.keywords)
            postings = Postings(generation.whoosh, self._reader, self._columns.live)
            opened.enter_context(closing(postings))
            word_starts = [WordStarts(generation.whoosh, segment) for segment in segments]
            self._places = Places(postings.segments, word_starts, self._columns.starts)
            passages = [Passages.open(generation.whoosh, segment) for segment in segments]
            firsts = [first for _, first in postings.segments]
            self._wordings = Wordings(
                [*zip(passages, firsts, strict=True)],
                columns.live,
                columns.keywords["round"].ordinals,
                wording.since(columns.dates, columns.seen),
            )
            self._counter = facets.Counter(self._columns)
            known = _DecisionColumns(self._columns, self._records)
            self.history: History = JournalHistory(generation, known)
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
        self, fields: Sequence[str], prefix: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[list[str], bool]:
        terms = self._scorer.postings.terms
        found = [terms(field + EXACT, prefix, limit, deadline) for field in fields]
        words = sorted({word for some, _ in found for word in some})
        return words[:limit], len(words) > limit or any(more for _, more in found)

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

    def having(self, sets: Sequence[KeptSet], key: Key, deadline: Deadline = NEVER) -> list[bool]:
        return [_doc(key) in _members(one) for one in sets]

    def shares(
        self, sets: Sequence[KeptSet], request: SearchRequest, deadline: Deadline = NEVER
    ) -> list[int]:
        docs = self._found(query.Every(), request, deadline).docs
        counts = []
        for one in sets:
            deadline.check()
            counts.append(_members(one).count(docs))
        return counts

    def leading(self, kept: KeptSet, dimension: str, most: int) -> tuple[FacetValue, ...]:
        return facets.leading(dimension, self._counter, _members(kept).docs(), most).values

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

    def party_of(self, key: Key, dimension: str) -> Party | None:
        parties = self._parties(dimension)
        return parties.party(int(parties.ordinals[_doc(key)]))

    def whole(self, name: str) -> npt.NDArray[np.intp]:
        return self._counter.whole(name)

    def key(self, identifier: str) -> Key | None:
        docs = self._scorer.postings.read(ID, identifier).docs
        return int(docs[0]) if len(docs) else None

    def decisions(self, keys: Iterable[Key]) -> Iterator[Decision]:
        return map(self._decision, keys)

    def places(
        self, keys: Sequence[Key], marks: Mapping[str, Marks], deadline: Deadline = NEVER
    ) -> list[dict[str, list[Place]]]:
        return self._places.of([*map(_doc, keys)], marks, deadline)

    def original(self, name: str) -> Path:
        return self.generation.path / name

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


class _DecisionColumns:
    """`search.history.Decisions` over the columns. Safe for threads."""

    def __init__(self, columns: Columns, records: Records) -> None:
        self._columns = columns
        self._records = records

    def arrivals(self, number: int, most: int) -> Iterator[Arrival]:
        numbers, docs = self._by_number
        first = int(np.searchsorted(numbers, number, "right"))
        for at, doc in zip(numbers[first:][:most].tolist(), docs[first:][:most], strict=True):
            identity, seen = int(self._columns.identities[doc]), int(self._columns.seen[doc])
            yield Arrival(at, self._records.read(int(doc)).id, identity, seen)

    def called(self, identities: Collection[int]) -> dict[int, str]:
        known, docs = self._by_identity
        wanted = np.array([*identities], np.uint64)
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        there = known[at] == wanted
        found = zip(wanted[there].tolist(), docs[at[there]].tolist(), strict=True)
        return {identity: self._records.read(doc).id for identity, doc in found}

    @cached_property
    def _by_number(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
        return _sorted(self._columns.numbers, self._columns.live)

    @cached_property
    def _by_identity(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.intp]]:
        return _sorted(self._columns.identities, self._columns.live)


def _sorted(column: npt.NDArray[Any], live: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """The values of live documents in rising order, and the documents."""
    docs = np.flatnonzero(live)
    docs = docs[np.argsort(column[docs])]
    return column[docs], docs


class _Bits:
    """Some documents, a bit each."""

    __slots__ = ("_bits",)

    def __init__(self, docs: IntArray, size: int) -> None:
        present = np.zeros(size, np.bool_)
        present[docs] = True
        self._bits = np.packbits(present, bitorder="little")

    def __contains__(self, doc: int) -> bool:
        return bool(self._bits[doc >> 3] >> (doc & 7) & 1)

    def docs(self) -> IntArray:
        """Which they are, in order."""
        return np.flatnonzero(np.unpackbits(self._bits, bitorder="little")).astype(np.int32)

    def count(self, docs: IntArray) -> int:
        """How many of some documents (k,) are among them."""
        return int((self._bits[docs >> 3] >> (docs & 7) & 1).sum())


def _grouped(columns: Columns, owners: Owners) -> dict[str, Parties]:
    """The columns of owners and funders, grouped."""
    keywords = columns.keywords
    return {
        one.name: grouped(
            keywords[one.name], keywords.get(NUMBERS.get(one.name, "")), columns.live, owners
        )
        for one in VALUES
        if one.party
    }


def _members(kept: KeptSet) -> _Bits:
    assert isinstance(kept.members, _Bits)
    return kept.members


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
