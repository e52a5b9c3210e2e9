"""Which spellings are worth comparing with a word, letter by letter?

Three numbers describe each spelling: which letters it has, which pairs of letters (hashed to 64
bits), and its length. An edit changes few of them, so comparing arrays narrows half a million
spellings to a few hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

LONGEST = 40
"""Letters of the longest spelling that is compared."""
_AT_ONCE = 50_000  # spellings
_BITS_AN_EDIT = {
    "letters": 2,
    "pairs": 6,
}  # at most: a letter replaced; a swap, which breaks three pairs
_TYPES = {"letters": np.uint32, "pairs": np.uint64, "lengths": np.uint8}
LAYOUT = {name: np.dtype(kind).name for name, kind in _TYPES.items()}
"""What `Sieve` expects to find: each array and the type of its values."""

Arrays = dict[str, npt.NDArray[np.unsignedinteger]]


class Sieve:
    """The sieve of one vocabulary, mapped into memory. Safe for threads."""

    def __init__(self, folder: Path) -> None:
        self._of = {name: np.load(_path(folder, name), mmap_mode="r") for name in _TYPES}

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


def letters(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The code points of words of at most `LONGEST` letters, uint32 (k, `LONGEST`), then 0."""
    padded = np.array(words, f"U{LONGEST}")
    return padded.view(np.uint32).reshape(len(words), LONGEST)


def _measured(words: Sequence[str]) -> Arrays:
    codes = letters(words)
    pairs = (codes[:, :-1] * np.uint32(37) + codes[:, 1:]) & np.uint32(63)
    bits = np.where(codes[:, 1:] > 0, np.uint64(1) << pairs.astype(np.uint64), np.uint64(0))
    measures: Arrays = {
        "letters": np.bitwise_or.reduce(_LETTER_BITS[np.minimum(codes, 255)], axis=1),
        "pairs": np.bitwise_or.reduce(bits, axis=1),
        "lengths": (codes > 0).sum(axis=1),
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
