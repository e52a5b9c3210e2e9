"""Which file is read, where in it does something stand, and which round does it name?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.decision import Decision, Round, Source
from index.documents.columns.mapping import NOTHING, Mapping
from index.gazetteer import find
from index.limits import DEFAULTS, ReadingLimits
from index.problem import Problem, listed, quoted

# The short name of a round ends its heading (*ESF 2026:1*); a year and number elsewhere in it is
# that of a law or a report.
_ROUND_NAME = re.compile(r"(?:^|\s)([A-ZÅÄÖ][\w+-]*\s+\d{4}:\d+)\s*$")
_FUNDER = re.compile(r"^(?P<genitive>[A-ZÅÄÖ].*?)s beslut om ")
_MOST_NAMED = 3  # places
_SUFFIX = re.compile(r"(?:\.[A-Za-z0-9]{1,5})?\.gz$|\.[A-Za-z0-9]{1,5}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """What is the same for all decisions of a file: its name, SHA-256 (hex), the time of reading
    (RFC 3339, UTC), what the TOML file beside it says, and the limits of reading."""

    file: str
    sha256: str
    read: str
    mapping: Mapping = NOTHING
    limits: ReadingLimits = DEFAULTS

    def source(self, row: int, table: str | None = None) -> Source:
        """The place of a row; ``table`` is the sheet or page."""
        return Source(self.file, table, row, self.sha256, self.read)


def problem_at(source: Source, what: str, remedy: str) -> Problem:
    """Something that looks wrong in a row."""
    return Problem(source.file, source.row, what, remedy, source.table)


def left_out(source: Source, fault: str, remedy: str, lost: bool = True) -> Problem:
    """A row that gives no decision, and the `fault` that is the reason; `lost` if it may be one."""
    what = f"{fault} och togs inte med"
    return Problem(source.file, source.row, what, remedy, source.table, left_out=1, lost=lost)


def toml_of(document: Document) -> str:
    """The TOML file that says how a document is read, or what to call it where there is none."""
    return document.mapping.file or f"{document.file.rsplit('/', 1)[-1]}.toml"


def unknown_places(stated: Sequence[str], document: Document) -> Iterator[Problem]:
    """Says once which of the places that a file states are no Swedish ones; `stated` has those of
    each decision, commas between them."""
    others = [text for text in stated if text]
    if others:
        some = listed(map(quoted, [*dict.fromkeys(others)][:_MOST_NAMED]))
        count = f"{len(others)} beslut har en plats"
        what = f"{count} som inte är en svensk kommun eller ett svenskt län (t.ex. {some})"
        remedy = "platsen söks i texterna i stället"
        remedy += f"; ange place i {toml_of(document)} om kolumnen är fel"
        yield Problem(document.file, None, what, remedy)


def unknown_place(decision: Decision) -> str:
    """What a decision's source says of its place where that is no Swedish one, else nothing."""
    known = any(map(find, decision.places))
    return "" if known else ", ".join(decision.places)


def is_title(line: str) -> bool:
    """Whether a line is the heading of a round, or marked as one."""
    return bool(line.startswith("#") or _ROUND_NAME.search(line) or _FUNDER.match(line))


def round_of(title: str, funder: str | None, file: str) -> Round:
    """The round from the heading of the table; without one the file's name stands in."""
    if not title:
        stem = _SUFFIX.sub("", file.rsplit("/", 1)[-1])
        return Round(stem, stem, funder)
    name = _ROUND_NAME.search(title)
    genitive = _FUNDER.match(title)
    stated = funder or (genitive["genitive"] if genitive else None)
    return Round(title, name[1] if name else title, stated)


def mapped_round(round_: Round, mapping: Mapping) -> Round:
    """The same, with what the mapping says instead."""
    title = mapping.round_title or mapping.round or round_.title
    named = round_of(title, None, "") if mapping.round_title else None
    name = mapping.round or (named.name if named else round_.name)
    return Round(title, name, mapping.funder or round_.funder or (named.funder if named else None))
