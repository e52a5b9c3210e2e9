"""The benchmarks run, and their engines find the same. What they measure is printed, not tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.searcher import Searcher
from tests.benchmarks import corpus, load, relevance, speed, suggestions, themes


def test_all_engines_find_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    speed.main(["--size", "1000", "--rounds", "1"])
    printed = capsys.readouterr().out
    assert "1,000 in the index" in printed
    assert "all engines find the same sets, counts and sums" in printed
    for name in ("this engine, warm", "SQLite FTS5", "Tantivy", "Whoosh's own searcher"):
        assert name in printed


def test_the_server_is_asked_at_a_fixed_rate_and_shows_what_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    load.main(["--size", "200", "--folder", str(folder), "--rate", "20", "--seconds", "2"])
    printed = capsys.readouterr().out
    assert re.search(r"^\d+ answers at 20 a second: p50 .* p95 ", printed, re.M)
    assert re.search(r"MB of its own.* MB of its own", printed)
    assert re.search(r"seconds until they are found: \[[\d., ]+\]", printed)
    assert len(Searcher.open(folder / "index")) == 230


def test_suggestions_are_timed_and_their_counts_checked(
    small_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suggestions.main([str(small_index), "--texts", "5"])
    printed = capsys.readouterr().out
    assert re.search(r"^2 letters +\d+( +[\d.]+ \([\d.]+, [\d.]+\)){3}$", printed, re.M)
    assert re.search(r"^[1-9]\d* counts are those of the searches$", printed, re.M)


def test_relevance_is_printed_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    relevance.main([])
    printed = capsys.readouterr().out
    assert printed.splitlines()[-2].startswith("all")
    assert "mean hits a query" in printed


def test_reached_pairs_are_printed_by_area(capsys: pytest.CaptureFixture[str]) -> None:
    themes.main([])
    printed = capsys.readouterr().out
    assert re.search(r"^rural areas +7 +\d+ +\d+$", printed, re.M)
    assert re.search(r"^missed with themes \(\d+\):$", printed, re.M)


def test_the_synthetic_corpus_is_the_same_each_time() -> None:
    assert list(corpus.synthetic(20)) == list(corpus.synthetic(20))
    assert len({record["title"] for record in corpus.synthetic(200)}) == 200
