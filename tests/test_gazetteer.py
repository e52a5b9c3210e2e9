"""The municipalities and counties of Sweden, and what each is called."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.gazetteer import (
    BY_CODE,
    COUNTIES,
    LOCALITIES,
    MUNICIPALITIES,
    closed,
    county_names,
    find,
    genitive,
    stated,
)


def name_of(text: str) -> str | None:
    found = find(text)
    return found.name if found else None


def test_there_are_as_many_as_statistics_sweden_lists() -> None:
    assert (len(MUNICIPALITIES), len(COUNTIES)) == (290, 21)
    assert len({one.name for one in LOCALITIES}) == len(BY_CODE) == 311
    counts = Counter(one.county.name for one in MUNICIPALITIES)
    assert [*counts.items()] == [
        ("Stockholms län", 26), ("Uppsala län", 8), ("Södermanlands län", 9),
        ("Östergötlands län", 13), ("Jönköpings län", 13), ("Kronobergs län", 8),
        ("Kalmar län", 12), ("Gotlands län", 1), ("Blekinge län", 5), ("Skåne län", 33),
        ("Hallands län", 6), ("Västra Götalands län", 49), ("Värmlands län", 16),
        ("Örebro län", 12), ("Västmanlands län", 10), ("Dalarnas län", 15),
        ("Gävleborgs län", 10), ("Västernorrlands län", 7), ("Jämtlands län", 8),
        ("Västerbottens län", 15), ("Norrbottens län", 14),
    ]  # fmt: skip


def test_a_code_has_two_or_four_digits_the_first_two_of_a_county() -> None:
    for code, place in BY_CODE.items():
        assert place.code == code
        assert len(code) == (4 if place.kind == "municipality" else 2)
        assert place.county.kind == "county"
        assert code.startswith(place.county.code)
        assert place.name == place.name.strip()
        assert place.name.endswith(" län") is (place.kind == "county")


def test_a_place_is_found_by_its_name_its_code_and_what_it_calls_itself() -> None:
    for place in LOCALITIES:
        assert find(place.name) == find(place.name.upper()) == find(place.code) == place
        if place.kind == "municipality":
            kommun = f"{genitive(place.name)} kommun"
            assert find(kommun) == find(f" {place.name}  Kommun ") == place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Norrbotten", "Norrbottens län"),
        ("Region Norrbotten", "Norrbottens län"),
        ("Region Jämtland Härjedalen", "Jämtlands län"),
        ("Sörmland", "Södermanlands län"),
        ("Region Sörmland", "Södermanlands län"),
        ("Västra Götalandsregionen", "Västra Götalands län"),
        ("Region Västra Götaland", "Västra Götalands län"),
        ("Region Kalmar län", "Kalmar län"),
        ("Region Jönköpings län", "Jönköpings län"),
        ("Uppsala", "Uppsala"),
        ("Uppsala län", "Uppsala län"),
        ("Region Uppsala", "Uppsala län"),
        ("Region Stockholm", "Stockholms län"),
        ("Gotland", "Gotland"),
        ("Region Gotland", "Gotland"),
        ("Gotlands län", "Gotlands län"),
        ("Göteborgs Stad", "Göteborg"),
        ("boden", "Boden"),
        ("Habo", "Habo"),
        ("Håbo", "Håbo"),
        ("Väsby", None),
        ("Norrland", None),
        ("9999", None),
        ("", None),
    ],
)
def test_a_name_means_the_municipality_before_the_county(text: str, name: str | None) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("header", "text", "places"),
    [
        ("Kommun", "Luleå", ["Luleå", "Norrbottens län"]),
        ("Kommun", "LULEÅ KOMMUN", ["Luleå", "Norrbottens län"]),
        ("Kommun", "2580 Luleå", ["Luleå", "Norrbottens län"]),
        ("Kommunkod", "2580", ["Luleå", "Norrbottens län"]),
        ("Kommun", "Luleå, Boden och Piteå", ["Boden", "Luleå", "Piteå", "Norrbottens län"]),
        ("Plats", "Luleå; Umeå", ["Luleå", "Umeå", "Norrbottens län", "Västerbottens län"]),
        ("Län", "Stockholm", ["Stockholms län"]),
        ("Län", "Stockholms", ["Stockholms län"]),
        ("lan", "Uppsala", ["Uppsala län"]),
        ("County", "Kalmar", ["Kalmar län"]),
        ("Län", "25", ["Norrbottens län"]),
        ("Län", "Skåne", ["Skåne län"]),
        ("Län", "Gotland", ["Gotlands län"]),
        ("Kommun", "Stockholm", ["Stockholm", "Stockholms län"]),
        ("Ort", "Sundom", ["Sundom"]),
        ("Kommun", "Åbo", ["Åbo"]),
        ("Kommun", "–", []),
        ("Kommun", "", []),
    ],
)
def test_a_cell_states_places_and_their_counties_or_itself(
    header: str, text: str, places: list[str]
) -> None:
    assert [*stated([(header, text)])] == places


def test_two_columns_state_one_place() -> None:
    both = stated([("Kommun", "Luleå"), ("Län", "Norrbotten")])
    assert both == ("Luleå", "Norrbottens län") == stated([("places", "; ".join(both))])


@given(st.lists(st.sampled_from(LOCALITIES)))
def test_places_with_their_counties_have_no_more_counties(found: list[object]) -> None:
    once = closed(found)  # type: ignore[arg-type]
    assert closed(once) == once
    assert stated([("places", "; ".join(one.name for one in once))]) == tuple(
        one.name for one in once
    )


def test_every_county_has_a_name_of_its_own() -> None:
    names = [name for one in COUNTIES for name in county_names(one)]
    assert len(names) == len(set(names))
