"""How is a set shown by one dimension? As bars and a table, with a way to each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from search.dimensions import Dimension
from search.request import SearchRequest
from search.result import Group, Overview
from web import formats, urls
from web.site import charts

_OVERLAPPING = "Ett beslut räknas på varje rad där det hör hemma, så raderna blir mer än alla."


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


def part(dimension: Dimension, found: Overview, request: SearchRequest) -> ShownBreakdown:
    """The set of a request by one dimension."""
    breakdown = found.parts[dimension.name]
    rows = [_row(dimension, group, breakdown.rest, found, request) for group in breakdown.groups]
    shown = "senaste" if dimension.descending else "största"
    drawn = [_sums(f"Beviljat per {dimension.heading.lower()}", rows, shown)]
    if dimension.kind == "amounts":
        counts = [(row.label, formats.number(row.decisions), row.decisions) for row in rows]
        drawn = [
            charts.chart(f"Antal beslut efter {dimension.heading.lower()}", counts),
            _sums(f"Beviljat efter beslutens {dimension.heading.lower()}", rows, shown),
        ]
    compared = tuple(one for one in drawn if len(one.bars) > 1)
    said = (dimension.note, _OVERLAPPING if breakdown.overlapping else "")
    notes = tuple(filter(None, said))
    return ShownBreakdown(dimension.anchor, dimension.heading, tuple(rows), compared, notes)


def _sums(title: str, rows: Sequence[ShownGroup], shown: str) -> charts.Chart:
    """Sums as bars. The row for all others is only in the table: it would dwarf every bar."""
    named = [row for row in rows if not row.is_rest]
    if len(named) < len(rows):
        title = f"{title}, de {len(named)} {shown}"
    return charts.chart(title, [(row.label, formats.money(row.sum), row.sum) for row in named])


def _row(
    dimension: Dimension, group: Group, rest: int, found: Overview, request: SearchRequest
) -> ShownGroup:
    href = None
    if group.chosen is not None and group.decisions:
        href = urls.results_address(request.filtered(dimension.name, group.chosen))
    label = group.label if group.chosen is not None else formats.plural(rest, *dimension.others)
    share = formats.percent(group.sum, found.sum)
    return ShownGroup(label, group.decisions, group.sum, share, href, group.chosen is None)
