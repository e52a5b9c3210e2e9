"""Tab-separated text: heading lines, then a table that may repeat its header at page breaks."""

from __future__ import annotations

from index.documents.readers.table import Row, Table
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def recognises(content: bytes) -> bool:
    """Text has no NUL byte unless a byte order mark says that it is UTF-16."""
    return any(content.startswith(bom) for bom, _ in _BOMS) or b"\0" not in content


def read(content: bytes, limits: ReadingLimits = DEFAULTS) -> tuple[Table, ...]:
    """One table; a line is a row, a tab parts its cells, empty lines are left out."""
    text, encoding = decode(content)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = tuple(
        Row(number, tuple(cell.strip() for cell in line.split("\t")))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    if not rows:
        raise ReadError("filen är tom", "hämta dokumentet på nytt")
    return (Table(None, rows, doubt_of(encoding)),)


def doubt_of(encoding: str) -> str | None:
    """What is uncertain about text in an encoding that `decode` gave."""
    return "filen är inte UTF-8 och lästes som Windows-1252" if encoding == "cp1252" else None


def decode(content: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was in: by its byte order mark, else strict UTF-8, else as the
    document itself declares, else cp1252. Raises `ReadError` when none fits."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return content.decode(declared), f"declared {declared}"
        except (UnicodeDecodeError, LookupError):
            pass
    return _strict(content, "cp1252"), "cp1252"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"tecknen är inte {error.encoding} (byte {error.start})", "spara filen som UTF-8"
        ) from error
