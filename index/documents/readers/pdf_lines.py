"""Words of a PDF page, put together to lines, and lines to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from pdfplumber.page import Page

from index.documents.html import BULLETS

BULLET = re.compile(rf"[{BULLETS}]|[-–](?=\s)")
_SUSPENDED = re.compile(r"(?:och|eller|samt|respektive)\b")
_END_OF_SENTENCE = re.compile(r"[.!?:][”\"’)]*$")
_GAP = 1.3  # lines further apart than this times the usual distance are two paragraphs

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in points from the top left corner."""


@dataclass(frozen=True, slots=True)
class PdfWord:
    """A word where it stands; places and size in points from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool

    def within(self, box: Box) -> bool:
        across, down = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        return box[0] <= across <= box[2] and box[1] <= down <= box[3]


@dataclass(frozen=True)
class PdfLine:
    """Words that stand on one line, from left to right."""

    words: tuple[PdfWord, ...]

    @cached_property
    def text(self) -> str:
        text = self.words[0].text
        for word, after in pairwise(self.words):  # fonts that change within a word part it too
            close = after.left - word.right < 0.1 * max(after.size, 1)
            text += after.text if close else f" {after.text}"
        return text

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return self.words[0].bottom

    @property
    def size(self) -> float:
        return self.words[0].size

    @property
    def bold(self) -> bool:
        return self.words[0].bold

    @property
    def item(self) -> float | None:
        """Where the sign of a list item stands."""
        return self.left if BULLET.match(self.text) else None


def words_of(page: Page) -> list[PdfWord]:
    """The words of a page, in the order of the file."""
    found = page.extract_words(
        x_tolerance_ratio=0.15, extra_attrs=["size", "fontname"], keep_blank_chars=False
    )
    return [*map(_word, found)]


def _word(word: dict[str, Any]) -> PdfWord:
    bold = "bold" in word["fontname"].casefold()
    left, top, right, bottom = word["x0"], word["top"], word["x1"], word["bottom"]
    return PdfWord(word["text"], left, top, right, bottom, word["size"], bold)


def lines_of(words: Iterable[PdfWord]) -> list[PdfLine]:
    """The words as lines, from top to bottom."""
    lines: list[list[PdfWord]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.left)):
        last = lines[-1][-1] if lines else None
        if last and abs(word.bottom - last.bottom) < 0.4 * max(word.size, 1):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [PdfLine(tuple(sorted(line, key=lambda word: word.left))) for line in lines]


def chunks(line: PdfLine, gap: float = 1.0) -> list[tuple[PdfWord, ...]]:
    """The words of a line, those that stand closer than `gap` times their size together."""
    parts: list[list[PdfWord]] = [[line.words[0]]]
    for word, after in pairwise(line.words):
        if after.left - word.right < gap * max(word.size, after.size, 1):
            parts[-1].append(after)
        else:
            parts.append([after])
    return [tuple(part) for part in parts]


def text_of(words: Iterable[PdfWord]) -> str:
    """The text of a cell, a paragraph or list item a line."""
    lines = lines_of(words)
    if not lines:
        return ""
    distances = [below.bottom - line.bottom for line, below in pairwise(lines)]
    usual = median(distances) if len(distances) > 3 else 1.25 * lines[0].size
    paragraphs, item = [lines[0].text], lines[0].item
    for line, below in pairwise(lines):
        if (
            below.bottom - line.bottom > _GAP * max(usual, line.size)
            or BULLET.match(below.text)
            or (below.bold and not line.words[-1].bold and below.text[:1].isupper())
            or (item is not None and below.left < item - 3)
        ):
            paragraphs.append(below.text)
            item = below.item
        else:
            paragraphs[-1] = join(paragraphs[-1], below.text)
    return "\n".join(visible(text) for text in paragraphs)


def visible(text: str) -> str:
    """A soft hyphen that is left stands for a hard one."""
    return text.replace("\xad", "-").strip()


def join(text: str, more: str) -> str:
    """Two lines of a paragraph as one: a soft hyphen at the end goes, a hard one stays and holds
    the word together, unless it is suspended (*studie- och*) or a dash, as does a dash between
    figures."""
    if text.endswith("\xad"):
        return text[:-1] + more
    hard = re.search(r"\w-$", text) and not _SUSPENDED.match(more)
    if hard or (re.search(r"\d–$", text) and more[:1].isdigit()):
        return text + more
    return f"{text} {more}"


def go_on(text: str, rest: str) -> str:
    """The text of a cell and the rest of it on the next page."""
    if not text or not rest:
        return text or rest
    parted = BULLET.match(rest) or (_END_OF_SENTENCE.search(text) and rest[:1].isupper())
    return f"{text}\n{rest}" if parted else join(text, rest)


def heading_of(words: Sequence[PdfWord], body: float, first: bool) -> tuple[str, ...]:
    """The lines above a table, those of one large heading put together; on later pages only what is
    larger than the text, since the rest is repeated on each."""
    texts: list[tuple[float, str]] = []
    for line in lines_of(words):
        large = line.size > 1.15 * body
        if large and texts and abs(texts[-1][0] - line.size) < 0.1:
            texts[-1] = (line.size, join(texts[-1][1], line.text))
        elif large or first:
            texts.append((line.size if large else 0.0, line.text))
    return tuple(text.replace("\xad", "-") for _, text in texts)
