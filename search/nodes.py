"""The Whoosh query nodes that carry what scoring needs.

They are ordinary Whoosh queries, so Whoosh's own searcher matches the same decisions and tests can
compare the arrays with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whoosh import query

from index.storage.schema import EXACT, PARTS
from search.fields import FIELDS

PART_WEIGHT = 0.4
EXACT_WEIGHT = 0.25
"""Parts count less than the word itself; the word exactly as typed counts a little more."""


class TermQuery(query.Or):  # type: ignore[misc]
    """One term of BM25F: a stem (or a word as written) in all its fields and streams.

    Its children are Whoosh terms, or phrases, whose boosts are the weights of their streams.
    """


class NearQuery(query.And):  # type: ignore[misc]
    """All of several terms, each a `TermQuery` or the best of some, near each other in one field:
    the parts of a compound, or the words of a theme."""

    @property
    def stems(self) -> list[set[str]]:
        """The stems that each of the terms may be."""
        return [{stream.text for stream in term.leaves()} for term in self.subqueries]

    @property
    def fields(self) -> set[str]:
        """Where they may stand."""
        return {base_field(stream.fieldname) for stream in self.leaves()}


class WordQuery(query.DisjunctionMax):  # type: ignore[misc]
    """One word of the query: the best of its readings, each with a boost, under one idf.

    ``documents``: how many decisions it matches, where the engine has been asked already.
    """

    documents: int | None = None


def stem_term(stem: str, fields: Iterable[str], surface: str | None = None) -> TermQuery:
    """A stem in `fields`: in the text, as a part of a compound, and as typed (`surface`)."""
    children = []
    for field in fields:
        weight = FIELDS[field].weight
        children.append(query.Term(field, stem, boost=weight))
        children.append(query.Term(field + PARTS, stem, boost=weight * PART_WEIGHT))
        if surface is not None:
            children.append(query.Term(field + EXACT, surface, boost=weight * EXACT_WEIGHT))
    return TermQuery(children)


def exact_term(surface: str, fields: Iterable[str]) -> TermQuery:
    """A word as written, in `fields`."""
    return TermQuery([query.Term(f + EXACT, surface, boost=FIELDS[f].weight) for f in fields])


def phrase_term(surfaces: list[str], fields: Iterable[str]) -> TermQuery:
    """Words as written, side by side, in one of `fields`."""
    return TermQuery([query.Phrase(f + EXACT, surfaces, boost=FIELDS[f].weight) for f in fields])


def base_field(stream: str) -> str:
    """``title`` for ``title``, ``title_parts`` and ``title_exact``."""
    return stream.removesuffix(PARTS).removesuffix(EXACT)
