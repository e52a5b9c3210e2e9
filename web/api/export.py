"""A whole set as a file: JSON Lines, CSV, XLSX. Made a decision at a time, without a cut-off.

Spreadsheet programs run a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula. In the
CSV for them such a cell gets an apostrophe in front; in XLSX all text is stored as text, which is
never run. JSON Lines and the CSV for programs have every text as it is. Whatever is exported can be
imported again: see `index.export_table`.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import xlsxwriter

from index.decision import Decision, plain_text
from index.export_table import CUT, HEADINGS, harmless, kinds
from search.dimensions import BY_NAME, DIMENSIONS, VALUES, Dimension, value_of
from search.request import SearchRequest
from search.result import WholeSet
from web import formats, labels, urls
from web.api import bodies
from web.messages import note

FORMS = {
    "jsonl": ("JSON Lines", "application/jsonl"),
    "csv": ("CSV", "text/csv"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""Name and media type of each form, by suffix."""
PARAMETERS = tuple(name for name in urls.PARAMETERS if name not in ("page", "limit"))
"""The URL parameters that say which set, and its order."""
_CHUNK = 64 * 1024  # bytes, or thereabouts
_LONGEST_CELL = 32_767  # characters, Excel's own limit
_CELL_BYTES = 2 * _LONGEST_CELL
_MOST_ROWS = 1_048_575  # below the heading, Excel's own limit

Value = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: the API's name, width in characters, value."""

    name: str
    width: int
    value: Callable[[Decision], Value]

    @property
    def heading(self) -> str:
        """What it is called in Swedish."""
        return HEADINGS[self.name]


def _columns(site: str) -> tuple[Column, ...]:
    """Every column, in the order of `HEADINGS`, of the site at an address: what is taken away
    leads back."""
    return (
        Column("id", 30, lambda one: one.id),
        Column("owner", 30, lambda one: one.owner),
        Column("title", 40, lambda one: one.title),
        Column("description", 60, lambda one: plain_text(one.description)),
        Column("motivation", 60, lambda one: plain_text(one.motivation)),
        Column("amount", 16, lambda one: one.amount),
        Column("currency", 8, lambda one: one.currency),
        Column("round", 16, lambda one: one.round.name),
        Column("roundTitle", 40, lambda one: one.round.title),
        Column("funder", 24, lambda one: one.round.funder),
        Column("caseNumber", 16, lambda one: one.case_number),
        Column("decisionDate", 12, lambda one: one.decision_date),
        Column("sourceFile", 30, lambda one: one.source.file),
        Column("sourceTable", 16, lambda one: one.source.table),
        Column("sourceRow", 8, lambda one: one.source.row),
        Column("year", 24, partial(value_of, BY_NAME["year"])),
        Column("ownerNumber", 14, lambda one: one.owner_number),
        Column("firstSeen", 20, lambda one: one.since),
        Column("place", 30, partial(value_of, BY_NAME["place"])),
        Column("url", 50, lambda one: site + urls.decision_path(one.id)),
        Column("descriptionKinds", 8, lambda one: kinds(one.description)),
        Column("motivationKinds", 8, lambda one: kinds(one.motivation)),
        Column("statedPlaces", 30, lambda one: "\n".join(one.places)),
    )


COLUMN_NAMES = tuple(HEADINGS)


def columns(site: str, names: bodies.Fields = ()) -> tuple[Column, ...]:
    """The columns of a file from the site at an address: those that are wanted, in that order;
    all where nothing is said."""
    known = {one.name: one for one in _columns(site)}
    return tuple(known[name] for name in names or known)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How CSV is written: what parts cells, how the file begins, what a decimal is marked with, and
    whether it is for spreadsheet programs: with Swedish headings, and no cell that would be run."""

    delimiter: str
    start: str
    decimal: str
    spreadsheet: bool


DIALECTS = {
    "excel": Dialect(";", "\ufeff", ",", spreadsheet=True),
    "rfc4180": Dialect(",", "", ".", spreadsheet=False),
}
"""The first is what Excel opens with a double click in Sweden; the other is for programs."""


def json_lines(
    found: WholeSet, site: str, originals: bodies.Files = (), fields: bodies.Fields = ()
) -> Iterator[bytes]:
    """Each decision as `bodies.line` has it, a line each. Here and below, `fields` are the members
    or columns that are wanted, all where nothing is said."""
    lines = (bodies.encode(bodies.line(one, site, originals, fields)) for one in found.decisions)
    return _in_chunks(line + b"\n" for line in lines)


def comma_separated(
    found: WholeSet, site: str, dialect: Dialect, fields: bodies.Fields = ()
) -> Iterator[bytes]:
    """A heading and a row a decision; lines end with CRLF in both dialects (RFC 4180)."""
    lines = _csv_lines(found, columns(site, fields), dialect)
    return _in_chunks(line.encode("utf-8", "replace") for line in lines)


def workbook(
    found: WholeSet, query: SearchRequest, site: str, created: str, fields: bodies.Fields = ()
) -> Iterator[bytes]:
    """An XLSX file: the decisions, and a sheet that says what was searched for, where and when.

    It is written to a file on disk row by row.
    """
    with tempfile.TemporaryFile() as file:
        _write_workbook(file, found, query, site, created, fields)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def file_name(request: SearchRequest, created: str, extension: str) -> str:
    """The words and the day of the index, in letters that any system takes as a file name."""
    values = [labels.wanted(one, value) for one in VALUES for value in request.values(one.name)]
    plain = unicodedata.normalize("NFKD", " ".join([request.q, *values]))
    words = "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower()))
    parts = ["beslut", words[:60].strip("-"), created[:10]]
    return f"{'-'.join(part for part in parts if part)}.{extension}"


def _csv_lines(found: WholeSet, shown: Sequence[Column], dialect: Dialect) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(one.heading if dialect.spreadsheet else one.name for one in shown)
    yield dialect.start + _taken(buffer)
    for decision in found.decisions:
        writer.writerow([_cell(column.value(decision), dialect) for column in shown])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: Value, dialect: Dialect) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", dialect.decimal)
    text = "" if value is None else str(value)
    return harmless(text) if dialect.spreadsheet else text


def _in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in pieces of about `_CHUNK` bytes."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _write_workbook(
    file: Any,
    found: WholeSet,
    query: SearchRequest,
    site: str,
    created: str,
    fields: bodies.Fields,
) -> None:
    shown = columns(site, fields)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "Beslut", "created": datetime.fromisoformat(created)})
        bold = book.add_format({"bold": True})
        money = [book.add_format({"num_format": one}) for one in ("#,##0", "#,##0.00")]
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = _new_sheet(book, 0, bold, shown)
        for number, decision in enumerate(found.decisions):
            row = number % _MOST_ROWS
            if number and row == 0:
                sheet = _new_sheet(book, number // _MOST_ROWS, bold, shown)
            _write_row(sheet, row + 1, decision, shown, money, day)
        address = site + urls.address("/", query)
        _write_about(book.add_worksheet("Om uttaget"), found, query, address, created)


def _new_sheet(book: Any, number: int, bold: Any, shown: Sequence[Column]) -> Any:
    sheet = book.add_worksheet("Beslut" if number == 0 else f"Beslut {number + 1}")
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(shown):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.heading, bold)
    return sheet


def _write_row(
    sheet: Any,
    row: int,
    decision: Decision,
    shown: Sequence[Column],
    money: Sequence[Any],
    day: Any,
) -> None:
    """`money` are the formats of whole kronor and of kronor with öre, `day` that of dates."""
    for at, column in enumerate(shown):
        value = column.value(decision)
        if isinstance(value, Decimal):
            sheet.write_number(row, at, float(value), money[value % 1 != 0])
        elif isinstance(value, int):
            sheet.write_number(row, at, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, day)
        elif value:
            sheet.write_string(row, at, _fitting(value))


def _fitting(text: str) -> str:
    """The text, or as much as a cell holds of it, counted as Excel does, in UTF-16."""
    if len(text) * 2 <= _LONGEST_CELL or len(text.encode("utf-16-le", "replace")) <= _CELL_BYTES:
        return text
    room = _CELL_BYTES - 2 * len(CUT)
    return text.encode("utf-16-le", "replace")[:room].decode("utf-16-le", "ignore") + CUT


def _write_about(
    sheet: Any, found: WholeSet, query: SearchRequest, address: str, created: str
) -> None:
    """What the file holds, as label and value."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
    facts = [
        ("Sökord", query.q),
        *(fact for one in DIMENSIONS for fact in _chosen(one, query)),
        ("Exakt sökning", "ja" if query.exact else ""),
        ("Antal beslut", formats.number(found.total)),
        ("Summa beviljat", formats.money(found.stats.sum)),
        *(("Att tänka på", note(one)) for one in found.notes),
        ("Indexet uppdaterat", formats.moment(created)),
        ("Källa", address),
    ]
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value or "–")


def _chosen(dimension: Dimension, query: SearchRequest) -> Iterator[tuple[str, str]]:
    """What is chosen of a dimension, as label and value."""
    if dimension.kind == "values":
        yield (
            dimension.heading,
            "; ".join(labels.wanted(dimension, one) for one in query.values(dimension.name)),
        )
    else:
        span = query.span(dimension.name)
        ends = ["" if end is None else urls.written(end) for end in (span.low, span.high)]
        yield dimension.heading, "" if span.is_open else "–".join(ends)
        if dimension.missing_label:
            yield dimension.missing_label.capitalize(), "ja" if span.missing else ""
