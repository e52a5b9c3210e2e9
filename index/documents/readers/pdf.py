"""PDF: its ruled tables, and those whose columns line up, over all pages; cells and rows that are
broken over lines and pages are put together again. And its running text."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, TypeVar

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfplumber.page import Page

from index.documents.readers import pdf_text
from index.documents.readers.pdf_aligned import AlignedTable, LinedPage, aligned, unread
from index.documents.readers.pdf_lines import (
    Box,
    PdfLine,
    PdfWord,
    go_on,
    heading_of,
    lines_of,
    text_of,
    words_of,
)
from index.documents.readers.pdf_rows import Rule
from index.documents.readers.table import Passage, Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_OPEN = 6.0  # points that rules go on below the last row where it is broken by the page
_TAIL = 2048  # bytes at the end of a whole file that say where its table of objects is
_T = TypeVar("_T")

logging.getLogger("pdfminer").setLevel(logging.ERROR)


def recognises(content: bytes) -> bool:
    """A PDF says so within its first kilobyte."""
    return b"%PDF-" in content[:1024]


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """A table for each one on each page, named by the page; rows are numbered on their page."""
    return _joined(_tables_of(_each_page(content, limits, _page)))


def passages(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Passage, ...]:
    """The running text beside the tables, without what is repeated on each page: a passage for each
    paragraph, heading, list item and line with a label. Raises `ReadError`."""
    pages = _each_page(content, limits, _page)
    return pdf_text.passages([_beside(page, tables) for page, tables in _with_aligned(pages)])


def _each_page(content: bytes, limits: ReadingLimits, use: Callable[[Page], _T]) -> list[_T]:
    """What `use` makes of each page; raises `ReadError`."""
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages = resolve1(resolve1(pdf.doc.catalog["Pages"]).get("Count"))
            if isinstance(pages, int) and pages > limits.pdf_pages:
                raise ReadError(f"filen har fler än {limits.pdf_pages} sidor", "dela upp den")
            ends = b"%%EOF" in content[-_TAIL:] or b"startxref" in content[-_TAIL:]
            if not ends and not (len(pdf.pages) == pages and all(map(_has_content, pdf.pages))):
                raise _damaged()
            return [use(page) for page in pdf.pages]
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # what pdfminer raises on damage is no documented set
        # pdfplumber wraps the error, without naming it as the cause.
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error, *error.args)):
            raise ReadError("filen är skyddad med lösenord", "spara den utan lösenord") from error
        raise _damaged() from error


def _damaged() -> ReadError:
    return ReadError("PDF-filen är avkortad eller skadad", "hämta dokumentet på nytt")


def _has_content(page: Page) -> bool:
    """Whether what a page refers to is in the file."""
    return all(resolve1(part) is not None for part in page.page_obj.contents)


@dataclass(frozen=True, slots=True)
class _PageTable:
    """A table of a page. ``open``: its last row goes on on the next page."""

    page: int
    heading: tuple[str, ...]
    rows: list[Row]
    open: bool = False


@dataclass(frozen=True, slots=True)
class _RuledTable:
    """A table with rules round its cells. ``stripe``: its rules are the edges of colour behind one
    or two rows."""

    box: Box
    rows: list[Row]
    open: bool
    stripe: bool


@dataclass(frozen=True, slots=True)
class _PdfPage:
    """What is on a page."""

    number: int
    words: list[PdfWord]
    ruled: list[_RuledTable]
    rules: list[Rule]


def _page(page: Page) -> _PdfPage:
    words = words_of(page)
    coloured = [rect for rect in page.rects if rect["fill"] and rect["height"] > _OPEN]
    drawn = [rect for rect in page.rects if min(rect["height"], rect["width"]) < 3] + page.lines
    ruled: list[_RuledTable] = []
    number = 0
    for table, is_open in _tables(page):
        left, top, right, bottom = table.bbox
        inside = [word for word in words if word.within((left - 2, top, right + 2, bottom + 2))]
        rows = _rows(table, inside, number)
        number = rows[-1].number if rows else number
        stripe = len(table.rows) < 3 and all(_is_filled(row, coloured) for row in table.rows)
        stripe = stripe and not any(
            left - 2 < line["x0"] < right
            and top - 2 < line["top"] < bottom + 2
            and line["height"] > 3
            for line in drawn
        )
        ruled.append(_RuledTable(table.bbox, rows, is_open, stripe))
    edges = [edge for edge in page.horizontal_edges if edge["x1"] - edge["x0"] > _OPEN]
    rules = [(edge["top"], edge["x0"], edge["x1"]) for edge in edges]
    page.close()
    return _PdfPage(page.page_number, words, ruled, rules)


def _is_filled(row: Any, coloured: Iterable[dict[str, Any]]) -> bool:
    tops = [rect for rect in coloured if abs(rect["top"] - row.bbox[1]) < 2]
    return all(
        box and any(rect["x0"] - 2 < box[0] and box[2] < rect["x1"] + 2 for rect in tops)
        for box in row.cells
    )


def _tables(page: Page) -> list[tuple[Any, bool]]:
    """The ruled tables from top to bottom. Where the rules beside the last row go on below it, the
    page has broken that row, and it is closed where they end."""
    tables = _from_top(page.find_tables())
    ends: list[float] = []
    for table in tables:
        left, _, right, bottom = table.bbox
        below = [
            edge["bottom"]
            for edge in page.vertical_edges
            if left - 2 <= edge["x0"] <= right + 2
            and edge["top"] <= bottom + 3
            and edge["bottom"] > bottom + _OPEN
        ]
        if len(below) >= 2:
            ends.append(max(below))
    if not ends:
        return [(table, False) for table in tables]
    # A rule drawn where they end closes the row.
    closed = _from_top(page.find_tables({"explicit_horizontal_lines": ends}))
    return [(table, any(abs(table.bbox[3] - end) < 3 for end in ends)) for table in closed]


def _from_top(tables: Iterable[Any]) -> list[Any]:
    return sorted(tables, key=lambda table: (table.bbox[1], table.bbox[0]))


def _rows(table: Any, words: Sequence[PdfWord], number: int) -> list[Row]:
    rows = []
    merged: dict[int, tuple[float, str]] = {}  # column -> bottom and text of the cell above
    for row in table.rows:
        number += 1
        cells: list[str] = []
        spanned = set()
        inside = [word for word in words if word.within(row.bbox)]
        for at, box in enumerate(row.cells):
            if box is not None:
                cells.append(text_of([word for word in words if word.within(box)]))
                merged[at] = (box[3], cells[-1])
            elif at in merged and merged[at][0] > row.bbox[1] + 2 and merged[at][1]:
                cells.append(merged[at][1])
                spanned.add(at)
            else:
                cells.append("")
        if any(cells) and inside:
            rows.append(Row(number, tuple(cells), frozenset(spanned)))
    return rows


def _with_aligned(pages: Sequence[_PdfPage]) -> Iterator[tuple[_PdfPage, list[AlignedTable]]]:
    """Each page with the tables whose columns line up, beside those that have ruled cells."""
    lines = [lines_of(_outside(page)) for page in pages]
    rest = pdf_text.without_repeated(lines, header=True)
    lined = [
        LinedPage(page.number, left, page.rules) for page, left in zip(pages, rest, strict=True)
    ]
    tables = aligned(lined) if any(lines) else []
    for page in pages:
        found = [table for table in tables if table.page == page.number]
        ruled = [one for one in page.ruled if not _overlaps(one.box, found)]
        if any(one.stripe and len(one.rows[0].cells) > 2 for one in ruled if one.rows):
            raise unread(page.number)  # every other row is worse than none
        yield replace(page, ruled=[one for one in ruled if not one.stripe]), found


def _outside(page: _PdfPage) -> list[PdfWord]:
    boxes = [
        one.box
        for one in page.ruled
        if len(one.rows) > 1 and not one.stripe and any(len(row.cells) > 1 for row in one.rows)
    ]
    return [word for word in page.words if not _in_any(word, boxes)]


def _in_any(word: PdfWord, boxes: Iterable[Box]) -> bool:
    return any(word.within(box) for box in boxes)


def _tables_of(pages: Sequence[_PdfPage]) -> Iterator[list[_PageTable]]:
    """The tables of each page from top to bottom, with the headings above them."""
    for page, unruled in _with_aligned(pages):
        body = median([word.size for word in page.words]) if page.words else 0.0
        found: list[_RuledTable | AlignedTable] = [*unruled, *page.ruled]
        tables: list[_PageTable] = []
        above, number = 0.0, 0
        for table in sorted(found, key=lambda table: (table.box[1], table.box[0])):
            higher = [
                word for word in page.words if above <= word.top and word.bottom <= table.box[1] + 2
            ]
            heading = heading_of(higher, body, page.number == 1 and not tables)
            above = table.box[3]
            if isinstance(table, _RuledTable):
                tables.append(_PageTable(page.number, heading, table.rows, table.open))
            else:
                rows = [Row(number + at, cells) for at, cells in enumerate(table.rows, start=1)]
                tables.append(_PageTable(page.number, heading, rows))
            number = tables[-1].rows[-1].number if tables[-1].rows else number
        yield tables


def _overlaps(box: Box, tables: Iterable[AlignedTable]) -> bool:
    return any(box[1] < table.box[3] and table.box[1] < box[3] for table in tables)


def _joined(pages: Iterable[list[_PageTable]]) -> tuple[Table, ...]:
    """The tables of all pages; a row that a page break parts is put together on its first page."""
    tables: list[_PageTable] = []
    headers: list[tuple[str, ...]] = []
    for table in [table for page in pages for table in page]:
        if tables and tables[-1].page < table.page and tables[-1].rows:
            _take_rest(tables[-1], table, headers)
        if not headers:
            headers = [row.cells for row in table.rows[:2]]
        tables.append(table)
    return tuple(
        Table(f"sida {table.page}", tuple(table.rows), heading=table.heading, continues=number > 0)
        for number, table in enumerate(tables)
        if table.rows
    )


def _take_rest(before: _PageTable, after: _PageTable, headers: list[tuple[str, ...]]) -> None:
    at = next((at for at, row in enumerate(after.rows) if row.cells not in headers), None)
    if at is None:
        return
    last, rest = before.rows[-1], after.rows[at]
    filled = sum(1 for cell in rest.cells if cell)
    # Without rules below the last row: mostly empty, as the end of one long cell is.
    tail = not rest.cells[0] and last.cells[0] and filled * 2 <= len(rest.cells)
    parted = before.open or tail
    if len(last.cells) == len(rest.cells) and last.cells not in headers and parted:
        cells = tuple(go_on(*both) for both in zip(last.cells, rest.cells, strict=True))
        before.rows[-1] = Row(last.number, cells, last.spanned)
        del after.rows[at]


def _beside(page: _PdfPage, aligned: Iterable[AlignedTable]) -> tuple[int, list[PdfLine]]:
    """The lines of a page outside its tables; labels beside values are text."""
    celled = [one.box for one in page.ruled if any(len(row.cells) > 1 for row in one.rows)]
    boxes = [*celled, *(table.box for table in aligned if len(table.header) > 2)]
    return page.number, lines_of(word for word in page.words if not _in_any(word, boxes))
