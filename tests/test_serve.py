"""``beslut serve``: the real server, on loopback."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from index.build import build
from tests.conftest import FEW_THEMES, SAMPLE, beslut, beslut_path, document, free_port, serving
from web import urls
from web.cli.serving import _program

API = "/api/v1/decisions"
END = b"Host: localhost\r\nConnection: close\r\n\r\n"
"""Of a request, after its own headers."""


@pytest.fixture(autouse=True)
def few_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server is ready sooner with few themes to count."""
    monkeypatch.setenv("BESLUT_THEMES", str(FEW_THEMES))


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
    """What the server answers to these very bytes, until it closes the connection."""
    with connected(address) as connection:
        connection.sendall(request)
        answer = b""
        while more := connection.recv(65536):
            answer += more
        return answer


def connected(address: str) -> socket.socket:
    where = urlsplit(address)
    return socket.create_connection((where.hostname, where.port or 0), timeout=20)


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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize(("path", "allowed"), [("/", "GET, HEAD"), (API, "GET, HEAD, OPTIONS")])
def test_other_methods_are_refused(server: str, path: str, allowed: str, method: str) -> None:
    answer = ask(server, path, method)
    assert answer.status == 405
    assert answer.headers["Allow"] == allowed
    assert "Metoden stöds inte" in answer.text
    check_headers(answer)


def test_a_preflight_is_answered_without_a_body(server: str) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    answer = ask(server, API, "OPTIONS", **asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "traceparent" in (answer.headers["Access-Control-Allow-Headers"] or "")
    assert answer.headers["Content-Type"] is None
    assert answer.headers["Content-Length"] is None
    check_headers(answer)


@pytest.mark.parametrize("path", [API, f"{API}.csv", "/feed.atom", "/", "/oversikt"])
def test_a_query_in_latin_1_is_a_400_that_says_so(server: str, path: str) -> None:
    answer = ask(server, f"{path}?q=h%E4lsa")
    assert answer.status == 400
    assert "ärdet är inte kodat i UTF-8" in answer.text
    assert "”%C3%A4” i stället för ”%E4”" in answer.text
    bare = b"GET %s?q=h\xe4lsa HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert raw(server, bare % path.encode()).startswith(b"HTTP/1.1 400 ")  # no URI: the server's


@pytest.mark.parametrize("path", ["/beslut/x/h%E4lsa", f"{API}/x/h%E4lsa", "/agare/%FF"])
def test_a_path_in_latin_1_is_a_400_that_says_so(server: str, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 400
    assert "sökväg är inte kodad i UTF-8" in answer.text


def test_head_has_no_body(server: str) -> None:
    for path in ("/", API):
        head = ask(server, path, "HEAD")
        assert head.status == 200
        assert head.body == b""
        assert int(head.headers["Content-Length"]) == len(ask(server, path).body)


def test_a_long_query_is_a_plain_400_page(server: str) -> None:
    answer = ask(server, "/?q=" + "a" * 9_000)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="sv">' in answer.text
    assert "Adressen är för lång" in answer.text
    check_headers(answer)


def test_a_long_query_is_a_problem_in_the_api(server: str) -> None:
    answer = ask(server, f"{API}?q=" + "a" * 9_000)
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["status"] == 400
    assert answer.json["detail"].startswith("Adressen är för lång")
    check_headers(answer)


def test_what_the_server_does_not_read_to_its_end_is_refused_by_itself(server: str) -> None:
    assert ask(server, "/?q=" + "a" * 66_000).status in (414, 431)


def test_a_letter_that_is_not_percent_encoded_is_read_as_utf_8(server: str) -> None:
    target = f"GET {API}?owner=Luleå+kommun HTTP/1.1\r\n"
    body = raw(server, target.encode() + END).partition(b"\r\n\r\n")[2]
    assert json.loads(body)["_meta"]["totalRecords"] == 1


def test_the_longest_query_fits_in_any_script(server: str) -> None:
    assert ask(server, f"{API}?q={quote('😀' * 512)}").status == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200,
        b"GET / HTTP/1.1\r\nbad header\r\n",
        b"G@T / HTTP/1.1\r\n",
        b"GET / HTTP/9.9\r\n",
        b"GET /?q=\xff HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
        b"GET\r\n",
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word(server: str, request_: bytes) -> None:
    head, _, body = raw(server, request_ + END).partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1.1 4\d\d ", head)
    assert body == b""


def test_http_1_1_without_host_is_refused_and_http_1_0_is_not(server: str) -> None:
    answer = raw(server, f"GET {API} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "inte vilken webbplats den gäller; ange Host." in answer.decode()
    assert raw(server, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 ")


def test_a_client_cannot_say_where_the_site_is(server: str) -> None:
    expected = ask(server, API).json
    for name in ("SCRIPT_NAME", "Script-Name", "PATH_INFO", "Path-Info", "X-Forwarded-Prefix"):
        assert ask(server, API, **{name: "/annat"}).json == expected


def test_a_connection_is_used_again(server: str) -> None:
    where = urlsplit(server)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    with contextlib.closing(connection):
        connection.connect()
        opened = connection.sock
        for path in (API, "/", f"{API}.csv", "/finns-inte", API):
            connection.request("GET", path)
            Answer(connection.getresponse())
            assert connection.sock is opened


def test_what_one_has_is_not_sent_again_and_a_part_is_sent_alone(
    server: str, sample_index: Path
) -> None:
    for path in (API, f"{API}.csv"):
        tag = ask(server, path).headers["ETag"]
        again = ask(server, path, **{"If-None-Match": tag})
        assert (again.status, again.body) == (304, b"")
    content = SAMPLE.read_bytes()
    original = urls.source_path(hashlib.sha256(content).hexdigest())
    part = ask(server, original, Range="bytes=10-19")
    assert (part.status, part.body) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    head = ask(server, original, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(content))


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
    with serving(sample_index, search_seconds="0.003", workers="1", themes="") as address:
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


def test_a_port_that_is_taken_is_said_in_one_line(server: str, sample_index: Path) -> None:
    port = str(urlsplit(server).port)
    found = beslut("serve", "--port", port, "--index", str(sample_index))
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr == (
        f"beslut: http://127.0.0.1:{port} är upptagen av ett annat program. Välj en annan port, "
        f"t.ex. BESLUT_PORT={int(port) + 1} eller --port {int(port) + 1}.\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "x.invalid"])
def test_an_address_that_the_machine_lacks_is_said_in_one_line(
    host: str, sample_index: Path
) -> None:
    found = beslut("serve", "--host", host, "--index", str(sample_index))
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        f"beslut: http://{host}:8000: datorn har ingen sådan adress. "
        "Ange en annan med BESLUT_HOST eller --host.\n"
    )


def test_the_demo_serves_the_sample_and_leaves_nothing(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [beslut_path(), "demo", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path), "BESLUT_ENGINE": "https://127.0.0.1:9"},
        cwd=tmp_path,
        text=True,
    )
    try:
        (answer,) = (ask(f"http://127.0.0.1:{port}", API) for _ in wait_for(port))
        assert answer.json["stats"]["sum"] == 20485293
    finally:
        process.terminate()
        output, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert output.splitlines()[0] == f"Beslutssök på http://127.0.0.1:{port} (avsluta med Ctrl+C)"
    assert told.startswith("Besluten är ett exempel. Egna listor läggs in med: ")
    assert told.splitlines()[0].endswith("beslut serve")


@pytest.mark.parametrize(
    ("called", "path", "typed"),
    [
        ("/elsewhere/bin/beslut", "/usr/bin", "/elsewhere/bin/beslut"),
        ("{here}/.venv/bin/beslut", "/usr/bin", ".venv/bin/beslut"),
        ("{here}/.venv/bin/beslut", "{here}/.venv/bin", "beslut"),
    ],
)
def test_the_command_that_is_told_can_be_typed(
    called: str, path: str, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / ".venv" / "bin" / "beslut"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [called.format(here=tmp_path)])
    monkeypatch.setenv("PATH", path.format(here=tmp_path))
    assert _program() == typed


def test_nothing_but_the_log_is_on_standard_output(sample_index: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [beslut_path(), "serve", "--port", str(port), "--index", str(sample_index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"BESLUT_ACCESS_LOG": "0"},
    )
    for _ in wait_for(port):
        raw(f"http://127.0.0.1:{port}", b"G@T / HTTP/1.1\r\n" + END)
        process.terminate()
    output, errors = process.communicate(timeout=20)
    assert output == f"Beslutssök på http://127.0.0.1:{port} (avsluta med Ctrl+C)\n"
    first, second = errors.splitlines()
    assert first.startswith("Besluten är ett exempel.")
    assert second.startswith("/datasets/dcat visas inte")


def test_health_and_the_rest_are_served_as_problems_to_programs(server: str) -> None:
    assert ask(server, "/health").json["decisions"] == 9
    answer = ask(server, "/feed.atom?q=" + "a" * 9_000)
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_an_export_is_sent_to_the_last_byte(server: str) -> None:
    answer = ask(server, f"{API}.jsonl")
    assert answer.headers["Content-Length"] == str(len(answer.body))
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
            traced = ask(address, f"{API}?q=hemligt", traceparent=trace)
            missing = ask(address, "/hemligt?owner=hemligt")
            ask(address, "/beslut/hemligt/hemligt")
            ask(address, "/hemligt", "POST")
            ask(address, f"{API}?q=" + "hemligt" * 2000)
            exported = len(ask(address, f"{API}.csv").body)
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert b"hemligt" not in output and b"127.0.0.1" not in output.split(b"\n", 1)[1]
    lines = [json.loads(line) for line in output.decode().splitlines()[1:]]
    lines.sort(key=lambda line: line["time"])  # two processes write, each when it has sent all
    wanted = {"time", "method", "path", "status", "milliseconds", "bytes"}
    assert all(set(line) - {"traceId", "requestId"} == wanted for line in lines)
    said = [(line["method"], line["path"], line["status"]) for line in lines]
    assert said == [
        ("GET", API, 200),
        ("GET", None, 404),
        ("GET", "/beslut/<round_>/<name>", 404),
        ("POST", None, 405),
        ("GET", API, 400),
        ("GET", f"{API}.csv", 200),
    ]
    assert (lines[0]["bytes"], lines[-1]["bytes"]) == (len(traced.body), exported)
    assert lines[0]["traceId"] == "0af7651916cd43dd8448eb211c80319c"
    assert "requestId" not in lines[0] and "X-Request-Id" not in traced.headers
    assert lines[1]["requestId"] == missing.headers["X-Request-Id"]
    assert len({line["requestId"] for line in lines[1:]}) == 5
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
