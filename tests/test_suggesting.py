"""Suggestions in a real browser: by keyboard, pointer and touch, and without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, Route, expect

from tests.conftest import ROOT
from tests.test_accessibility import AXE, RUN, TAGS
from tests.test_browser import DECISION, NARROW, WIDE

PHONE = {"width": 360, "height": 740}
API = "**/api/v1/suggestions?*"


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def page(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which no script may fail."""
    context = browser.new_context(base_url=server, viewport=request.param)
    context.set_default_timeout(10_000)
    failures: list[str] = []
    found = context.new_page()
    found.on("pageerror", lambda error: failures.append(str(error)))
    yield found
    context.close()
    assert failures == []


def field(page: Page) -> Locator:
    return page.get_by_role("combobox")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def active(page: Page) -> str:
    """The label of the option that is active, as assistive technology is told."""
    name = field(page).get_attribute("aria-activedescendant")
    if not name:
        return ""
    one = page.locator(f"#{name}")
    expect(one).to_have_attribute("aria-selected", "true")
    return one.locator("bdi").inner_text()


def type_(page: Page, text: str) -> None:
    """Types, and waits until the answer to all of it is told."""
    whole = field(page).input_value() + text

    def is_last(response: Response) -> bool:
        return parse_qs(urlsplit(response.url).query).get("q") == [whole.strip()]

    field(page).press("End")
    with page.expect_response(is_last) as answer:
        field(page).press_sequentially(text)
    answer.value.finished()
    page.wait_for_timeout(50)
    expect(page.get_by_role("status").first).not_to_be_empty()


def labels(page: Page) -> list[str]:
    return options(page).locator("bdi").all_inner_texts()


@pytest.mark.parametrize("path", ["/", "/?q=skola", "/om", DECISION, "/finns-inte"])
def test_every_page_has_a_field_that_suggests(page: Page, path: str) -> None:
    page.goto(path)
    field(page).fill("")
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    type_(page, "lulea")
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    listed = page.get_by_role("listbox", name="Förslag")
    expect(listed).to_be_visible()
    assert field(page).get_attribute("aria-controls") == listed.get_attribute("id")
    assert labels(page) == ["luleå", "Luleå kommun"]
    expect(options(page).nth(1)).to_have_text("Luleå kommun Projektägare 1\u00a0beslut")
    expect(page.get_by_role("status").first).to_have_text(
        "2 förslag. Gå till dem med piltangenterna."
    )
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(too_wide)


def test_arrows_go_round_and_enter_goes_where_the_option_leads(page: Page) -> None:
    page.goto("/")
    type_(page, "psyk")
    expect(options(page).first).to_be_visible()
    every = labels(page)
    assert len(every) > 2
    assert active(page) == ""
    for label in (*every, every[0]):
        page.keyboard.press("ArrowDown")
        assert active(page) == label
    page.keyboard.press("ArrowUp")
    assert active(page) == every[-1]
    assert field(page).input_value() == "psyk"
    at = every.index("psykisk hälsa")
    for _ in range(at + 1):
        page.keyboard.press("ArrowDown")
    count = options(page).nth(at).locator(".count").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tema/psykisk-halsa")
    expect(page.locator(".sum")).to_contain_text(count)


def test_enter_without_an_active_option_searches_for_what_was_typed(page: Page) -> None:
    page.goto("/")
    type_(page, "psyk")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=psyk")


def test_moving_in_the_text_leaves_the_list(page: Page) -> None:
    page.goto("/")
    type_(page, "psyk")
    for key in ("Home", "End", "ArrowLeft", "ArrowRight"):
        page.keyboard.press("ArrowDown")
        assert active(page)
        page.keyboard.press(key)
        assert active(page) == ""
        expect(options(page).first).to_be_visible()
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.selectionStart") == 0


def test_escape_closes_the_list_and_then_clears_the_field(page: Page) -> None:
    page.goto("/")
    type_(page, "psyk")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    assert field(page).input_value() == "psyk"
    page.keyboard.press("Escape")
    assert field(page).input_value() == ""


def test_arrow_down_opens_the_list_again(page: Page) -> None:
    page.goto("/?q=skola")
    field(page).press("ArrowDown")
    expect(options(page).first).to_be_visible()


def test_tab_leaves_the_field_and_the_list_is_gone(page: Page) -> None:
    page.goto("/")
    type_(page, "psyk")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Sök")).to_be_focused()
    assert page.url.endswith("/")


def test_a_click_goes_where_the_option_leads_and_one_beside_closes(page: Page) -> None:
    page.goto("/")
    type_(page, "luleå k")
    expect(options(page).first).to_be_visible()
    page.locator("main").click(position={"x": 2, "y": 2})
    expect(options(page)).to_have_count(0)
    type_(page, "o")
    options(page).filter(has_text="Projektägare").click()
    page.wait_for_url("**/agare/lulea-kommun")


def test_a_touch_goes_where_the_option_leads(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport=NARROW, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto("/om")
    type_(page, "hela v")
    one = options(page).filter(has_text="Hela vägen ut")
    box = one.bounding_box()
    assert box and box["height"] >= 24
    one.tap()
    page.wait_for_url("**/beslut/esf-2026-1/hela-vagen-ut")
    context.close()


def test_nothing_is_asked_for_one_letter(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    field(page).press_sequentially("p ")
    page.wait_for_timeout(400)
    assert not [url for url in asked if "suggestions" in url]
    type_(page, "s")
    assert [url for url in asked if "suggestions" in url]


def test_letters_typed_fast_are_asked_for_once(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    type_(page, "psykisk")
    expect(options(page).first).to_be_visible()
    assert len([url for url in asked if "suggestions" in url]) < len("psykisk") - 1


def test_an_answer_that_comes_too_late_is_not_shown(page: Page) -> None:
    """The first answer is held back until the second has been shown."""
    held: list[Route] = []

    def slowly(route: Route) -> None:
        if "q=lul" in route.request.url and "lulex" not in route.request.url:
            held.append(route)
        else:
            route.fulfill(json={"suggestions": []})

    page.route(API, slowly)
    page.goto("/")
    with page.expect_request(API):
        field(page).press_sequentially("lul")
    type_(page, "ex")
    late = {"kind": "word", "label": "sent", "count": 1, "segments": [], "links": {"html": "/"}}
    for route in held:
        route.fulfill(body=json.dumps({"suggestions": [late]}))
    page.wait_for_timeout(200)
    expect(options(page)).to_have_count(0)
    expect(page.get_by_role("status").first).to_have_text("Inga förslag.")


def test_an_answer_after_the_field_was_left_is_not_shown(page: Page) -> None:
    page.goto("/")
    field(page).press_sequentially("psyk")
    page.keyboard.press("Tab")
    page.wait_for_timeout(600)
    expect(options(page)).to_have_count(0)


@pytest.mark.parametrize("status", [503, 400, 0])
def test_a_failure_is_silent_and_the_search_works(page: Page, status: int) -> None:
    page.route(API, lambda route: route.fulfill(status=status) if status else route.abort())
    page.goto("/")
    field(page).press_sequentially("psyk")
    page.wait_for_timeout(400)
    expect(options(page)).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=psyk")


def test_text_that_is_being_composed_is_left_alone(page: Page) -> None:
    """As with input methods, where Enter and arrows choose among characters."""
    page.goto("/")
    compose = """field => {
        field.focus();
        field.value = "psyk";
        field.dispatchEvent(new InputEvent("input", {isComposing: true}));
        const key = new KeyboardEvent("keydown",
            {key: "ArrowDown", isComposing: true, cancelable: true});
        return field.dispatchEvent(key);
    }"""
    assert field(page).evaluate(compose)
    page.wait_for_timeout(400)
    expect(options(page)).to_have_count(0)
    field(page).evaluate("field => field.dispatchEvent(new CompositionEvent('compositionend'))")
    expect(options(page).first).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_without_scripts_the_field_is_as_before(
    browser: Browser, server: str, viewport: dict[str, int]
) -> None:
    context = browser.new_context(
        base_url=server,
        viewport=viewport,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    for path in ("/", "/om"):
        page.goto(path)
        assert page.get_by_role("combobox").count() == 0
        page.get_by_role("searchbox").fill("psykisk")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=psykisk")
    context.close()


@pytest.mark.parametrize("path", ["/", "/om"])
@pytest.mark.parametrize(
    "mode",
    [
        {"color_scheme": "light", "viewport": WIDE},
        {"color_scheme": "dark", "viewport": WIDE},
        {"color_scheme": "dark", "viewport": NARROW},
        {"forced_colors": "active", "viewport": WIDE},
    ],
    ids=["light", "dark", "narrow", "high-contrast"],
)
def test_axe_finds_nothing_wrong_with_the_open_list(
    browser: Browser, server: str, mode: dict[str, object], path: str
) -> None:
    context = browser.new_context(base_url=server, bypass_csp=True, **mode)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(path)
    type_(page, "psyk")
    page.keyboard.press("ArrowDown")
    assert active(page)
    page.evaluate(AXE)
    assert page.evaluate(RUN, ["html", [*TAGS, "best-practice"]]) == []
    context.close()


def test_the_script_says_nothing_itself() -> None:
    """What it shows stands in the page, so that it can be in another language."""
    script = (ROOT / "web/site/static/suggest.js").read_text("utf-8")
    assert not set("åäöÅÄÖ") & set(script)
