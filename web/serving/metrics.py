"""What can be measured from outside? Figures of all serving processes, in Prometheus' own form.

The processes write to files in a folder that lives as long as the server
(`PROMETHEUS_MULTIPROC_DIR`), and whichever is asked adds them up. Nothing here holds what was
searched for: an address is counted by its pattern.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, exposition
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from search.live import LiveSearcher

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that the library reads when it is imported."""
_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """The figures of this process, and the page that has those of all."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live
        self._requests = Counter(
            "beslut_requests", "Requests answered", ["route", "status"], registry=None
        )
        self._seconds = Histogram(
            "beslut_request_seconds",
            "Time until the answer was handed over, or the file sent",
            ["route"],
            buckets=_SECONDS,
            registry=None,
        )
        self._refused = Counter(
            "beslut_refused", "Requests refused for lack of room", ["reason"], registry=None
        )
        self._exports = _gauge("beslut_exports", "Files being made or sent", "livesum")
        self._cache = _gauge("beslut_cache_bytes", "Memory of cached postings", "livesum")
        self._decisions = _gauge("beslut_decisions", "Decisions in the index", "livemostrecent")
        self._generation = _gauge("beslut_generation", "Number of the generation", "livemostrecent")
        self._age = _gauge(
            "beslut_generation_age_seconds", "Time since it was built", "livemostrecent"
        )

    def note(self, route: str | None, status: int, seconds: float, refused: str | None) -> None:
        """Counts an answer."""
        self._requests.labels(route or "", status).inc()
        self._seconds.labels(route or "").observe(seconds)
        self._cache.set(self._live.current().engine.cache_bytes)
        if refused:
            self._refused.labels(refused).inc()

    @contextlib.contextmanager
    def exporting(self) -> Iterator[None]:
        """Counts a file while it is made and sent."""
        with self._exports.track_inprogress():
            yield

    def page(self) -> Response:
        """``GET /metrics``."""
        searcher = self._live.current()
        created = datetime.fromisoformat(searcher.updated)
        self._decisions.set(len(searcher))
        self._generation.set(int(searcher.generation.path.name.rpartition("-")[2]))
        self._age.set((datetime.now(UTC) - created).total_seconds())
        _forget_the_dead()
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        body = exposition.generate_latest(registry)
        return Response(body, content_type=exposition.CONTENT_TYPE_LATEST)


def _gauge(name: str, meaning: str, mode: str) -> Gauge:
    return Gauge(name, meaning, multiprocess_mode=mode, registry=None)  # type: ignore[arg-type]


def _forget_the_dead() -> None:
    """What processes that have died had in progress counts no longer."""
    for path in Path(os.environ[FOLDER]).glob("gauge_live*.db"):
        number = int(path.stem.rpartition("_")[2])
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            mark_process_dead(number)  # type: ignore[no-untyped-call]
