"""One Whoosh segment, written in its codec's own format but a posting list at a time.

Whoosh's own writer handles one posting at a time: it sorts tuples, looks for a length column on
disk for each, and checks every value. Here the postings of many decisions are gathered in arrays,
sorted once, and written as whole lists. What is written is an ordinary W3 segment: tests read it
back through Whoosh's own reader.
"""

from __future__ import annotations

import pickle
import struct
import uuid
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3Segment, W3TermInfo
from whoosh.fields import Schema
from whoosh.filedb import filetables
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

INDEX_NAME = "MAIN"  # Whoosh's default
BLOCK = 4096  # postings a block: large blocks are read faster, and nothing skips within them
_COMPRESS_FROM = 16  # postings; smaller blocks hardly shrink
_LEVEL = 1  # of zlib
_TERMS_AT_ONCE = 5_000  # terms whose postings are plain lists at the same time


@dataclass(slots=True)
class _Postings:
    """The postings of one field in the order of the decisions: parallel arrays."""

    terms: dict[bytes, int] = field(default_factory=dict)  # term -> number, by first occurrence
    numbers: array[int] = field(default_factory=lambda: array("I"))
    docs: array[int] = field(default_factory=lambda: array("I"))
    weights: array[float] = field(default_factory=lambda: array("f"))
    positions: array[int] = field(default_factory=lambda: array("I"))  # all, one after the other

    def add(self, doc: int, weights: Mapping[str, float]) -> None:
        """Adds a decision's terms with their weights."""
        self._add_terms(doc, weights)
        self.weights.extend(weights.values())

    def add_positions(self, doc: int, positions: Mapping[str, Sequence[int]]) -> None:
        """Adds a decision's terms with their ascending positions; the weight is their number."""
        self._add_terms(doc, positions)
        self.weights.extend(map(len, positions.values()))
        for places in positions.values():
            self.positions.extend(places)

    def _add_terms(self, doc: int, terms: Mapping[str, Any]) -> None:
        known = self.terms
        self.numbers.extend([known.setdefault(term.encode(), len(known)) for term in terms])
        self.docs.extend([doc] * len(terms))


class SegmentWriter:
    """Gathers decisions and writes them as one segment. Documents are numbered from 0."""

    def __init__(self, storage: FileStorage, schema: Schema) -> None:
        self._storage = storage
        self._schema = schema
        self._codec = W3Codec()
        # Not Whoosh's own name, which the `random` module gives: whoever seeds that would have two
        # segments of one name, and the second would be written into the linked files of the first.
        self._segment = W3Segment(self._codec, INDEX_NAME, segid=uuid.uuid4().hex[:16])
        self._stored = self._codec.per_document_writer(storage, self._segment)
        self._fields: dict[str, _Postings] = {}
        self._doc = 0

    def add(self, fields: Mapping[str, Any]) -> None:
        """Adds one decision: for each field its text (stored), weights or positions."""
        doc = self._doc
        self._stored.start_doc(doc)
        for name, value in fields.items():
            type_ = self._schema[name]
            if type_.stored:
                self._stored.add_field(name, type_, value, 0)
                value = {value: 1.0} if type_.indexed else {}
            if not value:
                continue
            postings = self._fields.setdefault(name, _Postings())
            if type_.format.supports("positions"):
                postings.add_positions(doc, value)
            else:
                postings.add(doc, value)
        self._stored.finish_doc()
        self._doc += 1

    def finish(self) -> W3Segment:
        """Writes the segment's files and gives its description for `write_toc`."""
        self._segment.set_doc_count(self._doc)
        self._stored.close()
        _write_fields(self._storage, self._segment, self._fields)
        return self._segment


def write_toc(storage: FileStorage, schema: Schema, segments: Sequence[W3Segment]) -> None:
    """Makes the segments, in this order, an index that Whoosh opens."""
    TOC(schema, list(segments), 1).write(storage, INDEX_NAME)


class _TermTable(filetables.OrderedHashWriter):  # type: ignore[misc]
    """The codec's table of terms, its hash tables written in one piece each."""

    _SLOT = "Iq"  # hash value, position

    def _write_hashes(self) -> None:
        for entries in self.buckets:
            slots = 2 * len(entries)
            self.directory.append((self.dbfile.tell(), slots))
            table = [0] * (2 * slots)
            for value, position in entries:
                slot = (value >> 8) % slots
                while table[2 * slot + 1]:
                    slot = (slot + 1) % slots
                table[2 * slot : 2 * slot + 2] = value, position
            self.dbfile.write(struct.pack("!" + self._SLOT * slots, *table))


def _write_fields(
    storage: FileStorage, segment: W3Segment, fields: Mapping[str, _Postings]
) -> None:
    """The postings file and the table of terms that leads to it."""
    terms = _TermTable(segment.create_file(storage, W3Codec.TERMS_EXT))
    file = segment.create_file(storage, W3Codec.POSTS_EXT)
    terms.extras["fieldmap"] = {name: number for number, name in enumerate(sorted(fields))}
    offset = 0
    for number, name in enumerate(sorted(fields)):
        key = struct.pack("!H", number)
        for term, info, blocks in _lists(fields[name]):
            terms.add(key + term, info + struct.pack("!qi", offset, len(blocks)))
            file.write(blocks)
            offset += len(blocks)
    terms.close()
    file.close()


def _lists(postings: _Postings) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(term, its statistics, its blocks) in the order of the terms' bytes."""
    terms = sorted(postings.terms)
    rank = np.empty(len(terms), np.uint32)
    rank[[postings.terms[term] for term in terms]] = np.arange(len(terms))
    numbers = rank[np.frombuffer(postings.numbers, np.uint32)]
    order = np.argsort(numbers, kind="stable")
    docs = np.frombuffer(postings.docs, np.uint32)[order]
    weights = np.frombuffer(postings.weights, np.float32)[order]
    counts = np.bincount(numbers, minlength=len(terms))
    ends = np.cumsum(counts)
    starts = ends - counts
    deltas = np.diff(docs, prepend=np.uint32(0))
    deltas[starts] = docs[starts]
    packed = _packed(postings, order) if postings.positions else None
    for first in range(0, len(terms), _TERMS_AT_ONCE):
        some = slice(first, first + _TERMS_AT_ONCE)
        stretch = slice(int(starts[some][0]), int(ends[some][-1]))
        arrays = (docs[stretch], deltas[stretch], weights[stretch])
        values = packed(stretch) if packed else None
        yield from _stretch(terms[some], starts[some] - stretch.start, arrays, values)


def _stretch(
    terms: Sequence[bytes],
    starts: npt.NDArray[np.intp],
    arrays: tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]],
    values: list[bytes] | None,
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Some terms, whose postings follow each other in the arrays, as plain lists: Python is quicker
    with these, and they are large."""
    docs, deltas, weights = (array.tolist() for array in arrays)
    sums = np.add.reduceat(arrays[2], starts).tolist()
    least = np.minimum.reduceat(arrays[2], starts).tolist()
    most = np.maximum.reduceat(arrays[2], starts).tolist()
    begins = starts.tolist()
    ends = [*begins[1:], len(docs)]
    for at, term in enumerate(terms):
        start, end = begins[at], ends[at]
        some = slice(start, end)
        same = most[at] if least[at] == most[at] else None
        info = _info(sums[at], end - start, most[at], docs[start], docs[end - 1])
        packed = None if values is None else values[some]
        yield term, info, _blocks(docs[some], deltas[some], weights[some], packed, same)


def _info(total: float, n: int, most: float, first_doc: int, last_doc: int) -> bytes:
    """A term's statistics as `W3TermInfo` packs them; no field lengths, they are columns here."""
    packed: bytes = W3TermInfo._struct.pack(False, total, n, 0, 0, most, first_doc, last_doc)
    return packed


def _blocks(
    docs: list[int],
    deltas: list[int],
    weights: list[float],
    values: list[bytes] | None,
    same: float | None,
) -> bytes:
    """A posting list as `W3PostingsWriter` writes it. `same` is the weight of all, if it is one."""
    pieces = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(docs), BLOCK):
        end = min(start + BLOCK, len(docs))
        ids = (docs[start], *deltas[start + 1 : end])
        kept = (None if same == 1.0 else same) if same is not None else tuple(weights[start:end])
        packed = None if values is None else tuple(values[start:end])
        data = pickle.dumps((ids, kept, packed), 2)
        level = _LEVEL if end - start >= _COMPRESS_FROM else 0
        if level:
            data = zlib.compress(data, level)
        most = same if same is not None else max(weights[start:end])
        facts = pickle.dumps((end - start, docs[end - 1], most, level, 0, 0), 2)
        length = len(facts) + len(data)
        pieces += [struct.pack("!i", -length if end == len(docs) else length), facts, data]
    return b"".join(pieces)


def _packed(postings: _Postings, order: npt.NDArray[np.intp]) -> Callable[[slice], list[bytes]]:
    """Gives the positions of a stretch of the postings in their new order, packed."""
    counts = np.frombuffer(postings.weights, np.float32).astype(np.int64)
    firsts = np.cumsum(counts) - counts
    positions = memoryview(postings.positions).cast("B")
    item = postings.positions.itemsize
    starts, ends = firsts[order] * item, (firsts + counts)[order] * item

    def values(stretch: slice) -> list[bytes]:
        pairs = zip(starts[stretch].tolist(), ends[stretch].tolist(), strict=True)
        return [bytes(positions[start:end]) for start, end in pairs]

    return values
