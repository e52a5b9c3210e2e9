"""Where in the texts of a decision does what the query matches stand?

Nothing is analysed again: the positions of a stem or word are in the index, and so is where in its
text each begins. Of a posting list only the blocks that reach into the decisions asked for are
read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from index.storage.schema import EXACT, NEAR, POSITIONS, TEXT_FIELDS
from index.storage.terms import Terms, encoded
from index.storage.word_starts import WordStarts
from search.deadline import Deadline
from search.marks import Groups, Marks, Place

Found = list[tuple[int, str]]
"""Positions, ascending, and the stem or word that stands there."""


class Places:
    """The places in the texts of one open index. Safe for threads."""

    def __init__(
        self,
        segments: Sequence[tuple[Terms, int]],
        word_starts: Sequence[WordStarts],
        starts: npt.NDArray[np.uint32],
    ) -> None:
        """`segments` as in `Postings`, with the `word_starts` of each; `starts` as in `Columns`."""
        self._segments = [
            (terms, first, words)
            for (terms, first), words in zip(segments, word_starts, strict=True)
        ]
        self._starts = starts
        self._ends = [*[first for _, first, _ in self._segments[1:]], starts.shape[1]]

    def of(
        self, docs: Sequence[int], marks: Mapping[str, Marks], deadline: Deadline
    ) -> list[dict[str, list[Place]]]:
        """For each document the places of what is to be marked in its fields, in order."""
        found: dict[int, dict[str, list[Place]]] = {}
        firsts = [first for _, first, _ in self._segments]
        by_segment: defaultdict[int, list[int]] = defaultdict(list)
        for doc in sorted({*docs}):
            by_segment[bisect_right(firsts, doc) - 1].append(doc)
        for number, some in by_segment.items():
            found |= self._in_segment(number, some, marks, deadline)
        return [found[doc] for doc in docs]

    def _in_segment(
        self, number: int, docs: Sequence[int], marks: Mapping[str, Marks], deadline: Deadline
    ) -> dict[int, dict[str, list[Place]]]:
        """The same for ascending documents of one segment, by document."""
        terms, _, word_starts = self._segments[number]
        bounds = self._bounds(number, docs)
        whole = [(bound[0], bound[-1]) for bound in bounds]
        stems = {stem for one in marks.values() for stem in stems_of(one)}
        words = {word for one in marks.values() for word in words_of(one)}
        stems_found = _Occurrences(terms, POSITIONS, stems, whole, deadline)
        words_found = _Occurrences(terms, POSITIONS + EXACT, words, whole, deadline)
        result: dict[int, dict[str, list[Place]]] = {doc: {} for doc in docs}
        for doc, bound in zip(docs, bounds, strict=True):
            deadline.check()
            for name, one in marks.items():
                at = TEXT_FIELDS.index(name)
                begin, end = bound[at : at + 2]
                stems_here, words_here = (
                    found.between(begin, end) for found in (stems_found, words_found)
                )
                if (stems_here or words_here) and (runs := runs_of(stems_here, words_here, one)):
                    starts = word_starts.between(begin, end).tolist()
                    result[doc][name] = [
                        Place(starts[first - begin], starts[last - begin], key)
                        for first, last, key in runs
                    ]
        return result

    def _bounds(self, number: int, docs: Sequence[int]) -> list[list[int]]:
        """Where each of the fields of each document begins among the positions of the segment, and
        where the last ends."""
        word_starts = self._segments[number][2]
        found: list[list[int]] = self._starts[:, docs].T.tolist()
        following = np.minimum(np.array(docs) + 1, self._starts.shape[1] - 1)
        for doc, bound, end in zip(docs, found, self._starts[0, following].tolist(), strict=True):
            bound.append(end if doc + 1 < self._ends[number] else len(word_starts))
        return found


class _Occurrences:
    """Where terms of a stream stand within some spans of a segment's positions."""

    def __init__(
        self,
        terms: Terms,
        stream: str,
        wanted: Iterable[str],
        spans: Sequence[tuple[int, int]],
        deadline: Deadline,
    ) -> None:
        """`spans`, ascending, are from the first position to before the last."""
        begins, ends = [begin for begin, _ in spans], [end for _, end in spans]

        def reaches(before: int, last: int) -> bool:
            deadline.check()
            at = bisect_right(ends, before + 1)
            return at < len(begins) and begins[at] <= last

        keys = sorted(wanted)
        self._places: list[int] = []
        self._keys: list[str] = []
        if not keys:
            return
        blocks = [
            (number, block.docs)
            for number, key in enumerate(keys)
            for block in terms.read(stream, encoded(key), reaches)
        ]
        places = np.concatenate([np.empty(0, np.int64), *(docs for _, docs in blocks)])
        numbers = np.repeat([number for number, _ in blocks], [len(docs) for _, docs in blocks])
        at = np.searchsorted(begins, places, "right") - 1
        inside = np.flatnonzero((at >= 0) & (places < np.take(ends, at)))
        order = inside[np.argsort(places[inside], kind="stable")]
        self._places = places[order].tolist()
        self._keys = [keys[number] for number in numbers[order].tolist()]

    def between(self, begin: int, end: int) -> Found:
        """Those from `begin` to before `end`."""
        first, last = bisect_left(self._places, begin), bisect_left(self._places, end)
        return [*zip(self._places[first:last], self._keys[first:last], strict=True)]


def stems_of(marks: Marks) -> Iterator[str]:
    yield from marks.stems
    yield from (stem for groups in marks.together for group in groups for stem in group)


def words_of(marks: Marks) -> Iterator[str]:
    yield from marks.surfaces
    yield from (word for words in marks.phrases for word in words)


def runs_of(stems: Found, words: Found, marks: Marks) -> list[tuple[int, int, str]]:
    """The first and last position of each thing to mark in a text, in order, and what it is there
    for."""
    singly = [one for one in stems if one[1] in marks.stems]
    singly += [one for one in words if one[1] in marks.surfaces]
    for groups in marks.together if stems else ():
        singly += _near_each_other(stems, groups)
    runs = [(at, at, key) for at, key in singly]
    for phrase in marks.phrases if words else ():
        places = [{at for at, word in words if word == one} for one in phrase]
        for at in places[0]:
            if all(at + distance in some for distance, some in enumerate(places)):
                runs.append((at, at + len(phrase) - 1, " ".join(phrase)))
    return sorted({*runs})  # a word may be there both as written and as its stem


def _near_each_other(found: Found, groups: Groups) -> set[tuple[int, str]]:
    """Those in a stretch of `NEAR` words that has one of each group."""
    some = [(at, stem) for at, stem in found if any(stem in group for group in groups)]
    near: set[tuple[int, str]] = set()
    for first, (begin, _) in enumerate(some):
        stretch = some[first : bisect_left(some, (begin + NEAR, ""))]
        if all(any(stem in group for _, stem in stretch) for group in groups):
            near.update(stretch)
    return near
