"""Which fields can be searched, and how much does each count? One row a field.

Each is a field of `index.storage.schema.TEXT_FIELDS`. Weights and length normalisation are those of
BM25F (Robertson and Zaragoza 2009, section 3.6): a word in a title tells more than one in a text,
and a title's length says little of what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A search field: its Swedish ``label``; what it is called before a colon in a query (none:
    it is searched, but not by name); its BM25F ``weight`` and length normalisation ``b``."""

    label: str
    weight: float
    b: float
    query_name: str | None = None


FIELDS = {
    "title": Field("Titel", 3.0, 0.3, "titel"),
    "owner": Field("Projektägare", 2.0, 0.3, "ägare"),
    "description": Field("Beskrivning", 1.0, 0.6, "beskrivning"),
    "motivation": Field("Motivering", 1.0, 0.6, "motivering"),
    "round": Field("Beslutsomgång", 0.3, 0.0),
    "funder": Field("Finansiär", 0.3, 0.0, "finansiär"),
}
QUERY_NAMES = {one.query_name: name for name, one in FIELDS.items() if one.query_name}
"""What a field is called in a query -> its name in the index."""
