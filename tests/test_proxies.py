"""nginx and Caddy with the files in `deploy/`, in front of the real server."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import shutil
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.build import build
from tests.conftest import FEW_THEMES, document, eventually, free_port, serving
from tests.hostile import API, EXPORT, hostile
from tests.proxies import NAME, Proxy, caddy, nginx
from tests.test_metrics import figures
from tests.test_serve import ask

ROWS = [f"Ägare\tBro {n}\tVi bygger. {'·' * 17_000}{n}\t{n}" for n in range(1, 150)]
"""Their export is larger than what a system holds back for a client, and soon indexed."""
STRANGER = "127.0.0.7"
SECRET = "hemligtord"
MANY = 500
"""Requests at once that are over the limit, even if they take ten seconds."""
HSTS = "max-age=31536000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of the source, the index, and the application's log."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "a.txt").write_text(document(*ROWS), "utf-8")
    build([folder / "a.txt"], folder / "index")
    return folder


@pytest.fixture(scope="module")
def application(folder: Path) -> Iterator[str]:
    """The real server as deploy/beslut.env sets it up, with room for one file."""
    settings = {
        "base_url": f"https://{NAME}",
        "trusted_hosts": f"{NAME},localhost,127.0.0.1",
        "workers": "1",
        "exports": "1",
        "metrics": "1",
        "themes": str(FEW_THEMES),
    }
    with serving(folder / "index", log=str(folder / "application.log"), **settings) as address:
        yield address


@pytest.fixture(scope="module")
def behind_nginx(application: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with nginx(tmp_path_factory.mktemp("nginx"), application) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind_caddy(application: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with caddy(tmp_path_factory.mktemp("caddy"), application) as proxy:
        yield proxy


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    found: Proxy = request.getfixturevalue(f"behind_{request.param}")
    return found


def entries(folder: Path) -> list[dict[str, object]]:
    """What the application has logged of requests."""
    lines = (folder / "application.log").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


# Both


def test_the_site_is_served_under_its_name_over_http_2_for_a_year(proxy: Proxy) -> None:
    page = proxy.ask("/")
    assert page.status == 200
    assert f'href="https://{NAME}/' in page.text
    assert page.headers["Strict-Transport-Security"] == HSTS
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    with proxy.connected(protocols="h2 http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/en/om?lang=en", headers={"Host": NAME})
        answer = connection.getresponse()
        assert answer.status in (301, 308)
        assert answer.headers["Location"] == f"https://{NAME}/en/om?lang=en"


FIGURES = (
    "/metrics /metrics/ /metrics?x /en/metrics /sv/metrics /%6detrics /en/%6detrics //metrics "
    "/en//metrics /x/../metrics /en/../metrics"
)


@pytest.mark.parametrize("path", FIGURES.split())
def test_nobody_gets_figures_through_the_proxy(proxy: Proxy, application: str, path: str) -> None:
    assert "beslut_requests_total" in ask(application, "/metrics").text
    answer = proxy.ask(path, source="127.0.0.2")
    assert answer.status == 404
    assert "beslut_" not in answer.text


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_answer_is_the_applications_to_the_byte_with_its_tag(
    proxy: Proxy, application: str, encoding: str
) -> None:
    for path in (f"{API}?q=bro", "/", "/en/om", "/static/style.css", "/feed.atom"):
        asked = {"Accept-Encoding": encoding, "Host": NAME}
        own, answer = ask(application, path, **asked), proxy.ask(path, **asked)
        assert answer.body == own.body
        for name in ("ETag", "Vary", "Content-Encoding", "Cache-Control", "Content-Language"):
            assert answer.headers[name] == own.headers[name], (path, name)
        again = proxy.ask(path, **asked, **{"If-None-Match": answer.headers["ETag"] or ""})
        assert (again.status, again.body) == (304, b"")
        assert answer.headers["X-Accel-Expires"] is None


def test_what_the_application_has_no_room_for_is_a_503_with_when_to_come_back(
    proxy: Proxy, application: str
) -> None:
    with hostile(application, EXPORT, 1):
        answer = proxy.ask(f"{API}.csv?q=bro")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert "många hämtar filer" in answer.json["detail"]
    eventually(lambda: figures(application)["beslut_exports", "", ""] == 0)


def test_a_part_of_a_source_file_is_asked_of_the_application(proxy: Proxy, folder: Path) -> None:
    source = proxy.ask(f"{API}?limit=1&fields=source").json["decisions"][0]["source"]["url"]
    path = source.removeprefix(f"https://{NAME}")
    part = proxy.ask(path, Range="bytes=10-19")
    assert (part.status, len(part.body)) == (206, 10)
    tag = part.headers["ETag"] or ""
    assert proxy.ask(path, **{"If-None-Match": tag}).status == 304
    eventually(lambda: [entry["status"] for entry in entries(folder)[-2:]] == [206, 304])


def test_an_address_may_be_as_long_as_the_application_takes_it_and_says_if_it_is_longer(
    proxy: Proxy,
) -> None:
    path = f"{API}?q="
    longest = path + "%C3%B6" * ((8190 - len(path)) // 6)
    assert proxy.ask(longest).status == 200
    assert proxy.ask(longest + "%C3%B6").json["code"] == "long-address"
    with contextlib.suppress(OSError):  # the connection may be closed before all is sent
        assert proxy.ask(longest * 5).status in (400, 414, 431)


def test_a_body_is_never_passed_on(proxy: Proxy) -> None:
    assert proxy.ask("/", "POST").status == 405
    with proxy.connected() as connection:
        head = f"POST {API} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 5000\r\n\r\n"
        connection.sendall(head.encode() + b"q" * 5000)
        assert connection.recv(12) == b"HTTP/1.1 413"


def answered(connection: socket.socket, request: str) -> bytes:
    """The begin of what is answered to this text; nothing if the connection is closed."""
    with connection, contextlib.suppress(OSError):
        connection.settimeout(1)  # it may be that no answer comes
        connection.sendall(request.encode())
        return connection.recv(4096)
    return b""


def fail(proxy: Proxy) -> None:
    """Lets all go wrong that may, each from `STRANGER` and with `SECRET`."""
    get, host = f"GET /{SECRET}?q={SECRET} HTTP/1.1\r\n", f"Host: {NAME}\r\n"
    told = f"{host}Referer: https://a.example/{SECRET}\r\nUser-Agent: {SECRET}\r\n"
    for path in (f"?q={SECRET}&page=0", SECRET, f"metrics?{SECRET}", f"{API[1:]}?x={SECRET}"):
        answered(proxy.connected(STRANGER), f"GET /{path} HTTP/1.1\r\n{told}\r\n")
    for request in (
        f"{get}Host: {SECRET}.example\r\n\r\n",  # not this site
        f"GET /?q={SECRET}{'a' * 40_000} HTTP/1.1\r\n{host}\r\n",
        f"{get}{host}Cookie: {SECRET * 9000}\r\n\r\n",
        f"GET /?q={SECRET} HTTP/9.9\r\n{host}\r\n",
        f"{SECRET} /{SECRET}\r\n\r\n",
        f"{get}{SECRET}\r\n\r\n",
        f"{get}{host}Host: {SECRET}\r\n\r\n",
        f"POST /?q={SECRET} HTTP/1.1\r\n{host}Content-Length: 9999\r\n\r\n{SECRET * 999}",
        f"GET {API}.jsonl?q={SECRET} HTTP/1.1\r\n{host}\r\n",  # hangs up amid the file
    ):
        answered(proxy.connected(STRANGER), request)
    for port in (proxy.http, proxy.https):  # the second is no TLS
        for request in (f"{get}{host}\r\n", f"{SECRET}\r\n\r\n"):
            answered(socket.create_connection(("127.0.0.1", port), 20, (STRANGER, 0)), request)
    for name, newest in ((f"{SECRET}.example", ssl.TLSVersion.TLSv1_3), (NAME, _OLD)):
        context = ssl.create_default_context()
        context.minimum_version, context.maximum_version = _OLD, newest
        plain = socket.create_connection(("127.0.0.1", proxy.https), 20, (STRANGER, 0))
        with plain, pytest.raises(OSError):
            context.wrap_socket(plain, server_hostname=name)
    with contextlib.suppress(FileNotFoundError):  # the disk of nginx' cache breaks
        shutil.rmtree(proxy.folder / "beslut")
        (proxy.folder / "beslut").touch()
    answered(proxy.connected(STRANGER), f"GET {API}?q={SECRET} HTTP/1.1\r\n{host}\r\n")
    with proxy.connected(STRANGER) as connection:  # over the limit, where there is one
        flood(connection, f"/static/icon.svg?q={SECRET}", MANY)


_OLD = ssl.TLSVersion.TLSv1_1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize("kind", [nginx, caddy])
def test_who_asked_and_for_what_is_logged_nowhere_whatever_goes_wrong(
    application: str,
    folder: Path,
    tmp_path: Path,
    kind: Callable[[Path, str], contextlib.AbstractContextManager[Proxy]],
) -> None:
    for name in ("up", "down"):
        (tmp_path / name).mkdir()
    with kind(tmp_path / "up", application) as proxy:
        fail(proxy)
    with kind(tmp_path / "down", f"http://127.0.0.1:{free_port()}") as down:
        answer = down.ask(f"/?q={SECRET}", source=STRANGER)
        assert (answer.status, answer.headers["Retry-After"]) == (502, "5")
        assert "Tjänsten svarar inte just nu" in answer.text
        fail(down)
    logs = proxy.logs() + down.logs() + (folder / "application.log").read_text("utf-8")
    statuses = {200, 400, 404, 413, 502} | ({429} if kind is nginx else set())
    assert {status for status in statuses if f'"status":{status}' not in logs} == set()
    told = [line for line in logs.splitlines() if STRANGER in line or SECRET in line.lower()]
    assert told == []


# nginx alone


def test_what_is_kept_is_asked_for_again_and_the_application_need_not_search(
    behind_nginx: Proxy, folder: Path
) -> None:
    path = f"{API}?q=bro&limit=3"
    before = len(entries(folder))
    answers = [behind_nginx.ask(path) for _ in range(3)]
    eventually(lambda: len(entries(folder)) == before + 3)
    assert [entry["status"] for entry in entries(folder)[before:]] == [200, 304, 304]
    assert len({answer.body for answer in answers}) == 1
    assert '"cache":"REVALIDATED"' in behind_nginx.logs()


def test_languages_encodings_and_hosts_are_kept_apart(behind_nginx: Proxy, folder: Path) -> None:
    before = len(entries(folder))
    found: dict[tuple[str, str], tuple[str | None, bytes]] = {}
    for _ in range(2):
        for language in ("sv", "en"):
            for encoding in ("identity", "gzip"):
                asked = {"Accept-Language": language, "Accept-Encoding": encoding}
                page = behind_nginx.ask("/om", **asked)
                assert page.headers["Content-Language"] == language
                packed = page.headers["Content-Encoding"] == "gzip"
                assert packed is (encoding == "gzip")
                text = gzip.decompress(page.body) if packed else page.body
                assert f'<html lang="{language}"'.encode() in text
                seen = found.setdefault((language, encoding), (page.headers["ETag"], text))
                assert (page.headers["ETag"], text) == seen
    assert len({tag for tag, _ in found.values()}) == 4
    eventually(lambda: len(entries(folder)) == before + 8)
    assert [entry["status"] for entry in entries(folder)[before:]] == [200] * 4 + [304] * 4
    assert behind_nginx.ask("/om", Host="nagon.example").status == 400


def test_nothing_old_is_shown_once_a_new_index_is_there(behind_nginx: Proxy, folder: Path) -> None:
    paths = (f"{API}?q=bro", "/?q=bro", f"{API}.csv?q=bro+7&fields=title,amount")
    for path in paths:
        before = [behind_nginx.ask(path) for _ in range(2)]
        assert before[0].headers["ETag"] == before[1].headers["ETag"]
    (folder / "b.txt").write_text(document("Öbo\tBro 7\tEn bro.\t77777777"), "utf-8")
    build([folder / "a.txt", folder / "b.txt"], folder / "index")
    found = [behind_nginx.ask(path).text.replace("\u00a0", "") for path in paths]
    assert ["77777777" in text for text in found] == [True, True, True]


def test_an_error_is_not_kept(behind_nginx: Proxy) -> None:
    for path in ("/finns-inte", "/?page=0", f"{API}?page=x", "/health"):
        assert [behind_nginx.ask(path).headers["ETag"] for _ in range(2)] == [None, None]
    assert '"cache":"HIT"' not in behind_nginx.logs()


def test_an_answer_that_was_kept_has_the_ids_of_this_request(
    behind_nginx: Proxy, folder: Path
) -> None:
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    traced = [behind_nginx.ask(f"{API}?q=bro&limit=2", traceparent=trace) for _ in range(2)]
    assert [answer.headers.get_all("traceparent") for answer in traced] == [[trace]] * 2
    answers = [behind_nginx.ask(f"{API}?q=bro&limit=2", traceparent="x") for _ in range(2)]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == 2
    assert [answer.headers["traceparent"] for answer in answers] == [None, None]
    eventually(lambda: {*ids, "ab" * 16} <= {entry.get("traceId") for entry in entries(folder)})
    assert all(id_ and id_ in behind_nginx.logs() for id_ in ids)


@pytest.mark.parametrize(
    ("path", "client"), [("/static/icon.svg", "127.0.1.1"), ("/api/v1/suggestions", "127.0.1.2")]
)
def test_one_too_many_of_a_client_is_told_so_and_another_client_is_not(
    behind_nginx: Proxy, path: str, client: str
) -> None:
    with behind_nginx.connected(client) as connection:
        taken = flood(connection, f"{path}?q=bro", MANY)
    statuses = [int(part[:3]) for part in taken.split(b"HTTP/1.1 ")[1:]]
    assert statuses[:101] == [200] * 101  # the burst, and one
    assert statuses.count(429) > 0
    assert b"Retry-After: 5" in taken
    assert "För många frågor på kort tid.".encode() in taken
    with behind_nginx.connected(f"{client}1") as connection:
        assert b" 429 " not in flood(connection, f"{path}?q=bro", 100)


def flood(connection: ssl.SSLSocket, path: str, count: int) -> bytes:
    """The answers to as many requests, sent at once."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode() * count)
    taken = b""
    while taken.count(b"HTTP/1.1 ") < count and (more := connection.recv(65536)):
        taken += more
    return taken


def test_suggestions_take_nothing_from_a_clients_other_requests(behind_nginx: Proxy) -> None:
    with behind_nginx.connected("127.0.1.4") as connection:
        taken = flood(connection, "/api/v1/suggestions?q=bro", MANY)
        assert b" 429 " in taken
        assert b" 429 " not in flood(connection, "/static/icon.svg", 100)


def test_clients_that_read_slowly_hold_nothing_of_the_application(
    behind_nginx: Proxy, application: str
) -> None:
    """One file after the other, as there is room for one; no fifth one for the same client."""
    client = "127.0.2.1"
    request = f"GET {API}.jsonl HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(behind_nginx.connected(client)) for _ in range(4)]
        for connection in files:
            eventually(lambda: figures(application)["beslut_exports", "", ""] == 0)
            connection.sendall(request)
            assert connection.recv(12) == b"HTTP/1.1 200"
        eventually(lambda: figures(application)["beslut_exports", "", ""] == 0)
        assert behind_nginx.ask(f"{API}.csv", source=client).status == 429
        assert behind_nginx.ask("/om", source=client).status == 200
        assert behind_nginx.ask(f"{API}.csv", source="127.0.2.2").status == 200
        taken = 0
        while taken < 5_000_000 and (more := files[0].recv(65536)):
            taken += len(more)
        assert taken >= 5_000_000
