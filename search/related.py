"""Which other decisions are about the same things, and which things?

The decision's most telling terms (stems and parts of compounds from its title, description and, at
low weight, motivation) are searched for like words of a query. A term is telling if it is frequent
here and rare elsewhere, by the inverse document frequency of Robertson and Sparck Jones (1976),
which is zero or less for a term in half of the decisions: what every decision says relates none of
them. Terms in half of the decisions of the same round are the round's boilerplate and are ignored.
So are owners, and words that say nothing of a topic (`index.swedish.is_topical`).
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from index.decision import Decision
from index.storage.schema import PARTS, texts
from index.swedish import Record, bag, is_topical, record_of
from search.deadline import Deadline
from search.engine import Key, Related
from search.nodes import stem_term
from search.postings import IntArray
from search.scoring import K1, Scorer

FIELDS = ("title", "description", "motivation")
_FIELD_WEIGHTS = {"title": 3.0, "description": 1.0, "motivation": 0.3}
_BOUNDING = ("description", "description" + PARTS)
_PART_WEIGHT = 0.5
TERMS = 30  # terms searched for; more would cost time and hardly change the order
_SHORTEST = 3  # letters of a telling stem; *ge*, *se* and *13* say nothing
LEAST_SHARE = 0.18  # of the score that the decision has with itself; see docs/relevance.md
_STRETCH = 10_000  # characters of a text that are analysed at once
_BOILERPLATE = 0.5  # share of a round's decisions
_BOILERPLATE_ROUND = 4  # decisions in the smallest round that can have boilerplate


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
    self_score = float(scores[doc])
    scores[doc] = 0
    # Above zero: a decision without telling terms would otherwise relate to all.
    enough = np.flatnonzero(scores >= max(self_score * LEAST_SHARE, 1e-6))
    best = enough[np.argsort(-scores[enough], kind="stable")[:limit]]
    for stem, weight, posting in postings:
        at = np.searchsorted(posting.docs, best)
        for place, other in zip(at, best, strict=True):
            if place < len(posting.docs) and posting.docs[place] == other:
                worth = weight * float(posting.weights[place])
                shared[int(other)].append((worth, stem))
    return [
        told(int(other), float(scores[other]) / self_score, shared[int(other)]) for other in best
    ]


def told(key: Key, share: float, shared: Iterable[tuple[float, str]]) -> Related:
    """A related decision, of its share of the first one's score and what each of the stems that
    they share is worth."""
    stems = tuple(stem for _, stem in sorted(shared, reverse=True))
    return Related(key, round(min(share, 1.0), 4), stems)


def shared_words(words: Iterable[str], stems: tuple[str, ...]) -> tuple[str, ...]:
    """Of the words of a decision that have the stems those to tell, as written, in the order of the
    stems. Each stem is told once, by the word that has most of them: by *elevhälsa*, and then
    neither by *elever* nor by *hälsa*."""
    wanted = frozenset(stems)
    written: dict[str, str] = {}
    shares: dict[str, frozenset[str]] = {}
    for word in words:
        whole, parts = _topical(record_of(word))
        shared = wanted & {whole, *parts}
        if shared and (whole not in written or not written[whole].islower()):
            written[whole], shares[whole] = word, shared  # rather not as a sentence begins
    told: set[str] = set()
    chosen = []
    for stem in stems:
        having = [whole for whole, shared in shares.items() if stem in shared]
        if having and stem not in told:
            best = max(having, key=lambda whole: (len(shares[whole] - told), whole == stem))
            told |= shares[best]
            chosen.append(written[best])
    return tuple(chosen)


def _stems(decision: Decision, deadline: Deadline) -> Iterator[tuple[str, float]]:
    """The stems in a decision that may say what it is about, with the weight of their occurrences;
    a stem may come several times."""
    text = texts(decision)
    for field in FIELDS:
        for stretch in _stretches(text[field]):
            deadline.check()
            words = bag(stretch)
            for record, positions in words.words:
                weight = _FIELD_WEIGHTS[field] * len(positions)
                whole, parts = _topical(record)
                if whole:
                    yield whole, weight
                yield from ((part, weight * _PART_WEIGHT) for part in parts)
            weight = _FIELD_WEIGHTS[field] * _PART_WEIGHT
            yield from ((stem, weight) for stem, _ in words.ellipses if is_topical(stem))


def _stretches(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _STRETCH:
        end = text.rfind(" ", start + 1, start + _STRETCH) + 1 or start + _STRETCH
        yield text[start:end]
        start = end
    yield text[start:]


def _topical(word: Record) -> tuple[str, list[str]]:
    """The stem of a word that may say what a text is about, empty where it does not; and the stems
    of its other parts that do."""
    whole = word.stem if is_topical(word.surface) and len(word.stem) >= _SHORTEST else ""
    if not whole:
        return "", []
    parts = {part.stem for part in word.parts if is_topical(part.word)}
    return whole, sorted(one for one in parts if len(one) >= _SHORTEST and one != whole)


def _telling(
    decision: Decision, scorer: Scorer, rounds: IntArray, round_: int
) -> list[tuple[str, float]]:
    """The most telling terms, with their weights."""
    round_size = int(np.count_nonzero(rounds == round_))
    frequency = frequencies(decision, scorer.deadline)
    heaviest: list[tuple[float, str]] = []
    for most, stem, tf in sorted(_bounded(frequency, scorer), reverse=True):
        if len(heaviest) == TERMS and most < heaviest[0][0]:
            break  # bounds only fall from here, so no later term can be heavier
        docs = scorer.saturated(stem_term(stem, FIELDS)).docs
        within = int(np.count_nonzero(rounds[docs] == round_))
        weight = tf * idf(len(docs), scorer.live_count)
        if is_telling(weight, len(docs), within, round_size):
            bisect.insort(heaviest, (weight, stem))
            del heaviest[:-TERMS]
    return [(stem, weight) for weight, stem in reversed(heaviest)]


def _bounded(frequency: Mapping[str, float], scorer: Scorer) -> Iterator[tuple[float, str, float]]:
    """The most each stem can weigh, and its saturated frequency here. Its document frequency is at
    least that of any one of its streams, so most postings need not be read; descriptions are where
    most stems are in most decisions."""
    deleted = scorer.size - scorer.live_count
    for stem, tf in frequency.items():
        scorer.deadline.check()
        least = max(scorer.postings.frequency(stream, stem) for stream in _BOUNDING)
        saturated = tf / (tf + K1)
        yield saturated * idf(max(least - deleted, 0), scorer.live_count), stem, saturated


def frequencies(decision: Decision, deadline: Deadline) -> dict[str, float]:
    """The stems in a decision that may say what it is about, each with the weight of all of its
    occurrences."""
    frequency: dict[str, float] = defaultdict(float)
    for stem, weight in _stems(decision, deadline):
        frequency[stem] += weight
    return frequency


def idf(n: int, decisions: int) -> float:
    """Inverse document frequency of what is in `n` of all decisions; may be negative."""
    return math.log((decisions - n + 0.5) / (n + 0.5))


def is_telling(weight: float, n: int, within: int, round_size: int) -> bool:
    """Whether a stem of some weight that is in `n` decisions, `within` of them of the same round,
    relates a decision to others: one in this decision alone does not, nor does boilerplate."""
    is_boilerplate = round_size >= _BOILERPLATE_ROUND and within > _BOILERPLATE * round_size
    return weight > 0 and n > 1 and not is_boilerplate
