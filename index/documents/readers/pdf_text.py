"""The running text of PDF pages: paragraphs, headings, list items and lines with a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.documents.readers.pdf_lines import BULLET, PdfLine, chunks, join, visible
from index.documents.readers.table import Passage

LABEL = re.compile(r"[A-ZÅÄÖ][^:.!?;]{1,39}:(?=\s|$)")
"""What opens a line that names something: *Projektägare:*."""
_LARGE = 1.15  # times the body's size: a heading
_EDGE = 5  # lines at the top and the bottom of a page that may be repeated on each
_NUMBER = re.compile(r"\b(?:sida|sidan|sid|page|s)\b\.?\s*\d+", re.IGNORECASE)
_NUMBER_ALONE = re.compile(
    r"[-–(\s]*(?:(?:sida|sidan|sid|page|s)\b\.?\s*)?[1-9]\d{0,3}\s*(?:(?:av|of|/|\()\s*\d{1,4}\s*)?[-–)\s]*",
    re.IGNORECASE,
)


def without_repeated(
    pages: Sequence[Sequence[PdfLine]], header: bool = False
) -> list[list[PdfLine]]:
    """The lines of each page without page numbers, and without those at its top and bottom that
    most pages have at the same height. `header`: but for what may be the header of a table."""
    keys = Counter(key for page in pages for key in {*map(_key, _edges(page))})
    often = {key for key, count in keys.items() if count > 1 and count * 2 >= len(pages)}
    body = body_size(pages)

    def repeated(page: Sequence[PdfLine], at: int) -> bool:
        line = page[at]
        kept = line.size > _LARGE * body or LABEL.match(line.text) or (header and _may_head(line))
        return _is_number(page, at) or (_key(line) in often and not kept)

    rest = []
    for page in pages:
        first, end = 0, len(page)
        while first < min(_EDGE, end) and repeated(page, first):
            first += 1
        while end > max(first, len(page) - _EDGE) and repeated(page, end - 1):
            end -= 1
        # What is not set apart may be a piece of a header.
        while 0 < first < len(page) and not _apart(page, first):
            first -= 1
        while first < end < len(page) and not _apart(page, end):
            end += 1
        rest.append([*page[first:end]])
    return rest


def _apart(page: Sequence[PdfLine], at: int) -> bool:
    return page[at].top - page[at - 1].bottom > 0.6 * page[at].size


def body_size(pages: Sequence[Sequence[PdfLine]]) -> float:
    """The size that most of the text has."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _is_number(page: Sequence[PdfLine], at: int) -> bool:
    """Whether a line is a page number: the first or last one, and set apart."""
    line = page[at]
    if 0 < at < len(page) - 1 or not _NUMBER_ALONE.fullmatch(line.text):
        return False
    beside = page[at + 1 : at + 2] if at == 0 else page[at - 1 : at]
    return not beside or abs(beside[0].bottom - line.bottom) > 2.5 * line.size


def _edges(page: Sequence[PdfLine]) -> list[PdfLine]:
    return [*page[:_EDGE], *page[max(_EDGE, len(page) - _EDGE) :]]


def _key(line: PdfLine) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text), round(line.bottom / 4)


def _may_head(line: PdfLine) -> bool:
    return len(chunks(line)) > 1 and not _NUMBER.search(line.text)


@dataclass(slots=True)
class _Draft:
    """A passage while lines are added to it. ``value`` is where the value beside a label begins."""

    page: int
    text: str
    lines: list[PdfLine]
    level: int
    bold: int
    item: bool
    label: bool
    value: float | None

    def add(self, line: PdfLine) -> None:
        if self.bold == len(self.text) and not self.level:
            whole = join(self.text, line.text)
            self.bold = len(whole) - len(line.text) + _bold(line) if _bold(line) else self.bold
        self.text = join(self.text, line.text)
        self.lines.append(line)


def passages(pages: Sequence[tuple[int, Sequence[PdfLine]]]) -> tuple[Passage, ...]:
    """The paragraphs, headings, list items and lines with a label on numbered pages."""
    rest = without_repeated([lines for _, lines in pages])
    body = body_size(rest)
    sizes = sorted({_half(line.size) for page in rest for line in page if _is_large(line, body)})
    drafts: list[_Draft] = []
    for (number, _), lines in zip(pages, rest, strict=True):
        page = _Page(number, body, sizes[::-1], max((line.right for line in lines), default=0.0))
        begun = len(drafts)
        for line in _levelled(lines):
            if len(drafts) > begun and page.goes_on(drafts[-1], line):
                drafts[-1].add(line)
            else:
                drafts.append(page.begin(line))
        if 0 < begun < len(drafts) and _is_parted(drafts[begun - 1], drafts[begun]):
            for line in drafts.pop(begun).lines:
                drafts[begun - 1].add(line)
    numbers = Counter[int]()
    found = []
    for draft in drafts:
        numbers[draft.page] += 1
        sign = BULLET.match(draft.text)
        text = visible(draft.text[sign.end() :] if sign else draft.text)
        bold = min(draft.bold, len(text))
        at = numbers[draft.page]
        found.append(Passage(at, text, f"sida {draft.page}", draft.level, bold, item=draft.item))
    return tuple(found)


def _levelled(lines: Sequence[PdfLine]) -> Iterator[PdfLine]:
    """The lines, a label that stands beside the middle of its value put before the first of it."""
    above: PdfLine | None = None
    held: PdfLine | None = None  # the first line of a value
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else None
        if held is not None:
            label, *value = chunks(line)
            yield PdfLine((*label, *held.words))
            yield from map(PdfLine, value)
            held = None
        elif below and _is_value_of(line, below) and (above is None or _parts(above, line, below)):
            held = line
        else:
            yield line
        above = line


def _is_value_of(line: PdfLine, below: PdfLine) -> bool:
    """Whether a line is the upper part of the value beside the label that the next one begins."""
    value = chunks(below)[1:]
    if value:
        return len(value) == 1 and abs(value[0][0].left - line.left) < 2 and line.item is None
    return line.left > below.right and line.bottom - below.top > 0.2 * line.size


def _parts(above: PdfLine, line: PdfLine, below: PdfLine) -> bool:
    return line.top - above.bottom > below.top - line.bottom + 0.1 * line.size


@dataclass(frozen=True, slots=True)
class _Page:
    """What tells the lines of a page apart: the size of the body, those of the headings from the
    largest, and where the longest line ends."""

    number: int
    body: float
    sizes: Sequence[float]
    right: float

    def begin(self, line: PdfLine) -> _Draft:
        """A passage that begins with a line; a label and the value beside it are put together."""
        parts = chunks(line)
        label = LABEL.match(line.text) is not None
        value = parts[1][0].left if len(parts) > 1 else None
        text = line.text
        if len(parts) == 2 and not label and len(PdfLine(parts[0]).text) < 40:
            label, text = True, f"{PdfLine(parts[0]).text}: {PdfLine(parts[1]).text}"
        level = 0 if label or line.item is not None else self.level(line)
        item = line.item is not None
        return _Draft(self.number, text, [line], level, _bold(line), item, label, value)

    def level(self, line: PdfLine) -> int:
        """The level of a line as a heading, 0 where it is none: larger than the text, or bold."""
        if _is_large(line, self.body):
            return min(self.sizes.index(_half(line.size)) + 1, 6)
        short = len(line.text) < 120 and not line.text.endswith((".", ",", ";"))
        return min(len(self.sizes) + 1, 6) if short and _bold(line) == len(line.text) else 0

    def goes_on(self, draft: _Draft, line: PdfLine) -> bool:
        """Whether a line belongs to the passage above it."""
        last = draft.lines[-1]
        white = line.top - last.bottom
        if white > 0.75 * line.size or abs(line.size - last.size) > 0.1 * last.size:
            return False
        if line.item is not None or len(chunks(line)) > 1:
            return False
        if draft.value is not None:
            return abs(line.left - draft.value) < 3
        if draft.level or self.level(line):
            # A bold line that is full goes on with text that is bold too.
            return draft.level == self.level(line) and not self._has_room(last, line)
        if LABEL.match(line.text) and (draft.label or self._has_room(last, line)):
            return False
        if draft.item and line.left < draft.lines[0].left - 3:
            return False
        if draft.label and line.left < draft.lines[0].left - 3:
            return False
        lower = line.text[:1].islower()
        return lower or not self._has_room(last, line) or line.left > draft.lines[0].left + 3

    def _has_room(self, line: PdfLine, below: PdfLine) -> bool:
        """Whether a line ends before it had to, so that it ends a paragraph."""
        first = below.words[0]
        return line.right + 0.6 * line.size + first.right - first.left < self.right


def _is_parted(above: _Draft, below: _Draft) -> bool:
    """Whether a page break parts one paragraph."""
    if above.level or below.level or below.item or below.label or above.value is not None:
        return False
    if above.page + 1 != below.page or abs(above.lines[-1].size - below.lines[0].size) > 0.5:
        return False
    return below.text[:1].islower() or above.text.endswith(("-", "\xad"))


def _is_large(line: PdfLine, body: float) -> bool:
    return _half(line.size) > _LARGE * body


def _half(size: float) -> float:
    return round(size * 2) / 2


def _bold(line: PdfLine) -> int:
    """How many characters at the beginning are bold."""
    count = next((at for at, word in enumerate(line.words) if not word.bold), len(line.words))
    return len(PdfLine(line.words[:count]).text) if count else 0
