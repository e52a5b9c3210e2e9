"""The rows that every reader gives, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Some systems put the HTML of a text field into a document as text. Only tags of running text count
# as such: a name may well stand in angle brackets.
WRITTEN_MARKUP = re.compile(r"<(?:p|ul|ol|li|br|b|strong|div|span)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts from 1 as a person who opens the file would count. A cell is plain
    text or HTML; ``spanned`` are the cells that only repeat a merged one above them; ``doubt`` what
    is uncertain about the row, a clause in Swedish."""

    number: int
    cells: tuple[str, ...]
    spanned: frozenset[int] = frozenset()
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in their order. ``name`` is the sheet or page, None where the format has neither;
    ``doubt`` what is uncertain about the reading, a clause in Swedish, and ``remedy`` what to do.

    ``heading``: the text that stands above it, line by line, where that is no row of its own.
    ``continues``: it goes on where the table before it ended, as on the next page.
    """

    name: str | None
    rows: tuple[Row, ...]
    doubt: str | None = None
    remedy: str = "kontrollera å, ä och ö"
    heading: tuple[str, ...] = ()
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of running text, or one heading; a label and what stands beside it are one,
    *Label: value*. ``number`` counts from 1, on each page anew where there are pages; ``page`` is
    its name, *sida 3*.

    ``level``: 1 to 6 for a heading, 1 the highest; 0 for text. ``bold``: how much of its beginning
    is bold, characters. ``item``: it is a list item.
    """

    number: int
    text: str
    page: str | None = None
    level: int = 0
    bold: int = 0
    item: bool = False


_LONGEST_LABEL = 60  # characters


def beside(parts: Sequence[str]) -> list[str]:
    """Texts that stand beside each other as passages: a label and its value are one."""
    filled = [text for part in parts if (text := " ".join(part.split()))]
    if len(filled) != 2 or len(filled[0]) > _LONGEST_LABEL:
        return filled
    label, value = filled
    # A sign that was typed before a paragraph is no label.
    sign = label.endswith(":") or not re.search(r"[^\W\d_]{2}", label)
    return [f"{label} {value}" if sign else f"{label}: {value}"]
