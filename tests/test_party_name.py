"""Which names say the same: pairs that are one organisation, and pairs that may be two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.party_name import normal_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Luleå kommun", "LULEÅ KOMMUN"),
        ("Luleå kommun", " Luleå \u00a0kommun\t"),
        ("Luleå kommun", "Lulea\u030a kommun"),  # the ring as a character of its own
        ("Luleå kommun", "Luleå kommun."),
        ("Luleå kommun", "Luleå kommun*"),
        ("Riks-förbundet", "Riksförbundet"),
        ("Riks‑förbundet", "Riks\u00adförbundet"),  # a hyphen that does not break, and a soft one
        ("Bodens kommun, fritid", "Bodens kommun (Fritid)"),
        ("Bodens kommun - fritid", "Bodens kommun / fritid"),
        ("Barn- och ungdom", "Barn och ungdom"),
        ("Bro & Väg", "Bro och Väg"),
        ("S:t Erik", "St Erik"),
        ("Linnéskolan", "LINNESKOLAN"),
        ("Bro Aktiebolag", "Bro AB"),
        ("Bro AB", "AB Bro"),
        ("Bro AB", "Aktiebolaget Bro"),
        ("Bro AB", "Bro A.B."),
        ("Bro AB (publ)", "BRO AB"),
        ("Fastighets AB Bro", "Fastighetsaktiebolaget Bro"),
        ("Fastighets-AB Bro", "Fastighets AB Bro"),
        ("Bron ekonomisk förening", "Bron ek. för."),
        ("Bron Ek.för", "Bron ek förening"),
        ("Handelsbolaget Bro", "HB Bro"),
        ("Bro kommanditbolag", "Bro KB"),
        ("Bostadsrättsföreningen Bron", "Brf Bron"),
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Habo kommun", "Håbo kommun"),
        ("Umeå kommun", "Umeå universitet"),
        ("Region Skåne", "Region Skåne län"),
        ("Region Skåne", "Skåne"),
        ("Bro AB", "Bro Holding AB"),
        ("Bro AB", "Bro"),
        ("Bro AB", "Bro HB"),
        ("Bro HB", "Bro KB"),
        ("Bro AB", "Bro ekonomisk förening"),
        ("Ö Berg AB", "Öberg AB"),
        ("IF Bron", "IFK Bron"),
        ("Bron 2", "Bron 3"),
        ("Bro 2.0", "Bro 20"),
        ("Leader 3-4", "Leader 34"),
        ("A+ AB", "A AB"),
        ("Stiftelsen Bron", "Bron"),
        ("Luleå kommun", "Luleå kommun, barn- och ungdom"),
        ("–", "…"),
    ],
)
def test_names_that_may_be_two(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


PIECES = (
    "AB ab aktiebolaget Fastighetsaktiebolag (publ) publ ek. för. ekonomisk förening - & . Å é 1"
)


@given(st.text() | st.lists(st.sampled_from([*PIECES.split(), " ", " ", "_"])).map("".join))
def test_the_normal_form_of_a_normal_form_is_itself(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@given(st.text(min_size=1))
def test_no_name_is_no_name_at_all(name: str) -> None:
    assert normal_name(name)


@given(st.text(st.characters(codec="latin-1"), min_size=1, max_size=100))
def test_case_says_nothing(name: str) -> None:
    assert normal_name(name.casefold()) == normal_name(name)


def test_what_is_too_long_to_be_a_name_costs_nothing() -> None:
    for text in ("aktiebolag", "ab ", "-", "publ ", "ek för "):
        assert normal_name(text * 100_000) == text * 100_000
