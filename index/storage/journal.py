"""What has happened to the decisions, in order? A number for each event, through all generations.

That a decision has come is told by its columns (`Columns.numbers`), for as long as it is there. The
folder ``journal`` of a generation holds the rest, what changed and what went, for as long as the
build was told to keep it:

    events.jsonl    an event a line, by rising number
    index.npy       uint64 (5, k): number, offset in bytes, `id_digest`, identity and digest of each

and the manifest what they are counted from, see `Count`.
"""

from __future__ import annotations

import json
import secrets
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.storage.columns import id_digest

JOURNAL = "journal"
"""The folder, and the member of the manifest that belongs to it."""
LAYOUT = "events as JSON; number, offset, id, identity, digest as uint64"
EventKind = Literal["created", "changed", "deleted"]
_EVENTS, _INDEX = "events.jsonl", "index.npy"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a decision. ``id`` is what it is called since then, or was until it went;
    ``identity`` is its permanent one, see `identity`. ``fields`` are the names of what changed,
    as `decision.to_data` has them. ``moved_to``: only the id went; the decision has this one.
    ``digest``: what a decision said that went (`naming.content_digest`), else 0."""

    number: int
    kind: EventKind
    id: str
    identity: int
    fields: tuple[str, ...] = ()
    moved_to: str | None = None
    digest: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How events are counted. ``epoch`` is another wherever they had to be counted anew; ``last``
    the number of the latest; ``pruned`` that of the last one that is forgotten, 0 if none is.
    ``times``: up to which number events are of which time (seconds since 1970 UTC), ascending."""

    epoch: str
    last: int = 0
    pruned: int = 0
    times: tuple[tuple[int, int], ...] = ()

    @classmethod
    def anew(cls) -> Count:
        """Of an index without a past."""
        return cls(secrets.token_hex(4))

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> Count:
        """That of a generation."""
        data = manifest[JOURNAL]
        return cls(**data | {"times": tuple((number, time) for number, time in data["times"])})

    def data(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def time(self, number: int) -> int | None:
        """When an event happened, None where that is forgotten."""
        at = bisect_left(self.times, (number, 0))
        return self.times[at][1] if number > self.pruned and at < len(self.times) else None

    def on(self, number: int, now: int, since: int) -> Count:
        """Counted on to `number` at the time `now`; what happened before `since` is forgotten."""
        times = (*self.times, (number, now)) if number > self.last else self.times
        old = [until for until, time in times if time < since]
        pruned = max(old, default=self.pruned)
        return Count(self.epoch, number, pruned, tuple(one for one in times if one[0] > pruned))


class Journal:
    """The journal of a generation, open for reading. Safe for threads."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.count = Count.of(manifest)
        self._index = np.load(folder / _INDEX)
        self._numbers, self._offsets, self._ids, self.identities, self.digests = self._index
        lines = folder / _EVENTS
        empty = np.empty(0, np.uint8)
        self._lines = np.memmap(lines, np.uint8, "r") if lines.stat().st_size else empty

    def after(self, number: int, most: int) -> list[Event]:
        """The first `most` events after a number."""
        first = int(np.searchsorted(self._numbers, number, "right"))
        return [self._read(at) for at in range(first, min(first + most, len(self._numbers)))]

    def went(self, identifier: str) -> Event | None:
        """The latest event in which a decision lost the id, or went with it; None if none is
        known."""
        found = np.flatnonzero(self._ids == id_digest(identifier))
        events = (self._read(int(at)) for at in reversed(found))
        return next((e for e in events if e.kind == "deleted" and e.id == identifier), None)

    def latest(self, identity: int) -> Event | None:
        """The latest event of a decision by its permanent identity, apart from its coming."""
        found = np.flatnonzero(self.identities == np.uint64(identity))
        return self._read(int(found[-1])) if len(found) else None

    def since(self, number: int) -> tuple[bytes, npt.NDArray[np.uint64]]:
        """The lines of the events after a number, and their index."""
        first = int(np.searchsorted(self._numbers, number, "right"))
        index = self._index[:, first:].copy()
        start = int(self._offsets[first]) if index.size else len(self._lines)
        index[1] -= np.uint64(start)
        return self._lines[start:].tobytes(), index

    def _read(self, at: int) -> Event:
        ends = [*self._offsets[at + 1 : at + 2].tolist(), len(self._lines)]
        data = json.loads(self._lines[int(self._offsets[at]) : ends[0]].tobytes())
        return Event(**data | {"fields": tuple(data["fields"])})


def write(folder: Path, before: Journal | None, pruned: int, events: Sequence[Event]) -> None:
    """Writes the folder of a journal: what the one `before` has after event `pruned`, and then new
    `events`."""
    folder.mkdir()
    lines = [f"{json.dumps(asdict(one), ensure_ascii=False)}\n".encode() for one in events]
    kept, index = before.since(pruned) if before else (b"", np.empty((5, 0), np.uint64))
    ends = np.cumsum(np.array([len(kept), *map(len, lines)], np.uint64))
    new = [
        [one.number for one in events],
        ends[:-1],
        [id_digest(one.id) for one in events],
        [one.identity for one in events],
        [one.digest for one in events],
    ]
    columns = np.array([np.array(one, np.uint64) for one in new])
    np.save(folder / _INDEX, np.concatenate([index, columns], axis=1))
    (folder / _EVENTS).write_bytes(b"".join([kept, *lines]))
