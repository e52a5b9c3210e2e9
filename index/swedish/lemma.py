"""Which dictionary word is this a form of?

A form may belong to several words; the choice must be the same everywhere, so it follows fixed
preferences and never the context:

1. a listed irregular form (*gjorde*, *städer*) is what the list says;
2. a place name is itself (*Boden* is no shed, *Sala* no hall);
3. words with content come before function words (*hat* is no form of *ha*);
4. nouns before adjectives before verbs, and words that inflect before words that do not;
5. the form itself before others (*planet* stays *planet*), then the shortest.
"""

from functools import lru_cache

from .irregular import IRREGULAR, irregular_compound
from .lexicon import BOUND, NAME, is_place, lexicon, word_class
from .stopwords import FUNCTION_WORDS

_RANK = {"noun": 0, "adjective": 1, "verb": 2, "other": 3, "bare": 4}

PLACES = frozenset({"ale", "dalarna", "norden", "polen", "norr", "söder", "väster", "öster"})
"""Places and directions, not marked as places in the dictionary, that are also a form of a common
word (*väster* of *väst*)."""

SHORT = 2
"""Words this short are never inflections: *kr* is not a form of *k*."""

_VERB_ENDINGS = ("er", "s", "as", "t", "it", "de", "te", "des", "tes")


@lru_cache(maxsize=65_536)
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
    if not bases and word.endswith("s"):
        bases = _free_bases(word[:-1])
        word = word[:-1]
    if not bases:
        return None
    best = min(bases, key=lambda base: _preference(word, base))
    if _is_bare(best):  # a form listed on its own, as those of irregular verbs are
        return irregular_compound(word, lexicon().is_base) or _verb_of(best) or best
    return best


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
    flags = lexicon().flags(base) or ""
    return (
        base in FUNCTION_WORDS and base != word,
        len(base) <= SHORT,
        NAME in flags,
        _RANK[word_class(base, flags)],
        base != word,
        len(base),
        base,
    )


def _is_bare(base: str) -> bool:
    flags = lexicon().flags(base) or ""
    return NAME not in flags and word_class(base, flags) == "bare"


def _verb_of(form: str) -> str | None:
    """The verb of a form that the dictionary lists without naming the verb: *sätter*, *säljs*."""
    for ending in _VERB_ENDINGS:
        verb = form.removesuffix(ending) + "a"
        if form.endswith(ending) and lexicon().is_base(verb):
            return verb
    return None


def is_name(word: str) -> bool:
    """Whether the dictionary has the word only with a capital."""
    flags = lexicon().flags(word)
    return flags is not None and NAME in flags


def is_bound(word: str) -> bool:
    """Whether the word occurs only in compounds: *siktig*."""
    flags = lexicon().flags(word)
    return flags is not None and BOUND in flags
