"""How much reading one source may ask for, and how any setting is declared.

A setting stands once: as a field of `ReadingLimits`, of `search.request.SearchLimits` or of
`web.settings.Settings`, with its default and meaning. Only `web.settings` reads the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MEGABYTE = 1024 * 1024


def setting(default: Any, meaning: str, most: int | None = None) -> Any:
    """A dataclass field that is a setting; `meaning` is for the table of settings, `most` the
    largest value that is accepted."""
    return field(default=default, metadata={"meaning": meaning, "most": most})


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The limits of reading with their defaults, so that a larger list can be let through."""

    source_seconds: int = setting(
        30, "processor time for reading one source, seconds; for JSON Lines, 500 decisions"
    )
    source_memory: int = setting(1024, "memory that reading one source may take, MB")
    source_megabytes: int = setting(20, "largest source, MB; JSON Lines may be larger")
    unpacked_megabytes: int = setting(100, "largest source unpacked, MB")
    archive_members: int = setting(2000, "parts of an XLSX, ODS or DOCX file")
    archive_ratio: int = setting(100, "how many times smaller than its content such a file may be")
    html_megabytes: int = setting(5, "largest HTML page, MB")
    pdf_pages: int = setting(1000, "pages of a PDF")
    decision_kilobytes: int = setting(1024, "text of one decision, kB")
    refused: bool = setting(False, "take in what a list says was refused: 1 or 0")
    source_shrink: int = setting(
        33, "decisions of a source that may be gone when it is read again, per cent", 100
    )


DEFAULTS = ReadingLimits()
"""What holds where nobody has said otherwise."""
