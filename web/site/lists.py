"""The page of a visitor's own list: some decisions, their sum, and what can be made of them."""

from __future__ import annotations

from flask import Flask, render_template

from search.request import SearchRequest
from web import caching, current, urls
from web.site import carried, citation, pages


def register(app: Flask) -> None:
    """Adds the page to the application."""
    app.add_url_rule("/lista", view_func=caching.page(list_page))


def list_page() -> str:
    """The decisions of ``listed``, in the order in which they were put there."""
    searcher = current.searcher()
    ids = carried.listed()
    request = SearchRequest(ids=ids)
    found = searcher.whole(request, current.deadline()) if ids else None
    by_id = {one.id: one for one in found.decisions} if found else {}
    shown = [by_id[one] for one in ids if one in by_id]
    return render_template(
        "list.html",
        found=found,
        chosen=shown,
        gone=[one for one in ids if one not in by_id],
        request_=request,
        overview_href=urls.overview_address(request),
        citations=[citation.citation(one, current.base_url()) for one in shown],
        canonical=current.public(urls.with_list("/lista", ids)),
        **pages.state(searcher),
    )
