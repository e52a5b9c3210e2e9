"""What is marked in a text, and where does it stand?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Groups = tuple[frozenset[str], ...]
"""The stems of several things; each of a group means the same."""


@dataclass(slots=True)
class Marks:
    """What to mark in one field: stems, words as written, phrases of words as written, and stems
    that only count where one of each group stands near the others."""

    stems: set[str] = field(default_factory=set)
    surfaces: set[str] = field(default_factory=set)
    phrases: set[tuple[str, ...]] = field(default_factory=set)
    together: set[Groups] = field(default_factory=set)

    def add(self, other: Marks) -> None:
        """Marks what the other marks, too."""
        self.stems |= other.stems
        self.surfaces |= other.surfaces
        self.phrases |= other.phrases
        self.together |= other.together


class Place(NamedTuple):
    """Something to mark in a text: where its first word begins, and where its last; and the stem,
    word or phrase it is there for. Of a single word, all or the parts with that stem."""

    first: int
    last: int
    key: str
