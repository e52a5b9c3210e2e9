"""Which municipalities and counties does a text name? And which has a decision?

A name counts where it is written with a capital, whole or in the genitive, and nothing around it
says that it is part of another name. *Boden*, *Vara* and *Lund* are words and surnames too, so that
each of `DOUBTFUL` needs more: *kommun* after it, *i*, *från* or *till* before it, or another place
beside it. Time is linear in the text.

An index holds what was found when it was made, so whoever changes the rules raises `FORMAT` in
`index.storage.schema`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from index.decision import Decision, plain_text
from index.gazetteer import (
    BY_CODE,
    COUNTIES,
    MUNICIPALITIES,
    Locality,
    closed,
    county_names,
    find,
    genitive,
)

SEPARATOR = "; "
"""Between the names of the places of a decision, where they are one text."""


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


DOUBTFUL = _words(
    "Ale Berg Boden Dorotea Eda Falkenberg Flen Grums Habo Kil Kinda Klippan Köping Lomma Lund "
    "Mark Mora Nacka Nora Norberg Sala Salem Sandviken Skara Tanum Trosa Vara Vilhelmina Vindeln "
    "Älvdalen Ånge Åre"
)
"""Municipalities whose names are also Swedish words (by the hunspell dictionary), definite forms of
such, given names or surnames."""

_ALSO = {
    "Gothenburg": "1480", "Sthlm": "0180", "Visby": "0980", "Malung": "2023", "Sälen": "2023",
    "Upplands Bro": "0139", "Västra Götalandsregionen": "14", "VGR": "14",
}  # fmt: skip
_WORD = re.compile(r"[A-ZÅÄÖ]\w+(?:-\w+)*")
_NEXT = re.compile(r"[^\S\n]+(\w+(?:-\w+)*)")
_BEFORE = re.compile(r"(?:(\w+)[^\S\n]+)?(\w+)[^\S\n]+$")
_NEAR = 40  # characters looked at before a name
_AND = re.compile(
    r"(?:[^\S\n]+(?:kommun|stad|län)(?:er|s)?)?[^\S\n]*"
    r"(?:[,/&–-]|,?[^\S\n](?:och|samt|eller|and|or)[^\S\n])[^\S\n]*(?:i[^\S\n]+|in[^\S\n]+)?",
    re.IGNORECASE,
)
_COUNTIES_FOLLOW = re.compile(
    r"(?:,[^\S\n]+[\w-]+(?:[^\S\n][\w-]+)?){0,9}[^\S\n]+(?:och|samt)[^\S\n]+"
    r"[A-ZÅÄÖ][\w-]+(?:[^\S\n][\w-]+)?[^\S\n]+län\b"
)
_REGIONS_FOLLOW = re.compile(r"-[^\S\n]+(?:och|samt|eller)[^\S\n]+\w+region(?:en|erna)s?\b")
_ELSEWHERE = re.compile(r"[^\S\n]*&[^\S\n]|,?[^\S\n]den[^\S\n]\d")
"""A firm, or where a document was signed: *Falkenberg & Co*, *Stockholm den 5 mars*."""
_MUNICIPAL = _words("kommun kommuns kommunen kommuner kommunala stad stads")
_REGIONAL = _words("län läns county counties region regionen regionens")
_REGION_BEFORE = _words("region regionen länsstyrelsen landstinget regionförbundet")
_THERE = _words(
    "i från till in from utanför runt kring mellan kommunen kommunerna staden orten centrala"
)
_HELD = _words(
    "universitet universitets universitetet university tekniska stift domkyrka lasarett "
    "församling pastorat konsthall sjukhus tingsrätt"
)
_NOT_THERE = _words(
    "convention conventions konventionen declaration deklarationen agreement protocol syndrome"
)
_ODD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\u2010\u2011]")
_AS_WRITTEN = str.maketrans("\u2010\u2011", "--", "\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of a decision; ``derived``: its source does not state it, its texts name it."""

    locality: Locality
    derived: bool


def places_of(decision: Decision) -> tuple[KnownPlace, ...]:
    """The municipalities of a decision and then its counties: those that its source states, else
    those that the owner's name, the title and the texts name."""
    known = [place for name in decision.places if (place := find(name))]
    if known:
        return tuple(KnownPlace(one, False) for one in closed(known))
    texts = (plain_text(decision.description), plain_text(decision.motivation))
    text = "\n".join((decision.owner, decision.title, *texts))
    return tuple(KnownPlace(one, True) for one in named(text))


def place_names(decision: Decision) -> str:
    """The names of `places_of` as one text, empty where there are none."""
    return SEPARATOR.join(one.locality.name for one in places_of(decision))


@dataclass(slots=True)
class _Mention:
    """A name of a place in a text, from ``start`` to before ``end``; ``sure`` or only perhaps."""

    place: Locality
    start: int
    end: int
    sure: bool


def named(text: str) -> tuple[Locality, ...]:
    """The places that a text names, and the counties of the municipalities among them."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = text.translate(_AS_WRITTEN) if _ODD.search(text) else text
    found = [*_mentions(text)]
    for ordered in (found, found[::-1]):  # what stands beside a place is one: *Luleå och Boden*
        for one, other in pairwise(ordered):
            if one.sure and not other.sure:
                first, last = sorted((one, other), key=lambda mention: mention.start)
                other.sure = bool(_AND.fullmatch(text, first.end, last.start))
    return closed(one.place for one in found if one.sure)


def _mentions(text: str) -> Iterator[_Mention]:
    """Every name of a place in a text, in order."""
    forms, longer = _forms(), _first_words()
    skipped = 0  # what a name of two words has taken
    for match in _WORD.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        if start < skipped:
            continue
        if word.isupper():
            word = word.title()
        if word in longer and (after := _NEXT.match(text, end)):
            both = f"{word} {after[1].title() if after[1].isupper() else after[1]}"
            if both in forms:
                word, end = both, after.end()
        skipped = end
        if start and (text[start - 1].isalnum() or text[start - 1] == "-"):
            continue
        if word in forms:
            yield from _told(text, forms[word], word, start, end)
        elif "-" in word:
            yield from _hyphened(word, start, end)


def _hyphened(word: str, start: int, end: int) -> Iterator[_Mention]:
    """*Skåne-baserade* and *Luleå-Boden*, not *Göteborgs-Posten*."""
    forms, parts = _forms(), word.split("-")
    if all(part in forms or part.islower() for part in parts):
        places = [forms[part] for part in parts if part in forms]
        sure = any(place.name not in DOUBTFUL for place in places)
        yield from (_Mention(place, start, end, sure) for place in places)


def _told(text: str, place: Locality, word: str, start: int, end: int) -> Iterator[_Mention]:
    """What a name means by the words around it."""
    after = _NEXT.match(text, end)
    following = after[1] if after else ""
    last = following.casefold()
    before = _BEFORE.search(text, max(0, start - _NEAR), start)
    second, first = (before[1] or "", before[2]) if before else ("", "")
    first, second = first.casefold(), second.casefold()
    if last in _NOT_THERE:
        return
    county = _counties().get(place.name)
    of_region = first in _REGION_BEFORE or (first == "i" and second in _REGION_BEFORE)
    of_region = of_region or first.endswith("län")  # *hemlän*
    if last in _REGIONAL or _REGIONS_FOLLOW.match(text, end):
        yield _Mention(county or place.county, start, end, True)
    elif county and (of_region or _COUNTIES_FOLLOW.match(text, end)):
        yield _Mention(county, start, end, True)
    elif last in _MUNICIPAL and place.kind == "municipality":
        yield _Mention(place, start, end, True)
    elif place.name in DOUBTFUL:
        own = last in _HELD or (first in _THERE and not following[:1].isupper())
        yield _Mention(place, start, end, own)
    else:
        yield _Mention(place, start, end, not _ELSEWHERE.match(text, end))


@cache
def _counties() -> dict[str, Locality]:
    """The counties that are called as a municipality, by its name; of Gotland they are one."""
    names = {one.name for one in MUNICIPALITIES} - {"Gotland"}
    return {name: one for one in COUNTIES for name in county_names(one) if name in names}


@cache
def _forms() -> dict[str, Locality]:
    """Every way to write the name of a place."""
    found: dict[str, Locality] = {}
    for county in COUNTIES:
        found |= dict.fromkeys(
            (*county_names(county), *map(genitive, county_names(county))), county
        )
    for one in MUNICIPALITIES:
        owns = genitive(one.name)
        area = (f"{form}{what}" for form in (one.name, owns) for what in ("området", "trakten"))
        found |= dict.fromkeys((one.name, owns, *area), one)
        for form in (one.name, owns, f"{one.name}-"):
            found |= dict.fromkeys((f"{form}regionen", f"{form}regionens"), one.county)
    for county in COUNTIES:
        for name in county_names(county):
            for form in (name, genitive(name)):
                found |= dict.fromkeys((f"{form}regionen", f"{form}regionens"), county)
    for name, code in _ALSO.items():
        found |= dict.fromkeys((name, genitive(name)), BY_CODE[code])
    return found


@cache
def _first_words() -> frozenset[str]:
    """The first words of names that have two."""
    return frozenset(name.split()[0] for name in _forms() if " " in name)
