"""Clients that hold on to a server: what they send, and a number of them at once."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

API = "/api/v1/decisions"
_HOST = "HTTP/1.1\r\nHost: localhost\r\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """What such a client sends, and how many bytes of an answer it takes before it falls silent."""

    name: str
    sends: str
    takes: int = 0


KINDS = (
    Kind("sends nothing", ""),
    Kind("half a request", f"GET {API} HTTP/1.1\r\nHost: loc"),
    Kind("held open", f"GET {API} {_HOST}\r\n", 100),
    Kind("unfinished body", f"GET {API} {_HOST}Content-Length: 10000\r\n\r\nq=", 100),
    Kind("unfinished body, posted", f"POST {API} {_HOST}Content-Length: 10000\r\n\r\nq="),
)
EXPORT = Kind("slow readers of an export", f"GET {API}.jsonl {_HOST}\r\n", 12)
WORKBOOK = Kind("slow readers of a workbook", f"GET {API}.xlsx {_HOST}\r\n")


@contextlib.contextmanager
def hostile(address: str, kind: Kind, count: int) -> Iterator[list[socket.socket]]:
    """The connections of `count` such clients, and closes them."""
    where = urlsplit(address)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.socket()) for _ in range(count)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            client.settimeout(60)
            client.connect((where.hostname, where.port or 0))
            client.sendall(kind.sends.encode())
        for client in clients:
            if kind.takes:
                client.recv(kind.takes, socket.MSG_PEEK)
        yield clients
