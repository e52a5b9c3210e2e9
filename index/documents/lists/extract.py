"""Which decisions do the tables of a file hold?

Whatever was left out or looks wrong becomes a `Problem`: nothing disappears in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.decision import Decision
from index.documents.columns.header import (
    check_mapping,
    find_header,
    members_header,
    no_header,
    numbered,
)  # fmt: skip
from index.documents.columns.mapping import NOTHING
from index.documents.document import (
    Document,
    is_title,
    toml_of,
    unknown_place,
    unknown_places,
)  # fmt: skip
from index.documents.html import Cell, labels
from index.documents.lists.heading import header_in, in_one, is_second_row, with_groups
from index.documents.lists.money import currency_problem
from index.documents.lists.rows import HeadedRow, has_letters
from index.documents.lists.section import Section
from index.documents.lists.totals import declared_in_all, tally
from index.documents.readers.table import Row, Table
from index.documents.report import Declared, TableReport
from index.errors import ReadError
from index.problem import Problem, listed, quoted

_TABLE_COLUMNS = 3  # filled cells that make a row look like one of a table


@dataclass(frozen=True, slots=True)
class Extract:
    """What one document gave. ``rows`` counts the rows below headers, totals rows left out."""

    decisions: tuple[Decision, ...]
    declared: Declared | None
    rows: int
    problems: tuple[Problem, ...]
    tables: tuple[TableReport, ...] = ()


def extract(tables: Iterable[Table], document: Document) -> Extract:
    """The decisions in the tables of one file; raises `ReadError` when no table lists decisions."""
    file, mapping = document.file, document.mapping
    problems: list[Problem] = []
    started: list[Section] = []
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
    problems += unknown_places([unknown_place(one) for one in decisions], document)
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


def _unread(table: Table, rows: Sequence[Row], document: Document) -> Problem:
    """A table below no header that is known, and how many rows it has: a loss where they look like
    those of a table."""
    _, why, seen = _headers_of(rows)
    wide = sum(sum(map(bool, row.cells)) >= _TABLE_COLUMNS for row in rows)
    count = f"{len(rows)} {'rad' if len(rows) == 1 else 'rader'} lästes inte"
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
    headers, why, seen = _headers_of(fullest.rows if fullest else ())
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


def _headers_of(rows: Sequence[Row]) -> tuple[tuple[str, ...], str, str]:
    """What seem to be the headers of rows, why they are of no list of decisions, and a clause that
    names them."""
    headers, why = no_header([labels(map(Cell, row.cells)) for row in rows])
    return headers, why, f"; kolumnerna är {listed(map(quoted, headers))}" if headers else ""


def _are_nameless(decisions: Sequence[Decision]) -> bool:
    """Whether most rows have figures where names should be: a table of statistics."""
    named = sum(has_letters(decision.owner + decision.title) for decision in decisions)
    return named * 2 < len(decisions)


def _read_table(
    table: Table, document: Document, sections: list[Section]
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
        if upper and is_second_row(texts, section.header):
            above = tuple(in_one(upper, cells))
            section.header = find_header(above, mapping) or section.header
        elif opened := header_in(row.number, cells, section.header, mapping):
            section.open(with_groups(opened, lead, cells, mapping), source)
            section.take_unit()
            above, lead = cells, []
        elif (header := section.header) is None:
            section.lead.append(" ".join(filled))
            lead.append(row)
        elif len(filled) == 1 and is_title(filled[0]):
            new = Section(lead=filled, header=header, opened=True)
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


def _section_of(table: Table, sections: list[Section]) -> Section:
    """The section that a table's first rows belong to: that of the table before it, where it goes
    on below the same heading, with the header of that one where it is as wide."""
    new = Section(lead=[*table.heading])
    last = sections[-1] if sections else None
    same = last is not None and last.opened and new.title in ("", last.title)
    if last is None or not (same and (table.continues or new.title)):
        sections.append(new)
        return new
    # Tables of one column are mostly frames around text, so that their width says nothing.
    if not (table.continues and last.header and _width(table) == len(last.header.cells) > 1):
        last.header = None
    return last
