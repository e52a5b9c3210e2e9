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
from index.documents.extract import NO_DATE, case_number_of, date_of, round_of
from index.documents.header import name_of
from index.documents.mapping import NOTHING, Column, Mapping
from index.documents.readers import JsonRecord
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits
from index.problem import Problem, quoted
from index.slug import slug

_KINDS = ("paragraph", "item")
_ALSO: dict[str, Column] = {"text": "description", "abstract": "description"}


def read_records(
    records: Iterable[JsonRecord],
    file: str,
    sha256: str,
    read: str,
    mapping: Mapping = NOTHING,
    limits: ReadingLimits = DEFAULTS,
) -> Iterator[Decision | Problem]:
    """The decision of each record, or why it was left out; a decision with an amount or a date that
    cannot be read is followed by a problem that says so. Raises `ReadError` at the end where no
    record has an owner and a title, or an amount: those are no decisions."""
    likely = False
    for record in records:
        source = Source(file, None, record.number, sha256, read)
        fields = _Fields(record.members, mapping)
        fault = record.fault or _fault(fields, limits)
        if fault:
            yield Problem(file, record.number, f"{fault} och togs inte med", "rätta filen")
            continue
        decision, problems = _decision(fields, source, mapping)
        likely = likely or decision.amount is not None or bool(decision.owner and decision.title)
        yield decision
        yield from problems
    if not likely:
        raise ReadError(
            "ingen post har projektägare och projektnamn, eller belopp",
            "kontrollera att filen är en beslutslista",
        )


class _Fields:
    """What a record says, by column."""

    def __init__(self, members: dict[str, Any], mapping: Mapping) -> None:
        self.members = members
        self.own = isinstance(members.get("descriptionBlocks"), list)
        self._names = _names(tuple(members))
        self._mapping = mapping

    def get(self, column: Column) -> Any:
        """The value of a column, None where there is none."""
        if column in self._mapping.columns:
            place = self._mapping.columns[column]
            return self._at(place) if isinstance(place, str) else None
        name = self._names.get(column)
        return None if name is None else self.members[name]

    def line(self, column: Column) -> str:
        """An owner or a title: plain text where the record is the API's own, else HTML perhaps."""
        text = _text(self.get(column))
        return html.clean(text) if self.own else html.line(text)

    def blocks(self, column: Column) -> tuple[Block, ...]:
        """Text as paragraphs and items."""
        given = self.members.get(f"{column}Blocks")
        if isinstance(given, list):
            found = (_block(one) for one in given)
            return tuple(block for block in found if block is not None)
        return html.blocks(_text(self.get(column)))

    def text(self, name: str) -> str | None:
        """A member that is text, None where it is not or is empty."""
        value = self.members.get(name)
        return html.clean(value) or None if isinstance(value, str) else None

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
    found: dict[Column, str] = {}
    for name in members:
        column = _ALSO.get(name.casefold()) or name_of(name)
        if column and (column not in found or name == column):
            found[column] = name
    return found


def _fault(fields: _Fields, limits: ReadingLimits) -> str | None:
    if not fields.line("owner") and not fields.line("title"):
        return "posten har varken projektägare eller projektnamn"
    texts = (fields.members.get(name) for name in fields.members)
    if sum(len(str(text)) for text in texts) > 2 * limits.decision_kilobytes * 1024:
        return f"posten har mer än {limits.decision_kilobytes} kB text"
    return None


def _decision(fields: _Fields, source: Source, mapping: Mapping) -> tuple[Decision, list[Problem]]:
    owner, title = fields.line("owner"), fields.line("title")
    description, motivation = fields.blocks("description"), fields.blocks("motivation")
    if not fields.own:
        description, split = html.split_motivation(description)
        motivation = split + motivation
    currency = fields.text("currency") or mapping.currency or "SEK"
    amount, currency, wrong_amount = _amount(fields.get("amount"), currency.upper())
    decided, wrong_date = date_of(_text(fields.get("decision_date")))
    faults = [(wrong_amount, "beslutet är med utan belopp; rätta filen"), (wrong_date, NO_DATE)]
    round_ = _round(fields, source.file, mapping)
    decision = Decision(
        id=f"{slug(round_.name)}/{slug(title or owner)}",
        owner=owner,
        title=title,
        description=description,
        motivation=motivation,
        amount=amount,
        currency=currency,
        round=round_,
        source=source,
        case_number=_case_number(fields),
        decision_date=decided,
    )
    problems = [Problem(source.file, source.row, what, remedy) for what, remedy in faults if what]
    return decision, problems


def _case_number(fields: _Fields) -> str | None:
    text = _text(fields.get("case_number"))
    return html.clean(text) or None if fields.own else case_number_of(text)


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
    if not fields.own:  # else the funder is as it is, though it be none
        funder = funder or named.funder
    return Round(title or named.title, name or named.name, funder)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_text(one) for one in value)
    return "" if value is None or isinstance(value, (bool, dict)) else str(value)


def _block(given: Any) -> Block | None:
    if not isinstance(given, dict) or given.get("kind") not in _KINDS:
        return None
    text = html.clean(str(given.get("text", "")))
    return Block(given["kind"], text) if text else None
