"""The searcher of the current generation, replaced when a new one is published."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Hashable
from pathlib import Path

from index.errors import ClusterUnavailable, IndexUnusable
from index.swedish import load_lexicon
from search.engine import Engines
from search.request import SearchLimits
from search.searcher import Searcher, owners_file, themes_file

_LOOK_SECONDS = 2.0
"""Between looks for a new generation or an edited theme file to count themes of."""
_AGAIN_SECONDS = 5.0
"""Until a state that a cluster could not give at the moment is tried again."""
_PAUSE = 0.01
"""Seconds between two themes at least; else as long as one takes, so that half is for requests."""
_LOG = logging.getLogger("beslut")


def prepare() -> None:
    """Loads what every engine needs. Processes forked from this one share it, and their garbage
    collectors leave it alone: scanning the lexicon takes 30 milliseconds."""
    load_lexicon()
    gc.collect()
    gc.freeze()


class LiveSearcher:
    """Looks on each request whether another state of the index is current, whether the owners file
    is another, and whether what is open is still to be trusted. Never refreshes an open index:
    owners are grouped when one is opened.

    A replaced searcher is dropped; its files close when the last request that uses it has ended. A
    generation that must be read to be trusted is read beside the open one, which serves meanwhile.
    """

    def __init__(
        self,
        engines: Engines,
        limits: SearchLimits,
        themes: Path | None = None,
        owners: Path | None = None,
    ) -> None:
        self.engines = engines
        self.limits = limits
        self.themes = themes_file(themes)
        self.owners = owners_file(owners)
        self._searcher: Searcher | None = None
        self._stamp: tuple[Hashable, str] | None = None
        self._opening: threading.Thread | None = None
        self._again = 0.0  # when to try what failed, on the monotonic clock
        self._lock = threading.RLock()

    def current(self) -> Searcher:
        """The searcher for one request; raises `IndexUnusable` if there never was an index, or no
        generation is whole any longer."""
        # Before opening: a switch in between then shows at the next request.
        stamp = (self.engines.stamp(), self.owners.current().digest)
        with self._lock:
            if self._searcher is None or not self.is_trusted(self._searcher):
                self._searcher = None  # what it would answer cannot be trusted
                self._searcher = self._opened()
                self._stamp = stamp
            elif stamp != self._stamp and not self._opening and time.monotonic() >= self._again:
                self._stamp = stamp  # even on failure: a bad generation is tried once
                if self.engines.is_verified():
                    self._exchange()
                else:
                    self._opening = threading.Thread(target=self._exchange, daemon=True)
                    self._opening.start()
            assert self._searcher is not None
            return self._searcher

    def count_ahead(self) -> None:
        """From now on counts the themes of what is open before somebody asks, and makes ready to
        suggest, in a thread of its own."""
        threading.Thread(target=self._count_ahead, daemon=True).start()

    def _count_ahead(self) -> None:
        seen = None
        while True:
            opened = self._searcher
            try:
                state = opened and (self.engines.stamp(), opened.state())
                del opened  # nothing else may hold what has been replaced
                if state and state != seen:
                    seen = state  # whatever comes of it: requests are told what cannot be opened
                    self._count_in_turn()
            except Exception as error:  # the thread goes on, whatever is wrong with the index
                _LOG.warning("the themes are not counted: %s", error)
            time.sleep(_LOOK_SECONDS)

    def _count_in_turn(self) -> None:
        self.current().suggester()  # whose names take a while to lay out
        began = time.monotonic()
        for _ in self.current().theme_counts().steps():
            time.sleep(max(_PAUSE, time.monotonic() - began))
            began = time.monotonic()

    def is_trusted(self, searcher: Searcher) -> bool:
        """Whether nobody has changed what a searcher answers from since it was opened."""
        return self.engines.is_trusted(searcher.engine)

    def _opened(self) -> Searcher:
        return Searcher(self.engines.opened(self.owners.current()), self.limits, self.themes)

    def _exchange(self) -> None:
        """Opens the new generation; if that fails, the open one stays."""
        try:
            searcher = self._opened()
            with self._lock:
                self._searcher = searcher
        except IndexUnusable as error:
            _LOG.warning("the open generation is kept: %s", error)
            if isinstance(error, ClusterUnavailable):
                self._stamp, self._again = None, time.monotonic() + _AGAIN_SECONDS
        finally:
            self._opening = None
