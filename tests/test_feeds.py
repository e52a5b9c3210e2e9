"""The Atom feed of a search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree

from index.build import build
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import Clock, document
from web.api.feeds import ATOM
from web.app import create_app
from web.settings import Settings

N = {"a": ATOM}


def feed(client: FlaskClient, query: str = "") -> etree._Element:
    response = client.get(f"/feed.atom{query}")
    assert response.status_code == 200
    assert response.content_type == "application/atom+xml; charset=utf-8"
    return etree.fromstring(response.data)


def texts(root: etree._Element, path: str) -> list[str]:
    found: list[str] = root.xpath(path, namespaces=N)
    return [str(one) for one in found]


@pytest.mark.parametrize("query", ["", "?q=h%C3%A4lsa", "?q=finnsinte", "?q=%26%3C%0C&sort=title"])
def test_it_is_what_rfc_4287_asks_for(client: FlaskClient, query: str) -> None:
    root = feed(client, query)
    assert root.tag == f"{{{ATOM}}}feed"
    for one in [root, *root.findall("a:entry", N)]:
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"a:{name}", N)) == 1
        assert one.find("a:author/a:name", N).text
        assert one.find("a:id", N).text.startswith("tag:localhost,2026:")
        alternates = one.findall("a:link[@rel='alternate']", N)
        assert len(alternates) == 1
        assert alternates[0].get("href").startswith("http://localhost/")
    assert root.find("a:link[@rel='self']", N) is not None
    moments = texts(root, "//a:updated/text()")
    assert all(len(moment) == 20 and moment.endswith("Z") for moment in moments)
    ids = texts(root, "//a:id/text()")
    assert len(ids) == len(set(ids))


def test_it_has_the_decisions_of_the_search(client: FlaskClient) -> None:
    body = client.get("/api/v1/decisions?q=h%C3%A4lsa").json or {}
    found = texts(feed(client, "?q=h%C3%A4lsa"), "//a:entry/a:title/text()")
    assert sorted(found) == sorted(one["title"] for one in body["decisions"])


def test_limit_says_how_many_and_the_order_of_the_page_has_no_meaning(client: FlaskClient) -> None:
    assert len(feed(client, "?limit=2").findall("a:entry", N)) == 2
    one, other = feed(client, "?sort=title"), feed(client, "?page=3")
    assert etree.tostring(one) == etree.tostring(other)


def test_what_is_new_to_the_index_comes_first_though_other_files_were_read_later(
    tmp_path: Path, clock: Clock
) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    heading = "# Regionens beslut om projekt X 2030:2"
    first.write_text(document("Ö\tTidig bro\tVi bygger.\t1"), "utf-8")
    build([first], tmp_path / "index")
    clock.tick()
    second.write_text(document("Ö\tSen bro\tVi bygger.\t2", heading=heading), "utf-8")
    build([first, second], tmp_path / "index")
    clock.tick()
    first.write_text(document("Ö\tTidig bro\tVi bygger mer.\t1"), "utf-8")
    build([first, second], tmp_path / "index")
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    root = feed(client, "?q=bro")
    assert texts(root, "//a:entry/a:title/text()") == ["Sen bro", "Tidig bro"]
    dates = texts(root, "//a:entry/a:updated/text()")
    assert dates == ["2030-01-02T00:00:00Z", "2030-01-01T00:00:00Z"]
    assert texts(root, "//a:entry/a:published/text()") == dates
    assert texts(root, "/a:feed/a:updated/text()") == dates[:1]


def test_newest_of_nothing_is_nothing(sample: Searcher) -> None:
    found = sample.newest(SearchRequest(q="finnsinte"), 5)
    assert list(found.decisions) == []


def test_identifiers_do_not_depend_on_scheme_or_port(sample_index: Path) -> None:
    def ids(address: str) -> list[str]:
        app = create_app(Settings(index=sample_index, base_url=address))
        return texts(feed(app.test_client()), "//a:id/text()")

    assert ids("http://beslut.example:8000") == ids("https://beslut.example")


def test_an_unknown_parameter_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/feed.atom?fields=id")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("char", ["\ufffe", "\uffff", "\x0b", "\x1f", "\x7f", "\U0001f600"])
def test_a_feed_is_xml_whatever_a_source_or_a_query_holds(
    make_engine: Callable[..., Searcher], tmp_path: Path, char: str
) -> None:
    make_engine(f"Ö{char}bo\tBro{char}\tVi{char} bygger.\t1").close()
    app = create_app(Settings(index=tmp_path / "index"))
    root = feed(app.test_client(), f"?q=bro+{quote(char)}")
    assert len(root.findall("a:entry", N)) == 1
