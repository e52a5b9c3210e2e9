"""How many, of which owner, amount and round, and how much money: counted on arrays.

A facet's counts ignore its own selection: they answer *how many would there be if I chose this*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from index.amount import format_amount
from index.problem import quoted
from index.storage.columns import NO_AMOUNT, Columns, kronor
from search.postings import IntArray
from search.request import RequestError, SearchRequest
from search.result import Facets, FacetValue, Stats

Mask = npt.NDArray[np.bool_]

BAND_EDGES = (500_000, 1_000_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000)  # SEK
_CENT = Decimal("0.01")
MISSING = "missing"
"""The value of the amount band of decisions without an amount."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of some decisions pass each filter: bool (k,) each."""

    owner: Mask
    amount: Mask
    round: Mask

    @property
    def all(self) -> Mask:
        """Which pass every filter."""
        return self.owner & self.amount & self.round


def filters(request: SearchRequest, columns: Columns, docs: IntArray) -> Filters:
    """The filters of a request over `docs`; raises `RequestError` for an unknown owner or round."""
    return Filters(
        owner=_chosen("owner", request.owners, columns.owner_names, columns.owners[docs]),
        round=_chosen("round", request.rounds, columns.round_names, columns.rounds[docs]),
        amount=_in_span(request, columns.amounts[docs]),
    )


def count(
    request: SearchRequest, columns: Columns, docs: IntArray, passed: Filters, most: int
) -> tuple[Facets, Stats]:
    """Facets, of at most `most` values each, and stats of the set; `docs` match the words, `passed`
    says which of them pass the filters."""
    for_owners = docs[passed.amount & passed.round]
    for_rounds = docs[passed.amount & passed.owner]
    for_amounts = docs[passed.owner & passed.round]
    owners, more_owners = _values(
        request.owners, columns.owner_names, columns.owners[for_owners], most
    )
    rounds, more_rounds = _values(
        request.rounds, columns.round_names, columns.rounds[for_rounds], most
    )
    facets = Facets(
        owners=owners,
        rounds=rounds,
        amounts=_bands(request, columns.amounts[for_amounts]),
        more_owners=more_owners,
        more_rounds=more_rounds,
    )
    return facets, stats(columns.amounts[docs[passed.all]])


def stats(amounts: npt.NDArray[np.int64]) -> Stats:
    """Sum and spread of amounts in öre, some of them perhaps `NO_AMOUNT`."""
    known = amounts[amounts != NO_AMOUNT]
    missing = len(amounts) - len(known)
    if not len(known):
        return Stats(Decimal(0), None, None, None, missing)
    middle = np.partition(known, [(len(known) - 1) // 2, len(known) // 2])
    twice = int(middle[(len(known) - 1) // 2]) + int(middle[len(known) // 2])
    median = kronor(twice // 2) if twice % 2 == 0 else Decimal(twice) / 200
    return Stats(
        sum=kronor(int(known.sum())),
        min=kronor(int(known.min())),
        max=kronor(int(known.max())),
        median=median,
        missing=missing,
    )


def _chosen(
    parameter: str, wanted: tuple[str, ...], names: tuple[str, ...], ordinals: IntArray
) -> Mask:
    if not wanted:
        return np.ones(len(ordinals), np.bool_)
    known = {name.casefold(): at for at, name in enumerate(names)}
    at = []
    for name in wanted:
        if name.casefold() not in known:
            label = "projektägaren" if parameter == "owner" else "beslutsomgången"
            raise RequestError(
                parameter, name, f"{label} {quoted(name, 80)} finns inte", "välj en ur listan"
            )
        at.append(known[name.casefold()])
    return np.isin(ordinals, at)


def _in_span(request: SearchRequest, amounts: npt.NDArray[np.int64]) -> Mask:
    missing = amounts == NO_AMOUNT
    low, high = request.amount_min, request.amount_max
    if low is None and high is None:
        return missing if request.amount_missing else np.ones(len(amounts), np.bool_)
    inside: Mask = ~missing
    if low is not None:
        inside = inside & (amounts >= math.ceil(low * 100))
    if high is not None:
        inside = inside & (amounts <= math.floor(high * 100))
    return inside | missing if request.amount_missing else inside


def _values(
    selected: tuple[str, ...], names: tuple[str, ...], ordinals: IntArray, most: int
) -> tuple[tuple[FacetValue, ...], int]:
    """The `most` values with the highest counts, and the selected ones whatever theirs; by count,
    then by name; and how many more values have a count."""
    counts = np.bincount(ordinals, minlength=len(names))
    present = np.flatnonzero(counts)
    order = present[np.argsort(-counts[present], kind="stable")]
    chosen = {name.casefold() for name in selected}
    picked = dict.fromkeys(order[:most].tolist())
    if chosen:
        picked |= dict.fromkeys(at for at, name in enumerate(names) if name.casefold() in chosen)
    numbers = {at: int(counts[at]) for at in picked}
    values = tuple(
        FacetValue(names[at], names[at], number, bool(chosen) and names[at].casefold() in chosen)
        for at, number in sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    )
    return values, len(present) - sum(1 for number in numbers.values() if number)


def _bands(request: SearchRequest, amounts: npt.NDArray[np.int64]) -> tuple[FacetValue, ...]:
    known = amounts[amounts != NO_AMOUNT]
    places = np.searchsorted(_EDGES, known, side="right")
    counts = np.bincount(places, minlength=len(_SPANS)).tolist()
    wanted = (request.amount_min, request.amount_max)
    bands = [
        FacetValue(value, label, number, (least, most) == wanted, least, most)
        for (value, label, least, most), number in zip(_SPANS, counts, strict=True)
    ]
    without = len(amounts) - len(known)
    if without or request.amount_missing:
        bands.append(FacetValue(MISSING, "Belopp saknas", without, request.amount_missing))
    return tuple(bands)


def _span(low: int | None, high: int | None) -> tuple[str, str, Decimal | None, Decimal | None]:
    """Value, label, least and most (SEK) of one band."""
    least = None if low is None else Decimal(low)
    most = None if high is None else Decimal(high) - _CENT
    return f"{low or ''}-{'' if most is None else most}", _band_label(low, high), least, most


def _band_label(low: int | None, high: int | None) -> str:
    if low is None:
        return f"under {_short(high or 0)}"
    if high is None:
        return f"{_short(low)} eller mer"
    return f"{_short(low)} till {_short(high)}"


def _short(amount: int) -> str:
    if amount >= 1_000_000:
        return f"{amount // 1_000_000}\u00a0mnkr"
    return format_amount(Decimal(amount))


_EDGES = np.array(BAND_EDGES, np.int64) * 100  # öre
_SPANS = tuple(
    _span(low, high) for low, high in zip([None, *BAND_EDGES], [*BAND_EDGES, None], strict=True)
)
