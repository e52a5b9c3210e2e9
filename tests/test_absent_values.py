"""A filter on what is not there is an empty set with a note, wherever it is asked for."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from lxml import etree, html
from python_calamine import CalamineWorkbook

from search.dimensions import VALUES
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import beslut
from web.api.feeds import ATOM

NOTES = {
    "owner": "Inget beslut har projektägaren ”Nybo”.",
    "round": "Inget beslut har beslutsomgången ”Nybo”.",
    "funder": "Inget beslut har finansiären ”Nybo”.",
    "place": "Inget beslut har platsen ”Nybo”.",
    "year": "Inget beslut har året ”Nybo”.",
}
FORMS = ("jsonl", "csv", "xlsx")


def query(name: str) -> str:
    return urlencode({name: "Nybo"})


def about(client: FlaskClient, address: str) -> list[list[object]]:
    """The sheet of a workbook that tells what the file holds."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(address).data))
    return book.get_sheet_by_name("Om uttaget").to_python()


@pytest.mark.parametrize("name", NOTES)
def test_the_api_answers_nothing_and_says_why(two_rounds_client: FlaskClient, name: str) -> None:
    body = two_rounds_client.get(f"/api/v1/decisions?{query(name)}").get_json()
    assert (body["_meta"]["totalRecords"], body["decisions"]) == (0, [])
    assert body["notes"] == [NOTES[name]]


def test_each_dimension_of_values_has_a_note() -> None:
    assert NOTES.keys() == {one.name for one in VALUES}


@pytest.mark.parametrize("name", NOTES)
@pytest.mark.parametrize("path", ["/", "/oversikt"])
def test_the_pages_say_it(two_rounds_client: FlaskClient, path: str, name: str) -> None:
    response = two_rounds_client.get(f"{path}?{query(name)}")
    assert response.status_code == 200
    tree = html.document_fromstring(response.text)
    assert NOTES[name] in [one.text_content() for one in tree.xpath("//*[@class='note']")]


@pytest.mark.parametrize("name", NOTES)
def test_the_feed_is_empty_and_says_it(two_rounds_client: FlaskClient, name: str) -> None:
    response = two_rounds_client.get(f"/feed.atom?{query(name)}")
    assert response.status_code == 200
    feed = etree.fromstring(response.data)
    assert feed.findtext(f"{{{ATOM}}}subtitle") == NOTES[name]
    assert feed.findall(f"{{{ATOM}}}entry") == []


def test_a_feed_without_anything_to_say_has_no_subtitle(two_rounds_client: FlaskClient) -> None:
    feed = etree.fromstring(two_rounds_client.get("/feed.atom").data)
    assert feed.find(f"{{{ATOM}}}subtitle") is None


@pytest.mark.parametrize("name", NOTES)
@pytest.mark.parametrize("form", FORMS)
def test_files_are_made_and_empty(two_rounds_client: FlaskClient, form: str, name: str) -> None:
    response = two_rounds_client.get(f"/api/v1/decisions.{form}?{query(name)}")
    assert response.status_code == 200
    if form != "xlsx":
        assert len(response.text.splitlines()) == (form == "csv")


@pytest.mark.parametrize("name", NOTES)
def test_a_workbook_says_it(two_rounds_client: FlaskClient, name: str) -> None:
    rows = about(two_rounds_client, f"/api/v1/decisions.xlsx?{query(name)}")
    assert ["Att tänka på", NOTES[name]] in rows


def test_the_terminal_says_it(two_rounds: Searcher) -> None:
    path = str(two_rounds.generation.path.parent)
    ended = beslut("search", "--owner", "Nybo", "--index", path)
    assert ended.returncode == 0
    assert "\nInget beslut har projektägaren ”Nybo”.\n" in ended.stdout


def test_those_that_are_there_match_and_the_others_are_told(two_rounds: Searcher) -> None:
    request = SearchRequest(filters={"owner": ("Nybo", "Rädda Ön", "Bortbo")})
    result = two_rounds.search(request)
    assert result.total == 1
    assert [one.values["wanted"] for one in result.notes] == ["Nybo", "Bortbo"]
    values = result.facets["owner"].values
    assert [(one.value, one.count) for one in values if one.selected] == [
        ("Rädda Ön", 1),
        ("Nybo", 0),
        ("Bortbo", 0),
    ]


def test_an_absent_value_can_be_taken_away_by_its_facet(two_rounds_client: FlaskClient) -> None:
    body = two_rounds_client.get("/api/v1/decisions?owner=Nybo&owner=R%C3%A4dda+%C3%96n").get_json()
    (nybo,) = (one for one in body["facets"]["owners"] if one["value"] == "Nybo")
    assert (nybo["label"], nybo["count"], nybo["selected"]) == ("Nybo", 0, True)
    assert nybo["url"] == "/api/v1/decisions?owner=R%C3%A4dda%20%C3%96n"


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("owner", "Ägare saknas", "Inget beslut saknar uppgift om projektägaren."),
        ("round", "missing", "Inget beslut saknar uppgift om beslutsomgången."),
        ("year", "Okänt år", "Inget beslut saknar uppgift om året."),
    ],
)
def test_that_no_decision_lacks_a_value_is_said_so(
    two_rounds_client: FlaskClient, name: str, label: str, said: str
) -> None:
    body = two_rounds_client.get(f"/api/v1/decisions?{name}=missing").get_json()
    assert body["notes"] == [said]
    (chosen,) = (one for one in body["facets"][f"{name}s"] if one["selected"])
    assert (chosen["value"], chosen["label"], chosen["count"]) == ("missing", label, 0)


def test_a_note_speaks_the_language_that_is_asked_for(two_rounds_client: FlaskClient) -> None:
    body = two_rounds_client.get("/api/v1/decisions?owner=Nybo&lang=en").get_json()
    assert body["notes"] == ["No decision has the project owner “Nybo”."]
