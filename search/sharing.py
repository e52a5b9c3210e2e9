"""With whom does an owner, or a funder, share themes?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

from search.deadline import NEVER, Deadline
from search.directory import CountedTheme
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
    request = SearchRequest().filtered(dimension, (name,))
    shares = searcher.theme_shares(request, deadline)
    # The inverse document frequency, so that what all have comes last.
    shares.sort(key=lambda share: share[1] * math.log(share[0].total / len(searcher)))
    found = []
    for theme, decisions in shares[:THEMES]:
        result = searcher.search(SearchRequest(q=theme.name, limit=1), deadline)
        others = (
            one
            for one in result.facets[dimension].values
            if one.label != name and one.count and one.value == one.label
        )
        found.append(SharedTheme(theme, decisions, tuple(islice(others, OTHERS))))
    return tuple(found)
