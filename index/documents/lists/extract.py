"""Which decisions do the tables of a file hold?

Whatever was left out or looks wrong becomes a `Problem`: nothing disappears in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from index.amount import Amount, parse_amount
from index.decision import Decision, Source, granted
from index.documents.columns.header import (
    NAMED,
    Header,
    check_mapping,
    doubts,
    find_header,
    may_be_header,
    members_header,
    no_header,
    numbered,
)  # fmt: skip
from index.documents.columns.mapping import NOTHING, Mapping
from index.documents.columns.recognition import is_figure, stated_unit, two_level
from index.documents.document import (
    Document,
    is_title,
    left_out,
    mapped_round,
    problem_at,
    round_of,
    toml_of,
)  # fmt: skip
from index.documents.html import NO_CELL, Cell, labels
from index.documents.lists.money import currency_problem, with_currency
from index.documents.lists.rows import NO_OWNER, HeadedRow, has_letters, read_row
from index.documents.lists.totals import declared_in_all, is_total, read_total, tally
from index.documents.readers.table import Row, Table
from index.documents.report import Declared, TableReport
from index.documents.status import Statuses, is_refusal, lists_both, lists_refusals
from index.errors import ReadError
from index.problem import Problem, listed, quoted

_LONGEST_NAME = 100  # characters; a row with a longer cell is one of decisions
_SEVERAL = 3  # rows with the same fault that are told together
_TABLE_COLUMNS = 3  # filled cells that make a row look like one of a table


@dataclass(frozen=True, slots=True)
class Extract:
    """What one document gave. ``rows`` counts the rows below headers, totals rows left out."""

    decisions: tuple[Decision, ...]
    declared: Declared | None
    rows: int
    problems: tuple[Problem, ...]
    tables: tuple[TableReport, ...] = ()


@dataclass(slots=True)
class _Section:
    """A heading and the rows below it; a table has one, or one a round.

    ``lead`` are the lines above the table; ``opened``: it has a header. ``header_at`` is where that
    stands, until the row below it is read. ``ownerless`` are the rows without an owner, ``group``
    the decisions since the last row that was their sum.
    """

    lead: list[str] = field(default_factory=list)
    header: Header | None = None
    header_at: Source | None = None
    opened: bool = False
    declared: Declared | None = None
    rows: int = 0
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ownerless: list[Problem] = field(default_factory=list)
    group: list[Decision] = field(default_factory=list)
    statuses: Statuses = field(default_factory=Statuses)

    @property
    def title(self) -> str:
        """The line that names the round or is marked as a heading; else the first one."""
        lines = [line for line in self.lead if line.strip("# ")]
        named = (line for line in lines if is_title(line))
        return next(named, lines[0] if lines else "").strip("# ")

    def in_currency(self, mapping: Mapping) -> Sequence[Decision]:
        """The decisions, those in kronor where the list is in Swedish."""
        return with_currency(self.decisions, mapping, self.header.language if self.header else None)

    def told(self, document: Document) -> list[Problem]:
        """What looks wrong in it, and what was left out for its status."""
        kept = document.limits.refused
        problems = [*self.problems, *self.lacking_owners()]
        return [*problems, *self.statuses.problems(document.file, toml_of(document), kept)]

    def open(self, header: Header, source: Source) -> None:
        """The table begins, or begins again on a new page."""
        if not self.opened:
            self.header_at = source
        self.header, self.opened = header, True

    def take_unit(self) -> None:
        """A line above the table may say in which unit the amounts are, where their header does
        not."""
        header, source = self.header, self.header_at
        stated = [(stated_unit(line), line) for line in self.lead]
        unit, line = next(filter(lambda one: one[0], stated), ("", ""))
        if header and source and unit and "amount" in header.columns and not header.unit:
            self.header = replace(header, unit=unit)
            if parse_amount(f"1 {unit}") == Amount(Decimal(1), "SEK"):
                return
            what = f"beloppen lästes i {unit}, som det står ovanför tabellen ({quoted(line)})"
            remedy = "kontrollera något av dem; annars skriv enheten i beloppens rubrik"
            self.problems.append(problem_at(source, what, remedy))

    def take(self, row: HeadedRow, document: Document, count: TableReport) -> None:
        """Reads one row below the header."""
        headings = (count.name or "", self.title or Path(document.file).stem)
        if self.header_at:
            self.problems += _doubts(row.header, self.header_at, document, headings)
        self.header_at = None
        if is_total(row):
            declared, problems = read_total(row, document.mapping)
            self.declared = declared or self.declared
            self.problems += problems
            return
        self.rows += 1
        count.rows += 1
        refusals = next(filter(lists_refusals, headings), "")
        keep = self.statuses.keeps(_status(row), row.source, refusals)
        if "status" not in row.columns:
            used = {at for places in row.header.columns.values() for at in places}
            for at, (heading, text) in enumerate(zip(row.header.cells, row.labels, strict=False)):
                if text and at not in used:
                    self.statuses.notice(heading, text, row.source)
        if keep or document.limits.refused:
            round_ = round_of(self.title, row.header.funder, document.file)
            decision, problems = read_row(row, mapped_round(round_, document.mapping), document)
            if decision and self.is_sum(row, decision):
                what = f"raden {quoted(decision.owner or decision.title)} är summan av dem ovanför"
                remedy = "det är som det ska; fyll i raden om den är ett beslut"
                self.problems.append(left_out(row.source, what, remedy, lost=False))
                return
            self.ownerless += [one for one in problems if one.what == NO_OWNER]
            self.problems += [one for one in problems if one.what != NO_OWNER]
            if decision:
                self.statuses.weigh(decision.amount, _status(row), row.source)
                self.decisions.append(decision)
                self.group.append(decision)
                count.decisions += 1

    def is_sum(self, row: HeadedRow, decision: Decision) -> bool:
        """Whether a row says only one name, in its first cell, and the sum of the rows since the
        last one of its kind, or since the first row: *Idrott totalt*."""
        alone = row.labels[0] and sum(map(bool, row.labels)) == 2
        if not (alone and decision.amount and all(name in row.header.columns for name in NAMED)):
            return False
        for above in (self.group, self.decisions):
            whole = len(above) > 1 and all(one.owner and one.title for one in reversed(above))
            if whole and granted(above) == decision.amount:
                self.group = []
                return True
        return False

    def lacking_owners(self) -> list[Problem]:
        """The rows without an owner, as one where they are many: it may stand in a row above, but
        may as well be left out, as the names of persons are."""
        if len(self.ownerless) < _SEVERAL:
            return self.ownerless
        first = self.ownerless[0]
        what = f"{NO_OWNER} i {len(self.ownerless)} rader (t.ex. rad {first.row})"
        remedy = (
            "besluten är med utan; gäller den som står i en rad ovanför, fyll i den i varje rad"
        )
        return [replace(first, what=what, remedy=remedy)]


def extract(tables: Iterable[Table], document: Document) -> Extract:
    """The decisions in the tables of one file; raises `ReadError` when no table lists decisions."""
    file, mapping = document.file, document.mapping
    problems: list[Problem] = []
    started: list[_Section] = []
    chosen = _chosen(list(tables), document)
    counts: list[TableReport] = []
    unread: list[tuple[Table, list[Row]]] = []
    for table in chosen:
        count, left = _read_table(table, document, started)
        counts.append(count)
        if left and not count.columns:
            count.rows = len(left)
            unread.append((table, left))
        if table.doubt:
            problems.append(Problem(file, None, table.doubt, table.remedy, table.name))
        problems += [
            Problem(file, row.number, row.doubt, "rätta raden i filen", table.name)
            for row in table.rows
            if row.doubt
        ]
    sections = [section for section in started if section.opened]
    check_mapping([section.header for section in sections if section.header], mapping)
    decisions = [decision for section in sections for decision in section.in_currency(mapping)]
    if not sections or (decisions and _are_nameless(decisions)):
        raise _no_list(chosen, document)
    problems += [problem for section in sections for problem in section.told(document)]
    problems += [_unread(table, rows, document) for table, rows in unread]
    if not decisions:
        problems.append(Problem(file, None, "tabellen har inga beslut", "kontrollera filen"))
    problems += currency_problem(decisions, file)
    problems += tally([(part.declared, part.decisions) for part in sections], decisions, file)
    declared = declared_in_all([part.declared for part in sections if part.rows or part.declared])
    rows = sum(section.rows for section in sections)
    rows += sum(len(left) for _, left in unread)
    return Extract(tuple(decisions), declared, rows, tuple(problems), tuple(counts))


def _chosen(tables: Sequence[Table], document: Document) -> list[Table]:
    """The tables that the TOML file names, all where it names none; raises `ReadError`."""
    mapping = document.mapping
    if not mapping.sheets:
        return list(tables)
    there = [table.name or str(number) for number, table in enumerate(tables, start=1)]
    for sheet in mapping.sheets:
        if sheet not in there and not (isinstance(sheet, int) and sheet <= len(tables)):
            what = f"{mapping.file}: sheet {quoted(str(sheet))} finns inte i filen"
            raise ReadError(what, f"ange ett av bladen {listed(map(quoted, there))}")
    return [
        table
        for number, table in enumerate(tables, start=1)
        if {table.name, number}.intersection(mapping.sheets)
    ]


def _doubts(
    header: Header, source: Source, document: Document, headings: Sequence[str]
) -> Iterator[Problem]:
    """What the header of a table leaves uncertain, said where it stands."""
    toml = toml_of(document)
    both = next(filter(lists_both, headings), "")
    if both and "status" not in header.columns:
        what = (
            f"listan har både beviljat och avslag ({quoted(both)}), men ingen kolumn säger vilket"
        )
        yield problem_at(source, what, f"ta bort avslagen, eller ange status i {toml}")
    called = (*headings, Path(document.file).stem)
    yield from (problem_at(source, *told) for told in doubts(header, called, toml))
    for column, name in NAMED.items():
        if column not in header.columns and column not in document.mapping.columns:
            what = f"tabellen har ingen kolumn för {name}"
            remedy = f"besluten är med utan; finns den under annat namn, ange {column} i {toml}"
            yield problem_at(source, what, remedy)


def _unread(table: Table, rows: Sequence[Row], document: Document) -> Problem:
    """A table below no header that is known, and how many rows it has: a loss where they look like
    those of a table."""
    headers, why = no_header([labels(map(Cell, row.cells)) for row in rows])
    wide = sum(sum(map(bool, row.cells)) >= _TABLE_COLUMNS for row in rows)
    count = f"{len(rows)} {'rad' if len(rows) == 1 else 'rader'} lästes inte"
    seen = f"; kolumnerna är {listed(map(quoted, headers))}" if headers else ""
    remedy = f"är det beslut, ange kolumnerna i {toml_of(document)}; annars ange sheet där"
    return Problem(
        document.file,
        rows[0].number,
        f"{count}: {why}{seen}",
        remedy,
        table.name,
        left_out=len(rows),
        lost=wide * 2 > len(rows) > 1,
    )


def _no_list(tables: Sequence[Table], document: Document) -> ReadError:
    """Why there are no decisions, with the columns that were seen and what to do."""
    mapping, toml = document.mapping, toml_of(document)
    fullest = max(tables, key=lambda table: len(table.rows), default=None)
    rows = fullest.rows if fullest else ()
    headers, why = no_header([labels(map(Cell, row.cells)) for row in rows])
    seen = f"; kolumnerna är {listed(map(quoted, headers))}" if headers else ""
    if mapping is not NOTHING:
        if headers:  # most often a name is misspelt
            check_mapping([members_header(headers, mapping)], mapping)
        what = f"ingen tabell har de kolumner som {mapping.file} anger{seen}"
        return ReadError(what, f"rätta {mapping.file}", headers)
    what = "ingen tabell med projektägare och projektnamn hittades"
    if not headers:
        remedy = "kontrollera att filen är en beslutslista och att tabellen har en rubrikrad"
        return ReadError(what, remedy)
    remedy = f"är det beslut, ange i {toml} vilka kolumner som är owner, title och amount"
    command = "`beslut index --check --write-toml` skriver en mall"
    return ReadError(f"{what}: {why}{seen}", f"{remedy}; {command}", headers)


def _are_nameless(decisions: Sequence[Decision]) -> bool:
    """Whether most rows have figures where names should be: a table of statistics."""
    named = sum(has_letters(decision.owner + decision.title) for decision in decisions)
    return named * 2 < len(decisions)


def _read_table(
    table: Table, document: Document, sections: list[_Section]
) -> tuple[TableReport, list[Row]]:
    """Adds what a table holds to the section that it continues, or to new ones. Returns what it
    held, and its rows where no header is above them."""
    count = TableReport(table.name)
    mapping = document.mapping
    section = _section_of(table, sections)
    above: tuple[Cell, ...] = ()  # the header, in the row right below it
    lead: list[Row] = []
    if mapping.header == 0 and table.rows and section.header is None:
        first = document.source(table.rows[0].number, table.name)
        section.open(numbered(mapping, _width(table)), first)
    for row in table.rows:
        if mapping.last and row.number > mapping.last:
            break
        cells = tuple(map(Cell, row.cells))
        texts = labels(cells)
        filled = [text for text in texts if text]
        source = document.source(row.number, table.name)
        upper, above = above, ()
        if upper and _is_second_header(texts, section.header):
            above = tuple(_merged(upper, cells))
            section.header = find_header(above, mapping) or section.header
        elif opened := _opens_table(row.number, cells, section.header, mapping):
            section.open(_grouped(opened, lead, cells, mapping), source)
            section.take_unit()
            above, lead = cells, []
        elif (header := section.header) is None:
            section.lead.append(" ".join(filled))
            lead.append(row)
        elif len(filled) == 1 and is_title(filled[0]):
            new = _Section(lead=filled, header=header, opened=True)
            if new.title != section.title:  # else it is repeated at a page break
                sections.append(section := new)
        elif filled:
            section.take(HeadedRow(cells, row.spanned, header, source), document, count)
    if section.header:
        count.columns, count.unused = section.header.used, section.header.unused
        count.unit = section.header.unit
    return count, lead


def _width(table: Table) -> int:
    return max((len(row.cells) for row in table.rows), default=0)


def _section_of(table: Table, sections: list[_Section]) -> _Section:
    """The section that a table's first rows belong to: that of the table before it, where it goes
    on below the same heading, with the header of that one where it is as wide."""
    new = _Section(lead=[*table.heading])
    last = sections[-1] if sections else None
    same = last is not None and last.opened and new.title in ("", last.title)
    if last is None or not (same and (table.continues or new.title)):
        sections.append(new)
        return new
    # Tables of one column are mostly frames around text, so that their width says nothing.
    if not (table.continues and last.header and _width(table) == len(last.header.cells) > 1):
        last.header = None
    return last


def _opens_table(
    number: int, cells: tuple[Cell, ...], header: Header | None, mapping: Mapping
) -> Header | None:
    """The header that a row is: the one that is awaited, that one repeated, or one that can be
    nothing else."""
    if header is not None:
        texts = labels(cells)
        if texts == header.cells:
            return header
        # Rows of decisions have figures, long cells and names of their own.
        if mapping.header is not None or any(map(_is_no_name, texts)):
            return None
        if not mapping.columns and not all(map(may_be_header, filter(None, texts))):
            return None
        other = find_header(cells, mapping)
        return other if other and other.whole else None
    if mapping.header is None and not _numbers_alone(mapping):
        return find_header(cells, mapping)
    return find_header(cells, mapping, certain=True) if number >= (mapping.header or 1) else None


def _numbers_alone(mapping: Mapping) -> bool:
    places = [place for places in mapping.columns.values() for place in places]
    return bool(places) and all(isinstance(place, int) for place in places)


def _is_no_name(text: str) -> bool:
    return is_figure(text) or len(text) > _LONGEST_NAME


def _is_second_header(texts: tuple[str, ...], header: Header | None) -> bool:
    """Whether the row below a header goes on with it, as where cells above it are merged: nothing
    stands below the names of owner and title, or they stand there again."""
    if header is None or texts == header.cells:
        return False
    named = [at for name in NAMED for at in header.columns.get(name, ()) if at < len(texts)]
    filled = [text for text in texts if text]
    return (
        len(texts) == len(header.cells)
        and all(texts[at] in ("", header.cells[at]) for at in named)
        and any(text not in header.cells for text in filled)
        and not any(_is_no_name(text) for text in filled)
        and len(filled) > 1
    )


def _merged(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Two rows of a header as one. A cell above several stands in the first of their columns."""
    merged, around = [], NO_CELL
    for at, below in enumerate(lower):
        top = upper[at] if at < len(upper) else NO_CELL
        carried = not top.line and bool(below.line)
        if top.line:
            around = top if below.line else NO_CELL
        elif carried:
            top = around
        merged.append(Cell(two_level(top.raw, below.raw, carried)))
    return merged


def _grouped(
    header: Header, upper: Sequence[Row], lower: Sequence[Cell], mapping: Mapping
) -> Header:
    """The header, where the row above it says what some of its columns are of: *Sökt* above
    *Totalt*. A title begins where the table does."""
    groups = tuple(map(Cell, upper[-1].cells)) if upper else ()
    named = {at for name in NAMED for at in header.columns.get(name, ())}
    filled = [at for at, cell in enumerate(groups) if cell.line]
    if not filled or filled[0] <= min(named, default=0) or named.intersection(filled):
        return header
    found = find_header(_merged(groups, lower), mapping)
    return found if found and _named(found) == _named(header) else header


def _status(row: HeadedRow) -> str:
    """What a row says of whether it was granted; some say *Avslag* where the amount would be."""
    amount = row["amount"].label
    return row["status"].line or (amount if is_refusal(amount) else "")


def _named(header: Header) -> list[tuple[int, ...] | None]:
    return [header.columns.get(name) for name in NAMED]
