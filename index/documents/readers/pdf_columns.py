"""Tables without ruled cells: which words of a PDF page stand in columns and rows?

A column is what white rivers part that run through header and rows. Where words lie across a
river in more than a few rows, or a cell is in two parts, there is no table: better none than a
wrong one. All of it is linear in the words of a page, apart from sorting them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.documents.readers.pdf_lines import Box, PdfLine, PdfWord, text_of

_WIDE = 1.0  # of the size: a gap between words that is no space
_LEAST = 0.2  # of the size: a river
_APART = 3.0  # of the size: white between two lines of one table
_STEP = 0.15  # of the size: how much more white parts rows than lines of a row
_LEVEL = 0.35  # of the size: white between two levels of a header, more than between its lines
_TORN = 0.04  # share of lines that may have words across a river
_LEADERS = re.compile(r"[.·…_]{4,}|(?:[.·…] ?){4,}")
# The end of an amount that is broken over lines: surely, or where the white says so.
_ROUND = re.compile(r"000(?:\s000)*(?:\s?(?:kr|kronor|sek|:-))?", re.IGNORECASE)
_GROUPS = re.compile(r"\d{3}(?:\s\d{3})*(?:\s?(?:kr|kronor|sek|:-))?", re.IGNORECASE)
_UNIT = re.compile(r"[mt]?kr|kronor|sek|%", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_HEADER = 120  # characters

Cells = dict[int, tuple[PdfWord, ...]]
"""Column -> its words on one line."""
Rule = tuple[float, float, float]
"""A horizontal rule, or an edge of a coloured box: its height on the page, left and right end."""


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """``borders`` lie between the columns, ``values`` are those of figures and dates; ``rows``
    begin with the ``header``, unless the table goes on from the page before without it.
    ``level``: white between two levels of the header. ``late``: rows have their
    figures on their last lines or in the middle. ``open``: the last row goes on
    on the next page; ``broken``: the first one goes on with the last one there; ``unread``: the
    table does go on, but its rows cannot be told from each other."""

    box: Box
    borders: tuple[float, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    values: frozenset[int]
    level: float
    late: bool
    open: bool = False
    broken: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Grid:
    """Lines and what of them stands in which column. ``spans`` are lines that lie across columns,
    as headings do; ``values`` the columns of figures and dates, ``valued`` those that have one on a
    line; ``rules`` the heights of rules; ``extents`` where the text of a column begins and ends;
    ``space`` how wide a space is at most, of the size."""

    lines: Sequence[PdfLine]
    borders: tuple[float, ...]
    cells: Sequence[Cells]
    spans: frozenset[int]
    values: frozenset[int]
    rules: tuple[float, ...]
    extents: dict[int, tuple[float, float]]

    valued: Sequence[frozenset[int]]
    space: float

    @property
    def width(self) -> int:
        return len(self.borders) + 1


def aligned(
    lines: Sequence[PdfLine], rules: Sequence[Rule], before: AlignedTable | None = None
) -> list[AlignedTable]:
    """The tables that stand on a page as columns of words, from top to bottom; the first one may go
    on with the one ``before`` it."""
    found: list[AlignedTable] = []
    space = _space(lines)
    at = 0
    if before is not None:
        for start in range(min(3, len(lines))):  # what is repeated on each page may stand above
            if start and _white(lines[start - 1], lines[start]) < 0.6 * lines[start].size:
                continue
            end = _down_to(lines, start, lambda line: _fits(line, before.borders))
            table = _goes_on(lines[start:end], rules, space, before) if end > start else None
            if table:
                found.append(table)
                at = end
                break
    while at < len(lines):
        end = _end(lines, at)
        start = _up_from(lines, at)
        table = _table(lines[start:end], rules, space) if end - at > 2 else None
        if table:
            found.append(table)
        at = end
    return found


def _is_value(text: str) -> bool:
    """A figure, a date or a number in a register: digits above all."""
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    return digits > 0 and digits >= letters and len(text) < 30


def _space(lines: Iterable[PdfLine]) -> float:
    """How wide a space is at most, as a share of the size."""
    gaps = [gap for line in lines for gap in _gap_widths(line) if gap < 0.7]
    return min(max(1.2 * median(gaps), 0.25), 0.75) if len(gaps) > 5 else 0.34


def _gap_widths(line: PdfLine) -> Iterator[float]:
    for word, after in pairwise(line.words):
        yield (after.left - word.right) / max(word.size, 1)


def chunks(line: PdfLine, gap: float = _WIDE) -> list[tuple[PdfWord, ...]]:
    """The words of a line, those that stand closer than `gap` times their size together."""
    parts: list[list[PdfWord]] = [[line.words[0]]]
    for word, after in pairwise(line.words):
        if after.left - word.right < gap * max(word.size, after.size, 1):
            parts[-1].append(after)
        else:
            parts.append([after])
    return [tuple(part) for part in parts]


def _text(words: Sequence[PdfWord]) -> str:
    return PdfLine(tuple(words)).text


# --- Which lines belong together?


def _end(lines: Sequence[PdfLine], start: int) -> int:
    """Where the lines end that share a gap with the one at `start`, which has one."""
    first = chunks(lines[start])
    free = [(left[-1].right, right[0].left) for left, right in pairwise(first)]
    if not free or _LEADERS.search(lines[start].text):
        return start + 1

    def shares(line: PdfLine) -> bool:
        nonlocal free
        rest = _less(free, line)
        free = rest or free
        return bool(rest) and not _LEADERS.search(line.text)

    return _down_to(lines, start + 1, shares)


def _up_from(lines: Sequence[PdfLine], at: int) -> int:
    """The first of the lines above that may be of the header: set as it is, but to the right."""
    left = lines[at].left + 3 * lines[at].size
    while at and lines[at - 1].left > left and _alike(lines[at - 1], lines[at]):
        at -= 1
    return at


def _alike(above: PdfLine, line: PdfLine) -> bool:
    return _white(above, line) < line.size and abs(above.size - line.size) < 0.1 * line.size


def _down_to(lines: Sequence[PdfLine], start: int, fits: Callable[[PdfLine], bool]) -> int:
    """The first line from `start` that does not fit below the ones before it. One or two lines in
    between that lie across, as headings do, may."""
    end, across = start, 0
    for at in range(start, len(lines)):
        if at and _white(lines[at - 1], lines[at]) > _APART * lines[at].size:
            break
        if fits(lines[at]):
            end, across = at + 1, 0
        else:
            across += 1
            if across > 2:
                break
    return end


def _less(free: Sequence[tuple[float, float]], line: PdfLine) -> list[tuple[float, float]]:
    """What of the gaps no word of a line lies in."""
    rest = []
    words = [*line.words]
    least = _LEAST * line.size
    for left, right in free:
        at = left
        for word in words:
            if word.right > at and word.left < right:
                if word.left - at >= least:
                    rest.append((at, word.left))
                at = word.right
        if right - at >= least:
            rest.append((at, right))
    return rest


def _white(line: PdfLine, below: PdfLine) -> float:
    return max(below.top - line.bottom, 0.0)


def _fits(line: PdfLine, borders: Sequence[float]) -> bool:
    """Whether a line can stand in the columns: the label of a total may lie across one of them."""
    return not _crosses(line, borders) or len(chunks(line)) > 1


def _crosses(line: PdfLine, borders: Sequence[float]) -> bool:
    return any(word.left < border < word.right for word in line.words for border in borders)


def _without_tail(lines: Sequence[PdfLine]) -> Sequence[PdfLine]:
    """The lines without text below them that is set further apart than any of them are."""
    end = len(lines)
    while end > 2 and len(chunks(lines[end - 1])) == 1 and not _is_value(lines[end - 1].text):
        end -= 1
    whites = [_white(*both) for both in pairwise(lines)]
    for at in range(end, len(lines)):
        if at > 2 and whites[at - 1] > max(whites[: at - 1]) + 0.25 * lines[at].size:
            return lines[:at]
    return lines


# --- Where are the columns?


def _table(lines: Sequence[PdfLine], rules: Sequence[Rule], space: float) -> AlignedTable | None:
    """The table that lines with a common gap are, None where they do not line up."""
    lines = _without_tail(lines)
    borders = _borders(lines, space)
    # What stands across the columns at the top of a header hides them.
    for skip in (1, 2):
        more = _borders(lines[skip:], space) if len(lines) > skip + 2 else ()
        if len(more) > len(borders) and _heads(lines[skip : skip + 2], more):
            borders = more
    borders = tuple(sorted({*borders, *_hidden(lines, borders, space)}))
    grid = _grid(lines, borders, rules, space) if borders else None
    return _headed(grid) if grid else None


def _hidden(lines: Sequence[PdfLine], borders: Sequence[float], space: float) -> Iterator[float]:
    """Borders of columns that stand nearly as close as words: where most lines have a word that
    begins below one in the header, and a little more than a space before it."""
    starts: list[set[tuple[int, int]]] = []
    for line in lines:
        pairs = [(_column(word, borders), word, after) for word, after in pairwise(line.words)]
        starts.append(
            {
                (column, round(after.left)) for column, word, after in pairs
                if _column(after, borders) == column
                and after.left - word.right > 0.9 * space * after.size
            }
        )  # fmt: skip
    for column, left in starts[0]:
        near = sum(any((column, left + step) in found for step in (-1, 0, 1)) for found in starts)
        held = sum(_reaches(line, column, left - 2, borders) for line in lines)
        if near > 2 and near >= 0.6 * held:
            yield left - 0.1 * lines[0].size


def _reaches(line: PdfLine, column: int, left: float, borders: Sequence[float]) -> bool:
    return any(word.right > left and _column(word, borders) == column for word in line.words)


def _borders(lines: Sequence[PdfLine], space: float) -> tuple[float, ...]:
    """The middle of each river: where at most a few of the lines in several parts have words."""
    several = [line for line in lines if len(chunks(line, space)) > 1]
    allowed = max(int(_TORN * len(several)), 1 if len(several) > 5 else 0)
    ends: list[tuple[float, int, int]] = []  # where, of words that stand together, of a word
    for at, line in enumerate(several):
        weight = 0 if at else allowed  # the names in the header count
        for each in line.words:
            ends += [(each.left, weight, 1), (each.right, -weight, -1)]
        for part in chunks(line, space):
            ends += [(part[0].left, 1, 0), (part[-1].right, -1, 0)]
    ends.sort()
    size = median([line.size for line in lines])
    rivers: list[float] = []
    depth = words = 0
    bank: float | None = None  # where the river begins
    clearest: list[tuple[int, int, float, float]] = []  # words and parts across, width below 0
    for (x, step, word), (after, _, _) in pairwise(ends):
        depth, words = depth + step, words + word
        if depth > allowed:
            if bank is not None and x - bank >= _LEAST * size and clearest:
                rivers.append(min(clearest)[3])
            bank, clearest = after, []
        elif bank is not None and after - x > 0.1 * size:
            clearest.append((words, depth, x - after, (x + after) / 2))
    return tuple(rivers)


def _heads(lines: Sequence[PdfLine], borders: Sequence[float]) -> bool:
    """Whether there is text above each column in the lines, and none of it across."""
    filled = {_column(word, borders) for line in lines for word in line.words}
    return len(filled) == len(borders) + 1 and not any(_crosses(line, borders) for line in lines)


def _column(word: PdfWord, borders: Sequence[float]) -> int:
    return sum(1 for border in borders if border < (word.left + word.right) / 2)


def _grid(
    lines: Sequence[PdfLine],
    borders: tuple[float, ...],
    rules: Sequence[Rule],
    space: float,
    values: frozenset[int] | None = None,
) -> _Grid | None:
    """The lines in their columns, None where too many do not line up. `values` where known."""
    edges = _edges(lines, borders)
    cells: list[Cells] = []
    spans = set()
    torn = split = 0
    for at, line in enumerate(lines):
        parts = chunks(line, space)
        across = _crosses(line, borders)
        if len(parts) == 1 and (across or not _breaks(line, borders, edges, space)):
            first = _column(line.words[0], borders)
            cells.append({first: line.words})
            if across or _column(line.words[-1], borders) != first:
                spans.add(at)
            continue
        torn += across
        row = _in_columns(line, borders, edges, space)
        cells.append(row)
        split += any(len(chunks(PdfLine(words), 1.5 * _WIDE)) > 1 for words in row.values())
    # The upper line of a header and the row of totals may lie across.
    if torn > 2 + _TORN * len(lines) or split > max(1, 0.1 * len(lines)):
        return None
    if len(spans) * 2 > len(lines):
        return None
    values = values if values is not None else frozenset(
        column for column in range(len(borders) + 1)
        if _share(
            _is_value(text) for row in cells
            if column in row and not _UNIT.fullmatch(text := _text(row[column]))
        ) >= 0.6
    )  # fmt: skip
    box = _box(lines)
    return _Grid(
        lines, borders, cells, frozenset(spans), values, _whole_rules(rules, box),
        _extents(cells, spans), [*_valued(cells, values)], space,
    )  # fmt: skip


def _valued(cells: Sequence[Cells], values: frozenset[int]) -> Iterator[frozenset[int]]:
    """The columns with a figure on each line. A year alone may be the name of a column; what is
    broken over lines has its figure on the first."""
    above: dict[int, str] = {}
    for row in cells:
        texts = {column: _text(row[column]) for column in values if column in row}
        yield frozenset(
            column for column, text in texts.items()
            if _is_value(text)
            and not _YEAR.fullmatch(text)
            and not (_ROUND.fullmatch(text) or above.get(column, "").endswith(("-", "/")))
        )  # fmt: skip
        above = texts


def _extents(cells: Sequence[Cells], spans: Collection[int]) -> dict[int, tuple[float, float]]:
    """Where the text of each column begins and ends."""
    extents: dict[int, tuple[float, float]] = {}
    for at, row in enumerate(cells):
        if at not in spans:
            for column, words in row.items():
                left, right = extents.get(column, (words[0].left, 0.0))
                extents[column] = min(left, words[0].left), max(right, words[-1].right)
    return extents


def _share(facts: Iterable[bool]) -> float:
    known = [*facts]
    return sum(known) / len(known) if known else 0.0


def _edges(lines: Sequence[PdfLine], borders: Sequence[float]) -> frozenset[tuple[int, int]]:
    """Where several words of a column begin, or end: (column, points), ends counted below 0."""
    begin: Counter[tuple[int, int]] = Counter()
    for line in lines:
        for part in chunks(line):
            begin[_column(part[0], borders), round(part[0].left)] += 1
            begin[_column(part[-1], borders), -round(part[-1].right)] += 1
    return frozenset(edge for edge, count in begin.items() if count > 1)


def _breaks(
    line: PdfLine, borders: Sequence[float], edges: frozenset[tuple[int, int]], space: float
) -> bool:
    """Whether a line without wide gaps stands in its columns all the same: each border lies between
    two words of which one stands at the edge of its column."""
    return all(
        after.left - word.right >= space * word.size or _at_edge(word, after, borders, edges)
        for word, after in pairwise(line.words)
        if _column(word, borders) != _column(after, borders)
    )


def _at_edge(
    word: PdfWord, after: PdfWord, borders: Sequence[float], edges: frozenset[tuple[int, int]]
) -> bool:
    column, before = _column(after, borders), _column(word, borders)
    return any(
        (column, round(after.left) + step) in edges or (before, -round(word.right) + step) in edges
        for step in (-1, 0, 1)
    )


def _in_columns(
    line: PdfLine, borders: Sequence[float], edges: frozenset[tuple[int, int]], space: float
) -> Cells:
    """The words of a line by column. What is written across a border beside figures, as the label
    of a total, stays in the column where it begins."""
    cells: dict[int, list[PdfWord]] = {}
    column = 0
    last = line.words[0]
    headish = not any(_is_value(_text(part)) for part in chunks(line))
    for word in line.words:
        own = _column(word, borders)
        near = word is not last and word.left - last.right < space * word.size
        if not near or headish or own == column or _at_edge(last, word, borders, edges):
            column = max(own, column)
        if word is last and any(word.left < border < word.right for border in borders):
            column = sum(1 for border in borders if border <= word.left)
        cells.setdefault(column, []).append(word)
        last = word
    return {column: tuple(words) for column, words in cells.items()}


def _box(lines: Sequence[PdfLine]) -> Box:
    return (
        min(line.left for line in lines), min(line.top for line in lines),
        max(line.right for line in lines), max(line.bottom for line in lines),
    )  # fmt: skip


def _whole_rules(rules: Sequence[Rule], box: Box) -> tuple[float, ...]:
    """The heights at which rules run through most of a table, be it a piece a cell."""
    heights: list[list[float]] = []  # height, length
    for y, left, right in sorted(rules):
        length = min(right, box[2]) - max(left, box[0])
        if length > 0 and box[1] - 2 < y < box[3] + 2:
            if heights and y - heights[-1][0] < 2:
                heights[-1][1] += length
            else:
                heights.append([y, length])
    return tuple(y for y, length in heights if length > 0.6 * (box[2] - box[0]))


# --- Which lines are a row?

Groups = list[list[int]]
"""Rows, each the numbers of its lines."""


def _grouped(grid: _Grid, headed: bool = True, late: bool = False) -> Groups | None:
    """The lines as rows: by the rules between them, by the white, or by where figures stand; None
    where none of them tells."""
    lines = range(len(grid.lines))
    size = median([line.size for line in grid.lines])
    whites = _whites(grid.lines, size)
    ruled = {at for at in lines[1:] if any(_between(grid, at, y) for y in grid.rules)}
    if len(ruled) > 1:
        # Not every row need have a rule: those that stand as far apart as if they had are parted.
        limit = (min(whites[1:]) + min(whites[at] for at in ruled)) / 2 + _STEP / 2
        spaced = _parted(lines, lambda at: at in ruled or whites[at] > limit)
        if min(whites[at] for at in ruled) <= limit:
            most = max(whites[at] for at in ruled) + _STEP
            spaced = _parted(lines, lambda at: at in ruled or whites[at] > most)
        if _consistent(grid, spaced):
            return _without_head(grid, spaced) if headed else spaced
    steps = sorted(whites[1:])
    jumps = sorted(
        ((b - a, (a + b) / 2) for a, b in pairwise(steps) if b - a > _STEP), reverse=True
    )
    for _, limit in jumps[:4]:
        spaced = _spaced(lines, whites, limit)
        if _consistent(grid, spaced):
            return spaced
    return _by_figures(grid, headed, late)


def _whites(lines: Sequence[PdfLine], size: float) -> list[float]:
    """The white above each line, of the size; lines that overlap are as close as any."""
    whites = [(below.top - line.bottom) / size for line, below in pairwise(lines)]
    least = min((white for white in whites if white > -0.1), default=0.0)
    return [least, *(max(white, least) for white in whites)]


def _without_head(grid: _Grid, groups: Groups) -> Groups:
    """The groups, the header parted from the first row where no rule does."""
    first = groups[0]
    head = next((at for at in first if not _is_bold(grid.lines[at])), first[-1] + 1)
    if head in (0, first[-1] + 1) and len(grid.cells[0]) == grid.width and not grid.valued[0]:
        head = 1
    if not 0 < head <= first[-1] or not (_has_figure(grid, first) or 0 in grid.cells[head]):
        return groups
    return [[*range(head)], [*range(head, first[-1] + 1)], *groups[1:]]


def _between(grid: _Grid, at: int, y: float) -> bool:
    line, below = grid.lines[at - 1], grid.lines[at]
    return (line.top + line.bottom) / 2 < y < (below.top + below.bottom) / 2


def _spaced(lines: Sequence[int], whites: Sequence[float], limit: float) -> Groups:
    return _parted(lines, lambda at: whites[at] > limit)


def _parted(lines: Iterable[int], begins: Callable[[int], bool]) -> Groups:
    groups: Groups = []
    for at in lines:
        if groups and not begins(at):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _consistent(grid: _Grid, groups: Groups) -> bool:
    """Whether the lines can be parted so: no row has two figures in one column, most have one, and
    few lines of a row end where they need not."""
    doubled = empty = roomy = inner = 0
    for group in groups:
        doubled += _has_two_figures(grid, group)
        empty += not _has_figure(grid, group)
        for line, below in pairwise(group):
            inner += 1
            roomy += _has_room(grid, line, below)
    if not grid.values and len(groups) < max(3, len(grid.lines) / 6):
        return False
    if grid.values and (doubled > 0.02 * len(groups) or empty > 2 + 0.2 * len(groups)):
        return False
    return roomy <= 1 + 0.3 * inner


def _has_figure(grid: _Grid, group: Iterable[int]) -> bool:
    return any(grid.valued[at] for at in group)


def _has_two_figures(grid: _Grid, group: Iterable[int]) -> bool:
    seen: set[int] = set()
    for at in group:
        again = {
            column for column in grid.valued[at] & seen
            if not _GROUPS.fullmatch(_text(grid.cells[at][column]))
        }  # fmt: skip
        if again:
            return True
        seen |= grid.valued[at]
    return False


def _has_room(
    grid: _Grid, at: int, below: int, where: Callable[[Iterable[bool]], bool] = all
) -> bool:
    """Whether a line did not need to end there: the first words below had found room on it, in all
    columns or any."""
    upper, lower = grid.cells[at], grid.cells[below]
    both = upper.keys() & lower.keys() & grid.extents.keys()
    return bool(both) and where(
        _length(upper[column]) + _length(lower[column][:1]) + 0.3 * lower[column][0].size
        < grid.extents[column][1] - grid.extents[column][0] - 1
        for column in both
    )


def _length(words: Sequence[PdfWord]) -> float:
    return words[-1].right - words[0].left


def _by_figures(grid: _Grid, headed: bool, late: bool) -> Groups | None:
    """The rows of lines that all are as far apart: each has its figures on its first line, or each
    on its last, or each on the one in the middle. None where that is uncertain."""
    count = len(grid.lines)
    key = _key_lines(grid)
    head = _head_lines(grid, min(key, default=count)) if headed else 0
    header = [[*range(head)]] if head else []
    body = [at for at in range(head, count) if at not in grid.spans]
    if not body:
        return None
    overlaps = [at for at in range(head, count - 1) if _overlap(grid.lines[at], grid.lines[at + 1])]
    if not key:
        if overlaps or 0 not in grid.cells[body[0]]:
            return None
        return header + _parted(range(head, count), lambda at: _opens_row(grid, at))
    if overlaps:
        return _around(grid, head, sorted(key), header)
    after = [at for at in body if at not in key and at - 1 in key and at < max(key)]
    votes = [vote for at in after if (vote := _continues(grid, at)) is not None]
    upwards = _share(votes) if votes else 0.5
    if 0.25 <= upwards <= 0.75 and (body[0] in key) != (body[-1] in key):
        upwards = float(body[0] in key)
    if (body[0] in key or not (headed or late)) and (upwards > 0.75 or not after):
        return header + _parted(
            range(head, count),
            lambda at: at in key or at in grid.spans or _is_new(grid, at),
        )
    if upwards < 0.25 or (body[0] not in key and not after):
        return header + _parted(range(head, count), lambda at: at - 1 in {*key, *grid.spans})
    return None


def _is_new(grid: _Grid, at: int) -> bool:
    """Whether a line without figures opens a row: it goes on with no cell above it."""
    return not _lower(grid, at) and _has_room(grid, at - 1, at, any)


def _overlap(line: PdfLine, below: PdfLine) -> bool:
    return line.bottom - below.top > 0.2 * below.size


def _key_lines(grid: _Grid) -> set[int]:
    """The lines that have a figure in the column that has most of them, and the lines that have
    one elsewhere for the second time since."""
    counts = Counter(column for valued in grid.valued for column in valued)
    key = max(counts, key=lambda column: (counts[column], column), default=-1)
    lines = set()
    seen: set[int] = set()
    for at, valued in enumerate(grid.valued):
        if key in valued or valued & seen:
            lines.add(at)
            seen = set()
        seen |= valued
    return lines


def _continues(grid: _Grid, at: int) -> bool | None:
    """Whether a line goes on with the one above it rather than with the one below; None where
    that is uncertain."""
    if _lower(grid, at) != _lower(grid, at + 1):
        return _lower(grid, at)
    room = _has_room(grid, at - 1, at, any), _has_room(grid, at, at + 1, any)
    return None if room[0] == room[1] else room[1]


def _lower(grid: _Grid, at: int) -> bool:
    return any(words[0].text[:1].islower() for words in grid.cells[at].values())


def _opens_row(grid: _Grid, at: int) -> bool:
    first = grid.cells[at].get(0)
    return at in grid.spans or (first is not None and not first[0].text[:1].islower())


def _around(grid: _Grid, head: int, valued: Sequence[int], header: Groups) -> Groups | None:
    """Rows with as many lines above the one with figures as below it."""
    groups, start = [*header], head
    for at in valued:
        if at < start:
            return None
        groups.append([*range(start, 2 * at - start + 1)])
        start = 2 * at - start + 1
    return groups if start == len(grid.lines) else None


def _head_lines(grid: _Grid, most: int) -> int:
    """How many lines the header has: the bold ones, or those that its names are broken over."""
    bold = next((at for at, line in enumerate(grid.lines) if not _is_bold(line)), most + 1)
    if 0 < bold <= most:
        return bold
    if most == len(grid.lines):
        return 1
    at = min(1, most)
    while 0 < at < most and at not in grid.spans and not _has_room(grid, at - 1, at, any):
        at += 1
    return at


def _is_bold(line: PdfLine) -> bool:
    return all(word.bold for word in line.words)


# --- Which row is the header?


def _headed(grid: _Grid) -> AlignedTable | None:
    """The table, None where no row heads it or it looks like running text."""
    groups = _grouped(grid)
    if groups is None or _is_prose(grid):
        return None
    first, end = _head_groups(grid, groups)
    head = [at for group in groups[first:end] for at in group]
    if not head:
        return None
    level = _level(grid, groups[end - 1 :])
    header = _header(grid, head, level)
    nameless = _nameless(grid, header, head)
    if nameless is not None:
        rest = grid.borders[:nameless] + grid.borders[nameless + 1 :]
        joined = _grid(grid.lines, rest, (), grid.space) if rest else None
        return _headed(replace(joined, rules=grid.rules)) if joined else None
    body = _without_notes(grid, groups[end:])
    rows = [_row(grid, group) for group in body]
    if not _is_list(header, rows):
        return None
    lines = [grid.lines[at] for at in (*head, *(at for group in body for at in group))]
    return AlignedTable(
        _box(lines), grid.borders, header, (header, *rows), grid.values, level,
        _is_late(grid, body), _is_open(grid, body, grid.values),
    )  # fmt: skip


def _nameless(grid: _Grid, header: Sequence[str], head: Sequence[int]) -> int | None:
    """The border beside a column without a name that is a part of the one beside it: text that goes
    on, or figures that do not stand right below their name."""
    filled = {column for at in range(head[-1] + 1, len(grid.cells)) for column in grid.cells[at]}
    for column in range(grid.width):
        if not header[column]:
            if column and (column not in grid.values or column - 1 not in filled):
                return column - 1
            if column + 1 < grid.width and column + 1 not in filled:
                return column
        elif column and not {column - 1, column} <= filled and _is_near(grid, head, column):
            return column - 1
    return None


def _is_near(grid: _Grid, head: Sequence[int], column: int) -> bool:
    """Whether the names of a column and the one before it are no further apart than words."""
    left = [cells[column][0].left for at in head if column in (cells := grid.cells[at])]
    right = [cells[column - 1][-1].right for at in head if column - 1 in (cells := grid.cells[at])]
    return min(left) - max(right, default=0.0) < grid.space * grid.lines[head[0]].size


def _head_groups(grid: _Grid, groups: Groups) -> tuple[int, int]:
    """The rows of the header, from the first up to the row after the last."""
    lead = next((at for at, group in enumerate(groups) if _has_figure(grid, group)), len(groups))
    if lead == len(groups):
        bold = [all(_is_bold(grid.lines[at]) for at in group) for group in groups]
        lead = next((at for at, is_bold in enumerate(bold) if not is_bold), 0) or 1
    columns = [_covered(grid, group) for group in groups[:lead]]
    for end in range(1, lead + 1):
        for first in range(end - 1, -1, -1):
            if len(set().union(*columns[first:end])) == grid.width:
                # A level that stands over some of the columns only.
                above = first > 0 and 0 not in columns[first - 1] and len(columns[first - 1]) > 0
                near = above and _alike(
                    grid.lines[groups[first - 1][-1]], grid.lines[groups[first][0]]
                )
                return (first - 1 if near else first), end
    most = max(range(lead), key=lambda at: len(columns[at]), default=0)
    return (most, most + 1) if lead and len(columns[most]) > 1 else (0, 0)


def _covered(grid: _Grid, group: Sequence[int]) -> set[int]:
    return {column for at in group for column in grid.cells[at]}


def _level(grid: _Grid, groups: Groups) -> float:
    """The least white between two levels of a header: nearly as much as between rows."""
    whites = [_white(grid.lines[a[-1]], grid.lines[b[0]]) for a, b in pairwise(groups)]
    return max(0.8 * min(whites, default=0.0), _LEVEL * grid.lines[0].size)


def _header(grid: _Grid, lines: Sequence[int], level: float) -> tuple[str, ...]:
    """The names of the columns, each with what stands above it and its neighbours in front."""
    words: dict[int, list[PdfWord]] = {}
    for number, at in enumerate(lines):
        for column, part in grid.cells[at].items():
            for under in _under(grid, lines[number:], column, part, level):
                words.setdefault(under, []).extend(part)
    return tuple(
        " ".join(text_of(words.get(column, ())).split("\n")) for column in range(grid.width)
    )


def _under(
    grid: _Grid, lines: Sequence[int], column: int, words: Sequence[PdfWord], level: float
) -> Sequence[int]:
    """The columns that words in a header stand over, those in `column` on the first of `lines`:
    several where they lie across a border, or where the next level has names on both sides."""
    last = sum(1 for border in grid.borders if border < words[-1].right)
    beside = [other for other in grid.cells[lines[0]] if other > column]
    last = max(column, min(last, min(beside, default=last + 1) - 1))
    own = range(column, last + 1)
    below = next((at for at in lines[1:] if grid.cells[at].keys() & {*own}), None)
    if below is None:
        return own if last > column and len(lines) > 1 else [column]
    white = _white(grid.lines[lines[0]], grid.lines[below])
    if last == column and white < level:
        return [column]
    named = grid.cells[below].keys() - (grid.cells[lines[0]].keys() - {column})
    first, end = column, last
    while first - 1 in named:
        first -= 1
    while end + 1 in named:
        end += 1
    return _centred(grid, range(first, end + 1), own, words)


def _centred(grid: _Grid, most: range, least: range, words: Sequence[PdfWord]) -> Sequence[int]:
    """Of the columns that words may stand over, those that they are centred over, or begin with, or
    end with."""
    middle, size = (words[0].left + words[-1].right) / 2, words[0].size
    spans = [
        range(first, last + 1)
        for first in range(most.start, least.start + 1)
        for last in range(least.stop - 1, most.stop)
        if last > first
        and abs((grid.extents[first][0] + grid.extents[last][1]) / 2 - middle) < 0.5 * size
    ]
    if spans:
        return max(spans, key=len)
    if words[0].left - grid.extents[least.start][0] < size:
        return range(least.start, most.stop)
    if grid.extents[least.stop - 1][1] - words[-1].right < size:
        return range(most.start, least.stop)
    return least


# --- What are the rows, and is it a table?


def _row(grid: _Grid, group: Sequence[int]) -> tuple[str, ...]:
    words: dict[int, list[PdfWord]] = {}
    for at in group:
        for column, part in grid.cells[at].items():
            words.setdefault(column, []).extend(part)
    return tuple(text_of(words.get(column, ())) for column in range(grid.width))


def _without_notes(grid: _Grid, groups: Groups) -> Groups:
    """The rows without the lines below the table that are set apart, or lie across its columns."""
    whites = [
        _white(grid.lines[group[-1]], grid.lines[below[0]]) for group, below in pairwise(groups)
    ]
    usual = median(whites) if whites else 0.0
    end = len(groups)
    for at in range(len(groups) - 1, 0, -1):
        line = grid.lines[groups[at][0]]
        several = any(len(chunks(grid.lines[number])) > 1 for number in groups[at])
        if several or _has_figure(grid, groups[at]):
            break
        across = groups[at][0] in grid.spans and not _is_bold(line)
        sentence = grid.lines[groups[at][-1]].text.endswith(".")
        if across or sentence or whites[at - 1] > usual + 0.25 * line.size:
            end = at
    return groups[:end]


def _is_list(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows below a header are several that have cells beside each other. Labels with values
    beside them are none, nor is text that is broken into columns."""
    several = [row for row in rows if sum(map(bool, row)) > 1]
    if len(several) < (3 if len(header) == 2 else 2) or len(several) < 0.6 * len(rows):
        return False
    if any(len(name) > _LONGEST_HEADER for name in header):
        return False
    if _share(row[0].endswith(":") for row in (header, *several)) >= 0.5:
        return False
    fill = [_share(bool(row[column]) for row in several) for column in range(len(header))]
    usual = [column for column, share in enumerate(fill) if share >= 0.7]
    if fill[0] < 0.6 and len(usual) + 1 < len(header):
        return False
    torn = sum(sum(not row[column] for column in usual) > 1 for row in several)
    middles = sum(row[0][:1].islower() for row in several)
    return max(torn, middles) <= max(1, 0.15 * len(several))


def _is_prose(grid: _Grid) -> bool:
    """Whether the lines of every column go on with the ones above them, as in a newsletter."""
    if grid.values:
        return False
    shares = []
    for column in range(grid.width):
        texts = [row[column][0].text for row in grid.cells if column in row]
        if len(texts) > 2:
            shares.append(_share(text[:1].islower() for text in texts))
    return len(shares) > 1 and min(shares) > 0.25


# --- Does it go on on the next page?


def _goes_on(
    lines: Sequence[PdfLine], rules: Sequence[Rule], space: float, before: AlignedTable
) -> AlignedTable | None:
    """The table as the rest of the one before it, below its header repeated or without one."""
    lines = _without_tail(lines)
    values = before.values
    whole = _grid(lines, before.borders, rules, space, values)
    if whole is None:
        return None
    head = max(
        (
            end
            for end in range(1, 6)
            if _header(whole, range(min(end, len(lines))), before.level) == before.header
        ),
        default=0,
    )
    rest = lines[head:]
    grid = _grid(rest, before.borders, rules, space, values) if rest else None
    groups = _grouped(grid, headed=False, late=before.late) if grid else None
    if grid and values and not any(grid.valued):
        groups = [[*range(len(rest))]]  # the end of a row
    if not grid or not groups:
        figures = sum(bool(row) for row in whole.valued)
        unread = (head > 0 and len(rest) > 0) or figures > 2
        return replace(before, box=_box(lines), rows=(), unread=True) if unread else None
    body = _without_notes(grid, groups)
    rows = [_row(grid, group) for group in body]
    valued = _has_figure(grid, body[0])
    part = sum(map(bool, rows[0])) * 2 <= len(rows[0]) and not _is_bold(grid.lines[body[0][0]])
    broken = bool(values) and not valued and (part or not rows[0][0][:1].isupper())
    if not head and not valued and not broken and (before.values or _is_bold(lines[0])):
        return None  # another header
    told = [row[column] for row in rows for column in values if row[column]]
    if _share(map(_is_value, told)) < 0.6 and len(told) > 2:
        return None
    if not any(sum(map(bool, row)) > 1 for row in rows) and not broken:
        return None
    box = _box([*lines[:head], *(grid.lines[at] for group in body for at in group)])
    all_rows = (before.header, *rows) if head else (*rows,)
    return replace(
        before, box=box, rows=all_rows, broken=broken, open=_is_open(grid, body, before.values)
    )


def _is_open(grid: _Grid, groups: Groups, values: frozenset[int]) -> bool:
    """Whether the last row goes on on the next page: those before have their figures further down,
    and it has none yet."""
    return bool(values) and _is_late(grid, groups) and not _has_figure(grid, groups[-1])


def _is_late(grid: _Grid, groups: Groups) -> bool:
    return _share(not grid.valued[group[0]] for group in groups if len(group) > 1) > 0.5
