"""What can be typed in a terminal?

The ``beslut`` command. Exit codes: 0 well, 1 not whole, 2 used wrongly, 3 held back, 130 and 143
stopped. It is the one part of `web` that may reach past ``search``: the commands in ``indexing``
build and mind an index.

Nothing is imported here but what an interrupt needs: the rest takes long enough to be interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

_STOPPED = "beslut: avbrutet"


class Stopped(SystemExit):
    """Somebody wants the command to end; its code is 128 and the signal's number, as shells have
    it."""


def main() -> None:
    """The entry point: what goes wrong becomes one line on standard error and an exit code."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, _end_at_once) for number in signals]
    hook, sys.unraisablehook = sys.unraisablehook, _unraisable
    try:
        from web.cli.commands import run

        for number in signals:
            signal.signal(number, _stop)
        run()
    except Stopped:
        print(_STOPPED, file=sys.stderr)
        raise
    finally:
        sys.unraisablehook = hook
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _end_at_once(number: int, frame: FrameType | None) -> NoReturn:
    """While modules are imported, which may make something else of an exception."""
    os.write(sys.stderr.fileno(), f"{_STOPPED}\n".encode())
    os._exit(128 + number)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Ends what is under way in order: a build leaves nothing behind."""
    raise Stopped(128 + number)


def _unraisable(what: sys.UnraisableHookArgs) -> None:
    """Stops once more where Python was doing something that no exception leaves, such as a fork."""
    if isinstance(what.exc_value, Stopped):
        number = int(str(what.exc_value.code)) - 128
        threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
    else:
        sys.__unraisablehook__(what)
