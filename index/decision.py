"""The frozen record that everything passes around, and its one form as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

BlockKind = Literal["paragraph", "item"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or list item of running text: NFC, no markup, no typed bullet."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """A round of decisions: the document's own heading, its short name and its funder.

    ``name`` is what people call it (*ESF 2026:1*); ``title`` is the whole heading.
    """

    title: str
    name: str
    funder: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a decision was read: file, sheet or page, row from 1, SHA-256 (hex), time (UTC). Of
    running text a row is a paragraph, and ``table`` ends so: *§ 47, stycke*."""

    file: str
    table: str | None
    row: int
    sha256: str
    read: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Co-funding granted to one project.

    ``amount`` is in whole units of ``currency`` (kronor for SEK), exact, None where none is stated.
    ``id`` is stable over re-imports and readable, e.g. ``esf-2026-1/hela-vagen-ut``.
    ``case_number`` (diarienummer) and ``decision_date`` are as the document states them, None where
    it does not; ``owner_number`` is the owner's organisation number as `organisation_number` writes
    it. ``places`` are the municipalities and counties that the document states, by their names in
    `gazetteer`, or what it says instead.

    Only the index knows the rest, so it is no part of the data: ``first_seen`` and ``modified`` are
    the RFC 3339 times in UTC at which it met the decision, and at which the decision last came to
    say something else; ``identity``, 16 hexadecimal digits, outlives whatever ``id`` turns into.
    """

    id: str
    owner: str
    title: str
    description: tuple[Block, ...]
    motivation: tuple[Block, ...]
    amount: Decimal | None
    currency: str
    round: Round
    source: Source
    case_number: str | None = None
    decision_date: date | None = None
    owner_number: str | None = None
    places: tuple[str, ...] = ()
    first_seen: str | None = None
    modified: str | None = None
    identity: str | None = None

    @property
    def since(self) -> str:
        """``first_seen``, or where the index has not said it when the source was read."""
        return self.first_seen or self.source.read


def plain_text(blocks: Iterable[Block]) -> str:
    """The blocks as one string, a block a line: what is analysed, and cut into snippets."""
    return "\n".join(block.text for block in blocks)


def granted(decisions: Iterable[Decision]) -> Decimal:
    """The sum of all amounts in SEK. Amounts in other currencies are not added to them."""
    amounts = (one.amount for one in decisions if one.currency == "SEK")
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def to_data(decision: Decision) -> dict[str, Any]:
    """The decision as JSON values; `from_data` gives the same decision back."""
    source, round_ = decision.source, decision.round
    return {
        "id": decision.id,
        "owner": decision.owner,
        "title": decision.title,
        "description": [[block.kind, block.text] for block in decision.description],
        "motivation": [[block.kind, block.text] for block in decision.motivation],
        "amount": None if decision.amount is None else str(decision.amount),
        "currency": decision.currency,
        "round": [round_.title, round_.name, round_.funder],
        "source": [source.file, source.table, source.row, source.sha256, source.read],
        "caseNumber": decision.case_number,
        "decisionDate": decision.decision_date and decision.decision_date.isoformat(),
        "ownerNumber": decision.owner_number,
        "places": [*decision.places],
    }


def from_data(data: dict[str, Any]) -> Decision:
    """The inverse of `to_data`; raises KeyError, TypeError or ValueError on other data."""
    return Decision(
        id=data["id"],
        owner=data["owner"],
        title=data["title"],
        description=tuple(Block(kind, text) for kind, text in data["description"]),
        motivation=tuple(Block(kind, text) for kind, text in data["motivation"]),
        amount=None if data["amount"] is None else Decimal(data["amount"]),
        currency=data["currency"],
        round=Round(*data["round"]),
        source=Source(*data["source"]),
        case_number=data["caseNumber"],
        decision_date=data["decisionDate"] and date.fromisoformat(data["decisionDate"]),
        owner_number=data["ownerNumber"],
        places=tuple(data["places"]),
    )
