"""Dates in all the ways that lists write them; what is no whole date is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from index.dates import EARLIEST, LATEST, parse_date, parse_period

DAYS = st.dates(date(EARLIEST, 1, 1), date(LATEST, 12, 31))
WRITTEN: list[Callable[[date], str]] = [
    date.isoformat,
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day} 00:00:00",
    lambda day: f"{day}T13:05:00Z",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day.day}. {day.month}. {day.year}",
    lambda day: f"{day.day}/{day.month} {day.year}",
    lambda day: f"{day.day}/{day.month}-{day.year}",
    lambda day: format_date(day, "d MMMM y", locale="sv"),
    lambda day: format_date(day, "d MMM y", locale="sv"),
    lambda day: "den " + format_date(day, "d MMMM y", locale="sv").upper(),
    lambda day: format_date(day, "d MMMM y", locale="en_GB"),
    lambda day: format_date(day, "MMMM d, y", locale="en_US"),
    lambda day: format_date(day, "dd-MMM-y", locale="en_US"),
]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda one: one(date(2026, 3, 5)))
@given(DAYS)
def test_a_day_is_read_from_each_way_to_write_it(written: Callable[[date], str], day: date) -> None:
    assert parse_date(written(day)) == day


@given(DAYS)
def test_a_day_with_two_readings_is_read_when_one_of_them_exists(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    if day.day > 12 or day.day == day.month:
        assert parse_date(text) == day
    else:
        with pytest.raises(ValueError, match="is no date"):
            parse_date(text)


@given(st.text(max_size=30) | st.from_regex(r"[0-9 ./:-]{1,12}", fullmatch=True))
def test_any_text_is_a_day_or_a_value_error(text: str) -> None:
    try:
        day = parse_date(text)
    except ValueError:
        return
    assert EARLIEST <= day.year <= LATEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-03",
        "mars 2026",
        "260305",
        "26-03-05",
        "46086",
        "2026-02-30",
        "20261305",
        "0026-03-05",
        "9999-12-31",
        "2026-03-05 till 2026-04-01",
        "2026-03-05, 2026-04-01",
        "kvartal 1 2026",
        "5 mars",
        "05-03-2026",
    ],
)
def test_what_is_no_whole_day_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (" mars  2024 ", date(2024, 3, 1), date(2024, 3, 31)),
        ("5 mars 2024", date(2024, 3, 5), date(2024, 3, 5)),
    ],
)
def test_a_year_and_a_month_are_periods_and_a_day_is_one(
    text: str, first: date, last: date
) -> None:
    assert parse_period(text) == (first, last)


@pytest.mark.parametrize("text", ["2024-13", "2024-00", "1899", "2200-01", "24", "mars", ""])
def test_what_is_no_period_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        parse_period(text)
