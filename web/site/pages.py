"""What are the templates given? Data only: HTML is made in the templates."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import render_template

from index.decision import Decision
from search.dimensions import DIMENSIONS, SPANS, Dimension
from search.fields import FIELDS
from search.request import SearchRequest
from search.result import Group, Hit, Overview, RelatedDecision, SearchResult, Segment
from search.searcher import Searcher
from web import current, formats, urls
from web.originals import originals
from web.site import charts, citation, filter_links

_QUERY_NAMES = [field.query_names[0] for field in FIELDS.values() if field.query_names]
FIELD_LABELS = {name: field.label for name, field in FIELDS.items()}
EXPANSION_LABELS = {
    "forms": "böjningar",
    "compounds": "sammansättningar",
    "joined": "sammanskrivet",
    "equal": "samma betydelse",
    "wider": "inom temat",
    "parts": "delarna nära varandra",
    "derivation": "besläktat ord",
    "negation": "grundord",
    "folded": "med å, ä och ö",
    "spelling": "stavning",
    "misspelled": "felstavat i ett beslut",
    "head": "huvudordet, bara bland beslut med några av orden",
}
THEMES = (
    "psykisk hälsa",
    "kompetensförsörjning",
    "glesbygd",
    "arbetsmarknad",
    "skola och utbildning",
    "integration",
    "digitalisering",
    "jämställdhet",
    "unga",
    "klimat",
    "kultur",
    "innovation",
)
"""Searches to start from; the first `_THEMES_SHOWN` that find something are shown."""
_KEPT = ("exact", "sort", "limit")
"""Parameters without a control in the form of the results page."""
_TYPED = ("q", "page", *(f"{one.name}{end}" for one in SPANS for end in ("Min", "Max")))
"""Parameters that the form shows even if the request fails, and the page."""
_THEMES_SHOWN = 8
_ROUNDS_SHOWN = 6


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
class OverviewRow:
    """A row of an overview's table; ``share`` of the sum in percent, as shown. ``is_rest``: the
    row sums up all values without a row of their own."""

    label: str
    decisions: int
    sum: Decimal
    share: str
    href: str | None
    is_rest: bool


def start(searcher: Searcher, everything: SearchResult, themes: dict[str, int]) -> str:
    """The start page; `themes` are searches with the number of decisions they find."""
    theme_links = [
        filter_links.Link(words, urls.address("/", SearchRequest(q=words)), count)
        for words, count in themes.items()
        if count
    ]
    found_rounds = everything.facets["round"]
    rounds = [
        filter_links.Link(
            row.label, urls.address("/", SearchRequest().filtered("round", row.chosen)), row.count
        )
        for row in found_rounds.values[:_ROUNDS_SHOWN]
    ]
    more_rounds = len(found_rounds.values) - len(rounds) + found_rounds.more
    base, settings = current.base_url(), current.settings()
    return render_template(
        "start.html",
        result=everything,
        themes=theme_links[:_THEMES_SHOWN],
        rounds=rounds,
        more_rounds=more_rounds,
        canonical=f"{base}/",
        data=[
            citation.site(base, settings),
            citation.dataset(base, settings, searcher.generation.manifest["created"]),
        ],
        **_state(searcher),
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
        errors=parsed.errors,
        request_=request,
        result=result,
        kept=_KEPT if result else [name for name in urls.PARAMETERS if name not in _TYPED],
        first=(request.page - 1) * request.limit + 1,
        checks=filter_links.checks(result) if result else [],
        bands=filter_links.bands(result) if result else [],
        chips=filter_links.chips(request, result.facets if result else None),
        cleared=urls.results_address(filter_links.cleared(request)),
        sorts=filter_links.sorts(request, result.hits if result else ()),
        pages=filter_links.pages(result, urls.last_page(result, limits)) if result else [],
        missing_words=filter_links.missing_words(result) if result else [],
        ways_out=ways_out,
        kinds=_kinds(result) if result else [],
        field_labels=FIELD_LABELS,
        expansion_labels=EXPANSION_LABELS,
        suggestion_href=urls.results_address(_suggested(result)) if result else None,
        exact_href=urls.results_address(replace(request, exact=True, page=1)),
        inexact_href=urls.results_address(replace(request, exact=False, page=1)),
        overview_href=urls.overview_address(request),
        canonical=current.base_url() + urls.results_address(request),
        marked=marked,
        **_state(searcher),
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
        errors=parsed.errors,
        request_=request,
        result=result,
        found=found,
        kept=[*(name for kind in DIMENSIONS for name in urls.parameters_of(kind)), "exact"],
        parts=[_part(one, found, request) for one in DIMENSIONS] if found else [],
        chips=filter_links.chips(request, result.facets if result else None, urls.overview_address),
        cleared=urls.overview_address(filter_links.cleared(request)),
        results_href=urls.results_address(request),
        canonical=current.base_url() + urls.overview_address(request),
        **_state(searcher),
    )


def decision(
    searcher: Searcher,
    record: Decision,
    related: Sequence[RelatedDecision],
    request: SearchRequest,
    marks: dict[str, tuple[tuple[Segment, ...], ...]],
) -> str:
    """The page of one decision, with related ones; `marks` come from `Searcher.marked` for the
    words of `request`, which led the visitor here."""
    base, contact = current.base_url(), current.settings().contact
    owner = searcher.party_of(record, "owner")
    owner_value = owner.label if owner else record.owner
    description = _paragraphs(record, "description", marks, 1)
    motivation = _paragraphs(record, "motivation", marks, 1 + _numbered(description))
    return render_template(
        "decision.html",
        decision=record,
        title=marks["title"][0],
        owner=marks["owner"][0],
        sections=[("Beskrivning", description), ("Motivering", motivation)],
        places=_numbered(description) + _numbered(motivation),
        related=related,
        request_=request,
        back=urls.results_address(request) if request.q.strip() else None,
        owner_href=urls.address("/", SearchRequest().filtered("owner", (owner_value,))),
        round_href=urls.address("/", SearchRequest().filtered("round", (record.round.name,))),
        original=originals(searcher).get(record.source.sha256),
        citation=citation.citation(record, base),
        report=citation.report_link(record, base, contact),
        canonical=base + urls.decision_path(record.id),
        data=[citation.grant(record, base)],
    )


def choice(found: Sequence[Decision]) -> str:
    """A choice between the decisions that share an old address."""
    return render_template("choice.html", found=found)


def about(searcher: Searcher) -> str:
    """Where the decisions come from, how search works, what it cannot do."""
    known = originals(searcher)
    sources = [
        (
            source["file"],
            source["decisions"],
            Decimal(source["sum"]),
            source["sha256"],
            known.get(source["sha256"]),
        )
        for source in searcher.generation.manifest["sources"]
    ]
    return render_template(
        "about.html",
        sources=sources,
        search_for=lambda words: SearchRequest(q=words),
        other_fields=formats.listed([f"{name}:" for name in _QUERY_NAMES[1:]]),
        canonical=f"{current.base_url()}/om",
        settings=current.settings(),
        **_state(searcher),
    )


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
        canonical=f"{current.base_url()}/tillganglighet",
    )


def error(title: str, what: str, remedy: str, words: str = "") -> str:
    """A page that says what went wrong and what to do; `words` are a search to offer instead."""
    return render_template("error.html", title=title, what=what, remedy=remedy, words=words)


def marked(hit: Hit, field: str) -> Sequence[Segment]:
    """Title or owner of a hit, cut at what was searched for."""
    for snippet in hit.snippets:
        if snippet.field == field:
            return snippet.segments
    return (Segment(getattr(hit.decision, field), False),)


def _state(searcher: Searcher) -> dict[str, object]:
    """What every page about the whole index says of it."""
    generation = searcher.generation
    return {
        "total_decisions": len(searcher),
        "created": generation.manifest["created"],
        "warning": generation.warning,
    }


def _suggested(result: SearchResult) -> SearchRequest:
    return replace(result.request, q=result.suggestion or result.request.q, page=1)


def _kinds(result: SearchResult) -> list[str]:
    """What was searched for besides the words themselves, in a few words."""
    kinds = {
        expansion.kind
        for part in result.interpretation
        if not part.excluded
        for expansion in part.expansions
    }
    return [label for kind, label in EXPANSION_LABELS.items() if kind in kinds]


def _typed(parameters: urls.Parameters, parsed: urls.ParsedQuery) -> dict[str, str]:
    typed = {name: values[0] for name, values in parameters.items() if values}
    for dimension in SPANS:
        span = parsed.request.span(dimension.name)
        for end, amount in (("Min", span.low), ("Max", span.high)):
            name = f"{dimension.name}{end}"
            if amount is not None and name not in parsed.errors:
                typed[name] = formats.amount(amount)
    return typed


def _part(dimension: Dimension, found: Overview, request: SearchRequest) -> dict[str, object]:
    """A part of an overview: heading, charts, table."""
    breakdown = found.parts[dimension.name]
    rows = [_row(dimension, group, breakdown.rest, found, request) for group in breakdown.groups]
    drawn = [_sums(f"Beviljat per {dimension.heading.lower()}", rows)]
    if dimension.kind == "span":
        counts = [(row.label, formats.number(row.decisions), row.decisions) for row in rows]
        drawn = [
            charts.chart(f"Antal beslut efter {dimension.heading.lower()}", counts),
            _sums(f"Beviljat efter beslutens {dimension.heading.lower()}", rows),
        ]
    return {"name": dimension.anchor, "heading": dimension.heading, "rows": rows, "charts": drawn}


def _sums(title: str, rows: Sequence[OverviewRow]) -> charts.Chart:
    """Sums as bars. The row for all others is only in the table: it would dwarf every bar."""
    named = [row for row in rows if not row.is_rest]
    if len(named) < len(rows):
        title = f"{title}, de {len(named)} största"
    return charts.chart(title, [(row.label, formats.money(row.sum), row.sum) for row in named])


def _row(
    dimension: Dimension, group: Group, rest: int, found: Overview, request: SearchRequest
) -> OverviewRow:
    href = None
    if group.chosen is not None and group.decisions:
        href = urls.results_address(request.filtered(dimension.name, group.chosen))
    label = group.label if group.chosen is not None else formats.plural(rest, *dimension.others)
    share = formats.percent(group.sum, found.sum)
    return OverviewRow(label, group.decisions, group.sum, share, href, group.chosen is None)


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
