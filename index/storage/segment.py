"""One Whoosh segment, in the codec's own format but written a posting list at a time.

Whoosh's own writer handles one posting at a time: it sorts tuples, looks for a length column on
disk for each, and checks every value. Here the postings of many decisions are gathered in arrays,
sorted once, and written as whole lists. The result is an ordinary W3 segment: tests read it back
through Whoosh's own reader.
"""

from __future__ import annotations

import struct
import uuid
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3Segment, W3TermInfo
from whoosh.fields import Schema
from whoosh.filedb import filetables
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from index.decision import Decision
from index.storage import blocks, passages, word_starts
from index.storage.records import Records, RecordWriter
from index.storage.schema import EXACT, POSITIONS, TEXT_FIELDS, WordPositions

INDEX_NAME = "MAIN"  # Whoosh's default
_TERMS_AT_ONCE = 5_000  # terms whose postings are plain lists at the same time


@dataclass(slots=True)
class _Postings:
    """The postings of one field in the order of the decisions: parallel arrays.

    ``docs`` are documents, or of `WordPositions` words; those have no ``weights``: all are 1.
    """

    terms: dict[bytes, int] = field(default_factory=dict)  # term -> number, by first occurrence
    numbers: array[int] = field(default_factory=lambda: array("I"))
    docs: array[int] = field(default_factory=lambda: array("I"))
    weights: array[float] = field(default_factory=lambda: array("f"))

    def add(self, doc: int, weights: Mapping[str, float]) -> None:
        """Adds a decision's terms with their weights."""
        known = self.terms
        self.numbers.extend([known.setdefault(term.encode(), len(known)) for term in weights])
        self.docs.extend([doc] * len(weights))
        self.weights.extend(weights.values())

    def add_positions(self, start: int, positions: Mapping[str, Sequence[int]]) -> None:
        """Adds a decision's terms with their positions in it; it begins at `start`."""
        known = self.terms
        for term, places in positions.items():
            number = known.setdefault(term.encode(), len(known))
            self.numbers.extend([number] * len(places))
            self.docs.extend([start + place for place in places])


class SegmentWriter:
    """Gathers decisions and writes them as one segment. Documents are numbered from 0."""

    def __init__(self, storage: FileStorage, schema: Schema) -> None:
        self._storage = storage
        self._schema = schema
        self._codec = W3Codec()
        # Whoosh names segments with the `random` module. Were that seeded, two segments could share
        # a name, and the second would be written into the hard-linked files of the first.
        self._segment = W3Segment(self._codec, INDEX_NAME, segid=uuid.uuid4().hex[:16])
        self._stored = self._codec.per_document_writer(storage, self._segment)
        self._records = RecordWriter(storage, self._segment)
        self._fields: dict[str, _Postings] = {}
        self._starts = array("I")
        self._extents = array("I")
        self._doc = 0

    def add(
        self,
        decision: Decision,
        fields: Mapping[str, Mapping[str, Any]],
        starts: Sequence[int],
        extents: Sequence[int],
    ) -> None:
        """Adds one decision: for each field its weights, or positions, which count in `starts`, see
        `word_starts.write`; `extents` as in `schema.Analysed`."""
        doc = self._doc
        self._stored.start_doc(doc)
        self._records.add(decision)
        for name, value in fields.items():
            if not value:
                continue
            postings = self._fields.setdefault(name, _Postings())
            if isinstance(self._schema[name], WordPositions):
                postings.add_positions(len(self._starts), value)
            else:
                postings.add(doc, value)
        self._stored.finish_doc()
        self._doc += 1
        self._starts.extend(starts)
        self._extents.extend(extents)

    def finish(self) -> W3Segment:
        """Writes the segment's files and gives its description for `write_toc`."""
        self._segment.set_doc_count(self._doc)
        self._stored.close()
        self._records.close()
        _write_fields(self._storage, self._segment, self._fields)
        word_starts.write(self._storage, self._segment, np.frombuffer(self._starts, np.uint32))
        exact = self._fields.get(POSITIONS + EXACT, _Postings())
        words, ends = _wording(exact, np.frombuffer(self._extents, np.uint32))
        passages.write(self._storage, self._segment, words, ends)
        return self._segment


def segments(whoosh: Path) -> list[tuple[W3Segment, slice]]:
    """The segments of an index, each with its documents."""
    found, first = [], 0
    for segment in TOC.read(FileStorage(str(whoosh), readonly=True), INDEX_NAME).segments:
        end = first + segment.doc_count_all()
        found.append((segment, slice(first, end)))
        first = end
    return found


def records(whoosh: Path) -> Records:
    """What the documents of an index say."""
    return Records(whoosh, [segment for segment, _ in segments(whoosh)])


def write_toc(storage: FileStorage, schema: Schema, segments: Sequence[W3Segment]) -> None:
    """Makes the segments, in this order, an index that Whoosh opens."""
    TOC(schema, list(segments), 1).write(storage, INDEX_NAME)


def _wording(
    exact: _Postings, extents: npt.NDArray[np.uint32]
) -> tuple[passages.Words, npt.NDArray[np.int64]]:
    """The words of `passages.FIELDS` of all documents in a row, and where each text ends. `exact`
    are the postings of the words as written; `extents` (documents * fields,)."""
    fields = len(TEXT_FIELDS)
    wanted = np.tile([name in passages.FIELDS for name in TEXT_FIELDS], len(extents) // fields)
    places = np.frombuffer(exact.docs, np.uint32)
    row = np.zeros(int(extents.sum()), np.uint32)
    is_word = np.zeros(len(row), np.bool_)
    row[places] = passages.numbers([*exact.terms])[np.frombuffer(exact.numbers, np.uint32)]
    is_word[places] = True
    is_word &= np.repeat(wanted, extents)
    # A gap follows every field, so none is empty, as `reduceat` needs it.
    begins = np.cumsum(extents, dtype=np.int64) - extents
    lengths = np.add.reduceat(is_word, begins, dtype=np.int64)
    return row[is_word], np.cumsum(lengths[wanted])


class _TermTable(filetables.OrderedHashWriter):  # type: ignore[misc]
    """The codec's table of terms, its hash tables written in one piece each."""

    _SLOT = "Iq"  # hash value, position

    def _write_hashes(self) -> None:
        for entries in self.buckets:
            slots = 2 * len(entries)  # half empty, so that probing stays short
            self.directory.append((self.dbfile.tell(), slots))
            table = [0] * (2 * slots)
            for value, position in entries:
                slot = (value >> 8) % slots  # the low 8 bits chose the bucket
                while table[2 * slot + 1]:  # taken: position 0 is the header, never a term
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
        for term, info, postings in _lists(fields[name]):
            terms.add(key + term, info + struct.pack("!qi", offset, len(postings)))
            file.write(postings)
            offset += len(postings)
    terms.close()
    file.close()


def _lists(postings: _Postings) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(term, its statistics, its blocks) in the order of the terms' bytes."""
    terms = sorted(postings.terms)
    rank = np.empty(len(terms), np.uint32)
    rank[[postings.terms[term] for term in terms]] = np.arange(len(terms))
    numbers = rank[np.frombuffer(postings.numbers, np.uint32)]
    # Stable, so that the postings of a term keep the order of their documents.
    order = np.argsort(numbers, kind="stable")
    docs = np.frombuffer(postings.docs, np.uint32)[order]
    if postings.weights:
        weights = np.frombuffer(postings.weights, np.float32)[order]
    else:
        weights = np.ones(len(docs), np.float32)
    ends = np.cumsum(np.bincount(numbers, minlength=len(terms)))
    begins = np.concatenate(([0], ends[:-1]))
    for first in range(0, len(terms), _TERMS_AT_ONCE):
        some = slice(first, first + _TERMS_AT_ONCE)
        stretch = slice(int(begins[some][0]), int(ends[some][-1]))
        starts = begins[some] - stretch.start
        yield from _stretch(terms[some], starts, docs[stretch], weights[stretch])


def _stretch(
    terms: Sequence[bytes],
    starts: npt.NDArray[np.intp],
    docs: npt.NDArray[np.uint32],
    weights: npt.NDArray[np.float32],
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Consecutive terms with their postings; the many short ones are faster as plain lists."""
    plain_docs, plain_weights = docs.tolist(), weights.tolist()
    # `reduceat` needs every slice non-empty, and every term has a posting.
    sums = np.add.reduceat(weights, starts).tolist()
    most = np.maximum.reduceat(weights, starts).tolist()
    begins = starts.tolist()
    for at, (term, start, end) in enumerate(
        zip(terms, begins, [*begins[1:], len(plain_docs)], strict=True)
    ):
        info = _info(sums[at], end - start, most[at], plain_docs[start], plain_docs[end - 1])
        if end - start < blocks.LONG:
            data = blocks.encode_short(plain_docs[start:end], plain_weights[start:end])
        else:
            data = blocks.encode_long(docs[start:end], weights[start:end])
        yield term, info, data


def _info(total: float, n: int, most: float, first_doc: int, last_doc: int) -> bytes:
    """A term's statistics as `W3TermInfo` packs them, without field lengths, which are columns."""
    packed: bytes = W3TermInfo._struct.pack(False, total, n, 0, 0, most, first_doc, last_doc)
    return packed
