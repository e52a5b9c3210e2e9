"""What does a document say? Its decision, compressed by itself, so that one is read at a time.

A segment has one file: the decisions one after the other; where each begins, and the last ends; and
how many there are. Whoosh's stored fields do the same more slowly, and through one file position
that threads would have to share.
"""

from __future__ import annotations

import json
import sys
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage

from index.decision import Decision, from_data, to_data

LAYOUT = f"JSON, zlib, ends as int64, {sys.byteorder} first"
_EXTENSION = ".records"
_LEVEL = 3  # of compression: a fifth less time than the usual 6, and 3 % more bytes


class RecordWriter:
    """Writes the file of a segment."""

    def __init__(self, storage: FileStorage, segment: W3Segment) -> None:
        self._file = segment.create_file(storage, _EXTENSION)
        self._sizes: list[int] = []

    def add(self, decision: Decision) -> None:
        """Writes the next document."""
        text = json.dumps(to_data(decision), ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)
        self._file.write(packed)
        self._sizes.append(len(packed))

    def close(self) -> None:
        """Ends the file."""
        starts = [*accumulate(self._sizes, initial=0), len(self._sizes)]
        self._file.write(np.array(starts, np.int64).tobytes())
        self._file.close()


class Records:
    """The records of an index with some segments, mapped. Safe for threads."""

    def __init__(self, folder: Path, segments: Sequence[W3Segment]) -> None:
        self._packed: list[npt.NDArray[np.uint8]] = []
        self._starts: list[npt.NDArray[np.int64]] = []
        for segment in segments:
            path = folder / segment.make_filename(_EXTENSION)
            mapped: npt.NDArray[np.uint8] = np.memmap(path, np.uint8, "r").view(np.ndarray)
            count = int.from_bytes(mapped[-8:].tobytes(), sys.byteorder)
            self._packed.append(mapped)
            # Copied, as what is packed before it may leave it on an odd byte.
            self._starts.append(np.frombuffer(mapped[-8 * (count + 2) : -8].tobytes(), np.int64))
        self._firsts = [*accumulate((len(starts) - 1 for starts in self._starts), initial=0)]

    def read(self, doc: int) -> Decision:
        """The decision of a document."""
        return parsed(self.text(doc))

    def text(self, doc: int) -> bytes:
        """The decision of a document as it is kept, see `parsed`."""
        segment = bisect_right(self._firsts, doc) - 1
        start, end = self._starts[segment][doc - self._firsts[segment] :][:2].tolist()
        return zlib.decompress(self._packed[segment][start:end].tobytes())


def parsed(text: bytes) -> Decision:
    """A decision of what is kept of it."""
    return from_data(json.loads(text.decode("utf-8", "surrogatepass")))
