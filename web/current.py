"""What a request is answered with: the settings, the engine, the parameters."""

from __future__ import annotations

from flask import current_app, request

from search.live import LiveEngine
from web import urls
from web.settings import Settings


def settings() -> Settings:
    """The settings of the application that answers."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def live() -> LiveEngine:
    """The index of the application that answers; ask it for the engine once a request."""
    found: LiveEngine = current_app.config["LIVE"]
    return found


def parameters() -> urls.Parameters:
    """Each parameter of the query string with all its values, in order."""
    return {name: request.args.getlist(name) for name in request.args}


def base_url() -> str:
    """The public address of the site without a slash at its end, for links that are read elsewhere:
    as set, or as it was asked for (only trusted host names are answered)."""
    return (settings().base_url or request.url_root).rstrip("/")
