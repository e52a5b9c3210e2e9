"""All decisions of one owner, or of one round: how many, and how much money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from index.storage.columns import NO_AMOUNT, Columns, kronor
from search.postings import IntArray


@dataclass(frozen=True, slots=True)
class Group:
    """An owner or a round. ``sum`` is in SEK; ``missing`` counts the decisions without an amount in
    SEK; ``example`` is the document number of one of its decisions."""

    name: str
    decisions: int
    sum: Decimal
    missing: int
    example: int


def groups(
    names: tuple[str, ...], ordinals: IntArray, columns: Columns, docs: IntArray
) -> tuple[Group, ...]:
    """The groups that have any of `docs` int32 (k,), in the order of `names`; ``ordinals`` int32
    (n,) says which group each decision of the index is in."""
    of = ordinals[docs]
    amounts = columns.amounts[docs]
    known = amounts != NO_AMOUNT
    count = np.bincount(of, minlength=len(names))
    missing = np.bincount(of[~known], minlength=len(names))
    total = np.zeros(len(names), np.int64)
    np.add.at(total, of[known], amounts[known])
    example = np.zeros(len(names), np.int64)
    example[of[::-1]] = docs[::-1]
    return tuple(
        Group(name, int(count[at]), kronor(int(total[at])), int(missing[at]), int(example[at]))
        for at, name in enumerate(names)
        if count[at]
    )
