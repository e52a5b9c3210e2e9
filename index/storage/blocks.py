"""A posting list on disk, in blocks that are read as whole arrays.

The layout is that of Whoosh's W3 codec, and Whoosh's own reader reads it: a header, then blocks,
each a pickled tuple of statistics and a pickled tuple ``(document deltas, weights, values)``, of
which the last is always None here. A long block holds `array`s, which pickle as plain bytes: a
block of 4,096 postings is read in microseconds.
"""

from __future__ import annotations

import io
import pickle
import struct
from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from mmap import mmap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC

BLOCK = 4096
"""Postings in one block."""
LONG = 16
"""Postings from which a block holds arrays; Python is faster with shorter ones as plain tuples."""
_MAGIC: bytes = WHOOSH3_HEADER_MAGIC

Ints = npt.NDArray[Any]


class PostingBlock(NamedTuple):
    """A block as read: ``docs`` int64 (k,) ascending, ``weights`` float32 (k,)."""

    docs: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


def encode_short(docs: list[int], weights: list[float]) -> bytes:
    """A list of fewer than `LONG` postings."""
    same = weights[0] if min(weights) == max(weights) else None
    ids = (docs[0], *(after - before for before, after in pairwise(docs)))
    # W3 writes weights that are all 1 as None, and any other single weight once.
    kept = (None if same == 1.0 else same) if same is not None else tuple(weights)
    data = (ids, kept, None)
    return _MAGIC + _block(data, len(docs), docs[-1], max(weights), last=True)


def encode_long(docs: Ints, weights: Ints) -> bytes:
    """A list of any length: ``docs`` and ``weights`` (k,)."""
    pieces = [_MAGIC]
    for start in range(0, len(docs), BLOCK):
        some = slice(start, min(start + BLOCK, len(docs)))
        # A plain 0 would widen the deltas to int64.
        deltas = np.diff(docs[some], prepend=docs.dtype.type(0))
        data = (_smallest(deltas), _weights(weights[some]), None)
        facts = (some.stop - start, int(docs[some.stop - 1]), float(weights[some].max()))
        pieces.append(_block(data, *facts, last=some.stop == len(docs)))
    return b"".join(pieces)


Wanted = Callable[[int, int], bool]
"""Whether a block is wanted, by the document before its first, and its last."""


def decode(data: bytes | mmap, at: int, wanted: Wanted | None = None) -> Iterator[PostingBlock]:
    """The blocks of the posting list that begins at `at`."""
    at += len(_MAGIC)
    length, before = 1, -1
    while length > 0:
        (length,) = _LENGTH.unpack_from(data, at)
        file = io.BytesIO(data[at + _LENGTH.size : at + _LENGTH.size + abs(length)])
        at += _LENGTH.size + abs(length)
        _, last, *_ = pickle.load(file)
        passed, before = before, last
        if wanted and not wanted(passed, last):
            continue
        deltas, weights, _ = pickle.load(file)
        ids = np.frombuffer(deltas, deltas.typecode) if isinstance(deltas, array) else deltas
        docs = np.cumsum(np.asarray(ids), dtype=np.int64)
        if weights is None or isinstance(weights, float):
            yield PostingBlock(docs, np.full(len(docs), weights or 1.0, np.float32))
        else:
            yield PostingBlock(docs, np.array(weights, np.float32))


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
