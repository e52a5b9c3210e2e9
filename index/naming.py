"""Which identifier does each decision get, and which decisions are duplicates?

A decision has several names, from short to exact:

    esf-2026-1/en-bro                              round and title
    esf-2026-1/en-bro--ankeby-kommun               and owner
    esf-2026-1/en-bro--ankeby-kommun--2026-123     and case number, where it has one
    esf-2026-1/en-bro--ankeby-kommun-5f0c9a1e      and a digest of all it says

Its identifier is the shortest name that no other decision has, so it depends only on the decisions,
not on their order, their files or what was indexed before. When another decision with the same
title arrives, all names stay valid, but the identifier may become a longer one: `names` gives the
names that lead to a decision.

Two decisions are duplicates if they agree in everything. Within a file the funder is ignored: the
same text and amount under two funders is one grant listed twice (SweCRIS does so 1,130 times, each
time with one case number), and summing both would count it twice. Between files it matters: those
are the funders' own lists, and a project that gets the same amount from each has two grants.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from index.decision import Decision, Source, to_data
from index.problem import Problem, place
from index.slug import slug


@dataclass(frozen=True, slots=True)
class Naming:
    """``identifiers`` of the decisions in order, None for duplicates that are left out; ``digests``
    (uint64) of what each says."""

    identifiers: list[str | None]
    digests: list[int]
    duplicates: tuple[Duplicate, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A decision that was left out. ``within``: the first one is in the same file, so it is a
    duplicate whatever other files hold."""

    problem: Problem
    within: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    source: Source
    funder: str | None


@dataclass(frozen=True, slots=True)
class _NameParts:
    """What the names of a decision are made of."""

    base: str
    owner: str
    case_number: str | None
    digest: int

    def names(self) -> tuple[str, ...]:
        owned = f"{self.base}--{self.owner}"
        case = [f"{owned}--{self.case_number}"] if self.case_number else []
        return (self.base, owned, *case, f"{owned}-{self.digest >> 32:08x}")


def name_all(decisions: Iterable[Decision]) -> Naming:
    """Gives each distinct decision an identifier of its own, and reports the duplicates."""
    seen: dict[int | tuple[int, str], _Seen] = {}
    rows: list[_NameParts | None] = []
    digests, duplicates = [], []
    for decision in decisions:
        text, digest = _digests(decision)
        digests.append(digest)
        seen_here = _Seen(decision.source, decision.round.funder)
        within = (text, decision.source.file)
        first = seen.get(digest) or seen.get(within)
        if first is None:
            seen[digest] = seen[within] = seen_here
            rows.append(_row(decision, digest))
        else:
            duplicates.append(_duplicate(seen_here, first))
            rows.append(None)
    return Naming(_told_apart(rows), digests, tuple(duplicates))


def base_identifier(decision: Decision) -> str:
    """The identifier of a decision whose round and title no other has."""
    return f"{slug(decision.round.name)}/{slug(decision.title or decision.owner)}"


def names(decision: Decision) -> tuple[str, ...]:
    """All names of a decision, the shortest first; its identifier is among them."""
    return _row(decision, content_digest(decision)).names()


def base_of(name: str) -> str:
    """The shortest name of any decision that may have this name."""
    return name.partition("--")[0]


def is_variant(identifier: str, base: str) -> bool:
    """Whether `identifier` belongs to a decision whose shortest name is `base`."""
    return base_of(identifier) == base


def content_digest(decision: Decision) -> int:
    """64 bits of the SHA-256 of all that a decision says, except its source."""
    return _digests(decision)[1]


def _digests(decision: Decision) -> tuple[int, int]:
    """The digest without the funder, and the digest of everything."""
    data = to_data(decision)
    del data["source"], data["id"]
    if decision.owner_number is None:  # it came later; what has none is called as it was before
        del data["ownerNumber"]
    if not decision.places:  # so did they
        del data["places"]
    # The funder goes last, so that one pass gives both digests.
    *data["round"], funder = data["round"]
    digest = hashlib.sha256(_encoded(data))
    text = digest.digest()[:8]
    digest.update(_encoded(funder))
    return int.from_bytes(text), int.from_bytes(digest.digest()[:8])


def _encoded(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")


def _row(decision: Decision, digest: int) -> _NameParts:
    case = decision.case_number
    return _NameParts(base_identifier(decision), slug(decision.owner), case and slug(case), digest)


def _duplicate(repeat: _Seen, first: _Seen) -> Duplicate:
    source = repeat.source
    there = place(first.source.file, first.source.table, first.source.row)
    funder = f" med finansiären {first.funder or 'okänd'}" if repeat.funder != first.funder else ""
    what = f"samma beslut finns redan i {there}{funder}"
    problem = Problem(source.file, source.row, what, "det räknas en gång", source.table)
    return Duplicate(problem, source.file == first.source.file)


def _told_apart(rows: list[_NameParts | None]) -> list[str | None]:
    """The shortest name of each that no other has."""
    # Longer names are made for shared bases only: most decisions need just the one.
    bases = Counter(row.base for row in rows if row)
    shared = (row for row in rows if row and bases[row.base] > 1)
    longer = Counter(name for row in shared for name in row.names()[1:])
    return [None if row is None else _shortest(row, bases, longer) for row in rows]


def _shortest(row: _NameParts, bases: Counter[str], longer: Counter[str]) -> str:
    if bases[row.base] == 1:
        return row.base
    names = row.names()
    return next((name for name in names[1:] if longer[name] == 1), names[-1])
