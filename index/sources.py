"""Files and folders -> what each file gave: read now, or remembered from last time.

What a file gives is written to ``decisions/N.jsonl`` of the build, a decision a line, so that it
need not be parsed again as long as neither the file nor the rules of reading change.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from index import readers
from index.decision import Decision, from_data, granted, to_data
from index.errors import BeslutError, ReadError
from index.extract import Declared, Problem, extract
from index.store import Generation

State = Literal["read", "unchanged", "kept", "failed"]

RULES = ("amount", "decision", "extract", "html", "slug")
"""The modules, beside the readers, that decide what a document gives; see `rules`."""
MAX_SOURCE_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one file gave. ``sum`` is in SEK over its decisions with an amount.

    ``kept``: it could not be read now, and its decisions of last time stay.
    """

    file: str
    sha256: str
    state: State
    rows: int
    decisions: int
    sum: Decimal
    declared: Declared | None
    problems: tuple[Problem, ...]

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
class Parsed:
    """One file after reading.

    ``lines`` is the file with its decisions, None where it never gave any. ``problems`` are those
    of the document itself, to be told again as long as it does not change. ``before`` is its number
    among the sources of the last generation, where that has exactly these decisions already.
    """

    report: SourceReport
    problems: tuple[Problem, ...]
    lines: Path | None
    before: int | None

    def decisions(self) -> Iterator[Decision]:
        """The decisions, one after the other."""
        if self.lines is not None:
            with self.lines.open(encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    yield from_data(json.loads(line))

    def facts(self) -> dict[str, Any]:
        """What the manifest remembers of the source."""
        report, declared = self.report, self.report.declared
        return {
            "file": report.file,
            "sha256": report.sha256,
            "rows": report.rows,
            "decisions": report.decisions,
            "sum": str(report.sum),
            "declared": declared
            and [declared.row, declared.count, None if declared.sum is None else str(declared.sum)],
            "problems": [[problem.row, problem.what, problem.mend] for problem in self.problems],
        }


def read_all(sources: Sequence[Path], folder: Path, last: Generation | None) -> list[Parsed]:
    """Reads every file of `sources`, in order, into the new `folder`.

    The files that have decisions are numbered from 0, as the manifest lists them.
    """
    folder.mkdir()
    parsed: list[Parsed] = []
    number = 0
    for path, name in files(sources):
        one = _read(path, name, folder / f"{number}.jsonl", last)
        number += one.lines is not None
        parsed.append(one)
    return parsed


def files(sources: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file once with the name it goes by: as `_found` gives it, and with folders in front
    where that would not tell two files apart."""
    found: dict[Path, str] = {}
    for source in sources:
        for path, name in _found(source):
            found.setdefault(path, name)
    by_name = defaultdict(list)
    for path, name in found.items():
        by_name[name].append(path)
    for paths in by_name.values():
        if len(paths) > 1:
            above = os.path.commonpath(paths)
            found.update((path, path.relative_to(above).as_posix()) for path in paths)
    return list(found.items())


def _found(source: Path) -> Iterator[tuple[Path, str]]:
    """The file `source` and its name, or the files in it and their names relative to it.

    Hidden files are left out. A link that leads out of its folder stays a link, to be refused.
    """
    real = Path(os.path.realpath(source))
    if not source.is_dir():
        yield real, source.name
        return
    for path in sorted(source.absolute().rglob("*")):
        name = path.relative_to(source.absolute())
        if not path.is_dir() and not any(part.startswith(".") for part in name.parts):
            target = Path(os.path.realpath(path))
            yield target if target.is_relative_to(real) else path, name.as_posix()


def _read(path: Path, name: str, lines: Path, last: Generation | None) -> Parsed:
    """The decisions of one file: parsed, taken over unchanged, or kept from last time."""
    try:
        content = _bytes(path)
        sha256 = hashlib.sha256(content).hexdigest()
        unchanged = _take_over(last, name, sha256, lines)
        if unchanged is not None:
            return unchanged
        read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        result = extract(readers.read(content), name, sha256, read)
    except BeslutError as error:
        return _not_read(Problem(name, None, error.what, error.mend), lines, last)
    _write(lines, result.decisions)
    report = SourceReport(
        file=name,
        sha256=sha256,
        state="read",
        rows=result.rows,
        decisions=len(result.decisions),
        sum=granted(result.decisions),
        declared=result.declared,
        problems=result.problems,
    )
    return Parsed(report, result.problems, lines, None)


def _not_read(problem: Problem, lines: Path, last: Generation | None) -> Parsed:
    """A file that cannot be read keeps what it gave last time, and the problem is told."""
    name = problem.file
    kept = _take_over(last, name, None, lines)
    if kept is None:
        report = SourceReport(name, "", "failed", 0, 0, Decimal(0), None, (problem,))
        return Parsed(report, (), None, None)
    problem = replace(problem, mend=problem.mend + "; beslut från förra läsningen är kvar")
    problems = (problem, *kept.problems)
    return replace(kept, report=replace(kept.report, state="kept", problems=problems))


def _bytes(path: Path) -> bytes:
    try:
        if path.is_symlink():
            raise ReadError("länken leder ut ur mappen", "lägg själva filen i mappen")
        if not path.exists():
            raise ReadError("filen finns inte", "kontrollera sökvägen")
        if not path.is_file():
            raise ReadError("det är ingen vanlig fil", "ta bort den ur mappen")
        if path.stat().st_size > MAX_SOURCE_BYTES:
            limit = MAX_SOURCE_BYTES // 1024 // 1024
            raise ReadError(f"filen är större än {limit} MB", "dela upp den")
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den") from error


def _take_over(
    last: Generation | None, name: str, sha256: str | None, lines: Path
) -> Parsed | None:
    """What a file gave last time, under the name that it has now: the file with the same bytes, or,
    without `sha256`, with the same name. None where that is not to be had.

    With the same bytes it must also be called the same, since the name may stand in for the round,
    and must have been read by the same rules.
    """
    if last is None or (sha256 and last.manifest.get("rules") != rules()):
        return None
    for number, facts in enumerate(last.manifest["sources"]):
        same_bytes = sha256 == facts["sha256"] and Path(facts["file"]).name == Path(name).name
        same = same_bytes if sha256 else name == facts["file"]
        if same and last.is_unchanged(last.decisions(number)):
            return _remembered(last, number, name, lines)
    return None


def _remembered(last: Generation, number: int, name: str, lines: Path) -> Parsed:
    facts = last.manifest["sources"][number]
    before: int | None = number
    if name == facts["file"]:
        os.link(last.decisions(number), lines)
    else:
        before = None
        old = Parsed(_report_of(facts, name), (), last.decisions(number), None).decisions()
        _write(lines, (replace(one, source=replace(one.source, file=name)) for one in old))
    report = _report_of(facts, name)
    return Parsed(report, report.problems, lines, before)


def _report_of(facts: dict[str, Any], name: str) -> SourceReport:
    declared = facts["declared"]
    return SourceReport(
        file=name,
        sha256=facts["sha256"],
        state="unchanged",
        rows=facts["rows"],
        decisions=facts["decisions"],
        sum=Decimal(facts["sum"]),
        declared=declared
        and Declared(declared[0], declared[1], declared[2] and Decimal(declared[2])),
        problems=tuple(Problem(name, *rest) for rest in facts["problems"]),
    )


def _write(lines: Path, decisions: Iterable[Decision]) -> None:
    with lines.open("w", encoding="utf-8", newline="\n") as file:
        for decision in decisions:
            file.write(json.dumps(to_data(decision), ensure_ascii=False) + "\n")


@cache
def rules() -> str:
    """SHA-256 (hex) over the code that makes decisions of documents: when it changes, a document is
    read again even if it has not changed itself."""
    here = Path(__file__).parent
    modules = [here / f"{name}.py" for name in RULES]
    modules += sorted((here / "readers").glob("*.py"))
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
