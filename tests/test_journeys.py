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
    with serving(folder / "index", search_seconds="20", themes=themes) as found:
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
