"""Postings of a Whoosh index as arrays: read block by block, kept while they fit.

Whoosh hands out one posting at a time, which costs about a microsecond each. Its W3 codec stores
them in blocks, and a whole block becomes an array at once. The block format is the codec's private
business: the library's version is pinned, and a test holds this reader to Whoosh's own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching import Matcher
from whoosh.reading import IndexReader, TermNotFound

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Posting:
    """The decisions with a term: ``docs`` int32 (k,) ascending, ``weights`` float32 (k,)."""

    docs: IntArray
    weights: FloatArray

    @property
    def nbytes(self) -> int:
        """Bytes that the arrays hold."""
        return self.docs.nbytes + self.weights.nbytes


NOTHING = Posting(np.empty(0, np.int32), np.empty(0, np.float32))


class Cache:
    """Postings by key, least recently used out first, at most `max_bytes` of arrays."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._held: OrderedDict[object, Posting] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> Posting | None:
        with self._lock:
            posting = self._held.get(key)
            if posting is not None:
                self._held.move_to_end(key)
            return posting

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._held.clear()
            self.bytes = 0

    def put(self, key: object, posting: Posting) -> None:
        with self._lock:
            if key in self._held or posting.nbytes > self.max_bytes // 4:
                return
            self._held[key] = posting
            self.bytes += posting.nbytes
            while self.bytes > self.max_bytes:
                _, dropped = self._held.popitem(last=False)
                self.bytes -= dropped.nbytes


class Postings:
    """The postings of one open index. Safe for threads: the files have one position each."""

    def __init__(self, reader: IndexReader, alive: npt.NDArray[np.bool_]) -> None:
        """`alive`: which documents are in the index still; the others are left out."""
        self._leaves = [(leaf, offset) for leaf, offset in reader.leaf_readers()]
        self._alive = None if alive.all() else np.asarray(alive)
        self._lock = threading.Lock()

    def read(self, field: str, term: str) -> Posting:
        """The posting of a term; empty where the index does not have it."""
        docs, weights = [], []
        with self._lock:
            for matcher, offset in self._matchers(field, term):
                for block_docs, block_weights in _blocks(matcher):
                    docs.append(block_docs + offset)
                    weights.append(block_weights)
        if not docs:
            return NOTHING
        found = Posting(
            np.concatenate(docs).astype(np.int32), np.concatenate(weights).astype(np.float32)
        )
        if self._alive is None:
            return found
        living = self._alive[found.docs]
        return Posting(found.docs[living], found.weights[living])

    def positions(self, field: str, term: str, docs: IntArray) -> dict[int, list[int]]:
        """Where a term stands in each of `docs` that have it, by document number."""
        found: dict[int, list[int]] = {}
        with self._lock:
            for matcher, offset in self._matchers(field, term):
                for doc in docs:
                    if not matcher.is_active():
                        break
                    if doc < offset:
                        continue
                    matcher.skip_to(int(doc) - offset)
                    if matcher.is_active() and matcher.id() == doc - offset:
                        found[int(doc)] = matcher.value_as("positions")
        return found

    def terms(self, field: str, prefix: str, limit: int) -> tuple[list[str], bool]:
        """Terms that begin with `prefix`, in order, at most `limit`; and whether more follow."""
        wanted = prefix.encode()
        found: set[str] = set()
        cut = False
        with self._lock:
            for leaf, _ in self._leaves:
                for at, term in enumerate(_terms_from(leaf, field, wanted)):
                    if at == limit:
                        cut = True
                        break
                    found.add(term)
        ordered = sorted(found)
        return ordered[:limit], cut or len(ordered) > limit

    def _matchers(self, field: str, term: str) -> Iterator[tuple[Matcher, int]]:
        for leaf, offset in self._leaves:
            try:
                format_ = leaf.schema[field].format
                matcher = leaf._terms.matcher(field, term.encode("utf-8", "replace"), format_)
            except (TermNotFound, KeyError):
                continue
            yield matcher, offset


def _terms_from(leaf: IndexReader, field: str, prefix: bytes) -> Iterator[str]:
    for name, term in leaf.terms_from(field, prefix):
        if name != field or not term.startswith(prefix):
            return
        yield term.decode()


def _blocks(matcher: Matcher) -> Iterator[tuple[npt.NDArray[np.int64], FloatArray]]:
    """The blocks of a posting list: document numbers within the segment, and weights."""
    if not isinstance(matcher, W3LeafMatcher):  # a posting so short that it stands in the term
        ids = np.fromiter(matcher.all_ids(), np.int64)
        yield ids, np.ones(len(ids), np.float32)
        return
    while matcher.is_active():
        matcher._read_data()
        deltas, weights, _ = matcher._data
        ids = np.cumsum(np.array(deltas, np.int64))
        if weights is None or isinstance(weights, float):
            yield ids, np.full(len(ids), 1.0 if weights is None else weights, np.float32)
        else:
            yield ids, np.array(weights, np.float32)
        matcher._next_block()


def intersect(postings: Sequence[Posting]) -> IntArray:
    """The decisions that are in all of the postings, ascending; int32."""
    docs = [posting.docs for posting in sorted(postings, key=lambda posting: len(posting.docs))]
    common = docs[0]
    for other in docs[1:]:
        common = common[np.isin(common, other, assume_unique=True, kind="sort")]
    return common
