"""Where do the rows of a table begin that has no rules round its cells?

Where rules run through it, or where there is more white than between the lines of a cell; else each
row has its figures on its first line. What does not tell is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.documents.readers.pdf_columns import Cells, WordColumns
from index.documents.readers.pdf_lines import PdfLine

_STEP = 0.15  # of the size: how much more white parts rows than lines of a row
_ROUND = re.compile(r"000(?:\s000)*(?:\s?(?:kr|kronor|sek|:-))?", re.IGNORECASE)
Rule = tuple[float, float, float]
"""A horizontal rule, or an edge of a coloured box: its height on the page, left and right end."""


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of a table on a page. ``white`` above it, of its size, None at the top of the page;
    ``ruled``: a rule runs above it; ``across``: it is one text across columns; ``figures``: the
    columns of figures and dates that have one on it."""

    page: int
    line: PdfLine
    cells: Cells
    white: float | None
    ruled: bool
    across: bool
    figures: frozenset[int] = frozenset()

    @property
    def bold(self) -> bool:
        return all(word.bold for word in self.line.words)

    @property
    def heads(self) -> bool:
        """Whether it is a heading between rows."""
        return not self.figures and (self.across or (self.bold and len(self.cells) == 1))


Lines = Sequence[TableLine]
Group = list[TableLine]


def table_lines(
    page: int, lines: Sequence[PdfLine], rules: Iterable[Rule], columns: WordColumns
) -> Iterator[TableLine]:
    """The lines of a page in columns, with what is between them."""
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    heights = [*_whole_rules(rules, left, right)]
    above: PdfLine | None = None
    for line in lines:
        white, ruled = None, False
        if above:
            white = max((line.top - above.bottom) / line.size, -1.0)
            ruled = any(_middle(above) < y < _middle(line) for y in heights)
        cells = columns.cells(line)
        yield TableLine(page, line, cells, white, ruled, columns.is_across(line))
        above = line


def _middle(line: PdfLine) -> float:
    return (line.top + line.bottom) / 2


def _whole_rules(rules: Iterable[Rule], left: float, right: float) -> Iterator[float]:
    """The heights at which rules run through most of a table, be it a piece a cell."""
    lengths: Counter[int] = Counter()
    for y, start, end in rules:
        lengths[round(y)] += round(max(min(end, right) - max(start, left), 0))
    return (y for y, length in lengths.items() if length > 0.6 * (right - left))


def groups(lines: Lines, widths: Sequence[float]) -> list[Group] | None:
    """The lines as header and rows, None where that is uncertain. `widths` of the columns."""
    first = next((at for at, line in enumerate(lines) if line.figures), len(lines))
    bold = next((at for at, line in enumerate(lines) if not line.bold), 0)
    for begins in _candidates(lines):
        head = min(begins, default=first)
        head = min(head, bold) if bold else head
        found = _joined(_parted(lines, {head, *begins}), widths)
        if 0 < head <= first and _is_consistent(found):
            return found
    return _by_figures(lines, bold or first, widths)


def _candidates(lines: Lines) -> Iterator[set[int]]:
    """Lines that may begin a row, the finest parting first."""
    tops = {at for at, line in enumerate(lines) if line.white is None and at}
    ruled = {at for at, line in enumerate(lines) if line.ruled}
    tops |= ruled if len(ruled) > 1 else set()
    known = sorted(line.white for line in lines if line.white is not None)
    least = min([white for white in known if white > -0.1] + [0.25])
    whites = [max(white, least) for white in known]  # lines that overlap are as close as any
    for less, more in pairwise(whites):
        if more - less > _STEP:
            limit = (less + more) / 2
            wide = {at for at, line in enumerate(lines) if (line.white or 0.0) > limit}
            yield wide | tops
    if len(ruled) > 1:
        yield tops


def _parted(lines: Lines, begins: Iterable[int]) -> list[Group]:
    places = sorted({0, len(lines), *begins})
    return [[*lines[start:end]] for start, end in pairwise(places)]


def _joined(found: Sequence[Group], widths: Sequence[float]) -> list[Group]:
    """The rows, those put together that a page break parts: what stands at the top of a page
    without figures goes on with the row above where its words had found no room there."""
    valued = any(map(has_figures, found))
    rows: list[Group] = []
    for group in found:
        above = rows[-1] if len(rows) > 1 else None
        part = valued or len(cells_of(group)) < len(widths)
        if (
            above
            and part
            and above[-1].page < group[0].page
            and not (has_figures(group) or group[0].heads or above[-1].heads)
            and not _has_room(above, group[0], widths)
        ):
            above += group
        else:
            rows.append(group)
    return rows


def _is_consistent(found: Sequence[Group]) -> bool:
    """Whether no row has two figures in one column and most have one."""
    rows = found[1:]
    if not any(map(has_figures, rows)):
        full = sum(0 in cells_of(row) and len(cells_of(row)) > 1 for row in rows)
        return len(rows) > 2 and full >= 0.8 * len(rows)
    doubled = sum(_is_doubled(row) for row in rows)
    empty = sum(not has_figures(row) for row in rows)
    return doubled <= 0.02 * len(rows) and empty <= 2 + 0.2 * len(rows)


def without_notes(rows: Sequence[Group]) -> Sequence[Group]:
    """The rows without the text below the table."""
    end = len(rows)
    while end > 1 and not has_figures(rows[end - 1]) and _is_text(rows[end - 1]):
        end -= 1
    return rows[:end]


def _is_text(group: Group) -> bool:
    return len(cells_of(group)) == 1 or any(line.across for line in group)


def has_figures(group: Group) -> bool:
    return any(line.figures for line in group)


def cells_of(group: Group) -> set[int]:
    return {column for line in group for column in line.cells}


def _is_doubled(group: Group) -> bool:
    counts = Counter(column for line in group for column in line.figures)
    return max(counts.values(), default=0) > 1


def _by_figures(lines: Lines, head: int, widths: Sequence[float]) -> list[Group] | None:
    """The rows of lines that all are as far apart: the first of each has its figures. None where
    that cannot be, as with figures at the bottom or in the middle of a row."""
    body = lines[head:]
    if not 0 < head < len(lines) or any(line.white and line.white < -0.2 for line in body):
        return None
    far = median([line.white or 0.0 for line in body]) + 2 * _STEP
    begins = {
        at
        for at, line in enumerate(lines)
        if at >= head and (line.figures or line.heads or (line.white or 0.0) > far)
    }
    rows = _parted(lines, {head} | begins)
    return rows if all(_is_row(row, widths) for row in without_notes(rows)[1:]) else None


def _is_row(row: Group, widths: Sequence[float]) -> bool:
    """Whether lines can be one row: each cell begins on its first line, and none of them ends where
    the next word had found room."""
    return (has_figures(row) or row[0].heads) and not any(
        _has_room([line], below, widths) for line, below in pairwise(row)
    )


def _has_room(above: Group, below: TableLine, widths: Sequence[float]) -> bool:
    """Whether the first word of a cell had found room on the line of it above."""
    for column, words in below.cells.items():
        upper = next((line.cells[column] for line in above[::-1] if column in line.cells), None)
        if upper is None:
            return True
        length = upper[-1].right - upper[0].left + 0.3 * words[0].size
        if length + words[0].right - words[0].left < widths[column] - 1:
            return True
    return False


def figures(lines: Lines, values: Iterable[int]) -> Iterator[frozenset[int]]:
    """The columns with a figure on each line; what is broken over lines has it on the first."""
    above: dict[int, str] = {}
    for line in lines:
        texts = {at: PdfLine(line.cells[at]).text for at in values if at in line.cells}
        yield frozenset(
            at
            for at, text in texts.items()
            if is_figure(text)
            and not _ROUND.fullmatch(text)
            and not above.get(at, "").endswith(("-", "–", "/"))
        )
        above |= texts


def is_figure(text: str) -> bool:
    """A figure, a date or a number in a register: digits above all."""
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    return digits > 0 and digits >= letters and len(text) < 30
