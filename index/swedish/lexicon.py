"""What does the dictionary say about a word?

The data file is text, compressed: three sections of lines, each headed by its name and length.

    rules    flag, ending added, ending stripped, condition on the base
    words    word, flags, dictionary words it ends
    firsts   form that begins compounds, word it stands for, dictionary words it begins

Only base words are held in memory. An inflected form is recognised by undoing the suffix rules.
"""

import gzip
import hashlib
import io
import re
from collections.abc import Iterator, Set
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

FORMAT = "swedish-lexicon 1"
DATA_FILE = Path(__file__).parent / "data" / "sv_lexicon.txt.gz"

NAME = "^"
"""Flag of our own: the dictionary has the word only with a capital."""
BOUND = "~"
"""Flag of our own: not a word by itself, only the head of compounds."""
ENDS_COMPOUND = "Y"

BEGINNING = 4
"""Length of the prefixes that rule out most non-words at once."""

# The .aff file gives each group of endings a letter; these are the groups of each word class.
_NOUN = frozenset("CEGHI")
_NOUN_UNLESS_VERB = frozenset("BDFJ")
_ADJECTIVE = frozenset("OPQ")
_VERB = frozenset("mMKLN")
_COMPARED = frozenset("KL")
_LOSES_VOWEL = ("el", "en", "er", "sam")  # *säker, säkra*, and *gemensam, gemensamma*
_PLACE = frozenset("ed")
_FIRST_CONJUGATION, _SECOND_CONJUGATION = frozenset("mN"), "K"
_INFLECTS = frozenset("BCDEFGHIJOPQ")


class Undo(NamedTuple):
    """How a suffix rule is undone: put `strip` back; the base must have one of `flags`, each
    with a condition on its end (None: no condition)."""

    strip: str
    flags: tuple[tuple[str, re.Pattern[str] | None], ...]


class FirstPart(NamedTuple):
    """A form that begins compounds: the word it stands for, and in how many words it does."""

    word: str
    words: int


class Lexicon:
    """Immutable after loading, so threads may share it."""

    def __init__(self, data: bytes) -> None:
        """Read the content of a data file. Raises ValueError when it is of another format."""
        lines = iter(gzip.decompress(data).decode().split("\n"))
        if next(lines) != FORMAT:
            raise ValueError(f"not a lexicon of format {FORMAT!r}: run index.swedish.build_lexicon")
        next(lines)
        self._undo = _read_rules(_section(lines))
        self._tails = frozenset(end[cut:] for end in self._undo for cut in range(len(end) + 1))
        self._flags, self._end_counts = _read_words(_section(lines))
        self._firsts = _read_firsts(_section(lines))
        self._beginnings = frozenset(
            word[:BEGINNING] for words in (self._flags, self._firsts) for word in words
        )
        # Per instance: a cache on the method would keep every lexicon alive.
        self.bases = lru_cache(maxsize=32_768)(self._bases)

    def flags(self, word: str) -> str | None:
        """The flags of a base word; None for other words."""
        return self._flags.get(word)

    def is_base(self, word: str) -> bool:
        """Whether the word is a dictionary entry, name or not."""
        flags = self._flags.get(word)
        return flags is not None and BOUND not in flags

    def first_part(self, form: str) -> FirstPart | None:
        """What a form that begins compounds stands for."""
        return self._firsts.get(form)

    def end_count(self, base: str) -> int:
        """How many dictionary words end with this base."""
        return self._end_counts.get(base, 0)

    def first_ends(self, word: str, start: int, stop: int) -> list[int]:
        """Ends, up to `stop`, of the first parts, words and words with an -s that begin at `start`.
        Splitting asks this at every position of a word, so the loop is tight."""
        firsts, words = self._firsts, self._flags
        if word[start : start + BEGINNING] not in self._beginnings:  # nothing longer begins so
            stop = min(stop, start + BEGINNING - 1)
        ends = []
        was_word = False
        for end in range(start + 1, stop + 1):
            part = word[start:end]
            is_word = part in words
            if is_word or part in firsts or (was_word and part[-1] == "s"):
                ends.append(end)
            was_word = is_word
        return ends

    def _bases(self, form: str) -> tuple[str, ...]:
        """The entries that a form may be an inflection of, itself included; bound heads too.

        Callers use `bases`, which adds a cache.
        """
        known, undo = self._flags, self._undo
        bases = [form] if form in known else []
        for cut in range(len(form), 0, -1):
            ending = form[cut:]
            if ending not in self._tails:  # nor is anything longer an ending
                break
            for strip, rules in undo.get(ending, ()):
                base = form[:cut] + strip
                flags = known.get(base)
                if flags and base not in bases and _allows(base, flags, rules):
                    bases.append(base)
        return tuple(bases)


def _allows(base: str, flags: str, rules: tuple[tuple[str, re.Pattern[str] | None], ...]) -> bool:
    for flag, condition in rules:
        if flag in flags and (condition is None or condition.search(base)):
            return True
    return False


_loaded: Lexicon | None = None
_loading = Lock()


def lexicon() -> Lexicon:
    """The lexicon of this process, loaded once, on first use."""
    return _loaded or _load()


def _load() -> Lexicon:
    global _loaded
    with _loading:
        if _loaded is None:
            _loaded = Lexicon(DATA_FILE.read_bytes())
        return _loaded


def version_of(data: bytes) -> str:
    """The dictionary's version and a digest of the data file, to be stored with an index."""
    with gzip.open(io.BytesIO(data), "rt", encoding="utf-8") as file:
        _, dictionary = file.readline(), file.readline().strip()
    return f"{dictionary}-{hashlib.sha256(data).hexdigest()[:12]}"


LEXICON_VERSION = version_of(DATA_FILE.read_bytes()) if DATA_FILE.exists() else "missing"
"""Version of the lexicon of this process. An index built with another must be rebuilt."""


def word_class(word: str, flags: str) -> str:
    """The class of an entry, by the rules that inflect it: noun, adjective, verb, other or bare.

    The Swedish dictionary has no word classes, but each group of endings belongs to one. Groups B,
    D, F and J serve nouns and, on words in -a, verbs.
    """
    kinds = frozenset(flags)
    if kinds & _NOUN or (kinds & _NOUN_UNLESS_VERB and not word.endswith("a")):
        return "noun"
    if kinds & _ADJECTIVE and not (word.endswith("a") and kinds & _VERB):
        return "adjective"
    if kinds & _COMPARED and word.endswith(_LOSES_VOWEL):
        return "adjective"
    if word.endswith("a") and kinds & (_VERB | _NOUN_UNLESS_VERB | frozenset("LRj")):
        return "verb"
    return "bare" if not kinds & (_VERB | frozenset("A")) else "other"


def names_something(word: str, flags: str) -> bool:
    """Whether an entry names a thing, a quality or somebody: no verb, and no adverb or particle,
    which nothing is put before to form a compound."""
    kind = word_class(word, flags)
    if NAME in flags or kind in ("noun", "adjective"):
        return True
    return ENDS_COMPOUND in flags if kind == "bare" else kind == "other" and "m" not in flags


def is_plural(word: str, flags: str) -> bool:
    """Whether an entry is a plural that the dictionary lists apart: *bostäder*, *vanor*."""
    kinds = frozenset(flags) & (_NOUN | _NOUN_UNLESS_VERB)
    return (kinds == {"J"} and word.endswith(("ar", "er", "or"))) or (
        kinds == {"F"} and word.endswith("män")
    )


def is_denominal(verb: str) -> bool:
    """Whether a verb in -a may be formed from the noun without its -a: *måla* of *mål*.

    Such verbs inflect in -ar, or are the old long forms of *ta*. Others are older than their nouns,
    and mean the same: *hjälpa* and *hjälp*.
    """
    flags = lexicon().flags(verb) or ""
    in_ar = not _FIRST_CONJUGATION.isdisjoint(flags) and _SECOND_CONJUGATION not in flags
    return in_ar or verb.endswith("taga")


def inflects_as(word: Set[str], head: Set[str]) -> bool:
    """Whether a word with these flags may have this head: a compound inflects as its head does.

    Either may have more endings: homographs share an entry, and a compound may have a plural that
    its head lacks.
    """
    inflections = word & _INFLECTS
    return inflections <= head or (bool(inflections) and head & _INFLECTS <= inflections)


def is_place(flags: str) -> bool:
    """Whether an entry is a place whose inhabitants have a name: *Boden*, *bodensare*."""
    return not _PLACE.isdisjoint(flags)


def _section(lines: Iterator[str]) -> list[str]:
    """The lines of the next section."""
    length = int(next(lines).rpartition(" ")[2])
    return [next(lines) for _ in range(length)]


def _read_rules(lines: list[str]) -> dict[str, tuple[Undo, ...]]:
    """The rules by the ending they add."""
    grouped: dict[str, dict[str, list[tuple[str, re.Pattern[str] | None]]]] = {}
    for line in lines:
        flag, add, strip, condition = line.split(" ")
        pattern = None if condition == "." else re.compile(f"(?:{condition})$")
        ending = "" if add == "0" else add
        stripped = "" if strip == "0" else strip
        grouped.setdefault(ending, {}).setdefault(stripped, []).append((flag, pattern))
    return {
        ending: tuple(Undo(strip, tuple(flags)) for strip, flags in by_strip.items())
        for ending, by_strip in grouped.items()
    }


def _read_words(lines: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    flags: dict[str, str] = {}
    counts: dict[str, int] = {}
    interned: dict[str, str] = {}
    for line in lines:
        word, letters, count = line.split(" ")
        flags[word] = interned.setdefault(letters, letters)  # one string per set of flags
        if count != "0":
            counts[word] = int(count)
    return flags, counts


def _read_firsts(lines: list[str]) -> dict[str, FirstPart]:
    firsts = {}
    for line in lines:
        form, word, count = line.split(" ")
        firsts[form] = FirstPart(form if word == form else word, int(count))  # not a copy
    return firsts
