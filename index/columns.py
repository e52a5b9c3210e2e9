"""One value a decision, as arrays that are mapped into memory: what is filtered, counted, sorted.

Row *i* of every array belongs to Whoosh's document number *i*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """The columns of *n* decisions.

    amounts      int64 (n,), hundredths of SEK (öre), `NO_AMOUNT` where there is none
    owners       int32 (n,), positions in ``owner_names``, which is in Swedish alphabetical order
    rounds       int32 (n,), positions in ``round_names``, in the same order
    title_keys   bytes (n,), `sort_key` of the title, cut off
    lengths      int32 (fields, n), words in each of `schema.TEXT_FIELDS`
    """

    amounts: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int32]
    rounds: npt.NDArray[np.int32]
    title_keys: npt.NDArray[np.bytes_]
    lengths: npt.NDArray[np.int32]
    owner_names: tuple[str, ...]
    round_names: tuple[str, ...]

    @classmethod
    def of(cls, decisions: Sequence[Decision], lengths: Sequence[Sequence[int]]) -> Columns:
        """The columns of decisions in document order, with their field lengths."""
        owner_names = _names(decision.owner for decision in decisions)
        round_names = _names(decision.round.name for decision in decisions)
        owner_at = {name: at for at, name in enumerate(owner_names)}
        round_at = {name: at for at, name in enumerate(round_names)}
        keys = [sort_key(decision.title)[:_TITLE_KEY_BYTES] for decision in decisions]
        return cls(
            amounts=np.array([hundredths(decision) for decision in decisions], np.int64),
            owners=np.array([owner_at[decision.owner] for decision in decisions], np.int32),
            rounds=np.array([round_at[decision.round.name] for decision in decisions], np.int32),
            title_keys=np.array(keys, f"S{_TITLE_KEY_BYTES}"),
            lengths=np.ascontiguousarray(np.array(lengths, np.int32).T),
            owner_names=owner_names,
            round_names=round_names,
        )

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
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        return cls(
            **arrays,
            owner_names=tuple(names["owners"]),
            round_names=tuple(names["rounds"]),
        )


_ARRAYS = ("amounts", "owners", "rounds", "title_keys", "lengths")


def hundredths(decision: Decision) -> int:
    """The amount in öre, or `NO_AMOUNT`: only SEK is summed, and so only SEK is in the column."""
    if decision.amount is None or decision.currency != "SEK":
        return NO_AMOUNT
    return int(decision.amount * 100)


def kronor(ore: int) -> Decimal:
    """Hundredths of SEK as kronor, without an empty fraction."""
    return Decimal(ore // 100) if ore % 100 == 0 else Decimal(ore) / 100


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: (sort_key(name), name)))
