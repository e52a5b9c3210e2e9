"""What stands below one heading? The decisions of its rows, and what looks wrong in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from index.amount import Amount, parse_amount
from index.decision import Decision, Source, granted
from index.documents.columns.header import (
    NAMED,
    Header,
    doubts,
)  # fmt: skip
from index.documents.columns.mapping import Mapping
from index.documents.columns.recognition import stated_unit
from index.documents.document import (
    Document,
    is_title,
    left_out,
    mapped_round,
    problem_at,
    round_of,
    toml_of,
)  # fmt: skip
from index.documents.lists.money import with_currency
from index.documents.lists.rows import NO_OWNER, HeadedRow, read_row
from index.documents.lists.totals import is_total, read_total
from index.documents.report import Declared, TableReport
from index.documents.status import Statuses, is_refusal, lists_both, lists_refusals
from index.problem import Problem, quoted

_SEVERAL = 3  # rows with the same fault that are told together


@dataclass(slots=True)
class Section:
    """A heading and the rows below it; a table has one, or one a round.

    ``lead`` are the lines above the table; ``opened``: it has a header. ``header_at`` is where that
    stands, until the row below it is read. ``ownerless`` are the rows without an owner, ``group``
    the decisions since the last row that was their sum.
    """

    lead: list[str] = field(default_factory=list)
    header: Header | None = None
    header_at: Source | None = None
    opened: bool = False
    declared: Declared | None = None
    rows: int = 0
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ownerless: list[Problem] = field(default_factory=list)
    group: list[Decision] = field(default_factory=list)
    statuses: Statuses = field(default_factory=Statuses)

    @property
    def title(self) -> str:
        """The line that names the round or is marked as a heading; else the first one."""
        lines = [line for line in self.lead if line.strip("# ")]
        named = (line for line in lines if is_title(line))
        return next(named, lines[0] if lines else "").strip("# ")

    def in_currency(self, mapping: Mapping) -> Sequence[Decision]:
        """The decisions, those in kronor where the list is in Swedish."""
        return with_currency(self.decisions, mapping, self.header.language if self.header else None)

    def told(self, document: Document) -> list[Problem]:
        """What looks wrong in it, and what was left out for its status."""
        kept = document.limits.refused
        problems = [*self.problems, *self.lacking_owners()]
        return [*problems, *self.statuses.problems(document.file, toml_of(document), kept)]

    def open(self, header: Header, source: Source) -> None:
        """The table begins, or begins again on a new page."""
        if not self.opened:
            self.header_at = source
        self.header, self.opened = header, True

    def take_unit(self) -> None:
        """A line above the table may say in which unit the amounts are, where their header does
        not."""
        header, source = self.header, self.header_at
        stated = [(stated_unit(line), line) for line in self.lead]
        unit, line = next(filter(lambda one: one[0], stated), ("", ""))
        if header and source and unit and "amount" in header.columns and not header.unit:
            self.header = replace(header, unit=unit)
            if parse_amount(f"1 {unit}") == Amount(Decimal(1), "SEK"):
                return
            what = f"beloppen lästes i {unit}, som det står ovanför tabellen ({quoted(line)})"
            remedy = "kontrollera något av dem; annars skriv enheten i beloppens rubrik"
            self.problems.append(problem_at(source, what, remedy))

    def take(self, row: HeadedRow, document: Document, count: TableReport) -> None:
        """Reads one row below the header."""
        headings = (count.name or "", self.title or Path(document.file).stem)
        if self.header_at:
            self.problems += _doubts(row.header, self.header_at, document, headings)
        self.header_at = None
        if is_total(row):
            declared, problems = read_total(row, document.mapping)
            self.declared = declared or self.declared
            self.problems += problems
            return
        self.rows += 1
        count.rows += 1
        refusals = next(filter(lists_refusals, headings), "")
        keep = self.statuses.keeps(_status(row), row.source, refusals)
        if "status" not in row.columns:
            used = row.header.places
            for at, (heading, text) in enumerate(zip(row.header.cells, row.labels, strict=False)):
                if text and at not in used:
                    self.statuses.notice(heading, text, row.source)
        if keep or document.limits.refused:
            round_ = round_of(self.title, row.header.funder, document.file)
            decision, problems = read_row(row, mapped_round(round_, document.mapping), document)
            if decision and self.is_sum(row, decision):
                what = f"raden {quoted(decision.owner or decision.title)} är summan av dem ovanför"
                remedy = "det är som det ska; fyll i raden om den är ett beslut"
                self.problems.append(left_out(row.source, what, remedy, lost=False))
                return
            self.ownerless += [one for one in problems if one.what == NO_OWNER]
            self.problems += [one for one in problems if one.what != NO_OWNER]
            if decision:
                self.statuses.weigh(decision.amount, _status(row), row.source)
                self.decisions.append(decision)
                self.group.append(decision)
                count.decisions += 1

    def is_sum(self, row: HeadedRow, decision: Decision) -> bool:
        """Whether a row says only one name, in its first cell, and the sum of the rows since the
        last one of its kind, or since the first row: *Idrott totalt*."""
        alone = row.labels[0] and sum(map(bool, row.labels)) == 2
        if not (alone and decision.amount and all(name in row.header.columns for name in NAMED)):
            return False
        for above in (self.group, self.decisions):
            whole = len(above) > 1 and all(one.owner and one.title for one in reversed(above))
            if whole and granted(above) == decision.amount:
                self.group = []
                return True
        return False

    def lacking_owners(self) -> list[Problem]:
        """The rows without an owner, as one where they are many: it may stand in a row above, but
        may as well be left out, as the names of persons are."""
        if len(self.ownerless) < _SEVERAL:
            return self.ownerless
        first = self.ownerless[0]
        what = f"{NO_OWNER} i {len(self.ownerless)} rader (t.ex. rad {first.row})"
        remedy = (
            "besluten är med utan; gäller den som står i en rad ovanför, fyll i den i varje rad"
        )
        return [replace(first, what=what, remedy=remedy)]


def _doubts(
    header: Header, source: Source, document: Document, headings: Sequence[str]
) -> Iterator[Problem]:
    """What the header of a table leaves uncertain, said where it stands."""
    toml = toml_of(document)
    both = next(filter(lists_both, headings), "")
    if both and "status" not in header.columns:
        what = (
            f"listan har både beviljat och avslag ({quoted(both)}), men ingen kolumn säger vilket"
        )
        yield problem_at(source, what, f"ta bort avslagen, eller ange status i {toml}")
    called = (*headings, Path(document.file).stem)
    yield from (problem_at(source, *told) for told in doubts(header, called, toml))
    for column, name in NAMED.items():
        if column not in header.columns and column not in document.mapping.columns:
            what = f"tabellen har ingen kolumn för {name}"
            remedy = f"besluten är med utan; finns den under annat namn, ange {column} i {toml}"
            yield problem_at(source, what, remedy)


def _status(row: HeadedRow) -> str:
    """What a row says of whether it was granted; some say *Avslag* where the amount would be."""
    amount = row["amount"].label
    return row["status"].line or (amount if is_refusal(amount) else "")
