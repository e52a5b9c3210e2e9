"""What does the current request need? The settings, the searcher, its parameters."""

from __future__ import annotations

from flask import current_app, request

from search.deadline import Deadline
from search.live import LiveSearcher
from web import urls
from web.downloads import Slots
from web.settings import Settings


def settings() -> Settings:
    """The settings of the running application."""
    configured: Settings = current_app.config["SETTINGS"]
    return configured


def live() -> LiveSearcher:
    """The index of the running application; ask it for the searcher once per request."""
    searcher: LiveSearcher = current_app.config["LIVE"]
    return searcher


def deadline() -> Deadline:
    """When the searches of the request must have ended; ask for it once per request."""
    return Deadline.after(settings().search_seconds)


def slots() -> Slots:
    """For files that are made and sent."""
    configured: Slots = current_app.config["SLOTS"]
    return configured


def parameters() -> urls.Parameters:
    """Each parameter of the query string with all its values, in order."""
    return {name: request.args.getlist(name) for name in request.args}


def base_url() -> str:
    """The public address of the site, without a final slash, for links that are read elsewhere: as
    configured, or else from the request (only trusted host names get this far)."""
    return (settings().base_url or request.url_root).rstrip("/")
