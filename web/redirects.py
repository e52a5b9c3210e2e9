"""A redirect in Swedish: Werkzeug words its own in English."""

from __future__ import annotations

from flask import Response, request


def redirect(path: str) -> Response:
    """Sends on to `path` of this site with the parameters that came; for now, since what a name
    leads to may change (RFC 9110, 15.4.3)."""
    query = request.query_string.decode("ascii", "replace")
    address = f"{path}?{query}" if query else path
    response = Response(
        f"Beslutet finns på {path}\n", 302, content_type="text/plain; charset=utf-8"
    )
    response.headers["Location"] = address
    return response
