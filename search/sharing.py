"""With whom does an owner, or a funder, share themes?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

from search.deadline import NEVER, Deadline
from search.directory import CountedTheme
from search.engine import KeptSet
from search.request import SearchRequest
from search.result import FacetValue
from search.searcher import Searcher

THEMES, OTHERS = 8, 3
"""Themes told, and others told of each."""


@dataclass(frozen=True, slots=True)
class SharedTheme:
    """A theme of somebody's: how many of its ``decisions`` have it, and which ``others`` have most
    decisions with it."""

    theme: CountedTheme
    decisions: int
    others: tuple[FacetValue, ...]


def shared_themes(
    searcher: Searcher, dimension: str, name: str, deadline: Deadline = NEVER
) -> tuple[SharedTheme, ...]:
    """The themes that tell most of a value of a dimension: many of its decisions have them, and few
    of all. Raises `SearchTimeout`."""
    sets = searcher.theme_counts().sets(deadline)
    request = SearchRequest().filtered(dimension, (name,))
    counts = searcher.engine.shares([kept for _, kept in sets], request, deadline)
    shares = [(*pair, count) for pair, count in zip(sets, counts, strict=True) if count]
    # The inverse document frequency, so that what all have comes last.
    shares.sort(key=lambda share: share[2] * math.log(share[0].total / len(searcher)))
    return tuple(
        SharedTheme(theme, count, _others(searcher, kept, dimension, name))
        for theme, kept, count in shares[:THEMES]
    )


def _others(searcher: Searcher, kept: KeptSet, dimension: str, name: str) -> tuple[FacetValue, ...]:
    found = searcher.engine.leading(kept, dimension, OTHERS + 2)
    others = (one for one in found if one.name and one.name != name)
    return tuple(islice(others, OTHERS))
