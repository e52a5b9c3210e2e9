"""Files and folders -> what each file gave: read now, or remembered from last time.

What a file gives is written to ``decisions/N.jsonl`` of the build, a decision a line, so that it
need not be parsed again as long as neither the file nor the rules of reading change. Beside it, in
``originals/N.suffix``, stands a copy of the file, unless a setting says no; the manifest's sources
name it as ``original``, relative to the generation, None where there is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import Any, Protocol

from index.decision import Decision, from_data, granted, to_data
from index.documents import mapping as mappings
from index.documents import readers, sandbox
from index.documents.extract import extract
from index.documents.mapping import NOTHING, Mapping
from index.documents.records import read_records
from index.documents.report import Declared, ReadingProgress, SourceReport, TableCount
from index.errors import BeslutError, ReadError
from index.limits import MEGABYTE, ReadingLimits
from index.problem import Problem, shown

RULES = ("amount", "dates", "decision", "limits", "problem", "slug")
"""The modules beside this room that decide what a document gives; see `rules`."""
MAX_PROBLEMS = 1000
"""Of one source; how many more there are is said."""
_TOLD_EVERY = 500  # decisions


class LastReading(Protocol):
    """What was read last time: the generation on disk, as far as reading must know of it."""

    @property
    def path(self) -> Path:
        """The folder of the generation."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What it says of itself."""

    def decisions(self, source: int) -> Path:
        """The file with the decisions of one of its sources."""

    def is_unchanged(self, path: Path) -> bool:
        """Whether one of its files is as it was written."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read: within which limits, whether copies of them are kept, and whom to tell
    of progress."""

    limits: ReadingLimits = field(default_factory=ReadingLimits)
    originals: bool = True
    progress: Callable[[ReadingProgress], None] = lambda progress: None


BY_DEFAULT = Reading()
"""Within the usual limits, with copies, in silence."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """One file after reading.

    ``lines`` is the file with its decisions, None where it never gave any. ``problems`` are those
    of the document itself, to be told again as long as it does not change. ``before`` is its number
    among the sources of the last generation, where that has exactly these decisions already.
    ``original`` is the copy of the file; ``mapping_sha256`` (hex) is that of the TOML file.
    """

    report: SourceReport
    problems: tuple[Problem, ...]
    lines: Path | None
    before: int | None
    original: Path | None = None
    mapping_sha256: str = ""

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
            "others": [[currency, str(total)] for currency, total in report.others],
            "declared": declared and _declared_data(declared),
            "problems": [problem_data(problem) for problem in self.problems],
            "tables": [[one.name, one.rows, one.decisions] for one in report.tables],
            "mapping": [report.mapping, self.mapping_sha256] if report.mapping else None,
            "language": report.language,
            "original": self.original and f"{self.original.parent.name}/{self.original.name}",
        }


def _declared_data(declared: Declared) -> list[Any]:
    return [declared.row, declared.count, None if declared.sum is None else str(declared.sum)]


def problem_data(problem: Problem) -> list[Any]:
    """A problem as the manifest remembers it, under its source."""
    return [problem.row, problem.what, problem.remedy, problem.table]


def repeated_in(last: LastReading, number: int) -> list[Problem]:
    """The decisions that a source of a generation has more than once, as they were told."""
    facts = last.manifest["sources"][number]
    return [Problem(facts["file"], *rest) for rest in facts["repeated"]]


def read_all(
    sources: Sequence[Path],
    folder: Path,
    last: LastReading | None,
    reading: Reading = BY_DEFAULT,
) -> list[SourceReading]:
    """Reads every file of `sources`, in order, into the new `folder`.

    The files that have decisions are numbered from 0, as the manifest lists them.
    """
    folder.mkdir()
    found = files(sources)
    work = _Work(folder, last, reading, {name for _, name in found}, _sizes(found))
    parsed: list[SourceReading] = []
    for path, name in found:
        one = work.read(path, name)
        work.done(path, one)
        parsed.append(one)
    return [*parsed, *_lost_mappings(sources, found)]


def files(sources: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file once with the name it goes by: as `_found` gives it, and with folders in front
    where that would not tell two files apart. TOML files say how others are read."""
    found: dict[Path, str] = {}
    for source in sources:
        for path, name in _found(source):
            if path.suffix != mappings.SUFFIX:
                found.setdefault(path, name)
    by_name = defaultdict(list)
    for path, name in found.items():
        by_name[name].append(path)
    for paths in by_name.values():
        if len(paths) > 1:
            above = os.path.commonpath(paths)
            found.update((path, path.relative_to(above).as_posix()) for path in paths)
    return [(path, shown(name)) for path, name in found.items()]


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


def _lost_mappings(
    sources: Sequence[Path], found: Iterable[tuple[Path, str]]
) -> list[SourceReading]:
    """TOML files that stand beside no source: somebody has misspelt a name."""
    wanted = {path.with_name(name) for path, _ in found for name in mappings.names(path.name)}
    lost = []
    for source in sources:
        for path, name in _found(source):
            if path.suffix == mappings.SUFFIX and path not in wanted:
                remedy = "kalla den som filen, med .toml efter"
                what = "ingen fil bredvid hör till den"
                lost.append(_failed(Problem(shown(name), None, what, remedy)))
    return lost


def _sizes(found: Iterable[tuple[Path, str]]) -> dict[Path, int]:
    sizes = {}
    for path, _ in found:
        with suppress(OSError):
            sizes[path] = path.stat().st_size
    return sizes


@dataclass(slots=True)
class _Work:
    """The reading of all sources of one build."""

    folder: Path
    last: LastReading | None
    reading: Reading
    names: set[str]
    sizes: dict[Path, int]
    number: int = 0
    files: int = 0
    bytes: int = 0
    decisions: int = 0

    @property
    def lines(self) -> Path:
        """Where the decisions of the next source go."""
        return self.folder / f"{self.number}.jsonl"

    def tell(self, read: int, decisions: int) -> None:
        """Tells how far reading has come, `read` bytes into the present file."""
        total = sum(self.sizes.values())
        at, read_so_far = min(self.bytes + read, total), self.decisions + decisions
        self.reading.progress(ReadingProgress(self.files, len(self.names), at, total, read_so_far))

    def done(self, path: Path, one: SourceReading) -> None:
        """Counts a file that is read."""
        self.number += one.lines is not None
        self.files += 1
        self.bytes += self.sizes.get(path, 0)
        self.decisions += one.report.decisions
        self.tell(0, 0)

    def read(self, path: Path, name: str) -> SourceReading:
        """The decisions of one file: parsed, taken over unchanged, or kept from last time."""
        try:
            with _opened(path) as file:
                _check_size(file, self.reading.limits)
                mapping = mappings.find(path)
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                one = self._unchanged(name, sha256, mapping)
                one = one or self._parsed(file, name, sha256, mapping)
            return self._with_original(one, path)
        except BeslutError as error:
            self.lines.unlink(missing_ok=True)
            return self._not_read(Problem(name, None, error.what, error.remedy))

    def _unchanged(self, name: str, sha256: str, mapping: Mapping) -> SourceReading | None:
        """What the file with the same bytes and the same mapping gave last time, by the same rules:
        where it was called the same, or has been renamed since. A copy beside it is another."""
        if self.last is None or self.last.manifest.get("rules") != rules():
            return None
        for number, facts in enumerate(self.last.manifest["sources"]):
            said = (facts.get("mapping") or [None, ""])[1]
            renamed = facts["file"] not in self.names
            named = Path(facts["file"]).name == Path(name).name
            same = (sha256, mapping.sha256) == (facts["sha256"], said) and (named or renamed)
            if same and self.last.is_unchanged(self.last.decisions(number)):
                return self._remembered(self.last, number, name)
        return None

    def _not_read(self, problem: Problem) -> SourceReading:
        """A file that cannot be read keeps what it gave last time, and the problem is told."""
        kept = self._kept(problem.file)
        if kept is None:
            return _failed(problem)
        problem = replace(problem, remedy=problem.remedy + "; beslut från förra läsningen är kvar")
        problems = (problem, *kept.problems)
        return replace(kept, report=replace(kept.report, state="kept", problems=problems))

    def _kept(self, name: str) -> SourceReading | None:
        for number, facts in enumerate(self.last.manifest["sources"] if self.last else ()):
            assert self.last is not None
            if facts["file"] == name and self.last.is_unchanged(self.last.decisions(number)):
                return self._with_original(self._remembered(self.last, number, name), None)
        return None

    def _remembered(self, last: LastReading, number: int, name: str) -> SourceReading:
        facts = last.manifest["sources"][number]
        report = _report_of(facts, name)
        sha256 = (facts.get("mapping") or [None, ""])[1]
        if name == facts["file"]:
            os.link(last.decisions(number), self.lines)
            return SourceReading(report, report.problems, self.lines, number, None, sha256)
        old = SourceReading(_report_of(facts, name), (), last.decisions(number), None).decisions()
        with self.lines.open("w", encoding="utf-8", newline="\n") as lines:
            for one in old:
                lines.write(line_of(replace(one, source=replace(one.source, file=name))))
        return SourceReading(report, report.problems, self.lines, None, None, sha256)

    def _with_original(self, one: SourceReading, path: Path | None) -> SourceReading:
        """Keeps a copy of what was read: that of the last generation where it is the same, since a
        link to the file itself would change with it."""
        if not self.reading.originals or one.lines is None:
            return one
        suffix = re.search(r"\.[a-z0-9]{1,5}$", one.report.file.casefold())
        originals = self.folder.parent / "originals"
        copy = originals / f"{one.lines.stem}{suffix[0] if suffix else ''}"
        originals.mkdir(exist_ok=True)
        old = self._old_original(one.report.sha256)
        if old is not None:
            os.link(old, copy)
        elif path is not None:
            try:
                shutil.copyfile(path, copy, follow_symlinks=False)
            except OSError as error:
                raise _unreadable(error) from error
        else:
            return one
        return replace(one, original=copy)

    def _old_original(self, sha256: str) -> Path | None:
        """The copy of the same file that the last generation has."""
        for facts in self.last.manifest["sources"] if self.last else ():
            if self.last and facts["sha256"] == sha256 and facts.get("original"):
                path: Path = self.last.path / facts["original"]
                if self.last.is_unchanged(path):
                    return path
        return None

    def _parsed(
        self, file: BufferedReader, name: str, sha256: str, mapping: Mapping
    ) -> SourceReading:
        lines, limits = self.lines, self.reading.limits
        read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        facts = sandbox.run_isolated(
            lambda tell: _parse(file, _Told(name, sha256, read, mapping), limits, lines, tell),
            limits,
            lambda told: self.tell(told["bytes"], told["decisions"]),
        )
        named = {"mapping": [mapping.file, mapping.sha256] if mapping is not NOTHING else None}
        facts |= {"file": name, "sha256": sha256, "language": mapping.language, **named}
        report = replace(_report_of(facts, name), state="read")
        return SourceReading(report, report.problems, lines, None, None, mapping.sha256)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the parsing process is told of the file."""

    name: str
    sha256: str
    read: str
    mapping: Mapping


def _parse(
    file: BufferedReader, told: _Told, limits: ReadingLimits, lines: Path, tell: sandbox.Tell
) -> dict[str, Any]:
    """Writes the decisions of a file and gives the facts; runs in a process of its own."""
    file.seek(0)
    stream = readers.record_format(file.read(readers.HEAD_BYTES))
    file.seek(0)
    if stream is not None:
        return _parse_records(stream, file, told, limits, lines, tell)
    tables = readers.read(file.read(), limits)
    result = extract(tables, told.name, told.sha256, told.read, told.mapping, limits)
    with lines.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(line_of(decision) for decision in result.decisions)
    return {
        "rows": result.rows,
        "decisions": len(result.decisions),
        "sum": str(granted(result.decisions)),
        "others": _others(result.decisions),
        "declared": result.declared and _declared_data(result.declared),
        "problems": [problem_data(one) for one in _at_most(result.problems, told.name)],
        "tables": [[one.name, one.rows, one.decisions] for one in result.tables],
    }


def _parse_records(
    stream: readers.RecordFormat,
    file: BufferedReader,
    told: _Told,
    limits: ReadingLimits,
    lines: Path,
    tell: sandbox.Tell,
) -> dict[str, Any]:
    """The same for records, one after the other, whatever their number."""
    records = stream.read(file, limits)
    found = read_records(records, told.name, told.sha256, told.read, told.mapping, limits)
    decisions, left_out, faults = 0, 0, 0
    sums: dict[str, Decimal] = {}
    problems: list[Problem] = []
    with lines.open("w", encoding="utf-8", newline="\n") as out:
        for one in found:
            if isinstance(one, Problem):
                faults += 1
                left_out += "togs inte med" in one.what
                problems += [one] if faults <= MAX_PROBLEMS else []
            else:
                out.write(line_of(one))
                decisions += 1
                _add(sums, one)
                if decisions % _TOLD_EVERY == 0:
                    tell({"bytes": os.lseek(file.fileno(), 0, os.SEEK_CUR), "decisions": decisions})
    if faults > MAX_PROBLEMS:
        problems.append(_and_more(told.name, faults - MAX_PROBLEMS))
    return {
        "rows": decisions + left_out,
        "decisions": decisions,
        "sum": str(sums.pop("SEK", Decimal(0))),
        "others": [[currency, str(total)] for currency, total in sorted(sums.items())],
        "declared": None,
        "problems": [problem_data(one) for one in problems],
        "tables": [],
    }


def _others(decisions: Iterable[Decision]) -> list[list[str]]:
    sums: dict[str, Decimal] = {}
    for decision in decisions:
        _add(sums, decision)
    return [[currency, str(total)] for currency, total in sorted(sums.items()) if currency != "SEK"]


def _add(sums: dict[str, Decimal], decision: Decision) -> None:
    if decision.amount is not None:
        sums[decision.currency] = sums.get(decision.currency, Decimal(0)) + decision.amount


def _at_most(problems: Sequence[Problem], name: str) -> list[Problem]:
    more = len(problems) - MAX_PROBLEMS
    return [*problems[:MAX_PROBLEMS], *([_and_more(name, more)] if more > 0 else [])]


def _and_more(name: str, number: int) -> Problem:
    return Problem(name, None, f"{number} anmärkningar till", "rätta de första och läs filen igen")


def line_of(decision: Decision) -> str:
    """A decision as it stands among those of its source."""
    return json.dumps(to_data(decision), ensure_ascii=False) + "\n"


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """The file, certain to be a regular one and no link; raises `ReadError`."""
    try:
        if path.is_symlink():
            raise ReadError("länken leder ut ur mappen", "lägg själva filen i mappen")
        if not path.exists():
            raise ReadError("filen finns inte", "kontrollera sökvägen")
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(error) from error
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise ReadError("det är ingen vanlig fil", "ta bort den ur mappen")
        try:
            yield file
        except OSError as error:
            raise _unreadable(error) from error


def _unreadable(error: OSError) -> ReadError:
    return ReadError(f"filen kan inte läsas ({error.strerror})", "kontrollera den")


def _check_size(file: BufferedReader, limits: ReadingLimits) -> None:
    """Records are read one by one, however large the file; what is read whole may not be."""
    stream = readers.record_format(file.read(readers.HEAD_BYTES))
    file.seek(0)
    size = os.fstat(file.fileno()).st_size
    if size > limits.source_megabytes * MEGABYTE and (stream is None or stream.bounded):
        what = f"filen är större än {limits.source_megabytes} MB"
        lines = "spara den som JSON Lines, som läses post för post, eller " if stream else ""
        raise ReadError(what, f"{lines}dela upp den, eller höj BESLUT_SOURCE_MEGABYTES")


def _failed(problem: Problem) -> SourceReading:
    report = SourceReport(problem.file, "", "failed", 0, 0, Decimal(0), None, (problem,))
    return SourceReading(report, (), None, None)


def _report_of(facts: dict[str, Any], name: str) -> SourceReport:
    declared = facts["declared"]
    return SourceReport(
        file=name,
        sha256=facts["sha256"],
        state="unchanged",
        rows=facts["rows"],
        decisions=facts["decisions"],
        sum=Decimal(facts["sum"]),
        others=tuple((currency, Decimal(total)) for currency, total in facts.get("others", ())),
        declared=declared
        and Declared(declared[0], declared[1], declared[2] and Decimal(declared[2])),
        problems=tuple(Problem(name, *rest) for rest in facts["problems"]),
        tables=tuple(TableCount(*rest) for rest in facts.get("tables", ())),
        mapping=(facts.get("mapping") or [None])[0],
        language=facts.get("language"),
    )


@cache
def rules() -> str:
    """SHA-256 (hex) over the code that makes decisions of documents: when it changes, a document is
    read again even if it has not changed itself."""
    here = Path(__file__).parent
    modules = [here.parent / f"{name}.py" for name in RULES] + sorted(here.rglob("*.py"))
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
