"""Which decision of the last generation is each of this one's, and what has happened to it?

A decision has a permanent identity, which outlives corrections and whatever its identifier turns
into as others of the same title come and go. It is the same decision as one before, if

1. it says the same, word for word;
2. it has the same case number, of the same funder (of the same file where no funder is named), and
   no other decision has that, before or now;
3. it stands in the same row of the same file, is of the same round, and has the same owner and
   title, or one of them and the same text: a row alone is not enough, since a list may be another
   with each issue;
4. it has the same round, title and owner, and among what is left no other has;
5. it stands in the same row, and only the round is called otherwise.

What is not certain is new. Only what cannot be compared, as the last generation is another
program's or damaged, goes by the text and the identifier.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.decision import Decision, plain_text, to_data
from index.storage import journal
from index.storage.columns import COLUMNS, Columns, id_digest
from index.storage.journal import JOURNAL, Count, Event, Journal
from index.storage.records import Records
from index.storage.segment import segments
from index.storage.store import Generation, Store

Read = Callable[[int], Decision]
"""The decision of a document."""
_Places = npt.NDArray[np.intp]
_Digests = npt.NDArray[np.uint64]
_Seconds = npt.NDArray[np.int64]
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two digests become the same
_ROUND = ("roundTitle", "round", "funder")


@dataclass(frozen=True, slots=True)
class Census:
    """The *k* live decisions of a generation: the document of each, and of its columns (see
    `Columns`) those that tell it from others or go on with it. ``cases`` are 0 where there is no
    case number. ``read`` is None where the decisions themselves cannot be read."""

    docs: _Places
    ids: _Digests
    digests: _Digests
    cases: _Digests
    identities: _Digests
    seen: _Seconds
    modified: _Seconds
    numbers: _Seconds
    read: Read | None

    @classmethod
    def of(cls, columns: Columns, files: Sequence[str], whoosh: Path) -> Census:
        """That of an index whose sources are `files`, in a folder of segments."""
        docs = np.flatnonzero(columns.live)
        funders = columns.keywords["funder"]
        funder = _digests(funders.names)[funders.ordinals[docs]]
        scope = np.where(funder == id_digest(""), _digests(files)[columns.sources[docs]], funder)
        cases = columns.cases[docs]
        return cls(
            docs=docs,
            ids=columns.ids[docs],
            digests=columns.digests[docs],
            cases=np.where(cases == 0, cases, cases * _MIX ^ scope),
            identities=columns.identities[docs],
            seen=columns.seen[docs],
            modified=columns.modified[docs],
            numbers=columns.numbers[docs],
            read=Records(whoosh, [segment for segment, _ in segments(whoosh)]).read,
        )

    @classmethod
    def of_columns(cls, arrays: dict[str, npt.NDArray[Any]]) -> Census:
        """That of a generation of which some columns can be read, whatever program wrote them."""
        docs = np.flatnonzero(arrays["live"])
        ids, seen = arrays["ids"][docs], arrays["seen"][docs]
        digests = arrays["digests"][docs] if "digests" in arrays else np.zeros_like(ids)
        known = arrays["identities"][docs] if "identities" in arrays else fresh(ids, digests)
        modified = arrays["modified"][docs] if "modified" in arrays else seen
        none, numbers = np.zeros_like(ids), np.zeros_like(seen)
        return cls(docs, ids, digests, none, known, seen, modified, numbers, None)


@dataclass(frozen=True, slots=True)
class Past:
    """What the next generation goes on from: the decisions before, and how events are ``count``ed,
    with those that are remembered."""

    census: Census
    count: Count
    events: tuple[Event, ...] = ()

    @classmethod
    def of(cls, generation: Generation) -> Past:
        """That of a generation that can be read and is whole."""
        journal = Journal(generation.journal, generation.manifest)
        files = [source["file"] for source in generation.manifest["sources"]]
        census = Census.of(Columns.open(generation.columns), files, generation.whoosh)
        return cls(census, journal.count, tuple(journal.after(0, journal.count.last)))

    @classmethod
    def known(cls, store: Store, current: Generation | None) -> Past:
        """That of the `current` generation where it can be read and is whole. Else what is left of
        the newest whose columns are whole, and events are counted anew."""
        if current and current.warning is None:
            return cls.of(current)
        for generation in store.history():
            paths = {name: _column(generation, name) for name in _NEEDED}
            if all(path.is_file() and generation.is_unchanged(path) for path in paths.values()):
                for name in _WANTED:
                    path = _column(generation, name)
                    if path.is_file() and generation.is_unchanged(path):
                        paths[name] = path
                arrays = {name: np.load(path, allow_pickle=False) for name, path in paths.items()}
                return cls(Census.of_columns(arrays), Count.anew())
        nothing: dict[str, Any] = {name: np.empty(0, kind) for name, kind in _NEEDED.items()}
        return cls(Census.of_columns(nothing), Count.anew())


_NEEDED = {"live": np.bool_, "ids": np.uint64, "seen": np.int64}
_WANTED = ("digests", "identities", "modified")


def _column(generation: Generation, name: str) -> Path:
    path = generation.columns / f"{name}.npy"
    if name == "live" and not path.is_file():
        return generation.columns / "alive.npy"  # its name before FORMAT 3
    return path


@dataclass(frozen=True, slots=True)
class Continued:
    """What a generation goes on with: its columns, the count, and the events that it remembers."""

    columns: Columns
    count: Count
    events: tuple[Event, ...]

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes columns and journal into the folder of a generation; what its manifest says."""
        self.columns.write(folder / COLUMNS)
        journal.write(folder / JOURNAL, self.events)
        return {JOURNAL: self.count.data()}


def go_on(past: Past, columns: Columns, now: Census, time: int, since: int) -> Continued:
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
    identities = kept(before.identities, _apart(now, old, before.identities[at[old]]))
    events = []
    if before.read and now.read:
        gone = np.setdiff1d(np.arange(len(before.docs)), at[old])
        pairs = ((int(at[one]), int(one)) for one in np.flatnonzero(changed))
        events = _events(past, now, gone, pairs)
    numbers = kept(before.numbers, np.zeros_like(now.numbers))
    come = np.flatnonzero(numbers == 0)
    come = come[np.argsort(now.seen[come], kind="stable")]  # those known longer come first
    last = past.count.last + len(events)
    numbers[come] = last + 1 + np.arange(len(come))
    modified = np.where(changed, time, kept(before.modified, now.modified))
    count = past.count.on(last + len(come), time, since)
    told = {
        "identities": identities,
        "seen": kept(before.seen, now.seen),
        "modified": modified,
        "numbers": numbers,
    }
    arrays: Any = {name: _put(columns, name, now.docs, told[name]) for name in told}
    return Continued(
        replace(columns, **arrays),
        count,
        tuple(one for one in (*past.events, *events) if one.number > count.pruned),
    )


def same(before: Census, now: Census) -> _Places:
    """Of each decision now its place in the census before, -1 for what is new."""
    found = np.full(len(now.docs), -1, np.intp)
    _pair(found, before.digests, now.digests)
    _pair(found, before.cases, now.cases)
    if before.read is None or now.read is None:
        _pair(found, before.ids, now.ids)
        return found
    left = np.setdiff1d(np.arange(len(before.docs)), found)
    come = np.flatnonzero(found < 0)
    if len(left) and len(come):
        old, new = _traits(before.read, before.docs[left]), _traits(now.read, now.docs[come])
        among = found[come]
        for trait in range(len(_TRAITS)):
            # Among what is left: one that another has, too, tells nothing.
            _pair(
                among,
                np.where(np.isin(np.arange(len(left)), among), 0, old[:, trait]),
                np.where(among >= 0, 0, new[:, trait]),
            )
        found[come] = np.where(among >= 0, left[among], -1)
    return found


def _pair(found: _Places, before: _Digests, now: _Digests) -> None:
    """Pairs what has a digest, other than 0, that no other has, before or now."""
    one, one_at = _alone(before)
    other, other_at = _alone(now)
    _, here, there = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    free = (found[other_at[there]] < 0) & ~np.isin(one_at[here], found)
    found[other_at[there][free]] = one_at[here][free]


def _alone(digests: _Digests) -> tuple[_Digests, _Places]:
    """The digests that occur once, and where."""
    values, at, counts = np.unique(digests, return_index=True, return_counts=True)
    alone = (counts == 1) & (values != 0)
    return values[alone], at[alone]


def _row(one: Decision) -> tuple[Hashable, ...]:
    return one.source.file, one.source.table, one.source.row, one.round.name


def _text(one: Decision) -> str:
    return plain_text((*one.description, *one.motivation))


_TRAITS: tuple[Callable[[Decision], tuple[Hashable, ...] | None], ...] = (
    lambda one: (*_row(one), one.owner, one.title),
    lambda one: (one.round.name, one.title, one.owner) if one.title else None,
    lambda one: (*_row(one), one.owner, _text(one)) if _text(one) else None,
    lambda one: (*_row(one), one.title, _text(one)) if _text(one) else None,
    lambda one: (
        (*_row(one)[:3], one.owner, one.title, _text(one), one.amount, one.decision_date)
        if _text(one)
        else None
    ),
)
"""What the same decision has in common before and now, the surest first; None where it has not."""


def _traits(read: Read, docs: _Places) -> _Digests:
    """Digests (k, traits) of the traits of some documents, 0 where there is none."""
    found = np.zeros((len(docs), len(_TRAITS)), np.uint64)
    for at, doc in enumerate(docs.tolist()):
        one = read(doc)
        for trait, of in enumerate(_TRAITS):
            if (value := of(one)) is not None:
                found[at, trait] = id_digest(repr(value))
    return found


def _events(
    past: Past, now: Census, gone: _Places, pairs: Iterator[tuple[int, int]]
) -> list[Event]:
    """What went and what changed since, numbered. An id that is no longer a decision's goes first:
    another may have it now."""
    before = past.census
    assert before.read and now.read
    went: list[Event] = []
    changed: list[Event] = []
    for at in gone.tolist():
        identity = int(before.identities[at])
        went.append(Event(0, "deleted", before.read(int(before.docs[at])).id, identity))
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


def fresh(ids: _Digests, digests: _Digests) -> _Digests:
    """The identities of decisions that are new: by what they are called and say at first, so that
    one that goes and comes back unchanged, as after a rollback, is known again."""
    return ids ^ digests * _MIX


def _apart(now: Census, old: npt.NDArray[np.bool_], taken: _Digests) -> _Digests:
    """The identities that the decisions have already, fresh ones for those that have none; what is
    not `old` gets none that is taken."""
    identities = np.where(now.identities == 0, fresh(now.ids, now.digests), now.identities)
    seen = set(taken.tolist())
    for at in np.flatnonzero(~old).tolist():
        while (identity := int(identities[at])) in seen or identity == 0:
            identities[at] += np.uint64(1)
        seen.add(identity)
    return identities


def _put(columns: Columns, name: str, docs: _Places, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    column = np.array(getattr(columns, name))
    column[docs] = values
    return column


def _digests(names: Sequence[str]) -> _Digests:
    return np.array([id_digest(name) for name in names], np.uint64)
