"""Tab-separated text: heading lines, then a table that may repeat its header at page breaks."""

from __future__ import annotations

from index.errors import ReadError
from index.readers.table import Row, Table

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def recognises(content: bytes) -> bool:
    """Text has no NUL byte unless a byte order mark says that it is UTF-16."""
    return any(content.startswith(bom) for bom, _ in _BOMS) or b"\0" not in content


def read(content: bytes) -> tuple[Table, ...]:
    """One table; a line is a row, a tab parts its cells, empty lines are left out."""
    lines = decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = tuple(
        Row(number, tuple(cell.strip() for cell in line.split("\t")))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    return (Table(None, rows),)


def decode(content: bytes) -> str:
    """Byte order mark, else strict UTF-8, else cp1252; raises `ReadError` when none fits."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "cp1252")


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"tecknen är inte {error.encoding} (byte {error.start})", "spara filen som UTF-8"
        ) from error
