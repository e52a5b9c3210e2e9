"""What the templates are given. HTML itself is made in the templates only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import render_template

from search.engine import Engine
from search.request import SORTS, Limits, SearchRequest
from search.result import Decision, FacetValue, Hit, RelatedDecision, SearchResult, Segment
from web import formats, urls

FIELD_LABELS = {
    "title": "Titel",
    "owner": "Projektägare",
    "description": "Beskrivning",
    "motivation": "Motivering",
    "round": "Beslutsomgång",
}
SORT_LABELS = {
    "relevance": "Relevans",
    "-amount": "Högsta belopp",
    "amount": "Lägsta belopp",
    "owner": "Projektägare",
    "title": "Projektnamn",
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
_PAGES_AROUND = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet as a link that chooses it or lets it go."""

    value: FacetValue
    href: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One entry of the paging; ``href`` None is the current page, ``number`` None a gap."""

    number: int | None
    href: str | None


def search(
    engine: Engine,
    parameters: urls.Parameters,
    parsed: urls.Parsed,
    result: SearchResult | None,
    limits: Limits,
) -> str:
    """The search page. The form shows `parameters` as they were typed; amounts, as they were read
    where they could be."""
    typed = {name: values[0] for name, values in parameters.items() if values}
    typed |= _amounts_read(parsed)
    return render_template(
        "search.html",
        typed=typed,
        errors=parsed.errors,
        request_=parsed.request,
        result=result,
        total_decisions=len(engine),
        created=engine.generation.manifest["created"],
        warning=engine.generation.warning,
        owners=_choices(result, "owners"),
        amounts=_choices(result, "amounts"),
        rounds=_choices(result, "rounds"),
        pages=_page_links(result, urls.last_page(result, limits)) if result else [],
        sort_labels={sort: SORT_LABELS[sort] for sort in SORTS},
        field_labels=FIELD_LABELS,
        expansion_labels=EXPANSION_LABELS,
        suggestion_href=urls.address("/", _suggested(result)) if result else None,
        exact_href=urls.address("/", replace(parsed.request, exact=True, page=1)),
        unfiltered_href=urls.address("/", SearchRequest(q=parsed.request.q)),
        inexact_href=urls.address("/", replace(parsed.request, exact=False, page=1)),
        marked=marked,
    )


def decision(one: Decision, related: Sequence[RelatedDecision]) -> str:
    """The page of one decision, with others on the same things."""
    owner_href = urls.address("/", SearchRequest(owners=(one.owner,)))
    round_href = urls.address("/", SearchRequest(rounds=(one.round.name,)))
    return render_template(
        "decision.html",
        decision=one,
        related=related,
        owner_href=owner_href,
        round_href=round_href,
    )


def error(title: str, what: str, mend: str) -> str:
    """A page that says what went wrong and what to do."""
    return render_template("error.html", title=title, what=what, mend=mend)


def marked(hit: Hit, field: str) -> Sequence[Segment]:
    """Title or owner of a hit, cut at what was searched for."""
    for snippet in hit.snippets:
        if snippet.field == field:
            return snippet.segments
    return (Segment(getattr(hit.decision, field), False),)


def _suggested(result: SearchResult) -> SearchRequest:
    return replace(result.request, q=result.suggestion or result.request.q, page=1)


def _amounts_read(parsed: urls.Parsed) -> dict[str, str]:
    amounts = {"amountMin": parsed.request.amount_min, "amountMax": parsed.request.amount_max}
    return {
        name: formats.amount(amount)
        for name, amount in amounts.items()
        if amount is not None and name not in parsed.errors
    }


def _choices(result: SearchResult | None, facet: str) -> list[Choice]:
    if result is None:
        return []
    return [
        Choice(value, urls.address("/", urls.toggled(result.request, facet, value)))
        for value in getattr(result.facets, facet)
    ]


def _page_links(result: SearchResult, last: int) -> list[PageLink]:
    """The first and last pages and those around the current one, with gaps between."""
    current = result.request.page
    around = range(current - _PAGES_AROUND, current + _PAGES_AROUND + 1)
    numbers = sorted({1, last, *around} & set(range(1, last + 1)))
    links: list[PageLink] = []
    for number in numbers:
        if links and links[-1].number is not None and number > links[-1].number + 1:
            links.append(PageLink(None, None))
        href = urls.address("/", replace(result.request, page=number))
        links.append(PageLink(number, None if number == current else href))
    return links if last > 1 else []
