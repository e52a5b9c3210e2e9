"""Which labels has a document, and what stands beside or below each? *Projektägare: …* as a list.

A section of such lines holds one decision after the other. Turned around they are rows below a
header, and are read as any list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby, takewhile

from index.documents.columns.header import NAMED
from index.documents.columns.mapping import Column
from index.documents.columns.recognition import column_of as column_named
from index.documents.columns.recognition import is_weak
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.readers.table import Passage, Row, Table
from index.documents.status import Statuses
from index.errors import ReadError

LABEL = re.compile(r"(?P<label>[^:]{2,60}?)\s*:(?:\s+|$)(?P<value>.*)", re.DOTALL)
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[a-z]\))\s+")
_BEYOND = re.compile(r"\s*[(,].*$")
_NEXT_LABEL = re.compile(r"\s+(?=[A-ZÅÄÖ][a-zåäö]+(?: [a-zåäö]+){0,2}:\s)")
_OUTCOME = re.compile(r"(?:beslut|utfall|status|beslutsstatus|beslutstyp)", re.IGNORECASE)
_APPLICATION = re.compile(
    r"(?:ansökan|ansökning\w*|intresseanmälan|projektansökan)\b(?!.*\bbeslut)", re.IGNORECASE
)
_GRANTED = re.compile(r"bevilja|beslut|tilldela", re.IGNORECASE)
_NO_NAME = re.compile(
    r"(?:beslut|protokoll|ansökan|uppgifter|information|om |projektuppgifter|bilaga|sida\b|grund)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^(?:§\s*|projekt\s*(?:nr\s*)?|ärende\s*)?\d+\w*\s*[.:)–-]*\s+", re.I)
_DATUM = 80  # characters; what is said beside a label that is not known is no running text
_LEADING = 5  # passages that may say what document it is
_TEXTS: tuple[Column, ...] = ("description", "motivation")


@dataclass(slots=True)
class _Record:
    """One decision: what stands beside each label, and where it begins. ``above`` are the headings
    that it stands below, the nearest one last."""

    number: int
    place: str | None
    above: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> set[Column]:
        """The columns that its labels name."""
        return {column for label in self.fields if (column := column_of(label))}

    def add(self, label: str, text: str, item: bool = False) -> None:
        """Adds a paragraph or list item to what stands beside a label."""
        tag, label = "li" if item else "p", label.strip(" :*")
        known = next((one for one in self.fields if one.casefold() == label.casefold()), label)
        text = f"<{tag}>{escape(text, quote=False)}</{tag}>"
        self.fields[known] = self.fields.get(known, "") + text

    def has(self, label: str) -> bool:
        """Whether something stands beside a label."""
        return label.strip(" :*").casefold() in map(str.casefold, self.fields)


def column_of(label: str) -> Column | None:
    """The column that a label names, whatever its number, and unit in brackets."""
    label = _NUMBER.sub("", label[:200])
    column = column_named(label) or column_named(_BEYOND.sub("", label))
    return None if column == "status" else column  # *Beslut* is a heading more often than a label


def read_labels(
    passages: Sequence[Passage], document: Document, headings: Sequence[str] = ()
) -> Extract | None:
    """The decisions in sections of labels and values; None where there are none: where none states
    what was granted. `headings` stand above."""
    headings = headings or [one.text for one in passages if one.level and not _stated(one, False)]
    headings = headings or [one.text for one in passages[:1] if not _stated(one, False)]
    records = _whole(_sections(passages))
    named = [record for record in records if record.columns.intersection(NAMED)]
    granted = [label for one in named for label in one.fields if column_of(label) == "amount"]
    above = [*headings, *(one.text for one in passages[:_LEADING])]
    told = [*above, *(label for one in records for label in one.fields)]
    applied = any(map(_APPLICATION.match, above)) and not any(map(_GRANTED.search, granted))
    if not granted or applied or not any(map(_GRANTED.search, told)):
        return None
    _share(records, named)
    _name(named)
    try:
        return extract(_lists(named, headings, document), document)
    except ReadError:
        return None


def _sections(passages: Iterable[Passage]) -> Iterator[_Record]:
    """The decisions of running text; a label that comes again begins the next, and so does a
    heading, unless it is within the section that it stands in."""
    record = _Record(1, None)
    outline: list[tuple[int, str]] = []
    label, level = "", 0
    for one in (part for passage in passages for part in _parts(passage)):
        stated = _stated(one, bool(record.fields))
        if stated is None:
            if one.level:
                within = record.columns.intersection(NAMED) and one.level > level > 0
                if record.fields and not within:
                    yield record
                    record = _Record(one.number, one.page)
                outline = [(above, text) for above, text in outline if above < one.level]
                outline.append((one.level, one.text))
                label = ""
            elif label and (column_of(label) in _TEXTS or not record.has(label)):
                record.add(label, one.text, one.item)
            continue
        label, value = stated
        if column_of(label) and record.has(label):
            yield record
            record = _Record(one.number, one.page)
            outline = [] if level else outline
        if not record.fields:
            record.number, record.place = one.number, one.page
            level = outline[-1][0] if outline else 0
            record.above = tuple(text for _, text in outline)
        if value:
            record.add(label, value, one.item)
    if record.fields:
        yield record


def _parts(one: Passage) -> list[Passage]:
    """A passage as it stands; a bold line as a heading, and a line of several labels in as many."""
    match = LABEL.fullmatch(one.text)
    column = column_of(match["label"]) if match else None
    if column and column not in _TEXTS:
        texts = _NEXT_LABEL.split(one.text)
        return [
            replace(one, text=text, bold=0 if at else one.bold) for at, text in enumerate(texts)
        ]
    bold = not one.level and not one.item and one.bold >= len(one.text) and not column
    return [replace(one, level=6) if bold and not column_of(one.text) else one]


def _stated(one: Passage, inside: bool) -> tuple[str, str] | None:
    """The label that a passage is or begins with, and what follows in it. `inside`: other labels
    stand above it, so that a short line is one too."""
    match = LABEL.fullmatch(one.text)
    if match and column_of(match["label"]):
        return match["label"], match["value"]
    bold = one.text[: one.bold].strip()
    if bold != one.text and (column_of(bold) or _OUTCOME.fullmatch(bold)):
        return bold, one.text[one.bold :].strip(" :")
    if column := column_of(one.text):
        set_off = one.level or one.bold >= len(one.text) or one.text.endswith(":")
        weak = is_weak(_NUMBER.sub("", one.text))
        alone = not one.item and (not weak or (inside and column in _TEXTS))
        return (one.text, "") if set_off or alone else None
    if inside and not one.level and not one.item and (begun := _begun(one.text)):
        return begun
    if match and not one.level and one.text[:1].isupper():
        short = len(match["value"]) <= _DATUM and len(match["label"].split()) <= 4
        set_off = match.end("label") <= one.bold
        return (match["label"], match["value"]) if short or set_off else None
    return None


def _begun(text: str) -> tuple[str, str] | None:
    """The label that a line begins with and its value, where nothing but white parts them, as when
    the two columns of a printed table come close."""
    words = text.split()
    if len(text) > _DATUM or text.endswith((".", "!", "?")):
        return None
    for count in range(min(4, len(words) - 1), 0, -1):
        label, value = " ".join(words[:count]), " ".join(words[count:])
        if column_of(label) and not is_weak(label) and re.match(r"[A-ZÅÄÖ\d]", value):
            return label, value
    return None


def _whole(records: Iterable[_Record]) -> list[_Record]:
    """The records, put together where headings part each: owner below one, amount below another."""
    records = list(records)
    if any("amount" in one.columns and one.columns.intersection(NAMED) for one in records):
        return records
    whole: list[_Record] = []
    for record in records:
        if whole and not any(whole[-1].has(label) for label in record.fields):
            both = zip(whole[-1].above, record.above, strict=False)
            shared = takewhile(lambda pair: pair[0] == pair[1], both)
            whole[-1].above = tuple(one for one, _ in shared)
            whole[-1].fields |= record.fields
        else:
            whole.append(record)
    return whole


def _share(records: Sequence[_Record], named: Sequence[_Record]) -> None:
    """What stands beside labels of no decision holds for the only one; a date for all."""
    others = (record for record in records if record not in named)
    for label, value in (pair for record in others for pair in record.fields.items()):
        column = column_of(label)
        if column == "decision_date" or (column and len(named) == 1):
            for one in named:
                if column not in one.columns:
                    one.fields[label] = value


def _name(records: Sequence[_Record]) -> None:
    """Decisions without the label of a title are named by the heading that each stands below."""
    for record in records:
        stated = record.above[-1] if record.above else ""
        heading = _ORDINAL.sub("", stated)
        # The heading of the document names its only decision no more than those of several.
        own = len(record.above) > 1 or len(records) > 1 or heading != stated
        if "title" not in record.columns and heading and own and not _NO_NAME.match(heading):
            record.add("Projektnamn", heading)


def _lists(
    records: Sequence[_Record], headings: Sequence[str], document: Document
) -> Iterator[Table]:
    """The records as tables with a header, a table a place."""
    first: dict[str, str] = {}
    for record in records:
        _state_outcome(record, document)
        for label in record.fields:
            first.setdefault(label.casefold(), label)
    header = tuple(_NUMBER.sub("", label) for label in first.values())
    for at, (place, group) in enumerate(groupby(records, key=lambda record: record.place)):
        rows = [Row(record.number, _cells(record, first)) for record in group]
        above = Row(rows[0].number, header)
        lead = () if at else tuple(headings[:1])
        yield Table(place, (above, *rows), heading=lead, continues=at > 0)


def _state_outcome(record: _Record, document: Document) -> None:
    """Makes what refuses a status, beside *Beslut* and the like or in place of the amount; what
    else stands beside *Beslut* is left out."""
    for label, value in [*record.fields.items()]:
        outcome, text = _OUTCOME.fullmatch(label), re.sub(r"<[^>]+>", " ", value).strip()
        if outcome or (column_of(label) == "amount" and not re.search(r"\d", text)):
            refused = not Statuses().keeps(text, document.source(record.number))
            record.fields |= {"Status": value} if refused else {}
            if outcome and (label != "Status" or not refused):
                del record.fields[label]


def _cells(record: _Record, labels: Iterable[str]) -> tuple[str, ...]:
    values = {label.casefold(): value for label, value in record.fields.items()}
    return tuple(values.get(label, "") for label in labels)
