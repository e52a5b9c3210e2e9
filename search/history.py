"""How is what has happened told from the journal and the columns of a generation?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from index.decision import Decision
from index.storage.columns import Columns, identity_text, moment
from index.storage.journal import Event, Journal
from index.storage.store import Generation
from search.changes import Change, Changes, Cursor, Departed
from search.deadline import NEVER, Deadline
from search.request import RequestError


class ArrayHistory:
    """`search.changes.History`, where the methods are described, over the journal of a generation
    and its ``columns``; ``read`` gives the decision of a document. Safe for threads."""

    def __init__(
        self, generation: Generation, columns: Columns, read: Callable[[int], Decision]
    ) -> None:
        self._journal = Journal(generation.journal, generation.manifest)
        self._columns = columns
        self._read = read

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
            found = sorted(self._after(number, cursor.began, most), key=lambda one: one[0])[:most]
            number = found[-1][0] if len(found) == most else last
            for at, what in found:
                deadline.check()
                one = self._changed(what) if isinstance(what, Event) else self._came(at, what)
                changes += [one] if one else []
        return Changes(tuple(changes), Cursor(cursor.epoch, number, cursor.began))

    def departed(self, identifier: str) -> Departed | None:
        event = self._journal.went(identifier)
        if event is None:
            return None
        doc = self._doc(event.identity)
        latest = self._journal.latest(event.identity) or event
        return Departed(self._at(latest.number) or "", None if doc is None else self._read(doc).id)

    def _after(self, number: int, began: int, most: int) -> Iterator[tuple[int, Event | int]]:
        """The first `most` events after a number, and the first `most` decisions that have come, as
        documents; each with its number."""
        for event in self._journal.after(max(number, began), most):
            yield event.number, event
        numbers, docs = self._by_number
        first = int(np.searchsorted(numbers, number, "right"))
        yield from zip(numbers[first:].tolist()[:most], docs[first:].tolist()[:most], strict=True)

    def _came(self, number: int, doc: int) -> Change:
        identity = identity_text(int(self._columns.identities[doc]))
        at = self._at(number) or moment(int(self._columns.seen[doc]))
        return Change("created", self._read(doc).id, identity, at, (), None)

    def _changed(self, event: Event) -> Change | None:
        """An event, with what its decision is called now; None if that has gone since."""
        doc = self._doc(event.identity)
        name = None if doc is None else self._read(doc).id
        identity, at = identity_text(event.identity), self._at(event.number) or ""
        if event.kind == "deleted":
            moved = name if event.moved_to else None
            return Change(event.kind, event.id, identity, at, (), moved)
        return None if name is None else Change(event.kind, name, identity, at, event.fields, None)

    def _at(self, number: int) -> str | None:
        """When an event was; None where that is forgotten."""
        time = self._journal.count.time(number)
        return None if time is None else moment(time)

    def _doc(self, identity: int) -> int | None:
        """The document of a decision that is there."""
        identities, docs = self._by_identity
        at = int(np.searchsorted(identities, identity))
        found = at < len(docs) and int(identities[at]) == identity
        return int(docs[at]) if found else None

    @cached_property
    def _by_number(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
        return _sorted(self._columns.numbers, self._columns.live)

    @cached_property
    def _by_identity(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.intp]]:
        return _sorted(self._columns.identities, self._columns.live)


def _sorted(column: npt.NDArray[Any], live: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """The values of live documents in rising order, and the documents."""
    docs = np.flatnonzero(live)
    docs = docs[np.argsort(column[docs])]
    return column[docs], docs
