"""Postings of a Whoosh index as arrays: read block by block, cached while they fit.

Whoosh hands out one posting at a time, at about a microsecond each. Here a whole block becomes an
array at once (`index.storage.blocks`), found without Whoosh's own lookup (`index.storage.terms`); a
test checks that this reader agrees with Whoosh's own.
"""

from __future__ import annotations

import heapq
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whoosh.reading import IndexReader

from index.storage.schema import word_stream
from index.storage.terms import Terms, encoded
from search.deadline import NEVER, Deadline

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
_TERMS = 4_096  # of which it is known in which segments they are
_ENTRY = 400
"""Bytes of a posting in `Cache` besides the data of its arrays and its key: six objects."""


class Cache:
    """Postings by key, least recently used evicted first, at most `max_bytes` in all. Safe for
    threads, which must not write into what they get: it is shared."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._held: OrderedDict[str, Posting] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Posting | None:
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

    def put(self, key: str, posting: Posting) -> None:
        with self._lock:
            if key in self._held or posting.nbytes > self.max_bytes // 4:
                return  # a huge one would evict everything else
            self._held[key] = posting
            self.bytes += _size(key, posting)
            while self.bytes > self.max_bytes:
                self.bytes -= _size(*self._held.popitem(last=False))


def _size(key: str, posting: Posting) -> int:
    return posting.nbytes + sys.getsizeof(key) + _ENTRY


class Postings:
    """The postings of one open index. Safe for threads."""

    def __init__(self, folder: Path, reader: IndexReader, live: npt.NDArray[np.bool_]) -> None:
        """`reader` is Whoosh's, of the index in `folder`; `live` tells which documents are live:
        deleted ones are left out."""
        self.segments = [(Terms(folder, leaf), offset) for leaf, offset in reader.leaf_readers()]
        self._live = None if live.all() else live
        self._having = lru_cache(maxsize=_TERMS)(partial(_having, self.segments))

    def close(self) -> None:
        """Closes the files."""
        for terms, _ in self.segments:
            terms.close()

    def read(self, field: str, term: str, deadline: Deadline = NEVER) -> Posting:
        """The posting of a term; empty if the index does not have it."""
        deadline.check()
        wanted = encoded(term)
        docs, weights = [], []
        for terms, offset in self._having(word_stream(field) or field, wanted):
            for block in terms.read(field, wanted):
                deadline.check()
                docs.append(block.docs + offset)
                weights.append(block.weights)
        if not docs:
            return NOTHING
        posting = Posting(np.concatenate(docs).astype(np.int32), np.concatenate(weights))
        if self._live is None:
            return posting
        live = self._live[posting.docs]
        return Posting(posting.docs[live], posting.weights[live])

    def frequency(self, field: str, term: str) -> int:
        """Document frequency of a term, deleted documents included."""
        wanted = encoded(term)
        having = self._having(word_stream(field) or field, wanted)
        return sum(terms.frequency(field, wanted) for terms, _ in having)

    def terms(
        self, field: str, prefix: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[list[str], bool]:
        """Terms that begin with `prefix` and occur in a live document, in order, at most `limit`;
        and whether more follow."""
        matching = [*islice(self._live_terms(field, encoded(prefix), deadline), limit + 1)]
        return matching[:limit], len(matching) > limit

    def live_terms(self, field: str) -> list[str]:
        """All terms of a field that occur in a live document, in order."""
        return [*self._live_terms(field, b"", NEVER)]

    def _live_terms(self, field: str, prefix: bytes, deadline: Deadline) -> Iterator[str]:
        places = (
            _placed(terms.beginning_with(field, prefix), offset) for terms, offset in self.segments
        )
        for term, group in groupby(heapq.merge(*places, key=itemgetter(0)), key=itemgetter(0)):
            deadline.check()
            docs = [doc for _, doc in group]
            live = self._live is None or any(doc is not None and self._live[doc] for doc in docs)
            # Of terms in several documents the table does not say which, so they are read.
            if live or len(self.read(field, term.decode()).docs):
                yield term.decode()


def _placed(
    terms: Iterator[tuple[bytes, int | None]], offset: int
) -> Iterator[tuple[bytes, int | None]]:
    """Terms of a segment, each with its document in the whole index, if it is in one only."""
    for term, doc in terms:
        yield term, None if doc is None else doc + offset


def _having(
    segments: Sequence[tuple[Terms, int]], field: str, term: bytes
) -> list[tuple[Terms, int]]:
    """The segments that have a term. Most terms of a large index are in few, and whatever is in a
    stream of a text field is in the one for all words, so one look there spares eighteen."""
    return [one for one in segments if one[0].frequency(field, term)]
