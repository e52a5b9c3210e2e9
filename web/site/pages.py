"""What are the templates given? Data only: HTML is made in the templates."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from flask import Response, render_template

from index.decision import Decision
from index.place_names import places_of
from index.problem import place
from search.dimensions import BY_NAME, COUNTED, DIMENSIONS, SPANS, Span, value_of, year_from
from search.directory import Directory
from search.request import SearchLimits, SearchRequest, SearchTimeout
from search.result import Hit, Overview, RelatedDecision, SearchResult, Segment, Standing
from search.searcher import Searcher
from web import current, formats, labels, urls
from web.language import gettext
from web.messages import Explanation, explained
from web.originals import Original, originals
from web.reading_report import ReadingReport, last_report, stamp
from web.redirects import redirect
from web.site import citation, filter_links, parts

T = TypeVar("T")
Answer = str | tuple[str, int]
_KEPT = ("id", "caseNumber", "exact", "sort", "limit")
"""Parameters without a control in the form of the results page."""
_TYPED = ("q", "page", *(f"{one.name}{end}" for one in SPANS for end in ("Min", "Max")))
"""Parameters that the form shows even if the request fails, and the page."""
_THEMES_SHOWN = 8
_ROUNDS_SHOWN = 6
_UNREAD_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a decision's text; ``number`` is the place of a mark to jump to."""

    text: str
    hit: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of running text in pieces."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file gave: of its ``rows`` some are ``decisions``, of which some are ``duplicates`` of
    others, and some ``withheld``. ``original`` is the copy that can be downloaded."""

    file: str
    sha256: str
    rows: int
    decisions: int
    duplicates: int
    withheld: int
    original: Original | None


def start(searcher: Searcher, everything: SearchResult, directory: Directory | None) -> str:
    """The start page; without a directory, as the themes are not counted yet, with a link to it."""
    themes = directory.varied(_THEMES_SHOWN, len(searcher)) if directory else []
    theme_links = [
        filter_links.Link(theme.name, urls.profile_path("theme", theme.slug), theme.total)
        for theme in themes
    ]
    found_rounds = everything.facets["round"]
    rounds = [
        filter_links.Link(
            labels.value(BY_NAME["round"], row.name, row.chosen),
            urls.address("/", SearchRequest().filtered("round", row.chosen)),
            row.count,
        )
        for row in found_rounds.values[:_ROUNDS_SHOWN]
    ]
    more_rounds = len(found_rounds.values) - len(rounds) + found_rounds.more
    base, settings = current.base_url(), current.settings()
    return render_template(
        "start.html",
        result=everything,
        themes=theme_links,
        is_counting=directory is None,
        rounds=rounds,
        more_rounds=more_rounds,
        canonical=current.public("/"),
        data=[
            citation.site(base, settings),
            citation.dataset(base, settings, searcher.generation.manifest["created"]),
        ],
        **state(searcher),
    )


def search(
    searcher: Searcher,
    parameters: urls.Parameters,
    parsed: urls.ParsedQuery,
    result: SearchResult | None,
    ways_out: Sequence[filter_links.Link] = (),
) -> str:
    """The results page. The form shows `parameters` as typed, valid amounts formatted."""
    request, limits = result.request if result else parsed.request, current.settings().limits
    return render_template(
        "search.html",
        typed=_typed(parameters, parsed),
        errors=_explained(parsed),
        request_=request,
        result=result,
        kept=_KEPT if result else [name for name in urls.PARAMETERS if name not in _TYPED],
        first=(request.page - 1) * request.limit + 1,
        checks=filter_links.checks(result) if result else [],
        bands=filter_links.bands(result) if result else [],
        chips=filter_links.chips(request, result.facets if result else None),
        cleared=urls.results_address(filter_links.cleared(request)),
        sorts=filter_links.sorts(request, result.hits if result else ()),
        pages=filter_links.pages(result, limits.last_page(result.total, request.limit))
        if result
        else [],
        missing_words=filter_links.missing_words(result) if result else [],
        ways_out=ways_out,
        suggestion_href=urls.results_address(_suggested(result)) if result else None,
        exact_href=urls.results_address(replace(request, exact=True, page=1)),
        inexact_href=urls.results_address(replace(request, exact=False, page=1)),
        overview_href=urls.overview_address(request),
        has_facets=result is not None and _has_facets(result),
        is_dated=_is_dated(result, parsed),
        is_cut=result is not None and _is_cut(result, limits),
        limits=limits,
        canonical=current.public(urls.results_address(request)),
        marked=marked,
        **state(searcher),
    )


def overview(
    searcher: Searcher,
    parameters: urls.Parameters,
    parsed: urls.ParsedQuery,
    found: Overview | None,
    result: SearchResult | None,
) -> str:
    """A set by owner, round and amount, as charts with their tables."""
    request = replace(parsed.request, page=1)
    return render_template(
        "overview.html",
        typed=_typed(parameters, parsed),
        errors=_explained(parsed),
        request_=request,
        result=result,
        found=found,
        kept=[*(name for kind in DIMENSIONS for name in urls.parameters_of(kind)), "id", "exact"],
        parts=parts.parts(COUNTED, found, request) if found else [],
        chips=filter_links.chips(request, result.facets if result else None, urls.overview_address),
        cleared=urls.overview_address(filter_links.cleared(request)),
        results_href=urls.results_address(request),
        canonical=current.public(urls.overview_address(request)),
        **state(searcher),
    )


def decision(
    searcher: Searcher,
    record: Decision,
    related: Sequence[RelatedDecision],
    request: SearchRequest | None,
    marks: dict[str, tuple[tuple[Segment, ...], ...]],
    standing: Standing | None,
) -> str:
    """The page of one decision, with related ones; `marks` come from `Searcher.marked` for the
    words of `request`, which led the visitor here, and where it has its `standing`."""
    base, contact = current.base_url(), current.settings().contact
    description = _paragraphs(record, "description", marks, 1)
    motivation = _paragraphs(record, "motivation", marks, 1 + _numbered(description))
    return render_template(
        "decision.html",
        decision=record,
        title=marks["title"][0],
        owner=marks["owner"][0],
        sections=[
            (labels.field("description"), description),
            (labels.field("motivation"), motivation),
        ],
        places=_numbered(description) + _numbered(motivation),
        related=related,
        found_by=request,
        back=urls.results_address(request) if request else None,
        standing=standing,
        beside=_beside(standing, request) if standing and request else {},
        owner_href=_party_href(searcher, record, "owner"),
        funder_href=_party_href(searcher, record, "funder"),
        localities=places_of(record),
        place_href=lambda name: urls.address("/", SearchRequest().filtered("place", (name,))),
        round_year=value_of(BY_NAME["year"], record) if year_from(record) == "round" else "",
        round_href=urls.address("/", SearchRequest().filtered("round", (record.round.name,))),
        original=originals(searcher).get(record.source.sha256),
        citation=citation.citation(record, base),
        report=citation.report_link(record, base, contact),
        canonical=current.public(urls.decision_path(record.id)),
        data=[citation.grant(record, base)],
    )


def _beside(standing: Standing, request: SearchRequest) -> dict[str, str]:
    """The addresses of the hits before and after one, by the relation that they have to it."""
    found = {"prev": standing.previous, "next": standing.next}
    limits = current.settings().limits
    return {
        relation: urls.decision_path(one[0].id, replace(request, page=one[1]))
        for relation, one in found.items()
        if one and limits.reaches(replace(request, page=one[1]))
    }


def themes(searcher: Searcher, directory: Directory) -> str:
    """The directory of themes."""
    return render_template(
        "themes.html",
        areas=directory.areas,
        has_areas=bool(searcher.themes.current().areas),
        canonical=current.public("/teman"),
        **state(searcher),
    )


def _party_href(searcher: Searcher, record: Decision, dimension: str) -> str | None:
    """The page of the owner or the funder of a decision, None where it names none."""
    party = searcher.party_of(record, dimension)
    return urls.profile_path(dimension, party.slug) if party else None


def unless_late(ask: Callable[[], T]) -> T | None:
    """What is asked for, or None if the time is over; then the page says that it lacks it."""
    try:
        return ask()
    except SearchTimeout:
        current.cut_short()
        return None


def choice(found: Sequence[Decision]) -> str:
    """A choice between the decisions that share an old address."""
    return render_template("choice.html", found=found)


def elsewhere(
    searcher: Searcher, name: str, path: Callable[[str], str] = urls.decision_path
) -> Answer | Response:
    """Where a name leads that is not an identifier now; 404 if no decision has it. `path` is the
    address of what was asked for of the one decision that it leads to."""
    decisions = searcher.named(name)
    if len(decisions) == 1:
        return redirect(path(decisions[0].id))
    if decisions:
        return choice(decisions), 300
    reason = searcher.generation.why_withheld(name)
    if reason is not None:
        what = gettext("Det är undantaget från sökningen. Skälet:")
        title, remedy = gettext("Beslutet visas inte"), gettext("fråga den som ger ut tjänsten")
        return error(title, what, remedy, said=reason), 410
    departed = searcher.history.departed(name)
    if departed and departed.moved_to:
        return redirect(path(departed.moved_to))
    words = " ".join(name.partition("/")[2].replace("-", " ").split())
    if departed:
        when = formats.moment(departed.at)
        title = gettext("Beslutet finns inte längre")
        what = gettext("Det togs bort %(at)s.", at=when)
        return error(title, what, gettext("sök efter det"), words), 410
    what = gettext("Beslutet finns inte, eller finns inte längre.")
    return error(gettext("Beslutet finns inte"), what, gettext("sök efter det"), words), 404


def about(searcher: Searcher) -> str:
    """Where the decisions come from, how search works, what it cannot do."""
    known, settings = originals(searcher), current.settings()
    reading = last_report(settings.reports_path) if settings.show_reading else None
    sources = [
        ReadFile(
            source["file"],
            source["sha256"],
            source["rows"],
            source["decisions"],
            len(source["repeated"]) + len(source["elsewhere"]),
            len(source.get("withheld", ())),
            known.get(source["sha256"]),
        )
        for source in searcher.generation.manifest["sources"]
    ]
    return render_template(
        "about.html",
        sources=sources,
        canonical=current.public("/om"),
        settings=settings,
        reading=reading,
        unread=_unread(reading) if reading else [],
        **state(searcher),
    )


def _unread(reading: ReadingReport) -> list[tuple[str, str]]:
    """Where something was not read, and what happened with what to do; as many as are shown."""
    return [
        (place(one.file, one.table, one.row), f"{_sentence(one.what)} {_sentence(one.remedy)}")
        for one in reading.unread[:_UNREAD_SHOWN]
    ]


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def reading_stamp() -> str:
    """What decides the part of `about` that tells of the last reading, where that is shown."""
    settings = current.settings()
    return stamp(settings.reports_path) if settings.show_reading else ""


def accessibility() -> str:
    """The statement that the Swedish act on accessible digital public services requires."""
    settings = current.settings()
    assessed = ""
    with contextlib.suppress(ValueError):
        assessed = formats.day(settings.accessibility_date)
    return render_template(
        "accessibility.html",
        settings=settings,
        assessed=assessed,
        canonical=current.public("/tillganglighet"),
    )


def error(title: str, what: str, remedy: str, words: str = "", said: str = "") -> str:
    """A page that says what went wrong and what to do; `words` are a search to offer instead,
    `said` what staff say of it, in Swedish."""
    contact = current.settings().contact if said else ""
    return render_template(
        "error.html", title=title, what=what, remedy=remedy, words=words, said=said, contact=contact
    )


def marked(hit: Hit, field: str) -> Sequence[Segment]:
    """Title or owner of a hit, cut at what was searched for."""
    for snippet in hit.snippets:
        if snippet.field == field:
            return snippet.segments
    return (Segment(getattr(hit.decision, field), False),)


def state(searcher: Searcher) -> dict[str, object]:
    """What every page about the whole index says of it."""
    generation = searcher.generation
    return {
        "total_decisions": len(searcher),
        "created": generation.manifest["created"],
        "warning": generation.warning,
    }


def _explained(parsed: urls.ParsedQuery) -> dict[str, Explanation]:
    return {name: explained(error) for name, error in parsed.errors.items()}


def _has_facets(result: SearchResult) -> bool:
    """Whether there is anything to filter by: not seven zeros."""
    return any(
        one.count or one.selected for facet in result.facets.values() for one in facet.values
    )


def _is_dated(result: SearchResult | None, parsed: urls.ParsedQuery) -> bool:
    """Whether to offer a filter on dates: some hit that is shown has one, or one is asked for."""
    hits = result.hits if result else ()
    asked = parsed.request.span("date") != Span() or parsed.errors.keys() & {"dateMin", "dateMax"}
    return bool(asked) or any(hit.decision.decision_date for hit in hits)


def _is_cut(result: SearchResult, limits: SearchLimits) -> bool:
    """Whether a page is the last that can be shown, though it does not end the set."""
    last = limits.last_page(result.total, result.request.limit)
    return result.request.page == last and last < result.pages


def _suggested(result: SearchResult) -> SearchRequest:
    return replace(result.request, q=result.suggestion or result.request.q, page=1)


def _typed(parameters: urls.Parameters, parsed: urls.ParsedQuery) -> dict[str, str]:
    typed = {name: values[0] for name, values in parameters.items() if values}
    for dimension in SPANS:
        span = parsed.request.span(dimension.name)
        for which, end in (("Min", span.low), ("Max", span.high)):
            name = f"{dimension.name}{which}"
            if end is not None and name not in parsed.errors:
                typed[name] = urls.written(end) if isinstance(end, date) else formats.amount(end)
    return typed


def _paragraphs(
    decision: Decision, field: str, marks: dict[str, tuple[tuple[Segment, ...], ...]], number: int
) -> list[Paragraph]:
    """The blocks of a field, with the places of its marks numbered from `number`."""
    paragraphs = []
    for block, segments in zip(getattr(decision, field), marks[field], strict=True):
        pieces = _pieces(segments, number)
        number += sum(piece.number is not None for piece in pieces)
        paragraphs.append(Paragraph(block.kind, tuple(pieces)))
    return paragraphs


def _pieces(segments: Sequence[Segment], number: int) -> list[Piece]:
    """The pieces of a block; marks with only blanks between them are one place to jump to."""
    pieces: list[Piece] = []
    goes_on = False
    for segment in segments:
        if segment.hit and not goes_on:
            pieces.append(Piece(segment.text, True, number))
            number += 1
        else:
            pieces.append(Piece(segment.text, segment.hit))
        goes_on = segment.hit or (goes_on and not segment.text.strip())
    return pieces


def _numbered(paragraphs: Sequence[Paragraph]) -> int:
    return sum(piece.number is not None for paragraph in paragraphs for piece in paragraph.pieces)
