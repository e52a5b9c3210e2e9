"""Which pages are sent again, and which are not; the API's are in `test_api`."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index.build import build
from search.directory import StillCounting
from tests.conftest import FEW_THEMES, document, eventually
from web.app import create_app
from web.settings import Settings

FIRST = "/beslut/esf-2026-1/samkraft-skola"
PAGES = [
    "/",
    "/?q=",
    "/?q=psykisk+h%C3%A4lsa",
    "/?q=finnsinte&owner=Lule%C3%A5+kommun",
    "/oversikt?q=skola",
    "/teman",
    "/tema/psykisk-halsa",
    "/agare/lulea-kommun",
    "/finansiar/region-norrbotten",
    FIRST,
    f"{FIRST}?q=skola",
    f"{FIRST}/liknande",
    "/lista?listed=esf-2026-1%2Fsamkraft-skola",
    "/om",
    "/tillganglighet",
    "/api",
]
GZIP = {"Accept-Encoding": "gzip"}


def tag(client: FlaskClient, path: str, **headers: str) -> str | None:
    return client.get(path, headers=headers).headers.get("ETag")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_page_that_one_has_is_not_sent_again(
    client: FlaskClient, path: str, encoding: str
) -> None:
    asked = {"Accept-Encoding": encoding}
    first = client.get(path, headers=asked)
    assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', first.headers["ETag"])
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["X-Accel-Expires"] == "@1"  # nginx may keep it, and asks each time
    assert {"Accept-Encoding", "Accept-Language"} == {*first.vary}
    again = client.get(path, headers=asked | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert (again.headers["ETag"], again.headers["Vary"]) == (
        first.headers["ETag"],
        first.headers["Vary"],
    )
    assert client.get(path, headers=asked | {"If-None-Match": '"x"'}).data == first.data


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_gzip_is_the_same_page_under_a_tag_of_its_own(
    client: FlaskClient, path: str
) -> None:
    plain, zipped = client.get(path), client.get(path, headers=GZIP)
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    head = client.head(path, headers=GZIP)
    assert (head.data, head.headers["ETag"]) == (b"", zipped.headers["ETag"])


def test_the_address_with_its_list_decides_a_page(client: FlaskClient) -> None:
    paths = ["/om", "/om?listed=esf-2026-1%2Fsamkraft-skola", "/om?lang=en", "/en/om", "/teman"]
    assert len({tag(client, path) for path in paths}) == len(paths)


PAIRS = [
    "q=projekt",
    "owner=Lule%C3%A5+kommun",
    "owner=Akademi+Norr",
    "year=2026",
    "amountMin=1",
    "id=esf-2026-1%2Fsamkraft-skola",
    "id=esf-2026-1%2Fhela-vagen-ut",
    "sort=title",
    "utm=x",
]


@pytest.mark.parametrize("path", ["/", "/en/", "/oversikt", FIRST, f"{FIRST}/liknande"])
def test_the_same_in_another_order_is_the_same_page(client: FlaskClient, path: str) -> None:
    one, *others = (
        client.get(f"{path}?{'&'.join(pairs)}")
        for pairs in (PAIRS, PAIRS[::-1], PAIRS[4:] + PAIRS[:4])
    )
    assert one.status_code == 200
    for other in others:
        assert other.data == one.data
        assert other.headers["ETag"] == one.headers["ETag"]


def test_the_order_of_a_list_makes_another_page(client: FlaskClient) -> None:
    ids = ["esf-2026-1/hela-vagen-ut", "esf-2026-1/samkraft-skola"]
    one, turned = (
        client.get(f"/lista?listed={first}&listed={last}") for first, last in (ids, ids[::-1])
    )
    assert one.data != turned.data
    assert one.headers["ETag"] != turned.headers["ETag"]


def test_the_language_and_how_it_was_asked_for_decide_a_page(client: FlaskClient) -> None:
    """A page that was asked for in English outright keeps that in its links; one that was wished
    for does not."""
    asked = [("/om", "sv"), ("/om", "en"), ("/en/om", "sv"), ("/en/om", "en"), ("/sv/om", "sv")]
    pages = {key: client.get(key[0], headers={"Accept-Language": key[1]}) for key in asked}
    tags = {key: page.headers["ETag"] for key, page in pages.items()}
    for one in asked:
        for other in asked:
            assert (tags[one] == tags[other]) is (one == other)


def test_the_host_decides_a_page(client: FlaskClient) -> None:
    """Citations and canonical addresses have it."""
    assert tag(client, FIRST, Host="localhost") != tag(client, FIRST, Host="127.0.0.1")


def test_a_new_generation_themes_or_owners_make_another_page(tmp_path: Path) -> None:
    source, themes, owners = (tmp_path / name for name in ("a.txt", "themes.txt", "owners.txt"))
    source.write_text(document("Ö\tBro\tVi bygger.\t1"), "utf-8")
    themes.write_text("bro ~ viadukt\n", "utf-8")
    owners.write_text("", "utf-8")
    build([source], tmp_path / "index")
    settings = Settings(index=tmp_path / "index", themes=str(themes), owners=str(owners))
    client = create_app(settings).test_client()
    tags = [tag(client, "/?q=bro")]

    def is_another() -> bool:
        return tag(client, "/?q=bro") not in (None, *tags)

    themes.write_text("bro ~ spång\n", "utf-8")
    eventually(is_another)
    tags.append(tag(client, "/?q=bro"))
    owners.write_text("Ö = Ö kommun\n", "utf-8")
    eventually(is_another)
    tags.append(tag(client, "/?q=bro"))
    source.write_text(document("Ö\tBro\tVi bygger mer.\t1"), "utf-8")
    build([source], tmp_path / "index")
    eventually(is_another)
    tags.append(tag(client, "/?q=bro"))
    other = create_app(Settings(index=tmp_path / "index", publisher="Regionen")).test_client()
    assert tag(other, "/?q=bro") not in tags


@pytest.mark.parametrize("path", [FIRST, f"{FIRST}?q=skola", f"{FIRST}/liknande"])
def test_a_page_that_lacks_something_as_time_was_over_is_not_kept(
    sample_index: Path, client: FlaskClient, path: str
) -> None:
    late = create_app(Settings(index=sample_index, search_seconds=1e-9)).test_client()
    page = late.get(path)
    if page.status_code == 200:
        assert page.data != client.get(path).data
        assert "ETag" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"
    else:
        assert page.status_code == 503


def test_the_start_page_is_not_kept_while_themes_are_counted(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(index=sample_index, search_seconds=20, themes=str(FEW_THEMES))
    app = create_app(settings)
    searcher = app.config["LIVE"].current()
    counts = searcher.theme_counts()

    def late(deadline: object) -> None:
        raise StillCounting(1, 0, 3)

    monkeypatch.setattr(counts, "directory", late)
    page = app.test_client().get("/")
    assert (page.status_code, page.headers.get("ETag")) == (200, None)
    monkeypatch.undo()
    assert app.test_client().get("/").headers["ETag"]


def test_errors_and_ways_on_have_no_tag(client: FlaskClient) -> None:
    for path in ("/?page=0", "/nej", "/agare/nej"):
        assert "ETag" not in client.get(path).headers


def test_a_page_is_the_same_to_the_byte_in_every_process(sample_index: Path) -> None:
    """As a strong tag says, which is the same in all."""
    program = (
        "import sys, hashlib; from pathlib import Path; from web.app import create_app;"
        "from web.settings import Settings;"
        f"client = create_app(Settings(index=Path({str(sample_index)!r}), search_seconds=20,"
        f" themes={str(FEW_THEMES)!r})).test_client();"
        f"print([hashlib.sha256(client.get(one).data).hexdigest() for one in {PAGES!r}])"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]


def test_a_warning_makes_another_page(sample_index: Path) -> None:
    """As that an older generation is shown, since the newest is broken."""
    app = create_app(Settings(index=sample_index, search_seconds=20))
    client, searcher = app.test_client(), app.config["LIVE"].current()
    before = tag(client, "/om")
    searcher.generation = replace(searcher.generation, warning="en äldre generation visas")
    assert tag(client, "/om") != before
