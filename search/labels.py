"""Which texts of a table does a visitor read? `web` has them in other languages, by the text."""

from __future__ import annotations


def label(text: str) -> str:
    """The Swedish text itself; the name tells `web/translations` to collect it."""
    return text
