"""Places as a filter and a facet: decisions that have several values of one dimension."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.gazetteer import LOCALITIES, closed
from index.place_names import SEPARATOR, places_of
from index.storage.columns import Keyword
from search.dimensions import MISSING
from search.request import Message, SearchRequest
from search.result import FacetValue
from search.searcher import Searcher
from search.several import place_column
from web.app import create_app
from web.settings import Settings

HEADER = "Projektägare\tProjektnamn\tBeskrivning\tBeslutsdatum\tBeviljat belopp (kr)\n"
ROWS = (
    "Luleå kommun\tSkola\tI Luleå och Boden.\t2030-03-05\t100\n"
    "Bodens kommun\tBad\tEtt bad.\t2030-06-11\t200\n"
    "Umeå universitet\tIs\tIs i Norrbotten.\t2031-01-01\t300\n"
    "Rädda Ön\tBåt\tEn båt.\t\t400\n"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("places")
    (folder / "a.txt").write_text(f"# Beslut om ESF 2032:1\n\n{HEADER}{ROWS}", "utf-8")
    build([folder / "a.txt"], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def searcher(index: Path) -> Searcher:
    return Searcher.open(index)


@pytest.fixture(scope="module")
def client(index: Path) -> FlaskClient:
    return create_app(Settings(index=index, search_seconds=20)).test_client()


def at(*places: str) -> SearchRequest:
    return SearchRequest().filtered("place", places)


def titles(searcher: Searcher, request: SearchRequest) -> list[str]:
    return sorted(hit.decision.title for hit in searcher.search(request).hits)


def facet(searcher: Searcher, request: SearchRequest) -> dict[str, FacetValue]:
    return {one.value: one for one in searcher.search(request).facets["place"].values}


def test_a_decision_is_found_by_each_of_its_places(searcher: Searcher) -> None:
    assert titles(searcher, at("Boden")) == ["Bad", "Skola"]
    assert titles(searcher, at("Luleå")) == ["Skola"]
    assert titles(searcher, at("Norrbottens län")) == ["Bad", "Is", "Skola"]
    assert titles(searcher, at("Luleå", "Umeå")) == ["Is", "Skola"]
    assert titles(searcher, at(MISSING)) == ["Båt"]


@pytest.mark.parametrize("name", ["Bodens kommun", "BODEN", " boden ", "2582"])
def test_a_filter_takes_any_name_of_a_place_and_shows_its_own(
    searcher: Searcher, name: str
) -> None:
    result = searcher.search(at(name))
    assert result.total == 2
    assert result.request.values("place") == ("Boden",)


@pytest.mark.parametrize("name", ["Ystad", "Atlantis"])
def test_a_place_without_decisions_is_an_empty_set_with_a_note_as_is_one_that_is_none(
    searcher: Searcher, name: str
) -> None:
    result = searcher.search(at(name))
    assert result.total == 0
    assert result.notes == (Message.of("unknown-value", dimension="place", wanted=name),)


def test_counts_ignore_their_own_selection_and_the_selected_stay_at_zero(
    searcher: Searcher,
) -> None:
    counts = {value: one.count for value, one in facet(searcher, at("Ystad")).items()}
    assert counts == {
        "Norrbottens län": 3, "Boden": 2, "Luleå": 1, "Umeå": 1, "Västerbottens län": 1,
        MISSING: 1, "Ystad": 0,
    }  # fmt: skip
    assert facet(searcher, at("Ystad"))["Ystad"].selected


def test_the_facet_counts_what_the_decisions_say(searcher: Searcher) -> None:
    everything = [hit.decision for hit in searcher.search(SearchRequest()).hits]
    by_hand = Counter(
        name
        for one in everything
        for name in [p.locality.name for p in places_of(one)] or [MISSING]
    )
    assert by_hand == {name: one.count for name, one in facet(searcher, SearchRequest()).items()}


def test_the_rows_of_an_overview_overlap_and_the_rest_counts_each_decision_once(
    searcher: Searcher,
) -> None:
    whole = searcher.overview(SearchRequest()).parts["place"]
    assert whole.overlapping
    assert [(one.name, one.decisions, one.sum) for one in whole.groups] == [
        ("Norrbottens län", 3, Decimal(600)),
        ("", 1, Decimal(400)),
        ("Boden", 2, Decimal(300)),
        ("Umeå", 1, Decimal(300)),
        ("Västerbottens län", 1, Decimal(300)),
        ("Luleå", 1, Decimal(100)),
    ]
    cut = searcher.overview(SearchRequest(), limit=2).parts["place"]
    assert (cut.rest, cut.groups[-1].decisions, cut.groups[-1].sum) == (4, 3, Decimal(600))


@given(
    st.lists(st.sets(st.sampled_from(LOCALITIES[:40]), max_size=4), min_size=1, max_size=30),
    st.data(),
)
def test_counting_by_set_first_is_counting_by_hand(
    found: list[set[object]], data: st.DataObject
) -> None:
    sets = [[one.name for one in closed(one)] for one in found]  # type: ignore[arg-type]
    column = place_column(Keyword.of([SEPARATOR.join(one) for one in sets]))
    docs = np.array(data.draw(st.lists(st.integers(0, len(sets) - 1), unique=True)), np.int64)
    ore = np.arange(len(sets), dtype=np.int64) + 2**60 // len(sets)
    counts = column.spread(np.bincount(column.ordinals[docs], minlength=column.size))
    sums = np.zeros(column.size, np.int64)
    np.add.at(sums, column.ordinals[docs], ore[docs])
    sums = column.spread(sums)
    for at_, name in enumerate(column.names):
        having = [doc for doc in docs if (name in sets[doc] if name else not sets[doc])]
        assert counts[at_] == len(having)
        assert sums[at_] == sum(int(ore[doc]) for doc in having)
        chosen = np.isin(column.ordinals, column.having([at_]))
        assert {*np.flatnonzero(chosen)} >= {*having}
        assert chosen.sum() == sum(name in one if name else not one for one in sets)


def test_the_api_says_of_each_place_what_it_is_and_that_it_is_derived(client: FlaskClient) -> None:
    body = client.get("/api/v1/decisions?place=Lule%C3%A5+kommun").json
    assert body is not None
    (hit,) = body["decisions"]
    assert hit["places"] == [
        {"name": "Boden", "kind": "municipality", "code": "2582", "derived": True},
        {"name": "Luleå", "kind": "municipality", "code": "2580", "derived": True},
        {"name": "Norrbottens län", "kind": "county", "code": "25", "derived": True},
    ]
    listed = client.get("/api/v1/places").json
    assert listed is not None
    assert [one["name"] for one in listed["places"]][-2:] == ["Umeå", "Västerbottens län"]


def test_the_page_says_that_places_are_derived(client: FlaskClient) -> None:
    note = "Platserna är hämtade ur ägarnas namn och texterna, om källan inte anger dem."
    assert note in client.get("/?q=").text
    overview = client.get("/oversikt").text
    assert note in overview
    assert "Ett beslut räknas på varje rad där det hör hemma" in overview
    assert "ur texten" in client.get("/beslut/esf-2032-1/skola").text


def test_a_column_of_the_source_states_the_place_and_the_page_says_so(tmp_path: Path) -> None:
    rows = (
        "Projektägare\tProjektnamn\tKommun\tLän\tBeviljat belopp (kr)\n"
        "Luleå kommun\tSkola\tKiruna\tNorrbotten\t100\n"
        "Luleå kommun\tBad\t\tStockholm\t200\n"
        "Luleå kommun\tBåt\tÅbo\t\t300\n"
    )
    (tmp_path / "a.txt").write_text(f"# Beslut om ESF 2032:1\n\n{rows}", "utf-8")
    report = build([tmp_path / "a.txt"], tmp_path / "index")
    (problem,) = [one for source in report.sources for one in source.problems]
    assert "1 beslut har en plats som inte är en svensk kommun" in problem.what
    searcher = Searcher.open(tmp_path / "index")
    assert titles(searcher, at("Kiruna")) == ["Skola"]
    assert titles(searcher, at("Stockholm")) == []
    assert titles(searcher, at("Stockholms län")) == ["Bad"]
    assert titles(searcher, at("Luleå")) == ["Båt"]
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    assert "enligt källan" in client.get("/beslut/esf-2032-1/skola").text
    boat = client.get("/beslut/esf-2032-1/bat").text
    assert "Plats i källan" in boat
    assert "Åbo" in boat
    again = client.get("/api/v1/decisions.jsonl").data
    (tmp_path / "b.jsonl").write_bytes(again)
    build([tmp_path / "b.jsonl"], tmp_path / "second")
    second = Searcher.open(tmp_path / "second")
    for one in searcher.search(SearchRequest()).hits:
        same = second.get(one.decision.id)
        assert same is not None
        assert places_of(same) == places_of(one.decision)


def test_the_largest_of_the_same_place_and_year_lead_on(
    searcher: Searcher, client: FlaskClient
) -> None:
    body = client.get("/api/v1/decisions/esf-2032-1/skola/related").json
    assert body is not None
    nearby = body["placeAndYear"]
    assert (nearby["places"], nearby["year"], nearby["decisions"]) == (
        ["Boden", "Luleå"],
        "2030",
        2,
    )
    assert [one["title"] for one in nearby["largest"]] == ["Bad"]
    page = client.get("/beslut/esf-2032-1/skola/liknande").text
    assert "Samma plats och år" in page
    followed = client.get(nearby["links"]["decisions"]).json
    assert followed is not None
    assert followed["_meta"]["totalRecords"] == 2
    alone = client.get("/api/v1/decisions/esf-2032-1/is/related").json
    assert alone is not None
    assert alone["placeAndYear"] is None


DATES = [
    ("dateMin=2030-06-11", ["Bad", "Is"]),
    ("dateMin=2030-06-12", ["Is"]),
    ("dateMax=2030-03-05", ["Skola"]),
    ("dateMax=2030-03-04", []),
    ("dateMin=2030&dateMax=2030", ["Bad", "Skola"]),
    ("dateMin=2030-03&dateMax=2030-03", ["Skola"]),
    ("dateMax=2031", ["Bad", "Is", "Skola"]),
    ("dateMin=11+juni+2030&dateMax=juni+2030", ["Bad"]),
]


@pytest.mark.parametrize(("query", "found"), DATES)
def test_a_span_of_dates_takes_both_ends_and_leaves_out_what_has_no_date(
    client: FlaskClient, query: str, found: list[str]
) -> None:
    body = client.get(f"/api/v1/decisions?{query}").json
    assert body is not None
    assert sorted(one["title"] for one in body["decisions"]) == found
    assert f"{len(found)}\u00a0beslut" in client.get(f"/?{query}").text or not found


def test_a_wrong_date_is_told_at_its_field(client: FlaskClient) -> None:
    response = client.get("/?dateMin=igår")
    assert response.status_code == 400
    assert "”igår” är inget datum" in response.text
    assert 'id="fel-dateMin"' in response.text
    detail = client.get("/api/v1/decisions?dateMin=2031&dateMax=2030").json
    assert detail is not None
    assert "det första datumet är senare än det sista" in detail["detail"]


def test_a_span_of_dates_is_a_chip_in_words(client: FlaskClient) -> None:
    page = client.get("/?dateMin=2030-03&dateMax=2030").text
    assert "1 mars 2030 till 31 december 2030" in page
    assert "från 1 mars 2030" in client.get("/?dateMin=2030-03").text
    assert "till och med 31 mars 2030" in client.get("/?dateMax=2030-03").text


def test_the_year_says_where_it_comes_from(client: FlaskClient) -> None:
    by_title = {
        one["title"]: (one["year"], one["yearFrom"])
        for one in client.get("/api/v1/decisions?q=").json["decisions"]  # type: ignore[index]
    }
    assert by_title["Skola"] == (2030, "date")
    assert by_title["Båt"] == (2032, "round")
    assert "2032, enligt omgångens namn" in client.get("/beslut/esf-2032-1/bat").text
    assert "enligt omgångens namn" not in client.get("/beslut/esf-2032-1/skola").text
