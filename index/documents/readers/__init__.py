"""What rows does this file hold?

A reader turns the bytes of one file format into tables of rows and does nothing more: it does not
know what a decision is. ``READERS`` is the one list of formats; adding one is adding one row.
``RECORD_FORMATS`` are the formats that hold records with named members instead of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from index.documents.readers import delimited, json_records, pdf, spreadsheet, text, webpage, word
from index.documents.readers.json_records import JsonRecord
from index.documents.readers.table import Passage, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

HEAD_BYTES = 64 * 1024
"""How much of a file `record_format` looks at."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One file format that holds tables.

    ``recognises`` looks at content, never at the file's suffix; ``read`` raises `ReadError`.
    ``passages``, of formats that have running text, is asked only of what ``read`` could read.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, ReadingLimits], tuple[Table, ...]]
    passages: Callable[[bytes, ReadingLimits], tuple[Passage, ...]] = lambda content, limits: ()


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """One file format that holds records.

    ``recognises`` looks at the first `HEAD_BYTES`; ``read`` takes the open file and raises
    `ReadError`. ``bounded``: the file is read whole, and so may not be larger than the limit.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[BinaryIO, ReadingLimits], Iterator[JsonRecord]]
    bounded: bool


RECORD_FORMATS = (
    RecordFormat("JSON Lines", json_records.is_lines, json_records.lines, bounded=False),
    RecordFormat("JSON", json_records.is_document, json_records.document, bounded=True),
)
READERS = (
    Reader("XLSX", spreadsheet.is_xlsx, spreadsheet.read),
    Reader("ODS", spreadsheet.is_ods, spreadsheet.read),
    Reader("XLS", spreadsheet.is_xls, spreadsheet.read),
    Reader("DOCX", word.recognises, word.read, word.passages),
    Reader("PDF", pdf.recognises, pdf.read, pdf.passages),
    Reader("HTML", webpage.recognises, webpage.read, webpage.passages),
    Reader("CSV", delimited.recognises, delimited.read),
    Reader("text", text.recognises, text.read),
)
"""In the order in which they are asked: any text is text."""


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """The tables in `content`, by the first reader that recognises it; raises `ReadError`."""
    if not content.strip():
        raise ReadError("filen är tom", "hämta dokumentet på nytt")
    for reader in READERS:
        if reader.recognises(content):
            return reader.read(content, limits)
    known = ", ".join(format_.name for format_ in (*READERS, *RECORD_FORMATS))
    raise ReadError("filformatet känns inte igen", f"spara dokumentet som något av: {known}")


def passages(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Passage, ...]:
    """The running text in `content`, by the reader that `read` chooses."""
    reader = next((reader for reader in READERS if reader.recognises(content)), None)
    return reader.passages(content, limits) if reader else ()


def is_csv(content: bytes) -> bool:
    """Whether it is text whose cells are parted by a delimiter."""
    return next(one for one in READERS if one.recognises(content)).read is delimited.read


def record_format(head: bytes) -> RecordFormat | None:
    """The format of records that a file begins like, None where it holds tables."""
    return next((stream for stream in RECORD_FORMATS if stream.recognises(head)), None)
