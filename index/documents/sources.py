"""What does each of these files and folders give? Read now, or remembered from last time.

Beside the decisions, in ``originals/N.suffix`` of the build, stands a copy of each file, unless a
setting says no; the report names it as ``original``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from index.documents import mapping as mappings
from index.documents.document import Document
from index.documents.files import files, lost_mappings, opened, unreadable
from index.documents.memory import LastReading, Memory
from index.documents.reading import SourceReading, check_size, read_document
from index.documents.report import ReadingProgress, SourceReport
from index.errors import BeslutError
from index.limits import ReadingLimits
from index.problem import Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read: within which limits, whether copies of them are kept, and whom to tell
    of progress."""

    limits: ReadingLimits = field(default_factory=ReadingLimits)
    originals: bool = True
    progress: Callable[[ReadingProgress], None] = lambda progress: None


BY_DEFAULT = Reading()
"""Within the usual limits, with copies, in silence."""


def read_all(
    sources: Sequence[Path], folder: Path, last: LastReading | None, reading: Reading = BY_DEFAULT
) -> list[SourceReading]:
    """Reads every file of `sources`, in order, into the new `folder`.

    The files that have decisions are numbered from 0, as the manifest lists them.
    """
    folder.mkdir()
    named = files(sources)
    memory = Memory(last, {name for _, name in named})
    sizes = {path: path.stat().st_size for path, _ in named if os.path.exists(path)}
    work = _Work(folder, memory, reading, len(named), sizes)
    done = [work.read(path, name) for path, name in named]
    return [*done, *map(_failed, lost_mappings(sources, named))]


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
            source = self._with_original(self._read(path, name), path)
        except BeslutError as error:
            self.lines.unlink(missing_ok=True)
            source = self._kept(Problem(name, None, error.what, error.remedy))
        self.number += source.lines is not None
        self.files += 1
        self.bytes += self.sizes.get(path, 0)
        self.decisions += source.report.decisions
        self._tell({"bytes": 0, "decisions": 0})
        return source

    def _tell(self, told: dict[str, int]) -> None:
        """Tells how far reading has come, so many bytes and decisions into the present file."""
        total = sum(self.sizes.values())
        at, read_so_far = min(self.bytes + told["bytes"], total), self.decisions + told["decisions"]
        self.reading.progress(ReadingProgress(self.files, self.all_files, at, total, read_so_far))

    def _read(self, path: Path, name: str) -> SourceReading:
        with opened(path) as file:
            check_size(file, self.reading.limits)
            mapping = mappings.find(path)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            number = self.memory.same(name, sha256, mapping.sha256)
            if number is not None:
                return self.memory.take_over(number, name, self.lines)
            read = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            document = Document(name, sha256, read, mapping, self.reading.limits)
            return SourceReading(read_document(file, document, self.lines, self._tell), self.lines)

    def _kept(self, problem: Problem) -> SourceReading:
        """A file that cannot be read keeps what it gave last time, and the problem is told."""
        number = self.memory.of_name(problem.file)
        if number is None:
            return _failed(problem)
        source = self.memory.take_over(number, problem.file, self.lines)
        source = self._with_original(source, None)
        problem = replace(problem, remedy=problem.remedy + "; beslut från förra läsningen är kvar")
        problems = (problem, *source.report.problems)
        return replace(source, report=replace(source.report, state="kept", problems=problems))

    def _with_original(self, source: SourceReading, path: Path | None) -> SourceReading:
        """Keeps a copy of what was read: that of the last generation where it is the same, since a
        link to the file itself would change with it."""
        if not self.reading.originals:
            return source
        suffix = re.search(r"\.[a-z0-9]{1,5}$", source.report.file.casefold())
        originals = self.folder.parent / "originals"
        copy = originals / f"{self.lines.stem}{suffix[0] if suffix else ''}"
        originals.mkdir(exist_ok=True)
        old = self.memory.original(source.report.sha256)
        if old is not None:
            os.link(old, copy)
        elif path is not None:
            try:
                shutil.copyfile(path, copy, follow_symlinks=False)
            except OSError as error:
                raise unreadable(error) from error
        else:
            return source
        name = copy.relative_to(self.folder.parent).as_posix()
        return replace(source, report=replace(source.report, original=name))


def _failed(problem: Problem) -> SourceReading:
    report = SourceReport(problem.file, "", "failed", 0, 0, Decimal(0), None, (problem,))
    return SourceReading(report, None)
