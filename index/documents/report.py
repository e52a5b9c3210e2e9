"""What did reading give, and what could it not? The facts that `beslut index` reports, and their
one form as data: what the manifest remembers, and what the reading process hands over.

Light enough to be imported where nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from index.decision import Decision
from index.documents.columns.mapping import Column
from index.problem import Problem

State = Literal["read", "unchanged", "kept", "held", "failed", "gone"]


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

    @property
    def headers(self) -> dict[Column, list[str]]:
        """The headers that were used, by column."""
        headers: dict[Column, list[str]] = {}
        for column, header in self.columns:
            headers.setdefault(column, []).append(header)
        return headers


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one file gave. ``sum`` is in SEK over its decisions with an amount; ``others`` are the
    sums in other currencies, XXX where nothing states it.

    ``kept``: it could not be read now, and its decisions of last time stay; ``held``: so many of
    them are missing from it now that those of last time stay; ``gone``: it was there last time.
    ``problems`` are those of the document itself, to be told again as long as it does not change;
    ``news`` are those of this run alone. ``before`` is how many decisions the source gave last
    time, and ``difference`` how many more the file has now; None where there is no knowing.

    ``tables`` are its sheets or pages; ``mapping`` is the TOML file beside it, ``mapping_sha256``
    (hex) that file's, ``language`` what it says. ``rules`` are those it was read by, see
    `index.documents.memory.rules`. ``original`` is the copy of the source, relative to the
    generation.
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
    rules: str | None = field(default=None, compare=False)
    original: str | None = field(default=None, compare=False)
    news: tuple[Problem, ...] = field(default=(), compare=False)
    before: int | None = field(default=None, compare=False)
    difference: int | None = field(default=None, compare=False)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The news first."""
        return self.news + self.problems

    @property
    def tallies(self) -> bool | None:
        """Whether the declared count and sum are what was read; None where nothing is declared."""
        if self.declared is None:
            return None
        count, total = self.declared.count, self.declared.sum
        return count in (None, self.decisions) and total in (None, self.sum)


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, or a trial of it.

    ``generation`` is the one that is current afterwards, None where nothing could be read;
    ``published``: it was not so before. ``known``: of the ``duplicates`` those that were told of
    last time. ``first`` are the first decisions of each file that was read now, as they were read.
    ``withheld`` is how many decisions were left out because somebody said so, and
    ``shown_again`` of how many nobody says so any longer.
    """

    sources: tuple[SourceReport, ...]
    duplicates: tuple[Problem, ...]
    decisions: int
    sum: Decimal
    generation: int | None
    published: bool = True
    known: frozenset[Problem] = frozenset()
    first: MappingOf[str, tuple[Decision, ...]] = field(default_factory=dict)
    withheld: int = 0
    shown_again: int = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that somebody should look at."""
        return tuple(problem for source in self.sources for problem in source.all_problems)


_AS_THEY_ARE = ("file", "sha256", "rows", "decisions", "language", "rules", "original")


def source_data(report: SourceReport) -> dict[str, Any]:
    """The report as JSON values; `source_report` gives it back."""
    declared = report.declared
    return {
        **{name: getattr(report, name) for name in _AS_THEY_ARE},
        "sum": str(report.sum),
        "others": [[currency, str(total)] for currency, total in report.others],
        "declared": declared
        and [declared.row, declared.count, None if declared.sum is None else str(declared.sum)],
        "problems": problems_data(report.problems),
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
