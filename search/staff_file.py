"""What do the lines of a file say that staff edit while the site is up, and what is wrong with it?

A file has one statement a line; ``#`` begins a comment. What a statement is, its reader says, a
function of the whole text that raises `FileError` with every breach of the rules: `search.themes`
and `search.owners` have one each.
"""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

MAX_LINE = 1_000
"""Longest line, in characters, comments included."""
_NEWLINE = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(?:^|\s)#.*")  # not the # of "C#"
# Controls, invisible formatting (soft hyphens, byte order marks, zero-width spaces), halves of
# characters, and the line ends that editors do not show as such.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_QUOTED = 60  # characters of a term shown in a message
_LOG = logging.getLogger("beslut")

T = TypeVar("T")


class FileProblem(NamedTuple):
    """One thing wrong with the file, in Swedish: staff read it."""

    line: int
    """Counted from 1."""
    message: str
    remedy: str
    kind: str = ""
    """The heading to show it under, of what is no error but a remark."""

    def __str__(self) -> str:
        return f"rad {self.line}: {self.message} {self.remedy}"


class FileError(ValueError):
    """The file breaks the rules. ``problems`` holds all breaches, in line order."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems: tuple[FileProblem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def contents(text: str, problems: list[FileProblem]) -> Iterator[tuple[int, str]]:
    """Yield (line number, content) of the lines that have any; add those unfit to ``problems``."""
    for line, raw in enumerate(_NEWLINE.split(text), start=1):
        if problem := _unfit(line, raw):
            problems.append(problem)
        elif content := (_COMMENT.sub("", raw) if "#" in raw else raw).strip():
            yield line, unicodedata.normalize("NFC", content)


def _unfit(line: int, raw: str) -> FileProblem | None:
    if len(raw) > MAX_LINE:
        message = f"raden är {len(raw)} tecken lång; högst {MAX_LINE} går."
        return FileProblem(line, message, "Dela upp den på flera rader.")
    if raw.isprintable():  # most lines; says nothing about the others
        return None
    unseen = next((c for c in raw if c != "\t" and unicodedata.category(c) in _UNSEEN), None)
    if unseen is not None:
        message = f"raden innehåller ett osynligt tecken (U+{ord(unseen):04X})."
        remedy = "Skriv om raden för hand i stället för att klistra in den."
        return FileProblem(line, message, remedy)
    return None


def quote(phrase: str) -> str:
    """A term for a message, shortened if it is very long."""
    shown = phrase if len(phrase) <= _QUOTED else phrase[: _QUOTED - 1] + "…"
    return f"”{shown}”"


def decode(data: bytes) -> str:
    """Return the text of a file, with or without a byte order mark.

    Raises FileError, with the line of the first bad byte, if it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "filen är inte sparad som UTF-8."
        remedy = "Spara den som UTF-8 i redigeraren; å, ä och ö blir annars fel."
        raise FileError([FileProblem(line, message, remedy)]) from error


_Signature = tuple[int, int, int]
"""Modification time in nanoseconds, size in bytes, inode: a changed file differs in one."""


@dataclass(frozen=True, slots=True)
class _Loaded(Generic[T]):
    signature: _Signature | None
    content: T
    problems: tuple[str, ...]


class StaffFile(Generic[T]):
    """A file on disk that may be edited while the site is up; ``noun`` is what it is called.

    A look costs one stat. When the file has changed it is read again; if it then breaks the rules,
    cannot be read or is gone, the last good content stays (``empty``, if there never was any),
    ``problems`` says why, and so does the log if it is changed later on: what is wrong from the
    beginning is for whoever opens it to tell. Threads may share it: one reads, the others wait.
    """

    def __init__(self, path: Path, parse: Callable[[str], T], empty: T, noun: str) -> None:
        self.path = path
        self._parse = parse
        self._noun = noun
        self._lock = threading.Lock()
        self._loaded = self._unread = _Loaded(None, empty, ())

    def current(self) -> T:
        """Return the content of the file as it is now, or else the last good one."""
        return self._fresh().content

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file as it is now, in Swedish; empty when all is well."""
        return self._fresh().problems

    def _fresh(self) -> _Loaded[T]:
        if self._is_stale():
            with self._lock:
                if self._is_stale():  # no other thread read it while this one waited
                    before, self._loaded = self._loaded, self._load()
                    if before is not self._unread and self._loaded.problems != before.problems:
                        for problem in self._loaded.problems:
                            _LOG.warning("%s", problem)
        return self._loaded

    def _is_stale(self) -> bool:
        signature = self._signature()
        return signature is None or signature != self._loaded.signature

    def _signature(self) -> _Signature | None:
        """Return None if the file cannot be looked at."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _load(self) -> _Loaded[T]:
        # Before reading, so that a change during it makes the next look read again.
        signature = self._signature()
        last_good = self._loaded.content
        try:
            return _Loaded(signature, self._parse(decode(self.path.read_bytes())), ())
        except FileError as error:
            problems = tuple(f"{self.path.name}, {problem}" for problem in error.problems)
            return _Loaded(signature, last_good, problems)
        except OSError as error:
            # No signature, so that it is tried again: it would not show changed permissions.
            return _Loaded(None, last_good, (self._unreadable(error),))

    def _unreadable(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError):
            return f"{self.path}: {self._noun} finns inte. Lägg den där eller ange rätt sökväg."
        return (
            f"{self.path}: {self._noun} kan inte läsas ({error.strerror}). "
            "Kontrollera att den är en vanlig fil som tjänsten får läsa."
        )
