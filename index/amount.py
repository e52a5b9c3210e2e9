"""Amounts of money as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

LOCALE = "sv_SE"
_UNITS = {
    "": 1, "kr": 1, "kronor": 1, ":-": 1, "sek": 1, "skr": 1,
    "tkr": 1_000, "ksek": 1_000, "tusen": 1_000, "tusen kronor": 1_000, "tusen kr": 1_000,
    "mkr": 1_000_000, "mnkr": 1_000_000, "msek": 1_000_000, "mn kr": 1_000_000,
    "milj": 1_000_000, "milj kr": 1_000_000, "miljon": 1_000_000, "miljoner": 1_000_000,
    "miljoner kr": 1_000_000, "miljoner kronor": 1_000_000, "miljon kronor": 1_000_000,
    "million": 1_000_000, "million kr": 1_000_000, "million sek": 1_000_000,
    "mdkr": 1_000_000_000, "mdr": 1_000_000_000, "miljarder": 1_000_000_000,
    "miljarder kronor": 1_000_000_000, "miljard": 1_000_000_000,
}  # fmt: skip
_CURRENCIES = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "gbp": "GBP", "£": "GBP",
    "usd": "USD", "$": "USD", "dkk": "DKK", "nok": "NOK", "isk": "ISK", "chf": "CHF",
    "pln": "PLN", "bgn": "BGN", "czk": "CZK", "huf": "HUF", "ron": "RON",
}  # fmt: skip
UNSTATED = "XXX"
"""ISO 4217's code for no currency: an amount of which nothing says what it is in."""
_SPACE = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_GROUP = "_"
# Space between two digits parts groups and is kept until they are seen to be threes; elsewhere
# (*- 5 000 kr*) it means nothing.
_SPACE_IN_NUMBER = re.compile(rf"(?<=\d){_SPACE.pattern}(?=\d)")
_AMOUNT = re.compile(
    r"(?P<sign>-)?(?P<before>sek|skr|kr|eur|gbp|usd|dkk|nok|chf|[€£$])?(?P<minus>-)?"
    r"(?P<number>\d+(?:[.,_]\d+)*)(?P<cents>,-|:-)?(?P<unit>[a-zåäö€£$.]*)"
)
_NEGATIVE = re.compile(r"\((.+)\)")
MAX_AMOUNT = Decimal(10) ** 13
"""Larger amounts (SEK) are taken for mistakes; hundredths of it fit well within 64 bits."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact amount in whole units of an ISO 4217 currency."""

    value: Decimal
    currency: str


def parse_amount(text: str) -> Amount:
    """Reads ``2 800 000``, ``2.800.000,00``, ``1,5 mnkr``, ``798 582 kr``, ``(5 000)``, ``€7`` and
    the like; SEK where no other currency is stated.

    A separator before exactly three last digits groups thousands, since an amount never has three
    decimals, unless a unit such as *mnkr* follows. Raises ValueError when it is no amount, or is
    not grouped in threes.
    """
    if _GROUP in text:
        raise ValueError(f"{text[:60]!r} is not an amount")
    compact = _SPACE.sub("", _SPACE_IN_NUMBER.sub(_GROUP, text.strip().lower()))
    compact = compact.replace("\u2212", "-").replace("\u2013", "-")
    compact = _NEGATIVE.sub(r"-\1", compact)  # as bookkeepers write it
    match = _AMOUNT.fullmatch(compact) if len(compact) <= 60 else None
    if match is None:
        raise ValueError(f"{text[:60]!r} is not an amount")
    unit = match["unit"].replace(".", "")
    factor = _FACTORS.get(unit)
    if factor is None:
        raise ValueError(f"{match['unit']!r} is not a unit of money")
    value = _number(match["number"], decimals_certain=factor > 1) * factor
    if value > MAX_AMOUNT or value != value.quantize(_ORE):
        raise ValueError(f"{text[:60]!r} is out of range")
    currency = _CURRENCIES.get(unit) or _CURRENCIES.get(match["before"] or "") or "SEK"
    negative = match["sign"] or match["minus"]
    return Amount(plain(-value if negative else value), currency)


def format_amount(value: Decimal, currency: str = "SEK") -> str:
    """*2 800 000 kr* with no-break spaces; decimals only where there are any. `parse_amount` reads
    it back, unless nothing states the currency."""
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    unit = {"SEK": "kr", UNSTATED: "i\u00a0okänd\u00a0valuta"}.get(currency, currency)
    return f"{format_decimal(value, pattern, locale=LOCALE)}\u00a0{unit}"


_FACTORS = {_SPACE.sub("", unit): factor for unit, factor in _UNITS.items()}
_FACTORS |= dict.fromkeys(_CURRENCIES, 1)
_FACTORS |= {"teur": 1_000, "keur": 1_000, "meur": 1_000_000}
_CURRENCIES |= dict.fromkeys(["teur", "keur", "meur"], "EUR")
_ORE = Decimal("0.01")


def _number(digits: str, decimals_certain: bool) -> Decimal:
    separators = [char for char in digits if char in f".,{_GROUP}"]
    if not separators:
        return Decimal(digits)
    last = separators[-1]
    whole, _, tail = digits.rpartition(last)
    several = last == _GROUP or separators.count(last) > 1
    if len(set(separators)) == 1 and (several or (len(tail) == 3 and not decimals_certain)):
        return _grouped(digits, last)
    if several:
        raise ValueError(f"{digits!r} mixes its separators")
    return Decimal(f"{_grouped(whole, separators[0]) if whole else 0}.{tail}")


def _grouped(digits: str, separator: str) -> Decimal:
    first, *rest = digits.split(separator)
    if any(len(group) != 3 for group in rest) or (rest and not 1 <= len(first) <= 3):
        raise ValueError(f"{digits!r} is not grouped in threes")
    return Decimal(first + "".join(rest))


def plain(value: Decimal) -> Decimal:
    """In whole öre, without an empty fraction or an exponent: equal amounts are written alike."""
    return (
        value.quantize(Decimal(1)) if value == value.to_integral_value() else value.quantize(_ORE)
    )
