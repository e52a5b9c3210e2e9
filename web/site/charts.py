"""Bar charts as data, which the templates draw as SVG.

Lengths are percentages of the chart's width, so that a chart fits any window without a script and
without shrinking its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_WIDEST = 66  # percent of the chart's width; the rest is for the value after the bar
_LABEL = 34  # characters of a label in a window of 320 pixels
ROW = 46  # pixels: label, bar, air


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``width`` in percent, ``top`` in pixels, ``value`` as it is written after it, and
    ``told`` in full; ``short`` is the label for a narrow window, ``href`` where the bar leads."""

    label: str
    short: str
    value: str
    told: str
    width: float
    top: int
    href: str | None


@dataclass(frozen=True, slots=True)
class BarRow:
    """What a bar is drawn from: its ``number`` is its length."""

    label: str
    value: str
    told: str
    number: Decimal | int
    href: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars, a label above each; ``height`` in pixels."""

    title: str
    bars: tuple[Bar, ...]
    height: int


def chart(title: str, rows: Sequence[BarRow], largest: Decimal | int | None = None) -> Chart:
    """The chart of some rows; `largest` is the number of the longest possible bar, so that several
    charts can have one scale."""
    widths = shares([row.number for row in rows], _WIDEST, largest)
    bars = [
        Bar(row.label, shortened(row.label), row.value, row.told, width, at * ROW, row.href)
        for at, (row, width) in enumerate(zip(rows, widths, strict=True))
    ]
    return Chart(title, tuple(bars), len(bars) * ROW)


def shares(
    numbers: Sequence[Decimal | int], widest: int = 100, largest: Decimal | int | None = None
) -> list[float]:
    """Each number as a share of the largest, `widest` percent; above zero, wide enough to see."""
    most = max(numbers, default=0) if largest is None else largest
    if most <= 0:
        return [0.0 for _ in numbers]
    return [
        max(round(float(number) / float(most) * widest, 1), 0.5) if number > 0 else 0.0
        for number in numbers
    ]


def shortened(label: str) -> str:
    """A label that fits a narrow window, cut between words if possible."""
    if len(label) <= _LABEL:
        return label
    cut = label[: _LABEL - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > _LABEL // 2 else cut).rstrip(" ,–-") + "…"
