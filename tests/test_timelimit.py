"""The bound on the time of one search."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from search.postings import _ENTRY, Cache, Posting
from search.request import SearchRequest, SearchTimeout
from search.searcher import Searcher
from web.timelimit import time_limit

pytestmark = pytest.mark.usefixtures("uncollected")


def forever() -> None:
    """Works until something is raised in it, or until the test has failed."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        pass


def test_what_takes_too_long_is_stopped_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(SearchTimeout), time_limit(0.05):
        forever()
    assert time.monotonic() - started < 3


def test_waiting_is_stopped_too() -> None:
    with pytest.raises(SearchTimeout), time_limit(0.05):
        time.sleep(5)


def test_what_is_in_time_is_left_alone() -> None:
    with time_limit(0.5):
        pass
    time.sleep(0.6)


def test_zero_is_no_limit() -> None:
    with time_limit(0):
        time.sleep(0.05)


def test_a_stop_that_was_swallowed_comes_again() -> None:
    with pytest.raises(SearchTimeout), time_limit(0.02):
        with contextlib.suppress(SearchTimeout):
            forever()
        forever()


def test_a_stop_that_strikes_in_a_finaliser_is_not_reported_and_comes_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def dropped() -> Iterator[None]:
        try:
            yield
        finally:
            forever()

    before = sys.unraisablehook
    with pytest.raises(SearchTimeout), time_limit(0.05):
        next(dropped())  # nobody holds it, so it is closed at once, and Python swallows the stop
        forever()
    assert sys.unraisablehook is before
    assert capfd.readouterr().err == ""


def test_opening_an_index_loads_what_a_first_search_would_else_be_stopped_in(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["index.swedish.lexicon"]
    monkeypatch.setattr(module, "_loaded", None)
    (tmp_path / "none.txt").touch()
    Searcher.open(sample_index, themes=tmp_path / "none.txt").close()
    assert module.__dict__["_loaded"] is not None


def test_a_first_search_opens_no_file_that_a_stop_might_leave_open(sample_index: Path) -> None:
    def open_files() -> set[str]:
        numbers = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
        return {os.readlink(one) for one in numbers if os.path.exists(one)}

    engine = Searcher.open(sample_index)
    before = open_files()
    engine.search(SearchRequest('psykisk hälsa "social hållbarhet" komp*'))
    engine.related("esf-2026-1/hela-vagen-ut")
    assert open_files() == before
    engine.close()


def test_a_stop_anywhere_leaves_what_is_held_and_what_is_counted_alike() -> None:
    """A cache is filled while the signal strikes again and again."""
    cache = Cache(20_000)
    postings = [Posting(np.zeros(n, np.int32), np.zeros(n, np.float32)) for n in range(0, 300, 7)]
    for number in range(300):
        with contextlib.suppress(SearchTimeout), time_limit(1e-4):
            for at, posting in enumerate(postings):
                cache.put((number, at), posting)
    cache.put("last", postings[-1])
    held = list(cache._held.values())
    assert cache.bytes == sum(one.nbytes + _ENTRY for one in held) <= cache.max_bytes


def test_other_errors_in_finalisers_are_still_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def __del__(self) -> None:
            raise KeyError("x")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: seen.append(one.exc_type))
    with time_limit(5):
        Failing()
    assert seen == [KeyError]


@pytest.mark.parametrize("seconds", [1e-6, 1e-5, 1e-4, 1e-3])
def test_nothing_is_left_behind_wherever_it_strikes(seconds: float) -> None:
    before = signal.getsignal(signal.SIGALRM)
    for _ in range(200):
        with contextlib.suppress(SearchTimeout), time_limit(seconds):
            sum(range(2000))
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) == before


def test_another_thread_is_not_bounded_and_not_disturbed() -> None:
    done = []

    def work() -> None:
        with time_limit(0.01):
            time.sleep(0.05)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
