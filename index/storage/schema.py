"""The Whoosh schema and FORMAT: the only place that maps a `Decision` to Whoosh fields.

Each text field is indexed as three streams of terms:

=================  ================================================  =====================
stream             terms                                             posting weight
=================  ================================================  =====================
``title``          stems of the words, function words left out       occurrences
``title_parts``    stems of the parts of compounds, other weak kin   sum of `PART_WEIGHTS`
``title_exact``    words as written, in lower case, with positions   occurrences
=================  ================================================  =====================

Only the exact stream has positions: a phrase matches words as written, and the postings
of the other streams stay small enough to be read in one go.

Whoosh pickles the schema into the index, so nothing here holds an analyzer: the terms are made by
`analysed_fields` and handed over ready.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from whoosh import fields, formats

from index.decision import Decision, plain_text, to_data
from index.storage import columns, spelling_filter, vocabulary
from index.swedish import FUNCTION_WORDS, Bag, Record, bag

FORMAT = 3
"""Raised when older indexes can no longer be read because their records mean something else.
Changes of layout show in `schema_hash`."""

TEXT_FIELDS = ("title", "owner", "description", "motivation", "round", "funder")
"""Fields with three streams each, in the order of `Columns.lengths`."""

PARTS, EXACT = "_parts", "_exact"
ID, RECORD, AMOUNT = "id", "record", "amount"

PART_WEIGHTS = {
    "part": 1.0,
    "compound": 1.0,
    "ellipsis": 1.0,
    "joined": 1.0,
    "derivation": 0.75,
    "negation": 0.5,
}
"""How much one occurrence of a part counts beside one occurrence of the word itself."""


class PackedPositions(formats.Positions):  # type: ignore[misc]
    """Positions as unsigned 32-bit integers in native byte order."""

    def encode(self, poslist: Sequence[int]) -> bytes:
        """The positions as bytes."""
        return array("I", poslist).tobytes()

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The inverse of `encode`."""
        positions = array("I")
        positions.frombytes(valuestring)
        return positions.tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        """How many positions there are."""
        return len(valuestring) // array("I").itemsize


class Weighted(fields.FieldType):  # type: ignore[misc]
    """A field whose values are mappings of term -> weight. `index.storage.segment` writes them."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)


class Positioned(fields.FieldType):  # type: ignore[misc]
    """A field whose values are mappings of term -> ascending positions."""

    def __init__(self) -> None:
        super().__init__(format=PackedPositions(), analyzer=None)


def make_schema() -> fields.Schema:
    """The schema of every index of this FORMAT."""
    schema = fields.Schema()
    schema.add(ID, fields.ID(stored=True, unique=True))
    schema.add(RECORD, fields.STORED())
    schema.add(AMOUNT, Weighted())
    for name in TEXT_FIELDS:
        schema.add(name, Weighted())
        schema.add(name + PARTS, Weighted())
        schema.add(name + EXACT, Positioned())
    return schema


def schema_hash() -> str:
    """SHA-256 (hex) over everything that decides what an index holds, for the manifest.

    An index of another layout is refused when opened, before a search misses one of its files.
    """
    described = [(name, repr(field)) for name, field in sorted(make_schema().items())]
    beside = [columns.layout(), vocabulary.LAYOUT, spelling_filter.LAYOUT]
    facts = json.dumps([FORMAT, described, PART_WEIGHTS, beside], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Analysed:
    """One decision ready to be written.

    ``fields`` are the values of the schema's fields; ``lengths`` the number of words of
    each of `TEXT_FIELDS`; ``words`` the record of each word, by surface, and ``variants`` the
    records of words that are also written in another way.
    """

    fields: dict[str, Any]
    lengths: tuple[int, ...]
    words: dict[str, Record]
    variants: list[Record]


def analysed_fields(decision: Decision) -> Analysed:
    """All streams of a decision."""
    values: dict[str, Any] = {
        ID: decision.id,
        RECORD: json.dumps(to_data(decision), ensure_ascii=False, separators=(",", ":")),
    }
    if decision.amount is not None:
        values[AMOUNT] = {amount_term(decision.amount): 1.0}
    lengths = []
    words: dict[str, Record] = {}
    variants = []
    for name, text in texts(decision).items():
        text_bag = bag(text)
        _add_streams(values, name, text_bag)
        lengths.append(text_bag.length)
        for record, _ in text_bag.words:
            other = words.setdefault(record.surface, record)
            if other is not record and other != record:
                variants.append(record)
    return Analysed(values, tuple(lengths), words, variants)


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


def _add_streams(values: dict[str, Any], name: str, text_bag: Bag) -> None:
    stems: dict[str, float] = defaultdict(float)
    parts: dict[str, float] = defaultdict(float)
    exact: dict[str, list[int]] = {}
    for (surface, _, stem, word_parts, _), positions in text_bag.words:
        if surface in exact:  # written in two ways, such as with and without a capital
            exact[surface] = sorted(exact[surface] + positions)
        else:
            exact[surface] = positions
        if surface in FUNCTION_WORDS:
            continue
        times = len(positions)
        stems[stem] += times
        for part in word_parts:
            if part.stem != stem:  # else it would count twice
                parts[part.stem] += PART_WEIGHTS[part.kind] * times
    for stem in text_bag.ellipses:
        parts[stem] += PART_WEIGHTS["ellipsis"]
    if exact:
        values[name], values[name + PARTS], values[name + EXACT] = stems, parts, exact
