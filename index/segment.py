"""One Whoosh segment, written in its codec's own format but a posting list at a time.

Whoosh's own writer handles one posting at a time: it sorts tuples, looks for a length column on
disk for each, and checks every value. Here the postings of many decisions are gathered in arrays,
sorted once, and handed to the codec's block writer as whole lists. What is written is an ordinary
W3 segment: tests read it back through Whoosh's own reader.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter, W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

INDEX_NAME = "MAIN"  # Whoosh's default
BLOCK = 4096  # postings a block: large blocks are read faster, and nothing skips within them
_COMPRESS_FROM = 16  # postings; smaller blocks hardly shrink
_LEVEL = 1  # of zlib


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
        self._segment = W3Segment(self._codec, INDEX_NAME)
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
        writer = self._codec.field_writer(self._storage, self._segment)
        for name in sorted(self._fields):
            _write_field(writer, name, self._schema[name], self._fields.pop(name))
        writer.close()
        return self._segment


def write_toc(storage: FileStorage, schema: Schema, segments: Sequence[W3Segment]) -> None:
    """Makes the segments, in this order, an index that Whoosh opens."""
    TOC(schema, list(segments), 1).write(storage, INDEX_NAME)


class _BlockWriter(W3PostingsWriter):  # type: ignore[misc]
    """Takes a block at a time where its base class takes a posting."""

    _ids: array[int]

    def add_block(self, docs: array[int], weights: array[float], values: list[bytes]) -> None:
        """Writes one block; the last of a list is written by ``finish_postings``."""
        if self._ids:
            self._write_block()
        self._ids, self._weights, self._values = docs, weights, values
        self._maxweight = max(weights)
        self._compression = _LEVEL if len(docs) >= _COMPRESS_FROM else 0


def _write_field(writer: W3FieldWriter, name: str, type_: Any, postings: _Postings) -> None:
    writer.start_field(name, type_)
    blocks = _BlockWriter(writer._postfile, BLOCK, inlinelimit=0)
    writer._postwriter = blocks
    for term, docs, weights, values in _grouped(postings):
        writer.start_term(term)
        for first in range(0, len(docs), BLOCK):
            some = slice(first, first + BLOCK)
            blocks.add_block(docs[some], weights[some], values[some])
        writer.finish_term()
    writer.finish_field()


def _grouped(
    postings: _Postings,
) -> Iterator[tuple[bytes, array[int], array[float], list[bytes]]]:
    """(term, docs, weights, packed positions) in the order of the terms' bytes."""
    numbers = np.frombuffer(postings.numbers, np.uint32)
    order = np.argsort(numbers, kind="stable")
    docs = np.frombuffer(postings.docs, np.uint32)[order]
    weights = np.frombuffer(postings.weights, np.float32)[order]
    ends = np.cumsum(np.bincount(numbers, minlength=len(postings.terms)))
    packed = _packed(postings, order) if postings.positions else None
    for term in sorted(postings.terms):
        number = postings.terms[term]
        end = int(ends[number])
        start = int(ends[number - 1]) if number else 0
        values = packed(start, end) if packed else []
        yield term, _array("I", docs[start:end]), _array("f", weights[start:end]), values


def _packed(postings: _Postings, order: npt.NDArray[np.intp]) -> Any:
    """Gives the positions of the postings `start` to `end` in the new order, packed."""
    counts = np.frombuffer(postings.weights, np.float32).astype(np.int64)
    firsts = np.cumsum(counts) - counts
    positions = memoryview(postings.positions).cast("B")
    item = postings.positions.itemsize
    starts = (firsts[order] * item).tolist()
    ends = ((firsts + counts)[order] * item).tolist()

    def values(start: int, end: int) -> list[bytes]:
        return [bytes(positions[starts[at] : ends[at]]) for at in range(start, end)]

    return values


def _array(code: str, values: npt.NDArray[Any]) -> array[Any]:
    result = array(code)
    result.frombytes(values.tobytes())
    return result
