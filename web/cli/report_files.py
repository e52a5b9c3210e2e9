"""What does a reading leave for who was not there? ``report.json`` for programs and the site,
``report.eml`` to be sent as it is, and those before them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from index.errors import ExplainedError
from index.problem import Problem, shown
from web.cli.options import system_error
from web.cli.reading import ReadingOutcome, is_news, stamped
from web.cli.report_json import problem_data
from web.formats import number
from web.reading_report import FILE, VERSION

MAIL = "report.eml"
_MOST = 500  # lines in each part of the mail


def keep_report(outcome: ReadingOutcome, folder: Path | None) -> list[str]:
    """Leaves the report of a reading in the folder, where there is one, and keeps the one before. A
    reading that says nothing new only notes when it was. Returns what is to be said where that
    fails."""
    try:
        if folder:
            _keep(outcome.data(), lambda: mail(outcome), folder)
    except OSError as error:
        return [f"rapporten kunde inte sparas: {system_error(error)}"]
    return []


def keep_failure(
    error: ExplainedError | OSError, trial: bool, began: datetime, folder: Path | None
) -> list[str]:
    """As `keep_report`, of a reading that came to nothing: else an older report would say that all
    is well."""
    what = error.what if isinstance(error, ExplainedError) else system_error(error).rstrip(".")
    remedy = error.remedy if isinstance(error, ExplainedError) else "kör om"
    data = {
        **stamped(began, trial, 1),
        "unread": [problem_data(Problem("läsningen", None, what, remedy, lost=True))],
        "published": False,
        "warnings": [str(error)],
    }
    subject = f"{_kind(trial)}: läsningen gick inte, indexet är orört"
    try:
        if folder and folder.parent.is_dir():  # else a disk that it is on may not be mounted
            lines = [f"{what}. {remedy[:1].upper()}{remedy[1:]}."]
            _keep(data, lambda: _message(subject, began, [("Att se över", lines)]), folder)
    except OSError as failure:
        return [f"rapporten kunde inte sparas: {system_error(failure)}"]
    return []


def _keep(now: dict[str, Any], message: Callable[[], bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    before = _report_in(folder)
    if before and not is_news(now, before):
        _write(folder / FILE, _json(before | {"lastRead": now["lastRead"]}))
        return
    for name in (MAIL, FILE):
        _keep_previous(folder / name)
    _write(folder / MAIL, message())
    _write(folder / FILE, _json(now))


def _report_in(folder: Path) -> dict[str, Any] | None:
    """The report that is there; None if none is, or none of this version."""
    try:
        found = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("version") == VERSION else None


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _keep_previous(path: Path) -> None:
    """A copy, so that the report itself is there at every moment."""
    if path.exists():
        _write(path.with_name(f"{path.stem}.previous{path.suffix}"), path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Writes a file so that whoever reads it sees the old one or the new one, whole."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def mail(outcome: ReadingOutcome) -> bytes:
    """The report as a message without sender and recipient (RFC 5322), all of it ASCII: first what
    somebody has to look at, then what was read, with its first decisions, then the summary."""
    told = outcome.told(brief=True, first=True)
    parts = [
        ("Att se över", told.remarks),
        ("Läst", told.sources),
        ("Sammanfattning", told.summary),
    ]
    return _message(_subject(outcome), outcome.began, parts)


def _message(subject: str, began: datetime, parts: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["Date"] = format_datetime(began)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday is told of
    text = "\n\n".join(f"{title}\n\n{_lines(lines)}" for title, lines in parts if lines)
    message.set_content(f"{text}\n", charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _lines(lines: Sequence[str]) -> str:
    """The lines, each certain to be one, whatever the names in it."""
    some = [*map(shown, lines[:_MOST])]
    if more := len(lines) - len(some):
        some.append(f"och {number(more)} rader till; allt står i {FILE}")
    return "\n".join(some)


def _subject(outcome: ReadingOutcome) -> str:
    """The gist, in numbers alone: a name could pass for something else."""
    sources = outcome.report.sources
    failed = sum(one.state in ("failed", "kept") for one in sources)
    held = sum(one.state == "held" for one in sources)
    rows = sum(
        problem.left_out
        for one in sources
        if one.state not in ("failed", "kept")
        for problem in one.problems
        if problem.lost
    )
    code = outcome.told().code
    told = [
        f"{number(outcome.report.decisions)} beslut",
        *([_several(failed, "fil", "filer") + " kunde inte läsas"] if failed else []),
        *([_several(rows, "rad", "rader") + " kunde inte läsas"] if rows else []),
        *([_several(held, "fil", "filer") + " har mycket färre beslut"] if held else []),
    ]
    if len(told) == 1:
        told.append("se rapporten" if code else "allt är läst")
    return f"{_kind(outcome.trial)}: {', '.join(told)}".replace("\u00a0", " ")


def _kind(trial: bool) -> str:
    return "Beslutssök, provläsning" if trial else "Beslutssök"


def _several(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"
