"""Which decision does a row hold, or why none?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from index.amount import UNSTATED
from index.dates import parse_date
from index.decision import Decision, Round, Source
from index.documents import html
from index.documents.columns.header import NAMED, REGISTERED, Header
from index.documents.columns.mapping import Column, Mapping
from index.documents.columns.recognition import stated_unit
from index.documents.document import Document, left_out, problem_at, toml_of
from index.documents.html import NO_CELL, Cell, labels
from index.documents.lists.money import money_of
from index.gazetteer import stated
from index.limits import ReadingLimits
from index.organisation_number import parse_organisation_number
from index.problem import Problem, quoted
from index.slug import slug

NO_DATE = "beslutet är med utan datum; skriv datumet som 2026-03-05"
"""What to do about a decision date that cannot be read."""

NO_NUMBER = (
    "det som står som organisationsnummer är inget svenskt sådant",
    "beslutet är med utan det; personnummer tas aldrig med, annat rättas i filen",
)
"""What is wrong with a number that cannot be read, which is not quoted, and what to do about it."""

NO_OWNER = f"{NAMED['owner']} saknas"


@dataclass(frozen=True)
class HeadedRow:
    """A row below a header. ``spanned`` are the places of cells that only repeat one above."""

    cells: tuple[Cell, ...]
    spanned: frozenset[int]
    header: Header
    source: Source

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label of each cell."""
        return labels(self.cells)

    @cached_property
    def places(self) -> dict[Column, int]:
        """Where each column of the header is in this row: the first place that has a value."""
        return {
            column: next((at for at in places if self._has(at)), places[0])
            for column, places in self.header.columns.items()
            if places[0] < len(self.cells) or any(map(self._has, places))
        }

    @cached_property
    def columns(self) -> dict[Column, Cell]:
        """The cells that the header names, as far as the row goes."""
        return {column: self.cells[at] for column, at in self.places.items()}

    def _has(self, at: int) -> bool:
        return at < len(self.cells) and bool(self.cells[at].raw.strip())

    def all_of(self, column: Column) -> Iterator[tuple[str, str]]:
        """Every cell of a column that may stand in several places, below its header."""
        for at in self.header.columns.get(column, ()):
            if at < len(self.cells):
                yield self.header.cells[at], self.cells[at].line

    def __getitem__(self, column: Column) -> Cell:
        return self.columns.get(column, NO_CELL)


def read_row(
    row: HeadedRow, round_: Round, document: Document
) -> tuple[Decision | None, list[Problem]]:
    """The decision in a row, None where it is left out; and what looks wrong in it."""
    owner, title = row["owner"].line, row["title"].line
    filled = [label for label in row.labels if label]
    if len(filled) == 1 and stated_unit(filled[0]) and _lacks_unit(row):
        what = f"beloppen lästes i hela kronor, men det står {quoted(filled[0])} i en egen rad"
        remedy = f"skriv enheten i rubriken {quoted(row.header.cells[row.places['amount']])}"
        return None, [replace(problem_at(row.source, what, remedy), left_out=1)]
    if len(filled) == 1:
        said = "" if row["owner_number"].label else f" {quoted(filled[0])},"  # may be personal
        fault, remedy = f"raden har bara en ifylld cell,{said}", "rätta raden om"
        return None, [left_out(row.source, fault, f"{remedy} den är ett beslut", lost=False)]
    if fault := _fault(row, owner, title, document.limits):
        return None, [left_out(row.source, fault, "rätta raden i filen")]
    problems = _odd_cells(row)
    description, motivation = html.split_motivation(row["description"].blocks)
    amount, currency, wrong_amount = _amount(row, document.mapping, toml_of(document))
    decided, wrong_date = date_of(row["decision_date"])
    if wrong_amount:
        problems.append(wrong_amount)
    number, wrong_number = number_of(row["owner_number"])
    if wrong_number:
        problems.append(problem_at(row.source, *NO_NUMBER))
    if wrong_date:
        problems.append(problem_at(row.source, wrong_date, NO_DATE))
    decision = Decision(
        id=f"{slug(round_.name)}/{slug(title or owner)}",
        owner=owner,
        title=title,
        description=description,
        motivation=motivation + row["motivation"].blocks,
        amount=amount,
        currency=currency,
        round=round_,
        source=row.source,
        case_number=case_number_of(row["case_number"]),
        decision_date=decided,
        owner_number=number,
        places=stated(row.all_of("place")),
    )
    return decision, problems


def _lacks_unit(row: HeadedRow) -> bool:
    return "amount" in row.columns and not row.header.unit


def _fault(row: HeadedRow, owner: str, title: str, limits: ReadingLimits) -> str:
    """Why a row is no decision; empty where it is one."""
    if not owner and not title:
        return "raden har varken projektägare eller projektnamn"
    # Figures for names beside empty columns: a row of totals or a page number in disguise.
    others = [cell.raw for name, cell in row.columns.items() if name not in (*NAMED, *REGISTERED)]
    named = has_letters(owner) and has_letters(title)
    if owner and title and others and not named and not any(text.strip() for text in others):
        return f"raden ser inte ut som ett beslut, {quoted(' '.join((owner, title)))},"
    if sum(map(len, row.labels)) > limits.decision_kilobytes * 1024:
        return f"raden har mer än {limits.decision_kilobytes} kB text"
    return ""


def _odd_cells(row: HeadedRow) -> list[Problem]:
    """What looks wrong in a row that is taken all the same."""
    missing = [name for name in NAMED if name in row.header.columns and not row[name].label]
    faults = [NO_OWNER if name == "owner" else f"{NAMED[name]} saknas" for name in missing]
    width = len(row.header.cells)
    if any(row.labels[width:]):
        faults.append(f"raden har {len(row.cells)} celler men rubrikraden {width}")
    remedy = "beslutet är med; rätta raden i filen"
    return [problem_at(row.source, fault, remedy) for fault in faults]


def _amount(
    row: HeadedRow, mapping: Mapping, toml: str
) -> tuple[Decimal | None, str, Problem | None]:
    """The amount, its currency, and what is wrong with it."""
    text = row["amount"].line
    remedy = "skriv in beloppet i filen"
    if text and row.places["amount"] in row.spanned:
        # One grant shared by several projects would be counted once for each.
        what = f"beloppet {quoted(text)} är gemensamt med raden ovanför"
        remedy = "skriv in vars och ens belopp i filen"
    else:
        try:
            amount = money_of(text, row.header, mapping, row["currency"].line)
            return amount.value, amount.currency, None
        except ValueError:
            what = f"beloppet {quoted(text)} kan inte tolkas" if text else "belopp saknas"
    unstated = mapping.currency or ("SEK" if row.header.language == "sv" else UNSTATED)
    if "amount" not in row.header.columns:
        return None, unstated, None
    if text and not any(map(str.isdigit, text)):
        remedy += f", eller ange amount i {toml} om en annan kolumn har beloppen"
    remedy = f"beslutet är med utan belopp; {remedy}"
    return None, unstated, problem_at(row.source, what, remedy)


def case_number_of(cell: Cell) -> str | None:
    """The case number in a cell; a dash or the like is none."""
    return cell.line if any(char.isalnum() for char in cell.line) else None


def number_of(cell: Cell) -> tuple[str | None, bool]:
    """The organisation number in a cell, None where it is empty; and whether what stands there is
    something else."""
    if not any(char.isalnum() for char in cell.line):
        return None, False
    try:
        return parse_organisation_number(cell.line), False
    except ValueError:
        return None, True


def date_of(cell: Cell) -> tuple[date | None, str | None]:
    """The decision date in a cell, None where it is empty; and what is wrong with it."""
    if not any(char.isalnum() for char in cell.line):
        return None, None
    try:
        return parse_date(cell.line), None
    except ValueError:
        return None, f"beslutsdatumet {quoted(cell.line)} är inget entydigt datum"


def has_letters(text: str) -> bool:
    """Whether a text can be a name."""
    return any(char.isalpha() for char in text)
