"""Tab-separated text: heading lines, then a table that may repeat its header at page breaks."""

from __future__ import annotations

from collections.abc import Iterable

from index.documents.readers.characters import decode, is_text
from index.documents.readers.table import Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

recognises = is_text


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """One table; a line is a row, a tab parts its cells, empty lines are left out."""
    text, doubt = decode_lines(content)
    lines = enumerate(text.split("\n"), start=1)
    return one_table((Row(number, tuple(line.split("\t"))) for number, line in lines), doubt)


def one_table(rows: Iterable[Row], doubt: str | None) -> tuple[Table, ...]:
    """The rows of a text file as its one table, cells without blanks around them and empty rows
    left out. Raises `ReadError` where nothing is left."""
    stripped = (
        Row(row.number, tuple(cell.strip() for cell in row.cells), doubt=row.doubt) for row in rows
    )
    filled = tuple(row for row in stripped if any(row.cells))
    if not filled:
        raise ReadError("filen är tom", "hämta dokumentet på nytt")
    return (Table(None, filled, doubt),)


def decode_lines(content: bytes) -> tuple[str, str | None]:
    """As `decode`, with every line ended by ``\\n`` alone."""
    text, doubt = decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n"), doubt
