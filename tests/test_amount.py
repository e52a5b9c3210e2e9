"""Amounts as people write them."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.amount import Amount, format_amount, parse_amount, plain


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
        ("\u20135 000", "-5000"),
        ("(5 000)", "-5000"),
        ("0,5", "0.5"),
        ("123.456", "123456"),
        ("123.456,50", "123456.50"),
        ("1.234.567 tkr", "1234567000"),
        ("1 200 kr.", "1200"),
        ("1,5 milj. kr", "1500000"),
        ("10 000 000 000 000", "10000000000000"),
        ("0" * 59 + "7", "7"),
        ("- 5 000", "-5000"),
        ("5 000 kr", "5000"),
        ("1 200 mnkr", "1200000000"),
        ("1 234, 50", "1234.50"),
        ("1'234'567", "1234567"),
        ("1  234\t567 kr", "1234567"),
    ],
)
def test_amount_is_read_as_meant(text: str, value: str) -> None:
    assert parse_amount(text) == Amount(Decimal(value), "SEK")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1 000 euro", "EUR"),
        ("€1 000", "EUR"),
        ("1 000 €", "EUR"),
        ("USD 1 000", "USD"),
        ("1 000 nok", "NOK"),
        ("kr 1 000", "SEK"),
    ],
)
def test_other_money_is_not_taken_for_kronor(text: str, currency: str) -> None:
    assert parse_amount(text) == Amount(Decimal(1000), currency)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "1,23,456.7", "12 x", "9" * 40, "1.2345", "kr", "1e5", "∞"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abc", "'abc' is not an amount"),
        ("a" * 70, f"'{'a' * 60}' is not an amount"),
        ("0" * 61, f"'{'0' * 60}' is not an amount"),
        ("12 x", "'x' is not a unit of money"),
        ("10 000 000 000 001", "'10 000 000 000 001' is out of range"),
        ("9" * 30 + " " * 40 + "kr", f"'{'9' * 30}{' ' * 30}' is out of range"),
        ("1,2345", "'1,2345' is out of range"),
        ("1.234.56", "'1.234.56' is not grouped in threes"),
        ("1234.567", "'1234.567' is not grouped in threes"),
        ("1234.567,50", "'1234.567' is not grouped in threes"),
        ("1,2.3.4", "'1,2.3.4' mixes its separators"),
    ],
)
def test_the_message_says_what_is_wrong_with_it(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        parse_amount(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("value", "text"),
    [("2800000", "2 800 000 kr"), ("400000.5", "400 000,50 kr"), ("1200.00", "1 200 kr")],
)
def test_an_amount_is_written_as_in_swedish(value: str, text: str) -> None:
    assert format_amount(Decimal(value)) == text.replace(" ", "\u00a0")


def test_another_currency_is_written_as_its_code() -> None:
    assert format_amount(Decimal(1000), "EUR") == "1\u00a0000\u00a0EUR"


@pytest.mark.parametrize("text", ["5000", "5000.00", "5E+3"])
def test_equal_amounts_are_written_alike(text: str) -> None:
    assert str(plain(Decimal(text))) == "5000"
    assert str(plain(Decimal(text) + Decimal("0.5"))) == "5000.50"


@pytest.mark.parametrize("separator", [" ", "\u00a0", "\u202f", "'", "’", ".", ","])
@pytest.mark.parametrize("groups", [["1", "00", "000"], ["1000", "000"], ["1", "000", "00", "0"]])
def test_groups_are_threes_whatever_parts_them(separator: str, groups: list[str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_amount(separator.join(groups))


@pytest.mark.parametrize(
    "text", ["1 00 000", "1 0000", "1,500 000 kr", "1.000 000", "1_000", "1 5 mnkr"]
)
def test_what_mixes_its_groups_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_amount(text)


@given(st.decimals("-9999999999", "9999999999", places=2, allow_nan=False))
def test_formatted_amount_reads_back(value: Decimal) -> None:
    assert parse_amount(format_amount(value)).value == value


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_amount(text)


def test_an_amount_of_no_certain_currency_says_so() -> None:
    assert format_amount(Decimal(5000), "XXX") == "5\u00a0000\u00a0i\u00a0okänd\u00a0valuta"
