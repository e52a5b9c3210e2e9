"""The site in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

from index.build import build
from tests.conftest import document, serving

WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=320, height=640)
SIZES = [WIDE, NARROW]
SCHEMES = ["light", "dark"]
DECISION = "/beslut/esf-2026-1/starka-och-trygga-moten-psykisk-hallbarhet-i-gymnasieskolan-och-kaa"
PATHS = [
    "/",
    "/?q=",
    "/?q=psykisk+h%C3%A4lsa",
    "/?q=finnsinte+skola&owner=Lule%C3%A5+kommun",
    "/?amountMin=abc",
    "/?owner=Lule%C3%A5+kommun&amountMin=500000&exact=1&q=projektet",
    "/?limit=1&page=5",
    "/?q=" + "a" * 300,
    "/teman",
    "/oversikt",
    "/om",
    "/tillganglighet",
    "/api",
    DECISION,
    f"{DECISION}?q=psykisk+h%C3%A4lsa",
    f"{DECISION}/liknande",
    "/teman",
    "/tema/psykisk-halsa",
    "/agare/lulea-kommun",
    "/finansiar/region-norrbotten",
    "/finns-inte",
    "/lista",
    "/lista?listed=esf-2026-1%2Fsamkraft-skola",
]
Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Open]:
    """Opens a path in a context of its own. Whatever the test does there, no script may fail, and
    nothing may be asked of another origin."""
    contexts: list[BrowserContext] = []
    said: list[str] = []
    elsewhere: list[str] = []

    def go(path: str, viewport: ViewportSize = WIDE, **options: Any) -> Page:
        context = browser.new_context(viewport=viewport, base_url=server, **options)
        context.set_default_timeout(10_000)
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
    return page.locator(".results > .hits h2").all_inner_texts()


def counted(page: Page) -> int:
    """How many decisions the page says it found."""
    words = page.locator("h1").inner_text()
    found = re.search(r"([\d\u00a0]+)\u00a0beslut", words)
    return int(found[1].replace("\u00a0", "")) if found else 0


def tick(page: Page, name: str, scripts: bool) -> None:
    """Ticks a box of a facet, or unticks it. A button sends the form where the window is narrow, or
    without scripts."""
    drawer = page.locator(".to-facets")
    is_narrow = drawer.is_visible()
    if is_narrow:
        drawer.click()
    page.get_by_role("checkbox", name=name).click()
    if is_narrow or not scripts:
        page.locator(".apply button").click()


def told(found: Locator) -> list[str]:
    """What some bars say when one points at them."""
    texts: list[str] = found.evaluate_all(
        "all => all.map(one => one.querySelector('title').textContent)"
    )
    return texts


both = pytest.mark.parametrize("scripts", [False, True], ids=["without-scripts", "with-scripts"])
sizes = pytest.mark.parametrize("size", SIZES, ids=["wide", "narrow"])


# Journeys


@both
@sizes
def test_staff_go_from_a_theme_to_who_got_how_much(
    visit: Open, size: ViewportSize, scripts: bool
) -> None:
    page = visit("/", size, java_script_enabled=scripts)
    page.get_by_role("link", name="Alla teman").click()
    page.get_by_role("link", name="Arbetsmarknad", exact=True).click()
    page.wait_for_url("**/teman#*")
    page.get_by_role("link", name="kompetensförsörjning").click()
    page.wait_for_url("**/tema/kompetensforsorjning")
    page.get_by_role("link", name="Visa besluten").click()
    page.wait_for_url("**/?q=kompetens*")
    total = counted(page)
    assert total > 2
    assert "Beviljat sammanlagt" in page.locator(".sum").inner_text()

    tick(page, "Akademi Norr", scripts)
    page.wait_for_url("**owner=Akademi*")
    assert counted(page) == 1
    tick(page, "Sorsele kommun", scripts)
    page.wait_for_url("**owner=*owner=*")
    assert counted(page) == 2
    found, text = page.url, page.locator("main").inner_text()

    page.locator(".tools").get_by_role("link", name="Översikt").click()
    page.wait_for_url("**/oversikt?*")
    assert counted(page) == 2
    bars = page.locator("#agare svg a")
    assert [name.partition(":")[0] for name in told(bars)] == ["Akademi Norr", "Sorsele kommun"]
    bars.nth(1).click()
    page.wait_for_url("**owner=Sorsele*")
    assert counted(page) == 1
    page.go_back()
    page.go_back()
    page.wait_for_url(found)
    assert page.locator("main").inner_text() == text
    assert page.locator("[type=checkbox][value='Sorsele kommun']").is_checked()

    again = visit(found, size, java_script_enabled=scripts)
    assert again.locator("main").inner_text() == text

    page.get_by_role("link", name="Ta bort filtret projektägare: Sorsele kommun").click()
    page.wait_for_url("**owner=Akademi*")
    assert counted(page) == 1
    page.get_by_role("link", name="Rensa alla").click()
    page.wait_for_url(re.compile(r"/\?q=kompetens[^&]*$"))
    assert counted(page) == total


@both
@sizes
def test_a_journalist_goes_from_a_project_to_what_is_like_it(
    visit: Open, size: ViewportSize, scripts: bool
) -> None:
    page = visit("/", size, java_script_enabled=scripts)
    page.get_by_label("Sök på tema, projekt eller projektägare").fill("psykisk hälsa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=psykisk*")
    assert counted(page) == 2
    assert hits(page)[0].startswith("Starka och trygga möten")
    found, text = page.url, page.locator("main").inner_text()

    page.locator(".take summary").click()
    sheet = page.get_by_role("link", name="Excel (XLSX)").get_attribute("href")
    assert sheet is not None
    answer = page.request.get(sheet)
    assert answer.status == 200
    assert answer.body().startswith(b"PK")
    assert "psykisk" in sheet
    page.locator(".take summary").click()

    page.get_by_role("link", name="Starka och trygga möten").click()
    page.wait_for_url("**/beslut/esf-2026-1/starka*")
    assert "798\u00a0582\u00a0kr" in page.locator("main").inner_text()
    page.get_by_role("navigation", name="Sökorden i texten").get_by_role(
        "link", name="Träff 2"
    ).click()
    place = page.locator("#traff-2")
    assert place.evaluate("one => one.matches(':target')")
    assert place.bounding_box() is not None
    bar = page.locator(".places").bounding_box()
    box = place.bounding_box()
    assert bar and box
    assert bar["y"] + bar["height"] <= box["y"] < size["height"]

    cited = page.get_by_label("Källhänvisning").input_value()
    assert page.url.partition("?")[0] in cited
    assert "rad 10" in cited
    similar = page.locator(".related li").first
    assert "Gemensamma ord" in similar.inner_text()
    similar.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/beslut/(?!.*starka)"))
    page.go_back()
    page.wait_for_url("**/beslut/esf-2026-1/starka*")
    page.get_by_role("link", name="Tillbaka till sökningen").click()
    page.wait_for_url(re.compile(r"/\?q=psykisk"))
    assert page.locator("main").inner_text() == text
    again = visit(found, size, java_script_enabled=scripts)
    assert again.locator("main").inner_text() == text


@both
@sizes
def test_a_programmer_goes_from_the_page_to_its_json(
    visit: Open, size: ViewportSize, scripts: bool
) -> None:
    page = visit("/?q=kommun&amountMin=2+mnkr", size, java_script_enabled=scripts)
    page.locator(".take summary").click()
    address = page.get_by_role("link", name="Den här sidan som JSON").get_attribute("href")
    assert address is not None
    body = page.request.get(address).json()
    assert body["_meta"]["totalRecords"] == counted(page)
    assert [one["title"] for one in body["decisions"]] == hits(page)
    page.locator(".take summary").click()
    page.locator(".hit a").first.click()
    page.wait_for_url("**/beslut/**")
    link = page.get_by_role("link", name="Beslutet som JSON").get_attribute("href")
    assert link is not None
    assert page.request.get(link).json()["title"] == page.locator("h1").inner_text()
    page.get_by_role("link", name="För programmerare").click()
    page.wait_for_url("**/api")
    assert "/api/v1/decisions" in page.locator("main").inner_text()


def test_the_button_searches_as_enter_does(visit: Open) -> None:
    page = visit("/")
    page.fill("#q", "glesbygd")
    page.get_by_role("button", name="Sök").click()
    page.wait_for_url("**/?q=glesbygd*")
    assert "Glesbygdskraft" in hits(page)[0]


@both
def test_amounts_and_sort_are_sent_along(visit: Open, scripts: bool) -> None:
    page = visit("/?q=", java_script_enabled=scripts)
    page.get_by_label("Belopp från").fill("500 000")
    page.get_by_label("Belopp till").fill("1,5 mnkr")
    page.locator(".apply button").click()
    page.wait_for_url("**amountMax=*")
    page.locator(".sort summary").click()
    page.get_by_role("link", name="Lägsta belopp").click()
    page.wait_for_url("**sort=amount*")
    assert [title[:10] for title in hits(page)] == ["SamKraft S", "Starka och"]
    assert page.locator(".sort summary").inner_text().split() == ["Sortering:", "Lägsta", "belopp"]


@both
def test_every_bar_gives_as_many_as_it_says(visit: Open, scripts: bool) -> None:
    page = visit("/?q=kommun", java_script_enabled=scripts)
    links = page.locator(".bands a")
    for at in range(links.count()):
        number = int(links.nth(at).locator(".count").inner_text().split()[0])
        links.nth(at).click()
        page.wait_for_url("**amountM*")
        assert counted(page) == number
        page.go_back()
        page.wait_for_url("**/?q=kommun")


@both
def test_every_owner_gives_as_many_as_it_says(visit: Open, scripts: bool) -> None:
    page = visit("/?q=kommun", java_script_enabled=scripts)
    rows = page.locator("[data-facet=owner] li")
    names = rows.locator(".value").all_inner_texts()
    for name in names:
        row = rows.filter(has_text=name)
        number = int(row.locator(".count").inner_text().split()[0])
        tick(page, name, scripts)
        page.wait_for_url("**owner=*")
        assert counted(page) == number
        page.go_back()
        page.wait_for_url("**/?q=kommun")
        assert not page.get_by_role("checkbox", name=name).is_checked()


def test_after_a_choice_the_next_one_can_be_made_with_the_keyboard(visit: Open) -> None:
    page = visit("/?q=kommun")
    page.get_by_role("checkbox", name="Luleå kommun").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**owner=Lule*")
    page.wait_for_function("document.activeElement.value === 'Luleå kommun'")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile(r"/\?q=kommun$"))


def test_scripts_leave_empty_parameters_out_of_the_address(visit: Open) -> None:
    page = visit("/?q=")
    page.fill("#q", "skola")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\?q=skola$"))


def test_paging_goes_through_the_whole_set(visit: Open) -> None:
    page = visit("/?limit=4")
    seen = hits(page)
    for number in ("2", "3"):
        page.get_by_role("navigation", name="Sidor").get_by_role(
            "link", name=f"Sida {number}"
        ).click()
        page.wait_for_url(f"**page={number}*")
        seen += hits(page)
    assert len(set(seen)) == len(seen) == 9


@both
def test_a_wrong_amount_can_be_mended_in_place(visit: Open, scripts: bool) -> None:
    page = visit("/?q=kommun&amountMin=abc", java_script_enabled=scripts)
    field = page.get_by_label("Belopp från")
    assert field.input_value() == "abc"
    assert "inget belopp" in page.locator(".error").inner_text()
    assert hits(page)
    assert focused(page)["text"] == "amountMin"
    field.fill("3 mnkr")
    page.locator(".apply button").click()
    page.wait_for_url("**amountMin=3*")
    assert page.locator(".error").count() == 0
    assert counted(page) > 0
    assert page.locator("#q").input_value() == "kommun"


def test_the_search_can_be_made_exact_and_back(visit: Open) -> None:
    page = visit("/?q=skola")
    page.get_by_text("Vi sökte också på").click()
    page.get_by_role("link", name="Sök bara på exakt ”skola”").click()
    page.wait_for_url("**exact=1")
    page.get_by_role("link", name="Sök även på böjningar").click()
    page.wait_for_url("**/?q=skola")


def test_the_citation_is_copied_with_a_button(visit: Open) -> None:
    page = visit(DECISION, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiera källhänvisning").click()
    page.get_by_role("button", name="Källhänvisningen är kopierad").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Källhänvisning").input_value()


def test_one_can_step_through_the_places(visit: Open) -> None:
    page = visit(f"{DECISION}?q=psykisk+h%C3%A4lsa")
    last = page.locator(".places li").count()
    next_, previous = (page.get_by_role("button", name=name) for name in ("Nästa", "Föregående"))
    for button, place in ((next_, 1), (next_, 2), (previous, 1), (previous, last)):
        button.focus()
        page.keyboard.press("Enter")
        assert button.evaluate("one => one === document.activeElement")
        assert page.locator(".places [aria-current]").inner_text().endswith(str(place))
        assert page.locator("mark.current").get_attribute("id") == f"traff-{place}"
        assert page.locator(".places [role=status]").inner_text() == f"Träff {place} av {last}"
        page.wait_for_function(
            "one => { const box = one.getBoundingClientRect();"
            " return box.top > 0 && box.bottom < innerHeight }",
            arg=page.locator("mark.current").element_handle(),
        )


def test_the_next_place_is_reached_with_enter_again_and_again(visit: Open) -> None:
    page = visit(f"{DECISION}?q=psykisk+h%C3%A4lsa", NARROW)
    page.get_by_role("button", name="Nästa").focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append(page.locator("mark.current").get_attribute("id"))
    assert seen == ["traff-1", "traff-2", "traff-3"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site over thirty owners."""
    folder = tmp_path_factory.mktemp("many")
    rows = [f"Förening {at}\tProjekt {at}\tVi bygger en bro.\t{at} 000" for at in range(1, 31)]
    (folder / "many.txt").write_text(document(*rows), "utf-8")
    build([folder / "many.txt"], folder / "index")
    with serving(folder / "index") as address:
        yield address


def test_a_long_list_is_filtered_by_typing(browser: Browser, many: str) -> None:
    page = browser.new_page()
    page.goto(f"{many}/?q=bro")
    owners = page.locator("[data-facet=owner]")
    assert owners.locator("li:visible").count() == 10
    page.get_by_label("Filtrera listan: Projektägare").fill("ning 2")
    assert owners.locator("li:visible .value").all_inner_texts() == [
        "Förening 2",
        *(f"Förening {at}" for at in range(20, 30)),
    ]
    assert owners.get_by_role("status").inner_text() == "11 av 30 visas"
    page.get_by_label("Filtrera listan: Projektägare").press("Enter")
    assert page.url.endswith("/?q=bro")
    owners.get_by_role("checkbox", name="Förening 25").click()
    page.wait_for_url("**owner=*")
    assert counted(page) == 1
    page.close()


def test_a_long_list_opens_without_scripts(browser: Browser, many: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{many}/?q=bro")
    owners = page.locator("[data-facet=owner]")
    assert owners.locator("li:visible").count() == 10
    owners.get_by_text("Visa alla 30").click()
    assert owners.locator("li:visible").count() == 30
    owners.get_by_role("checkbox", name="Förening 25").check()
    page.locator(".apply button").click()
    page.wait_for_url("**owner=*")
    assert counted(page) == 1
    context.close()


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
    for _ in range(70):
        page.keyboard.press("Tab")
        now = focused(page)
        if now["tag"] == "BODY":
            break
        assert now["outline"], now
        assert now["seen"], now
        order.append(now["text"])
    assert order[:10] == [
        "Till innehållet",
        "Till filtren",
        "Beslutssök",
        "Alla beslut",
        "Teman",
        "Översikt",
        "Om",
        "In English",
        "q",
        "Sök",
    ]
    assert any(text.startswith("Starka och trygga") for text in order)
    if size == WIDE:
        assert order.index("owner") < order.index("round") < order.index("amountMin")
    controls = "a:visible, button:visible, input:visible, summary:visible"
    assert len(order) == page.locator(controls).count()


def test_the_skip_link_skips_to_the_content(visit: Open) -> None:
    page = visit("/?q=skola")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.url.endswith("#innehall")
    assert focused(page)["text"] == "q"


@both
@sizes
def test_the_filters_are_one_step_away(visit: Open, size: ViewportSize, scripts: bool) -> None:
    page = visit("/?q=kommun", size, java_script_enabled=scripts)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#filter")
    page.keyboard.press("Tab")
    if page.get_by_role("link", name="Stäng").is_visible():
        page.keyboard.press("Tab")
    assert page.get_by_role("checkbox").first.evaluate("one => one === document.activeElement")


def test_escape_closes_a_menu_and_gives_the_focus_back(visit: Open) -> None:
    page = visit("/?q=skola")
    page.locator(".sort summary").click()
    page.get_by_role("link", name="Högsta belopp").focus()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Högsta belopp").is_visible()
    assert focused(page)["tag"] == "SUMMARY"


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
                .filter(one => !one.parentElement.closest("pre, .table"))  // these scroll
                .filter(one => !one.closest(".visually-hidden"))
                .filter(one => one.checkVisibility())
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
                .map(one => one.outerHTML.slice(0, 100))"""
        )
        assert wide == [], path


@pytest.mark.parametrize("menu", [".sort", ".take"])
def test_an_open_menu_stays_within_a_narrow_window(visit: Open, menu: str) -> None:
    page = visit("/?q=kommun", NARROW)
    page.locator(f"{menu} summary").click()
    box = page.locator(f"{menu} ul").bounding_box()
    assert box
    assert box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]


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
            """() => [...document.querySelectorAll(
                    "a:not(.skip), button, input, textarea, summary, .facet li label")]
                .filter(one => one.type !== "hidden" && one.checkVisibility())
                .filter(one => !(one.tagName === "A" && one.closest("p, dd, h2, h3")))
                .filter(one => one.type !== "checkbox")  // its label is the target
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
    for control in ("form", ".facets", ".skip", ".tools", "header nav"):
        assert not page.locator(control).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.url.partition("?")[0] in page.locator(".paper").inner_text()


@pytest.mark.parametrize("path", ["/oversikt", DECISION])
def test_paper_has_no_forms_and_no_menus(visit: Open, path: str) -> None:
    page = visit(path)
    page.emulate_media(media="print")
    assert page.locator("form:visible, header nav:visible, button:visible").count() == 0
