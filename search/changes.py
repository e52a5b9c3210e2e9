"""What has happened to the decisions since, and what became of one that is gone?

A cursor says how far somebody has read. Whoever begins is told which decisions there are, as if
each had just come, and from there on what happens. Decisions are named by what they are called now,
so that they can be fetched; what changed before it went is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from index.storage.journal import EventKind
from search.deadline import NEVER, Deadline
from search.request import RequestError

BEGINNING = "*"
"""The cursor of whoever begins."""


ChangeKind = EventKind


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to event ``number`` of an ``epoch`` (see `journal.Count`) has been read. Of the
    events up to ``began``, those that decisions came by are all that the reader needs."""

    epoch: str
    number: int
    began: int

    def __str__(self) -> str:
        rest = f".{self.began}" if self.began > self.number else ""
        return f"{self.epoch}.{self.number}{rest}"

    @classmethod
    def parse(cls, parameter: str, text: str) -> Cursor:
        """The inverse; raises `RequestError` of the parameter."""
        match = re.fullmatch(r"([0-9a-f]{8})\.([0-9]{1,15})(?:\.([0-9]{1,15}))?", text)
        if match is None:
            raise RequestError(parameter, text, "no-cursor", wanted=text)
        return cls(match[1], int(match[2]), int(match[3] or 0))


@dataclass(frozen=True, slots=True)
class Change:
    """An event (see `journal.Event`) as it is told. ``at`` is RFC 3339, UTC; ``identity`` 16
    hexadecimal digits."""

    kind: ChangeKind
    id: str
    identity: str
    at: str
    fields: tuple[str, ...]
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened, in order, and the cursor to go on with."""

    changes: tuple[Change, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Departed:
    """What became of an identifier: what its decision is called now (``moved_to``), None if it is
    gone since ``at`` (RFC 3339)."""

    at: str
    moved_to: str | None


class History(Protocol):
    """What has happened up to a generation. Safe for threads."""

    @property
    def now(self) -> Cursor:
        """The cursor of whoever has read everything."""

    def number(self, cursor: Cursor, parameter: str) -> int:
        """That of a cursor; raises `RequestError` of the parameter where nobody knows any longer
        what has happened since, or what it speaks of is not served yet, or not at the moment."""

    def since(self, cursor: Cursor | None, most: int, deadline: Deadline = NEVER) -> Changes:
        """The first `most` of what has happened; None: from the beginning. Raises
        `RequestError`, as `number`."""

    def departed(self, identifier: str) -> Departed | None:
        """What became of an identifier that leads nowhere now; None if nothing is known of it."""
