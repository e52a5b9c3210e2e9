"""What can be clicked on a results page: facets, chips, sorts, pages, ways out of an empty answer.

Everything is a `SearchRequest` turned into an address; the templates only lay it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from search.engine import Engine
from search.request import SORTS, SearchRequest, Sort
from search.result import FacetValue, Interpretation, SearchResult
from web import formats, urls
from web.site import charts

FACET_SHOWN = 10
"""Values of a facet that are shown before *visa alla*."""
SORT_LABELS = {
    "relevance": "Relevans",
    "-amount": "Högsta belopp",
    "amount": "Lägsta belopp",
    "owner": "Projektägare",
    "title": "Projektnamn",
}
_QUERY_FIELDS = {
    "title": "titel:",
    "owner": "ägare:",
    "description": "beskrivning:",
    "motivation": "motivering:",
}
_PAGES_AROUND = 2
_MOST_WAYS = 8  # links out of an empty answer, each of which costs a search

Address = Callable[[SearchRequest], str]


@dataclass(frozen=True, slots=True)
class Checks:
    """A facet as checkboxes: ``first`` are shown, ``rest`` are behind *visa alla*; ``more`` are so
    many that they are not listed at all."""

    parameter: str
    heading: str
    first: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    more: int

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.first) + len(self.rest) + self.more


@dataclass(frozen=True, slots=True)
class Band:
    """One bar of the amount histogram, ``width`` in percent; it is also a link."""

    value: FacetValue
    href: str
    width: float


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen filter, and the address without it."""

    kind: str
    label: str
    href: str
    without: SearchRequest


@dataclass(frozen=True, slots=True)
class Link:
    """A text with an address; ``count`` decisions are to be found there."""

    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """One entry of the paging; ``href`` None is the current page, ``number`` None a gap."""

    number: int | None
    href: str | None


def checks(result: SearchResult) -> list[Checks]:
    """The facets whose values are chosen with checkboxes."""
    facets = result.facets
    return [
        _checks("owner", "Projektägare", facets.owners, getattr(facets, "more_owners", 0)),
        _checks("round", "Beslutsomgång", facets.rounds, getattr(facets, "more_rounds", 0)),
    ]


def _checks(parameter: str, heading: str, values: Sequence[FacetValue], more: int) -> Checks:
    """Chosen values come first, so that none of them is ever behind *visa alla*."""
    chosen = [value for value in values if value.selected]
    ordered = [*chosen, *(value for value in values if not value.selected)]
    shown = max(FACET_SHOWN, len(chosen))
    if len(ordered) == shown + 1:  # one more takes no more room than the button
        shown += 1
    return Checks(parameter, heading, tuple(ordered[:shown]), tuple(ordered[shown:]), more)


def bands(result: SearchResult) -> list[Band]:
    """The amount bands as bars."""
    values = result.facets.amounts
    widths = charts.shares([value.count for value in values])
    return [
        Band(value, urls.results_address(urls.toggled(result.request, "amounts", value)), width)
        for value, width in zip(values, widths, strict=True)
    ]


def chips(
    request: SearchRequest,
    amounts: Sequence[FacetValue] = (),
    address: Address = urls.results_address,
) -> list[Chip]:
    """The chosen filters, each with the address that drops it; a span that is one of the bands
    `amounts` is called as the band is."""
    span = next((one.label for one in amounts if one.selected and _is_span(one)), _span(request))
    return [
        Chip(kind, label, address(without), without)
        for kind, label, without in _filters(request, span)
    ]


def _is_span(value: FacetValue) -> bool:
    return value.amount_min is not None or value.amount_max is not None


def _filters(request: SearchRequest, span: str) -> Iterator[tuple[str, str, SearchRequest]]:
    """(kind, label, request without it) of each filter."""
    first = replace(request, page=1)
    for owner in first.owners:
        rest = tuple(one for one in first.owners if one != owner)
        yield "Projektägare", owner, replace(first, owners=rest)
    for round_ in first.rounds:
        rest = tuple(one for one in first.rounds if one != round_)
        yield "Beslutsomgång", round_, replace(first, rounds=rest)
    if first.amount_min is not None or first.amount_max is not None:
        yield "Belopp", span, replace(first, amount_min=None, amount_max=None)
    if first.amount_missing:
        yield "Belopp", "belopp saknas", replace(first, amount_missing=False)
    if first.exact:
        yield "Ord", "exakt som de är skrivna", replace(first, exact=False)


def _span(request: SearchRequest) -> str:
    low, high = request.amount_min, request.amount_max
    if low is not None and high is not None:
        return f"{formats.amount(low)}–{formats.money(high)}"
    return f"från {formats.money(low)}" if low is not None else f"högst {formats.money(high)}"


def cleared(request: SearchRequest) -> SearchRequest:
    """The same words, sort and size of page without any filter."""
    return SearchRequest(q=request.q, sort=request.sort, limit=request.limit)


def sorts(request: SearchRequest) -> list[Link]:
    """The ways to sort; without words there is nothing to be relevant to."""
    offered = [sort for sort in SORTS if sort != "relevance" or request.q.strip()]
    return [
        Link(
            SORT_LABELS[sort],
            urls.results_address(replace(request, sort=_said(request, sort), page=1)),
            current=sort == request.order,
        )
        for sort in offered
    ]


def _said(request: SearchRequest, sort: Sort) -> Sort | None:
    """What the address says of a sort: nothing where it is the one that applies anyway."""
    return None if replace(request, sort=None).order == sort else sort


def pages(result: SearchResult, last: int) -> list[PageLink]:
    """The first and last pages and those around the current one, with gaps between."""
    current = result.request.page
    around = range(current - _PAGES_AROUND, current + _PAGES_AROUND + 1)
    numbers = sorted({1, last, *around} & set(range(1, last + 1)))
    links: list[PageLink] = []
    for number in numbers:
        if links and links[-1].number is not None and number > links[-1].number + 1:
            links.append(PageLink(None, None))
        href = urls.results_address(replace(result.request, page=number))
        links.append(PageLink(number, None if number == current else href))
    return links if last > 1 else []


def missing_words(result: SearchResult) -> list[str]:
    """The words of the query that found nothing by themselves."""
    return [one.text for one in result.interpretation if not one.documents and _is_simple(one)]


def ways_out(engine: Engine, result: SearchResult) -> list[Link]:
    """Searches that ask for less than one that found nothing, and that find something: without each
    of the filters, without all of them, with any of the words."""
    request = result.request
    others = [(f"utan {chip.kind.lower()}: {chip.label}", chip.without) for chip in chips(request)]
    if len(others) > 1:
        others.append(("utan filter", cleared(request)))
    any_word = _any_word(result)
    if any_word:
        some = "något av orden: " if " ELLER " in any_word else "bara "
        others.append((some + any_word, replace(request, q=any_word)))
        if len(others) > 1:
            others.append((f"{some}{any_word}, utan filter", replace(cleared(request), q=any_word)))
    found = []
    for label, other in others[-_MOST_WAYS:]:
        other = replace(other, page=1)
        count = engine.search(replace(other, limit=1)).total
        if count:
            found.append(Link(label, urls.results_address(other), count))
    return found


def _any_word(result: SearchResult) -> str | None:
    """The query with ELLER between the words that are found; None where that is no other search."""
    words = [one for one in result.interpretation if _is_simple(one) and one.documents]
    without = [_typed(one) for one in result.interpretation if one.excluded]
    if not words or len(result.interpretation) < 2:
        return None
    either = " ELLER ".join(dict.fromkeys(_typed(one) for one in words))
    if not without:
        return either
    return " ".join([f"({either})", *(f"-{word}" for word in without)])


def _is_simple(one: Interpretation) -> bool:
    """Something that was typed as one: not a run of words read together."""
    return not one.excluded and (one.kind != "word" or " " not in one.text)


def _typed(one: Interpretation) -> str:
    """A part of a query as it is written in a query."""
    text = f'"{one.text}"' if one.kind == "phrase" else one.text
    return f"{_QUERY_FIELDS[one.field]}{text}" if one.field else text
