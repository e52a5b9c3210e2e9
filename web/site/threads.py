"""The page of all that is related to a decision, with the words that it shares marked."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, render_template

from search.thread import Thread, common_themes, thread
from web import caching, current, labels, urls
from web.site import pages
from web.site.pages import Paragraph, Piece

_FIELDS = ("description", "motivation")


def register(app: Flask) -> None:
    """Adds the page to the application."""
    app.add_url_rule("/beslut/<round_>/<name>/liknande", view_func=caching.page(thread_page))


def thread_page(round_: str, name: str) -> pages.Answer | Response:
    """All that is related to one decision, in groups with the reason."""
    searcher = current.searcher()
    deadline = current.deadline()
    found = thread(searcher, f"{round_}/{name}", deadline)
    if found is None:
        return pages.elsewhere(searcher, f"{round_}/{name}", urls.thread_path)
    decision, passages = found.decision, found.wording.passages
    return render_template(
        "thread.html",
        thread=found,
        themes=pages.unless_late(lambda: common_themes(searcher, decision.id, deadline)),
        sections=[
            (labels.field(field), [*_paragraphs(found, field)])
            for field in _FIELDS
            if any(one.field == field for one in passages)
        ],
        canonical=current.public(urls.thread_path(decision.id)),
        found_by=urls.found_by(current.parameters(), current.settings().limits),
        **pages.state(searcher),
    )


def _paragraphs(found: Thread, field: str) -> Iterator[Paragraph]:
    """The blocks of a field with its passages marked, each numbered where it begins."""
    numbers = {passage: number for number, passage in enumerate(found.wording.passages, start=1)}
    blocks = getattr(found.decision, field)
    for block, pieces in zip(blocks, found.wording.pieces(field, blocks), strict=True):
        # A passage goes on in the next block, but has one number.
        shown = (
            Piece(one.text, True, numbers.pop(one.passage, None))
            if one.passage
            else Piece(one.text, False)
            for one in pieces
        )
        yield Paragraph(block.kind, tuple(shown))
