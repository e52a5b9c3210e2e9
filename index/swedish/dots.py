"""Which words may this be, written without its dots and rings?"""

from functools import lru_cache
from itertools import product
from math import prod

from .compounds import MAX_LENGTH, is_sure_compound
from .lemma import lemma

_LETTERS = {"a": "aåä", "o": "oö"}
_MAX_SPELLINGS = 500
"""Spellings tried of one word; seven *a* are too many."""


@lru_cache(maxsize=4_096)
def dotted(word: str) -> tuple[str, ...]:
    """The words of the dictionary, or else compounds of them, that are `word` with å, ä or ö for
    some of its a and o: *hälsa* for *halsa*; those with the fewest first. `word` is folded."""
    choices = [_LETTERS.get(letter, letter) for letter in word]
    if len(word) > MAX_LENGTH or prod(map(len, choices)) > _MAX_SPELLINGS:
        return ()
    spellings = sorted(map("".join, product(*choices)), key=lambda other: _dots(other, word))[1:]
    known = [spelling for spelling in spellings if lemma(spelling) is not None]
    if not known and lemma(word) is None:
        known = [spelling for spelling in spellings if is_sure_compound(spelling)]
    return tuple(known)


def _dots(spelling: str, word: str) -> int:
    return sum(one != other for one, other in zip(spelling, word, strict=True))
