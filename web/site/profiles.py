"""The pages of a theme, an owner and a funder: what a set is as a whole, and the ways on from it.

Every number on them is that of the search behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, render_template

from search.dimensions import VALUES
from search.result import Profile
from search.sharing import SharedTheme
from web import current, urls
from web.redirects import redirect
from web.site import pages, parts
from web.subjects import KINDS, Subject, subjects, themes

_ORDERED = sorted(VALUES, key=lambda one: not one.descending)
"""The dimensions that a set is taken apart by; years first, for how it went over time."""


def register(app: Flask) -> None:
    """Adds the pages to the application."""
    for kind in KINDS:
        path = urls.profile_path(kind, "<slug>")
        app.add_url_rule(path, path, profile_page, defaults={"kind": kind})


def profile_page(kind: str, slug: str) -> pages.Answer | Response:
    """One of them, under its own address."""
    searcher = current.searcher()
    found = subjects(searcher, kind, slug)
    if not found:
        what = "Ingenting har den adressen, eller har den inte längre."
        words = " ".join(slug.replace("-", " ").split())
        return pages.error("Sidan finns inte", what, "sök efter det", words), 404
    if len(found) > 1:
        return render_template("subjects.html", found=found, kind=KINDS[kind]), 300
    (one,) = found
    if one.slug != slug:
        return redirect(urls.profile_path(kind, one.slug))
    deadline = current.deadline()
    profile = searcher.profile(one.request, deadline)
    return _page(one, profile, pages.unless_late(lambda: themes(searcher, one, deadline)))


def _page(found: Subject, profile: Profile, shared: Sequence[SharedTheme] | None) -> str:
    request = found.request
    by = [one for one in _ORDERED if one.name != found.kind]
    shown = [parts.part(one, profile.overview, request) for one in by]
    latest = "Senaste besluten" if profile.is_dated else "Senast inlästa besluten"
    lists = [("Största besluten", profile.largest), (latest, profile.latest)]
    if profile.overview.count <= len(profile.largest):
        lists = [("Besluten", profile.largest)]  # twice the same ones would tell nothing
    return render_template(
        "profile.html",
        subject=found,
        kind=KINDS[found.kind],
        profile=profile,
        single=[(part.heading, part.rows[0]) for part in shown if len(part.rows) == 1],
        parts=[part for part in shown if len(part.rows) > 1],
        lists=lists,
        themes=shared,
        kinds=pages.kinds(profile.interpretation),
        field_labels=pages.FIELD_LABELS,
        expansion_labels=pages.EXPANSION_LABELS,
        results_href=urls.results_address(request),
        body_href=urls.profile_api_path(found.kind, found.slug),
        canonical=current.base_url() + urls.profile_path(found.kind, found.slug),
        **pages.state(current.searcher()),
    )
