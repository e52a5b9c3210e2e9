"""The pages of a theme, an owner and a funder: what a set is as a whole, and the ways on from it.

Every number on them is that of the search behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, render_template

from search.dimensions import VALUES
from search.result import Profile
from search.sharing import SharedTheme
from web import caching, current, urls
from web.language import gettext
from web.redirects import redirect
from web.site import pages, parts
from web.subjects import KINDS, Subject, subjects, themes

_ORDERED = sorted(VALUES, key=lambda one: not one.descending)
"""The dimensions that a set is taken apart by; years first, for how it went over time."""


def register(app: Flask) -> None:
    """Adds the pages to the application."""
    for kind in KINDS:
        path = urls.profile_path(kind, "<slug>")
        app.add_url_rule(path, path, caching.page(profile_page), defaults={"kind": kind})


def profile_page(kind: str, slug: str) -> pages.Answer | Response:
    """One of them, under its own address."""
    searcher = current.searcher()
    found = subjects(searcher, kind, slug)
    if not found:
        what = gettext("Ingenting har den adressen, eller har den inte längre.")
        words = " ".join(slug.replace("-", " ").split())
        title, remedy = gettext("Sidan finns inte"), gettext("sök efter det")
        return pages.error(title, what, remedy, words), 404
    if len(found) > 1:
        return render_template("subjects.html", found=found), 300
    (one,) = found
    if one.slug != slug:
        return redirect(urls.profile_path(kind, one.slug))
    deadline = current.deadline()
    profile = searcher.profile(one.request, deadline)
    return _page(one, profile, pages.unless_late(lambda: themes(searcher, one, deadline)))


def _page(found: Subject, profile: Profile, shared: Sequence[SharedTheme] | None) -> str:
    request = found.request
    by = [one for one in _ORDERED if one.name != found.kind]
    shown = parts.parts(by, profile.overview, request)
    latest = gettext("Senaste besluten") if profile.is_dated else gettext("Senast inlästa besluten")
    lists = [(gettext("Största besluten"), profile.largest), (latest, profile.latest)]
    if profile.overview.count <= len(profile.largest):
        lists = [(gettext("Besluten"), profile.largest)]  # twice the same ones would tell nothing
    return render_template(
        "profile.html",
        subject=found,
        kind=gettext(KINDS[found.kind]),
        profile=profile,
        single=[(part.heading, part.rows[0]) for part in shown if len(part.rows) == 1],
        parts=[part for part in shown if len(part.rows) > 1],
        lists=lists,
        themes=shared,
        results_href=urls.results_address(request),
        body_href=urls.profile_api_path(found.kind, found.slug),
        canonical=current.public(urls.profile_path(found.kind, found.slug)),
        **pages.state(current.searcher()),
    )
