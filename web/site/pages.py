"""What the templates are given. HTML itself is made in the templates only."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import render_template

from index.decision import Decision
from search.engine import Engine
from search.overview import Overview, OverviewGroup
from search.request import SearchRequest
from search.result import Hit, RelatedDecision, SearchResult, Segment
from web import current, formats, urls
from web.originals import originals
from web.site import charts, citation, filter_links

FIELD_LABELS = {
    "title": "Titel",
    "owner": "Projektägare",
    "description": "Beskrivning",
    "motivation": "Motivering",
    "round": "Beslutsomgång",
}
EXPANSION_LABELS = {
    "forms": "böjningar",
    "compounds": "sammansättningar",
    "joined": "sammanskrivet",
    "equal": "samma betydelse",
    "wider": "inom temat",
    "parts": "delar av det sammansatta ordet",
    "derivation": "besläktat ord",
    "negation": "grundord",
    "folded": "med å, ä och ö",
    "spelling": "stavning",
    "misspelled": "felstavat i ett beslut",
    "head": "huvudord",
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
"""Searches to start from; those that find something are shown, the first `_THEMES_SHOWN`."""
_THEMES_SHOWN = 8
_ROUNDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a decision's text; ``number`` is the place of a mark that can be jumped to."""

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
    """A row of an overview's table; ``share`` of the sum in percent as it is written."""

    group: OverviewGroup
    label: str
    href: str | None
    share: str


def start(engine: Engine, everything: SearchResult, themes: dict[str, int]) -> str:
    """What this is, and where one can begin; `themes` are searches with how many they find."""
    found = [
        filter_links.Link(words, urls.address("/", SearchRequest(q=words)), count)
        for words, count in themes.items()
        if count
    ]
    rounds = [
        filter_links.Link(
            one.label, urls.address("/", SearchRequest(rounds=(one.value,))), one.count
        )
        for one in everything.facets.rounds[:_ROUNDS_SHOWN]
    ]
    more_rounds = len(everything.facets.rounds) - len(rounds) + everything.facets.more_rounds
    base, settings = current.base_url(), current.settings()
    return render_template(
        "start.html",
        result=everything,
        themes=found[:_THEMES_SHOWN],
        rounds=rounds,
        more_rounds=more_rounds,
        canonical=f"{base}/",
        data=[
            citation.site(base, settings),
            citation.dataset(base, settings, engine.generation.manifest["created"]),
        ],
        **_state(engine),
    )


def search(
    engine: Engine,
    parameters: urls.Parameters,
    parsed: urls.ParsedQuery,
    result: SearchResult | None,
    ways_out: Sequence[filter_links.Link] = (),
) -> str:
    """The results page. The form shows `parameters` as they were typed; amounts, as they were read
    where they could be."""
    request, limits = parsed.request, current.settings().limits
    return render_template(
        "search.html",
        typed=_typed(parameters, parsed),
        errors=parsed.errors,
        request_=request,
        result=result,
        first=(request.page - 1) * request.limit + 1,
        checks=filter_links.checks(result) if result else [],
        bands=filter_links.bands(result) if result else [],
        chips=filter_links.chips(request, result.facets.amounts if result else ()),
        cleared=urls.results_address(filter_links.cleared(request)),
        sorts=filter_links.sorts(request),
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
        **_state(engine),
    )


def overview(
    engine: Engine,
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
        parts=_parts(found, request) if found else [],
        chips=filter_links.chips(
            request, result.facets.amounts if result else (), urls.overview_address
        ),
        cleared=urls.overview_address(filter_links.cleared(request)),
        results_href=urls.results_address(request),
        canonical=current.base_url() + urls.overview_address(request),
        **_state(engine),
    )


def decision(
    engine: Engine,
    one: Decision,
    related: Sequence[RelatedDecision],
    request: SearchRequest,
    marks: dict[str, tuple[tuple[Segment, ...], ...]],
) -> str:
    """The page of one decision, with others on the same things; `marks` as `Engine.marked` gives
    them for the words of `request`, from which the visitor came."""
    base, contact = current.base_url(), current.settings().contact
    description = _paragraphs(one, "description", marks, 1)
    motivation = _paragraphs(one, "motivation", marks, 1 + _numbered(description))
    return render_template(
        "decision.html",
        decision=one,
        title=marks["title"][0],
        owner=marks["owner"][0],
        sections=[("Beskrivning", description), ("Motivering", motivation)],
        places=_numbered(description) + _numbered(motivation),
        related=related,
        request_=request,
        back=urls.results_address(request) if request.q.strip() else None,
        owner_href=urls.address("/", SearchRequest(owners=(one.owner,))),
        round_href=urls.address("/", SearchRequest(rounds=(one.round.name,))),
        original=originals(engine).get(one.source.sha256),
        citation=citation.citation(one, base),
        report=citation.report_link(one, base, contact),
        canonical=base + urls.decision_path(one.id),
        data=[citation.grant(one, base)],
    )


def choice(found: Sequence[Decision]) -> str:
    """Decisions that one address has led to."""
    return render_template("choice.html", found=found)


def about(engine: Engine) -> str:
    """Where the decisions come from, how search works, what it cannot do."""
    known = originals(engine)
    sources = [
        (
            one["file"],
            one["decisions"],
            Decimal(one["sum"]),
            one["sha256"],
            known.get(one["sha256"]),
        )
        for one in engine.generation.manifest["sources"]
    ]
    return render_template(
        "about.html",
        sources=sources,
        search_for=lambda words: SearchRequest(q=words),
        canonical=f"{current.base_url()}/om",
        settings=current.settings(),
        **_state(engine),
    )


def accessibility() -> str:
    """The statement that the Swedish act on accessibility of digital public services asks for."""
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
    """A page that says what went wrong and what to do; `words` are what to search for instead."""
    return render_template("error.html", title=title, what=what, remedy=remedy, words=words)


def marked(hit: Hit, field: str) -> Sequence[Segment]:
    """Title or owner of a hit, cut at what was searched for."""
    for snippet in hit.snippets:
        if snippet.field == field:
            return snippet.segments
    return (Segment(getattr(hit.decision, field), False),)


def _state(engine: Engine) -> dict[str, object]:
    """What every page over the whole index says of it."""
    generation = engine.generation
    return {
        "total_decisions": len(engine),
        "created": generation.manifest["created"],
        "warning": generation.warning,
    }


def _suggested(result: SearchResult) -> SearchRequest:
    return replace(result.request, q=result.suggestion or result.request.q, page=1)


def _kinds(result: SearchResult) -> list[str]:
    """What else than the words themselves was searched for, in a few words."""
    kinds = {
        expansion.kind
        for one in result.interpretation
        if not one.excluded
        for expansion in one.expansions
    }
    return [label for kind, label in EXPANSION_LABELS.items() if kind in kinds]


def _typed(parameters: urls.Parameters, parsed: urls.ParsedQuery) -> dict[str, str]:
    typed = {name: values[0] for name, values in parameters.items() if values}
    amounts = {"amountMin": parsed.request.amount_min, "amountMax": parsed.request.amount_max}
    return typed | {
        name: formats.amount(amount)
        for name, amount in amounts.items()
        if amount is not None and name not in parsed.errors
    }


def _parts(found: Overview, request: SearchRequest) -> list[dict[str, object]]:
    """The three parts of an overview: heading, charts, table."""
    owners = [_owner_row(one, found, request) for one in found.owners]
    rounds = [_round_row(one, found, request) for one in found.rounds]
    amounts = [_amount_row(one, found, request) for one in found.amounts]
    return [
        _part("agare", "Projektägare", owners, [_sums("Beviljat per projektägare", owners)]),
        _part("omgang", "Beslutsomgång", rounds, [_sums("Beviljat per beslutsomgång", rounds)]),
        _part(
            "belopp",
            "Belopp",
            amounts,
            [
                charts.chart(
                    "Antal beslut efter belopp",
                    [
                        (row.label, formats.number(row.group.count), row.group.count)
                        for row in amounts
                    ],
                ),
                _sums("Beviljat efter beslutens belopp", amounts),
            ],
        ),
    ]


def _part(
    name: str, heading: str, rows: Sequence[OverviewRow], drawn: Sequence[charts.Chart]
) -> dict[str, object]:
    return {"name": name, "heading": heading, "rows": rows, "charts": drawn}


def _sums(title: str, rows: Sequence[OverviewRow]) -> charts.Chart:
    """Sums as bars. All the others together are in the table only: they would dwarf each bar."""
    named = [row for row in rows if row.group.label]
    if len(named) < len(rows):
        title = f"{title}, de {len(named)} största"
    return charts.chart(
        title, [(row.label, formats.money(row.group.sum), row.group.sum) for row in named]
    )


def _owner_row(group: OverviewGroup, found: Overview, request: SearchRequest) -> OverviewRow:
    if group.value is None:
        others = formats.plural(found.rest_owners, "annan projektägare", "andra projektägare")
        return _row(group, others, None, found)
    return _row(group, group.label, replace(request, owners=(group.value,)), found)


def _round_row(group: OverviewGroup, found: Overview, request: SearchRequest) -> OverviewRow:
    if group.value is None:
        others = formats.plural(found.rest_rounds, "annan omgång", "andra omgångar")
        return _row(group, others, None, found)
    return _row(group, group.label, replace(request, rounds=(group.value,)), found)


def _amount_row(group: OverviewGroup, found: Overview, request: SearchRequest) -> OverviewRow:
    without = group.amount_min is None and group.amount_max is None
    narrowed = replace(
        request,
        amount_min=group.amount_min,
        amount_max=group.amount_max,
        amount_missing=without,
    )
    return _row(group, group.label, narrowed if group.count else None, found)


def _row(
    group: OverviewGroup, label: str, request: SearchRequest | None, found: Overview
) -> OverviewRow:
    share = formats.percent(group.sum, found.sum)
    return OverviewRow(group, label, urls.results_address(request) if request else None, share)


def _paragraphs(
    one: Decision, field: str, marks: dict[str, tuple[tuple[Segment, ...], ...]], number: int
) -> list[Paragraph]:
    """The blocks of a field; the places of its marks are numbered from `number`."""
    found = []
    for block, segments in zip(getattr(one, field), marks[field], strict=True):
        pieces = _pieces(segments, number)
        number += sum(piece.number is not None for piece in pieces)
        found.append(Paragraph(block.kind, tuple(pieces)))
    return found


def _pieces(segments: Sequence[Segment], number: int) -> list[Piece]:
    """Marks with nothing but a blank between them are one place to jump to."""
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
    return sum(piece.number is not None for one in paragraphs for piece in one.pieces)
