"""The engine of the current generation, exchanged when another one is published."""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path

from index.errors import IndexUnusable
from index.storage.store import Store
from index.swedish import load_lexicon
from search.engine import CACHE_BYTES, Engine, themes_file
from search.request import SearchLimits

_LOG = logging.getLogger("beslut")


def prepare() -> None:
    """Loads what every engine needs; processes that are forked from this one then share it, and
    their garbage collectors leave it alone: to look through the lexicon takes 30 milliseconds."""
    load_lexicon()
    gc.collect()
    gc.freeze()


class LiveEngine:
    """Looks at ``CURRENT`` for each request: one stat. Never refreshes an open index.

    An engine that was replaced is let go of; its files close when the last request that uses it
    has ended and nothing refers to it any longer.
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
        self._engine: Engine | None = None
        self._stamp: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def current(self) -> Engine:
        """The engine for one request; raises `IndexUnusable` where there never was an index."""
        stamp = self.store.stamp()
        with self._lock:
            if self._engine is None:
                self._engine = self._opened()
            elif stamp != self._stamp:
                self._exchange()
            self._stamp = stamp
            return self._engine

    def _opened(self) -> Engine:
        return Engine(self.store.current(), self.limits, self.themes, self.cache_bytes)

    def _exchange(self) -> None:
        """Opens the new generation; the open one goes on where that cannot be done."""
        try:
            self._engine = self._opened()
        except IndexUnusable as error:
            _LOG.warning("the open generation is kept: %s", error)
