"""What is one reading of the sources? What `beslut index` does once, and `beslut watch` again and
again."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from index.documents.report import ReadingProgress, Report
from index.errors import ExplainedError, IndexUnusable
from index.storage.store import Store
from web.cli.report import Told, tell, unread
from web.cli.report_json import problem_data, report_data
from web.cli.withheld import withheld
from web.engines import publish
from web.reading_report import VERSION
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class ReadingOutcome:
    """What a reading gave: its report, what was said of the index before it, when it began, and
    what was put into a cluster; ``is_behind``: what should have been there is not."""

    report: Report
    index: Path
    warning: Sequence[str]
    trial: bool
    accept: bool
    began: datetime
    elsewhere: Sequence[str] = ()
    is_behind: bool = False

    def told(self, brief: bool = False, first: bool = False) -> Told:
        """The reading in words, see `tell`."""
        told = tell(self.report, self.index, self.warning, self.trial, brief, first)
        return replace(told, summary=[*told.summary, *self.elsewhere])

    def data(self) -> dict[str, Any]:
        """The reading as JSON values, for whoever reads it later."""
        return {
            **stamped(self.began, self.trial, self.told().code),
            "unread": [*map(problem_data, unread(self.report))],
            **report_data(self.report, self.index, self.warning, self.accept),
        }


def stamped(began: datetime, trial: bool, code: int) -> dict[str, Any]:
    """What is known of any reading, also of one that came to nothing."""
    when = began.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"version": VERSION, "read": when, "lastRead": when, "trial": trial, "exitCode": code}


def is_news(now: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Whether a reading says something that the one before did not: that there is another index,
    or that something else is to be mended; of a trial, that any source is another. Both are what
    `ReadingOutcome.data` gives."""
    if before is None or now["published"]:
        return True
    compared = ["trial", "exitCode", "warnings", "unread"]
    if now["trial"]:
        now, before = (one | {"read sources": _without_first(one)} for one in (now, before))
        compared.append("read sources")
    return any(now[name] != before.get(name) for name in compared)


def _without_first(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The sources without their first decisions, which say when they were read."""
    return [source | {"first": None} for source in data.get("sources", ())]


def folders_apart(given: Settings) -> frozenset[Path]:
    """The folders that a reading writes in, and does not read."""
    folders = [given.index, *([given.reports_path] if given.reports_path else [])]
    return frozenset(Path(os.path.realpath(folder)) for folder in folders)


def check_places(sources: Sequence[Path], apart: frozenset[Path]) -> None:
    """Raises `click.UsageError` where a source is in a folder that is `apart`, and `ExplainedError`
    where one would be made in a source that is not there, such as a disk that is not mounted."""
    for source, folder in itertools.product(sources, apart):
        real = Path(os.path.realpath(source))
        if real.is_relative_to(folder):
            raise click.UsageError(
                f"{source} ligger i {folder}, som kommandot skriver i. Välj en annan mapp."
            )
        if folder.is_relative_to(real) and not source.exists():
            what = f"{source} finns inte, men ska innehålla {folder}"
            raise ExplainedError(what, "kontrollera sökvägen")


def read_sources(
    sources: Sequence[Path], given: Settings, trial: bool = False, accept: bool = False
) -> ReadingOutcome:
    """Reads the sources and indexes what they hold; a ``trial`` only reads. Raises
    `click.UsageError`, `ExplainedError`, of which `IndexLocked` is one, and OSError where it cannot
    write."""
    # Here, so that the commands that search load no readers.
    from index.build import build, try_out
    from index.documents.sources import Reading

    began, status = datetime.now(UTC), Status()
    apart = folders_apart(given)
    check_places(sources, apart)
    warning = [] if trial else _unusable(given.index)
    reading = Reading(given.reading, given.originals, status.reading, accept, apart=apart)
    if trial:
        report = try_out(sources, given.index, reading)
    else:
        progress = status.indexing if status.shown else None
        report = build(
            sources,
            given.index,
            progress,
            reading=reading,
            changes_days=given.changes_days,
            withheld=withheld(given.withheld_path),
        )
    status.end()
    elsewhere: list[str] = []
    is_behind = False
    if not trial and report.generation is not None:
        try:
            elsewhere = put_elsewhere(given, status)
        except ExplainedError as error:  # what was read is in the index here
            warning, is_behind = [*warning, str(error)], True
    return ReadingOutcome(report, given.index, warning, trial, accept, began, elsewhere, is_behind)


def put_elsewhere(given: Settings, status: Status) -> list[str]:
    """Puts the index into the cluster, if there is one, and says so; raises `ExplainedError`."""
    published = publish(given, status.publishing if status.shown else None)
    status.end()
    if published is None:
        return []
    written = "fanns där redan"
    if published.written is not None:
        written = f"{published.written} beslut skrevs dit"
    return [f"{published.index} visas i klustret: {published.decisions} beslut, {written}"]


def _unusable(path: Path) -> list[str]:
    """Says that there is an index which cannot be used, so that nothing can be kept from it."""
    store = Store(path)
    try:
        if store.current_name() is not None and store.remembered() is None:
            store.current()
    except IndexUnusable as error:
        return [
            f"det förra indexet kan inte användas ({error.what}). Allt läses om; "
            "det som inte kan läsas nu finns inte kvar."
        ]
    return []


@dataclass(slots=True)
class Status:
    """One line on a terminal that says how far a long job has come; nothing elsewhere."""

    shown: bool = field(default_factory=lambda: sys.stderr.isatty())
    started: float = 0.0
    last: float = 0.0
    label: str = ""

    def reading(self, progress: ReadingProgress) -> None:
        """Tells of files and decisions read."""
        share = progress.bytes / max(progress.all_bytes, 1)
        files = f"{progress.files} av {_count(progress.all_files, 'fil', 'filer')}"
        self._show("Läser", files, progress.decisions, share, False)

    def indexing(self, done: int, total: int) -> None:
        """Tells of decisions written to the index."""
        share = done / max(total, 1)
        self._show("Indexerar", f"{share:.0%} av {total}", done, share, done == total)

    def publishing(self, done: int, total: int) -> None:
        """Tells of decisions put into a cluster."""
        share = done / max(total, 1)
        self._show("Publicerar", f"{share:.0%} av {total}", done, share, done == total)

    def _show(self, label: str, what: str, decisions: int, share: float, always: bool) -> None:
        now = time.monotonic()
        if label != self.label:
            self.end()
            self.label, self.started, self.last = label, now, 0.0
        if not self.shown or (now - self.last < 0.2 and not always):
            return
        self.last = now
        rate = decisions / max(now - self.started, 0.001)
        left = (now - self.started) * (1 - share) / share if share else 0.0
        rest = f", ungefär {left:.0f} s kvar" if left >= 1 else ""
        line = f"{label} {what}, {decisions} beslut, {rate:.0f} beslut/s{rest}"
        click.echo(f"\r{line:<78}", nl=False, err=True)

    def end(self) -> None:
        """Ends the line."""
        if self.shown and self.label:
            click.echo(err=True)
        self.label = ""


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
