"""Where is the posting list of a term? One segment's term table, read in mapped memory.

Whoosh's own lookup seeks and reads a few bytes at a time, which takes 30 microseconds, and each
word of a query is looked up in fifteen streams of every segment. The layout is that of
`whoosh.filedb.filetables.OrderedHashReader`; a test checks that the two agree.
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

from index.storage.blocks import PostingBlock, Wanted, decode

_FIELD = struct.Struct("!H")
_POINTER = struct.Struct("!Iq")  # hash value, place of the key
_LENGTHS = struct.Struct("!ii")  # of the key, of the value
_INFO: struct.Struct = W3TermInfo._struct
_PLACE = struct.Struct("!q")  # in the postings file


def encoded(term: str) -> bytes:
    """A term as the table has it."""
    return term.encode("utf-8", "replace")


class Terms:
    """The terms of one segment. Safe for threads."""

    def __init__(self, folder: Path, leaf: Any) -> None:
        """`leaf` is Whoosh's reader of a segment with files in `folder`."""
        segment = leaf.segment()
        self._terms = _mapped(folder / segment.make_filename(W3Codec.TERMS_EXT))
        self._postings = _mapped(folder / segment.make_filename(W3Codec.POSTS_EXT))
        table = leaf._terms._tindex
        self._tables: list[tuple[int, int]] = table.tables
        self._ordered: tuple[int, int] = table.indexbase, table.indexlen
        self._place = struct.Struct("!" + table.extras["indextype"])
        self._fields: dict[str, int] = leaf._terms._fieldmap

    def read(self, field: str, term: bytes, wanted: Wanted | None = None) -> Iterator[PostingBlock]:
        """The blocks of a term's posting list, those that are `wanted`; none if the segment lacks
        the term."""
        at = self._find(field, term)
        if at is None:
            return
        _, weight, n, _, _, _, first, _ = _INFO.unpack_from(self._terms, at)
        if n == 1:  # true of most terms, whose statistics are the whole posting
            yield PostingBlock(np.array([first], np.int64), np.array([weight], np.float32))
        else:
            (start,) = _PLACE.unpack_from(self._terms, at + _INFO.size)
            yield from decode(self._postings, start, wanted)

    def frequency(self, field: str, term: bytes) -> int:
        """Document frequency of a term, deleted documents included."""
        at = self._find(field, term)
        return 0 if at is None else int(_INFO.unpack_from(self._terms, at)[2])

    def beginning_with(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, int | None]]:
        """The terms that begin with `prefix`, in byte order, each with its document if only one."""
        number = self._fields.get(field)
        if number is None:
            return
        wanted = _FIELD.pack(number) + prefix
        at = self._first_from(wanted)
        while at < self._tables[0][0]:  # the hash tables follow the terms
            key, info, value_length = self._entry(at)
            if not key.startswith(wanted):
                return
            _, _, n, _, _, _, first, _ = _INFO.unpack_from(self._terms, info)
            yield key[_FIELD.size :], first if n == 1 else None
            at = info + value_length

    def close(self) -> None:
        """Unmaps the files."""
        for mapping in (self._terms, self._postings):
            if isinstance(mapping, mmap.mmap):
                mapping.close()

    def _entry(self, at: int) -> tuple[bytes, int, int]:
        """The key of an entry, and the start and length of its statistics."""
        key_length, length = _LENGTHS.unpack_from(self._terms, at)
        info = at + _LENGTHS.size + key_length
        return self._terms[at + _LENGTHS.size : info], info, length

    def _first_from(self, wanted: bytes) -> int:
        """Start of the first entry whose key is not before `wanted`."""
        base, length = self._ordered
        low, high = 0, length
        while low < high:
            middle = (low + high) // 2
            (at,) = self._place.unpack_from(self._terms, base + middle * self._place.size)
            if self._entry(at)[0] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == length:
            return self._tables[0][0]
        return int(self._place.unpack_from(self._terms, base + low * self._place.size)[0])

    def _find(self, field: str, term: bytes) -> int | None:
        """Start of a term's statistics, None if the segment lacks the term."""
        number = self._fields.get(field)
        if number is None:
            return None
        key = _FIELD.pack(number) + term
        # Whoosh's hash: the last 32 bits of MD5, whose low 8 bits pick the table.
        value = int.from_bytes(md5(key, usedforsecurity=False).digest()[-4:], "big")
        table, slots = self._tables[value & 255]
        if not slots:
            return None
        slot = (value >> 8) % slots
        while True:
            stored, at = _POINTER.unpack_from(self._terms, table + slot * _POINTER.size)
            if not at:  # an empty slot ends the probing
                return None
            if stored == value:
                known, info, _ = self._entry(at)
                if known == key:
                    return info
            slot = (slot + 1) % slots


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if not path.stat().st_size:  # which cannot be mapped
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
