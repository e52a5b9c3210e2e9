"""Which decisions have a value of which they may have several? The column of places.

`place_column` puts a column of places in place of one of sets of them. What is counted is counted
by set first, and then each set's numbers are added to all its members, so that a facet of places
takes little longer than any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.collation import sort_key
from index.gazetteer import LOCALITIES, find
from index.place_names import SEPARATOR
from index.storage.columns import Keyword


@dataclass(frozen=True)
class SeveralPlaces(Keyword):
    """``ordinals`` int32 (n,) are the sets of the documents, of which there are ``distinct``;
    ``names`` all places that there are, and none. ``sets`` are those that have each of the names,
    in their order: those of a name from one of ``starts`` to before the next."""

    distinct: int
    sets: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    @property
    def size(self) -> int:
        return self.distinct

    def find(self, value: str) -> tuple[int, ...]:
        place = find(value)
        return super().find(place.name if place else value)

    def having(self, chosen: Sequence[int]) -> npt.NDArray[np.intp]:
        some = [self.sets[self.starts[at] : self.starts[at + 1]] for at in chosen]
        return np.unique(np.concatenate(some)) if some else np.empty(0, np.intp)

    def spread(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        sums = np.concatenate([[0], np.cumsum(numbers[self.sets])])
        told: npt.NDArray[np.int64] = sums[self.starts[1:]] - sums[self.starts[:-1]]
        return told


def place_column(sets: Keyword) -> SeveralPlaces:
    """The column of the places in one whose values are sets of them, each as one text."""
    names = ("", *sorted((one.name for one in LOCALITIES), key=sort_key))
    at = {name: number for number, name in enumerate(names)}
    pairs = sorted(
        (at[name], number)
        for number, text in enumerate(sets.names)
        for name in text.split(SEPARATOR)
    )
    places = [place for place, _ in pairs]
    return SeveralPlaces(
        sets.ordinals,
        names,
        distinct=len(sets.names),
        sets=np.array([number for _, number in pairs], np.intp),
        starts=np.searchsorted(places, np.arange(len(names) + 1)),
    )
