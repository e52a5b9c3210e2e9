"""Amounts as people write them."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.amount import Amount, format_amount, parse_amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 800 000", "2800000"),
        ("2\u00a0800\u00a0000", "2800000"),
        ("2\u202f800\u202f000", "2800000"),
        ("2.800.000,00", "2800000"),
        ("2,800,000.00", "2800000"),
        ("1,5 mnkr", "1500000"),
        ("1.500 mnkr", "1500000"),
        ("1,5 miljoner kronor", "1500000"),
        ("798 582 kr", "798582"),
        ("500 tkr", "500000"),
        ("1.500", "1500"),
        ("1.5", "1.5"),
        ("1 234 567,50", "1234567.50"),
        ("-5 000", "-5000"),
        ("\u22125 000", "-5000"),
        ("SEK 1 200", "1200"),
        ("1 200:-", "1200"),
        ("0", "0"),
    ],
)
def test_amount_is_read_as_meant(text: str, value: str) -> None:
    assert parse_amount(text) == Amount(Decimal(value), "SEK")


def test_euro_is_not_taken_for_kronor() -> None:
    assert parse_amount("1 000 euro") == Amount(Decimal(1000), "EUR")


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "1,23,456.7", "12 x", "9" * 40, "1.2345", "kr", "1e5", "∞"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_amount(text)


@given(st.decimals("-9999999999", "9999999999", places=2, allow_nan=False))
def test_formatted_amount_reads_back(value: Decimal) -> None:
    assert parse_amount(format_amount(value)).value == value


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_amount(text)
