"""Which pages should a search engine know, and when did each change? By the protocol of
sitemaps.org: one file, or an index of parts where that would be too large.

When a decision changed is known from the columns, so that no record is read. When the page of an
owner, a funder or a theme did is not said, as other decisions and staff files change it, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, Response, render_template

from search.searcher import Searcher
from web import caching, current, urls
from web.language import gettext
from web.site import pages

MOST, MOST_BYTES = 50_000, 50 * 1024 * 1024
"""Addresses and bytes of one file, as the protocol allows."""
_FRAME = 200  # bytes around an address, and its share of what is around all
_FIXED = ("/", "/teman", "/oversikt", "/om", "/tillganglighet", "/api")


@dataclass(frozen=True, slots=True)
class PageAddress:
    """The path of a page, and when it last changed, RFC 3339, empty where that is not known."""

    path: str
    modified: str = ""


def register(app: Flask) -> None:
    """Adds the sitemap to the application."""
    app.add_url_rule("/sitemap.xml", view_func=caching.page(sitemap))
    app.add_url_rule("/sitemap-<int:number>.xml", view_func=caching.page(sitemap_part))


def sitemap() -> Response:
    """All pages that a search engine should know, or an index of such lists if they are many."""
    parts = _parts()
    if len(parts) == 1:
        return file("sitemap.xml", "application/xml", pages=parts[0])
    latest = [max(one.modified for one in part) for part in parts]
    return file("sitemaps.xml", "application/xml", latest=latest)


def sitemap_part(number: int) -> pages.Answer | Response:
    """One of the lists of an index of sitemaps, from 1."""
    parts = _parts()
    if not 1 <= number <= len(parts):
        what = gettext("Webbplatskartan har ingen sådan del.")
        remedy = gettext("se hela kartan på /sitemap.xml")
        return pages.error(gettext("Sidan finns inte"), what, remedy), 404
    return file("sitemap.xml", "application/xml", pages=parts[number - 1])


def file(template: str, kind: str, **values: object) -> Response:
    """A file for programs that visit the pages, with the address of the site as ``base``."""
    text = render_template(template, base=current.base_url(), **values)
    return Response(text, content_type=f"{kind}; charset=utf-8")


def _parts() -> list[list[PageAddress]]:
    """All pages, cut where a file is full, however long the addresses are."""
    found = [*_pages(current.searcher())]
    longest = max(len(one.path) for one in found) + len(current.base_url()) + _FRAME
    size = min(MOST, MOST_BYTES // longest)
    return [found[at : at + size] for at in range(0, len(found), size)]


def _pages(searcher: Searcher) -> Iterator[PageAddress]:
    deadline = current.deadline()
    yield from map(PageAddress, _FIXED)
    directory = pages.unless_late(lambda: searcher.directory(deadline))
    for area in directory.areas if directory else ():
        for theme in area.themes:
            yield PageAddress(urls.profile_path("theme", theme.slug))
    for kind in ("owner", "funder"):
        for party in searcher.all_parties(kind):
            yield PageAddress(urls.profile_path(kind, party.slug))
    for identifier, modified in searcher.dated():
        yield PageAddress(urls.decision_path(identifier), modified)
