"""What did the last reading of the sources say? The report that `beslut index` and `beslut watch`
leave in a folder, as the site reads it."""

from __future__ import annotations

import functools
import os
from datetime import datetime
from pathlib import Path

import msgspec

from index.problem import Problem

FILE = "report.json"
VERSION = 1
"""Of the file. One of another version is as good as none."""
_MOST = 100 * 1024 * 1024  # bytes


class ReadingReport(msgspec.Struct, frozen=True, rename="camel"):
    """Of the report what the site shows. ``exit_code`` is that of the command; a ``trial`` indexed
    nothing; ``unread`` was not read, or was held back."""

    version: int
    last_read: datetime
    trial: bool
    exit_code: int
    unread: tuple[Problem, ...]


def stamp(folder: Path | None) -> str:
    """What differs whenever another report stands in the folder."""
    try:
        status = os.stat(folder / FILE) if folder else None
    except OSError:
        return ""
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns}" if status else ""


def last_report(folder: Path | None) -> ReadingReport | None:
    """The report in the folder; None where there is none, or none that can be read."""
    return _decoded(folder / FILE, stamp(folder)) if folder else None


@functools.lru_cache(maxsize=1)
def _decoded(path: Path, stamp_: str) -> ReadingReport | None:
    try:
        if not stamp_ or path.stat().st_size > _MOST:
            return None
        report = msgspec.json.decode(path.read_bytes(), type=ReadingReport)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    return report if report.version == VERSION else None
