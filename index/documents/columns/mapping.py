"""The small TOML file beside a source, for lists whose headers say too little or say it in another
language.

    round = "ESF 2026:1"             # what people call the round
    round_title = "Beslut om ..."    # its whole heading
    funder = "Region Norrbotten"
    currency = "EUR"                 # of amounts that do not state their own
    language = "de"                  # of the document
    sheet = "Tabelle1"               # name or number from 1, or a list of them; else every sheet
    header = 6                       # row of the header; 0: there is none; else it is looked for
    last = 105                       # last row of the list

    [columns]                        # header, or number from 1, or for JSON the member's name
    owner = "Name des Begünstigten"  # false: the list has no such column
    title = 2
    amount = ["Beviljat", "Belopp"]  # the first that has a value

It is called ``<file>.toml`` (*list.xlsx.toml*) or ``<stem>.toml`` (*list.toml*).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import ReadError
from index.problem import quoted

Column = Literal[
    "owner", "title", "description", "motivation", "amount", "currency", "case_number",
    "decision_date", "owner_number", "place", "status",
]  # fmt: skip
"""What a list says of a decision. ``place`` is where it is, in one column or several; ``status`` is
whether it was granted at all."""
Place = str | int
SUFFIX = ".toml"
_MAX_BYTES = 100_000
_TEXTS = ("round", "round_title", "funder", "currency", "language")
_NUMBERS = ("header", "last")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a TOML file says of a source; see the module. ``columns`` are the places where each is,
    none where the list has no such column. ``sha256`` (hex) is that of the file."""

    round: str | None = None
    round_title: str | None = None
    funder: str | None = None
    currency: str | None = None
    language: str | None = None
    sheets: tuple[str | int, ...] = ()
    header: int | None = None
    last: int | None = None
    columns: MappingOf[Column, tuple[Place, ...]] = field(default_factory=dict)
    file: str = ""
    sha256: str = ""


NOTHING = Mapping()
"""Where no TOML file stands beside the source."""


def find(source: Path) -> Mapping:
    """The mapping beside `source`, `NOTHING` where there is none; raises `ReadError`."""
    for name in names(source.name):
        path = source.with_name(name)
        if path.is_file() and not path.is_symlink():
            if path.stat().st_size > _MAX_BYTES:
                raise _wrong(path.name, "den är för stor")
            return read(path.read_bytes(), path.name)
    return NOTHING


def names(source: str) -> list[str]:
    """What a file's mapping may be called: ``a.jsonl.gz.toml``, ``a.jsonl.toml``, ``a.toml``."""
    stems = [source]
    while re.search(r".\.[A-Za-z0-9]{1,5}$", stems[-1]) and len(stems) < 3:
        stems.append(stems[-1].rpartition(".")[0])
    return [f"{stem}{SUFFIX}" for stem in stems]


def read(content: bytes, file: str) -> Mapping:
    """The mapping in a TOML file; raises `ReadError` that says what in it is wrong."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(file, f"den är inte giltig TOML ({error})") from error
    known = sorted([*_TEXTS, *_NUMBERS, "sheet", "columns"])
    if unknown := sorted(data.keys() - known):
        what = f"{quoted(unknown[0])} är okänt; det som kan anges är {', '.join(known)}"
        raise _wrong(file, what)
    for name in _TEXTS:
        if name in data and not (isinstance(data[name], str) and data[name].strip()):
            raise _wrong(file, f"{name} ska vara text")
    for name in _NUMBERS:
        if name in data and not _is_number(data[name], 0 if name == "header" else 1):
            raise _wrong(file, f"{name} ska vara ett radnummer")
    currency = data.get("currency", "").strip().upper() or None
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        raise _wrong(file, "currency ska vara en valutakod, till exempel EUR")
    columns = _columns(data.get("columns", {}), file)
    named = any(_is_number(one, 1) for name in ("owner", "title") for one in columns.get(name, ()))
    if data.get("header") == 0 and not named:
        raise _wrong(file, "utan rubrikrad ska owner eller title vara en kolumns nummer")
    texts = {name: data[name].strip() for name in _TEXTS if name in data and name != "currency"}
    return Mapping(
        **texts,
        currency=currency,
        sheets=_sheets(data.get("sheet", []), file),
        header=data.get("header"),
        last=data.get("last"),
        columns=columns,
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _sheets(given: Any, file: str) -> tuple[str | int, ...]:
    sheets = given if isinstance(given, list) else [given]
    if not all(isinstance(sheet, str) or _is_number(sheet, 1) for sheet in sheets):
        raise _wrong(file, "sheet ska vara ett blads namn eller nummer, eller en lista av sådana")
    return tuple(sheets)


def _columns(given: Any, file: str) -> dict[Column, tuple[Place, ...]]:
    allowed = get_args(Column)
    if not isinstance(given, dict) or (set(given) - set(allowed)):
        raise _wrong(file, f"under [columns] kan {', '.join(allowed)} anges")
    columns = {}
    for name, place in given.items():
        places = () if place is False else place if isinstance(place, list) else [place]
        if not all(_is_number(one, 1) or (isinstance(one, str) and one) for one in places):
            what = "ska vara en rubrik eller en kolumns nummer, eller en lista av sådana"
            raise _wrong(file, f"{name} {what}")
        columns[name] = tuple(places)
    return columns


def _is_number(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _wrong(file: str, what: str) -> ReadError:
    return ReadError(f"{file} kan inte användas: {what}", f"rätta {file}")
