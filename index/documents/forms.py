"""In which of its forms does a document state its decisions? A list, labels, or a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.documents import readers
from index.documents.document import Document
from index.documents.extract import Extract, extract
from index.documents.labelled import is_label_table, names, read_label_lines, read_label_tables
from index.documents.protocol import read_protocol
from index.documents.readers.table import Table
from index.errors import ReadError
from index.problem import Problem


def decisions_in(content: bytes, document: Document) -> Extract:
    """The decisions of a file that is no list of records; raises `ReadError`.

    A list wins: what else a document has is about its rows. Then tables of labels, lines of labels,
    and paragraphs that decide.
    """
    tables = readers.read(content, document.limits)
    mapping = document.mapping
    if mapping.columns or mapping.sheets or mapping.header is not None:
        return extract(tables, document)
    labelled: list[Table] = []
    others: list[Table] = []
    for table in tables:
        (labelled if is_label_table(table) else others).append(table)
    try:
        result = extract(others, document)
    except ReadError:
        other = _best(read_label_tables(labelled, document), _read_prose(content, document))
        if other is None:
            raise
        return other
    return replace(result, problems=(*result.problems, *_beside(result, labelled, document)))


def _best(tables: Extract | None, prose: Extract | None) -> Extract | None:
    """Of two readings that which knows more: a heading names what a table of labels does not."""
    if tables is None or prose is None:
        return tables or prose
    named = [sum(bool(one.title) for one in read.decisions) for read in (tables, prose)]
    return prose if named[1] > named[0] else tables


def _read_prose(content: bytes, document: Document) -> Extract | None:
    """The decisions in the running text of a file, None where there are none."""
    passages = readers.passages(content, document.limits)
    if not passages:
        return None
    return read_label_lines(passages, document) or read_protocol(passages, document)


def _beside(result: Extract, tables: Sequence[Table], document: Document) -> list[Problem]:
    """Tables of labels beside a list, that are not about its rows."""
    known = {name.casefold() for one in result.decisions for name in (one.owner, one.title)}
    what = "tabellen har etiketter som ett beslut, men lästes inte eftersom dokumentet har en lista"
    remedy = "lägg beslutet i en egen fil om det inte finns i listan"
    return [
        Problem(document.file, None, what, remedy, table.name, lost=True)
        for table in tables
        if not names(table) & known
    ]
