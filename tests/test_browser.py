"""The site in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=320, height=640)
SIZES = [WIDE, NARROW]
SCHEMES = ["light", "dark"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATHS = [
    "/",
    "/?q=psykisk+h%C3%A4lsa",
    "/?q=finnsinte",
    "/?amountMin=abc",
    "/?owner=Lule%C3%A5+kommun&amountMin=500000&exact=1&q=projektet",
    "/?limit=1&page=5",
    "/?q=" + "a" * 300,
    "/beslut/esf-2026-1/starka-och-trygga-moten-psykisk-hallbarhet-i-gymnasieskolan-och-kaa",
    "/finns-inte",
]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a failure, not a skip, where there is none."""
    path = shutil.which("chromium")
    assert path, "the tests need Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Open]:
    """Opens a path in a context of its own. Whatever the test does there, no script may fail, and
    nothing may be asked of another origin."""
    contexts: list[BrowserContext] = []
    said: list[str] = []
    elsewhere: list[str] = []

    def go(path: str, viewport: ViewportSize = WIDE, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, base_url=server, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: elsewhere.append(request.url))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    expected = re.compile("Failed to load resource: the server responded with a status of 40[04]")
    assert [text for text in said if not expected.match(text)] == []
    assert [url for url in elsewhere if not url.startswith(f"{server}/")] == []


def hits(page: Page) -> list[str]:
    """The titles of the hits, the partial ones left out."""
    return page.locator(".results > .hits h3").all_inner_texts()


def counted(page: Page) -> int:
    """How many decisions the page says it found."""
    words = page.locator(".summary h2").inner_text()
    return 0 if words.startswith("Inga") else int(words.split("\u00a0")[0])


# Journeys


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_from_words_to_a_decision_and_back(visit: Open, size: ViewportSize, scripts: bool) -> None:
    page = visit("/", size, java_script_enabled=scripts)
    page.get_by_label("Sök i beslutens titlar, beskrivningar och motiveringar").fill(
        "psykisk hälsa"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=psykisk*")
    assert counted(page) == 2
    assert hits(page)[0].startswith("Starka och trygga möten")

    page.get_by_role("link", name="Luleå kommun 1").click()
    page.wait_for_url("**owner=Lule*")
    assert counted(page) == 1
    assert page.locator("[aria-current=true]").inner_text().startswith("Luleå kommun")

    found, text = page.url, page.locator("main").inner_text()
    page.get_by_role("link", name="Starka och trygga möten").click()
    page.wait_for_url("**/beslut/esf-2026-1/starka*")
    assert page.locator("h1").inner_text().startswith("Starka och trygga möten")
    assert "798\u00a0582\u00a0kr" in page.locator("main").inner_text()

    page.go_back()
    page.wait_for_url(found)
    assert page.locator("main").inner_text() == text
    assert page.locator("#q").input_value() == "psykisk hälsa"

    again = visit(found, size, java_script_enabled=scripts)
    assert again.locator("main").inner_text() == text


def test_the_button_searches_as_enter_does(visit: Open) -> None:
    page = visit("/")
    page.fill("#q", "glesbygd")
    page.get_by_role("button", name="Sök").click()
    page.wait_for_url("**/?q=glesbygd*")
    assert "Glesbygdskraft" in hits(page)[0]


def test_amounts_and_sort_are_sent_along(visit: Open) -> None:
    page = visit("/")
    page.get_by_label("Belopp från").fill("500 000")
    page.get_by_label("Belopp till").fill("1,5 mnkr")
    page.get_by_label("Sortera efter").select_option("Lägsta belopp")
    page.get_by_role("button", name="Sök").click()
    page.wait_for_url("**sort=amount*")
    assert [title[:10] for title in hits(page)] == ["SamKraft S", "Starka och"]
    assert page.get_by_label("Sortera efter").input_value() == "amount"


def test_every_owner_gives_as_many_as_it_says(visit: Open) -> None:
    page = visit("/?q=kommun")
    links = page.locator(".facet").first.locator("a")
    for at in range(links.count()):
        number = int(links.nth(at).locator(".count").inner_text())
        links.nth(at).click()
        page.wait_for_url("**owner=*")
        assert counted(page) == number
        page.go_back()
        page.wait_for_url("**/?q=kommun")


def test_a_chosen_facet_is_let_go_of_again(visit: Open) -> None:
    page = visit("/?q=kommun")
    everything = hits(page)
    page.locator(".facet a").first.click()
    page.wait_for_url("**owner=*")
    page.locator(".facet a[aria-current=true]").click()
    page.wait_for_url("**/?q=kommun")
    assert hits(page) == everything


def test_paging_goes_through_the_whole_set(visit: Open) -> None:
    page = visit("/?limit=4")
    seen = hits(page)
    for number in ("2", "3"):
        page.get_by_role("navigation", name="Sidor").get_by_role("link", name=number).click()
        page.wait_for_url(f"**page={number}*")
        seen += hits(page)
    assert len(set(seen)) == len(seen) == 9


def test_a_wrong_amount_can_be_mended_in_place(visit: Open) -> None:
    page = visit("/?q=kommun&amountMin=abc")
    field = page.get_by_label("Belopp från")
    assert field.input_value() == "abc"
    assert "inget belopp" in page.locator(".error").inner_text()
    field.fill("3 mnkr")
    field.press("Enter")
    page.wait_for_url("**amountMin=3*")
    assert page.locator(".error").count() == 0
    assert counted(page) > 0
    assert page.locator("#q").input_value() == "kommun"


def test_the_search_can_be_made_exact_and_back(visit: Open) -> None:
    page = visit("/?q=skola")
    page.get_by_role("link", name="Sök bara på exakt ”skola”").click()
    page.wait_for_url("**exact=1")
    page.get_by_role("link", name="Sök även på böjningar").click()
    page.wait_for_url("**/?q=skola")


# The keyboard


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: its text, whether its outline shows, whether it is in view."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const one = document.activeElement, style = getComputedStyle(one);
            const box = one.getBoundingClientRect();
            return {
                text: one.innerText || one.name || "",
                tag: one.tagName,
                outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                seen: box.width > 0 && box.right > 0 && box.bottom > 0
                    && box.left < innerWidth && box.top < innerHeight,
            };
        }"""
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_tab_goes_through_the_page_in_order_with_visible_focus(
    visit: Open, size: ViewportSize
) -> None:
    page = visit("/?q=psykisk+h%C3%A4lsa", size)
    order = []
    for _ in range(40):
        page.keyboard.press("Tab")
        now = focused(page)
        if now["tag"] == "BODY":
            break
        assert now["outline"], now
        assert now["seen"], now
        order.append(now["text"])
    assert order[:4] == ["Till innehållet", "Beslutssök", "q", "Sök"]
    assert order[4:6] == ["amountMin", "amountMax"]
    assert any(text.startswith("Starka och trygga") for text in order)
    assert any(text.startswith("Luleå kommun") for text in order)
    links = page.locator("a:visible, button:visible, input:visible, select:visible").count()
    assert len(order) == links


def test_the_skip_link_skips_to_the_content(visit: Open) -> None:
    page = visit("/?q=skola")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.url.endswith("#innehall")
    assert focused(page)["text"] == "q"


# Looks


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_window(visit: Open, size: ViewportSize, scheme: str) -> None:
    page = visit("/", size, color_scheme=scheme)
    for path in PATHS:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        wide = page.evaluate(
            """() => [...document.querySelectorAll("body *:not(.skip):not(.visually-hidden)")]
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
                .map(one => one.outerHTML.slice(0, 100))"""
        )
        assert wide == [], path


def test_text_twice_as_large_still_fits(visit: Open) -> None:
    page = visit("/", ViewportSize(width=640, height=900))
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_24_pixels_or_stand_in_a_line_of_text(visit: Open, size: ViewportSize) -> None:
    """WCAG 2.2, 2.5.8: at least 24 by 24 CSS pixels, or inline in a sentence."""
    page = visit("/", size)
    for path in PATHS:
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a:not(.skip), button, input, select")]
                .filter(one => one.type !== "hidden" && one.checkVisibility())
                .filter(one => !(one.tagName === "A" && one.closest("p, dd, h3")))
                .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
                .filter(([_, box]) => box.width < 24 || box.height < 24)
                .map(([html, _]) => html)"""
        )
        assert small == [], path


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_scheme_of_the_visitor_is_followed(visit: Open, scheme: str) -> None:
    page = visit("/?q=skola", color_scheme=scheme)
    channels = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
    assert (sum(map(int, channels)) > 3 * 128) == (scheme == "light")


def test_paper_shows_the_decisions_and_not_the_controls(visit: Open) -> None:
    page = visit("/?q=psykisk+h%C3%A4lsa", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".hit").first.is_visible()
    for control in ("form", ".facets", ".skip"):
        assert not page.locator(control).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
