"""What does it cost to read letters as a part of a compound?

A cost is a kind of negative log likelihood: low for parts of many dictionary words, infinite
for letters that cannot be a part.
"""

import math
from functools import lru_cache

from .lexicon import BOUND, ENDS_COMPOUND, NAME, lexicon, word_class
from .productive import BAD_HEADS, NEVER_FIRST, SHORT_FIRST, SHORT_LAST

_RARE = 3.0
_BY_PRODUCTIVITY = 0.55
"""A part in n dictionary words costs `_RARE - _BY_PRODUCTIVITY * ln(1 + n)`. These and the costs
below were set by looking at some thousand splits of Swedish grant decisions."""

_UNPRODUCTIVE = 3.6
"""A part in one dictionary word, or none."""

PRODUCTIVE = _RARE - _BY_PRODUCTIVITY * math.log(13)
"""A part in twelve dictionary words."""

_SHORT_FIRST = 3.5
_SHORT_HEAD = 1.2
"""Listed parts that are too short to be counted: *el*, *år*."""

_LINKED = 3.4
"""A word with an -s, or an adjective, that the dictionary does not list as a first part."""

_NAME = 3.6
"""A name."""

_BARE = 4.0
"""Any other word as a first part."""

_VERB = 3.0
"""A verb form as a last part, at most: participles head compounds freely."""

_LETTERS_3, _LETTERS_4 = 1.6, 0.5
"""Extra cost of first parts of three and of four letters: they turn up by chance everywhere."""

_LETTERS_3_LISTED, _LETTERS_3_UNLISTED, _LETTERS_4_LAST = 1.2, 3.0, 0.6
"""The same for last parts."""

_LETTER_BONUS = 0.2
_BONUS_FROM, _BONUS_LETTERS = 6, 6
"""Discount per letter over six, for six letters at most: long parts are no coincidence."""

MIN_COUNTED = 3
"""Letters in the shortest part whose productivity is counted; shorter ones are listed."""

MIN_PLAIN = 4
MIN_NAME = 5
MIN_LINKED = 6
MIN_VERB = 6
"""Letters in the shortest adjective, name, word with an -s, and verb form that is a part."""


@lru_cache(maxsize=32_768)
def first_cost(form: str) -> float:
    """What it costs to read a form as a first part."""
    if form in NEVER_FIRST:
        return math.inf
    if len(form) < MIN_COUNTED:
        return _SHORT_FIRST if form in SHORT_FIRST else math.inf
    listed = lexicon().first_part(form)
    cost = _by_count(listed.words) if listed else _unlisted_first_cost(form)
    if len(form) == MIN_COUNTED:
        return cost + _LETTERS_3
    return cost + _LETTERS_4 if len(form) == 4 else cost - _length_bonus(form)


def _unlisted_first_cost(form: str) -> float:
    """First parts that the dictionary does not list: words with an -s, names, adjectives."""
    flags = lexicon().flags(form)
    if flags is not None and BOUND not in flags:
        return _word_as_first(form, flags)
    linked = lexicon().flags(form[:-1]) if form.endswith("s") else None
    if linked is None or BOUND in linked or len(form) < MIN_LINKED:
        return math.inf
    return _LINKED


def _word_as_first(form: str, flags: str) -> float:
    if len(form) >= MIN_PLAIN and NAME not in flags and word_class(form, flags) == "adjective":
        return _LINKED
    if len(form) < MIN_NAME:
        return math.inf
    return _NAME if NAME in flags else _BARE


@lru_cache(maxsize=32_768)
def last_cost(form: str) -> float:
    """What it costs to read a form as a last part."""
    if len(form) < MIN_COUNTED:
        return _SHORT_HEAD + _LETTERS_3_LISTED if form in SHORT_LAST else math.inf
    cost = min((_base_cost(form, base) for base in lexicon().bases(form)), default=math.inf)
    if len(form) == MIN_COUNTED:
        return cost + (_LETTERS_3_LISTED if form in SHORT_LAST else _LETTERS_3_UNLISTED)
    return cost + _LETTERS_4_LAST if len(form) == 4 else cost - _length_bonus(form)


def _length_bonus(form: str) -> float:
    return _LETTER_BONUS * min(max(len(form) - _BONUS_FROM, 0), _BONUS_LETTERS)


def _base_cost(form: str, base: str) -> float:
    flags = lexicon().flags(base) or ""
    if base in BAD_HEADS:
        return math.inf
    if NAME in flags:
        return _NAME if len(form) >= MIN_LINKED and ENDS_COMPOUND in flags else math.inf
    if len(base) < MIN_COUNTED and base in SHORT_LAST:
        return _SHORT_HEAD
    kind = word_class(base, flags)
    if ENDS_COMPOUND not in flags and kind == "bare":
        return math.inf
    cost = _by_count(lexicon().end_count(base))
    return min(cost, _VERB) if kind == "verb" and len(form) >= MIN_VERB else cost


def _by_count(count: int) -> float:
    if count <= 1:
        return _UNPRODUCTIVE
    return _RARE - _BY_PRODUCTIVITY * math.log1p(count)
