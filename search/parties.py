"""Which decisions have the same owner or funder, however it is written?

`grouped` puts one column in place of those of names and organisation numbers, so that what is
filtered, sorted and counted by it is an owner, and not a writing:

1. The same number is the same owner, whatever the name.
2. The same name (`index.party_name`) is the same owner, unless it has different numbers. A name
   without a number belongs with the only number that the name has; where it has several it could be
   any of them, so it stays by itself, and is said to have none.
3. The owners file joins the rest. It names owners, so it may join two numbers; but of a name that
   has several numbers it only joins what has none, as the name says too little of the others.

An owner is shown by its most usual writing, or as the file has it; where several would be shown
alike, the numbers tell them apart. All depends on which decisions there are and never on their
order. It takes time linear in the names, but for a sort of the documents.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.collation import sort_key
from index.party_name import normal_name
from index.slug import slug
from index.storage.columns import Keyword
from search.owners import Owners, Party

NUMBERS = {"owner": "owner_number"}
"""The column of organisation numbers of a dimension, where there is one."""
UNNUMBERED = "utan organisationsnummer"


@dataclass(frozen=True)
class Parties(Keyword):
    """A column of parties: ``names`` are their labels. ``writings`` are the names as written of
    each, the most usual first, and ``numbers`` its organisation numbers; ``found`` are the places
    of those that a name may mean, by its normal form."""

    writings: Sequence[tuple[str, ...]]
    numbers: Sequence[tuple[str, ...]]
    found: dict[str, tuple[int, ...]]

    def find(self, value: str) -> tuple[int, ...]:
        return self.found.get(normal_name(value), ())

    def party(self, ordinal: int) -> Party | None:
        """The party at a place, None for that of decisions which name none."""
        label = self.names[ordinal]
        if not label:
            return None
        return Party(label, self._slugs[ordinal], self.writings[ordinal], self.numbers[ordinal])

    def parties(self, slug_: str) -> tuple[Party, ...]:
        """Those that a slug leads to: its own, else all that have it of a name or a number."""
        found = (self.party(at) for at in self._by_slug.get(slug_, ()))
        return tuple(party for party in found if party)

    @cached_property
    def _slugs(self) -> list[str]:
        """That of the label; where several have the same, each with its number or else a digest of
        its name behind, so that a link never leads to another when one more of them comes."""
        plain = [*map(slug, self.names)]
        several = Counter(plain)
        return [
            one if several[one] == 1 else f"{one}-{self._told_apart(at)}"
            for at, one in enumerate(plain)
        ]

    def _told_apart(self, ordinal: int) -> str:
        name = normal_name(self.names[ordinal]).encode("utf-8", "replace")
        return "-".join(self.numbers[ordinal]) or hashlib.sha256(name).hexdigest()[:6]

    @cached_property
    def _by_slug(self) -> dict[str, tuple[int, ...]]:
        by_slug: dict[str, tuple[int, ...]] = {}
        for at, names in enumerate(self.writings):
            for one in {slug(name) for name in (self.names[at], *names)} | {*self.numbers[at]}:
                by_slug[one] = (*by_slug.get(one, ()), at)
        for at, own in enumerate(self._slugs):
            by_slug[own] = (at,)
        return by_slug


class NamedRow(NamedTuple):
    """Decisions with one name as written and one number, empty where they have none. ``at`` is the
    place of the name among all, ``form`` its normal form."""

    name: str
    at: int
    form: str
    number: str
    decisions: int


def grouped(
    names: Keyword, numbers: Keyword | None, live: npt.NDArray[np.bool_], owners: Owners
) -> Parties:
    """The column of the parties of live documents, bool (n,); a deleted one has any place."""
    docs = np.flatnonzero(live)
    all_numbers = numbers.names if numbers else ("",)
    pairs = names.ordinals[docs].astype(np.int64) * len(all_numbers)
    if numbers:
        pairs += numbers.ordinals[docs]
    found, row_of, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    rows = []
    for pair, count in zip(found.tolist(), counts.tolist(), strict=True):
        at, number = divmod(pair, len(all_numbers))
        name = names.names[at]
        rows.append(NamedRow(name, at, normal_name(name), all_numbers[number], count))
    parties = of_rows(rows, names.names, owners)
    column = np.zeros(len(live), np.int32)
    column[docs] = parties.ordinals[row_of]
    return replace(parties, ordinals=column)


def of_rows(rows: Sequence[NamedRow], names: Sequence[str], owners: Owners) -> Parties:
    """The parties of some rows, whose column has the place of each row; ``names`` are all names
    that are written, in Swedish alphabetical order."""
    groups = _groups(rows, owners)
    groups.sort(key=lambda group: group.order(names))
    return Parties(
        _places(groups, len(rows)),
        tuple(group.label for group in groups),
        [group.writings for group in groups],
        [group.numbers for group in groups],
        _found(groups),
    )


@dataclass(slots=True)
class _PartyRows:
    """The rows of a party. ``joined`` are the names that the owners file gives it; ``form`` is the
    normal form of its label, found out once, as that takes most of the time."""

    rows: list[tuple[int, NamedRow]]
    joined: tuple[str, ...] = ()
    label: str = ""
    form: str = ""
    writings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def name(self) -> None:
        """Gives it its label, the shown name or the most usual, its writings and its numbers."""
        counts: Counter[str] = Counter()
        for _, row in self.rows:
            counts[row.name] += row.decisions
        del counts[""]
        if not counts:  # it is that of decisions that name nobody, whatever their numbers
            return
        self.writings = tuple(counts)
        if len(counts) > 1:
            self.writings = tuple(sorted(counts, key=lambda name: _usual(name, counts[name])))
        self.numbers = tuple(sorted({row.number for _, row in self.rows} - {""}))
        self.label = self.joined[0] if self.joined else self.writings[0]
        forms = {row.name: row.form for _, row in self.rows}
        self.form = forms.get(self.label) or normal_name(self.label)

    def order(self, names: Sequence[str]) -> tuple[int, bool, bytes, str]:
        """Where its label comes among all names, which are in order; most are one of them."""
        for _, row in self.rows:
            if row.name == self.label:
                return row.at, True, b"", ""
        key = (sort_key(self.label), self.label)
        return bisect_left(names, key, key=lambda name: (sort_key(name), name)), False, *key


def _usual(name: str, count: int) -> tuple[int, bool, bytes, str]:
    return -count, name.isupper(), sort_key(name), name


def _groups(rows: Sequence[NamedRow], owners: Owners) -> list[_PartyRows]:
    """The rows of each party, named, in any order."""
    numbers_of: dict[str, set[str]] = {}
    for row in rows:
        if row.form and row.number:
            numbers_of.setdefault(row.form, set()).add(row.number)
    named = set().union(*numbers_of.values())

    # What holds rows together: a number, or a normal form, which never looks like one.
    def knot(form: str) -> str:
        numbers = numbers_of.get(form, ())
        return next(iter(numbers)) if len(numbers) == 1 else form

    tied: dict[str, str] = {}

    def end(of: str) -> str:
        while of in tied:
            of = tied[of]
        return of

    for said in owners.groups:
        for joined in said.names[1:]:
            first, other = (end(knot(normal_name(name))) for name in (said.label, joined.name))
            if first != other:
                tied[other] = first
    found: dict[str, _PartyRows] = {}
    for at, row in enumerate(rows):
        by_number = row.number in named
        place = end(row.number if by_number else knot(row.form))
        found.setdefault(place, _PartyRows([])).rows.append((at, row))
    for said in owners.groups:
        place = end(knot(normal_name(said.label)))
        if place in found:
            found[place].joined += tuple(one.name for one in said.names)
    for group in found.values():
        group.name()
    _tell_apart(found.values())
    return [*found.values()]


def _tell_apart(groups: Collection[_PartyRows]) -> None:
    """Adds the numbers to labels that say the same."""
    alike: dict[str, list[_PartyRows]] = {}
    for group in groups:
        alike.setdefault(group.form, []).append(group)
    for some in alike.values():
        for group in some if len(some) > 1 else ():
            group.label += f" ({', '.join(group.numbers) or UNNUMBERED})"
            group.form = normal_name(group.label)


def _places(groups: Sequence[_PartyRows], rows: int) -> npt.NDArray[np.int32]:
    """The place of the group of each row."""
    places = np.zeros(rows, np.int32)
    for place, group in enumerate(groups):
        for at, _ in group.rows:
            places[at] = place
    return places


def _found(groups: Sequence[_PartyRows]) -> dict[str, tuple[int, ...]]:
    """The places that the normal form of a name may mean: what is shown means its own alone."""
    found: dict[str, tuple[int, ...]] = {}
    for place, group in enumerate(groups):
        forms = {row.form for _, row in group.rows if row.name or not group.label}
        for form in forms | {normal_name(one) for one in (*group.joined, *group.numbers)}:
            found[form] = (*found.get(form, ()), place)
    return found | {group.form: (place,) for place, group in enumerate(groups)}
