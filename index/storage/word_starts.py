"""Where in its text does a word begin? One byte a word: how far from where the one before began.

Words are counted through all texts of a segment (see `index.storage.schema`); the first of a text
is counted from its beginning. What is farther than a byte can tell stands whole in a list beside.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage

LAYOUT = f"count and pairs as int64, uint8, {sys.byteorder} first"
_EXTENSION = ".starts"
_MOST = np.iinfo(np.uint8).max


def write(storage: FileStorage, segment: W3Segment, starts: npt.NDArray[np.uint32]) -> None:
    """Writes the file of a segment. `starts` (positions,) ascend within a text and are 0 in the gap
    between two."""
    # In the gap they fall back to 0, which is no distance.
    distances = np.maximum(np.diff(starts.astype(np.int64), prepend=0), 0)
    far = np.flatnonzero(distances > _MOST)
    pairs = np.stack([far, distances[far] - _MOST], axis=1)
    with segment.create_file(storage, _EXTENSION) as file:
        file.write(np.array([len(far)], np.int64).tobytes() + pairs.tobytes())
        file.write(np.minimum(distances, _MOST).astype(np.uint8).tobytes())


class WordStarts:
    """The words of one segment, mapped. Safe for threads."""

    def __init__(self, folder: Path, segment: W3Segment) -> None:
        mapped: npt.NDArray[np.uint8] = np.memmap(
            folder / segment.make_filename(_EXTENSION), np.uint8, "r"
        ).view(np.ndarray)
        (count,) = mapped[:8].view(np.int64).tolist()
        self._far = mapped[8 : 8 + 16 * count].view(np.int64).reshape(count, 2)
        self._distances = mapped[8 + 16 * count :]

    def between(self, first: int, end: int) -> npt.NDArray[np.int64]:
        """For the positions from `first`, where a text begins, to `end`: the character of that text
        at which each begins; int64 (end - first,)."""
        starts = np.cumsum(self._distances[first:end], dtype=np.int64)
        for at in range(*np.searchsorted(self._far[:, 0], (first, end)).tolist()):
            position, more = self._far[at].tolist()
            starts[position - first :] += more
        return starts

    def __len__(self) -> int:
        """How many positions there are."""
        return len(self._distances)
