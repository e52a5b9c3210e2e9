"""The sitemap: every page, in parts, and when each decision changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree

from index.build import build
from tests.conftest import FEW_THEMES, Clock, document
from web.app import create_app
from web.settings import Settings
from web.site import sitemaps

FIXED = 6
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def entries(client: FlaskClient, path: str) -> dict[str, str]:
    """Each address and when it changed, empty where that is not said."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "application/xml; charset=utf-8"
    found = {}
    for one in etree.fromstring(response.data):
        address = one.findtext("s:loc", namespaces=NS)
        assert address and address not in found
        found[address] = one.findtext("s:lastmod", "", namespaces=NS)
    return found


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., FlaskClient]:
    """Builds an index of some rows and gives a client of it."""

    def made(*rows: str) -> FlaskClient:
        (tmp_path / "rows.txt").write_text(document(*rows), "utf-8")
        build([tmp_path / "rows.txt"], tmp_path / "index")
        settings = Settings(index=tmp_path / "index", search_seconds=20, themes=str(FEW_THEMES))
        return create_app(settings).test_client()

    return made


def test_the_sitemap_has_every_page_and_each_address_answers(client: FlaskClient) -> None:
    found = entries(client, "/sitemap.xml")
    pages = [address.removeprefix("http://localhost") for address in found]
    assert sum(page.startswith("/beslut/") for page in pages) == 9
    owners = client.get("/api/v1/owners?limit=100").get_json()["owners"]
    assert [page for page in pages if page.startswith("/agare/")] == [
        f"/agare/{one['slug']}" for one in owners
    ]
    assert "/finansiar/region-norrbotten" in pages
    assert "/tema/psykisk-halsa" in pages
    for page in pages:
        if not page.startswith("/tema/"):
            assert client.get(page).status_code == 200, page


def test_a_decision_tells_when_it_changed_and_no_other(
    make: Callable[..., FlaskClient], clock: Clock
) -> None:
    rows = [f"Öbo\tProjekt {number}\tVi bygger.\t{number}" for number in range(1, 30)]
    make(*rows)
    clock.tick()
    rows[3] = "Öbo\tProjekt 4\tVi bygger något annat.\t4"
    client = make(*rows, "Öbo\tProjekt 30\tVi bygger.\t30")
    found = {
        address.rpartition("/")[2]: modified
        for address, modified in entries(client, "/sitemap.xml").items()
        if "/beslut/" in address
    }
    assert len(found) == 30
    assert {name for name, modified in found.items() if modified.startswith("2030-01-02")} == {
        "projekt-4",
        "projekt-30",
    }
    for address, modified in entries(client, "/sitemap.xml").items():
        if "/beslut/" in address:
            path = address.removeprefix("http://localhost/beslut")
            body = client.get(f"/api/v1/decisions{path}").get_json()
            assert body["modified"] == modified
        else:
            assert modified == ""


def test_a_sitemap_of_many_is_in_parts_that_tell_the_latest_change(
    make: Callable[..., FlaskClient], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"Öbo\tProjekt {number:03}\tVi bygger.\t{number}" for number in range(1, 132)]
    make(*rows)
    clock.tick()
    client = make(*rows[:-1], "Öbo\tProjekt 131\tVi bygger annat.\t131")
    monkeypatch.setattr(sitemaps, "MOST", 50)
    parts = entries(client, "/sitemap.xml")
    assert [*parts] == [f"http://localhost/sitemap-{at}.xml" for at in (1, 2, 3)]
    assert [modified[:10] for modified in parts.values()] == [
        "2030-01-01",
        "2030-01-01",
        "2030-01-02",
    ]
    found = [address for part in parts for address in entries(client, part)]
    assert len(found) == len({*found}) == 131 + FIXED + 2  # an owner and a funder
    for number in (0, 4):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_no_part_is_larger_than_the_protocol_allows(
    make: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(*(f"Öbo\t{'Lång titel ' * 9}{number}\tVi.\t1" for number in range(60)))
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 5_000)
    parts = entries(client, "/sitemap.xml")
    assert len(parts) > 3
    assert max(len(client.get(part).data) for part in parts) <= 5_000


def test_a_sitemap_that_one_has_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/sitemap.xml").headers["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code == 304
