"""What does a generation go on with from the last one, and what has happened since?

A decision that is the same as one before (see `identity`) keeps its permanent identity, the number
of the event it came by and since when it has been known, and whatever else is new of it is an event
in the `journal`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.decision import Decision, to_data
from index.storage import journal
from index.storage.columns import COLUMNS, Columns
from index.storage.identity import Census, Digests, Places, fresh, same
from index.storage.journal import JOURNAL, Count, Event, Journal
from index.storage.store import Generation, Store

_ROUND = ("roundTitle", "round", "funder")


@dataclass(frozen=True, slots=True)
class Past:
    """What the next generation goes on from: the decisions before, how events are ``count``ed, and
    the ``journal`` of those that are remembered."""

    census: Census
    count: Count
    journal: Journal | None = None

    @classmethod
    def of(cls, generation: Generation) -> Past:
        """That of a generation that can be read and is whole."""
        journal = Journal(generation.journal, generation.manifest)
        census = Census.of_generation(generation, Columns.open(generation.columns))
        return cls(census, journal.count, journal)

    @classmethod
    def known(cls, store: Store, current: Generation | None) -> Past:
        """That of the `current` generation where it can be read and is whole. Else what is left of
        the newest whose columns are whole, rather one that knows identities, and events are counted
        anew."""
        if current and current.warning is None:
            return cls.of(current)
        for names in ({**_NEEDED, **_WANTED}, _NEEDED):
            for generation in store.history():
                paths = {name: _column(generation, name) for name in names}
                if all(one.is_file() and generation.is_unchanged(one) for one in paths.values()):
                    arrays = {name: np.load(path) for name, path in paths.items()}
                    return cls(Census.of_columns(arrays), Count.anew())
        nothing: dict[str, Any] = {name: np.empty(0, kind) for name, kind in _NEEDED.items()}
        return cls(Census.of_columns(nothing), Count.anew())


_NEEDED = {"live": np.bool_, "ids": np.uint64, "seen": np.int64}
_WANTED = {"digests": np.uint64, "identities": np.uint64, "modified": np.int64}


def _column(generation: Generation, name: str) -> Path:
    path = generation.columns / f"{name}.npy"
    if name == "live" and not path.is_file():
        return generation.columns / "alive.npy"  # its name before FORMAT 3
    return path


@dataclass(frozen=True, slots=True)
class Continued:
    """What a generation goes on with: its columns, the count, what the journal ``before`` it
    remembers, and the ``events`` since."""

    columns: Columns
    count: Count
    before: Journal | None
    events: tuple[Event, ...]

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes columns and journal into the folder of a generation; what its manifest says."""
        self.columns.write(folder / COLUMNS)
        journal.write(folder / JOURNAL, self.before, self.count.pruned, self.events)
        return {JOURNAL: self.count.data()}


def continued(past: Past, columns: Columns, now: Census, time: int, since: int) -> Continued:
    """The `columns` of a generation with all that outlives one, at a `time` (seconds since 1970
    UTC); events of before `since` are forgotten. `now` is the census of those columns."""
    before = past.census
    at = same(before, now)
    old = at >= 0
    at = np.maximum(at, 0) if len(before.docs) else at  # whatever stands there is not taken

    def kept(then: npt.NDArray[Any], otherwise: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.where(old, then[at], otherwise) if len(then) else otherwise

    changed = old & (
        (now.digests != kept(before.digests, now.digests)) | (now.ids != kept(before.ids, now.ids))
    )
    known = _known_again(past.journal, now)
    events = []
    if before.read and now.read:
        gone = np.setdiff1d(np.arange(len(before.docs)), at[old])
        pairs = ((int(at[one]), int(one)) for one in np.flatnonzero(changed))
        events = _events(past, now, gone, pairs)
    numbers = kept(before.numbers, np.zeros_like(now.numbers))
    come = np.flatnonzero(numbers == 0)
    # What is the same comes first, where all is counted anew, then what is back, then what nobody
    # has seen; of each what has been known longer.
    seen = kept(before.seen, now.seen)
    come = come[np.lexsort((seen[come], known[come] == 0, ~old[come]))]
    last = past.count.last + len(events)
    numbers[come] = last + 1 + np.arange(len(come))
    told = {
        "identities": kept(before.identities, _apart(past, now, old, at, known)),
        "seen": seen,
        "modified": np.where(changed, time, kept(before.modified, now.modified)),
        "numbers": numbers,
    }
    arrays: Any = {name: _put(columns, name, now.docs, told[name]) for name in told}
    count = past.count.on(last + len(come), time, since)
    return Continued(replace(columns, **arrays), count, past.journal, tuple(events))


def _events(past: Past, now: Census, gone: Places, pairs: Iterator[tuple[int, int]]) -> list[Event]:
    """What went and what changed since, numbered. An id that is no longer a decision's goes first:
    another may have it now."""
    before = past.census
    assert before.read and now.read
    went: list[Event] = []
    changed: list[Event] = []
    for at in gone.tolist():
        identity, digest = int(before.identities[at]), int(before.digests[at])
        name = before.read(int(before.docs[at])).id
        went.append(Event(0, "deleted", name, identity, digest=digest))
    for at, place in pairs:
        one, other = before.read(int(before.docs[at])), now.read(int(now.docs[place]))
        identity = int(before.identities[at])
        if one.id != other.id:
            went.append(Event(0, "deleted", one.id, identity, moved_to=other.id))
        changed.append(Event(0, "changed", other.id, identity, changes(one, other)))
    return [
        replace(event, number=number)
        for number, event in enumerate((*went, *changed), past.count.last + 1)
    ]


def changes(one: Decision, other: Decision) -> tuple[str, ...]:
    """The names of what differs between two states of a decision, its source apart."""
    ours, theirs = _told(one), _told(other)
    return tuple(name for name in ours if ours[name] != theirs[name])


def _told(one: Decision) -> dict[str, Any]:
    data = to_data(one)
    del data["source"]
    return data | dict(zip(_ROUND, data["round"][:3], strict=True))


def _known_again(journal: Journal | None, now: Census) -> Digests:
    """The identities of decisions that have gone and say now what they said then, 0 of others."""
    found = np.zeros(len(now.docs), np.uint64)
    if journal is not None:
        said = np.flatnonzero(journal.digests)[::-1]  # the last first
        digests, first = np.unique(journal.digests[said], return_index=True)
        if len(digests):
            at = np.minimum(np.searchsorted(digests, now.digests), len(digests) - 1)
            there = journal.identities[said[first[at]]]
            found = np.where(digests[at] == now.digests, there, found)
    return found


def _apart(
    past: Past, now: Census, old: npt.NDArray[np.bool_], at: Places, known: Digests
) -> Digests:
    """The identities of what is not `old`: that which it has already, as in a rollback, or is known
    by (see `_known_again`), else one that nobody has had."""
    taken = {*past.census.identities[at[old]].tolist()}
    had = {*past.journal.identities.tolist()} if past.journal else set()
    identities = np.where(now.identities == 0, known, now.identities)
    made = fresh(now.ids, now.digests)
    for one in np.flatnonzero(~old).tolist():
        if identities[one] == 0 or int(identities[one]) in taken:
            identities[one] = made[one]
            while (identity := int(identities[one])) in taken or identity in had or not identity:
                identities[one] += np.uint64(1)
        taken.add(int(identities[one]))
    return identities


def _put(columns: Columns, name: str, docs: Places, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    column = np.array(getattr(columns, name))
    column[docs] = values
    return column
