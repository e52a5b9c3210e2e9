"""What can be clicked on a results page? Facets, chips, sorts, pages, ways out of an empty result.

Each is a `SearchRequest` turned into an address; the templates only do the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from search.deadline import Deadline
from search.dimensions import BY_NAME, SORTS, SPANS, VALUES, Dimension, Span
from search.request import SearchRequest
from search.result import Facet, Facets, Hit, Interpretation, SearchResult
from search.searcher import Searcher
from web import labels, urls
from web.language import gettext, ngettext
from web.site import charts

FACET_SHOWN = 10
"""Values of a facet that are shown before *visa alla*."""
_PAGES_AROUND = 2
_MOST_WAYS = 8  # links out of an empty result, each of which costs a search

Address = Callable[[SearchRequest], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, and how many decisions it has."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """A facet as checkboxes: ``first`` are shown, ``rest`` are behind *visa alla*; ``more`` counts
    those not listed at all. ``prefix`` is the field's prefix in a query, *ägare:*; ``note`` is to
    be said of all values."""

    parameter: str
    heading: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    more: int
    prefix: str | None
    note: str

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.first) + len(self.rest) + self.more


@dataclass(frozen=True, slots=True)
class Band:
    """One bar of the amount histogram, ``width`` in percent; it is also a link. ``is_missing``: it
    is no bar, but the choice of decisions without an amount."""

    label: str
    count: int
    selected: bool
    is_missing: bool
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
    ordered = [
        Choice(one.value, labels.value(dimension, one.name, one.chosen), one.count, one.selected)
        for one in sorted(facet.values, key=lambda one: not one.selected)
    ]
    chosen = [one for one in ordered if one.selected]
    shown = max(FACET_SHOWN, len(chosen))
    if len(ordered) == shown + 1:  # a single hidden value takes no more room than the button
        shown += 1
    first, rest = tuple(ordered[:shown]), tuple(ordered[shown:])
    prefix = _prefix(dimension.search_field)
    return Checks(
        dimension.name,
        labels.heading(dimension),
        first,
        rest,
        facet.more,
        prefix,
        gettext(dimension.note) if dimension.note else "",
    )


def _prefix(field: str | None) -> str | None:
    name = labels.query_name(field) if field else ""
    return f"{name}:" if name else None


def bands(result: SearchResult) -> list[Band]:
    """The amount bands as bars."""
    values = result.facets["amount"].values
    widths = charts.shares([value.count for value in values])
    return [
        Band(
            labels.value(BY_NAME["amount"], one.name, one.chosen),
            one.count,
            one.selected,
            isinstance(one.chosen, Span) and one.chosen.is_open,
            urls.results_address(urls.toggled(result.request, "amount", one)),
            width,
        )
        for one, width in zip(values, widths, strict=True)
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
            yield labels.heading(dimension), labels.wanted(dimension, value), without
    for dimension in SPANS:
        span = request.span(dimension.name)
        if not span.is_open:
            without = request.filtered(dimension.name, Span(missing=span.missing))
            bands = facets[dimension.name].values if dimension.name in facets else ()
            is_band = any(band.chosen == replace(span, missing=False) for band in bands)
            label = labels.band(span) if is_band else labels.span(span)
            yield labels.heading(dimension), label, without
        if span.missing:
            without = request.filtered(dimension.name, replace(span, missing=False))
            yield labels.heading(dimension), gettext(dimension.missing_label), without
    if request.ids:
        count = len(request.ids)
        label = ngettext("%(count)s utvalt beslut", "%(count)s utvalda beslut", count, count=count)
        yield gettext("Lista"), label, replace(request, ids=(), page=1)
    for number in request.case_numbers:
        rest = tuple(other for other in request.case_numbers if other != number)
        yield gettext("Diarienummer"), number, replace(request, case_numbers=rest, page=1)
    if request.exact:
        yield (
            gettext("Ord"),
            gettext("exakt som de är skrivna"),
            replace(request, exact=False, page=1),
        )


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
            labels.sort(sort),
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
    others = [
        (gettext("utan %(kind)s: %(label)s", kind=one.kind.lower(), label=one.label), one.without)
        for one in chips(request)
    ]
    if len(others) > 1:
        others.append((gettext("utan filter"), cleared(request)))
    any_word = _any_word(result)
    if any_word:
        several = " ELLER " in any_word
        some = gettext("något av orden: %(words)s") if several else gettext("bara %(words)s")
        label = some % {"words": any_word}
        others.append((label, replace(request, q=any_word)))
        if len(others) > 1:
            unfiltered = replace(cleared(request), q=any_word)
            others.append((gettext("%(search)s, utan filter", search=label), unfiltered))
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
