"""The arrays find what Whoosh's own searcher finds, and score by the formula."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.filedb.filestore import FileStorage

from index.build import build
from index.decision import Decision
from index.storage.columns import Columns
from index.storage.schema import AMOUNT, EXACT, PARTS, POSITIONS, TEXT_FIELDS
from index.storage.store import Store
from search.expand import expand
from search.fields import FIELDS
from search.nodes import NearQuery, TermQuery, WordQuery, stem_term
from search.postings import NOTHING, Cache, Posting, Postings
from search.request import RequestError, SearchLimits, SearchRequest
from search.scoring import K1, Scorer
from search.searcher import Searcher
from tests.conftest import document
from tests.reference import without_positions

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
        self.engine = Searcher.open(path)
        self.reader = FileStorage(str(generation.whoosh), readonly=True).open_index().reader()
        self.columns = Columns.open(generation.columns)
        self.postings = Postings(generation.whoosh, self.reader, self.columns.live)
        self.scorer = Scorer(self.postings, self.columns, cache_bytes=10_000)

    @cached_property
    def decisions(self) -> list[Decision]:
        """All of them."""
        engine = self.engine.engine
        return list(engine.decisions(map(engine.key, engine.identifiers())))

    def whoosh(self, tree: query.Query) -> list[int]:
        """What Whoosh's own searcher matches."""
        from whoosh.searching import Searcher

        return sorted(Searcher(self.reader).docs_for_query(without_positions(tree, self.decisions)))


@pytest.fixture(scope="module")
def opened(sample_index: Path) -> Opened:
    return Opened(sample_index)


@settings(max_examples=3 * settings().max_examples)
@given(text=queries, exact=st.booleans())
def test_arrays_match_what_whoosh_matches(opened: Opened, text: str, exact: bool) -> None:
    searcher = opened.engine
    try:
        plan = expand(text, searcher.engine, searcher.themes.current(), SearchLimits(), exact)
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
        stream = FIELDS[name]
        average = max(lengths[opened.columns.live].mean(), 1)
        norm = 1 - stream.b + stream.b * lengths[doc] / average
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


# Three hundred decisions, so that rare words go other ways than common ones, and five deleted ones


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Decision n of 300 has *bro*, every other one *sol*, all but the last ten *båt*, 7 and 150
    *sten*, 150 and 299 *fisk*, 200 *häst*. The first five documents are deleted: they had most of
    the words."""
    folder = tmp_path_factory.mktemp("many")
    rare = {7: "sten", 150: "sten fisk", 299: "fisk fisk", 200: "häst"}
    rows = [
        f"Ägare\tTitel {n}\tbro {'sol ' * (n % 2)}{rare.get(n, '')}{' lera' * (n % 5)}"
        f"{' båt' * (n < 290)}\t{n}"
        for n in range(300)
    ]
    all_words = "bro sol sten fisk häst" + " borttagen" * 100
    gone = [f"Ägare\tBorta {n}\t{all_words}\t{n}" for n in range(5)]
    (folder / "in").mkdir()
    (folder / "in" / "b.txt").write_text(document(*rows), "utf-8")
    (folder / "in" / "a.txt").write_text(document(*gone, heading="# Z 2029:1"), "utf-8")
    build([folder / "in"], folder / "index")
    (folder / "in" / "a.txt").unlink()
    build([folder / "in"], folder / "index")
    opened = Opened(folder / "index")
    assert opened.columns.live.tolist() == [False] * 5 + [True] * 300
    return opened


def word(text: str) -> WordQuery:
    """A word of the query that is read as nothing but itself."""
    return WordQuery([stem_term(text, TEXT_FIELDS)])


def scores(opened: Opened, tree: query.Query) -> dict[int, float]:
    """The score of each decision that a tree matches; they are those that Whoosh matches."""
    matches = opened.scorer.matches(tree)
    assert matches.docs.tolist() == opened.whoosh(tree)
    assert (matches.docs.dtype, matches.scores.dtype) == (np.int32, np.float32)
    return dict(zip(matches.docs.tolist(), matches.scores.tolist(), strict=True))


RARE_AND_COMMON = ["häst", "sten", "fisk", "sol", "båt", "bro", "saknas"]
"""Words of one decision, of two, of two, of 150, of 290, of all and of none."""
PAIRS = [(one, two) for one in RARE_AND_COMMON for two in RARE_AND_COMMON if one != two]


@pytest.mark.parametrize(
    ("stem", "n"), [*zip(RARE_AND_COMMON, (1, 2, 2, 150, 290, 300, 0), strict=True)]
)
def test_deleted_documents_are_neither_matched_nor_counted(many: Opened, stem: str, n: int) -> None:
    found = scores(many, word(stem))
    assert len(found) == n
    idf = math.log(1 + (300 - n + 0.5) / (n + 0.5))
    for doc in list(found)[:3] + list(found)[-3:]:
        assert found[doc] == pytest.approx(idf * saturation(many, stem, doc), rel=1e-5)


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_rare_and_common_words_combine_as_sums_and_maxima(many: Opened, one: str, two: str) -> None:
    left, right = scores(many, word(one)), scores(many, word(two))
    either = {doc: left.get(doc, 0) + right.get(doc, 0) for doc in left | right}
    best = {doc: max(left.get(doc, 0), right.get(doc, 0)) for doc in left | right}
    both = {doc: left[doc] + right[doc] for doc in left.keys() & right}
    first = {doc: score for doc, score in left.items() if doc not in right}
    trees = [word(one), word(two)]
    assert scores(many, query.Or(trees)) == pytest.approx(either)
    assert scores(many, query.DisjunctionMax(trees)) == pytest.approx(best)
    assert scores(many, query.And(trees)) == pytest.approx(both)
    assert scores(many, query.And([trees[0], query.Not(trees[1])])) == pytest.approx(first)


@pytest.mark.parametrize("stem", RARE_AND_COMMON)
def test_what_is_excluded_leaves_the_other_live_decisions_without_a_score(
    many: Opened, stem: str
) -> None:
    expected = dict.fromkeys(set(range(5, 305)) - scores(many, word(stem)).keys(), 0.0)
    assert scores(many, query.Not(word(stem))) == expected
    assert scores(many, query.And([query.Not(word(stem))])) == expected


def test_everything_is_every_live_decision_without_a_score(many: Opened) -> None:
    assert scores(many, query.Every()) == dict.fromkeys(range(5, 305), 0.0)


def test_three_words_must_all_match_and_all_add_up(many: Opened) -> None:
    stems = ("bro", "sten", "fisk")
    expected = sum(scores(many, word(stem))[155] for stem in stems)
    found = scores(many, query.And([word(stem) for stem in stems]))
    assert found == pytest.approx({155: expected})


def test_a_reading_counts_by_its_boost_and_all_share_one_idf(many: Opened) -> None:
    """150 has both: *sten* in full is more than half of *fisk*."""
    synonym = stem_term("fisk", TEXT_FIELDS)
    synonym.boost = 0.5
    found = scores(many, WordQuery([stem_term("sten", TEXT_FIELDS), synonym]))
    idf = math.log(1 + (300 - 3 + 0.5) / (3 + 0.5))
    assert found == pytest.approx({
        12: idf * saturation(many, "sten", 12),
        155: idf * saturation(many, "sten", 155),
        304: idf * saturation(many, "fisk", 304) / 2,
    }, rel=1e-5)  # fmt: skip


def test_a_reading_of_several_terms_counts_as_its_weakest(many: Opened) -> None:
    terms = [stem_term(stem, TEXT_FIELDS) for stem in ("fisk", "bro")]
    reading = NearQuery(terms)
    reading.boost = 0.5
    weakest = {
        doc: min(saturation(many, "fisk", doc), saturation(many, "bro", doc)) for doc in (155, 304)
    }
    idf = math.log(1 + (300 - 2 + 0.5) / (2 + 0.5))
    expected = {doc: idf * value / 2 for doc, value in weakest.items()}
    assert scores(many, WordQuery([reading])) == pytest.approx(expected, rel=1e-5)


def test_alternatives_within_a_reading_count_as_the_best(many: Opened) -> None:
    terms = [stem_term(stem, TEXT_FIELDS) for stem in ("fisk", "bro")]
    found = scores(many, WordQuery([query.DisjunctionMax(terms)]))
    assert len(found) == 300
    idf = math.log(1 + 0.5 / 300.5)
    for doc in (5, 155, 304):
        best = max(saturation(many, "fisk", doc), saturation(many, "bro", doc))
        assert found[doc] == pytest.approx(idf * best, rel=1e-5)


def test_the_boost_of_a_tree_multiplies_its_scores(many: Opened) -> None:
    whole = query.And([word("sten"), word("fisk")])
    plain = scores(many, whole)[155]
    whole.boost = 2.0
    assert scores(many, whole) == pytest.approx({155: 2 * plain})


def test_a_term_alone_is_a_word(many: Opened) -> None:
    assert scores(many, stem_term("sten", TEXT_FIELDS)) == scores(many, word("sten"))


def test_terms_that_differ_in_anything_are_remembered_apart(many: Opened) -> None:
    """The cache holds a term by its streams' fields, words and weights."""
    exact = "description" + EXACT
    terms = [
        TermQuery([query.Term("description", "fisk")]),
        TermQuery([query.Term("description", "fisk", boost=2.0)]),
        TermQuery([query.Term("description", "sten")]),
        TermQuery([query.Term("title", "fisk")]),
        TermQuery([query.Phrase(exact, ["fisk", "fisk"])]),
        TermQuery([query.Phrase(exact, ["sten", "fisk"])]),
    ]
    found = [scores(many, term) for term in terms]
    assert [len(one) for one in found] == [2, 2, 2, 0, 1, 1]
    assert all(one != two for at, one in enumerate(found) for two in found[:at])
    assert [scores(many, term) for term in terms] == found


def test_a_term_is_read_once(many: Opened) -> None:
    term = stem_term("sten", TEXT_FIELDS)
    assert many.scorer.saturated(term) is many.scorer.saturated(term)


def test_a_field_of_one_word_is_of_average_length(many: Opened) -> None:
    found = scores(many, TermQuery([query.Term("owner", "ägar")]))
    idf = math.log(1 + 0.5 / 300.5)
    assert found == pytest.approx(dict.fromkeys(range(5, 305), idf / (K1 + 1)), rel=1e-5)


def test_an_amount_has_no_length(many: Opened) -> None:
    found = scores(many, TermQuery([query.Term(AMOUNT, "7")]))
    idf = math.log(1 + 299.5 / 1.5)
    assert found == pytest.approx({12: idf / (K1 + 1)}, rel=1e-5)


def test_phrases_are_counted_whole(many: Opened) -> None:
    """A phrase that occurs twice weighs as a word that does: 304 is *bro sol fisk fisk* and
    four words more."""
    exact = "description" + EXACT
    found = scores(many, TermQuery([query.Phrase(exact, ["bro", "sol"])]))
    assert len(found) == 150
    lengths = many.columns.lengths[TEXT_FIELDS.index("description")].astype(float)
    norm = 0.4 + 0.6 * lengths[304] / lengths[5:].mean()
    idf = math.log(1 + 150.5 / 150.5)
    assert found[304] == pytest.approx(idf * (1 / norm) / (K1 + 1 / norm), rel=1e-5)
    once = scores(many, TermQuery([query.Phrase(exact, ["fisk"])]))
    assert once == scores(many, TermQuery([query.Term(exact, "fisk")]))


def test_a_node_that_nothing_scores_is_named(many: Opened) -> None:
    with pytest.raises(TypeError, match=r"^no scoring for NumericRange$"):
        many.scorer.matches(query.NumericRange("amount", 1, 2))


def test_a_rare_synonym_does_not_outrank_the_word(tmp_path: Path) -> None:
    rows = [f"A\tT{n}\tVi talar om ungdomar.\t1" for n in range(8)] + ["B\tX\tVi är unga.\t1"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    hits = Searcher.open(tmp_path / "index").search(SearchRequest(q="ungdomar")).hits
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


def test_every_term_of_the_real_decision_is_read_as_whoosh_reads_it(opened: Opened) -> None:
    for field, term in opened.reader.all_terms():
        if field.startswith(POSITIONS):
            continue  # not documents, see `test_positions`
        text = term.decode()
        posting = opened.postings.read(field, text)
        assert len(posting.docs) == opened.reader.doc_frequency(field, text)
        assert posting.weights.sum() == pytest.approx(opened.reader.frequency(field, text))


def test_cache_keeps_its_bound_and_drops_the_least_recently_used() -> None:
    cache = Cache(max_bytes=8_000)
    posting = Posting(np.zeros(125, np.int32), np.zeros(125, np.float32))
    for key in "01234":
        cache.put(key, posting)
    assert 5_000 < cache.bytes <= 8_000
    assert cache.get("0") is not None
    cache.put("5", posting)
    assert cache.get("0") is not None, "it was used last"
    assert cache.get("1") is None
    cache.put("large", Posting(np.zeros(999, np.int32), np.zeros(999, np.float32)))
    assert cache.get("large") is None, "one posting may not push all others out"


def test_words_that_nothing_has_do_not_fill_the_memory() -> None:
    cache = Cache(max_bytes=100_000)
    for key in range(10_000):
        cache.put(str(key), NOTHING)
    assert len(cache._held) <= 250


def test_nothing_matches_a_term_that_is_not_there(opened: Opened) -> None:
    assert opened.scorer.saturated(TermQuery([query.Term("title", "zzz")])) == NOTHING


def test_phrase_is_found_across_a_repeated_word(tmp_path: Path) -> None:
    rows = ["A\tT\tde de facto de facto\t1", "A\tU\tfacto de\t1"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    engine = Searcher.open(tmp_path / "index")
    for q, n in (('"de facto"', 1), ('"de de facto"', 1), ('"facto de"', 2), ('"de de de"', 0)):
        assert engine.search(SearchRequest(q=q)).total == n
