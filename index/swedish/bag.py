"""A text as a bag of words: all that indexing needs, several times as fast as tokens.

A word that occurs ten times is analysed once. `analyze` gives the same words one by one, with
parts; a test checks that the two agree.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .analysis import SUSPENSION_REACH, Record, analyze, record_of
from .normalize import HYPHENS
from .tokens import find_tokens

_SUSPENDED = re.compile(rf"(?<=\S)[{HYPHENS}](?!\w)|(?<=\s)[{HYPHENS}](?=\w)")
_BEFORE, _AFTER = 4, SUSPENSION_REACH + 4  # words of context; some turn out to be punctuation
_FAR = 1_000  # characters of a word of context, which none has


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
        matches = [*find_tokens(line)]
        if _SUSPENDED.search(line):
            tokens = [match.start() for match in matches]
            ellipses += [(stem, first + at) for stem, at in _ellipses(line, tokens)]
        for at, match in enumerate(matches, start=first):
            places[match[0]].append(at)
        starts += [line_start + match.start() for match in matches]
        length += len(starts) - first
        starts.append(starts[-1] if starts else 0)
        line_start += len(line) + 1
    return Bag([(record_of(word), at) for word, at in places.items()], ellipses, length, starts)


def _suspensions(text: str) -> Iterator[tuple[set[int], int, int]]:
    """Where compounds may be suspended (*studie- och*, *och -vård*): the places of hyphens, and the
    start and end of enough text around them for `analyze` to complete the compounds. A completed
    word begins like one of the words before its hyphen. Stretches that overlap are one, so that no
    text is analysed twice."""
    hyphens: set[int] = set()
    begin = stop = 0
    for match in _SUSPENDED.finditer(text):
        start, end = match.span()
        for _ in range(_BEFORE):
            start = _space_before(text, start) + 1
        for _ in range(_AFTER):
            end = _space_after(text, end) + 1
        if hyphens and start > stop:
            yield hyphens, begin, stop
            hyphens = set()
        begin, stop = begin if hyphens else start, min(end, len(text))
        hyphens.add(match.start())
    if hyphens:
        yield hyphens, begin, stop


def _space_before(text: str, at: int) -> int:
    """The place of the last blank at a distance, -1 if there is none. Not far away: in a text
    without blanks each hyphen would look through all of it."""
    least = max(at - 1 - _FAR, 0)
    found = text.rfind(" ", least, max(at - 1, 0))
    return found if found >= 0 else least - 1


def _space_after(text: str, at: int) -> int:
    """The place of the next blank, or of the end."""
    found = text.find(" ", at, at + _FAR)
    return found if found >= 0 else min(at + _FAR, len(text))


def _ellipses(line: str, starts: list[int]) -> list[tuple[str, int]]:
    """What the suspended compounds of a line stand for, and at which of its tokens, which begin at
    `starts`. Only their surroundings are analysed, since a line may be a whole text."""
    # By place: what stands on both sides of two hyphens shows the same ellipsis twice.
    by_place: dict[tuple[int, str], str] = {}
    for hyphens, start, end in _suspensions(line):
        for token in analyze(line[start:end]):
            if not hyphens.isdisjoint((token.start + start - 1, token.end + start - 1)):
                stems = (part.stem for part in token.parts if part.kind == "ellipsis")
                by_place.update(((token.start + start, stem), stem) for stem in stems)
    return [(stem, bisect_left(starts, place)) for (place, _), stem in by_place.items()]
