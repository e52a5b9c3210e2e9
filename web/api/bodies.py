"""What is found as JSON values: the one form of the API and of ``beslut search --json``."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from index.decision import Block, Decision, Round, plain_text
from search.groups import Group
from search.request import SearchLimits, SearchRequest
from search.result import (
    FacetValue,
    Hit,
    Interpretation,
    RelatedDecision,
    SearchResult,
    Snippet,
    Stats,
)
from web import urls

Json = dict[str, Any]
Fields = Sequence[str]
"""Members of a decision, in the order in which they are wanted; empty: the usual ones."""
Files = Container[str]
"""The SHA-256 of the source files that can be downloaded."""

DECISION_FIELDS = (
    "id",
    "title",
    "owner",
    "amount",
    "currency",
    "round",
    "funder",
    "caseNumber",
    "decisionDate",
    "links",
    "roundTitle",
    "description",
    "descriptionBlocks",
    "motivation",
    "motivationBlocks",
    "firstSeen",
    "source",
)
"""Every member of a decision."""
HIT_FIELDS = (*DECISION_FIELDS, "score", "snippets")
"""Every member that can be asked for in a search."""
API_VERSION = "1.0.0"
API_RELEASED = "2026-11-23"


def answer(
    result: SearchResult,
    updated: str,
    limits: SearchLimits,
    fields: Fields = (),
    originals: Files = (),
) -> Json:
    """The body of ``GET /api/v1/decisions``; its links lead no deeper than `limits` allow, and ask
    for the same `fields`. Here and in lists, `updated` (RFC 3339) is when the index was made."""
    request = result.request
    return {
        "decisions": [_hit(hit, fields, originals) for hit in result.hits],
        "facets": {
            "owners": _facet(result, "owners", result.facets.owners, fields),
            "amounts": _facet(result, "amounts", result.facets.amounts, fields),
            "rounds": _facet(result, "rounds", result.facets.rounds, fields),
        },
        "moreFacetValues": {
            "owners": result.facets.more_owners,
            "rounds": result.facets.more_rounds,
        },
        "stats": _stats(result.stats),
        "interpretation": [_interpretation(one) for one in result.interpretation],
        "suggestion": result.suggestion,
        "partial": [_hit(hit, fields, originals) for hit in result.partial],
        "notes": list(result.notes),
        "_meta": _meta(request.page, request.limit, result.total, result.pages, updated),
        "_links": _page_links(
            request.page,
            urls.last_page(result, limits),
            lambda page: _address(replace(request, page=page), fields),
        ),
    }


def decision(one: Decision, fields: Fields = (), originals: Files = ()) -> Json:
    """The body of ``GET /api/v1/decisions/{id}``, and a line of the JSON Lines."""
    return _chosen(_summary(one) | _details(one, originals), fields)


def _details(one: Decision, originals: Files) -> Json:
    source = one.source
    return {
        "roundTitle": one.round.title,
        "description": plain_text(one.description),
        "descriptionBlocks": _blocks(one.description),
        "motivation": plain_text(one.motivation),
        "motivationBlocks": _blocks(one.motivation),
        "firstSeen": one.since,
        "source": {
            "file": source.file,
            "table": source.table,
            "row": source.row,
            "sha256": source.sha256,
            "read": source.read,
            "url": urls.source_path(source.sha256) if source.sha256 in originals else None,
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


def choice(address: str, found: Sequence[Decision]) -> Json:
    """What a name that several decisions have had leads to, at `address`."""
    return {
        "decisions": [_summary(one) for one in found],
        "_links": {"self": {"href": address}},
    }


def owners(found: Sequence[Group], updated: str, page: int, limit: int) -> Json:
    """The body of ``GET /api/v1/owners``."""
    shown = found[(page - 1) * limit : page * limit]
    listed = [_group(one, SearchRequest(owners=(one.name,))) for one in shown]
    return {"owners": listed} | _paging("owners", len(found), updated, page, limit)


def rounds(found: Sequence[tuple[Group, Round]], updated: str, page: int, limit: int) -> Json:
    """The body of ``GET /api/v1/rounds``."""
    listed = [
        _group(one, SearchRequest(rounds=(one.name,)))
        | {"title": round_.title, "funder": round_.funder}
        for one, round_ in found[(page - 1) * limit : page * limit]
    ]
    return {"rounds": listed} | _paging("rounds", len(found), updated, page, limit)


def api_info(documentation: str) -> Json:
    """The body of ``GET /api/v1/api-info``, as the profile has it."""
    return {
        "apiName": "Beslutssök",
        "apiVersion": API_VERSION,
        "apiReleased": API_RELEASED,
        "apiDocumentation": documentation,
        "apiStatus": "active",
    }


def _group(one: Group, request: SearchRequest) -> Json:
    return {
        "name": one.name,
        "decisions": one.decisions,
        "sum": amount(one.sum),
        "missing": one.missing,
        "links": {
            "decisions": urls.address(urls.api_path(), request),
            "html": urls.address("/", request),
        },
    }


def _paging(name: str, total: int, updated: str, page: int, limit: int) -> Json:
    """`_meta` and `_links` of one page of a list."""
    last = -(-total // limit)

    def href(number: int) -> str:
        return urls.address(f"/api/v1/{name}", SearchRequest(page=number, limit=limit))

    meta = _meta(page, limit, total, last, updated)
    return {"_meta": meta, "_links": _page_links(page, max(1, last), href)}


def _meta(page: int, limit: int, total: int, pages: int, updated: str) -> Json:
    return {
        "page": page,
        "limit": limit,
        "totalRecords": total,
        "totalPages": pages,
        "indexUpdated": updated,
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
        "caseNumber": one.case_number,
        "decisionDate": one.decision_date and one.decision_date.isoformat(),
        "links": {
            "self": urls.api_path(one.id),
            "html": urls.decision_path(one.id),
            "related": urls.related_path(one.id),
        },
    }


def _hit(hit: Hit, fields: Fields, originals: Files) -> Json:
    one = _summary(hit.decision) | {
        "score": hit.score,
        "snippets": [_snippet(snippet) for snippet in hit.snippets],
    }
    if not set(fields) <= set(one):
        one |= _details(hit.decision, originals)
    return _chosen(one, fields)


def _chosen(one: Json, fields: Fields) -> Json:
    return {name: one[name] for name in fields} if fields else one


def _snippet(snippet: Snippet) -> Json:
    return {
        "field": snippet.field,
        "segments": [{"text": one.text, "hit": one.hit} for one in snippet.segments],
        "before": snippet.before,
        "after": snippet.after,
    }


def _blocks(blocks: tuple[Block, ...]) -> list[Json]:
    return [{"kind": block.kind, "text": block.text} for block in blocks]


def _facet(
    result: SearchResult, facet: str, values: tuple[FacetValue, ...], fields: Fields
) -> list[Json]:
    addresses = urls.toggled_addresses(urls.api_path(), result.request, facet, values)
    return [
        {
            "value": value.value,
            "label": value.label,
            "count": value.count,
            "selected": value.selected,
            "url": _with_fields(address, fields),
        }
        for value, address in zip(values, addresses, strict=True)
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


def _address(request: SearchRequest, fields: Fields) -> str:
    """The search endpoint with a request and the fields that are wanted."""
    return _with_fields(urls.address(urls.api_path(), request), fields)


def _with_fields(path: str, fields: Fields) -> str:
    return f"{path}{'&' if '?' in path else '?'}fields={','.join(fields)}" if fields else path


def _page_links(page: int, last: int, href: Callable[[int], str]) -> Json:
    """The links of page `page`, of the pages 1 to `last`."""
    pages = {"self": page, "first": 1, "last": last}
    if page > 1:
        pages["prev"] = min(page - 1, last)
    if page < last:
        pages["next"] = page + 1
    return {name: {"href": href(number)} for name, number in pages.items()}
