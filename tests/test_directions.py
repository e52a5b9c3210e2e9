"""Text of a source that is written from the right, or that turns what follows, turns nothing of
ours: measured in a browser, and read where text is plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page

from index.build import build
from tests.conftest import beslut, document, serving

TURNS = "\u202e"  # right-to-left override, which nothing ends
OWNERS = {"override": f"Öbo{TURNS} förening", "isolate": "Öbo\u2067 förening", "hebrew": "אבגדה"}
ROW = "En skola för alla\tElevhälsan stärks i gymnasieskolan.\t400 000"
BEGINS = """([selector, text]) => {
  const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(text);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    const box = range.getBoundingClientRect();
    return [box.left, Math.round(box.top / 10)];
  }
}"""


@pytest.fixture(scope="module", params=OWNERS)
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("turned")
    owner = OWNERS[request.param]
    rows = [f"{owner}\tTitel {n}{TURNS}\t{ROW.partition(chr(9))[2]}" for n in range(3)]
    rows += [f"Ägare {n}\tBro {n}\tVi bygger bro {n} av trä.\t1 000" for n in range(9)]
    (folder / "lista.txt").write_text(document(*rows), "utf-8")
    build([folder], folder / "index")
    return folder / "index"


@pytest.fixture
def page(browser: Browser, index: Path) -> Iterator[Page]:
    with serving(index, search_seconds="20") as address:
        context = browser.new_context(base_url=address, viewport={"width": 900, "height": 900})
        yield context.new_page()
        context.close()


def in_order(page: Page, selector: str, *texts: str) -> bool:
    """Whether texts begin on one line, each to the right of the one before."""
    places = [page.evaluate(BEGINS, [selector, text]) for text in texts]
    assert all(places), places
    lefts = [left for left, _ in places]
    return lefts == sorted(lefts) and len({top for _, top in places}) == 1


def test_what_stands_after_an_owner_stays_to_its_right(page: Page) -> None:
    page.goto("/?q=")
    page.locator(".hits a").first.click()
    owner = page.locator(".related .note").first.inner_text()[:3]
    assert in_order(page, ".related .note", owner, "400", "kr. Gemensamma", "ord:")


def test_what_stands_after_a_word_stays_to_its_right(page: Page) -> None:
    page.goto("/?q=skola+אבג")
    page.locator(".meaning summary").click()
    assert in_order(page, ".meaning li:nth-child(2)", "אבג", "0", "beslut")


def test_where_text_is_plain_nothing_is_left_open(page: Page, index: Path) -> None:
    page.goto("/?q=")
    page.locator(".hits a").first.click()
    description = page.locator("meta[name=description]").get_attribute("content") or ""
    citation = page.locator("textarea").input_value()
    feed = page.request.get("/feed.atom?q=skola" + TURNS).text()
    told = beslut("search", "skola", TURNS, "--index", str(index)).stdout
    told += beslut("related", page.url.partition("/beslut/")[2], "--index", str(index)).stdout
    for text in (page.title(), description, citation, told):
        assert "\u202e" not in text and "\u2067" not in text
        isolates = re.sub("[^\u2068\u2069]", "", text)
        assert isolates == "\u2068\u2069" * (len(isolates) // 2)
        assert ("\u2068אבגדה\u2069" in text) == ("אבגדה" in text)
    for element in ElementTree.fromstring(feed).iter():
        assert element.tag.endswith("id") or "\u202e" not in (element.text or "")
