"""The page of all that is related to a decision, with the words that it shares marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Flask, Response, render_template

from index.decision import Block, plain_text
from search.result import SharedPassage
from search.thread import thread
from web import current, urls
from web.site import pages
from web.site.pages import Paragraph, Piece

_FIELDS = {"description": "Beskrivning", "motivation": "Motivering"}


def register(app: Flask) -> None:
    """Adds the page to the application."""
    app.add_url_rule("/beslut/<round_>/<name>/liknande", view_func=thread_page)


def thread_page(round_: str, name: str) -> pages.Answer | Response:
    """All that is related to one decision, in groups with the reason."""
    searcher = current.searcher()
    found = thread(searcher, f"{round_}/{name}", current.deadline())
    if found is None:
        return pages.elsewhere(searcher, f"{round_}/{name}", urls.thread_path)
    decision, passages = found.decision, found.wording.passages
    texts = {field: plain_text(getattr(decision, field)) for field in _FIELDS}
    return render_template(
        "thread.html",
        thread=found,
        quotes=[texts[one.field][one.start : one.end] for one in passages],
        sections=[
            (heading, [*_paragraphs(getattr(decision, field), field, passages)])
            for field, heading in _FIELDS.items()
            if any(one.field == field for one in passages)
        ],
        canonical=current.base_url() + urls.thread_path(decision.id),
        **pages.state(searcher),
    )


def _paragraphs(
    blocks: Sequence[Block], field: str, passages: Sequence[SharedPassage]
) -> Iterator[Paragraph]:
    """The blocks of a field with its passages marked, each numbered where it begins."""
    start = 0
    for block in blocks:
        pieces, at = [], start
        for number, one in enumerate(passages, start=1):
            begin, end = max(one.start, start), min(one.end, start + len(block.text))
            if one.field == field and begin < end:
                pieces.append(Piece(block.text[at - start : begin - start], False))
                is_first = one.start >= start
                text = block.text[begin - start : end - start]
                pieces.append(Piece(text, True, number if is_first else None))
                at = end
        pieces.append(Piece(block.text[at - start :], False))
        yield Paragraph(block.kind, tuple(piece for piece in pieces if piece.text))
        start += len(block.text) + 1
