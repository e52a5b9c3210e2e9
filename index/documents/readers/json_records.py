"""JSON and JSON Lines, packed with gzip or not: a record an object, whatever its members.

Lines are read one by one, so that a file may be larger than memory.
"""

from __future__ import annotations

import gzip
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, BinaryIO, cast

from index.documents.readers.characters import as_ascii, decode, is_utf16
from index.errors import ReadError
from index.limits import DEFAULTS, MEGABYTE, ReadingLimits

_GZIP = b"\x1f\x8b"
_LINE_BYTES = 16 * MEGABYTE  # a file without line breaks may be larger than memory


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One object. ``number`` counts lines, or objects of a list, from 1; ``fault`` says why it
    cannot be read, ``doubt`` what is uncertain from here on and ``remedy`` what to do about it,
    clauses in Swedish. ``table`` is the sheet where it is the row of one."""

    number: int
    members: dict[str, Any]
    fault: str | None = None
    doubt: str | None = None
    remedy: str = "kontrollera å, ä och ö"
    table: str | None = None


def is_lines(head: bytes) -> bool:
    """The first line that is not empty is a whole object."""
    unpacked = _unpacked(head)
    lines = [line for line in unpacked.removeprefix(BOM_UTF8).split(b"\n") if line.strip()]
    first = lines[0].strip() if lines else b""
    if not first.startswith(b"{") or is_utf16(unpacked):
        return False
    # The head may have been cut within the first line, so that it cannot be parsed.
    if len(lines) == 1 and len(head) >= 32_768 and not first.endswith(b"}"):
        return b'":' in first  # a first line longer than what is looked at
    with suppress(ReadError, ValueError, RecursionError):
        return isinstance(_parsed(_text(first)[0]), dict)
    return False


def is_document(head: bytes) -> bool:
    """It begins as an object or a list of objects."""
    begun = as_ascii(_unpacked(head)).lstrip()
    return begun[:1] in (b"{", b"[") and begun[1:].lstrip()[:1] in (b"{", b'"', b"]", b"}", b"[")


def lines(file: BinaryIO, limits: ReadingLimits = DEFAULTS) -> Iterator[JsonRecord]:
    """A record a line; empty lines are counted but give nothing. Raises `ReadError` at the end
    where the last line is cut off."""
    unpacked = _opened(file)
    line, second = _line(unpacked), _line(unpacked)
    if not second:
        with suppress(ReadError, ValueError, RecursionError):
            text, doubt = _text(line)
            if isinstance(found := _parsed(text), dict):
                yield from _records(found, doubt)  # a document that stands on one line
                return
    told: set[str | None] = set()
    number = 1
    while line:
        if line.strip():
            record = _line_record(number, line)
            yield replace(record, doubt=None) if record.doubt in told else record
            told.add(record.doubt)
        number += 1
        line, second = (second, b"") if second else (_line(unpacked), b"")


def document(file: BinaryIO, limits: ReadingLimits = DEFAULTS) -> Iterator[JsonRecord]:
    """A record for each object of the list that the document is, or that it has as a member."""
    most = limits.unpacked_megabytes * MEGABYTE
    content = _bytes(_opened(file).read, most + 1)
    if len(content) > most:
        what = f"filen är större än {limits.unpacked_megabytes} MB uppackad"
        remedy = "spara den som JSON Lines, som läses post för post"
        raise ReadError(what, f"{remedy}, eller höj BESLUT_UNPACKED_MEGABYTES")
    text, doubt = _text(content)
    try:
        found = _parsed(text)
    except (ValueError, RecursionError) as error:
        if is_utf16(content) and "\n{" in text:
            raise ReadError("filen är JSON Lines i UTF-16", "spara den som UTF-8") from error
        what = "filen är avkortad" if _is_cut(text, error) else "filen är inte giltig JSON"
        raise ReadError(what, "hämta den på nytt") from error
    yield from _records(found, doubt)


def _line_record(number: int, line: bytes) -> JsonRecord:
    try:
        text, doubt = _text(line)
    except ReadError:
        return JsonRecord(number, {}, "raden är inte UTF-8")
    found = None
    try:
        found = _parsed(text)
    except (ValueError, RecursionError) as error:
        if not line.endswith(b"\n") and _is_cut(text, error):
            raise ReadError("filen är avkortad", "hämta den på nytt") from error
    return _record(number, found, "raden är inte ett JSON-objekt", doubt)


def _is_cut(text: str, error: Exception) -> bool:
    """Whether what cannot be parsed ends before it is whole, rather than being wrong within."""
    if not isinstance(error, json.JSONDecodeError) or error.msg == "Extra data":
        return False
    text = text.rstrip()
    return text[:1] in ("{", "[") and (error.pos >= len(text) or text[-1] not in "]}")


def _records(found: Any, doubt: str | None) -> Iterator[JsonRecord]:
    for number, members in enumerate(_objects(found), start=1):
        yield _record(number, members, "posten är inget objekt", doubt if number == 1 else None)


def _objects(found: Any) -> list[Any]:
    """The list itself; else the longest list among the members (*decisions*, *data*); else the one
    object."""
    if not isinstance(found, dict):
        return found if isinstance(found, list) else [found]
    if isinstance(found.get("decisions"), list):
        return cast(list[Any], found["decisions"])
    lists = [value for value in found.values() if isinstance(value, list) and value]
    named = [value for value in lists if all(isinstance(member, dict) for member in value)]
    return [found] if "title" in found or not named else max(named, key=len)


def _opened(file: BinaryIO) -> BinaryIO:
    packed = file.read(2) == _GZIP
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


def _line(unpacked: BinaryIO) -> bytes:
    line = _bytes(unpacked.readline, _LINE_BYTES + 1)
    if len(line) > _LINE_BYTES:
        what = f"en rad är längre än {_LINE_BYTES // MEGABYTE} MB"
        raise ReadError(what, "skriv en post på varje rad")
    return line


def _record(number: int, found: Any, fault: str, doubt: str | None) -> JsonRecord:
    members = found if isinstance(found, dict) else {}
    return JsonRecord(number, members, None if members is found else fault, doubt)


def _text(content: bytes) -> tuple[str, str | None]:
    # What the API writes is read back as it is.
    return decode(content, exact=True)


def _parsed(text: str) -> Any:
    """The value; numbers with decimals are exact. Raises ValueError or RecursionError."""
    # Not strict: line breaks within a string do no harm.
    return json.loads(text, parse_float=Decimal, parse_constant=lambda _: None, strict=False)


def _unpacked(head: bytes) -> bytes:
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 4 * MEGABYTE)
        except zlib.error:
            return b""
    return head


def _bytes(read: Callable[[int], bytes], most: int) -> bytes:
    try:
        return read(most)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(
            "den packade filen är skadad eller avkortad", "hämta den på nytt"
        ) from error
