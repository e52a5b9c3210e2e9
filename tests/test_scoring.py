"""The arrays find what Whoosh's own searcher finds, and score by the formula."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.build import build
from index.storage.columns import Columns
from index.storage.schema import EXACT, PARTS, TEXT_FIELDS
from index.storage.store import Store
from search.engine import Engine
from search.expand import expand
from search.nodes import STREAMS, TermQuery, WordQuery, stem_term
from search.postings import NOTHING, Cache, Posting, Postings
from search.request import RequestError, SearchLimits, SearchRequest
from search.scoring import K1, Scorer
from tests.conftest import document

VOCABULARY = (
    "hälsa", "psykisk", "skola", "skolan", "kompetens", "elevhälsa", "kommun", "och", "i", "2040",
    "halsa", "hällsa", "glesbygdsutveckling", "ungdomar", "samverkan", "zzz", "2 540 000",
)  # fmt: skip

words = st.sampled_from(VOCABULARY)
atoms = st.one_of(
    words,
    words.map(lambda word: f"titel:{word}"),
    words.map(lambda word: f"motivering:{word}"),
    st.lists(words, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"'),
    st.sampled_from(("kom*", "häl*", "sko*", "zzz*")),
)
queries = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} ELLER {two[1]})"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=6,
)


class Opened:
    """An index opened both ways, closed when it is let go of."""

    def __del__(self) -> None:
        self.postings.close()
        self.reader.close()

    def __init__(self, path: Path) -> None:
        generation = Store(path).current()
        self.engine = Engine.open(path)
        self.reader = FileStorage(str(generation.whoosh), readonly=True).open_index().reader()
        self.columns = Columns.open(generation.columns)
        self.postings = Postings(generation.whoosh, self.reader, self.columns.live)
        self.scorer = Scorer(self.postings, self.columns, cache_bytes=10_000)

    def whoosh(self, tree: query.Query) -> list[int]:
        """What Whoosh's own searcher matches."""
        from whoosh.searching import Searcher

        return sorted(Searcher(self.reader).docs_for_query(tree))


@pytest.fixture(scope="module")
def opened(sample_index: Path) -> Opened:
    return Opened(sample_index)


@settings(deadline=None, max_examples=300)
@given(text=queries, exact=st.booleans())
def test_arrays_match_what_whoosh_matches(opened: Opened, text: str, exact: bool) -> None:
    engine = opened.engine
    try:
        plan = expand(text, engine, engine.themes.current(), SearchLimits(), exact)
    except RequestError:
        return
    matches = opened.scorer.matches(plan.tree)
    assert matches.docs.tolist() == opened.whoosh(plan.tree)
    assert (np.diff(matches.docs) > 0).all()
    assert np.isfinite(matches.scores).all()


def saturation(opened: Opened, stem: str, doc: int) -> float:
    """sat(t, d) of the module's docstring, written out, from Whoosh's own matchers."""
    tf = 0.0
    for at, name in enumerate(TEXT_FIELDS):
        lengths = opened.columns.lengths[at].astype(float)
        stream = STREAMS[name]
        norm = 1 - stream.b + stream.b * lengths[doc] / max(lengths.mean(), 1)
        for field, weight in ((name, stream.weight), (name + PARTS, stream.weight * 0.4)):
            if (field, stem) in opened.reader:
                matcher = opened.reader.postings(field, stem)
                while matcher.is_active():
                    if matcher.id() == doc:
                        tf += weight * matcher.weight() / norm
                    matcher.next()
    return tf / (K1 + tf)


@pytest.mark.parametrize("word", ["häls", "skol", "kompetens", "kommun", "projekt", "elev"])
def test_scores_are_the_formula(opened: Opened, word: str) -> None:
    matches = opened.scorer.matches(WordQuery([stem_term(word, TEXT_FIELDS)]))
    n = len(matches.docs)
    assert n > 0
    idf = math.log(1 + (9 - n + 0.5) / (n + 0.5))
    for doc, score in zip(matches.docs, matches.scores, strict=True):
        assert score == pytest.approx(idf * saturation(opened, word, int(doc)), rel=1e-5)


def test_words_that_must_match_add_up_and_readings_take_the_best(opened: Opened) -> None:
    one, two = (WordQuery([stem_term(word, TEXT_FIELDS)]) for word in ("häls", "kompetens"))
    both = opened.scorer.matches(query.And([one, two]))
    apart = [opened.scorer.matches(word) for word in (one, two)]
    best = opened.scorer.matches(query.DisjunctionMax([one, two]))
    either = opened.scorer.matches(query.Or([one, two]))
    for doc in range(9):
        scores = [float(m.scores[m.docs == doc].sum()) for m in apart]
        for matches, expected in ((best, max(scores)), (either, sum(scores))):
            assert float(matches.scores[matches.docs == doc].sum()) == pytest.approx(expected)
        if all(scores):
            assert float(both.scores[both.docs == doc][0]) == pytest.approx(sum(scores))


def test_a_rare_synonym_does_not_outrank_the_word(tmp_path: Path) -> None:
    rows = [f"A\tT{n}\tVi talar om ungdomar.\t1" for n in range(8)] + ["B\tX\tVi är unga.\t1"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    hits = Engine.open(tmp_path / "index").search(SearchRequest(q="ungdomar")).hits
    assert len(hits) == 9
    assert hits[-1].decision.title == "X"


def test_postings_are_what_whoosh_reads(tmp_path: Path) -> None:
    """Over several blocks of the codec: more decisions than a block holds."""
    rows = [f"Ägare {n % 7}\tTitel {n}\t{'ord ' * (n % 3 + 1)}alla\t{n}" for n in range(4500)]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    opened = Opened(tmp_path / "index")
    for field in ("description", "description" + EXACT, "title", "owner"):
        for term in ("alla", "ord", "titel", "ägar", "7", "saknas"):
            posting = opened.postings.read(field, term)
            expected = []
            if (field, term) in opened.reader:
                matcher = opened.reader.postings(field, term)
                while matcher.is_active():
                    expected.append((matcher.id(), matcher.weight()))
                    matcher.next()
            assert (
                list(zip(posting.docs.tolist(), posting.weights.tolist(), strict=True)) == expected
            )
    wanted = np.array([0, 1, 2, 2000, 4499], np.int32)
    for term in ("alla", "ord", "saknas"):
        found = opened.postings.positions("description" + EXACT, term, wanted).tolist()
        assert found == whoosh_positions(opened, "description" + EXACT, term, wanted.tolist())


def whoosh_positions(opened: Opened, field: str, term: str, docs: list[int]) -> list[int]:
    """Document and position of each occurrence, as Whoosh's own matcher has them."""
    found = []
    if (field, term) in opened.reader:
        matcher = opened.reader.postings(field, term)
        while matcher.is_active():
            if matcher.id() in docs:
                found += [matcher.id() << 32 | at for at in matcher.value_as("positions")]
            matcher.next()
    return found


def test_every_term_of_the_real_decision_is_read_as_whoosh_reads_it(opened: Opened) -> None:
    docs = np.arange(9, dtype=np.int32)
    for field, term in opened.reader.all_terms():
        text = term.decode()
        posting = opened.postings.read(field, text)
        assert len(posting.docs) == opened.reader.doc_frequency(field, text)
        assert posting.weights.sum() == pytest.approx(opened.reader.frequency(field, text))
        if field.endswith(EXACT):
            found = opened.postings.positions(field, text, docs).tolist()
            assert found == whoosh_positions(opened, field, text, docs.tolist())


def test_cache_keeps_its_bound_and_drops_the_least_recently_used() -> None:
    cache = Cache(max_bytes=10_000)
    posting = Posting(np.zeros(125, np.int32), np.zeros(125, np.float32))
    for key in range(5):
        cache.put(key, posting)
    assert 5_000 < cache.bytes <= 10_000
    assert cache.get(0) is not None
    cache.put(5, posting)
    assert cache.get(0) is not None, "it was used last"
    assert cache.get(1) is None
    cache.put("large", Posting(np.zeros(999, np.int32), np.zeros(999, np.float32)))
    assert cache.get("large") is None, "one posting may not push all others out"


def test_words_that_nothing_has_do_not_fill_the_memory() -> None:
    cache = Cache(max_bytes=100_000)
    for key in range(10_000):
        cache.put(key, NOTHING)
    assert len(cache._held) <= 100


def test_nothing_matches_a_term_that_is_not_there(opened: Opened) -> None:
    assert opened.scorer.saturated(TermQuery([query.Term("title", "zzz")])) == NOTHING


def test_phrase_is_found_across_a_repeated_word(tmp_path: Path) -> None:
    rows = ["A\tT\tde de facto de facto\t1", "A\tU\tfacto de\t1"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    engine = Engine.open(tmp_path / "index")
    for q, n in (('"de facto"', 1), ('"de de facto"', 1), ('"facto de"', 2), ('"de de de"', 0)):
        assert engine.search(SearchRequest(q=q)).total == n
