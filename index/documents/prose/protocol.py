"""Which decisions stand in the paragraphs of a protocol, or of a decision that is one document?

What is granted is read under the heading *Beslut*, or where somebody *beslutar* in as many words;
never in a proposal, a reservation, or what is told of another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import get_args

from index.decision import Block, Decision, Source
from index.documents.columns.mapping import Column
from index.documents.columns.recognition import column_of
from index.documents.document import Document, left_out, problem_at
from index.documents.html import BULLETS, clean
from index.documents.lists.extract import Extract
from index.documents.prose.clauses import GRANT_NOUN, clauses, kind_of, without_sign
from index.documents.prose.granted import Said, read_granted
from index.documents.prose.grants import grant_of, title_of
from index.documents.prose.matters import (
    LABEL,
    Matter,
    Part,
    case_numbers,
    matters_of,
    without_margins,
)  # fmt: skip
from index.documents.prose.occasion import Occasion, days_of, is_decision, occasion_of
from index.documents.prose.owners import is_name
from index.documents.readers.table import Passage
from index.documents.report import TableReport
from index.errors import ReadError
from index.problem import PASSAGE, Problem, quoted
from index.slug import slug

_BY_REFERENCE = re.compile(
    r"\b(?:enligt|i enlighet med|bifaller|antar?)\b.*\bförslag(?:et)?\b", re.IGNORECASE
)
_OWNER = re.compile(
    r"(?P<applies>[A-ZÅÄÖ][^.,;:()]{2,80}?)\s+(?:\([^)]*\)\s+)?(?:ansöker|söker|inkom\b|har"
    r" (?:ansökt|sökt|inkommit|kommit in|lämnat in))"
    r"|(?:[Aa]nsökan (?:\S+ )?från|[A-ZÅÄÖa-zåäö]+ägare (?:är|för \w+ är)|[Pp]rojektet (?:drivs"
    r"|ägs) av|[Ss]ökande (?:är|organisation är))\s+(?P<owns>[A-ZÅÄÖ][^.,;:()]{2,80}?)"
    r"(?=\s+(?:om|för|till|som|med|i samarbete|avseende|under|har)\b|[.,;:()]|$)"
)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_BULLET = re.compile(rf"^[{BULLETS}*–—-]\s*")
_IN_TEXT = "löptexten"
_REMEDY = "läs stycket i originalet"
_COLUMNS: dict[Part, Column] = {"description": "description", "motivation": "motivation"}


def read_protocol(passages: Sequence[Passage], document: Document) -> Extract | None:
    """The decisions in running text; None where it is of another kind. Raises `ReadError` where it
    only proposes."""
    passages = without_margins(passages)
    matters = matters_of(passages)
    if not is_decision(passages, matters):
        if any(part == "proposal" and _grants(one) for m in matters for part, _, one in m.parts):
            raise _only_proposes()
        return None
    occasion, doubts = occasion_of(passages, document)
    read = [_MatterReader(matter, occasion) for matter in matters]
    decisions = tuple(decision for one in read for decision in one.decisions)
    problems = tuple(problem for one in read for problem in one.problems)
    if not decisions and not problems:
        if any(one.proposes for one in read):
            raise _only_proposes()
        return None
    rows = len(decisions) + sum(problem.left_out for problem in problems)
    labels = {column: label for one in reversed(read) for column, label in one.labels.items()}
    columns = tuple(
        (column, labels.get(column, _IN_TEXT))
        for column in get_args(Column)
        if column != "currency" and any(getattr(one, column, None) for one in decisions)
    )
    report = TableReport(None, rows, len(decisions), columns)
    return Extract(decisions, None, rows, (*doubts, *problems), (report,))


def _only_proposes() -> ReadError:
    what = "dokumentet föreslår beslut men fattar inget"
    return ReadError(what, "hämta protokollet där beslutet fattas")


def _grants(one: Passage, lead: str = "") -> bool:
    """Whether a passage grants something, whoever says so; after a `lead` only where that stands in
    front of it."""
    return any(
        lead in said and kind_of(said if lead else "", clause) == "grant" and grant_of(clause)
        for said, clause in clauses(without_sign(one.text))
    )


class _MatterReader:
    """Reads one matter: its ``decisions``, and the ``problems`` in it."""

    def __init__(self, matter: Matter, occasion: Occasion) -> None:
        self.matter = matter
        self.occasion = occasion
        self.parts = list(matter.parts)
        self.decisions: list[Decision] = []
        self.problems: list[Problem] = []
        certain = bool(self._passages("decision"))
        deciding = self._passages("decision") if certain else self._passages("lead", "other")
        reading = read_granted(deciding, certain, bool(matter.paragraph))
        proposed = any(map(_grants, self._passages("proposal")))
        self.proposes = bool(reading.proposals or proposed)
        for one, clause in reading.refused:
            what = f"ansökan avslogs, {quoted(clause, 80)}, och är inget beslut om bidrag"
            self.problems.append(problem_at(self._source(one), what, "inget behöver göras"))
        granted = reading.granted
        others = [clause for _, clause in reading.refused if "övrig" not in clause]
        alone = not others and sum(not said.grant.unclear for said in granted) == 1
        for said in granted:
            self._decide(said, alone)
        if not granted:
            self._doubt(deciding, certain, proposed)

    @property
    def labels(self) -> dict[Column, str]:
        """What each column was read from, where there are decisions."""
        if not self.decisions:
            return {}
        above = {_COLUMNS[part]: label for part, label, _ in self.parts if part in _COLUMNS}
        sign = "§ … " if self.matter.paragraph else ""
        return {**above, "amount": f"{sign}beslutar att bevilja"}

    def _doubt(self, deciding: Sequence[Passage], certain: bool, proposed: bool) -> None:
        """Says where a decision may stand that is not in words under *Beslut*."""
        may_grant = proposed or re.search(GRANT_NOUN, self.matter.head, re.IGNORECASE)
        by_reference = [one for one in deciding if certain and _BY_REFERENCE.search(one.text)]
        elsewhere = [] if certain else self._passages("description", "motivation")
        doubtful = by_reference[:1] if may_grant else []
        doubtful += [one for one in elsewhere if self.matter.paragraph and _grants(one, "beslutar")]
        for one in doubtful:
            what = f"beslutet står inte i ord under rubriken Beslut, {quoted(one.text, 80)},"
            self.problems.append(left_out(self._source(one), what, _REMEDY))

    def _decide(self, said: Said, alone: bool) -> None:
        """Adds the decision that something granted is, or why it is none. `alone`: it is the only
        one of the matter."""
        grant, source = said.grant, self._source(said.passage)
        owner = grant.owner or (self._owner if alone else "")
        title = _same_title(grant.title, title_of(self.matter.head)) or self._project
        fault = grant.unclear
        if not fault and not owner and not (grant.title or (alone and title)):
            quote = quoted(said.passage.text, 80)
            fault = f"beslutet säger inte vem som får pengarna, {quote},"
        if fault:
            self.problems.append(left_out(source, fault, _REMEDY))
            return
        title = title or (self.matter.head if self.matter.paragraph else "")
        if not owner:
            what = f"projektägare saknas för {quoted(title, 80)}"
            self.problems.append(problem_at(source, what, f"beslutet är med; {_REMEDY}"))
        if grant.doubt:
            remedy = f"beslutet är med utan belopp; {_REMEDY}"
            self.problems.append(problem_at(source, grant.doubt, remedy))
        round_ = self.occasion.round(said.lead)
        decision = Decision(
            id=f"{slug(round_.name)}/{slug(title or owner)}",
            owner=owner,
            title=title,
            description=self._description,
            motivation=self._blocks("motivation"),
            amount=grant.amount,
            currency=grant.currency,
            round=round_,
            source=source,
            case_number=self._case_number,
            decision_date=self._decided,
        )
        self.decisions.append(decision)

    def _source(self, one: Passage) -> Source:
        where = one.page or self.matter.paragraph or "löptext"
        return self.occasion.document.source(one.number, f"{where}{PASSAGE}")

    def _passages(self, *parts: Part) -> list[Passage]:
        return [one for part, _, one in self.parts if part in parts]

    def _blocks(self, part: Part) -> tuple[Block, ...]:
        return tuple(
            Block("item" if one.item or _BULLET.match(one.text) else "paragraph", text)
            for one in self._passages(part)
            if (text := clean(_BULLET.sub("", one.text)))
        )

    @cached_property
    def _description(self) -> tuple[Block, ...]:
        """What it is about: under its own heading, or before anything is decided."""
        described = self._blocks("description")
        if described or not self.matter.paragraph:
            return described
        lead = self._blocks("lead")
        return tuple(one for one in lead if len(one.text) > 60 and "beslut" not in one.text)

    @cached_property
    def _case_number(self) -> str | None:
        """The only one that is stated in the matter, or beside its sign."""
        numbers = case_numbers(self.matter.passages)
        return numbers.pop() if len(numbers) == 1 else None

    @cached_property
    def _decided(self) -> date | None:
        """The day of the matter's own, or of the meeting."""
        days = days_of(self.matter.passages) if self.matter.paragraph else set()
        return next(iter(days)) if len(days) == 1 else self.occasion.decided

    def _labelled(self, column: Column) -> str:
        """What stands beside the label of a column, where it is one thing."""
        labels = filter(None, (LABEL.fullmatch(one.text) for one in self.matter.passages))
        found = {one["value"].strip(" .") for one in labels if column_of(one["label"]) == column}
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def _owner(self) -> str:
        """Who is said to have applied, or to own the project, where it is one: in a label, in the
        heading, or in the text."""
        texts = (one.text for _, _, one in self.parts)
        found = _owners_in([self.matter.head]) or _owners_in(texts)
        return self._labelled("owner") or (found.pop() if len(found) == 1 else "")

    @cached_property
    def _project(self) -> str:
        """The name of the project in a label, or in the heading of the matter or the document."""
        head, title = self.matter.head, self.occasion.title
        return self._labelled("title") or title_of(head) or title_of(title)


def _owners_in(texts: Iterable[str]) -> set[str]:
    stated = (match for text in texts for match in _OWNER.finditer(text))
    found = {_BRACKETS.sub("", match["applies"] or match["owns"]).strip() for match in stated}
    return {owner for owner in found if is_name(owner)}


def _same_title(clause: str, heading: str) -> str:
    """The name in a clause; that in the heading where the one begins with the other, since it is
    plain where a heading ends."""
    one, other = clause.casefold(), heading.casefold()
    same = one and other and (one.startswith(other) or other.startswith(one))
    return heading if same else clause
