"""Which term stands for all forms of a word?

A word that the dictionary has is stemmed from its lemma, lightly: the lemma has no inflection left
to strip, and Snowball on it would make *tidig* a *tid*, *lager* a *lag* and *viktig* a *vikt*. A
word that it lacks is left to Snowball's Swedish stemmer.

| lemma                            | stem                                                        |
|----------------------------------|-------------------------------------------------------------|
| *jämställdhet*, *möjlighet*      | that of the adjective, unless the noun has a life of its own |
| *skyddad*, *ledande*             | that of the verb                                            |
| *arbete*, *arbeta*, *hälsa*      | without the final vowel: noun and verb meet                 |
| *måla*, *löna*, *same*           | as is: *mål*, *lön* and *sam* are other words               |
| *Boden*, *Sala*                  | as is: a place                                              |
"""

from functools import lru_cache
from threading import local

import snowballstemmer

from .lemma import is_name
from .lexicon import is_denominal, is_place, lexicon, word_class
from .wordlist import word_set

OWN_LIFE = word_set(
    """
    verksamhet enhet nyhet fastighet myndighet helhet storhet allmänhet frihet rättighet skyldighet
    personlighet härlighet menighet egenhet mänsklighet kristenhet överhet särskildhet
    """
)
"""Nouns in -het that mean something other than the quality that the adjective names."""

MIN_STEM = 3

_NOUN_IN_A = "G"
_ALSO_VERB = "T"

_thread = local()


@lru_cache(maxsize=32_768)
def stem_of_lemma(lemma: str) -> str:
    """The stem of a word that the dictionary has as a base."""
    flags = lexicon().flags(lemma)
    if flags is not None and (is_place(flags) or is_name(lemma)):
        return lemma
    return _without_final_vowel(_verb(_adjective(lemma)))


def stem_of_unknown(word: str) -> str:
    """The stem of a word that the dictionary lacks: Snowball's, after the genitive of a name.

    Snowball strips no -s after å, ä or ö (*Bodøs*).
    """
    if word.endswith(("ås", "äs", "ös")) and len(word) > MIN_STEM:
        word = word[:-1]
    return snowball(word)


def snowball(word: str) -> str:
    """Snowball's Swedish stemmer. Its object keeps state, so each thread has its own."""
    stemmer = getattr(_thread, "stemmer", None)
    if stemmer is None:
        stemmer = _thread.stemmer = snowballstemmer.stemmer("swedish")
    return str(stemmer.stemWord(word))


def _adjective(lemma: str) -> str:
    """*jämställdhet* -> *jämställd*."""
    adjective = lemma.removesuffix("het")
    if adjective == lemma or lemma in OWN_LIFE or not lexicon().is_base(adjective):
        return lemma
    return adjective


def _verb(lemma: str) -> str:
    """The verb of a participle: *skyddad* -> *skydda*, *ledande* -> *leda*."""
    for ending, verb_ending in (("ande", "a"), ("ende", ""), ("ad", "a"), ("ade", "a")):
        verb = lemma.removesuffix(ending) + verb_ending
        if lemma.endswith(ending) and len(verb) > MIN_STEM and _is_verb(verb):
            return verb
    return lemma


def _is_verb(word: str) -> bool:
    flags = lexicon().flags(word)
    if flags is None:
        return False
    # *visa* is a noun too, which is its class.
    return word_class(word, flags) in ("verb", "bare") or (
        word[-1] == "a" and not frozenset("mNT").isdisjoint(flags)
    )


def _without_final_vowel(lemma: str) -> str:
    if len(lemma) <= MIN_STEM or lemma[-1] not in "ae" or _is_apart(lemma):
        return lemma
    return lemma[:-1]


def _is_apart(lemma: str) -> bool:
    """Whether a lemma without its vowel would be another word: *måla*, *vana*, *same*."""
    shorter, flags = lexicon().flags(lemma[:-1]), lexicon().flags(lemma) or ""
    if shorter is None or word_class(lemma[:-1], shorter) == "bare":
        return False
    if lemma[-1] == "e":  # *fiske* and *fisk* share forms
        return word_class(lemma, flags) == "other"
    return is_denominal(lemma) or (_NOUN_IN_A in flags and _ALSO_VERB not in flags)
