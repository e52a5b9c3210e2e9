"""A `SearchResult` as JSON values: the one form of the API and of ``beslut search --json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from search.request import Limits
from search.result import (
    Block,
    Decision,
    FacetValue,
    Hit,
    Interpretation,
    RelatedDecision,
    SearchResult,
    Snippet,
    Stats,
    plain_text,
)
from web import urls

Json = dict[str, Any]


def answer(result: SearchResult, limits: Limits) -> Json:
    """The body of ``GET /api/v1/decisions``; its links lead no deeper than `limits` allow."""
    request = result.request
    return {
        "decisions": [_hit(hit) for hit in result.hits],
        "facets": {
            "owners": _facet(result, "owners", result.facets.owners),
            "amounts": _facet(result, "amounts", result.facets.amounts),
            "rounds": _facet(result, "rounds", result.facets.rounds),
        },
        "stats": _stats(result.stats),
        "interpretation": [_interpretation(one) for one in result.interpretation],
        "suggestion": result.suggestion,
        "partial": [_hit(hit) for hit in result.partial],
        "notes": list(result.notes),
        "_meta": {
            "page": request.page,
            "limit": request.limit,
            "totalRecords": result.total,
            "totalPages": result.pages,
        },
        "_links": _page_links(result, urls.last_page(result, limits)),
    }


def decision(one: Decision) -> Json:
    """The body of ``GET /api/v1/decisions/{id}``."""
    source = one.source
    return _summary(one) | {
        "roundTitle": one.round.title,
        "description": plain_text(one.description),
        "descriptionBlocks": _blocks(one.description),
        "motivation": plain_text(one.motivation),
        "motivationBlocks": _blocks(one.motivation),
        "source": {
            "file": source.file,
            "table": source.table,
            "row": source.row,
            "sha256": source.sha256,
            "read": source.read,
        },
    }


def related(identifier: str, found: Sequence[RelatedDecision]) -> Json:
    """The body of ``GET /api/v1/decisions/{id}/related``."""
    return {
        "decisions": [
            _summary(one.decision) | {"score": one.score, "terms": list(one.terms)} for one in found
        ],
        "_links": {
            "self": {"href": urls.related_path(identifier)},
            "decision": {"href": urls.api_path(identifier)},
        },
    }


def amount(value: Decimal | None) -> int | float | None:
    """SEK as a JSON number: whole kronor as an integer."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _summary(one: Decision) -> Json:
    return {
        "id": one.id,
        "title": one.title,
        "owner": one.owner,
        "amount": amount(one.amount),
        "currency": one.currency,
        "round": one.round.name,
        "funder": one.round.funder,
        "links": {
            "self": urls.api_path(one.id),
            "html": urls.decision_path(one.id),
            "related": urls.related_path(one.id),
        },
    }


def _hit(hit: Hit) -> Json:
    return _summary(hit.decision) | {
        "score": hit.score,
        "snippets": [_snippet(snippet) for snippet in hit.snippets],
    }


def _snippet(snippet: Snippet) -> Json:
    return {
        "field": snippet.field,
        "segments": [{"text": one.text, "hit": one.hit} for one in snippet.segments],
        "before": snippet.before,
        "after": snippet.after,
    }


def _blocks(blocks: tuple[Block, ...]) -> list[Json]:
    return [{"kind": block.kind, "text": block.text} for block in blocks]


def _facet(result: SearchResult, facet: str, values: tuple[FacetValue, ...]) -> list[Json]:
    return [
        {
            "value": value.value,
            "label": value.label,
            "count": value.count,
            "selected": value.selected,
            "url": urls.address(urls.api_path(), urls.toggled(result.request, facet, value)),
        }
        for value in values
    ]


def _stats(stats: Stats) -> Json:
    return {
        "sum": amount(stats.sum),
        "min": amount(stats.min),
        "max": amount(stats.max),
        "median": amount(stats.median),
        "missing": stats.missing,
    }


def _interpretation(one: Interpretation) -> Json:
    return {
        "text": one.text,
        "kind": one.kind,
        "field": one.field,
        "excluded": one.excluded,
        "documents": one.documents,
        "expansions": [
            {"kind": expansion.kind, "words": list(expansion.words)} for expansion in one.expansions
        ],
    }


def _page_links(result: SearchResult, last: int) -> Json:
    request = result.request
    pages = {"self": request.page, "first": 1, "last": last}
    if request.page > 1:
        pages["prev"] = min(request.page - 1, last)
    if request.page < last:
        pages["next"] = request.page + 1
    return {
        name: {"href": urls.address(urls.api_path(), replace(request, page=page))}
        for name, page in pages.items()
    }
