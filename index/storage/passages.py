"""Which runs of words does a text share with others? Fingerprints of some runs of eight words.

Those chosen by winnowing (Schleimer, Wilkerson and Aiken, *Winnowing: Local Algorithms for Document
Fingerprinting*, SIGMOD 2003): of every `WINDOW` consecutive runs of `GRAM` words the one with the
least hash. Two texts that have `PASSAGE` words in common have a whole window in common, and so a
fingerprint, and only every third run or so is kept.

The words are those of description and motivation, as written but in lower case, counted through all
documents of a segment without the gaps of `index.storage.schema`: what is a paragraph in one text
may be two in another. No run reaches from one text into the next. Beside the fingerprints stand 16
bits of each word, by which what is only begun by a fingerprint can be followed to its ends without
any decision being read.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage

FIELDS: tuple[Literal["description"], Literal["motivation"]] = ("description", "motivation")
"""The texts whose wording is looked at, neighbours among `schema.TEXT_FIELDS`."""
GRAM, WINDOW = 8, 5
PASSAGE = GRAM + WINDOW - 1
"""Words in the shortest run that is sure to be found."""
LAYOUT = (
    f"counts as int64, fingerprints as uint64, bounds as uint32, words as uint16, {sys.byteorder} "
    f"first; {GRAM} words, {WINDOW} in a window"
)
_EXTENSION = ".passages"
_LOW = 32  # bits of a kept fingerprint that are its place
_AT_ONCE = 500_000  # runs that are hashed at once: about 25 MB
# The 64-bit golden ratio, and a multiplier of MurmurHash3's finalizer.
_BASE, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)

Words = npt.NDArray[np.uint32]
"""A number for each of some words, see `numbers`."""


def numbers(terms: Sequence[bytes]) -> Words:
    """The number of each of some words, which are terms of `schema`: 32 bits, its CRC."""
    known = {term: zlib.crc32(term) for term in {*terms}}
    return np.array([known[term] for term in terms], np.uint32)


def short(words: Words) -> npt.NDArray[np.uint16]:
    """16 bits of each of some words."""
    return (words >> np.uint32(16)).astype(np.uint16)


def fingerprints(
    words: Words, ends: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Of texts in a row, which end before the words at `ends`: where the runs begin that are kept,
    ascending, and the fingerprint of each."""
    places: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    kept: list[npt.NDArray[np.uint32]] = [np.empty(0, np.uint32)]
    for first in range(0, len(words), _AT_ONCE):
        # A run is in as many windows before it as there are runs in one.
        begin = max(first - WINDOW + 1, 0)
        some = words[begin : first + _AT_ONCE + PASSAGE - 1].astype(np.uint64)
        if len(some) < PASSAGE:
            continue
        hashes = _hashes(some)
        windows = len(hashes) - WINDOW + 1
        least = hashes[:windows].copy()
        for offset in range(1, WINDOW):
            np.minimum(least, hashes[offset:][:windows], out=least)
        at = np.arange(begin, begin + windows)
        within = at + PASSAGE <= ends[np.searchsorted(ends, at, "right")]
        chosen = np.zeros(len(hashes), np.bool_)
        for offset in range(WINDOW):
            chosen[offset:][:windows] |= within & (hashes[offset:][:windows] == least)
        chosen[: first - begin] = chosen[first - begin + _AT_ONCE :] = False
        places.append(np.flatnonzero(chosen) + begin)
        # The least of the high bits was chosen, so the low ones are as good as random.
        kept.append(hashes[chosen].astype(np.uint32))
    return np.concatenate(places), np.concatenate(kept)


def _hashes(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """64 bits of each run of `GRAM` words."""
    count = len(words) - GRAM + 1
    hashes = np.zeros(count, np.uint64)
    for offset in range(GRAM):
        hashes *= _BASE
        hashes += words[offset:][:count]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(32)
    return hashes


def packed(places: npt.NDArray[np.int64], kept: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Fingerprints, each with its place, in order: a number for each, which sorts as they do."""
    both: npt.NDArray[np.uint64] = np.sort(
        kept.astype(np.uint64) << np.uint64(_LOW) | places.astype(np.uint64)
    )
    return both


def write(
    storage: FileStorage, segment: W3Segment, words: Words, ends: npt.NDArray[np.int64]
) -> None:
    """Writes the file of a segment: the words of `FIELDS` of all its documents in a row, and where
    each text ends."""
    kept = packed(*fingerprints(words, ends))
    bounds = np.concatenate(([0], ends)).astype(np.uint32)
    with segment.create_file(storage, _EXTENSION) as file:
        file.write(np.array([len(kept), len(bounds)], np.int64).tobytes())
        file.write(kept.tobytes())
        file.write(bounds.tobytes())
        file.write(short(words).tobytes())


class Passages:
    """The fingerprints of one segment, mapped. Safe for threads.

    ``words`` uint16 (n,) are `short`; ``bounds`` uint32 (texts + 1,) say where among them each text
    begins, `FIELDS` of each document in a row, and where the last ends.
    """

    def __init__(
        self,
        packed: npt.NDArray[np.uint64],
        bounds: npt.NDArray[np.uint32],
        words: npt.NDArray[np.uint16],
    ) -> None:
        """`packed` (k,), see `packed`, are the fingerprints in order."""
        self._packed = packed
        self.bounds = bounds
        self.words = words

    @classmethod
    def open(cls, folder: Path, segment: W3Segment) -> Passages:
        """Maps what `write` wrote."""
        mapped: npt.NDArray[np.uint8] = np.memmap(
            folder / segment.make_filename(_EXTENSION), np.uint8, "r"
        ).view(np.ndarray)
        kept, bounds = mapped[:16].view(np.int64).tolist()
        first, second = 16 + 8 * kept, 16 + 8 * kept + 4 * bounds
        return cls(
            mapped[16:first].view(np.uint64),
            mapped[first:second].view(np.uint32),
            mapped[second:].view(np.uint16),
        )

    def spans(
        self, wanted: npt.NDArray[np.uint32]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """From which to before which of the `places` stand those of each of some fingerprints.
        Faster for ascending ones."""
        low = wanted.astype(np.uint64) << np.uint64(_LOW)
        high = low | np.uint64(2**_LOW - 1)
        return np.searchsorted(self._packed, low), np.searchsorted(self._packed, high, "right")

    def places(self, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """At which words the runs begin that some of the fingerprints are of."""
        return (self._packed[at] & np.uint64(2**_LOW - 1)).astype(np.int64)
