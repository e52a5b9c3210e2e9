"""DOCX: its tables, with the headings and paragraphs that stand above them."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from index.documents.readers import archive
from index.documents.readers.table import WRITTEN_MARKUP, Passage, Row, Table, beside
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_LEAD = 20  # paragraphs above a table that may name the round


def recognises(content: bytes) -> bool:
    """A ZIP file with a Word document in it."""
    return "word/document.xml" in archive.names(content)


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """The tables, each row numbered in its table; cells that span rows are filled downwards."""
    archive.check(content, limits)
    try:
        return _tables(docx.Document(io.BytesIO(content)))
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # what python-docx raises on damage is no documented set
        raise ReadError("Word-dokumentet är skadat", "öppna filen och spara den på nytt") from error


def _tables(document: Any) -> tuple[Table, ...]:
    tables: list[tuple[tuple[str, ...], WordTable]] = []
    headings: list[str] = []
    texts: list[str] = []
    for part in document.iter_inner_content():
        if isinstance(part, WordTable):
            tables.append(((*headings, *texts[:_LEAD]), part))
            headings, texts = [], []
        elif text := " ".join(_text(part).split()):
            (headings if _is_heading(part) else texts).append(text)
    several = len(tables) > 1
    return tuple(
        Table(f"tabell {number}" if several else None, tuple(_rows(table)), heading=heading,
              continues=number > 1 and not heading)
        for number, (heading, table) in enumerate(tables, start=1)
    )  # fmt: skip


def _is_heading(paragraph: Paragraph) -> bool:
    name = (paragraph.style.name if paragraph.style else None) or ""
    return name.startswith(("Heading", "Title", "Rubrik"))


def _rows(table: WordTable) -> Iterator[Row]:
    above: dict[int, str] = {}
    for number, row in enumerate(table._tbl.tr_lst, start=1):
        cells: list[str] = [""] * row.grid_before
        spanned = set()
        for cell in row.tc_lst:
            at = len(cells)
            if cell.vMerge == "continue":
                spanned.add(at)
                text = above.get(at, "")
            else:
                text = _cell(cell, table)
            above[at] = text
            cells += [text] + [""] * (cell.grid_span - 1)
        if any(cells):
            yield Row(number, tuple(cells), frozenset(spanned))


def _cell(cell: Any, table: WordTable) -> str:
    """The text of a cell; as HTML where it has several paragraphs, list items or bold words. Markup
    that stands there as text is given as it stands."""
    paragraphs = [Paragraph(element, table._parent) for element in cell.iter(qn("w:p"))]
    plain = "\n".join(map(_text, paragraphs)).strip()
    if WRITTEN_MARKUP.search(plain):
        return plain
    marked = [*map(_html, paragraphs)]
    if len(marked) == 1 and marked[0] == f"<p>{html.escape(plain)}</p>":
        return plain
    return "".join(marked)


def _html(paragraph: Paragraph) -> str:
    tag = "li" if _is_item(paragraph) else "p"
    pieces = []
    for text, bold in _runs(paragraph):
        escaped = html.escape(text).replace("\n", "<br>")
        pieces.append(f"<b>{escaped}</b>" if bold else escaped)
    inner = "".join(pieces).replace("</b><b>", "").strip()
    return f"<{tag}>{inner}</{tag}>" if inner else ""


def _is_item(paragraph: Paragraph) -> bool:
    name = (paragraph.style.name if paragraph.style else None) or ""
    properties = paragraph._p.pPr
    return name.startswith("List") or (properties is not None and properties.numPr is not None)


def _text(paragraph: Paragraph) -> str:
    return "".join(text for text, _ in _runs(paragraph))


_MARKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def _runs(paragraph: Paragraph, tab: str = " ") -> Iterator[tuple[str, bool]]:
    """The runs with whether they are bold; those of links and insertions too, not what has been
    deleted. A tabulator becomes `tab`."""
    for run in paragraph._p.iter(qn("w:r")):
        marks = {**_MARKS, qn("w:tab"): tab}
        pieces = [
            part.text or "" if part.tag == qn("w:t") else marks.get(part.tag, "") for part in run
        ]
        bold = run.rPr is not None and run.rPr.b is not None and run.rPr.b.val
        if text := "".join(pieces):
            yield text, bool(bold)


_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])", re.IGNORECASE)


def passages(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Passage, ...]:
    """The paragraphs in the order of the document, those of its page header first and those in
    tables where they stand; a row of two cells is a label and its value."""
    document = docx.Document(io.BytesIO(content))
    found = [*_letterhead(document)]
    number = 0
    for part in document.iter_inner_content():
        whole = _table_passages(part) if isinstance(part, WordTable) else _passages(part)
        for passage in whole:
            number += 1
            found.append(replace(passage, number=number))
    return tuple(found)


def _letterhead(document: Any) -> Iterator[Passage]:
    section = document.sections[0] if document.sections else None
    if section is None:
        return
    first = section.different_first_page_header_footer
    header = section.first_page_header if first else section.header
    for part in header.iter_inner_content():
        yield from _table_passages(part) if isinstance(part, WordTable) else _passages(part)


def _table_passages(table: WordTable) -> Iterator[Passage]:
    for row in table._tbl.tr_lst:
        cells = [
            [passage for one in cell.iter(qn("w:p"))
             for passage in _passages(Paragraph(one, table._parent))]
            for cell in row.tc_lst if cell.vMerge != "continue"
        ]  # fmt: skip
        filled = [cell for cell in cells if cell]
        if len(filled) == 2 and len(filled[0]) == 1:
            label, (first, *more) = filled[0][0], filled[1]
            pair = beside([label.text, first.text])
            if len(pair) == 1:
                yield replace(label, text=pair[0])
                yield from more
                continue
        for cell in filled:
            yield from cell


def _passages(paragraph: Paragraph) -> Iterator[Passage]:
    """A paragraph, or each line of one that is broken by hand."""
    runs = [*_runs(paragraph, "\t")]
    bold = sum(len(text) for text, _ in takewhile(lambda run: run[1] or not run[0].strip(), runs))
    name = (paragraph.style.name if paragraph.style else None) or ""
    heading = _HEADING.match(name)
    level = min(int(heading[1]), 6) if heading else int(_is_heading(paragraph))
    for line in "".join(text for text, _ in runs).split("\n"):
        for text in beside(line.split("\t")):
            yield Passage(1, text, None, level, min(bold, len(text)), _is_item(paragraph))
        bold = max(0, bold - len(line) - 1)
