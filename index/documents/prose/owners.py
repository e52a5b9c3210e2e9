"""Is this the name of somebody who can get money?"""

from __future__ import annotations

import re

_ORGANISATIONS = (
    "kommun stad region förening förbund klubb stiftelse universitet högskola församling museum "
    "teater sällskap kår kör orkester bolag företag kooperativ samfällighet institut akademi "
    "gymnasium skola råd ab hb if ik bk sk"
)
_OTHERS = (
    "museet grupp lag by byar scen center centrum nätverk verk myndighet galleri län bygd arkiv "
    "bibliotek union distrikt krets avdelning nämnd styrelse förvaltning park kyrka stift festival "
    "organisation ungdom hus gård"
)


def _word_for(kinds: str) -> str:
    return rf"[a-zåäö-]*(?:{'|'.join(kinds.split())})(?:en|et|n|t|s)?"


NOUN = (
    r"(?:[a-zåäö]*(?:föreningen|förbundet|klubben|sällskapet|kåren|gruppen|laget)|stiftelsen"
    r"|bolaget|företaget|museet|teatern|kommunen|församlingen|organisationen|universitetet"
    r"|länsstyrelsen|kooperativet|skolan)"
)
"""A word for what somebody is, that may stand before the name: *föreningen Alfa*."""
# *Institutionen för hälsovetenskap*; without what it is for, such a word names nobody.
_BARE = (
    r"(?:Institutionen|Fakulteten|Akademin|Föreningen|Stiftelsen|Sällskapet|Förbundet|Nätverket)"
)
_WHOLE = re.compile(rf"{_BARE} för [a-zåäö]+(?: (?:och )?[a-zåäö]+){{0,3}}")
_BEGINS = re.compile(rf"(?:{NOUN}\s+)?(?!{_BARE}$)(?:[”\"“]?[A-ZÅÄÖ]|\d+[ :]?\w*\s[A-ZÅÄÖ])")
_WORD = re.compile(
    rf"[”\"“(]?[A-ZÅÄÖ\d&]\S*|{_word_for(f'{_ORGANISATIONS} {_OTHERS}')}"
    r"|[a-zåäö]+(?:iska?|iga|ell|ella)|ek\.|för\."
)
_BETWEEN = re.compile(r"(?:i|och|för|på|av|de|den|vid|[a-zåäö]{3,}(?:et|en|na))")
_ORGANISATION = re.compile(rf"(?:^|\s|[a-zåäö])(?i:{_word_for(_ORGANISATIONS)})(?:$|\s)")


def is_name(text: str) -> bool:
    """Whether every word of a text is one of a name: *Luleå tekniska universitet*."""
    if _WHOLE.fullmatch(text):
        return True
    words = text.split()
    if not words or len(text) > 120 or re.search(r"[?:;|]", text) or not _BEGINS.match(text):
        return False
    known = all(_WORD.fullmatch(word) or _BETWEEN.fullmatch(word) for word in words)
    return known and bool(_WORD.fullmatch(words[-1]))


def is_organisation(text: str) -> bool:
    """Whether a name says what it is: *Storfors byaförening*."""
    return is_name(text) and bool(_ORGANISATION.search(text))
