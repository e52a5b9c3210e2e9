"""Journeys in a real browser: from a theme to a decision, along its words to another, and on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import CalamineWorkbook

from index.build import build
from tests.conftest import document, serving
from tests.test_thread import QUOTE, ROWS


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("journey")
    (folder / "a.txt").write_text(document(*ROWS), "utf-8")
    (folder / "themes.txt").write_text("[Skola]\nelevhälsa\n[Natur]\nskog, rymdfart\n", "utf-8")
    build([folder / "a.txt"], folder / "index")
    themes = str(folder / "themes.txt")
    settings = {"search_seconds": "20", "themes": themes, "page_depth": "6"}
    with serving(folder / "index", **settings) as found:
        yield found


@pytest.fixture(params=[(1280, True), (1280, False), (360, True), (360, False)], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, scripts = request.param
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_from_a_theme_along_the_same_wording_to_an_owner_and_its_export(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="elevhälsa").click()
    expect(page.locator("h1")).to_have_text("elevhälsa")
    page.get_by_role("link", name="Elevhälsa för alla").first.click()
    page.get_by_role("link", name="Följ tråden").click()
    expect(page.locator("blockquote").first).to_have_text(QUOTE.rstrip("."))
    page.locator(".passages").get_by_role("link", name="En båt", exact=True).click()
    expect(page.locator("h1")).to_have_text("En båt")
    page.get_by_role("link", name="Öbo förening").click()
    expect(page.locator(".sum")).to_contain_text("1\u00a0beslut")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel (XLSX)").click()
    sheet = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0)
    assert "En båt" in {cell for row in sheet.to_python() for cell in row}


def filtered(page: Page, name: str) -> None:
    """Ticks a box of a facet, and shows what it gives: in a drawer, by a button, or at once."""
    narrow = page.locator(".to-facets").is_visible()
    if narrow:
        page.locator(".to-facets").click()
        expect(page.locator(".facets")).to_be_in_viewport(ratio=0.5)
    box = page.get_by_role("checkbox", name=name)
    before = page.url
    box.click()
    apply = page.locator(".apply button")
    if page.url == before and apply.is_visible() and (narrow or not has_scripts(page)):
        apply.click()
    page.wait_for_url(lambda url: url.partition("#")[0] != before.partition("#")[0])


def has_scripts(page: Page) -> bool:
    return page.locator("button.copy:visible").count() > 0


def test_the_search_is_kept_over_decisions_like_each_other_and_back(page: Page) -> None:
    page.goto("/?q=l%C3%A4net&sort=-amount&page=2&limit=1")
    expect(page.locator(".hit").first).to_be_visible()
    found, shown = page.url, page.locator(".results > .hits").inner_text()
    titles = page.locator(".results > .hits h2").all_inner_texts()
    page.locator(".hit a").first.click()
    expect(page.locator("h1")).to_have_text(titles[0])
    expect(page.locator(".trail")).to_contain_text("Träff 2 av 8")
    page.get_by_role("link", name="Föregående träff").click()
    expect(page.locator(".trail")).to_contain_text("Träff 1 av 8")
    page.get_by_role("link", name="Nästa träff").click()
    expect(page.locator("h1")).to_have_text(titles[0])
    page.get_by_role("link", name="Följ tråden").click()
    page.locator(".passages ul a").first.click()
    expect(page.locator("h1")).not_to_have_text(titles[0])
    page.get_by_role("link", name="Tillbaka till sökningen").click()
    page.wait_for_url(found)
    assert page.locator(".results > .hits").inner_text() == shown


def test_every_hit_is_reached_with_next_and_the_last_has_none(page: Page) -> None:
    page.goto("/?q=skogen&sort=title&limit=2")
    total = int(page.locator("h1").inner_text().split()[0])
    page.locator(".hit a").first.click()
    seen = [page.locator("h1").inner_text()]
    for _ in range(total - 1):
        page.get_by_role("link", name="Nästa träff").click()
        page.wait_for_load_state()
        seen.append(page.locator("h1").inner_text())
    expect(page.get_by_role("link", name="Nästa träff")).to_have_count(0)
    page.goto(f"/?q=skogen&sort=title&limit={total}")
    assert seen == page.locator(".results > .hits h2").all_inner_texts()


def test_a_list_of_ones_own_is_in_the_address_with_its_sum_and_its_files(page: Page) -> None:
    page.goto("/?q=")
    titles = []
    for number in (1, 3):
        hit = page.locator(f"#h{number}")
        titles.append(hit.locator("h2").inner_text())
        hit.get_by_role("button", name="Lägg i min lista").click()
        expect(page.locator(f"#h{number} .picked")).to_be_visible()
    page.locator("header").get_by_role("link", name="Min lista").click()
    expect(page.locator("h1")).to_contain_text("2\u00a0beslut")
    assert page.locator(".hits h2").all_inner_texts() == titles
    for title in titles:
        assert title in page.get_by_label("Källhänvisningar").input_value()
    page.locator(".take summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel (XLSX)").click()
    rows = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    assert {row[2] for row in rows[1:]} == set(titles)
    kept = page.url
    # The list goes along on the way to other decisions, and into the address of another visitor.
    page.get_by_role("link", name="Sök fler beslut").click()
    expect(page.locator("header")).to_contain_text("Min lista 2")
    page.goto(kept)
    page.locator(".hit").first.get_by_role("link", name="Ta bort").click()
    expect(page.locator("h1")).to_contain_text("1\u00a0beslut")
    assert page.locator(".hits h2").all_inner_texts() == titles[1:]


def test_filters_are_chosen_over_the_hits_and_shown_with_a_button(page: Page) -> None:
    page.goto("/?q=l%C3%A4net")
    before = page.locator("h1").inner_text()
    filtered(page, "Ankeby kommun")
    expect(page.locator("h1")).to_be_in_viewport()
    assert page.locator("h1").inner_text() != before
    page.get_by_role("link", name="Ta bort filtret projektägare: Ankeby kommun").click()
    expect(page.locator("h1")).to_have_text(before)


def test_the_drawer_counts_what_it_would_show(page: Page) -> None:
    if not page.viewport_size or page.viewport_size["width"] > 400:
        return
    page.goto("/?q=l%C3%A4net")
    if not has_scripts(page):
        return
    page.locator(".to-facets").click()
    expect(page.locator(".results")).to_have_attribute("inert", "")
    page.get_by_role("checkbox", name="Ankeby kommun").check()
    button = page.locator(".apply button")
    expect(button).to_have_text("Visa 1 beslut")
    page.keyboard.press("Escape")
    expect(page.locator(".facets")).to_be_hidden()
    expect(page.locator(".to-facets")).to_be_focused()


def test_a_menu_opens_over_the_hits_and_does_not_push_them(page: Page) -> None:
    page.goto("/?q=l%C3%A4net")
    box = page.locator(".hit").first.bounding_box()
    page.locator(".sort summary").click()
    expect(page.get_by_role("link", name="Projektnamn")).to_be_visible()
    assert page.locator(".hit").first.bounding_box() == box


def test_the_pages_are_read_in_english_and_the_decisions_stay_swedish(page: Page) -> None:
    page.goto("/?q=l%C3%A4net")
    titles = page.locator(".results > .hits h2").all_inner_texts()
    page.get_by_role("link", name="In English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_contain_text("decisions")
    assert page.locator(".results > .hits h2").all_inner_texts() == titles
    page.locator(".hit a").first.click()
    expect(page.get_by_role("heading", name="Citation")).to_be_visible()
    page.get_by_role("link", name="Back to the search").click()
    page.get_by_role("link", name="På svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert page.locator(".results > .hits h2").all_inner_texts() == titles


def test_all_decisions_do_not_end_in_silence(page: Page) -> None:
    page.goto("/?q=&limit=3")
    while page.locator(".cut").count() == 0:
        current = int(page.locator(".pages .current").inner_text().split()[-1])
        page.get_by_role("navigation", name="Sidor").get_by_role(
            "link", name=f"Sida {current + 1}", exact=True
        ).click()
        page.wait_for_load_state()
    expect(page.locator(".cut")).to_contain_text("de första 6 av")
    with page.expect_download() as download:
        page.get_by_role("link", name="ladda ner alla").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_where_nothing_is_found_there_is_nothing_to_filter_by(page: Page) -> None:
    page.goto("/?q=finnsinte")
    expect(page.locator("h1")).to_contain_text("Inga beslut")
    expect(page.locator(".facets")).to_have_count(0)
    page.goto("/?q=finnsinte&owner=Ankeby+kommun")
    expect(page.get_by_role("link", name="Rensa alla")).to_be_visible()


def test_nothing_on_the_way_is_wider_than_the_window(page: Page) -> None:
    for path in ("/teman", "/tema/elevhalsa", "/agare/ankeby-kommun", "/finansiar/region-vi",
                 "/beslut/x-2030-1/elevhalsa-for-alla/liknande"):  # fmt: skip
        assert page.goto(path)
        too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(too_wide), path


def test_the_directory_lists_what_finds_something_with_the_number_of_its_search(
    page: Page,
) -> None:
    page.goto("/teman")
    expect(page.locator("main")).not_to_contain_text("rymdfart")
    page.locator("main").get_by_role("link", name="skog").first.click()
    expect(page.locator(".sum")).to_contain_text("6\u00a0beslut")
