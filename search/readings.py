"""What one word of the query may mean, in falling order of certainty.

    the word itself            stem, in the text and as a part of compounds       1
    joined or elliptic form    riks-förbund, studie- och yrkesvägledning          0.9
    equal in the theme file    ungdom ~ unga                                      0.6
    wider in the theme file    funktionsnedsättning > autism                      0.5
    the parts of a compound    skolelever: skola and elever, never one of them    0.35
    kin                        utveckling: utveckla; ohälsa: hälsa                0.3

and only where none of these is in the index, the first of

    without dots               halsa: hälsa                                       0.8
    spelling                   hällsa: hälsa, unless the lexicon knows the word   0.7
    a slip in the documents    omvandling: *ombändling*, which is no word         0.7
    head word                  samhällsomvandling: omvandling, alone in the text  0.2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from whoosh import query

from index.storage.vocabulary import Vocabulary
from index.swedish import Part, Token, analyze
from search.nodes import STREAMS, TermQuery, stem_term
from search.result import Expansion, ExpansionKind
from search.spelling import correction, misspelling
from search.themes import ThemeExpansion

__all__ = ["EQUAL", "JOINED", "Index", "Readings", "ThemeExpansion", "read", "theme_queries"]

JOINED, EQUAL, WIDER, PARTS, KIN = 0.9, 0.6, 0.5, 0.35, 0.3
FOLDED, SPELLING, HEAD = 0.8, 0.7, 0.2
_KINDS: dict[str, tuple[ExpansionKind, float]] = {
    "derivation": ("derivation", KIN),
    "negation": ("negation", KIN),
    "ellipsis": ("joined", JOINED),
}
_FORMS_SHOWN = 8
_FOLDED_WORDS = 3
_SUFFIXES = ("", "s", "n", "en", "et", "t", "na", "ns", "ens", "er", "ar", "or", "arna", "erna")


class Index(Protocol):
    """What readings must know of the index."""

    vocabulary: Vocabulary

    def matching(self, one: query.Query) -> int:
        """How many decisions a query matches."""


ThemesOf = Callable[[str], Sequence[ThemeExpansion]]


@dataclass(slots=True)
class Readings:
    """The readings of one word; ``stems`` to mark, ``corrected`` if it was misspelled."""

    queries: list[query.Query] = field(default_factory=list)
    expansions: list[Expansion] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    corrected: str | None = None


def read(token: Token, fields: Sequence[str], themes: ThemesOf, index: Index) -> Readings:
    """All readings of a word in `fields`; `themes` gives what the theme file says of a stem."""
    readings = Readings()
    own = stem_term(token.stem, fields, token.surface)
    readings.queries.append(own)
    readings.stems.append(token.stem)
    found = index.matching(own) > 0
    if found:
        _say_forms(readings, token, index.vocabulary)
    for expansion in themes(token.stem):
        found |= _add(
            readings,
            expansion.stems,
            ("equal", EQUAL) if expansion.equal else ("wider", WIDER),
            (expansion.phrase,),
            fields,
            index,
        )
    found |= _compound(readings, token, fields, themes, index)
    for part in token.parts:
        if part.kind in _KINDS:
            found |= _add(readings, (part.stem,), _KINDS[part.kind], (part.word,), fields, index)
    if not found:
        _otherwise(readings, token, fields, index)
    return readings


def theme_queries(
    expansions: Sequence[ThemeExpansion], fields: Sequence[str], index: Index
) -> Readings:
    """The readings that the theme file gives a run of several words."""
    readings = Readings()
    for one in expansions:
        kind: tuple[ExpansionKind, float] = ("equal", EQUAL) if one.equal else ("wider", WIDER)
        _add(readings, one.stems, kind, (one.phrase,), fields, index)
    return readings


def _say_forms(readings: Readings, token: Token, vocabulary: Vocabulary) -> None:
    forms = vocabulary.related(token.stem, "stem", _FORMS_SHOWN + 1)
    others = [form for form in forms if form != token.surface][:_FORMS_SHOWN]
    if others:
        readings.expansions.append(Expansion("forms", tuple(others)))
    compounds = vocabulary.related(token.stem, "part", _FORMS_SHOWN)
    if compounds:
        readings.expansions.append(Expansion("compounds", tuple(compounds)))


def _compound(
    readings: Readings, token: Token, fields: Sequence[str], themes: ThemesOf, index: Index
) -> bool:
    """The parts of a compound, all of them, each in the word or what the theme file equals it to:
    cut in two where that can be done, or cut in all places."""
    found = False
    for parts in _partitions(token):
        terms = [_part(part, fields, themes) for part in parts]
        words = tuple(part.word for part in parts)
        if _add_query(readings, query.And(terms), ("parts", PARTS), words, index):
            readings.stems += [stem for part in parts for stem in _part_stems(part, themes)]
            found = True
    return found


def _partitions(token: Token) -> list[tuple[Part, ...]]:
    """*landsbygdsutveckling*: landsbygd + utveckling, land + bygdsutveckling where those are words,
    and land + bygd + utveckling."""
    constituents = _constituents(token)
    if len(constituents) < 2:
        return []
    by_span = {(part.start, part.end): part for part in token.parts if part.kind == "compound"}
    by_span |= {(part.start, part.end): part for part in constituents}
    first, last = constituents[0], constituents[-1]
    halves = [
        (by_span.get((first.start, left.end)), by_span.get((right.start, last.end)))
        for left, right in pairwise(constituents)
    ]
    cut_in_two = [(left, right) for left, right in halves if left and right]
    return list(dict.fromkeys([*cut_in_two, tuple(constituents)]))


def _part(part: Part, fields: Sequence[str], themes: ThemesOf) -> query.Query:
    terms = [stem_term(stem, fields) for stem in _part_stems(part, themes)]
    for term in terms[1:]:
        term.boost = EQUAL
    return terms[0] if len(terms) == 1 else query.DisjunctionMax(terms)


def _part_stems(part: Part, themes: ThemesOf) -> list[str]:
    """The part's own stem and the single words that the theme file gives for it."""
    return [part.stem, *(one.stems[0] for one in themes(part.stem) if len(one.stems) == 1)]


def _constituents(token: Token) -> list[Part]:
    return [part for part in token.parts if part.kind in ("part", "joined")]


def _add(
    readings: Readings,
    stems: Sequence[str],
    kind: tuple[ExpansionKind, float],
    words: tuple[str, ...],
    fields: Sequence[str],
    index: Index,
) -> bool:
    """Adds a reading, one stem or all of several, if the index has them; says whether it has."""
    terms = [stem_term(stem, fields) for stem in dict.fromkeys(stems)]
    one: query.Query = terms[0] if len(terms) == 1 else query.And(terms)
    if not _add_query(readings, one, kind, words, index):
        return False
    readings.stems += stems
    return True


def _add_query(
    readings: Readings,
    one: query.Query,
    kind: tuple[ExpansionKind, float],
    words: tuple[str, ...],
    index: Index,
) -> bool:
    if not index.matching(one):
        return False
    one.boost = kind[1]
    readings.queries.append(one)
    readings.expansions.append(Expansion(kind[0], words))
    return True


def _otherwise(readings: Readings, token: Token, fields: Sequence[str], index: Index) -> None:
    """The cascade for a word that nothing matches."""
    folded = _folded(token.surface, index.vocabulary)
    if folded:
        for word in folded:
            _add(readings, (_stem(word),), ("folded", FOLDED), (word,), fields, index)
        readings.corrected = folded[0]
        return
    corrected = correction(token.surface, index.vocabulary)
    if corrected:
        _add(readings, (_stem(corrected),), ("spelling", SPELLING), (corrected,), fields, index)
        readings.corrected = corrected
        return
    slip = misspelling(token.surface, index.vocabulary)
    if slip:
        _add(readings, (_stem(slip),), ("misspelled", SPELLING), (slip,), fields, index)
        return
    parts = _constituents(token)
    if len(parts) > 1:
        _head(readings, parts[-1], fields, index)


def _folded(word: str, vocabulary: Vocabulary) -> list[str]:
    """Words of the index that are `word` without dots, perhaps in another common inflection."""
    if not word.isascii() or not word.isalpha():
        return []
    for suffix in _SUFFIXES:
        base = word.removesuffix(suffix)
        if word.endswith(suffix) and len(base) > 2:
            found = [one for one in vocabulary.folded(base, _FOLDED_WORDS) if not one.isascii()]
            if found:
                return found
    return []


def _head(readings: Readings, head: Part, fields: Sequence[str], index: Index) -> None:
    """The last part of a compound, where it stands as a word of its own."""
    term = TermQuery([query.Term(f, head.stem, boost=STREAMS[f].weight) for f in fields])
    if index.matching(term):
        term.boost = HEAD
        readings.queries.append(term)
        readings.expansions.append(Expansion("head", (head.word,)))
        readings.stems.append(head.stem)


def _stem(word: str) -> str:
    return analyze(word)[0].stem
