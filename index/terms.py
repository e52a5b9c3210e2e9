"""Where is the posting list of a term? One segment's table of terms, looked up in mapped memory.

Whoosh's own look-up reads the table through a file position, a few bytes at a time, which takes
30 microseconds; a word of a query is looked up in fifteen streams of every segment. The layout is
that of `whoosh.filedb.filetables.OrderedHashReader`; a test holds the two together.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo

from index.blocks import Block, decode

_FIELD = struct.Struct("!H")
_POINTER = struct.Struct("!Iq")  # hash value, place of the key
_LENGTHS = struct.Struct("!ii")  # of the key, of the value
_INFO: struct.Struct = W3TermInfo._struct
_EXTENT = struct.Struct("!qi")  # place and length in the postings file


class Terms:
    """The terms of one segment. Safe for threads."""

    def __init__(self, folder: Path, leaf: Any) -> None:
        """`leaf` is Whoosh's reader of the segment, whose files are in `folder`."""
        segment = leaf.segment()
        self._terms = _mapped(folder / segment.make_filename(W3Codec.TERMS_EXT))
        self._postings = _mapped(folder / segment.make_filename(W3Codec.POSTS_EXT))
        self._tables: list[tuple[int, int]] = leaf._terms._tindex.tables
        self._fields: dict[str, int] = leaf._terms._fieldmap

    def read(self, field: str, term: bytes) -> Iterator[Block]:
        """The blocks of a term's posting list; none where the segment does not have the term."""
        at = self._find(field, term)
        if at is None:
            return
        _, weight, n, _, _, _, first, _ = _INFO.unpack_from(self._terms, at)
        start, length = _EXTENT.unpack_from(self._terms, at + _INFO.size)
        if n == 1:  # as most are: what is to be read stands here
            yield Block(np.array([first], np.int64), np.array([weight], np.float32), None)
        else:
            yield from decode(self._postings[start : start + length])

    def read_positions(self, field: str, term: bytes) -> Iterator[Block]:
        """The same, with the values."""
        at = self._find(field, term)
        if at is not None:
            start, length = _EXTENT.unpack_from(self._terms, at + _INFO.size)
            yield from decode(self._postings[start : start + length])

    def close(self) -> None:
        """Gives the mapped memory back."""
        for one in (self._terms, self._postings):
            if isinstance(one, mmap.mmap):
                one.close()

    def _find(self, field: str, term: bytes) -> int | None:
        """Where the facts of a term begin."""
        number = self._fields.get(field)
        if number is None:
            return None
        key = _FIELD.pack(number) + term
        value = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")
        table, slots = self._tables[value & 255]
        if not slots:
            return None
        slot = (value >> 8) % slots
        while True:
            found, at = _POINTER.unpack_from(self._terms, table + slot * _POINTER.size)
            if not at:
                return None
            if found == value:
                begin = at + _LENGTHS.size
                length, _ = _LENGTHS.unpack_from(self._terms, at)
                if self._terms[begin : begin + length] == key:
                    return int(begin + length)
            slot = (slot + 1) % slots


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
