"""How many, of which owner, amount and round, and how much money: counted on arrays.

A facet's counts ignore its own selection: they answer *how many would there be if I chose this*.
The groups of an overview do not: they are parts of the set itself, and add up to it, unless a
decision may be in several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import numpy as np
import numpy.typing as npt

from index.storage.columns import NO_AMOUNT, NO_DATE, Columns, Keyword, days, kronor
from search.deadline import NEVER, Deadline
from search.dimensions import BY_NAME, COUNTED, MISSING, SPANS, VALUES, Dimension, End, Span
from search.postings import IntArray
from search.request import SearchRequest
from search.result import Breakdown, Facet, Facets, FacetValue, Group, Overview, Stats

Mask = npt.NDArray[np.bool_]
Ore = npt.NDArray[np.int64]
"""Hundredths of SEK, or `NO_AMOUNT`."""

BAND_EDGES = (500_000, 1_000_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000)  # SEK
_CENT = Decimal("0.01")


class Counter:
    """Counts of decisions by each of `COUNTED`, over the columns of one index. Safe for
    threads."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._live = columns.live
        self._bands = _band_of(columns.amounts).astype(np.uint8)
        everything = np.flatnonzero(columns.live)
        self._size = len(everything)
        self._whole = {one.name: self._count(one.name, everything) for one in COUNTED}

    def whole(self, name: str) -> npt.NDArray[np.intp]:
        """How many of all decisions have each value of a dimension."""
        return self._whole[name]

    def others(self, docs: IntArray) -> IntArray | None:
        """The decisions that are not among `docs`, if those are fewer."""
        if 2 * len(docs) < self._size:
            return None
        is_other = self._live.copy()
        is_other[docs] = False
        return np.flatnonzero(is_other).astype(np.int32)

    def counts(
        self, name: str, docs: IntArray, others: IntArray | None = None
    ) -> npt.NDArray[np.intp]:
        """How many of `docs` have each value of a dimension, by ordinal, or have an amount in each
        band; by what is left of all where the `others` are known."""
        if others is None:
            return self._count(name, docs)
        return self._whole[name] - self._count(name, others)

    def _count(self, name: str, docs: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
        if (keyword := self.columns.keywords.get(name)) is None:
            return np.bincount(self._bands[docs], minlength=len(BANDS) + 1)
        return keyword.spread(np.bincount(keyword.ordinals[docs], minlength=keyword.size))


def passing(request: SearchRequest, columns: Columns, docs: IntArray) -> dict[str, Mask]:
    """Which of `docs` (k,) pass each filter of the request, bool (k,), by dimension; a value that
    no decision has matches nothing."""
    found: dict[str, Mask] = {}
    for one in VALUES:
        if request.values(one.name):
            keyword = columns.keywords[one.name]
            wanted = keyword.having(ordinals(keyword, request.values(one.name)))
            found[one.name] = np.isin(keyword.ordinals[docs], wanted)
    for one in SPANS:
        span = request.span(one.name)
        if span != Span():
            found[one.name] = _in_span(one, span, columns, docs)
    return found


def absent(
    request: SearchRequest,
    keywords: Mapping[str, Keyword],
    whole: Callable[[str], npt.NDArray[np.intp]],
) -> list[tuple[str, str]]:
    """The dimension and the value of each filter that is on what no decision has; ``whole`` gives
    how many of all decisions have each name of a dimension."""
    return [
        (one.name, value)
        for one in VALUES
        for value in request.values(one.name)
        if not any(whole(one.name)[at] for at in _at(keywords[one.name], value))
    ]


def selection(passed: Mapping[str, Mask], but: str | None = None) -> Mask | slice:
    """What picks, of the documents that `passed` is about, those that pass all filters but one."""
    masks = [mask for name, mask in passed.items() if name != but]
    return np.logical_and.reduce(masks) if masks else slice(None)


def count(
    request: SearchRequest,
    counter: Counter,
    docs: IntArray,
    passed: Mapping[str, Mask],
    most: int,
    deadline: Deadline = NEVER,
) -> Facets:
    """The facets, of at most `most` values each and the selected ones; `docs` match the words,
    `passed` says which of them pass the filters."""
    facets = {}
    others = None if passed else counter.others(docs)
    for one in COUNTED:
        deadline.check()
        counts = counter.counts(one.name, docs[selection(passed, but=one.name)], others)
        facets[one.name] = facet(one, request, counter.columns.keywords, counts, most)
    return facets


def facet(
    one: Dimension,
    request: SearchRequest,
    keywords: Mapping[str, Keyword],
    counts: npt.NDArray[np.intp],
    most: int,
) -> Facet:
    """The facet of a dimension, of at most `most` values and the selected ones, by how many
    decisions have each of its names, or have an amount in each band and in none."""
    if one.kind == "amounts":
        return _bands(one, request, counts)
    return _values(one, request, keywords[one.name], counts, most)


def leading(name: str, counter: Counter, docs: IntArray, most: int) -> Facet:
    """The `most` values of a dimension that most of `docs` have, whatever is chosen."""
    counts = counter.counts(name, docs)
    return facet(BY_NAME[name], SearchRequest(), counter.columns.keywords, counts, most)


def stats(amounts: Ore) -> Stats:
    """Sum and spread of amounts."""
    has_amount = amounts != NO_AMOUNT
    missing = len(amounts) - int(np.count_nonzero(has_amount))
    known = amounts[has_amount] if missing else amounts
    if not len(known):
        return Stats(Decimal(0), None, None, None, missing)
    middle = np.partition(known, [(len(known) - 1) // 2, len(known) // 2])
    median = midway(int(middle[(len(known) - 1) // 2]), int(middle[len(known) // 2]))
    return Stats(
        sum=kronor(int(known.sum())),
        min=kronor(int(known.min())),
        max=kronor(int(known.max())),
        median=median,
        missing=missing,
    )


def midway(lower: int, upper: int) -> Decimal:
    """What is between two amounts in öre, in SEK."""
    twice = lower + upper
    return kronor(twice // 2) if twice % 2 == 0 else Decimal(twice) / 200


def overview(
    request: SearchRequest,
    counter: Counter,
    docs: IntArray,
    most: int,
    deadline: Deadline = NEVER,
) -> Overview:
    """The set `docs` taken apart by each dimension; of values the `most` with the largest sums."""
    columns = counter.columns
    amounts = columns.amounts[docs]
    parts = {}
    for one in COUNTED:
        deadline.check()
        if one.kind == "amounts":
            found = _aggregated(_band_of(amounts), amounts, len(BANDS) + 1)
            parts[one.name] = banded(one, request, found)
        else:
            together = partial(_together, one, columns, docs)
            parts[one.name] = largest(one, groups(one, columns, docs, deadline), most, together)
    return Overview(len(docs), stats(amounts).sum, parts)


def banded(one: Dimension, request: SearchRequest, found: Aggregated) -> Breakdown:
    """A set taken apart by bands of amounts, of which the last are those without."""
    bands = _bands(one, request, found[0]).values
    return Breakdown(tuple(_group("", at, found, band.chosen) for at, band in enumerate(bands)))


def largest(
    one: Dimension, found: list[Group], most: int, together: Callable[[Sequence[Group]], Group]
) -> Breakdown:
    """Of some groups the `most` with the largest sums, then the rest as one."""
    if one.descending:
        found.reverse()
    else:
        found.sort(key=lambda group: (-group.sum, -group.decisions))
    if len(found) == most + 1:  # one more takes no more room than "one other"
        most += 1
    rest = found[most:]
    last = [together(rest)] if rest else []
    return Breakdown((*found[:most], *last), len(rest), one.several)


def groups(
    one: Dimension, columns: Columns, docs: IntArray, deadline: Deadline = NEVER
) -> list[Group]:
    """The groups that `docs` fall into by a dimension of values, in the order of its names."""
    keyword, found = _by_ordinal(one, columns, docs)
    counts, sums, missing = map(keyword.spread, found)
    return named_groups(keyword, (counts, sums, missing), deadline)


def named_groups(keyword: Keyword, found: Aggregated, deadline: Deadline = NEVER) -> list[Group]:
    """The groups of what each name has, in the order of the names."""
    result = []
    for at in np.flatnonzero(found[0]).tolist():
        deadline.check()
        value = keyword.names[at]
        result.append(_group(value, at, found, (value or MISSING,)))
    return result


def crossed(name: str, by: str, columns: Columns, docs: IntArray) -> dict[str, list[Group]]:
    """The groups that `docs` with each value of one column fall into by another, where each has one
    value of both, in the order of the names of either."""
    rows, keyword = columns.keywords[name], columns.keywords[by]
    pairs, places = np.unique(
        rows.ordinals[docs].astype(np.int64) * keyword.size + keyword.ordinals[docs],
        return_inverse=True,
    )
    found = _aggregated(places, columns.amounts[docs], len(pairs))
    result: dict[str, list[Group]] = {}
    for place, pair in enumerate(pairs.tolist()):
        row, at = divmod(pair, keyword.size)
        value = keyword.names[at]
        group = _group(value, place, found, (value or MISSING,))
        result.setdefault(rows.names[row], []).append(group)
    return result


def _by_ordinal(one: Dimension, columns: Columns, docs: IntArray) -> tuple[Keyword, Aggregated]:
    """The column of a dimension of values, and what each of its ordinals has."""
    keyword = columns.keywords[one.name]
    return keyword, _aggregated(keyword.ordinals[docs], columns.amounts[docs], keyword.size)


def ordinals(keyword: Keyword, values: Sequence[str]) -> list[int]:
    """Where the values that are among the names stand."""
    return [at for value in values for at in _at(keyword, value)]


def _at(keyword: Keyword, value: str) -> tuple[int, ...]:
    """Where the names that a value may mean stand."""
    found = keyword.find(value)
    if not found and value.casefold() == MISSING:  # else somebody is called so
        return keyword.find("")
    return found


def _in_span(one: Dimension, span: Span, columns: Columns, docs: IntArray) -> Mask:
    """Which of `docs` are within a span."""
    values, none = (
        (columns.dates[docs], NO_DATE)
        if one.kind == "dates"
        else (columns.amounts[docs], NO_AMOUNT)
    )
    missing: Mask = values == none
    if span.is_open:
        return missing
    inside: Mask = ~missing
    if span.low is not None:
        inside = inside & (values >= as_stored(span.low, math.ceil))
    if span.high is not None:
        inside = inside & (values <= as_stored(span.high, math.floor))
    found: Mask = inside | missing if span.missing else inside
    return found


def as_stored(end: End, rounded: Callable[[Decimal], int]) -> int:
    """An end of a span as its column has it: in öre, or in days."""
    return days(end) if isinstance(end, date) else rounded(end * 100)


def _values(
    one: Dimension,
    request: SearchRequest,
    keyword: Keyword,
    counts: npt.NDArray[np.intp],
    most: int,
) -> Facet:
    """The `most` values with the highest counts, and the selected ones whatever theirs; by count,
    then by name, those that nothing is called last; and how many more values have a count."""
    present = np.flatnonzero(counts)
    # Stable, so that values of equal count stay in alphabetical order.
    order = present[np.argsort(-counts[present], kind="stable")]
    asked = request.values(one.name)
    chosen = set(ordinals(keyword, asked))
    numbers = {at: int(counts[at]) for at in [*order[:most].tolist(), *chosen]}
    values = tuple(
        FacetValue(name or MISSING, name, number, at in chosen, (name or MISSING,))
        for at, number in sorted(
            numbers.items(), key=lambda item: -item[0] if one.descending else (-item[1], item[0])
        )
        for name in (keyword.names[at],)
    )
    unknown = [value for value in asked if not _at(keyword, value)]
    more = len(present) - sum(1 for number in numbers.values() if number)
    return Facet((*values, *(_zero(one, value) for value in unknown)), more)


def _zero(one: Dimension, value: str) -> FacetValue:
    """A selected value that nothing is called, so that it can be taken away."""
    name = "" if value.casefold() == MISSING and one.missing_label else value
    return FacetValue(value, name, 0, True, (value,))


def _bands(one: Dimension, request: SearchRequest, counts: npt.NDArray[np.intp]) -> Facet:
    *numbers, without_amount = counts.tolist()
    wanted = request.span(one.name)
    ends = (wanted.low, wanted.high)
    bands = [
        FacetValue(value, "", number, (span.low, span.high) == ends, span)
        for (value, span), number in zip(BANDS, numbers, strict=True)
    ]
    if without_amount or wanted.missing:
        without = Span(missing=True)
        bands.append(FacetValue(MISSING, "", without_amount, wanted.missing, without))
    return Facet(tuple(bands))


def _band_of(amounts: Ore) -> npt.NDArray[np.intp]:
    """The place of each amount's band among `BANDS`; after the last where there is none."""
    places = np.searchsorted(_EDGES, amounts, side="right")
    return np.where(amounts == NO_AMOUNT, len(BANDS), places)


Aggregated = tuple[npt.NDArray[np.intp], npt.NDArray[np.int64], npt.NDArray[np.intp]]
"""Of each ordinal: how many, their sum in öre, how many have no amount."""


def _aggregated(ordinals: npt.NDArray[np.integer], amounts: Ore, size: int) -> Aggregated:
    known = amounts != NO_AMOUNT
    sums = np.zeros(size, np.int64)
    # Not bincount with weights: its sums are floats, which are exact to 2**53 öre only.
    np.add.at(sums, ordinals[known], amounts[known])
    missing = np.bincount(ordinals[~known], minlength=size)
    return np.bincount(ordinals, minlength=size), sums, missing


def _group(name: str, at: int, found: Aggregated, chosen: tuple[str, ...] | Span) -> Group:
    counts, sums, missing = found
    return Group(name, int(counts[at]), kronor(int(sums[at])), int(missing[at]), chosen)


def _together(one: Dimension, columns: Columns, docs: IntArray, rest: Sequence[Group]) -> Group:
    """All that is in any of some groups, once."""
    keyword, found = _by_ordinal(one, columns, docs)
    some = keyword.having(names_of(rest, keyword))
    counts, sums, missing = (int(numbers[some].sum()) for numbers in found)
    return Group("", counts, kronor(sums), missing, None)


def names_of(groups_: Sequence[Group], keyword: Keyword) -> list[int]:
    """The places of the names of some groups of values."""
    return [
        at
        for group in groups_
        if isinstance(group.chosen, tuple)
        for at in _at(keyword, *group.chosen)
    ]


def band(low: int | None, high: int | None) -> tuple[str, Span]:
    """Value and span of the band from `low` to below `high` (SEK)."""
    least = None if low is None else Decimal(low)
    most = None if high is None else Decimal(high) - _CENT
    return f"{low or ''}-{'' if most is None else most}", Span(least, most)


_EDGES = np.array(BAND_EDGES, np.int64) * 100  # öre
BANDS = tuple(
    band(low, high) for low, high in zip([None, *BAND_EDGES], [*BAND_EDGES, None], strict=True)
)
