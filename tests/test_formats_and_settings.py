"""Numbers and times as a Swedish reader expects them, and settings from the environment."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.amount import parse_amount
from index.limits import ReadingLimits
from search.request import SearchLimits
from web import formats
from web.settings import Settings, variable


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (999, "999"), (20485293, "20\u00a0485\u00a0293"), (1000, "1\u00a0000")],
)
def test_a_number_is_grouped_with_no_break_spaces(value: int, written: str) -> None:
    assert formats.number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2800000", "2\u00a0800\u00a0000\u00a0kr"),
        ("0", "0\u00a0kr"),
        ("400000.50", "400\u00a0000,50\u00a0kr"),
        (None, "belopp saknas"),
    ],
)
def test_money_is_written_in_kronor(value: str | None, written: str) -> None:
    assert formats.money(None if value is None else Decimal(value)) == written


def test_money_of_another_currency_says_which() -> None:
    assert formats.money(Decimal(1000), "EUR") == "1\u00a0000\u00a0EUR"


@given(st.decimals("-9999999999", "9999999999", places=2, allow_nan=False))
def test_an_amount_for_a_form_reads_back_and_has_no_unit(value: Decimal) -> None:
    assert parse_amount(formats.amount(value)).value == value
    assert "kr" not in formats.amount(value)


@pytest.mark.parametrize(
    ("timestamp", "written"),
    [
        ("2026-11-23T14:20:00Z", "23 november 2026 14:20 UTC"),
        ("2026-05-01T00:00:09Z", "1 maj 2026 00:00 UTC"),
    ],
)
def test_a_moment_is_written_in_swedish(timestamp: str, written: str) -> None:
    assert formats.moment(timestamp) == written


@pytest.mark.parametrize("timestamp", ["2026-11-23T14:20:00Z", "2026-11-23"])
def test_a_day_is_written_in_swedish(timestamp: str) -> None:
    assert formats.day(timestamp) == "23 november 2026"


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(1, 3, "33,3\u00a0%"), (0, 3, "0,0\u00a0%"), (3, 3, "100,0\u00a0%"), (0, 0, "–")],
)
def test_a_share_is_written_in_percent(part: int, whole: int, written: str) -> None:
    assert formats.percent(Decimal(part), Decimal(whole)) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0\u00a0sidor"), (1, "1\u00a0sida"), (2, "2\u00a0sidor"), (1000, "1\u00a0000\u00a0sidor")],
)
def test_plural_follows_the_number(count: int, written: str) -> None:
    assert formats.plural(count, "sida", "sidor") == written


def test_without_variables_all_is_as_in_the_table() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"BESLUT_PORT": "", "PORT": "1", "HOME": "/"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("index", "/srv/index", Path("/srv/index")),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "80", 80),
        ("workers", "4", 4),
        ("trusted_hosts", "beslut.example", "beslut.example"),
        ("cache_megabytes", "1", 1),
        ("search_seconds", "0.5", 0.5),
        ("search_seconds", "0", 0.0),
    ],
)
def test_a_variable_sets_a_setting(name: str, text: str, value: Any) -> None:
    assert getattr(Settings.from_environment({variable(name): text}), name) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("port", "abc", "är inte ett heltal"),
        ("port", "80.5", "är inte ett heltal"),
        ("port", "0", "är mindre än 1"),
        ("port", "65536", "är mer än 65535"),
        ("workers", "0", "är mindre än 1"),
        ("page_size", "-1", "är mindre än 1"),
        ("search_seconds", "snabbt", "är inte ett tal"),
        ("search_seconds", "-1", "är negativt eller oändligt"),
        ("search_seconds", "nan", "är negativt eller oändligt"),
        ("search_seconds", "inf", "är negativt eller oändligt"),
    ],
)
def test_an_unusable_value_is_refused_with_its_variable(name: str, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        Settings.from_environment({variable(name): text})
    assert f"BESLUT_{name.upper()}: ”{text}”" in str(caught.value)


def test_every_setting_has_a_default_of_its_type_and_a_meaning() -> None:
    table = Settings.table()
    tables = (Settings, SearchLimits, ReadingLimits)
    assert len(table) == sum(len(fields(one)) for one in tables) - 2  # that hold the other two
    for name, default, meaning in table:
        assert name.startswith("BESLUT_") and name.isupper()
        assert meaning
        assert Settings.from_environment({name: default}) == Settings()


@pytest.mark.parametrize(("name", "kind"), [("limits", SearchLimits), ("reading", ReadingLimits)])
def test_every_limit_is_a_setting(name: str, kind: type[Any]) -> None:
    assert getattr(Settings(), name) == kind()
    for limit in fields(kind):
        value = 1 if isinstance(limit.default, bool) else 7
        changed = Settings.from_environment({variable(limit.name): str(value)})
        assert getattr(getattr(changed, name), limit.name) == value
