"""Which tables hold labels with their values, instead of a list? They are read as lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.documents.columns.header import NAMED, find_header
from index.documents.columns.mapping import Column
from index.documents.html import Cell
from index.documents.prose.labelled import LABEL, column_of
from index.documents.readers.table import Passage, Row, Table

_TOTAL = re.compile(r"(?:total|summa)", re.IGNORECASE)
_LOOKED_AT = 60  # rows of a table, to see whether it is one of labels
_LONGEST_LABEL = 60  # characters
_SHORT: tuple[Column, ...] = ("owner", "title", "amount")
_Pair = tuple[str, str]


def is_label_table(table: Table) -> bool:
    """Whether the first cells of a table's rows are labels, and not those of one row, as in a
    list."""
    first: set[Column] = set()
    found: set[Column] = set()
    rows = labelled = 0
    for row in table.rows[:_LOOKED_AT]:
        columns = [column for label, _ in _pairs(row, True) if (column := column_of(label))]
        if columns and _is_header(row):
            return False
        text = Cell(next(filter(None, row.cells), "")).label
        # A list may end with its total.
        if columns and (opening := column_of(text)) and not _TOTAL.match(text):
            first.add(opening)
        found |= {*columns}
        labelled += bool(columns)
        rows += sum(1 for cell in row.cells if cell.strip()) > 1
    return len(first) > 1 and bool(found.intersection(NAMED)) and labelled * 3 >= rows


def names_in(table: Table) -> set[str]:
    """What stands beside the labels of owner or title in a table."""
    pairs = (pair for row in table.rows for pair in _pairs(row, _is_paired(table)))
    return {Cell(value).line.casefold() for label, value in pairs if column_of(label) in NAMED}


def lines_of(table: Table) -> list[Passage]:
    """What a table says, a line for each label; where its labels have several values, those that
    stand in one column together. Empty where they cannot be told apart."""
    paired = _is_paired(table)
    read = [(row, _pairs(row, paired)) for row in table.rows]
    widths = {len(pairs) for _, pairs in read if pairs and column_of(pairs[0][0]) in _SHORT}
    if paired or widths <= {1}:
        return [line for row, pairs in read for line in _lines(table, row, pairs)]
    if len(widths) > 1:  # a value that several share, or a remark beside one
        return []
    full = [(row, pairs) for row, pairs in read if len(pairs) in widths]
    return [
        line
        for at in range(*widths)
        for row, pairs in full
        for line in _lines(table, row, [pairs[at]])
    ]


def _lines(table: Table, row: Row, pairs: Sequence[_Pair]) -> Iterator[Passage]:
    if not pairs:
        text = Cell(next(filter(None, row.cells))).line
        yield Passage(row.number, text, table.name, level=1)
    for label, value in pairs:
        blocks = Cell(value).blocks if column_of(label) else Cell(value).blocks[:1]
        first = blocks[0].text if blocks else ""
        yield Passage(row.number, f"{label}: {first}".strip(), table.name, bold=len(label))
        for block in blocks[1:]:
            yield Passage(row.number, block.text, table.name, item=block.kind == "item")


def _is_header(row: Row) -> bool:
    """Whether two names of columns stand side by side."""
    cells = [Cell(cell) for cell in row.cells if cell.strip()]
    header = find_header(cells)
    places = header.places if header else set()
    places = places or {at for at, cell in enumerate(cells) if column_of(cell.label)}
    return any(at + 1 in places for at in places)


def _is_paired(table: Table) -> bool:
    """Whether there are labels in a row beside the first one."""
    filled = ([cell for cell in row.cells if cell.strip()] for row in table.rows[:_LOOKED_AT])
    return any(column_of(Cell(cell).label) for cells in filled for cell in cells[2::2])


def _pairs(row: Row, paired: bool) -> list[_Pair]:
    """The labels in a row, each with its value; a label alone has an empty one. `paired`: labels
    and values take turns; else the first cell alone is a label."""
    cells = [cell for at, cell in enumerate(row.cells) if cell.strip() and at not in row.spanned]
    texts = [Cell(cell).label.rstrip(" :") for cell in cells]
    if len(cells) == 1:
        stated = LABEL.fullmatch(texts[0])
        if stated and column_of(stated["label"]):
            return [(stated["label"], stated["value"])]
        return [(texts[0], "")] if column_of(texts[0]) else []
    if not texts or not (column_of(texts[0]) or _may_be_label(texts[0])):
        return []
    if not paired:
        return [(texts[0], cell) for cell in cells[1:]]
    pairs: list[_Pair] = []
    label = ""
    for text, cell in zip(texts, cells, strict=True):
        if not label or column_of(text):
            pairs += [(label, "")] if label else []
            label = text
        else:
            pairs.append((label, cell))
            label = ""
    return [*pairs, (label, "")] if label else pairs


def _may_be_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and not text[:1].isdigit()
