"""What the engine in a cluster does in a way of its own; what every engine does, `test_engines`
has."""

from __future__ import annotations

import statistics
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from index.build import build
from search.opensearch import counting
from search.opensearch.engine import OpenSearchEngine
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import Opened, document

AMOUNTS = [
    "7,25",
    "1 000",
    "1 000",
    "1 000",
    "-3",
    "999 999 999 999",
    "2 500,50",
    "",
    "12",
    "12,01",
]


@pytest.fixture(scope="module")
def spread(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Decisions with each of `AMOUNTS`, of owners that have from one to all of them."""
    folder = tmp_path_factory.mktemp("spread")
    rows = [
        f"Ägare {owner}\tProjekt {owner}-{at}\tSkolan nummer {at}.\t{amount}"
        for owner in range(1, len(AMOUNTS) + 1)
        for at, amount in enumerate(AMOUNTS[:owner])
    ]
    (folder / "a.txt").write_text(document(*rows), "utf-8")
    build([folder / "a.txt"], folder / "index")
    return opened(folder / "index")


def asked(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are asked from now on."""
    engine = searcher.engine
    assert isinstance(engine, OpenSearchEngine)
    transport, found = engine._cluster.client.transport, []
    perform = transport.perform_request

    def noted(method: str, url: str, *arguments: Any, **options: Any) -> Any:
        found.append(url.rpartition("/")[2])
        return perform(method, url, *arguments, **options)

    monkeypatch.setattr(transport, "perform_request", noted)
    return found


@pytest.mark.parametrize(
    "q", ["skolan", "skolan projekt", "skolan -nummer", "skolan ELLER bro", ""]
)
def test_one_request_plans_and_one_answers(
    spread: Searcher, monkeypatch: pytest.MonkeyPatch, q: str
) -> None:
    spread.themes.current()
    addresses = asked(spread, monkeypatch)
    spread.search(SearchRequest(q, limit=0 if "-" in q else 5))
    assert addresses == (["_msearch"] if q else []) + ["_search"]


def test_a_set_that_is_smaller_than_a_page_is_asked_for_what_has_some_of_the_words(
    spread: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = asked(spread, monkeypatch)
    spread.search(SearchRequest("skolan ingenting"))
    assert addresses == ["_msearch", "_search", "_search"]


@pytest.mark.parametrize("most", [0, 1, 3, 5_000])
@pytest.mark.parametrize("owner", range(1, len(AMOUNTS) + 1))
def test_the_median_is_exact_whether_it_is_sorted_out_or_looked_for(
    spread: Searcher, monkeypatch: pytest.MonkeyPatch, most: int, owner: int
) -> None:
    monkeypatch.setattr(counting, "MOST_SORTED", most)
    told = spread.search(SearchRequest("skolan", {"owner": (f"Ägare {owner}",)})).stats
    plain = [one.replace(" ", "").replace(",", ".") for one in AMOUNTS[:owner]]
    known = [Decimal(one) for one in plain if one]
    assert told.median == statistics.median(known)
    assert (told.sum, told.min, told.max) == (sum(known), min(known), max(known))
    assert told.missing == owner - len(known)


@pytest.mark.parametrize("most", [0, 5_000])
def test_a_set_without_amounts_has_no_median(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    (tmp_path / "a.txt").write_text(document("Ö\tBro\tEn bro.\t"), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    monkeypatch.setattr(counting, "MOST_SORTED", most)
    told = opened(tmp_path / "index").search(SearchRequest()).stats
    assert (told.median, told.sum, told.missing) == (None, 0, 1)


def test_more_completions_than_a_cluster_takes_are_the_same_set(
    opened: Opened, tmp_path: Path
) -> None:
    letters = "bcdfghjklmnprst"
    ends = [a + b + c for a in letters for b in letters for c in letters][:200]
    beginnings = [f"a{letter}a" for letter in letters[:8]]
    rows = [
        f"Ö\tProjekt {n}\t{' '.join(one + end for one in beginnings[n:] for end in ends[n::3])}\t1"
        for n in range(3)
    ]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    searcher = opened(tmp_path / "index")
    every = " ".join(f"{one}*" for one in beginnings)
    assert [hit.decision.title for hit in searcher.search(SearchRequest(every)).hits] == [
        "Projekt 0"
    ]
    last = " ".join(f"{one}*" for one in beginnings[2:])
    assert searcher.search(SearchRequest(last)).total == 3
    assert searcher.search(SearchRequest(f"{last} -{beginnings[0]}*")).total == 2
