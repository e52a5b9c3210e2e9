"""Which answers need not be made, or sent, twice? Strong ETags, 304, gzip, CORS.

An ETag is made of everything that decides an answer (the program, the settings, the generation, the
themes, the address) and not of the answer itself, so that a search the client still has is answered
without searching.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from flask import Response, request
from werkzeug.datastructures import Headers

from search.searcher import Searcher
from web import current, language

_LEVEL = 5  # of gzip; higher ones take twice the time for a few per cent
_CACHE_CONTROL = "no-cache"
_VARY = "Accept-Encoding"


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
    if request.if_none_match.star_tag:
        return _not_modified(tag)
    if zipped:
        compress(response)
    return _mark(response, tag)


def allow_everyone(headers: Headers) -> None:
    """Lets scripts on any site read the answer, which is public anyway."""
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = (
        "ETag, Retry-After, Content-Disposition, traceparent, X-Request-Id"
    )


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
        if path.suffix in (".py", ".html", ".txt", ".mo")
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _tag(searcher: Searcher | None, canonical: str) -> str:
    settings = current.settings()
    parts = [program(), repr(settings), searcher.state() if searcher else "", current.base_url()]
    parts += [request.path, canonical, language.selected()]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _mark(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = _CACHE_CONTROL
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
