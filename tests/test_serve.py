"""``beslut serve``: gunicorn itself, on loopback."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from index.build import build
from tests.conftest import SAMPLE, beslut_path, document, free_port, serving

API = "/api/v1/decisions"


class Answer:
    """Status, headers and body of one response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(address: str, target: str, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, target, headers=headers)
        return Answer(connection.getresponse())


def raw(address: str, request: bytes) -> bytes:
    """What the server answers to these very bytes."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port or 0), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while more := connection.recv(65536):
            answer += more
        return answer


def check_headers(answer: Answer) -> None:
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Set-Cookie"] is None


def test_page_and_api_tell_the_same_sum(server: str) -> None:
    assert ask(server, API).json["stats"]["sum"] == 20485293
    assert "20\u00a0485\u00a0293\u00a0kr" in ask(server, "/").text


def test_psykisk_halsa_puts_starka_och_trygga_moten_first(server: str) -> None:
    decisions = ask(server, f"{API}?q={quote('psykisk hälsa')}").json["decisions"]
    assert decisions[0]["title"].startswith("Starka och trygga möten")


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/finns-inte", API, f"{API}?page=0"])
def test_security_headers_come_through(server: str, path: str) -> None:
    check_headers(ask(server, path))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", API])
def test_other_methods_are_refused(server: str, path: str, method: str) -> None:
    answer = ask(server, path, method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Metoden stöds inte" in answer.text
    check_headers(answer)


def test_head_has_no_body(server: str) -> None:
    for path in ("/", API):
        head = ask(server, path, "HEAD")
        assert head.status == 200
        assert head.body == b""
        assert int(head.headers["Content-Length"]) == len(ask(server, path).body)


@pytest.mark.parametrize("size", [9_000, 100_000])
def test_a_query_of_any_size_is_a_plain_400_page(server: str, size: int) -> None:
    answer = ask(server, "/?q=" + "a" * size)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="sv">' in answer.text
    assert "Adressen är för lång" in answer.text
    check_headers(answer)


@pytest.mark.parametrize("size", [9_000, 100_000])
def test_a_query_of_any_size_is_a_problem_in_the_api(server: str, size: int) -> None:
    answer = ask(server, f"{API}?q=" + "a" * size)
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["status"] == 400
    assert answer.json["detail"].startswith("Adressen är för lång")
    check_headers(answer)


def test_a_letter_that_is_not_percent_encoded_is_told_how_to_be(server: str) -> None:
    target = f"GET {API}?owner=Luleå HTTP/1.0\r\nHost: localhost\r\n\r\n"
    head, _, body = raw(server, target.encode()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert "skriv å som %C3%A5" in json.loads(body)["detail"]


def test_the_longest_query_fits_in_any_script(server: str) -> None:
    assert ask(server, f"{API}?q={quote('😀' * 512)}").status == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        b"G@T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
    ],
)
def test_what_cannot_be_read_is_a_400_in_swedish(server: str, request_: bytes) -> None:
    head, _, body = raw(server, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert "Förfrågan kan inte besvaras".encode() in body
    assert b"Traceback" not in body


def test_a_client_that_says_nothing_harms_nobody(server: str) -> None:
    where = urlsplit(server)
    with socket.create_connection((where.hostname, where.port or 0)):
        pass
    assert ask(server, "/").status == 200


def test_a_head_in_pieces_is_answered(server: str) -> None:
    where = urlsplit(server)
    with socket.create_connection((where.hostname, where.port or 0), timeout=20) as connection:
        for piece in (b"GE", b"T /api/v1/finns-inte HT", b"TP/1.1\r\nHost: local", b"host\r\n\r\n"):
            connection.sendall(piece)
            time.sleep(0.02)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("path", ["/", API])
def test_another_host_is_refused(server: str, path: str) -> None:
    answer = ask(server, path, Host="evil.example")
    assert answer.status == 400
    check_headers(answer)


def test_the_words_searched_for_are_never_logged(sample_index: Path) -> None:
    """Nor the path of a request that failed."""
    port = free_port()
    process = subprocess.Popen(
        [beslut_path(), "serve", "--port", str(port), "--index", str(sample_index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"BESLUT_SEARCH_SECONDS": "0.000001"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        answers = [ask(address, "/?q=hemligt") for _ in wait_for(port)]
        answers += [ask(address, "/?q=" + "hemligt" * 2000)]
        assert [answer.status for answer in answers] == [503, 400]
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert b"hemligt" not in output
    assert process.returncode == 0


def wait_for(port: int) -> Iterator[None]:
    """Yields once, when something listens."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        time.sleep(0.05)
    yield


def test_a_search_over_its_time_is_a_503_and_the_next_request_works(sample_index: Path) -> None:
    with serving(sample_index, search_seconds="0.000001", workers="1") as address:
        for _ in range(10):
            answer = ask(address, f"{API}?q=skola")
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
            assert answer.json["title"] == "Tjänsten är inte tillgänglig just nu"
            page = ask(address, "/?q=skola")
            assert page.status == 503
            assert page.headers["Retry-After"] == "5"
            assert ask(address, "/beslut/esf-2026-1/hela-vagen-ut").status == 200


def test_a_limit_that_strikes_now_and_then_breaks_no_answer(
    server: str, sample_index: Path
) -> None:
    """Of the answers that come in time each is whole and right."""
    query = f"{API}?q={quote('psykisk hälsa')}"
    expected = ask(server, query).body
    with serving(sample_index, search_seconds="0.003", workers="1") as address:
        for _ in range(100):
            answer = ask(address, query)
            assert answer.status in (200, 503)
            assert answer.status == 503 or answer.body == expected


def test_trusted_hosts_are_a_setting(sample_index: Path) -> None:
    with serving(sample_index, trusted_hosts="127.0.0.1,beslut.example") as address:
        assert ask(address, "/", Host="beslut.example").status == 200
        assert ask(address, "/", Host="localhost").status == 400


def test_a_rebuild_shows_at_once_and_no_request_fails_meanwhile(tmp_path: Path) -> None:
    source, index = tmp_path / "source.txt", tmp_path / "index"
    rows = [f"Ägare {n}\tBro nummer {n}\tVi bygger.\t{n} 000" for n in range(1, 9)]
    source.write_text(document(rows[0]), "utf-8")
    build([source], index)
    with serving(index) as address, Asking(address) as asking:
        for count in range(2, len(rows) + 1):
            source.write_text(document(*rows[:count]), "utf-8")
            build([source], index)
            for _ in range(4):  # whichever worker answers
                body = ask(address, f"{API}?q=bro").json
                assert body["_meta"]["totalRecords"] == count
                assert body["stats"]["sum"] == sum(range(1, count + 1)) * 1000
            time.sleep(0.05)
    assert asking.failures == []
    assert asking.answers > 20


class Asking:
    """Asks in a loop in the background, and notes every answer that is not whole."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers = 0
        self.failures: list[object] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                answer = ask(self.address, f"{API}?q=bro")
                total = answer.json["_meta"]["totalRecords"]
                if answer.status != 200 or sum_of(answer) != total * (total + 1) // 2 * 1000:
                    self.failures.append(answer.text)
                self.answers += 1
            except Exception as error:
                self.failures.append(error)

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(timeout=20)


def sum_of(answer: Answer) -> int:
    amounts: list[int] = [decision["amount"] for decision in answer.json["decisions"]]
    return sum(amounts)


def test_an_index_that_vanishes_is_a_503_until_it_is_back(
    sample_index: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    with serving(index) as address:
        shutil.rmtree(index)
        for path in (API, "/"):
            answer = ask(address, path)
            assert answer.status in (200, 503)
            assert answer.status == 200 or answer.headers["Retry-After"] == "5"
        build([SAMPLE], index)
        assert ask(address, API).json["_meta"]["totalRecords"] == 9


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_and_its_workers(sample_index: Path, stop: int) -> None:
    server = serving(sample_index)
    with server as address:
        assert ask(address, "/").status == 200
        server.process.send_signal(stop)
        assert server.process.wait(timeout=20) == 0
        with pytest.raises(ConnectionRefusedError):
            ask(address, "/")


def test_health_and_the_rest_are_served_as_problems_to_programs(server: str) -> None:
    assert ask(server, "/health").json["decisions"] == 9
    answer = ask(server, "/feed.atom?q=" + "a" * 9_000)
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_an_export_is_streamed_to_the_last_byte(server: str) -> None:
    answer = ask(server, f"{API}.jsonl")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.body.count(b"\n") == 9
    zipped = ask(server, f"{API}.jsonl", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(zipped.body) == answer.body
    head = ask(server, f"{API}.xlsx", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert ask(server, f"{API}.xlsx").body.startswith(b"PK")


def test_the_access_log_has_a_line_a_request_and_nothing_of_the_visitor(
    sample_index: Path,
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [beslut_path(), "serve", "--port", str(port), "--index", str(sample_index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    try:
        for address in [f"http://127.0.0.1:{port}" for _ in wait_for(port)]:
            size = len(ask(address, f"{API}?q=hemligt", traceparent=trace).body)
            ask(address, "/hemligt?owner=hemligt")
            ask(address, "/beslut/hemligt/hemligt")
            ask(address, "/hemligt", "POST")
            ask(address, f"{API}?q=" + "hemligt" * 2000)
            exported = len(ask(address, f"{API}.csv").body)
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert b"hemligt" not in output and b"127.0.0.1" not in output.split(b"\n", 1)[1]
    lines = [json.loads(line) for line in output.decode().splitlines()[1:]]
    wanted = {"time", "method", "path", "status", "milliseconds", "bytes"}
    assert all(set(line) - {"traceId"} == wanted for line in lines)
    said = [(line["method"], line["path"], line["status"]) for line in lines]
    assert said == [
        ("GET", API, 200),
        ("GET", None, 404),
        ("GET", "/beslut/<round_>/<name>", 404),
        ("POST", None, 405),
        ("GET", None, 400),
        ("GET", f"{API}.csv", 200),
    ]
    assert (lines[0]["bytes"], lines[-1]["bytes"]) == (size, exported)
    assert lines[0]["traceId"] == "0af7651916cd43dd8448eb211c80319c"
    assert all(0 <= line["milliseconds"] < 20_000 for line in lines)


def test_the_access_log_can_be_switched_off(sample_index: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [beslut_path(), "serve", "--port", str(port), "--index", str(sample_index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"BESLUT_ACCESS_LOG": "0"},
    )
    try:
        for _ in wait_for(port):
            assert ask(f"http://127.0.0.1:{port}", API).status == 200
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert output.count(b"\n") == 1


@pytest.fixture(scope="module")
def large_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose export is larger than what a system holds back for a client."""
    folder = tmp_path_factory.mktemp("large")
    rows = [f"Ägare\tBro {n}\t{'Vi bygger. ' * 400}{n}\t{n}" for n in range(1, 1500)]
    (folder / "a.txt").write_text(document(*rows), "utf-8")
    build([folder / "a.txt"], folder / "index")
    return folder / "index"


def test_clients_that_take_an_export_slowly_keep_nobody_waiting(large_index: Path) -> None:
    request = f"GET {API}.jsonl HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    with serving(large_index, workers="1") as address, contextlib.ExitStack() as stack:
        where = (urlsplit(address).hostname, urlsplit(address).port or 0)
        slow = [stack.enter_context(socket.socket()) for _ in range(3)]
        for one in slow:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            one.settimeout(20)
            one.connect(where)
            one.sendall(request)
            assert one.recv(5) == b"HTTP/"
        assert ask(address, "/health").status == 200
        expected = ask(address, f"{API}.jsonl").body
        taken = b""
        while more := slow[0].recv(65536):
            taken += more
    assert taken.endswith(b"\r\n\r\n" + expected)


def test_an_export_that_is_not_taken_to_its_end_leaves_nothing_and_stops_nobody(
    large_index: Path, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        with serving(large_index, workers="1") as address:
            where = urlsplit(address)
            for form in ("jsonl", "xlsx"):
                with socket.create_connection((where.hostname, where.port or 0)) as connection:
                    target = f"GET {API}.{form} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    connection.sendall(target.encode())
                    connection.recv(100)
            assert ask(address, f"{API}?q=bro").status == 200
    assert list(scratch.iterdir()) == []
