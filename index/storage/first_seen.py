"""When did the index first see each decision? A time carried from one generation to the next.

Each generation stores the times beside digests of the identifiers, as columns. They are read here
whatever the FORMAT and versions of the generation: a new program reads every document again, which
does not make the decisions new.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.storage.store import Generation, Store

FILES = ("live", "ids", "seen")
"""The columns that are read, each a ``.npy`` file; before FORMAT 3 the first was ``alive``."""


@dataclass(frozen=True, slots=True)
class Known:
    """The live decisions of a generation: ``ids`` uint64 (k,) ascending, see
    `columns.id_digest`; and ``seen`` int64 (k,), when each was first seen, in seconds since 1970
    UTC."""

    ids: npt.NDArray[np.uint64]
    seen: npt.NDArray[np.int64]

    def times(
        self, ids: npt.NDArray[np.uint64], otherwise: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """When the decisions with `ids` (n,) were first seen; `otherwise` (n,) if never."""
        if not len(self.ids):
            return otherwise
        # Past the end, compare with the last: it differs, so `otherwise` is taken.
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.seen[at], otherwise)


NOBODY = Known(np.empty(0, np.uint64), np.empty(0, np.int64))


def known(store: Store) -> Known:
    """What the newest intact generation knows, looking back from the current one."""
    for generation in store.history():
        files = _files(generation)
        if all(path.is_file() and generation.is_unchanged(path) for path in files):
            live, ids, seen = (np.load(path, allow_pickle=False) for path in files)
            order = np.argsort(ids[live])
            return Known(ids[live][order], seen[live][order])
    return NOBODY


def _files(generation: Generation) -> list[Path]:
    paths = [generation.columns / f"{name}.npy" for name in FILES]
    return [paths[0] if paths[0].is_file() else generation.columns / "alive.npy", *paths[1:]]
