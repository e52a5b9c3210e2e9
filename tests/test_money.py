"""Which currency an amount is in: as the cell, the header, the mapping or the language says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from index.amount import UNSTATED
from index.documents import readers
from index.documents.columns.header import Header
from index.documents.columns.mapping import Column, Mapping
from index.documents.columns.names import Language
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.lists.money import money_of, with_currency
from tests.conftest import SMALL

READ = "2030-01-02T03:04:05Z"


def header(unit: str = "", kronor: bool = False) -> Header:
    language: Language | None = "sv" if kronor else None
    places: dict[Column, tuple[int, ...]] = {"owner": (0,), "amount": (1,)}
    return Header(("Owner", "Amount"), places, True, unit, None, language)


def read(text: str, mapping: Mapping | None = None, file: str = "mapp/lista.txt") -> Extract:
    document = Document(file, "ab" * 32, READ, mapping or Mapping())
    return extract(readers.read(text.encode()), document)


def listed(*rows: tuple[str, str, str], text: str = "") -> str:
    """An English list, whose header states no currency."""
    lines = "".join(f"{owner}\t{title}\t{text}\t{amount}\n" for owner, title, amount in rows)
    return f"Beneficiary\tProject title\tSummary\tGrant amount\n{lines}"


@pytest.mark.parametrize(
    ("text", "unit", "kronor", "currency", "expected"),
    [
        ("5 000", "", True, None, (5000, "SEK")),
        ("5 000", "", False, None, (5000, UNSTATED)),
        ("5 000 kr", "", False, None, (5000, "SEK")),
        ("5 000", "kr", False, None, (5000, "SEK")),
        ("5 000", "tkr", False, None, (5_000_000, "SEK")),
        ("5 000 kr", "tkr", False, None, (5000, "SEK")),
        ("5 000", "EUR", True, None, (5000, "EUR")),
        ("€5 000", "", True, None, (5000, "EUR")),
        ("5 000", "", False, "DKK", (5000, "DKK")),
        ("5 000 kr", "", True, "NOK", (5000, "NOK")),
        ("5 000 SEK", "", False, "NOK", (5000, "SEK")),
        ("5 000", "sek", False, "NOK", (5000, "SEK")),
        ("5 000 EUR", "", True, "NOK", (5000, "EUR")),
    ],
)
def test_an_amount_is_in_what_stands_nearest_to_it(
    text: str, unit: str, kronor: bool, currency: str | None, expected: tuple[int, str]
) -> None:
    amount = money_of(text, header(unit, kronor), Mapping(currency=currency))
    assert (amount.value, amount.currency) == (Decimal(expected[0]), expected[1])


@pytest.mark.parametrize("text", ["", "enligt bilaga", "1 00 000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        money_of(text, header(), Mapping())


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("Projektet är till för kommunen och länet", {"SEK"}),
        ("The project is for the council and the university", {UNSTATED}),
        ("Projektet och the council", {UNSTATED}),  # as much of either
        ("", {UNSTATED}),
    ],
)
def test_a_list_in_swedish_is_in_kronor(text: str, currencies: set[str]) -> None:
    found = read(listed(("Alfa", "Bro", "5"), ("Beta", "Hus", "7"), text=text)).decisions
    assert {one.currency for one in found} == currencies


@pytest.mark.parametrize("place", ["owner", "title"])
def test_swedish_names_below_an_english_header_are_no_kronor(place: str) -> None:
    row = ("Ankeby kommun", "Bro", "5") if place == "owner" else ("Alfa", "Bro för alla", "5")
    assert [one.currency for one in read(listed(row)).decisions] == [UNSTATED]
    unnamed = Mapping(header=0, columns={"owner": (1,), "title": (2,), "amount": (3,)})
    assert [one.currency for one in read("\t".join(row) + "\n", unnamed).decisions] == ["SEK"]


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Søker\tProsjekt\tTildelt beløp (kr)", UNSTATED),
        ("Ansøger\tProjekt\tTilskud, kr.", UNSTATED),
        ("Understödstagare\tProjekt\tBeviljat understöd", UNSTATED),
        ("Understödstagare\tProjekt\tBeviljat understöd, €", "EUR"),
        ("Mottagare\tRubrik\tBeviljat understöd", UNSTATED),
        ("Bidragsmottagare\tProjekt\tBidrag", "SEK"),
        ("Søker\tProsjekt\tTildelt beløp, SEK", "SEK"),
    ],
)
def test_the_crowns_of_our_neighbours_are_not_ours(header: str, currency: str) -> None:
    found = read(f"{header}\nBodø kommune\tBro för alla i kommunen\t5\n").decisions
    assert [one.currency for one in found] == [currency]


@pytest.mark.parametrize(("cell", "currency"), [("EUR", "EUR"), ("kr", "SEK"), ("", UNSTATED)])
def test_a_column_may_state_the_currency_of_each_row(cell: str, currency: str) -> None:
    header = "Beneficiary\tProject title\tGrant amount\tCurrency\n"
    found = read(f"{header}Alfa\tBro\t5\t{cell}\n")
    assert [one.currency for one in found.decisions] == [currency]


def test_a_currency_that_is_none_leaves_the_amount_out_and_is_said() -> None:
    found = read("Projektägare\tProjekt\tBidrag\tValuta\nÅnge\tBro\t5\tpengar\n")
    assert found.decisions[0].amount is None
    assert [one.what for one in found.problems] == ["beloppet ”5” kan inte tolkas"]


def test_what_a_mapping_says_of_the_language_decides() -> None:
    text = listed(("Alfa", "Bro", "5"), text="The project of the council")
    (one,) = read(text, Mapping(language="sv", file="lista.toml")).decisions
    assert one.currency == "SEK"
    (one,) = read(text, Mapping(language="en", file="lista.toml")).decisions
    assert one.currency == UNSTATED


def test_only_what_states_no_currency_becomes_kronor() -> None:
    rows = (("Ankeby kommun", "Bro", "5"), ("Öbo kommun", "Hus", "7 EUR"))
    text = listed(*rows, text="Bron är för alla.")
    assert [one.currency for one in read(text).decisions] == ["SEK", "EUR"]


def test_the_first_thousand_decisions_tell_the_language_of_a_list() -> None:
    (swedish,) = read(listed(("Alfa", "Bro", "5"), text="för alla")).decisions
    (foreign,) = read(listed(("Alfa", "Bro", "5"), text="the council of")).decisions
    unstated = replace(swedish, currency=UNSTATED)
    assert with_currency([unstated] * 1000 + [foreign] * 500, Mapping())[-1].currency == "SEK"
    assert with_currency([foreign] * 1000 + [unstated] * 9000, Mapping())[-1].currency == UNSTATED


def test_amounts_of_no_certain_currency_are_said_once_with_their_number() -> None:
    rows = (("Alfa", "Bro", "5"), ("Beta", "Hus", "7"), ("Gamma", "Ö", ""), ("Delta", "Å", "7 EUR"))
    found = read(listed(*rows, text="The council of the city"))
    (problem,) = (one for one in found.problems if "valutan" in one.what)
    assert (problem.file, problem.row) == ("mapp/lista.txt", None)
    assert problem.what == "valutan anges inte för 2 belopp, som inte räknas i summan"
    assert problem.remedy == "ange currency i en fil lista.txt.toml"
    assert not [one for one in read(SMALL).problems if "valutan" in one.what]
