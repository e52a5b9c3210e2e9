"""Rows -> decisions: columns by their headers, HTML stripped, motivation split off, totals checked.

Whatever was left out or looks wrong becomes a `Problem`: nothing disappears in silence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from index import html
from index.amount import format_amount, parse_amount
from index.decision import Decision, Round, Source
from index.errors import ReadError
from index.readers import Row, Table
from index.slug import slug

Column = Literal["owner", "title", "description", "motivation", "amount"]

COLUMNS: dict[Column, tuple[str, ...]] = {
    "owner": ("projektägare", "stödmottagare", "sökande", "organisation", "owner"),
    "title": ("projektnamn", "projekttitel", "projekt", "titel", "title"),
    "description": ("beskrivning av projektet", "beskrivning", "sammanfattning", "description"),
    "motivation": ("motivering", "motivation"),
    "amount": (
        "beviljad medfinansiering",
        "beviljat belopp",
        "beviljat stöd",
        "stödbelopp",
        "belopp",
        "amount",
    ),
}
"""What each column may be called. A header matches if it is, begins with, or nearly is a name."""

_CLOSE = 0.85  # difflib ratio: one missing or wrong letter in ten (Projektamn for Projektnamn)
_TOTAL = re.compile(r"^(?:summa|totalt|total|delsumma)\b", re.IGNORECASE)
_COUNT = re.compile(r"\b(\d+)\s+(?:st\s+)?(?:projekt|beslut|ansökningar)\b", re.IGNORECASE)
_ROUND_NAME = re.compile(r"(?:^|\s)([A-ZÅÄÖ][\w+-]*\s+\d{4}:\d+)\s*$")
_FUNDER = re.compile(r"^(?P<genitive>[A-ZÅÄÖ].*?)s beslut om ")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should look at, in Swedish: where, what, and what to do."""

    file: str
    row: int | None
    what: str
    mend: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, rad {self.row}"
        return f"{where}: {self.what}. {self.mend[:1].upper()}{self.mend[1:]}."


@dataclass(frozen=True, slots=True)
class Declared:
    """What a totals row claims. ``sum`` in whole units of the currency; None where not stated."""

    row: int
    count: int | None
    sum: Decimal | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What one document gave. ``rows`` counts the rows below headers, totals rows left out."""

    decisions: tuple[Decision, ...]
    declared: Declared | None
    rows: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    """``whole``: every cell names a column, as in a header that is repeated at a page break; a row
    of data may begin with *Projekt ...* but has an amount that no header has."""

    columns: dict[Column, int]
    whole: bool
    funder: str | None


@dataclass(slots=True)
class _Reading:
    """The state of one table on its way through the rows."""

    lead: list[str] = field(default_factory=list)
    header: _Header | None = None
    declared: Declared | None = None
    rows: int = 0
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def extract(tables: Iterable[Table], file: str, sha256: str, read: str) -> Extract:
    """The decisions in the tables of one file; raises `ReadError` when no table lists decisions.

    `read` is the time of reading, RFC 3339 in UTC.
    """
    readings = [_read_table(table, file, sha256, read) for table in tables]
    found = [reading for reading in readings if reading.header is not None]
    if not found:
        raise ReadError(
            "ingen tabell med projektägare och projektnamn hittades",
            "kontrollera att filen är en beslutslista och att tabellen har en rubrikrad",
        )
    decisions = tuple(decision for reading in found for decision in reading.decisions)
    declared = next((reading.declared for reading in found if reading.declared), None)
    problems = [problem for reading in found for problem in reading.problems]
    if not decisions:
        problems.append(Problem(file, None, "tabellen har inga beslut", "kontrollera filen"))
    if declared:
        problems += _tally(declared, decisions, file)
    return Extract(decisions, declared, sum(reading.rows for reading in found), tuple(problems))


def _read_table(table: Table, file: str, sha256: str, read: str) -> _Reading:
    reading = _Reading()
    for row in table.rows:
        cells = tuple(html.clean(cell) for cell in row.cells)
        header = _as_header(cells)
        if header and (reading.header is None or header.whole):
            reading.header = header
        elif reading.header is None:
            reading.lead.append(" ".join(cell for cell in cells if cell))
        elif any(cells):
            _read_row(reading, row, Source(file, table.name, row.number, sha256, read))
    return reading


def _read_row(reading: _Reading, row: Row, source: Source) -> None:
    assert reading.header is not None
    columns = reading.header.columns
    cell = {name: row.cells[at] for name, at in columns.items() if at < len(row.cells)}
    first = html.line(row.cells[0])
    if _TOTAL.match(first):
        reading.declared = _declared(first, html.line(cell.get("amount", "")), row.number)
        return
    reading.rows += 1
    owner, title = html.line(cell.get("owner", "")), html.line(cell.get("title", ""))
    if not owner and not title:
        what = "raden har varken projektägare eller projektnamn och togs inte med"
        reading.problems.append(Problem(source.file, row.number, what, "rätta raden i filen"))
        return
    description, motivation = html.split_motivation(html.blocks(cell.get("description", "")))
    amount, currency = _amount(reading, cell.get("amount"), source)
    round_ = _round(reading.lead, reading.header.funder, source.file)
    reading.decisions.append(
        Decision(
            id=f"{slug(round_.name)}/{slug(title or owner)}",
            owner=owner,
            title=title,
            description=description,
            motivation=motivation + html.blocks(cell.get("motivation", "")),
            amount=amount,
            currency=currency,
            round=round_,
            source=source,
        )
    )


def _amount(reading: _Reading, cell: str | None, source: Source) -> tuple[Decimal | None, str]:
    text = html.line(cell or "")
    try:
        amount = parse_amount(text)
        return amount.value, amount.currency
    except ValueError:
        what = f"beloppet {text[:40]!r} kan inte tolkas" if text else "belopp saknas"
        mend = "beslutet är med utan belopp; skriv in beloppet i filen"
        reading.problems.append(Problem(source.file, source.row, what, mend))
        return None, "SEK"


def _declared(label: str, amount: str, row: int) -> Declared:
    count = _COUNT.search(label)
    try:
        total = parse_amount(amount).value
    except ValueError:
        total = None
    return Declared(row, int(count[1]) if count else None, total)


def _tally(declared: Declared, decisions: tuple[Decision, ...], file: str) -> Iterable[Problem]:
    total = sum((decision.amount or Decimal(0) for decision in decisions), Decimal(0))
    mend = "jämför raderna med originalet"
    if declared.count is not None and declared.count != len(decisions):
        what = f"summaraden anger {declared.count} projekt men {len(decisions)} lästes"
        yield Problem(file, declared.row, what, mend)
    if declared.sum is not None and declared.sum != total:
        stated, computed = format_amount(declared.sum), format_amount(total)
        what = f"summaraden anger {stated} men beloppen blir {computed}"
        yield Problem(file, declared.row, what, mend)


def _as_header(cells: tuple[str, ...]) -> _Header | None:
    """The columns of a header row: at least two known ones, an owner or a title among them."""
    columns: dict[Column, int] = {}
    funder = None
    for at, cell in enumerate(cells):
        name, rest = _column(cell)
        if name is None or name in columns:
            continue
        columns[name] = at
        if name == "amount" and rest:
            funder = rest
    known = len(columns) >= 2 and ("owner" in columns or "title" in columns)
    whole = len(columns) == sum(1 for cell in cells if cell)
    return _Header(columns, whole, funder) if known else None


def _column(cell: str) -> tuple[Column | None, str]:
    """The column that a header names and what the header says beyond the name."""
    header = cell.casefold().strip(" :*")
    if not header or len(header) > 80:
        return None, ""
    for name, aliases in COLUMNS.items():
        for alias in aliases:
            if header == alias or header.startswith(alias + " "):
                return name, cell.strip(" :*")[len(alias) :].strip(" ,()")
    for name, aliases in COLUMNS.items():
        if difflib.get_close_matches(header, aliases, n=1, cutoff=_CLOSE):
            return name, ""
    return None, ""


def _round(lead: list[str], funder: str | None, file: str) -> Round:
    """The round from the lines above the table; without one the file's name stands in."""
    title = next((line.strip("# ") for line in lead if line.strip("# ")), "")
    if not title:
        stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", file.rsplit("/", 1)[-1])
        return Round(stem, stem, funder)
    name = _ROUND_NAME.search(title)
    genitive = _FUNDER.match(title)
    return Round(
        title=title,
        name=name[1] if name else title,
        funder=funder or (genitive["genitive"] if genitive else None),
    )
