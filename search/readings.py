"""What may one word of the query mean? The readings, in falling order of certainty.

Nothing here checks what matches: readings are proposed, and `search.expand` keeps those that match
anything.

    the word itself            stem, in the text and as a part of compounds       1
    joined or elliptic form    riks-förbund, studie- och yrkesvägledning          0.9
    with dots                  halsa: hälsa                                       0.8
    equal in the theme file    ungdom ~ unga                                      0.6
    wider in the theme file    funktionsnedsättning > autism                      0.5
    the parts of a compound    skolelever: skola and elever, near each other      0.35
    kin                        utveckling: utveckla; ohälsa: hälsa                0.3

and, only if the index has none of these, the first of

    spelling                   hällsa: hälsa, unless the lexicon knows the word   0.7
    a slip in the documents    omvandling: *ombändling*, not a word               0.7
    head word, a guess         samhällsomvandling: omvandling, alone in the text  0.2

A word with its dots, or put right, has all the readings of that word. What is a guess makes partial
matches only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from whoosh import query

from index.storage.vocabulary import Vocabulary
from index.swedish import Part, Token, analyze, dotted, is_function_word
from search.fields import FIELDS
from search.nodes import NearQuery, TermQuery, stem_term
from search.result import Expansion, ExpansionKind
from search.spelling import correction, misspelling
from search.themes import ThemeExpansion

JOINED, EQUAL, WIDER, PARTS, KIN = 0.9, 0.6, 0.5, 0.35, 0.3
FOLDED, SPELLING, HEAD = 0.8, 0.7, 0.2
_KINDS: dict[str, tuple[ExpansionKind, float]] = {
    "derivation": ("derivation", KIN),
    "negation": ("negation", KIN),
    "ellipsis": ("joined", JOINED),
}
CORRECTED: tuple[ExpansionKind, ...] = ("folded", "spelling")
WRITTEN_OTHERWISE: tuple[ExpansionKind, ...] = (*CORRECTED, "misspelled")
"""Kinds of readings as another word than the one typed, and those that put it right."""
_SUFFIXES = frozenset({"lös"})  # stems of words that mean something else at the end of a compound
_FORMS_SHOWN = 8
_WITH_DOTS = 3  # words that one without dots is also tried as

ThemesOf = Callable[[str], Sequence[ThemeExpansion]]


@dataclass(slots=True)
class WordReading:
    """One thing that a word may mean. ``expansion`` says why and as which words, None for the word
    itself; ``stems`` are what to mark in a text that it matches. A ``guess`` is in no total."""

    tree: query.Query
    expansion: Expansion | None
    stems: tuple[str, ...]
    guess: bool = False


def certain(token: Token, fields: Sequence[str], themes: ThemesOf) -> list[WordReading]:
    """The readings of a word in `fields`, itself first; `themes` looks up a stem in the file."""
    word_tree = stem_term(token.stem, fields, token.surface)
    proposed = [WordReading(word_tree, None, (token.stem,)), *of_themes(themes(token.stem), fields)]
    for parts in _partitions(token):
        tree = NearQuery([_part(part, fields, themes) for part in parts], boost=PARTS)
        stems = tuple(stem for part in parts for stem in _part_stems(part, themes))
        proposed.append(
            WordReading(
                tree, Expansion("parts", (" + ".join(part.word for part in parts),), 1), stems
            )
        )
    for part in token.parts:
        if part.kind in _KINDS:
            kind, boost = _KINDS[part.kind]
            proposed.append(_reading((part.stem,), kind, boost, part.word, fields))
    return proposed


def of_themes(expansions: Sequence[ThemeExpansion], fields: Sequence[str]) -> list[WordReading]:
    """The readings that the theme file gives a word, or a run of words."""
    return [
        _reading(expansion.stems, "equal", EQUAL, expansion.phrase, fields)
        if expansion.equal
        else _reading(expansion.stems, "wider", WIDER, expansion.phrase, fields)
        for expansion in expansions
    ]


def joined(surface: str, stem: str, fields: Sequence[str]) -> WordReading:
    """Two words written as one, *gymnasieskolan*."""
    tree = stem_term(stem, fields, surface)
    tree.boost = JOINED
    return WordReading(tree, Expansion("joined", (surface,), 1), (stem,))


def with_dots(
    token: Token, fields: Sequence[str], vocabulary: Vocabulary, themes: ThemesOf
) -> list[WordReading]:
    """The readings of a word that was typed without any dots as one that has them.

    Beside the word itself only if the other is in more decisions: *halsa* is far likelier to mean
    *hälsa* than what it says, but *lag* is seldom meant for *låg*.
    """
    word = token.surface
    if not (word.isascii() and word.isalpha()):
        return []
    own = vocabulary.count(word)
    others = dict.fromkeys(vocabulary.folded(word, own, _WITH_DOTS))
    if not own:
        others |= dict.fromkeys(dotted(word))
    chosen = [one for one in others if not one.isascii() and not is_function_word(one)]
    return [
        reading
        for other in chosen[:_WITH_DOTS]
        for reading in _as(other, "folded", FOLDED, fields, themes)
    ]


def put_right(
    token: Token, fields: Sequence[str], vocabulary: Vocabulary, themes: ThemesOf
) -> list[WordReading]:
    """The readings of a word without matches as the word that was meant."""
    corrected = correction(token.surface, vocabulary)
    if corrected:
        return _as(corrected, "spelling", SPELLING, fields, themes)
    slip = misspelling(token.surface, vocabulary)
    return _as(slip, "misspelled", SPELLING, fields, themes)[:1] if slip else []


def head(token: Token, fields: Sequence[str]) -> list[WordReading]:
    """The last part of a compound, where it stands as a word of its own."""
    parts = _constituents(token)
    if len(parts) < 2:
        return []
    last = parts[-1]
    streams = [query.Term(name, last.stem, boost=FIELDS[name].weight) for name in fields]
    tree = TermQuery(streams, boost=HEAD)
    return [WordReading(tree, Expansion("head", (last.word,), 1), (last.stem,), guess=True)]


def forms(token: Token, vocabulary: Vocabulary) -> list[Expansion]:
    """The inflections and compounds of a word in the index, the most frequent shown."""
    written = vocabulary.related(token.stem, "stem", _FORMS_SHOWN, besides=token.surface)
    compounds = vocabulary.related(token.stem, "part", _FORMS_SHOWN)
    kinds: tuple[tuple[ExpansionKind, tuple[list[str], int]], ...]
    kinds = (("forms", written), ("compounds", compounds))
    return [Expansion(kind, tuple(words), total) for kind, (words, total) in kinds if words]


def _as(
    word: str, kind: ExpansionKind, boost: float, fields: Sequence[str], themes: ThemesOf
) -> list[WordReading]:
    """All the readings of another word than the one typed."""
    token = analyze(word)[0]
    itself, *others = certain(token, fields, themes)
    readings = [replace(itself, expansion=Expansion(kind, (word,), 1)), *others]
    for reading in readings:
        reading.tree.boost *= boost
    return readings


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
    partitions = dict.fromkeys([*cut_in_two, tuple(constituents)])
    return [parts for parts in partitions if _tell(parts)]


def _tell(parts: Sequence[Part]) -> bool:
    """Whether the parts say anything apart: not *för* + *skola*, *barn* + *barn*, or *arbete* +
    *lös*, which is a suffix."""
    stems = {part.stem for part in parts}
    if len(stems) < len(parts) or parts[-1].stem in _SUFFIXES:
        return False
    return not any(is_function_word(part.word) for part in parts)


def _part(part: Part, fields: Sequence[str], themes: ThemesOf) -> query.Query:
    terms = [stem_term(stem, fields) for stem in _part_stems(part, themes)]
    for term in terms[1:]:
        term.boost = EQUAL
    return terms[0] if len(terms) == 1 else query.DisjunctionMax(terms)


def _part_stems(part: Part, themes: ThemesOf) -> list[str]:
    """The part's own stem and the single words that the theme file gives for it."""
    return [part.stem, *(other.stems[0] for other in themes(part.stem) if len(other.stems) == 1)]


def _constituents(token: Token) -> list[Part]:
    return [part for part in token.parts if part.kind in ("part", "joined")]


def _reading(
    stems: Sequence[str], kind: ExpansionKind, boost: float, word: str, fields: Sequence[str]
) -> WordReading:
    """One stem, or all of several near each other."""
    tree = _near([stem_term(stem, fields) for stem in dict.fromkeys(stems)])
    tree.boost = boost
    return WordReading(tree, Expansion(kind, (word,), 1), tuple(stems))


def _near(terms: Sequence[query.Query]) -> query.Query:
    return terms[0] if len(terms) == 1 else NearQuery(terms)
