"""Words stand where the texts have them: phrases, and words near each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.storage.schema import NEAR, TEXT_FIELDS
from search.positions import Positions, _together
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import document

FAR = "ett två tre fyra fem sex sju åtta nio tio elva"

Opener = Callable[..., Searcher]


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """Opens the positions of an index with a decision a text."""

    def open_(*texts: str) -> Searcher:
        rows = [f"Ägaren\tTitel {n}\t{text}\t1" for n, text in enumerate(texts)]
        (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
        build([tmp_path / "a.txt"], tmp_path / "index")
        return Searcher.open(tmp_path / "index")

    return open_


def standing(searcher: Searcher) -> Positions:
    positions: Positions = searcher.engine._scorer.positions  # type: ignore[attr-defined]
    return positions


def near(searcher: Searcher, *stems: str) -> list[int]:
    return standing(searcher).near([[stem] for stem in stems], TEXT_FIELDS).tolist()


def between(words: int) -> str:
    """Two words with so many others between them."""
    return f"sol {' '.join(FAR.split()[:words])} sten"


def test_eight_words_are_near_and_nine_are_not(opened: Opener) -> None:
    assert NEAR == 8
    searcher = opened(between(0), between(6), between(7))
    assert near(searcher, "sol", "sten") == [0, 1]
    assert near(searcher, "sten", "sol") == [0, 1], "in any order"


def test_three_words_stand_in_one_stretch_and_not_only_in_a_chain(opened: Opener) -> None:
    chain = f"sol {' '.join(FAR.split()[:5])} sten {' '.join(FAR.split()[:5])} båt"
    searcher = opened(chain, "sol och sten i en båt", f"{chain} sol båt sten")
    assert near(searcher, "sol", "sten", "båt") == [1, 2]


def test_parts_of_one_word_stand_together(opened: Opener) -> None:
    assert near(opened("Elevhälsan.", f"elever {FAR} hälsa"), "elev", "häls") == [0]


def test_words_of_two_fields_or_two_decisions_are_never_near(tmp_path: Path) -> None:
    rows = ["Sol\tSten\tBåt\t1", "Häst\tFisk\tBro\t2"]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    for one, two in (("sol", "sten"), ("sten", "båt"), ("båt", "fisk"), ("båt", "häst")):
        assert near(searcher, one, two) == []


def test_only_the_fields_that_are_asked_for_count(opened: Opener) -> None:
    searcher = opened("sol sten")
    groups = [["sol"], ["sten"]]
    assert standing(searcher).near(groups, ["description"]).tolist() == [0]
    assert standing(searcher).near(groups, ["title", "motivation"]).tolist() == []


def test_a_suspended_compound_stands_where_it_begins(opened: Opener) -> None:
    searcher = opened(
        "studie- och yrkesvägledning för unga", f"studie- och yrkesvägledning {FAR} unga"
    )
    assert near(searcher, "studievägledning", "ung") == [0]


def test_a_phrase_is_found_once_a_time_it_occurs(opened: Opener) -> None:
    searcher = opened(
        "sol och sten", "sten och sol", "sol och sten och sol och sten", "sol\noch sten"
    )
    found = [docs.tolist() for docs in standing(searcher).phrase(["sol", "och", "sten"])]
    assert found == [[0, 2, 2] if name == "description" else [] for name in TEXT_FIELDS]


def test_positions_hold_over_several_segments_and_deleted_documents(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in (("a", "sol sten"), ("b", f"sol {FAR} sten"), ("c", "en sol på en sten")):
        written = document(f"A\tT{name}\t{text}\t1", heading=f"# {name} 2030:1")
        (folder / f"{name}.txt").write_text(written, "utf-8")
        build([folder], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    assert near(searcher, "sol", "sten") == [0, 2]
    (folder / "a.txt").unlink()
    build([folder], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    assert [hit.decision.title for hit in searcher.search(SearchRequest('"en sol"')).hits] == ["Tc"]
    assert searcher.search(SearchRequest("solsten")).total == 1, "in parts"


@given(st.lists(st.lists(st.integers(0, 60), max_size=12).map(sorted), min_size=2, max_size=4))
def test_together_is_every_stretch_with_one_of_each(groups: list[list[int]]) -> None:
    found = _together([np.array(sorted(set(group)), np.int64) for group in groups])
    expected = any(
        all(any(first <= place < first + NEAR for place in group) for group in groups)
        for first in range(61)
    )
    assert bool(len(found)) == expected
