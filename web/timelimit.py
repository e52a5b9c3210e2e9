"""How long may one search take? A limit that reaches into Whoosh and NumPy too."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from search.request import SearchTimeout

_AGAIN = 0.05
"""Seconds until the exception is raised again, in case something in the block swallowed it. Python
itself does if it strikes in a finaliser, such as that of an abandoned generator, and reports it on
standard error (`sys.unraisablehook`), which is suppressed here."""


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
        if not isinstance(swallowed.exc_value, SearchTimeout):  # which comes again
            reported(swallowed)

    before, reported = signal.signal(signal.SIGALRM, stop), sys.unraisablehook
    try:
        sys.unraisablehook = report
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield
    finally:
        running = False  # first: a signal already on its way must not strike in the lines below
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = reported
