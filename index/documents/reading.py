"""Which decisions does one file give? Found out in a process of its own.

They are written to ``decisions/N.jsonl`` of the build, a decision a line, so that the file need not
be parsed again as long as neither it nor the rules of reading change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BufferedReader
from pathlib import Path

from index.decision import Decision, from_data, to_data
from index.documents import readers, sandbox
from index.documents.document import Document
from index.documents.forms import decisions_in
from index.documents.records import read_records
from index.documents.report import SourceReport, TableReport, source_data, source_report
from index.errors import ReadError
from index.limits import MEGABYTE, ReadingLimits
from index.problem import Problem

MAX_PROBLEMS = 1000
"""Of one source; how many more there are is said."""
_TOLD_EVERY = 500  # decisions


@dataclass(frozen=True, slots=True)
class SourceReading:
    """One file after reading.

    ``lines`` is the file with its decisions, None where it never gave any. ``before`` is its number
    among the sources of the last generation, where that has exactly these decisions already.
    """

    report: SourceReport
    lines: Path | None
    before: int | None = None

    def decisions(self) -> Iterator[Decision]:
        """The decisions, one after the other."""
        if self.lines is not None:
            with self.lines.open(encoding="utf-8", newline="\n") as lines:
                yield from (from_data(json.loads(line)) for line in lines)


def line_of(decision: Decision) -> str:
    """A decision as it stands among those of its source."""
    return json.dumps(to_data(decision), ensure_ascii=False) + "\n"


def check_size(file: BufferedReader, limits: ReadingLimits) -> None:
    """Records are read one by one, however large the file; what is read whole may not be: raises
    `ReadError`."""
    records = _record_format(file)
    size = os.fstat(file.fileno()).st_size
    if size > limits.source_megabytes * MEGABYTE and (records is None or records.bounded):
        what = f"filen är större än {limits.source_megabytes} MB"
        lines = "spara den som JSON Lines, som läses post för post, eller " if records else ""
        raise ReadError(what, f"{lines}dela upp den, eller höj BESLUT_SOURCE_MEGABYTES")


def read_document(
    file: BufferedReader, document: Document, lines: Path, heard: sandbox.Tell
) -> SourceReport:
    """Writes the decisions of a file to `lines`, in a process of its own; raises `ReadError`.

    `heard` is told how many ``bytes`` and ``decisions`` of a long file are read.
    """
    data = sandbox.run_isolated(
        lambda tell: source_data(_parse(file, document, lines, tell)), document.limits, heard
    )
    return source_report(data, "read")


def _parse(
    file: BufferedReader, document: Document, lines: Path, tell: sandbox.Tell
) -> SourceReport:
    records = _record_format(file)
    if records is not None:

        def told(decisions: int) -> None:
            # How far the system has read, since the file may be unpacked on the way.
            at = os.lseek(file.fileno(), 0, os.SEEK_CUR)
            tell({"bytes": at, "decisions": decisions})

        results = read_records(records.read(file, document.limits), document)
        return _write(results, document, lines, told)
    result = decisions_in(file.read(), document)
    found: list[Decision | Problem | TableReport] = [
        *result.decisions,
        *result.problems,
        *result.tables,
    ]
    report = _write(found, document, lines, lambda count: None)
    return replace(report, declared=result.declared)


def _record_format(file: BufferedReader) -> readers.RecordFormat | None:
    file.seek(0)
    records = readers.record_format(file.read(readers.HEAD_BYTES))
    file.seek(0)
    return records


def _write(
    results: Iterable[Decision | Problem | TableReport],
    document: Document,
    lines: Path,
    progress: Callable[[int], None],
) -> SourceReport:
    """Writes the decisions one by one, whatever their number, and adds up what is found."""
    decisions = left_out = faults = 0
    lost = False
    sums = {"SEK": Decimal(0)}
    problems: list[Problem] = []
    tables: list[TableReport] = []
    with lines.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
        for result in results:
            if isinstance(result, TableReport):
                tables.append(result)
            elif isinstance(result, Problem):
                faults += 1
                left_out += result.left_out
                if faults <= MAX_PROBLEMS:
                    problems.append(result)
                else:
                    lost = lost or result.lost
            else:
                out.write(line_of(result))
                decisions += 1
                if result.amount is not None:
                    sums[result.currency] = sums.get(result.currency, Decimal(0)) + result.amount
                if decisions % _TOLD_EVERY == 0:
                    progress(decisions)
    if faults > MAX_PROBLEMS:
        what = f"{faults - MAX_PROBLEMS} anmärkningar till"
        remedy = "rätta de första och läs filen igen"
        problems.append(Problem(document.file, None, what, remedy, lost=lost))
    mapping = document.mapping
    return SourceReport(
        file=document.file,
        sha256=document.sha256,
        state="read",
        rows=decisions + left_out,
        decisions=decisions,
        sum=sums.pop("SEK"),
        declared=None,
        problems=tuple(problems),
        others=tuple(sorted(sums.items())),
        tables=tuple(tables),
        mapping=mapping.file or None,
        mapping_sha256=mapping.sha256,
        language=mapping.language,
    )
