"""One path for documents and queries: text -> tokens.

Everything about a word except its position is worked out once and cached in a record; a text is
then one record and one offset per word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .compounds import MAX_LENGTH, split
from .irregular import IRREGULAR
from .lemma import lemma
from .model import Part, Token
from .normalize import Folded, fold
from .stopwords import CONJUNCTIONS
from .tokens import find_tokens
from .words import MIN_PART, Key, PartRecord, first_part_key, key, parts_of

SUSPENSION_REACH = 4
"""How many tokens after *studie-* to look for the compound that completes it."""

_LETTERS = re.compile("[a-zåäö]+")
_ACRONYM_GENITIVE = re.compile("[A-ZÅÄÖ]{2,}s")

_TELLING = 5
"""Letters in the shortest word whose endings are sure to begin after its second letter."""

_MAY_CHANGE = re.compile(".?[äöy].*(er|re|st|or|ar)(a|s|na|nas)?$")
"""Words that may have another vowel than their stem: *länderna*, *tyngre*; also those of *ö*."""

_WRITTEN_OUT = {"s:t": "sankt", "s:ta": "sankta", "s:te": "sankte"}


class Record(NamedTuple):
    """What is known about a word in any context. The spans of its parts refer to the raw word.

    `suspends`: the word takes part in a suspended compound, as *studie-* or as a conjunction.
    """

    surface: str
    lemma: str
    stem: str
    parts: tuple[PartRecord, ...]
    suspends: bool


def analyze(text: str) -> list[Token]:
    """Analyse a text: one token for every word, in order. Accepts any string."""
    tokens: list[Token] = []
    append = tokens.append
    suspended: list[int] = []
    for position, match in enumerate(find_tokens(text)):
        start, end = match.span()
        raw = text[start:end]
        surface, base, stem, records, suspends = record_of(raw)
        parts = (
            tuple([Part(w, s, start + a, start + b, kind) for w, s, a, b, kind in records])
            if records
            else ()
        )
        append(Token(raw, surface, base, stem, parts, start, end, position))
        if suspends:
            suspended.append(position)
    for position in suspended:
        _complete(text, tokens, position)
    return tokens


def _record(raw: str) -> Record:
    folded = fold(raw)
    written = folded.text.rstrip("-")
    suspends = written != folded.text or written in CONJUNCTIONS
    if not any(map(str.isalpha, written)):
        return _number(written, folded, suspends)
    surface = _plain(written) or raw.lower()
    inflected = _without_ending(raw, written)
    word_key = _key(_plain(inflected) or surface, written != folded.text)
    parts = _in_raw(_parts(inflected), folded.offsets)
    return Record(surface, word_key.lemma, word_key.stem, parts, suspends)


_cached_record = lru_cache(maxsize=131_072)(_record)


def record_of(raw: str) -> Record:
    """What is known about a word as written, cached unless it is very long."""
    return _cached_record(raw) if len(raw) <= MAX_LENGTH else _record(raw)


def surface_of(raw: str) -> str:
    """The surface alone, in a tenth of the time."""
    lower = raw.lower()
    if _LETTERS.fullmatch(lower):
        return lower
    written = fold(raw).text.rstrip("-")
    if not any(map(str.isalpha, written)):
        return written.replace(" ", "")
    return _plain(written) or lower


def stem_of(raw: str) -> str:
    """The stem alone: the parts, which take longest, are not worked out."""
    text = fold(raw).text
    written = text.rstrip("-")
    if not any(map(str.isalpha, written)):
        return written.replace(" ", "")
    inflected = _without_ending(raw, written)
    return _key(_plain(inflected) or _plain(written) or raw.lower(), written != text).stem


def stem_beginning(raw: str) -> str:
    """The first two letters of the stem, mostly without finding it out: they are those of the word,
    unless it is irregular (*yngre*), may have changed a vowel (*länder*), or is very short."""
    surface = surface_of(raw)
    if len(surface) < _TELLING or _MAY_CHANGE.match(surface) or surface in IRREGULAR:
        return stem_of(raw)[:2]
    return surface[:2]


def stem_initial(surface: str) -> str:
    """The first letter of the stem, in next to no time: *u* of *yngre*."""
    if surface[0] in "yåäö":
        return stem_beginning(surface)[0]
    return IRREGULAR.get(surface, surface)[0]


def _parts(written: str) -> Iterable[PartRecord]:
    if "-" in written:
        return (part for piece, at in _pieces(written) for part in _joined(piece, at))
    return parts_of(written) if len(written) <= MAX_LENGTH and written.isalpha() else ()


def _key(word: str, is_suspended: bool) -> Key:
    if len(word) > MAX_LENGTH:
        return Key(word, word)
    return first_part_key(word) if is_suspended else key(word)


def _number(written: str, folded: Folded, suspends: bool) -> Record:
    """Numbers are terms as they are, without the spaces in them; *2026:1* has parts."""
    surface = written.replace(" ", "")
    parts = (
        PartRecord(piece, piece, at, at + len(piece), "joined")
        for piece, at in _pieces(written, ":")
        if len(piece) >= MIN_PART and piece != written
    )
    return Record(surface, surface, surface, _in_raw(parts, folded.offsets), suspends)


def _plain(written: str) -> str:
    """The word without the signs that join it: *riksförbund*, *eus*, *covid19*."""
    return written.replace("-", "").replace("'", "").replace(":", "").replace(" ", "")


def _without_ending(raw: str, written: str) -> str:
    """The folded word without an ending that is set off, or added to capitals."""
    # *KTHs*: folding loses the capitals that reveal this genitive, so ask the raw word.
    return written[:-1] if _ACRONYM_GENITIVE.fullmatch(raw) else _before_ending(written)


def _before_ending(written: str) -> str:
    """The word without an ending that a colon or apostrophe sets off: *eu* for *eu:s*."""
    if written in _WRITTEN_OUT:  # no parts, so its spans need not fit
        return _WRITTEN_OUT[written]
    word, colon, ending = written.rpartition(":")
    if colon and ending.isalpha():
        return word
    return written.removesuffix("'s")


def _pieces(written: str, joint: str = "-") -> Iterator[tuple[str, int]]:
    """The pieces between joints, and where each begins."""
    at = 0
    for piece in written.split(joint):
        if piece:
            yield piece, at
        at += len(piece) + 1


def _joined(piece: str, at: int) -> Iterator[PartRecord]:
    """One side of a hyphen, and its own parts."""
    word = _plain(piece)
    if len(word) < MIN_PART or len(word) > MAX_LENGTH:
        return
    piece_key = (
        key(word) if lemma(word) is not None or len(split(word)) > 1 else first_part_key(word)
    )
    yield PartRecord(piece_key.lemma, piece_key.stem, at, at + len(piece), "joined")
    if word.isalpha() and word == piece:
        for part in parts_of(word):
            yield part.moved(at)


def _in_raw(parts: Iterable[PartRecord], offsets: Sequence[int]) -> tuple[PartRecord, ...]:
    """Move spans from the folded to the raw word."""
    if isinstance(offsets, range):
        return tuple(parts)
    return tuple(p._replace(start=offsets[p.start], end=offsets[p.end]) for p in parts)


def _complete(text: str, tokens: list[Token], position: int) -> None:
    """Write out a suspended compound: *studie-* before *yrkesvägledning*, or *-vård* after
    *elevhälsa*. The written-out word becomes a part of the suspended one."""
    if tokens[position].surface in CONJUNCTIONS:
        _complete_end(text, tokens, position)
    else:
        _complete_beginning(tokens, position)


def _complete_beginning(tokens: list[Token], position: int) -> None:
    for other in tokens[position + 1 : position + 1 + SUSPENSION_REACH]:
        if other.surface in CONJUNCTIONS or other.text.endswith("-"):
            continue
        ends = _tails(other)
        if ends:
            beginning = tokens[position].surface
            words = [beginning + end for end in ends]
            _add_ellipsis(tokens, position, _likeliest(words))
        return


def _complete_end(text: str, tokens: list[Token], position: int) -> None:
    if not 0 < position < len(tokens) - 1:
        return
    before, after = tokens[position - 1], tokens[position + 1]
    # No token begins with a hyphen, so the one of *-vård* must be looked for in the text.
    hyphen = text[max(after.start - 2, 0) : after.start]
    constituents = split(before.surface)
    if hyphen.endswith("-") and hyphen[:1].isspace() and len(constituents) > 1:
        beginnings = ["".join(constituents[:end]) for end in range(1, len(constituents))]
        # Longest first: `_likeliest` falls back on the first.
        words = [beginning + after.surface for beginning in reversed(beginnings)]
        _add_ellipsis(tokens, position + 1, _likeliest(words))


def _tails(token: Token) -> list[str]:
    """What may follow the first part of a compound, longest first."""
    if "-" in token.text:
        return [token.text.lower().rpartition("-")[2]]
    constituents = split(token.surface)
    return ["".join(constituents[start:]) for start in range(1, len(constituents))]


def _likeliest(words: list[str]) -> str:
    """The first word that is in the dictionary, or else the first."""
    return next((word for word in words if lemma(word) is not None), words[0])


def _add_ellipsis(tokens: list[Token], position: int, word: str) -> None:
    token = tokens[position]
    word_key = key(word) if len(word) <= MAX_LENGTH else Key(word, word)
    part = Part(word_key.lemma, word_key.stem, token.start, token.end, "ellipsis")
    tokens[position] = Token(
        token.text, token.surface, token.lemma, token.stem, (*token.parts, part),
        token.start, token.end, token.position,
    )  # fmt: skip
