"""Which column is which? The header of a table, in Swedish, in English, or as a TOML file says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.documents import html
from index.documents.html import Cell
from index.documents.mapping import NOTHING, Column, Mapping, Place

COLUMNS: dict[Column, tuple[str, ...]] = {
    "owner": (
        "projektägare", "projektets ägare", "stödmottagare", "bidragsmottagare", "medelsmottagare",
        "sökande", "sökande organisation", "mottagare", "mottagare av stöd", "organisation",
        "förening", "beviljad till", "owner",
    ),
    "title": (
        "projektnamn", "projekttitel", "projektets namn", "projektets titel", "namn på projekt",
        "namn på projektet", "projekt", "titel", "title",
    ),
    "description": (
        "beskrivning av projektet", "beskrivning", "projektbeskrivning", "kort beskrivning",
        "projektets beskrivning", "sammanfattning", "projektsammanfattning",
        "sammanfattning av projektet", "description",
    ),
    "motivation": (
        "motivering", "motivering till beslut", "motivering till beslutet", "beslutsmotivering",
        "motivation",
    ),
    "amount": (
        "beviljad medfinansiering", "beviljat belopp", "beviljat stöd", "beviljat bidrag",
        "beviljade medel", "beviljad summa", "beviljat", "stödbelopp", "bidragsbelopp",
        "beslutat belopp", "beslutat stöd", "beslutad medfinansiering", "tilldelat belopp",
        "tilldelade medel", "belopp", "amount",
    ),
    "case_number": (
        "diarienummer", "diarienr", "dnr", "diarie-nr", "diarieföringsnummer", "ärendenummer",
        "ärendenr", "ärende-id", "ärendets nummer", "casenumber",
    ),
    "decision_date": (
        "beslutsdatum", "beslutdatum", "datum för beslut", "datum för beslutet", "beslutets datum",
        "beslutsdag", "beslutat datum", "decisiondate",
    ),
}  # fmt: skip
"""What each column may be called in Swedish, and what the API calls it. A header matches if it is,
nearly is, or begins with a name; what begins with one gives way to what is one (*Projekt nr* to
*Projektnamn*)."""

ENGLISH: dict[Column, tuple[str, ...]] = {
    "owner": (
        "beneficiary", "name of beneficiary", "beneficiary name", "lead beneficiary",
        "project owner", "recipient", "recipient organisation", "grantee", "grant recipient",
    ),
    "title": (
        "project name", "project title", "operation name", "operation title", "name of operation",
        "name of the operation", "name of project", "name of the project", "project",
    ),
    "description": (
        "summary", "operation summary", "project summary", "project description",
        "summary of the operation", "description of the project",
    ),
    "motivation": ("justification", "reasons for the decision"),
    "amount": (
        "grant amount", "grant awarded", "grant", "awarded amount", "amount awarded",
        "amount granted", "funds awarded", "eu funds awarded", "union co-financing",
        "eu co-financing", "allocated public funding", "amounts committed", "amount committed",
        "support granted",
    ),
    "case_number": ("case number", "case no", "case id", "case reference", "grant reference"),
    "decision_date": (
        "decision date", "date of decision", "date of the decision", "award date", "date of award",
        "approval date", "date of approval",
    ),
}  # fmt: skip
"""The same in English. What an operation costs (*total eligible expenditure*) or was applied for is
not what was granted."""

BESIDE = (
    "projekt-id", "projektnummer", "startdatum", "slutdatum", "kommun", "län", "reference", "date",
)  # fmt: skip
"""Headers that a list of decisions has beside the columns that are read."""

WEAK = frozenset(
    [
        "organisation", "förening", "mottagare", "sökande", "owner", "recipient", "projekt",
        "project", "titel", "title", "description", "summary", "beskrivning", "sammanfattning",
        "kort beskrivning", "motivering", "motivation", "justification", "belopp", "amount",
        "grant",
    ]
)  # fmt: skip
"""Names that other lists have too: by themselves they make a list of decisions only together."""

NAMED: dict[Column, str] = {"owner": "projektägare", "title": "projektnamn"}
"""The columns that say what a decision is about; a list has one of them at least."""
REGISTERED: tuple[Column, ...] = ("case_number", "decision_date")
"""Columns that any register has."""
_CLOSE = 0.85  # difflib ratio: one missing or wrong letter in ten (Projektamn for Projektnamn)
# At the end of the header of amounts, in brackets or not: *Belopp (tkr)*, *Belopp, SEK*.
_UNIT = re.compile(
    r"(?:^|[\s(,])\(?(?:in?\s+)?(?P<unit>t?kr|mn?kr|[km]?sek|(?:tusen |miljoner )?kronor"
    r"|eur|euro|gbp|dkk|nok|usd|[€£$])\)?\*?$",
    re.IGNORECASE,
)
# What is a share of an amount, or was only applied for, is no amount granted.
_SHARE = re.compile(r"%|\b(?:procent|rate|andel|share)\b|sats(?:en)?\b|\bsökt\b|\brequested\b")
_EDGE = " :*"
MAX_HEADER = 200
"""Characters; longer cells are no headers."""


@dataclass(frozen=True, slots=True)
class Header:
    """``cells`` as they stand, ``columns`` where each is; ``unit`` and ``funder`` as the header of
    the amounts states them (*Beviljat belopp Region Vi (tkr)*).

    ``whole``: every cell names a column and one of them is the very word for owner or title, as in
    a table's header; a row of data may begin with *Projekt ...* but does not look like that.
    ``kronor``: what states no currency is in SEK, since the header is in Swedish.
    """

    cells: tuple[str, ...]
    columns: dict[Column, int]
    whole: bool
    unit: str
    funder: str | None
    kronor: bool


# From the surest to the least sure: where several cells name a column, the surest has it.
_MAPPED, _IS, _NEARLY_IS, _BEGINS, _HOLDS = range(5)


@dataclass(frozen=True, slots=True)
class _Name:
    """A header that names a column: how far from the very word, and what it says beyond."""

    column: Column
    alias: str
    distance: int
    rest: str = ""


def find_header(
    cells: Sequence[Cell], mapping: Mapping = NOTHING, certain: bool = False
) -> Header | None:
    """The columns of a header row, None where it is none of a list of decisions.

    `certain`: someone has said that this row is the header.
    """
    lines = tuple(cell.line for cell in cells)
    if not certain and any(len(line) > MAX_HEADER or line[:1].isdigit() for line in lines):
        return None
    named: dict[Column, tuple[int, _Name]] = {}
    known = 0
    for at, cell in enumerate(cells):
        # A line break parts languages as a slash does, and so must not be folded away.
        folded = "\n".join(block.text for block in cell.blocks)
        places = mapping.columns.items()
        mapped = [column for column, place in places if _is_place(at, lines[at], place)]
        name = _Name(mapped[0], "", _MAPPED) if mapped else _name(folded)
        if name and mapping.columns.get(name.column, name.column) is not False:
            known += 1
            best = named.get(name.column)
            by_hand = name.column in mapping.columns and name.distance != _MAPPED
            if not by_hand and (best is None or name.distance < best[1].distance):
                named[name.column] = (at, name)
        elif lines[at] and lines[at].casefold().strip(_EDGE) in BESIDE:
            known += 1
    if not _lists_decisions([name for _, name in named.values()], certain):
        return None
    return _header(lines, named, known)


def numbered(mapping: Mapping, width: int) -> Header:
    """The columns of a table without a header, as the mapping numbers them."""
    columns = {
        column: place - 1
        for column, place in mapping.columns.items()
        if isinstance(place, int) and place is not False
    }
    return Header(("",) * width, columns, False, "", None, False)


def _header(lines: tuple[str, ...], named: dict[Column, tuple[int, _Name]], known: int) -> Header:
    sure = any(named[column][1].distance < _BEGINS for column in NAMED if column in named)
    unit, funder = "", ""
    if "amount" in named:
        at, name = named["amount"]
        stated = _UNIT.search(name.rest) or _UNIT.search(lines[at].strip(_EDGE))
        unit = stated["unit"] if stated else ""
        funder = _UNIT.sub("", name.rest).strip(" ,()") if name.distance == _BEGINS else ""
    return Header(
        cells=lines,
        columns={column: at for column, (at, _) in named.items()},
        whole=sure and known == sum(1 for line in lines if line),
        unit=unit,
        funder=funder if funder[:1].isupper() else None,
        kronor=any(name.alias in COLUMNS[name.column] for _, name in named.values()),
    )


def _lists_decisions(named: Sequence[_Name], certain: bool) -> bool:
    """At least two columns, an owner or a title among them, and enough to know that the list is one
    of decisions: a name that only such a list has, or owner, title and amount. Case numbers
    and dates say nothing: every register has them."""
    named = [name for name in named if name.column not in REGISTERED]
    columns = {name.column for name in named}
    if certain or any(name.distance == _MAPPED for name in named):
        return bool(columns.intersection(NAMED)) and (certain or len(columns) > 1)
    if len(columns) < 2 or not columns.intersection(NAMED):
        return False
    strong = any(name.alias not in WEAK for name in named)
    return strong or columns >= {"owner", "title", "amount"}


def _is_place(at: int, line: str, place: Place) -> bool:
    """Whether a header is the one that the mapping means."""
    if isinstance(place, int):
        return place is not False and at == place - 1
    wanted, header = _plain(place), _plain(line)
    parts = [_plain(part) for part in line.split("/")]
    return bool(header) and (header == wanted or wanted in parts or header.startswith(wanted + " "))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*:/\s]+", " ", html.clean(text)).casefold().split())


def name_of(text: str) -> Column | None:
    """The column whose very name `text` is, in Swedish or English."""
    return _COLUMN_OF.get(text.casefold().strip(_EDGE))


@lru_cache(maxsize=4096)
def _name(cell: str) -> _Name | None:
    """The column that a header names, by the whole of it or, where it says the same in several
    languages, by one of its parts. Stars lead to footnotes."""
    cell = cell.replace("*", "")
    whole = " ".join(cell.split())
    parts = [" ".join(part.split()) for part in re.split(r"\s*[/\n]\s*", cell)]
    names = [name for text in (whole, *parts) if (name := _name_of_part(text))]
    best = min(names, key=lambda name: name.distance, default=None) or _holds(whole)
    return None if best and best.column == "amount" and _SHARE.search(whole.casefold()) else best


def _name_of_part(text: str) -> _Name | None:
    header = text.casefold().strip(_EDGE)
    if not 3 <= len(header) <= MAX_HEADER:
        return None
    if header in _COLUMN_OF:
        return _Name(_COLUMN_OF[header], header, _IS)
    return _begins(header, text.strip(_EDGE)) or _nearly(header)


def _begins(header: str, text: str) -> _Name | None:
    aliases = [
        alias for alias in _COLUMN_OF if header.startswith(alias) and header[len(alias)] in " ,(/"
    ]
    if not aliases:
        return None
    longest = max(aliases, key=len)
    return _Name(_COLUMN_OF[longest], longest, _BEGINS, text[len(longest) :].strip(" ,/"))


def _nearly(header: str) -> _Name | None:
    if header in BESIDE:
        return None
    for alias, column in _COLUMN_OF.items():
        # The date of something else is spelled nearly as that of the decision: *slutdatum*.
        if abs(len(alias) - len(header)) <= 4 and column != "decision_date":
            matcher = difflib.SequenceMatcher(None, header, alias)
            if matcher.quick_ratio() >= _CLOSE and matcher.ratio() >= _CLOSE:
                return _Name(column, alias, _NEARLY_IS)
    return None


def _holds(whole: str) -> _Name | None:
    """A long name within a header that says more, as where two languages stand in one cell."""
    header = whole.casefold()
    for alias, column in _COLUMN_OF.items():
        # Short or common words stand within all kinds of headers.
        if len(alias) > 10 and alias not in WEAK:
            at = re.search(rf"\b{re.escape(alias)}\b", header)
            if at:
                return _Name(column, alias, _HOLDS)
    return None


_COLUMN_OF: dict[str, Column] = {
    alias: column for names in (COLUMNS, ENGLISH) for column in names for alias in names[column]
}
