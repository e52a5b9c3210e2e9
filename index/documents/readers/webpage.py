"""HTML pages: their tables, with the headings that stand above them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from itertools import takewhile

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from index.documents.readers.characters import as_ascii, decode, is_text
from index.documents.readers.table import WRITTEN_MARKUP, Passage, Row, Table, beside
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


_INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
     "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt",
     "u", "var", "wbr"]
)  # fmt: skip
_AROUND = frozenset(
    ["nav", "footer", "aside", "form", "button", "select", "script", "style", "noscript",
     "template", "head", "svg", "iframe"]
)  # fmt: skip
_ROLES = frozenset(["navigation", "contentinfo", "search", "complementary"])


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is true of all text within a tag: the ``block`` that it is part of, how it is set, and
    whether it is ``silent``, as what stands around a page's content is; and how many ``tables`` are
    around it."""

    block: int = 0
    silent: bool = False
    bold: bool = False
    item: bool = False
    level: int = 0
    tables: int = 0

    def inside(self, tag: Tag, silent: bool) -> _Setting:
        heading = _HEADING.fullmatch(tag.name)
        return _Setting(
            self.block if tag.name in _INLINE else id(tag),
            self.silent or silent or tag.name in _AROUND or tag.get("role") in _ROLES,
            self.bold or tag.name in ("b", "strong", "th"),
            self.item or tag.name == "li",
            int(heading[1]) if heading else self.level,
            self.tables + (tag.name == "table"),
        )


@dataclass(slots=True)
class _Prose:
    """The passages of a page so far, the pieces of the next one, and the label that it has."""

    passages: list[Passage] = field(default_factory=list)
    pieces: list[tuple[str, _Setting]] = field(default_factory=list)
    label: str = ""

    def end(self) -> None:
        """The passage ends here."""
        text = " ".join("".join(piece for piece, _ in self.pieces).split())
        if text:
            bold = "".join(piece for piece, _ in takewhile(_is_bold, self.pieces))
            first = next(setting for piece, setting in self.pieces if piece.strip())
            self._add(text, len(" ".join(bold.split())), first)
        self.pieces = []

    def term(self, label: str) -> None:
        """A label, of what stands next."""
        if self.label:
            self._add("", 0, _Setting())
        self.label = label

    def _add(self, text: str, bold: int, setting: _Setting) -> None:
        number = len(self.passages) + 1
        if self.label:
            text = " ".join(beside([self.label, text]))
            bold, self.label = len(self.label), ""
        self.passages.append(Passage(number, text, None, setting.level, bold, setting.item))


def passages(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Passage, ...]:
    """The paragraphs and headings without menus and footers; the first is the page's title where it
    has no heading of the first level. A term with its definition, or a row of two cells, is a label
    and its value."""
    declared = _CHARSET.search(content[:4096])
    text, _ = decode(content, declared[1].decode() if declared else None)
    soup = BeautifulSoup(_DECLARATION.sub("", text), "lxml")
    prose = _Prose()
    if soup.title and not soup.h1 and (title := _line(soup.title)):
        prose.passages.append(Passage(1, title, level=1))
    settings = {id(soup): _Setting()}
    labels: dict[int, str] = {}
    for node in soup.descendants:
        setting = settings[id(node.parent)]
        if isinstance(node, Tag):
            if node.name not in _INLINE:
                prose.end()
            if node.name == "tr" and setting.tables <= 3:
                labels |= _label(node)
            label = "" if setting.silent else labels.get(id(node), "")
            if node.name == "dt" and not setting.silent:
                label = _line(node)
            if label:
                prose.term(label)
            settings[id(node)] = setting.inside(node, silent=bool(label))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            if setting.silent:
                continue
            if prose.pieces and setting.block != prose.pieces[-1][1].block:
                prose.end()
            prose.pieces.append((str(node), setting))
    prose.end()
    return tuple(prose.passages)


def _label(row: Tag) -> dict[int, str]:
    """The text of the cell in a row that is the label of the other one."""
    cells = row.find_all(["td", "th"], recursive=False)
    texts = [_line(cell) for cell in cells if len(cells) == 2 and not cell.find("table")]
    if len(texts) == 2 and all(texts) and len(beside([texts[0], "-"])) == 1:
        return {id(cells[0]): texts[0]}
    return {}


def _is_bold(piece: tuple[str, _Setting]) -> bool:
    return piece[1].bold or not piece[0].strip()
