"""A posting list on disk, in blocks that are read as whole arrays.

The layout is that of Whoosh's W3 codec, and Whoosh's own reader reads it: a header, then blocks,
each a pickled tuple of statistics and a pickled tuple ``(document deltas, weights, values)``. A
long block holds `array`s and `Positions`, which pickle as plain bytes: a block of 4,096 postings is
read in microseconds, and positions stay packed until a phrase query needs them.
"""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from array import array
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC

BLOCK = 4096
"""Postings in one block."""
LONG = 16
"""Postings from which a block holds arrays; Python is faster with shorter ones as plain tuples."""
_LEVEL = 1  # of zlib, for positions
_MAGIC: bytes = WHOOSH3_HEADER_MAGIC

Ints = npt.NDArray[Any]


class Positions:
    """The positions of the postings of a block: ``counts`` per posting, and ``packed``, all of them
    in a row as unsigned 32-bit integers in native byte order, compressed."""

    __slots__ = ("_packed", "_values", "counts")

    def __init__(self, counts: array[int], packed: bytes) -> None:
        self.counts = counts
        self._packed = packed
        self._values: list[bytes] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Positions, (self.counts, self._packed)

    def all(self) -> Ints:
        """All positions, uint32, posting by posting."""
        return np.frombuffer(zlib.decompress(self._packed), np.uint32)

    def __getitem__(self, at: int) -> bytes:
        """One posting's value, as Whoosh asks for it."""
        if self._values is None:
            edges = accumulate(self.counts, initial=0)
            positions = self.all()
            self._values = [positions[start:end].tobytes() for start, end in pairwise(edges)]
        return self._values[at]


class PostingBlock(NamedTuple):
    """A block as read: ``docs`` int64 (k,) ascending, ``weights`` float32 (k,), ``values`` one
    ``bytes`` per posting, `Positions`, or None."""

    docs: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    values: Any


def encode_short(docs: list[int], weights: list[float], values: list[bytes] | None) -> bytes:
    """A list of fewer than `LONG` postings."""
    same = weights[0] if min(weights) == max(weights) else None
    ids = (docs[0], *(after - before for before, after in pairwise(docs)))
    # W3 writes weights that are all 1 as None, and any other single weight once.
    kept = (None if same == 1.0 else same) if same is not None else tuple(weights)
    data = (ids, kept, None if values is None else tuple(values))
    return _MAGIC + _block(data, len(docs), docs[-1], max(weights), last=True)


def encode_long(docs: Ints, weights: Ints, positions: tuple[Ints, Ints] | None) -> bytes:
    """A list of any length: ``docs`` and ``weights`` (k,); ``positions`` their counts (k,) and
    all of them, uint32, posting by posting."""
    pieces = [_MAGIC]
    ends = np.cumsum(positions[0]) if positions is not None else None
    for start in range(0, len(docs), BLOCK):
        some = slice(start, min(start + BLOCK, len(docs)))
        values = None
        if positions is not None and ends is not None:
            first = int(ends[start - 1]) if start else 0
            places = positions[1][first : int(ends[some.stop - 1])]
            packed = zlib.compress(places.tobytes(), _LEVEL)
            values = Positions(_smallest(positions[0][some]), packed)
        # A plain 0 would widen the deltas to int64.
        deltas = np.diff(docs[some], prepend=docs.dtype.type(0))
        data = (_smallest(deltas), _weights(weights[some]), values)
        facts = (some.stop - start, int(docs[some.stop - 1]), float(weights[some].max()))
        pieces.append(_block(data, *facts, last=some.stop == len(docs)))
    return b"".join(pieces)


def decode(data: bytes) -> Iterator[PostingBlock]:
    """The blocks of a posting list."""
    at = len(_MAGIC)
    length = 1
    while length > 0:
        (length,) = _LENGTH.unpack_from(data, at)
        file = io.BytesIO(data[at + _LENGTH.size : at + _LENGTH.size + abs(length)])
        pickle.load(file)  # statistics that only Whoosh's own reader uses
        deltas, weights, values = pickle.load(file)
        ids = np.frombuffer(deltas, deltas.typecode) if isinstance(deltas, array) else deltas
        docs = np.cumsum(np.asarray(ids), dtype=np.int64)
        if weights is None or isinstance(weights, float):
            yield PostingBlock(docs, np.full(len(docs), weights or 1.0, np.float32), values)
        else:
            yield PostingBlock(docs, np.array(weights, np.float32), values)
        at += _LENGTH.size + abs(length)


_LENGTH = struct.Struct("!i")


def _block(data: object, n: int, last_doc: int, most: float, last: bool) -> bytes:
    facts = pickle.dumps((n, last_doc, most, 0, 0, 0), 2)
    body = pickle.dumps(data, 5)
    length = len(facts) + len(body)
    # W3 tells the last block by its negative length.
    return _LENGTH.pack(-length if last else length) + facts + body


def _smallest(values: Ints) -> array[int]:
    """Unsigned integers in the narrowest type that holds them all."""
    # NumPy and `array` share the type codes of unsigned integers.
    code = np.min_scalar_type(int(values.max())).char
    return array(code, values.astype(code).tobytes())


def _weights(weights: Ints) -> array[Any] | float | None:
    most = float(weights.max())
    if most == float(weights.min()):
        return None if most == 1.0 else most
    # Most weights are small counts; any other does not survive the cast and stays a float.
    whole = weights.astype(np.uint8)
    if np.array_equal(whole, weights):
        return array("B", whole.tobytes())
    return array("f", weights.astype(np.float32).tobytes())
