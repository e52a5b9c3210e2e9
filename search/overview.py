"""Who got how much, of which round, in amounts of which size: sums over a set, on arrays.

Unlike a facet's counts, which ignore the facet's own selection, every row here is a part of the set
itself: rows add up to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from index.storage.columns import NO_AMOUNT, Columns, kronor
from search.postings import IntArray
from search.result import FacetValue

OreArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OverviewGroup:
    """Some of the set's decisions: how many, and their sum in SEK.

    ``value`` is what a filter on the group is called; None where there is no such filter.
    """

    label: str
    count: int
    sum: Decimal
    value: str | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """A set taken apart in three ways; the groups of each add up to ``count`` and ``sum``.

    Owners and rounds come by falling sum, those beyond the limit as one group without a value
    (``rest_owners``, ``rest_rounds`` say how many these are); amounts from low to high.
    """

    count: int
    sum: Decimal
    owners: tuple[OverviewGroup, ...]
    rounds: tuple[OverviewGroup, ...]
    amounts: tuple[OverviewGroup, ...]
    rest_owners: int
    rest_rounds: int


def overview(columns: Columns, docs: IntArray, bands: Sequence[FacetValue], limit: int) -> Overview:
    """Takes the decisions `docs` apart; `bands` are the amount bands to use."""
    amounts = np.asarray(columns.amounts[docs])
    ore = np.where(amounts == NO_AMOUNT, 0, amounts)
    owners, rest_owners = _groups(columns.owner_names, columns.owners[docs], ore, limit)
    rounds, rest_rounds = _groups(columns.round_names, columns.rounds[docs], ore, limit)
    return Overview(
        count=len(docs),
        sum=kronor(int(ore.sum())),
        owners=owners,
        rounds=rounds,
        amounts=tuple(_band(band, amounts) for band in bands),
        rest_owners=rest_owners,
        rest_rounds=rest_rounds,
    )


def _groups(
    names: Sequence[str], ordinals: IntArray, ore: OreArray, limit: int
) -> tuple[tuple[OverviewGroup, ...], int]:
    """The `limit` groups with the largest sums, then the rest as one; and how many the rest are."""
    counts = np.bincount(ordinals, minlength=len(names))
    sums = np.zeros(len(names), np.int64)
    np.add.at(sums, ordinals, ore)
    order = [int(at) for at in np.lexsort((-counts, -sums)) if counts[at]]
    if len(order) == limit + 1:  # one more takes no more room than "one other"
        limit += 1
    groups = [
        OverviewGroup(names[at], int(counts[at]), kronor(int(sums[at])), names[at])
        for at in order[:limit]
    ]
    rest = order[limit:]
    if rest:
        groups.append(OverviewGroup("", int(counts[rest].sum()), kronor(int(sums[rest].sum()))))
    return tuple(groups), len(rest)


def _band(band: FacetValue, amounts: OreArray) -> OverviewGroup:
    if band.amount_min is None and band.amount_max is None:
        return OverviewGroup(band.label, int((amounts == NO_AMOUNT).sum()), Decimal(0), band.value)
    inside = amounts != NO_AMOUNT
    if band.amount_min is not None:
        inside &= amounts >= int(band.amount_min * 100)
    if band.amount_max is not None:
        inside &= amounts <= int(band.amount_max * 100)
    within = amounts[inside]
    return OverviewGroup(
        band.label,
        len(within),
        kronor(int(within.sum())),
        band.value,
        band.amount_min,
        band.amount_max,
    )
