"""Which spellings are the same word? Every word is folded to one spelling before lookup.

Letters become lower case and composed; compatibility forms (ligatures, full-width letters,
subscripts) become plain letters; accents are dropped from every letter but å, ä and ö, which are
letters of their own in Swedish. Soft hyphens and zero-width characters disappear.
"""

import re
import unicodedata
from typing import NamedTuple

HYPHENS = "-\u2010\u2011"
"""Hyphen-minus, hyphen, non-breaking hyphen. A dash (U+2013, U+2014) separates words."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphen, zero-width space and (non-)joiners, word joiner, byte order mark."""

COMBINING = "\u0300-\u036f"
"""Combining diacritical marks, as a range for a regular expression."""

_SWEDISH = "åäö"
_PLAIN = re.compile(r"[a-zåäö0-9.,:'-]*")
_CLUSTER = re.compile(rf"[^{COMBINING}{INVISIBLE}][{COMBINING}{INVISIBLE}]*", re.DOTALL)
_NOT_A_LETTER = re.compile(r"[^\w.,:'-]|_")
# Letters that NFKD leaves whole, and variants of hyphen and apostrophe.
_SPECIAL = str.maketrans(
    {
        "æ": "ä", "ø": "ö", "œ": "ö", "ß": "ss", "þ": "th", "ð": "d",
        "đ": "d", "ł": "l", "ŋ": "n", "ŧ": "t", "ı": "i",
        "\u2010": "-", "\u2011": "-", "\u2019": "'", "\u02bc": "'",
    }
)  # fmt: skip


class Folded(NamedTuple):
    """A folded word and where its characters come from.

    `offsets[i]` is the character of the raw word that `text[i]` begins at; one more entry at the
    end holds the raw word's length.
    """

    text: str
    offsets: tuple[int, ...] | range


def fold(raw: str) -> Folded:
    """Fold one word to the spelling that lookups use, remembering where each character was."""
    lower = raw.lower()
    if _PLAIN.fullmatch(lower):
        return Folded(lower, range(len(raw) + 1))  # the identity, at no cost
    letters: list[str] = []
    offsets: list[int] = []
    for cluster in _CLUSTER.finditer(raw):
        folded = _fold_cluster(cluster.group())
        letters.append(folded)
        offsets.extend([cluster.start()] * len(folded))
    offsets.append(len(raw))
    return Folded("".join(letters), tuple(offsets))


def fold_ascii(word: str) -> str:
    """Fold å, ä and ö as well: *halsa* for *hälsa*. For both sides of a dotless lookup."""
    return fold(word).text.translate(_TO_ASCII)


_TO_ASCII = str.maketrans("åäö", "aao")


def _fold_cluster(cluster: str) -> str:
    """Fold a character with the marks that follow it."""
    # Composed first, or a letter written as a + ring would lose its ring below.
    composed = unicodedata.normalize("NFC", cluster.lower().translate(_NO_INVISIBLE))
    return "".join(
        letter if letter in _SWEDISH else _strip_marks(letter)
        for letter in composed.translate(_SPECIAL)
    )


_NO_INVISIBLE = str.maketrans("", "", INVISIBLE)


def _strip_marks(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return _NOT_A_LETTER.sub("", bare)
