"""From the server's requests (ASGI) to the application's (WSGI), and back.

A few threads work on requests, and a few more requests may wait for them; the next is told at once
that there is no room. A file (`web.downloads`) is made in a thread of its own and sent without one,
at the client's own pace, so that a slow client holds nothing that a search needs.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from index.errors import BeslutError
from web import urls
from web.downloads import Download
from web.serving.accesslog import REFUSED, RULE, Environment, identity, line, write_line
from web.settings import Settings

if TYPE_CHECKING:
    from web.serving.metrics import Metrics  # whose library may be imported only where it is used

ANSWER_SECONDS = 600
"""For a client to read a file."""
LONGEST_WAIT = 2.0
"""Seconds that a request may wait for a thread."""
_LOG = logging.getLogger("beslut")
_Headers = list[tuple[str, str]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the application answered."""

    status: int
    headers: _Headers
    body: bytes | Download


class Gateway:
    """The ASGI application of one process, around the WSGI application."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self._app = app.wsgi_app
        self._threads = ThreadPoolExecutor(settings.threads)
        self._maker = ThreadPoolExecutor(1)  # one: while a file is made, searches are slower
        self._most = settings.requests
        self._current = 0
        self._log = settings.access_log
        self._metrics: Metrics | None = app.config["METRICS"]

    async def __call__(self, scope: dict[str, Any], receive: object, send: _Send) -> None:
        """Answers one request. Its body is not read, as no address takes one."""
        started = time.perf_counter()
        environment = _environment(scope)
        known = identity(environment)
        reply = await self._reply(environment, started)
        if isinstance(reply.body, Download):
            reply, size = await self._send_file(environment, known, reply, reply.body, send)
        else:
            size = await _send_bytes(known, reply, reply.body, send)
        seconds = time.perf_counter() - started
        if self._log:
            write_line(line(environment, known, reply.status, seconds * 1000, size))
        if self._metrics:
            rule, refused = environment.get(RULE), environment.get(REFUSED)
            self._metrics.note(rule, reply.status, seconds, refused)

    async def _reply(self, environment: Environment, started: float) -> Reply:
        """The application's answer, or that there is no room. For suggestions there is half: they
        come with every letter, and must not take it from searches."""
        is_suggestion = environment["PATH_INFO"] == urls.suggestions_path()
        if self._current >= (self._most // 2 if is_suggestion else self._most):
            return self._refused(environment, "requests")
        self._current += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._in_time, environment, started)
        finally:
            self._current -= 1

    def _in_time(self, environment: Environment, started: float) -> Reply:
        if time.perf_counter() - started > LONGEST_WAIT:
            return self._refused(environment, "requests")
        return self._call(environment)

    def _refused(self, environment: Environment, reason: str) -> Reply:
        environment[REFUSED] = reason
        return self._call(environment)

    def _call(self, environment: Environment) -> Reply:
        """Calls the WSGI application (PEP 3333)."""
        said: dict[str, Any] = {}

        def start(status: str, headers: _Headers, error: object = None) -> Any:
            said.update(status=int(status[:3]), headers=headers)

        body: Iterable[bytes] = self._app(environment, start)
        if isinstance(body, Download):
            return Reply(body=body, **said)
        try:
            return Reply(body=b"".join(body), **said)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    async def _send_file(
        self,
        environment: Environment,
        known: dict[str, str],
        reply: Reply,
        body: Download,
        send: _Send,
    ) -> tuple[Reply, int]:
        """Sends a file, or a 503 if it cannot be made; what was answered, and the bytes of it that
        the server took. Whoever does not take all of it in time is disconnected."""
        with contextlib.closing(body), self._counted():
            try:
                loop = asyncio.get_running_loop()
                size = await loop.run_in_executor(self._maker, body.open)
            except Exception as error:
                trace = not isinstance(error, BeslutError)  # which says all there is to say
                _LOG.error("a file could not be made: %s", error, exc_info=trace)
                reply = self._refused(environment, "failed")
                assert isinstance(reply.body, bytes)
                return reply, await _send_bytes(known, reply, reply.body, send)
            headers = [one for one in reply.headers if one[0] != "Content-Length"]
            headers.append(("Content-Length", str(size)))
            await send(_start(known, replace(reply, headers=headers)))
            sent = 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    for piece in body:
                        await send({**_BODY, "body": piece, "more_body": True})
                        sent += len(piece)
                        await asyncio.sleep(0)  # others' turn, also if the client takes all
                    await send({**_BODY, "body": b""})
            return reply, sent

    def _counted(self) -> contextlib.AbstractContextManager[object]:
        return self._metrics.exporting() if self._metrics else contextlib.nullcontext()


_BODY = {"type": "http.response.body"}


async def _send_bytes(known: dict[str, str], reply: Reply, body: bytes, send: _Send) -> int:
    """Hands an answer over; its size in bytes."""
    await send(_start(known, reply))
    await send({**_BODY, "body": body})
    return len(body)


def _start(known: dict[str, str], reply: Reply) -> dict[str, Any]:
    """Status and headers, with what the request is known by, unless the client said so itself."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
    if "requestId" in known:
        headers.append((b"x-request-id", known["requestId"].encode()))
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


def _environment(scope: dict[str, Any]) -> Environment:
    """The WSGI environment of a request, without its body."""
    environment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),  # as PEP 3333 says
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": "HTTP/1.1" if scope["http_version"] == "1.1" else "HTTP/1.0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # `_` and `-` would become the same (CVE-2015-0219); an empty one says nothing.
        if value and b"_" not in name:
            key = f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
            text = value.decode("latin-1")
            environment[key] = f"{environment[key]},{text}" if key in environment else text
    return environment
