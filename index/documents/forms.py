"""In which of its forms does a document state its decisions? A list, labels, or a protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.decision import Decision
from index.documents import readers
from index.documents.document import Document
from index.documents.exported import exported_records
from index.documents.lists.extract import Extract, extract
from index.documents.prose.label_tables import is_label_table, lines_of, names_in
from index.documents.prose.labelled import read_labels
from index.documents.prose.protocol import read_protocol
from index.documents.readers.json_records import JsonRecord
from index.documents.readers.table import Passage, Table
from index.documents.records import read_records
from index.documents.report import TableReport
from index.errors import ReadError
from index.problem import PASSAGE, Problem

_LONG_LIST = 200  # rows; a list that is longer is no part of a protocol


def decisions_in(content: bytes, document: Document) -> Extract:
    """The decisions of a file that is no list of records; raises `ReadError`.

    What this service has exported is known by its columns. Else a list wins: what else a document
    and paragraphs that decide.
    """
    tables = readers.read(content, document.limits)
    mapping = document.mapping
    if mapping.columns or mapping.sheets or mapping.header is not None:
        return extract(tables, document)
    if records := exported_records(tables, content):
        return _read_exported(records, document)
    labelled: list[Table] = []
    others: list[Table] = []
    for table in tables:
        (labelled if is_label_table(table) else others).append(table)
    try:
        result = extract(others, document)
    except ReadError:
        other = _read_label_tables(labelled, document)
        if other is None or not any(one.lost for one in other.problems):
            other = _best(other, _read_prose(content, document))
        if other is None:
            raise
        return other
    beside = _beside(result, labelled, content, document)
    return replace(result, problems=(*result.problems, *beside))


def _read_exported(records: Sequence[JsonRecord], document: Document) -> Extract:
    """The decisions of an export, as of any records."""
    found = [*read_records(records, document)]
    return Extract(
        tuple(one for one in found if isinstance(one, Decision)),
        None,
        len(records),
        tuple(one for one in found if isinstance(one, Problem)),
        tuple(one for one in found if isinstance(one, TableReport)),
    )


def _best(tables: Extract | None, prose: Extract | None) -> Extract | None:
    """Of two readings that which knows more: a heading names what a table of labels does not."""
    if tables is None or prose is None:
        return tables or prose
    named = [sum(bool(one.title) for one in read.decisions) for read in (tables, prose)]
    return prose if named[1] > named[0] else tables


def _read_label_tables(tables: Sequence[Table], document: Document) -> Extract | None:
    """The decisions in tables of labels and values; None where there are none."""
    lines: list[Passage] = []
    problems: list[Problem] = []
    for table in tables:
        read = lines_of(table)
        if not read:
            what = "vid tabellens etiketter står flera värden, och den lästes inte"
            remedy = "skriv ett värde vid varje etikett"
            problems.append(Problem(document.file, None, what, remedy, table.name, lost=True))
        parted = [] if table.continues else [Passage(1, "", table.name, level=1)]
        lines += [*parted, *read]
    result = read_labels(lines, document, [line for table in tables[:1] for line in table.heading])
    result = result or (Extract((), None, 0, ()) if problems else None)
    return result and replace(result, problems=(*problems, *result.problems))


def _read_prose(content: bytes, document: Document) -> Extract | None:
    """The decisions in the running text of a file, None where there are none."""
    passages = readers.passages(content, document.limits)
    marked = [replace(one, page=f"{one.page or 'löptext'}{PASSAGE}") for one in passages]
    labelled = read_labels(marked, document)
    if labelled is None:
        return read_protocol(passages, document)
    return replace(labelled, tables=tuple(replace(one, name=None) for one in labelled.tables))


def _beside(
    result: Extract, labelled: Sequence[Table], content: bytes, document: Document
) -> Iterator[Problem]:
    """Says what stands beside a list, and is not about its rows."""
    known = {name.casefold() for one in result.decisions for name in (one.owner, one.title)}
    remedy = "lägg beslutet i en egen fil om det inte finns i listan"
    for table in labelled:
        if not names_in(table) & known:
            what = "tabellen har etiketter som ett beslut, men lästes inte eftersom dokumentet har"
            yield Problem(document.file, None, f"{what} en lista", remedy, table.name, lost=True)
    protocol = _protocol_beside(content, document) if result.rows <= _LONG_LIST else None
    others = [
        one
        for one in (protocol.decisions if protocol else ())
        if not known.intersection([one.owner.casefold(), one.title.casefold()])
    ]
    if others:
        what = f"{len(others)} beslut i löptexten lästes inte eftersom dokumentet har en lista"
        yield Problem(
            document.file, others[0].source.row, what, remedy, others[0].source.table, lost=True
        )


def _protocol_beside(content: bytes, document: Document) -> Extract | None:
    try:
        return read_protocol(readers.passages(content, document.limits), document)
    except ReadError:
        return None
