"""Which decisions match, and in what order: BM25F over arrays.

For a term *t* (`nodes.Term`) in decision *d*, over its streams *s* (a field's words, its compound
parts, its words as typed), with Robertson and Zaragoza, *The Probabilistic Relevance Framework:
BM25 and Beyond* (2009), section 3.6:

    tf(t, d)   = sum over s of  w_s * tf_s(t, d) / (1 - b_s + b_s * len_s(d) / avglen_s)
    sat(t, d)  = tf / (k1 + tf)                                     in [0, 1)

A word of the query (`nodes.Word`) has readings *r*, each with a boost of at most 1: the word itself
(boost 1), the parts of a compound, synonyms. They share one inverse document frequency, that of the
decisions that match any of them, so that a rare synonym cannot outrank the word:

    idf(word)      = ln(1 + (N - n + 0.5) / (n + 0.5))              as in Lucene: never negative
    score(word, d) = idf(word) * max over r of  boost_r * sat(r, d)

Several terms in one reading must all match near each other, and the weakest counts. Words that must
all match add up, and so do alternatives (ELLER); other readings of several words take the best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from whoosh import query

from index.storage.columns import Columns
from index.storage.schema import AMOUNT, TEXT_FIELDS
from search.deadline import NEVER, Deadline
from search.fields import FIELDS
from search.nodes import NearQuery, TermQuery, WordQuery, base_field
from search.positions import Positions
from search.postings import NOTHING, Cache, FloatArray, IntArray, Posting, Postings

K1 = 1.2
_SPARSE = 64
"""Matches that are fewer than one in this many decisions are merged without a full array."""


@dataclass(frozen=True, slots=True)
class Matches:
    """A set of decisions: ``docs`` int32 (k,) ascending, ``scores`` float32 (k,)."""

    docs: IntArray
    scores: FloatArray


EMPTY = Matches(NOTHING.docs, NOTHING.weights)


class Scorer:
    """Evaluates query trees over one index of *n* documents, `live` of which are decisions."""

    def __init__(self, postings: Postings, columns: Columns, cache_bytes: int) -> None:
        self.postings = postings
        self.size = len(columns.live)
        self.live_count = int(columns.live.sum())
        self.positions = Positions(postings, columns.starts)
        self.cache = Cache(cache_bytes)
        self._live = columns.live
        self._everything = np.flatnonzero(columns.live).astype(np.int32)
        self._lengths = columns.lengths
        self._norms: dict[str, FloatArray] = {}
        self.deadline = NEVER

    def until(self, deadline: Deadline) -> Scorer:
        """The same, for one request that must end by `deadline`."""
        one = copy(self)
        one.deadline = deadline
        return one

    def matches(self, tree: query.Query) -> Matches:
        """The decisions that `tree` matches, with their scores."""
        self.deadline.check()
        boost = float(getattr(tree, "boost", 1.0))
        plain = self._evaluate(tree)
        return plain if boost == 1.0 else Matches(plain.docs, plain.scores * np.float32(boost))

    def idf(self, n: int) -> float:
        """Inverse document frequency of what occurs in `n` decisions."""
        return inverse_document_frequency(n, self.live_count)

    def saturated(self, term: TermQuery) -> Posting:
        """sat(t, d) of a term, for the decisions that contain it."""
        return self._cached(_key(term), lambda: self._saturate(term))

    def _cached(self, key: str, made: Callable[[], Posting]) -> Posting:
        posting = self.cache.get(key)
        if posting is None:
            posting = made()
            self.cache.put(key, posting)
        return posting

    def _evaluate(self, tree: query.Query) -> Matches:
        if isinstance(tree, WordQuery):
            return self._word(tree)
        if isinstance(tree, TermQuery | NearQuery):
            return self._word(WordQuery([tree]))
        if isinstance(tree, query.And):
            return self._every(tree)
        if isinstance(tree, query.DisjunctionMax):
            return self._merged([self.matches(child) for child in tree.subqueries], np.maximum)
        if isinstance(tree, query.Or):
            return self._merged([self.matches(child) for child in tree.subqueries], np.add)
        if isinstance(tree, query.Not):
            excluded = self.matches(tree.query).docs
            others = self._live.copy()
            others[excluded] = False
            docs = np.flatnonzero(others).astype(np.int32)
            return Matches(docs, np.zeros(len(docs), np.float32))
        if isinstance(tree, query.Every):
            return Matches(self._everything, np.zeros(self.live_count, np.float32))
        raise TypeError(f"no scoring for {type(tree).__name__}")

    def _word(self, word: WordQuery) -> Matches:
        best = self._best(word.subqueries)
        return Matches(best.docs, best.weights * np.float32(self.idf(len(best.docs))))

    def _reading(self, reading: query.Query) -> Posting:
        """Saturated term frequencies of one reading, boost included."""
        boost = np.float32(reading.boost)
        if isinstance(reading, TermQuery):
            posting = self.saturated(reading)
        elif isinstance(reading, NearQuery):
            posting = self._cached(_key(reading), lambda: self._near(reading))
        else:
            posting = self._best(reading.subqueries)
        return posting if boost == 1 else Posting(posting.docs, posting.weights * boost)

    def _near(self, reading: NearQuery) -> Posting:
        """The decisions that have all of the terms near each other; the weakest counts."""
        terms = [self._reading(term) for term in reading.subqueries]
        if any(not len(term.docs) for term in terms):
            return NOTHING
        docs = self.positions.near(reading.stems, reading.fields, self.deadline)
        docs = docs[self._live[docs]]
        weakest = [term.weights[np.searchsorted(term.docs, docs)] for term in terms]
        return Posting(docs, np.minimum.reduce(weakest))

    def _best(self, readings: Sequence[query.Query]) -> Posting:
        """The decisions that any reading matches, each with its best score."""
        postings = [self._reading(reading) for reading in readings]
        merged = self._merged([Matches(p.docs, p.weights) for p in postings], np.maximum)
        return Posting(merged.docs, merged.scores)

    def _saturate(self, term: TermQuery) -> Posting:
        frequencies = []
        phrases: dict[tuple[str, ...], list[IntArray]] = {}
        for stream in term.subqueries:
            posting = self._stream(stream, phrases)
            if len(posting.docs):
                norm = self._norm(stream.fieldname)[posting.docs]
                tf = np.float32(stream.boost) * posting.weights / norm
                frequencies.append(Matches(posting.docs, tf))
        if not frequencies:
            return NOTHING
        merged = self._merged(frequencies, np.add)
        return Posting(merged.docs, merged.scores / (np.float32(K1) + merged.scores))

    def _stream(
        self, stream: query.Query, phrases: dict[tuple[str, ...], list[IntArray]]
    ) -> Posting:
        """The posting of a stream; `phrases` remembers where a phrase occurs, by field."""
        if not isinstance(stream, query.Phrase):
            return self.postings.read(stream.fieldname, stream.text, self.deadline)
        words = tuple(stream.words)
        if words not in phrases:
            phrases[words] = [*self.positions.phrase(words, self.deadline)]
        occurrences = phrases[words][TEXT_FIELDS.index(base_field(stream.fieldname))]
        docs, counts = np.unique(occurrences, return_counts=True)
        live = self._live[docs]
        return Posting(docs[live], counts[live].astype(np.float32))

    def _norm(self, stream: str) -> FloatArray:
        """Length normalisation of a stream for every decision, float32 (n,)."""
        field = base_field(stream)
        if field not in self._norms:
            self._norms[field] = self._new_norm(field)
        return self._norms[field]

    def _new_norm(self, field: str) -> FloatArray:
        if field == AMOUNT:
            return np.ones(self.size, np.float32)
        lengths = self._lengths[TEXT_FIELDS.index(field)].astype(np.float32)
        b = FIELDS[field].b
        average = max(float(lengths[self._live].mean()), 1.0)  # a field may be empty everywhere
        norm: FloatArray = (1 - b + b * lengths / average).astype(np.float32)
        return norm

    def _every(self, tree: query.And) -> Matches:
        """All children must match: the rarest first, so that few are looked up in the others."""
        wanted = [self.matches(child) for child in tree if not isinstance(child, query.Not)]
        unwanted = [self.matches(child.query) for child in tree if isinstance(child, query.Not)]
        wanted.sort(key=lambda matches: len(matches.docs))
        first = wanted[0] if wanted else self._evaluate(query.Every())
        docs, scores = first.docs, first.scores
        for other in wanted[1:]:
            at = self._places(docs, other.docs)
            keep = at >= 0
            docs, scores = docs[keep], scores[keep] + other.scores[at[keep]]
        for other in unwanted:
            keep = self._places(docs, other.docs) < 0
            docs, scores = docs[keep], scores[keep]
        return Matches(docs, scores)

    def _places(self, docs: IntArray, other: IntArray) -> npt.NDArray[np.intp]:
        """The place of each of `docs` in `other`, -1 if it is not there; both ascending."""
        self.deadline.check()
        if not len(other):
            return np.full(len(docs), -1, np.intp)
        # For few look-ups, binary search beats filling an array of all documents.
        if len(docs) * 16 < len(other):
            at = np.minimum(np.searchsorted(other, docs), len(other) - 1)
            return np.where(other[at] == docs, at, -1)
        places = np.full(self.size, -1, np.intp)
        places[other] = np.arange(len(other))
        return places[docs]

    def _merged(self, children: Sequence[Matches], combine: np.ufunc) -> Matches:
        """The decisions that any child matches, their scores combined."""
        children = [child for child in children if len(child.docs)]
        if len(children) < 2:
            return children[0] if children else EMPTY
        few = sum(len(child.docs) for child in children) * _SPARSE < self.size
        docs = _union_of_few(children) if few else _union(children, self.size)
        scores = np.zeros(len(docs) if few else self.size, np.float32)
        for child in children:
            self.deadline.check()
            at = np.searchsorted(docs, child.docs) if few else child.docs
            scores[at] = combine(scores[at], child.scores)
        return Matches(docs, scores if few else scores[docs])


def inverse_document_frequency(n: int, decisions: int) -> float:
    """That of what occurs in `n` of all decisions; never negative."""
    return math.log(1 + (decisions - n + 0.5) / (n + 0.5))


def _key(tree: query.Query) -> str:
    """Equal for trees that match and weigh the same, their own boost apart. A text, which takes a
    third of the memory of tuples, and whose size is known."""
    if isinstance(tree, query.Phrase):
        return f"{tree.fieldname}:{tree.words!r}"
    if isinstance(tree, query.Term):
        return f"{tree.fieldname}:{tree.text!r}"
    children = ",".join(f"{_key(child)}^{child.boost}" for child in tree.subqueries)
    return f"{type(tree).__name__}({children})"


def _union(children: Sequence[Matches], size: int) -> IntArray:
    present = np.zeros(size, np.bool_)
    for child in children:
        present[child.docs] = True
    return np.flatnonzero(present).astype(np.int32)


def _union_of_few(children: Sequence[Matches]) -> IntArray:
    return np.unique(np.concatenate([child.docs for child in children]))
