"""The themes to start from: what each finds, counted once, and which of them a decision has."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index.build import build
from search.array_engine import ArrayEngines
from search.directory import CountedArea, CountedTheme, Directory, StillCounting, remembered
from search.engine import KeptSet
from search.live import LiveSearcher
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher
from tests.conftest import SMALL, document, eventually
from tests.test_deadline import Countdown
from tests.test_pages import fetch, one, page, text
from web import current
from web.app import create_app
from web.serving import server
from web.settings import Settings

AREAS = """
[Hälsa & vård]
psykisk hälsa, tandvård, elevhälsa
[Klimat]
vindkraft
[Öar och broar]
bro
skola
bro ~ båt
"""
"""Of `SMALL` one decision is about a bridge, another about a boat, and none about teeth or wind."""


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """What other tests have counted of the same index is no longer known."""
    remembered.cache_clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "themes.txt"
    path.write_text(AREAS, "utf-8")
    return path


def rewrite(path: Path, content: str) -> None:
    """Writes at a time of its own, as the file is told apart by it."""
    before = path.stat().st_mtime_ns
    path.write_text(content, "utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


@pytest.fixture
def searcher(small_index: Path, file: Path) -> Searcher:
    return Searcher.open(small_index, themes=file)


@pytest.fixture
def site(small_index: Path, file: Path) -> FlaskClient:
    return create_app(
        Settings(index=small_index, search_seconds=20, themes=str(file))
    ).test_client()


def told(directory: Directory) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (area.name, [(theme.name, theme.total) for theme in area.themes])
        for area in directory.areas
    ]


# What the themes find


def test_themes_and_areas_that_find_nothing_are_left_out(searcher: Searcher) -> None:
    assert told(searcher.directory()) == [
        ("Hälsa & vård", [("psykisk hälsa", 1), ("elevhälsa", 1)]),
        ("Öar och broar", [("bro", 2), ("skola", 2)]),
    ]


def test_the_numbers_of_a_theme_are_those_of_its_search(sample: Searcher) -> None:
    themes = [theme for area in sample.directory().areas for theme in area.themes]
    assert len(themes) > 50
    for theme in themes:
        found = sample.search(SearchRequest(q=theme.name))
        assert (theme.total, theme.sum, theme.missing) == (
            found.total,
            found.stats.sum,
            found.stats.missing,
        )


def test_a_theme_left_out_is_found_by_no_search(sample: Searcher) -> None:
    shown = {theme.slug for area in sample.directory().areas for theme in area.themes}
    others = [theme for slug, theme in sample.themes.current().by_slug.items() if slug not in shown]
    assert len(others) > 50
    for theme in others:
        found = sample.search(SearchRequest(q=theme.name))
        assert not found.total or found.suggestion


def test_a_theme_does_not_count_what_another_word_finds(small_index: Path, file: Path) -> None:
    rewrite(file, "[A]\nelevhälza, bro\n")
    searcher = Searcher.open(small_index, themes=file)
    assert searcher.search(SearchRequest(q="elevhälza")).suggestion == "elevhälsa"
    assert told(searcher.directory()) == [("A", [("bro", 1)])]


def test_the_themes_of_a_decision_are_those_whose_searches_find_it(sample: Searcher) -> None:
    themes = sample.themes.current().by_slug.values()
    sets = {
        theme: {one.id for one in sample.whole(SearchRequest(q=theme.name)).decisions}
        for theme in themes
        if not sample.search(SearchRequest(q=theme.name)).suggestion
    }
    for identifier in sample.identifiers():
        having = [theme.slug for theme, found in sets.items() if identifier in found]
        assert [theme.slug for theme in sample.themes_of(identifier)] == having
        assert having


def test_no_decision_has_no_themes(searcher: Searcher) -> None:
    assert searcher.themes_of("x/y") == ()


def test_a_theme_has_its_slug_whether_or_not_it_finds_anything(searcher: Searcher) -> None:
    for slug, name in [("psykisk-halsa", "psykisk hälsa"), ("tandvard", "tandvård")]:
        theme = searcher.theme(slug)
        assert theme is not None and theme.name == name
    assert searcher.theme("finns-inte") is None


def test_a_changed_file_is_counted_again_and_an_unchanged_one_is_not(
    searcher: Searcher, file: Path
) -> None:
    before = searcher.directory()
    rewrite(file, f"# Öar\n{AREAS}")
    assert searcher.directory() is before
    rewrite(file, AREAS.replace("bro ~ båt", "bro ~ lots"))
    assert told(searcher.directory())[1] == ("Öar och broar", [("bro", 1), ("skola", 2)])
    rewrite(file, "")
    assert searcher.directory() == Directory(())


# What to start from


def _area(name: str, *totals: int) -> CountedArea:
    themes = [CountedTheme(f"{name}{n}", f"{name}{n}", n, Decimal(n), 0) for n in totals]
    return CountedArea(name, name, tuple(themes))


def test_one_starts_from_the_largest_theme_of_each_area() -> None:
    directory = Directory((_area("a", 3, 9, 4), _area("b", 12), _area("c", 7, 7), _area("d", 1)))
    names = [theme.name for theme in directory.varied(3, decisions=100)]
    assert names == ["b12", "a9", "c7"]


def test_what_most_decisions_are_about_is_no_place_to_start_if_there_is_another() -> None:
    directory = Directory((_area("a", 9, 4), _area("b", 10), _area("c", 5, 6)))
    names = [theme.name for theme in directory.varied(3, decisions=10)]
    assert names == ["c5", "a4", "b10"]


# Time


def test_what_was_counted_in_time_is_remembered(
    small_index: Path, file: Path, searcher: Searcher
) -> None:
    """Each attempt has time for one theme, and goes on after the last one."""
    whole = searcher.directory()
    remembered.cache_clear()
    slow = Searcher.open(small_index, themes=file)
    counted = []
    for _ in range(100):
        try:
            found = slow.directory(Countdown(passes_after=60))
            break
        except StillCounting as error:
            counted.append(error.message.values["counted"])
    assert found == whole
    assert len(set(counted)) > 2
    assert counted == sorted(counted)


def test_what_is_counted_is_answered_however_late_it_is(searcher: Searcher) -> None:
    whole = searcher.directory()
    assert searcher.directory(Countdown(passes_after=0)) is whole
    identifier = searcher.identifiers()[0]
    assert searcher.themes_of(identifier, Countdown(passes_after=0))


def test_what_is_counted_is_known_to_all_that_have_the_same_open(
    small_index: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Searcher.open(small_index, themes=file).directory()
    monkeypatch.setattr(Searcher, "_kept", pytest.fail)  # nothing is counted again
    assert Searcher.open(small_index, themes=file).directory() == first


def test_many_at_once_count_each_theme_once(searcher: Searcher) -> None:
    counts = searcher.theme_counts()
    find, asked = counts._find, Counter[str]()

    def counting(name: str, deadline: Countdown) -> KeptSet | None:
        asked[name] += 1
        time.sleep(0.02)  # for the others to come
        return find(name, deadline)

    counts._find = counting  # type: ignore[assignment]
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda _: searcher.directory(), range(8))]
    assert found == [found[0]] * 8
    assert set(asked.values()) == {1}
    assert len(asked) == 6


def test_themes_are_counted_ahead_of_every_generation_and_every_file(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.live._LOOK_SECONDS", 0.05)
    (tmp_path / "small.txt").write_text(SMALL, "utf-8")
    build([tmp_path / "small.txt"], tmp_path / "index")
    live = LiveSearcher(ArrayEngines(tmp_path / "index"), SearchLimits(), themes=file)
    live.count_ahead()

    def is_counted() -> bool:
        searcher = live.current()
        return len(searcher.theme_counts()._found) == len(searcher.themes.current().by_slug)

    eventually(is_counted)
    rewrite(file, "[A]\nbåt\n")
    eventually(is_counted)
    (tmp_path / "more.txt").write_text(document("Öbo\tEn båt\tBåten går.\t1"), "utf-8")
    build([tmp_path / "small.txt", tmp_path / "more.txt"], tmp_path / "index")
    eventually(is_counted)
    assert told(live.current().directory(Countdown(passes_after=0))) == [("A", [("båt", 2)])]


def test_a_serving_process_counts_ahead(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: list[LiveSearcher] = []
    monkeypatch.setattr(LiveSearcher, "count_ahead", lambda live: ahead.append(live))
    server.load(Settings(index=small_index), "")
    assert len(ahead) == 1


# Shown


def number(shown: str) -> int:
    return int(re.sub(r"\D", "", shown))


def test_every_number_on_the_page_is_that_of_the_search(client: FlaskClient) -> None:
    rows = page(client, "/teman").xpath("//tbody/tr")
    assert len(rows) > 50
    for row in rows:
        name, total, sum_ = map(text, row)
        found = client.get("/api/v1/decisions", query_string={"q": name}).json
        assert found is not None
        assert number(total) == found["_meta"]["totalRecords"]
        assert number(sum_) == found["stats"]["sum"]


def test_the_api_says_what_the_page_says(client: FlaskClient) -> None:
    body = client.get("/api/v1/themes").json
    assert body is not None
    tree = page(client, "/teman")
    assert [text(heading) for heading in tree.xpath("//section/h2")] == [
        area["name"] for area in body["areas"]
    ]
    themes = [theme for area in body["areas"] for theme in area["themes"]]
    shown = [
        (text(row[0]), row.xpath(".//a/@href")[0], number(text(row[1])), number(text(row[2])))
        for row in tree.xpath("//tbody/tr")
    ]
    assert shown == [
        (theme["name"], theme["links"]["html"], theme["decisions"], theme["sum"])
        for theme in themes
    ]
    for theme in themes[:10]:
        found = client.get(theme["links"]["decisions"]).json
        assert found is not None
        assert found["_meta"]["totalRecords"] == theme["decisions"]


def test_the_areas_can_be_jumped_to(site: FlaskClient) -> None:
    tree = page(site, "/teman")
    jumps = tree.xpath("//main//nav//a/@href")
    assert jumps == ["#omrade-halsa-vard", "#omrade-oar-och-broar"]
    for jump in jumps:
        assert tree.xpath(f"//section/h2[@id='{jump[1:]}']")


def test_a_theme_leads_to_its_decisions(site: FlaskClient) -> None:
    response = fetch(site, "/tema/psykisk-halsa", follow_redirects=True)
    assert response.status_code == 200
    assert "1\u00a0beslut" in text(page(site, "/?q=psykisk+hälsa").xpath("//h1")[0])
    assert fetch(site, "/tema/finns-inte").status_code == 404


def test_an_edited_file_is_on_the_page_at_once(site: FlaskClient, file: Path) -> None:
    assert "elevhälsa" in fetch(site, "/teman").text
    tag = fetch(site, "/api/v1/themes").headers["ETag"]
    rewrite(file, "[Hamnar]\nbåt\n")
    assert [text(row) for row in page(site, "/teman").xpath("//tbody//a")] == ["båt"]
    assert fetch(site, "/api/v1/themes", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("bro ~ båt\n", "Temafilen har inga områden med teman att börja med."),
        ("[A]\ntandvård\n", "Inget beslut handlar om något av de teman som finns i temafilen."),
    ],
)
def test_without_themes_the_page_says_so_and_leads_on(
    site: FlaskClient, file: Path, content: str, what: str
) -> None:
    rewrite(file, content)
    tree = page(site, "/teman")
    assert what in text(one(tree, "//main/p"))
    assert tree.xpath("//main//input[@name='q']")
    assert not page(site, "/").xpath("//nav[@class='themes']")
    assert fetch(site, "/api/v1/themes").json == {
        "areas": [],
        "_links": {"self": {"href": "/api/v1/themes"}},
    }


def test_when_time_does_not_suffice_the_page_says_so_and_the_start_page_is_there(
    site: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "deadline", lambda: Countdown(passes_after=30))
    start = fetch(site, "/")
    assert start.status_code == 200
    assert [text(link) for link in page(site, "/").xpath("//nav[@class='themes']//a")] == [
        "Alla teman"
    ]
    for path in ("/teman", "/api/v1/themes"):
        response = fetch(site, path)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert re.search(r"emana räknas just nu, \d av 6 är klara", response.text)
