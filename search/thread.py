"""What leads on from a decision? All that is related to it, in groups that say why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from index.decision import Decision
from index.place_names import places_of
from search.deadline import Deadline
from search.dimensions import BY_NAME, value_of
from search.directory import CountedTheme
from search.owners import Party
from search.request import SearchRequest
from search.result import Profile, RelatedDecision, Wording
from search.searcher import Searcher

NEARBY = 5
"""Decisions of the same place and year that are told."""


@dataclass(frozen=True, slots=True)
class OwnersDecisions:
    """The owner of a decision, whatever it is called in others, with the ``profile`` of all its
    decisions; ``others`` are the latest beside the one."""

    party: Party
    profile: Profile
    others: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class PlaceAndYear:
    """The decisions of the year of one in its municipalities, or its counties where it has none:
    ``total`` of them are the set of ``request``, the one itself among them; ``largest`` are the
    others with the largest amounts."""

    places: tuple[str, ...]
    year: str
    request: SearchRequest
    total: int
    largest: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """What is related to a decision: by its wording, its owner, its place and year, and the words
    that tell most of it. ``owner`` is None where none is stated, ``nearby`` where there are no
    others."""

    decision: Decision
    wording: Wording
    owner: OwnersDecisions | None
    nearby: PlaceAndYear | None
    related: tuple[RelatedDecision, ...]


def thread(searcher: Searcher, identifier: str, deadline: Deadline) -> Thread | None:
    """All that is related to a decision, None where there is none; raises `SearchTimeout`."""
    decision = searcher.get(identifier)
    wording = searcher.wording(identifier, deadline)
    related = searcher.related(identifier, deadline=deadline)
    if decision is None or wording is None or related is None:
        return None
    return Thread(
        decision=decision,
        wording=wording,
        owner=_owner(searcher, decision, deadline),
        nearby=_nearby(searcher, decision, deadline),
        related=related,
    )


def common_themes(
    searcher: Searcher, identifier: str, deadline: Deadline
) -> tuple[CountedTheme, ...]:
    """The themes of a decision that others have too, each with what its search finds, those of the
    fewest first, as they tell most; raises `StillCounting`."""
    themes = (one for one in searcher.themes_of(identifier, deadline) if one.total > 1)
    return tuple(sorted(themes, key=lambda theme: theme.total))


def _owner(searcher: Searcher, decision: Decision, deadline: Deadline) -> OwnersDecisions | None:
    party = searcher.party_of(decision, "owner")
    if party is None:
        return None
    profile = searcher.profile(SearchRequest().filtered("owner", (party.label,)), deadline)
    others = tuple(one for one in profile.latest if one.id != decision.id)
    return OwnersDecisions(party, profile, others)


def _nearby(searcher: Searcher, decision: Decision, deadline: Deadline) -> PlaceAndYear | None:
    known = [one.locality for one in places_of(decision)]
    municipalities = [one for one in known if one.kind == "municipality"]
    places = tuple(one.name for one in municipalities or known)
    year = value_of(BY_NAME["year"], decision)
    if not places or not year:
        return None
    request = SearchRequest().filtered("place", places).filtered("year", (year,))
    found = searcher.search(replace(request, limit=NEARBY + 1), deadline)
    others = tuple(hit.decision for hit in found.hits if hit.decision.id != decision.id)
    return PlaceAndYear(places, year, request, found.total, others[:NEARBY]) if others else None
