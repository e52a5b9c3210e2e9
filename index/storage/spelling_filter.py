"""Which spellings are worth comparing with a word, letter by letter?

Three numbers describe each spelling: which letters it has, which pairs of letters (hashed to 64
bits), and its length. An edit changes few of them, so comparing arrays narrows half a million
spellings to some thousands. Their letters are kept beside, to be compared as arrays too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

LONGEST = 40
"""Letters of the longest spelling that is compared."""
_MOST = np.iinfo(np.uint16).max
_AT_ONCE = 50_000  # spellings
_BITS_AN_EDIT = {
    "letters": 2,
    "pairs": 6,
}  # at most: a letter replaced; a swap, which breaks three pairs
_TYPES = {"letters": np.uint32, "pairs": np.uint64, "lengths": np.uint8, "codes": np.uint16}
LAYOUT = {name: np.dtype(kind).name for name, kind in _TYPES.items()}
"""What `Sieve` expects to find: each array and the type of its values. ``codes`` are the letters of
all spellings one after the other; of the rest each spelling has a row."""

Arrays = dict[str, npt.NDArray[np.unsignedinteger]]


class Sieve:
    """The sieve of one vocabulary, mapped into memory. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._of = {name: np.load(_path(folder, name), mmap_mode="r") for name in _TYPES}
        self._ends = np.cumsum(self._of["lengths"], dtype=np.int64)

    def near(self, word: str, distance: int) -> npt.NDArray[np.intp]:
        """Rows of the spellings within `distance` insertions, deletions, replacements and swaps of
        `word`, and of some false positives."""
        wanted = _measured([word])
        lengths = self._of["lengths"].astype(np.int16)  # unsigned lengths would wrap below zero
        at = np.flatnonzero(np.abs(lengths - len(word)) <= distance)
        for name, bits in _BITS_AN_EDIT.items():
            different = np.bitwise_count(self._of[name][at] ^ wanted[name][0])
            at = at[different <= bits * distance]
        return at

    def codes(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.uint16]:
        """The letters of some spellings as in `letters`, uint16 (k, `LONGEST`)."""
        lengths = self._of["lengths"][rows].astype(np.int64)
        places = np.arange(LONGEST)
        found = np.zeros((len(rows), LONGEST), np.uint16)
        has_letter = places < lengths[:, None]
        found[has_letter] = self._of["codes"][
            ((self._ends[rows] - lengths)[:, None] + places)[has_letter]
        ]
        return found


def write(folder: Path, spellings: Sequence[str], before: Path | None = None) -> None:
    """Writes the sieve of `spellings` into `folder`, after those of the sieve in `before`."""
    parts = [_read(before)] if before else [_measured([])]
    firsts = range(0, len(spellings), _AT_ONCE)
    parts += [_measured(spellings[first : first + _AT_ONCE]) for first in firsts]
    for name in _TYPES:
        np.save(_path(folder, name), np.concatenate([part[name] for part in parts]))


def size(folder: Path) -> int:
    """How many spellings the sieve in `folder` has."""
    return len(np.load(_path(folder, "lengths"), mmap_mode="r"))


def letters(words: Sequence[str]) -> npt.NDArray[np.uint16]:
    """The code points of words of at most `LONGEST` letters, uint16 (k, `LONGEST`), then 0. Those
    that need more bits, of scripts that nobody misspells here, are one and the same."""
    padded = np.array(words, f"U{LONGEST}").view(np.uint32).reshape(len(words), LONGEST)
    return np.minimum(padded, _MOST).astype(np.uint16)


def _measured(words: Sequence[str]) -> Arrays:
    codes = letters(words)
    wide = codes.astype(np.uint32)
    pairs = (wide[:, :-1] * np.uint32(37) + wide[:, 1:]) & np.uint32(63)
    bits = np.where(codes[:, 1:] > 0, np.uint64(1) << pairs.astype(np.uint64), np.uint64(0))
    measures: Arrays = {
        "letters": np.bitwise_or.reduce(_LETTER_BITS[np.minimum(codes, 255)], axis=1),
        "pairs": np.bitwise_or.reduce(bits, axis=1),
        "lengths": (codes > 0).sum(axis=1),
        "codes": codes[codes > 0],
    }
    return {name: measures[name].astype(type_) for name, type_ in _TYPES.items()}


def _letter_bits() -> Iterator[int]:
    alphabet = "abcdefghijklmnopqrstuvwxyzåäö"
    for code in range(256):
        at = alphabet.find(chr(code))
        yield 1 << at if at >= 0 else 0


_LETTER_BITS = np.array(list(_letter_bits()), np.uint32)


def _read(folder: Path) -> Arrays:
    return {name: np.load(_path(folder, name)) for name in _TYPES}


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"
