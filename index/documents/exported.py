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

from index.documents.readers.json_records import JsonRecord
from index.documents.readers.table import Row, Table
from index.export_table import CUT, HEADINGS, OWN, as_it_was, blocks

_NAMES = {heading: name for name, heading in HEADINGS.items()}
_NOT_AS_RECORDS = frozenset(["place", "descriptionKinds", "motivationKinds"])
"""What records say in another form: places may be found in the texts, and then are so again."""
_AS_JSON = "hämta uttaget som JSON Lines"


def exported_records(tables: Iterable[Table], is_csv: bool) -> list[JsonRecord]:
    """The rows of the tables that are exports; none where no table is one. In CSV with Swedish
    headings (`is_csv`) an apostrophe before what a spreadsheet program would run is the export's
    own."""
    found = [_Exported.of(table, is_csv) for table in tables if table.rows]
    return [record for one in found if one for record in one.records()]


@dataclass(frozen=True, slots=True)
class _Exported:
    """An exported table, its columns by the API's names, and whether the apostrophes are ours."""

    table: Table
    names: tuple[str, ...]
    neutralised: bool

    @classmethod
    def of(cls, table: Table, is_csv: bool) -> _Exported | None:
        """None where the first row is not the heading of an export."""
        cells = [cell.strip() for cell in table.rows[0].cells]
        swedish = HEADINGS["id"] in cells
        names = tuple(_NAMES.get(cell, cell) if swedish else cell for cell in cells)
        is_own = OWN.issubset(names) and not {"owner", "title"}.isdisjoint(names)
        return cls(table, names, is_csv and swedish) if is_own else None

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
