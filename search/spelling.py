"""Which word of the index was meant by a word that matches nothing?

Weighted Damerau-Levenshtein distance (Damerau 1964; the restricted form, where no substring is
edited twice) to words of the index only. Common Swedish mistakes cost half: a letter doubled or
not, å for o, ä for e, c for k, s for z, v for w. A swap costs a little less than a letter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.storage.spelling_filter import LONGEST, letters
from index.storage.vocabulary import Spelling, Vocabulary
from index.swedish import analyze, fold_ascii, is_known, stem_of
from index.swedish.lemma import lemma

_CHEAP_PAIRS = frozenset(
    frozenset(pair)
    for pair in ("eä", "oå", "sz", "ck", "cs", "qk", "vw", "iy", "åa", "äa", "öo", "åo")
)
_CHEAP, _SWAP, _LETTER = 0.5, 0.8, 1.0
_OTHER_INITIAL = 0.3  # people seldom mistake the first letter
_UNKNOWN = 0.3  # a word that the lexicon lacks may be a slip itself: *hlas*
_ENDINGS = ("erna", "arna", "orna", "na")
_LONG = 5  # letters in the shortest word that an ending is taken off
_BEGINNINGS = 2_000  # of words, the most frequent, that the beginning of one is compared with
_SHARE = 0.1  # of its letters, for a word that looks right: *glesbyggd*


def correction(word: str, vocabulary: Vocabulary) -> str | None:
    """The nearest word of the index within a bound that grows with the length, else None.

    Words in the lexicon are never corrected; a word that is only a compound of such words may be,
    by a very small edit. One with an ending that it does not have (*folderna*) is meant without. Of
    equally near words, the one in most decisions is chosen.
    """
    if not _comparable(word) or lemma(word) is not None:
        return None
    inflected = next((base for base in _without_ending(word) if lemma(base) == base), None)
    if inflected is not None:
        _, forms = vocabulary.related(stem_of(inflected), "stem", limit=1)
        return inflected if forms else None
    bound = _bound(word)
    if is_known(word):
        bound = min(bound, _SHARE * len(word))
    return _nearest(_near(word, bound, vocabulary))


def misspelling(word: str, vocabulary: Vocabulary) -> str | None:
    """An unknown word of the index that is nearly the known `word`: a slip in a text."""
    if not _comparable(word) or not is_known(word):
        return None
    bound = min(2.0, _SHARE * len(word))
    near = _near(word, bound, vocabulary)
    return _nearest([(cost, one) for cost, one in near if not is_known(one.word)])


def beginning(word: str, vocabulary: Vocabulary) -> str | None:
    """What was most likely meant by `word`, which only slips begin with, if any: the beginning that
    is nearest, among those of the frequent words with the same first letter. It has no dots, and
    none are missed in `word`."""
    if not _comparable(word):
        return None
    own = fold_ascii(word)
    others = [*vocabulary.completing(own[0], _BEGINNINGS).items()]
    costs = _table(own, letters([folded[: len(own) + 2] for _, folded in others]))
    least = costs.min(axis=0)
    near = np.flatnonzero((least > 0) & (least <= _bound(own)))
    # The longest of equally near ones: *kompeten* for *kompetn*, and not *kompet*.
    ends = len(costs) - 1 - np.argmin(costs[::-1, near], axis=0)
    ranks = [
        (costs[end, at] + _UNKNOWN * (not is_known(others[at][0])), at, end)
        for at, end in zip(near.tolist(), ends.tolist(), strict=True)
    ]
    if not ranks:
        return None
    _, at, end = min(ranks)
    return others[at][1][:end]


def _without_ending(word: str) -> Iterator[str]:
    """The word without each of the endings of nouns that it may have; none of the short ones."""
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= _LONG:
            yield base


def _bound(word: str) -> float:
    return 1.0 if len(word) <= 5 else 1.5 if len(word) <= 8 else 2.0


def _comparable(word: str) -> bool:
    return 4 <= len(word) <= LONGEST and word.isalpha()


def _near(word: str, bound: float, vocabulary: Vocabulary) -> Iterator[tuple[float, Spelling]]:
    """The spellings within `bound` of the word or of its stem, each with its distance; a first
    letter that differs counts more."""
    for written in {word, analyze(word)[0].stem}:
        rows, codes = vocabulary.nearby(written, distance=math.ceil(bound))
        costs = distances(written, codes)
        near = costs <= bound
        chosen = zip(costs[near].tolist(), vocabulary.spellings(rows[near]), strict=True)
        for cost, one in chosen:
            if one is not None:
                yield cost + _OTHER_INITIAL * (written[0] != one.spelling[0]), one


def _nearest(near: Iterable[tuple[float, Spelling]]) -> str | None:
    ranks = ((cost + _UNKNOWN * (not is_known(one.word)), -one.n, one.word) for cost, one in near)
    best = min(ranks, default=None)
    return best[2] if best else None


def distances(word: str, others: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """The weighted distances of `word` to `others`, uint16 (k, `LONGEST`) as in `letters`, float64
    (k,)."""
    lengths = np.count_nonzero(others, axis=1)
    costs: npt.NDArray[np.float64] = _table(word, others)[lengths, np.arange(len(others))]
    return costs


def _table(word: str, others: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """The weighted distances of `word` to each beginning of `others`, float64 (width + 1, k), the
    empty one first: the last row of the usual table, filled one cell at a time for all of the
    others at once. Beyond its end an other is no nearer."""
    width = int(np.count_nonzero(others, axis=1).max(initial=0))
    codes = np.ascontiguousarray(others[:, :width].T)  # a row per position, as below
    gaps = np.full((width + 1, len(others)), _LETTER)
    gaps[2:][codes[1:] == codes[:-1]] = _CHEAP
    last = np.zeros((width + 1, len(others)))
    last[1:] = np.cumsum(gaps[1:], axis=0)
    before, was = last, np.zeros_like(codes, np.bool_)
    for i, letter in enumerate(word, start=1):
        gap = _CHEAP if i > 1 and letter == word[i - 2] else _LETTER
        same = codes == letters([letter])[0, 0]
        replaced = last[:-1] + np.where(same, 0.0, _replacements(letter)[np.minimum(codes, 255)])
        row = np.minimum(last + gap, np.concatenate([last[:1] + gap, replaced]))
        swapped = np.where(same[:-1] & was[1:], before[:-2] + _SWAP, np.inf)
        row[2:] = np.minimum(row[2:], swapped)
        # Each insertion builds on the cell before it, so this cannot be one operation.
        for j in range(1, width + 1):
            np.minimum(row[j], row[j - 1] + gaps[j], out=row[j])
        before, last, was = last, row, same
    return last


@lru_cache(maxsize=256)
def _replacements(letter: str) -> npt.NDArray[np.float64]:
    """The cost of replacing `letter`, by the code point of the other; 255 stands for all above."""
    pairs = (frozenset((letter, chr(code))) for code in range(256))
    return np.array([_CHEAP if pair in _CHEAP_PAIRS else _LETTER for pair in pairs])
