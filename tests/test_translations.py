"""What stands in the catalogue, and that an English page is English."""

from __future__ import annotations

import functools
import io
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from index.build import build
from tests.conftest import ROOT, TWO_ROUNDS
from web.app import create_app
from web.settings import Settings
from web.urls import is_for_programs

PO = ROOT / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
ENGLISH = {"Accept-Language": "en"}
SWEDISH = {"Accept-Language": "sv"}

_WORDS = "Tolv ord i rad som står i två beslut och som ingen annan har skrivit"
_MORE = (
    "# Region Vis beslut om medfinansiering av projekt ESF 2032:1\n\n"
    "Projektägare\tProjektnamn\tBeskrivning\tDiarienummer\tBeviljat belopp\n"
    f"Öbo förening\tEn brygga\t{_WORDS}.\tVI 2032/1\t700 000 kr\n"
    f"Rädda Ön\tEn färja\t{_WORDS}.\tVI 2032/2\t7 000 000 EUR\n"
)
PAGES = {
    "start": "/",
    "results": "/?q=skola",
    "all": "/?q=",
    "filtered": "/?q=&owner=Ankeby+kommun&amountMin=500000&amountMissing=1&exact=1&limit=1",
    "exactly": "/?q=skola&exact=1",
    "late page": "/?q=skola&page=9",
    "none": "/?q=bro+kanel",
    "none, filtered": "/?q=skola+hamn&owner=Ankeby+kommun&funder=Region+Du&amountMin=1",
    "some of the words": "/?q=bron+skolan+kanel",
    "put right": "/?q=hamnnen",
    "phrase": "/?q=%22en+hamn%22+-bro+owner:ankeby",
    "nothing to search": "/?q=!!!",
    "listed": "/?q=hamn&listed=esf-2030-2/en-hamn",
    "wrong": "/?q=skola&amountMin=abc&amountMax=7+EUR&page=x&sort=y",
    "long": "/?q=" + "(" * 9 + "skola" + ")" * 9,
    "overview": "/oversikt",
    "overview of some": "/oversikt?q=skola&owner=Ankeby+kommun",
    "wrong overview": "/oversikt?amountMin=7&amountMax=3",
    "decision": "/beslut/esf-2032-1/en-brygga",
    "decision as a hit": "/beslut/esf-2030-2/en-hamn?q=hamn",
    "thread": "/beslut/esf-2032-1/en-brygga/liknande",
    "owner": "/agare/ankeby-kommun",
    "funder": "/finansiar/region-vi",
    "theme": "/tema/halsa",
    "themes": "/teman",
    "list": "/lista?listed=esf-2030-2/en-hamn&listed=esf-2030-2/borta",
    "empty list": "/lista",
    "about": "/om",
    "accessibility": "/tillganglighet",
    "api": "/api",
    "nowhere": "/finns-inte",
    "no decision": "/beslut/esf-2030-2/borta",
    "no subject": "/agare/borta",
    "no file": "/kallor/0",
    "no sitemap": "/sitemap-9.xml",
    "long address": "/?q=" + "a" * 9000,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`TWO_ROUNDS`, and two decisions that share a passage."""
    folder = tmp_path_factory.mktemp("english")
    for name, text in (TWO_ROUNDS | {"mer.txt": _MORE}).items():
        (folder / name).write_text(text, "utf-8")
    assert build(sorted(folder.glob("*.txt")), folder / "index").generation == 1
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> FlaskClient:
    settings = Settings(
        index=index, search_seconds=20, publisher="Region Vi", contact="a@b.example"
    )
    return create_app(settings).test_client()


def _catalogue() -> Catalog:
    return read_po(io.BytesIO(PO.read_bytes()), locale="en")


def _texts(message: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message)


def test_every_text_of_the_source_is_in_the_catalogue_and_nothing_else(tmp_path: Path) -> None:
    found = tmp_path / "messages.pot"
    options = "--mapping pyproject.toml --keywords label --no-location --sort-output"
    assert f" extract {options} " in (ROOT / "Makefile").read_text()
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    subprocess.run(
        [*command, *options.split(), "--output-file", str(found), "search", "web"],
        cwd=ROOT,
        check=True,
    )
    collected = read_po(io.BytesIO(found.read_bytes()))
    catalogue = _catalogue()
    assert {message.id for message in catalogue} == {message.id for message in collected}
    assert not catalogue.obsolete


def test_every_text_is_translated_for_certain() -> None:
    for message in _catalogue():
        if message.id:
            assert all(_texts(message.string)), message.id
            assert not message.fuzzy, message.id


def test_a_translation_has_the_same_values_as_its_text() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s|%%", text))

    for message in _catalogue():
        if message.id:
            (wanted,) = {tuple(dict.fromkeys(values(text))) for text in _texts(message.id)}
            for text in _texts(message.string):
                assert tuple(dict.fromkeys(values(text))) == wanted, message.id


def test_a_translation_begins_and_ends_as_its_text() -> None:
    """So that texts which are put together make sentences in English too."""
    for message in _catalogue():
        for text, translated in zip(_texts(message.id), _texts(message.string), strict=True):
            if not text:
                continue
            if text[0].isalpha() and translated[0].isalpha() and text != "kr":
                assert text[0].islower() == translated[0].islower(), text
            assert (text[-1:] in ".:?") == (translated[-1:] in ".:?"), text


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    def told(catalogue: Catalog) -> dict[tuple[str, ...], list[str]]:
        return {tuple(_texts(one.id)): _texts(one.string) for one in catalogue if one.id}

    compiled = read_mo(io.BytesIO(PO.with_suffix(".mo").read_bytes()))
    assert told(compiled) == told(_catalogue()), "make translations"


def test_templates_are_collected_as_they_are_rendered(client: FlaskClient) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (options,) = (one for one in project["tool"]["babel"]["mappings"] if one["method"] == "jinja2")
    environment = client.application.jinja_env
    for name in ("trim_blocks", "lstrip_blocks", "newstyle_gettext"):
        assert options[name] == str(getattr(environment, name)).lower()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_an_english_page_has_no_swedish_text_of_ours(client: FlaskClient, path: str) -> None:
    _assert_english(client.get(f"/en{path}").text)


def test_an_english_page_says_in_english_that_the_index_is_gone(tmp_path: Path) -> None:
    answer = create_app(Settings(index=tmp_path / "none")).test_client().get("/en/")
    assert answer.status_code == 503
    _assert_english(answer.text)


def test_an_english_page_says_in_english_that_time_is_over(index: Path) -> None:
    client = create_app(Settings(index=index, search_seconds=1e-9)).test_client()
    answer = client.get("/en/?q=skola")
    assert answer.status_code == 503
    _assert_english(answer.text)
    _assert_english(client.get("/en/beslut/esf-2030-2/en-hamn").text)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("language, wish", [("en", SWEDISH), ("sv", ENGLISH)])
def test_every_way_on_from_a_page_keeps_the_language_asked_for(
    client: FlaskClient, path: str, language: str, wish: dict[str, str]
) -> None:
    page = BeautifulSoup(client.get(f"/{language}{path}", headers=wish).text, "lxml")
    assert page.html is not None and page.html["lang"] == language
    for public in page.select("link[rel=canonical]"):
        public.decompose()  # is the same whatever was asked for
    ways = [(tag, tag[name]) for name in _ADDRESSES for tag in page.select(f"[{name}]")]
    assert ways
    for tag, address in ways:
        target = urlsplit(str(address).removeprefix("http://localhost"))
        plain = target.path.partition("?")[0]
        if target.scheme or target.netloc or not plain:
            continue  # elsewhere, or within the page
        if is_for_programs(plain) or plain.startswith(("/static/", "/kallor/")):
            continue
        wanted = tag.get("hreflang", language)
        if (wanted, language) == ("sv", "en"):
            assert plain.startswith("/sv/") or not plain.startswith("/en/")
        else:
            assert plain.startswith(f"/{wanted}/"), tag


_ADDRESSES = ("href", "action", "formaction")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_the_other_language_is_the_same_page(client: FlaskClient, path: str) -> None:
    page = BeautifulSoup(client.get(f"/en{path}").text, "lxml")
    (link,) = page.select("head link[rel=alternate][hreflang]")
    assert link["hreflang"] == "sv"
    here, there = urlsplit(path), urlsplit(str(link["href"]))
    assert there.path in (here.path, f"/sv{here.path}")
    assert sorted(parse_qsl(there.query, True)) == sorted(parse_qsl(here.query, True))
    if len(path) < 8000:
        swedish = BeautifulSoup(client.get(str(link["href"])).text, "lxml")
        assert swedish.html is not None and swedish.html["lang"] == "sv"
        (back,) = swedish.select("li.language a")
        assert back["hreflang"] == back["lang"] == "en"
        assert str(back["href"]).startswith("/en/")


@pytest.mark.parametrize(
    "path, headers, language",
    [
        ("/", {}, "sv"),
        ("/", SWEDISH, "sv"),
        ("/", ENGLISH, "en"),
        ("/", {"Accept-Language": "en-GB,en;q=0.9"}, "en"),
        ("/", {"Accept-Language": "de, en;q=0.5, sv;q=0.1"}, "en"),
        ("/", {"Accept-Language": "de"}, "sv"),
        ("/", {"Accept-Language": "sv, en"}, "sv"),
        ("/?lang=en", SWEDISH, "en"),
        ("/?lang=sv", ENGLISH, "sv"),
        ("/?lang=de", ENGLISH, "en"),
        ("/en/", SWEDISH, "en"),
        ("/sv/", ENGLISH, "sv"),
        ("/sv/?lang=en", ENGLISH, "sv"),
        ("/en/oversikt", {}, "en"),
        ("/en/finns-inte", {}, "en"),
    ],
)
def test_the_address_decides_the_language_then_the_browser(
    client: FlaskClient, path: str, headers: dict[str, str], language: str
) -> None:
    answer = client.get(path, headers=headers)
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_public_address_of_an_english_page_is_english(client: FlaskClient) -> None:
    for path, headers in (("/en/om", SWEDISH), ("/om", ENGLISH), ("/om?lang=en", {})):
        page = BeautifulSoup(client.get(path, headers=headers).text, "lxml")
        (canonical,) = page.select("link[rel=canonical]")
        assert canonical["href"] == "http://localhost/en/om"


def test_what_decisions_say_is_marked_as_swedish_in_an_english_page(client: FlaskClient) -> None:
    for path in (
        "/en/?q=hamn",
        "/en/beslut/esf-2030-2/en-hamn?q=hamn",
        "/en/lista?listed=esf-2030-2/en-hamn",
    ):
        page = BeautifulSoup(client.get(path).text, "lxml")
        told = page.select(
            "main :is(.hit h2, article h1, .facts, .snippet) bdi, .text > div, dl.facts a"
        )
        assert {"En hamn", "Rädda Ön", "ESF 2030:2"} <= {one.get_text() for one in told}
        for one in told:
            assert one.get("lang") == "sv", one
    for path in ("/?q=hamn", "/beslut/esf-2030-2/en-hamn?q=hamn"):
        assert 'lang="en"' not in client.get(path).text.partition("<main")[2]


def test_amounts_in_an_english_page_are_read_back_as_they_are_written(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/en/?q=&amountMin=1,5+miljoner").text, "lxml")
    shown = page.select_one("#amountMin")
    assert shown is not None and shown["value"] == "1,500,000"
    again = client.get("/en/", query_string={"q": "", "amountMin": shown["value"]}).text
    assert "SEK\u00a01,500,000" in again
    typed = client.get("/en/?q=&amountMin=1.5+million").text
    assert "from SEK\u00a01,500,000" in typed


def test_an_answer_in_another_language_has_another_etag(client: FlaskClient) -> None:
    for path in ("/api/v1/decisions?q=skola", "/api/v1/openapi.json", "/api/v1/openapi.yaml"):
        swedish, english = (client.get(path, headers=wish) for wish in (SWEDISH, ENGLISH))
        assert swedish.headers["ETag"] != english.headers["ETag"]
        tag = {"If-None-Match": english.headers["ETag"]}
        assert client.get(path, headers=SWEDISH | tag).status_code == 200
        unchanged = client.get(path, headers=ENGLISH | tag)
        assert unchanged.status_code == 304
        for answer in (swedish, english, unchanged):
            assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("more, wish", [("", ENGLISH), ("&lang=en", SWEDISH)])
def test_the_api_explains_itself_in_english_to_those_who_ask(
    client: FlaskClient, more: str, wish: dict[str, str]
) -> None:
    def get(path: str) -> dict[str, object]:
        answer = client.get(path + more, headers=wish)
        assert answer.headers["Content-Language"] == "en"
        body: dict[str, object] = answer.json
        return body

    wrong = get("/api/v1/decisions?limit=1000")
    assert wrong["title"] == "The request cannot be answered"
    assert wrong["detail"] == (
        "Parameter limit: the limit is 100 decisions per page; use 100 at most."
    )
    gone = get("/api/v1/decisions/esf-2030-2/borta?fields=id")
    assert gone["detail"] == "Decision “esf-2030-2/borta” does not exist; search for it."
    found = get("/api/v1/decisions?q=!!!")
    assert found["notes"] == ["The search has no words; all decisions are shown."]
    labels = [one["label"] for one in found["facets"]["amounts"]]  # type: ignore[index]
    assert "under SEK\u00a0500,000" in labels
    assert "No amount" in labels


def test_the_api_refuses_a_language_that_it_does_not_have(client: FlaskClient) -> None:
    answer = client.get("/api/v1/decisions?lang=de", headers=ENGLISH)
    assert answer.status_code == 400
    assert answer.json["detail"] == (
        "Parameter lang: the language “de” does not exist; choose among: sv, en."
    )


def test_the_description_of_the_api_is_in_one_language(client: FlaskClient) -> None:
    def said(found: object, name: str = "") -> Iterator[str]:
        if isinstance(found, dict):
            for key, value in found.items():
                if key not in ("example", "examples") or "problem" in name:
                    yield from said(value, key)
        elif isinstance(found, list):
            for value in found:
                yield from said(value, name)
        elif isinstance(found, str) and name in ("description", "summary", "title", "detail"):
            yield found

    english = client.get("/api/v1/openapi.json?lang=en").json
    texts = [text for text in said(english) if text != "Beslutssök"]
    assert len(texts) > 100
    for text in texts:
        _assert_english_text(re.sub(r"`[^`]*`", "", text))
    assert "Every search" not in client.get("/api/v1/openapi.json").text
    swedish = client.get("/api/v1/openapi.json").json
    assert [*said(swedish)] != [*said(english)]
    assert " the " not in " ".join(said(swedish))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/decisions.csv?q=skola",
        "/api/v1/decisions.jsonl",
        "/feed.atom?q=skola",
        "/feed.atom?amountMin=500000",
    ],
)
def test_files_and_feeds_are_swedish_whatever_the_browser_wishes(
    client: FlaskClient, path: str
) -> None:
    swedish = client.get(path, headers=SWEDISH)
    for address, wish in ((path, ENGLISH), (f"{path}{'&' if '?' in path else '?'}lang=en", {})):
        english = client.get(address, headers=wish)
        assert english.status_code == 200
        assert english.data == swedish.data
        assert "Accept-Language" not in english.headers.get("Vary", "")


def test_a_browser_can_search_in_english_from_its_address_field(client: FlaskClient) -> None:
    (link,) = BeautifulSoup(client.get("/en/").text, "lxml").select("link[rel=search]")
    description = client.get(str(link["href"])).text
    assert "<Description>Search decisions on public co-funding</Description>" in description
    assert "<Language>en</Language>" in description
    assert 'template="http://localhost/en/?q={searchTerms}"' in description


def test_a_citation_is_in_the_language_of_its_page(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/en/beslut/esf-2032-1/en-brygga").text, "lxml")
    citation = page.select_one("#hanvisning")
    assert citation is not None
    assert citation.text.startswith(
        "Region Vi. En brygga. Decision on co-funding for Öbo förening, SEK\u00a0700,000, "
        "ESF 2032:1, case number VI 2032/1. Source: mer.txt, row 4, retrieved "
    )
    assert citation.text.endswith("Beslutssök, http://localhost/en/beslut/esf-2032-1/en-brygga")


def test_the_english_statement_says_that_the_swedish_one_applies(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/en/tillganglighet").text, "lxml")
    (link,) = page.select("main a[hreflang=sv]")
    assert "This is a translation of it." in page.get_text()
    swedish = client.get(str(link["href"]), headers=ENGLISH).text
    assert '<html lang="sv">' in swedish
    assert "översättning" not in swedish


_SOURCE = re.compile(
    "|".join(
        re.escape(text)
        for text in sorted(
            {
                cell
                for document in (*TWO_ROUNDS.values(), _MORE)
                for line in document.splitlines()
                for cell in line.lstrip("# ").split("\t")
                if cell and not cell[0].isdigit()
            }
            - {"Projektägare", "Projektnamn", "Beskrivning", "Diarienummer"},
            key=len,
            reverse=True,
        )
    )
)
"""What the documents say, wherever it stands."""
_NOT_SWEDISH = re.compile(r"Beslutssök|På svenska|å, ä and ö|Å, ä, ö|\bELLER\b")
_SWEDISH_WORDS = re.compile(
    r"\b(och|att|det|den|är|inte|som|på|för|av|med|eller|till|från|utan|om|kr|mnkr|miljoner|"
    r"beslut(?!_)\w*|sök\w*|\w*[åäöÅÄÖ]\w*)\b",
    re.IGNORECASE,
)
_SHOWN = ("aria-label", "title", "placeholder", "alt", "content")


def _assert_english(html: str) -> None:
    page = BeautifulSoup(html, "lxml")
    assert page.html is not None and page.html["lang"] == "en"
    for foreign in page.select('[lang="sv"], script, pre, code, input[type=hidden]'):
        foreign.decompose()
    for text in _shown(page):
        _assert_english_text(text)


def _shown(page: BeautifulSoup) -> Iterator[str]:
    """What somebody can read or hear of a page."""
    yield from page.stripped_strings
    for tag in page.find_all(True):
        if isinstance(tag, Tag):
            for name, value in tag.attrs.items():
                said = name in _SHOWN or (name.startswith("data-") and " " in str(value))
                if said and tag.get("name") != "viewport" and "://" not in str(value):
                    yield str(value)


def _assert_english_text(text: str) -> None:
    ours = _NOT_SWEDISH.sub("", _SOURCE.sub("", text))
    ours = re.sub(r"(https?://|/)\S+|\S+\.txt", "", ours)  # addresses and files
    assert not _SWEDISH_WORDS.search(ours), ours
    assert not _untranslated().fullmatch(ours.strip()), ours


@functools.cache
def _untranslated() -> re.Pattern[str]:
    """Any Swedish text of the catalogue that has other words in English, as a whole."""
    texts = [
        text
        for message in _catalogue()
        for text, english in zip(_texts(message.id), _texts(message.string), strict=False)
        if text and text != english and "%" not in text
    ]
    return re.compile("|".join(map(re.escape, texts)))
