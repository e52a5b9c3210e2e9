"""The running text of PDF pages: paragraphs, headings, list items and lines with a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.documents.readers.pdf_columns import chunks
from index.documents.readers.pdf_lines import PdfLine
from index.documents.readers.table import Passage

_EDGE = 5  # lines at the top and the bottom of a page that may be repeated on each
_NUMBER = re.compile(r"\b(?:sida|sidan|sid|page|s)\b\.?\s*\d+", re.IGNORECASE)
_NUMBER_ALONE = re.compile(
    r"[-–(\s]*(?:(?:sida|sidan|sid|page|s)\b\.?\s*)?\d{1,4}\s*(?:(?:av|of|/|\()\s*\d{1,4}\s*)?[-–)\s]*",
    re.IGNORECASE,
)


def without_repeated(
    pages: Sequence[Sequence[PdfLine]], header: bool = False
) -> list[list[PdfLine]]:
    """The lines of each page without page numbers, and without those that most pages have at the
    same height at their top or bottom. `header`: but for what may be the header of a table."""
    keys = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    often = {key for key, count in keys.items() if count > 1 and count * 2 >= len(pages)}
    kept = []
    for page in pages:
        edges = {id(line) for line in _edges(page)}
        top = {id(line) for line in page[:_EDGE]} if header else set()
        kept.append(
            [
                line for line in page
                if id(line) not in edges
                or not (
                    _NUMBER_ALONE.fullmatch(line.text)
                    or (_key(line) in often and not (id(line) in top and _may_head(line)))
                )
            ]
        )  # fmt: skip
    return kept


def _edges(page: Sequence[PdfLine]) -> list[PdfLine]:
    return [*page[:_EDGE], *page[max(_EDGE, len(page) - _EDGE) :]]


def _key(line: PdfLine) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text), round(line.bottom / 4)


def _may_head(line: PdfLine) -> bool:
    return len(chunks(line)) > 1 and not _NUMBER.search(line.text)


def passages(pages: Sequence[tuple[int, Sequence[PdfLine]]]) -> tuple[Passage, ...]:
    return ()
