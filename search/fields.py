"""Which fields can be searched, and how much does each count? One row a field.

Each is a field of `index.storage.schema.TEXT_FIELDS`. Weights and length normalisation are those of
BM25F (Robertson and Zaragoza 2009, section 3.6): a word in a title tells more than one in a text,
and a title's length says little of what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.swedish import fold_ascii
from search.labels import label


@dataclass(frozen=True, slots=True)
class Field:
    """A search field: its Swedish ``label``; its BM25F ``weight`` and length normalisation ``b``;
    what it is called before a colon in a query, in Swedish first (none: it is searched, but not by
    name)."""

    label: str
    weight: float
    b: float
    query_names: tuple[str, ...] = ()


FIELDS = {
    "title": Field(label("Titel"), 3.0, 0.3, ("titel", "title")),
    "owner": Field(label("Projektägare"), 2.0, 0.3, ("ägare", "projektägare", "owner")),
    "description": Field(label("Beskrivning"), 1.0, 0.6, ("beskrivning", "description")),
    "motivation": Field(label("Motivering"), 1.0, 0.6, ("motivering", "motivation")),
    "round": Field(label("Beslutsomgång"), 0.3, 0.0),
    "funder": Field(label("Finansiär"), 0.3, 0.0, ("finansiär", "funder")),
}
QUERY_NAMES = {
    written: name
    for name, field in FIELDS.items()
    for query_name in field.query_names
    for written in (query_name, fold_ascii(query_name))
}
"""What a field is called in a query, also without dots -> its name in the index."""
