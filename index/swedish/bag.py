"""A text as its words without their order: what indexing needs, several times as fast as tokens.

A word that stands ten times is looked at once. `analyze` gives the same words one by one, with
spans; a test holds the two together.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .analysis import SUSPENSION_REACH, Record, analyze, record_of
from .normalize import HYPHENS
from .tokens import find_words

_SUSPENDED = re.compile(rf"(?<=\S)[{HYPHENS}](?!\w)|(?<=\s)[{HYPHENS}](?=\w)")
_BEFORE, _AFTER = 4, SUSPENSION_REACH + 4  # words to complete a suspended one from; some are signs


class Bag(NamedTuple):
    """The words of a text.

    `words` are the word records, each with its positions: tokens counted from 0, one number left
    out at each line end so that no run of positions spans two lines. `ellipses` are the stems that
    suspended compounds stand for (*studievägledning*), once for each time; `length` counts tokens.
    """

    words: list[tuple[Record, list[int]]]
    ellipses: list[str]
    length: int


def bag(text: str) -> Bag:
    """The words of a text, in the order of their first occurrence."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    ellipses: list[str] = []
    position = length = 0
    for line in text.split("\n"):
        words = find_words(line)
        for at, word in enumerate(words, start=position):
            places[word].append(at)
        length += len(words)
        position += len(words) + 1
        if _SUSPENDED.search(line):
            ellipses += _ellipses(line)
    return Bag([(record_of(word), at) for word, at in places.items()], ellipses, length)


def suspensions(text: str) -> Iterator[tuple[int, int, int]]:
    """Where a compound may be suspended in a text (*studie- och*, *och -vård*): the place of its
    hyphen, and around it enough for `analyze` to write it out, cut between words. The word that is
    written out begins as one of those before the hyphen does."""
    for match in _SUSPENDED.finditer(text):
        start, end = match.span()
        for _ in range(_BEFORE):
            start = text.rfind(" ", 0, max(start - 1, 0)) + 1
        for _ in range(_AFTER):
            end = text.find(" ", end) + 1 or len(text)
        yield match.start(), start, end


def _ellipses(line: str) -> list[str]:
    """What the suspended compounds of a line stand for. Only what is around them is analysed: a
    line may be a whole text."""
    found: dict[tuple[int, str], str] = {}
    for hyphen, start, end in suspensions(line):
        for token in analyze(line[start:end]):
            place = token.start + start
            if place == hyphen + 1 or token.end + start == hyphen + 1:
                stems = (part.stem for part in token.parts if part.kind == "ellipsis")
                found.update(((place, stem), stem) for stem in stems)
    return list(found.values())
