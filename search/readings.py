"""What may one word of the query mean? The readings, in falling order of certainty.

Nothing here checks what matches: readings are proposed, and `search.expand` keeps those that match
anything.

    the word itself            stem, in the text and as a part of compounds       1
    joined or elliptic form    riks-förbund, studie- och yrkesvägledning          0.9
    equal in the theme file    ungdom ~ unga                                      0.6
    wider in the theme file    funktionsnedsättning > autism                      0.5
    the parts of a compound    skolelever: skola and elever, never one of them    0.35
    kin                        utveckling: utveckla; ohälsa: hälsa                0.3

and, only if the index has none of these, the first of

    without dots               halsa: hälsa                                       0.8
    spelling                   hällsa: hälsa, unless the lexicon knows the word   0.7
    a slip in the documents    omvandling: *ombändling*, not a word               0.7
    head word                  samhällsomvandling: omvandling, alone in the text  0.2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from whoosh import query

from index.storage.vocabulary import Vocabulary
from index.swedish import Part, Token, analyze
from search.fields import FIELDS
from search.nodes import TermQuery, stem_term
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
_FORMS_SHOWN = 8
_FOLDED_WORDS = 3
_SUFFIXES = ("", "s", "n", "en", "et", "t", "na", "ns", "ens", "er", "ar", "or", "arna", "erna")


ThemesOf = Callable[[str], Sequence[ThemeExpansion]]


@dataclass(slots=True)
class WordReading:
    """One thing that a word may mean. ``expansion`` says why and as which words, None for the word
    itself; ``stems`` are what to mark in a text that it matches."""

    tree: query.Query
    expansion: Expansion | None
    stems: tuple[str, ...]


def certain(token: Token, fields: Sequence[str], themes: ThemesOf) -> list[WordReading]:
    """The readings of a word in `fields`, itself first; `themes` looks up a stem in the file."""
    word_tree = stem_term(token.stem, fields, token.surface)
    proposed = [WordReading(word_tree, None, (token.stem,)), *of_themes(themes(token.stem), fields)]
    for parts in _partitions(token):
        tree = query.And([_part(part, fields, themes) for part in parts], boost=PARTS)
        stems = tuple(stem for part in parts for stem in _part_stems(part, themes))
        proposed.append(
            WordReading(tree, Expansion("parts", tuple(part.word for part in parts)), stems)
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
    return WordReading(tree, Expansion("joined", (surface,)), (stem,))


def guessed(
    token: Token, fields: Sequence[str], vocabulary: Vocabulary
) -> tuple[list[WordReading], str | None]:
    """The readings of a word without matches, and the word meant if it was misspelled."""
    folded = _folded(token.surface, vocabulary)
    if folded:
        readings = [_reading((_stem(word),), "folded", FOLDED, word, fields) for word in folded]
        return readings, folded[0]
    corrected = correction(token.surface, vocabulary)
    if corrected:
        stems = (_stem(corrected),)
        return [_reading(stems, "spelling", SPELLING, corrected, fields)], corrected
    slip = misspelling(token.surface, vocabulary)
    if slip:
        return [_reading((_stem(slip),), "misspelled", SPELLING, slip, fields)], None
    parts = _constituents(token)
    return ([_head(parts[-1], fields)] if len(parts) > 1 else []), None


def forms(token: Token, vocabulary: Vocabulary) -> list[Expansion]:
    """The most frequent inflections and compounds of a word in the index."""
    expansions = []
    written = vocabulary.related(token.stem, "stem", _FORMS_SHOWN + 1)
    others = [form for form in written if form != token.surface][:_FORMS_SHOWN]
    if others:
        expansions.append(Expansion("forms", tuple(others)))
    compounds = vocabulary.related(token.stem, "part", _FORMS_SHOWN)
    if compounds:
        expansions.append(Expansion("compounds", tuple(compounds)))
    return expansions


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
    return [part.stem, *(other.stems[0] for other in themes(part.stem) if len(other.stems) == 1)]


def _constituents(token: Token) -> list[Part]:
    return [part for part in token.parts if part.kind in ("part", "joined")]


def _reading(
    stems: Sequence[str], kind: ExpansionKind, boost: float, word: str, fields: Sequence[str]
) -> WordReading:
    """One stem, or all of several."""
    terms = [stem_term(stem, fields) for stem in dict.fromkeys(stems)]
    tree: query.Query = terms[0] if len(terms) == 1 else query.And(terms)
    tree.boost = boost
    return WordReading(tree, Expansion(kind, (word,)), tuple(stems))


def _folded(word: str, vocabulary: Vocabulary) -> list[str]:
    """Words of the index that are `word` without dots, perhaps in another common inflection."""
    if not word.isascii() or not word.isalpha():
        return []
    for suffix in _SUFFIXES:
        base = word.removesuffix(suffix)
        if word.endswith(suffix) and len(base) > 2:
            folded = vocabulary.folded(base, _FOLDED_WORDS)
            dotted = [candidate for candidate in folded if not candidate.isascii()]
            if dotted:
                return dotted
    return []


def _head(head: Part, fields: Sequence[str]) -> WordReading:
    """The last part of a compound, where it stands as a word of its own."""
    streams = [query.Term(name, head.stem, boost=FIELDS[name].weight) for name in fields]
    return WordReading(
        TermQuery(streams, boost=HEAD), Expansion("head", (head.word,)), (head.stem,)
    )


def _stem(word: str) -> str:
    return analyze(word)[0].stem
