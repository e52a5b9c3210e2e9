"""The bodies of answers, filled: the one form of the API and of ``beslut search --json``."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, convert

from index.decision import Decision, plain_text
from index.place_names import places_of
from search.changes import BEGINNING, Change, Changes
from search.dimensions import BY_NAME, COUNTED, VALUES, Dimension, value_of, year_from
from search.directory import CountedTheme, Directory
from search.owners import Party
from search.request import SearchLimits, SearchRequest
from search.request import pages as pages_of
from search.result import (
    Group,
    Hit,
    Overview,
    Profile,
    RoundParts,
    SearchResult,
    SharedPassage,
    Stats,
)
from search.sharing import SharedTheme
from search.suggestions import Suggestion
from search.thread import OwnersDecisions, PlaceAndYear, Thread
from web import labels, urls
from web.api import schemas
from web.api.schemas import FacetValueBody, Json, LinkBody
from web.messages import note
from web.subjects import Subject

Fields = Sequence[str]
"""The members that are wanted of a decision; empty: the usual ones."""
Files = Container[str]
"""The SHA-256 of the source files that can be downloaded."""

_EVERYTHING = SearchRequest()


def encode(body: Any) -> bytes:
    """A body as compact JSON in UTF-8."""
    return msgspec.json.encode(body)


@dataclass(frozen=True, slots=True)
class View:
    """What an answer to a search was asked for beside the search: the other parameters, by name,
    which its links have, too; the ``cursor`` of a walk, empty where there is none; and how deep the
    links may lead."""

    parameters: Mapping[str, str]
    cursor: str
    limits: SearchLimits

    def address(self, request: SearchRequest, **more: str) -> str:
        """That of a search, seen in the same way."""
        return self.seen(urls.address(urls.api_path(), request), **more)

    def seen(self, path: str, **more: str) -> str:
        """An address with the other parameters that have a value."""
        return urls.with_parameters(path, **self.parameters, **more)


def answer(
    result: SearchResult,
    updated: str,
    view: View,
    fields: Fields = (),
    originals: Files = (),
) -> schemas.SearchBody[Any]:
    """The body of ``GET /api/v1/decisions``. Here and in lists, `updated` (RFC 3339) is when the
    index was made."""
    request = result.request
    of: type[schemas.SearchBody[Any]]
    of = schemas.SelectedSearchResultBody if fields else schemas.SearchResultBody
    facets = more = None
    if result.facets:
        facets = schemas.FacetsBody(**{one.plural: _facet(result, one, view) for one in COUNTED})
        rest = {one.plural: result.facets[one.name].more for one in VALUES}
        more = schemas.MoreFacetValuesBody(**rest)
    last = view.limits.last_page(result.total, request.limit)
    return of(
        decisions=[_hit(hit, fields, originals) for hit in result.hits],
        facets=facets,
        more_facet_values=more,
        stats=_stats(result.stats),
        interpretation=result.interpretation,
        suggestion=result.suggestion,
        partial=[_hit(hit, fields, originals) for hit in result.partial],
        notes=tuple(map(note, result.notes)),
        meta=schemas.SearchMetaBody(
            *_counted(request, result.total, result.pages, updated),
            reachable=min(result.total, view.limits.page_depth),
            changes_cursor=str(result.now),
            cursor=UNSET if result.next is None else str(result.next),
        ),
        links=_walk_links(result, view)
        if view.cursor
        else _page_links(request, last, view.address),
    )


def _walk_links(result: SearchResult, view: View) -> schemas.LinksBody:
    request = result.request
    first = LinkBody(view.address(request, cursor=BEGINNING))
    links = schemas.LinksBody(LinkBody(view.address(request, cursor=view.cursor)), first)
    if result.next is not None:
        links.next = LinkBody(view.address(request, cursor=str(result.next)))
    return links


def changes(found: Changes, since: str, limit: int) -> schemas.ChangesBody:
    """The body of ``GET /api/v1/changes``, which was asked for `limit` changes `since` a cursor."""

    def link(cursor: str) -> LinkBody:
        return LinkBody(urls.with_parameters(urls.changes_path(), since=cursor, limit=str(limit)))

    return schemas.ChangesBody(
        [*map(_change, found.changes)],
        str(found.cursor),
        schemas.ChangesLinksBody(link(since), link(str(found.cursor))),
    )


def _change(one: Change) -> schemas.ChangeBody:
    return schemas.ChangeBody(
        one.kind,
        one.id,
        one.identity,
        one.at,
        one.fields if one.kind == "changed" else UNSET,
        one.moved_to or UNSET,
    )


def decision(one: Decision, fields: Fields = (), originals: Files = ()) -> msgspec.Struct:
    """The body of ``GET /api/v1/decisions/{id}``."""
    members = _summary(one) | _details(one, originals)
    return _selected(members, fields) if fields else schemas.DecisionBody(**members)


def line(one: Decision, site: str, originals: Files = (), fields: Fields = ()) -> msgspec.Struct:
    """A line of the JSON Lines, of the site at an address."""
    members = _summary(one) | _details(one, originals) | {"url": site + urls.decision_path(one.id)}
    if fields:
        selected: msgspec.Struct = _selected(members, fields, schemas.SelectedLineBody)
        return selected
    return schemas.LineBody(**members)


def related(found: Thread, themes_: Iterable[CountedTheme]) -> schemas.RelatedDecisionsBody:
    """The body of ``GET /api/v1/decisions/{id}/related``."""
    identifier = found.decision.id
    return schemas.RelatedDecisionsBody(
        decisions=[
            schemas.RelatedBody(**_summary(one.decision), score=one.score, terms=one.terms)
            for one in found.related
        ],
        passages=[_passage(found.decision, one) for one in found.wording.passages],
        more_passages=found.wording.more,
        owner=None if found.owner is None else _same_owner(found.owner),
        place_and_year=None if found.nearby is None else _nearby(found.nearby),
        themes=[*map(_theme, themes_)],
        links=schemas.RelatedLinksBody(
            self=LinkBody(urls.related_path(identifier)),
            decision=LinkBody(urls.api_path(identifier)),
            html=LinkBody(urls.thread_path(identifier)),
        ),
    )


def _passage(one: Decision, passage: SharedPassage) -> schemas.PassageBody:
    others = [
        schemas.ElsewhereBody(**_summary(other.decision), words=other.words, since=other.since)
        for other in passage.others
    ]
    return schemas.PassageBody(
        field=passage.field,
        text=passage.text(one),
        start=passage.start,
        end=passage.end,
        words=passage.words,
        kind=passage.kind,
        decisions=passage.decisions,
        of=passage.of,
        others=others,
    )


def _same_owner(one: OwnersDecisions) -> schemas.SameOwnerBody:
    return schemas.SameOwnerBody(
        slug=one.party.slug,
        name=one.party.label,
        names=one.party.names,
        decisions=one.profile.overview.count,
        sum=kronor(one.profile.stats.sum),
        latest=_summaries(one.others),
    )


def _nearby(one: PlaceAndYear) -> schemas.PlaceAndYearBody:
    request = one.request
    links = schemas.GroupLinksBody(
        urls.address(urls.api_path(), request), urls.results_address(request)
    )
    return schemas.PlaceAndYearBody(one.places, one.year, one.total, _summaries(one.largest), links)


def profile(subject: Subject, found: Profile, shared: Iterable[SharedTheme]) -> schemas.ProfileBody:
    """The body of ``GET /api/v1/owners/{slug}``, and of funders and themes."""
    request, kind, slug = subject.request, subject.kind, subject.slug
    parts = {one.plural: _breakdown(one, found.overview, request) for one in COUNTED}
    return schemas.ProfileBody(
        slug=slug,
        name=subject.name,
        names=subject.names,
        numbers=subject.numbers,
        decisions=found.overview.count,
        stats=_stats(found.stats),
        interpretation=found.interpretation,
        suggestion=found.suggestion,
        breakdowns=schemas.BreakdownsBody(**parts),
        themes=[_shared_theme(one) for one in shared],
        largest=_summaries(found.largest),
        latest=_summaries(found.latest),
        links=schemas.ProfileLinksBody(
            self=LinkBody(urls.profile_api_path(kind, slug)),
            html=LinkBody(urls.profile_path(kind, slug)),
            decisions=LinkBody(urls.address(urls.api_path(), request)),
            feed=LinkBody(urls.feed_address(request)),
        ),
    )


def _shared_theme(one: SharedTheme) -> schemas.SharedThemeBody:
    others = [schemas.OtherBody(other.name, other.count) for other in one.others]
    return schemas.SharedThemeBody(one.theme.slug, one.theme.name, one.decisions, others)


def choice(address: str, found: Iterable[Decision]) -> schemas.ChoiceBody:
    """What a name that several decisions have had leads to, at `address`."""
    return schemas.ChoiceBody(_summaries(found), schemas.OwnLinkBody(LinkBody(address)))


def groups(
    dimension: Dimension,
    found: Sequence[Group],
    updated: str,
    request: SearchRequest,
    rounds: Callable[[], Mapping[str, RoundParts]],
    named: Callable[[str], Sequence[Party]],
) -> Any:
    """The body of ``GET /api/v1/owners`` and of the other lists; of `request` its page counts.
    `rounds` says what there is in each round; `named` gives the owner or funder with a name."""
    page, limit = request.page, request.limit
    pages = pages_of(len(found), limit)
    shown = found[(page - 1) * limit : page * limit]
    path = f"/api/v1/{dimension.plural}"
    kind: Any = schemas.group_body(dimension)
    more: Sequence[tuple[Any, ...]] = [()] * len(shown)
    if dimension.party:
        more = [_party(next(iter(named(group.name)), None)) for group in shown]
    elif dimension.name == "round":
        parts = rounds()
        more = [_round(parts[group.name]) for group in shown]
    pairs = zip(shown, more, strict=True)
    return schemas.LISTS[dimension.name](
        **{dimension.plural: [kind(*_members(dimension, group), *rest) for group, rest in pairs]},
        meta=schemas.MetaBody(*_counted(request, len(found), pages, updated)),
        links=_page_links(request, max(1, pages), lambda one: urls.address(path, one)),
    )


def themes(directory: Directory) -> schemas.ThemesBody:
    """The body of ``GET /api/v1/themes``."""
    areas = [
        schemas.AreaBody(area.name, area.slug, [*map(_theme, area.themes)])
        for area in directory.areas
    ]
    return schemas.ThemesBody(areas, schemas.OwnLinkBody(LinkBody(urls.themes_path())))


def suggestions(found: Iterable[Suggestion], q: str, limit: int) -> schemas.SuggestionsBody:
    """The body of ``GET /api/v1/suggestions``."""
    own = urls.address(urls.suggestions_path(), SearchRequest(q=q, limit=limit))
    return schemas.SuggestionsBody(
        [
            schemas.SuggestionBody(
                one.kind,
                one.label,
                one.count,
                one.segments,
                schemas.SuggestionLinksBody(*urls.suggested_paths(one.kind, one.value)),
            )
            for one in found
        ],
        schemas.OwnLinkBody(LinkBody(own)),
    )


def api_info(documentation: str) -> schemas.ApiInfoBody:
    """The body of ``GET /api/v1/api-info``, as the profile has it."""
    version, released = schemas.API_VERSION, schemas.API_RELEASED
    return schemas.ApiInfoBody("Beslutssök", version, released, documentation, "active")


def kronor(value: Decimal) -> int | float:
    """An amount as a JSON number: whole kronor as an integer."""
    return int(value) if value == value.to_integral_value() else float(value)


def _summary(one: Decision) -> Json:
    """The attributes of `schemas.SummaryBody`."""
    return {
        "id": one.id,
        "title": one.title,
        "owner": one.owner,
        "amount": None if one.amount is None else kronor(one.amount),
        "currency": one.currency,
        "round": one.round.name,
        "funder": one.round.funder,
        "case_number": one.case_number,
        "decision_date": one.decision_date,
        "owner_number": one.owner_number,
        "places": [
            schemas.LocalityBody(place.name, place.kind, place.code, known.derived)
            for known in places_of(one)
            for place in (known.locality,)
        ],
        "year": int(value_of(BY_NAME["year"], one) or 0) or None,
        "year_from": year_from(one),
        "identity": one.identity or "",
        "modified": one.modified or one.since,
        "links": schemas.DecisionLinksBody(
            urls.api_path(one.id), urls.decision_path(one.id), urls.related_path(one.id)
        ),
    }


def _summaries(found: Iterable[Decision]) -> list[schemas.SummaryBody]:
    return [schemas.SummaryBody(**_summary(one)) for one in found]


def _details(one: Decision, originals: Files) -> Json:
    """What `schemas.DecisionBody` has beyond the summary."""
    source = one.source
    original = urls.source_path(source.sha256) if source.sha256 in originals else None
    return {
        "round_title": one.round.title,
        "description": plain_text(one.description),
        "description_blocks": one.description,
        "motivation": plain_text(one.motivation),
        "motivation_blocks": one.motivation,
        "first_seen": one.since,
        "stated_places": one.places,
        "source": schemas.SourceBody(
            source.file, source.table, source.row, source.sha256, source.read, original
        ),
    }


def _hit(hit: Hit, fields: Fields, originals: Files) -> Any:
    members = _summary(hit.decision)
    members["score"] = hit.score
    members["snippets"] = convert(hit.snippets, list[schemas.SnippetBody], from_attributes=True)
    if not fields:
        return schemas.HitBody(**members)
    return _selected(members | _details(hit.decision, originals), fields)


def _selected(members: Json, fields: Fields, kind: Any = schemas.SelectedDecisionBody) -> Any:
    names = [schemas.MEMBERS[one] for one in fields]
    return kind(**{name: members[name] for name in names})


def _facet(result: SearchResult, one: Dimension, view: View) -> list[FacetValueBody]:
    values = result.facets[one.name].values
    addresses = urls.toggled_addresses(urls.api_path(), result.request, one.name, values)
    return [
        FacetValueBody(
            value.value,
            labels.value(one, value.name, value.chosen),
            value.count,
            value.selected,
            view.seen(address),
        )
        for value, address in zip(values, addresses, strict=True)
    ]


def _stats(stats: Stats) -> schemas.StatsBody:
    spread = [None if one is None else kronor(one) for one in (stats.min, stats.max, stats.median)]
    return schemas.StatsBody(kronor(stats.sum), spread[0], spread[1], spread[2], stats.missing)


def _breakdown(
    dimension: Dimension, overview: Overview, request: SearchRequest
) -> schemas.BreakdownBody:
    breakdown = overview.parts[dimension.name]
    named = [one for one in breakdown.groups if one.chosen is not None]
    rest = [
        schemas.RestBody(breakdown.rest, one.decisions, kronor(one.sum), one.missing)
        for one in breakdown.groups
        if one.chosen is None
    ]
    groups = [schemas.GroupBody(*_members(dimension, one, request)) for one in named]
    return schemas.BreakdownBody(groups, rest[0] if rest else None, breakdown.overlapping)


def _members(
    dimension: Dimension, group: Group, within: SearchRequest = _EVERYTHING
) -> tuple[Any, ...]:
    """Those of `schemas.GroupBody`, in their order; the decisions are those `within` a search."""
    request = within.filtered(dimension.name, group.chosen or ())
    found, page = urls.address(urls.api_path(), request), urls.address("/", request)
    links = schemas.GroupLinksBody(found, page)
    label = labels.value(dimension, group.name, group.chosen)
    return (label, group.decisions, kronor(group.sum), group.missing, links)


def _theme(theme: CountedTheme) -> schemas.ThemeBody:
    found = urls.address(urls.api_path(), SearchRequest(q=theme.name))
    links = schemas.GroupLinksBody(found, urls.profile_path("theme", theme.slug))
    return schemas.ThemeBody(
        theme.name, theme.total, kronor(theme.sum), theme.missing, links, theme.slug
    )


def _party(party: Party | None) -> tuple[Any, ...]:
    """What `schemas.PartyGroupBody` has beyond the group."""
    return (party.slug, party.names, party.numbers) if party else (None, (), ())


def _round(parts: RoundParts) -> tuple[Any, ...]:
    """What `schemas.RoundGroupBody` has beyond the group. What is not the same in all of the round
    is not said of the round."""
    funders = [
        schemas.RoundFunderBody(one.name or None, one.decisions, kronor(one.sum), one.missing)
        for one in sorted(parts.funders, key=lambda one: -one.decisions)
    ]
    (title, *other_titles), (funder, *other_funders) = parts.titles, funders
    return (
        None if other_titles else title,
        None if other_funders else funder.name,
        funders,
    )


def _counted(request: SearchRequest, total: int, pages: int, updated: str) -> tuple[Any, ...]:
    """The members of `schemas.MetaBody`, in their order."""
    return request.page, request.limit, total, pages, updated


def _page_links(
    request: SearchRequest, last: int, address: Callable[[SearchRequest], str]
) -> schemas.LinksBody:
    """The links of a page, of the pages 1 to `last`."""
    pages = {"self": request.page, "first": 1, "last": last}
    if request.page > 1:
        pages["prev"] = min(request.page - 1, last)
    if request.page < last:
        pages["next"] = request.page + 1
    links = {
        name: LinkBody(address(replace(request, page=number))) for name, number in pages.items()
    }
    return schemas.LinksBody(**links)
