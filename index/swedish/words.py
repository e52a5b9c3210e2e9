"""One word by itself: its lemma, its stem and the words inside it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from .compounds import is_sure_compound, split
from .derivation import formed_from, negated
from .lemma import head_lemma, lemma
from .lexicon import lexicon, names_something
from .model import PartKind
from .normalize import fold
from .stems import stem_of_lemma, stem_of_unknown
from .stopwords import LOW_CONTENT, is_function_word

MAX_COMBINED = 6
"""A compound of more constituents than this gets no intermediate compounds."""

MIN_PART = 2
"""Letters in the shortest part that is worth indexing."""


class Key(NamedTuple):
    """A word's lemma and the stem that stands for all its forms."""

    lemma: str
    stem: str


class PartRecord(NamedTuple):
    """A part with its span in the word."""

    word: str
    stem: str
    start: int
    end: int
    kind: PartKind

    def moved(self, offset: int) -> "PartRecord":
        return self._replace(start=self.start + offset, end=self.end + offset)


@lru_cache(maxsize=32_768)
def key(word: str) -> Key:
    """Lemma and stem of a folded word. A compound that the dictionary lacks inflects by its head;
    a word of unknown parts is its own lemma."""
    known = lemma(word)
    if known is not None and known != word and lemma(known) is None and len(split(known)) > 1:
        return key(known)  # *levnadsvana*, of a plural that the dictionary lists
    if known is not None:
        return Key(known, stem_of_lemma(known))
    *firsts, last = split(word)
    head = head_lemma(last) if firsts else None
    if head is None:
        return Key(word, stem_of_unknown(word))
    prefix = "".join(firsts)
    whole = prefix + head
    stem = stem_of_lemma(whole) if lexicon().is_base(whole) else prefix + stem_of_lemma(head)
    return Key(whole, stem)


@lru_cache(maxsize=32_768)
def first_part_key(form: str) -> Key:
    """Lemma and stem of the word that begins a compound: *hälsa* for *hälso*."""
    listed = lexicon().first_part(form)
    if listed is not None:
        return key(listed.word)
    return key(_without_link(form))


def _without_link(form: str) -> str:
    """*arbetsmarknad* for *arbetsmarknads*."""
    core = form.removesuffix("s")
    return core if core != form and lemma(core) is not None else form


def parts_of(word: str) -> tuple[PartRecord, ...]:
    """The words inside a folded word, by kind: constituents, intermediate compounds, what it
    denies, what it is formed from."""
    whole = key(word)
    constituents = split(word)
    parts: list[PartRecord] = []
    if len(constituents) > 1:
        parts.extend(_constituents(constituents))
        parts.extend(_combined(constituents))
    parts.extend(_denied(word, [(word, 0), *((word[p.start : p.end], p.start) for p in parts)]))
    for base in formed_from(whole.lemma):
        if key(base).stem != whole.stem:
            parts.append(PartRecord(base, key(base).stem, 0, len(word), "derivation"))
    return tuple(dict.fromkeys(part for part in parts if part.end - part.start >= MIN_PART))


def _constituents(constituents: tuple[str, ...]) -> Iterator[PartRecord]:
    start = 0
    for number, piece in enumerate(constituents, start=1):
        part_key = key(piece) if number == len(constituents) else first_part_key(piece)
        if number == len(constituents) and (head := head_lemma(piece)) is not None:
            part_key = Key(head, stem_of_lemma(head))
        yield PartRecord(part_key.lemma, part_key.stem, start, start + len(piece), "part")
        start += len(piece)


def _combined(constituents: tuple[str, ...]) -> Iterator[PartRecord]:
    """Runs of constituents, shorter than the whole, that are compounds themselves."""
    count = len(constituents)
    if count > MAX_COMBINED:
        return
    starts = [sum(map(len, constituents[:number])) for number in range(count + 1)]
    for first in range(count - 1):
        for end in range(first + 2, count + 1):
            if end - first == count:
                continue
            piece = "".join(constituents[first:end])
            run_key = key(piece) if end == count else first_part_key(piece)
            yield PartRecord(run_key.lemma, run_key.stem, starts[first], starts[end], "compound")


def _denied(word: str, candidates: list[tuple[str, int]]) -> Iterator[PartRecord]:
    """What the word or a part of it denies: *hälsa* in *ohälsa* and in *ohälsotal*."""
    for form, start in candidates:
        if form.startswith("o"):
            whole = key(form) if start + len(form) == len(word) else first_part_key(form)
            denied = negated(whole.lemma)
            if denied is not None:
                yield PartRecord(denied, key(denied).stem, start + 1, start + len(form), "negation")


def is_low_content(word: str) -> bool:
    """Whether a word, in any case and any of its forms, says nothing of the topic: a function word,
    or one that texts on any topic have (*måste*, *syftet*, *september*)."""
    plain = word.lower()
    return is_function_word(plain) or plain in LOW_CONTENT or lemma(plain) in LOW_CONTENT


@lru_cache(maxsize=32_768)
def is_topical(word: str) -> bool:
    """Whether a word may say what a text is about: one that the dictionary lacks, or that names
    something; no number, verb or adverb, and nothing of low content."""
    if is_low_content(word) or word.isdigit():
        return False
    base = lemma(word.lower())
    flags = lexicon().flags(base) if base else None
    return base is None or flags is None or names_something(base, flags)


def is_known(word: str) -> bool:
    """Whether a word as written needs no correction: the dictionary has it or all of its parts.

    Numbers are known. A hyphenated word is known if every piece is.
    """
    pieces = [piece for piece in re.split("[-:' ]", fold(word).text) if piece]
    return all(_is_known_piece(piece) for piece in pieces)


def _is_known_piece(piece: str) -> bool:
    if not piece.isalpha():
        return piece.isalnum() and not piece.isalpha()
    return lemma(piece) is not None or is_sure_compound(piece)
