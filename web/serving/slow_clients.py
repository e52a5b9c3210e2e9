"""How long does a worker wait for a client? Hardly at all: its socket does not block.

A worker handles one request at a time, so it would wait for a request that arrives a byte at a time
and for an answer that nobody reads. Here a request must arrive within `REQUEST_SECONDS`, and what a
client does not take at once goes to a file, which a thread sends while the worker handles the next
request.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import tempfile
import threading
import time
from typing import IO, Any

REQUEST_SECONDS = 5
"""From accepting a connection to the last byte of its request."""
ANSWER_SECONDS = 600
"""For a client to read what it did not read at once."""
SLOW_CLIENTS = 16
"""Most slow clients per worker at a time; the next is disconnected."""
_CHUNK = 64 * 1024

_places = threading.BoundedSemaphore(SLOW_CLIENTS)


class NonBlockingClient:
    """A connected TCP socket, for the one thread that handles its request.

    `sendall` and `close` return at once. With `SLOW_CLIENTS` waiting already, `sendall` raises
    BrokenPipeError, as it does when the client has gone.
    """

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._until = time.monotonic() + REQUEST_SECONDS
        self._answering = False
        self._rest: IO[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def peek(self, size: int) -> bytes:
        """The beginning of the request, left in place; empty if it does not arrive in time."""
        try:
            self._client.settimeout(self._left())
            return self._client.recv(size, socket.MSG_PEEK)
        except OSError:
            return b""

    def recv(self, size: int) -> bytes:
        """Some bytes of the request; empty when it has ended or did not arrive in time. While an
        answer waits to be sent, nothing more is read."""
        if self._rest is not None:
            return b""
        if self._answering:
            return self._client.recv(size)
        try:
            self._client.settimeout(self._left())
            return self._client.recv(size)
        except TimeoutError:
            return b""

    def sendall(self, data: bytes) -> None:
        """Sends what the client takes at once, keeps the rest; raises OSError if it has gone."""
        self._answering = True
        if self._rest is None:
            data = self._sent_at_once(data)
            if not data:
                return
            self._rest = _file()
        # Writing to the file always succeeds, so a client that has gone must be noticed here.
        lost = self._client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if lost:
            raise OSError(lost, os.strerror(lost))
        self._rest.write(data)

    def shutdown(self, how: int) -> None:
        """Shuts the connection down, unless an answer still waits to be sent."""
        if self._rest is None:
            self._client.shutdown(how)

    def close(self) -> None:
        """Closes the connection when all is sent."""
        if self._rest is None:
            self._client.close()
        else:
            threading.Thread(target=_send, args=(self._client, self._rest)).start()

    def _left(self) -> float:
        """Seconds left for the request to arrive; never 0, which would mean not to wait at all."""
        return max(0.001, self._until - time.monotonic())

    def _sent_at_once(self, data: bytes) -> bytes:
        """Sends without blocking, and returns what could not be sent."""
        self._client.setblocking(False)
        view = memoryview(data)
        with contextlib.suppress(BlockingIOError):
            while view:
                view = view[self._client.send(view) :]
        return bytes(view)


def _file() -> IO[bytes]:
    if not _places.acquire(blocking=False):
        raise BrokenPipeError(errno.EPIPE, "too many slow clients")
    try:
        return tempfile.TemporaryFile()
    except OSError:
        _places.release()
        raise


def _send(client: socket.socket, rest: IO[bytes]) -> None:
    """Sends a file to a client within `ANSWER_SECONDS`, and closes both."""
    signal.pthread_sigmask(
        signal.SIG_BLOCK, signal.valid_signals()
    )  # signals belong to the main thread
    until = time.monotonic() + ANSWER_SECONDS
    with contextlib.suppress(OSError), contextlib.closing(client), rest:
        try:
            rest.seek(0)
            while chunk := rest.read(_CHUNK):
                client.settimeout(max(0.001, until - time.monotonic()))
                client.sendall(chunk)
            client.shutdown(socket.SHUT_WR)
        finally:
            _places.release()
