"""Which word of the index was meant by one that nothing matches?

Weighted Damerau-Levenshtein distance (Damerau 1964; the restricted form, where no piece is edited
twice), over words of the index alone. What Swedes mistake costs half: a letter doubled or not,
å for o, ä for e, c for k, s for z, v for w. Swapped neighbours cost a little less than a letter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.swedish import analyze, is_known
from index.swedish.lemma import lemma
from index.vocabulary import Spelling, Vocabulary

_CHEAP_PAIRS = frozenset(
    frozenset(pair)
    for pair in ("eä", "oå", "sz", "ck", "cs", "qk", "vw", "iy", "åa", "äa", "öo", "åo")
)
_CHEAP, _SWAP, _LETTER = 0.5, 0.8, 1.0
_OTHER_INITIAL = 0.3  # people seldom mistake the first letter
_SHARE = 0.1  # of its letters, for a word that seems right: *glesbyggd* for glesbygd


def correction(word: str, vocabulary: Vocabulary) -> str | None:
    """The nearest word of the index within a bound that grows with the length, else None.

    A word that the lexicon lists is never corrected; one that it only takes for a compound of
    listed words is, where very little is amiss. Of equally near words the one in the most
    decisions is taken.
    """
    if not _comparable(word) or lemma(word) is not None:
        return None
    bound = 1.0 if len(word) <= 5 else 1.5 if len(word) <= 8 else 2.0
    if is_known(word):
        bound = min(bound, _SHARE * len(word))
    return _nearest(_near(word, bound, vocabulary), bound)


def misspelling(word: str, vocabulary: Vocabulary) -> str | None:
    """A word of the index that is no word, and nearly is `word`, which is: a slip in a text."""
    if not _comparable(word) or not is_known(word):
        return None
    bound = min(2.0, _SHARE * len(word))
    near = [one for one in _near(word, bound, vocabulary) if not is_known(one[1].word)]
    return _nearest(near, bound)


def _comparable(word: str) -> bool:
    return len(word) >= 4 and word.isalpha()


def _near(word: str, bound: float, vocabulary: Vocabulary) -> list[tuple[str, Spelling]]:
    """What is worth comparing, each with the form of `word` that it is to be compared with."""
    return [
        (written, near)
        for written in {word, analyze(word)[0].stem}
        for near in vocabulary.nearby(written, distance=math.ceil(bound))
    ]


def _nearest(near: Sequence[tuple[str, Spelling]], bound: float) -> str | None:
    best: tuple[float, int, str] | None = None
    for written, one in near:
        cost = distance(written, one.spelling, bound)
        if cost <= bound:
            cost += _OTHER_INITIAL * (written[0] != one.spelling[0])
            rank = (cost, -one.n, one.word)
            best = rank if best is None or rank < best else best
    return best[2] if best else None


def distance(one: str, other: str, bound: float) -> float:
    """The weighted distance of two words; anything over `bound` may be given as ``bound + 1``."""
    if abs(len(one) - len(other)) * _CHEAP > bound:
        return bound + 1
    before: Sequence[float] = ()
    last = [0.0]
    for at in range(1, len(other) + 1):
        last.append(last[-1] + _gap(other, at))
    for i in range(1, len(one) + 1):
        row = [last[0] + _gap(one, i)]
        for j in range(1, len(other) + 1):
            cost = min(
                last[j - 1] + _replacement(one[i - 1], other[j - 1]),
                last[j] + _gap(one, i),
                row[j - 1] + _gap(other, j),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 1] + other[j - 2]:
                cost = min(cost, before[j - 2] + _SWAP)
            row.append(cost)
        if min(row) > bound:
            return bound + 1
        before, last = last, row
    return last[-1]


def _gap(word: str, at: int) -> float:
    """What it costs that the letter before place `at` is missing in the other word."""
    return _CHEAP if at > 1 and word[at - 1] == word[at - 2] else _LETTER


def _replacement(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _CHEAP if frozenset((one, other)) in _CHEAP_PAIRS else _LETTER
