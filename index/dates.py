"""Dates as people and spreadsheets write them. One that can be read in two ways is not read."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january", "februari feb february", "mars mar march", "april apr",
            "maj may", "juni jun june", "juli jul july", "augusti aug august",
            "september sep sept", "oktober okt october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = (
    r"(?:[T ,]+(?:kl\.? )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?Z| ?[+-]\d{2}:?\d{2})?)?"
)
_NAMES = "|".join(_MONTHS)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.IGNORECASE)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})" + _TIME, re.IGNORECASE)
_SWEDISH = re.compile(r"(?:den )?(\d{1,2})/(\d{1,2})(?: |-| -)(\d{4})", re.IGNORECASE)
_EITHER = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:den )?(\d{{1,2}})(?:\.|:e|st|nd|rd|th)?[ -]({_NAMES})\.?,?[ -](\d{{4}})" + _TIME,
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"({_NAMES})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?")
_NAMED_MONTH = re.compile(rf"({_NAMES})\.? (\d{{4}})", re.IGNORECASE)
EARLIEST, LATEST = 1900, 2199
"""Years; others are taken for mistakes."""


def parse_date(text: str) -> date:
    """The day that a text states, a time of day left out; raises ValueError.

    *2026-03-05*, *20260305*, *2026-03-05 00:00:00*, *05.03.2026*, *5 mars 2026*, *5/3 2026*,
    *March 5, 2026*. In *05/03/2026* either may be the month, so that is none; *25/03/2026* is one.
    """
    found = {day for day in _readings(" ".join(text.split())) if EARLIEST <= day.year <= LATEST}
    if len(found) != 1:
        raise ValueError(f"{text[:40]!r} is no date")
    return found.pop()


def parse_period(text: str) -> tuple[date, date]:
    """The first and the last day that a text states: those of a year (*2024*) or of a month
    (*2024-03*, *mars 2024*), else the one that `parse_date` reads; raises ValueError."""
    stated = " ".join(text.split())
    if match := _MONTH.fullmatch(stated):
        year, month = int(match[1]), int(match[2] or 0)
    elif match := _NAMED_MONTH.fullmatch(stated):
        year, month = int(match[2]), _MONTHS[match[1].casefold()]
    else:
        day = parse_date(text)
        return day, day
    if not (EARLIEST <= year <= LATEST and month <= 12 and (month or not match[2])):
        raise ValueError(f"{text[:40]!r} is no date")
    first, last = month or 1, month or 12
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _readings(text: str) -> list[date]:
    """Every day that the text may mean."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _days((match[1], match[3], match[4]))
    if match := _DIGITS.fullmatch(text):
        return _days((match[1], match[2], match[3]))
    if match := _DAY_FIRST.fullmatch(text) or _SWEDISH.fullmatch(text):
        return _days((match[3], match[2], match[1]))
    if match := _EITHER.fullmatch(text):
        return _days((match[4], match[3], match[1]), (match[4], match[1], match[3]))
    if match := _NAMED.fullmatch(text):
        return _days((match[3], _MONTHS[match[2].casefold()], match[1]))
    if match := _MONTH_FIRST.fullmatch(text):
        return _days((match[3], _MONTHS[match[1].casefold()], match[2]))
    return []


def _days(*given: tuple[str, str | int, str]) -> list[date]:
    """The days that exist among years, months and days."""
    days = []
    for year, month, day in given:
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days
