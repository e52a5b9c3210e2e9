"""Which names are one owner? The owners file, edited by staff, says so where the names do not.

A line of the file joins names; the first is the one that is shown::

    # Kommuner                                             a comment, to the end of the line
    Luleå kommun = Luleå kommun, barn- och ungdom          the same owner
    Luleå kommun = Stadsbyggnad Luleå = Luleå fritid       two more of its names

What differs in nothing but what `index.party_name` takes away needs no line. The names hold for
funders too: an organisation is the same, whatever it does.

Errors::

    FileError(ValueError)    the text breaks the rules; ``problems`` holds every breach
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from index.party_name import normal_name
from search.staff_file import FileError, FileProblem, StaffFile, contents, quote

MAX_LINES = 10_000
"""Most lines with content in one file."""
SAME = "="


@dataclass(frozen=True, slots=True)
class Party:
    """An owner or a funder, whatever it was called. ``label`` is what it is called here, and what a
    filter takes; ``slug`` its name in addresses, that of no other; ``names`` are those written, the
    most usual first; ``numbers`` its organisation numbers, of which most have one or none."""

    label: str
    slug: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def other_names(self) -> tuple[str, ...]:
        """The names written that are not the one it is called by."""
        return tuple(name for name in self.names if name != self.label)


class JoinedName(NamedTuple):
    """A name as the file writes it, and on which line."""

    name: str
    line: int


class OwnerGroup(NamedTuple):
    """Names that are one; the first is shown."""

    names: tuple[JoinedName, ...]

    @property
    def label(self) -> str:
        """The name to show."""
        return self.names[0].name


class Owners:
    """The groups of one owners file, in its order."""

    __slots__ = ("digest", "groups")

    def __init__(self, groups: Iterable[OwnerGroup] = ()) -> None:
        self.groups = tuple(groups)
        said = "\n".join(SAME.join(one.name for one in group.names) for group in self.groups)
        self.digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
        """Differs between files that say different things."""

    def __len__(self) -> int:
        return len(self.groups)


class OwnersFile(StaffFile[Owners]):
    """An owners file on disk that may be edited while the site is up."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, parse, Owners(), "ägarfilen")


def parse(text: str) -> Owners:
    """Read an owners file's text. Raises FileError with every problem found, in line order."""
    groups: dict[str, list[JoinedName]] = {}  # by the normal form of the first name
    group_of: dict[str, tuple[str, int]] = {}  # the first name's form, and the line, of each form
    problems: list[FileProblem] = []
    for count, (line, content) in enumerate(contents(text, problems), start=1):
        if count > MAX_LINES:
            message = f"filen har fler än {MAX_LINES} rader; resten lästes inte."
            problems.append(FileProblem(line, message, "Slå ihop rader med samma första namn."))
            break
        names = [" ".join(name.split()) for name in content.split(SAME)]
        wrong = [*_complaints(line, names)]
        problems += wrong
        if wrong:
            continue
        first = normal_name(names[0])
        names = names[first in groups :]  # else the first is there already
        for name in names:
            form = normal_name(name)
            there = group_of.setdefault(form, (first, line))
            if there[0] != first or (there[1] != line and form != first):
                problems.append(_taken(line, name, there[1], there[0] == first))
        groups.setdefault(first, []).extend(JoinedName(name, line) for name in names)
    if problems:
        raise FileError(sorted(problems, key=lambda problem: problem.line))
    return Owners(OwnerGroup(tuple(names)) for names in groups.values())


def _complaints(line: int, names: Sequence[str]) -> Iterator[FileProblem]:
    """What is wrong with a line by itself."""
    if len(names) == 1:
        message = f"raden har inget {SAME}."
        remedy = (
            "Skriv ”namnet som visas = ett annat namn på samma ägare”, eller # först om raden är "
            "en kommentar."
        )
        yield FileProblem(line, message, remedy)
        return
    if not all(any(map(str.isalnum, name)) for name in names):
        message = "ett namn saknas."
        yield FileProblem(line, message, f"Skriv ett namn på båda sidor om varje {SAME}.")
    seen: set[str] = set()
    for name in filter(None, names):
        if name.casefold() in seen:
            yield FileProblem(line, f"{quote(name)} står mer än en gång.", "Ta bort det ena.")
        seen.add(name.casefold())


def _taken(line: int, name: str, other: int, is_same: bool) -> FileProblem:
    message = f"{quote(name)} står redan på rad {other}."
    if is_same:
        return FileProblem(line, message, "Ta bort det ena.")
    message = f"{quote(name)} står redan i gruppen på rad {other}."
    remedy = "Skriv alla namn med samma namn först om de är en ägare; annars ta bort det ena."
    return FileProblem(line, message, remedy)
