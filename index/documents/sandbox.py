"""A process of its own for what a stranger's file may break: with a limit on time and memory, and
no way to take the build with it."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from index.documents.files import NO_ROOM
from index.errors import ReadError
from index.limits import MEGABYTE, ReadingLimits

Json = dict[str, Any]
Tell = Callable[[Json], None]
_REMEDY = "kontrollera filen; gränserna är inställningar"
_PR_SET_PDEATHSIG = 1
_PATIENCE = 10
"""How many times longer than its processor time reading may take. On a busy machine a second of
work takes several, which is no fault of the file; but something must end the wait for a disk that
never answers."""


def run_isolated(work: Callable[[Tell], Json], limits: ReadingLimits, heard: Tell) -> Json:
    """What `work` gives, as JSON values, done in a process of its own.

    What `work` tells on its way is passed to `heard`, and begins its time anew. Raises `ReadError`:
    the one that `work` raised, or one that says that it took too long, too much memory, or broke;
    and OSError where it has no room to write in.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():  # Python 3.12 warns of threads; those are NumPy's, and sleep
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(work, limits, writing)
    os.close(writing)
    status: int | None = None
    try:
        answer = _listen(reading, limits, heard)
        status = os.waitpid(pid, 0)[1]
    finally:
        os.close(reading)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return _answer(answer, status, limits)


def _answer(answer: Json | None, status: int, limits: ReadingLimits) -> Json:
    if answer is None:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGXCPU:
            raise _too_slow(f"{limits.source_seconds} s processortid")
        if number in (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS):
            raise _too_large(limits)
        raise ReadError(f"läsaren kraschade ({number or status})", _REMEDY)
    if "errno" in answer:
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "what" in answer:
        raise ReadError(answer["what"], answer["remedy"], answer["headers"])
    result: Json = answer["result"]
    return result


def _too_slow(limit: str) -> ReadError:
    return ReadError(f"läsningen tog mer än {limit}", _REMEDY)


def _too_large(limits: ReadingLimits) -> ReadError:
    return ReadError(f"läsningen behövde mer än {limits.source_memory} MB minne", _REMEDY)


def _listen(reading: int, limits: ReadingLimits, heard: Tell) -> Json | None:
    """The last line that the child writes, None where it dies before; raises `ReadError` when it
    has been silent too long."""
    pending = b""
    most = limits.source_seconds * _PATIENCE
    deadline = time.monotonic() + most
    poll = select.poll()  # `select` itself takes no file beyond the thousandth that is open
    poll.register(reading, select.POLLIN)
    while True:
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready:
            raise _too_slow(f"{most} s väntan")
        chunk = os.read(reading, 1 << 20)
        if not chunk:
            return None
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "told" not in message:
                return dict(message)
            heard(message["told"])
            deadline = time.monotonic() + most


def _child(work: Callable[[Tell], Json], limits: ReadingLimits, writing: int) -> NoReturn:
    """Does the work and tells of it; never returns, and never runs what the parent would run when
    it ends."""
    answer = _said(ReadError("läsaren klarade inte filen (okänt fel)", _REMEDY))
    try:
        _confine(limits)

        def tell(message: Json) -> None:
            _allow_seconds(limits)
            _write(writing, {"told": message})

        answer = {"result": work(tell)}
    except ReadError as error:
        answer = _said(error)
    except (MemoryError, RecursionError):
        answer = _said(_too_large(limits))
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            answer = {"errno": error.errno}
        else:
            what = f"läsaren klarade inte filen ({type(error).__name__})"
            answer = _said(ReadError(what, _REMEDY))
    finally:
        with contextlib.suppress(BaseException):
            _write(writing, answer)
        os._exit(0)  # no clean-up of the parent's: its locks, files and temporary folders


def _said(error: ReadError) -> Json:
    return {"what": error.what, "remedy": error.remedy, "headers": error.headers}


def _confine(limits: ReadingLimits) -> None:
    if sys.platform == "linux":  # where the parent is killed, nobody waits for this process
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    # Libraries in C print what they think of a broken file.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The limit is on addresses, of which the parent's are inherited.
    most = _address_space() + limits.source_memory * MEGABYTE
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    _allow_seconds(limits)


def _allow_seconds(limits: ReadingLimits) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.source_seconds + 1
    with contextlib.suppress(ValueError, OSError):
        # The soft limit alone: it has to be raised whenever the work tells how far it is.
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def _address_space() -> int:
    """Bytes that the process has mapped already, its parent's modules and lexicon."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _write(writing: int, message: Json) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(writing, data) :]
