"""A client's socket that keeps nobody waiting."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from web.serving import slow_clients
from web.serving.slow_clients import NonBlockingClient

BODY = bytes(range(256)) * 40_000
Pair = tuple[NonBlockingClient, socket.socket]


@pytest.fixture
def connect() -> Iterator[Callable[[], Pair]]:
    """Makes the two ends of a connection: the server's, and that of a client that reads little."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def make() -> Pair:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            client.settimeout(20)
            client.connect(listener.getsockname())
            served = stack.enter_context(listener.accept()[0])
            return NonBlockingClient(served), client

        yield make


def everything(client: socket.socket) -> bytes:
    found = b""
    while more := client.recv(65536):
        found += more
    return found


def settled() -> None:
    """Waits until nothing is being sent any longer."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and "_send" in thread.name:
            thread.join(20)


def test_what_nobody_takes_is_sent_when_somebody_does(connect: Callable[[], Pair]) -> None:
    server, client = connect()
    started = time.monotonic()
    server.sendall(BODY)
    server.sendall(b"slut")
    server.shutdown(socket.SHUT_WR)
    assert server.recv(100) == b""
    server.close()
    assert time.monotonic() - started < 5
    assert everything(client) == BODY + b"slut"
    settled()


def test_what_is_taken_at_once_needs_no_thread(connect: Callable[[], Pair]) -> None:
    server, client = connect()
    before = threading.active_count()
    server.sendall(b"kort")
    server.shutdown(socket.SHUT_WR)
    server.close()
    assert threading.active_count() == before
    assert everything(client) == b"kort"


def test_a_request_that_never_ends_is_given_up(
    connect: Callable[[], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "REQUEST_SECONDS", 0.2)
    server, client = connect()
    client.sendall(b"GET")
    assert server.peek(64) == server.recv(64) == b"GET"
    assert server.recv(64) == server.peek(64) == b""


def test_an_answer_that_is_never_taken_is_given_up(
    connect: Callable[[], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "ANSWER_SECONDS", 0.2)
    server, client = connect()
    server.sendall(BODY)
    server.close()
    settled()
    with contextlib.suppress(ConnectionResetError):
        assert len(everything(client)) < len(BODY)


def test_a_client_that_has_gone_ends_the_answer(connect: Callable[[], Pair]) -> None:
    server, client = connect()
    server.sendall(BODY)
    client.close()
    with pytest.raises(OSError):
        for _ in range(100):
            server.sendall(b"mer")
            time.sleep(0.01)
    server.close()
    settled()


def test_no_more_than_some_are_waited_for(
    connect: Callable[[], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_clients, "_places", threading.BoundedSemaphore(2))
    pairs = [connect() for _ in range(3)]
    for server, _ in pairs[:2]:
        server.sendall(BODY)
    with pytest.raises(BrokenPipeError):
        pairs[2][0].sendall(BODY)
    for server, client in pairs[:2]:
        server.close()
        assert everything(client) == BODY
    settled()
    server, client = connect()
    server.sendall(BODY)
    server.close()
    assert everything(client) == BODY
    settled()
