"""What does each clause of a sentence do: grant, refuse, propose, or only tell?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from index.documents.html import BULLETS, clean

Kind = Literal["grant", "rejection", "proposal", "past", "unsure", "other"]

_FIGURES = r"\d{1,3}(?:[ \u00a0\u202f\u2009.]\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d+)?"
_UNITS = (
    r"(?:t|m|mn)kr|[km]sek|(?:mn|milj\.?|miljon(?:er)?|tusen|miljard(?:er)?)(?:\s(?:kr|kronor))?"
    r"|kronor|kr|sek|:-|,-|euro|eur"
)
AMOUNT = re.compile(
    rf"(?<![\w/:.-])(?:(?:sek|eur|kr|€)\s?)?(?:{_FIGURES})\s?(?:{_UNITS})(?![a-zåäö])|"
    rf"(?<![\w/:.-])(?:sek|eur|€)\s?(?:{_FIGURES})(?![\w])",
    re.IGNORECASE,
)
"""An amount with its unit, so that no year or number is taken for one."""
GRANT_NOUN = (
    r"(?:[a-zåäö-]*(?:bidrag|stöd|finansiering|medel|stipendi(?:um|e)|anslag|check)(?:et|en|s|n)?)"
)
PROJECT = re.compile(
    r"\b(?:\w+-)?(?i:[a-zåäö]*projekt(?:et)?|projektansökan|[a-zåäö]*studien?|satsningen|insatsen"
    r"|arrangemanget|föreställningen|utställningen|festivalen|konserten|filmen|serien)"
    r"\s*[:,–-]?\s+(?=[A-ZÅÄÖ\d”\"“»«'’])"
)
"""*Projektet* and the like, where a name comes next."""
FOLLOWING = re.compile(r"\b(?:följande|nedanstående|enligt (?:nedan|fördelning)\w*)\b|:\s*$", re.I)
"""What is granted stands in a list that comes next."""

_VERB = re.compile(
    r"\b(?:(?P<strong>(?:bevilja|tilldela|medfinansiera)(?:r|s|de|des|t|ts)?)"
    r"|stödja|stödjer|stöder|stöds|bidrar? med|bifall(?:a|er|s)|(?:lämna|ge|utge|utbetala"
    r"|fördela|skänka)[rs]?|betala[rs]? ut)(?![\wåäö-])",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:avslå[rs]?|avslag|avvisa[rs]?|(?:inte|ej)\s+(?:att\s+)?(?:bevilja|tilldela|medfinansiera"
    r"|stödja)\w*|(?:bevilja|tilldela|medfinansiera)[rs]?\s+(?:inte|ej)|inget\s+(?:bidrag|stöd)"
    r"|återkalla\w*|upphäva?\w*|återkräva?\w*|utan bifall)\b"
    r"|(?<![\d,. \u00a0])\s0\s?(?:kr|kronor)\b",
    re.IGNORECASE,
)
_PROPOSES = re.compile(
    r"\b(?:föreslå\w*|yrka\w*|förorda\w*|rekommendera\w*|tillstyrk\w*|hemställ\w*|ansök(?:er|te|t"
    r"|a)|reservera\w*|anser|begär\w*|önskar)\b",
    re.IGNORECASE,
)
_ERRAND = re.compile(r"\b(?:i uppdrag|uppdra\w*|delegera\w*|bemyndiga\w*|rätt att)\b", re.I)
_DECIDES = re.compile(r"\bbeslut(?:ar|as|ade|ades|at|ats)?\b|\bbeslöts?\b", re.IGNORECASE)
_DECIDED = re.compile(r"\b(?:beslutade[st]?|(?<!\bvi har )beslutats?|beslöts?)\b", re.IGNORECASE)
_MAY_GRANT = re.compile(r"\b(?:utöka|höja|finansiera|anslå|avsätta|anvisa)r?\b", re.IGNORECASE)
_TOLD = re.compile(r"\b(?:som(?! (?:\w+ )?\w*(?:stöd|bidrag))|tidigare|redan)\b", re.IGNORECASE)
_OTHER_DAY = re.compile(
    r"\b(?:19|20)\d{2}\b|\btidigare\b|\bi fjol\b|\bförra\b|\bhar\b|\bhade\b", re.IGNORECASE
)
_ATT = re.compile(
    r"(?:^|[,;:]\s*|\b(?:och|samt|beslutar?|beslutade|beslutat|beslöts?|följande)\s+)"
    r"(?:(?:dels|och|samt)\s+)?att\s+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[a-zåäö0-9)”\"\u00a0])\.\s+(?=[A-ZÅÄÖ])")
_CONDITION = re.compile(
    r",?\s*\b(?:under förutsättning|förutsatt|med förbehåll|på villkor|villkora[sdt]+|med villkor)"
    r"\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_LEADS_ON = re.compile(r"(?:^|[,;\s]+)(?:samt|och)$")
_SIGN = re.compile(rf"^(?:\d{{1,2}}[.)]|[a-z]\)|[{BULLETS}*]|[-–—](?=\s))\s*")
_LONGEST = 2000  # characters; no clause of a decision is longer


def without_sign(text: str) -> str:
    """A text as it reads without the number or bullet that it begins with."""
    return _SIGN.sub("", clean(text))


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """Each thing that is decided in a paragraph, with the words that lead up to it: *Nämnden
    beslutar*, *bevilja ...*."""
    for sentence in _SENTENCE.split(text):
        starts = [*_ATT.finditer(sentence)]
        lead = sentence[: starts[0].end()] if starts else ""
        ends = [*(one.start() for one in starts[1:]), len(sentence)]
        for start, end in zip([one.end() for one in starts] or [0], ends, strict=True):
            if end - start <= _LONGEST:
                yield lead, _LEADS_ON.sub("", sentence[start:end].strip())


def kind_of(lead: str, clause: str) -> Kind:
    """What a clause does, given the words that lead up to it."""
    clause = unconditional(clause)
    verb, refused = verb_of(clause), _REFUSES.search(clause)
    amount, errand = AMOUNT.search(clause), _ERRAND.search(clause)
    if errand and not (amount and amount.start() < errand.start()):
        return "other"
    before = f"{lead} {clause[: verb.start()] if verb else clause}"
    decides = [match.end() for match in _DECIDES.finditer(before)]
    proposes = [match.end() for match in _PROPOSES.finditer(before)]
    if proposes and (not decides or proposes[-1] > decides[-1]):
        return "proposal" if verb or refused else "other"
    # What is refused after something was granted is the rest of it.
    if refused and (not verb or refused.start() <= verb.end() or refused.group().strip()[0] == "0"):
        return "rejection"
    named = bool(PROJECT.search(clause) or re.search(rf"\b{GRANT_NOUN}\b", clause, re.IGNORECASE))
    if verb is None:
        return "unsure" if amount and named and _MAY_GRANT.search(clause) else "other"
    if _TOLD.search(clause[: verb.start()]):
        return "other"
    form = (verb["strong"] or "").casefold()
    if form.endswith(("t", "ts")) and not _DECIDED.search(before):
        return "unsure" if amount else "other"
    told = form.endswith(("de", "des", "t", "ts"))
    if told or _DECIDED.search(before):
        return "past"
    if verb["strong"] or (named and (amount or FOLLOWING.search(clause))):
        return "grant"
    return "unsure" if amount else "other"


def verb_of(clause: str) -> re.Match[str] | None:
    """The verb that grants: *bevilja* before *bifalla*, where both stand there."""
    verbs = [*_VERB.finditer(clause)]
    return next((verb for verb in verbs if verb["strong"]), verbs[0] if verbs else None)


def unconditional(clause: str) -> str:
    """Without the condition at its end: what others must grant too is not granted here."""
    return _CONDITION.sub("", clause) or clause


def leads_on(clause: str) -> bool:
    """Whether what comes next is what somebody decides or proposes: *Utskottet föreslår*."""
    says = _DECIDES.search(clause) or _PROPOSES.search(clause)
    return bool(says) and not clause.endswith(".") and not _VERB.search(clause)


def is_of_another_day(lead: str, clause: str) -> bool:
    """Whether what is told in the past tense was decided on another day."""
    verb = verb_of(clause)
    return bool(_OTHER_DAY.search(f"{lead} {clause[: verb.start()] if verb else ''}"))
