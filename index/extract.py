"""Rows -> decisions: columns by their headers, HTML stripped, motivation split off, totals checked.

Whatever was left out or looks wrong becomes a `Problem`: nothing disappears in silence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from index import html
from index.amount import Amount, format_amount, parse_amount
from index.decision import Decision, Round, Source, granted
from index.errors import ReadError
from index.readers import Row, Table
from index.slug import slug

Column = Literal["owner", "title", "description", "motivation", "amount"]

COLUMNS: dict[Column, tuple[str, ...]] = {
    "owner": ("projektägare", "stödmottagare", "sökande", "organisation", "owner"),
    "title": ("projektnamn", "projekttitel", "projekt", "titel", "title"),
    "description": ("beskrivning av projektet", "beskrivning", "sammanfattning", "description"),
    "motivation": ("motivering", "motivation"),
    "amount": (
        "beviljad medfinansiering",
        "beviljat belopp",
        "beviljat stöd",
        "stödbelopp",
        "belopp",
        "amount",
    ),
}
"""What each column may be called. A header matches if it is, nearly is, or begins with a name; what
begins with one gives way to what is one (*Projekt nr* to *Projektnamn*)."""

_NAMED: dict[Column, str] = {"owner": "projektägare", "title": "projektnamn"}
_CLOSE = 0.85  # difflib ratio: one missing or wrong letter in ten (Projektamn for Projektnamn)
_TOTAL = re.compile(r"^(?:(?:total|slut|del)?summa|totalt?)\b", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s.,:-]*(?:st|projekt|beslut|ansökningar|kr|kronor|\s)*", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<!\d)(\d{1,3}(?:\s\d{3})+|\d+)\s+(?:st\s+)?(?:projekt|beslut|ansökningar)\b", re.IGNORECASE
)
_UNIT = re.compile(
    r"(?:^|[\s(,])\(?(?:i\s+)?"
    r"(?P<unit>t?kr|mn?kr|[km]?sek|(?:tusen |miljoner )?kronor|eur|euro)\)?$",
    re.IGNORECASE,
)
_BARE = re.compile(r"[\d\s.,-]+")
_HEADER_CELL, _ONE_LINE = 80, 200  # characters; longer cells are no headers, and no labels
_ROUND_NAME = re.compile(r"(?:^|\s)([A-ZÅÄÖ][\w+-]*\s+\d{4}:\d+)\s*$")
_FUNDER = re.compile(r"^(?P<genitive>[A-ZÅÄÖ].*?)s beslut om ")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should look at, in Swedish: where, what, and what to do."""

    file: str
    row: int | None
    what: str
    mend: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, rad {self.row}"
        return f"{where}: {self.what}. {self.mend[:1].upper()}{self.mend[1:]}."


@dataclass(frozen=True, slots=True)
class Declared:
    """What a totals row claims, or several together. ``sum`` in SEK; None where not stated."""

    row: int
    count: int | None
    sum: Decimal | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What one document gave. ``rows`` counts the rows below headers, totals rows left out."""

    decisions: tuple[Decision, ...]
    declared: Declared | None
    rows: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    """``cells`` as they stand, ``columns`` where each is; ``unit`` and ``funder`` as the header of
    the amounts states them (*Beviljat belopp Region Vi (tkr)*).

    ``whole``: every cell names a column and one of them is the very word for owner or title, as in
    a table's header; a row of data may begin with *Projekt ...* but does not look like that.
    """

    cells: tuple[str, ...]
    columns: dict[Column, int]
    whole: bool
    unit: str
    funder: str | None


@dataclass(slots=True)
class _Section:
    """A heading and the rows below it; a table has one, or one a round."""

    lead: list[str] = field(default_factory=list)
    header: _Header | None = None
    declared: Declared | None = None
    rows: int = 0
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first line of text, without the number signs of a heading."""
        return next((line.strip("# ") for line in self.lead if line.strip("# ")), "")


def extract(tables: Iterable[Table], file: str, sha256: str, read: str) -> Extract:
    """The decisions in the tables of one file; raises `ReadError` when no table lists decisions.

    `read` is the time of reading, RFC 3339 in UTC.
    """
    problems: list[Problem] = []
    found: list[_Section] = []
    for table in tables:
        sections = _sections(table, file, sha256, read)
        found += [section for section in sections if section.header is not None]
        if table.doubt:
            problems.append(Problem(file, None, table.doubt, "kontrollera å, ä och ö"))
    if not found:
        raise ReadError(
            "ingen tabell med projektägare och projektnamn hittades",
            "kontrollera att filen är en beslutslista och att tabellen har en rubrikrad",
        )
    decisions = tuple(decision for section in found for decision in section.decisions)
    problems += [problem for section in found for problem in section.problems]
    if not decisions:
        problems.append(Problem(file, None, "tabellen har inga beslut", "kontrollera filen"))
    problems += _tally(found, decisions, file)
    rows = sum(section.rows for section in found)
    return Extract(decisions, _declared_in_all(found), rows, tuple(problems))


def _sections(table: Table, file: str, sha256: str, read: str) -> list[_Section]:
    section = _Section()
    sections = [section]
    for row in table.rows:
        cells = tuple(
            html.line(cell) if len(cell) <= _ONE_LINE else cell.strip() for cell in row.cells
        )
        source = Source(file, table.name, row.number, sha256, read)
        if _opens_table(cells, section.header):
            _start_table(section, cells, source)
        elif section.header is None:
            section.lead.append(" ".join(cell for cell in cells if cell))
        elif _is_heading(cells):
            new = _Section(lead=[*filter(None, cells)], header=section.header)
            if new.title != section.title:  # else it is repeated at a page break
                sections.append(section := new)
        elif any(cells):
            _read_row(section, cells, row, source)
    return sections


def _opens_table(cells: tuple[str, ...], header: _Header | None) -> bool:
    """Whether a row is a header: the first, that one repeated, or one that can be nothing else."""
    if header is not None and cells == header.cells:
        return True
    if any(len(cell) > _HEADER_CELL or cell[:1].isdigit() for cell in cells):
        return False
    found = _as_header(cells)
    return found is not None and (header is None or found.whole)


def _start_table(section: _Section, cells: tuple[str, ...], source: Source) -> None:
    header = _as_header(cells)
    if header and "amount" not in header.columns and section.header is None:
        what = "tabellen har ingen kolumn för belopp"
        mend = "besluten är med utan belopp; kontrollera rubrikraden"
        section.problems.append(Problem(source.file, source.row, what, mend))
    section.header = header


def _is_heading(cells: tuple[str, ...]) -> bool:
    """Whether a row between rows of decisions is the heading of another round."""
    text = [cell for cell in cells if cell]
    return len(text) == 1 and bool(
        text[0].startswith("#") or _ROUND_NAME.search(text[0]) or _FUNDER.match(text[0])
    )


def _read_row(section: _Section, cells: tuple[str, ...], row: Row, source: Source) -> None:
    header = section.header
    assert header is not None
    if _is_total(cells, header):
        _read_total(section, header, cells, source)
        return
    section.rows += 1
    texts = [text for text in cells if text]
    if len(texts) == 1:
        what = f"raden har bara en ifylld cell, {texts[0][:40]!r}, och togs inte med"
        section.problems.append(Problem(source.file, source.row, what, "rätta raden i filen"))
        return
    cell = {name: row.cells[at] for name, at in header.columns.items() if at < len(row.cells)}
    owner, title = html.line(cell.get("owner", "")), html.line(cell.get("title", ""))
    if not owner and not title:
        what = "raden har varken projektägare eller projektnamn och togs inte med"
        section.problems.append(Problem(source.file, source.row, what, "rätta raden i filen"))
        return
    _look_over(section, header, cells, source)
    description, motivation = html.split_motivation(html.blocks(cell.get("description", "")))
    amount, currency = _amount(section, header, cell.get("amount"), source)
    round_ = _round(section.title, header.funder, source.file)
    section.decisions.append(
        Decision(
            id=f"{slug(round_.name)}/{slug(title or owner)}",
            owner=owner,
            title=title,
            description=description,
            motivation=motivation + html.blocks(cell.get("motivation", "")),
            amount=amount,
            currency=currency,
            round=round_,
            source=source,
        )
    )


def _look_over(section: _Section, header: _Header, cells: tuple[str, ...], source: Source) -> None:
    """Notes what looks wrong in a row that is taken all the same."""
    mend = "beslutet är med; rätta raden i filen"
    for name, label in _NAMED.items():
        at = header.columns.get(name)
        if at is not None and not any(cells[at : at + 1]):
            section.problems.append(Problem(source.file, source.row, f"{label} saknas", mend))
    if any(cells[len(header.cells) :]):
        what = f"raden har {len(cells)} celler men rubrikraden {len(header.cells)}"
        section.problems.append(Problem(source.file, source.row, what, mend))


def _amount(
    section: _Section, header: _Header, cell: str | None, source: Source
) -> tuple[Decimal | None, str]:
    text = html.line(cell or "")
    try:
        amount = _money(text, header.unit)
        return amount.value, amount.currency
    except ValueError:
        if "amount" in header.columns:
            what = f"beloppet {text[:40]!r} kan inte tolkas" if text else "belopp saknas"
            mend = "beslutet är med utan belopp; skriv in beloppet i filen"
            section.problems.append(Problem(source.file, source.row, what, mend))
        return None, "SEK"


def _money(text: str, unit: str) -> Amount:
    """An amount in the unit that the header states, unless the cell states its own."""
    return parse_amount(f"{text} {unit}" if _BARE.fullmatch(text) else text)


def _is_total(cells: tuple[str, ...], header: _Header) -> bool:
    """Whether a row opens with the word for a total and names nothing beside it: there are owners
    and projects whose names begin with that word too."""
    named = [header.columns.get(name) for name in _NAMED]
    texts = [cell for at, cell in enumerate(cells) if cell and at != header.columns.get("amount")]
    beside = [cells[at] for at in named if at is not None and at < len(cells)]
    return bool(texts and _TOTAL.match(texts[0])) and all(
        text == texts[0] or _FIGURES.fullmatch(text) for text in beside
    )


def _read_total(section: _Section, header: _Header, cells: tuple[str, ...], source: Source) -> None:
    at = header.columns.get("amount", len(cells))
    label = " ".join(cell for cell in cells[:at] + cells[at + 1 :] if cell)
    if label.casefold().startswith("delsumma"):
        return
    text = "".join(cells[at : at + 1])
    count, total = _COUNT.search(label), None
    try:
        amount = _money(text, header.unit)
        total = amount.value if amount.currency == "SEK" else None
    except ValueError:
        if text:
            what = f"summaradens belopp {text[:40]!r} kan inte tolkas"
            mend = "skriv in beloppet i filen"
            section.problems.append(Problem(source.file, source.row, what, mend))
    number = int("".join(count[1].split())) if count else None
    section.declared = Declared(source.row, number, total)


def _declared_in_all(sections: list[_Section]) -> Declared | None:
    """What the one totals row claims, or one in each section together."""
    declared = [section.declared for section in sections if section.declared]
    if len(declared) < 2:
        return declared[0] if declared else None
    if any(section.rows and not section.declared for section in sections):
        return None
    counts = [one.count for one in declared if one.count is not None]
    sums = [one.sum for one in declared if one.sum is not None]
    return Declared(
        row=declared[-1].row,
        count=sum(counts) if len(counts) == len(declared) else None,
        sum=sum(sums, Decimal(0)) if len(sums) == len(declared) else None,
    )


def _tally(sections: list[_Section], decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    """Compares a single totals row with the whole file, several each with its own section."""
    totals = [(one.declared, one.decisions) for one in sections if one.declared]
    for declared, own in totals:
        yield from _compare(declared, decisions if len(totals) == 1 else own, file)


def _compare(declared: Declared, decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    total = granted(decisions)
    mend = "jämför raderna med originalet"
    if declared.count is not None and declared.count != len(decisions):
        what = f"summaraden anger {declared.count} projekt men {len(decisions)} lästes"
        yield Problem(file, declared.row, what, mend)
    if declared.sum is not None and declared.sum != total:
        stated, computed = format_amount(declared.sum), format_amount(total)
        what = f"summaraden anger {stated} men beloppen blir {computed}"
        yield Problem(file, declared.row, what, mend)


def _as_header(cells: tuple[str, ...]) -> _Header | None:
    """The columns of a header row: at least two known ones, an owner or a title among them."""
    named: dict[Column, _Name] = {}
    for at, cell in enumerate(cells):
        name = _name(cell, at)
        if name and (name.column not in named or name.distance < named[name.column].distance):
            named[name.column] = name
    if len(named) < 2 or not _NAMED.keys() & named.keys():
        return None
    sure = any(named[column].distance < _BEGINS for column in _NAMED if column in named)
    rest = named["amount"].rest if "amount" in named else ""
    unit, funder = _UNIT.search(rest), _UNIT.sub("", rest).strip(" ,()")
    return _Header(
        cells=cells,
        columns={column: name.at for column, name in named.items()},
        whole=sure and len(named) == sum(1 for cell in cells if cell),
        unit=unit["unit"] if unit else "",
        funder=funder if funder[:1].isupper() else None,
    )


_IS, _NEARLY_IS, _BEGINS = range(3)


@dataclass(frozen=True, slots=True)
class _Name:
    """A header that names a column: where, how far from the very word, and what it says beyond."""

    column: Column
    at: int
    distance: int
    rest: str = ""


def _name(cell: str, at: int) -> _Name | None:
    header = cell.casefold().strip(" :*")
    if not header or len(header) > _HEADER_CELL:
        return None
    for column, aliases in COLUMNS.items():
        if header in aliases:
            return _Name(column, at, _IS)
    for column, aliases in COLUMNS.items():
        for alias in aliases:
            if header.startswith(alias) and header[len(alias)] in " ,(/":
                return _Name(column, at, _BEGINS, cell.strip(" :*")[len(alias) :].strip(" ,/"))
    for column, aliases in COLUMNS.items():
        if difflib.get_close_matches(header, aliases, n=1, cutoff=_CLOSE):
            return _Name(column, at, _NEARLY_IS)
    return None


def _round(title: str, funder: str | None, file: str) -> Round:
    """The round from the heading of the table; without one the file's name stands in."""
    if not title:
        stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", file.rsplit("/", 1)[-1])
        return Round(stem, stem, funder)
    name = _ROUND_NAME.search(title)
    genitive = _FUNDER.match(title)
    return Round(
        title=title,
        name=name[1] if name else title,
        funder=funder or (genitive["genitive"] if genitive else None),
    )
