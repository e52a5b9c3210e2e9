"""How are numbers and times written? As a reader of the language of the request expects them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from unicodedata import bidirectional

from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_compact_decimal, format_decimal

from index.amount import UNSTATED, format_amount
from index.problem import quoted as quoted_in_swedish
from web.language import LANGUAGES, gettext, locale, ngettext

_STOCKHOLM = get_timezone("Europe/Stockholm")
_MILLION = 1_000_000
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def number(value: int) -> str:
    """*20 485 293*, with no-break spaces."""
    return str(format_decimal(value, locale=locale()))


def money(amount: Decimal | None, currency: str = "SEK") -> str:
    """*2 800 000 kr*, *SEK 2,800,000*, with no-break spaces; *belopp saknas* for None."""
    if amount is None:
        return gettext("belopp saknas")
    if locale() == LANGUAGES["sv"]:
        return format_amount(amount, currency)
    number_ = format_decimal(amount, _pattern(amount), locale=locale())
    if currency == UNSTATED:
        return gettext("%(amount)s i okänd valuta", amount=number_)
    return f"{currency}\u00a0{number_}"


def short_money(amount: Decimal, currency: str = "SEK") -> str:
    """*2,8 miljoner kr*, *SEK 2.8 million*, to the nearest tenth; below a million as `money`."""
    if abs(amount) < _MILLION:
        return money(amount, currency)
    short = format_compact_decimal(
        amount, format_type="long", locale=locale(), fraction_digits=1
    ).replace(" ", "\u00a0")
    if currency == UNSTATED:
        return gettext("%(amount)s i okänd valuta", amount=short)
    if locale() == LANGUAGES["sv"]:
        return f"{short}\u00a0{'kr' if currency == 'SEK' else currency}"
    return f"{currency}\u00a0{short}"


def _pattern(amount: Decimal) -> str:
    return "#,##0" if amount == amount.to_integral_value() else "#,##0.00"


def amount(value: Decimal) -> str:
    """*2 800 000*, as `money` without the unit, for a form."""
    return str(format_decimal(value, _pattern(value), locale=locale()))


def moment(timestamp: str) -> str:
    """An RFC 3339 time as *23 november 2026 kl. 15:20*, by the clocks of Sweden."""
    when = datetime.fromisoformat(timestamp)
    day_ = format_datetime(when, "d MMMM y", tzinfo=_STOCKHOLM, locale=locale())
    time = format_datetime(when, "HH:mm", tzinfo=_STOCKHOLM, locale=locale())
    return gettext("%(day)s kl. %(time)s", day=day_, time=time)


def day(timestamp: str) -> str:
    """A date, or the day in Sweden of an RFC 3339 time, as *23 november 2026*."""
    when = datetime.fromisoformat(timestamp)
    if when.tzinfo:
        when = when.astimezone(_STOCKHOLM)
    return str(format_date(when, "d MMMM y", locale=locale()))


def size(count: int) -> str:
    """Bytes as *512 byte*, *39 kB* or *1,2 MB* (SI), as a file manager shows them."""
    if count < 1000:
        return ngettext("%(count)s\u00a0byte", "%(count)s\u00a0byte", count, count=count)
    # From 999,500 on, kB would round to 1000.
    value, unit = (count / 1000, "kB") if count < 999_500 else (count / 1_000_000, "MB")
    return f"{format_decimal(value, '0.#' if value < 10 else '0', locale=locale())}\u00a0{unit}"


def percent(part: Decimal, whole: Decimal) -> str:
    """*13,7 %*, *13.7%* of the whole; a dash if the whole is zero."""
    if not whole:
        return "–"
    share = format_decimal(part * 100 / whole, "0.0", locale=locale())
    return gettext("%(number)s\u00a0%%", number=share)


def listed(words: Sequence[str]) -> str:
    """*a, b och c*."""
    first, last = ", ".join(words[:-1]), "".join(words[-1:])
    return gettext("%(first)s och %(last)s", first=first, last=last) if first else last


def quoted(text: str, most: int = 40) -> str:
    """What somebody wrote, in quotation marks: its first `most` characters, as `index.problem`
    shows them."""
    return gettext("”%(words)s”", words=quoted_in_swedish(text, most)[1:-1])


def isolated(text: str) -> str:
    """Somebody's text that is to stand in ours: without characters that turn the direction of what
    follows, and between FSI and PDI if it has letters that are written from the right (UAX 9)."""
    still = _DIRECTIONS.sub("", text)
    from_the_right = any(bidirectional(char) in ("R", "AL", "AN") for char in still)
    return f"\u2068{still}\u2069" if from_the_right else still


def decisions(count: int) -> str:
    """*1 beslut*, *2 beslut*; the number with no-break spaces."""
    return str(
        ngettext("%(count)s\u00a0beslut", "%(count)s\u00a0beslut", count, count=number(count))
    )


def plural(count: int, one: str, many: str) -> str:
    """*1 projekt*, *9 projekt*, in Swedish only; the number with no-break spaces."""
    return f"{number(count)}\u00a0{one if count == 1 else many}"
