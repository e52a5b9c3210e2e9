"""Granian around the application."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from search import live
from web.api import dcat
from web.app import create_app
from web.serving.gateway import Gateway
from web.settings import Settings

BACKLOG = 1024
"""Connections that the system holds until they are accepted."""
CONNECTIONS = 1000
"""Open connections for each process. They cost little, and idle ones must leave room for others."""
HEAD_SECONDS = 10
"""For a client to send the head of a request, or the next one on the same connection."""
STALLED_SECONDS = 30
"""Until a client that takes nothing of its answer is disconnected."""
STOP_SECONDS = 5
"""For the requests under way when the server is stopped."""
_HEAD_BYTES = 128 * 1024
_STDERR = {
    "formatter": "generic",
    "class": "logging.StreamHandler",
    "stream": "ext://sys.stderr",
}
_LOG = logging.getLogger("beslut")


class Server(MPServer):
    """Granian with `settings` in, without a command line, and with one socket for all processes.

    By itself Granian gives each process a socket of its own on the same port. Then a second server
    could take the port too, and each would get some of the requests.
    """

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(
            "beslut",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGINL,
            workers=settings.workers,
            loop=Loops.asyncio,
            runtime_mode=RuntimeModes.st,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=_HEAD_BYTES
            ),
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {"console": _STDERR, "access": _STDERR}},
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
        )

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder
        self._shd = holder(self._listener.fileno(), False, BACKLOG)
        self._sso = self._listener


def listen(settings: Settings) -> socket.socket:
    """The socket that all processes accept from; raises OSError if the address is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host, settings.port)
    listener = socket.create_server(address, family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_SECONDS * 1000)
    return listener


def serve(settings: Settings, listener: socket.socket, command: str) -> None:
    """Serves until told to stop; for the `command`, see `create_app`."""
    missing = dcat.missing(settings)
    if missing:
        _LOG.warning("/datasets/dcat visas inte: %s saknas", ", ".join(missing))
    live.prepare()
    multiprocessing.set_start_method("fork", force=True)  # the processes share what is loaded
    with _metrics_folder(settings):
        server = Server(settings, listener)
        server.serve(target_loader=lambda: load(settings, command), wrap_loader=False)


def load(settings: Settings, command: str) -> Gateway:
    """The application of one process, created in it."""
    app = create_app(settings, command)
    app.config["LIVE"].count_ahead()
    return Gateway(app)


@contextlib.contextmanager
def _metrics_folder(settings: Settings) -> Iterator[None]:
    """The folder by which the processes share their figures, gone when the server stops."""
    if not settings.metrics:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="beslut-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield
