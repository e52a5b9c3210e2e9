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

from index.limits import ReadingLimits, setting
from index.problem import quoted
from search.request import SearchLimits

HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `table` lists them for `docs/operating.md` and its test."""

    index: Path = setting(Path("var/index"), "folder of the index")
    themes: str = setting("", "theme file; empty: the one that comes with the project")
    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8000, "port to listen on", HIGHEST_PORT)
    workers: int = setting(2, "serving processes")
    threads: int = setting(4, "requests that each process works on at once")
    requests: int = setting(32, "requests that each process works on or keeps waiting; over: 503")
    exports: int = setting(4, "files that each process makes and sends at once; over: 503")
    trusted_hosts: str = setting(
        "localhost,127.0.0.1,[::1]", "host names the site answers to, comma-separated"
    )
    cache_megabytes: int = setting(128, "memory for postings in each serving process, MB")
    search_seconds: float = setting(1.0, "time that one search may take, seconds; 0: any")
    base_url: str = setting(
        "", "public address, e.g. https://beslut.example; empty: the one that was asked"
    )
    publisher: str = setting("", "who publishes the site, as visitors should read it")
    contact: str = setting("", "e-mail address for errors and questions; empty: none is shown")
    accessibility: str = setting(
        "", "accessibility statement, WCAG 2.2 AA is met: helt, delvis or inte; empty: not assessed"
    )
    accessibility_date: str = setting("", "day of that assessment, e.g. 2026-11-23")

    licence: str = setting("", "address of the licence of the data, for the DCAT catalogue")
    access_log: bool = setting(True, "a JSON line for each request on standard output: 1 or 0")
    metrics: bool = setting(False, "figures for Prometheus at /metrics: 1 or 0")

    originals: bool = setting(
        True, "copies of the sources in the index, for visitors to download: 1 or 0"
    )
    limits: SearchLimits = field(default_factory=SearchLimits)
    reading: ReadingLimits = field(default_factory=ReadingLimits)

    @property
    def themes_path(self) -> Path | None:
        """The theme file, None for the one that comes with the project."""
        return Path(self.themes) if self.themes else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads `BESLUT_*`; raises ValueError naming the variable with an unusable value."""
        limits = SearchLimits(**_read(SearchLimits, environment))
        reading = ReadingLimits(**_read(ReadingLimits, environment))
        return cls(**_read(cls, environment), limits=limits, reading=reading)

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, meaning) of each setting."""
        return [
            (variable(option.name), _shown(option.default), option.metadata["meaning"])
            for kind in (cls, SearchLimits, ReadingLimits)
            for option in _settings(kind)
        ]


def _settings(kind: type[Any]) -> list[Field[Any]]:
    """The fields of a dataclass that are settings."""
    return [option for option in fields(kind) if "meaning" in option.metadata]


def _read(kind: type[Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a dataclass that the environment sets."""
    return {
        option.name: _value(option, environment[variable(option.name)])
        for option in _settings(kind)
        if environment.get(variable(option.name))
    }


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"BESLUT_{name.upper()}"


def _shown(default: Any) -> str:
    return str(int(default)) if isinstance(default, bool) else str(default)


def _value(option: Field[Any], text: str) -> Any:
    assert option.default is not MISSING
    kind: Any = Path if isinstance(option.default, Path) else type(option.default)
    if kind is bool:
        if text not in ("0", "1"):
            raise ValueError(f"{variable(option.name)}: {quoted(text)} är varken 1 eller 0")
        return text == "1"
    try:
        value = kind(text)
    except ValueError as error:
        name = "heltal" if kind is int else "tal"
        raise ValueError(f"{variable(option.name)}: {quoted(text)} är inte ett {name}") from error
    if isinstance(value, int) and value < 1:
        raise ValueError(f"{variable(option.name)}: {quoted(text)} är mindre än 1")
    most = option.metadata["most"]
    if most is not None and value > most:
        raise ValueError(f"{variable(option.name)}: {quoted(text)} är mer än {most}")
    if isinstance(value, float) and not 0 <= value < math.inf:
        raise ValueError(f"{variable(option.name)}: {quoted(text)} är negativt eller oändligt")
    return value
