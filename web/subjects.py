"""What has a page of its own, beside decisions? An owner, a funder, a theme: each is a set."""

from __future__ import annotations

from dataclasses import dataclass

from search.deadline import Deadline
from search.labels import label
from search.request import SearchRequest
from search.searcher import Searcher
from search.sharing import SharedTheme, shared_themes

KINDS = {"theme": label("Tema"), "owner": label("Projektägare"), "funder": label("Finansiär")}
"""Each kind, and what it is called."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One of them. Its ``request`` finds its decisions; ``slug`` is the last part of its address,
    whichever other one led here. ``names`` are how else an owner or a funder is written, and
    ``numbers`` its organisation numbers."""

    kind: str
    slug: str
    name: str
    request: SearchRequest
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def subjects(searcher: Searcher, kind: str, slug: str) -> tuple[Subject, ...]:
    """Those of a kind that a slug may mean: none, one, or several owners or funders that it has led
    to under different numbers."""
    if kind == "theme":
        theme = searcher.theme(slug)
        if theme is None:
            return ()
        return (Subject(kind, theme.slug, theme.name, SearchRequest(theme.name)),)
    return tuple(
        Subject(
            kind,
            party.slug,
            party.label,
            SearchRequest().filtered(kind, (party.label,)),
            party.other_names,
            party.numbers,
        )
        for party in searcher.parties(kind, slug)
    )


def themes(searcher: Searcher, one: Subject, deadline: Deadline) -> tuple[SharedTheme, ...]:
    """The themes of an owner or a funder, and who else has them; raises `SearchTimeout`."""
    if one.kind == "theme":
        return ()
    return shared_themes(searcher, one.kind, one.name, deadline)
