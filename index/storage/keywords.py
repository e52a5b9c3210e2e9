"""What decisions are filtered and counted by: one value a decision, without the arrays."""

from __future__ import annotations

from collections.abc import Callable

from index.decision import Decision

KEYWORDS: dict[str, Callable[[Decision], str]] = {
    "owner": lambda decision: decision.owner,
    "round": lambda decision: decision.round.name,
    "funder": lambda decision: decision.round.funder or "",
}
"""The name of a column, and the value of a decision, which is empty where it has none.
`search.dimensions` says what is made of it."""
