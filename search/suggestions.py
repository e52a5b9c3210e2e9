"""What may a visitor be about to type?

The last word is taken to be the beginning of one, and so may be those before it: of the name of a
theme, of an owner or a funder, of a title, or of a word of the index. Neither case nor dots need be
typed, and slips are put right where nothing else begins so (`search.spelling`). Each suggestion
tells how many decisions are where it leads to.

All of it comes from the index and the theme file, and nothing from what visitors have typed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, zip_longest
from typing import Generic, Literal, NamedTuple, TypeVar

from whoosh import query

from index.storage.schema import TEXT_FIELDS
from index.swedish import find_words, fold_ascii, is_known, is_topical, stem_of, surface_of
from search import spelling
from search.deadline import NEVER, Deadline
from search.directory import ThemeCounts
from search.engine import Engine
from search.nodes import exact_term
from search.request import SearchRequest
from search.result import Segment
from search.syntax import is_plain

T = TypeVar("T")
SuggestionKind = Literal["theme", "owner", "funder", "word", "title"]

LONGEST = 100
"""Characters of a text that anything is suggested for."""
_WORDS = 6  # of such a text
_LETTERS, _TITLE_LETTERS = 2, 3  # at least; fewer say nothing of a title
_THEMES, _OWNERS, _FUNDERS, _SEARCHES, _TITLES = 4, 3, 2, 3, 3
"""Suggestions of each kind, at most."""
_NAMES = 20  # compared, the most important first
_LOOKED_AT = 2_000  # names that have one of the words
_COMPLETIONS = 40  # of a beginning, the most frequent
_TOGETHER, _TITLE_WORDS = 8, 20  # of them, tried with the words before; looked for in titles
_ROOM = 2  # suggestions, for a kind that others must not push out
_TITLES_READ = 10  # those of the largest amounts
_REMEMBERED = 4_096  # searches, of which the number of decisions is known


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant, and the ``count`` of decisions where it leads to: the page of a theme, an
    owner or a funder with the slug ``value``, that of the decision with the identifier ``value``
    (``title``), or the search for ``value`` (``word``). The ``segments`` are the label in pieces;
    the hits are what was typed of it."""

    kind: SuggestionKind
    label: str
    count: int
    value: str
    segments: tuple[Segment, ...]


class _Candidate(NamedTuple):
    """What may be suggested. They sort by how well they match, then by where most decisions are."""

    distance: int
    rank: int
    label: str
    kind: SuggestionKind
    value: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """The words of a text, each with words of the index that begin so, the most frequent first; and
    folded, the beginnings that words of a label must have."""

    words: tuple[str, ...]
    completions: tuple[tuple[str, ...], ...]
    beginnings: tuple[str, ...]

    def candidate(
        self, kind: SuggestionKind, label: str, count: int, value: str, name: str = ""
    ) -> _Candidate:
        """Something whose `name`, or else its label, has all the beginnings: if it is what was
        typed, that matches best, and next if it begins so."""
        text, own = " ".join(folded(name or label).split()), " ".join(self.beginnings)
        distance = 0 if text == own else 1 if text.startswith(own) else 2
        return _Candidate(distance, -count, label, kind, value)

    def suggestion(self, one: _Candidate) -> Suggestion:
        segments = tuple(_segments(one.label, self.beginnings))
        return Suggestion(one.kind, one.label, -one.rank, one.value, segments)


class Suggester:
    """Suggests, for one state of an index and of themes. Safe for threads. `tree_of` gives what the
    search for some words matches."""

    def __init__(
        self, engine: Engine, themes: ThemeCounts, tree_of: Callable[[str, Deadline], query.Query]
    ) -> None:
        self.themes = themes
        self._engine = engine
        self._tree_of = tree_of
        self._totals: dict[str, int] = {}
        self._theme_names = Names([(one.name, one) for one in themes.themes.by_slug.values()])
        self._owners, self._funders = (_party_names(engine, name) for name in ("owner", "funder"))

    def suggestions(
        self, text: str, limit: int, deadline: Deadline = NEVER
    ) -> tuple[Suggestion, ...]:
        """At most `limit`: what matches best, then what leads to most. None for a text that is
        long, or has marks with a meaning of their own."""
        words = find_words(text) if len(text) <= LONGEST and is_plain(text) else []
        typed = self._typed(words[: _WORDS + 1])
        if len(words) > _WORDS or len("".join(typed.beginnings)) < _LETTERS:
            return ()
        found = self._found(typed, limit, deadline)
        # What somebody is called is no slip, whether or not the dictionary has it.
        is_name = any(one.kind in ("theme", "owner", "funder") for one in found)
        if is_name or (meant := self._meant(typed)) == words:
            return tuple(found)
        found = found[: limit // 2]
        said = {one.label.casefold() for one in found}
        more = self._found(self._typed(meant), limit - len(found), deadline)
        return (*found, *(one for one in more if one.label.casefold() not in said))

    def _typed(self, words: Sequence[str]) -> _Typed:
        completing = self._engine.vocabulary.completing
        return _Typed(
            tuple(words),
            tuple(tuple(completing(surface_of(word), _COMPLETIONS)) for word in words),
            tuple(folded(" ".join(words)).split()),
        )

    def _meant(self, typed: _Typed) -> list[str]:
        """The words with slips put right: those that only slips of the texts begin with, if
        anything does."""
        vocabulary = self._engine.vocabulary
        meant = [*typed.words]
        for at, (word, completions) in enumerate(zip(typed.words, typed.completions, strict=True)):
            if word.isalpha() and not any(map(is_known, completions)):
                surface, is_last = surface_of(word), at == len(meant) - 1
                whole = None if is_last else spelling.correction(surface, vocabulary)
                meant[at] = whole or spelling.beginning(surface, vocabulary) or word
        return meant

    def _found(self, typed: _Typed, limit: int, deadline: Deadline) -> list[Suggestion]:
        """Some of each kind, in one order. Of what two kinds say, the first one stays."""
        rows: list[list[_Candidate]] = []

        def choose(candidates: Iterable[_Candidate], most: int) -> None:
            deadline.check()
            said = {one.label.casefold() for row in rows for one in row}
            new = {one.label.casefold(): one for one in sorted(candidates, reverse=True)}
            rows.append(sorted(new[label] for label in new.keys() - said)[:most])

        choose(self._of_themes(typed, deadline), _THEMES)
        choose(self._of_parties("owner", self._owners, typed), _OWNERS)
        choose(self._of_parties("funder", self._funders, typed), _FUNDERS)
        # To count what a search finds takes longest: no more of them than there is room for.
        searches = max(_ROOM, min(_SEARCHES, limit - _ROOM - sum(map(len, rows))))
        themes = {_stems(one.label) for one in rows[0]}
        choose(self._of_words(typed, themes, searches, deadline), searches)
        choose(self._of_titles(typed, deadline), _TITLES)
        mixed = (one for some in zip_longest(*rows) for one in some if one)
        return [typed.suggestion(one) for one in sorted(islice(mixed, limit))]

    def _of_themes(self, typed: _Typed, deadline: Deadline) -> Iterator[_Candidate]:
        for name, theme in self._theme_names.beginning(typed.beginnings, _NAMES):
            if counted := self.themes.theme(theme, deadline):
                yield typed.candidate("theme", name, counted.total, theme.slug)

    def _of_parties(
        self,
        kind: Literal["owner", "funder"],
        names: Names[tuple[str, int]],
        typed: _Typed,
    ) -> Iterator[_Candidate]:
        for name, (label, count) in names.beginning(typed.beginnings, _NAMES):
            for party in self._engine.parties_named(kind, label):
                yield typed.candidate(kind, label, count, party.slug, name)

    def _of_words(
        self, typed: _Typed, themes: Container[tuple[str, ...]], most: int, deadline: Deadline
    ) -> Iterator[_Candidate]:
        """Searches for the words typed, the last completed. Of the forms of a word the most usual,
        or what was typed in full, as all find the same; none that a theme is the search for."""
        chosen: dict[tuple[str, ...], str] = {}
        for word in self._completions(typed, deadline):
            text = " ".join([*typed.words[:-1], word])
            chosen.setdefault(_stems(text), text)
        new = (text for stems, text in chosen.items() if stems not in themes)
        for text in islice(new, most):
            if count := self._total(text, deadline):
                yield typed.candidate("word", text, count, text)

    def _total(self, text: str, deadline: Deadline) -> int:
        """How many decisions the search for some words finds."""
        if text not in self._totals:
            (count,) = self._engine.matching([self._tree_of(text, deadline)], deadline)
            if len(self._totals) == _REMEMBERED:
                self._totals.clear()
            self._totals[text] = count
        return self._totals[text]

    def _completions(self, typed: _Typed, deadline: Deadline) -> list[str]:
        """What the last word may be, of words that say something: what was typed first, then what
        most decisions have. With words before, most decisions that have those, too."""
        typed_in_full = surface_of(typed.words[-1]).__ne__
        words = sorted(filter(_is_telling, typed.completions[-1]), key=typed_in_full)
        if len(typed.words) == 1:
            return words
        before = self._tree_of(" ".join(typed.words[:-1]), deadline)
        words = words[:_TOGETHER]
        trees = [query.And([before, exact_term(word, TEXT_FIELDS)]) for word in words]
        counts = dict(zip(words, self._engine.matching(trees, deadline), strict=True))
        return sorted(
            filter(counts.__getitem__, words), key=lambda word: (typed_in_full(word), -counts[word])
        )

    def _of_titles(self, typed: _Typed, deadline: Deadline) -> Iterator[_Candidate]:
        """Decisions whose titles have words that begin so, those with the largest amounts."""
        if max(map(len, typed.words)) < _TITLE_LETTERS:
            return
        trees = [
            query.DisjunctionMax([exact_term(one, ["title"]) for one in some[:_TITLE_WORDS]])
            for some in typed.completions
        ]
        asked = SearchRequest(sort="-amount", limit=_TITLES_READ)
        page = self._engine.page(query.And(trees), asked, 0, deadline)
        for one in self._engine.decisions(hit.key for hit in page.hits):
            yield typed.candidate("title", one.title, 1, one.id)


class Names(Generic[T]):
    """Names by the beginnings of their words, each with what has it; the most important first."""

    def __init__(self, pairs: Sequence[tuple[str, T]]) -> None:
        self._pairs = pairs
        lines = folded("\n".join(name.replace("\n", " ") for name, _ in pairs)).split("\n")
        lines = [f"\n {' '.join(line.split())}" for line in lines]
        self._starts = [*accumulate(map(len, lines), initial=0)]
        # In one text, as nothing in Python goes through thousands of names as fast as `find`.
        self._text = "".join(lines) + "\n"

    def beginning(self, words: Sequence[str], most: int) -> list[tuple[str, T]]:
        """At most `most` that have words which begin so, first those whose names do: with all of
        them in a row."""
        found = dict.fromkeys(islice(self._lines("\n " + " ".join(words)), most))
        rarest, *others = sorted((f" {word}" for word in words), key=self._text.count)
        for start, end in islice(self._lines(rarest), _LOOKED_AT):
            if len(found) == most:
                break
            if all(self._text.find(other, start, end) >= 0 for other in others):
                found[start, end] = None
        return [self._pairs[bisect_right(self._starts, start) - 1] for start, _ in found]

    def _lines(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the lines with a text begin and end."""
        at = self._text.find(text)
        while at >= 0:
            end = self._text.index("\n", at + 1)
            yield self._text.rindex("\n", 0, at + 1), end
            at = self._text.find(text, end)


def _party_names(engine: Engine, dimension: str) -> Names[tuple[str, int]]:
    """All names of owners or funders, each with what it is called and its number of decisions."""
    parties = sorted(engine.party_names(dimension), key=lambda party: -party[0])
    return Names(
        [(name, (names[0], count)) for count, names in parties for name in dict.fromkeys(names)]
    )


def folded(text: str) -> str:
    """A text in small letters without dots and accents; what joins letters is left out, as in
    *S:t*, and other marks are spaces."""
    text = text.lower()
    return text.translate({ord(letter): _folded(letter) for letter in {*text} - {"\n"}})


@lru_cache(maxsize=1_024)
def _folded(letter: str) -> str:
    if letter.isalnum():
        return fold_ascii(letter)
    return "" if letter in ":.'’" or unicodedata.category(letter) in ("Mn", "Cf") else " "


def _is_telling(word: str) -> bool:
    """Whether a word is worth a search, and means itself there."""
    return is_topical(word) and any(map(str.isalpha, word)) and is_plain(word)


def _stems(text: str) -> tuple[str, ...]:
    return tuple(map(stem_of, find_words(text)))


def _segments(label: str, beginnings: Sequence[str]) -> Iterator[Segment]:
    """A label in pieces; the hits are beginnings of its words that were typed."""
    at = 0
    for word in _WORD.finditer(label):
        own = folded(word[0])
        if longest := max((one for one in beginnings if own.startswith(one)), key=len, default=""):
            lengths = range(1, len(word[0]) + 1)
            length = next(k for k in lengths if folded(word[0][:k]).startswith(longest))
            if at < word.start():
                yield Segment(label[at : word.start()], False)
            at = word.start() + length
            yield Segment(label[word.start() : at], True)
    if at < len(label):
        yield Segment(label[at:], False)


_WORD = re.compile(r"[^\W_](?:[:.'’]?[^\W_])*")
