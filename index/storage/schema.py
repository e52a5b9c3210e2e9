"""The Whoosh schema and FORMAT: the only place that maps a `Decision` to Whoosh fields.

Each text field is indexed as three streams of terms:

=================  ================================================  =====================
stream             terms                                             posting weight
=================  ================================================  =====================
``title``          stems of the words, function words left out       occurrences
``title_parts``    stems of the parts of compounds, other weak kin   sum of `PART_WEIGHTS`
``title_exact``    words as written, in lower case                   occurrences
=================  ================================================  =====================

An owner or funder is a name: its compounds are not taken apart, and its parts stream holds only
what a hyphen joins.

Where words stand is told by two more fields, whose postings list words of the segment instead of
documents: all text fields of all its documents in a row, counted from 0, with a gap of `NEAR`
between fields. So a list is small (mostly one byte a word), is read only when something must
stand near something else, and never needs its documents looked up to tell. Where in its text each
of these words begins is kept beside them, in `index.storage.word_starts`.

===================  ============================================================
``positions``        stems: of the words, function words left out, and of their parts
``positions_exact``  words as written, in lower case
===================  ============================================================

Whoosh pickles the schema into the index, so nothing here holds an analyzer: the terms are made by
`analysed_fields` and handed over ready.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from whoosh import fields, formats

from index.decision import Decision, plain_text
from index.storage import (
    columns,
    journal,
    passages,
    records,
    spelling_filter,
    vocabulary,
    word_starts,
)
from index.swedish import FUNCTION_WORDS, Bag, Record, bag

FORMAT = 6
"""Raised when older indexes can no longer be read because their records mean something else.
Changes of layout show in `schema_hash`."""

TEXT_FIELDS = ("title", "owner", "description", "motivation", "round", "funder")
"""Fields with three streams each, in the order of `Columns.lengths`."""

NAMES = ("owner", "funder")
"""Those that are names."""

PARTS, EXACT = "_parts", "_exact"
ID, AMOUNT, POSITIONS = "id", "amount", "positions"

NEAR = 8
"""Words of one field: the longest stretch in which the parts of a compound, or the words of a
theme, are taken to belong together."""

PART_WEIGHTS = {
    "part": 1.0,
    "compound": 1.0,
    "ellipsis": 1.0,
    "joined": 1.0,
    "derivation": 0.75,
    "negation": 0.5,
}
"""How much one occurrence of a part counts beside one occurrence of the word itself."""


class Weighted(fields.FieldType):  # type: ignore[misc]
    """A field whose values are mappings of term -> weight. `index.storage.segment` writes them."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)


class WordPositions(fields.FieldType):  # type: ignore[misc]
    """A field whose values are mappings of term -> ascending positions in the document."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)


def make_schema() -> fields.Schema:
    """The schema of every index of this FORMAT."""
    schema = fields.Schema()
    schema.add(ID, fields.ID(unique=True))
    schema.add(AMOUNT, Weighted())
    for name in TEXT_FIELDS:
        schema.add(name, Weighted())
        schema.add(name + PARTS, Weighted())
        schema.add(name + EXACT, Weighted())
    schema.add(POSITIONS, WordPositions())
    schema.add(POSITIONS + EXACT, WordPositions())
    return schema


def word_stream(stream: str) -> str | None:
    """Where the words of a stream of a text field stand; None for other fields."""
    base = stream.removesuffix(PARTS).removesuffix(EXACT)
    if base not in TEXT_FIELDS:
        return None
    return POSITIONS + EXACT if stream.endswith(EXACT) else POSITIONS


def schema_hash() -> str:
    """SHA-256 (hex) over everything that decides what an index holds, for the manifest.

    An index of another layout is refused when opened, before a search misses one of its files.
    """
    described = [(name, repr(field)) for name, field in sorted(make_schema().items())]
    beside = [columns.layout(), vocabulary.LAYOUT, spelling_filter.LAYOUT]
    beside += [word_starts.LAYOUT, records.LAYOUT, passages.LAYOUT, journal.LAYOUT]
    facts = json.dumps([FORMAT, described, PART_WEIGHTS, NEAR, beside], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Analysed:
    """One decision ready to be written.

    ``fields`` are the values of the schema's fields. For each of `TEXT_FIELDS`, ``lengths`` are the
    number of words, and ``extents`` the number of positions with the gap that follows. ``starts``
    are the characters at which the words at these positions begin, see `word_starts.write`.
    ``words`` are the record of each word, by surface, and ``variants`` the records of words that
    are also written in another way.
    """

    fields: dict[str, dict[str, Any]]
    lengths: tuple[int, ...]
    extents: tuple[int, ...]
    starts: list[int]
    words: dict[str, Record]
    variants: list[Record]


def analysed_fields(decision: Decision) -> Analysed:
    """All streams of a decision."""
    values: dict[str, dict[str, Any]] = {ID: {decision.id: 1.0}}
    if decision.amount is not None:
        values[AMOUNT] = {amount_term(decision.amount): 1.0}
    lengths: list[int] = []
    extents: list[int] = []
    starts: list[int] = []
    words: dict[str, Record] = {}
    variants = []
    stems: defaultdict[str, list[int]] = defaultdict(list)
    exact: defaultdict[str, list[int]] = defaultdict(list)
    for name, text in texts(decision).items():
        text_bag = _without_parts(bag(text)) if name in NAMES else bag(text)
        _add_streams(values, name, text_bag)
        _add_positions(stems, exact, text_bag, start=len(starts))
        lengths.append(text_bag.length)
        extents.append(len(text_bag.starts) + NEAR)
        starts += [*text_bag.starts, *[0] * NEAR]
        for record, _ in text_bag.words:
            other = words.setdefault(record.surface, record)
            if other is not record and other != record:
                variants.append(record)
    values[POSITIONS], values[POSITIONS + EXACT] = _ascending(stems), _ascending(exact)
    return Analysed(values, tuple(lengths), tuple(extents), starts, words, variants)


def texts(decision: Decision) -> dict[str, str]:
    """The text of each of `TEXT_FIELDS`, as it is analysed and as snippets are cut from it. The
    case number is indexed with the round."""
    return {
        "title": decision.title,
        "owner": decision.owner,
        "description": plain_text(decision.description),
        "motivation": plain_text(decision.motivation),
        "round": "\n".join(filter(None, [decision.round.name, decision.case_number])),
        "funder": decision.round.funder or "",
    }


def amount_term(amount: Decimal) -> str:
    """The term under which an amount (whole units) is found: its digits without separators."""
    return f"{abs(amount):f}".replace(".", ",")


def _without_parts(text_bag: Bag) -> Bag:
    """The words of a name, with only such parts as a hyphen joins."""
    words = []
    for record, positions in text_bag.words:
        parts = tuple(part for part in record.parts if part.kind == "joined")
        kept = record if parts == record.parts else record._replace(parts=parts)
        words.append((kept, positions))
    return text_bag._replace(words=words)


def _add_streams(values: dict[str, Any], name: str, text_bag: Bag) -> None:
    stems: dict[str, float] = defaultdict(float)
    parts: dict[str, float] = defaultdict(float)
    exact: dict[str, float] = defaultdict(float)
    for (surface, _, stem, word_parts, _), positions in text_bag.words:
        times = len(positions)
        exact[surface] += times
        if surface in FUNCTION_WORDS:
            continue
        stems[stem] += times
        for part in word_parts:
            if part.stem != stem:  # else it would count twice
                parts[part.stem] += PART_WEIGHTS[part.kind] * times
    for stem, _ in text_bag.ellipses:
        parts[stem] += PART_WEIGHTS["ellipsis"]
    if exact:
        values[name], values[name + PARTS], values[name + EXACT] = stems, parts, exact


def _ascending(positions: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Positions of terms in order; most terms have one."""
    return {
        term: places if len(places) == 1 else sorted(places) for term, places in positions.items()
    }


def _add_positions(
    stems: defaultdict[str, list[int]],
    exact: defaultdict[str, list[int]],
    text_bag: Bag,
    start: int,
) -> None:
    """Adds where the words of a field stand in a document whose other fields end at `start`."""
    for (surface, _, stem, parts, _), positions in text_bag.words:
        places = [start + position for position in positions]
        exact[surface] += places
        if surface in FUNCTION_WORDS:
            continue
        stems[stem] += places
        for one in {part.stem for part in parts} - {stem} if parts else ():
            stems[one] += places
    for stem, position in text_bag.ellipses:
        stems[stem].append(start + position)
