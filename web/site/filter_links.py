"""What can be clicked on a results page? Facets, chips, sorts, pages, ways out of an empty result.

Each is a `SearchRequest` turned into an address; the templates only do the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from search.deadline import Deadline
from search.dimensions import SORTS, SPANS, VALUES, Dimension, End, Span, label_of
from search.fields import FIELDS
from search.request import SearchRequest
from search.result import Facet, Facets, FacetValue, Hit, Interpretation, SearchResult
from search.searcher import Searcher
from web import formats, urls
from web.site import charts

FACET_SHOWN = 10
"""Values of a facet that are shown before *visa alla*."""
_PAGES_AROUND = 2
_MOST_WAYS = 8  # links out of an empty result, each of which costs a search

Address = Callable[[SearchRequest], str]


@dataclass(frozen=True, slots=True)
class Checks:
    """A facet as checkboxes: ``first`` are shown, ``rest`` are behind *visa alla*; ``more`` counts
    those not listed at all. ``prefix`` is the field's prefix in a query, *ägare:*; ``note`` is to
    be said of all values."""

    parameter: str
    heading: str
    first: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    more: int
    prefix: str | None
    note: str

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
    """A text with an address; ``count`` is the number of decisions there."""

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
    return [_checks(dimension, result.facets[dimension.name]) for dimension in VALUES]


def _checks(dimension: Dimension, facet: Facet) -> Checks:
    """Chosen values come first, so that none of them is ever behind *visa alla*."""
    chosen = [value for value in facet.values if value.selected]
    ordered = [*chosen, *(value for value in facet.values if not value.selected)]
    shown = max(FACET_SHOWN, len(chosen))
    if len(ordered) == shown + 1:  # a single hidden value takes no more room than the button
        shown += 1
    first, rest = tuple(ordered[:shown]), tuple(ordered[shown:])
    prefix = _prefix(dimension.search_field)
    return Checks(
        dimension.name, dimension.heading, first, rest, facet.more, prefix, dimension.note
    )


def _prefix(field: str | None) -> str | None:
    names = FIELDS[field].query_names if field else ()
    return f"{names[0]}:" if names else None


def bands(result: SearchResult) -> list[Band]:
    """The amount bands as bars."""
    values = result.facets["amount"].values
    widths = charts.shares([value.count for value in values])
    return [
        Band(value, urls.results_address(urls.toggled(result.request, "amount", value)), width)
        for value, width in zip(values, widths, strict=True)
    ]


def chips(
    request: SearchRequest, facets: Facets | None = None, address: Address = urls.results_address
) -> list[Chip]:
    """The chosen filters, each with the address that drops it; a span equal to one of the bands in
    `facets` has the band's label."""
    return [
        Chip(kind, label, address(without), without)
        for kind, label, without in _filters(request, facets or {})
    ]


def _filters(request: SearchRequest, facets: Facets) -> Iterator[tuple[str, str, SearchRequest]]:
    """(kind, label, request without it) of each filter."""
    for dimension in VALUES:
        chosen = request.values(dimension.name)
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            without = request.filtered(dimension.name, rest)
            yield dimension.heading, label_of(dimension, value), without
    for dimension in SPANS:
        span = request.span(dimension.name)
        if not span.is_open:
            without = request.filtered(dimension.name, Span(missing=span.missing))
            label = _band_label(span, facets.get(dimension.name)) or _span(span)
            yield dimension.heading, label, without
        if span.missing:
            without = request.filtered(dimension.name, replace(span, missing=False))
            yield dimension.heading, dimension.missing_label, without
    if request.exact:
        yield "Ord", "exakt som de är skrivna", replace(request, exact=False, page=1)


def _band_label(span: Span, facet: Facet | None) -> str | None:
    """The label of the band that equals a span, if any."""
    ends = replace(span, missing=False)
    bands = facet.values if facet else ()
    return next((band.label for band in bands if band.chosen == ends), None)


def _span(span: Span) -> str:
    low, high = span.low, span.high
    if isinstance(low, date) or isinstance(high, date):
        if low is None or high is None:
            return f"från {_written(low)}" if low else f"till och med {_written(high)}"
        return f"{_written(low)} – {_written(high)}"
    if low is not None and high is not None:
        return f"{formats.amount(low)}–{_written(high)}"
    return f"från {_written(low)}" if low is not None else f"högst {_written(high)}"


def _written(end: End | None) -> str:
    return formats.day(end.isoformat()) if isinstance(end, date) else formats.money(end)


def cleared(request: SearchRequest) -> SearchRequest:
    """The same words, sort and size of page without any filter."""
    return SearchRequest(q=request.q, sort=request.sort, limit=request.limit)


def sorts(request: SearchRequest, hits: Sequence[Hit]) -> list[Link]:
    """The ways to sort; without words there is nothing to be relevant to, and without a date among
    the hits shown nothing to sort by it."""
    useless = set() if request.q.strip() else {"relevance"}
    if not any(hit.decision.decision_date for hit in hits):
        useless |= {"date", "-date"} - {request.order}
    offered = [sort for sort in SORTS if sort not in useless]
    return [
        Link(
            SORTS[sort],
            urls.results_address(replace(request, sort=_said(request, sort), page=1)),
            current=sort == request.order,
        )
        for sort in offered
    ]


def _said(request: SearchRequest, sort: str) -> str | None:
    """A sort as the address states it: None if it is the default."""
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
    """The words of the query that match nothing by themselves."""
    return [part.text for part in result.interpretation if not part.documents and _is_simple(part)]


def ways_out(searcher: Searcher, result: SearchResult, deadline: Deadline) -> list[Link]:
    """Wider searches than one that found nothing, and that find something: without each of the
    filters, without all of them, with any of the words."""
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
    links = []
    for label, other in others[-_MOST_WAYS:]:
        other = replace(other, page=1)
        count = searcher.search(replace(other, limit=1), deadline).total
        if count:
            links.append(Link(label, urls.results_address(other), count))
    return links


def _any_word(result: SearchResult) -> str | None:
    """The query with ELLER between the words that match; None if that is the same search."""
    words = [part for part in result.interpretation if _is_simple(part) and part.documents]
    without = [_typed(part) for part in result.interpretation if part.excluded]
    if not words or len(result.interpretation) < 2:
        return None
    either = " ELLER ".join(dict.fromkeys(_typed(part) for part in words))
    if not without:
        return either
    return " ".join([f"({either})", *(f"-{word}" for word in without)])


def _is_simple(part: Interpretation) -> bool:
    """Whether a part was typed as a unit, not a run of words read together."""
    return not part.excluded and (part.kind != "word" or " " not in part.text)


def _typed(part: Interpretation) -> str:
    """A part of a query as a visitor would type it."""
    text = f'"{part.text}"' if part.kind == "phrase" else part.text
    return f"{_prefix(part.field) or ''}{text}"
