"""How are numbers and times written? As a Swedish reader expects them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from unicodedata import bidirectional

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from index.amount import LOCALE, format_amount

_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def number(value: int) -> str:
    """*20 485 293*, with no-break spaces."""
    return str(format_decimal(value, locale=LOCALE))


def money(amount: Decimal | None, currency: str = "SEK") -> str:
    """*2 800 000 kr* with no-break spaces; *belopp saknas* for None."""
    return "belopp saknas" if amount is None else format_amount(amount, currency)


def amount(value: Decimal) -> str:
    """*2 800 000*, as `money` without the unit, for a form."""
    return format_amount(value).removesuffix("\u00a0kr")


def moment(timestamp: str) -> str:
    """An RFC 3339 time as *23 november 2026 14:20 UTC*."""
    when = datetime.fromisoformat(timestamp)
    return f"{format_datetime(when, 'd MMMM y HH:mm', locale=LOCALE)} UTC"


def day(timestamp: str) -> str:
    """The day of an RFC 3339 time or date as *23 november 2026*."""
    return str(format_date(datetime.fromisoformat(timestamp), "d MMMM y", locale=LOCALE))


def size(count: int) -> str:
    """Bytes as *512 byte*, *39 kB* or *1,2 MB* (SI), as a file manager shows them."""
    if count < 1000:
        return f"{count}\u00a0byte"
    # From 999,500 on, kB would round to 1000.
    value, unit = (count / 1000, "kB") if count < 999_500 else (count / 1_000_000, "MB")
    return f"{format_decimal(value, '0.#' if value < 10 else '0', locale=LOCALE)}\u00a0{unit}"


def percent(part: Decimal, whole: Decimal) -> str:
    """*13,7 %* of the whole; a dash if the whole is zero."""
    if not whole:
        return "–"
    return str(format_percent(part / whole, "0.0\u00a0%", locale=LOCALE))


def listed(words: Sequence[str]) -> str:
    """*a, b och c*."""
    return " och ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def isolated(text: str) -> str:
    """Somebody's text that is to stand in ours: without characters that turn the direction of what
    follows, and between FSI and PDI if it has letters that are written from the right (UAX 9)."""
    still = _DIRECTIONS.sub("", text)
    from_the_right = any(bidirectional(char) in ("R", "AL", "AN") for char in still)
    return f"\u2068{still}\u2069" if from_the_right else still


def plural(count: int, one: str, many: str) -> str:
    """*1 projekt*, *9 projekt*; the number with no-break spaces."""
    return f"{number(count)}\u00a0{one if count == 1 else many}"
