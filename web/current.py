"""What does the current request need? The settings, the searcher, its parameters."""

from __future__ import annotations

from urllib.parse import quote, unquote_plus, unquote_to_bytes

from flask import current_app, g, request

from search.deadline import Deadline
from search.live import LiveSearcher
from search.request import RequestError
from search.searcher import Searcher
from web import language, urls
from web.downloads import Slots
from web.settings import Settings


def settings() -> Settings:
    """The settings of the running application."""
    configured: Settings = current_app.config["SETTINGS"]
    return configured


def command() -> str:
    """What one types to search lists of one's own, where the request is answered from the sample;
    else nothing."""
    configured: str = current_app.config["COMMAND"]
    is_sample = "searcher" in g and searcher().generation.is_sample
    return configured if is_sample else ""


def searcher() -> Searcher:
    """What the request is answered from, the same until it ends; raises `IndexUnusable`."""
    if "searcher" not in g:
        g.searcher = _live().current()
    found: Searcher = g.searcher
    return found


def is_trusted() -> bool:
    """Whether what the request was answered from is still as it was opened."""
    return "searcher" not in g or _live().is_trusted(g.searcher)


def _live() -> LiveSearcher:
    live: LiveSearcher = current_app.config["LIVE"]
    return live


def deadline() -> Deadline:
    """When the searches of the request must have ended; ask for it once per request."""
    return Deadline.after(settings().search_seconds)


def cut_short() -> None:
    """The answer lacks something, as its time was over; it is not to be kept."""
    g.is_cut_short = True


def is_cut_short() -> bool:
    """Whether the answer lacks something that it has another time."""
    return "is_cut_short" in g


def slots() -> Slots:
    """For files that are made and sent."""
    configured: Slots = current_app.config["SLOTS"]
    return configured


def parameters() -> urls.Parameters:
    """Each parameter of the query string with all its values, in order."""
    return {name: request.args.getlist(name) for name in request.args}


def undecodable() -> dict[str, RequestError]:
    """The parameters whose values are percent-encoded in anything but UTF-8, and what is wrong."""
    found = {}
    for pair in request.query_string.split(b"&"):
        try:
            unquote_to_bytes(pair).decode("utf-8")
        except UnicodeDecodeError as error:
            name = unquote_plus(pair.split(b"=")[0].decode("latin-1"))
            found[name] = RequestError(name[:40], "", "not-utf-8", **written(error))
    return found


def written(error: UnicodeDecodeError) -> dict[str, str]:
    """How the bytes at fault were written, and how they should be if they are Latin-1."""
    wrong = error.object[error.start : error.end]
    return {"wrong": quote(wrong), "right": quote(wrong.decode("latin-1"))}


def public(path: str) -> str:
    """The one public address of a page in the language of the request."""
    return base_url() + language.canonical(path)


def base_url() -> str:
    """The public address of the site, without a final slash, for links that are read elsewhere: as
    configured, or else from the request (only trusted host names get this far)."""
    return (settings().base_url or request.url_root).rstrip("/")
