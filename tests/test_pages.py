"""The pages, as a browser gets them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from index.build import build
from search.request import SearchLimits
from search.result import ExpansionKind
from search.searcher import Searcher
from tests.conftest import ROOT, SAMPLE, document
from web import labels
from web.app import create_app
from web.settings import Settings

VOID = {"br", "hr", "img", "input", "link", "meta"}
PUBLIC = re.compile(r"/(?!/)|#|http://localhost/|mailto:|https://www\.digg\.se/tdosanmalan$")
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) '",
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "\u2028<b>",
]
FIRST = "/beslut/esf-2026-1/starka-och-trygga-moten-psykisk-hallbarhet-i-gymnasieskolan-och-kaa"
PAGES = [
    "/",
    "/?q=",
    "/?q=psykisk+h%C3%A4lsa",
    "/?q=finnsinte",
    "/?q=h%C3%A4lsa+glesbygd",
    "/?limit=2&page=2",
    "/?page=9",
    "/?q=skola&exact=1",
    "/?owner=Lule%C3%A5+kommun&amountMin=1&amountMax=1+mnkr&amountMissing=1&sort=title",
    "/?q=finnsinte+skola&owner=Lule%C3%A5+kommun&amountMax=1",
    "/oversikt",
    "/oversikt?q=skola&amountMin=700000",
    "/om",
    "/tillganglighet",
    FIRST,
    FIRST + "?q=psykisk+h%C3%A4lsa",
]
REFUSED = [
    ("/?amountMin=abc&page=0&limit=x&sort=y&exact=z", 400),
    ("/?owner=Bogus", 200),
    ("/?sort=Bogus", 400),
    ("/oversikt?owner=Bogus", 200),
    ("/oversikt?sort=Bogus", 400),
    ("/?q=" + "a" * 5000, 400),
    ("/finns-inte", 404),
    ("/beslut/esf-2026-1/finns-inte", 404),
]
ALL = [*((path, 200) for path in PAGES), *REFUSED]


def page(client: FlaskClient, path: str, status: int = 200, /, **parameters: Any) -> Any:
    """The parsed page at a path."""
    response = client.get(path, query_string=parameters or None)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    return html.document_fromstring(response.text)


def fetch(client: FlaskClient, path: str, method: str = "GET", **options: Any) -> TestResponse:
    """The response, read to its end and closed, as a server does."""
    response = client.open(path, method=method, **options)
    response.get_data()
    response.close()
    return response


def lead(tree: Any) -> str:
    """What the page says it shows."""
    return text(one(tree, "//h1"))


def text(element: Any) -> str:
    """All text of an element, runs of plain white space as one blank."""
    return re.sub(r"[ \n\t]+", " ", element.text_content()).strip()


def one(tree: Any, selector: str) -> Any:
    """The one element that an XPath finds."""
    (found,) = tree.xpath(selector)
    return found


class Balance(HTMLParser):
    """Raises where a tag is not closed, closed out of turn or repeated as an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute"
        self.ids += [value or "" for name, value in attrs if name == "id"]
        parent = self.open[-1] if self.open else ""
        assert (tag == "li") <= (parent in ("ul", "ol")), "<li> outside a list"
        assert (parent in ("ul", "ol")) <= (tag == "li"), f"<{tag}> in a list"
        assert not (parent == "p" and tag in ("p", "ul", "ol", "div", "h2", "section"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> out of turn"


# Well made


@pytest.mark.parametrize(("path", "status"), ALL)
def test_html_is_well_formed(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.text.startswith("<!doctype html>\n")
    html5lib.HTMLParser(strict=True).parse(response.text)  # raises where it is no valid HTML
    balance = Balance()
    balance.feed(response.text)
    balance.close()
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))


@pytest.mark.parametrize(("path", "status"), ALL)
def test_a_page_is_swedish_and_has_its_landmarks(
    client: FlaskClient, path: str, status: int
) -> None:
    tree = page(client, path, status)
    assert tree.get("lang") == "sv"
    assert one(tree, "//head/title").text.endswith(" – Beslutssök")
    assert text(one(tree, "//h1"))
    assert one(tree, "//main").get("id") == "innehall"
    first = tree.xpath("//body//a")[0]
    assert (first.get("href"), text(first)) == ("#innehall", "Till innehållet")
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(("path", "status"), ALL)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(
    client: FlaskClient, path: str, status: int
) -> None:
    tree = page(client, path, status)
    assert tree.xpath("//style|//iframe|//base") == []
    for script in tree.xpath("//script"):
        assert script.get("src") or script.get("type") == "application/ld+json"
    for element in tree.iter():
        names = set(element.attrib)
        assert "style" not in names
        assert not any(name.startswith("on") for name in names)
        for name in names & {"href", "src", "action"}:
            assert PUBLIC.match(element.get(name)), element.get(name)


@pytest.mark.parametrize(("path", "status"), ALL)
def test_every_control_has_a_label_and_every_reference_a_target(
    client: FlaskClient, path: str, status: int
) -> None:
    tree = page(client, path, status)
    ids = set(tree.xpath("//@id"))
    labelled = set(tree.xpath("//label/@for"))
    assert labelled <= ids
    for control in tree.xpath("//input[not(@type='hidden')]|//select|//textarea"):
        assert control.get("id") in labelled
    assert set(tree.xpath("//@aria-describedby")) <= ids
    for link in tree.xpath("//a"):
        assert text(link), html.tostring(link)


def test_the_pages_files_exist(client: FlaskClient) -> None:
    tree = page(client, "/")
    links = tree.xpath("//link/@href|//script/@src|//img/@src")
    assert len(links) >= 2
    for link in links:
        assert fetch(client, link).status_code == 200


def test_every_label_that_is_needed_exists() -> None:
    assert set(labels._EXPANSIONS) == set(get_args(ExpansionKind))


# What it shows


def test_the_sum_over_all_is_written_with_no_break_spaces(client: FlaskClient) -> None:
    assert text(page(client, "/?q=").xpath("//p[@class='sum']/strong")[0]) == (
        "20\u00a0485\u00a0293\u00a0kr"
    )


def test_psykisk_halsa_puts_starka_och_trygga_moten_first(client: FlaskClient) -> None:
    tree = page(client, "/", q="psykisk hälsa")
    hits = tree.xpath("//div[@class='results']/ol/li")
    assert text(hits[0].xpath(".//h2")[0]).startswith("Starka och trygga möten - Psykisk")
    assert "798\u00a0582\u00a0kr" in text(hits[0])
    assert "ESF 2026:1" in text(hits[0])
    assert lead(tree) == "2\u00a0beslut för ”psykisk hälsa”"
    sums = text(one(tree, "//p[@class='sum']"))
    assert sums.replace("\u00a0", " ") == (
        "Beviljat sammanlagt 1 448 582 kr (1,4 miljoner kr), median 724 291 kr"
    )


def test_what_was_searched_for_is_marked(client: FlaskClient) -> None:
    tree = page(client, "/", q="psykisk hälsa")
    marked = {text(mark).casefold() for mark in tree.xpath("//mark")}
    assert {"psykisk", "hälsa"} <= marked
    assert page(client, "/?q=").xpath("//mark") == []


def test_partial_hits_stand_apart(client: FlaskClient) -> None:
    tree = page(client, "/", q="psykisk hälsa")
    apart = one(tree, "//section[@class='partial']")
    assert text(one(apart, "./h2")) == "Beslut med några av orden"
    assert "Hälsa Överkalix" in text(apart)
    whole = tree.xpath("//div[@class='results']/ol")[0]
    assert "Hälsa Överkalix" not in text(whole)


def test_a_suggestion_is_a_link_that_keeps_the_filters(client: FlaskClient) -> None:
    asked = {"q": "kompetensförsörjnign", "sort": "title"}
    response = client.get("/api/v1/decisions", query_string=asked)
    suggestion = response.get_json()["suggestion"]
    assert suggestion == "kompetensförsörjning"
    link = one(page(client, "/", **asked), f"//a[bdi='{suggestion}']")
    assert link.get("href") == "/?q=kompetensf%C3%B6rs%C3%B6rjning&sort=title"


def test_a_page_beyond_the_last_says_so(client: FlaskClient) -> None:
    assert "Sidan 9 finns inte: sökningen har 1 sida." in text(page(client, "/?page=9"))


def box(tree: Any, value: str) -> Any:
    """The checkbox of a facet's value."""
    return one(tree, f"//input[@type='checkbox'][@value='{value}']")


def test_facets_are_checkboxes_with_counts(small_client: FlaskClient) -> None:
    tree = page(small_client, "/", q="hälsa")
    owner = box(tree, "Ankeby kommun")
    assert text(owner.getparent()) == "Ankeby kommun 1 beslut"
    assert (owner.get("name"), owner.get("form")) == ("owner", "sok")
    assert owner.get("checked") is None


def test_an_amount_band_without_decisions_is_no_link(small_client: FlaskClient) -> None:
    rows = page(small_client, "/?q=").xpath("//ul[@class='bands']/li")
    assert len(rows) == 7
    for row in rows:
        assert (text(row).endswith(" 0 beslut")) == (row.xpath("./a") == [])


def test_a_bar_is_as_long_as_its_count_tells(small_client: FlaskClient) -> None:
    rows = page(small_client, "/?q=").xpath("//ul[@class='bands']/li")
    lengths = [one(row, ".//rect[@class='bar']").get("width") for row in rows]
    assert lengths == ["100.0%", "0.0%", "100.0%", "0.0%", "0.0%", "100.0%", "0.0%"]


def test_a_band_is_a_link_to_its_span(small_client: FlaskClient) -> None:
    tree = page(small_client, "/?q=")
    band = one(tree, "//ul[@class='bands']//a[contains(., 'under')]")
    assert lead(page(small_client, band.get("href"))) == "1\u00a0beslut"


def test_a_chosen_facet_is_checked_pinned_and_a_chip(small_client: FlaskClient) -> None:
    tree = page(small_client, "/", q="båt", owner="Ankeby kommun")
    first = tree.xpath("//fieldset[@data-facet='owner']//input")[0]
    assert first.get("value") == "Ankeby kommun"
    assert first.get("checked") is not None
    assert text(first.getparent()) == "Ankeby kommun 0 beslut"
    chip = tree.xpath("//ul[@class='chips']//a")[0]
    assert text(chip) == "Ta bort filtret projektägare: Ankeby kommun"
    assert chip.get("href") == "/?q=b%C3%A5t"


def test_every_filter_is_a_chip_and_all_can_be_cleared(client: FlaskClient) -> None:
    tree = page(
        client,
        "/?q=skola&owner=Lule%C3%A5+kommun&round=ESF+2026:1&amountMin=1&amountMax=1+mnkr"
        "&amountMissing=1&exact=1",
    )
    links = tree.xpath("//ul[@class='chips']//a")
    assert [text(link).removeprefix("Ta bort filtret ") for link in links] == [
        "projektägare: Luleå kommun",
        "beslutsomgång: ESF 2026:1",
        "belopp: 1\u00a0kr till 1\u00a0000\u00a0000\u00a0kr",
        "belopp: belopp saknas",
        "ord: exakt som de är skrivna",
        "Rensa alla",
    ]
    assert links[-1].get("href") == "/?q=skola"
    for link in links:
        page(client, link.get("href"))


def test_a_chip_calls_a_band_what_the_list_calls_it(client: FlaskClient) -> None:
    href = page(client, "/?q=skola").xpath("//ul[@class='bands']//a/@href")[0]
    chip = page(client, href).xpath("//ul[@class='chips']//a")[0]
    assert text(chip) == "Ta bort filtret belopp: 500\u00a0000\u00a0kr till 1\u00a0miljon\u00a0kr"


def test_paging_links_keep_the_search(client: FlaskClient) -> None:
    tree = page(client, "/", limit="2", page="2", sort="title")
    links = {text(link): link.get("href") for link in tree.xpath("//nav[@class='pages']//a")}
    assert links["Sida 1"] == "/?sort=title&limit=2"
    assert links["Sida 3"] == "/?sort=title&page=3&limit=2"
    current = one(tree, "//nav[@class='pages']//*[@aria-current='page']")
    assert text(current) == "Sida 2"


def test_one_page_has_no_paging(client: FlaskClient) -> None:
    assert page(client, "/?q=").xpath("//nav[@aria-label='Sidor']") == []


@pytest.mark.parametrize("current", [1, 2, 5, 9])
def test_paging_shows_first_last_and_those_around(client: FlaskClient, current: int) -> None:
    tree = page(client, "/", limit="1", page=str(current))
    items = tree.xpath("//nav[@class='pages']//li")
    shown = [text(item).removeprefix("Sida ") for item in items]
    around = {n for n in range(current - 2, current + 3) if 1 <= n <= 9}
    assert [int(n) for n in shown if n.isdigit()] == sorted({1, 9} | around)


def test_paging_leads_no_deeper_than_can_be_asked_for(sample_index: Path) -> None:
    client = create_app(
        Settings(index=sample_index, limits=SearchLimits(page_depth=4))
    ).test_client()
    for href in page(client, "/", limit="2").xpath("//nav[@class='pages']//a/@href"):
        assert client.get(href).status_code == 200


def test_numbers_of_hits_go_on_over_pages(client: FlaskClient) -> None:
    assert one(page(client, "/?limit=4&page=2"), "//ol[@class='hits']").get("start") == "5"


def test_a_decision_page_has_everything(client: FlaskClient) -> None:
    tree = page(client, FIRST)
    facts = {text(dt): text(dt.getnext()) for dt in tree.xpath("//dl[@class='facts']//dt")}
    assert facts == {
        "Projektägare": "Luleå kommun",
        "Beslutsomgång": "ESF 2026:1",
        "Finansiär": "Region Norrbotten",
        "År": "2026, enligt omgångens namn",
        "Plats": "Luleå, Norrbottens län, ur texten",
    }
    assert [text(heading) for heading in tree.xpath("//h2")] == [
        "Beskrivning",
        "Motivering",
        "Fakta",
        "Liknande beslut",
        "Källhänvisning",
        "Källa",
    ]
    assert "798\u00a0582\u00a0kr" in text(one(tree, "//p[@class='granted']"))
    assert len(tree.xpath("//section[@class='text'][1]//ul/li")) == 4
    assert "•" not in text(tree)
    source = text(one(tree, "//section[@class='source']"))
    assert "region-norrbotten-esf-2026-1.txt" in source
    assert re.search(r"rad \d+ Hämtad\d+ \w+ \d{4} kl. \d\d:\d\d", source)
    assert re.search(r"SHA-256[0-9a-f]{64}", source)


def test_a_decision_page_links_to_all_of_the_owner(client: FlaskClient) -> None:
    tree = page(client, FIRST)
    href = one(tree, "//dd/a[text()='Luleå kommun']").get("href")
    assert "1\u00a0beslut" in text(page(client, href))
    assert client.get(one(tree, "//a[text()='Beslutet som JSON']").get("href")).status_code == 200


def test_a_decision_without_an_amount_says_so(small_client: FlaskClient) -> None:
    tree = page(small_client, "/", q="titel:skola")
    href = tree.xpath("//li[@class='hit']//a/@href")[0]
    assert "belopp saknas" in text(page(small_client, href)).casefold()


# The form


def sent(tree: Any) -> list[tuple[str, str]]:
    """What the search form sends as it stands."""
    found = []
    for control in tree.xpath("//form[@id='sok']//input | //*[@form='sok'][self::input]"):
        if control.get("type") != "checkbox" or control.get("checked") is not None:
            found.append((control.get("name"), control.get("value")))
    return found


def test_the_form_shows_what_was_asked(client: FlaskClient) -> None:
    tree = page(client, "/", q='"social hållbarhet"', amountMin="1,5 mnkr", sort="owner")
    assert one(tree, "//input[@id='q']").get("value") == '"social hållbarhet"'
    assert one(tree, "//input[@id='amountMin']").get("value") == "1\u00a0500\u00a0000"
    chosen = one(tree, "//details[contains(@class, 'sort')]//a[@aria-current='true']")
    assert text(chosen) == "Projektägare"


def test_the_form_keeps_what_it_does_not_show(client: FlaskClient) -> None:
    tree = page(
        client,
        "/?owner=Lule%C3%A5+kommun&owner=Kiruna+kommun&round=ESF+2026:1"
        "&amountMissing=1&exact=1&limit=5&page=1&sort=title",
    )
    assert [(name, value) for name, value in sent(tree) if value] == [
        ("exact", "1"),
        ("sort", "title"),
        ("limit", "5"),
        ("owner", "Kiruna kommun"),
        ("owner", "Luleå kommun"),
        ("round", "ESF 2026:1"),
        ("amountMissing", "1"),
    ]


def test_sending_the_form_as_it_stands_gives_the_same_search(client: FlaskClient) -> None:
    asked = {"q": "kommun", "amountMin": "500000", "owner": "Luleå kommun", "sort": "title"}
    tree = page(client, "/", **asked)
    values: dict[str, list[str]] = {}
    for name, value in sent(tree):
        values.setdefault(name, []).append(value)
    again = page(client, "/", **values)
    assert text(one(again, "//main")) == text(one(tree, "//main"))


def test_sorting_keeps_the_search_and_starts_from_the_first_page(client: FlaskClient) -> None:
    tree = page(client, "/?limit=2&page=2&amountMin=1")
    links = tree.xpath("//details[contains(@class, 'sort')]//a")
    assert {text(link): link.get("href") for link in links} == {
        "Högsta belopp": "/?amountMin=1&limit=2",
        "Lägsta belopp": "/?amountMin=1&sort=amount&limit=2",
        "Projektägare": "/?amountMin=1&sort=owner&limit=2",
        "Projektnamn": "/?amountMin=1&sort=title&limit=2",
    }


def test_a_single_value_has_a_table_and_no_chart(client: FlaskClient) -> None:
    tree = page(client, "/oversikt")
    assert [
        len(tree.xpath(f"//section[@id='{part}']//figure")) for part in ("agare", "omgang")
    ] == [
        1,
        0,
    ]
    assert tree.xpath("//section[@id='omgang']//tbody/tr")


def test_sorting_by_date_is_offered_where_a_hit_has_one(tmp_path: Path) -> None:
    rows = [
        f"Ägare\t{title}\tEn text.\t1\t{day}" for title, day in (("A", ""), ("B", "2026-03-05"))
    ]
    (tmp_path / "a.txt").write_text(document(*rows, column="Beslutsdatum"), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    dated = create_app(Settings(index=tmp_path / "index", search_seconds=20)).test_client()
    links = page(dated, "/?q=text").xpath("//details[contains(@class, 'sort')]//a/@href")
    assert {"/?q=text&sort=-date", "/?q=text&sort=date"} <= set(links)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("amountMin", "abc", "”abc” är inget belopp. Skriv till exempel 500000"),
        ("amountMax", "1 000 euro", "är inte i kronor"),
        ("q", "a " * 4000, "8000 tecken, gränsen är 4096"),
        ("q", "h*", "minst 3 bokstäver"),
    ],
)
def test_a_wrong_value_stays_in_the_form_with_what_was_wrong(
    client: FlaskClient, name: str, value: str, said: str
) -> None:
    parameters = {name: value, "owner": "Luleå kommun"}
    tree = page(client, "/", 400, **parameters)
    field = one(tree, f"//*[@id='{name}']")
    assert field.get("value") == value
    assert field.get("aria-invalid") == "true"
    assert said in text(one(tree, f"//*[@id='{field.get('aria-describedby')}']"))
    assert one(tree, "//head/title").text.startswith("Fel: ")
    # Without words that can be searched the filters are kept; else they are there to be chosen.
    hidden = "//form[@id='sok']//input[@name='owner']/@value"
    (owner,) = tree.xpath(f"{hidden} | //input[@name='owner'][@checked]/@value")
    assert owner == "Luleå kommun"
    assert bool(tree.xpath("//li[@class='hit']")) == (name != "q")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=0", "Parametern page: ”0” är inget heltal från 1."),
        ("limit=101", "Parametern limit: gränsen är 100 beslut per sida."),
        ("sort=datum", "Parametern sort: sorteringen ”datum” finns inte."),
        ("exact=z", "Parametern exact: ”z” är varken 1 eller 0."),
        ("q=a&q=b", "”q” är angiven 2 gånger."),
    ],
)
def test_a_wrong_value_without_a_field_is_said_too(
    client: FlaskClient, query: str, said: str
) -> None:
    assert said in text(one(page(client, f"/?{query}", 400), "//*[@class='error']"))


def test_all_that_is_wrong_is_said_at_once(client: FlaskClient) -> None:
    tree = page(client, "/?amountMin=abc&amountMax=def&page=0", 400)
    assert len(tree.xpath("//*[@class='error']")) == 3


def test_an_owner_that_does_not_exist_stays_chosen_and_can_be_taken_away(
    client: FlaskClient,
) -> None:
    tree = page(client, "/?q=skola&owner=Bogus")
    assert "Inget beslut har projektägaren ”Bogus”." in [
        *map(text, tree.xpath("//*[@class='note']"))
    ]
    (box,) = tree.xpath("//input[@name='owner' and @checked]")
    assert (box.get("value"), text(box.getparent())) == ("Bogus", "Bogus 0 beslut")
    (way_out,) = tree.xpath("//a[contains(., 'utan projektägare: Bogus')]")
    assert way_out.get("href") == "/?q=skola"


def test_parameters_of_others_are_passed_over_on_a_page(client: FlaskClient) -> None:
    assert client.get("/?utm_source=brev&fbclid=1").status_code == 200
    assert client.get("/om?utm_source=v%E5ren").status_code == 200


@pytest.mark.parametrize("path", ["/", "/oversikt"])
def test_words_in_latin_1_are_said_in_the_form(client: FlaskClient, path: str) -> None:
    tree = page(client, f"{path}?q=h%E4lsa", 400)
    said = text(one(tree, "//*[@id='fel-q']"))
    assert said.startswith("Värdet är inte kodat i UTF-8. Procentkoda")
    assert one(tree, "//input[@id='q']").get("aria-describedby") == "fel-q"


def test_a_filter_in_latin_1_is_left_out_of_the_search(client: FlaskClient) -> None:
    tree = page(client, "/?q=skola&owner=Lule%E5+kommun", 400)
    assert "Parametern owner: värdet är inte kodat" in text(one(tree, "//*[@class='error']"))
    assert tree.xpath("//li[@class='hit']")
    assert not tree.xpath("//input[@name='owner' and @checked]")


@pytest.mark.parametrize("path", [FIRST, "/agare/lulea-kommun", "/lista"])
def test_a_page_without_the_form_says_it_too(client: FlaskClient, path: str) -> None:
    tree = page(client, f"{path}?q=h%E4lsa", 400)
    assert "Parametern q: värdet är inte kodat i UTF-8." in text(tree)


@pytest.mark.parametrize("attack", XSS)
@pytest.mark.parametrize("name", ["q", "owner", "round", "amountMin", "sort", "page"])
def test_what_is_typed_is_never_markup(client: FlaskClient, name: str, attack: str) -> None:
    response = client.get("/", query_string={name: attack})
    assert "<script>" not in response.text
    assert "<img" not in response.text
    assert "<b>" not in response.text.partition('<details class="meaning">')[0]
    tree = html.document_fromstring(response.text)
    for script in tree.xpath("//script"):
        assert script.get("src", "").startswith("/static/")
    assert not any(
        attribute.startswith("on") for element in tree.iter() for attribute in element.attrib
    )
    assert "49" not in text(one(tree, "//head/title"))


def test_a_documents_markup_is_never_markup(
    make_engine: Callable[..., Searcher], tmp_path: Path
) -> None:
    make_engine(
        "<b>Ankeby</b> & co\tBro &lt;script&gt;alert(1)&lt;/script&gt;\t"
        "<p onclick='x()'>Bron <script>alert(2)</script>&lt;img src=x onerror=alert(3)&gt;</p>\t1"
    ).close()
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    tree = page(client, "/", q="bro")
    href = tree.xpath("//li[@class='hit']//a/@href")[0]
    for path in ("/?q=bro", href):
        body = client.get(path).text
        assert not re.search("<script(?! src| type)", body)
        assert "<img" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


# Headers and errors

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def check_headers(response: TestResponse) -> None:
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *ALL,
        ("/static/style.css", 200),
        ("/static/search.js", 200),
        ("/static/decision.js", 200),
        ("/static/suggest.js", 200),
        ("/robots.txt", 200),
        ("/sitemap.xml", 200),
        ("/opensearch.xml", 200),
        ("/favicon.ico", 200),
        ("/static/icon.svg", 200),
        ("/static/finns-inte", 404),
        ("/static/../app.py", 404),
        ("/api/v1/decisions", 200),
        ("/api/v1/decisions?page=0", 400),
        ("/api/v1/finns-inte", 404),
    ],
)
def test_security_headers_are_on_every_response(
    client: FlaskClient, path: str, status: int
) -> None:
    response = fetch(client, path)
    assert response.status_code == status
    check_headers(response)


@pytest.mark.parametrize("path", ["/", FIRST, "/static/style.css", "/finns-inte"])
def test_head_answers_as_get_without_the_body(client: FlaskClient, path: str) -> None:
    got, head = fetch(client, path), fetch(client, path, "HEAD")
    assert head.status_code == got.status_code
    assert head.data == b""
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    check_headers(head)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", FIRST, "/static/style.css"])
def test_other_methods_are_refused(client: FlaskClient, path: str, method: str) -> None:
    response = fetch(client, path, method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "Metoden stöds inte" in response.text
    check_headers(response)


@pytest.mark.parametrize("path", ["/", "/api/v1/decisions", "/static/style.css"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "a b"]
)
def test_another_host_is_refused(client: FlaskClient, path: str, host: str) -> None:
    response = fetch(client, path, headers={"Host": host})
    assert response.status_code == 400
    check_headers(response)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]", "[::1]:80"]
)
def test_a_trusted_host_is_answered_at_any_port(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_trusted_hosts_are_a_setting(sample_index: Path) -> None:
    settings = Settings(index=sample_index, trusted_hosts="Beslut.example, b.example")
    client = create_app(settings).test_client()
    assert client.get("/", headers={"Host": "beslut.example"}).status_code == 200
    assert client.get("/", headers={"Host": "b.example:443"}).status_code == 200
    assert client.get("/", headers={"Host": "localhost"}).status_code == 400


def test_two_slashes_are_no_redirect(client: FlaskClient) -> None:
    for path in ("//example.org/", "/beslut//esf-2026-1/hela-vagen-ut"):
        response = client.get("/", environ_overrides={"PATH_INFO": path})
        assert response.status_code == 404


@pytest.fixture
def broken(sample_index: Path) -> Flask:
    """The application with two views that fail in a way nobody foresaw."""
    app = create_app(Settings(index=sample_index))

    def fail() -> str:
        raise ZeroDivisionError("hemligt")

    app.add_url_rule("/trasig", "broken_page", fail)
    app.add_url_rule("/api/v1/trasig", "broken_api", fail)
    return app


def test_an_unforeseen_error_is_a_page_without_its_insides(broken: Flask) -> None:
    response = broken.test_client().get("/trasig")
    assert response.status_code == 500
    assert "Något gick fel hos oss" in response.text
    assert not re.search("Traceback|ZeroDivision|hemligt", response.text)
    check_headers(response)


def test_an_unforeseen_error_is_a_problem_in_the_api(broken: Flask) -> None:
    response = broken.test_client().get("/api/v1/trasig")
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert not re.search("Traceback|ZeroDivision|hemligt", response.text)
    check_headers(response)


@pytest.mark.parametrize("path", ["/", "/?q=skola", FIRST])
def test_without_an_index_the_page_says_to_try_again(tmp_path: Path, path: str) -> None:
    response = create_app(Settings(index=tmp_path / "none")).test_client().get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Tjänsten är inte tillgänglig just nu" in response.text
    assert str(tmp_path) not in response.text
    check_headers(response)


def test_a_search_that_takes_too_long_is_a_page_that_says_so(sample_index: Path) -> None:
    client = create_app(Settings(index=sample_index, search_seconds=1e-6)).test_client()
    response = client.get("/?q=skola")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Sökningen tog mer än gränsen" in response.text


def test_an_older_index_is_shown_with_a_warning(sample_index: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_index, tmp_path / "index")
    shutil.copytree(tmp_path / "index" / "gen-1", tmp_path / "index" / "gen-2")
    (tmp_path / "index" / "gen-2" / "manifest.json").write_text("{}")
    (tmp_path / "index" / "CURRENT").write_text("gen-2")
    tree = page(create_app(Settings(index=tmp_path / "index")).test_client(), "/?q=")
    assert "ett äldre visas" in text(one(tree, "//p[@class='error']"))
    assert "20\u00a0485\u00a0293" in text(tree)


# Colours


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6});", css))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "ground", 7),
        ("ink", "raised", 7),
        ("ink", "mark", 4.5),
        ("soft", "ground", 4.5),
        ("soft", "raised", 4.5),
        ("accent", "ground", 4.5),
        ("accent", "raised", 4.5),
        ("accent", "mark", 4.5),
        ("error", "ground", 4.5),
        ("ground", "accent", 4.5),
        ("control", "ground", 3),
    ],
)
def test_colours_have_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    css = (ROOT / "web" / "site" / "static" / "style.css").read_text("utf-8")
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("*, *::before")[0]
    colours = variables(light) | (variables(dark) if scheme == "dark" else {})
    assert contrast(colours[ink], colours[ground]) >= least


def test_a_decision_shows_similar_ones_and_why(client: FlaskClient) -> None:
    shown = text(page(client, "/beslut/esf-2026-1/samkraft-skola"))
    assert "Liknande beslut" in shown
    assert "Gemensamma ord: gymnasieskolan, elevhälsa" in shown


def test_a_misspelled_word_says_what_is_shown_and_the_way_back(client: FlaskClient) -> None:
    shown = text(page(client, "/?q=suisidprevention"))
    assert "Visar träffar för" in shown
    assert "Sök i stället på exakt ”suisidprevention”" in shown
    assert "Inga beslut" in client.get("/?q=suisidprevention&exact=1").text


def test_a_page_of_no_hits_is_for_programs_only(client: FlaskClient) -> None:
    assert client.get("/?q=h%C3%A4lsa&limit=0").text.count('class="hit"') == 4


def test_a_page_that_is_too_deep_says_how_to_see_the_rest(sample_index: Path) -> None:
    limits = SearchLimits(page_depth=4)
    client = create_app(Settings(index=sample_index, limits=limits)).test_client()
    said = "Det går att bläddra bland de första 4 besluten"
    deep, beyond = (client.get(f"/?q=&limit=2&page={page}") for page in (3, 9))
    assert deep.status_code == beyond.status_code == 200
    assert said in deep.text and "Sidan 3 finns inte" not in deep.text
    assert said not in beyond.text and "Sidan 9 finns inte" in beyond.text


# The sample

PROJECT = "/beslut/esf-2026-1/hela-vagen-ut"


@pytest.mark.parametrize("path", ["/", "/?q=skola", "/om", "/oversikt", "/lista", PROJECT])
def test_the_sample_is_called_an_example_on_every_page(path: str, sample_index: Path) -> None:
    client = create_app(Settings(index=sample_index), "beslut index MAPP -x").test_client()
    (notice,) = page(client, path).find_class("sample")
    assert notice.text_content().startswith("Exempel. Besluten här följer med programmet.")
    assert notice.find("code").text_content() == "beslut index MAPP -x"
    (notice,) = page(client, f"/en{path}").find_class("sample")
    assert notice.text_content().startswith("Example. These decisions come with the program.")


def test_a_list_of_ones_own_is_no_example_even_if_it_is_the_same(tmp_path: Path) -> None:
    build([SAMPLE.parent], tmp_path / "index")
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    assert "Exempel." in client.get("/").text
    clones = shutil.copytree(SAMPLE.parent, tmp_path / "index" / "samples")
    assert not build([clones / SAMPLE.name], tmp_path / "index").published
    shutil.copy(SAMPLE, tmp_path)
    report = build([tmp_path / SAMPLE.name], tmp_path / "index")
    assert report.published
    assert "Exempel." not in client.get("/").text
    assert not build([tmp_path / SAMPLE.name], tmp_path / "index").published
