"""Every kind of page under axe-core: no violation of WCAG 2.2 A or AA, however it is looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.conftest import serving
from tests.test_browser import DECISION, NARROW, PATHS, WIDE

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """async ([where, tags]) => {
    const found = await axe.run(where, {runOnly: {type: "tag", values: tags}});
    return found.violations.map(one =>
        `${one.id} (${one.impact}): ${one.help}: ${one.nodes.map(node => node.html).join(" | ")}`);
}"""
MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW, "color_scheme": "light"},
    "without-scripts": {"viewport": WIDE, "color_scheme": "light"},
    "high-contrast": {"viewport": WIDE, "forced_colors": "active"},
}


UNREAD = {"file": "a.csv", "table": None, "row": 7, "what": "raden är för lång", "remedy": "x"}
REPORT = {
    "version": 1,
    "lastRead": "2030-06-01T10:00:00Z",
    "trial": True,
    "exitCode": 1,
    "unread": [UNREAD] * 101,
}
"""A report of a reading as `/om` shows most of."""


@pytest.fixture(scope="module")
def address(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with everything filled in that a publisher can fill in."""
    reports = tmp_path_factory.mktemp("reports")
    (reports / "report.json").write_text(json.dumps(REPORT), "utf-8")
    filled = {
        "reports": str(reports),
        "show_reading": "1",
        "publisher": "Region Exempel",
        "contact": "kontakt@exempel.se",
        "accessibility": "delvis",
        "accessibility_date": "2026-11-20",
        "themes": "",
    }
    with serving(sample_index, **filled) as found:
        yield found


@pytest.fixture(scope="module", params=MODES)
def looked_at(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page looked at in one way. The tester itself is a script, so what is without scripts is the
    page whose own scripts never came."""
    context = browser.new_context(base_url=address, bypass_csp=True, **MODES[request.param])
    if request.param == "without-scripts":

        def nothing(route: Route) -> None:
            route.fulfill(body="", content_type="text/javascript")

        context.route("**/*.js", nothing)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, everything that can be opened being open. Menus open over the page, so what
    is in them is looked at by itself, and last."""
    page.evaluate(AXE)
    found: list[str] = []
    for opened, where in (("details:not(.menu)", "html"), ("details.menu", ".menu")):
        page.evaluate(f"document.querySelectorAll('{opened}').forEach(one => one.open = true)")
        if page.locator(where).count():
            found += page.evaluate(RUN, [where, TAGS])
    return found


OTHERS = [
    "/?q=kommun#filter",
    "/?amountMin=abc#amountMin",
    "/en/?q=kommun",
    "/en/om",
    f"/en{DECISION}?q=kommun",
]
"""The filters as a drawer, where the window is narrow; and pages in English."""


@pytest.mark.parametrize("path", [*dict.fromkeys(PATHS), *OTHERS])
def test_no_violation(looked_at: Page, path: str) -> None:
    looked_at.goto(path)
    assert violations(looked_at) == []


def test_the_tester_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<html lang=sv><title>x</title><input><img src=x><p style='color:#ccc'>blek text"
    )
    assert len(violations(page)) >= 3
    page.close()


def test_what_is_jumped_to_is_announced(browser: Browser, address: str) -> None:
    """A mark that is jumped to gets the focus, so that a screen reader reads on from there."""
    page = browser.new_page(base_url=address)
    page.goto(f"{DECISION}?q=psykisk+h%C3%A4lsa")
    page.get_by_role("link", name="Träff 2").click()
    assert page.evaluate("document.activeElement.id") == "traff-2"
    page.close()
