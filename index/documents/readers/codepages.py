"""In which single-byte encoding is a text that is not UTF-8?

Nearly any bytes are valid in any of them, so that only the letters tell: *sjö* in one is *sj”* in
another. Each language is tried in each encoding that it is written in, and the likeliest pair is
taken: naive Bayes over the characters beyond ASCII, with frequencies as Zipf's law has them.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log

WESTERN = "cp1252"
READ_AS = {
    WESTERN: "Windows-1252",
    "cp850": "DOS-text (cp850)",  # cp437 has the letters in the same places
    "mac_roman": "Mac-text (Mac Roman)",
}
"""The encodings that are read, and what people call them. Text in any other is refused."""
_CENTRAL, _BALTIC, _GREEK = (
    ("cp1250", "iso8859_2"),
    ("cp1257", "iso8859_4"),
    ("cp1253", "iso8859_7"),
)
_CYRILLIC = ("cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic")
_WESTERN_LETTERS = (
    "äåöéüà",  # Swedish
    "äöåéšž",  # Finnish
    "åæøéüö",  # Danish
    "øåæéòô",  # Norwegian
    "üäößé",  # German
    "ëéïöüèê",  # Dutch
    "éèàêçôùâîûëïœ",  # French
    "óíáéñúü",  # Spanish
    "ãçáéíóêõâúàô",  # Portuguese
    "àèìòùé",  # Italian
    "ðáíþóæöéúý",  # Icelandic
    "äõüöšž",  # Estonian
)
_OTHER_LETTERS = {
    "łąęóżśćńź": _CENTRAL,  # Polish
    "íáěřéčžýšůúňóťď": _CENTRAL,  # Czech
    "áíčéžýšúľťôňóäďĺŕ": _CENTRAL,  # Slovak
    "éáöóőüíúű": _CENTRAL,  # Hungarian
    "ăîţşâ": _CENTRAL,  # Romanian
    "čšžćđ": _CENTRAL,  # Croatian, Slovene
    "ėšųžįąčūę": _BALTIC,  # Lithuanian
    "āīēšūžņļčķģ": _BALTIC,  # Latvian
    "ıüşçğöİâ": ("cp1254",),  # Turkish
    "αοιετσνηυρπκμλςόάίήέωγδύώθχφβξζψ": _GREEK,
    "оаиентсрвлкдпмузяыьъбгчйхжшюцщэфієї": _CYRILLIC,
}
_WITHIN_WORDS = "’´·\xa0\xad"
_BEFORE_NO_LETTER = "£½²³¹×¤µºª"
_SYMBOLS = dict.fromkeys("–—‘”“„…•€§°«»®©™¿¡" + _WITHIN_WORDS, 0.13) | dict.fromkeys(
    _BEFORE_NO_LETTER, 0.02
)
_UNLIKELY = 0.001
# What it takes to believe in another encoding than the usual one: a letter or two is not enough.
_DOUBT = {WESTERN: 0.0, "cp850": 7.0, "mac_roman": 7.0}
_OTHER_DOUBT = 3.0
_LOOKED_AT = 40_000  # bytes
_LINE_BEYOND_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

Shares = dict[str, float]
"""How often each letter beyond ASCII stands in a language, of all such letters in it."""


def likeliest(content: bytes) -> str:
    """Python's name for the likeliest encoding of text that is not UTF-8."""
    lines = (match[0] for match in _LINE_BEYOND_ASCII.finditer(content))
    sample = b"\n".join(lines)[:_LOOKED_AT]

    def score(encoding: str) -> float:
        chars = _chars(sample.decode(encoding, "replace"))
        fit = max(_fit(chars, shares) for shares in _LANGUAGES[encoding])
        return fit - _DOUBT.get(encoding, _OTHER_DOUBT)

    return max(_LANGUAGES, key=score)


def _chars(text: str) -> Counter[str]:
    """How often each character beyond ASCII stands in a text, in lower case; the empty string for
    those that stand where one of their kind hardly does: symbols and capitals within words."""
    counts: Counter[str] = Counter()
    for match in _BEYOND_ASCII.finditer(text):
        at, char = match.start(), match[0]
        before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
        if char.isalpha():
            odd = (before.islower() and char.isupper()) or (char.islower() and after.isupper())
        else:
            freely = char not in _BEFORE_NO_LETTER and not before.isalpha()
            odd = after.isalpha() and not freely and char not in _WITHIN_WORDS
        counts["" if odd else lower if len(lower := char.lower()) == 1 else char] += 1
    return counts


def _fit(chars: Counter[str], shares: Shares) -> float:
    """The logarithm of how likely the characters are in a language."""
    return sum(
        count * log(_SYMBOLS.get(char) or shares.get(char, _UNLIKELY))
        for char, count in chars.items()
    )


def _shares(letters: str) -> Shares:
    weights = {letter: 1 / rank for rank, letter in enumerate(letters, start=1)}
    return {letter: weight / sum(weights.values()) for letter, weight in weights.items()}


def _mixed(languages: list[Shares]) -> Shares:
    """Those of a list in several languages, as of a programme across borders."""
    letters = {letter for shares in languages for letter in shares}
    return {
        letter: sum(shares.get(letter, 0) for shares in languages) / len(languages)
        for letter in letters
    }


def _languages() -> dict[str, list[Shares]]:
    western = [_shares(letters) for letters in _WESTERN_LETTERS]
    languages = {encoding: [*western, _mixed(western)] for encoding in READ_AS}
    for letters, encodings in _OTHER_LETTERS.items():
        for encoding in encodings:
            languages.setdefault(encoding, []).append(_shares(letters))
    return languages


_LANGUAGES = _languages()
"""Encoding -> the languages that are written in it."""
