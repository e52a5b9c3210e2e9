"""The piece of a text that best shows why it matched: whole sentences with the matches marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.swedish import (
    Token,
    analyze,
    find_words,
    fold,
    is_function_word,
    record_of,
    scan,
    surface_of,
    suspensions,
)
from search.deadline import NEVER, Deadline
from search.expand import Marks
from search.result import Segment, Snippet

MAX_CHARACTERS = 260
STRETCH = 10_000
"""Characters. A long text is searched a stretch at a time, up to the first with a mark."""
_BEGINNING = 2  # letters that a suspended compound and its stem have in common
_DIGIT = re.compile(r"\d")
# A capital or a digit must follow, so abbreviations such as *t.ex.* end no sentence.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”»)]?\s+(?=[\"”»(]?[A-ZÅÄÖ0-9])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span of a text; ``key`` is what it matched, equal for inflections of one word."""

    start: int
    end: int
    key: str

    def moved(self, offset: int) -> Mark:
        """The same mark in a text that begins `offset` characters earlier."""
        return Mark(self.start + offset, self.end + offset, self.key)


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int


def marked(text: str, marks: Marks, deadline: Deadline = NEVER) -> list[Mark]:
    """The spans of `text` that the query matches: words, parts of compounds, whole phrases."""
    deadline.check()
    if not (marks.stems or marks.surfaces or marks.phrases):
        return []
    spans = [
        Mark(begin + start, end + start, key)
        for raw, start in _marked_words(text, marks)
        for begin, end, key in marks.known[raw]
    ]
    beginnings = {stem[:_BEGINNING] for stem in marks.stems}
    for hyphen, start, end in suspensions(text) if beginnings else ():
        before = find_words(text[start : hyphen + 1])
        if any(fold(word).text[:_BEGINNING] in beginnings for word in before):
            for token in analyze(text[start:end]):
                spans += _ellipsis_marks(token, start, marks)
    if marks.phrases:
        tokens = analyze(text)
        spans += [mark for words in marks.phrases for mark in _phrase_marks(text, tokens, words)]
    return _disjoint(spans)


def _marked_words(text: str, marks: Marks) -> Iterator[tuple[str, int]]:
    """The words of a text with something to mark, and where each begins. Most texts are long and
    have few of them, so only the text between the spaces around each is split into words again."""
    known = marks.known
    words = set(find_words(text))
    for raw in words.difference(known):
        known[raw] = tuple(_word_marks(raw, marks)) if _may_be_marked(raw, marks) else ()
    wanted = {raw for raw in words if known[raw]}
    if any(_DIGIT.search(raw) for raw in wanted):  # numbers may have spaces in them
        yield from ((raw, start) for raw, start in scan(text) if raw in wanted)
        return
    for start, end in {place for raw in wanted for place in _around(text, raw)}:
        for raw, at in scan(text[start:end]):
            if raw in wanted:
                yield raw, start + at


def _may_be_marked(raw: str, marks: Marks) -> bool:
    """Whether a word as written must be analysed."""
    if marks.carriers is None:
        return True
    surface = surface_of(raw)
    return surface in marks.carriers or surface in marks.surfaces


def _around(text: str, raw: str) -> Iterator[tuple[int, int]]:
    """Where `raw` may occur: from the space before to the space after, and any numbers before."""
    at = text.find(raw)
    while at >= 0:
        start = _after_space(text, at)
        while start > 0 and text[start].isdigit():
            start = _after_space(text, start - 1)
        ends = (text.find(" ", at), text.find("\n", at))
        end = min((end for end in ends if end >= 0), default=len(text))
        yield start, end
        at = text.find(raw, at + len(raw))


def _after_space(text: str, at: int) -> int:
    return max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1


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


def whole(field: str, text: str, marks: Marks, deadline: Deadline = NEVER) -> Snippet | None:
    """The whole of a short text, if anything in it is marked."""
    spans = marked(text, marks, deadline)
    return Snippet(field, segments(text, spans, 0, len(text))) if spans else None


def best(field: str, text: str, marks: Marks, deadline: Deadline = NEVER) -> Snippet | None:
    """The window of a text with most of the query in it; None if nothing is marked."""
    found = (
        [mark.moved(start) for mark in marked(text[start:end], marks, deadline)]
        for start, end in stretches(text)
    )
    spans = next((some for some in found if some), None)
    if spans is None:
        return None
    window = max(_windows(text, spans), key=lambda window: (_worth(window, spans), -window.start))
    return _cut(field, text, spans, window)


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of a text."""
    start = 0
    while len(text) - start > STRETCH:
        end = text.rfind(" ", start + 1, start + STRETCH) + 1 or start + STRETCH
        yield start, end
        start = end
    yield start, len(text)


def opening(field: str, text: str) -> Snippet | None:
    """The first sentences of a text, for queries without words."""
    return _cut(field, text, [], next(_windows(text, []))) if text else None


def _word_marks(raw: str, marks: Marks) -> Iterator[tuple[int, int, str]]:
    """What to mark in a word as written, in any context: (start, end, key) in the word."""
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


def _windows(text: str, spans: Sequence[Mark]) -> Iterator[_Window]:
    """Runs of whole sentences of one paragraph that fit, or cuts around the marks of a sentence
    that does not. Paragraphs without a mark give none, unless there are no marks at all."""
    start = 0
    for line in text.split("\n"):
        inside = [m for m in spans if start <= m.start and m.end <= start + len(line)]
        if inside or not spans:
            yield from _windows_of(text, _sentences(line, start), inside)
        start += len(line) + 1


def _windows_of(
    text: str, sentences: Sequence[_Window], spans: Sequence[Mark]
) -> Iterator[_Window]:
    starts = [mark.start for mark in spans]
    for first, sentence in enumerate(sentences):
        at = bisect_left(starts, sentence.start)
        reach = max(sentence.end, sentence.start + MAX_CHARACTERS)
        if starts and (at == len(starts) or starts[at] >= reach):
            continue  # no mark in it, nor in what fits after it
        if sentence.end - sentence.start > MAX_CHARACTERS:
            yield from _cuts(text, sentence, spans)
            continue
        last = sentence
        for following in sentences[first + 1 :]:
            if following.end - sentence.start > MAX_CHARACTERS:
                break
            last = following
        yield _Window(sentence.start, last.end)


def _sentences(line: str, offset: int) -> list[_Window]:
    between = [match.span() for match in _SENTENCE_END.finditer(line)]
    pairs = zip(
        [0, *(end for _, end in between)], [*(at for at, _ in between), len(line)], strict=True
    )
    return [_Window(offset + start, offset + end) for start, end in pairs if start < end]


def _cuts(text: str, sentence: _Window, spans: Sequence[Mark]) -> Iterator[_Window]:
    """Windows in a sentence that is too long: one around each mark, cut between words."""
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
