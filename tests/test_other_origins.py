"""Scripts on other sites: what they may ask, what they may read, and that a browser lets them."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from tests.conftest import SAMPLE

API = "/api/v1/decisions"
ORIGINAL = f"/kallor/{hashlib.sha256(SAMPLE.read_bytes()).hexdigest()}"
OPEN = [
    API,
    f"{API}/esf-2026-1/samkraft-skola",
    f"{API}.csv",
    "/api/v1/owners",
    "/feed.atom",
    "/health",
    "/datasets/dcat",
    ORIGINAL,
]
PREFLIGHT = {
    "Origin": "https://a.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match,traceparent",
}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FETCH = """async ([address, options]) => {
  const answer = await fetch(address, options);
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    size: (await answer.arrayBuffer()).byteLength,
  };
}"""


@pytest.mark.parametrize("path", OPEN)
def test_a_preflight_is_told_what_may_be_asked(client: FlaskClient, path: str) -> None:
    answer = client.options(path, headers=PREFLIGHT)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"if-none-match", "traceparent", "range", "accept-language"} <= {*allowed}
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", OPEN)
def test_the_answer_to_options_is_the_same_whoever_asks_so_that_it_varies_by_nothing(
    client: FlaskClient, path: str
) -> None:
    with_origin, without = client.options(path, headers=PREFLIGHT), client.options(path)
    assert dict(with_origin.headers) == dict(without.headers)
    assert "Vary" not in without.headers


def test_where_nothing_is_a_script_may_ask_so_that_it_can_read_that(client: FlaskClient) -> None:
    assert client.options("/api/v1/nej", headers=PREFLIGHT).status_code == 204
    assert client.options("/api/v1/nej").status_code == 404
    assert client.get("/api/v1/nej").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/om", "/static/style.css"])
def test_pages_take_no_options(client: FlaskClient, path: str) -> None:
    answer = client.options(path, headers=PREFLIGHT)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_all_that_a_script_may_send_stands_on_the_page_of_the_api(client: FlaskClient) -> None:
    allowed = client.options(API).headers["Access-Control-Allow-Headers"]
    assert f"<code>{allowed}</code>" in client.get("/api").text


@pytest.fixture
def elsewhere(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of another origin, in a real browser."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Annan</title>", "utf-8")
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{site.server_port}/")
    yield page
    context.close()
    site.shutdown()
    site.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def test_a_browser_lets_a_script_of_another_site_ask_with_headers(
    elsewhere: Page, server: str
) -> None:
    def fetch(path: str, **headers: str) -> dict[str, Any]:
        options = {"headers": headers, "cache": "no-store"}
        answer: dict[str, Any] = elsewhere.evaluate(FETCH, [server + path, options])
        return answer

    first = fetch(f"{API}?q=skola", traceparent=TRACE)
    assert (first["status"], first["headers"]["traceparent"]) == (200, TRACE)
    again = fetch(
        f"{API}?q=skola", **{"If-None-Match": first["headers"]["etag"], "traceparent": TRACE}
    )
    assert (again["status"], again["size"]) == (304, 0)
    assert fetch("/api/v1/nej", traceparent=TRACE)["status"] == 404
    part = fetch(ORIGINAL, Range="bytes=10-19", **{"If-Range": '"x"'})
    assert part["status"] == 200  # another file than the script had
    part = fetch(ORIGINAL, Range="bytes=10-19", traceparent=TRACE)
    assert (part["status"], part["size"]) == (206, 10)
    assert part["headers"]["content-range"] == f"bytes 10-19/{SAMPLE.stat().st_size}"
    assert part["headers"]["accept-ranges"] == "bytes"
    with pytest.raises(Exception, match="Failed to fetch"):
        fetch(API, **{"X-Annat": "1"})
