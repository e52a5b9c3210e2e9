"""HTML of a table cell -> paragraphs and list items. Nothing of the markup survives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from index.decision import Block, BlockKind

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT_TAGS = frozenset(["script", "style", "template", "noscript", "title", "head"])
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_BULLET = re.compile(r"^(?:[•◦▪●‣∙·*]|[-–—](?=\s))\s*")
_MOTIVATION = re.compile(r"^motivering(?:ar)?\s*:\s*", re.IGNORECASE)
_MOTIVATION_LABEL = re.compile(r"^\s*motivering(?:ar)?\s*:?\s*$", re.IGNORECASE)


def blocks(cell: str) -> tuple[Block, ...]:
    """The paragraphs and list items of a cell, which may be HTML or plain text."""
    pieces = _html_pieces(cell) if _MARKUP.search(cell) else _text_pieces(cell)
    return tuple(block for kind, text in pieces if (block := _block(kind, text)) is not None)


def line(cell: str) -> str:
    """A cell that holds one line (a name, an amount) as plain text."""
    return " ".join(block.text for block in blocks(cell))


def split_motivation(
    text: tuple[Block, ...],
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Description and motivation: the latter begins at the first block that opens *Motivering:*."""
    for number, block in enumerate(text):
        label = _MOTIVATION.match(block.text)
        if label:
            rest = _block(block.kind, block.text[label.end() :])
            motivation = (() if rest is None else (rest,)) + text[number + 1 :]
            return text[:number], motivation
    return text, ()


def clean(text: str) -> str:
    """NFC, white space folded to single blanks, no soft hyphens, no control characters."""
    text = unicodedata.normalize("NFC", _SPACE.sub(" ", text)).replace("\u00ad", "")
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs")).strip()


def _block(kind: BlockKind, text: str) -> Block | None:
    text = clean(text)
    bullet = _BULLET.match(text)
    if bullet:
        kind, text = "item", text[bullet.end() :]
    return Block(kind, text) if text else None


def _text_pieces(cell: str) -> Iterator[tuple[BlockKind, str]]:
    for piece in cell.split("\n"):
        yield "paragraph", piece


def _html_pieces(cell: str) -> Iterator[tuple[BlockKind, str]]:
    """Text between block boundaries. Walks `descendants`, so that depth costs no recursion."""
    soup = BeautifulSoup(cell, "lxml")
    pieces: list[str] = []
    home: Tag | None = None
    for node in soup.descendants:
        if isinstance(node, Tag):
            if node.name == "br" or node.name in _BLOCK_TAGS:
                yield _kind(home), "".join(pieces)
                pieces, home = [], node if node.name in _BLOCK_TAGS else home
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            block, inline = _ancestry(node)
            if inline & _SILENT_TAGS:
                continue
            if block is not home or (inline & {"b", "strong"} and _MOTIVATION_LABEL.match(node)):
                yield _kind(home), "".join(pieces)
                pieces, home = [], block
            pieces.append(node)
    yield _kind(home), "".join(pieces)


def _ancestry(node: NavigableString) -> tuple[Tag | None, set[str]]:
    """The nearest block element around a string, and the names of the inline ones between."""
    inline: set[str] = set()
    for parent in node.parents:
        if parent.name in _BLOCK_TAGS:
            return parent, inline
        inline.add(parent.name)
    return None, inline


def _kind(home: Tag | None) -> BlockKind:
    if home is None:
        return "paragraph"
    return "item" if home.name == "li" or home.find_parent("li") is not None else "paragraph"
