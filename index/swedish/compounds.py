"""Which words is this word made of?

A split is a sequence of first parts and a last part. The more dictionary words a part occurs in,
the less it costs. Dynamic programming finds the cheapest split, which is used if it costs less than
leaving the word whole. Words in the dictionary are expensive to split, unknown words are cheap.
"""

import math
from functools import lru_cache

from .costs import PRODUCTIVE, first_cost, last_cost
from .heads import may_have_head, readings
from .lemma import is_bound, lemma
from .lexicon import lexicon
from .normalize import fold
from .productive import NOT_MIDDLE, PARTICLE_HEADS, SIMPLE_WORDS

MAX_LENGTH = 60
"""Longer words are not split, which bounds the work per word."""

MIN_LENGTH = 5
"""Letters in the shortest word that is split."""

MIN_LAST = 2
MAX_FIRST = 24
"""Letters in the shortest last part, and in the longest first part that is looked up."""

_JUNCTION = 1.9
"""Cost of each cut."""

_WHOLE_KNOWN = 8.2
_WHOLE_UNKNOWN = 12.5
"""Cost of leaving a known or an unknown word whole. These and the costs below were set by looking
at some thousand splits of Swedish grant decisions."""

_MISSED_LINK = 1.0
"""Extra cost of reading as the head's first letter an s that may be a link."""

_GUESS_LENGTH = 9
"""Letters in the shortest word that may be split at one known part."""

_SURE_PART = 4
"""Letters in the shortest part of a compound that counts as known."""

_INFLECTED = ("or", "ar", "er", "nas", "ens", "ets")
"""Endings of a plural or genitive that may be written together with the next word."""

_VOWELS = frozenset("aeiouyåäö")


def split_compound(word: str) -> tuple[str, ...]:
    """The parts of a word, folded; links stay on the left: *arbets*, *marknad*.

    A hyphenated word keeps its hyphens, also on the left. A word that is not a compound is
    its own only part.
    """
    folded = fold(word).text or word
    return _split_hyphenated(folded) if "-" in folded else split(folded)


def _split_hyphenated(word: str) -> tuple[str, ...]:
    pieces = [piece for piece in word.split("-") if piece]
    parts: list[str] = []
    for number, piece in enumerate(pieces, start=1):
        parts.extend(split(piece))
        if number < len(pieces):
            parts[-1] += "-"
    return tuple(parts)


@lru_cache(maxsize=32_768)
def split(word: str) -> tuple[str, ...]:
    """The parts of a folded word without hyphens."""
    if not MIN_LENGTH <= len(word) <= MAX_LENGTH or not word.isalpha():
        return (word,)
    # A bound head such as *havare* is one part, however it could be split.
    if any(map(is_bound, lexicon().bases(word))):
        return (word,)
    parts = _particle_split(word) or _cheapest(word)
    if len(parts) < 2 and word not in SIMPLE_WORDS and not readings(word):
        parts = _plural_split(word) or _guess(word)
    if len(parts) < 2:
        return (word,)
    return tuple(
        piece
        for number, part in enumerate(parts, start=1)
        for piece in (split(part) if number == len(parts) else _split_first(part))
    )


def is_sure_compound(word: str) -> bool:
    """Whether an unknown word is made of dictionary words, none of them too short."""
    parts = _cheapest(word) if MIN_LENGTH <= len(word) <= MAX_LENGTH else (word,)
    return len(parts) > 1 and all(len(part) >= _SURE_PART for part in parts)


def _split_first(part: str) -> tuple[str, ...]:
    """Split a first part as the word it stands for, then put its link back."""
    for core in (part, part.removesuffix("s")):
        if lexicon().is_base(core) and len(core) >= 7:
            *rest, last = split(core)
            return (*rest, last + part[len(core) :])
    return (part,)


def _plural_split(word: str) -> tuple[str, ...]:
    """Split an unknown word after an inflected noun: *skolor+närvaro*, *barnens+rätt*."""
    for cut in range(len(word) - _SURE_PART, _SURE_PART, -1):
        first, last = word[:cut], word[cut:]
        if first.endswith(_INFLECTED) and last_cost(last) < math.inf and lemma(last) is not None:
            base = lemma(first)
            if base is not None and base != first:
                return (first, last)
    return ()


def _particle_split(word: str) -> tuple[str, ...]:
    for particle, heads in PARTICLE_HEADS.items():
        if word.startswith(particle) and word.startswith(heads, len(particle)):
            return (particle, word[len(particle) :])
    return ()


def _cheapest(word: str) -> tuple[str, ...]:
    """The cheapest split of a word; the word alone when leaving it whole is cheaper."""
    wholes = readings(word)
    if word in SIMPLE_WORDS or not SIMPLE_WORDS.isdisjoint(wholes):
        return (word,)
    known = bool(wholes)
    # The shorter an unknown word, the more likely that a split is a coincidence.
    budget = _WHOLE_KNOWN if known else min(_WHOLE_UNKNOWN, 6.0 + 0.6 * len(word))
    # reached[i]: the cheapest chain of first parts that ends at i, and where its last one starts.
    reached: list[tuple[float, int] | None] = [None] * (len(word) + 1)
    reached[0] = (0.0, 0)
    best: tuple[float, int] | None = None
    last_end = len(word) - MIN_LAST
    for start in range(len(word) - 1):
        here = reached[start]
        if here is None or here[0] >= budget:
            continue
        cost = here[0] + _end_cost(word, here[1], start) if start else math.inf
        if cost < budget and (not known or may_have_head(word, start, wholes)):
            budget, best = cost, (cost, start)  # later chains are cut off at this cost
        for end in lexicon().first_ends(word, start, min(last_end, start + MAX_FIRST)):
            part = word[start:end]
            cost = here[0] + first_cost(part) + _JUNCTION
            there = reached[end]
            if cost < budget and (there is None or cost < there[0]):
                if start and part in NOT_MIDDLE:
                    continue
                reached[end] = (cost, start)
    if best is None:
        return (word,)
    return _walk_back(word, best[1], reached)


def _end_cost(word: str, previous: int, start: int) -> float:
    """Cost of ending with the last part that begins at `start`.

    An s that may be a link is one: *lands+ting* rather than *land+sting*.
    """
    cost = last_cost(word[start:])
    links = word[start] == "s" and first_cost(word[previous : start + 1]) < math.inf
    return cost + _MISSED_LINK if links else cost


def _guess(word: str) -> tuple[str, ...]:
    """Split an unknown word at a productive part although the other part is unknown."""
    if len(word) < _GUESS_LENGTH:
        return (word,)
    guesses = [
        (cost, cut)
        for cut in range(4, len(word) - 3)
        if (cost := min(_edge_first(word[:cut], word[cut:]), _edge_last(word[:cut], word[cut:])))
        < math.inf
    ]
    if not guesses:
        return (word,)
    cut = min(guesses)[1]
    return (word[:cut], word[cut:])


def _edge_last(first: str, last: str) -> float:
    productive = len(last) >= 5 and last_cost(last) <= PRODUCTIVE and _speakable(first)
    return 6.0 - 0.2 * len(last) if productive else math.inf


def _edge_first(first: str, last: str) -> float:
    productive = (
        len(first) >= 5
        and first.endswith("s")
        and len(last) >= 5
        and first_cost(first) <= PRODUCTIVE
        and _speakable(last)
    )
    return 6.5 - 0.2 * len(first) if productive else math.inf


def _speakable(part: str) -> bool:
    return not _VOWELS.isdisjoint(part)


def _walk_back(
    word: str, last_start: int, reached: list[tuple[float, int] | None]
) -> tuple[str, ...]:
    parts = [word[last_start:]]
    end = last_start
    while end:
        step = reached[end]
        assert step is not None
        parts.append(word[step[1] : end])
        end = step[1]
    return tuple(reversed(parts))
