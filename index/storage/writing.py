"""Decisions -> the segments of an index, several at a time.

Decisions are divided into stretches of a fixed size, each of which becomes a segment. Separate
processes analyse and write them, each reading its stretch from the lines of the sources, so that
neither the texts nor the postings of a whole index are ever in memory at once.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage

from index.decision import Decision, from_data
from index.storage.columns import Columns
from index.storage.keywords import keyword_values
from index.storage.schema import analysed_fields, make_schema
from index.storage.segment import SegmentWriter
from index.storage.vocabulary import WordCount

Progress = Callable[[int, int], None]
"""Called with the number of decisions done and the total."""

SEGMENT = 25_000
"""Decisions in one segment: its postings are about 250 MB while they are gathered."""
_ALONE = 1_000  # decisions; fewer are not worth another process
_TELL = 100  # decisions between two counts of progress


@dataclass(frozen=True, slots=True)
class Item:
    """One decision to write: where its line begins, and its identifier."""

    lines: Path
    offset: int
    source: int
    identifier: str
    digest: int


@dataclass(frozen=True, slots=True)
class Written:
    """One segment and what was learnt while it was written."""

    segment: W3Segment
    columns: Columns
    words: WordCount


def write_segments(
    folder: Path, items: Sequence[Item], workers: int, progress: Progress
) -> list[Written]:
    """Writes `items` in order into the Whoosh folder `folder`, in stretches of `SEGMENT`."""
    size = max(1, min(SEGMENT, -(-len(items) // max(1, workers))))
    if len(items) < _ALONE or workers < 2:
        size = SEGMENT
    stretches = [items[first : first + size] for first in range(0, len(items), size)]
    if len(stretches) < 2:
        return [
            _write(folder, stretch, lambda done: progress(done, len(items)))
            for stretch in stretches
        ]
    return _write_apart(folder, stretches, workers, progress)


def read_items(items: Sequence[Item]) -> Iterator[Decision]:
    """The decisions of `items`, under their identifiers."""
    at: Path | None = None
    file = None
    try:
        for item in items:
            if item.lines != at:
                if file is not None:
                    file.close()
                at, file = item.lines, item.lines.open("rb")
            assert file is not None
            file.seek(item.offset)
            yield replace(from_data(json.loads(file.readline())), id=item.identifier)
    finally:
        if file is not None:
            file.close()


def _write_apart(
    folder: Path, stretches: Sequence[Sequence[Item]], workers: int, progress: Progress
) -> list[Written]:
    """Each stretch as a task of a pool of `workers` processes."""
    context = multiprocessing.get_context("fork")
    done = context.Value("q", 0)
    total = sum(map(len, stretches))
    pool = ProcessPoolExecutor(workers, context, initializer=_share, initargs=(done,))
    with pool:
        try:
            waiting = [pool.submit(_write_counted, folder, stretch) for stretch in stretches]
            for future in waiting:
                while True:
                    try:
                        future.result(timeout=0.2)  # wakes up to report progress
                        break
                    except TimeoutError:
                        progress(done.value, total)
        except BaseException:
            for process in multiprocessing.active_children():  # else the pool waits for them
                process.kill()
            raise
        progress(total, total)
        return [future.result() for future in waiting]


_done: Synchronized[int] | None = None
"""In a writing process: the count that all of them share."""


def _share(done: Synchronized[int]) -> None:
    global _done
    _done = done


def _write_counted(folder: Path, stretch: Sequence[Item]) -> Written:
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        assert _done is not None
        with _done.get_lock():
            _done.value += done - told
        told = done

    return _write(folder, stretch, tell)


def _write(folder: Path, stretch: Sequence[Item], tell: Callable[[int], None]) -> Written:
    writer = SegmentWriter(FileStorage(str(folder)), make_schema())
    words = WordCount()
    decisions, values, lengths, extents = [], [], [], []
    for number, decision in enumerate(read_items(stretch)):
        if number % _TELL == 0:
            tell(number)
        analysed = analysed_fields(decision)
        writer.add(decision, analysed.fields, analysed.starts, analysed.extents)
        words.add(analysed.words, analysed.variants)
        lengths.append(analysed.lengths)
        extents.append(analysed.extents)
        values.append(keyword_values(decision))
        # The other columns need no texts, which would fill the memory for a whole stretch.
        decisions.append(replace(decision, description=(), motivation=()))
    sources, digests = [item.source for item in stretch], [item.digest for item in stretch]
    columns = Columns.of(decisions, values, lengths, extents, sources, digests)
    words.finish()
    segment = writer.finish()
    tell(len(stretch))
    return Written(segment, columns, words)
