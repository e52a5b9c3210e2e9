"""What is asked for: words, filters, sort, page; and the limits of what can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from index.errors import BeslutError
from index.limits import between, setting
from search.dimensions import Filter, Span

Value = str | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How much one request may ask for. Over one of them the answer names it."""

    query_refused: int = setting(4096, "longest query, characters", between(1, 100_000))
    query_characters: int = setting(
        512, "longest query that is searched whole, characters", between(1, 10_000)
    )
    query_words: int = setting(
        32, "words of a query that are searched, the most telling if cut", between(1, 500)
    )
    phrase_words: int = setting(8, "words in a phrase", between(1, 100))
    nesting: int = setting(5, "nested parentheses in a query", between(1, 50))
    prefix_letters: int = setting(3, "letters before * in a prefix, at least", between(1, 20))
    prefix_expansions: int = setting(200, "words that a prefix is expanded to", between(1, 10_000))
    page_depth: int = setting(1000, "decisions that can be paged through", between(1, 100_000))
    page_size: int = setting(100, "largest limit, decisions a page", between(1, 1000))
    facet_values: int = setting(
        100, "values listed in a facet, the selected ones apart", between(1, 10_000)
    )

    def reaches(self, request: SearchRequest) -> bool:
        """Whether the page of a request is not too deep to be shown."""
        return (request.page - 1) * request.limit < self.page_depth

    def last_page(self, total: int, limit: int) -> int:
        """The last page of so many decisions that is shown; 1 where there is nothing to show."""
        deepest = pages(self.page_depth, limit)  # up: part of a page may be shown
        return max(1, min(pages(total, limit), deepest))


def pages(total: int, limit: int) -> int:
    """How many pages of `limit` so many things fill, none where pages hold nothing."""
    return -(-total // limit) if limit else 0


@dataclass(frozen=True, slots=True)
class Message:
    """What a visitor is to be told: a ``code`` of `web.messages`, which has the words, and the
    ``values`` that they are about, by name."""

    code: str
    values: Mapping[str, Value]

    @classmethod
    def of(cls, code: str, **values: Value) -> Message:
        """The message of a code about some values."""
        return cls(code, values)


class RequestError(BeslutError):
    """A search that cannot be carried out as asked.

    ``parameter`` is the URL parameter at fault and ``value`` what it was; ``message`` says why.
    """

    def __init__(self, parameter: str, value: str, code: str, **values: Value) -> None:
        super().__init__(parameter, value, code, values)
        self.parameter = parameter
        self.value = value
        self.message = Message.of(code, **values)


class SearchTimeout(RequestError):
    """A search took longer than the limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__("q", "", "timeout", seconds=seconds)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search; ``page`` counts from 1.

    ``filters`` holds what is chosen of each of `search.dimensions`, by name, and nothing for those
    that are not filtered by. ``ids`` are the only decisions to look among, all of them if empty,
    and ``case_numbers`` the only case numbers; one that does not exist matches nothing. ``exact``
    switches every expansion off. ``sort`` is one of `search.dimensions.SORTS`; None is relevance
    with words and falling amount without.
    """

    q: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    case_numbers: tuple[str, ...] = ()
    exact: bool = False
    sort: str | None = None
    page: int = 1
    limit: int = 20

    @property
    def order(self) -> str:
        """The sort that applies."""
        return self.sort or ("relevance" if self.q.strip() else "-amount")

    def values(self, name: str) -> tuple[str, ...]:
        """The chosen values of a dimension of that kind."""
        chosen = self.filters.get(name, ())
        return chosen if isinstance(chosen, tuple) else ()

    def span(self, name: str) -> Span:
        """The chosen span of a dimension of that kind."""
        chosen = self.filters.get(name, Span())
        return chosen if isinstance(chosen, Span) else Span()

    def with_words(self, words: str) -> SearchRequest:
        """The request, first page, with other words."""
        return replace(self, q=words, page=1)

    def filtered(self, name: str, chosen: Filter) -> SearchRequest:
        """The request, first page, with something else chosen of a dimension."""
        others = {key: value for key, value in self.filters.items() if key != name}
        if chosen not in ((), Span()):
            others[name] = chosen
        return replace(self, filters=others, page=1)
