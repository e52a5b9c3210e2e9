"""The running text of PDF pages: paragraphs, headings, list items and lines with a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.documents.readers.pdf_columns import chunks
from index.documents.readers.pdf_lines import PdfLine
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


def passages(pages: Sequence[tuple[int, Sequence[PdfLine]]]) -> tuple[Passage, ...]:
    return ()
