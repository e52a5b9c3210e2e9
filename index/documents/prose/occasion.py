"""What does a document say of all its decisions: which meeting or decision, which day, by whom?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.dates import parse_date
from index.decision import Round
from index.documents.document import Document, mapped_round, round_of
from index.documents.prose.matters import (
    SHORT,
    Matter,
    case_numbers,
    opening_of,
    opens_decision,
    preamble,
)  # fmt: skip
from index.documents.readers.table import Passage
from index.problem import Problem

_DAY_LABEL = re.compile(
    r"\b(?:sammanträdes?-?(?:datum|dag)|sammanträde den|beslutsdatum|beslutsdag|mötesdatum"
    r"|datum för (?:sammanträdet|beslutet|mötet))\b\s*:?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_DAY = re.compile(
    r"(?P<several>\d{1,2}\s?(?:[–-]|och)\s?)?"
    rf"(?P<day>\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}} (?:{_MONTHS}) \d{{4}}\b)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:\w*protokoll\w*|(?:\w+s )?(?:delegations)?beslut)\b|.*\b(?:protokoll|beslut om)\b",
    re.IGNORECASE,
)
_TELLS_LITTLE = re.compile(r"\D*protokoll\D*|(?:delegations)?beslut", re.IGNORECASE)
_NEWS = re.compile(
    r"pressmeddelande\b|(?:presskontakt|kontakt för (?:media|press))\b"
    r"|.*\b(?:säger|kommenterar|berättar)\s+(?:[A-ZÅÄÖ]|\w+s?\s)",
    re.IGNORECASE,
)
_APPLICATION = re.compile(
    r"(?:ansökan|ansökningsblankett|intresseanmälan)\b(?!.*\bbeslut)", re.IGNORECASE
)
_ORGANISATION = re.compile(
    r"Region [A-ZÅÄÖ][\wåäö]+(?: [A-ZÅÄÖ][\wåäö]+)?(?: län)?|Västra Götalandsregionen"
    r"|(?:[A-ZÅÄÖ][\wåäö]+ ){1,2}(?:kommun|[Ss]tad)"
    r"|Länsstyrelsen(?: i)?(?: [A-ZÅÄÖ][\wåäö]+){1,2}(?: län)?"
    r"|Samordningsförbundet [A-ZÅÄÖ][\w ]{1,40}?|Leader [A-ZÅÄÖ][\w -]{1,40}?"
    r"|Tillväxtverket|Jordbruksverket|Kulturrådet|Svenska ESF-rådet|Sparbanksstiftelsen [A-ZÅÄÖ]\w+"
)
_LEADING = 15  # passages at the beginning that say what document it is


@dataclass(frozen=True, slots=True)
class Occasion:
    """The meeting, or the decision that the document is. ``letterhead`` are the organisations that
    are named at its beginning."""

    document: Document
    title: str
    letterhead: tuple[str, ...]
    decided: date | None

    def round(self, lead: str) -> Round:
        """The round that it is, of the organisation that decides: as named in the words that lead
        up to a decision, or as in the letterhead."""
        body = re.match(r"(?P<body>[A-ZÅÄÖ][^,.:;]*?)\s+(?:har\s+)?besluta", lead.strip())
        named = body["body"] if body and _ORGANISATION.fullmatch(body["body"]) else None
        one = self.letterhead[0] if len(self.letterhead) == 1 else None
        round_ = round_of(self.title, named or one, self.document.file)
        return mapped_round(round_, self.document.mapping)


def is_decision(passages: Sequence[Passage], matters: Sequence[Matter]) -> bool:
    """Whether a document is of those that decide, and no news, letter or application."""
    if any(matter.paragraph for matter in matters):
        return True
    leading = passages[:_LEADING]
    applied = any(one.level and _APPLICATION.match(one.text) for one in leading)
    if applied or any(_NEWS.match(one.text) for one in passages):
        return False
    titled = any(len(one.text) <= SHORT and _TITLE.match(one.text) for one in leading)
    return (titled and bool(case_numbers(passages))) or any(map(opens_decision, passages))


def occasion_of(
    passages: Sequence[Passage], document: Document
) -> tuple[Occasion, tuple[Problem, ...]]:
    """What the beginning of a document says, and what in it is not certain."""
    before = preamble(passages)
    leading = before or passages[:_LEADING]
    title = _title_of(leading)
    days = days_of(before or passages) or ({*_days_in(title)} if _TITLE.match(title) else set())
    decided = next(iter(days)) if len(days) == 1 else None
    problems: tuple[Problem, ...] = ()
    if days and decided is None:
        what = "dokumentet anger flera dagar för sammanträdet"
        problems = (Problem(document.file, None, what, "besluten är med utan datum"),)
    if decided and _TELLS_LITTLE.fullmatch(title):
        title = f"{title} {decided}"
    heads = [part.strip() for one in leading for part in re.split(r"[|,:]|\s[–-]\s", one.text)]
    letterhead = dict.fromkeys(head for head in heads if _ORGANISATION.fullmatch(head))
    return Occasion(document, title, tuple(letterhead), decided), problems


def _title_of(leading: Sequence[Passage]) -> str:
    """The heading that says *protokoll* or *beslut*, a line that does, or the first heading."""
    lines = [one for one in leading if len(one.text) <= 200]
    lines = [one for one in lines if (opening_of(one) or ("decision",))[0] == "decision"]
    named = [one for one in lines if _TITLE.match(one.text)]
    order = [*(one for one in named if one.level), *named, *(one for one in lines if one.level)]
    return order[0].text if order else ""


def days_of(passages: Sequence[Passage]) -> set[date | None]:
    """The days that stand beside *Sammanträdesdatum* and the like; None where it is not one."""
    days: set[date | None] = set()
    for at, one in enumerate(passages):
        if len(one.text) <= SHORT and (label := _DAY_LABEL.search(one.text)):
            days |= {*_days_in(label["rest"] or "".join(o.text for o in passages[at + 1 : at + 2]))}
    return days


def _days_in(text: str) -> Iterator[date | None]:
    for match in _DAY.finditer(text):
        try:
            yield None if match["several"] else parse_date(match["day"])
        except ValueError:
            yield None
