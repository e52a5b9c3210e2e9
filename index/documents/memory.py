"""What was read last time, and can be taken over?"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from index.documents.reading import SourceReading, line_of
from index.documents.report import SourceReport, problems_of, source_report
from index.limits import ReadingLimits
from index.problem import Problem

RULES = (
    "amount", "collation", "dates", "decision", "export_table", "gazetteer", "limits",
    "organisation_number", "problem", "slug",
)  # fmt: skip
"""The modules beside this room that decide what a document gives; see `rules`."""


class LastReading(Protocol):
    """What was read last time: the generation on disk, as far as reading must know of it. It has a
    folder, a manifest, a file with the decisions of each source, and knows its files again."""

    @property
    def path(self) -> Path: ...
    @property
    def manifest(self) -> dict[str, Any]: ...
    def decisions(self, source: int) -> Path: ...
    def is_unchanged(self, path: Path) -> bool: ...


class Memory:
    """The sources of the last generation, by number; None remembers nothing.

    `names` are those of all files that are read now, within `limits`.
    """

    def __init__(self, last: LastReading | None, names: Set[str], limits: ReadingLimits) -> None:
        self._last = last
        self._limits = limits
        sources = last.manifest["sources"] if last else ()
        self.reports = [source_report(data, "unchanged") for data in sources]
        self._names = names

    def same(self, name: str, sha256: str, mapping_sha256: str) -> int | None:
        """The source with the same bytes and the same mapping, read by the same rules: where it was
        called the same, or has been renamed since. A copy beside it is another."""

        def is_same(report: SourceReport) -> bool:
            renamed = report.file not in self._names
            named = Path(report.file).name == Path(name).name
            facts = (report.sha256, report.mapping_sha256, report.rules)
            return (sha256, mapping_sha256, rules(self._limits)) == facts and (named or renamed)

        return self._first(is_same)

    def of_name(self, name: str) -> int | None:
        """The source with a name, whatever was in it."""
        return self._first(lambda report: report.file == name)

    def absent(self, found: Sequence[SourceReport]) -> list[int]:
        """The sources that are no longer there, under their own names or as one of those `found`
        under another."""
        before = {report.file for report in self.reports}
        renamed = {report.sha256 for report in found if report.file not in before}
        return [
            number
            for number, report in enumerate(self.reports)
            if report.file not in self._names and report.sha256 not in renamed
        ]

    def take_over(self, number: int, name: str, lines: Path) -> SourceReading:
        """What a source gave, for the file that is now called `name`; its decisions go to `lines`:
        as a link, or written again where each must say another name."""
        assert self._last is not None
        report = replace(self.reports[number], original=None)
        old = SourceReading(report, self._last.decisions(number), number)
        if name == report.file:
            os.link(self._last.decisions(number), lines)
            return replace(old, lines=lines)
        with lines.open("w", encoding="utf-8", newline="\n") as file:
            for decision in old.decisions():
                source = replace(decision.source, file=name)
                file.write(line_of(replace(decision, source=source)))
        problems = tuple(replace(problem, file=name) for problem in report.problems)
        return SourceReading(replace(report, file=name, problems=problems), lines)

    def original(self, sha256: str) -> Path | None:
        """The copy of the file with these bytes."""
        for report in self.reports:
            if self._last and report.sha256 == sha256 and report.original:
                path = self._last.path / report.original
                if self._last.is_unchanged(path):
                    return path
        return None

    def _first(self, wanted: Callable[[SourceReport], bool]) -> int | None:
        for number, report in enumerate(self.reports):
            assert self._last is not None
            if wanted(report) and self._last.is_unchanged(self._last.decisions(number)):
                return number
        return None


def repeated_in(last: LastReading, number: int) -> tuple[Problem, ...]:
    """The decisions that a source of a generation has more than once, as they were told."""
    facts = last.manifest["sources"][number]
    return problems_of(facts["repeated"], facts["file"])


def duplicates_in(last: LastReading) -> tuple[Problem, ...]:
    """All decisions that a generation left out because it has them, as they were told."""
    sources = enumerate(last.manifest["sources"])
    return tuple(
        problem
        for number, facts in sources
        for problem in (
            *repeated_in(last, number),
            *problems_of(facts.get("elsewhere", ()), facts["file"]),
        )
    )


@cache
def rules(limits: ReadingLimits) -> str:
    """SHA-256 (hex) over the code that makes decisions of documents, and the limits within which it
    does: when they change, a document is read again even if it has not changed itself."""
    here = Path(__file__).parent
    modules = [here.parent / f"{name}.py" for name in RULES] + sorted(here.rglob("*.py"))
    code = b"".join(module.read_bytes() for module in modules)
    return hashlib.sha256(code + repr(replace(limits, source_shrink=0)).encode()).hexdigest()
