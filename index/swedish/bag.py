"""A text as a bag of words: all that indexing needs, several times as fast as tokens.

A word that occurs ten times is analysed once. `analyze` gives the same words one by one, with
parts; a test checks that the two agree.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .analysis import SUSPENSION_REACH, Record, analyze, record_of
from .normalize import HYPHENS
from .tokens import find_tokens, find_words

_SUSPENDED = re.compile(rf"(?<=\S)[{HYPHENS}](?!\w)|(?<=\s)[{HYPHENS}](?=\w)")
_BEFORE, _AFTER = 4, SUSPENSION_REACH + 4  # words of context; some turn out to be punctuation


class Bag(NamedTuple):
    """The words of a text.

    `words` are the word records, each with its positions: tokens counted from 0, skipping a number
    at each line end so that no phrase matches across lines. `ellipses` are the stems that suspended
    compounds stand for (*studievägledning*), each with its position; `length` counts tokens.
    `starts` says for each position where in the text its token begins; a number that is skipped has
    that of the one before it.
    """

    words: list[tuple[Record, list[int]]]
    ellipses: list[tuple[str, int]]
    length: int
    starts: list[int]


def bag(text: str) -> Bag:
    """The words of a text, in the order of their first occurrence."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    ellipses: list[tuple[str, int]] = []
    starts: list[int] = []
    length = line_start = 0
    for line in text.split("\n"):
        first = len(starts)
        if _SUSPENDED.search(line):
            ellipses += [(stem, first + at) for stem, at in _ellipses(line)]
        matches = [*find_tokens(line)]
        for at, match in enumerate(matches, start=first):
            places[match[0]].append(at)
        starts += [line_start + match.start() for match in matches]
        length += len(starts) - first
        starts.append(starts[-1] if starts else 0)
        line_start += len(line) + 1
    return Bag([(record_of(word), at) for word, at in places.items()], ellipses, length, starts)


def _suspensions(text: str) -> Iterator[tuple[int, int, int]]:
    """Where compounds may be suspended (*studie- och*, *och -vård*): the place of the hyphen, and
    the start and end of enough text around it for `analyze` to complete the compound. The completed
    word begins like one of the words before the hyphen."""
    for match in _SUSPENDED.finditer(text):
        start, end = match.span()
        for _ in range(_BEFORE):
            start = text.rfind(" ", 0, max(start - 1, 0)) + 1
        for _ in range(_AFTER):
            end = text.find(" ", end) + 1 or len(text)  # `find` gives -1 in the last word
        yield match.start(), start, end


def _ellipses(line: str) -> list[tuple[str, int]]:
    """What the suspended compounds of a line stand for, and where. Only their surroundings are
    analysed, since a line may be a whole text."""
    # By place: stretches around neighbouring hyphens overlap and show the same ellipsis twice.
    by_place: dict[tuple[int, str], str] = {}
    for hyphen, start, end in _suspensions(line):
        for token in analyze(line[start:end]):
            place = token.start + start
            if place == hyphen + 1 or token.end + start == hyphen + 1:
                stems = (part.stem for part in token.parts if part.kind == "ellipsis")
                by_place.update(((place, stem), stem) for stem in stems)
    return [(stem, len(find_words(line[:place]))) for (place, _), stem in by_place.items()]
