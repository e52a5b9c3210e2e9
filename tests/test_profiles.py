"""The pages of owners, funders and themes: every number is that of the search behind it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.build import build
from search.dimensions import COUNTED
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import Clock, document
from tests.test_pages import page, text
from web.app import create_app
from web.formats import amount, money, number
from web.settings import Settings

THEMES = "[Barn och skola]\nskola, hälsa, hamn, rymdfart, ellevhälsa\n"


@pytest.fixture(scope="module")
def client(two_rounds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    themes = tmp_path_factory.mktemp("themes") / "themes.txt"
    themes.write_text(THEMES, "utf-8")
    settings = Settings(index=two_rounds_index, themes=themes, search_seconds=20)
    return create_app(settings).test_client()


def rows(tree: Any, part: str) -> dict[str, tuple[str, str]]:
    """Label, number and sum of each row of a part, by label."""
    found = tree.xpath(f"//section[@id='{part}']//tbody/tr")
    cells = [[text(cell) for cell in row.xpath("./th|./td")] for row in found]
    return {label: (count, sum_) for label, count, sum_, _ in cells}


PROFILES = ["/agare/ankeby-kommun", "/agare/obo-forening", "/finansiar/region-vi", "/tema/skola"]


@pytest.mark.parametrize("path", PROFILES)
def test_every_row_of_a_page_is_the_search_behind_it(client: FlaskClient, path: str) -> None:
    tree = page(client, path)
    links = tree.xpath("//section[@class='part']//tbody/tr[th/a]")
    assert links
    for row in links:
        label, count, sum_, _ = (text(cell) for cell in row.xpath("./th|./td"))
        behind = client.get("/api/v1/decisions" + row.xpath("./th/a/@href")[0][1:]).json
        assert behind, label
        assert count == number(behind["_meta"]["totalRecords"]), label
        assert sum_ == amount(Decimal(str(behind["stats"]["sum"]))), label


@pytest.mark.parametrize("path", PROFILES)
def test_the_whole_of_a_page_is_the_search_behind_it(client: FlaskClient, path: str) -> None:
    tree = page(client, path)
    (link,) = tree.xpath("//p[@class='sum']/a")
    behind = client.get("/api/v1/decisions" + link.get("href")[1:]).json
    assert behind
    assert text(link) == f"{number(behind['_meta']['totalRecords'])}\u00a0beslut"
    assert money(Decimal(str(behind["stats"]["sum"]))) in text(link.getparent())
    for part in tree.xpath("//section[@class='part']"):
        cells = part.xpath(".//tbody//td[1]")
        assert sum(int(text(cell)) for cell in cells) == behind["_meta"]["totalRecords"]


def test_an_owner_is_shown_by_year_round_and_funder(client: FlaskClient) -> None:
    tree = page(client, "/agare/obo-forening")
    assert text(tree.xpath("//h1")[0]) == "Öbo förening"
    assert rows(tree, "ar") == {
        "2031": ("1", "0"),
        "2030": ("1", amount(Decimal(5_000_000))),
    }
    assert set(rows(tree, "omgang")) == {"ESF 2030:2", "ESF 2031:1"}
    assert set(rows(tree, "finansiar")) == {"Region Vi", "Region Du"}
    assert not rows(tree, "agare"), "its own dimension has but one value"


def test_what_has_one_value_only_is_said_and_makes_no_table(client: FlaskClient) -> None:
    tree = page(client, "/finansiar/region-vi")
    assert rows(tree, "omgang") == {}
    told = [[*map(text, one)] for one in tree.xpath("//dl[@class='single']/div")]
    assert told == [["År", "2030"], ["Beslutsomgång", "ESF 2030:2"], ["Plats", "Okänd plats"]]


def lists(tree: Any) -> dict[str, list[str]]:
    """The titles of each list of decisions, by its heading."""
    return {
        text(section.xpath("./h2")[0]): [text(one) for one in section.xpath(".//h3")]
        for section in tree.xpath("//section[h2][.//ol]")
    }


def test_few_decisions_are_listed_once_by_amount(client: FlaskClient) -> None:
    assert lists(page(client, "/agare/ankeby-kommun")) == {
        "Besluten": ["Elevhälsa för alla", "Skola på ön", "En bro till ön"]
    }
    body = client.get("/api/v1/owners/ankeby-kommun").json
    assert body
    assert [one["title"] for one in body["latest"]] == [
        "Skola på ön",
        "Elevhälsa för alla",
        "En bro till ön",
    ]


@pytest.mark.parametrize(
    ("dated", "heading", "first"),
    [(True, "Senaste besluten", "Bro 6"), (False, "Senast inlästa besluten", "Bro 6")],
)
def test_of_many_decisions_the_largest_and_the_latest_are_listed(
    tmp_path: Path, dated: bool, heading: str, first: str
) -> None:
    days = [f"2030-01-0{n + 1}" if dated else "" for n in range(7)]
    rows = [f"Ö kommun\tBro {n}\tEn bro.\t{9 - n} 000\t{day}" for n, day in enumerate(days)]
    (tmp_path / "a.txt").write_text(document(*rows, column="Beslutsdatum"), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    found = create_app(Settings(index=tmp_path / "index", search_seconds=20)).test_client()
    shown = lists(page(found, "/agare/o-kommun"))
    assert [*shown] == ["Största besluten", heading]
    assert shown["Största besluten"] == [f"Bro {n}" for n in range(5)]
    assert (len(shown[heading]), shown[heading][0]) == (5, first)


def test_a_page_leads_to_its_feed_its_files_and_its_body(client: FlaskClient) -> None:
    links = page(client, "/agare/ankeby-kommun").xpath("//ul[@class='ways-on']//a/@href")
    owner = "?owner=Ankeby%20kommun"
    assert links == [
        f"/{owner}",
        *(f"/api/v1/decisions.{form}{owner}" for form in ("xlsx", "csv", "jsonl")),
        f"/feed.atom{owner}",
        "/api/v1/owners/ankeby-kommun",
    ]
    assert [client.get(link).status_code for link in links] == [200] * 6


@pytest.mark.parametrize("path", PROFILES)
def test_the_body_says_what_the_page_says(client: FlaskClient, path: str) -> None:
    tree = page(client, path)
    (link,) = tree.xpath("//link[@rel='alternate'][@type='application/json']/@href")
    body = client.get(link).json
    assert body
    assert body["name"] == text(tree.xpath("//h1")[0])
    assert body["_links"]["html"]["href"] == path
    assert body["_links"]["self"]["href"] == link
    for one in COUNTED:
        shown = rows(tree, one.anchor)
        told = body["breakdowns"][one.plural]
        if shown:
            groups = {group["name"]: group for group in told["groups"]}
            assert set(groups) == set(shown)
            for label, (count, sum_) in shown.items():
                assert number(groups[label]["decisions"]) == count
                assert amount(Decimal(str(groups[label]["sum"]))) == sum_
        for group in told["groups"]:
            behind = client.get(group["links"]["decisions"]).json
            assert behind
            assert behind["_meta"]["totalRecords"] == group["decisions"]
        rest = told["rest"] or {"decisions": 0}
        counted = sum(group["decisions"] for group in told["groups"]) + rest["decisions"]
        assert counted == body["decisions"]
    titles = next(iter(lists(tree).values()))
    assert [one["title"] for one in body["largest"]] == titles


def test_a_theme_is_shown_with_the_words_that_it_finds(client: FlaskClient) -> None:
    tree = page(client, "/tema/skola")
    assert "skola" in text(tree.xpath("//details[@class='meaning']")[0])
    assert set(rows(tree, "agare")) == {"Ankeby kommun", "Öbo förening"}


def test_a_theme_that_finds_nothing_has_a_page_and_a_way_on(client: FlaskClient) -> None:
    tree = page(client, "/tema/rymdfart")
    assert "Inga beslut just nu" in text(tree.xpath("//main")[0])
    assert tree.xpath("//main//a[@href='/?q=']")
    assert not tree.xpath("//section[@class='part'] | //ul[@class='ways-on']")


def test_a_theme_whose_words_were_put_right_says_so(client: FlaskClient) -> None:
    tree = page(client, "/tema/ellevhalsa")
    assert "Visar beslut för elevhälsa" in text(tree.xpath("//p[@class='instead']")[0])
    body = client.get("/api/v1/themes/ellevhalsa").json
    assert body
    assert (body["suggestion"], body["decisions"]) == ("elevhälsa", 1)


@pytest.mark.parametrize("path", ["/agare/finns-inte", "/finansiar/x", "/tema/finns-inte"])
def test_an_address_of_nothing_offers_a_search(client: FlaskClient, path: str) -> None:
    tree = page(client, path, 404)
    words = path.rpartition("/")[2].replace("-", " ")
    assert tree.xpath("//main//input[@name='q']/@value") == [words]
    plural = {"agare": "owners", "finansiar": "funders", "tema": "themes"}[path.split("/")[1]]
    refused = client.get(f"/api/v1/{plural}/{path.rpartition('/')[2]}")
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Two owners of one name and different numbers, and one that is written in two ways."""
    folder = tmp_path_factory.mktemp("numbered")
    rows = [
        "Bro AB\tEn bro\tVi bygger.\t1 000\t556036-0793",
        "Bro AB\tEn till\tVi bygger mer.\t2 000\t556012-5790",
        "Ö kommun\tEn ö\tVi bor här.\t3 000\t",
        "Ö KOMMUN\tEn sjö\tVi bor där.\t4 000\t",
        "Ö kommun\tEn hamn\tVi bor så.\t5 000\t",
    ]
    (folder / "a.txt").write_text(document(*rows, column="Org.nr"), "utf-8")
    build([folder / "a.txt"], folder / "index")
    return create_app(Settings(index=folder / "index", search_seconds=20)).test_client()


def test_an_address_that_may_mean_several_owners_offers_them(numbered: FlaskClient) -> None:
    tree = page(numbered, "/agare/bro-ab", 300)
    links = tree.xpath("//main//ul/li/a/@href")
    assert len(links) == 2
    for link, (number_, sum_) in zip(
        sorted(links), [("556012-5790", 2000), ("556036-0793", 1000)], strict=True
    ):
        one = page(numbered, link)
        assert f"Organisationsnummer {number_}" in text(one.xpath("//main")[0])
        assert money(Decimal(sum_)) in text(one.xpath("//p[@class='sum']")[0])
    refused = numbered.get("/api/v1/owners/bro-ab")
    assert refused.status_code == 404
    assert "kan vara flera; välj bland: bro-ab-" in refused.get_json(force=True)["detail"]


def test_an_owner_is_one_under_all_its_names_and_has_one_address(numbered: FlaskClient) -> None:
    tree = page(numbered, "/agare/o-kommun")
    assert "Skrivs också: Ö KOMMUN" in text(tree.xpath("//main")[0])
    assert money(Decimal(12_000)) in text(tree.xpath("//p[@class='sum']")[0])
    decision = page(numbered, "/beslut/x-2030-1/en-sjo")
    (owner,) = decision.xpath("//a[starts-with(@href, '/agare/')]")
    assert (text(owner), owner.get("href")) == ("Ö KOMMUN", "/agare/o-kommun")


def shared(tree: Any) -> list[tuple[str, ...]]:
    """Theme, number, and the others with theirs, of each row of the themes of an owner."""
    found = tree.xpath("//section[@id='teman']//tbody/tr")
    return [tuple(text(cell) for cell in row.xpath("./th|./td")) for row in found]


def test_an_owner_shares_the_themes_that_tell_most_of_it_first(client: FlaskClient) -> None:
    tree = page(client, "/agare/ankeby-kommun")
    assert shared(tree) == [("skola", "1", "Öbo förening 1"), ("hälsa", "1", "Öbo förening 2")]
    for row in tree.xpath("//section[@id='teman']//tbody/tr"):
        numbers = [int(number_) for number_ in re.findall(r"\d+", text(row))]
        links = row.xpath("./td//a/@href")
        behind = [client.get("/api/v1/decisions" + link[1:]).json for link in links]
        assert [one and one["_meta"]["totalRecords"] for one in behind] == numbers
    body = client.get("/api/v1/owners/ankeby-kommun").json
    assert body
    assert body["themes"] == [
        {
            "slug": slug,
            "name": name,
            "decisions": 1,
            "others": [{"name": "Öbo förening", "decisions": count}],
        }
        for slug, name, count in (("skola", "skola", 1), ("halsa", "hälsa", 2))
    ]


def test_decisions_that_name_no_owner_are_nobody_to_share_with(tmp_path: Path) -> None:
    rows = ["Ö kommun\tEn skola\tSkolan.\t1", "\tEn till\tSkolan.\t2", "B\tEn ö\tSkolan.\t3"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    (tmp_path / "themes.txt").write_text("[Skola]\nskola\n", "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    settings = Settings(index=tmp_path / "index", themes=tmp_path / "themes.txt", search_seconds=20)
    tree = page(create_app(settings).test_client(), "/agare/o-kommun")
    assert shared(tree) == [("skola", "1", "B 1")]


def test_a_name_that_staff_have_joined_leads_on_to_its_owner(tmp_path: Path) -> None:
    rows = ["Ö kommun\tEn skola\tSkolan.\t1", "Fritiden på ön\tEn till\tSkolan.\t2"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    (tmp_path / "owners.txt").write_text("Ö kommun = Fritiden på ön\n", "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    settings = Settings(index=tmp_path / "index", owners=tmp_path / "owners.txt", search_seconds=20)
    found = create_app(settings).test_client()
    for path, own in (("/agare/fritiden-pa-on", "/agare/o-kommun"),
                      ("/api/v1/owners/fritiden-pa-on", "/api/v1/owners/o-kommun")):  # fmt: skip
        moved = found.get(path)
        assert (moved.status_code, moved.headers["Location"]) == (302, own)
        assert found.get(own).status_code == 200
    thread = page(found, "/beslut/x-2030-1/en-skola/liknande")
    assert "Skrivs också: Fritiden på ön" in text(thread.xpath("//section[@id='agare']")[0])


def test_without_dates_the_latest_are_those_read_last(tmp_path: Path, clock: Clock) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(document(f"Ö\tBro {name}\tEn bro.\t1"), "utf-8")
        build([*tmp_path.glob("*.txt")], tmp_path / "index")
        clock.tick()
    profile = Searcher.open(tmp_path / "index").profile(SearchRequest())
    assert [one.title for one in profile.latest] == ["Bro b", "Bro a"]


def test_groups_beyond_the_shown_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        document(*(f"Ägare {n:02}\tBro {n}\tEn bro.\t{1000 + n}" for n in range(30))), "utf-8"
    )
    build([tmp_path / "a.txt"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    profile = searcher.profile(SearchRequest(q="bro"))
    owners = profile.overview.parts["owner"]
    assert (len(owners.groups), owners.rest) == (11, 20)
    assert sum(group.decisions for group in owners.groups) == 30
    assert sum(group.sum for group in owners.groups) == profile.stats.sum
    (tmp_path / "themes.txt").write_text("[Väg]\nbro\n", "utf-8")
    settings = Settings(index=tmp_path / "index", themes=tmp_path / "themes.txt", search_seconds=20)
    body = create_app(settings).test_client().get("/api/v1/themes/bro").json
    assert body
    told = body["breakdowns"]["owners"]
    assert len(told["groups"]) == 10
    assert told["rest"] == {"groups": 20, "decisions": 20, "sum": 20_190, "missing": 0}


@pytest.mark.parametrize(
    ("years", "bars", "single"),
    [
        (["2029", "2031", "", "2028", "2031"], ["2031", "2029", "2028", "Okänt år"], []),
        (["2031", "2031"], [], ["År"]),
        (["", ""], [], ["År"]),
        (["2031", ""], ["2031", "Okänt år"], []),
    ],
)
def test_years_come_last_first_in_the_chart_and_a_single_one_makes_none(
    tmp_path: Path, years: list[str], bars: list[str], single: list[str]
) -> None:
    header = "Projektägare\tProjektnamn\tBeslutsdatum\tBeviljat belopp (kr)\n"
    rows = (f"Bro AB\tBro {n}\t{y and y + '-03-05'}\t100\n" for n, y in enumerate(years))
    (tmp_path / "a.txt").write_text(f"# Beslut om broar\n\n{header}{''.join(rows)}", "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    for path in ("/agare/bro-ab", "/oversikt"):
        chart = "//section[@id='ar']//svg[contains(@class, 'chart')]"
        texts = page(client, path).xpath(f"{chart}//text[not(contains(@class, 'value'))]")
        assert [text(one) for one in texts] == bars
    alone = [text(one) for one in page(client, "/agare/bro-ab").xpath("//dl//dt")]
    assert [one for one in alone if one == "År"] == single
