"""The rows that every reader gives, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` counts from 1 as a person who opens the file would count."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in their order. ``name`` is the sheet or page, None where the format has neither;
    ``doubt`` what is uncertain about the reading, a clause in Swedish."""

    name: str | None
    rows: tuple[Row, ...]
    doubt: str | None = None
