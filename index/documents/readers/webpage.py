"""HTML pages: their tables, with the headings that stand above them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup, Tag

from index.documents.readers.characters import as_ascii, decode, is_text
from index.documents.readers.table import WRITTEN_MARKUP, Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, MEGABYTE, ReadingLimits

_TABLE = re.compile(rb"<(?:!doctype\s+html|html|body|table|tr)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")  # of XHTML, which is read as HTML
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HEADING = re.compile(r"h([1-6])")
_MOST_COLUMNS, _MOST_ROWS = 200, 10_000  # that one cell may span


@dataclass(slots=True)
class _PageTags:
    """A table of the page: its rows with their cells, and the headings above it; ``around`` are the
    cells that have tables in them."""

    heading: tuple[str, ...]
    rows: list[list[Tag]] = field(default_factory=list)
    around: set[int] = field(default_factory=set)


def recognises(content: bytes) -> bool:
    """Text that begins with a tag and has a document or a table in it."""
    plain = as_ascii(content)
    return plain.lstrip()[:1] == b"<" and is_text(content) and bool(_TABLE.search(plain))


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """The tables, each row numbered in its table; cells that span rows are filled downwards."""
    if len(content) > limits.html_megabytes * MEGABYTE:
        raise ReadError(f"HTML-sidan är större än {limits.html_megabytes} MB", "dela upp den")
    declared = _CHARSET.search(content[:4096])
    text, doubt = decode(content, declared[1].decode() if declared else None)
    tables = _tables(BeautifulSoup(_DECLARATION.sub("", text), "lxml"))
    several = len(tables) > 1
    return tuple(
        Table(f"tabell {number}" if several else None, _rows(table), doubt, heading=table.heading)
        for number, table in enumerate(tables, start=1)
    )


def _tables(soup: BeautifulSoup) -> list[_PageTags]:
    """Each table once, those within tables to the third depth: deeper, the same text would be read
    over and over. Walks `descendants` and looks at the parent only, so that other depth costs
    neither recursion nor time."""
    tables: dict[int, _PageTags] = {}
    inside: dict[int, tuple[int | None, int]] = {id(soup): (None, 0)}  # table, tables around it
    outline: list[tuple[int, str]] = []
    title = ""
    for node in soup.descendants:
        if not isinstance(node, Tag):
            continue
        table, depth = inside[id(node.parent)]
        if node.name == "table":
            if table is not None and tables[table].rows and tables[table].rows[-1]:
                tables[table].around.add(id(tables[table].rows[-1][-1]))
            above = tuple(text for _, text in outline) or ((title,) if title else ())
            tables[id(node)] = _PageTags(above)
            table, depth = id(node), depth + 1
        elif node.name == "tr" and table is not None and depth <= 3:
            tables[table].rows.append([])
        elif node.name in ("td", "th") and table is not None and tables[table].rows and depth <= 3:
            tables[table].rows[-1].append(node)
        elif heading := _HEADING.fullmatch(node.name):
            level, text = int(heading[1]), _line(node)
            outline = [above for above in outline if above[0] < level]
            outline += [(level, text)] if text and depth == 0 else []
        elif node.name == "title" and not title:
            title = _line(node)
        elif node.name == "caption" and table is not None:
            tables[table].heading += (_line(node),)
        inside[id(node)] = (table, depth)
    return [table for table in tables.values() if table.rows]


def _rows(table: _PageTags) -> tuple[Row, ...]:
    rows = []
    below: dict[int, tuple[int, str]] = {}  # column -> rows left, text of a cell that spans them
    for number, tags in enumerate(table.rows, start=1):
        cells: list[str] = []
        spanned: set[int] = set()
        todo = list(reversed(tags))
        while todo or len(cells) in below:
            at = len(cells)
            if at in below:
                left, text = below.pop(at)
                cells.append(text)
                spanned.add(at)
                if left > 1:
                    below[at] = (left - 1, text)
                continue
            tag = todo.pop()
            text = _text(tag) if id(tag) in table.around else _cell(tag)
            columns = _span(tag, "colspan", _MOST_COLUMNS)
            height = _span(tag, "rowspan", _MOST_ROWS)
            cells += [text] + [""] * (columns - 1)
            if height > 1:
                below |= {place: (height - 1, cells[place]) for place in range(at, at + columns)}
        if any(cells):
            rows.append(Row(number, tuple(cells), frozenset(spanned)))
    return tuple(rows)


def _span(tag: Tag, name: str, most: int) -> int:
    value = str(tag.get(name, "1")).strip()
    return min(int(value), most) if value.isascii() and value.isdigit() and int(value) else 1


def _cell(tag: Tag) -> str:
    """The text of a cell, as HTML where there is markup in it. Markup that stands there as text, as
    some systems write it, is given as it stands."""
    if tag.find(True) is not None:
        return tag.decode_contents().strip()
    text = tag.get_text()
    return text.strip() if WRITTEN_MARKUP.search(text) else _SPACE.sub(" ", text).strip(" ")


def _text(tag: Tag) -> str:
    """The text of a cell with tables in it; those are read by themselves too."""
    pieces = (_SPACE.sub(" ", piece).strip() for piece in tag.get_text("\n").split("\n"))
    return escape("\n".join(piece for piece in pieces if piece), quote=False)


def _line(tag: Tag) -> str:
    return _SPACE.sub(" ", tag.get_text()).strip()
