"""JSON and JSON Lines, packed with gzip or not: a record an object, whatever its members.

Lines are read one by one, so that a file may be larger than memory.
"""

from __future__ import annotations

import gzip
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, cast

from index.errors import ReadError
from index.limits import DEFAULTS, MEGABYTE, ReadingLimits

_GZIP = b"\x1f\x8b"
_LINE_BYTES = 16 * MEGABYTE  # a file without line breaks may be larger than memory


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One object. ``number`` counts lines, or objects of a list, from 1; ``fault`` says why it
    cannot be read, a clause in Swedish."""

    number: int
    members: dict[str, Any]
    fault: str | None = None


def is_lines(head: bytes) -> bool:
    """The first line that is not empty is a whole object."""
    lines = [line for line in _unpacked(head).split(b"\n") if line.strip()]
    first = lines[0].strip() if lines else b""
    if not first.startswith(b"{"):
        return False
    # The head may have been cut within the first line, so that it cannot be parsed.
    if len(lines) == 1 and len(head) >= 32_768 and not first.endswith(b"}"):
        return b'":' in first  # a first line longer than what is looked at
    return isinstance(_parsed(first), dict)


def is_document(head: bytes) -> bool:
    """It begins as an object or a list of objects."""
    begun = _unpacked(head).lstrip()
    return begun[:1] in (b"{", b"[") and begun[1:].lstrip()[:1] in (b"{", b'"', b"]", b"}", b"[")


def lines(file: BinaryIO, limits: ReadingLimits = DEFAULTS) -> Iterator[JsonRecord]:
    """A record a line; empty lines are counted but give nothing."""
    number = 1
    with _opened(file) as unpacked:
        line = _line(unpacked).removeprefix(BOM_UTF8)
        second = _line(unpacked)
        if not second and isinstance(found := _parsed(line), dict):
            yield from _records(found)  # a document that stands on one line
            return
        while line:
            if line.strip():
                yield _record(number, _parsed(line), "raden är inte ett JSON-objekt")
            number += 1
            line, second = (second, b"") if second else (_line(unpacked), b"")


def document(file: BinaryIO, limits: ReadingLimits = DEFAULTS) -> Iterator[JsonRecord]:
    """A record for each object of the list that the document is, or that it has as a member."""
    with _opened(file) as unpacked:
        most = limits.unpacked_megabytes * MEGABYTE
        content = _bytes(unpacked.read, most + 1)
    if len(content) > most:
        what = f"filen är större än {limits.unpacked_megabytes} MB uppackad"
        remedy = "spara den som JSON Lines, som läses post för post"
        raise ReadError(what, f"{remedy}, eller höj BESLUT_UNPACKED_MEGABYTES")
    found = _parsed(content.removeprefix(BOM_UTF8))
    if found is None:
        raise ReadError("filen är inte giltig JSON", "hämta den på nytt")
    yield from _records(found)


def _records(found: Any) -> Iterator[JsonRecord]:
    for number, members in enumerate(_objects(found), start=1):
        yield _record(number, members, "posten är inget objekt")


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


def _record(number: int, found: Any, fault: str) -> JsonRecord:
    return JsonRecord(number, found) if isinstance(found, dict) else JsonRecord(number, {}, fault)


def _parsed(content: bytes) -> Any:
    """The value, None where it is none; numbers with decimals are exact."""
    try:
        text = content.decode("utf-8")
        return json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _unpacked(head: bytes) -> bytes:
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 4 * MEGABYTE)
        except zlib.error:
            return b""
    return head.removeprefix(BOM_UTF8)


def _bytes(read: Callable[[int], bytes], most: int) -> bytes:
    try:
        return read(most)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(
            "den packade filen är skadad eller avkortad", "hämta den på nytt"
        ) from error
