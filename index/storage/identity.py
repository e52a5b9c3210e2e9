"""Which decision of the last generation is each of this one's?

A decision has a permanent identity, which outlives corrections and whatever its identifier turns
into as others of the same title come and go. It is the same decision as one before, if

1. it says the same, word for word;
2. it has the same case number, with a year in it, of the same funder (of the same file where no
   funder is named), and no other decision has that, before or now;
3. it has such a case number in another file, and the same owner or title;
4. it stands in the same row of the same file, and has the same round, owner and title: a row alone
   is not enough, since a list may be another with each issue;
5. among what is left no other has the same round, owner and title; or the same text and amount, and
   two of the three. A short text tells only within its row.

By 3 to 5 it is not the same if the years of the dates differ, or the case numbers while the days do
not agree. What is not certain is new. Only what cannot be compared, as the last generation is
another program's or damaged, goes by the text and the identifier.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.decision import Decision, plain_text
from index.storage.columns import NO_DATE, Columns, case_digest, id_digest
from index.storage.segment import records
from index.storage.store import Generation

Read = Callable[[int], Decision]
"""The decision of a document."""
Places = npt.NDArray[np.intp]
Digests = npt.NDArray[np.uint64]
Seconds = npt.NDArray[np.int64]
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two digests become the same


@dataclass(frozen=True, slots=True)
class Census:
    """The *k* live decisions of a generation: the document of each, and of its columns (see
    `Columns`) those that tell it from others or go on with it. ``scopes`` are digests of who
    numbers its cases; ``days`` are `Columns.dates`. ``read`` is None where the decisions themselves
    cannot be read."""

    docs: Places
    ids: Digests
    digests: Digests
    cases: Digests
    scopes: Digests
    days: npt.NDArray[np.int32]
    identities: Digests
    seen: Seconds
    modified: Seconds
    numbers: Seconds
    read: Read | None

    @classmethod
    def of_generation(cls, generation: Generation, columns: Columns) -> Census:
        """That of a generation and its `columns`."""
        files = [source["file"] for source in generation.manifest["sources"]]
        return cls.of(columns, files, generation.whoosh)

    @classmethod
    def of(cls, columns: Columns, files: Sequence[str], whoosh: Path) -> Census:
        """That of an index whose sources are `files`, in a folder of segments."""
        docs = np.flatnonzero(columns.live)
        funders = columns.keywords["funder"]
        funder = _digests(funders.names)[funders.ordinals[docs]]
        return cls(
            docs=docs,
            ids=columns.ids[docs],
            digests=columns.digests[docs],
            cases=columns.cases[docs],
            scopes=np.where(
                funder == id_digest(""), _digests(files)[columns.sources[docs]], funder
            ),
            days=columns.dates[docs],
            identities=columns.identities[docs],
            seen=columns.seen[docs],
            modified=columns.modified[docs],
            numbers=columns.numbers[docs],
            read=records(whoosh).read,
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
        days = np.full(len(docs), NO_DATE, np.int32)
        return cls(docs, ids, digests, none, none, days, known, seen, modified, numbers, None)


def same(before: Census, now: Census) -> Places:
    """Of each decision now its place in the census before, -1 for what is new."""
    found = np.full(len(now.docs), -1, np.intp)
    _pair(found, before.digests, now.digests)
    if before.read is None or now.read is None:
        _pair(found, before.ids, now.ids)
        return found
    _pair(found, _whole_cases(before), _whole_cases(now))
    left = np.setdiff1d(np.arange(len(before.docs)), found)
    come = np.flatnonzero(found < 0)
    if len(left) and len(come):
        among = np.full(len(come), -1, np.intp)
        differ = _Contradiction(before, now, left, come)
        old, new = _traits(before, before.read, left), _traits(now, now.read, come)
        for trait in range(len(_TRAITS)):
            # Among what is left: one that another has, too, tells nothing.
            is_paired = np.isin(np.arange(len(left)), among)
            _pair(
                among,
                np.where(is_paired, 0, old[:, trait]),
                np.where(among >= 0, 0, new[:, trait]),
                differ,
            )
        found[come] = np.where(among >= 0, left[among], -1)
    return found


def _whole_cases(one: Census) -> Digests:
    """Digests of the case numbers that tell a decision by themselves, 0 for the others."""
    return np.where(one.cases & np.uint64(1) == 1, one.cases * _MIX ^ one.scopes, 0)


@dataclass(frozen=True, slots=True)
class _Contradiction:
    """Whether what is ``left`` and what has ``come``, places in the two censuses, cannot be the
    same."""

    before: Census
    now: Census
    left: Places
    come: Places

    def __call__(self, here: Places, there: Places) -> npt.NDArray[np.bool_]:
        """Of pairs of places among them, bool (pairs,)."""
        one, other = self.left[here], self.come[there]
        cases, others = self.before.cases[one], self.now.cases[other]
        days, then = self.before.days[one], self.now.days[other]
        has_cases, has_days = (cases != 0) & (others != 0), (days != NO_DATE) & (then != NO_DATE)
        other_case = has_cases & (cases != others)
        other_year = has_days & (_years(days) != _years(then))
        same_day = has_days & (days == then)
        found: npt.NDArray[np.bool_] = (other_case & ~same_day) | other_year
        return found


def _years(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def _pair(
    found: Places, before: Digests, now: Digests, differ: _Contradiction | None = None
) -> None:
    """Pairs what has a digest, other than 0, that no other has, before or now."""
    one, one_at = _alone(before)
    other, other_at = _alone(now)
    _, here, there = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    here, there = one_at[here], other_at[there]
    free = (found[there] < 0) & ~np.isin(here, found)
    if differ:
        free &= ~differ(here, there)
    found[there[free]] = here[free]


def _alone(digests: Digests) -> tuple[Digests, Places]:
    """The digests that occur once, and where."""
    values, at, counts = np.unique(digests, return_index=True, return_counts=True)
    alone = (counts == 1) & (values != 0)
    return values[alone], at[alone]


def _row(one: Decision) -> tuple[Hashable, ...]:
    return one.source.file, one.source.table, one.source.row


def _said(one: Decision, *others: Hashable) -> tuple[Hashable, ...] | None:
    """Text and amount with some other things, and with its row where the text is short; None where
    there is none."""
    text = plain_text((*one.description, *one.motivation))
    is_short = len(text.split(maxsplit=_LONG)) < _LONG
    return (text, one.amount, *others, *(_row(one) if is_short else ())) if text else None


def _case(one: Decision, other: str) -> tuple[Hashable, ...] | None:
    """The case number with something else; None where there is none with a year in it."""
    has_year = case_digest(one.case_number) & 1
    return (one.case_number, one.round.funder, other) if has_year and other else None


_LONG = 8  # words; a text that is not standard
_TRAITS: tuple[Callable[[Decision], tuple[Hashable, ...] | None], ...] = (
    lambda one: _case(one, one.owner),
    lambda one: _case(one, one.title),
    lambda one: (*_row(one), one.round.name, one.owner, one.title),
    lambda one: (one.round.name, one.owner, one.title) if one.title else None,
    lambda one: _said(one, one.round.name, one.owner),
    lambda one: _said(one, one.round.name, one.title),
    lambda one: _said(one, one.owner, one.title),
)
"""What the same decision has in common before and now, the surest first; None where it has not."""


def _traits(census: Census, read: Read, places: Places) -> Digests:
    """Digests (places, traits) of the traits of some decisions, 0 where there is none. A case
    number that several have is none."""
    found = np.zeros((len(places), len(_TRAITS)), np.uint64)
    alone = np.isin(places, _alone(census.cases * _MIX ^ census.scopes)[1])
    for at, doc in enumerate(census.docs[places].tolist()):
        one = read(doc) if alone[at] else replace(read(doc), case_number=None)
        for trait, of in enumerate(_TRAITS):
            if (value := of(one)) is not None:
                found[at, trait] = id_digest(repr(value))
    return found


def fresh(ids: Digests, digests: Digests) -> Digests:
    """The identities of decisions that are new, by what they are called and say at first."""
    return ids ^ digests * _MIX


def _digests(names: Sequence[str]) -> Digests:
    return np.array([id_digest(name) for name in names], np.uint64)
