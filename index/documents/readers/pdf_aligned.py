"""Which tables without ruled cells does a PDF hold, over all its pages?

Lines that share a gap may be one, if every column has a name above it and the rows can be told
apart. A table goes on at the top of the next page where its rivers do. What surely is a table and
cannot be read refuses the file: better none than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice

from index.documents.readers import pdf_rows
from index.documents.readers.pdf_columns import WordColumns, block, columns, space_of
from index.documents.readers.pdf_lines import Box, PdfLine, PdfWord, chunks, go_on, text_of
from index.documents.readers.pdf_rows import (
    Group,
    Rule,
    TableLine,
    cells_of,
    is_figure,
    table_lines,
    without_notes,
)
from index.errors import ReadError

_LONGEST_NAME = 120  # characters
_TRIES = 30  # lines of a page that may be a header


@dataclass(frozen=True, slots=True)
class LinedPage:
    """What is on a page, top to bottom; a page without ``lines`` has no such tables."""

    number: int
    lines: Sequence[PdfLine]
    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """The part of a table that is on one page: ``box`` round it; ``rows`` begin with ``header``
    on its first page. A row belongs to the page where it begins."""

    page: int
    box: Box
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class _TableDraft:
    """A table while lines of more pages are added to it. ``values`` are the columns of figures and
    dates, ``head`` the lines of the header, ``repeated`` those that later pages have once more."""

    columns: WordColumns
    lines: list[TableLine]
    values: frozenset[int]
    head: Sequence[str]
    repeated: list[TableLine]


@dataclass(frozen=True, slots=True)
class _TableReading:
    """The names of columns and the lines of each row below them."""

    head: Group
    header: tuple[str, ...]
    rows: Sequence[Group]


def aligned(pages: Sequence[LinedPage]) -> list[AlignedTable]:
    """The tables that stand on pages as columns of words. Raises `ReadError`."""
    drafts: list[_TableDraft] = []
    for page in pages:
        at = 0
        if drafts and drafts[-1].lines[-1].page == page.number - 1:
            at = _go_on(drafts[-1], page)
        doubtful = False
        for top, start in islice(_heads(page.lines), _TRIES):
            end = block(page.lines, start) if top >= at else top
            draft = _begin(page, page.lines[top:end]) if end - top > 2 else None
            if draft and draft.head:
                drafts.append(draft)
                at = end
            doubtful = doubtful or (draft is not None and _is_sure(draft, page))
        if doubtful and not at:
            raise unread(page.number)
    _check_headers(pages, drafts)
    return [table for draft in drafts for table in _tables(draft)]


# --- Where does a table begin, and does it go on on the next page?


def _heads(lines: Sequence[PdfLine]) -> Iterator[tuple[int, int]]:
    """The lines that may head a table: the first of some that are close, and the first of them
    that has a gap, since names that are broken may stand at the bottom."""
    top, found = 0, False
    for at, line in enumerate(lines):
        if at and not _is_close(lines[at - 1], line):
            top, found = at, False
        if not found and len(chunks(line)) > 1:
            found = True
            yield top, at


def _is_close(above: PdfLine, line: PdfLine) -> bool:
    alike = abs(above.size - line.size) < 0.5 and above.bold == line.bold
    return alike and line.top - above.bottom < 0.6 * line.size


def _begin(page: LinedPage, lines: Sequence[PdfLine]) -> _TableDraft | None:
    """What lines are as a table, without ``head`` where that is uncertain."""
    found = columns(lines, space_of(page.lines))
    draft = _named(page, lines, found) if found.rivers else None
    reading = _read(draft) if draft else None
    if draft and reading:
        draft.head = [line.line.text for line in reading.head]
    return draft


def _named(page: LinedPage, lines: Sequence[PdfLine], found: WordColumns) -> _TableDraft:
    """The lines in columns, those put together of which one has only the name of the other."""
    table = [*table_lines(page.number, lines, page.rules, found)]
    values = frozenset(at for at in range(found.count) if _has_values(table, at))
    draft = _TableDraft(found, table, values, (), [])
    _set_figures(draft)
    groups = pdf_rows.groups(draft.lines, _widths(draft))
    border = _needless(draft, groups) if groups else None
    return draft if border is None else _named(page, lines, found.without(border))


def _needless(draft: _TableDraft, groups: Sequence[Group]) -> int | None:
    """A border beside a column without a name, or only with one, that is a part of the other."""
    every = {*range(draft.columns.count)}
    nameless, empty = every - cells_of(groups[0]), every.difference(*map(cells_of, groups[1:]))
    for border in range(len(draft.columns.rivers)):
        both = {border, border + 1}
        runs = any(
            draft.columns.run_on(line.line, border) for line in draft.lines if not line.across
        )
        if both & (nameless | empty) and (runs or (both & nameless and both & empty)):
            return border
    return None


def _has_values(table: Sequence[TableLine], column: int) -> bool:
    texts = [PdfLine(line.cells[column]).text for line in table if column in line.cells]
    return _share(map(is_figure, texts)) >= 0.6


def _set_figures(draft: _TableDraft) -> None:
    numbers = pdf_rows.figures(draft.lines, draft.values)
    draft.lines = [
        replace(line, figures=found) for line, found in zip(draft.lines, numbers, strict=True)
    ]


def _is_sure(draft: _TableDraft, page: LinedPage) -> bool:
    """Whether most of a page surely is a table, whatever its rows are."""
    rows = sum(bool(line.figures) for line in draft.lines)
    return draft.columns.count > 2 and rows > 2 and len(draft.lines) * 2 > len(page.lines)


def unread(page: int) -> ReadError:
    what = f"raderna i tabellen på sida {page} går inte att skilja åt"
    return ReadError(what, "hämta listan som kalkylblad eller CSV")


def _go_on(draft: _TableDraft, page: LinedPage) -> int:
    """Adds the lines at the top of a page that go on with a table; returns where they end."""
    for start in range(min(3, len(page.lines))):  # what is repeated on each page may stand above
        found, end = draft.columns.down(page.lines, start)
        if end == start:
            continue
        lines = [*table_lines(page.number, page.lines[start:end], page.rules, found)]
        head = 0
        while head < min(len(lines), len(draft.head)) and lines[head].line.text == draft.head[head]:
            head += 1
        if len(lines) > head:
            rest = [replace(lines[head], white=None, ruled=False), *lines[head + 1 :]]
            more = replace(draft, lines=rest)
            _set_figures(more)
            if head or _is_rest(more):
                draft.columns = found
                draft.lines += more.lines
                draft.repeated += lines[:head]
                return end
    return 0


def _is_rest(draft: _TableDraft) -> bool:
    """Whether lines without a header are rows of the table, and not another one."""
    first = draft.lines[0]
    if draft.values:
        return bool(first.figures) or not draft.values & first.cells.keys()
    return not first.bold and any(len(line.cells) > 1 for line in draft.lines)


def _check_headers(pages: Iterable[LinedPage], drafts: Sequence[_TableDraft]) -> None:
    """Raises `ReadError` where the header of a table stands on a page where none was read."""
    heads = {draft.head[0] for draft in drafts}
    read = {line.page for draft in drafts for line in draft.lines}
    for page in pages:
        if page.number not in read and any(line.text in heads for line in page.lines):
            raise unread(page.number)


# --- What are its header and its rows?


def _read(draft: _TableDraft) -> _TableReading | None:
    """The names of the columns and the rows, None where they are uncertain or no table."""
    groups = pdf_rows.groups(draft.lines, _widths(draft))
    count, space = draft.columns.count, draft.columns.space
    wide = sum(len(chunks(line.line, 1.5 * space)) > count for line in draft.lines)
    if groups is None or wide > 1:  # names over several columns hide the rivers below them
        return None
    header = _texts(groups[0], count)
    rows = without_notes(groups)[1:]
    texts = [_texts(row, len(header)) for row in rows]
    return _TableReading(groups[0], header, rows) if _names(header) and _is_list(texts) else None


def _widths(draft: _TableDraft) -> list[float]:
    """How wide the text of each column is."""
    count = draft.columns.count
    left, right = [float("inf")] * count, [0.0] * count
    for line in draft.lines:
        for column, words in line.cells.items():
            if not line.across:
                left[column] = min(left[column], words[0].left)
                right[column] = max(right[column], words[-1].right)
    return [end - start for start, end in zip(left, right, strict=True)]


def _texts(group: Group, count: int) -> tuple[str, ...]:
    return tuple(_text(group, column) for column in range(count))


def _text(group: Group, column: int) -> str:
    """The text of a cell; it may go on on the next page."""
    pages: dict[int, list[PdfWord]] = {}
    for line in group:
        pages.setdefault(line.page, []).extend(line.cells.get(column, ()))
    return reduce(go_on, map(text_of, pages.values()))


def _names(header: Sequence[str]) -> bool:
    """Whether a header names each column: a level above the names, and a year below one, do not."""
    return all(
        name and "\n" not in name and not name.isdigit() and len(name) <= _LONGEST_NAME
        for name in header
    ) and not header[0].endswith(":")


def _is_list(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows are several that have cells beside each other. Labels with values beside them
    are none, nor is text that is broken into columns."""
    several = [row for row in rows if sum(map(bool, row)) > 1]
    if len(several) < (3 if rows and len(rows[0]) == 2 else 2) or len(several) < 0.6 * len(rows):
        return False
    if _share(row[0].endswith(":") for row in several) >= 0.5:
        return False
    middles = sum(row[0][:1].islower() or not row[0] for row in several)
    return middles <= max(1, 0.15 * len(several))


def _share(facts: Iterable[bool]) -> float:
    known = [*facts]
    return sum(known) / len(known) if known else 0.0


def _tables(draft: _TableDraft) -> Iterator[AlignedTable]:
    """The parts of a table on its pages; raises `ReadError`."""
    reading = _read(draft)
    numbers = sorted({line.page for line in draft.lines})
    if reading is None:
        raise unread(_unread_page(draft, numbers))
    for number in numbers:
        rows = [row for row in reading.rows if row[0].page == number]
        lines = [line for row in reading.rows for line in row] + reading.head + draft.repeated
        words = [line.line for line in lines if line.page == number]
        texts = [_texts(row, len(reading.header)) for row in rows]
        if words:
            top = [reading.header] if number == numbers[0] else []
            yield AlignedTable(number, _box(words), reading.header, (*top, *texts))


def _unread_page(draft: _TableDraft, numbers: Sequence[int]) -> int:
    """The first page whose rows alone cannot be read."""
    head = draft.lines[: len(draft.head)]
    for number in numbers[1:]:
        lines = head + [line for line in draft.lines if line.page == number]
        if _read(replace(draft, lines=lines)) is None:
            return number
    return numbers[0]


def _box(lines: Sequence[PdfLine]) -> Box:
    return (
        min(line.left for line in lines), min(line.top for line in lines),
        max(line.right for line in lines), max(line.bottom for line in lines),
    )  # fmt: skip
