"""The Whoosh query nodes that carry what scoring must know.

They are Whoosh queries like any other, so that Whoosh's own searcher matches the same decisions:
that is what holds the arrays to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whoosh import query

from index.storage.schema import EXACT, PARTS


@dataclass(frozen=True, slots=True)
class Stream:
    """How the terms of one text field count: BM25F's field weight and length normalisation."""

    weight: float
    b: float


STREAMS = {
    "title": Stream(weight=3.0, b=0.3),
    "owner": Stream(weight=2.0, b=0.3),
    "description": Stream(weight=1.0, b=0.6),
    "motivation": Stream(weight=1.0, b=0.6),
    "round": Stream(weight=0.3, b=0.0),
}
PART_WEIGHT = 0.4
EXACT_WEIGHT = 0.25
"""Parts count less than the word itself; the word exactly as typed counts a little more."""


class TermQuery(query.Or):  # type: ignore[misc]
    """One term of BM25F: a stem (or a word as written) in all its fields and streams.

    Its children are Whoosh terms, or phrases, whose boosts are the weights of their streams.
    """


class WordQuery(query.DisjunctionMax):  # type: ignore[misc]
    """One word of the query: the best of its readings, each with a boost, under one idf."""


def stem_term(stem: str, fields: Iterable[str], surface: str | None = None) -> TermQuery:
    """A stem in `fields`: in the text, as a part of a compound, and as typed (`surface`)."""
    children = []
    for field in fields:
        weight = STREAMS[field].weight
        children.append(query.Term(field, stem, boost=weight))
        children.append(query.Term(field + PARTS, stem, boost=weight * PART_WEIGHT))
        if surface is not None:
            children.append(query.Term(field + EXACT, surface, boost=weight * EXACT_WEIGHT))
    return TermQuery(children)


def exact_term(surface: str, fields: Iterable[str]) -> TermQuery:
    """A word as written, in `fields`."""
    return TermQuery([query.Term(f + EXACT, surface, boost=STREAMS[f].weight) for f in fields])


def phrase_term(surfaces: list[str], fields: Iterable[str]) -> TermQuery:
    """Words as written, side by side, in one of `fields`."""
    return TermQuery([query.Phrase(f + EXACT, surfaces, boost=STREAMS[f].weight) for f in fields])


def base_field(stream: str) -> str:
    """``title`` for ``title``, ``title_parts`` and ``title_exact``."""
    return stream.removesuffix(PARTS).removesuffix(EXACT)
