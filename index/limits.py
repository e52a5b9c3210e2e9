"""How much reading one source may ask for, and how any setting is declared.

A setting stands once: as a field of `ReadingLimits`, of `search.request.SearchLimits` or of
`web.settings.Settings`, with its default, its meaning and which values are right. Only
`web.settings` reads the environment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """Which values of a setting are right: in Swedish, after *ska vara*, and as a test of one."""

    right: str
    accepts: Callable[[Any], bool]


def between(least: float, most: float) -> Check:
    """A number within these bounds: a whole one if they are."""
    kind = "heltal" if isinstance(least, int) else "tal"
    return Check(f"ett {kind} från {least:g} till {most:.9g}", lambda value: least <= value <= most)


YES_OR_NO = Check("1 eller 0", lambda value: True)


def setting(default: Any, meaning: str, check: Check, secret: bool = False) -> Any:
    """A dataclass field that is a setting; `meaning` is for the table of settings. Nobody is shown
    the value of a `secret` one."""
    metadata = {"meaning": meaning, "check": check, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The limits of reading with their defaults, so that a larger list can be let through."""

    source_seconds: int = setting(
        30,
        "processor time for reading one source, seconds; for JSON Lines, 500 decisions",
        between(1, 3600),
    )
    source_memory: int = setting(
        1024, "memory that reading one source may take, MB", between(1, 65_536)
    )
    source_megabytes: int = setting(
        20, "largest source, MB; JSON Lines may be larger", between(1, 4096)
    )
    unpacked_megabytes: int = setting(100, "largest source unpacked, MB", between(1, 16_384))
    archive_members: int = setting(
        2000, "parts of an XLSX, ODS or DOCX file", between(1, 1_000_000)
    )
    archive_ratio: int = setting(
        100, "how many times smaller than its content such a file may be", between(1, 10_000)
    )
    html_megabytes: int = setting(5, "largest HTML page, MB", between(1, 1024))
    pdf_pages: int = setting(1000, "pages of a PDF", between(1, 100_000))
    decision_kilobytes: int = setting(1024, "text of one decision, kB", between(1, 65_536))
    refused: bool = setting(False, "take in what a list says was refused: 1 or 0", YES_OR_NO)
    source_shrink: int = setting(
        33,
        "decisions of a source that may be gone when it is read again, per cent",
        between(1, 100),
    )


DEFAULTS = ReadingLimits()
"""What holds where nobody has said otherwise."""
