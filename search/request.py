"""What is asked for: words, filters, sort, page; and the limits of what can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from index.errors import BeslutError
from index.limits import setting

Sort = Literal["relevance", "-amount", "amount", "owner", "title"]

SORTS: tuple[Sort, ...] = ("relevance", "-amount", "amount", "owner", "title")


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How much one request may ask for. Over one of them the answer names it."""

    query_characters: int = setting(512, "longest query, characters")
    query_words: int = setting(32, "words in a query")
    phrase_words: int = setting(8, "words in a phrase")
    nesting: int = setting(5, "nested parentheses in a query")
    prefix_letters: int = setting(3, "letters before * in a prefix, at least")
    prefix_expansions: int = setting(200, "words that a prefix is expanded to")
    page_depth: int = setting(1000, "decisions that can be paged through")
    page_size: int = setting(100, "largest limit, decisions a page")
    facet_values: int = setting(100, "values listed in a facet, the selected ones apart")


class RequestError(BeslutError):
    """A search that cannot be carried out as asked.

    ``parameter`` is the URL parameter at fault and ``value`` what it was.
    """

    def __init__(self, parameter: str, value: str, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.parameter = parameter
        self.value = value


class SearchTimeout(RequestError):
    """A search took longer than the limit."""

    def __init__(self, seconds: float) -> None:
        what = f"sökningen tog mer än gränsen {seconds:g} sekunder"
        super().__init__("q", "", what, "försök igen om en stund, eller förenkla sökningen")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. Amounts are in SEK and inclusive; ``page`` counts from 1.

    ``owners`` and ``rounds`` are alternatives each; ``amount_missing`` adds the decisions without
    an amount to the span, or asks for them alone where there is no span. ``exact`` switches every
    expansion off. ``sort`` None is relevance with words and falling amount without.
    """

    q: str = ""
    owners: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    amount_missing: bool = False
    exact: bool = False
    sort: Sort | None = None
    page: int = 1
    limit: int = 20

    @property
    def order(self) -> Sort:
        """The sort that applies."""
        return self.sort or ("relevance" if self.q.strip() else "-amount")
