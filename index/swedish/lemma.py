"""Which dictionary word is this a form of?

A form may belong to several words; the choice must be the same everywhere, so it follows fixed
preferences and never the context:

1. a listed irregular form (*gjorde*, *städer*) is what the list says;
2. a place name is itself (*Boden* is no shed, *Sala* no hall);
3. words with content come before function words (*hat* is no form of *ha*);
4. nouns before adjectives before verbs, and words that inflect before words that do not;
5. the form itself before others (*planet* stays *planet*), then the shortest.

The dictionary lists many forms as words of their own (*bostäder*, *gemensamma*, *ungas*), and gives
forms of nouns and adjectives to verbs that look like them (*åtgärder* to *åtgärda*, *goda* to
*goa*). `_listed_form` and `_better_base` mend that.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from .irregular import IRREGULAR, irregular_compound
from .lexicon import BOUND, NAME, is_place, is_plural, lexicon, word_class
from .stopwords import FUNCTION_WORDS
from .wordlist import word_set

_RANK = {"noun": 0, "adjective": 1, "verb": 2, "other": 3, "bare": 4}

PLACES = frozenset({"ale", "dalarna", "norden", "polen", "norr", "söder", "väster", "öster"})
"""Places and directions, not marked as places in the dictionary, that are also a form of a common
word (*väster* of *väst*)."""

SHORT = 2
"""Words this short are never inflections: *kr* is not a form of *k*."""

_VERB_ENDINGS = [
    (ending, "a") for ending in ("er", "ar", "s", "as", "t", "it", "de", "te", "des", "tes")
]
_ADJECTIVE_ENDINGS = [("mma", "m"), ("t", "")]
_NOUN_ENDINGS = [("ien", "ia")]
"""Endings of forms that the dictionary lists on their own, and what they replace."""

_PLURALS = (("or", ("a",)), ("ar", ("e", "")), ("er", ("", "e")))
"""Endings of plurals, and those of their singulars."""

_AGENT_PLURAL = re.compile("ikernas?$")
_SUPINE = ("t", "ts", "de", "des")
_OF_A_NOUN = word_set("s en ens er ers erna ernas ar ars arna arnas")
"""Endings of nouns that the dictionary may add to a verb in -a."""

# Groups of endings in the dictionary: comparatives, nouns in -a, adjectives.
_COMPARES, _NOUN_IN_A = "P", "G"
_ADJECTIVE = frozenset("OPQ")


@lru_cache(maxsize=32_768)
def lemma(word: str) -> str | None:
    """The base of a folded word; None when the dictionary lacks it."""
    irregular = IRREGULAR.get(word)
    if irregular is not None:
        return irregular
    if len(word) <= SHORT and lexicon().is_base(word):
        return word
    for name in (word, word.removesuffix("s")):
        if name in PLACES or is_place(lexicon().flags(name) or ""):
            return name
    bases = _free_bases(word)
    if word.endswith("s") and all(map(_is_listed, bases)) and word not in FUNCTION_WORDS:
        # Perhaps a genitive, also of what the dictionary lists as it stands: *ungas*, *års*.
        owner = lemma(word[:-1]) if not bases or _inflects(word[:-1]) else None
        if owner is not None:
            return owner
    if not bases:
        return None
    if word in FUNCTION_WORDS and word not in bases:  # *samma* is no form of *sam*
        return word
    best = min(bases, key=lambda base: _preference(word, base))
    return _listed_form(word, best) or _better_base(word, best, bases) or best


def _listed_form(word: str, entry: str) -> str | None:
    """The base of a form that the dictionary lists on its own, without naming the base."""
    kind = word_class(entry, _flags(entry))
    if is_name(entry):
        return None
    if word.endswith("de") and entry == word:  # a past tense listed as a participle: *utgjorde*
        return irregular_compound(word, lexicon().is_base)
    if is_plural(entry, _flags(entry)):
        return _singular(entry)
    if kind in ("bare", "other"):
        return (
            irregular_compound(word, lexicon().is_base)
            or _rewritten(entry, _VERB_ENDINGS, ("verb", "noun", "adjective", "other"))
            or _rewritten(entry, _ADJECTIVE_ENDINGS, ("adjective",))
            or _rewritten(entry, _NOUN_ENDINGS, ("noun",))
        )
    if kind == "adjective" and entry != word and not lexicon().is_base(word[:-2]):
        return irregular_compound(word, lexicon().is_base)  # *ersatte*, no form of *ersatt*
    return None


def _better_base(word: str, best: str, bases: Sequence[str]) -> str | None:
    """The base of a form that the dictionary's rules give to another word as well."""
    if word.endswith("a"):
        # *goda* of *goa*, *höga* on its own, *svenska* of the language
        adjective = word[:-1]
        language = word.endswith("ska") and not _ADJECTIVE.isdisjoint(_flags(adjective))
        if entry_class(adjective) == "adjective" or language:
            return adjective
    if best == word:
        return None
    if word.endswith(_SUPINE) and best.endswith("d") and entry_class(best) == "adjective":
        # *ställt* is a form of *ställa* more often than of *ställd*.
        if _COMPARES in _flags(best) and not word.endswith(("de", "des")):
            return None  # *hårt*, *jämställt*
        return next((verb for verb in bases if entry_class(verb) == "verb"), None)
    if _AGENT_PLURAL.search(word):  # *politikerna* of *politik*
        return _AGENT_PLURAL.sub("iker", word)
    if best.endswith("a") and _is_verb(best) and word[len(best) - 1 :] in _OF_A_NOUN:
        # The dictionary gives forms of nouns to verbs that look like them: *turista*, *regla*.
        is_noun = entry_class(best) == "noun" and _NOUN_IN_A not in _flags(best)
        if is_noun or word == best[:-1] + "s":
            nouns = (best[:-1], f"{best[:-2]}e{best[-2]}")
            return next((noun for noun in nouns if entry_class(noun) == "noun"), None)
    return None


def _singular(plural: str) -> str | None:
    """The noun of a plural, which may be a compound of it: *bostad*, *levnadsvana*, *vän*."""
    for ending, singulars in _PLURALS:
        stem = plural.removesuffix(ending)
        doubled = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
        for singular in (*(stem + end for end in singulars), doubled):
            if plural.endswith(ending) and entry_class(singular) == "noun":
                return singular
    for cut in range(2, len(plural) - 2):
        head = plural[cut:]
        noun = lemma(head) if lexicon().first_part(plural[:cut]) else None
        if noun is not None and noun != head and entry_class(noun) == "noun":
            return plural[:cut] + noun
    return None


def _rewritten(form: str, endings: Iterable[tuple[str, str]], kinds: tuple[str, ...]) -> str | None:
    """The first entry of one of these classes that another ending makes of a form."""
    for ending, new in endings:
        base = form.removesuffix(ending) + new
        if form.endswith(ending) and len(base) > SHORT and entry_class(base) in kinds:
            return base
    return None


def entry_class(word: str) -> str | None:
    """The class of an entry that is no name; None for other words."""
    flags = lexicon().flags(word)
    return None if flags is None or NAME in flags or BOUND in flags else word_class(word, flags)


def _flags(entry: str) -> str:
    return lexicon().flags(entry) or ""


def _inflects(word: str) -> bool:
    """Whether a word may take the genitive -s: a noun, or an adjective in its weak form."""
    kinds = {entry_class(base) for base in _free_bases(word)}
    return "noun" in kinds or ("adjective" in kinds and word.endswith(("a", "e")))


def _is_verb(word: str) -> bool:
    return not frozenset(lexicon().flags(word) or "").isdisjoint("mN")


def head_lemma(word: str) -> str | None:
    """The base of the last part of a compound, which need not be a word by itself."""
    known = lemma(word)
    if known is not None:
        return known
    return min(lexicon().bases(word), key=len, default=None)


def _free_bases(word: str) -> list[str]:
    return [base for base in lexicon().bases(word) if lexicon().is_base(base)]


def _preference(word: str, base: str) -> tuple[bool, bool, bool, int, bool, int, str]:
    """Sort key of a reading; the smallest is chosen."""
    flags = _flags(base)
    kind = word_class(base, flags)
    return (
        base in FUNCTION_WORDS and base != word,
        len(base) <= SHORT,
        NAME in flags,
        _RANK["other" if is_plural(base, flags) else kind],
        base != word,
        len(base),
        base,
    )


def _is_listed(entry: str) -> bool:
    return entry_class(entry) in ("bare", "other")


def is_name(word: str) -> bool:
    """Whether the dictionary has the word only with a capital."""
    flags = lexicon().flags(word)
    return flags is not None and NAME in flags


def is_bound(word: str) -> bool:
    """Whether the word occurs only in compounds: *siktig*."""
    flags = lexicon().flags(word)
    return flags is not None and BOUND in flags
