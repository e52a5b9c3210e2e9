"""Records of JSON -> decisions: the API's own names, headers of a table, or what a TOML file says.

What the API writes is read back as it is: where there are ``descriptionBlocks``, no text of the
record is taken for HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from index.amount import MAX_AMOUNT, UNSTATED, Amount, plain
from index.decision import Block, Decision, Round, Source
from index.documents import html
from index.documents.columns.header import Header, check_mapping, doubts, members_header
from index.documents.columns.mapping import Column, Mapping
from index.documents.columns.names import API, Language
from index.documents.document import (
    Document,
    left_out,
    problem_at,
    round_of,
    toml_of,
    unknown_place,
    unknown_places,
)
from index.documents.html import Cell
from index.documents.lists.money import currency_of, is_swedish, money_of, unstated_problem
from index.documents.lists.rows import NO_DATE, NO_NUMBER, case_number_of, date_of, number_of
from index.documents.readers.json_records import JsonRecord
from index.documents.report import TableReport
from index.documents.status import Statuses, lists_refusals
from index.errors import ReadError
from index.gazetteer import stated
from index.limits import ReadingLimits
from index.problem import Problem, listed, quoted
from index.slug import slug

_KINDS = ("paragraph", "item")
_BY_NAME = frozenset(
    ["round", "roundTitle", "funder", "descriptionBlocks", "motivationBlocks", "statedPlaces"]
)
"""The API's members that are no columns, and are read all the same."""
_FIRST = 1000  # results
_LABEL = 100  # characters; longer values are running text
_OF_THE_FILE = ""  # the currency of an amount until that of the file is known
_MOST_SHAPES = 1000  # sets of members whose columns are remembered
_DEPTH = 3  # of objects within objects whose members are looked at


def read_records(
    records: Iterable[JsonRecord], document: Document
) -> Iterator[Decision | Problem | TableReport]:
    """The decision of each record, or why it was left out; a decision with an amount or a date that
    cannot be read is followed by a problem that says so. At the end come what is to be said of them
    all, and which members were read. Raises `ReadError` at the end where no record has an owner and
    a title, or an amount: those are no decisions."""
    reading = _Reading(document)
    results = reading.results(records)
    # So many tell the language of any file, as in `money.is_swedish`.
    first = list(islice(results, _FIRST))
    decisions = [one for one in first if isinstance(one, Decision)]
    language = reading.language()
    # What has the API's own names is for this service, and in kronor unless it looks foreign.
    swedish = is_swedish(decisions, language, even=language is None)
    reading.currency = "SEK" if swedish or document.mapping.language == "sv" else UNSTATED
    for result in chain(first, results):
        yield reading.in_currency(result) if isinstance(result, Decision) else result
    yield from reading.told()


@dataclass(slots=True)
class _Reading:
    """The records of one file on their way, and what is to be said of them at the end.

    ``headers`` are the columns of the records, by the names of their members. ``currency`` is that
    of amounts that state none; ``unstated`` counts those of which it is not certain.
    """

    document: Document
    headers: dict[tuple[str, ...], Header] = field(default_factory=dict)
    statuses: Statuses = field(default_factory=Statuses)
    records: int = 0
    decisions: int = 0
    currency: str = UNSTATED
    unstated: int = 0
    likely: bool = False
    elsewhere: list[str] = field(default_factory=list)

    def results(self, records: Iterable[JsonRecord]) -> Iterator[Decision | Problem]:
        """The decision of each record, or why there is none."""
        document = self.document
        refusals = Path(document.file).stem if lists_refusals(Path(document.file).stem) else ""
        for record in records:
            source = document.source(record.number, record.table)
            if record.doubt:
                yield problem_at(source, record.doubt, record.remedy)
            fields = self._fields(record.members)
            self.records += 1
            fault = record.fault or _fault(fields, document.limits)
            if fault:
                yield left_out(source, fault, "rätta filen")
                continue
            keep = self.statuses.keeps(fields.cell("status").line, source, refusals)
            if keep or document.limits.refused:
                decision, problems = _decision(fields, source, document.mapping)
                if not API.issuperset(member for _, member in fields.header.used):
                    self._notice(fields, decision, source)
                has_amount, named = decision.amount is not None, decision.owner and decision.title
                self.likely = self.likely or has_amount or bool(named)
                self.decisions += 1
                if other := unknown_place(decision):
                    self.elsewhere.append(other)
                yield decision
                yield from problems

    def _notice(self, fields: _Fields, decision: Decision, source: Source) -> None:
        """Remembers what a record says beside what is read of it."""
        self.statuses.weigh(decision.amount, fields.cell("status").line, source)
        if "status" not in fields.header.columns:
            for name in fields.header.unused:
                if isinstance(value := fields.members[name], str) and len(value) <= _LABEL:
                    self.statuses.notice(name, html.clean(value), source)

    def in_currency(self, decision: Decision) -> Decision:
        """The decision, in the currency of the file where it states none itself."""
        if decision.currency != _OF_THE_FILE:
            return decision
        self.unstated += decision.amount is not None and self.currency == UNSTATED
        return replace(decision, currency=self.currency)

    def language(self) -> Language | None:
        """That of the members' names, None where they do not tell."""
        return next((one.language for one in self.headers.values() if one.language), None)

    def told(self) -> Iterator[Problem | TableReport]:
        """What is to be said of all records; raises `ReadError` where they are no decisions."""
        file = self.document.file
        headers = list(self.headers.values())
        check_mapping(headers, self.document.mapping)
        members = tuple(dict.fromkeys(name for header in headers for name in header.cells))
        if not self.likely and not self.statuses.refused:
            seen = f"; fälten är {listed(map(quoted, members))}" if members else ""
            raise ReadError(
                f"ingen post har projektägare och projektnamn, eller belopp{seen}",
                f"är det beslut, ange i {toml_of(self.document)} vilka som är owner och amount",
                members,
            )
        kept = self.document.limits.refused
        yield from self.statuses.problems(file, toml_of(self.document), kept)
        yield from unstated_problem(self.unstated, file)
        yield from unknown_places(self.elsewhere, self.document)
        used = tuple(dict.fromkeys(pair for header in headers for pair in header.used))
        if headers:
            header = max(headers, key=lambda header: len(header.cells))
            if any(column == "amount" for column, _ in used):
                header = replace(header, doubt="")
            for what, remedy in doubts(header, [Path(file).stem], toml_of(self.document)):
                yield Problem(file, None, what.replace("tabellen", "filen"), remedy)
        read = _BY_NAME.union(member for _, member in used)
        unused = tuple(name for name in members if name not in read)
        unit = next((header.unit for header in headers if header.unit), "")
        yield TableReport(None, self.records, self.decisions, used, unused, unit)

    def _fields(self, members: dict[str, Any]) -> _Fields:
        flat = dict(_flat(members))
        names = tuple(flat)
        header = self.headers.get(names) or members_header(names, self.document.mapping)
        if len(self.headers) < _MOST_SHAPES:
            self.headers[names] = header
        return _Fields(flat, header)


def _flat(members: dict[str, Any], within: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The members, and before an object those within it by their path: *org.name*."""
    for name, value in members.items():
        if isinstance(value, dict) and depth < _DEPTH:
            yield from _flat(value, f"{within}{name}.", depth + 1)
        yield f"{within}{name}", value


class _Fields:
    """What a record says, by column. ``exported``: the API wrote it, so that text is text."""

    def __init__(self, members: dict[str, Any], header: Header) -> None:
        self.members = members
        self.header = header
        self.exported = isinstance(members.get("descriptionBlocks"), list)
        self.owner, self.title = self._line("owner"), self._line("title")

    def get(self, column: Column) -> Any:
        """The value of a column, the first that there is; None where there is none."""
        values = [self.members[self.header.cells[at]] for at in self.header.columns.get(column, ())]
        return next((value for value in values if value not in (None, "")), None)

    def cell(self, column: Column) -> Cell:
        """The value of a column as text."""
        return Cell(_text(self.get(column)))

    def blocks(self, column: Column) -> tuple[Block, ...]:
        """Text as paragraphs and items."""
        given = self.members.get(f"{column}Blocks")
        if isinstance(given, list):
            return tuple(block for data in given if (block := _block(data)))
        return self.cell(column).blocks

    def places(self) -> Iterator[tuple[str, str]]:
        """Where it is, with the member that says it. What the API writes of each place tells
        whether a source stated it, and what the source said."""
        given = self.members.get("statedPlaces")
        if self.exported and isinstance(given, list):
            yield from (("statedPlaces", html.clean(_text(value))) for value in given)
            return
        for at in self.header.columns.get("place", ()):
            name = self.header.cells[at]
            for value in _as_list(self.members[name]):
                if not isinstance(value, dict):
                    yield name, html.clean(_text(value) or str(value or ""))
                elif not value.get("derived"):
                    yield name, _text(value.get("name"))

    def text(self, name: str) -> str | None:
        """A member that is text, None where it is not or is empty."""
        value = self.members.get(name)
        return html.clean(value) or None if isinstance(value, str) else None

    def _line(self, column: Column) -> str:
        cell = self.cell(column)
        return html.clean(cell.raw) if self.exported else cell.line


def _fault(fields: _Fields, limits: ReadingLimits) -> str | None:
    if not fields.owner and not fields.title:
        return "posten har varken projektägare eller projektnamn"
    characters = sum(len(str(value)) for name, value in fields.members.items() if "." not in name)
    # Twice, since the API writes texts both as they are and in blocks.
    if characters > 2 * limits.decision_kilobytes * 1024:
        return f"posten har mer än {limits.decision_kilobytes} kB text"
    return None


def _decision(fields: _Fields, source: Source, mapping: Mapping) -> tuple[Decision, list[Problem]]:
    description, motivation = fields.blocks("description"), fields.blocks("motivation")
    if not fields.exported:
        description, split = html.split_motivation(description)
        motivation = split + motivation
    number = fields.cell("case_number")
    case_number = html.clean(number.raw) or None if fields.exported else case_number_of(number)
    amount, currency, wrong_amount = _amount(fields, mapping)
    decided, wrong_date = date_of(fields.cell("decision_date"))
    faults = [(wrong_amount, "beslutet är med utan belopp; rätta filen"), (wrong_date, NO_DATE)]
    owner_number, wrong_number = number_of(fields.cell("owner_number"))
    round_ = _round(fields, source.file, mapping)
    decision = Decision(
        id=f"{slug(round_.name)}/{slug(fields.title or fields.owner)}",
        owner=fields.owner,
        title=fields.title,
        description=description,
        motivation=motivation,
        amount=amount,
        currency=currency,
        round=round_,
        source=source,
        case_number=case_number,
        decision_date=decided,
        owner_number=owner_number,
        places=stated(fields.places()),
    )
    problems = [problem_at(source, what, remedy) for what, remedy in faults if what]
    problems += [problem_at(source, *NO_NUMBER)] if wrong_number else []
    return decision, problems


def _amount(fields: _Fields, mapping: Mapping) -> tuple[Decimal | None, str, str | None]:
    """The amount, its currency, and what is wrong with it."""
    header, value = fields.header, fields.get("amount")
    said = fields.cell("currency").line.upper()
    try:
        currency = currency_of(said) or mapping.currency
        currency = currency or ("SEK" if header.language == "sv" else _OF_THE_FILE)
    except ValueError:
        return None, "SEK", f"valutan {quoted(said)} är ingen valutakod"
    if value is None:
        return None, currency, None
    try:
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            # A number is exact, whatever its decimals: nothing groups thousands in it.
            factor, number = money_of("1", header, mapping, said), Decimal(value)
            if abs(number) <= MAX_AMOUNT:
                amount = replace(factor, value=plain(number * factor.value))
                return amount.value, _stated(amount, said), None
        if isinstance(value, str):
            amount = money_of(value, header, mapping, said)
            return amount.value, _stated(amount, said), None
    except (ValueError, ArithmeticError):
        pass
    return None, currency, f"beloppet {quoted(str(value))} kan inte tolkas"


def _stated(amount: Amount, said: str) -> str:
    return _OF_THE_FILE if amount.currency == UNSTATED and not said else amount.currency


def _round(fields: _Fields, file: str, mapping: Mapping) -> Round:
    title = mapping.round_title or fields.text("roundTitle")
    name = mapping.round or fields.text("round")
    funder = mapping.funder or fields.text("funder")
    if not title and not name:
        return round_of("", funder, file)
    named = round_of(title or name or "", None, file)
    if not fields.exported:  # else the funder is as it is, though it be none
        funder = funder or named.funder
    return Round(title or named.title, name or named.name, funder)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    return "" if value is None or isinstance(value, (bool, dict)) else str(value)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _block(given: Any) -> Block | None:
    if not isinstance(given, dict) or given.get("kind") not in _KINDS:
        return None
    text = html.clean(str(given.get("text", "")))
    return Block(given["kind"], text) if text else None
