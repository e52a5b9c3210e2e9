"""CSV: delimiter and encoding are found out, cells may be quoted and go on over several lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from index.documents.readers.table import Table
from index.documents.readers.text import decode_lines, one_table
from index.documents.readers.text import recognises as is_text
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_DELIMITERS = ";,|"
_LOOKED_AT = 100_000  # characters
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# Quotation marks in tab-separated text are mostly marks; a cell is quoted where they are its ends.
_QUOTED_CELL = re.compile(r'(?:^|\t)("(?:[^"]|"")*")(?=\t|$)', re.MULTILINE)

csv.field_size_limit(1 << 30)  # characters; how much a decision may have is another limit


def recognises(content: bytes) -> bool:
    """Text whose lines fall into as many cells each at one delimiter. What has tabs is the text
    reader's, unless its cells are quoted because there are line breaks in them."""
    if not is_text(content):
        return False
    try:
        text, _ = decode_lines(content)
    except ReadError:
        return False
    return _delimiter(text[:_LOOKED_AT]) is not None


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """One table; rows are numbered as a spreadsheet program shows them, empty ones counted."""
    text, encoding = decode_lines(content)
    try:
        delimiter = _delimiter(text[:_LOOKED_AT]) or ";"
        records = list(csv.reader(io.StringIO(text, ""), delimiter=delimiter))
    except csv.Error as error:
        raise ReadError(f"CSV-filen är trasig ({error})", "spara den på nytt") from error
    return one_table(records, encoding)


def _delimiter(text: str) -> str | None:
    """The delimiter, None where the text is no CSV."""
    declared = re.match(r"sep=(.)\n", text)  # as Excel writes and reads it
    if declared:
        return declared[1]
    plain = _QUOTED.sub("", text)
    if any(line.count("\t") >= 2 for line in plain.split("\n")):
        cells = (match[1] for match in _QUOTED_CELL.finditer(text))
        return "\t" if any("\n" in cell or "\t" in cell for cell in cells) else None
    best = max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))
    return best if _evenness(text, best) > 0 else None


def _evenness(text: str, delimiter: str) -> float:
    """How much of the text is rows of one width above one; 0 where there are not two such."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, ""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0
    widths = Counter(len(row) for row in rows[:-1] or rows if len(row) > 1)
    if not widths:
        return 0
    # A single row that happens to have a delimiter says nothing, unless there are only two rows.
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / len(rows) * (width if count > 1 or len(rows) == 2 else 0)
