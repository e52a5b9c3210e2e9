"""The rows that every reader gives, whatever the format."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Some systems put the HTML of a text field into a document as text. Only tags of running text count
# as such: a name may well stand in angle brackets.
WRITTEN_MARKUP = re.compile(r"<(?:p|ul|ol|li|br|b|strong|div|span)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts from 1 as a person who opens the file would count. A cell is plain
    text or HTML; ``spanned`` are the cells that only repeat a merged one above them."""

    number: int
    cells: tuple[str, ...]
    spanned: frozenset[int] = frozenset()


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
