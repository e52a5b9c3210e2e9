"""Which matters does a document treat, and which part of each is the decision?

A matter is a paragraph of a protocol (*§ 47*), a heading with a decision below it, or all of a
document that is one decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from index.documents.columns.recognition import column_of
from index.documents.prose.clauses import AMOUNT, clauses, kind_of, without_sign
from index.documents.readers.table import Passage

Part = Literal["lead", "decision", "proposal", "description", "motivation", "aside", "other"]

_HEADINGS: tuple[tuple[Part, str], ...] = (
    (
        "proposal",
        r"(?:.*\b)?(?:\w*förslag(?:et)?(?: till .*)?|yrkanden?|reservation(?:er)?)(?: i ärendet)?",
    ),
    (
        "aside",
        r"protokollsanteckning(?:ar)?|(?:särskilt )?yttranden?|(?:proposition|beslutsgång"
        r"|omröstning|votering)\w*|(?:tidigare|ärende).*\b(?:beslut|behandling|gång|beredning)"
        r"|beredning(?:en)?|(?:besluts)?underlag|.*handlingar|bilag(?:a|or).*|sändlista|kopia.*"
        r"|(?:beslutet|protokollsutdrag)? ?(?:ska )?(?:skickas|expedieras|sänds|delges)\b.*"
        r"|expediering|.*överklag\w*|jäv|justering|ajournering|upplysningar"
        r"|(?:särskilda )?(?:villkor|bestämmelser).*",
    ),
    (
        "motivation",
        r"(?:besluts)?motiv(?:ering(?:ar)?|et)?(?: (?:till|för|av|i) .*)?|.*\bskäl(?:en|et)? "
        r"(?:för|till|i) .*|skäl(?:en)?|(?:.*s |samlad )?bedömning(?:en|ar)?"
        r"|(?:.*s )?(?:överväganden?|ställningstagande)",
    ),
    (
        "description",
        r"(?:ärende|projekt|sak)?beskrivning(?:en)?(?: av .*)?|bakgrund(?:en)?(?: (?:och|till) .*)?"
        r"|(?:kort )?sammanfattning(?:en)?(?: av .*)?|ärendet|redogörelse(?: för .*)?|ansökan"
        r"|om (?:projektet|insatsen|ansökan)|projekt(?:et)?s? (?:syfte|innehåll|mål)(?: och .*)?"
        r"|syfte(?:t)?(?: (?:och|med) .*)?",
    ),
    (
        "decision",
        r"(?:[\wÅÄÖåäö,-]+ ){0,5}?(?:[\wåäö]*s )?(?:delegations)?beslut(?:et)?"
        r"(?: i ärendet| enligt delegation)?",
    ),
)
_PARTS = [(part, re.compile(pattern, re.IGNORECASE)) for part, pattern in _HEADINGS]
_NO_DECISION = re.compile(r"\b(?:tidigare|förslag|till|av|om|mot|inför)\b", re.IGNORECASE)
_BODY_DECIDES = re.compile(
    r"[A-ZÅÄÖ][^.:;]{2,90}?\s+(?:har\s+)?beslut(?:ar|ade|at)\b"
    r"(?:\s+(?:därmed|enhälligt|följande|för egen del))*(?:\s+att)?\s*[:.]?"
)
_PARAGRAPH = re.compile(
    r"(?:(?:[A-ZÅÄÖ]\w{0,5}|Protokollsutdrag|Utdrag|[\w-]+(?:styrelsen|nämnden|utskottet))\s+)?"
    r"§\s?(?P<number>\d{1,4}(?:\.\d{1,2})?)(?:/\d{2,4})?(?!\s?[–-]\s?\d)(?!\d)\s*[.:–-]?\s*"
    r"(?P<rest>(?:[A-ZÅÄÖ\d”\"(].*)?)",
    re.DOTALL,
)
_CASE = re.compile(
    r"\b(?:dnr|diarienr|diarienummer|ärendenr|ärendenummer|ärende-?id|ärendebeteckning"
    r"|journalnummer|journalnr)\b\.?\s*:?\s*(?P<number>(?:[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}[ /])?"
    r"[A-Za-zÅÄÖåäö]*[/:.-]?\d[\w/:.-]*(?:\s\d{1,4}(?:[/-]\d+)?(?=$|[,;)]))?)",
    re.IGNORECASE,
)
_CASE_LABEL = re.compile(
    r"(?:dnr|diarienr|diarienummer|ärendenummer|ärendenr)\.?:?$", re.IGNORECASE
)
LABEL = re.compile(r"(?P<label>[^:]{2,40}?)\s*:\s+(?P<value>\S.*)")
SHORT = 150  # characters; a paragraph that is no longer may be a heading, a label or a list item
_NAMES = re.compile(r"(?:ansökan|projekt|ärende)(?:et)?\s*:", re.IGNORECASE)
_REASONS = re.compile(r"(?<=[.!?])\s+(?P<label>Motivering|Skäl)\s*:\s+")


@dataclass(frozen=True, slots=True)
class Matter:
    """``paragraph`` is its sign, *§ 47*; ``head`` its heading; ``passages`` what stands below, and
    beside the sign."""

    head: str
    paragraph: str | None
    passages: tuple[Passage, ...]

    @property
    def parts(self) -> Iterator[tuple[Part, str, Passage]]:
        """Each passage with the part that it belongs to, and the heading which opened that."""
        part: Part = "lead"
        label = ""
        for one in self.passages:
            if opening := opening_of(one):
                part, label, rest = opening
                if rest:
                    yield from _with_reasons(part, label, replace(one, text=rest, bold=0, level=0))
            elif one.level:
                part, label = ("other" if part != "lead" else "lead"), one.text
            elif one.text:
                yield from _with_reasons(part, label, one)


def without_margins(passages: Sequence[Passage]) -> list[Passage]:
    """Without what stands at the top or foot of three pages or more: name, date, page number."""
    places: dict[str, set[str]] = {}
    margins: set[int] = set()
    for at, one in enumerate(passages):
        near = [*passages[max(0, at - 4) : at], *passages[at + 1 : at + 5]]
        turn = len(near) < 8 or any(other.page != one.page for other in near)
        if one.page and turn and len(one.text) <= SHORT and _part_of(one.text) is None:
            places.setdefault(re.sub(r"\d+", "0", one.text), set()).add(one.page)
            margins.add(at)
    return [
        one
        for at, one in enumerate(passages)
        if at not in margins
        or one.page == passages[0].page
        or len(places[re.sub(r"\d+", "0", one.text)]) < 3
        or _PARAGRAPH.fullmatch(one.text)
    ]


def preamble(passages: Sequence[Passage]) -> Sequence[Passage] | None:
    """What stands before the first paragraph of a protocol, or its first line; None without any."""
    at = next((at for at, one in enumerate(passages) if _PARAGRAPH.fullmatch(one.text)), None)
    return passages[: max(at, 1)] if at is not None else None


def matters_of(passages: Sequence[Passage]) -> list[Matter]:
    """The paragraphs of a protocol; without any, its headings that each have a decision below."""
    if starts := [at for at, one in enumerate(passages) if _PARAGRAPH.fullmatch(one.text)]:
        return [_paragraph(part) for part in _cut(passages, starts)]
    for level in range(1, 7):
        starts = [at for at, one in enumerate(passages) if one.level == level]
        parts = [part for part in _cut(passages, starts) if not opening_of(part[0])]
        if len(deciding := [part for part in parts if any(map(opens_decision, part))]) > 1:
            return [Matter(part[0].text, None, tuple(part)) for part in deciding]
    return [Matter("", None, tuple(passages))]


def case_numbers(passages: Sequence[Passage]) -> set[str]:
    """What stands beside, or below, the label of a case number."""
    texts = [one.text for one in passages if len(one.text) <= SHORT]
    pairs = [f"{text} {below}" for text, below in pairwise(texts) if _CASE_LABEL.match(text)]
    found = (_CASE.search(text) for text in [*texts, *pairs])
    return {match["number"].rstrip(".,;:") for match in found if match}


def _cut(passages: Sequence[Passage], starts: list[int]) -> Iterable[Sequence[Passage]]:
    return (passages[start:end] for start, end in pairwise([*starts, len(passages)]))


def _paragraph(passages: Sequence[Passage]) -> Matter:
    match = _PARAGRAPH.fullmatch(passages[0].text)
    assert match is not None
    sign, text = f"§ {match['number']}", match["rest"].strip()
    if _states(text):
        return Matter("", sign, (replace(passages[0], text=text, level=0), *passages[1:]))
    head, case = _CASE.sub("", text).strip(" .,()–-"), _CASE.search(text)
    opening = replace(passages[0], text=case[0] if case else "", level=0)
    if not head and len(passages) > 1 and _is_head(passages[1]):
        return Matter(passages[1].text, sign, (opening, *passages[2:]))
    return Matter(head, sign, (opening, *passages[1:]))


def _states(text: str) -> bool:
    """Whether what stands beside the sign is no heading but the decision itself."""
    return any(
        kind_of(lead, clause) in ("grant", "past", "rejection") and AMOUNT.search(clause)
        for lead, clause in clauses(text)
        if re.search(r"\bbeslu|\bbeslöt", lead + clause)
    )


def _is_head(one: Passage) -> bool:
    known = opening_of(one) or _CASE.match(one.text)
    return len(one.text) <= SHORT and not known and not _states(one.text)


def _part_of(text: str) -> Part | None:
    """The part of a matter that a heading opens."""
    text = without_sign(text).strip(" :")
    if not 3 <= len(text) <= 80 or text.endswith((".", ",")):
        return None
    for part, pattern in _PARTS:
        if pattern.fullmatch(text) and not (part == "decision" and _NO_DECISION.search(text)):
            return part
    named = column_of(text)
    return named if named in ("description", "motivation") else None


def opening_of(one: Passage) -> tuple[Part, str, str] | None:
    """The part that a passage opens, its heading, and what follows in the same passage."""
    if part := _part_of(one.text):
        return part, one.text, ""
    if len(one.text) <= SHORT and _BODY_DECIDES.fullmatch(one.text):
        return "decision", one.text, one.text
    if one.bold and (part := _part_of(one.text[: one.bold])):
        return part, one.text[: one.bold], one.text[one.bold :].strip(" :")
    label = None if one.level or _NAMES.match(one.text) else LABEL.fullmatch(one.text)
    if label and (part := _part_of(label["label"])):
        return part, label["label"], label["value"]
    return None


def opens_decision(one: Passage) -> bool:
    """Whether a passage is the heading *Beslut*, or begins with it."""
    return (opening_of(one) or ("",))[0] == "decision"


def _with_reasons(part: Part, label: str, one: Passage) -> Iterator[tuple[Part, str, Passage]]:
    """A passage in two where its end says *Motivering: ...*."""
    reasons = _REASONS.search(one.text)
    if reasons is None:
        yield part, label, one
        return
    yield part, label, replace(one, text=one.text[: reasons.start("label")].strip())
    yield "motivation", reasons["label"], replace(one, text=one.text[reasons.end() :])
