"""When do two names of an organisation say the same? When `normal_name` gives one form of both.

| the same                                | because                                               |
|-----------------------------------------|-------------------------------------------------------|
| LULEÅ KOMMUN, Luleå  kommun             | case, and spaces of any kind and number, say nothing  |
| Riks-förbund, Riksförbund; S:t Erik,    | hyphens, colons and apostrophes within a word join;   |
| St Erik; A.B., AB                       | so does a point after a single letter                 |
| Barn- och ungdom, Barn och ungdom;      | other punctuation parts words (*2.0* is not *20*)     |
| Bodens kommun, fritid; … (fritid)       |                                                       |
| Linnéskolan, LINNESKOLAN; Bro & Väg,    | the accents of Swedish are no letters of their own,   |
| Bro och Väg                             | as å, ä and ö are (Svenska skrivregler)               |
| Bro Aktiebolag, AB Bro, Bro AB (publ)   | forms of companies, written out or short (2005:551    |
| Bron Ekonomisk Förening, Bron ek. för.  | aktiebolagslagen, 2018:672 on *ek. för.*, 1980:1102   |
| Handelsbolaget Å, HB Å; KB; Brf         | on *HB* and *KB*, 1991:614 on *bostadsrättsförening*) |

Nothing else is: another word, letter, digit or form of company may be somebody else. *Habo* is not
*Håbo*, *Bro AB* neither *Bro Holding AB* nor *Bro* nor *Bro HB*, and *Ö Berg* not *Öberg*. What
staff know to be the same beyond that, they say in a file; see `search.owners`.
"""

from __future__ import annotations

import re
import unicodedata

_DASHES, _UNSEEN = "‐‑‒–—―−", "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_AS_WRITTEN = str.maketrans(f"éèêáà_{_DASHES}", f"eeeaa {'-' * len(_DASHES)}", _UNSEEN)
_LONGEST = 300  # characters; longer is a text in the wrong cell, and rules take long on it
_LETTER = r"[^\W\d_]"
_STOCK = re.compile(r"[\s-]?aktiebolag(?:et)?\b|-ab\b")  # *Fastighetsaktiebolaget*, *Bygg-AB*
_JOINED = re.compile(
    rf"(?<=\b{_LETTER})\.(?={_LETTER})|(?<=\w)[-:'’´`](?={_LETTER})|(?<={_LETTER})[-:'’´`](?=\w)"
)
_BETWEEN = re.compile(r"[^\w#%@+]+")
_FORMS = (
    (re.compile(r"\b(?:ekonomiska? förening(?:en)?|ek förening)\b"), "ek för"),
    (re.compile(r"\bhandelsbolag(?:et)?\b"), "hb"),
    (re.compile(r"\bkommanditbolag(?:et)?\b"), "kb"),
    (re.compile(r"\bbostadsrättsförening(?:en)?\b"), "brf"),
)
# What no rule has anything to do with, as most names, which saves nine tenths of the time.
_PLAIN = re.compile(r"[a-zåäö0-9]+(?: [a-zåäö0-9]+)*")
_RULED = re.compile(
    r"(?:aktie|handels|kommandit)bolag|bostadsrättsförening|\bek(?:onomiska?)? förening|publ$|^ab\b"
)


def normal_name(name: str) -> str:
    """One form of all that a name may be written as, to be compared and not shown; that of itself
    is the same. A name without letters and digits has itself, in small letters; what is too long to
    be a name has itself."""
    if len(name) > _LONGEST:
        return name
    form, last = unicodedata.normalize("NFC", name).casefold(), ""
    # Again, as one rule may give another something to do.
    while form != last and not (_PLAIN.fullmatch(form) and not _RULED.search(form)):
        form, last = _normal(form), form
    return form


def _normal(name: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", name).translate(_AS_WRITTEN).split())
    words = _JOINED.sub("", _STOCK.sub(" ab ", text).replace("&", " och "))
    words = _BETWEEN.sub(" ", words).strip()
    for written, short in _FORMS if _RULED.search(words) else ():
        words = written.sub(short, words)
    return _stock_last(words) or text or name


def _stock_last(words: str) -> str:
    """*AB Bro* and *Bro AB (publ)* as *bro ab*."""
    if " ab" not in words and "ab " not in words:
        return words
    rest = words.split()
    is_stock = rest[0] == "ab"
    while rest[-1] == "publ" and "ab" in rest:
        rest.pop()
    while len(rest) > 1 and rest[0] == "ab":
        del rest[0]
    return " ".join([*rest, "ab"] if is_stock and rest[-1] != "ab" else rest)
