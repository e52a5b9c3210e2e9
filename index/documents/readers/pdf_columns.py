"""Where are the columns of a table that has no rules between them?

A river is white that runs down through the lines of a table. It parts two columns unless what
stands right of it only goes on with the text left of it, one space further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.documents.readers.pdf_lines import PdfLine, PdfWord, chunks

_LEAST = 0.2  # of the size: a river
_APART = 3.0  # of the size: white between two lines of one table
_TOTAL = re.compile(r"(?=.*\d)(?:del)?(?:summa|total)", re.IGNORECASE)

Cells = dict[int, tuple[PdfWord, ...]]
"""Column -> its words on one line."""
River = tuple[float, float]
"""Where white begins and ends, in points from the left."""


@dataclass(frozen=True, slots=True)
class WordColumns:
    """The rivers between columns, and how wide a space is, of the size."""

    rivers: tuple[River, ...]
    space: float

    @property
    def borders(self) -> list[float]:
        return [(left + right) / 2 for left, right in self.rivers]

    @property
    def count(self) -> int:
        return len(self.rivers) + 1

    def without(self, border: int) -> WordColumns:
        return WordColumns(self.rivers[:border] + self.rivers[border + 1 :], self.space)

    def down(self, lines: Sequence[PdfLine], start: int) -> tuple[WordColumns, int]:
        """The columns and where the lines end that leave all of their rivers free."""
        free = self.rivers

        def fits(line: PdfLine) -> bool:
            nonlocal free
            rest = _narrowed(free, line)
            free = rest or free
            return bool(rest)

        end = _down(lines, start, fits)
        return WordColumns(free, self.space), end

    def cells(self, line: PdfLine) -> Cells:
        """The words of a line by column; words that go on across a border stay where they begin."""
        borders = self.borders
        text = all(_is_space(*both, self.space) for both in pairwise(line.words))
        text = text and (not line.bold or line.left < borders[0])  # names may be as close
        cells: dict[int, list[PdfWord]] = {}
        column, last = 0, line.words[0]
        for word in line.words:
            straddles = any(word.left < at < word.right for at in borders)
            if word is last or not (text or straddles):
                column = sum(at <= (word.left if straddles else _middle(word)) for at in borders)
            cells.setdefault(column, []).append(word)
            last = word
        return {column: tuple(words) for column, words in cells.items()}

    def run_on(self, line: PdfLine, border: int) -> bool:
        """Whether the text of a line goes on across a border."""
        at = self.borders[border]
        pairs = [both for both in pairwise(line.words) if _middle(both[0]) < at < _middle(both[1])]
        return any(_is_space(*both, self.space) for both in pairs)

    def is_across(self, line: PdfLine) -> bool:
        """Whether a line is one text across columns, as a heading is."""
        return len(self.cells(line)) == 1 and any(
            line.left < border < line.right for border in self.borders
        )


def columns(lines: Sequence[PdfLine], space: float) -> WordColumns:
    """The columns of lines of which the first is the header."""
    several = [line for line in lines if len(chunks(line, 1.5 * space)) > 1]
    rivers = _rivers(several) if several else []
    middles = [(left + right) / 2 for left, right in rivers]
    ends = [*middles, float("inf")][1:]
    kept = [
        river
        for river, left, right in zip(rivers, middles, ends, strict=True)
        if _parts(several, left, right, space)
    ]
    free = tuple(kept)
    for line in lines:  # what stands alone on a line may lie across
        free = _narrowed(free, line) or free
    return WordColumns(free, space)


def _narrowed(rivers: tuple[River, ...], line: PdfLine) -> tuple[River, ...]:
    """What a line leaves free of rivers; none where it lies across one."""
    rest = _free(rivers, line)
    parts = [[part for part in rest if _meet(river, part)] for river in rivers]
    return tuple(max(part, key=_width) for part in parts) if all(parts) else ()


def _rivers(lines: Sequence[PdfLine]) -> list[River]:
    """White that no line has words in; the label of a total may lie across."""
    parts = [part for line in lines for part in chunks(line)[bool(_TOTAL.match(line.text)) :]]
    words = [word for part in parts for word in part]
    least = _LEAST * median([word.size for word in words]) if words else 0.0
    rivers: list[River] = []
    end = float("inf")
    for word in sorted(words, key=lambda word: word.left):
        if word.left - end >= least:
            rivers.append((end, word.left))
        end = max(end, word.right) if end < float("inf") else word.right
    return rivers


def _parts(lines: Sequence[PdfLine], left: float, right: float, space: float) -> bool:
    """Whether what stands between two places begins there, instead of going on after a space as
    text does, and the thousands of an amount. A header may be as narrow as that."""
    for line in lines:
        at = next((at for at, word in enumerate(line.words) if left < _middle(word) < right), 0)
        counts = at and not line.words[at].bold and not _TOTAL.match(line.text)
        if counts and _is_space(line.words[at - 1], line.words[at], space):
            return False
    return True


def _is_space(word: PdfWord, after: PdfWord, space: float) -> bool:
    width = (after.left - word.right) / max(word.size, 1) / space
    return abs(width - (1.095 if word.bold else 1)) < (0.12 if word.bold else 0.04)


def space_of(lines: Iterable[PdfLine]) -> float:
    """How wide a space is, as a share of the size."""
    gaps = [
        (after.left - word.right) / max(word.size, 1)
        for line in lines
        for word, after in pairwise(line.words)
        if not word.bold
    ]
    narrow = [gap for gap in gaps if 0.15 < gap < 0.5]
    return median(narrow) if len(narrow) > 5 else 0.28


def block(lines: Sequence[PdfLine], start: int) -> int:
    """Where the lines end that share a gap with the one at `start`."""
    first = chunks(lines[start])
    free = [(left[-1].right, right[0].left) for left, right in pairwise(first)]
    if not free:
        return start + 1

    def shares(line: PdfLine) -> bool:
        nonlocal free
        rest = _free(free, line)
        free = rest or free
        return bool(rest)

    return _down(lines, start, shares)


def _down(lines: Sequence[PdfLine], start: int, fits: Callable[[PdfLine], bool]) -> int:
    """The first line from `start` that does not fit below the ones before it. One or two lines in
    between that lie across, as headings do, may."""
    end = start
    for at in range(start, len(lines)):
        if at > start and lines[at].top - lines[at - 1].bottom > _APART * lines[at].size:
            break
        if fits(lines[at]):
            end = at + 1
        elif at - end > 1:
            break
    return end


def _free(rivers: Iterable[River], line: PdfLine) -> list[River]:
    """What of rivers no word of a line lies in."""
    rest = []
    for left, right in rivers:
        for word in line.words:
            if word.right > left and word.left < right:
                rest.append((left, word.left))
                left = word.right
        rest.append((left, right))
    return [river for river in rest if _width(river) >= _LEAST * line.size]


def _width(river: River) -> float:
    return river[1] - river[0]


def _meet(one: River, other: River) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _middle(word: PdfWord) -> float:
    return (word.left + word.right) / 2
