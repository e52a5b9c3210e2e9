"""What reading gave, and what it could not: the facts that `beslut index` reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

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
class TableCount:
    """What one sheet or page held: rows below a header, and the decisions among them."""

    name: str | None
    rows: int = 0
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one file gave. ``sum`` is in SEK over its decisions with an amount; ``others`` are the
    sums in other currencies, XXX where nothing states it.

    ``kept``: it could not be read now, and its decisions of last time stay. ``tables`` are its
    sheets or pages; ``mapping`` is the TOML file beside it, ``language`` what that says.
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
    tables: tuple[TableCount, ...] = field(default=(), compare=False)
    mapping: str | None = field(default=None, compare=False)
    language: str | None = field(default=None, compare=False)

    @property
    def tallies(self) -> bool | None:
        """Whether the declared count and sum are what was read; None where nothing is declared."""
        if self.declared is None:
            return None
        return self.declared.count in (None, self.decisions) and self.declared.sum in (
            None,
            self.sum,
        )


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
