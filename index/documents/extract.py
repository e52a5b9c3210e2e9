"""Rows -> decisions: columns by their headers, HTML stripped, motivation split off, totals checked.

Whatever was left out or looks wrong becomes a `Problem`: nothing disappears in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from index.amount import UNSTATED, Amount, format_amount, parse_amount
from index.dates import parse_date
from index.decision import Block, Decision, Round, Source, granted
from index.documents import html
from index.documents.header import REGISTERED, Header, find_header, numbered
from index.documents.mapping import NOTHING, Column, Mapping
from index.documents.readers import Row, Table
from index.documents.report import Declared, TableCount
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits
from index.problem import Problem, quoted
from index.slug import slug

NO_DATE = "beslutet är med utan datum; skriv datumet som 2026-03-05"
"""What to do about a decision date that cannot be read."""
_NAMED: dict[Column, str] = {"owner": "projektägare", "title": "projektnamn"}
_TOTAL = re.compile(r"^(?:(?:total|slut|del)?summa|(?:sub|grand )?totalt?)\b", re.IGNORECASE)
_SUBTOTAL = re.compile(r"^(?:delsumma|subtotal)", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s.,:-]*(?:st|projekt|beslut|ansökningar|kr|kronor|\s)*", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<!\d)(\d{1,3}(?:\s\d{3})+|\d+)\s+(?:st\s+)?(?:projekt|beslut|ansökningar)\b", re.IGNORECASE
)
_BARE = re.compile(r"[\d\s.,'’()\u2212\u2013-]+")
_ONE_LINE = 200  # characters; longer cells are no labels
_ROUND_NAME = re.compile(r"(?:^|\s)([A-ZÅÄÖ][\w+-]*\s+\d{4}:\d+)\s*$")
_FUNDER = re.compile(r"^(?P<genitive>[A-ZÅÄÖ].*?)s beslut om ")
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,5})?\.gz$|\.[A-Za-z0-9]{1,5}$", re.IGNORECASE)
_WORDS = re.compile(r"[a-zåäöæøéü]+")
_SWEDISH = frozenset(
    ["och", "för", "att", "är", "från", "till", "som", "inom", "genom", "kommun", "kommuns",
     "kommunen", "länsstyrelsen", "förening", "föreningen", "projektet", "ska"]
)  # fmt: skip
_FOREIGN = frozenset(
    ["the", "of", "and", "und", "der", "die", "das", "og", "af", "et", "des", "les", "la", "di",
     "del", "i\u010d", "ja", "on", "limited", "ltd", "gmbh", "council", "university"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extract:
    """What one document gave. ``rows`` counts the rows below headers, totals rows left out."""

    decisions: tuple[Decision, ...]
    declared: Declared | None
    rows: int
    problems: tuple[Problem, ...]
    tables: tuple[TableCount, ...] = ()


@dataclass(slots=True)
class _Section:
    """A heading and the rows below it; a table has one, or one a round."""

    lead: list[str] = field(default_factory=list)
    header: Header | None = None
    header_at: Source | None = None
    opened: bool = False
    declared: Declared | None = None
    rows: int = 0
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The line that names the round or is marked as a heading; else the first one."""
        lines = [line for line in self.lead if line.strip("# ")]
        named = (line for line in lines if _is_title(line))
        return next(named, lines[0] if lines else "").strip("# ")


@dataclass(frozen=True, slots=True)
class _Document:
    """What is the same for all rows of a file."""

    file: str
    sha256: str
    read: str
    mapping: Mapping
    limits: ReadingLimits

    def source(self, table: Table, row: Row) -> Source:
        return Source(self.file, table.name, row.number, self.sha256, self.read)


def extract(
    tables: Iterable[Table],
    file: str,
    sha256: str,
    read: str,
    mapping: Mapping = NOTHING,
    limits: ReadingLimits = DEFAULTS,
) -> Extract:
    """The decisions in the tables of one file; raises `ReadError` when no table lists decisions.

    `read` is the time of reading, RFC 3339 in UTC.
    """
    document = _Document(file, sha256, read, mapping, limits)
    problems: list[Problem] = []
    sections: list[_Section] = []
    counts: list[TableCount] = []
    for table in _chosen(tables, mapping):
        counts.append(TableCount(table.name))
        _read_table(table, document, sections, counts[-1])
        if table.doubt:
            problems.append(Problem(file, None, table.doubt, table.remedy, table.name))
    found = [section for section in sections if section.opened]
    if not found:
        raise _no_list(mapping)
    decisions = _with_currency([one for section in found for one in section.decisions], mapping)
    problems += [problem for section in found for problem in section.problems]
    if not decisions:
        problems.append(Problem(file, None, "tabellen har inga beslut", "kontrollera filen"))
    elif _nameless(decisions):
        raise _no_list(mapping)
    problems += _currency_problem(decisions, file)
    problems += _tally(found, decisions, file)
    rows = sum(section.rows for section in found)
    return Extract(tuple(decisions), _declared_in_all(found), rows, tuple(problems), tuple(counts))


def _no_list(mapping: Mapping) -> ReadError:
    if mapping is not NOTHING:
        what = f"ingen tabell har de kolumner som {mapping.file} anger"
        return ReadError(what, f"jämför {mapping.file} med filens rubrikrad")
    return ReadError(
        "ingen tabell med projektägare och projektnamn hittades",
        "kontrollera att filen är en beslutslista och att tabellen har en rubrikrad",
    )


def _chosen(tables: Iterable[Table], mapping: Mapping) -> Iterator[Table]:
    """The sheets that the mapping names, all where it names none."""
    for number, table in enumerate(tables, start=1):
        if not mapping.sheets or table.name in mapping.sheets or number in mapping.sheets:
            yield table


def _nameless(decisions: Sequence[Decision]) -> bool:
    """Whether most rows have figures where names should be: a table of statistics."""
    unnamed = sum(not (_has_letters(one.owner) or _has_letters(one.title)) for one in decisions)
    return unnamed * 2 > len(decisions)


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _read_table(
    table: Table, document: _Document, sections: list[_Section], count: TableCount
) -> None:
    """Adds what a table holds to the section that it continues, or to new ones."""
    section = _section_of(table, sections)
    above: tuple[str, ...] | None = None  # the header, in the row right below it
    if document.mapping.header == 0 and table.rows and section.header is None:
        width = max(len(row.cells) for row in table.rows)
        _start_table(
            section, numbered(document.mapping, width), document.source(table, table.rows[0])
        )
    for row in table.rows:
        cells = tuple(
            html.line(cell) if len(cell) <= _ONE_LINE else cell.strip() for cell in row.cells
        )
        if document.mapping.last and row.number > document.mapping.last:
            break
        source = document.source(table, row)
        header, above = above, None
        if header and _is_second_header(cells, section.header):
            pairs = zip(header, row.cells, strict=True)
            both = [f"{one} {two}" if one != two else one for one, two in pairs]
            section.header = find_header(both, document.mapping) or section.header
        elif opened := _opens_table(row, cells, section, document.mapping):
            _start_table(section, opened, source)
            above = row.cells
        elif section.header is None:
            section.lead.append(" ".join(cell for cell in cells if cell))
        elif _is_heading(cells):
            new = _Section(lead=[*filter(None, cells)], header=section.header, opened=True)
            if new.title != section.title:  # else it is repeated at a page break
                sections.append(section := new)
        elif any(cells):
            before = section.rows, len(section.decisions)
            _read_row(section, cells, row, source, document)
            count.rows += section.rows - before[0]
            count.decisions += len(section.decisions) - before[1]


def _section_of(table: Table, sections: list[_Section]) -> _Section:
    """The section that a table's first rows belong to: that of the table before it, where it goes
    on below the same heading, with the header of that one where it is as wide."""
    new = _Section(lead=[*table.heading])
    last = sections[-1] if sections else None
    same = last is not None and last.opened and new.title in ("", last.title)
    if last is None or not (same and (table.continues or new.title)):
        sections.append(new)
        return new
    width = max((len(row.cells) for row in table.rows), default=0)
    if not (table.continues and last.header and width == len(last.header.cells) > 1):
        last.header = None
    return last


def _opens_table(
    row: Row, cells: tuple[str, ...], section: _Section, mapping: Mapping
) -> Header | None:
    """The header that a row is: the one that is awaited, that one repeated, or one that can be
    nothing else."""
    header = section.header
    if header is not None:
        if cells == header.cells:
            return header
        if mapping.header is not None or not _may_open(cells):
            return None
        found = find_header(row.cells, mapping)
        return found if found and found.whole else None
    if mapping.header is None and not _numbers_alone(mapping):
        return find_header(row.cells, mapping)
    return find_header(row.cells, mapping, True) if row.number >= (mapping.header or 1) else None


def _numbers_alone(mapping: Mapping) -> bool:
    places = [place for place in mapping.columns.values() if place is not False]
    return bool(places) and all(isinstance(place, int) for place in places)


def _may_open(cells: tuple[str, ...]) -> bool:
    """Whether it is worth looking for a header among rows of decisions: those have long cells and
    figures."""
    return not any(len(cell) > 100 or cell[:1].isdigit() for cell in cells)


def _is_second_header(cells: tuple[str, ...], header: Header | None) -> bool:
    """Whether the row below a header goes on with it, as where cells above it are merged: nothing
    stands below the names of owner and title, or they stand there again."""
    if header is None or cells == header.cells:
        return False
    at = [at for name, at in header.columns.items() if name in _NAMED and at < len(cells)]
    others = [cell for cell in cells if cell]
    return (
        len(cells) == len(header.cells)
        and all(cells[one] in ("", header.cells[one]) for one in at)
        and any(cell not in header.cells for cell in others)
        and not any(cell[:1].isdigit() or len(cell) > 100 for cell in others)
        and len(others) > 1
    )


def _start_table(section: _Section, header: Header, source: Source) -> None:
    if not section.opened:
        section.header_at = source
    section.header, section.opened = header, True


def _note_missing_column(section: _Section, header: Header) -> None:
    """Notes once, below the whole of the header, that amounts have no column."""
    if section.header_at and "amount" not in header.columns:
        what = "tabellen har ingen kolumn för belopp"
        remedy = "besluten är med utan belopp; kontrollera rubrikraden"
        section.problems.append(_problem(section.header_at, what, remedy))
    section.header_at = None


def _problem(source: Source, what: str, remedy: str) -> Problem:
    return Problem(source.file, source.row, what, remedy, source.table)


def _is_title(line: str) -> bool:
    return bool(line.startswith("#") or _ROUND_NAME.search(line) or _FUNDER.match(line))


def _is_heading(cells: tuple[str, ...]) -> bool:
    """Whether a row between rows of decisions is the heading of another round."""
    text = [cell for cell in cells if cell]
    return len(text) == 1 and _is_title(text[0])


def _read_row(
    section: _Section, cells: tuple[str, ...], row: Row, source: Source, document: _Document
) -> None:
    header = section.header
    assert header is not None
    _note_missing_column(section, header)
    if _is_total(cells, header):
        _read_total(section, header, cells, source, document.mapping)
        return
    section.rows += 1
    cell = {name: row.cells[at] for name, at in header.columns.items() if at < len(row.cells)}
    owner, title = html.line(cell.get("owner", "")), html.line(cell.get("title", ""))
    fault = _fault(cells, cell, owner, title) or _too_long(cells, document.limits)
    if fault:
        section.problems.append(
            _problem(source, f"{fault} och togs inte med", "rätta raden i filen")
        )
        return
    _look_over(section, header, cells, source)
    description, motivation = html.split_motivation(html.blocks(cell.get("description", "")))
    amount, currency = _amount(section, header, row, source, document.mapping)
    round_ = _mapped_round(round_of(section.title, header.funder, source.file), document.mapping)
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
            case_number=case_number_of(cell.get("case_number", "")),
            decision_date=_date(section, cell.get("decision_date", ""), source),
        )
    )


def _fault(cells: tuple[str, ...], cell: dict[Column, str], owner: str, title: str) -> str:
    """Why a row is no decision; empty where it is one."""
    texts = [text for text in cells if text]
    if len(texts) == 1:
        return f"raden har bara en ifylld cell, {quoted(texts[0])},"
    if not owner and not title:
        return "raden har varken projektägare eller projektnamn"
    others = [text for name, text in cell.items() if name not in (*_NAMED, *REGISTERED)]
    named = _has_letters(owner) and _has_letters(title)
    if owner and title and others and not named and not any(text.strip() for text in others):
        return f"raden ser inte ut som ett beslut, {quoted(' '.join((owner, title)))},"
    return ""


def case_number_of(text: str) -> str | None:
    """The case number in a cell; a dash or the like is none."""
    number = html.line(text)
    return number if any(char.isalnum() for char in number) else None


def date_of(text: str) -> tuple[date | None, str | None]:
    """The decision date in a cell, None where it is empty; and what is wrong with it."""
    text = html.line(text)
    if not any(char.isalnum() for char in text):
        return None, None
    try:
        return parse_date(text), None
    except ValueError:
        return None, f"beslutsdatumet {quoted(text)} är inget entydigt datum"


def _date(section: _Section, text: str, source: Source) -> date | None:
    found, fault = date_of(text)
    if fault:
        section.problems.append(_problem(source, fault, NO_DATE))
    return found


def _too_long(cells: tuple[str, ...], limits: ReadingLimits) -> str:
    long = sum(map(len, cells)) > limits.decision_kilobytes * 1024
    return f"raden har mer än {limits.decision_kilobytes} kB text" if long else ""


def _look_over(section: _Section, header: Header, cells: tuple[str, ...], source: Source) -> None:
    """Notes what looks wrong in a row that is taken all the same."""
    remedy = "beslutet är med; rätta raden i filen"
    for name, label in _NAMED.items():
        at = header.columns.get(name)
        if at is not None and not any(cells[at : at + 1]):
            section.problems.append(_problem(source, f"{label} saknas", remedy))
    if any(cells[len(header.cells) :]):
        what = f"raden har {len(cells)} celler men rubrikraden {len(header.cells)}"
        section.problems.append(_problem(source, what, remedy))


def _amount(
    section: _Section, header: Header, row: Row, source: Source, mapping: Mapping
) -> tuple[Decimal | None, str]:
    at = header.columns.get("amount", len(row.cells))
    text = html.line("".join(row.cells[at : at + 1]))
    unstated = mapping.currency or ("SEK" if header.kronor else UNSTATED)
    if at in row.spanned and text:
        what = f"beloppet {quoted(text)} är gemensamt med raden ovanför"
        remedy = "beslutet är med utan belopp; skriv in vars och ens belopp i filen"
        section.problems.append(_problem(source, what, remedy))
        return None, unstated
    try:
        amount = _money(text, header, mapping)
        return amount.value, amount.currency
    except ValueError:
        if "amount" in header.columns:
            what = f"beloppet {quoted(text)} kan inte tolkas" if text else "belopp saknas"
            remedy = "beslutet är med utan belopp; skriv in beloppet i filen"
            section.problems.append(_problem(source, what, remedy))
        return None, unstated


def _money(text: str, header: Header, mapping: Mapping) -> Amount:
    """An amount in the unit that the header states, unless the cell states its own. Crowns are
    those of the country that the mapping names."""
    bare = _BARE.fullmatch(text)
    amount = parse_amount(f"{text} {header.unit}" if bare else text)
    if amount.currency != "SEK" or "sek" in (text + header.unit).casefold():
        return amount
    if mapping.currency:
        return replace(amount, currency=mapping.currency)
    stated = header.kronor or not bare or header.unit
    return amount if stated else replace(amount, currency=UNSTATED)


def _with_currency(decisions: list[Decision], mapping: Mapping) -> list[Decision]:
    """Amounts whose currency nothing states are in SEK where the list is in Swedish."""
    unstated = any(one.currency == UNSTATED for one in decisions)
    if not unstated or not (mapping.language == "sv" or _is_swedish(decisions)):
        return decisions
    return [replace(one, currency="SEK") if one.currency == UNSTATED else one for one in decisions]


def _is_swedish(decisions: Sequence[Decision]) -> bool:
    swedish = foreign = 0
    for one in decisions[:1000]:
        blocks = (Block("paragraph", one.owner), Block("paragraph", one.title), *one.description)
        for block in blocks:
            words = _WORDS.findall(block.text[:2000].casefold())
            swedish += sum(word in _SWEDISH for word in words)
            foreign += sum(word in _FOREIGN for word in words)
    return swedish > foreign


def _currency_problem(decisions: Sequence[Decision], file: str) -> Iterator[Problem]:
    count = sum(one.currency == UNSTATED and one.amount is not None for one in decisions)
    if count:
        what = f"valutan anges inte för {count} belopp, som inte räknas i summan"
        yield Problem(file, None, what, f"ange currency i en fil {file.rsplit('/', 1)[-1]}.toml")


def _is_total(cells: tuple[str, ...], header: Header) -> bool:
    """Whether a row opens with the word for a total and names nothing beside it: there are owners
    and projects whose names begin with that word too."""
    owner, title = (
        cells[at] if (at := header.columns.get(name)) is not None and at < len(cells) else None
        for name in ("owner", "title")
    )
    texts = [cell for at, cell in enumerate(cells) if cell and at != header.columns.get("amount")]
    if owner == "" and title and _TOTAL.match(title):
        return True
    return bool(texts and _TOTAL.match(texts[0])) and all(
        text is None or text == texts[0] or _FIGURES.fullmatch(text) for text in (owner, title)
    )


def _read_total(
    section: _Section, header: Header, cells: tuple[str, ...], source: Source, mapping: Mapping
) -> None:
    at = header.columns.get("amount", len(cells))
    label = " ".join(cell for cell in cells[:at] + cells[at + 1 :] if cell)
    if _SUBTOTAL.match(label):
        return
    text = "".join(cells[at : at + 1])
    count, total = _COUNT.search(label), None
    try:
        amount = _money(text, header, mapping)
        total = amount.value if amount.currency == "SEK" else None
    except ValueError:
        if text:
            what = f"summaradens belopp {quoted(text)} kan inte tolkas"
            section.problems.append(_problem(source, what, "skriv in beloppet i filen"))
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
    remedy = "jämför raderna med originalet"
    if declared.count is not None and declared.count != len(decisions):
        what = f"summaraden anger {declared.count} projekt men {len(decisions)} lästes"
        yield Problem(file, declared.row, what, remedy)
    if declared.sum is not None and declared.sum != total:
        stated, computed = format_amount(declared.sum), format_amount(total)
        what = f"summaraden anger {stated} men beloppen blir {computed}"
        yield Problem(file, declared.row, what, remedy)


def round_of(title: str, funder: str | None, file: str) -> Round:
    """The round from the heading of the table; without one the file's name stands in."""
    if not title:
        stem = _SUFFIX.sub("", file.rsplit("/", 1)[-1])
        return Round(stem, stem, funder)
    name = _ROUND_NAME.search(title)
    genitive = _FUNDER.match(title)
    return Round(
        title=title,
        name=name[1] if name else title,
        funder=funder or (genitive["genitive"] if genitive else None),
    )


def _mapped_round(round_: Round, mapping: Mapping) -> Round:
    title = mapping.round_title or mapping.round or round_.title
    named = round_of(title, None, "") if mapping.round_title else None
    name = mapping.round or (named.name if named else round_.name)
    return Round(title, name, mapping.funder or round_.funder or (named.funder if named else None))
