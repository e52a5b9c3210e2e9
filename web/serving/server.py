"""gunicorn around the application."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, cast

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.workers.sync import SyncWorker

from search import live
from web.api import dcat
from web.app import create_app, refusal
from web.problems import is_for_programs
from web.serving.accesslog import AccessLog, Application, Environment, StartResponse, line
from web.serving.slow_clients import NonBlockingClient
from web.settings import Settings

_LONGEST_REQUEST_LINE = 8190
"""Bytes; gunicorn's maximum, which fits 512 percent-encoded characters of any script."""
_LOG = logging.getLogger("beslut")


class Worker(SyncWorker):  # type: ignore[misc]
    """A sync worker whose own errors look like the application's.

    gunicorn answers requests that it cannot read (an address over 8 kB, say) in English, before the
    application sees them. Here the application words the error, as a page or as a problem,
    depending on how the request began.
    """

    _start = b""

    def load_wsgi(self) -> None:
        """Loads the application, wrapped so that the arbiter sees that a long answer is alive."""
        super().load_wsgi()
        self.application = cast(Flask, self.wsgi)
        self.wsgi: Application = _Alive(self.application.wsgi_app, self.notify)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Peeks at the beginning of the request, then handles it."""
        waiting = NonBlockingClient(client)
        self._start = waiting.peek(64)
        super().handle(listener, waiting, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answers an unreadable request; errors while answering are left to gunicorn."""
        if req is not None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.info("refused unreadable request: %s", type(exc).__name__)
        method, _, target = self._start.decode("latin-1").partition(" ")
        answer = refusal(self.application, for_api=is_for_programs(target.split("?")[0]))
        util.write_nonblock(client, answer)
        if self.application.config["SETTINGS"].access_log:
            body = answer.partition(b"\r\n\r\n")[2]
            write_line(line({"REQUEST_METHOD": method}, 400, 0.0, len(body)))


class _Alive:
    """WSGI middleware that calls `notify` for each piece of an answer: a worker that is silent for
    half a minute is killed, and a large export takes longer."""

    def __init__(self, application: Application, notify: Any) -> None:
        self._application = application
        self._notify = notify

    def __call__(self, environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        return _Noticed(self._application(environment, start_response), self._notify)


class _Noticed:
    def __init__(self, answer: Iterable[bytes], notify: Any) -> None:
        self._answer = answer
        self._notify = notify

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._answer:
            self._notify()
            yield chunk

    def close(self) -> None:
        """Closes the answer."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()


def write_line(text: str) -> None:
    """One line on standard output, in one write, so that the lines of workers do not mix; a log
    that nobody reads any longer must not stop the answers."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), f"{text}\n".encode())


class Server(BaseApplication):  # type: ignore[misc]
    """The gunicorn application: `settings` in, no command line and no configuration file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Configures gunicorn."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        self.cfg.set("bind", f"{host}:{self.settings.port}")
        self.cfg.set("workers", self.settings.workers)
        self.cfg.set("worker_class", "web.serving.server.Worker")
        self.cfg.set("proc_name", "beslut")
        self.cfg.set("loglevel", "warning")
        self.cfg.set("limit_request_line", _LONGEST_REQUEST_LINE)

    def load(self) -> Flask:
        """The WSGI application, created in each worker."""
        app = create_app(self.settings)
        if self.settings.access_log:
            app.wsgi_app = AccessLog(app.wsgi_app, write_line)  # type: ignore[assignment]
        return app


def serve(settings: Settings) -> None:
    """Serves until told to stop."""
    missing = dcat.missing(settings)
    if missing:
        _LOG.warning("/datasets/dcat visas inte: %s saknas", ", ".join(missing))
    live.prepare()
    Server(settings).run()
