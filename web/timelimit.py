"""A bound on the time of one search, Whoosh and NumPy included."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from search.request import SearchTimeout

_AGAIN = 0.05
"""Seconds until an exception is raised anew that something in the block swallowed. Python itself
does where it strikes in a finaliser, such as that of a generator that nobody reads to its end, and
says so on standard error (`sys.unraisablehook`); here it is no news."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `SearchTimeout` in the block after `seconds` (0: never).

    A timer signal interrupts whatever runs in the main thread, which is where gunicorn's sync
    workers answer. In any other thread there is no such signal, and the block is not bounded.
    """
    if seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return

    running = True

    def stop(signum: int, frame: FrameType | None) -> None:
        if running:
            raise SearchTimeout(seconds)

    def report(swallowed: sys.UnraisableHookArgs) -> None:
        if not isinstance(swallowed.exc_value, SearchTimeout):  # else it is raised `_AGAIN`
            reported(swallowed)

    before, reported = signal.signal(signal.SIGALRM, stop), sys.unraisablehook
    try:
        sys.unraisablehook = report
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
    finally:
        running = False  # first: a signal that is on its way must not strike in these lines
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = reported
