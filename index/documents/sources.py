"""What does each of these files and folders give? Read now, or remembered from last time.

Beside the decisions, in ``originals/N.suffix`` of the build, stands a copy of each file, unless a
setting says no; the report names it as ``original``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BufferedReader
from pathlib import Path

from index.amount import format_amount
from index.documents import memory as memories
from index.documents.columns import mapping as mappings
from index.documents.document import Document
from index.documents.files import empty_folders, files, lost_mappings, opened
from index.documents.memory import LastReading, Memory
from index.documents.reading import SourceReading, check_size, read_document
from index.documents.report import ReadingProgress, SourceReport, State, TableReport
from index.errors import ExplainedError, ReadError
from index.limits import ReadingLimits
from index.problem import Problem, shown


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read: within which limits, whether copies of them are kept, and whom to tell
    of progress.

    ``accept``: what sources hold now is right, however little is left of what they held. ``trial``:
    everything is read now, whatever was read last time, which is there to compare with only.
    ``apart`` are folders, as real paths, that hold no sources wherever they are: the index itself.
    """

    limits: ReadingLimits = field(default_factory=ReadingLimits)
    originals: bool = True
    progress: Callable[[ReadingProgress], None] = lambda progress: None
    accept: bool = False
    trial: bool = False
    apart: frozenset[Path] = frozenset()


BY_DEFAULT = Reading()
"""Within the usual limits, with copies, in silence."""


def read_all(
    sources: Sequence[Path], folder: Path, last: LastReading | None, reading: Reading = BY_DEFAULT
) -> list[SourceReading]:
    """Reads every file of `sources`, in order, into the new `folder`.

    The files that have decisions are numbered from 0, as the manifest lists them. Sources of last
    time that are no longer there come last.
    """
    folder.mkdir()
    named = files(sources, reading.apart)
    memory = Memory(last, {name for _, name in named}, reading.limits)
    sizes = {path: path.stat().st_size for path, _ in named if os.path.exists(path)}
    work = _Work(folder, memory, reading, len(named), sizes)
    done = [work.read(path, name) for path, name in named]
    done += [_failed(problem) for problem in lost_mappings(sources, named, reading.apart)]
    if not reading.trial:
        failed = [path for (path, _), one in zip(named, done, strict=False) if one.lines is None]
        failed += empty_folders(sources, reading.apart) if named else []
        done += [*work.absent([source.report for source in done], failed)]
    return done


@dataclass(slots=True)
class _Work:
    """The reading of all sources of one build, and how far it has come."""

    folder: Path
    memory: Memory
    reading: Reading
    all_files: int
    sizes: dict[Path, int]
    number: int = 0
    files: int = 0
    bytes: int = 0
    decisions: int = 0

    @property
    def lines(self) -> Path:
        """Where the decisions of the next source go."""
        return self.folder / f"{self.number}.jsonl"

    def read(self, path: Path, name: str) -> SourceReading:
        """The decisions of one file: parsed, taken over unchanged, or kept from last time."""
        try:
            source = self._read(path, name)
        except ExplainedError as error:
            self._discard(name)
            headers = error.headers if isinstance(error, ReadError) else ()
            source = self._kept(Problem(name, None, error.what, error.remedy, lost=True), headers)
        self._count(source)
        self.files += 1
        self.bytes += self.sizes.get(path, 0)
        self._tell({"bytes": 0, "decisions": 0})
        return source

    def absent(
        self, found: Sequence[SourceReport], failed: Sequence[Path]
    ) -> Iterator[SourceReading]:
        """The sources of last time that are no longer there: gone, unless one of the files that
        `failed` may be the same one under another name."""
        for number in self.memory.absent(found):
            report = self.memory.reports[number]
            now = next((path for path in failed if _may_be(path, report.file)), None)
            if now is None or self.reading.accept:
                yield SourceReading(_gone(report), None)
                continue
            name = shown(now.absolute().name)
            remedy = (
                f"beslut från förra läsningen är kvar; rätta {name}, "
                "eller kör om med --accept om de ska bort"
            )
            may_be = (
                f"ligga i {name}, som är tom eller inte kan läsas"
                if now.is_dir()
                else f"vara {name}, som inte kan läsas"
            )
            what = f"filen finns inte längre, men kan {may_be}"
            news = (Problem(report.file, None, what, remedy, lost=True),)
            source = self._earlier(number, report.file, "kept", news)
            self._count(source)
            yield source

    def _count(self, source: SourceReading) -> None:
        self.number += source.lines is not None
        self.decisions += source.report.decisions

    def _tell(self, told: dict[str, int]) -> None:
        """Tells how far reading has come, so many bytes and decisions into the present file."""
        total = sum(self.sizes.values())
        at, read_so_far = min(self.bytes + told["bytes"], total), self.decisions + told["decisions"]
        self.reading.progress(ReadingProgress(self.files, self.all_files, at, total, read_so_far))

    def _read(self, path: Path, name: str) -> SourceReading:
        with opened(path) as file:
            check_size(file, self.reading.limits)
            mapping = mappings.find(path)
            before = os.fstat(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            number = self.memory.same(name, sha256, mapping.sha256)
            if number is not None and not self.reading.trial:
                source = self.memory.take_over(number, name, self.lines)
                report = replace(source.report, before=source.report.decisions, difference=0)
                return self._with_original(replace(source, report=report), file)
            read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            document = Document(name, sha256, read, mapping, self.reading.limits)
            report = read_document(file, document, self.lines, self._tell)
            report = replace(report, rules=memories.rules(self.reading.limits))
            source = self._with_original(SourceReading(report, self.lines), file)
            _check_unchanged(file, before, sha256)
            return self._compared(source)

    def _compared(self, source: SourceReading) -> SourceReading:
        """Where too many decisions are gone from a file, what it gave last time stays."""
        now = source.report
        number = self.memory.of_name(now.file)
        if number is None:
            return source
        before, most = self.memory.reports[number], self.reading.limits.source_shrink
        difference = now.decisions - before.decisions
        report = replace(now, before=before.decisions, difference=difference)
        if _fell(before.decisions, now.decisions, most) and not self.reading.accept:
            what = (
                f"{_grouped(now.decisions)} beslut, "
                f"{_grouped(-difference)} färre än förra läsningen"
            )
            if self.reading.trial:
                remedy = "kontrollera filen; så få tas bara med --accept"
                fewer = Problem(now.file, None, what, remedy)
                return replace(source, report=replace(report, state="held", news=(fewer,)))
            remedy = (
                "beslut från förra läsningen är kvar; kontrollera filen, "
                "och kör om med --accept om den är rätt"
            )
            fewer = Problem(now.file, None, what, remedy)
            self._discard(now.file)
            held = self._earlier(number, now.file, "held", (fewer, *now.problems))
            return replace(held, report=replace(held.report, difference=difference))
        if _fell(before.sum, now.sum, most) and not self.reading.accept:
            what = (
                f"summan är {format_amount(now.sum)}, "
                f"{format_amount(before.sum - now.sum)} mindre än förra läsningen"
            )
            less = Problem(now.file, None, what, "kontrollera att beloppen lästes rätt")
            report = replace(report, news=(less,))
        return replace(source, report=report)

    def _kept(self, problem: Problem, headers: Sequence[str]) -> SourceReading:
        """A file that cannot be read keeps what it gave last time, and the problem is told."""
        number = None if self.reading.trial else self.memory.of_name(problem.file)
        if number is None:
            return _failed(problem, headers)
        remedy = problem.remedy + "; beslut från förra läsningen är kvar"
        return self._earlier(number, problem.file, "kept", (replace(problem, remedy=remedy),))

    def _earlier(
        self, number: int, name: str, state: State, news: tuple[Problem, ...]
    ) -> SourceReading:
        """What a source gave last time, for the reason that the `news` tell."""
        source = self._with_original(self.memory.take_over(number, name, self.lines), None)
        before = source.report.decisions
        report = replace(source.report, state=state, news=news, before=before)
        return replace(source, report=report)

    def _with_original(self, source: SourceReading, file: BufferedReader | None) -> SourceReading:
        """Keeps a copy of what was read: that of the last generation where it is the same, since a
        link to the file itself would change with it."""
        if not self.reading.originals:
            return source
        copy = self._copy(source.report.file)
        copy.parent.mkdir(exist_ok=True)
        old = self.memory.original(source.report.sha256)
        if old is not None:
            os.link(old, copy)
        elif file is not None:
            file.seek(0)
            with copy.open("wb") as out:
                shutil.copyfileobj(file, out)
        else:
            return source
        name = copy.relative_to(self.folder.parent).as_posix()
        return replace(source, report=replace(source.report, original=name))

    def _copy(self, name: str) -> Path:
        """Where the copy of the next source goes."""
        suffix = re.search(r"\.[a-z0-9]{1,5}$", name.casefold())
        return self.folder.parent / "originals" / f"{self.number}{suffix[0] if suffix else ''}"

    def _discard(self, name: str) -> None:
        """Leaves nothing of a source that is not read after all."""
        self.lines.unlink(missing_ok=True)
        self._copy(name).unlink(missing_ok=True)


def _check_unchanged(file: BufferedReader, before: os.stat_result, sha256: str) -> None:
    """Raises `ReadError` where somebody has written to a file meanwhile."""
    after = os.fstat(file.fileno())
    file.seek(0)
    same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    if not same or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError("filen ändrades medan den lästes", "kör om när den är färdigskriven")


def _fell(before: Decimal | int, now: Decimal | int, most: int) -> bool:
    """Whether more than `most` whole per cent are gone."""
    return before > 0 and (before - now) * 100 // before > most


def _may_be(path: Path, gone: str) -> bool:
    """Whether a file that cannot be read may be a source that is gone: one of the same kind, or in
    a folder that cannot be looked into, is empty, or is not there itself."""
    return not path.is_file() or path.suffix.casefold() == Path(gone).suffix.casefold()


def _gone(report: SourceReport) -> SourceReport:
    what = f"finns inte längre, {_grouped(report.decisions)} beslut borttagna"
    remedy = "lägg tillbaka filen om den ska vara med"
    return SourceReport(
        report.file, report.sha256, "gone", 0, 0, Decimal(0), None, (),
        news=(Problem(report.file, None, what, remedy),),
        before=report.decisions, difference=-report.decisions,
    )  # fmt: skip


def _failed(problem: Problem, headers: Sequence[str] = ()) -> SourceReading:
    tables = (TableReport(None, unused=tuple(headers)),) if headers else ()
    report = SourceReport(
        problem.file, "", "failed", 0, 0, Decimal(0), None, (problem,), tables=tables
    )
    return SourceReading(report, None)


def _grouped(number: int) -> str:
    """*1 138*, with a no-break space."""
    return f"{number:,}".replace(",", "\u00a0")
