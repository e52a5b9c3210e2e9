"""Links to decisions that go on working when others of the same title come and go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from index.build import build
from index.documents.sources import Reading
from index.naming import names
from search.searcher import Searcher
from tests.conftest import document
from tests.test_pages import page, text
from web.api import openapi
from web.app import create_app
from web.settings import Settings

BASE = "x-2030-1/en-bro"
ANKEBY = "Ankeby kommun\tEn bro\tBron byggs.\t400 000"
OBO = "Öbo\tEn bro\tBron rivs.\t7"
AGAIN = "Öbo\tEn bro\tBron målas.\t8"
OTHERS = [f"Åre\tVäg {number}\tVäg {number} byggs.\t1" for number in range(9)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sources with an index beside it; the second document comes and goes."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(document(ANKEBY, *OTHERS), "utf-8")
    build([tmp_path / "in"], tmp_path / "index")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return create_app(Settings(index=folder / "index", search_seconds=20)).test_client()


def add(folder: Path, *rows: str) -> None:
    """Writes the second document, or takes it away, and indexes again."""
    path = folder / "in" / "b.txt"
    path.write_text(document(*rows), "utf-8") if rows else path.unlink()
    build([folder / "in"], folder / "index", reading=Reading(accept=True))


def follow(client: FlaskClient, address: str) -> tuple[str, Any]:
    """Where an address leads, over redirects."""
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200, address
    return response.request.path, response


def test_an_identifier_that_another_decision_made_ambiguous_lists_both(
    folder: Path, client: FlaskClient
) -> None:
    assert client.get(f"/beslut/{BASE}").status_code == 200
    add(folder, OBO)
    tree = page(client, f"/beslut/{BASE}", 300)
    assert text(tree.xpath("//h1")[0]) == "2\u00a0beslut med samma titel"
    assert tree.xpath("//main//h2/a/@href") == [
        f"/beslut/{BASE}--ankeby-kommun",
        f"/beslut/{BASE}--obo",
    ]


def test_the_api_lists_both_as_described(folder: Path, client: FlaskClient) -> None:
    add(folder, OBO)
    for rest in ("", "/related"):
        response = client.get(f"/api/v1/decisions/{BASE}{rest}")
        assert response.status_code == 300
        body = json.loads(response.data)
        found = [one["links"]["self"] for one in body["decisions"]]
        assert found == [
            f"/api/v1/decisions/{BASE}--ankeby-kommun",
            f"/api/v1/decisions/{BASE}--obo",
        ]
        schema = {"$ref": "#/components/schemas/Choice"}
        specification = openapi.specification(Settings(), "")
        Draft202012Validator(schema | {"components": specification["components"]}).validate(body)


def test_a_longer_identifier_leads_on_when_it_is_needed_no_longer(
    folder: Path, client: FlaskClient
) -> None:
    add(folder, OBO)
    assert follow(client, f"/beslut/{BASE}--ankeby-kommun?q=bron")[0].endswith("--ankeby-kommun")
    add(folder)
    for root in ("/beslut", "/api/v1/decisions"):
        response = client.get(f"{root}/{BASE}--ankeby-kommun")
        assert (response.status_code, response.headers["Location"]) == (302, f"{root}/{BASE}")
    path, response = follow(client, f"/beslut/{BASE}--ankeby-kommun?q=bron&x=%0d%0aY:z")
    assert (path, "<mark" in response.text) == (f"/beslut/{BASE}", True)
    assert follow(client, f"/api/v1/decisions/{BASE}--ankeby-kommun?fields=id")[1].json == {
        "id": BASE
    }
    assert client.get(f"/beslut/{BASE}--obo").status_code == 410


def test_an_identifier_with_a_digest_leads_on_too(folder: Path, client: FlaskClient) -> None:
    add(folder, OBO, AGAIN)
    hits = client.get("/api/v1/decisions?q=titel:bro&fields=id,amount").json or {}
    by_amount = {one["amount"]: one["id"] for one in hits["decisions"]}
    assert by_amount[7].startswith(f"{BASE}--obo-")
    assert client.get(f"/beslut/{BASE}--obo").status_code == 300
    add(folder, OBO)
    assert follow(client, f"/beslut/{by_amount[7]}")[0] == f"/beslut/{BASE}--obo"
    assert client.get(f"/beslut/{by_amount[8]}").status_code == 410


def test_a_bad_parameter_is_refused_before_anything_leads_on(
    folder: Path, client: FlaskClient
) -> None:
    add(folder, OBO)
    assert client.get(f"/api/v1/decisions/{BASE}?fields=x").status_code == 400


def test_a_title_that_begins_alike_is_another(folder: Path) -> None:
    add(folder, "Öbo\tEn bro till\tBron byggs.\t9")
    engine = Searcher.open(folder / "index")
    assert [one.id for one in engine.named(BASE)] == [BASE]
    assert engine.named("x-2030-1/en") == engine.named("en-bro") == engine.named("") == ()
    engine.close()


ROWS = st.lists(st.sampled_from([ANKEBY, OBO, AGAIN, *OTHERS[:2]]), max_size=5, unique=True)


@settings(max_examples=8)
@given(st.lists(ROWS, min_size=2, max_size=3))
def test_every_identifier_ever_given_leads_to_its_decision_while_that_is_there(
    tmp_path_factory: pytest.TempPathFactory, courses: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("course")
    given_: dict[str, str] = {}  # identifier -> the text of its decision
    for rows in courses:
        (folder / "a.txt").write_text(document(*rows, "Umeå\tHamn\tEn hamn.\t2"), "utf-8")
        build([folder / "a.txt"], folder / "index")
        engine = Searcher.open(folder / "index")
        there = [engine.get(one) for one in engine.identifiers()]
        by_text = {one.description[0].text: one for one in there if one}
        for identifier, text_ in given_.items():
            if text_ in by_text:
                assert by_text[text_] in engine.named(identifier)
        given_ |= {one.id: text_ for text_, one in by_text.items()}
        for one in by_text.values():
            assert engine.named(one.id) == (one,)
            assert all(one in engine.named(name) for name in names(one))
        engine.close()
