"""Every setting, in one table: its variable in the environment, its default, what it is for, and
which values are right (`web/checks.py`).

The environment is read once, at the edge (`Settings.from_environment`); below it everything is a
parameter.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from index.limits import YES_OR_NO, ReadingLimits, between, setting
from index.problem import quoted, shown
from search.request import SearchLimits
from web import checks

_PREFIX = "BESLUT_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `table` lists them for `docs/operating.md` and its test."""

    index: Path = setting(Path("var/index"), "folder of the index", checks.FOLDER)
    strict_index: bool = setting(
        False, "refuse an index that others can write to: 1 or 0", YES_OR_NO
    )
    themes: str = setting("", "theme file; empty: the one that comes with the project", checks.FILE)
    owners: str = setting(
        "", "file of owners' names; empty: the one that comes with the project", checks.FILE
    )
    withheld: str = setting(
        "", "file of decisions that are not to be shown, and why; empty: none", checks.FILE
    )
    host: str = setting("127.0.0.1", "address to listen on", checks.HOST)
    port: int = setting(8000, "port to listen on", between(1, 65_535))
    workers: int = setting(2, "serving processes", between(1, 256))
    threads: int = setting(4, "requests that each process works on at once", between(1, 64))
    requests: int = setting(
        32, "requests that each process works on or keeps waiting; over: 503", between(1, 10_000)
    )
    exports: int = setting(
        4, "files that each process makes and sends at once; over: 503", between(1, 1_000)
    )
    trusted_hosts: str = setting(
        "localhost,127.0.0.1,[::1]",
        "host names the site answers to, comma-separated",
        checks.HOST_NAMES,
    )
    cache_megabytes: int = setting(
        128, "memory for postings in each serving process, MB", between(1, 65_536)
    )
    search_seconds: float = setting(
        1.0, "time that one search may take, seconds; 0: any", between(0.0, 600.0)
    )
    base_url: str = setting(
        "",
        "public address, e.g. https://beslut.example; empty: the one that was asked",
        checks.SITE,
    )
    publisher: str = setting(
        "", "who publishes the site, as visitors should read it", checks.ONE_LINE
    )
    contact: str = setting(
        "", "e-mail address for errors and questions; empty: none is shown", checks.EMAIL
    )
    accessibility: str = setting(
        "",
        "accessibility statement, WCAG 2.2 AA is met: helt, delvis or inte; empty: not assessed",
        checks.one_of("helt", "delvis", "inte"),
    )
    accessibility_date: str = setting("", "day of that assessment, e.g. 2026-11-23", checks.DAY)

    licence: str = setting(
        "",
        "address of the licence of the data, for the DCAT catalogue and for search engines",
        checks.ADDRESS,
    )
    access_log: bool = setting(
        True, "a JSON line for each request on standard output: 1 or 0", YES_OR_NO
    )
    metrics: bool = setting(False, "figures for Prometheus at /metrics: 1 or 0", YES_OR_NO)

    originals: bool = setting(
        True, "copies of the sources in the index, for visitors to download: 1 or 0", YES_OR_NO
    )
    changes_days: int = setting(
        90, "days for which it is told what changed and what went", between(1, 36_500)
    )
    reports: str = setting(
        "", "folder that each reading leaves its report in; empty: none is kept", checks.FOLDER
    )
    show_reading: bool = setting(
        False, "what the last reading could not read, on the page about the site: 1 or 0", YES_OR_NO
    )
    settle_seconds: float = setting(
        5.0,
        "how long files must have been still before `beslut watch` reads them, seconds",
        between(0.1, 3_600.0),
    )
    engine: str = setting(
        "",
        "addresses of an OpenSearch cluster that answers, comma-separated; empty: the index here",
        checks.CLUSTER,
        secret=True,  # a password may have been written into one
    )
    engine_name: str = setting(
        "beslut", "alias in the cluster, and what its indexes' names begin with", checks.ALIAS
    )
    engine_user: str = setting("", "user in the cluster; empty: none", checks.USER)
    engine_password: str = setting("", "that user's password", checks.ANYTHING, secret=True)
    engine_ca: str = setting(
        "", "file of the certificates that the cluster's are signed with", checks.FILE
    )
    engine_shards: int = setting(3, "shards of an index in the cluster", between(1, 64))
    engine_replicas: int = setting(
        1, "copies of each shard, as far as there are nodes", between(0, 8)
    )
    limits: SearchLimits = field(default_factory=SearchLimits)
    reading: ReadingLimits = field(default_factory=ReadingLimits)

    @property
    def themes_path(self) -> Path | None:
        """The theme file, None for the one that comes with the project."""
        return Path(self.themes) if self.themes else None

    @property
    def owners_path(self) -> Path | None:
        """The owners file, None for the one that comes with the project."""
        return Path(self.owners) if self.owners else None

    @property
    def reports_path(self) -> Path | None:
        """The folder of reports, None where none are kept."""
        return Path(self.reports) if self.reports else None

    @property
    def withheld_path(self) -> Path | None:
        """The file of decisions that are not to be shown, None if there is none."""
        return Path(self.withheld) if self.withheld else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **options: str | None) -> Settings:
        """Reads `BESLUT_*`, unless there is an option of the command line with the setting's name.

        Raises ValueError with a line for each unusable value and each variable that is no setting.
        """
        errors = _unknown(environment)
        values, limits, reading = (
            _read(kind, environment, options, errors) for kind in (cls, SearchLimits, ReadingLimits)
        )
        if errors:
            raise ValueError("\n".join(errors))
        return cls(**values, limits=SearchLimits(**limits), reading=ReadingLimits(**reading))

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


def _read(
    kind: type[Any],
    environment: Mapping[str, str],
    options: Mapping[str, str | None],
    errors: list[str],
) -> dict[str, Any]:
    """The settings of a dataclass that have a value; what is wrong is added to `errors`."""
    values = {}
    for setting_ in _settings(kind):
        name, text = variable(setting_.name), environment.get(variable(setting_.name))
        if options.get(setting_.name) is not None:
            name, text = f"--{setting_.name}", options[setting_.name]
        if text:
            try:
                values[setting_.name] = _value(setting_, text)
            except ValueError:
                right = setting_.metadata["check"].right
                told = "värdet" if setting_.metadata["secret"] else quoted(text, 100)
                errors.append(f"{name}: {told} ska vara {right}")
    return values


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{_PREFIX}{name.upper()}"


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """What there is to say of variables that look like settings and are none."""
    known = [name for name, _, _ in Settings.table()]
    return [
        f"{shown(name)}: {_meant(name.upper(), known)}"
        for name in environment
        if name.upper().startswith(_PREFIX) and name not in known
    ]


def _meant(name: str, known: Sequence[str]) -> str:
    # Without the prefix, which makes all of them alike.
    near = difflib.get_close_matches(
        name.removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in known], 1
    )
    remedy = f"menas {_PREFIX}{near[0]}?" if near else "de som finns står i docs/operating.md"
    return f"det finns ingen sådan inställning; {remedy}"


def _shown(default: Any) -> str:
    return str(int(default)) if isinstance(default, bool) else str(default)


def _value(option: Field[Any], text: str) -> Any:
    """The text as a value of the default's type; raises ValueError if it is not right."""
    kind: Any = Path if isinstance(option.default, Path) else type(option.default)
    value = {"0": False, "1": True}.get(text) if kind is bool else kind(text)
    if value is None or not option.metadata["check"].accepts(value):
        raise ValueError(text)
    return value
