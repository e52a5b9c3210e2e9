"""Which themes can one start from, and what does each of them find?

The areas of the theme file, with the number and the sum of the search for each theme. That is some
hundred searches, so each is carried out once for one state of index and themes, by whoever comes
first; what is done is remembered, and the next goes on from there. Of a theme the set is kept, so
that which themes a decision has is answered at once, and exactly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from search.deadline import NEVER, Deadline
from search.engine import KeptSet
from search.request import RequestError, SearchTimeout
from search.themes import Theme, Themes


@dataclass(frozen=True, slots=True)
class CountedTheme:
    """A theme and what the search for its name finds: ``total`` decisions, their ``sum`` in SEK, of
    which ``missing`` have no amount in SEK."""

    name: str
    slug: str
    total: int
    sum: Decimal
    missing: int


@dataclass(frozen=True, slots=True)
class CountedArea:
    """The themes of an area that find something, in the order of the file; never none."""

    name: str
    slug: str
    themes: tuple[CountedTheme, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The areas that have themes that find something, in the order of the file."""

    areas: tuple[CountedArea, ...]

    def varied(self, most: int, decisions: int) -> list[CountedTheme]:
        """At most `most` themes to start from, each of another area: the largest of each, the
        largest of these first. What more than half of all `decisions` are about comes last, as it
        says little of where to go."""

        def place(theme: CountedTheme) -> tuple[bool, int]:
            return 2 * theme.total > decisions, -theme.total

        return sorted((min(area.themes, key=place) for area in self.areas), key=place)[:most]


class StillCounting(SearchTimeout):
    """The time was over before all themes were counted."""

    def __init__(self, seconds: float, counted: int, themes: int) -> None:
        RequestError.__init__(
            self, "", "", "still-counting", seconds=seconds, counted=counted, themes=themes
        )


@lru_cache(maxsize=2)
def remembered(state: str) -> dict[str, KeptSet | None]:
    """What themes find in one state of index and themes, by slug: the same for all that have it
    open, and for processes that are forked."""
    return {}


class ThemeCounts:
    """What the themes of one state of the file find in one state of the index. Safe for threads:
    one counts a theme, and whoever needs it meanwhile waits.

    `find` gives the set of the search for a name, None where it finds nothing; `found` is what is
    known of that already, by slug, and is added to (see `remembered`).
    """

    def __init__(
        self,
        themes: Themes,
        find: Callable[[str, Deadline], KeptSet | None],
        found: dict[str, KeptSet | None],
    ) -> None:
        self.themes = themes
        self._find = find
        self._found = found
        self._lock = threading.Lock()
        self._directory: Directory | None = None

    def steps(self, deadline: Deadline = NEVER) -> Iterator[None]:
        """Counts one more theme at each step, until all are counted."""
        for slug, theme in self.themes.by_slug.items():
            if slug not in self._found:
                self._count_one(theme, deadline)
                yield

    def theme(self, theme: Theme, deadline: Deadline = NEVER) -> CountedTheme | None:
        """One theme of the file, None where it finds nothing; raises `SearchTimeout`."""
        self._count_one(theme, deadline)
        return next(self._counted((theme,)), None)

    def directory(self, deadline: Deadline = NEVER) -> Directory:
        """All themes that find something; raises `StillCounting`."""
        self._count(deadline)
        if self._directory is None:
            areas = (
                CountedArea(area.name, area.slug, tuple(self._counted(area.themes)))
                for area in self.themes.areas
            )
            self._directory = Directory(tuple(area for area in areas if area.themes))
        return self._directory

    def sets(self, deadline: Deadline = NEVER) -> list[tuple[CountedTheme, KeptSet]]:
        """The themes that find something, each with what it finds; raises `StillCounting`."""
        themes = (theme for area in self.directory(deadline).areas for theme in area.themes)
        return [(theme, kept) for theme in themes if (kept := self._found[theme.slug])]

    def _count_one(self, theme: Theme, deadline: Deadline) -> None:
        if theme.slug not in self._found:
            with self._lock:
                if theme.slug not in self._found:
                    deadline.check()
                    self._found[theme.slug] = self._find(theme.name, deadline)

    def _count(self, deadline: Deadline) -> None:
        try:
            for _ in self.steps(deadline):
                pass
        except SearchTimeout as error:
            done, all_ = len(self._found), len(self.themes.by_slug)
            raise StillCounting(deadline.seconds, done, all_) from error

    def _counted(self, themes: tuple[Theme, ...]) -> Iterator[CountedTheme]:
        for theme in themes:
            kept = self._found[theme.slug]
            if kept:
                stats = kept.stats
                yield CountedTheme(theme.name, theme.slug, kept.total, stats.sum, stats.missing)
