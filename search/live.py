"""The searcher of the current generation, replaced when a new one is published."""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path

from index.errors import IndexUnusable
from index.storage.store import Store
from index.swedish import load_lexicon
from search.array_engine import CACHE_BYTES, ArrayEngine
from search.request import SearchLimits
from search.searcher import Searcher, themes_file

_LOG = logging.getLogger("beslut")


def prepare() -> None:
    """Loads what every engine needs. Processes forked from this one share it, and their garbage
    collectors leave it alone: scanning the lexicon takes 30 milliseconds."""
    load_lexicon()
    gc.collect()
    gc.freeze()


class LiveSearcher:
    """Checks ``CURRENT`` on each request with one stat call. Never refreshes an open index.

    A replaced searcher is dropped; its files close when the last request that uses it has ended.
    """

    def __init__(
        self,
        path: Path,
        limits: SearchLimits,
        cache_bytes: int = CACHE_BYTES,
        themes: Path | None = None,
    ) -> None:
        self.store = Store(path)
        self.limits = limits
        self.themes = themes_file(themes)
        self.cache_bytes = cache_bytes
        self._searcher: Searcher | None = None
        self._stamp: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def current(self) -> Searcher:
        """The searcher for one request; raises `IndexUnusable` if there never was an index."""
        # Before opening: a switch in between then shows at the next request.
        stamp = self.store.stamp()
        with self._lock:
            if self._searcher is None:
                self._searcher = self._opened()
            elif stamp != self._stamp:
                self._exchange()
            self._stamp = stamp  # even on failure: a bad generation is tried once
            return self._searcher

    def _opened(self) -> Searcher:
        engine = ArrayEngine(self.store.current(), self.cache_bytes)
        return Searcher(engine, self.limits, self.themes)

    def _exchange(self) -> None:
        """Opens the new generation; if that fails, the open one stays."""
        try:
            self._searcher = self._opened()
        except IndexUnusable as error:
            _LOG.warning("the open generation is kept: %s", error)
