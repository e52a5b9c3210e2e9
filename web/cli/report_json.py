"""What did a reading give, as JSON for a program?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.amount import plain
from index.decision import to_data
from index.documents.report import Report, SourceReport, TableReport
from index.problem import Problem


def report_data(
    report: Report, index: Path, warning: Sequence[str] = (), accept: bool = False
) -> dict[str, Any]:
    """The report as JSON values. Sums are in SEK, as text, exact."""
    return {
        "index": str(index),
        "generation": report.generation,
        "published": report.published,
        "accept": accept,
        "decisions": report.decisions,
        "sum": str(plain(report.sum)),
        "withheld": report.withheld,
        "warnings": list(warning),
        "sources": [
            _source_data(source) | {"first": [*map(to_data, report.first.get(source.file, ()))]}
            for source in report.sources
        ],
        "duplicates": [problem_data(one) for one in report.duplicates],
    }


def _source_data(source: SourceReport) -> dict[str, Any]:
    declared = source.declared
    return {
        "file": source.file,
        "state": source.state,
        "held": source.state == "held",
        "sha256": source.sha256 or None,
        "mapping": source.mapping,
        "language": source.language,
        "tables": [_table_data(table) for table in source.tables],
        "rows": source.rows,
        "decisions": source.decisions,
        "before": source.before,
        "difference": source.difference,
        "sum": str(plain(source.sum)),
        "otherCurrencies": {currency: str(plain(total)) for currency, total in source.others},
        "declared": declared
        and {
            "row": declared.row,
            "count": declared.count,
            "sum": None if declared.sum is None else str(plain(declared.sum)),
            "tallies": source.tallies,
        },
        "problems": [problem_data(one) for one in source.all_problems],
    }


def _table_data(table: TableReport) -> dict[str, Any]:
    return {
        "name": table.name,
        "rows": table.rows,
        "decisions": table.decisions,
        "columns": table.headers,
        "unused": list(table.unused),
        "unit": table.unit or None,
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem as JSON values."""
    names = ("file", "table", "row", "what", "remedy", "lost")
    return {name: getattr(problem, name) for name in names} | {"leftOut": problem.left_out}
