"""What does a table look like that this service has written, and what is in its cells?

Both who writes it and who reads it again go by this. Columns have the API's names in files for
programs, and Swedish headings in those for spreadsheet programs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from index.decision import Block, BlockKind

HEADINGS = {
    "id": "Beslutets id",
    "owner": "Projektägare",
    "title": "Projektnamn",
    "description": "Beskrivning",
    "motivation": "Motivering",
    "amount": "Beviljat belopp",
    "currency": "Valuta",
    "round": "Beslutsomgång",
    "roundTitle": "Beslutsomgångens rubrik",
    "funder": "Finansiär",
    "caseNumber": "Diarienummer",
    "decisionDate": "Beslutsdatum",
    "sourceFile": "Källfil",
    "sourceTable": "Tabell i källfilen",
    "sourceRow": "Rad i källfilen",
    "year": "År",
    # New ones last, since programs may count the columns that were there before.
    "ownerNumber": "Organisationsnummer",
    "firstSeen": "Först här",
    "place": "Plats",
    "url": "Beslutets adress",
    "descriptionKinds": "Beskrivningens rader (p stycke, i punkt)",
    "motivationKinds": "Motiveringens rader (p stycke, i punkt)",
    "statedPlaces": "Plats enligt källan",
}
"""The Swedish heading of each column, by the API's name, in their order."""
OWN = frozenset(["id", "round", "roundTitle"])
"""The columns that no other list has together, under these names."""
CUT = " … (texten är längre än en cell rymmer; hela finns i JSON)"
"""The end of a text that a cell of a workbook does not hold."""

_KINDS: dict[str, BlockKind] = {"p": "paragraph", "i": "item"}
_DANGEROUS = frozenset("=+-@\t\r")


def kinds(blocks: Iterable[Block]) -> str:
    """A letter for each line of a text: *pii* is a paragraph and two list items."""
    return "".join(block.kind[0] for block in blocks)


def blocks(text: str, kinds_: str) -> tuple[Block, ...]:
    """The inverse of `plain_text` and `kinds`; raises ValueError where they do not fit."""
    lines = text.split("\n") if text else []
    if len(lines) != len(kinds_) or not _KINDS.keys() >= {*kinds_}:
        raise ValueError(f"{kinds_!r} are not the kinds of {len(lines)} lines")
    return tuple(Block(_KINDS[kind], line) for kind, line in zip(kinds_, lines, strict=True))


def harmless(text: str) -> str:
    """A text as a cell of CSV that no spreadsheet program runs: what it would run, with any
    apostrophes before it, gets an apostrophe in front. `as_it_was` takes that away again."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def as_it_was(cell: str) -> str:
    """The inverse of `harmless`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(text: str) -> bool:
    # Some programs fold full-width and raised signs before they look for a formula.
    return unicodedata.normalize("NFKC", text[:1]) in _DANGEROUS
