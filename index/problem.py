"""Something that a person should look at, and names and values that can be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

PASSAGE = ", stycke"
"""The end of the name of a place whose rows are paragraphs of running text: *sida 3, stycke*."""
_UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])


@dataclass(frozen=True, slots=True)
class Problem:
    """In Swedish: where, what, and what to do. ``table`` is the sheet or page.

    ``left_out`` is how many rows or records gave no decision because of it; ``lost``: something was
    not read that may be a decision. What is not lost is a note.
    """

    file: str
    row: int | None
    what: str
    remedy: str
    table: str | None = None
    left_out: int = 0
    lost: bool = False

    def __str__(self) -> str:
        where = place(self.file, self.table, self.row)
        return f"{where}: {self.what}. {self.remedy[:1].upper()}{self.remedy[1:]}."


def place(file: str, table: str | None, row: int | None) -> str:
    """*lista.xlsx, Blad1, rad 7*; of running text, whose ``table`` ends so, *§ 47, stycke 12*."""
    if table and table.endswith(PASSAGE):
        return f"{file}, {table.removesuffix(PASSAGE) if row is None else f'{table} {row}'}"
    rows = [] if row is None else [f"rad {row}"]
    return ", ".join([file, *([table] if table else []), *rows])


def shown(name: str) -> str:
    """A file's name without what cannot be seen or passes for something else: control and format
    characters, and bytes that are no UTF-8, become ``\\x1b``, ``\\u202e``, ``\\udcff``."""
    return "".join(
        _escaped(char) if unicodedata.category(char) in _UNSEEN else char for char in name
    )


def quoted(text: str, most: int = 40) -> str:
    """What somebody wrote, in Swedish quotation marks: its first `most` characters, as `shown`."""
    return f"”{shown(text[:most])}{'…' if len(text) > most else ''}”"


def listed(texts: Iterable[str], most: int = 12) -> str:
    """*a, b och c*; of more than `most`, how many more there are."""
    all_of_them = list(texts)
    first = all_of_them[:most]
    if len(all_of_them) > most:
        first.append(f"{len(all_of_them) - most} till")
    *others, last = first or [""]
    return f"{', '.join(others)} och {last}" if others else last


def _escaped(char: str) -> str:
    return f"\\x{ord(char):02x}" if char < "\x80" else ascii(char)[1:-1]
