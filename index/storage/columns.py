"""One value a decision, as arrays that are mapped into memory: what is filtered, counted, sorted.

Row *i* of every array belongs to Whoosh's document number *i*.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.collation import sort_key
from index.decision import Decision

NO_AMOUNT = np.iinfo(np.int64).min
"""Stands in `Columns.amounts` where a decision states no amount in SEK."""

_TITLE_KEY_BYTES = 48  # titles that are alike for longer than this keep the order of the index


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of *n* documents.

    live        bool (n,), False for a decision that is in the index no longer
    amounts      int64 (n,), hundredths of SEK (öre), `NO_AMOUNT` where there is none
    owners       int32 (n,), positions in ``owner_names``, which is in Swedish alphabetical order
    rounds       int32 (n,), positions in ``round_names``, in the same order
    title_keys   bytes (n,), `sort_key` of the title, cut off
    lengths      int32 (fields, n), words in each of `schema.TEXT_FIELDS`
    sources      int32 (n,), positions among the sources of the manifest
    digests      uint64 (n,), see `naming.content_digest`
    ids          uint64 (n,), see `id_digest`
    seen         int64 (n,), when each was first seen, seconds since 1970 UTC
    """

    live: npt.NDArray[np.bool_]
    amounts: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int32]
    rounds: npt.NDArray[np.int32]
    title_keys: npt.NDArray[np.bytes_]
    lengths: npt.NDArray[np.int32]
    sources: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.uint64]
    seen: npt.NDArray[np.int64]
    owner_names: tuple[str, ...]
    round_names: tuple[str, ...]

    @classmethod
    def of(
        cls,
        decisions: Sequence[Decision],
        lengths: Sequence[Sequence[int]],
        sources: Sequence[int],
        digests: Sequence[int],
    ) -> Columns:
        """The columns of decisions in document order, as first seen when they were read."""
        owner_names = _ordered({decision.owner for decision in decisions})
        round_names = _ordered({decision.round.name for decision in decisions})
        owner_at = {name: at for at, name in enumerate(owner_names)}
        round_at = {name: at for at, name in enumerate(round_names)}
        keys = [sort_key(decision.title)[:_TITLE_KEY_BYTES] for decision in decisions]
        return cls(
            live=np.ones(len(decisions), np.bool_),
            amounts=np.array([hundredths(decision) for decision in decisions], np.int64),
            owners=np.array([owner_at[decision.owner] for decision in decisions], np.int32),
            rounds=np.array([round_at[decision.round.name] for decision in decisions], np.int32),
            title_keys=np.array(keys, f"S{_TITLE_KEY_BYTES}"),
            lengths=np.ascontiguousarray(np.array(lengths, np.int32).T),
            sources=np.array(sources, np.int32),
            digests=np.array(digests, np.uint64),
            ids=np.array([id_digest(decision.id) for decision in decisions], np.uint64),
            seen=_read(decisions),
            owner_names=owner_names,
            round_names=round_names,
        )

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """The columns of several segments, one after the other. Names that no live decision has
        any longer are left out."""
        owner_names = _ordered({name for part in parts for name in part.live_owners()})
        round_names = _ordered({name for part in parts for name in part.live_rounds()})
        renamed = [part._renamed(owner_names, round_names) for part in parts]
        arrays = {
            name: np.concatenate([getattr(part, name) for part in renamed], axis=-1)
            for name in _ARRAYS
        }
        return cls(**arrays, owner_names=owner_names, round_names=round_names)

    def only(self, chosen: npt.NDArray[np.bool_]) -> Columns:
        """The columns of some documents, bool (n,)."""
        arrays = {name: getattr(self, name)[..., chosen] for name in _ARRAYS}
        return Columns(**arrays, owner_names=self.owner_names, round_names=self.round_names)

    def live_owners(self) -> set[str]:
        """The owners of the live decisions."""
        return {self.owner_names[at] for at in np.unique(self.owners[self.live])}

    def live_rounds(self) -> set[str]:
        """The rounds of the live decisions."""
        return {self.round_names[at] for at in np.unique(self.rounds[self.live])}

    def sum(self) -> Decimal:
        """The sum of the live decisions' amounts in SEK."""
        amounts = self.amounts[self.live & (self.amounts != NO_AMOUNT)]
        return kronor(int(amounts.sum()))

    def write(self, folder: Path) -> None:
        """Writes one ``.npy`` file an array, and the names as JSON, into a new `folder`."""
        folder.mkdir()
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        names = {"owners": self.owner_names, "rounds": self.round_names}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Columns:
        """Maps what `write` wrote; processes that serve the same index share the pages."""
        names = json.loads((folder / "names.json").read_text("utf-8"))
        mapped = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        arrays = {name: array.view(np.ndarray) for name, array in mapped.items()}  # quicker
        return cls(
            **arrays,
            owner_names=tuple(names["owners"]),
            round_names=tuple(names["rounds"]),
        )

    def _renamed(self, owner_names: Sequence[str], round_names: Sequence[str]) -> Columns:
        """With positions in other lists of names; those of deleted documents are 0."""
        return replace(
            self,
            owners=_moved(self.owners, self.owner_names, owner_names),
            rounds=_moved(self.rounds, self.round_names, round_names),
        )


_ARRAYS = (
    "live", "amounts", "owners", "rounds", "title_keys", "lengths", "sources", "digests", "ids",
    "seen",
)  # fmt: skip


def layout() -> dict[str, str]:
    """Each array and the type of its values: what `Columns.open` expects to find."""
    empty = Columns.of([], [], [], [])
    return {name: str(getattr(empty, name).dtype) for name in _ARRAYS}


def hundredths(decision: Decision) -> int:
    """The amount in öre, or `NO_AMOUNT`: only SEK is summed, and so only SEK is in the column."""
    if decision.amount is None or decision.currency != "SEK":
        return NO_AMOUNT
    return int(decision.amount * 100)


def kronor(ore: int) -> Decimal:
    """Hundredths of SEK as kronor, without an empty fraction."""
    return Decimal(ore // 100) if ore % 100 == 0 else Decimal(ore) / 100


def id_digest(identifier: str) -> int:
    """64 bits of the SHA-256 of an identifier."""
    return int.from_bytes(hashlib.sha256(identifier.encode("utf-8", "replace")).digest()[:8])


def seconds(moment_: str) -> int:
    """An RFC 3339 time in UTC as seconds since 1970; raises ValueError."""
    return int(datetime.fromisoformat(moment_).timestamp())


def moment(seconds_: int) -> str:
    """The inverse of `seconds`."""
    return datetime.fromtimestamp(seconds_, UTC).isoformat().replace("+00:00", "Z")


def _read(decisions: Sequence[Decision]) -> npt.NDArray[np.int64]:
    """When each was read; the times are few, so each is parsed once."""
    times = {one: seconds(one) for one in {decision.source.read for decision in decisions}}
    return np.array([times[decision.source.read] for decision in decisions], np.int64)


def _moved(
    positions: npt.NDArray[np.int32], names: Sequence[str], other: Sequence[str]
) -> npt.NDArray[np.int32]:
    at = {name: number for number, name in enumerate(other)}
    table = np.array([at.get(name, 0) for name in names], np.int32)
    return table[positions]


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (sort_key(name), name)))
