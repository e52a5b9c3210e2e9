"""How much one source may ask for. All are settings, so that a larger list can be let through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from index.problem import quoted

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits with their defaults. Times are in seconds, sizes in MB where nothing is said."""

    source_seconds: int = 30
    source_memory: int = 1024
    source_megabytes: int = 20
    unpacked_megabytes: int = 100
    archive_members: int = 2000
    archive_ratio: int = 100
    html_megabytes: int = 5
    pdf_pages: int = 1000
    decision_kilobytes: int = 1024

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Limits:
        """Reads ``BESLUT_SOURCE_SECONDS`` and the like; raises ValueError that names a variable
        with an unusable value."""
        given = {one.name: environment.get(f"BESLUT_{one.name.upper()}") for one in fields(cls)}
        return cls(**{name: _number(name, text) for name, text in given.items() if text})


DEFAULTS = Limits()
"""What holds where nobody has said otherwise."""


def _number(name: str, text: str) -> int:
    variable = f"BESLUT_{name.upper()}"
    try:
        value = int(text)
    except ValueError as error:
        raise ValueError(f"{variable}: {quoted(text)} är inte ett heltal") from error
    if value < 1:
        raise ValueError(f"{variable}: {quoted(text)} är mindre än 1")
    return value
