"""The source files themselves: linked from what was read in them, downloaded, never shown."""

from __future__ import annotations

import hashlib
import shutil
import tracemalloc
import urllib.request
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from index.build import build
from index.documents.sources import Reading
from tests.conftest import SAMPLE, document, serving
from tests.test_pages import one, page, text
from web import formats, originals, urls
from web.app import create_app
from web.settings import Settings

NAME = "sub/Beslut på ”ön”.html"
HTML = "<script>alert(1)</script><table><tr><th>Projektägare<th>Projektnamn<th>Belopp</tr>" + (
    "<tr><td>Ankeby kommun<td>En bro<td>5</tr></table>"
)
BRO = "/beslut/beslut-pa-on/en-bro"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


PATH = f"/kallor/{digest(HTML.encode())}"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / NAME).write_text(HTML, "utf-8")
    return tmp_path / "in"


def served(sources: Path, **settings: Any) -> FlaskClient:
    index = sources.parent / "index"
    build([sources], index)
    return create_app(Settings(index=index, search_seconds=20, **settings)).test_client()


def test_the_file_is_linked_beside_what_was_read_in_it(sources: Path) -> None:
    client = served(sources)
    link = one(page(client, BRO), "//section[@class='source']//a")
    assert (link.get("href"), text(link)) == (PATH, "Ladda ner filen som den var")
    assert f"({len(HTML.encode())}\u00a0byte)" in text(link.getparent())
    address = BRO.replace("/beslut/", "/api/v1/decisions/", 1)
    assert (client.get(address).json or {})["source"]["url"] == PATH
    for where in ("/api/v1/decisions?fields=source", "/api/v1/decisions.jsonl"):
        assert f'"url":"{PATH}"' in client.get(where).text
    assert PATH in page(client, "/om").xpath("//table//a/@href")


def test_it_is_saved_byte_for_byte_and_never_shown(sources: Path) -> None:
    response = served(sources).get(PATH)
    assert (response.status_code, response.data) == (200, HTML.encode())
    assert response.content_type == "application/octet-stream"
    assert response.content_length == len(HTML.encode())
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Beslut pa on.html"; '
        "filename*=UTF-8''Beslut%20p%C3%A5%20%E2%80%9D%C3%B6n%E2%80%9D.html"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_what_one_has_is_not_sent_again(sources: Path) -> None:
    client = served(sources)
    tag = client.get(PATH).headers["ETag"]
    again = client.get(PATH, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(PATH)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(HTML.encode()))
    build([sources], sources.parent / "index")  # another generation, the same file
    assert client.get(PATH).headers["ETag"] == tag


def test_a_download_that_broke_off_goes_on(sources: Path) -> None:
    client = served(sources)
    part = client.get(PATH, headers={"Range": "bytes=10-"})
    assert (part.status_code, part.data) == (206, HTML.encode()[10:])
    beyond = client.get(PATH, headers={"Range": "bytes=9999-"})
    assert (beyond.status_code, "kortare än så" in beyond.text) == (416, True)


def test_its_address_is_the_same_when_it_is_renamed(sources: Path) -> None:
    served(sources)
    (sources / NAME).rename(sources / "nytt.html")
    response = served(sources).get(PATH)
    assert response.headers["Content-Disposition"] == "attachment; filename=nytt.html"


@pytest.mark.parametrize(
    "path",
    [
        "0" * 64,
        "x",
        PATH.removeprefix("/kallor/").upper(),
        "..%2F..%2Fmanifest.json",
        "..%2f0.html",
        "%00",
        "gen-1",
    ],
)
def test_what_is_no_source_is_a_page_that_helps(sources: Path, path: str) -> None:
    response = served(sources).get(f"/kallor/{path}")
    assert response.status_code == 404
    assert "Filen finns inte" in response.text or "Sidan finns inte" in response.text
    assert 'name="q"' in response.text


def test_a_setting_keeps_the_files_from_being_downloaded(sources: Path) -> None:
    client = served(sources, originals=False)
    assert client.get(PATH).status_code == 404
    assert "/kallor/" not in client.get(BRO).text + client.get("/om").text
    address = "/api/v1/decisions?fields=source"
    assert (client.get(address).json or {})["decisions"][0]["source"]["url"] is None


def test_an_index_without_copies_has_no_links(sources: Path) -> None:
    index = sources.parent / "index"
    build([sources], index, reading=Reading(originals=False))
    client = create_app(Settings(index=index, search_seconds=20)).test_client()
    assert client.get(PATH).status_code == 404
    assert "/kallor/" not in client.get(BRO).text


def test_a_file_that_cannot_be_read_now_still_has_its_copy(sources: Path) -> None:
    (sources / "annan.txt").write_text(document("Öbo\tVäg\t\t7"), "utf-8")
    served(sources)
    (sources / NAME).write_bytes(b"")
    assert served(sources).get(PATH).data == HTML.encode()


def test_a_large_file_is_never_in_memory_whole(sources: Path, tmp_path: Path) -> None:
    client = served(sources)
    (tmp_path / "large").write_bytes(b"x" * 30_000_000)
    sha256 = digest(b"x" * 30_000_000)
    engine = client.application.config["LIVE"].current()
    originals._KNOWN[engine] = {sha256: originals.Original(tmp_path / "large", "large", 30_000_000)}
    tracemalloc.start()
    response = client.get(f"/kallor/{sha256}", buffered=False)
    size = sum(len(chunk) for chunk in response.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    response.close()
    assert (size, peak < 1_000_000) == (30_000_000, True)


def test_the_real_server_sends_the_real_file(sample_index: Path, tmp_path: Path) -> None:
    sha256 = digest(SAMPLE.read_bytes())
    shutil.copytree(sample_index, tmp_path / "index")
    with (
        serving(tmp_path / "index") as address,
        urllib.request.urlopen(address + urls.source_path(sha256), timeout=20) as response,
    ):
        assert response.read() == SAMPLE.read_bytes()
        assert response.headers["Content-Length"] == str(SAMPLE.stat().st_size)


def test_a_size_is_written_as_a_file_manager_writes_it() -> None:
    written = [formats.size(count) for count in (0, 999, 1000, 39_400, 999_500, 20_000_000)]
    assert [one.replace("\u00a0", " ") for one in written] == [
        "0 byte", "999 byte", "1 kB", "39 kB", "1 MB", "20 MB",
    ]  # fmt: skip


# Parts, over the real server


@pytest.fixture(scope="module")
def original(server: str) -> tuple[str, str, bytes]:
    """Host and path of the real file on the real server, and the file."""
    content = SAMPLE.read_bytes()
    return urlsplit(server).netloc, urls.source_path(digest(content)), content


def asked(original: tuple[str, str, bytes], method: str = "GET", **headers: str) -> HTTPResponse:
    """An answer of the real server, read to its end."""
    connection = HTTPConnection(original[0], timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, original[1], headers=sent)
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def said(answer: HTTPResponse) -> tuple[int, bytes, str | None]:
    """Status, body and which part it is."""
    return answer.status, answer.body, answer.headers["Content-Range"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, None),
        ("bytes=-5", -5, None),
        ("bytes=5-99999999", 5, None),
    ],
)
def test_a_part_is_those_bytes_whether_or_not_the_client_takes_gzip(
    original: tuple[str, str, bytes], encoding: str, wanted: str, first: int, end: int | None
) -> None:
    whole = original[2]
    part = whole[first:end]
    answer = asked(original, Range=wanted, Accept_Encoding=encoding)
    start = first % len(whole)
    assert said(answer) == (206, part, f"bytes {start}-{start + len(part) - 1}/{len(whole)}")
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["ETag"]


def test_a_part_goes_on_only_with_the_file_that_was_begun(
    original: tuple[str, str, bytes],
) -> None:
    tag = asked(original, "HEAD").headers["ETag"]
    same = asked(original, Range="bytes=1-2", If_Range=tag)
    assert said(same) == (206, original[2][1:3], f"bytes 1-2/{len(original[2])}")
    for other in ('"x"', f"W/{tag}", "Sat, 29 Oct 1994 19:43:31 GMT"):
        answer = asked(original, Range="bytes=1-2", If_Range=other)
        assert said(answer) == (200, original[2], None), other


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,4-5", "bytes=0-1, 4-", "lines=0-1", "bytes", "bytes=", "bytes=5-2", "x=1"]
)
def test_a_range_that_is_to_be_ignored_gives_the_whole_file(
    original: tuple[str, str, bytes], wanted: str
) -> None:
    assert said(asked(original, Range=wanted)) == (200, original[2], None)


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=99999998-99999999"])
def test_a_part_that_there_is_none_of_says_how_long_the_file_is(
    original: tuple[str, str, bytes], wanted: str
) -> None:
    answer = asked(original, Range=wanted)
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(original[2])}")


def test_head_is_of_the_whole_file_whatever_part_is_asked_for(
    original: tuple[str, str, bytes],
) -> None:
    answer = asked(original, "HEAD", Range="bytes=0-1")
    assert said(answer) == (200, b"", None)
    assert answer.headers["Content-Length"] == str(len(original[2]))
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_file_that_one_has_is_not_sent_again_whatever_part_is_asked_for(
    original: tuple[str, str, bytes],
) -> None:
    tag = asked(original, "HEAD").headers["ETag"]
    assert said(asked(original, Range="bytes=0-1", If_None_Match=tag)) == (304, b"", None)
