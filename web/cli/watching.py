"""The command that reads the sources again whenever they have changed and are still."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from index.documents.files import FileStamps, file_stamps
from index.errors import ExplainedError
from web.cli import Stopped
from web.cli.options import exposed, index_option, reports_option, settings, system_error
from web.cli.reading import check_places, folders_apart, is_news, read_sources
from web.cli.report_files import keep_failure, keep_report
from web.settings import Settings

_TICK = 0.1  # seconds until a signal is heeded
_BREATH = 1.0  # seconds between looks at files that are being written
_LOOK = 60.0  # and at files of which nothing is heard
_ROUND = 3600.0  # seconds between readings of files that have not changed
_AGAIN = 60.0  # after a reading that could not be made, or is not in the cluster
_PATIENCE = 600.0  # after which files that are never still are read as they are


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@reports_option
@click.option("--check", is_flag=True, help="Read and report only; the index is not touched.")
def watch(
    sources: tuple[Path, ...], index_path: str | None, reports: str | None, check: bool
) -> None:
    """Index SOURCES, files and folders, now and whenever they have changed and been still for
    BESLUT_SETTLE_SECONDS, and once an hour. Ends when it is told to (Ctrl+C, SIGTERM)."""
    given = settings(index=index_path, reports=reports)
    exposed(given)
    apart = folders_apart(given)
    with contextlib.suppress(ExplainedError):  # said at each reading, until the source is there
        check_places(sources, apart)
    _Watch(sources, given, check, apart).run()


@dataclass(slots=True)
class _Watch:
    """Reads again and again. ``before`` is the last reading, ``said`` what was last said of one
    that could not be made."""

    sources: Sequence[Path]
    given: Settings
    check: bool
    apart: frozenset[Path]
    before: dict[str, Any] | None = None
    said: list[str] = field(default_factory=list)
    is_deaf: bool = False

    @property
    def watched(self) -> list[Path]:
        """The sources, and the file of what is withheld."""
        withheld = self.given.withheld_path
        return [*self.sources, *([withheld] if withheld else [])]

    def run(self) -> None:
        """Does not return."""
        click.echo(f"Läser {', '.join(map(str, self.sources))} när något där har ändrats.")
        sys.stdout.flush()
        seen = file_stamps(self.watched, self.apart)
        if _is_recent(seen, self.given.settle_seconds):
            self._wait(FileStamps({}, {}), _ROUND)
        while True:
            seen = file_stamps(self.watched, self.apart)
            self._wait(seen, _ROUND if self._read() else _AGAIN)

    def _read(self) -> bool:
        """One reading; whether it could be made, and is where it is to be."""
        began = datetime.now(UTC)
        try:
            outcome = read_sources(self.sources, self.given, self.check)
        except (ExplainedError, OSError) as error:
            said = system_error(error) if isinstance(error, OSError) else str(error)
            self.before = None  # whatever comes next is news
            kept = keep_failure(error, self.check, began, self.given.reports_path)
            return self._excuse([said, *kept])
        now = outcome.data()
        if is_news(now, self.before):
            told = outcome.told(brief=True)
            click.echo("\n".join([*told.sources, *told.summary]))
            _complain(told.remarks)
        self.before = now
        is_kept = self._excuse(keep_report(outcome, self.given.reports_path))
        return is_kept and not outcome.is_behind

    def _excuse(self, lines: list[str]) -> bool:
        """Says what stands in the way, but not twice; whether nothing does."""
        if lines != self.said:
            _complain(lines)
        self.said = lines
        sys.stdout.flush()
        return not lines

    def _deaf(self, error: Exception) -> None:
        """Says once that changes are only seen now and then."""
        if not self.is_deaf:
            _complain(
                [
                    f"systemet säger inte till om ändringar ({error}); filerna ses efter en gång i "
                    "minuten. Räcker systemets gräns inte, höj fs.inotify.max_user_watches och "
                    "fs.inotify.max_user_instances."
                ]
            )
        self.is_deaf = True

    def _wait(self, seen: FileStamps, most: float) -> None:
        """Waits until the sources differ from what was seen and have been still, or for `most`
        seconds if they do not differ."""
        begun = time.monotonic()
        unrest = _Unrest(seen, self.given.settle_seconds)
        with _signals_noted() as stop:
            while not (unrest.is_over or stop.is_set()):
                there = _there(self.watched)
                for stirred in _stirrings([*unrest.last.folders], stop, self._deaf):
                    if stirred or unrest.is_due(time.monotonic()) or _there(self.watched) != there:
                        before = unrest.last.folders
                        unrest.look(file_stamps(self.watched, self.apart), time.monotonic())
                        if unrest.is_over or unrest.last.folders != before:
                            break
                    if unrest.is_calm and time.monotonic() - begun >= most:
                        return


@dataclass(slots=True)
class _Unrest:
    """Whether the sources differ from what was ``seen`` of them, and since when they are still."""

    seen: FileStamps
    settle: float
    last: FileStamps = field(init=False)
    looked: float = -math.inf
    changed: float = 0.0
    since: float | None = None
    is_over: bool = False

    def __post_init__(self) -> None:
        self.last = self.seen

    @property
    def is_calm(self) -> bool:
        """Whether all is as it was seen."""
        return self.since is None

    def is_due(self, now: float) -> bool:
        """Whether to look although nothing is heard, as on a file system that tells of nothing."""
        return now - self.looked >= (_LOOK if self.is_calm else min(_BREATH, self.settle))

    def look(self, state: FileStamps, now: float) -> None:
        """Takes note of what is there now."""
        self.looked = now
        if state != self.last:
            self.last, self.changed = state, now
        if state == self.seen:
            self.since = None
            return
        self.since = now if self.since is None else self.since
        self.is_over = now - self.changed >= self.settle or now - self.since >= _PATIENCE


@dataclass(slots=True)
class _Stop:
    """The signal that ends the command, as the event that `watchfiles` looks at."""

    number: int = 0

    def is_set(self) -> bool:
        """Whether there was one."""
        return self.number != 0


@contextlib.contextmanager
def _signals_noted() -> Iterator[_Stop]:
    """Within `watchfiles`, which loses an exception that a signal's handler raises, a signal is
    noted. Raises `Stopped` afterwards."""
    stop = _Stop()

    def note(number: int, frame: object) -> None:
        stop.number = number

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        if stop.is_set():
            raise Stopped(128 + stop.number)


def _stirrings(
    folders: Sequence[Path], stop: _Stop, deaf: Callable[[Exception], None]
) -> Iterator[bool]:
    """At least once a second, whether something was heard of the folders; ends by a signal. `deaf`
    is told where nothing can be heard of them."""
    # Here, as no other command needs it.
    from watchfiles import watch as listen

    try:
        if folders:
            for changes in listen(
                *folders,
                watch_filter=None,
                recursive=False,  # the folders are all that are looked into, links not followed
                step=int(_TICK * 1000),
                debounce=int(_BREATH * 1000),
                rust_timeout=int(_BREATH * 1000),
                yield_on_timeout=True,
                stop_event=stop,
                ignore_permission_denied=True,
            ):
                yield bool(changes)
    except FileNotFoundError:
        pass  # gone meanwhile
    except (OSError, RuntimeError) as error:  # of which the library makes one of its own
        deaf(error)
    while not stop.is_set():
        time.sleep(_TICK)
        yield False


def _there(sources: Sequence[Path]) -> list[tuple[int, ...]]:
    """What tells that a source itself is another: a disk that is mounted says nothing."""
    found: list[tuple[int, ...]] = []
    for source in sources:
        try:
            status = os.stat(source)
        except OSError:
            found.append((0,))
        else:
            times = () if source.is_dir() else (status.st_size, status.st_mtime_ns)
            found.append((status.st_dev, status.st_ino, *times))
    return found


def _is_recent(seen: FileStamps, settle: float) -> bool:
    """Whether a file was written to so lately that somebody may be writing to it still."""
    now = time.time()
    return any(0 <= now - changed / 1e9 < settle for _, _, changed in seen.files.values())


def _complain(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(f"beslut: {line}", err=True)
