"""Tab-separated text: heading lines, then a table that may repeat its header at page breaks."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from contextlib import suppress

from index.documents.readers.table import Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_BOMS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


def recognises(content: bytes) -> bool:
    """Text has no NUL byte unless a byte order mark says that it is UTF-16."""
    return any(content.startswith(bom) for bom, _ in _BOMS) or b"\0" not in content


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """One table; a line is a row, a tab parts its cells, empty lines are left out."""
    text, encoding = decode_lines(content)
    return one_table((line.split("\t") for line in text.split("\n")), encoding)


def one_table(lines: Iterable[Iterable[str]], encoding: str) -> tuple[Table, ...]:
    """The cells of a text file, line by line, as its one table; empty lines are counted and left
    out. `encoding` is what `decode` gave. Raises `ReadError` where nothing is left."""
    numbered = enumerate((tuple(cell.strip() for cell in cells) for cells in lines), start=1)
    rows = tuple(Row(number, cells) for number, cells in numbered if any(cells))
    if not rows:
        raise ReadError("filen är tom", "hämta dokumentet på nytt")
    return (Table(None, rows, doubt_of(encoding)),)


def doubt_of(encoding: str) -> str | None:
    """What is uncertain about text in an encoding that `decode` gave."""
    return "filen är inte UTF-8 och lästes som Windows-1252" if encoding == "cp1252" else None


def decode_lines(content: bytes) -> tuple[str, str]:
    """As `decode`, without NUL characters, and every line ended by ``\\n`` alone."""
    text, encoding = decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), encoding


def decode(content: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was in: by its byte order mark, else strict UTF-8, else as the
    document itself declares, else cp1252. Raises `ReadError` when none fits."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(content, encoding), encoding
    for encoding, name in (("utf-8", "utf-8"), (declared or "utf-8", f"declared {declared}")):
        with suppress(UnicodeDecodeError, LookupError):
            return content.decode(encoding), name
    # Nearly any bytes are cp1252, so it comes last and is told as a doubt.
    return _strict(content, "cp1252"), "cp1252"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"tecknen är inte {error.encoding} (byte {error.start})", "spara filen som UTF-8"
        ) from error
