"""What does an index in the cluster look like? Ready terms, and a value for each column.

Each decision is a document. Its terms were made by `index.storage.schema`, and are handed over as
text whose tokens are lines, so that nothing is analysed here:

==================  ================================================================
``title_stems``     stems, each with its frequency by length (of each text field)
``title_parts``     stems of parts of compounds, the same
``title_near``      the stems of either in their places
``title_words``     the words as written in their places
``all``             `search.nodes.stem_term` over all fields: one term, weighed and added up
``all_written``     `search.nodes.exact_term` over all fields, the same
==================  ================================================================

A frequency is that of BM25F in `search.scoring`, divided by what normalises the length of the
field: a whole number of `SCALE` ths, as a posting of Lucene holds. The average lengths in it are
those of the index when it was last written whole. ``title_norm`` divides those of words as written.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from index.storage.schema import PARTS, TEXT_FIELDS
from index.storage.store import facts
from search.fields import FIELDS
from search.nodes import PART_WEIGHT

Json = dict[str, Any]
"""What is sent to a cluster, or comes from there."""
SCALE = 10_000
DEEPEST = 1_000_000
"""Decisions beyond which no page reaches, as a cluster refuses to go; how deep a visitor may go, a
setting of the site says."""
PLACE, SAME, NOTHING, TIMES = "\n", "\u001f", "\u001e", "\u001d"
"""Between two places of a text; between what stands in the same place; in a place where nothing
stands; and before how often a term occurs."""
PAIR = "\u001f"
"""Between the parts of a value that is made of two."""
STEMS, NEAR, WORDS, NORM = "_stems", "_near", "_words", "_norm"
ALL, ALL_WRITTEN = "all", "all_written"

_FREQUENCIES = {
    "type": "text",
    "analyzer": "frequencies",
    "similarity": "scaled",
    "norms": False,
    "index_options": "freqs",
}
_PLACES = {
    "type": "text",
    "analyzer": "places",
    "search_analyzer": "lines",
    "similarity": "counted",
    "norms": False,
    "index_options": "positions",
}
_TERMS = {"type": "text", "analyzer": "lines", "norms": False, "index_options": "docs"}
_KEYWORD = {"type": "keyword"}
_STORED = {"type": "keyword", "index": False, "doc_values": False}

_ANALYSIS = {
    "tokenizer": {"lines": {"type": "simple_pattern_split", "pattern": PLACE}},
    "filter": {
        "times": {"type": "delimited_term_freq", "delimiter": TIMES},
        "same": {
            "type": "pattern_capture",
            "preserve_original": False,
            "patterns": [f"([^{SAME}]+)"],
        },
        "nothing": {"type": "stop", "stopwords": [NOTHING]},
    },
    "analyzer": {
        "lines": {"tokenizer": "lines"},
        "frequencies": {"tokenizer": "lines", "filter": ["times"]},
        "places": {"tokenizer": "lines", "filter": ["same", "nothing"]},
    },
}
_SIMILARITY = {
    "scaled": {
        "type": "scripted",
        "script": {"source": f"return query.boost * doc.freq / {SCALE}.0"},
    },
    "counted": {"type": "scripted", "script": {"source": "return query.boost * doc.freq"}},
}
_PROPERTIES: dict[str, Any] = {
    **{name + suffix: _FREQUENCIES for name in TEXT_FIELDS for suffix in (STEMS, PARTS)},
    **{name + suffix: _PLACES for name in TEXT_FIELDS for suffix in (NEAR, WORDS)},
    **{name + NORM: {"type": "float", "index": False} for name in TEXT_FIELDS},
    ALL: _FREQUENCIES,
    ALL_WRITTEN: _FREQUENCIES,
    "topics": _TERMS,  # stems in what is looked at for related decisions
    "places": _STORED,  # where in the texts what is marked stands, see `documents.places_of`
    "id": _KEYWORD,
    "record": _STORED,  # the decision, as JSON
    "version": _KEYWORD,  # differs whenever anything else of the document does
    "order": {"type": "long"},  # that of the index
    "owner": _KEYWORD,  # the name and the number, with `PAIR` between
    "funder": _KEYWORD,
    "round": _KEYWORD,
    "round_title": _KEYWORD,
    "year": _KEYWORD,
    "place": _KEYWORD,  # of which there may be several
    "ore": {"type": "long"},
    "date": {"type": "integer"},  # days since 1970
    "title_key": _KEYWORD,  # in hexadecimal digits, which sort as its bytes do
    "amount": _KEYWORD,  # the term of `schema.amount_term`
    "case": _KEYWORD,  # `columns.case_digest`
    "identity": _KEYWORD,
    "number": {"type": "long"},  # of the event in which it came
    "seen": {"type": "long"},
    "modified": {"type": "long"},
    "fingerprints": {"type": "long", "doc_values": False},  # those of `passages`
    "passages": {"type": "binary", "store": True},  # see `documents.StoredWording`
}
SOURCE = ("id", "record", "owner", "funder", "number", "identity", "seen", "modified")
SHOWN = (*SOURCE, "places")
"""What is handed out of a document, and what of one whose text is marked."""


def settings(shards: int) -> dict[str, Any]:
    """Those of an index that is being written, without copies of its shards."""
    return {
        "index": {
            "number_of_shards": shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "max_terms_count": 65_536,
            "max_result_window": DEEPEST,
        },
        "analysis": _ANALYSIS,
        "similarity": _SIMILARITY,
    }


def mapping(about: dict[str, Any]) -> dict[str, Any]:
    """The fields of an index, and what it says of itself."""
    return {
        "dynamic": "strict",
        "_meta": about,
        "_source": {"includes": [*SHOWN]},
        "properties": _PROPERTIES,
    }


def layout() -> str:
    """SHA-256 (hex) over everything that decides what an index in a cluster holds: also what its
    terms were made with, and the weights in their frequencies. A copy of an index with another is
    never gone on from, as its documents would not be written again."""
    weights = [PART_WEIGHT, {name: (field.weight, field.b) for name, field in FIELDS.items()}]
    known = [SCALE, _ANALYSIS, _SIMILARITY, _PROPERTIES, SHOWN, weights, facts()]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
