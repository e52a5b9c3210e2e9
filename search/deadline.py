"""When must a search have ended? A value that the engine looks at between steps that are bounded.

A step is a block of postings, a word of the plan, a tree, a facet, a snippet. Whoever is in one
finishes it, so nothing is ever half done, and whatever thread it is in.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from search.request import SearchTimeout


@dataclass(frozen=True)
class Deadline:
    """The time limit of one request: `seconds` in all, until `end` on the monotonic clock."""

    seconds: float
    end: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline so many seconds from now; 0 is never."""
        return cls(seconds, time.monotonic() + seconds if seconds > 0 else math.inf)

    def check(self) -> None:
        """Raises `SearchTimeout` once the time is up. Takes about 100 nanoseconds."""
        if time.monotonic() >= self.end:
            raise SearchTimeout(self.seconds)


NEVER = Deadline.after(0)
"""For whoever may take as long as it takes: the command line, the tests."""
