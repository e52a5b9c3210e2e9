"""The piece of a text that best shows why it was found: whole sentences, what matched marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.swedish import (
    Token,
    analyze,
    is_function_word,
    record_of,
    scan,
    suspensions,
)
from search.expand import Marks
from search.result import Segment, Snippet

MAX_CHARACTERS = 260
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”»)]?\s+(?=[\"”»(]?[A-ZÅÄÖ0-9])")


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


def marked(text: str, marks: Marks) -> list[Mark]:
    """The spans of `text` that the query matches: words, parts of compounds, whole phrases."""
    if not (marks.stems or marks.surfaces or marks.phrases):
        return []
    spans: list[Mark] = []
    known = marks.known
    for raw, start in scan(text):
        found = known.get(raw)
        if found is None:
            found = known[raw] = tuple(_word_marks(raw, marks))
        for begin, end, key in found:
            spans.append(Mark(begin + start, end + start, key))
    for start, end in suspensions(text):
        for token in analyze(text[start:end]):
            spans += _ellipsis_marks(token, start, marks)
    if marks.phrases:
        tokens = analyze(text)
        spans += [mark for words in marks.phrases for mark in _phrase_marks(text, tokens, words)]
    return _disjoint(spans)


def segments(text: str, marks: Sequence[Mark], start: int, end: int) -> tuple[Segment, ...]:
    """`text[start:end]` cut at the marks."""
    found = []
    at = start
    for mark in marks:
        if start <= mark.start and mark.end <= end:
            found += [Segment(text[at : mark.start], False)]
            found += [Segment(text[mark.start : mark.end], True)]
            at = mark.end
    found.append(Segment(text[at:end], False))
    return tuple(segment for segment in found if segment.text)


def whole(field: str, text: str, marks: Marks) -> Snippet | None:
    """The whole of a short text, if anything in it is marked."""
    spans = marked(text, marks)
    return Snippet(field, segments(text, spans, 0, len(text))) if spans else None


def best(field: str, text: str, marks: Marks) -> Snippet | None:
    """The window of a text with most of what was searched for; None where nothing is marked."""
    spans = marked(text, marks)
    if not spans:
        return None
    window = max(_windows(text, spans), key=lambda one: (_worth(one, spans), -one.start))
    return _cut(field, text, spans, window)


def opening(field: str, text: str) -> Snippet | None:
    """The first sentences of a text, for when nothing was searched for."""
    return _cut(field, text, [], next(_windows(text, []))) if text else None


def _word_marks(raw: str, marks: Marks) -> Iterator[tuple[int, int, str]]:
    """What to mark of a word as written, wherever it stands: (start, end, key) in the word."""
    word = record_of(raw)
    if word.surface in marks.surfaces:
        yield 0, len(raw), word.surface
    elif is_function_word(word.surface):
        return
    elif word.stem in marks.stems:
        yield 0, len(raw), word.stem
    else:
        for part in word.parts:
            if part.stem in marks.stems:
                yield part.start, part.end, part.stem


def _ellipsis_marks(token: Token, offset: int, marks: Marks) -> Iterator[Mark]:
    for part in token.parts:
        if part.kind == "ellipsis" and part.stem in marks.stems:
            yield Mark(part.start + offset, part.end + offset, part.stem)


def _phrase_marks(text: str, tokens: Sequence[Token], words: tuple[str, ...]) -> Iterator[Mark]:
    for at in range(len(tokens) - len(words) + 1):
        run = tokens[at : at + len(words)]
        if all(token.surface == word for token, word in zip(run, words, strict=True)):
            start, end = run[0].start, run[-1].end
            if "\n" not in text[start:end]:
                yield Mark(start, end, " ".join(words))


def _disjoint(spans: list[Mark]) -> list[Mark]:
    """In order, overlapping ones joined."""
    joined: list[Mark] = []
    for span in sorted(spans, key=lambda mark: (mark.start, -mark.end)):
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Mark(last.start, max(last.end, span.end), last.key)
        else:
            joined.append(span)
    return joined


def _windows(text: str, spans: Sequence[Mark]) -> Iterator[_Window]:
    """Runs of whole sentences of one paragraph that fit; of longer ones, cuts around marks."""
    start = 0
    for line in text.split("\n"):
        sentences = _sentences(line, start)
        for first, sentence in enumerate(sentences):
            if sentence.end - sentence.start > MAX_CHARACTERS:
                yield from _cuts(text, sentence, spans)
                continue
            last = sentence
            for following in sentences[first + 1 :]:
                if following.end - sentence.start > MAX_CHARACTERS:
                    break
                last = following
            yield _Window(sentence.start, last.end)
        start += len(line) + 1


def _sentences(line: str, offset: int) -> list[_Window]:
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(line))]
    ends = [*(match.start() for match in _SENTENCE_END.finditer(line)), len(line)]
    pairs = zip(starts, ends, strict=True)
    return [_Window(offset + start, offset + end) for start, end in pairs if start < end]


def _cuts(text: str, sentence: _Window, spans: Sequence[Mark]) -> Iterator[_Window]:
    """Windows in a sentence that is too long: one around each mark, at word boundaries."""
    inside = [m for m in spans if sentence.start <= m.start and m.end <= sentence.end]
    for anchor in [mark.start for mark in inside] or [sentence.start]:
        start = max(sentence.start, anchor - MAX_CHARACTERS // 4)
        end = min(sentence.end, start + MAX_CHARACTERS)
        start = max(sentence.start, end - MAX_CHARACTERS)
        if start > sentence.start:
            start = max(start, text.find(" ", start, anchor) + 1)
        if end < sentence.end:
            end = max(text.rfind(" ", start, end), anchor)
        yield _Window(start, max(end, min(anchor + 1, sentence.end)))


def _worth(window: _Window, spans: Sequence[Mark]) -> tuple[int, int]:
    inside = [m.key for m in spans if window.start <= m.start and m.end <= window.end]
    return len(set(inside)), len(inside)


def _cut(field: str, text: str, spans: Sequence[Mark], window: _Window) -> Snippet:
    return Snippet(
        field,
        segments(text, spans, window.start, window.end),
        before=bool(text[: window.start].strip()),
        after=bool(text[window.end :].strip()),
    )
