"""A table that this service has exported -> records as its API writes them.

Such a table states what no other list does (the round's name and title, which lines of a text are
list items), and its texts are texts, not HTML. It is known by columns that no other list has
together; see `index.export_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from index.documents import readers
from index.documents.readers.json_records import JsonRecord
from index.documents.readers.table import Row, Table
from index.export_table import CUT, HEADINGS, OWN, as_it_was, blocks

_NAMES = {heading: name for name, heading in HEADINGS.items()}
_NOT_AS_RECORDS = frozenset(["place", "descriptionKinds", "motivationKinds"])
"""What records say in another form: places may be found in the texts, and then are so again."""
_AS_JSON = "hämta uttaget som JSON Lines"


def exported_records(tables: Iterable[Table], content: bytes) -> list[JsonRecord]:
    """The rows of those tables of a file that are exports; none where no table is one."""
    found = [(table, _names(table)) for table in tables if table.rows]
    own = [(table, names) for table, names in found if _is_own(names)]
    # Only CSV with Swedish headings is for programs that would run a cell.
    is_csv = bool(own) and readers.is_csv(content)
    return [
        record
        for table, names in own
        for record in _Exported(table, names, is_csv and _is_swedish(table)).records()
    ]


def _is_swedish(table: Table) -> bool:
    return HEADINGS["id"] in map(str.strip, table.rows[0].cells)


def _names(table: Table) -> tuple[str, ...]:
    """The columns by the API's names, as far as they have one."""
    cells = map(str.strip, table.rows[0].cells)
    return tuple(_NAMES.get(cell, cell) if _is_swedish(table) else cell for cell in cells)


def _is_own(names: Iterable[str]) -> bool:
    return OWN.issubset(names) and not {"owner", "title"}.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class _Exported:
    """An exported table, its columns by the API's names, and whether the apostrophes are ours."""

    table: Table
    names: tuple[str, ...]
    neutralised: bool

    def records(self) -> Iterator[JsonRecord]:
        """A record for each row below the heading."""
        table = self.table
        doubts = [(table.doubt, table.remedy)] if table.doubt else []
        for row in table.rows[1:]:
            yield self._record(row, doubts)
            doubts = []

    def _record(self, row: Row, doubts: list[tuple[str, str]]) -> JsonRecord:
        cells = map(as_it_was, row.cells) if self.neutralised else row.cells
        said = dict(zip(self.names, cells, strict=False))
        members: dict[str, Any] = {
            name: value for name, value in said.items() if name not in _NOT_AS_RECORDS
        }
        with suppress(InvalidOperation):
            members["amount"] = Decimal(said.get("amount", "").replace(",", "."))
        members["statedPlaces"] = said.get("statedPlaces", "").split("\n")
        if row.doubt:
            doubts = [*doubts, (row.doubt, "rätta raden i filen")]
        for name in ("description", "motivation"):
            text = said.get(name, "")
            members[f"{name}Blocks"], sure = _blocks(text, said.get(f"{name}Kinds", ""))
            if text.endswith(CUT):
                doubts = [*doubts, (f"{HEADINGS[name].lower()} är avkortad i uttaget", _AS_JSON)]
            elif not sure:
                what = f"vad som är punkter i {HEADINGS[name].lower()} framgår inte"
                doubts = [*doubts, (f"{what}; raderna lästes som stycken", _AS_JSON)]
        return JsonRecord(
            row.number,
            members,
            doubt="; ".join(doubt for doubt, _ in doubts) or None,
            remedy=", ".join(dict.fromkeys(remedy for _, remedy in doubts)),
            table=self.table.name,
        )


def _blocks(text: str, kinds: str) -> tuple[list[dict[str, str]], bool]:
    """The lines of a text as the API writes them, and whether their kinds are sure."""
    lines = text.split("\n")
    try:
        return [{"kind": one.kind, "text": one.text} for one in blocks(text, kinds)], True
    except ValueError:
        # A text of one line may have been changed since, or its kind left out of the export.
        return [{"kind": "paragraph", "text": line} for line in lines], len(lines) == 1
