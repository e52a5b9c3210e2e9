"""Which source files can be downloaded, and how? Only files that the manifest names.

A file's address is its SHA-256: it leads to the same bytes after every re-import, whatever the file
is called, as long as any decision comes from it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from weakref import WeakKeyDictionary

from flask import Response, request
from werkzeug.http import dump_options_header

from index.errors import ExplainedError
from search.searcher import Searcher
from web import current
from web.downloads import Download
from web.language import gettext

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TYPE = "application/octet-stream"
"""For every file: what others wrote is downloaded, never shown as a page of this site."""


@dataclass(frozen=True, slots=True)
class Original:
    """The copy of a source file: ``original`` is its name in the manifest, ``name`` that of the
    source without folders; ``size`` in bytes."""

    original: str
    name: str
    size: int


_KNOWN: WeakKeyDictionary[Searcher, Mapping[str, Original]] = WeakKeyDictionary()


def originals(searcher: Searcher) -> Mapping[str, Original]:
    """The files that can be downloaded, by SHA-256 (hex); none if disabled in the settings."""
    if not current.settings().originals:
        return {}
    if searcher not in _KNOWN:
        _KNOWN[searcher] = _named(searcher)
    return _KNOWN[searcher]


def send(original: Original, sha256: str) -> Response:
    """The file as an attachment; a 304 or a part of it on request. Nothing is sent that is not what
    the address says; raises `Refused` while too many are being sent."""
    path = current.searcher().engine.original(original.original)
    if _sha256(path) != sha256:
        raise _unreadable()
    response = Response(content_type=_TYPE)
    response.headers["Content-Disposition"] = _attachment(original.name)
    response.headers["Cache-Control"] = "no-cache"
    response.content_length = original.size
    response.set_etag(sha256)
    response.make_conditional(
        _with_range(request.environ, sha256), accept_ranges=True, complete_length=original.size
    )
    if request.method == "GET" and response.status_code in (200, 206):
        response.response = _body(path, original.size, response)
        response.direct_passthrough = True
    return response


def _with_range(environment: WSGIEnvironment, tag: str) -> WSGIEnvironment:
    """The request, without a Range that is to be ignored (RFC 9110, 14.2): one of HEAD, in a unit
    or a form that we do not know, of several ranges, or of what the client has; and one that is
    meant for the same file where only a weak tag says that it is (13.1.5)."""
    asked = request.range
    known = asked.ranges if asked and asked.units == "bytes" else ()
    is_one = request.method == "GET" and len(known) == 1
    is_weak = environment.get("HTTP_IF_RANGE", "").startswith("W/")
    if is_one and not is_weak and not request.if_none_match.contains_weak(tag):
        return environment
    return {name: value for name, value in environment.items() if name != "HTTP_RANGE"}


def _body(path: Path, size: int, response: Response) -> Download:
    part = response.content_range
    span = (part.start or 0, part.stop or size)
    body = Download(current.slots().take(), lambda: path.open("rb"), span)
    try:
        body.open()
    except OSError as error:
        body.close()
        raise _unreadable() from error
    return body


def _unreadable() -> ExplainedError:
    what = gettext("filen kan inte läsas just nu")
    return ExplainedError(what, gettext("försök igen om en stund"))


def _sha256(path: Path) -> str | None:
    """Of a file as it is now, None where it cannot be read; read once until it is written to."""
    try:
        return _sha256_at(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=1024)
def _sha256_at(path: Path, written: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _attachment(name: str) -> str:
    """Content-Disposition with a file's name, also in ASCII for clients that know nothing else
    (RFC 6266, appendix D)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    return dump_options_header("attachment", names)


def _named(searcher: Searcher) -> dict[str, Original]:
    generation = searcher.generation
    files = generation.manifest["files"]
    return {
        source["sha256"]: Original(
            source["original"],
            source["file"].rpartition("/")[2],
            files[source["original"]]["size"],
        )
        for source in reversed(generation.manifest["sources"])  # the first of several copies wins
        if source.get("original")
    }
