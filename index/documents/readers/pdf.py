"""PDF: its ruled tables, over all pages; cells and rows that are broken over lines and pages are
put together again."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfplumber.page import Page

from index.documents.html import BULLETS
from index.documents.readers.table import Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_BULLET = re.compile(rf"[{BULLETS}]|[-–](?=\s)")
_SUSPENDED = re.compile(r"(?:och|eller|samt|respektive)\b")
_END_OF_SENTENCE = re.compile(r"[.!?:][”\"’)]*$")
_OPEN = 6.0  # points that rules go on below the last row where it is broken by the page
_GAP = 1.3  # lines further apart than this times the usual distance are two paragraphs

logging.getLogger("pdfminer").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class _Line:
    """Words on one line of a cell; sizes and places in points from the top left corner."""

    text: str
    left: float
    top: float
    size: float
    bold: bool
    ends_bold: bool

    @property
    def item(self) -> float | None:
        return self.left if _BULLET.match(self.text) else None


def recognises(content: bytes) -> bool:
    """A PDF says so within its first kilobyte."""
    return b"%PDF-" in content[:1024]


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """A table for each one on each page, named by the page; rows are numbered on their page."""
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages = resolve1(resolve1(pdf.doc.catalog["Pages"]).get("Count"))
            if isinstance(pages, int) and pages > limits.pdf_pages:
                raise ReadError(f"filen har fler än {limits.pdf_pages} sidor", "dela upp den")
            return _joined([_page(page) for page in pdf.pages])
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # what pdfminer raises on damage is no documented set
        # pdfplumber wraps the error, without naming it as the cause.
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error, *error.args)):
            raise ReadError("filen är skyddad med lösenord", "spara den utan lösenord") from error
        raise ReadError("PDF-filen är skadad", "hämta dokumentet på nytt") from error


@dataclass(frozen=True, slots=True)
class _PageTable:
    """A table of a page. ``open``: its last row goes on on the next page."""

    page: int
    heading: tuple[str, ...]
    rows: list[Row]
    open: bool


def _page(page: Page) -> list[_PageTable]:
    tables: list[_PageTable] = []
    words = page.extract_words(
        x_tolerance_ratio=0.15, extra_attrs=["size", "fontname"], keep_blank_chars=False
    )
    body = median([word["size"] for word in words]) if words else 0.0
    above, number = 0.0, 0
    for table, is_open in _tables(page):
        left, top, right, bottom = table.bbox
        inside = [word for word in words if _within(word, (left - 2, top, right + 2, bottom + 2))]
        higher = [word for word in words if above <= word["top"] and word["bottom"] <= top + 2]
        rows = _rows(table, inside, number)
        number = rows[-1].number if rows else number
        first = page.page_number == 1 and not tables
        heading = _heading(higher, body, first)
        tables.append(_PageTable(page.page_number, heading, rows, is_open))
        above = bottom
    page.close()
    return tables


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


def _rows(table: Any, words: Sequence[dict[str, Any]], number: int) -> list[Row]:
    rows = []
    merged: dict[int, tuple[float, str]] = {}  # column -> bottom and text of the cell above
    for row in table.rows:
        number += 1
        cells: list[str] = []
        spanned = set()
        inside = [word for word in words if _within(word, row.bbox)]
        for at, box in enumerate(row.cells):
            if box is not None:
                cells.append(_text([word for word in words if _within(word, box)]))
                merged[at] = (box[3], cells[-1])
            elif at in merged and merged[at][0] > row.bbox[1] + 2 and merged[at][1]:
                cells.append(merged[at][1])
                spanned.add(at)
            else:
                cells.append("")
        if any(cells) and inside:
            rows.append(Row(number, tuple(cells), frozenset(spanned)))
    return rows


def _within(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _lines(words: Iterable[dict[str, Any]]) -> list[_Line]:
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"] + word["bottom"], word["x0"])):
        last = lines[-1][-1] if lines else None
        if last and abs(word["bottom"] - last["bottom"]) < 0.4 * max(word["size"], 1):
            lines[-1].append(word)
        else:
            lines.append([word])
    joined = []
    for line in lines:
        line.sort(key=lambda word: word["x0"])
        text = line[0]["text"]
        for word, after in pairwise(line):  # fonts that change within a word part it too
            close = after["x0"] - word["x1"] < 0.1 * max(after["size"], 1)
            text += after["text"] if close else f" {after['text']}"
        first, final = line[0], line[-1]
        bold = "bold" in first["fontname"].casefold()
        ends_bold = "bold" in final["fontname"].casefold()
        joined.append(_Line(text, first["x0"], first["bottom"], first["size"], bold, ends_bold))
    return joined


def _text(words: Sequence[dict[str, Any]]) -> str:
    """The text of a cell, a paragraph or list item a line."""
    lines = _lines(words)
    if not lines:
        return ""
    distances = [below.top - line.top for line, below in pairwise(lines)]
    usual = median(distances) if len(distances) > 3 else 1.25 * lines[0].size
    paragraphs, item = [lines[0].text], lines[0].item
    for line, below in pairwise(lines):
        if (
            below.top - line.top > _GAP * max(usual, line.size)
            or _BULLET.match(below.text)
            or (below.bold and not line.ends_bold and below.text[:1].isupper())
            or (item is not None and below.left < item - 3)
        ):
            paragraphs.append(below.text)
            item = below.item
        else:
            paragraphs[-1] = _join(paragraphs[-1], below.text)
    return "\n".join(text.replace("\xad", "-").strip() for text in paragraphs)


def _join(text: str, more: str) -> str:
    """Two lines of a paragraph as one: a soft hyphen at the end goes, a hard one stays and holds
    the word together, unless it is suspended (*studie- och*) or a dash."""
    if text.endswith("\xad"):
        return text[:-1] + more
    if re.search(r"\w-$", text) and not _SUSPENDED.match(more):
        return text + more
    return f"{text} {more}"


def _heading(words: Sequence[dict[str, Any]], body: float, first: bool) -> tuple[str, ...]:
    """The lines above a table, those of one large heading put together; on later pages only what is
    larger than the text, since the rest is repeated on each."""
    texts: list[tuple[float, str]] = []
    for line in _lines(words):
        large = line.size > 1.15 * body
        if large and texts and abs(texts[-1][0] - line.size) < 0.1:
            texts[-1] = (line.size, _join(texts[-1][1], line.text))
        elif large or first:
            texts.append((line.size if large else 0.0, line.text))
    return tuple(text.replace("\xad", "-") for _, text in texts)


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
    if len(last.cells) == len(rest.cells) and last.cells not in headers and (before.open or tail):
        cells = tuple(_go_on(*both) for both in zip(last.cells, rest.cells, strict=True))
        before.rows[-1] = Row(last.number, cells, last.spanned)
        del after.rows[at]


def _go_on(text: str, rest: str) -> str:
    if not text or not rest:
        return text or rest
    parted = _BULLET.match(rest) or (_END_OF_SENTENCE.search(text) and rest[:1].isupper())
    return f"{text}\n{rest}" if parted else _join(text, rest)
