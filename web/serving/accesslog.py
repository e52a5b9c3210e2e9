"""What is logged? A JSON line per request, without who asked and without what was searched for.

A line has the time (RFC 3339, UTC), the method, the path without its query string, the status, the
milliseconds until the last byte was handed over, and the bytes of the body. For errors, where the
path may be anything that somebody typed, the pattern it matched is logged instead, or null. A valid
``traceparent`` (W3C Trace Context) gives ``traceId``, so that a request can be
followed through a chain of services.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]

RULE = "beslut.rule"
"""The key in the WSGI environment for the pattern that the path matched."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class AccessLog:
    """WSGI middleware that passes a line to `write` once an answer has been sent."""

    def __init__(self, application: Application, write: Callable[[str], object]) -> None:
        self._application = application
        self._write = write

    def __call__(self, environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers, and writes the line when the answer is closed."""
        started = time.perf_counter()
        status = 0

        def start(line: str, *arguments: Any) -> Any:
            nonlocal status
            status = int(line.split(" ", 1)[0])
            return start_response(line, *arguments)

        answer = self._application(environment, start)
        return _Counted(answer, lambda size: self._log(environment, status, started, size))

    def _log(self, environment: Environment, status: int, started: float, size: int) -> None:
        self._write(line(environment, status, (time.perf_counter() - started) * 1000, size))


class _Counted:
    """An answer that counts its bytes and reports them when closed, as even a broken one is."""

    def __init__(self, answer: Iterable[bytes], done: Callable[[int], None]) -> None:
        self._answer = answer
        self._done = done
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._answer:
            self._size += len(chunk)
            yield chunk

    def close(self) -> None:
        """Closes the answer."""
        try:
            close = getattr(self._answer, "close", None)
            if close is not None:
                close()
        finally:
            self._done(self._size)


def line(environment: Environment, status: int, milliseconds: float, size: int) -> str:
    """One line of the log, without the newline."""
    method = environment.get("REQUEST_METHOD", "")
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        # Anything else is somebody's text, which does not belong in the log.
        "method": method if method.isalpha() and len(method) <= 10 else None,
        "path": _path(environment) if status < 400 else environment.get(RULE),
        "status": status,
        "milliseconds": round(milliseconds, 1),
        "bytes": size,
    }
    trace = trace_id(environment.get("HTTP_TRACEPARENT", ""))
    return json.dumps(entry | ({"traceId": trace} if trace else {}), ensure_ascii=False)


def trace_id(traceparent: str) -> str | None:
    """The trace-id of a header, None if the header is invalid (W3C Trace Context, 3.2.2)."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if match is None or traceparent.startswith("ff") or set(match[1]) == {"0"}:
        return None
    return match[1]


def _path(environment: Environment) -> str:
    raw: str = environment.get("PATH_INFO", "")
    # WSGI hands over bytes as Latin-1 (PEP 3333).
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")
