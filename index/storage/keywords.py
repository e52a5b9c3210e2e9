"""What decisions are filtered and counted by: one value a decision, without the arrays."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.decision import Decision
from index.place_names import place_names

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def year_of(decision: Decision) -> str:
    """The year of a decision: that of its date, else the one year in the name of its round; empty
    where neither says it, or the name has two (*2014-2020*)."""
    if decision.decision_date is not None:
        return str(decision.decision_date.year)
    years = set(_YEAR.findall(decision.round.name))
    return years.pop() if len(years) == 1 else ""


KEYWORDS: dict[str, Callable[[Decision], str]] = {
    "owner": lambda decision: decision.owner,
    "round": lambda decision: decision.round.name,
    "round_title": lambda decision: decision.round.title,
    "funder": lambda decision: decision.round.funder or "",
    "year": year_of,
    "place": place_names,
    "owner_number": lambda decision: decision.owner_number or "",
}
"""The name of a column, and the value of a decision, which is empty where it has none;
several places are one value here. `search.dimensions` says what is made of it."""


def keyword_values(decision: Decision) -> tuple[str, ...]:
    """The value of each of `KEYWORDS`."""
    return tuple(value(decision) for value in KEYWORDS.values())
