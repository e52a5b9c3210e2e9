"""What answers searches, as the settings have it: the index on this machine."""

from __future__ import annotations

from search.array_engine import ArrayEngines
from search.engine import Engines
from search.live import LiveSearcher
from search.searcher import Searcher, owners_file, themes_file
from web.settings import Settings


def engines(given: Settings) -> Engines:
    """Where engines come from."""
    return ArrayEngines(given.index, given.cache_megabytes * 1024 * 1024)


def opened(given: Settings) -> Searcher:
    """A searcher over the current state of the index; raises `IndexUnusable`."""
    engine = engines(given).opened(owners_file(given.owners_path).current())
    return Searcher(engine, given.limits, themes_file(given.themes_path))


def live(given: Settings) -> LiveSearcher:
    """What serves the current state of the index, whichever that is."""
    return LiveSearcher(engines(given), given.limits, given.themes_path, given.owners_path)
