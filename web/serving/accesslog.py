"""What is logged? A JSON line per request, without who asked and without what was searched for.

A line has the time (RFC 3339, UTC), the method, the path without its query string, the status, the
milliseconds until the last byte was handed over, and the bytes of the body. For errors, where the
path may be anything that somebody typed, the pattern it matched is logged instead, or null. A valid
``traceparent`` (W3C Trace Context) gives ``traceId``, so that a request can be followed through a
chain of services; without one there is a ``requestId``, which the answer tells in ``X-Request-Id``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

Environment = dict[str, Any]

RULE = "beslut.rule"
"""The key in the WSGI environment for the pattern that the path matched."""
REFUSED = "beslut.refused"
"""The key for why the request is refused: one of `web.problems.REASONS`."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def line(
    environment: Environment, identity: dict[str, str], status: int, milliseconds: float, size: int
) -> str:
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
    return json.dumps(entry | identity, ensure_ascii=False)


def write_line(text: str) -> None:
    """One line on standard output, in one write, so that the lines of processes do not mix; a log
    that nobody reads any longer must not stop the answers."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), f"{text}\n".encode())


def identity(environment: Environment) -> dict[str, str]:
    """What a request is known by in the log: the trace it belongs to, or an id of its own."""
    trace = trace_id(environment.get("HTTP_TRACEPARENT", ""))
    return {"traceId": trace} if trace else {"requestId": secrets.token_hex(16)}


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
