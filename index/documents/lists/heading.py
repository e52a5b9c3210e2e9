"""Which rows of a table are its header? One, or two or three that are read as one."""

from __future__ import annotations

from collections.abc import Sequence

from index.documents.columns.header import (
    NAMED,
    Header,
    find_header,
    may_be_header,
)  # fmt: skip
from index.documents.columns.mapping import Mapping
from index.documents.columns.recognition import is_figure, two_level
from index.documents.html import NO_CELL, Cell, labels
from index.documents.readers.table import Row

_LONGEST_NAME = 100  # characters; a row with a longer cell is one of decisions


def header_in(
    number: int, cells: tuple[Cell, ...], header: Header | None, mapping: Mapping
) -> Header | None:
    """The header that a row is: the one that is awaited, that one repeated, or one that can be
    nothing else."""
    if header is not None:
        texts = labels(cells)
        if texts == header.cells:
            return header
        # Rows of decisions have figures, long cells and names of their own.
        if mapping.header is not None or any(map(_is_no_name, texts)):
            return None
        if not mapping.columns and not all(map(may_be_header, filter(None, texts))):
            return None
        other = find_header(cells, mapping)
        return other if other and other.whole else None
    if mapping.header is None and not _numbers_alone(mapping):
        return find_header(cells, mapping)
    return find_header(cells, mapping, certain=True) if number >= (mapping.header or 1) else None


def _numbers_alone(mapping: Mapping) -> bool:
    places = [place for places in mapping.columns.values() for place in places]
    return bool(places) and all(isinstance(place, int) for place in places)


def _is_no_name(text: str) -> bool:
    return is_figure(text) or len(text) > _LONGEST_NAME


def is_second_row(texts: tuple[str, ...], header: Header | None) -> bool:
    """Whether the row below a header goes on with it, as where cells above it are merged: nothing
    stands below the names of owner and title, or they stand there again."""
    if header is None or texts == header.cells:
        return False
    named = [at for name in NAMED for at in header.columns.get(name, ()) if at < len(texts)]
    filled = [text for text in texts if text]
    return (
        len(texts) == len(header.cells)
        and all(texts[at] in ("", header.cells[at]) for at in named)
        and any(text not in header.cells for text in filled)
        and not any(_is_no_name(text) for text in filled)
        and len(filled) > 1
    )


def in_one(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Two rows of a header as one. A cell above several stands in the first of their columns."""
    merged, around = [], NO_CELL
    for at, below in enumerate(lower):
        top = upper[at] if at < len(upper) else NO_CELL
        carried = not top.line and bool(below.line)
        if top.line:
            around = top if below.line else NO_CELL
        elif carried:
            top = around
        merged.append(Cell(two_level(top.raw, below.raw, carried)))
    return merged


def with_groups(
    header: Header, upper: Sequence[Row], lower: Sequence[Cell], mapping: Mapping
) -> Header:
    """The header, where the row above it says what some of its columns are of: *Sökt* above
    *Totalt*. A title begins where the table does."""
    groups = tuple(map(Cell, upper[-1].cells)) if upper else ()
    named = {at for name in NAMED for at in header.columns.get(name, ())}
    filled = [at for at, cell in enumerate(groups) if cell.line]
    if not filled or filled[0] <= min(named, default=0) or named.intersection(filled):
        return header
    found = find_header(in_one(groups, lower), mapping)
    return found if found and _named(found) == _named(header) else header


def _named(header: Header) -> list[tuple[int, ...] | None]:
    return [header.columns.get(name) for name in NAMED]
