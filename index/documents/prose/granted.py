"""What do the deciding passages of a matter grant, one after the other?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from index.documents.html import clean
from index.documents.prose.clauses import (
    AMOUNT,
    FOLLOWING,
    Kind,
    clauses,
    is_of_another_day,
    kind_of,
    leads_on,
    without_sign,
)  # fmt: skip
from index.documents.prose.grants import Grant, entries, entry_of, grant_of, shares_of
from index.documents.prose.matters import SHORT
from index.documents.readers.table import Passage
from index.problem import quoted

_EXPLICIT = re.compile(r"\bbeslut(?:ar|ade|at)\b|\bbeslöts?\b|\bbeviljar\b", re.IGNORECASE)
_PROJECTS = re.compile(
    r"\b(?:följande|nedanstående)\s+(?:[a-zåäö]*projekt|insatser|satsningar)\b", re.IGNORECASE
)
_SUM = re.compile(r"(?:summa|totalt|sammanlagt)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What is granted, where that stands, and the words that lead up to it."""

    passage: Passage
    grant: Grant
    lead: str = ""


@dataclass(slots=True)
class Outcome:
    """What passages say. ``past`` is granted in the past tense, ``unsure`` perhaps; ``proposals``
    counts what is only proposed."""

    grants: list[Said] = field(default_factory=list)
    past: list[Said] = field(default_factory=list)
    unsure: list[Said] = field(default_factory=list)
    refused: list[tuple[Passage, str]] = field(default_factory=list)
    proposals: int = 0

    @property
    def granted(self) -> list[Said]:
        """What is granted, and what may be. The money for it is often taken from an appropriation
        in the next sentence; that is no other grant."""
        sums = [said.passage.text for said in self.grants]
        unsure = [
            said
            for said in self.unsure
            if not any(
                amount.group() in text
                for amount in AMOUNT.finditer(said.passage.text)
                for text in sums
            )
        ]
        return [*(self.grants or self.past), *unsure]


def read_granted(passages: Sequence[Passage], certain: bool, numbered: bool) -> Outcome:
    """What passages grant, refuse and propose. `certain`: they stand under *Beslut*; `numbered`:
    in a paragraph of a protocol, so that *beslutade* is said of its own meeting."""
    reading = Outcome()
    carried, at = "", 0
    while at < len(passages):
        one, at = passages[at], at + 1
        for said, clause in clauses(without_sign(one.text)):
            if not said and leads_on(clause):
                carried = clause
                continue
            carried = said if len(said.split()) > 1 else carried
            lead = said if said == carried else f"{carried} {said}"
            if not (certain or _EXPLICIT.search(f"{lead} {clause}")):
                continue
            kind = kind_of(lead, clause)
            if kind == "past" and is_of_another_day(lead, clause):
                kind = "unsure" if certain else "other"
            elif kind == "past" and not (certain or numbered):
                continue
            at += _take(reading, kind, lead, clause, passages[at - 1 :])
    return reading


def _take(reading: Outcome, kind: Kind, lead: str, clause: str, passages: Sequence[Passage]) -> int:
    """Adds what a clause in the first of some passages says. Returns how many more passages it
    goes on in, as an enumeration."""
    one = passages[0]
    reading.proposals += kind == "proposal"
    if kind == "rejection":
        reading.refused.append((one, clause))
    elif kind == "unsure" or (kind == "other" and _is_entry(clause)):
        doubt = f"det är inte säkert att {quoted(clause, 120)} är ett bidrag"
        reading.unsure.append(Said(one, Grant(unclear=doubt)))
    if kind not in ("grant", "past"):
        return 0
    found, count = (
        _listed(clause, passages, reading)
        if _leads_a_list(clause)
        else ([Said(one, grant) for grant in _grants_in(clause)], 0)
    )
    target = reading.grants if kind == "grant" else reading.past
    target += [replace(said, lead=lead) for said in found]
    return count


def _listed(clause: str, passages: Sequence[Passage], reading: Outcome) -> tuple[list[Said], int]:
    """What the enumeration in a clause, or below it, grants, and how many passages it takes."""
    projects = bool(_PROJECTS.search(clause))
    inline = clause.partition(":")[2]
    if AMOUNT.search(inline):
        found = [Said(passages[0], entry_of(text, projects)) for text in entries(inline)]
        lines = []
    else:
        lines = list(_lines(passages[1:]))
        reading.refused += [(line, text) for line, text in lines if _refuses(text)]
        listed = [(line, text) for line, text in lines if text and not _refuses(text)]
        found = [Said(line, entry_of(text, projects)) for line, text in listed]
    if not found:
        what = f"uppräkningen av vilka som får bidrag kunde inte läsas, {quoted(clause, 120)},"
        found = [Said(passages[0], Grant(unclear=what))]
    return found, len(lines)


def _leads_a_list(clause: str) -> bool:
    before, _, inline = clause.partition(":")
    alone = AMOUNT.search(clause) and not AMOUNT.search(inline) and not FOLLOWING.search(before)
    return bool(FOLLOWING.search(clause)) and not alone and kind_of("", clause) == "grant"


def _lines(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """The lines of an enumeration; empty those that only part or sum up the others."""
    for one, after in zip_longest(passages, passages[1:]):
        text = without_sign(one.text)
        listed = one.item or text != clean(one.text) or AMOUNT.search(text)
        if _refuses(text):
            yield one, text
        elif kind_of("", text) != "other" or leads_on(text) or text[:4] in ("att ", "samt"):
            return
        elif _SUM.match(text):
            yield one, ""
        elif listed and len(text) <= 2 * SHORT:
            yield one, text
        elif len(text) <= SHORT and after and AMOUNT.search(after.text) and text[-1:] != ".":
            yield one, ""  # a heading within the enumeration
        else:
            return


def _refuses(text: str) -> bool:
    return kind_of("", text) == "rejection" and len([*clauses(text)]) == 1


def _is_entry(clause: str) -> bool:
    """Whether a clause without any verb looks like a line of an enumeration."""
    return bool(AMOUNT.search(clause)) and not entry_of(clause).unclear


def _grants_in(clause: str) -> list[Grant]:
    grant = grant_of(clause)
    if grant and grant.unclear and (shares := shares_of(clause)):
        return shares
    return [grant] if grant else []
