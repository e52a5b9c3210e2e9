"""What is asked of a cluster, and what is put there: the forms, without one. What it makes of them
is tested in `tests.opensearch`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query

from index.decision import Block, Decision, Round, Source, to_data
from index.storage.keywords import KEYWORDS
from index.storage.schema import TEXT_FIELDS
from search.fields import FIELDS
from search.nodes import NearQuery, TermQuery, WordQuery, exact_term, phrase_term, stem_term
from search.opensearch.documents import (
    IndexedDecision,
    StoredWording,
    decision_of,
    document,
    key_of,
    places_of,
    term,
)
from search.opensearch.mapping import _PROPERTIES, NOTHING, PLACE, SAME, SCALE, TIMES, layout
from search.opensearch.trees import matched, scored, worded

AVERAGES = dict.fromkeys(TEXT_FIELDS, 4.0)
ROUND = Round("Regionens beslut", "X 2030:1", "Region Vi")
SOURCE = Source("a.txt", None, 1, "0" * 64, "2030-01-01T00:00:00Z")
DECISION = Decision(
    "x-2030-1/bro",
    "Ö",
    "Bron",
    (Block("paragraph", "Elevhälsa och hälsa."),),
    (),
    None,
    "SEK",
    ROUND,
    SOURCE,
)
KEPT = IndexedDecision(
    DECISION.id, json.dumps(to_data(DECISION)).encode(), 7, 3, "00000000000000ff", 10, 20
)


def leaves(tree: Any, *names: str) -> Iterator[Any]:
    """What stands under some names, wherever it is in a query."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in names:
                yield value
            yield from leaves(value, *names)
    elif isinstance(tree, list):
        for one in tree:
            yield from leaves(one, *names)


def word(*readings: query.Query, documents: int = 1) -> WordQuery:
    tree = WordQuery([*readings])
    tree.documents = documents
    return tree


def test_a_word_of_all_fields_is_one_term_and_one_as_written() -> None:
    tree = word(stem_term("hals", TEXT_FIELDS, "hälsa"))
    assert [*leaves(matched(tree), "terms")] == [{"all": ["hals"]}, {"all_written": ["hälsa"]}]
    assert [*leaves(scored(tree, 10), "term")] == [
        {"all": {"value": "hals", "boost": 1.0}},
        {"all_written": {"value": "hälsa", "boost": 0.25}},
    ]


@pytest.mark.parametrize(
    "other",
    [
        stem_term("hals", TEXT_FIELDS[:-1], "hälsa"),
        TermQuery([query.Term(name, "hals") for name in TEXT_FIELDS]),
        TermQuery([*stem_term("hals", TEXT_FIELDS).subqueries][:-1]),
    ],
)
def test_what_is_not_all_of_a_word_is_asked_stream_by_stream(other: TermQuery) -> None:
    assert not {"all", "all_written"} & {
        name for one in leaves(matched(word(other)), "term", "terms") for name in one
    }


def test_a_phrase_counts_once_however_many_words_it_has() -> None:
    tree = word(phrase_term(["en", "god", "hälsa"], ["title"]))
    (phrase,) = leaves(scored(tree, 10), "match_phrase")
    assert phrase == {"title_words": f"en{PLACE}god{PLACE}hälsa"}
    factors = [one["params"]["f"] for one in leaves(scored(tree, 10), "script")]
    assert 3.0 / 3 in factors  # the weight of a title, by Lucene's three


@pytest.mark.parametrize("count", [2, 8, 9, 12])
def test_words_near_each_other_have_a_limit_however_many_they_are(count: int) -> None:
    tree = NearQuery([stem_term(f"s{number}", ["title"]) for number in range(count)])
    (together,) = leaves(matched(tree), "all_of")
    assert len(together["intervals"]) == count
    if count <= 8:  # below 0 there would be no limit
        assert together["max_gaps"] == 8 - count
    else:
        assert together["filter"]["script"]["source"] == "interval.end - interval.start < 8"


def test_a_query_of_many_completions_stays_within_what_a_cluster_takes() -> None:
    prefixes = [
        word(query.DisjunctionMax([exact_term(f"{n}{k}", TEXT_FIELDS) for k in range(200)]))
        for n in range(10)
    ]
    few, many = query.And(prefixes[:4]), query.And(prefixes)
    assert len([*leaves(scored(few, 10), "term")]) == 800
    assert len([*leaves(matched(many), "terms")]) == 10
    asked = scored(many, 10)
    assert len([*leaves(asked, "term", "terms")]) == 10
    assert [*leaves(asked, "terms")] == [*leaves(matched(many), "terms")]


def test_no_two_things_of_a_document_share_a_name() -> None:
    suffixes = ("_stems", "_parts", "_near", "_words")
    streams = {name + suffix for name in TEXT_FIELDS for suffix in suffixes}
    assert {_PROPERTIES[one]["type"] for one in streams} == {"text"}
    assert not streams & KEYWORDS.keys()
    assert document(KEPT, AVERAGES).keys() == _PROPERTIES.keys()


@pytest.mark.parametrize(
    ("where", "other"),
    [
        ("index.storage.store.LEXICON_VERSION", "another"),
        ("index.storage.store.FORMAT", 0),
        ("search.opensearch.mapping.PART_WEIGHT", 0.5),
        ("search.opensearch.mapping.SCALE", 1),
        ("search.opensearch.mapping.FIELDS", FIELDS | {"title": replace(FIELDS["title"], b=0.9)}),
    ],
)
def test_an_index_made_with_other_terms_or_weights_is_not_gone_on_from(
    where: str, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = layout()
    monkeypatch.setattr(where, other)
    assert layout() != before


def test_a_bare_term_scores_as_a_word() -> None:
    tree = worded(query.And([exact_term("a", ["title"]), query.Not(exact_term("b", ["title"]))]))
    positive, negative = tree.subqueries
    assert isinstance(positive, WordQuery)
    assert isinstance(negative, query.Not)
    with pytest.raises(TypeError, match="no translation for Term"):
        matched(query.Term("title", "a"))


def test_a_document_has_frequencies_by_length_and_places() -> None:
    made = document(KEPT, AVERAGES)
    frequencies = dict(one.split(TIMES) for one in made["description_stems"].split(PLACE))
    norm = 1 - 0.6 + 0.6 * 3 / 4
    assert {name: int(times) for name, times in frequencies.items()} == {
        "elevhäls": round(SCALE / norm),
        "häls": round(SCALE / norm),
    }
    assert made["description_norm"] == pytest.approx(norm)
    near = [one.split(SAME) for one in made["description_near"].split(PLACE)]
    hole = NOTHING  # also where a line ends
    assert [sorted(one) for one in near] == [["elev", "elevhäls", "häls"], [hole], ["häls"], [hole]]
    assert made["description_words"] == PLACE.join(["elevhälsa", "och", "hälsa", hole])
    assert places_of(made)["description"] == (
        made["description_near"],
        made["description_words"],
        [0, 10, 14, 14],
    )
    assert (made["owner"], made["funder"]) == ("Ö\u001f", "Region Vi\u001f")
    assert (made["ore"], made["date"], made["case"], made["amount"]) == (None,) * 4


def test_a_decision_comes_back_out_of_its_document() -> None:
    back = decision_of(document(KEPT, AVERAGES))
    assert to_data(back) == to_data(DECISION)
    assert (back.first_seen, back.modified) == ("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z")
    assert back.identity == KEPT.identity


@pytest.mark.parametrize(
    "other",
    [
        {"text": KEPT.text + b" "},
        {"number": 4},
        {"identity": "f" * 16},
        {"seen": 9},
        {"modified": 9},
    ],
)
def test_a_version_differs_whenever_the_document_would(other: dict[str, Any]) -> None:
    assert KEPT._replace(**other).version != KEPT.version
    assert KEPT._replace(order=8).version == KEPT.version


@given(st.text())
def test_a_term_has_nothing_that_separates_terms_and_a_bounded_length(text: str) -> None:
    for some in (text, text * 1_000):
        made = term(some)
        assert not any(ord(letter) < 32 for letter in made)
        assert len(made.encode()) <= 2_000


def test_long_terms_that_differ_late_stay_different() -> None:
    one, other = "å" * 40_000, "å" * 39_999 + "ä"
    assert term(one) != term(other)
    assert term(one).startswith("å" * 200)
    assert key_of(one) != key_of(other)


@given(
    st.lists(st.integers(0, 2**64 - 1)),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2**16 - 1)),
)
def test_the_wording_of_a_decision_comes_back(
    kept: list[int], border: int, some: list[int]
) -> None:
    stored = StoredWording(np.array(kept, np.uint64), border, np.array(some, np.uint16))
    back = StoredWording.decoded(stored.encoded())
    assert (back.packed.tolist(), back.border, back.words.tolist()) == (kept, border, some)
