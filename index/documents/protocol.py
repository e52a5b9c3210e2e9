"""Which decisions stand in the paragraphs of a protocol, or of a decision that is one document?

What is granted is read under the heading *Beslut*, or where somebody *beslutar* in as many words;
never in a proposal, a reservation, or what is told of another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from index.dates import parse_date
from index.decision import Block, Decision, Round, Source
from index.documents.document import Document, left_out, mapped_round, problem_at, round_of
from index.documents.extract import Extract
from index.documents.grants import (
    AMOUNT,
    FOLLOWING,
    Grant,
    clauses,
    entries,
    entry_of,
    grant_of,
    is_dated,
    is_name,
    kind_of,
    leads_on,
    shares_of,
    title_of,
)
from index.documents.html import BULLETS, clean
from index.documents.mapping import Column
from index.documents.readers.table import Passage
from index.documents.recognition import column_of
from index.documents.report import TableReport
from index.errors import ReadError
from index.problem import Problem, quoted
from index.slug import slug

Part = Literal["lead", "decision", "proposal", "description", "motivation", "aside", "other"]

_HEADINGS: tuple[tuple[Part, str], ...] = (
    (
        "proposal",
        r"(?:.*\b)?(?:\w*förslag(?:et)?(?: till beslut)?|yrkanden?|reservation(?:er)?"
        r"|skiljaktig mening)"
        r"(?: i ärendet)?",
    ),
    (
        "aside",
        r"protokollsanteckning(?:ar)?|(?:särskilt )?yttranden?|(?:proposition|beslutsgång"
        r"|omröstning|votering)\w*"
        r"|(?:tidigare|ärendets|ärendet).*\b(?:beslut|behandling|gång|beredning)"
        r"|beredning(?:en)?|(?:besluts)?underlag"
        r"|.*handlingar|bilag(?:a|or).*|(?:beslutet |protokollsutdrag )?(?:ska )?(?:skickas"
        r"|expedieras|sänds|delges|lämnas)\b.*"
        r"|sändlista|kopia(?: till)?|expediering|.*överklag\w*|jäv|justering|ajournering"
        r"|upplysningar"
        r"|villkor.*|(?:särskilda )?bestämmelser.*",
    ),
    (
        "motivation",
        r"(?:besluts)?motiv(?:ering(?:ar)?|et)?(?: (?:till|för|av|i) .*)?|.*\bskäl(?:en"
        r"|et)? (?:för|till|i) .*|skäl(?:en)?"
        r"|(?:.*s |samlad )?bedömning(?:en|ar)?|(?:.*s )?överväganden?|(?:.*s )?ställningstagande",
    ),
    (
        "description",
        r"(?:ärende|projekt|sak)?beskrivning(?:en)?(?: av .*)?"
        r"|(?:kort )?sammanfattning(?:en)?(?: av .*)?"
        r"|bakgrund(?:en)?(?: (?:och|till) .*)?|ärendet|redogörelse(?: för .*)?|om (?:projektet"
        r"|insatsen|ansökan)"
        r"|projektet(?:s innehåll)?|projektets? (?:syfte|innehåll|mål)(?: och .*)?"
        r"|syfte(?:t)?(?: (?:och|med) .*)?|ansökan",
    ),
    (
        "decision",
        r"(?:[\wÅÄÖåäö,-]+ ){0,5}?(?:[\wåäö-]*s )?(?:delegations)?beslut(?:et)?(?: i ärendet"
        r"| enligt delegation)?",
    ),
)
_PARTS = [(part, re.compile(pattern, re.IGNORECASE)) for part, pattern in _HEADINGS]
_NO_DECISION = re.compile(r"\b(?:tidigare|förslag|till|av|om|mot|inför)\b", re.IGNORECASE)
_BODY_DECIDES = re.compile(
    r"(?P<body>[A-ZÅÄÖ][^.:;]{2,90}?)\s+(?:har\s+)?beslut(?:ar|ade|at)\b(?:\s+(?:därmed"
    r"|enhälligt|följande|för egen del))*"
    r"(?:\s+att)?\s*[:.]?"
)
_PARAGRAPH = re.compile(
    r"(?:(?:[A-ZÅÄÖ]\w{0,5}|Protokollsutdrag|Utdrag|Dnr:? \S+(?: \S*\d\S*)?|[\w-]+styrelsen"
    r"|[\w-]+nämnden|[\w-]+utskottet)\s+)?"
    r"§\s?(?P<number>\d{1,4}(?:\.\d{1,2})?)(?:/\d{2,4})?(?!\s?[–-]\s?\d)(?!\d)\s*[.:–-]?\s*(?P<rest>(?:[A-ZÅÄÖ\d”\"(].*)?)",
    re.DOTALL,
)
_CASE = re.compile(
    r"\b(?:dnr|diarienr|diarienummer|diarie-nr|ärendenr|ärendenummer|ärende-?id"
    r"|ärendebeteckning|ärendets? nummer|journalnummer|journalnr)"
    r"\b\.?\s*:?\s*(?P<number>(?:[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}[ /])?[A-Za-zÅÄÖåäö]*[/:.-]?\d[\w/:.-]*"
    r"(?:\s\d{1,4}(?:[/-]\d+)?(?=$|[,;)]))?)",
    re.IGNORECASE,
)
_DAY_LABEL = re.compile(
    r"\b(?:sammanträdes?-?(?:datum|dag)|sammanträde den|beslutsdatum|beslutsdag|mötesdatum|"
    r"datum för (?:sammanträde|beslut|möte)t?(?:et)?)\b\s*:?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_DAY = re.compile(
    rf"(?P<several>\d{{1,2}}\s?(?:[–-]|och)\s?)?(?P<day>\b\d{{4}}-\d{{2}}-\d{{2}}\b"
    rf"|\b\d{{1,2}} (?:{_MONTHS}) \d{{4}}\b)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:\w*protokoll\w*|(?:\w+s )?(?:delegations)?beslut)\b|.*\b(?:protokoll|beslut om)\b",
    re.IGNORECASE,
)
_TELLS_LITTLE = re.compile(r"\D*protokoll\D*|(?:delegations)?beslut", re.IGNORECASE)
_NEWS = re.compile(
    r"pressmeddelande\b|(?:presskontakt|kontakt för (?:media|press)"
    r"|för mer information,? kontakta)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:säger|kommenterar|berättar)\s+(?:[A-ZÅÄÖ]|\w+s?\s)", re.IGNORECASE)
_APPLICATION = re.compile(
    r"(?:ansökan|ansökningsblankett|intresseanmälan)\b(?!.*\bbeslut)", re.IGNORECASE
)
_EXPLICIT = re.compile(r"\bbesluta(?:r|de)\b|\bbeslöts?\b|\bbeviljar\b", re.IGNORECASE)
_NAMES = re.compile(r"(?:ansökan|projekt|ärende)(?:et)?\s*:", re.IGNORECASE)
_REASONS = re.compile(
    r"(?<=[.!?])\s+(?P<label>Motivering|Skäl|Motivering till beslut(?:et)?)\s*:\s+"
)
_SIGN = re.compile(rf"^(?:\d{{1,2}}[.)]|[a-z]\)|[{BULLETS}*]|[-–—](?=\s))\s*")
_PROJECTS = re.compile(
    r"\b(?:följande|nedanstående)\s+(?:[a-zåäö]*projekt|insatser|ansökningar|satsningar)\b",
    re.IGNORECASE,
)
_BY_REFERENCE = re.compile(
    r"\b(?:enligt|i enlighet med|bifalla?|bifaller|anta(?:r)?)\b.*\bförslag(?:et)?\b", re.IGNORECASE
)
_ORGANISATION = re.compile(
    r"Region (?:[A-ZÅÄÖ][\wåäö]+)(?: [A-ZÅÄÖ][\wåäö]+)?(?: län)?|Västra Götalandsregionen"
    r"|(?:[A-ZÅÄÖ][\wåäö]+ ){1,2}(?:kommun|stad|Stad)"
    r"|Länsstyrelsen(?: i)?(?: [A-ZÅÄÖ][\wåäö]+){1,2}(?: län)?"
    r"|Samordningsförbundet(?: i)? [A-ZÅÄÖ][\w ]{1,40}?|Leader [A-ZÅÄÖ][\w -]{1,40}?"
    r"|Tillväxtverket|Jordbruksverket|Kulturrådet|Svenska ESF-rådet|Sparbanksstiftelsen [A-ZÅÄÖ]\w+"
)
_APPLIES = re.compile(
    r"(?P<owner>[A-ZÅÄÖ][^.,;:()]{2,80}?)\s+(?:\([^)]*\)\s+)?(?:ansöker|söker|har (?:ansökt"
    r"|sökt|inkommit|kommit in|lämnat in)|inkom\b)"
)
_APPLIED = re.compile(
    r"(?:[Aa]nsökan (?:\S+ )?från|[Pp]rojektägare (?:är|för projektet är)|[Pp]rojektet (?:drivs"
    r"|ägs) av|[Ss]ökande (?:är|organisation är))\s+"
    r"(?P<owner>[A-ZÅÄÖ][^.,;:()]{2,80}?)(?=\s+(?:om|för|till|som|med|i samarbete|avseende"
    r"|under|har)\b|[.,;:()]|$)"
)
_LABEL = re.compile(r"(?P<label>[^:]{2,40}?)\s*:\s+(?P<value>\S.*)")
_SHORT = 150  # characters; a paragraph that is no longer may be a heading, a label or a list item
_LONGEST = 2000  # characters; no clause of a decision is longer
_LEADING = 15  # passages at the beginning that say what document it is
_COLUMN: dict[Part, Column] = {
    "decision": "amount",
    "description": "description",
    "motivation": "motivation",
}


@dataclass(slots=True)
class _Matter:
    """One paragraph of a protocol (*§ 47*), or a document that is one decision. ``opening`` is what
    stands beside the sign."""

    head: str
    paragraph: str | None
    passages: list[Passage]
    opening: Passage | None = None


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What a document says of all its decisions."""

    document: Document
    title: str
    letterhead: tuple[str, ...]
    decided: date | None


@dataclass(slots=True)
class _Found:
    """What is read in a document."""

    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    labels: dict[Column, str] = field(default_factory=dict)
    proposals: int = 0


def read_protocol(passages: Sequence[Passage], document: Document) -> Extract | None:
    """The decisions in running text; None where it is of another kind. Raises `ReadError` where it
    only proposes."""
    passages = _without_margins(passages)
    matters = list(_matters(passages))
    if not _decides(passages, matters):
        if any(_proposes(matter) for matter in matters):
            raise _only_proposes()
        return None
    occasion, problems = _occasion_of(passages, document)
    found = _Found(problems=[*problems])
    for matter in matters:
        _read(matter, occasion, found)
    known = [one for one in found.problems if one not in problems]
    if not found.decisions and not known:
        if found.proposals:
            raise _only_proposes()
        return None
    rows = len(found.decisions) + sum(problem.left_out for problem in found.problems)
    order: tuple[Column, ...] = ("description", "motivation", "amount")
    columns = tuple((name, found.labels[name]) for name in order if name in found.labels)
    report = TableReport(None, rows, len(found.decisions), columns)
    return Extract(tuple(found.decisions), None, rows, tuple(found.problems), (report,))


def _only_proposes() -> ReadError:
    what = "dokumentet föreslår beslut men fattar inget"
    return ReadError(what, "hämta protokollet där beslutet fattas")


def _proposes(matter: _Matter) -> bool:
    """Whether what would be granted stands below *Förslag till beslut*."""
    return any(part == "proposal" and _any_grant(one) for part, _, one in _parted(matter.passages))


def _without_margins(passages: Sequence[Passage]) -> list[Passage]:
    """Without what stands at the top or foot of three pages or more: name, date, page number."""
    places: dict[str, set[str]] = {}
    margins: set[int] = set()
    for at, one in enumerate(passages):
        near = [*passages[max(0, at - 4) : at], *passages[at + 1 : at + 5]]
        turn = len(near) < 8 or any(other.page != one.page for other in near)
        if one.page and turn and len(one.text) <= _SHORT and _part_of(one.text) is None:
            places.setdefault(re.sub(r"\d+", "0", one.text), set()).add(one.page)
            margins.add(at)
    kept = []
    for at, one in enumerate(passages):
        pages = places.get(re.sub(r"\d+", "0", one.text), set())
        first = one.page == passages[0].page
        if at not in margins or len(pages) < 3 or first or _PARAGRAPH.fullmatch(one.text):
            kept.append(one)
    return kept


def _matters(passages: Sequence[Passage]) -> Iterator[_Matter]:
    """The paragraphs of a protocol; without any, its headings that each have a decision below."""
    starts = [at for at, one in enumerate(passages) if _PARAGRAPH.fullmatch(one.text)]
    if starts:
        for start, end in zip(starts, [*starts[1:], len(passages)], strict=True):
            match = _PARAGRAPH.fullmatch(passages[start].text)
            assert match is not None
            below = list(passages[start + 1 : end])
            opening = replace(passages[start], text=match["rest"].strip())
            head = _CASE.sub("", opening.text).strip(" .,()–-")
            if _states(opening.text):
                below, head = [opening, *below], ""
            elif not head and below and _is_head(below[0]):
                head = below.pop(0).text
            yield _Matter(head, f"§ {match['number']}", below, opening)
        return
    headings = [at for at, one in enumerate(passages) if one.level and not _opening(one)]
    chunks = [
        passages[start:end]
        for start, end in zip(headings, [*headings[1:], len(passages)], strict=False)
    ]
    deciding = [chunk for chunk in chunks if any(_opens(one, "decision") for one in chunk)]
    if len(deciding) < 2:
        yield _Matter("", None, list(passages))
        return
    matter: _Matter | None = None
    level = 0
    for chunk in chunks:
        if chunk in deciding:
            if matter:
                yield matter
            matter, level = _Matter(chunk[0].text, None, list(chunk)), chunk[0].level
        elif matter and chunk[0].level > level:
            matter.passages += chunk
    if matter:
        yield matter


def _states(text: str) -> bool:
    """Whether what stands beside the sign is no heading but the decision itself."""
    return any(
        kind_of(lead, clause) in ("grant", "past", "rejection") and AMOUNT.search(clause)
        for lead, clause in clauses(text)
        if re.search(r"\bbeslu|\bbeslöt", lead + clause)
    )


def _is_head(one: Passage) -> bool:
    return not (
        len(one.text) > _SHORT or _opening(one) or _CASE.match(one.text) or _states(one.text)
    )


def _decides(passages: Sequence[Passage], matters: Sequence[_Matter]) -> bool:
    """Whether a document is of those that decide, and no news, letter or application."""
    if any(matter.paragraph for matter in matters):
        return True
    leading = [one.text for one in passages[:_LEADING]]
    told = any(_NEWS.match(one.text) or _SAYS.search(one.text) for one in passages)
    applied = any(_APPLICATION.match(one.text) for one in passages[:_LEADING] if one.level)
    if told or applied:
        return False
    if any(_opens(one, "decision") for one in passages):
        return True
    titled = any(len(text) <= _SHORT and _TITLE.match(text) for text in leading)
    return titled and any(len(one.text) <= _SHORT and _CASE.search(one.text) for one in passages)


def _part_of(text: str) -> Part | None:
    """The part of a matter that a heading opens."""
    text = _SIGN.sub("", text).strip(" :")
    if not 3 <= len(text) <= 80 or text.endswith((".", ",")):
        return None
    named = column_of(text)
    for part, pattern in _PARTS:
        if pattern.fullmatch(text) and not (part == "decision" and _NO_DECISION.search(text)):
            return part
    return named if named in ("description", "motivation") else None


def _opening(one: Passage) -> tuple[Part, str, str] | None:
    """The part that a passage opens, its heading, and what follows in the same passage."""
    if part := _part_of(one.text):
        return part, one.text, ""
    if len(one.text) <= _SHORT and _BODY_DECIDES.fullmatch(one.text):
        return "decision", one.text, one.text
    if one.bold and (part := _part_of(one.text[: one.bold])):
        return part, one.text[: one.bold], one.text[one.bold :].strip(" :")
    label = _LABEL.fullmatch(one.text)
    if (
        label
        and not one.level
        and (part := _part_of(label["label"]))
        and not _NAMES.match(one.text)
    ):
        return part, label["label"], label["value"]
    return None


def _opens(one: Passage, part: Part) -> bool:
    opening = _opening(one)
    return opening is not None and opening[0] == part


def _occasion_of(
    passages: Sequence[Passage], document: Document
) -> tuple[_Occasion, list[Problem]]:
    """What the beginning of a document says, and what in it is not certain."""
    first = next((at for at, one in enumerate(passages) if _PARAGRAPH.fullmatch(one.text)), None)
    leading = passages[: max(first, 1)] if first else passages[:_LEADING]
    days = _days(leading if first else passages)
    titles = [
        one for one in leading if len(one.text) <= 200 and _part_of(one.text) in (None, "decision")
    ]
    named = [one for one in titles if _TITLE.match(one.text)]
    title = next(
        (
            one.text
            for one in (*(one for one in named if one.level), *named, *titles)
            if one.level or one in named
        ),
        "",
    )
    if not days:
        days = {day for one in [title] for day in _days_in(one)} if _TITLE.match(title) else set()
    problems = []
    if len(days) > 1 or None in days:
        what = "dokumentet anger flera dagar för sammanträdet"
        problems.append(Problem(document.file, None, what, "besluten är med utan datum"))
    decided = next(iter(days)) if len(days) == 1 else None
    if decided and _TELLS_LITTLE.fullmatch(title):
        title = f"{title} {decided}"
    heads = [part.strip() for one in leading for part in re.split(r"[|,:]|\s[–-]\s", one.text)]
    letterhead = tuple(dict.fromkeys(head for head in heads if _ORGANISATION.fullmatch(head)))
    return _Occasion(document, title, letterhead, decided), problems


def _days(passages: Sequence[Passage]) -> set[date | None]:
    """The days that stand beside *Sammanträdesdatum* and the like; None where it is not one."""
    days: set[date | None] = set()
    for at, one in enumerate(passages):
        if len(one.text) <= _SHORT and (label := _DAY_LABEL.search(one.text)):
            text = label["rest"] or next((below.text for below in passages[at + 1 : at + 2]), "")
            days |= _days_in(text)
    return days


def _days_in(text: str) -> set[date | None]:
    days: set[date | None] = set()
    for match in _DAY.finditer(text):
        try:
            days.add(None if match["several"] else parse_date(match["day"]))
        except ValueError:
            days.add(None)
    return days


def _read(matter: _Matter, occasion: _Occasion, found: _Found) -> None:
    """Adds what one matter decides."""
    parts = list(_parted(matter.passages))
    certain = any(part == "decision" for part, _, _ in parts)
    where = ("decision",) if certain else ("lead", "other")
    deciding = [one for part, _, one in parts if part in where]
    grants, refused, proposals, unread = _granted(deciding, certain, bool(matter.paragraph))
    found.proposals += proposals
    said = _Saying(matter, occasion, parts)
    for one, clause in refused:
        what = f"ansökan avslogs, {quoted(clause, 80)}, och är inget beslut om bidrag"
        found.problems.append(problem_at(said.source(one), what, "inget behöver göras"))
    for one, clause in unread:
        what = f"uppräkningen av vilka som får bidrag kunde inte läsas, {quoted(clause, 120)},"
        found.problems.append(left_out(said.source(one), what, "läs stycket i originalet"))
    proposed = [one for part, _, one in parts if part == "proposal"]
    if not grants and not unread:
        found.proposals += sum(bool(_any_grant(one)) for one in proposed)
        by_reference = [one for one in deciding if certain and _BY_REFERENCE.search(one.text)]
        told = [
            one for part, _, one in parts if part in ("description", "motivation") and not certain
        ]
        doubtful = by_reference[:1] if any(map(_any_grant, proposed)) else []
        doubtful += [one for one in told if _decides_here(one)][:1] if matter.paragraph else []
        for one in doubtful:
            what = f"beslutet står inte i ord under rubriken Beslut, {quoted(one.text, 80)},"
            found.problems.append(left_out(said.source(one), what, "läs stycket i originalet"))
    alone = sum(not grant.unclear for _, grant, _ in grants) == 1
    for one, grant, lead in grants:
        _decide(said, one, grant, lead, alone, found)
    if grants:
        for part, label, _ in parts:
            if part in _COLUMN and label:
                found.labels.setdefault(_COLUMN[part], label)
        found.labels["amount"] = f"{'§ … ' if matter.paragraph else ''}beslutar att bevilja"


def _parted(passages: Iterable[Passage]) -> Iterator[tuple[Part, str, Passage]]:
    """Each passage below the heading that it stands under, with the part that this opens."""
    part: Part = "lead"
    label = ""
    for one in passages:
        opening = _opening(one)
        if opening:
            part, label, rest = opening
            if rest:
                yield from _with_reasons(part, label, replace(one, text=rest, bold=0, level=0))
        elif one.level:
            part, label = ("other" if part != "lead" else "lead"), one.text
        elif one.text:
            yield from _with_reasons(part, label, one)


def _with_reasons(part: Part, label: str, one: Passage) -> Iterator[tuple[Part, str, Passage]]:
    """A passage in two where its end says *Motivering: ...*."""
    reasons = _REASONS.search(one.text)
    if reasons is None:
        yield part, label, one
        return
    yield part, label, replace(one, text=one.text[: reasons.start("label")].strip())
    yield "motivation", reasons["label"], replace(one, text=one.text[reasons.end() :])


_Clause = tuple[Passage, str]


def _granted(
    passages: Sequence[Passage], certain: bool, numbered: bool
) -> tuple[list[tuple[Passage, Grant, str]], list[_Clause], int, list[_Clause]]:
    """What is granted in passages, with the words that lead up to it; what is refused; how much is
    only proposed; and what could not be told apart. `certain`: they stand under *Beslut*."""
    grants: list[tuple[Passage, Grant, str]] = []
    past: list[tuple[Passage, Grant, str]] = []
    refused: list[_Clause] = []
    unread: list[_Clause] = []
    unsure: list[_Clause] = []
    proposals, carried, taken = 0, "", 0
    for at, one in enumerate(passages):
        if at < taken:
            continue
        text = _SIGN.sub("", clean(one.text))
        for said, clause in clauses(text):
            if len(clause) > _LONGEST:
                continue
            lead = said if len(said.split()) > 1 else f"{carried} {said}"
            if len(said.split()) > 1:
                carried = said
            elif not said and leads_on(clause):
                carried = clause
                continue
            kind = kind_of(lead, clause)
            explicit = certain or _EXPLICIT.search(f"{lead} {clause}")
            if not explicit:
                continue
            if kind == "proposal":
                proposals += 1
                carried = lead
            elif kind == "unsure":
                unsure.append((one, clause))
            elif kind == "rejection":
                refused.append((one, clause))
            elif kind == "grant" or (
                kind == "past" and (certain or numbered) and not is_dated(lead, clause)
            ):
                several, taken = _several(clause, passages, at)
                if several is None:
                    several = [(one, grant) for grant in _grants_in(clause)]
                elif not several:
                    unread.append((one, clause))
                target = grants if kind == "grant" else past
                target += [(where, grant, lead) for where, grant in several]
    # What is granted in one sentence is often taken from some appropriation in the next.
    sums = [one.text for one, grant, _ in grants if not grant.unclear]
    doubtful = [
        (one, Grant(unclear=f"det är inte säkert att {quoted(clause, 120)} är ett bidrag"), "")
        for one, clause in unsure
        if not any(amount.group() in text for amount in AMOUNT.finditer(clause) for text in sums)
    ]
    return [*(grants or past), *doubtful], refused, proposals, unread


def _several(
    clause: str, passages: Sequence[Passage], at: int
) -> tuple[list[tuple[Passage, Grant]] | None, int]:
    """What an enumeration in a clause, or below it, grants, and where that ends; None where there
    is none."""
    one = passages[at]
    before, colon, inline = clause.partition(":")
    if not FOLLOWING.search(clause) or not _may_grant(clause):
        return None, 0
    projects = bool(_PROJECTS.search(clause))
    if colon and AMOUNT.search(inline):
        return [(one, entry_of(text, projects)) for text in entries(inline)], at + 1
    if AMOUNT.search(clause) and not FOLLOWING.search(before):
        return None, 0
    found: list[tuple[Passage, Grant]] = []
    end = at + 1
    for below in passages[at + 1 :]:
        text = _SIGN.sub("", clean(below.text))
        listed = below.item or text != clean(below.text)
        amount = AMOUNT.search(text)
        if kind_of("", text) != "other" or re.match(
            r"(?:att|samt|summa|totalt)\b", text, re.IGNORECASE
        ):
            break
        if not (listed or amount) or len(text) > 300:
            break
        found.append((below, entry_of(text, projects)))
        end += 1
    return found, end


def _grants_in(clause: str) -> list[Grant]:
    grant = grant_of(clause)
    if grant and grant.unclear and (shares := shares_of(clause)):
        return shares
    return [grant] if grant else []


def _may_grant(clause: str) -> bool:
    """Whether a clause that lists others grants anything: permits are listed too."""
    return kind_of("", clause) == "grant"


def _any_grant(one: Passage) -> bool:
    """Whether a passage grants something, whoever says so."""
    return any(
        kind_of("", clause) == "grant" and grant_of(clause)
        for _, clause in clauses(_SIGN.sub("", clean(one.text)))
    )


def _decides_here(one: Passage) -> bool:
    return any(
        re.search(r"\bbeslutar\b", lead) and kind_of(lead, clause) == "grant" and grant_of(clause)
        for lead, clause in clauses(clean(one.text))
    )


@dataclass(frozen=True)
class _Saying:
    """A matter with its parts, and what it says of every decision in it."""

    matter: _Matter
    occasion: _Occasion
    parts: list[tuple[Part, str, Passage]]

    def source(self, one: Passage) -> Source:
        return self.occasion.document.source(one.number, one.page or self.matter.paragraph)

    @cached_property
    def description(self) -> tuple[Block, ...]:
        """What it is about: under its own heading, or before anything is decided."""
        described = self._blocks("description")
        if described or not self.matter.paragraph:
            return described
        lead = self._blocks("lead")
        return tuple(one for one in lead if len(one.text) > 60 and not _EXPLICIT.search(one.text))

    @cached_property
    def motivation(self) -> tuple[Block, ...]:
        """Why it is decided so."""
        return self._blocks("motivation")

    def _blocks(self, part: Part) -> tuple[Block, ...]:
        found = []
        for one in (one for which, _, one in self.parts if which == part):
            text = clean(one.text)
            bare = _SIGN.sub("", text) if re.match(rf"[{BULLETS}*–—-]", text) else text
            if bare:
                listed = one.item or bare != text
                found.append(Block("item" if listed else "paragraph", bare))
        return tuple(found)

    @cached_property
    def case_number(self) -> str | None:
        """The only one that stands beside its label in the matter, or in its heading."""
        passages = [*filter(None, [self.matter.opening]), *self.matter.passages]
        found: list[str] = []
        for at, one in enumerate(passages):
            text = one.text
            if re.fullmatch(
                r"(?:dnr|diarienr|diarienummer|ärendenummer|ärendenr)\.?:?", text, re.IGNORECASE
            ):
                text = f"{text} {passages[at + 1].text if at + 1 < len(passages) else ''}"
            if len(text) <= _SHORT and (match := _CASE.search(text)):
                found.append(match["number"].rstrip(".,;:"))
        return found[0] if found and len(set(found)) == 1 else None

    @cached_property
    def decided(self) -> date | None:
        """The day of the matter's own, or of the meeting."""
        days = _days(self.matter.passages) if self.matter.paragraph else set()
        return next(iter(days)) if len(days) == 1 else self.occasion.decided

    def _labelled(self, column: Column) -> str:
        """What stands beside the label of a column, where it is one thing."""
        found = {
            match["value"].strip(" .")
            for one in self.matter.passages
            if (match := _LABEL.fullmatch(one.text)) and column_of(match["label"]) == column
        }
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def owner(self) -> str:
        """Who is said to have applied, or to own the project, where it is one."""
        if labelled := self._labelled("owner"):
            return labelled
        texts = [self.matter.head, *(one.text for _, _, one in self.parts)]
        found = {
            re.sub(r"\s*\([^)]*\)", "", match["owner"]).strip()
            for text in texts
            for pattern in (_APPLIES, _APPLIED)
            for match in pattern.finditer(text)
        }
        named = {owner for owner in found if is_name(owner)}
        return named.pop() if len(named) == 1 else ""

    @cached_property
    def title(self) -> str:
        """The name of the project in a label or in the heading, or what the heading says."""
        head = self.matter.head
        named = self._labelled("title") or title_of(head) or title_of(self.occasion.title)
        return named or (head if self.matter.paragraph else "")


def _decide(
    said: _Saying, one: Passage, grant: Grant, lead: str, alone: bool, found: _Found
) -> None:
    """Adds the decision that a grant is, or why it is none."""
    source = said.source(one)
    if grant.unclear:
        found.problems.append(left_out(source, grant.unclear, "läs stycket i originalet"))
        return
    owner = grant.owner or (said.owner if alone else "")
    title = _same_title(grant.title, title_of(said.matter.head)) or said.title
    if not owner and not (grant.title or (alone and title)):
        fault = f"beslutet säger inte vem som får pengarna, {quoted(one.text, 80)},"
        found.problems.append(left_out(source, fault, "läs stycket i originalet"))
        return
    document = said.occasion.document
    round_ = mapped_round(_round(said.occasion, lead), document.mapping)
    if not owner:
        what = f"projektägare saknas för {quoted(title, 80)}"
        found.problems.append(problem_at(source, what, "beslutet är med; läs stycket i originalet"))
    if grant.doubt:
        remedy = "beslutet är med utan belopp; läs stycket i originalet"
        found.problems.append(problem_at(source, grant.doubt, remedy))
    found.decisions.append(
        Decision(
            id=f"{slug(round_.name)}/{slug(title or owner)}",
            owner=owner,
            title=title,
            description=said.description,
            motivation=said.motivation,
            amount=grant.amount,
            currency=grant.currency,
            round=round_,
            source=source,
            case_number=said.case_number,
            decision_date=said.decided,
        )
    )


def _same_title(clause: str, heading: str) -> str:
    """The name in a clause; that in the heading where the one begins with the other, since it is
    plain where a heading ends."""
    both = clause.casefold(), heading.casefold()
    if heading and clause and (both[0].startswith(both[1]) or both[1].startswith(both[0])):
        return heading
    return clause


def _round(occasion: _Occasion, lead: str) -> Round:
    """The meeting or the decision, and the organisation that decides: as named itself, or as in the
    letterhead."""
    body = re.match(r"(?P<body>[A-ZÅÄÖ][^,.:;]*?)\s+(?:har\s+)?besluta", lead.strip())
    named = body["body"] if body and _ORGANISATION.fullmatch(body["body"]) else None
    one = occasion.letterhead[0] if len(occasion.letterhead) == 1 else None
    return round_of(occasion.title, named or one, occasion.document.file)
