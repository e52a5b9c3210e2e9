"""A redirect in the language of the request: the text of Werkzeug's own is English."""

from __future__ import annotations

from flask import Response, request

from web.language import gettext, here
from web.urls import is_for_programs


def redirect(path: str) -> Response:
    """Redirects to `path` on this site with the parameters of the request. Temporarily, since what
    a name leads to may change (RFC 9110, 15.4.3)."""
    query = request.query_string.decode("ascii", "replace")
    address = f"{path}?{query}" if query else path
    said = gettext("Sidan finns på %(path)s", path=path)
    response = Response(f"{said}\n", 302, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = address if is_for_programs(path) else here(address)
    return response
