"""One value per decision, in memory-mapped arrays: what decisions are filtered and sorted by.

Row *i* of every array belongs to Whoosh's document number *i*.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.collation import sort_key
from index.decision import Decision
from index.storage.keywords import KEYWORDS

NO_AMOUNT = np.iinfo(np.int64).min
"""Stands in `Columns.amounts` where a decision states no amount in SEK."""

NO_DATE = np.iinfo(np.int32).min
"""Stands in `Columns.dates` where a decision states no date."""

COLUMNS = "columns"
"""The folder of the columns in a generation."""
_TITLE_KEY_BYTES = 48  # titles equal this far keep the order of the index


@dataclass(frozen=True)
class Keyword:
    """One value per document: ``ordinals`` int32 (n,) are positions in ``names``, which are in
    Swedish alphabetical order, so that ordinals sort as names do."""

    ordinals: npt.NDArray[np.int32]
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str]) -> Keyword:
        """The column of values in document order."""
        names = _ordered(set(values))
        at = {name: number for number, name in enumerate(names)}
        return cls(np.array([at[value] for value in values], np.int32), names)

    @cached_property
    def ordinals_of(self) -> dict[str, tuple[int, ...]]:
        """The ordinals of each name in lower case, made once: there may be many thousands."""
        found: dict[str, tuple[int, ...]] = {}
        for ordinal, name in enumerate(self.names):
            found[name.casefold()] = (*found.get(name.casefold(), ()), ordinal)
        return found

    @property
    def size(self) -> int:
        """How many ordinals there are."""
        return len(self.names)

    def having(self, chosen: Sequence[int]) -> Sequence[int] | npt.NDArray[np.intp]:
        """The ordinals that have any of some names, by their places: here they are the same, but
        not where a document may have several names, as in `search.several`."""
        return chosen

    def spread(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The number of each name, of those of each ordinal."""
        return numbers

    def find(self, value: str) -> tuple[int, ...]:
        """The ordinals of what `value` may mean: what is called just so, else all that is but for
        capitals; none where nothing is."""
        alike = self.ordinals_of.get(value.casefold(), ())
        return tuple(at for at in alike if self.names[at] == value) or alike

    def used(self, live: npt.NDArray[np.bool_]) -> set[str]:
        """The names of live documents, bool (n,)."""
        return {self.names[at] for at in np.unique(self.ordinals[live])}

    def renamed(self, names: tuple[str, ...]) -> Keyword:
        """The same column with positions in another list of names, 0 for names not in it."""
        at = {name: number for number, name in enumerate(names)}
        table = np.array([at.get(name, 0) for name in self.names], np.int32)
        return Keyword(table[self.ordinals], names)

    @classmethod
    def joined(cls, parts: Sequence[Keyword], live: Sequence[npt.NDArray[np.bool_]]) -> Keyword:
        """The columns of several segments in a row, without names that only deleted documents
        have; `live` bool (n,) of each segment."""
        used = (part.used(alive) for part, alive in zip(parts, live, strict=True))
        names = _ordered(set().union(*used))
        return cls(np.concatenate([part.renamed(names).ordinals for part in parts]), names)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of *n* documents.

    live         bool (n,), False for a deleted document
    amounts      int64 (n,), hundredths of SEK (öre), `NO_AMOUNT` where there is none
    dates        int32 (n,), the decision date in days since 1970, `NO_DATE` where there is none
    title_keys   bytes (n,), `sort_key` of the title, cut off
    lengths      int32 (fields, n), words in each of `schema.TEXT_FIELDS`
    starts       uint32 (fields, n), where each of them begins among the positions of the segment
    sources      int32 (n,), positions among the sources of the manifest
    digests      uint64 (n,), see `naming.content_digest`
    ids          uint64 (n,), see `id_digest`
    cases        uint64 (n,), see `case_digest`
    identities   uint64 (n,), what outlives its identifier, see `identity`
    numbers      int64 (n,), of the event in which each came, see `journal`
    seen         int64 (n,), when each was first seen, seconds since 1970 UTC
    modified     int64 (n,), when each came or last changed, seconds since 1970 UTC
    keywords     a `Keyword` for each of `KEYWORDS`
    """

    live: npt.NDArray[np.bool_]
    amounts: npt.NDArray[np.int64]
    dates: npt.NDArray[np.int32]
    title_keys: npt.NDArray[np.bytes_]
    lengths: npt.NDArray[np.int32]
    starts: npt.NDArray[np.uint32]
    sources: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.uint64]
    cases: npt.NDArray[np.uint64]
    identities: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    modified: npt.NDArray[np.int64]
    keywords: Mapping[str, Keyword]

    @classmethod
    def of(
        cls,
        decisions: Sequence[Decision],
        values: Sequence[Sequence[str]],
        lengths: Sequence[Sequence[int]],
        extents: Sequence[Sequence[int]],
        sources: Sequence[int],
        digests: Sequence[int],
    ) -> Columns:
        """The columns of the decisions of a segment in document order, as if each were new: first
        seen when it was read, without identity and number. Of each, `values` are those of
        `keywords.keyword_values`, `lengths` and `extents` those of `schema.Analysed`."""
        ends = np.cumsum(np.array(extents, np.int64)).reshape(np.shape(extents))
        keys = [title_key(decision) for decision in decisions]
        cases = [case_digest(decision.case_number) for decision in decisions]
        read = _read(decisions)
        return cls(
            live=np.ones(len(decisions), np.bool_),
            amounts=np.array([hundredths(decision) for decision in decisions], np.int64),
            dates=np.array([days(decision.decision_date) for decision in decisions], np.int32),
            title_keys=np.array(keys, f"S{_TITLE_KEY_BYTES}"),
            # Scoring reads one field of all documents at a time, so a field is a contiguous row.
            lengths=np.ascontiguousarray(np.array(lengths, np.int32).T),
            starts=np.ascontiguousarray((ends - np.array(extents, np.int64)).astype(np.uint32).T),
            sources=np.array(sources, np.int32),
            digests=np.array(digests, np.uint64),
            ids=np.array([id_digest(decision.id) for decision in decisions], np.uint64),
            cases=np.array(cases, np.uint64),
            identities=np.zeros(len(decisions), np.uint64),
            numbers=np.zeros(len(decisions), np.int64),
            seen=read,
            modified=read,
            keywords={
                name: Keyword.of([value[at] for value in values])
                for at, name in enumerate(KEYWORDS)
            },
        )

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """The columns of several segments in a row."""
        # Documents are the last axis: `lengths` has a row per field.
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
            for name in _ARRAYS
        }
        live = [part.live for part in parts]
        keywords = {
            name: Keyword.joined([part.keywords[name] for part in parts], live) for name in KEYWORDS
        }
        return cls(**arrays, keywords=keywords)

    def only(self, chosen: npt.NDArray[np.bool_]) -> Columns:
        """The columns of some documents, bool (n,)."""
        arrays = {name: getattr(self, name)[..., chosen] for name in _ARRAYS}
        keywords = {
            name: replace(keyword, ordinals=keyword.ordinals[chosen])
            for name, keyword in self.keywords.items()
        }
        return Columns(**arrays, keywords=keywords)

    def sum(self) -> Decimal:
        """The sum of the live decisions' amounts in SEK."""
        amounts = self.amounts[self.live & (self.amounts != NO_AMOUNT)]
        return kronor(int(amounts.sum()))

    def write(self, folder: Path) -> None:
        """Writes a ``.npy`` file per array, and the names as JSON, into a new `folder`."""
        folder.mkdir()
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        for name, keyword in self.keywords.items():
            np.save(folder / f"keyword-{name}.npy", keyword.ordinals, allow_pickle=False)
        names = {name: keyword.names for name, keyword in self.keywords.items()}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Columns:
        """Maps what `write` wrote; serving processes share its pages of memory."""
        names = json.loads((folder / _NAMES).read_text("utf-8"))
        keywords = {
            name: Keyword(_mapped(folder / f"keyword-{name}.npy"), tuple(names[name]))
            for name in KEYWORDS
        }
        arrays: Any = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
        return cls(**arrays, keywords=keywords)


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_EPOCH = date(1970, 1, 1).toordinal()
_NAMES = "names.json"
_ARRAYS = (
    "live",
    "amounts",
    "dates",
    "title_keys",
    "lengths",
    "starts",
    "sources",
    "digests",
    "ids",
    "cases",
    "identities",
    "numbers",
    "seen",
    "modified",
)


def _mapped(path: Path) -> npt.NDArray[Any]:
    """An array on disk, as a plain ndarray, which is faster to index than `numpy.memmap`."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


def layout() -> dict[str, str]:
    """Each array and the type of its values: what `Columns.open` expects to find."""
    empty = Columns.of([], [], [], [], [], [])
    arrays = {name: str(getattr(empty, name).dtype) for name in _ARRAYS}
    return arrays | {f"keyword-{name}": "int32" for name in KEYWORDS}


def hundredths(decision: Decision) -> int:
    """The amount in öre, or `NO_AMOUNT` for other currencies, which are never summed."""
    if decision.amount is None or decision.currency != "SEK":
        return NO_AMOUNT
    return int(decision.amount * 100)


def title_key(decision: Decision) -> bytes:
    """What sorts as the title does in Swedish, at most `_TITLE_KEY_BYTES`."""
    return sort_key(decision.title)[:_TITLE_KEY_BYTES]


def days(day: date | None) -> int:
    """A decision date in days since 1970, or `NO_DATE`."""
    return NO_DATE if day is None else day.toordinal() - _EPOCH


def kronor(ore: int) -> Decimal:
    """Hundredths of SEK as kronor, without an empty fraction."""
    return Decimal(ore // 100) if ore % 100 == 0 else Decimal(ore) / 100


def id_digest(identifier: str) -> int:
    """64 bits of the SHA-256 of an identifier."""
    return int.from_bytes(hashlib.sha256(identifier.encode("utf-8", "replace")).digest()[:8])


def identity_text(identity: int) -> str:
    """A permanent identity as it is told: 16 hexadecimal digits."""
    return f"{identity:016x}"


def case_digest(number: str | None) -> int:
    """63 bits of the SHA-256 of a case number, whatever its case and blanks, and whether a year is
    in it, so that it is more than a running number; 0 where there is no case number."""
    if not number:
        return 0
    digest = id_digest("".join(number.casefold().split()))
    return digest | 1 if _YEAR.search(number) else digest & ~1


def seconds(moment_: str) -> int:
    """An RFC 3339 time in UTC as seconds since 1970; raises ValueError."""
    return int(datetime.fromisoformat(moment_).timestamp())


def moment(seconds_: int) -> str:
    """The inverse of `seconds`."""
    return datetime.fromtimestamp(seconds_, UTC).isoformat().replace("+00:00", "Z")


def _read(decisions: Sequence[Decision]) -> npt.NDArray[np.int64]:
    """When each was read. Many decisions share a time, so each time is parsed once."""
    times = {time: seconds(time) for time in {decision.source.read for decision in decisions}}
    return np.array([times[decision.source.read] for decision in decisions], np.int64)


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (sort_key(name), name)))
