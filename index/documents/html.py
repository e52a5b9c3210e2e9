"""What stands in a cell, as paragraphs and list items? Nothing of the markup survives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from index.decision import Block, BlockKind

_BLOCK_TAGS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
     "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)  # fmt: skip
_SILENT_TAGS = frozenset(["script", "style", "template", "noscript", "title", "head"])
_BOLD_TAGS = frozenset(["b", "strong"])
# A tag or an entity that is whole: *R&D* and *x < 5* are text.
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
# Not the no-break spaces: what they hold together is one amount or name.
_SPACE = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
_ILLEGIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
"""Control character of C1 -> what Windows-1252 has in its place, empty where that has nothing."""
# Soft hyphen, zero-width space, word joiner, byte order mark.
_UNSEEN = re.compile(r"[\xad\u200b\u2060\ufeff]")
BULLETS = "•◦▪●■‣∙·\uf0a7\uf0b7"  # U+F0..: Word's own, in its symbol font
# A dash is a bullet only where space follows (*-5* is a number), and bullets may be doubled.
_BULLET = re.compile(rf"^(?:(?:[{BULLETS}*]|[-–—](?=\s))\s*)+")
_LABEL = 200  # characters; longer cells are running text
_MOTIVATION = re.compile(r"^motivering(?:ar)?\s*(?::\s*|$)", re.IGNORECASE)
_MOTIVATION_LABEL = re.compile(r"^\s*motivering(?:ar)?\s*:?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One cell as a reader gives it: ``raw`` is plain text or HTML."""

    raw: str

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Its paragraphs and list items."""
        return blocks(self.raw)

    @cached_property
    def line(self) -> str:
        """The whole of it as one line of plain text: a name, an amount."""
        return " ".join(block.text for block in self.blocks)

    @property
    def label(self) -> str:
        """The same where it can be a heading or a name. A longer cell stays as it is, so that HTML
        is parsed only in the columns that are read."""
        return self.line if len(self.raw) <= _LABEL else legible(self.raw).strip()


NO_CELL = Cell("")


def labels(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The label of each."""
    return tuple(cell.label for cell in cells)


def blocks(cell: str) -> tuple[Block, ...]:
    """The paragraphs and list items of a cell, which may be HTML or plain text."""
    pieces: Iterable[tuple[BlockKind, str]] = (("paragraph", line) for line in cell.split("\n"))
    if _MARKUP.search(cell):
        pieces = _html_pieces(cell)
    return tuple(block for kind, text in pieces if (block := _block(kind, text)) is not None)


def split_motivation(text: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Description and motivation: the latter begins at the first block that opens *Motivering:*, or
    is that word alone, as a heading is."""
    for number, block in enumerate(text):
        label = _MOTIVATION.match(block.text)
        if label:
            rest = _block(block.kind, block.text[label.end() :])
            motivation = (() if rest is None else (rest,)) + text[number + 1 :]
            return text[:number], motivation
    return text, ()


def legible(text: str) -> str:
    """Without lone surrogates and control characters, which no text means and lxml stops at. Those
    of C1 become what Windows-1252 has in their place: U+0092 was meant as an apostrophe."""
    return _ILLEGIBLE.sub(lambda char: WINDOWS.get(char[0], ""), text)


def clean(text: str) -> str:
    """NFC, `legible`, white space folded to single blanks, no soft hyphens. No-break spaces stay
    within the text."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", _UNSEEN.sub("", legible(text)))).strip()


def _block(kind: BlockKind, text: str) -> Block | None:
    text = clean(text)
    bullet = _BULLET.match(text)
    if bullet:
        kind, text = "item", text[bullet.end() :]
    return Block(kind, text) if text else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where text stands: in which block element, within a list item, and within which inline ones
    of that block."""

    block: Tag | None = None
    item: bool = False
    silent: bool = False
    bold: bool = False

    def inside(self, tag: Tag) -> _Place:
        """The place of what is in `tag`, which stands here."""
        if tag.name in _BLOCK_TAGS:
            return _Place(tag, self.item or tag.name == "li")
        silent, bold = tag.name in _SILENT_TAGS, tag.name in _BOLD_TAGS
        return _Place(self.block, self.item, self.silent or silent, self.bold or bold)

    @property
    def kind(self) -> BlockKind:
        return "item" if self.item else "paragraph"


def _html_pieces(cell: str) -> Iterator[tuple[BlockKind, str]]:
    """Text between block boundaries. Walks `descendants` and works out each place from the one
    around it, so that depth costs neither recursion nor time."""
    soup = BeautifulSoup(legible(cell), "lxml")
    places = {id(soup): _Place()}
    pieces: list[str] = []
    home = _Place()
    for node in soup.descendants:
        place = places[id(node.parent)]
        if isinstance(node, Tag):
            places[id(node)] = place.inside(node)
            if node.name == "br" or node.name in _BLOCK_TAGS:
                yield home.kind, "".join(pieces)
                pieces, home = [], places[id(node)]
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            # Lists often set the label in bold within the description's own paragraph.
            label = place.bold and _MOTIVATION_LABEL.match(node)
            if place.silent:
                continue
            if place.block is not home.block or label:
                yield home.kind, "".join(pieces)
                pieces, home = [], place
            pieces.append(node)
    yield home.kind, "".join(pieces)
