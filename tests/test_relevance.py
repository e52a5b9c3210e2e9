"""The judged queries keep the figures that were reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.searcher import Searcher
from tests.benchmarks import relevance

QUERIES = relevance.load(relevance.QUERIES)


@pytest.fixture(scope="module")
def plain(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """An engine whose theme file is empty."""
    themes = tmp_path_factory.mktemp("themes") / "none.txt"
    themes.write_text("", "utf-8")
    return Searcher.open(sample_index, themes=themes)


def test_ndcg_without_themes(plain: Searcher) -> None:
    scores = relevance.judge(QUERIES, relevance.engine_answerer(plain))
    assert scores["all"].ndcg >= 0.90


def test_ndcg_with_the_theme_file(sample: Searcher) -> None:
    scores = relevance.judge(QUERIES, relevance.engine_answerer(sample))
    assert scores["all"].ndcg >= 0.95


def test_plain_snowball_is_far_behind(plain: Searcher) -> None:
    scores = relevance.judge(QUERIES, relevance.snowball_answerer(plain))
    assert 0.5 < scores["all"].ndcg < 0.6


def test_nothing_floods(plain: Searcher, sample: Searcher) -> None:
    assert relevance.mean_hits(QUERIES, plain) < 2.5
    assert relevance.mean_hits(QUERIES, sample) < 2.5


def test_queries_that_must_find_nothing_find_nothing(sample: Searcher) -> None:
    answer = relevance.engine_answerer(sample)
    nothing = [one.query for one in QUERIES if not one.relevant]
    assert len(nothing) >= 6
    assert [query for query in nothing if answer(query)] == []


def test_measures_are_what_their_formulas_give() -> None:
    relevant = {"a": 2, "b": 1}
    assert relevance.ndcg(["a", "b"], relevant) == pytest.approx(1.0)
    assert relevance.ndcg(["b", "a"], relevant) == pytest.approx(0.7967, abs=1e-4)
    assert relevance.ndcg(["x", "y", "z"], relevant) == 0
    assert relevance.recall(["x", "a"], relevant) == 0.5
    assert relevance.reciprocal_rank(["x", "a"], relevant) == 0.5
    assert relevance.ndcg([], {}) == 1
    assert relevance.ndcg(["a"], {}) == 0
