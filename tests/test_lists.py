"""A list of one's own, in the address; and what else follows a visitor from page to page."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from lxml import html

from search.request import SearchRequest
from search.searcher import Searcher
from web import urls
from web.app import create_app
from web.settings import Settings
from web.site import carried

HALSA, KRAFT = "esf-2026-1/halsa-overkalix-steg-for-steg", "esf-2026-1/samkraft-skola"
GONE = "esf-2026-1/finns-inte"


@pytest.fixture(scope="module")
def client(sample_index: Path) -> FlaskClient:
    return create_app(Settings(index=sample_index, search_seconds=20)).test_client()


def listing(*ids: str) -> str:
    return urlencode([("listed", one) for one in ids])


def page(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status
    return html.document_fromstring(response.text)


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_a_list_has_its_decisions_in_their_order_and_their_sum(client: FlaskClient) -> None:
    tree = page(client, f"/lista?{listing(KRAFT, HALSA)}")
    assert [text(one) for one in tree.xpath("//li[@class='hit']/h2")] == [
        "SamKraft Skola", "Hälsa Överkalix - Steg för Steg",
    ]  # fmt: skip
    assert "3 190 000 kr" in text(tree.xpath("//p[@class='sum']")[0])
    cited = tree.xpath("//textarea")[0].text
    assert KRAFT in cited and HALSA in cited


def test_the_files_of_a_list_hold_just_its_decisions(client: FlaskClient) -> None:
    tree = page(client, f"/lista?{listing(KRAFT, HALSA)}")
    (href,) = tree.xpath("//a[text()='CSV']/@href")
    rows = [*csv.DictReader(io.StringIO(client.get(f"{href}&dialect=rfc4180").text))]
    assert {row["id"] for row in rows} == {KRAFT, HALSA}
    (body,) = tree.xpath("//a[text()='Listan som JSON']/@href")
    found = client.get(body).json
    assert found and {one["id"] for one in found["decisions"]} == {KRAFT, HALSA}


def test_what_is_gone_from_the_index_is_named(client: FlaskClient) -> None:
    tree = page(client, f"/lista?{listing(KRAFT, GONE)}")
    assert GONE in text(tree.xpath("//p[@class='error']")[0])
    assert "1 beslut" in text(tree.xpath("//h1")[0])


def test_an_empty_list_says_how_to_fill_it(client: FlaskClient) -> None:
    assert "Listan är tom" in text(page(client, "/lista").xpath("//main")[0])


def test_a_list_that_is_too_long_says_so(client: FlaskClient) -> None:
    ids = [f"a/{number}" for number in range(carried.MOST + 3)]
    tree = page(client, f"/lista?{listing(*ids)}")
    assert "3 till i adressen är inte med" in text(tree.xpath("//p[@class='error']")[1])


def test_a_decision_is_put_in_the_list_and_taken_out_of_it(client: FlaskClient) -> None:
    tree = page(client, "/?q=skola&sort=title")
    (form,) = tree.xpath("//form[@id='plock']")
    sent = [(one.get("name"), one.get("value")) for one in form.xpath(".//input")]
    assert sent == [("q", "skola"), ("sort", "title")]
    button = tree.xpath(f"//button[@name='listed'][@value='{KRAFT}']")[0]
    after = page(client, f"/?{urlencode([*sent, ('listed', KRAFT)])}")
    assert button.get("formaction").startswith("/?q=skola&sort=title#h")
    (out,) = after.xpath("//p[@class='pick'][span]/a/@href")
    assert page(client, out).xpath("//p[@class='pick']/span[@class='picked']") == []


def test_the_list_goes_along_with_every_link_to_a_page_and_to_nothing_else(
    client: FlaskClient,
) -> None:
    for path in ("/?q=skola&", "/oversikt?", f"/beslut/{HALSA}?q=skola&", "/teman?"):
        tree = page(client, path + listing(KRAFT))
        for href in tree.xpath("//body//a/@href"):
            if href.startswith("/") and not href.startswith(("/api/", "/feed", "/kallor")):
                is_out = href in tree.xpath("//p[@class='pick']/a/@href")
                assert (listing(KRAFT) in href) != is_out, (path, href)
            else:
                assert "listed" not in href, (path, href)
        for form in tree.xpath("//form"):
            assert form.xpath(".//input[@name='listed']/@value") == [KRAFT]


def test_a_full_list_takes_no_more(client: FlaskClient) -> None:
    ids = [f"a/{number}" for number in range(carried.MOST)]
    assert page(client, f"/?q=skola&{listing(*ids)}").xpath("//button[@name='listed']") == []


@pytest.mark.parametrize("q", ["", "skola"])
def test_ids_are_the_only_decisions_that_are_looked_among(sample: Searcher, q: str) -> None:
    everything = sample.search(SearchRequest(q))
    known = [hit.decision.id for hit in everything.hits]
    found = sample.search(SearchRequest(q, ids=(*known[:2], GONE)))
    assert sorted(hit.decision.id for hit in found.hits) == sorted(known[:2])
    assert found.total == 2
    assert sum(one.count for one in found.facets["owner"].values) == 2
    assert sample.search(SearchRequest(q, ids=(GONE,))).total == 0


def test_where_a_decision_stands_is_where_the_pages_have_it(sample: Searcher) -> None:
    request = SearchRequest(sort="title", limit=2)
    whole = [hit.decision.id for hit in sample.search(SearchRequest(sort="title")).hits]
    for number, identifier in enumerate(whole):
        here = SearchRequest(sort="title", limit=2, page=number // 2 + 1)
        standing = sample.standing(identifier, here)
        assert standing
        assert (standing.number, standing.total) == (number + 1, len(whole))
        for beside, step in ((standing.previous, -1), (standing.next, 1)):
            if 0 <= number + step < len(whole):
                assert beside
                assert (beside[0].id, beside[1]) == (
                    whole[number + step], (number + step) // 2 + 1,
                )  # fmt: skip
            else:
                assert beside is None
    assert sample.standing(whole[-1], request) is None
    assert sample.standing(GONE, request) is None


def test_a_decision_leads_back_to_the_search_it_was_found_by(client: FlaskClient) -> None:
    search = "/?q=kommun&owner=Lule%C3%A5%20kommun&sort=title"
    href = page(client, search).xpath("//li[@class='hit']//a/@href")[0]
    tree = page(client, href)
    assert tree.xpath("//a[@class='back']/@href") == [search]
    like = tree.xpath("//section[@class='related']//h3/a/@href")[0]
    assert page(client, like).xpath("//a[@class='back']/@href") == [search]
    (thread,) = tree.xpath("//a[starts-with(., 'Följ tråden')]/@href")
    back = page(client, page(client, thread).xpath("//a[@class='back']/@href")[0])
    assert back.xpath("//a[@class='back']/@href") == [search]


def test_a_decision_that_was_not_searched_for_leads_nowhere_back(client: FlaskClient) -> None:
    assert page(client, f"/beslut/{HALSA}").xpath("//a[@class='back']") == []


def test_the_hits_beside_one_are_no_deeper_than_can_be_paged_to(sample_index: Path) -> None:
    limits = Settings(index=sample_index).limits.__class__(page_depth=2)
    client = create_app(Settings(index=sample_index, limits=limits)).test_client()
    hits = page(client, "/?limit=1&page=2").xpath("//li[@class='hit']//a/@href")
    tree = page(client, hits[0])
    assert tree.xpath("//a[@rel='prev']") and not tree.xpath("//a[@rel='next']")


def test_lists_are_written_as_they_are_read() -> None:
    assert urls.with_list("/lista", [KRAFT]) == "/lista?listed=esf-2026-1%2Fsamkraft-skola"


def test_what_is_carried_along_is_of_this_request_and_not_of_the_first(
    sample_index: Path,
) -> None:
    client = create_app(Settings(index=sample_index)).test_client()
    for one in (KRAFT, HALSA):
        (href,) = page(client, f"/om?{listing(one)}").xpath(
            "//a[starts-with(., 'Min lista')]/@href"
        )
        assert href == f"/lista?{listing(one)}"


@pytest.mark.parametrize("path", ["/", "/oversikt"])
def test_a_page_of_some_decisions_says_so_and_leads_to_all(client: FlaskClient, path: str) -> None:
    (chip,) = page(client, f"{path}?q=kommun&id={KRAFT}&id={HALSA}").xpath(
        "//ul[@class='chips']//a[not(@class)]"
    )
    assert text(chip) == "Ta bort filtret lista: 2 utvalda beslut"
    assert chip.get("href") == f"{path}?q=kommun"
