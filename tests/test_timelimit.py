"""The bound on the time of one search."""

from __future__ import annotations

import contextlib
import signal
import threading
import time

import pytest

from search.request import SearchTimeout
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
