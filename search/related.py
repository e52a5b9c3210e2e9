"""Which other decisions are about the same things, and which things?

The decision's most telling terms (stems and parts of compounds of its title, description and, at
low weight, motivation) are searched for like words of a query. A term tells by how often it stands
here and how few decisions have it, with the inverse document frequency of Robertson and Sparck
Jones (1976), which is zero or less for a term in half of the decisions: what stands in every
decision relates nothing. What stands in half of the decisions of its own round is the round's
boilerplate and weighs nothing either. Owners are not looked at.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from index.decision import Decision
from index.storage.schema import texts
from index.swedish import analyze, is_function_word
from search.nodes import stem_term
from search.postings import IntArray
from search.scoring import K1, Scorer

FIELDS = ("title", "description", "motivation")
_FIELD_WEIGHTS = {"title": 3.0, "description": 1.0, "motivation": 0.3}
_PART_WEIGHT = 0.5
_TERMS = 30  # terms searched for: more change the order little and cost time
_SHORTEST = 3  # letters of a stem that tells anything: *ge*, *se*, *13* do not
_LEAST_TERMS = 2  # shared terms that make a relation
_LEAST_SHARE = 0.12  # of the score that the decision has with itself
_BOILERPLATE = 0.5  # share of a round's decisions
_BOILERPLATE_ROUND = 4  # decisions in the smallest round that can have boilerplate


@dataclass(frozen=True, slots=True)
class Related:
    """A decision and what relates it: ``terms`` are shared words as its own text has them, the
    most telling first; ``score`` is between 0 and 1, the share of the other's own weight."""

    doc: int
    score: float
    stems: tuple[str, ...]


def related(
    doc: int, decision: Decision, scorer: Scorer, rounds: IntArray, limit: int
) -> list[Related]:
    """The most similar other decisions, at most `limit`, best first."""
    telling = _telling(decision, scorer, rounds, int(rounds[doc]))
    scores = np.zeros(scorer.size, np.float32)
    shared: dict[int, list[tuple[float, str]]] = defaultdict(list)
    postings = []
    for stem, weight in telling:
        posting = scorer.saturated(stem_term(stem, FIELDS))
        scores[posting.docs] += np.float32(weight) * posting.weights
        postings.append((stem, weight, posting))
    own = float(scores[doc])
    scores[doc] = 0
    enough = np.flatnonzero(scores >= max(own * _LEAST_SHARE, 1e-6))
    best = enough[np.argsort(-scores[enough], kind="stable")[: limit * 3]]
    for stem, weight, posting in postings:
        at = np.searchsorted(posting.docs, best)
        for place, other in zip(at, best, strict=True):
            if place < len(posting.docs) and posting.docs[place] == other:
                worth = weight * float(posting.weights[place])
                shared[int(other)].append((worth, stem))
    found = [
        Related(
            doc=int(other),
            score=round(min(float(scores[other]) / own, 1.0), 4),
            stems=tuple(stem for _, stem in sorted(shared[int(other)], reverse=True)),
        )
        for other in best
        if len(shared[int(other)]) >= _LEAST_TERMS
    ]
    return found[:limit]


def shared_words(decision: Decision, stems: tuple[str, ...], limit: int) -> tuple[str, ...]:
    """The words of a decision that carry the stems, as written there, in the order of the stems."""
    written: dict[str, str] = {}
    for field in FIELDS:
        for token in analyze(texts(decision)[field]):
            for stem in (token.stem, *(part.stem for part in token.parts)):
                written.setdefault(stem, token.text)
    words = dict.fromkeys(written[stem] for stem in stems if stem in written)
    return tuple(words)[:limit]


def _telling(
    decision: Decision, scorer: Scorer, rounds: IntArray, round_: int
) -> list[tuple[str, float]]:
    """The terms that tell most, with their weights."""
    frequency: dict[str, float] = defaultdict(float)
    for field, weight in _FIELD_WEIGHTS.items():
        for token in analyze(texts(decision)[field]):
            if len(token.stem) < _SHORTEST or is_function_word(token.surface):
                continue
            frequency[token.stem] += weight
            for part in token.parts:
                if part.stem != token.stem:
                    frequency[part.stem] += weight * _PART_WEIGHT
    round_size = int(np.count_nonzero(rounds == round_))
    found: list[tuple[float, str]] = []
    for most, stem, tf in sorted(_bounded(frequency, scorer), reverse=True):
        if len(found) == _TERMS and most < found[0][0]:
            break
        docs = scorer.saturated(stem_term(stem, FIELDS)).docs
        weight = tf * _idf(len(docs), scorer)
        if weight <= 0 or len(docs) < 2 or _is_boilerplate(docs, rounds, round_, round_size):
            continue
        bisect.insort(found, (weight, stem))
        del found[:-_TERMS]
    return [(stem, weight) for weight, stem in reversed(found)]


def _bounded(frequency: Mapping[str, float], scorer: Scorer) -> Iterator[tuple[float, str, float]]:
    """Of each stem the most that it can weigh, and its saturated frequency here. It is in at least
    as many decisions as any one of its streams says, so most need not be read."""
    deleted = scorer.size - scorer.live_count
    for stem, tf in frequency.items():
        streams = stem_term(stem, FIELDS).subqueries
        least = max(scorer.postings.frequency(one.fieldname, stem) for one in streams)
        saturated = tf / (tf + K1)
        yield saturated * _idf(max(least - deleted, 0), scorer), stem, saturated


def _idf(n: int, scorer: Scorer) -> float:
    return math.log((scorer.live_count - n + 0.5) / (n + 0.5))


def _is_boilerplate(docs: IntArray, rounds: IntArray, round_: int, round_size: int) -> bool:
    if round_size < _BOILERPLATE_ROUND:
        return False
    within = int(np.count_nonzero(rounds[docs] == round_))
    return within > _BOILERPLATE * round_size
