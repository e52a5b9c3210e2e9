"""Start, overview, ways out, a decision's marks and citation, and what stands around the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import etree

from index.build import build
from search.dimensions import COUNTED
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import document
from tests.test_pages import FIRST, fetch, lead, one, page, text
from web.app import create_app
from web.settings import Settings
from web.site import charts


@pytest.fixture(scope="module")
def many_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 130 owners: more than a list shows, more than the engine gives."""
    folder = tmp_path_factory.mktemp("many")
    rows = [f"Förening {at}\tProjekt {at}\tVi bygger en bro.\t{at} 000" for at in range(1, 131)]
    rows += ["Förening 7\tEn till\tVi målar bron.\t1"]
    (folder / "many.txt").write_text(document(*rows), "utf-8")
    build([folder / "many.txt"], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def many(many_index: Path) -> FlaskClient:
    return create_app(Settings(index=many_index)).test_client()


@pytest.fixture
def make_client(sample_index: Path) -> Callable[..., FlaskClient]:
    """A client of the application over the real decision with other settings."""

    def make(**settings: Any) -> FlaskClient:
        return create_app(Settings(index=sample_index, **settings)).test_client()

    return make


def json_ld(tree: Any) -> list[dict[str, Any]]:
    return [json.loads(found.text) for found in tree.xpath("//script[@type]")]


# The start page


def test_the_start_page_says_what_there_is(client: FlaskClient) -> None:
    tree = page(client, "/")
    figures = {text(dt): text(dt.getnext()) for dt in tree.xpath("//dt")}
    assert figures["Beslut"] == "9"
    assert figures["Beviljat sammanlagt"].replace("\u00a0", " ") == (
        "20 485 293 kr 20,5 miljoner kr"
    )
    assert re.fullmatch(r"\d+ \w+ \d{4}", figures["Uppdaterat"])
    assert text(one(tree, "//section[@class='rounds']//li")) == "ESF 2026:1 9\u00a0beslut"


def test_a_theme_to_start_from_has_as_many_as_it_says(client: FlaskClient) -> None:
    *links, last = page(client, "/").xpath("//nav[@class='themes']//a")
    assert 4 <= len(links) <= 8
    for link in links:
        found = re.fullmatch(r"(.+) , (\d+) beslut", text(link))
        assert found
        assert f"{found[2]}\u00a0beslut" in lead(page(client, "/", q=found[1]))
    assert last.get("href") == "/teman"


def test_a_theme_that_finds_nothing_is_not_offered(small_client: FlaskClient) -> None:
    themes = [text(link) for link in page(small_client, "/").xpath("//nav[@class='themes']//a")]
    assert any(theme.startswith("psykisk hälsa") for theme in themes)
    assert not any(theme.startswith("klimat") for theme in themes)


def test_an_empty_search_lists_everything(client: FlaskClient) -> None:
    assert lead(page(client, "/?q=&amountMin=&amountMax=")) == "9\u00a0beslut"


def test_what_is_no_parameter_of_ours_is_still_the_start_page(client: FlaskClient) -> None:
    assert lead(page(client, "/?utm_source=brev")) == lead(page(client, "/"))


# Nothing found


def ways(tree: Any) -> dict[str, str]:
    return {text(way): way.get("href") for way in tree.xpath("//ul[@class='ways']//a")}


def test_no_hits_says_which_word_found_nothing(client: FlaskClient) -> None:
    tree = page(client, "/", q="finnsinte skola")
    assert lead(tree) == "Inga beslut för ”finnsinte skola”"
    help_ = text(one(tree, "//section[@class='help']"))
    assert "”finnsinte” finns inte i något beslut." in help_
    assert ways(tree) == {"bara skola": "/?q=skola"}


def test_no_hits_offers_any_of_the_words(client: FlaskClient) -> None:
    tree = page(client, "/", q="ultraljud glesbygdskraft")
    assert "Orden finns var för sig" in text(one(tree, "//section[@class='help']"))
    href = ways(tree)["något av orden: ultraljud ELLER glesbygdskraft"]
    assert lead(page(client, href)).startswith("2\u00a0beslut")


def test_no_hits_has_a_link_for_each_filter_that_is_in_the_way(client: FlaskClient) -> None:
    tree = page(client, "/?q=hälsa&amountMin=900000&owner=Rädda+Barnens+Riks-förbund")
    found = ways(tree)
    assert set(found) == {
        "utan projektägare: Rädda Barnens Riks-förbund",
        "utan belopp: från 900\u00a0000\u00a0kr",
        "utan filter",
    }
    for way, href in found.items():
        again = page(client, href)
        assert "beslut för" in lead(again), way


def test_a_way_out_has_as_many_as_it_says(client: FlaskClient) -> None:
    tree = page(client, "/?q=kommun+finnsinte&amountMax=1&round=ESF+2026:1")
    rows = tree.xpath("//ul[@class='ways']/li")
    assert rows
    for row in rows:
        count = text(one(row, "./span")).split("\u00a0")[0]
        assert f"{count}\u00a0beslut" in lead(page(client, one(row, "./a").get("href")))


@pytest.mark.parametrize(
    ("typed", "any_word"),
    [
        ('"social hållbarhet" xyzzy', '"social hållbarhet"'),
        ("titel:samkraft ultraljud", "titel:samkraft ELLER ultraljud"),
        ("samkraft ultraljud -bro", "(samkraft ELLER ultraljud) -bro"),
        ("samk* ultraljud", "samk* ELLER ultraljud"),
    ],
)
def test_any_of_the_words_keeps_how_they_were_written(
    client: FlaskClient, typed: str, any_word: str
) -> None:
    addresses = ways(page(client, "/", q=typed)).values()
    assert any_word in [parse_qs(urlsplit(href).query)["q"][0] for href in addresses]


# Facets of many values


def test_ten_values_are_shown_and_the_rest_are_behind_a_button(many: FlaskClient) -> None:
    owners = one(page(many, "/?q=bro"), "//fieldset[@data-facet='owner']")
    assert len(owners.xpath("./ul/li")) == 10
    assert text(owners.xpath("./ul/li")[0]) == "Förening 7 2 beslut"
    shown = owners.xpath("./details/ul/li")
    more = re.search(r"(\d+) till får inte plats här", text(owners))
    assert more
    assert 10 + len(shown) + int(more[1]) == 130
    assert text(one(owners, "./details/summary")) == f"Visa {len(shown)} till"


def test_chosen_values_are_shown_before_the_ten(many: FlaskClient) -> None:
    chosen = [f"Förening {at}" for at in range(100, 113)]
    tree = page(many, "/", q="bro", owner=chosen)
    owners = one(tree, "//fieldset[@data-facet='owner']")
    first = [box.get("value") for box in owners.xpath("./ul//input[@checked]")]
    assert sorted(first) == chosen
    assert owners.xpath("./details//input[@checked]") == []


def test_a_page_with_many_owners_stays_small(many: FlaskClient) -> None:
    assert len(many.get("/?q=bro").data) < 100_000


# Addresses to take along


def test_exports_and_feed_are_of_exactly_the_set(client: FlaskClient) -> None:
    tree = page(client, "/?q=skola&amountMin=1&sort=title&page=1&limit=5")
    links = [a.get("href") for a in tree.xpath("//details[contains(@class, 'take')]//a")]
    assert links == [
        "/api/v1/decisions.xlsx?q=skola&amountMin=1&sort=title",
        "/api/v1/decisions.csv?q=skola&amountMin=1&sort=title",
        "/api/v1/decisions.jsonl?q=skola&amountMin=1&sort=title",
        "/api/v1/decisions?q=skola&amountMin=1&sort=title&limit=5",
        "/feed.atom?q=skola&amountMin=1",
    ]
    assert one(tree, "//link[@type='application/atom+xml']").get("href") == links[-1]


def test_every_link_of_every_page_leads_somewhere(client: FlaskClient) -> None:
    paths = ["/", "/?q=skola", "/teman", "/oversikt?q=skola", "/om", "/tillganglighet"]
    links = {
        href.partition("#")[0]
        for path in [*paths, f"{FIRST}?q=skola"]
        for href in page(client, path).xpath("//a/@href | //link/@href | //script/@src")
        if href.startswith("/")
    }
    assert len(links) > 40
    for link in sorted(links):
        assert fetch(client, link, follow_redirects=True).status_code == 200, link


# The overview


def test_the_overview_adds_up(client: FlaskClient) -> None:
    tree = page(client, "/oversikt")
    assert lead(tree) == "Översikt över 9\u00a0beslut"
    tables = tree.xpath("//table")
    assert len(tables) == len(COUNTED)
    for table, dimension in zip(tables, COUNTED, strict=True):
        rows = [[text(cell) for cell in row.xpath("./*")] for row in table.xpath("./tbody/tr")]
        foot = [text(cell) for cell in table.xpath("./tfoot/tr/*")]
        assert foot == ["Alla", "9", "20\u00a0485\u00a0293", "100\u00a0%"]
        if dimension.several:
            assert "raderna blir mer än alla" in text(one(table, "ancestor::section"))
            continue
        assert sum(int(row[1]) for row in rows) == 9
        sums = [Decimal(re.sub(r"[^\d]", "", row[2])) for row in rows]
        assert sum(sums) == Decimal(20485293)


def test_a_row_of_the_overview_leads_to_its_decisions(client: FlaskClient) -> None:
    for row in page(client, "/oversikt?q=skola").xpath("//tbody/tr[th/a]"):
        count = text(row.xpath("./td")[0])
        assert f"{count}\u00a0beslut" in lead(page(client, one(row, "./th/a").get("href")))


def test_the_overview_follows_the_filters(client: FlaskClient) -> None:
    tree = page(client, "/oversikt?q=skola&owner=Lule%C3%A5+kommun")
    assert lead(tree) == "Översikt över 1\u00a0beslut för ”skola”"
    chip = tree.xpath("//ul[@class='chips']//a")[0]
    assert chip.get("href") == "/oversikt?q=skola"
    assert ("owner", "Luleå kommun") in [
        (field.get("name"), field.get("value")) for field in tree.xpath("//form//input")
    ]


def test_a_chart_has_the_rows_of_its_table(client: FlaskClient) -> None:
    part = page(client, "/oversikt").xpath("//section[@class='part']")[0]
    rows = [[text(cell) for cell in row] for row in part.xpath(".//tbody/tr")]
    told = [f"{name}: {count}\u00a0beslut, {sum_}\u00a0kr" for name, count, sum_, _ in rows]
    assert [text(title) for title in part.xpath(".//svg/a/title")] == told
    assert part.xpath(".//svg/a/@href") == part.xpath(".//tbody/tr/th/a/@href")
    widths = [float(w.rstrip("%")) for w in part.xpath(".//rect[@class='bar']/@width")]
    assert widths == sorted(widths, reverse=True)


def test_all_bars_of_money_have_one_scale(many: FlaskClient) -> None:
    sums = {}
    for bar in page(many, "/oversikt").xpath("//figure[contains(., 'Beviljat')]//svg/a"):
        told = re.sub(r"\s", "", one(bar, "./title").text).rpartition(",")[2].removesuffix("kr")
        sums[Decimal(told)] = float(one(bar, "./rect[@class='bar']").get("width").rstrip("%"))
    longest = max(sums)
    for amount, width in sums.items():
        expected = float(amount / longest) * sums[longest]
        assert width == pytest.approx(expected, abs=0.06) or width == 0.5


def test_owners_beyond_the_largest_are_one_row(many: FlaskClient) -> None:
    table = page(many, "/oversikt").xpath("//table")[0]
    rows = [text(row.xpath("./th")[0]) for row in table.xpath("./tbody/tr")]
    assert len(rows) == 21
    assert rows[-1] == "110\u00a0andra projektägare"
    assert text(table.xpath("./tfoot/tr/td")[0]) == "131"


def test_the_overview_of_nothing_says_so(client: FlaskClient) -> None:
    assert lead(page(client, "/oversikt?q=finnsinte")).startswith("Översikt över 0\u00a0beslut")


def test_shares_are_of_the_largest_and_never_unseen() -> None:
    assert charts.shares([0, 1, 1000]) == [0.0, 0.5, 100.0]
    assert charts.shares([0, 0]) == [0.0, 0.0]
    assert charts.shares([]) == []


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("Luleå kommun", "Luleå kommun"),
        ("Norrbottens läns landstings forskningsstiftelse", "Norrbottens läns landstings…"),
        ("A" * 60, "A" * 33 + "…"),
    ],
)
def test_a_label_is_cut_at_a_word(label: str, short: str) -> None:
    assert charts.shortened(label) == short


# One decision


def test_the_words_that_found_a_decision_are_marked_there(client: FlaskClient) -> None:
    href = page(client, "/", q="psykisk hälsa").xpath("//li[@class='hit']//a/@href")[0]
    assert href == f"{FIRST}?q=psykisk%20h%C3%A4lsa"
    tree = page(client, href)
    marked = {text(mark).casefold() for mark in tree.xpath("//section[@class='text']//mark")}
    assert {"psykisk", "hälsa"} <= marked
    back = one(tree, "//nav[@class='trail']/a[@class='back']")
    assert text(back) == "Tillbaka till sökningen på ”psykisk hälsa”"
    assert back.get("href") == "/?q=psykisk%20h%C3%A4lsa"


def test_one_can_jump_to_every_marked_place(client: FlaskClient) -> None:
    tree = page(client, f"{FIRST}?q=psykisk+h%C3%A4lsa")
    links = tree.xpath("//nav[@class='places']//a/@href")
    assert links == [f"#traff-{at}" for at in range(1, len(links) + 1)]
    assert [f"#{at}" for at in tree.xpath("//mark/@id")] == links


def test_marked_words_side_by_side_are_one_place(small: Searcher) -> None:
    client = create_app(Settings(index=small.generation.path.parent)).test_client()
    tree = page(client, "/", q="psykisk hälsa")
    tree = page(client, tree.xpath("//li[@class='hit']//a/@href")[0])
    places = tree.xpath("//section[@class='text']//mark[@id]")
    assert len(places) < len(tree.xpath("//section[@class='text']//mark"))
    assert text(places[0]) == "psykisk"


def test_without_words_nothing_is_marked(client: FlaskClient) -> None:
    tree = page(client, FIRST)
    assert tree.xpath("//mark | //nav[@class='places'] | //p[@class='back']") == []


@pytest.mark.parametrize("query", ["q=" + "a" * 600, "q=h*", "q=a&q=b", "exact=z"])
def test_words_that_cannot_be_searched_for_mark_nothing(client: FlaskClient, query: str) -> None:
    assert page(client, f"{FIRST}?{query}").xpath("//mark") == []


def test_marking_changes_no_text(sample: Searcher) -> None:
    for hit in sample.search(SearchRequest()).hits:
        marks = sample.marked(hit.decision, SearchRequest(q="kommun skola hälsa projekt"))
        for field in ("description", "motivation"):
            blocks = ["".join(s.text for s in segments) for segments in marks[field]]
            assert blocks == [block.text for block in getattr(hit.decision, field)]


def test_a_citation_says_all_that_is_needed_to_find_it_again(
    make_client: Callable[..., FlaskClient],
) -> None:
    tree = page(make_client(base_url="https://beslut.example/"), FIRST)
    cited = text(one(tree, "//textarea"))
    for needed in (
        "Region Norrbotten. Starka och trygga möten",
        "Luleå kommun, 798\u00a0582\u00a0kr, ESF 2026:1.",
        "region-norrbotten-esf-2026-1.txt, rad 10, hämtad ",
        f"Beslutssök, https://beslut.example{FIRST}",
    ):
        assert needed in cited


def test_errors_are_reported_by_mail_where_there_is_an_address(
    make_client: Callable[..., FlaskClient],
) -> None:
    assert page(make_client(), FIRST).xpath("//a[text()='Rapportera fel']") == []
    tree = page(make_client(contact="fel@exempel.se"), FIRST)
    mail = urlsplit(one(tree, "//a[text()='Rapportera fel']").get("href"))
    assert (mail.scheme, mail.path) == ("mailto", "fel@exempel.se")
    assert parse_qs(mail.query)["subject"] == [f"Fel i beslutet {FIRST.removeprefix('/beslut/')}"]
    assert FIRST in parse_qs(mail.query)["body"][0]


def test_a_decision_that_is_gone_is_searched_for_by_its_name(client: FlaskClient) -> None:
    tree = page(client, "/beslut/esf-2026-1/samkraft-skolan", 404)
    assert lead(tree) == "Beslutet finns inte"
    assert one(tree, "//input[@name='q']").get("value") == "samkraft skolan"
    assert lead(page(client, "/", q="samkraft skolan")).startswith("1\u00a0beslut")


# What machines read


def test_a_decision_is_a_monetary_grant(client: FlaskClient) -> None:
    (grant,) = json_ld(page(client, FIRST))
    assert grant["@context"] == "https://schema.org"
    assert grant["@type"] == "MonetaryGrant"
    assert grant["url"] == f"http://localhost{FIRST}"
    assert grant["amount"] == {"@type": "MonetaryAmount", "currency": "SEK", "value": 798582}
    assert grant["funder"] == {"@type": "Organization", "name": "Region Norrbotten"}
    assert grant["fundedItem"]["@type"] == "Project"
    assert grant["fundedItem"]["parentOrganization"]["name"] == "Luleå kommun"
    assert grant["name"] and grant["description"] and grant["identifier"]


def test_a_grant_without_an_amount_invents_none(small_client: FlaskClient) -> None:
    href = page(small_client, "/", q="titel:skola").xpath("//li[@class='hit']//a/@href")[0]
    (grant,) = json_ld(page(small_client, href))
    assert "amount" not in grant


def test_the_start_page_is_a_searchable_site_and_a_dataset(
    make_client: Callable[..., FlaskClient],
) -> None:
    client = make_client(base_url="https://beslut.example", publisher="Region Exempel")
    website, dataset = json_ld(page(client, "/"))
    assert (website["@type"], dataset["@type"]) == ("WebSite", "Dataset")
    assert website["potentialAction"]["target"]["urlTemplate"] == (
        "https://beslut.example/?q={search_term_string}"
    )
    assert dataset["publisher"]["name"] == dataset["creator"]["name"] == "Region Exempel"
    assert len(dataset["description"]) >= 50  # what dataset search asks for
    files = [urlsplit(one["contentUrl"]).path for one in dataset["distribution"]]
    assert files == [f"/api/v1/decisions.{form}" for form in ("jsonl", "csv", "xlsx")]
    kinds = [file["encodingFormat"] for file in dataset["distribution"]]
    assert [client.get(path).mimetype for path in files] == kinds


def test_the_dataset_has_the_licence_that_is_set(make_client: Callable[..., FlaskClient]) -> None:
    licence = "http://creativecommons.org/publicdomain/zero/1.0/"
    _, dataset = json_ld(page(make_client(licence=licence), "/"))
    assert dataset["license"] == licence


def test_no_publisher_and_no_licence_are_invented(client: FlaskClient) -> None:
    assert all({"publisher", "license"}.isdisjoint(found) for found in json_ld(page(client, "/")))


def test_json_ld_cannot_end_its_script(
    make_engine: Callable[..., Searcher], tmp_path: Path
) -> None:
    make_engine("Ankeby\tBro\tEn &lt;/script&gt;&lt;b&gt; bro\t1").close()
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    href = page(client, "/", q="bro").xpath("//li[@class='hit']//a/@href")[0]
    (grant,) = json_ld(page(client, href))
    assert "</script>" in grant["description"]
    assert client.get(href).text.count("</script>") == client.get(href).text.count("<script")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/?utm_source=x", "/"),
        ("/?q=skola&page=1&limit=20&fbclid=1", "/?q=skola"),
        ("/?owner=Lule%C3%A5+kommun&q=skola", "/?q=skola&owner=Lule%C3%A5%20kommun"),
        (f"{FIRST}?q=skola", FIRST),
        ("/om", "/om"),
        ("/tillganglighet", "/tillganglighet"),
        ("/oversikt?page=2", "/oversikt"),
    ],
)
def test_a_page_names_its_one_address(client: FlaskClient, path: str, canonical: str) -> None:
    link = one(page(client, path), "//link[@rel='canonical']")
    assert link.get("href") == f"http://localhost{canonical}"


def test_the_public_address_is_a_setting(make_client: Callable[..., FlaskClient]) -> None:
    tree = page(make_client(base_url="https://beslut.example"), "/om")
    assert one(tree, "//link[@rel='canonical']").get("href") == "https://beslut.example/om"


def test_results_are_kept_out_of_search_engines_and_decisions_are_not(
    client: FlaskClient,
) -> None:
    robots = "//meta[@name='robots']/@content"
    assert page(client, "/?q=skola").xpath(robots) == ["noindex, follow"]
    assert page(client, "/oversikt?q=skola").xpath(robots) == ["noindex, follow"]
    for path in ("/", "/om", FIRST):
        assert page(client, path).xpath(robots) == []


def test_robots_keep_out_of_combinations_and_know_the_sitemap(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    lines = response.text.splitlines()
    assert "Disallow: /*?" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_a_browser_can_search_from_its_address_field(client: FlaskClient) -> None:
    link = one(page(client, "/"), "//link[@rel='search']")
    response = client.get(link.get("href"))
    assert response.mimetype == link.get("type") == "application/opensearchdescription+xml"
    tree = etree.fromstring(response.data)
    ns = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert len(tree.findtext("o:ShortName", namespaces=ns)) <= 16
    template = one_of(tree, "o:Url[@type='text/html']", ns).get("template")
    path = template.replace("{searchTerms}", "skola").removeprefix("http://localhost")
    assert "beslut för" in lead(page(client, path))


def one_of(tree: Any, selector: str, namespaces: dict[str, str]) -> Any:
    (found,) = tree.findall(selector, namespaces)
    return found


def test_the_icon_is_where_browsers_look_for_it(client: FlaskClient) -> None:
    response = client.get("/favicon.ico")
    assert response.mimetype == "image/svg+xml"
    response.close()


# About and accessibility


def test_about_lists_every_source_with_its_decisions(client: FlaskClient) -> None:
    table = page(client, "/om").xpath("//table")[0]
    row = [text(cell) for cell in one(table, "./tbody/tr").xpath("./*")]
    assert row[0].startswith("region-norrbotten-esf-2026-1.txt")
    assert row[1:] == ["9", "9", "0", "9"]


def test_every_example_of_a_query_can_be_followed(client: FlaskClient) -> None:
    links = page(client, "/om").xpath("//th/a[code]/@href")
    assert len(links) == 7
    for link in links:
        page(client, link)


def test_the_statement_has_what_the_law_asks_for(
    make_client: Callable[..., FlaskClient],
) -> None:
    client = make_client(
        publisher="Region Exempel",
        contact="kontakt@exempel.se",
        accessibility="delvis",
        accessibility_date="2026-11-20",
    )
    said = text(one(page(client, "/tillganglighet"), "//main"))
    for needed in (
        "Region Exempel står bakom",
        "2018:1937",
        "delvis förenlig",
        "kontakt@exempel.se",
        "Myndigheten för digital förvaltning (Digg) har ansvaret för tillsyn",
        "Innehåll som inte är tillgängligt",
        "bedömdes senast den 20 november 2026",
        "WCAG 2.2",
    ):
        assert needed in said


def test_a_statement_that_nobody_made_claims_nothing(client: FlaskClient) -> None:
    said = text(one(page(client, "/tillganglighet"), "//main"))
    assert "ännu inte bedömt" in said
    assert "förenlig med lagen. Den uppfyller" not in said
    assert "Ingen bedömning har daterats" in said


@pytest.mark.parametrize("day", ["snart", "2026-13-01"])
def test_a_date_that_is_none_is_not_shown(
    make_client: Callable[..., FlaskClient], day: str
) -> None:
    said = text(one(page(make_client(accessibility_date=day), "/tillganglighet"), "//main"))
    assert "Ingen bedömning har daterats" in said


def test_an_unknown_address_helps_to_go_on(client: FlaskClient) -> None:
    tree = page(client, "/finns-inte", 404)
    assert one(tree, "//main//form").get("action") == "/"
    assert {"/", "/?q=", "/oversikt"} <= set(tree.xpath("//main//a/@href"))


# What a validator says


@pytest.mark.parametrize(
    "path",
    ["/", "/?q=", "/?limit=1&page=5", "/?amountMin=abc", "/oversikt", "/lista", FIRST, "/teman"],
)
def test_attributes_stand_where_html_allows_them(client: FlaskClient, path: str) -> None:
    """HTML (4.10.18.7.1): no `autocomplete` on a checkbox or hidden field. ARIA in HTML: no
    `aria-label` on what has no role of its own, as no reader says it."""
    tree = etree.HTML(client.get(path).text)
    assert tree.xpath("//input[@type='checkbox' or @type='hidden'][@autocomplete]") == []
    generic = "self::span or self::div or self::p or self::b or self::i"
    assert tree.xpath(f"//*[{generic}][@aria-label or @aria-labelledby][not(@role)]") == []
