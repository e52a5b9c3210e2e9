"""gunicorn around the application."""

from __future__ import annotations

import socket
from typing import Any

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.workers.sync import SyncWorker

from web.app import create_app, refusal
from web.settings import Settings

_LONGEST_REQUEST_LINE = 8190
"""Bytes; the most that gunicorn allows, and 512 characters of any script fit, percent-encoded."""


class Worker(SyncWorker):  # type: ignore[misc]
    """A sync worker whose own refusals are as plain as the application's.

    gunicorn answers a request that it cannot read (an address over 8 kB, say) before the
    application sees it, in English. Here the application says it, as a page or as a problem,
    whichever the beginning of the request asked for.
    """

    _start = b""

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Notes how the request begins, without taking it, and handles it."""
        self._start = _peek(client)
        super().handle(listener, client, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Writes the refusal; an error while answering is left to gunicorn."""
        if req is not None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.info("refused unreadable request: %s", type(exc).__name__)
        _, _, target = self._start.partition(b" ")
        util.write_nonblock(client, refusal(self.wsgi, for_api=target.startswith(b"/api/")))


def _peek(client: socket.socket) -> bytes:
    try:
        return client.recv(64, socket.MSG_PEEK)
    except OSError:
        return b""


class Server(BaseApplication):  # type: ignore[misc]
    """The gunicorn application: `settings` in, no command line and no configuration file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn must know."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        self.cfg.set("bind", f"{host}:{self.settings.port}")
        self.cfg.set("workers", self.settings.workers)
        self.cfg.set("worker_class", "web.serve.Worker")
        self.cfg.set("proc_name", "beslut")
        self.cfg.set("loglevel", "warning")
        self.cfg.set("limit_request_line", _LONGEST_REQUEST_LINE)

    def load(self) -> Flask:
        """The WSGI application, made anew in each worker."""
        return create_app(self.settings)


def serve(settings: Settings) -> None:
    """Serves until told to stop."""
    Server(settings).run()
