"""The piece of a text that best shows why it matched: whole sentences with the matches marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from index.swedish import record_of, stem_of, words_at
from search.marks import Place
from search.result import Segment, Snippet

MAX_CHARACTERS = 260
STRETCH = 10_000
"""Characters from the first mark of a long text in which the best piece is sought."""
_CONTEXT = 1_000  # characters before and after the marks of a paragraph, for whole sentences
# A capital or a digit must follow, so abbreviations such as *t.ex.* end no sentence.
_SENTENCE_END = re.compile(r"[.!?]([\"”»)]?\s+)(?=[\"”»(]?[A-ZÅÄÖ0-9])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span of a text; ``key`` is what it matched, equal for inflections of one word."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int


def marked(text: str, places: Sequence[Place]) -> list[Mark]:
    """The spans of `text` that the query matches: words, parts of compounds, whole phrases."""
    words = words_at(text, (place.last for place in places))
    return _disjoint(
        mark for place, word in zip(places, words, strict=True) for mark in _marks(place, word)
    )


def segments(text: str, marks: Sequence[Mark], start: int, end: int) -> tuple[Segment, ...]:
    """`text[start:end]` cut at the marks."""
    pieces = []
    at = start
    for mark in marks:
        if start <= mark.start and mark.end <= end:
            pieces += [Segment(text[at : mark.start], False)]
            pieces += [Segment(text[mark.start : mark.end], True)]
            at = mark.end
    pieces.append(Segment(text[at:end], False))
    return tuple(segment for segment in pieces if segment.text)


def blocks(texts: Sequence[str], places: Sequence[Place]) -> tuple[tuple[Segment, ...], ...]:
    """The segments of each of the blocks that a text has, a block a line."""
    text = "\n".join(texts)
    marks = marked(text, places)
    ends = accumulate(len(block) + 1 for block in texts)
    return tuple(
        segments(text, marks, end - 1 - len(block), end - 1)
        for block, end in zip(texts, ends, strict=True)
    )


def whole(field: str, text: str, places: Sequence[Place]) -> Snippet:
    """The whole of a short text."""
    return Snippet(field, segments(text, marked(text, places), 0, len(text)))


def best(field: str, text: str, places: Sequence[Place]) -> Snippet:
    """The window of a text with most of what stands at its `places` in it."""
    reach = places[0].first + STRETCH
    keys = {place.first: place.key for place in places if place.first < reach}
    firsts = [*keys]

    def worth(window: _Window) -> tuple[int, int, int]:
        inside = firsts[bisect_left(firsts, window.start) : bisect_left(firsts, window.end)]
        return len({keys[at] for at in inside}), len(inside), -window.start

    window = max(_windows(text, firsts), key=worth)
    some = [place for place in places if window.start <= place.first < window.end]
    return _cut(field, text, marked(text, some), window)


def opening(field: str, text: str) -> Snippet:
    """The first sentences of a text, for queries without words."""
    sentences = _sentences(text[:STRETCH].partition("\n")[0], 0)
    return _cut(field, text, [], next(_windows_of(text, sentences, []), _Window(0, 0)))


def _marks(place: Place, word: str) -> Iterator[Mark]:
    """What to mark of a place whose last word is `word`: all, or the parts it is there for."""
    parts = _parts(word, place.key) if place.first == place.last else ()
    for start, end in parts or ((0, len(word)),):
        yield Mark(place.first + start, place.last + end, place.key)


@lru_cache(maxsize=32_768)
def _parts(word: str, stem: str) -> tuple[tuple[int, int], ...]:
    """The spans of the parts of a word that have a stem; none if it is that of the word itself, or
    if the word only stands for one that has the part, as *studie-* does."""
    if stem_of(word) == stem:
        return ()
    return tuple((part.start, part.end) for part in record_of(word).parts if part.stem == stem)


def _disjoint(spans: Iterable[Mark]) -> list[Mark]:
    """The spans in order, overlapping ones joined."""
    joined: list[Mark] = []
    # The longest of those that begin together comes first and decides the key.
    for span in sorted(spans, key=lambda mark: (mark.start, -mark.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Mark(last.start, max(last.end, span.end), last.key)
        else:
            joined.append(span)
    return joined


def _windows(text: str, firsts: Sequence[int]) -> Iterator[_Window]:
    """Runs of whole sentences of one paragraph that fit, or cuts around the marks of a sentence
    that does not. `firsts` are where the marks begin; paragraphs without any give none."""
    at = 0
    while at < len(firsts):
        end = text.find("\n", firsts[at])
        end = end if end >= 0 else len(text)
        inside = firsts[at : bisect_left(firsts, end, lo=at)]
        begin = max(text.rfind("\n", 0, inside[0]) + 1, inside[0] - _CONTEXT)
        line = text[begin : min(end, inside[-1] + _CONTEXT)]
        yield from _windows_of(text, _sentences(line, begin), inside)
        at += len(inside)


def _windows_of(
    text: str, sentences: Sequence[_Window], firsts: Sequence[int]
) -> Iterator[_Window]:
    for number, sentence in enumerate(sentences):
        at = bisect_left(firsts, sentence.start)
        reach = max(sentence.end, sentence.start + MAX_CHARACTERS)
        if firsts and (at == len(firsts) or firsts[at] >= reach):
            continue  # no mark in it, nor in what fits after it
        if sentence.end - sentence.start > MAX_CHARACTERS:
            yield from _cuts(text, sentence, firsts)
            continue
        last = sentence
        for following in sentences[number + 1 :]:
            if following.end - sentence.start > MAX_CHARACTERS:
                break
            last = following
        yield _Window(sentence.start, last.end)


def _sentences(line: str, offset: int) -> list[_Window]:
    between = [match.span(1) for match in _SENTENCE_END.finditer(line)]
    pairs = zip(
        [0, *(end for _, end in between)], [*(at for at, _ in between), len(line)], strict=True
    )
    return [_Window(offset + start, offset + end) for start, end in pairs if start < end]


def _cuts(text: str, sentence: _Window, firsts: Sequence[int]) -> Iterator[_Window]:
    """Windows in a sentence that is too long: one around each mark, cut between words."""
    inside = firsts[bisect_left(firsts, sentence.start) : bisect_left(firsts, sentence.end)]
    for anchor in inside or [sentence.start]:
        start = max(sentence.start, anchor - MAX_CHARACTERS // 4)
        end = min(sentence.end, start + MAX_CHARACTERS)
        start = max(sentence.start, end - MAX_CHARACTERS)
        if start > sentence.start:
            start = max(start, text.find(" ", start, anchor) + 1)
        if end < sentence.end:
            end = max(text.rfind(" ", start, end), anchor)
        yield _Window(start, max(end, min(anchor + 1, sentence.end)))


def _cut(field: str, text: str, marks: Sequence[Mark], window: _Window) -> Snippet:
    return Snippet(
        field,
        segments(text, marks, window.start, window.end),
        before=bool(text[: window.start].strip()),
        after=bool(text[window.end :].strip()),
    )
