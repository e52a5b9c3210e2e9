"""Where do words stand together? Phrases, and words that are near each other.

The positions of a term are words of a segment, counted through all of its texts (see
`index.storage.schema`), so both are set operations on ascending integers; the document and the
field are looked up for what is left. Between two fields there is a gap, so nothing reaches across.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from index.storage.schema import EXACT, NEAR, POSITIONS, TEXT_FIELDS
from index.storage.terms import encoded
from search.deadline import NEVER, Deadline
from search.postings import IntArray, Postings

Places = npt.NDArray[np.int64]


class Positions:
    """Where the words of one open index stand. Safe for threads."""

    def __init__(self, postings: Postings, starts: npt.NDArray[np.uint32]) -> None:
        """`starts` as in `Columns`."""
        self._postings = postings
        self._starts = starts

    def phrase(self, words: Sequence[str], deadline: Deadline = NEVER) -> Iterator[IntArray]:
        """For each of `TEXT_FIELDS` the documents that have `words` as written side by side in it,
        deleted ones included; int32, ascending, one a time that they do."""
        docs, fields = self._occurrences(
            _side_by_side(
                [self._read(segment, POSITIONS + EXACT, [word], deadline) for word in words]
            )
            for segment in range(len(self._postings.segments))
        )
        return (docs[fields == number] for number in range(len(TEXT_FIELDS)))

    def near(
        self,
        groups: Sequence[Iterable[str]],
        fields: Iterable[str],
        deadline: Deadline = NEVER,
    ) -> IntArray:
        """The documents with a stem of each of the groups, as a word or a part of one, in a stretch
        of `NEAR` words of one of `fields`, deleted ones included; int32, ascending."""
        docs, found_in = self._occurrences(
            _together([self._read(segment, POSITIONS, stems, deadline) for stems in groups])
            for segment in range(len(self._postings.segments))
        )
        return np.unique(docs[np.isin(found_in, [TEXT_FIELDS.index(name) for name in fields])])

    def _read(self, segment: int, field: str, terms: Iterable[str], deadline: Deadline) -> Places:
        """Where any of the terms stand in a segment, ascending."""
        reader, _ = self._postings.segments[segment]
        blocks = []
        for term in terms:
            for block in reader.read(field, encoded(term)):
                deadline.check()
                blocks.append(block.docs)
        return np.sort(np.concatenate(blocks), kind="stable") if blocks else np.empty(0, np.int64)

    def _occurrences(self, places: Iterable[Places]) -> tuple[IntArray, IntArray]:
        """The document of each place and the number of its field; `places` by segment."""
        docs, fields = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        for segment, some in enumerate(places):
            if len(some):
                _, first = self._postings.segments[segment]
                following = self._postings.segments[segment + 1 : segment + 2]
                starts = self._starts[:, first : following[0][1] if following else None]
                found = np.searchsorted(starts[0], some, "right") - 1
                docs.append((found + first).astype(np.int32))
                fields.append((starts[:, found] <= some).sum(axis=0, dtype=np.int32) - 1)
        return np.concatenate(docs), np.concatenate(fields)


def _side_by_side(words: Sequence[Places]) -> Places:
    """Where the first of the words begins a run of all of them."""
    starts = sorted((places - at for at, places in enumerate(words)), key=len)
    found = starts[0]
    for other in starts[1:]:
        found = found[_any_within(other, found, 0)]
    return found


def _together(groups: Sequence[Places]) -> Places:
    """A place in each stretch of `NEAR` words that has a word of each group."""
    first, *others = sorted(groups, key=len)
    for other in others:
        first = first[_any_within(other, first, NEAR - 1)]
    if len(groups) < 3 or not len(first):
        return first
    # Each of the others is near the first, but the stretch must hold them all.
    close = [first, *(other[_any_within(first, other, NEAR - 1)] for other in others)]
    places = np.concatenate(close)
    order = np.argsort(places, kind="stable")
    places = places[order]
    bits = np.repeat(1 << np.arange(len(close)), [len(some) for some in close])[order]
    seen = bits.copy()  # by the stretch that begins at each place
    for distance in range(1, len(places)):
        within = places[distance:] - places[:-distance] < NEAR
        if not within.any():
            break
        seen[:-distance] |= np.where(within, bits[distance:], 0)
    whole: Places = places[seen == (1 << len(close)) - 1]
    return whole


def _any_within(others: Places, places: Places, reach: int) -> npt.NDArray[np.bool_]:
    """Whether any of `others` is at most `reach` words from each of `places`; bool (k,)."""
    first = np.searchsorted(others, places - reach)
    near: npt.NDArray[np.bool_] = np.searchsorted(others, places + reach, "right") > first
    return near
