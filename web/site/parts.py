"""How is a set shown by one dimension? As bars and a table, with a way to each part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from search.dimensions import Dimension
from search.labels import label
from search.request import SearchRequest
from search.result import Group, Overview
from web import formats, labels, urls
from web.language import gettext
from web.site import charts

_OVERLAPPING = label(
    "Ett beslut räknas på varje rad där det hör hemma, så raderna blir mer än alla."
)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A row of the table; ``share`` of the sum in percent, as shown. ``is_rest``: the
    row sums up all values without a row of their own."""

    label: str
    decisions: int
    sum: Decimal
    share: str
    href: str | None
    is_rest: bool


@dataclass(frozen=True, slots=True)
class ShownBreakdown:
    """A set by one dimension; ``name`` is its anchor. A single bar compares nothing, so it makes no
    chart. ``notes`` are to be said of the rows."""

    name: str
    heading: str
    rows: tuple[ShownGroup, ...]
    charts: tuple[charts.Chart, ...]
    notes: tuple[str, ...] = ()


def parts(
    dimensions: Iterable[Dimension], found: Overview, request: SearchRequest
) -> list[ShownBreakdown]:
    """The set of a request by some dimensions. All sums of money are drawn to one scale."""
    rows = [
        (one, tuple(_row(one, group, found, request) for group in found.parts[one.name].groups))
        for one in dimensions
    ]
    drawn = (row.sum for _, some in rows if len(_named(some)) > 1 for row in _named(some))
    largest = max(drawn, default=Decimal(0))
    return [
        ShownBreakdown(
            one.anchor, labels.heading(one), some, _charts(one, some, largest), _notes(one)
        )
        for one, some in rows
    ]


def _notes(dimension: Dimension) -> tuple[str, ...]:
    texts = (dimension.note, _OVERLAPPING if dimension.several else "")
    return tuple(gettext(text) for text in texts if text)


def _named(rows: Sequence[ShownGroup]) -> list[ShownGroup]:
    """The rows that have bars: that for all others would dwarf them."""
    return [row for row in rows if not row.is_rest]


def _charts(
    dimension: Dimension, rows: Sequence[ShownGroup], largest: Decimal
) -> tuple[charts.Chart, ...]:
    named, what = _named(rows), labels.heading(dimension).lower()
    if len(named) < 2:
        return ()
    title = gettext("Beviljat per %(what)s", what=what)
    if len(named) < len(rows):
        shown = gettext("senaste") if dimension.descending else gettext("största")
        title = gettext(
            "%(title)s, de %(count)s %(shown)s", title=title, count=len(named), shown=shown
        )
    if dimension.kind == "values":
        return (charts.chart(title, [_sum_bar(row) for row in named], largest),)
    return (
        charts.chart(gettext("Antal beslut per %(what)s", what=what), [*map(_count_bar, named)]),
        charts.chart(title, [_sum_bar(row) for row in named], largest),
    )


def _sum_bar(row: ShownGroup) -> charts.BarRow:
    return charts.BarRow(row.label, formats.short_money(row.sum), _told(row), row.sum, row.href)


def _count_bar(row: ShownGroup) -> charts.BarRow:
    count = formats.number(row.decisions)
    return charts.BarRow(row.label, count, _told(row), row.decisions, row.href)


def _told(row: ShownGroup) -> str:
    return f"{row.label}: {formats.decisions(row.decisions)}, {formats.money(row.sum)}"


def _row(dimension: Dimension, group: Group, found: Overview, request: SearchRequest) -> ShownGroup:
    share = formats.percent(group.sum, found.sum)
    if group.chosen is None:
        rest = found.parts[dimension.name].rest
        others = gettext(dimension.others[rest != 1])
        told = f"{formats.number(rest)}\u00a0{others}"
        return ShownGroup(told, group.decisions, group.sum, share, None, is_rest=True)
    told = labels.value(dimension, group.name, group.chosen)
    within = request.filtered(dimension.name, group.chosen)
    href = urls.results_address(within) if group.decisions else None
    return ShownGroup(told, group.decisions, group.sum, share, href, is_rest=False)
