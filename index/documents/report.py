"""What did reading give, and what could it not? The facts that `beslut index` reports, and their
one form as data: what the manifest remembers, and what the reading process hands over.

Light enough to be imported where nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from index.documents.mapping import Column
from index.problem import Problem

State = Literal["read", "unchanged", "kept", "failed"]


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far reading has come: ``bytes`` of files done and of all, ``decisions`` read so far."""

    files: int
    all_files: int
    bytes: int
    all_bytes: int
    decisions: int


@dataclass(frozen=True, slots=True)
class Declared:
    """What a totals row claims, or several together. ``sum`` in SEK; None where not stated."""

    row: int
    count: int | None
    sum: Decimal | None


@dataclass(slots=True)
class TableReport:
    """How one sheet or page was read, and what it held: rows below a header, and the decisions
    among them.

    ``columns`` are the headers that were used, each with the column it was read as, in the order of
    `mapping.Column`; ``unused`` those that were not. Both are empty for what has no header.
    ``unit`` is what the header of the amounts says they are in (*tkr*).
    """

    name: str | None
    rows: int = 0
    decisions: int = 0
    columns: tuple[tuple[Column, str], ...] = ()
    unused: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one file gave. ``sum`` is in SEK over its decisions with an amount; ``others`` are the
    sums in other currencies, XXX where nothing states it.

    ``kept``: it could not be read now, as the first of its ``problems`` says, and its decisions of
    last time stay. ``tables`` are its sheets or pages; ``mapping`` is the TOML file beside it,
    ``mapping_sha256`` (hex) that file's, ``language`` what it says. ``original`` is the copy of the
    source, relative to the generation.
    """

    file: str
    sha256: str
    state: State
    rows: int
    decisions: int
    sum: Decimal
    declared: Declared | None
    problems: tuple[Problem, ...]
    others: tuple[tuple[str, Decimal], ...] = field(default=(), compare=False)
    tables: tuple[TableReport, ...] = field(default=(), compare=False)
    mapping: str | None = field(default=None, compare=False)
    mapping_sha256: str = field(default="", compare=False)
    language: str | None = field(default=None, compare=False)
    original: str | None = field(default=None, compare=False)

    @property
    def lasting_problems(self) -> tuple[Problem, ...]:
        """Those of the document itself, to be told again as long as it does not change."""
        return self.problems[1:] if self.state == "kept" else self.problems

    @property
    def tallies(self) -> bool | None:
        """Whether the declared count and sum are what was read; None where nothing is declared."""
        if self.declared is None:
            return None
        count, total = self.declared.count, self.declared.sum
        return count in (None, self.decisions) and total in (None, self.sum)


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. ``generation`` is None where nothing was published."""

    sources: tuple[SourceReport, ...]
    duplicates: tuple[Problem, ...]
    decisions: int
    sum: Decimal
    generation: int | None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that somebody should look at."""
        return tuple(problem for source in self.sources for problem in source.problems)


_AS_THEY_ARE = ("file", "sha256", "rows", "decisions", "language", "original")


def source_data(report: SourceReport) -> dict[str, Any]:
    """The report as JSON values; `source_report` gives it back."""
    declared = report.declared
    return {
        **{name: getattr(report, name) for name in _AS_THEY_ARE},
        "sum": str(report.sum),
        "others": [[currency, str(total)] for currency, total in report.others],
        "declared": declared
        and [declared.row, declared.count, None if declared.sum is None else str(declared.sum)],
        "problems": problems_data(report.lasting_problems),
        "tables": [
            [table.name, table.rows, table.decisions, table.columns, table.unused, table.unit]
            for table in report.tables
        ],
        "mapping": [report.mapping, report.mapping_sha256] if report.mapping else None,
    }


def source_report(data: dict[str, Any], state: State) -> SourceReport:
    """The inverse of `source_data`, raises KeyError, TypeError or ValueError on other data."""
    declared = data["declared"]
    as_they_are: dict[str, Any] = {name: data.get(name) for name in _AS_THEY_ARE}
    mapping, mapping_sha256 = data.get("mapping") or (None, "")
    return SourceReport(
        **as_they_are,
        state=state,
        sum=Decimal(data["sum"]),
        declared=declared
        and Declared(declared[0], declared[1], declared[2] and Decimal(declared[2])),
        problems=problems_of(data["problems"], data["file"]),
        others=tuple((currency, Decimal(total)) for currency, total in data.get("others", ())),
        tables=tuple(
            TableReport(name, rows, count, tuple(map(tuple, columns)), tuple(unused), unit)
            for name, rows, count, columns, unused, unit in data.get("tables", ())
        ),
        mapping=mapping,
        mapping_sha256=mapping_sha256,
    )


def problems_data(problems: Iterable[Problem]) -> list[Any]:
    """Problems of one source as JSON values; `problems_of` gives them back."""
    return [[one.row, one.what, one.remedy, one.table, one.left_out, one.lost] for one in problems]


def problems_of(data: Iterable[Any], file: str) -> tuple[Problem, ...]:
    """The inverse of `problems_data`."""
    return tuple(Problem(file, *fields) for fields in data)
