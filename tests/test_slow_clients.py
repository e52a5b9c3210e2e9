"""Idle, slow and storming clients against the real server: nobody else waits for them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index.build import build
from tests.conftest import document, eventually, serving
from tests.hostile import API, EXPORT, KINDS, WORKBOOK, Kind, hostile
from tests.test_metrics import figures
from tests.test_serve import Answer, ask, connected, wait_for

SOON = 5.0
"""Seconds within which the next search is answered even on a loaded machine."""


@pytest.fixture(scope="module")
def large_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose export is larger than what a system holds back for a client."""
    folder = tmp_path_factory.mktemp("large")
    rows = [f"Ägare\tBro {n}\t{'Vi bygger. ' * 800}{n}\t{n}" for n in range(1, 1500)]
    (folder / "a.txt").write_text(document(*rows), "utf-8")
    build([folder / "a.txt"], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def large(large_index: Path) -> Iterator[str]:
    with serving(large_index) as address:
        yield address


def check_refused(answer: Answer, what: str) -> None:
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert what in answer.json["detail"]


@pytest.mark.parametrize("kind", [*KINDS, EXPORT, WORKBOOK], ids=lambda kind: kind.name)
def test_the_next_search_does_not_wait_for_fifty_such_clients(large: str, kind: Kind) -> None:
    with hostile(large, kind, 50):
        for _ in range(6):  # whichever process answers
            # A burst of fifty may be one too many for a moment, and is told so.
            eventually(lambda: ask(large, f"{API}?q=bro").status == 200, SOON)


def test_one_who_reads_slowly_gets_every_byte(large_index: Path) -> None:
    leaving = replace(
        EXPORT, sends=EXPORT.sends.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    )
    # One whose room for files nobody else has taken, and whose rows have one address for all.
    with serving(large_index, base_url="http://localhost") as address:
        expected = ask(address, f"{API}.jsonl").body
        with hostile(address, leaving, 1) as (client,):
            taken = b""
            while more := client.recv(65536):
                taken += more
    assert taken.partition(b"\r\n\r\n")[2] == expected


def test_one_export_too_many_is_refused_at_once_until_somebody_has_theirs(
    large_index: Path,
) -> None:
    with serving(large_index, workers="1", exports="2", metrics="1") as address:
        with hostile(address, EXPORT, 2):
            for path in (f"{API}.jsonl", f"{API}.csv", f"{API}.xlsx"):
                check_refused(ask(address, path), "många hämtar filer just nu; försök igen")
            page = ask(address, f"/kallor/{the_source(address)}")
            assert (page.status, page.headers["Retry-After"]) == (503, "5")
            assert "För många hämtar filer just nu." in page.text
            assert ask(address, f"{API}?q=bro").status == 200
            assert figures(address)["beslut_exports", "", ""] == 2
        eventually(lambda: ask(address, f"{API}.jsonl").status == 200)
        assert figures(address)["beslut_refused_total", "exports", ""] >= 4


def the_source(address: str) -> str:
    url: str = ask(address, f"{API}?limit=1&fields=source").json["decisions"][0]["source"]["url"]
    return url.rpartition("/")[2]


def test_one_who_takes_nothing_is_disconnected(large_index: Path) -> None:
    first = "from web.serving import server; server.STALLED_SECONDS = 1"
    with (
        serving(large_index, first, workers="1", exports="1") as address,
        hostile(address, EXPORT, 1),
    ):
        eventually(lambda: ask(address, f"{API}.jsonl").status == 200)


def test_one_who_takes_too_long_is_cut_off_and_can_see_it(large_index: Path) -> None:
    first = "from web.serving import gateway; gateway.ANSWER_SECONDS = 1"
    with (
        serving(large_index, first, workers="1", exports="1") as address,
        hostile(address, EXPORT, 1) as (client,),
    ):
        time.sleep(1.5)
        taken = b""
        with contextlib.suppress(ConnectionResetError):
            while more := client.recv(65536):
                taken += more
        head, _, body = taken.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].split()[0])
        assert len(body) < size
        assert ask(address, f"{API}.csv").status == 200


def test_an_export_that_is_not_taken_to_its_end_leaves_nothing_and_stops_nobody(
    large_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with serving(large_index, workers="1") as address:
        for kind in (EXPORT, WORKBOOK) * 3:
            with hostile(address, kind, 1) as (client,):
                client.recv(100)
        assert ask(address, f"{API}?q=bro").status == 200
        eventually(lambda: ask(address, f"{API}.jsonl").status == 200)
        assert list(scratch.iterdir()) == []


def test_a_full_disk_is_a_503_before_the_first_byte_and_searches_go_on(large_index: Path) -> None:
    """A limit on the size of files is as good as a full disk."""
    first = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (100_000, 100_000))"
    with serving(large_index, first, workers="1", exports="1") as address:
        for form in ("jsonl", "csv", "xlsx") * 2:  # and no place is lost
            check_refused(ask(address, f"{API}.{form}"), "Filen kunde inte göras")
            assert ask(address, f"{API}?q=bro").status == 200
        assert ask(address, f"{API}.jsonl?q=finnsinte").status == 200


def test_a_storm_is_answered_rightly_or_refused_at_once(large_index: Path) -> None:
    first = "from web.serving import gateway; gateway.LONGEST_WAIT = 60"
    limits = {"threads": "1", "requests": "2", "search_seconds": "20"}
    with serving(large_index, first, **limits) as address:
        expected = ask(address, f"{API}?q=bygger").body
        with ThreadPoolExecutor(40) as pool:
            paths = [f"{API}?q=bygger", "/?q=bygger"] * 100
            answers = list(pool.map(lambda path: ask(address, path), paths))
        assert {answer.status for answer in answers} == {200, 503}
        for answer in answers[::2]:
            if answer.status == 503:
                check_refused(answer, "För många frågar just nu; försök igen om en stund.")
            else:
                assert answer.body == expected
        pages = [answer for answer in answers[1::2] if answer.status == 503]
        assert all("För många frågar just nu." in page.text for page in pages)
        assert all(page.headers["Retry-After"] == "5" for page in pages)
        assert ask(address, f"{API}?q=bygger").body == expected


def test_suggestions_leave_room_for_searches(sample_index: Path) -> None:
    with serving(sample_index, requests="1") as address:
        check_refused(ask(address, "/api/v1/suggestions?q=sko"), "För många frågar just nu")
        assert ask(address, f"{API}?q=skola").status == 200
    with serving(sample_index, requests="2", search_seconds="20") as address:
        assert ask(address, "/api/v1/suggestions?q=sko").status == 200


def test_a_request_does_not_wait_long_for_its_turn(sample_index: Path) -> None:
    first = "from web.serving import gateway; gateway.LONGEST_WAIT = 0"
    server = serving(sample_index, first)
    try:
        for _ in wait_for(server.port):
            check_refused(ask(f"http://127.0.0.1:{server.port}", API), "För många frågar just nu")
    finally:
        server.__exit__()


def test_a_process_that_dies_is_replaced(sample_index: Path) -> None:
    server = serving(sample_index)
    with server as address:
        before = server.workers()
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        eventually(lambda: len(server.workers() - {min(before)}) == 2)
        for _ in range(10):
            assert ask(address, API).status == 200
        assert server.process.poll() is None


def test_what_a_process_that_died_was_sending_counts_no_longer(large_index: Path) -> None:
    server = serving(large_index, workers="1", metrics="1")
    with server as address, hostile(address, EXPORT, 2):
        assert figures(address)["beslut_exports", "", ""] == 2
        # What was answered is counted after it was sent.
        eventually(lambda: ("beslut_requests_total", "/metrics", "200") in figures(address))
        (died,) = server.workers()
        os.kill(died, signal.SIGKILL)
        eventually(lambda: bool(server.workers() - {died}))
        eventually(lambda: answers(address))
        found = figures(address)
        assert found.get(("beslut_exports", "", ""), 0) == 0
        assert found["beslut_requests_total", "/metrics", "200"] >= 1


def answers(address: str) -> bool:
    with contextlib.suppress(OSError):
        return ask(address, API).status == 200
    return False


def test_what_is_under_way_is_finished_before_the_server_stops(large_index: Path) -> None:
    server = serving(large_index, workers="1", base_url="http://localhost")
    with server as address:
        expected = ask(address, f"{API}.jsonl").body
        with connected(address) as client, connected(address):
            client.sendall(EXPORT.sends.encode())
            assert client.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200"
            server.process.send_signal(signal.SIGTERM)
            taken = b""
            while more := client.recv(65536):
                taken += more
        assert taken.partition(b"\r\n\r\n")[2] == expected
        assert server.process.wait(timeout=20) == 0


def test_a_client_that_never_ends_keeps_the_server_from_nothing(large_index: Path) -> None:
    server = serving(large_index)
    with server as address, hostile(address, EXPORT, 3), hostile(address, KINDS[1], 3):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
