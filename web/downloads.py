"""What is sent as a file? It takes one of a few slots until the client has it, and no thread.

A set as a file is first written to a temporary file, so that a failure is an error and never half a
file. The server sends it from there at the client's own pace (`web.serving.gateway`).
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import IO, cast

from web.problems import Refused

_PIECE = 64 * 1024  # bytes


class Slots:
    """How many files one process makes and sends at once."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> Callable[[], None]:
        """Takes a slot, and returns what gives it back; raises `Refused` if all are taken."""
        if not self._free.acquire(blocking=False):
            raise Refused("exports")
        return self._free.release


class Download:
    """The body of an answer, read from a file, which is made when it is opened.

    Closing it, or forgetting it, closes the file and gives the slot back.
    """

    def __init__(
        self,
        release: Callable[[], None],
        make: Callable[[], IO[bytes]],
        span: tuple[int, int] | None = None,
    ) -> None:
        """`span`: from and until which byte, None for all."""
        self._make = make
        self._file: IO[bytes] | None = None
        self._span = span
        self._held = contextlib.ExitStack()
        self._held.callback(release)
        self.close: Callable[[], object] = weakref.finalize(self, self._held.close)

    @classmethod
    def of(cls, release: Callable[[], None], pieces: Iterable[str] | Iterable[bytes]) -> Download:
        """Of what is made piece by piece."""
        return cls(release, lambda: _written(cast("Iterable[bytes]", pieces)))

    def open(self) -> int:
        """Makes the file unless that is done; how many bytes of it are to be sent. Raises whatever
        making it does."""
        if self._file is None:
            self._file = self._held.enter_context(self._make())
            start, end = self._span or (0, self._file.seek(0, 2))
            self._file.seek(start)
            self._span = start, end
        assert self._span is not None
        return self._span[1] - self._span[0]

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in pieces; closes it at the end."""
        try:
            left = self.open()
            assert self._file is not None
            while piece := self._file.read(min(_PIECE, left)):
                left -= len(piece)
                yield piece
        finally:
            self.close()


def _written(pieces: Iterable[bytes]) -> IO[bytes]:
    """A temporary file with the pieces; raises OSError if the disk is full."""
    with contextlib.ExitStack() as on_failure:
        file = on_failure.enter_context(tempfile.TemporaryFile())
        for piece in pieces:
            file.write(piece)
        file.flush()
        on_failure.pop_all()
        return file
