"""What rows does this file hold?

A reader turns the bytes of one file format into tables of rows and does nothing more: it does not
know what a decision is. ``READERS`` is the one list of formats; adding one is adding one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.errors import ReadError
from index.readers import text
from index.readers.table import Row, Table

__all__ = ["READERS", "ReadError", "Reader", "Row", "Table", "read"]


@dataclass(frozen=True, slots=True)
class Reader:
    """One file format.

    ``recognises`` looks at content, never at the file's suffix; ``read`` raises `ReadError`.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[Table, ...]]


READERS = (Reader("text", text.recognises, text.read),)


def read(content: bytes) -> tuple[Table, ...]:
    """The tables in `content`, by the first reader that recognises it; raises `ReadError`."""
    if not content.strip():
        raise ReadError("filen är tom", "hämta dokumentet på nytt")
    for reader in READERS:
        if reader.recognises(content):
            return reader.read(content)
    known = ", ".join(reader.name for reader in READERS)
    raise ReadError("filformatet känns inte igen", f"spara dokumentet som något av: {known}")
