"""Which labels has a document, and what stands beside or below each? *Projektägare: …* as a list.

A table of labels and values, or a section of such lines, holds one decision after the other. Turned
around they are rows below a header, and are read as any list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby, takewhile

from index.documents.document import Document
from index.documents.extract import Extract, extract
from index.documents.header import NAMED, find_header
from index.documents.html import Cell
from index.documents.mapping import Column
from index.documents.readers.table import Passage, Row, Table
from index.documents.recognition import column_of as column_named
from index.documents.recognition import is_weak
from index.errors import ReadError
from index.problem import Problem, quoted

_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[a-z]\))\s+")
_BEYOND = re.compile(r"\s*[(,].*$")
_LABEL = re.compile(r"(?P<label>[^:]{2,60}?)\s*:(?:\s+|$)(?P<value>.*)", re.DOTALL)
_NEXT_LABEL = re.compile(r"\s+(?=[A-ZÅÄÖ][a-zåäö]+(?: [a-zåäö]+){0,2}:\s)")
_EDGE = " :*"
_OUTCOME = re.compile(r"(?:beslut|utfall|status|beslutsstatus|beslutstyp)", re.IGNORECASE)
_REJECTED = re.compile(
    r"\b(?:avsl(?:ag|ås|å|agen|aget|ogs)|avvisa[sd]?|inte bevilja\w*)\b", re.IGNORECASE
)
_APPLICATION = re.compile(
    r"(?:ansökan|ansökning\w*|intresseanmälan|projektansökan)\b(?!.*\bbeslut)", re.IGNORECASE
)
_GRANTED = re.compile(r"bevilja|beslut|tilldela", re.IGNORECASE)
_LONGEST_LABEL = 100  # characters
_DATUM = 80  # characters; what is said beside a label that is not known is no running text
_LOOKED_AT = 60  # rows of a table, to see whether it is one of labels
_TEXTS: tuple[Column, ...] = ("description", "motivation")
_SHORT: tuple[Column, ...] = ("owner", "title", "amount")
_NO_NAME = re.compile(
    r"(?:beslut|protokoll|ansökan|uppgifter|information|om |projektuppgifter|bilaga|sida\b|grund)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"^(?:§\s*\d+\w*|projekt\s*(?:nr\s*)?\d+|ärende\s*\d+|\d+)\s*[.:)–-]*\s+", re.IGNORECASE
)


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

    def add(self, label: str, value: str) -> None:
        key = label.strip(_EDGE)
        known = next((one for one in self.fields if one.casefold() == key.casefold()), key)
        self.fields[known] = self.fields.get(known, "") + value

    def has(self, label: str) -> bool:
        return label.strip(_EDGE).casefold() in map(str.casefold, self.fields)


def column_of(label: str) -> Column | None:
    """The column that a label names, whatever its number, and unit in brackets."""
    if len(label) > _LONGEST_LABEL:
        return None
    label = _NUMBER.sub("", label)
    column = column_named(label) or column_named(_BEYOND.sub("", label))
    return None if column == "status" else column  # *Beslut* is a heading more often than a label


def read_label_tables(tables: Sequence[Table], document: Document) -> Extract | None:
    """The decisions in tables of labels and values; None where there are none."""
    records: list[_Record] = []
    problems: list[Problem] = []
    for table in tables:
        goes_on = table.continues and records and records[-1].columns
        read = list(_records(table))
        if not read:
            what = "vid tabellens etiketter står flera värden, och den lästes inte"
            remedy = "skriv ett värde vid varje etikett"
            problems.append(Problem(document.file, None, what, remedy, table.name, lost=True))
        for record in read:
            if goes_on and not any(record.has(label) for label in records[-1].fields):
                records[-1].fields |= record.fields
            else:
                records.append(record)
            goes_on = False
    headings = [line for table in tables[:1] for line in table.heading]
    result = _read(records, headings, document)
    return result and replace(result, problems=(*problems, *result.problems))


def read_label_lines(passages: Sequence[Passage], document: Document) -> Extract | None:
    """The decisions in sections of labels and values; None where there are none."""
    headings = [one.text for one in passages if one.level and not _stated(one, False)]
    headings = headings or [one.text for one in passages[:1] if not _stated(one, False)]
    return _read(_whole(_sections(passages)), headings, document)


def is_label_table(table: Table) -> bool:
    """Whether the first cells of a table's rows are labels, and not those of one row, as in a
    list."""
    first: set[Column] = set()
    found: set[Column] = set()
    rows = labelled = 0
    for row in table.rows[:_LOOKED_AT]:
        columns = [column for label, _ in _pairs(row, True) if (column := column_of(label))]
        if columns and _is_header(row):
            return False
        if columns and (opening := column_of(Cell(next(filter(None, row.cells))).label)):
            first.add(opening)
        found |= {*columns}
        labelled += bool(columns)
        rows += sum(1 for cell in row.cells if cell.strip()) > 1
    return len(first) > 1 and bool(found.intersection(NAMED)) and labelled * 3 >= rows


def _is_header(row: Row) -> bool:
    """Whether two names of columns stand side by side."""
    cells = [Cell(cell) for cell in row.cells if cell.strip()]
    header = find_header(cells)
    places = (
        {at for several in header.columns.values() for at in several}
        if header
        else {at for at, cell in enumerate(cells) if column_of(cell.label)}
    )
    return any(at + 1 in places for at in places)


def names(table: Table) -> set[str]:
    """What stands beside the labels of owner or title in a table."""
    return {
        Cell(value).line.casefold()
        for record in _records(table)
        for label, value in record.fields.items()
        if column_of(label) in NAMED
    }


def _pairs(row: Row, paired: bool) -> list[tuple[str, str]]:
    """The labels in a row, each with its value; a label alone has an empty one. `paired`: labels
    and values take turns; else the first cell alone is a label."""
    cells = [cell for at, cell in enumerate(row.cells) if cell.strip() and at not in row.spanned]
    texts = [Cell(cell).label for cell in cells]
    if len(cells) == 1:
        stated = _LABEL.fullmatch(texts[0])
        if stated and column_of(stated["label"]):
            return [(stated["label"], stated["value"])]
        return [(texts[0], "")] if column_of(texts[0]) else []
    if not texts or not _may_be_label(texts[0]):
        return []
    pairs: list[tuple[str, str]] = []
    label = ""
    for text, cell in zip(texts, cells, strict=True):
        if not label or (paired and column_of(text)):
            pairs += [(label, "")] if label else []
            label = text
        else:
            pairs.append((label, cell))
            label = "" if paired else label
    return [*pairs, (label, "")] if paired and label else pairs


def _may_be_label(text: str) -> bool:
    return bool(column_of(text)) or (len(text) <= 60 and not text[:1].isdigit())


def _is_paired(table: Table) -> bool:
    """Whether there are labels in a row beside the first one."""
    for row in table.rows[:_LOOKED_AT]:
        filled = [cell for cell in row.cells if cell.strip()]
        if any(column_of(Cell(cell).label) for cell in filled[2::2]):
            return True
    return False


def _records(table: Table) -> Iterator[_Record]:
    """The decisions of a table: one beside the other where its labels have several values; else a
    label that comes again begins the next."""
    paired = _is_paired(table)
    read = [(row, _pairs(row, paired)) for row in table.rows]
    widths = {len(pairs) for _, pairs in read if pairs and column_of(pairs[0][0]) in _SHORT}
    if not paired and widths and max(widths) > 1:
        # A value that several share, or a remark beside one, cannot be told from the next decision.
        if len(widths) == 1:
            yield from _side_by_side(table, [pairs for _, pairs in read], max(widths))
        return
    record = _Record(table.rows[0].number if table.rows else 1, table.name)
    open_label = ""
    for row, pairs in read:
        filled = [cell for cell in row.cells if cell.strip()]
        if not pairs and len(filled) == 1:
            if open_label:
                record.add(open_label, filled[0])
            elif record.fields:
                yield record
                record = _Record(row.number, table.name, ("", Cell(filled[0]).line))
            else:
                record.above = ("", Cell(filled[0]).line)
        open_label = ""
        for label, value in pairs:
            if column_of(label) and record.has(label):
                yield record
                record = _Record(row.number, table.name)
            if value:
                record.add(label, value)
            else:
                open_label = label
    if record.fields:
        yield record


def _side_by_side(
    table: Table, read: Iterable[list[tuple[str, str]]], width: int
) -> Iterator[_Record]:
    records = [_Record(table.rows[0].number, table.name) for _ in range(width)]
    for pairs in read:
        if len(pairs) == width:
            for record, (label, value) in zip(records, pairs, strict=True):
                record.add(label, value)
    yield from records


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
                record.add(label, _markup(one, one.text))
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
            record.add(label, _markup(one, value))
    if record.fields:
        yield record


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


def _parts(one: Passage) -> list[Passage]:
    """A passage as it stands; a bold line as a heading, and a line of several labels in as many."""
    match = _LABEL.fullmatch(one.text)
    column = column_of(match["label"]) if match else None
    if match and column and column not in _TEXTS:
        texts = _NEXT_LABEL.split(one.text)
        return [
            replace(one, text=text, bold=0 if at else one.bold) for at, text in enumerate(texts)
        ]
    bold = not one.level and not one.item and one.bold >= len(one.text) and not column
    return [replace(one, level=6) if bold and not column_of(one.text) else one]


def _whole(records: Iterable[_Record]) -> list[_Record]:
    """The records, put together where headings part each: owner below one, amount below another."""
    records = list(records)
    if any("amount" in one.columns and one.columns.intersection(NAMED) for one in records):
        return records
    whole: list[_Record] = []
    for record in records:
        if whole and not any(whole[-1].has(label) for label in record.fields):
            both = zip(whole[-1].above, record.above, strict=False)
            whole[-1].above = tuple(
                one for one, _ in takewhile(lambda pair: pair[0] == pair[1], both)
            )
            whole[-1].fields |= record.fields
        else:
            whole.append(record)
    return whole


def _stated(one: Passage, inside: bool) -> tuple[str, str] | None:
    """The label that a passage is or begins with, and what follows in it. `inside`: other labels
    stand above it, so that a short line is one too."""
    match = _LABEL.fullmatch(one.text)
    if match and column_of(match["label"]):
        return match["label"], match["value"]
    if column := column_of(one.text):
        set_off = one.level or one.bold >= len(one.text) or one.text.endswith(":")
        weak = is_weak(_NUMBER.sub("", one.text))
        alone = not one.item and (not weak or (inside and column in _TEXTS))
        return (one.text, "") if set_off or alone else None
    if inside and not one.level and not one.item and (begun := _begun(one.text)):
        return begun
    if match and not one.level and one.text[:1].isupper() and len(match["value"]) <= _DATUM:
        short = len(match["label"].split()) <= 4
        return (match["label"], match["value"]) if short or one.bold >= match.end("label") else None
    return None


def _markup(one: Passage, text: str) -> str:
    tag = "li" if one.item else "p"
    return f"<{tag}>{escape(text, quote=False)}</{tag}>"


def _read(records: list[_Record], headings: Sequence[str], document: Document) -> Extract | None:
    """The decisions of records, if these are of decisions: some state what was granted."""
    named = [record for record in records if record.columns.intersection(NAMED)]
    granted = [label for one in named for label in one.fields if column_of(label) == "amount"]
    applied = any(map(_APPLICATION.match, headings)) and not any(map(_GRANTED.search, granted))
    if not granted or applied:
        return None
    _share(records, named)
    _name(named)
    rejected = [record for record in named if _is_rejected(record)]
    lists = list(_lists([one for one in named if one not in rejected], headings))
    problems = [_rejection(record, document) for record in rejected]
    if not lists:
        return Extract((), None, 0, tuple(problems))
    try:
        result = extract(lists, document)
    except ReadError:
        return None
    return replace(result, problems=(*result.problems, *problems))


def _share(records: Sequence[_Record], named: Sequence[_Record]) -> None:
    """What stands beside labels of no decision holds for the only one; a date for all."""
    for record in records:
        if record not in named:
            for label, value in record.fields.items():
                column = column_of(label)
                for one in named:
                    shared = column == "decision_date" or len(named) == 1
                    if column and shared and column not in one.columns:
                        one.add(label, value)


def _name(records: Sequence[_Record]) -> None:
    """Decisions without the label of a title are named by the heading that each stands below."""
    for record in records:
        stated = record.above[-1] if record.above else ""
        heading = _ORDINAL.sub("", stated)
        # The heading of the document names its only decision no more than those of several.
        own = len(record.above) > 1 or len(records) > 1 or heading != stated
        if "title" not in record.columns and heading and own and not _NO_NAME.match(heading):
            record.add("Projektnamn", f"<p>{escape(heading, quote=False)}</p>")


def _is_rejected(record: _Record) -> bool:
    return any(
        _OUTCOME.fullmatch(label) and _REJECTED.search(value)
        for label, value in record.fields.items()
    )


def _rejection(record: _Record, document: Document) -> Problem:
    value = next(value for label, value in record.fields.items() if _OUTCOME.fullmatch(label))
    what = f"ansökan avslogs enligt {quoted(Cell(value).line)} och är inget beslut om bidrag"
    return Problem(document.file, record.number, what, "inget behöver göras", record.place)


def _lists(records: Sequence[_Record], headings: Sequence[str]) -> Iterator[Table]:
    """The records as tables with a header, a table a place."""
    first: dict[str, str] = {}
    for record in records:
        for label in record.fields:
            if not _OUTCOME.fullmatch(label):  # what was refused is left out already
                first.setdefault(label.casefold(), label)
    header = tuple(_NUMBER.sub("", label) for label in first.values())
    lead = tuple(headings[:1])
    for at, (place, group) in enumerate(groupby(records, key=lambda record: record.place)):
        rows = [Row(record.number, _cells(record, first)) for record in group]
        above = Row(rows[0].number, header)
        yield Table(place, (above, *rows), heading=() if at else lead, continues=at > 0)


def _cells(record: _Record, labels: Iterable[str]) -> tuple[str, ...]:
    values = {label.casefold(): value for label, value in record.fields.items()}
    return tuple(values.get(label, "") for label in labels)
