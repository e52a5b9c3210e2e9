"""Which answers need not be made, or sent, twice? Strong ETags, 304, gzip, CORS.

An ETag is made of everything that decides an answer (the program, the settings, the generation, the
themes, the address, the language) and not of the answer itself, so that a search the client still
has is answered without searching. An answer that lacks something, as time was over, has none.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from search.searcher import Searcher
from web import current, language, urls
from web.problems import METHODS
from web.settings import Settings

_LEVEL = 5  # of gzip; higher ones take twice the time for a few per cent
_CACHE_CONTROL = "no-cache"
_NGINX_EXPIRES = "@1"  # 1970: nginx keeps nothing that is no-cache, unless this says the same
_VARY = "Accept-Encoding"
REQUEST_HEADERS = (
    "Accept",
    "Accept-Language",
    "Content-Type",  # says nothing of a GET, but some clients always send it
    "If-Modified-Since",  # as above
    "If-None-Match",
    "If-Range",
    "Range",
    "traceparent",
    "tracestate",  # goes with the one above
)
"""What a script on another site may send."""
_EXPOSED = (
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Length",
    "Content-Range",
    "ETag",
    "Retry-After",
    "traceparent",
    "X-Request-Id",
)
"""What it may read, beside what it always may."""
_WHERE = (
    *("index", "withheld", "themes", "owners", "reports", "host", "port"),
    *("workers", "threads", "requests", "exports", "cache_megabytes"),
    *("access_log", "metrics", "settle_seconds", "engine", "engine_name", "engine_user"),
    *("engine_password", "engine_ca", "engine_shards", "engine_replicas"),
)
"""Settings that decide no answer."""
_REMEMBERED = 86_400  # seconds; Chromium takes 7,200 for more


def conditional(
    searcher: Searcher | None, canonical: str, make: Callable[[], Response], zip_: bool = True
) -> Response:
    """The answer of `make` with an ETag, or 304 if the client has it already.

    `canonical` is the canonical form of the request: requests that differ in it differ in answer.
    `searcher` is None for what does not depend on the index; `zip_` False for what does not shrink.
    """
    zipped = zip_ and bool(request.accept_encodings["gzip"])
    # A strong ETag promises the same bytes, so each encoding has its own.
    tag = _tag(searcher, canonical) + ("-gzip" if zipped else "")
    if request.if_none_match.contains_weak(tag) and not request.if_none_match.star_tag:
        return _not_modified(tag)
    response = make()  # before `*`, which matches only if the resource exists
    if response.status_code != 200:
        return response
    if current.is_cut_short():
        response.headers["Cache-Control"] = "no-store"
        return response
    if request.if_none_match.star_tag:
        return _not_modified(tag)
    if zipped:
        compress(response)
    return _mark(response, tag)


def page(
    view: Callable[..., ResponseReturnValue],
    of_index: bool = True,
    also: Callable[[], str] = lambda: "",
) -> Callable[..., Response]:
    """The view of a page, with an ETag; ``of_index``: what it shows depends on the index; ``also``
    says what else decides it."""

    @functools.wraps(view)
    def answered(**parts: Any) -> Response:
        searcher = current.searcher() if of_index else None
        warning = (searcher and searcher.generation.warning) or ""
        seen = f"{urls.sorted_query(request.query_string.decode('latin-1'))}\0{warning}\0{also()}"
        return conditional(searcher, seen, lambda: current_app.make_response(view(**parts)))

    return answered


def allow_everyone(headers: Headers) -> None:
    """Lets scripts on any site read the answer, which is public anyway."""
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = ", ".join(_EXPOSED)


def options() -> Response:
    """The answer to OPTIONS: what may be asked of an address (RFC 9110, 9.3.7), and, as it is
    public, what a script on any site may ask (Fetch, 3.2.2). It is the same whoever asks."""
    response = Response(status=204)
    response.headers.pop("Content-Type")
    response.headers["Allow"] = ", ".join((*METHODS, "OPTIONS"))
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(REQUEST_HEADERS)
    response.headers["Access-Control-Max-Age"] = str(_REMEMBERED)
    return response


def compress(response: Response) -> None:
    """Compresses the body with gzip, piece by piece if it is streamed."""
    if response.is_streamed:
        response.response = _zipped(cast("Iterator[bytes]", iter(response.response)))
        response.headers.pop("Content-Length", None)
    else:
        # No time stamp: equal answers must be equal bytes.
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"


@functools.cache
def program() -> str:
    """A digest of the source, which differs between versions of the program."""
    root = Path(__file__).parent.parent
    files = sorted(
        path
        for package in ("index", "search", "web")
        for path in (root / package).rglob("*")
        if path.suffix in (".py", ".html", ".xml", ".txt", ".mo")
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _tag(searcher: Searcher | None, canonical: str) -> str:
    parts = [
        program(),
        _deciding(current.settings()),
        searcher.state() if searcher else "",
        current.base_url(),
    ]
    parts += [request.path, canonical, *language.decided()]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


@functools.lru_cache(maxsize=8)
def _deciding(settings: Settings) -> str:
    """The settings apart from those that say where a server runs and with how much: servers of
    copies of one index answer alike. What is in the files of themes and owners, the searcher's
    state tells."""
    by_default = Settings()
    return repr(replace(settings, **{name: getattr(by_default, name) for name in _WHERE}))


def _mark(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = _CACHE_CONTROL
    response.headers["X-Accel-Expires"] = _NGINX_EXPIRES
    response.vary.add(_VARY)
    if language.is_chosen():
        response.vary.add("Accept-Language")
    return response


def _not_modified(tag: str) -> Response:
    response = _mark(Response(status=304), tag)
    response.headers.pop("Content-Type", None)
    return response


def _zipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)  # 31: with a gzip header
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()
