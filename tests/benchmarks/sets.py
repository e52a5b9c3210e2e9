"""Does the set of a search hold what belongs there? ``make relevance CORPUS=FILE.jsonl.gz``, or

    python -m tests.benchmarks.sets [SOURCE]

The source is anything that ``beslut index`` reads, by default the made-up decisions of
``tests/data/sets.jsonl``. The set of a search is asked of the searcher. Why a decision is in it is
judged without the engine: from `index.swedish.analyze` over the decision's texts, line by line. A
decision is counted under the first of

    word     the stem of the word stands in a field, as a word or as a part of a longer compound
    theme    a term of the theme file stands there, or a word that it is formed from or denies
    parts    all the parts of the compound stand in the decision, wherever and in names too: it is
             in the set *by its parts alone*
    other    none of these: it is in the set and nothing says why

and of those by its parts alone

    near     the parts stand in a stretch of `NEAR` words of one field: the last of them less than
             `NEAR` positions after the first
    share    near / parts, the precision of that reading as far as nearness can tell

Positions count all words of a field, function words too, and skip one at a line end. A term of
several words counts where its words are near in the same sense. A part is its own stem or that of
a single word that the theme file gives for it. A compound may be cut in several ways
(*landsbygd + utveckling*, *land + bygd + utveckling*); any of them will do. In the names of owners
compounds are not taken apart: what stands only there is neither the word nor near.

The second table sets the total of a search beside the decisions that have its words as whole words,
in any inflection; how many of these have them only with the owner's name; and how many have all of
the words by Snowball's stemmer alone.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

import snowballstemmer

from index.build import build
from index.decision import Decision
from index.storage.schema import texts
from index.swedish import Part, analyze, is_function_word
from index.swedish.model import PartKind
from search.request import SearchRequest
from search.searcher import Searcher
from search.themes import Themes

HERE = Path(__file__).parent
OWN = HERE.parent / "data" / "sets.jsonl"
NEAR = 8
"""Words. The rule of the search, written here anew so that this check does not follow it."""

_COMPOUNDS = """
arbetsliv arbetslöshet arbetsmiljö avfallshantering barnfattigdom bostadsbrist cykelväg datasäkerhet
elnät folkhälsa föräldrastöd förskola grundvatten hemtjänst klimatanpassning kollektivtrafik
kompetensförsörjning kulturarv landsbygdsutveckling livsmedelsförsörjning markanvändning
patientsäkerhet samhällsplanering skolfrånvaro skolhälsa språkutveckling tandläkarbrist
trafiksäkerhet vattenrening vårdpersonal
"""
COMPOUNDS = tuple(_COMPOUNDS.split())
QUERIES = (
    "arbetslöshet",
    "grundvatten",
    "arbetsliv",
    "datasäkerhet",
    "bostadsbrist",
    "skola",
    "förskola",
    "tandläkarbrist",
    "kompetensförsörning",  # a slip
    "kompetensförsörjning",
    "psykisk halsa",
    "psykisk hälsa",
    "ungas arbetslöshet",
    "samer",
)

Why = Literal["word", "theme", "near", "apart", "other"]
Stems = frozenset[str]
"""Stems of which any one will do."""

Term = tuple[Stems, ...]
"""Words that must stand near each other, in any order."""


class Occurrence(NamedTuple):
    """A stem where it stands: as a word, or as a part of one."""

    stem: str
    position: int
    kind: PartKind | Literal["word"]


@dataclass(frozen=True)
class Places:
    """Where the stems of one field stand. In a name compounds are not taken apart."""

    occurrences: tuple[Occurrence, ...]
    is_name: bool

    @cached_property
    def positions(self) -> Mapping[str, Sequence[int]]:
        """Of each stem, as a word and as a part, in ascending order."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for stem, position, kind in self.occurrences:
            if not (self.is_name and kind in ("part", "compound")):
                found[stem].append(position)
        return found

    @cached_property
    def words(self) -> Stems:
        """The stems that stand as words of their own."""
        return frozenset(stem for stem, _, kind in self.occurrences if kind == "word")

    @cached_property
    def stems(self) -> Stems:
        """All stems, those of the parts of names too."""
        return frozenset(stem for stem, _, _ in self.occurrences)

    def has(self, term: Term) -> bool:
        """Whether the words of a term stand near each other."""
        return near([list(chain(*map(self._of, stems))) for stems in term])

    def _of(self, stem: str) -> Sequence[int]:
        return self.positions.get(stem, ())


@dataclass(frozen=True)
class Meaning:
    """What may put a decision into the set of a word."""

    stem: str
    themes: tuple[Term, ...]
    cuts: tuple[Term, ...]


@dataclass(frozen=True)
class SetRow:
    """The set of one compound, by why its decisions are in it."""

    word: str
    why: Counter[Why]

    @property
    def total(self) -> int:
        """Decisions in the set."""
        return self.why.total()

    @property
    def parts(self) -> int:
        """Decisions that are in it by the parts alone."""
        return self.why["near"] + self.why["apart"]


@dataclass(frozen=True)
class TotalRow:
    """One search beside simpler ways to count."""

    query: str
    total: int
    whole: int
    owner_only: int
    snowball: int


class Corpus:
    """All decisions of an index, analysed, beside the searcher that finds them."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.themes = searcher.themes.current()
        decisions = list(searcher.whole(SearchRequest()).decisions)
        self.fields = {one.id: _fields(one) for one in decisions}
        self.snowball = {one.id: frozenset(_snowball_stems(_text(one))) for one in decisions}

    def row(self, compound: str) -> SetRow:
        """Why each decision of a compound's set is in it."""
        what = meaning(compound, self.themes)
        return SetRow(compound, Counter(self.why(key, what) for key in self.found(compound)))

    def found(self, query: str) -> list[str]:
        """Identifiers of the set of a search."""
        return [one.id for one in self.searcher.whole(SearchRequest(q=query)).decisions]

    def why(self, identifier: str, what: Meaning) -> Why:
        """The first reason that puts a decision into the set of a word."""
        fields = self.fields[identifier].values()
        if any(what.stem in field.positions for field in fields):
            return "word"
        if any(field.has(term) for field in fields for term in what.themes):
            return "theme"
        if any(field.has(cut) for field in fields for cut in what.cuts):
            return "near"
        everywhere = frozenset[str]().union(*(field.stems for field in fields))
        anywhere = any(all(stems & everywhere for stems in cut) for cut in what.cuts)
        return "apart" if anywhere else "other"

    def total(self, query: str) -> TotalRow:
        """A search's total beside those of whole words and of plain stemming."""
        wanted = frozenset(t.stem for t in analyze(query) if not is_function_word(t.surface))
        whole = [fields for fields in self.fields.values() if wanted <= _words(fields)]
        owner_only = [fields for fields in whole if not wanted <= _words(fields, without="owner")]
        stems = frozenset(_snowball_stems(query))
        snowball = sum(stems <= found for found in self.snowball.values())
        found = len(self.found(query))
        return TotalRow(query, found, len(whole), len(owner_only), snowball)


def near(places: Sequence[Sequence[int]]) -> bool:
    """Whether one of each can be chosen so that all stand in a stretch of `NEAR`."""
    return any(
        all(any(first <= position < first + NEAR for position in some) for some in places)
        for first in sorted(set(chain(*places)))
    )


def meaning(word: str, themes: Themes) -> Meaning:
    """What may put a decision into the set of a word, by the analysis and the theme file alone."""
    (token,) = analyze(word)
    terms = [tuple(frozenset({stem}) for stem in term) for term in _theme_terms(token.stem, themes)]
    kin = [p.stem for p in token.parts if p.kind in ("derivation", "negation", "ellipsis")]
    cuts = [tuple(_alternatives(part, themes) for part in cut) for cut in cuts_of(token.parts)]
    return Meaning(token.stem, (*terms, *((frozenset({stem}),) for stem in kin)), tuple(cuts))


def cuts_of(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """All ways to lay parts side by side from the beginning of a compound to its end."""
    pieces = [part for part in parts if part.kind in ("part", "compound", "joined")]
    end = max((part.end for part in pieces), default=0)

    def onwards(start: int) -> Iterator[tuple[Part, ...]]:
        if start == end:
            yield ()
        for part in pieces:
            if part.start == start:
                yield from ((part, *rest) for rest in onwards(part.end))

    return list(onwards(0)) if pieces else []


def share(rows: Iterable[SetRow]) -> float | None:
    """Of the decisions that are in the sets by the parts alone, the share that has them near each
    other; None where there are none."""
    near_by = parts = 0
    for row in rows:
        near_by += row.why["near"]
        parts += row.parts
    return near_by / parts if parts else None


def main(arguments: Sequence[str]) -> None:
    """Prints both tables."""
    source = Path(arguments[0]) if arguments else OWN
    with tempfile.TemporaryDirectory() as folder:
        build([source], Path(folder) / "index")
        corpus = Corpus(Searcher.open(Path(folder) / "index"))
        print(f"\n{len(corpus.fields):,} decisions of {source.name}\n")
        _print_sets([corpus.row(word) for word in COMPOUNDS])
        _print_totals([corpus.total(query) for query in QUERIES])


def _print_sets(rows: Sequence[SetRow]) -> None:
    names = ("set", "word", "theme", "parts alone", "near", "share", "other")
    print(f"{'compound':<24}" + "".join(f"{name:>12}" for name in names))
    for row in rows:
        print(_set_line(row.word, [row]))
    print(_set_line("all", rows))


def _set_line(name: str, rows: Sequence[SetRow]) -> str:
    why = sum((row.why for row in rows), Counter[Why]())
    part = share(rows)
    before = (sum(row.total for row in rows), why["word"], why["theme"])
    parts = (sum(row.parts for row in rows), why["near"])
    shown = "-" if part is None else f"{part:.3f}"
    cells = (*before, *parts, shown, why["other"])
    return f"{name:<24}" + "".join(f"{cell:>12}" for cell in cells)


def _print_totals(rows: Sequence[TotalRow]) -> None:
    names = ("total", "whole words", "owner only", "Snowball")
    print(f"\n{'search':<24}" + "".join(f"{name:>12}" for name in names))
    for row in rows:
        cells = (row.total, row.whole, row.owner_only, row.snowball)
        print(f"{row.query:<24}" + "".join(f"{cell:>12}" for cell in cells))


def _fields(decision: Decision) -> dict[str, Places]:
    return {
        name: Places(tuple(_occurrences(text)), is_name=name == "owner")
        for name, text in texts(decision).items()
    }


def _occurrences(text: str) -> Iterator[Occurrence]:
    first = 0
    for line in text.split("\n"):
        tokens = analyze(line)
        for token in tokens:
            if is_function_word(token.surface):
                continue
            position = first + token.position
            yield Occurrence(token.stem, position, "word")
            for part in token.parts:
                yield Occurrence(part.stem, position, part.kind)
        first += len(tokens) + 1


def _words(fields: Mapping[str, Places], without: str | None = None) -> Stems:
    found = (one.words for name, one in fields.items() if name != without)
    return frozenset[str]().union(*found)


def _theme_terms(stem: str, themes: Themes) -> list[tuple[str, ...]]:
    return [other.stems for match in themes.find((stem,)) for other in match.expansions]


def _alternatives(part: Part, themes: Themes) -> Stems:
    single = [stems[0] for stems in _theme_terms(part.stem, themes) if len(stems) == 1]
    return frozenset({part.stem, *single})


def _text(decision: Decision) -> str:
    return "\n".join(texts(decision).values())


def _snowball_stems(text: str) -> Iterator[str]:
    return map(_snowball_stem, re.findall(r"\w+", text.lower()))


_stem = snowballstemmer.stemmer("swedish").stemWord


@cache
def _snowball_stem(word: str) -> str:
    return str(_stem(word))


if __name__ == "__main__":
    main(sys.argv[1:])
