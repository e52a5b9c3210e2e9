"""Which column is which? The header of a table, by its names or as a TOML file says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.documents import html
from index.documents.columns.mapping import NOTHING, Column, Mapping, Place
from index.documents.columns.names import API, APPLICATIONS, NAMES, Language
from index.documents.columns.recognition import (
    IS,
    MAPPED,
    MAX_HEADER,
    NEARLY_IS,
    Name,
    is_applied_for,
    is_bare_total,
    is_beside,
    is_figure,
    is_other_money,
    may_be_granted,
    names_of,
    other_list,
    two_level,
    year_of,
)  # fmt: skip
from index.documents.html import Cell
from index.documents.status import speaks_of_grants
from index.errors import ReadError
from index.problem import listed, quoted

NAMED: dict[Column, str] = {"owner": "projektägare", "title": "projektnamn"}
"""The columns that say what a decision is about; a list has one of them at least."""
REGISTERED: tuple[Column, ...] = (
    "case_number", "decision_date", "owner_number", "place", "status", "currency",
)  # fmt: skip
"""Columns that any register has."""


_Candidate = tuple[tuple[int, int], int, Name]  # rank, place, and the name there


@dataclass(frozen=True, slots=True)
class Header:
    """``cells`` as they stand, ``columns`` the places of each, the first that has a value counts;
    ``unit`` and ``funder`` as the header of the amounts states them (*Beviljat belopp Region Vi
    (tkr)*).

    ``whole``: every cell names a column and one of them is the very word for owner or title, as in
    a table's header; a row of data may begin with *Projekt ...* but does not look like that.
    ``language`` is that of the names, None where they do not tell. ``lost`` are the columns whose
    name in the TOML file is in no cell. ``doubt`` says why there are no amounts; ``unsure`` are the
    columns that were chosen though others may be meant. ``granted``: a name says that it is a list
    of what was granted, or a TOML file does.
    """

    cells: tuple[str, ...]
    columns: dict[Column, tuple[int, ...]]
    whole: bool = False
    unit: str = ""
    funder: str | None = None
    language: Language | None = None
    lost: tuple[Column, ...] = ()
    doubt: str = ""
    unsure: tuple[tuple[Column, str], ...] = ()
    granted: bool = True

    @property
    def used(self) -> tuple[tuple[Column, str], ...]:
        """The columns that were found, in the order of `NAMES`, each with its header."""
        return tuple(
            (column, self.cells[at] or f"kolumn {at + 1}")
            for column in NAMES
            for at in self.columns.get(column, ())
        )

    @property
    def unused(self) -> tuple[str, ...]:
        """The headers of the columns that are not read."""
        read = self.places
        return tuple(line for at, line in enumerate(self.cells) if line and at not in read)

    @property
    def places(self) -> set[int]:
        """Those of all columns that are read."""
        return {at for places in self.columns.values() for at in places}


def may_be_header(text: str) -> bool:
    """Whether a cell can stand in a header of which every cell is known; quickly."""
    return is_beside(text) or bool(names_of(text, False))


def find_header(
    cells: Sequence[Cell], mapping: Mapping = NOTHING, certain: bool = False
) -> Header | None:
    """The columns of a header row, None where it is none of a list of decisions.

    `certain`: someone has said that this row is the header.
    """
    lines = tuple(cell.line for cell in cells)
    if not certain and any(len(line) > MAX_HEADER or is_figure(line) for line in lines):
        return None
    # A line break parts languages as a slash does, and so must not be folded away.
    written = ["\n".join(block.text for block in cell.blocks) for cell in cells]
    found = [names_of(one, False) for one in written]
    if not certain and not mapping.columns and not any(found):
        return None  # most rows of a table: a header has one name at least that is spelled well
    known = [at for at, names in enumerate(found) if any(name.distance == IS for name in names)]
    known += [at for at, line in enumerate(lines) if known and is_beside(line)]
    # To look for what is nearly a name takes long: not in the rows of a list of something else.
    if certain or 3 * len({*known}) >= sum(map(bool, lines)):
        found = [names_of(one) for one in written]
    header, names = _read(lines, found, mapping)
    other = other_list(lines) if not mapping.columns and not certain else None
    if other and not (other[0] == APPLICATIONS and {"amount", "status"} & set(header.columns)):
        return None
    granted = certain or _says_granted(names)
    return replace(header, granted=granted) if _lists_decisions(names, certain) else None


def members_header(members: tuple[str, ...], mapping: Mapping) -> Header:
    """The columns of a record by the names of its members; there may be none."""
    header, names = _read(members, [_member(name) for name in members], mapping)
    used = dict(header.used)
    own = [
        name for name in names if used.get(name.column) not in API and name.column not in REGISTERED
    ]
    granted = not own or _says_granted(own)
    return replace(header, language=_language([one.language for one in own]), granted=granted)


def _member(name: str) -> tuple[Name, ...]:
    """What a member may be; that of an object may be an amount by itself: *belopp.beviljat*."""
    within, _, last = name.rpartition(".")
    both = names_of(two_level(within.replace(".", " "), last, False)) if within else ()
    return names_of(name) or tuple(one for one in both if one.column == "amount")


def _read(
    lines: tuple[str, ...], found: Sequence[tuple[Name, ...]], mapping: Mapping
) -> tuple[Header, list[Name]]:
    """The columns, each by the surest of the names found, and those names."""
    places, lost = _mapped(lines, mapping)
    taken = {at for several in places.values() for at in several}
    names = {column: Name(column, "", 0, None, MAPPED) for column in places}
    doubt = ""
    for column in NAMES:
        if column in mapping.columns:
            continue
        candidates = sorted(
            (name.rank, at, name)
            for at, several in enumerate(found)
            for name in several
            if name.column == column and at not in taken
        )
        if column == "amount" and candidates:
            names[column] = candidates[0][2]
            candidates, doubt = _one_amount(candidates, lines)
        if candidates:
            _, at, names[column] = candidates[0]
            # Of places all are read: a municipality in one column, a county in the next.
            all_of = (at,) if column != "place" else tuple(at for _, at, _ in candidates)
            places[column] = all_of
            taken.update(all_of)
    doubt = doubt or _no_grant(lines, places, mapping)
    unsure = tuple(_unsure(lines, found, names, taken))
    header = _header(lines, places, names, lost, doubt)
    return replace(header, unsure=unsure), list(names.values())


def _unsure(
    lines: tuple[str, ...],
    found: Sequence[tuple[Name, ...]],
    names: dict[Column, Name],
    taken: set[int],
) -> Iterator[tuple[Column, str]]:
    """The columns beside which another, that is not read, may be the one that is meant."""
    # An object of JSON whose member was chosen.
    around = {
        at for at, line in enumerate(lines) for one in taken if lines[one].startswith(f"{line}.")
    }
    columns: tuple[Column, ...] = (*NAMED, "amount")
    for column in columns:
        name = names.get(column)
        if name is None or name.distance == MAPPED or not taken:
            continue
        others = [
            at
            for at, several in enumerate(found)
            for one in several
            if at not in taken | around and one.column == column and _rivals(one, name)
        ]
        if column == "amount" and name.tier > 0:
            others += [
                at
                for at, line in enumerate(lines)
                if at not in taken and not found[at] and may_be_granted(line)
            ]
        if others:
            yield column, listed(quoted(lines[at]) for at in others)


def _rivals(other: Name, name: Name) -> bool:
    """Whether a name may as well be meant as the one that was chosen. What is of any kind of list
    is not as sure as what only lists of grants have."""
    if other.distance > NEARLY_IS or name.column == "amount":
        return False
    return other.rank == name.rank or name.tier > 0


def numbered(mapping: Mapping, width: int) -> Header:
    """The columns of a table without a header, as the mapping numbers them."""
    places, lost = _mapped(("",) * width, mapping)
    return Header(("",) * width, places, lost=lost)


def no_header(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], str]:
    """What seem to be the headers of a table that has none that is known, none where nothing looks
    like it; and why it is no list of decisions, a clause in Swedish."""
    filled = [tuple(cell for cell in row if cell) for row in rows[:30]]
    likely = [
        row for row in filled if not any(len(one) > MAX_HEADER or is_figure(one) for one in row)
    ]
    headers: tuple[str, ...] = max(likely, key=len, default=())
    if len(headers) < 2:
        return (), "ingen rubrikrad hittades"
    other = other_list(headers)
    if other:
        kind, told = other
        return headers, f"listan ser ut att vara {kind} ({listed(map(quoted, told))}), inte beslut"
    known = [header for header in headers if any(one.column in NAMED for one in names_of(header))]
    if known:
        why = "räcker inte för att veta att det är en lista med beviljade beslut"
        return headers, f"{listed(map(quoted, known))} {why}"
    return headers, "ingen kolumn känns igen som projektägare eller projektnamn"


def doubts(header: Header, headings: Sequence[str], toml: str) -> Iterator[tuple[str, str]]:
    """What is uncertain about the columns, and what to do about it. `headings` are what the list is
    called; `toml` is the file that may say it."""
    if header.doubt:
        remedy = f"besluten är med utan belopp; ange amount i {toml}"
        applied = any(map(is_applied_for, header.cells)) and "status" not in header.columns
        yield header.doubt, remedy + (", eller ta bort filen om det är ansökningar" * applied)
    used = dict(header.used)
    for column, others in header.unsure:
        what = f"det är oklart om {others} också är beviljat; bara {quoted(used[column])} lästes"
        if column in NAMED:
            what = f"det är oklart vilken kolumn som är {NAMED[column]}: "
            what += f"{quoted(used[column])} lästes, inte {others}"
        yield what, f"kontrollera besluten; ange {column} i {toml} om en annan kolumn är rätt"
    if not header.granted and not any(map(speaks_of_grants, headings)):
        what = "ingenting säger att listan är en över beviljade beslut"
        yield what, "besluten är med; ta bort filen om den listar annat"


def check_mapping(headers: Sequence[Header], mapping: Mapping) -> None:
    """Raises `ReadError` where a column of the TOML file is in none of the headers."""
    for column, places in mapping.columns.items():
        if headers and all(column in header.lost for header in headers):
            there = [cell for header in headers for cell in header.cells if cell]
            names = listed(quoted(str(place)) for place in places)
            what = f"{mapping.file}: {column} = {names} finns inte bland kolumnerna"
            remedy = f"ange någon av {listed(map(quoted, dict.fromkeys(there)))}"
            raise ReadError(what, remedy, tuple(dict.fromkeys(there)))


def _mapped(
    lines: tuple[str, ...], mapping: Mapping
) -> tuple[dict[Column, tuple[int, ...]], tuple[Column, ...]]:
    """Where the columns of a TOML file are, and those that are nowhere."""
    found = {
        column: tuple(at for place in places for at in _places(lines, place))
        for column, places in mapping.columns.items()
    }
    lost = tuple(
        column for column, places in mapping.columns.items() if places and not found[column]
    )
    return {column: places for column, places in found.items() if places}, lost


def _places(lines: tuple[str, ...], place: Place) -> Iterator[int]:
    """The first header that a TOML file means by a name, or else the first that begins so."""
    if isinstance(place, int):
        yield from [place - 1] if place <= len(lines) else []
        return
    wanted = _plain(place)
    same = [
        at
        for at, line in enumerate(lines)
        if line and wanted in (_plain(line), *map(_plain, line.split("/")))
    ]
    begun = [at for at, line in enumerate(lines) if _plain(line).startswith(wanted + " ")]
    yield from (same or begun)[:1]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*:/\s]+", " ", html.clean(text)).casefold().split())


def _one_amount(
    candidates: list[_Candidate], lines: tuple[str, ...]
) -> tuple[list[_Candidate], str]:
    """The amounts, none where it is not clear which of them was granted, and what is unclear."""
    best = [one for one in candidates if one[0] == candidates[0][0]]
    if is_bare_total(best[0][2]) and any(map(_is_of_others, lines)):
        return [], ""
    # *Bidrag 2025* beside *Sökt 2026* is what was granted the year before.
    applied = max(map(year_of, filter(is_applied_for, lines)), default=0)
    if 0 < year_of(lines[best[-1][1]]) < applied:
        return [], ""
    # The same amounts in two currencies.
    kronor = [one for one in best if "sek" in one[2].unit or "kr" in one[2].unit]
    if len(best) == 1 or (len(kronor) == 1 and all(name.unit for _, _, name in best)):
        return kronor or best, ""
    told = listed(quoted(lines[at]) for _, at, _ in best)
    return [], f"det är oklart vilken kolumn som är beloppet: {told}"


def _is_of_others(line: str) -> bool:
    """Whether a total beside it may be one of money that was not granted."""
    return (is_other_money(line) and "%" not in line) or "finansiering" in line.casefold()


def _no_grant(
    lines: tuple[str, ...], places: dict[Column, tuple[int, ...]], mapping: Mapping
) -> str:
    """What to say of a list that has amounts, but none that was granted."""
    if "amount" in places or "amount" in mapping.columns:
        return ""
    money = [
        line
        for line in lines
        if is_applied_for(line)
        or (is_other_money(line) and "%" not in line)
        or any(name.column == "amount" for name in names_of(line))
    ]
    if not money:
        return "tabellen har ingen kolumn för belopp"
    return f"ingen kolumn säger vad som beviljats; det gör inte {listed(map(quoted, money))}"


def _header(
    lines: tuple[str, ...],
    places: dict[Column, tuple[int, ...]],
    names: dict[Column, Name],
    lost: tuple[Column, ...],
    doubt: str,
) -> Header:
    amount = names["amount"] if "amount" in places else None
    unit, funder = (amount.unit, amount.rest) if amount else ("", "")
    if amount and amount.distance == MAPPED:
        unit = next((name.unit for name in names_of(lines[places["amount"][0]])), "")
    sure = any(names[column].distance <= NEARLY_IS for column in NAMED if column in names)
    used = {at for several in places.values() for at in several}
    known = all(at in used or is_beside(line) for at, line in enumerate(lines) if line)
    return Header(
        cells=lines,
        columns=places,
        whole=sure and known,
        unit=unit,
        funder=funder if funder[:1].isupper() else None,
        language=_language([name.language for name in names.values()]),
        lost=lost,
        doubt=doubt,
    )


def _language(languages: Sequence[Language | None]) -> Language | None:
    """Whose words most of the names are; None where as many are of another language."""
    if "fi" in languages:  # the rest is Swedish too
        return "fi"
    told = [language for language in languages if language]
    most = max(set(told), key=told.count, default=None)
    return most if most and told.count(most) * 2 > len(told) else None


def _lists_decisions(names: Sequence[Name], certain: bool) -> bool:
    """At least two columns, an owner or a title among them, and enough to know that the list is one
    of decisions: a name that only such a list has, or an amount to an owner for something. Case
    numbers and dates say nothing by themselves: every register has them."""
    columns = {name.column for name in names}
    names = [name for name in names if name.column not in REGISTERED]
    about = {name.column for name in names}
    if certain or any(name.distance == MAPPED for name in names):
        return bool(about.intersection(NAMED)) and (certain or len(about) > 1)
    if len(about) < 2 or not about.intersection(NAMED):
        return False
    return _says_granted(names) or (
        about >= {"owner", "amount"}
        and bool(columns - {"owner", "amount", "currency", "case_number", "owner_number", "place"})
    )


def _says_granted(names: Sequence[Name]) -> bool:
    """Whether one of the names is one that only lists of grants have."""
    return any(
        name.distance == MAPPED or name.tier <= 0 or (name.column == "amount" and name.tier < 2)
        for name in names
        if name.column not in REGISTERED
    )
