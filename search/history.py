"""How is what has happened told from the journal of a generation, and what an engine knows?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, Protocol

from index.storage.columns import identity_text, moment
from index.storage.journal import Event, Journal
from index.storage.store import Generation
from search.changes import Change, Changes, Cursor, Departed
from search.deadline import NEVER, Deadline
from search.request import RequestError


class Arrival(NamedTuple):
    """That a decision came: the number of that event, what it is called now, its permanent
    identity, and when it was first seen, seconds since 1970 UTC."""

    number: int
    id: str
    identity: int
    seen: int


class Decisions(Protocol):
    """The decisions that there are now, as an engine knows them."""

    def arrivals(self, number: int, most: int) -> Iterator[Arrival]:
        """The first `most` that came in events after a number, by rising number."""

    def called(self, identities: Collection[int]) -> Mapping[int, str]:
        """What those with some permanent identities are called; those that are gone are not among
        them."""


class JournalHistory:
    """`search.changes.History`, where the methods are described, over the journal of a generation
    and its decisions. Safe for threads."""

    def __init__(self, generation: Generation, decisions: Decisions) -> None:
        self._journal = Journal(generation.journal, generation.manifest)
        self._decisions = decisions

    @property
    def now(self) -> Cursor:
        count = self._journal.count
        return Cursor(count.epoch, count.last, 0)

    def number(self, cursor: Cursor, parameter: str) -> int:
        if cursor.epoch != self.now.epoch:
            raise RequestError(parameter, str(cursor), "old-cursor")
        if max(cursor.number, cursor.began) > self.now.number:
            raise RequestError(parameter, str(cursor), "newer-cursor")
        return cursor.number

    def since(self, cursor: Cursor | None, most: int, deadline: Deadline = NEVER) -> Changes:
        last = self.now.number
        cursor = cursor or Cursor(self.now.epoch, 0, last)
        number = self.number(cursor, "since")
        if max(number, cursor.began) < self._journal.count.pruned:
            raise RequestError("since", str(cursor), "old-cursor")
        changes: list[Change] = []
        while not changes and number < last:  # until something is told, or there is nothing more
            found = sorted(self._after(number, cursor.began, most), key=lambda one: one.number)
            found = found[:most]
            number = found[-1].number if len(found) == most else last
            events = {one.identity for one in found if isinstance(one, Event)}
            called = self._decisions.called(events) if events else {}
            for what in found:
                deadline.check()
                one = self._changed(what, called) if isinstance(what, Event) else self._came(what)
                changes += [one] if one else []
        return Changes(tuple(changes), Cursor(cursor.epoch, number, cursor.began))

    def departed(self, identifier: str) -> Departed | None:
        event = self._journal.went(identifier)
        if event is None:
            return None
        latest = self._journal.latest(event.identity) or event
        now = self._decisions.called([event.identity]).get(event.identity)
        return Departed(self._at(latest.number) or "", now)

    def _after(self, number: int, began: int, most: int) -> Iterator[Event | Arrival]:
        """The first `most` events after a number, and the first `most` decisions that came."""
        yield from self._journal.after(max(number, began), most)
        yield from self._decisions.arrivals(number, most)

    def _came(self, one: Arrival) -> Change:
        at = self._at(one.number) or moment(one.seen)
        return Change("created", one.id, identity_text(one.identity), at, (), None)

    def _changed(self, event: Event, called: Mapping[int, str]) -> Change | None:
        """An event, with what its decision is called now; None if that has gone since."""
        name = called.get(event.identity)
        identity, at = identity_text(event.identity), self._at(event.number) or ""
        if event.kind == "deleted":
            moved = name if event.moved_to else None
            return Change(event.kind, event.id, identity, at, (), moved)
        return None if name is None else Change(event.kind, name, identity, at, event.fields, None)

    def _at(self, number: int) -> str | None:
        """When an event was; None where that is forgotten."""
        time = self._journal.count.time(number)
        return None if time is None else moment(time)
