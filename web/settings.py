"""Every setting, in one table: its variable in the environment, its default, what it is for.

The environment is read once, at the edge (`Settings.from_environment`); below it everything is a
parameter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from search.request import Limits, quoted

HIGHEST_PORT = 65535


def _setting(default: Any, meaning: str, most: int | None = None) -> Any:
    return field(default=default, metadata={"meaning": meaning, "most": most})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `table` lists them for the README and its test."""

    index: Path = _setting(Path("var/index"), "folder of the index")
    themes: str = _setting("", "theme file; empty: the one that comes with the project")
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on", HIGHEST_PORT)
    workers: int = _setting(2, "serving processes")
    trusted_hosts: str = _setting(
        "localhost,127.0.0.1,[::1]", "host names the site answers to, comma-separated"
    )
    cache_megabytes: int = _setting(128, "memory for postings in each serving process, MB")
    search_seconds: float = _setting(1.0, "time that one search may take, seconds; 0: any")
    query_characters: int = _setting(512, "longest query, characters")
    query_words: int = _setting(32, "words in a query")
    phrase_words: int = _setting(8, "words in a phrase")
    nesting: int = _setting(5, "nested parentheses in a query")
    prefix_letters: int = _setting(3, "letters before * in a prefix, at least")
    prefix_expansions: int = _setting(200, "words that a prefix is expanded to")
    page_depth: int = _setting(1000, "decisions that can be paged through")
    page_size: int = _setting(100, "largest limit, decisions a page")
    base_url: str = _setting(
        "", "public address, e.g. https://beslut.example; empty: the one that was asked"
    )
    publisher: str = _setting("", "who publishes the site, as visitors should read it")
    contact: str = _setting("", "e-mail address for errors and questions; empty: none is shown")
    accessibility: str = _setting(
        "", "accessibility statement, WCAG 2.2 AA is met: helt, delvis or inte; empty: not assessed"
    )
    accessibility_date: str = _setting("", "day of that assessment, e.g. 2026-11-23")

    facet_values: int = _setting(100, "values listed in a facet, the selected ones apart")

    licence: str = _setting("", "address of the licence of the data, for the DCAT catalogue")
    access_log: bool = _setting(True, "a JSON line for each request on standard output: 1 or 0")

    originals: bool = _setting(
        True, "copies of the sources in the index, for visitors to download: 1 or 0"
    )
    source_seconds: int = _setting(
        30, "time that reading one source may take, seconds; for JSON Lines, 500 decisions"
    )
    source_memory: int = _setting(1024, "memory that reading one source may take, MB")
    source_megabytes: int = _setting(20, "largest source, MB; JSON Lines may be larger")
    unpacked_megabytes: int = _setting(100, "largest source unpacked, MB")
    archive_members: int = _setting(2000, "parts of an XLSX, ODS or DOCX file")
    archive_ratio: int = _setting(100, "how many times smaller than its content such a file may be")
    html_megabytes: int = _setting(5, "largest HTML page, MB")
    pdf_pages: int = _setting(1000, "pages of a PDF")
    decision_kilobytes: int = _setting(1024, "text of one decision, kB")

    @property
    def limits(self) -> Limits:
        """The part of the settings that bounds a search."""
        return Limits(**{limit.name: getattr(self, limit.name) for limit in fields(Limits)})

    @property
    def themes_path(self) -> Path | None:
        """The theme file, None for the one that comes with the project."""
        return Path(self.themes) if self.themes else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads `BESLUT_*`; raises ValueError that names a variable with an unusable value."""
        return cls(
            **{
                one.name: _value(one, environment[variable(one.name)])
                for one in fields(cls)
                if environment.get(variable(one.name))
            }
        )

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, meaning) of each setting."""
        return [
            (variable(one.name), _shown(one.default), one.metadata["meaning"])
            for one in fields(cls)
        ]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"BESLUT_{name.upper()}"


def _shown(default: Any) -> str:
    return str(int(default)) if isinstance(default, bool) else str(default)


def _value(one: Field[Any], text: str) -> Any:
    assert one.default is not MISSING
    kind: Any = Path if isinstance(one.default, Path) else type(one.default)
    if kind is bool:
        if text not in ("0", "1"):
            raise ValueError(f"{variable(one.name)}: {quoted(text)} är varken 1 eller 0")
        return text == "1"
    try:
        value = kind(text)
    except ValueError as error:
        name = "heltal" if kind is int else "tal"
        raise ValueError(f"{variable(one.name)}: {quoted(text)} är inte ett {name}") from error
    if isinstance(value, int) and value < 1:
        raise ValueError(f"{variable(one.name)}: {quoted(text)} är mindre än 1")
    most = one.metadata["most"]
    if most is not None and value > most:
        raise ValueError(f"{variable(one.name)}: {quoted(text)} är mer än {most}")
    if isinstance(value, float) and not 0 <= value < math.inf:
        raise ValueError(f"{variable(one.name)}: {quoted(text)} är negativt eller oändligt")
    return value
