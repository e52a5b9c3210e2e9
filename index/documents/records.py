"""Records of JSON -> decisions: the API's own names, headers of a table, or what a TOML file says.

What the API writes is read back as it is: where there are ``descriptionBlocks``, no text of the
record is taken for HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from index.amount import MAX_AMOUNT, parse_amount, plain
from index.decision import Block, Decision, Round, Source
from index.documents import html
from index.documents.document import Document, left_out, problem_at, round_of
from index.documents.header import name_of
from index.documents.html import Cell
from index.documents.mapping import Column, Mapping
from index.documents.readers.json_records import JsonRecord
from index.documents.rows import NO_DATE, case_number_of, date_of
from index.errors import ReadError
from index.limits import ReadingLimits
from index.problem import Problem, quoted
from index.slug import slug

_KINDS = ("paragraph", "item")
_ALSO: dict[str, Column] = {"text": "description", "abstract": "description"}


def read_records(records: Iterable[JsonRecord], document: Document) -> Iterator[Decision | Problem]:
    """The decision of each record, or why it was left out; a decision with an amount or a date that
    cannot be read is followed by a problem that says so. Raises `ReadError` at the end where no
    record has an owner and a title, or an amount: those are no decisions."""
    likely = False
    for record in records:
        source = document.source(record.number)
        fields = _Fields(record.members, document.mapping)
        fault = record.fault or _fault(fields, document.limits)
        if fault:
            yield left_out(source, fault, "rätta filen")
            continue
        decision, problems = _decision(fields, source, document.mapping)
        likely = likely or decision.amount is not None or bool(decision.owner and decision.title)
        yield decision
        yield from problems
    if not likely:
        raise ReadError(
            "ingen post har projektägare och projektnamn, eller belopp",
            "kontrollera att filen är en beslutslista",
        )


class _Fields:
    """What a record says, by column. ``exported``: the API wrote it, so that text is text."""

    def __init__(self, members: dict[str, Any], mapping: Mapping) -> None:
        self.members = members
        self.exported = isinstance(members.get("descriptionBlocks"), list)
        self._names = _names(tuple(members))
        self._mapping = mapping
        self.owner, self.title = self._line("owner"), self._line("title")

    def get(self, column: Column) -> Any:
        """The value of a column, None where there is none."""
        if column in self._mapping.columns:
            place = self._mapping.columns[column]
            return self._at(place) if isinstance(place, str) else None
        name = self._names.get(column)
        return None if name is None else self.members[name]

    def cell(self, column: Column) -> Cell:
        """The value of a column as text."""
        return Cell(_text(self.get(column)))

    def blocks(self, column: Column) -> tuple[Block, ...]:
        """Text as paragraphs and items."""
        given = self.members.get(f"{column}Blocks")
        if isinstance(given, list):
            return tuple(block for data in given if (block := _block(data)))
        return self.cell(column).blocks

    def text(self, name: str) -> str | None:
        """A member that is text, None where it is not or is empty."""
        value = self.members.get(name)
        return html.clean(value) or None if isinstance(value, str) else None

    def _line(self, column: Column) -> str:
        cell = self.cell(column)
        return html.clean(cell.raw) if self.exported else cell.line

    def _at(self, place: str) -> Any:
        if place in self.members:
            return self.members[place]
        value: Any = self.members
        for name in place.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value


@lru_cache(maxsize=256)
def _names(members: tuple[str, ...]) -> dict[Column, str]:
    """Which member stands for which column: the API's names before others."""
    names: dict[Column, str] = {}
    for name in members:
        column = _ALSO.get(name.casefold()) or name_of(name)
        if column and (column not in names or name == column):
            names[column] = name
    return names


def _fault(fields: _Fields, limits: ReadingLimits) -> str | None:
    if not fields.owner and not fields.title:
        return "posten har varken projektägare eller projektnamn"
    characters = sum(len(str(value)) for value in fields.members.values())
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
    currency = fields.text("currency") or mapping.currency or "SEK"
    amount, currency, wrong_amount = _amount(fields.get("amount"), currency.upper())
    decided, wrong_date = date_of(fields.cell("decision_date"))
    faults = [(wrong_amount, "beslutet är med utan belopp; rätta filen"), (wrong_date, NO_DATE)]
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
    )
    problems = [problem_at(source, what, remedy) for what, remedy in faults if what]
    return decision, problems


def _amount(value: Any, currency: str) -> tuple[Decimal | None, str, str | None]:
    """The amount, its currency, and what is wrong with it."""
    if not re.fullmatch("[A-Z]{3}", currency):
        return None, "SEK", f"valutan {quoted(currency)} är ingen valutakod"
    if value is None or value == "":
        return None, currency, None
    try:
        if isinstance(value, str):
            stated = parse_amount(value)
            same = stated.currency == "SEK"
            return stated.value, currency if same else stated.currency, None
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            amount = Decimal(value)
            if abs(amount) <= MAX_AMOUNT:
                return plain(amount), currency, None
    except (ValueError, ArithmeticError):
        pass
    return None, currency, f"beloppet {quoted(str(value))} kan inte tolkas"


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


def _block(given: Any) -> Block | None:
    if not isinstance(given, dict) or given.get("kind") not in _KINDS:
        return None
    text = html.clean(str(given.get("text", "")))
    return Block(given["kind"], text) if text else None
