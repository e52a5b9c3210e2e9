"""Which places a text names, and which it only seems to name."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decision import Block, Decision, Round, Source
from index.gazetteer import LOCALITIES, MUNICIPALITIES, genitive
from index.place_names import DOUBTFUL, SEPARATOR, named, place_names, places_of

DECISION = Decision(
    id="x/y",
    owner="Luleå kommun",
    title="Hela vägen ut",
    description=(Block("paragraph", "Projektet drivs i Boden."),),
    motivation=(Block("paragraph", "Också Haparanda deltar."),),
    amount=None,
    currency="SEK",
    round=Round("Region Skånes beslut", "ESF 2030:1", "Region Skåne"),
    source=Source("a.txt", None, 1, "ab", "2030-01-02T03:04:05Z"),
)


def told(text: str) -> str:
    """The places that a text names, without the counties that follow from its municipalities."""
    found = named(text)
    follow = {one.county for one in found if one.kind == "municipality"}
    return ", ".join(one.name for one in found if one not in follow)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        # Municipalities
        ("Luleå kommun", "Luleå"),
        ("Bodens kommun", "Boden"),
        ("Boden kommun", "Boden"),
        ("BODENS KOMMUN", "Boden"),
        ("Göteborgs Stad, kulturförvaltningen", "Göteborg"),
        ("Upplands Väsby kommun", "Upplands Väsby"),
        ("UPPLANDS VÄSBY KOMMUN", "Upplands Väsby"),
        ("Upplands-Bro kommun", "Upplands-Bro"),
        ("Upplands Bro kommun", "Upplands-Bro"),
        ("Lilla Edets kommun", "Lilla Edet"),
        ("Malung-Sälens kommun", "Malung-Sälen"),
        ("Dals-Eds kommun", "Dals-Ed"),
        ("Östra Göinge kommun", "Östra Göinge"),
        ("Håbo kommun, inte Habo", "Håbo"),
        ("Vara kommun", "Vara"),
        ("Region Gotland", "Gotland"),
        ("Luleås skolor växer.", "Luleå"),
        ("Borås skolor växer.", "Borås"),
        ("Insatser i Luleå, Boden och Piteå kommuner", "Boden, Luleå, Piteå"),
        ("Projektet genomförs i Boden.", "Boden"),
        ("I Boden finns ett resurscentrum.", "Boden"),
        ("Resor från Lund till Mora", "Lund, Mora"),
        ("Malmö och Lund", "Lund, Malmö"),
        ("Lund, Malmö och Eslöv deltar", "Eslöv, Lund, Malmö"),
        ("Kommunerna Mark och Vara deltar", "Mark, Vara"),
        ("Lunds universitet", "Lund"),
        ("Luleå tekniska universitet", "Luleå"),
        ("Lund University", "Lund"),
        ("University of Gothenburg", "Göteborg"),
        ("Högskolan i Borås", "Borås"),
        ("Nya lokaler i Stockholmsområdet", "Stockholm"),
        ("Medel till Sthlm", "Stockholm"),
        ("Museet i Visby", "Gotland"),
        ("Skidtunneln i Sälen", "Malung-Sälen"),
        ("Luleå-Boden, en arbetsmarknad", "Boden, Luleå"),
        ("Studiefrämjandet Luleå", "Luleå"),
        ("Luleå Business Region", "Luleå"),
        # Counties
        ("Norrbottens län", "Norrbottens län"),
        ("Region Norrbotten", "Norrbottens län"),
        ("Länsstyrelsen i Norrbotten", "Norrbottens län"),
        ("aktörer i Norrbotten och Västerbotten", "Norrbottens län, Västerbottens län"),
        ("Norrbottens museum", "Norrbottens län"),
        ("Högskolan Dalarna", "Dalarnas län"),
        ("Region Jämtland Härjedalen", "Jämtlands län"),
        ("skolor i Härjedalen", "Härjedalen"),
        ("Region Sörmland", "Södermanlands län"),
        ("Västra Götalandsregionen", "Västra Götalands län"),
        ("VÄSTRA GÖTALANDSREGIONEN", "Västra Götalands län"),
        ("Västra Götaland", "Västra Götalands län"),
        ("Region Stockholm", "Stockholms län"),
        ("Region Uppsala", "Uppsala län"),
        ("Region Kalmar län", "Kalmar län"),
        ("Region Örebro län", "Örebro län"),
        ("Länsstyrelsen i Kalmar", "Kalmar län"),
        ("Mitt hemlän Örebro", "Örebro län"),
        ("Stockholms län", "Stockholms län"),
        ("i Stockholms och Uppsala län", "Stockholms län, Uppsala län"),
        ("i Stockholms, Uppsala och Örebro län", "Stockholms län, Uppsala län, Örebro län"),
        ("invånarna i Stockholmsregionen", "Stockholms län"),
        ("Göteborgsregionens kommunalförbund", "Västra Götalands län"),
        ("Stockholms- och Sörmlandsregionen", "Stockholms län, Södermanlands län"),
        ("ett Skåne-baserat bolag", "Skåne län"),
        # No places
        ("vi ska vara i boden och på berget", ""),
        ("Vara eller inte vara", ""),
        ("Mark och vatten", ""),
        ("institutionen för Mark- och vattenteknik", ""),
        ("Berg", ""),
        ("Boden är öppen", ""),
        ("Karin Boden", ""),
        ("Nora Berg", ""),
        ("ett bidrag till Nora Lundgren", ""),
        ("Lund & Partner AB", ""),
        ("Falkenberg & Co", ""),
        ("Bergs Hyreshus AB", ""),
        ("Göteborgs-Posten skriver", ""),
        ("enligt Stockholmskonventionen", ""),
        ("the Stockholm Convention", ""),
        ("Stockholm den 5 mars 1993", ""),
        ("Väsby centrum", ""),
        ("icke-Luleå", ""),
        ("myLuleå", ""),
        ("luleå", ""),
        ("Norrland och Småland", ""),
        ("Kalmarunionen", ""),
        ("Nya Stockholmarna", ""),
        ("", ""),
    ],
)
def test_a_text_names_these_places(text: str, places: str) -> None:
    assert told(text) == places


def test_what_is_written_apart_or_with_unseen_characters_is_the_same() -> None:
    assert told(unicodedata.normalize("NFD", "Luleå kommun")) == "Luleå"
    assert told("Lule\u00adå\u00a0kommun") == "Luleå"
    assert told("Dals\u2011Eds kommun") == "Dals-Ed"


@given(st.sampled_from(LOCALITIES))
def test_every_place_is_found_by_what_it_calls_itself(place: object) -> None:
    name = place.name  # type: ignore[attr-defined]
    said = name if name.endswith(" län") else f"{genitive(name)} kommun"
    assert told(f"ett projekt av {said} i år") in (name, "Gotland")


@given(st.sampled_from(MUNICIPALITIES))
def test_a_name_alone_is_enough_unless_it_is_a_word(place: object) -> None:
    name = place.name  # type: ignore[attr-defined]
    assert told(f"Se {name}.") == ("" if name in DOUBTFUL else name)
    assert told(f"ett möte i {name}") == name


def test_every_doubtful_name_is_that_of_a_municipality() -> None:
    assert {one.name for one in MUNICIPALITIES} >= DOUBTFUL


@given(st.text("LuleåBodn och,-i&\n ", max_size=60))
def test_any_text_is_read(text: str) -> None:
    named(text)


@pytest.mark.parametrize(
    "unit", ["Luleå, ", "Stockholm, Uppsala ", "Boden och ", "Stockholms- och ", "Upplands  ", "A-"]
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    def seconds(times: int) -> float:
        start = time.perf_counter()
        named(unit * times)
        return time.perf_counter() - start

    seconds(2_000)
    assert seconds(40_000) < 100 * max(seconds(4_000), 0.001)


def test_a_decision_has_the_places_that_its_owner_title_and_texts_name() -> None:
    found = places_of(DECISION)
    assert [one.locality.name for one in found] == [
        "Boden",
        "Haparanda",
        "Luleå",
        "Norrbottens län",
    ]
    assert all(one.derived for one in found)
    assert place_names(DECISION) == SEPARATOR.join(one.locality.name for one in found)


def test_what_the_source_states_leaves_the_texts_unread() -> None:
    found = places_of(replace(DECISION, places=("Kiruna",)))
    assert [(one.locality.name, one.derived) for one in found] == [
        ("Kiruna", False), ("Norrbottens län", False),
    ]  # fmt: skip


def test_a_stated_place_that_is_no_swedish_one_leaves_the_texts() -> None:
    found = places_of(replace(DECISION, places=("Åbo",)))
    assert [one.locality.name for one in found][:1] == ["Boden"]
    assert all(one.derived for one in found)


def test_the_funder_and_the_round_give_no_place() -> None:
    nobody = replace(DECISION, owner="Akademi Norr", description=(), motivation=())
    assert places_of(nobody) == ()
    assert place_names(nobody) == ""
