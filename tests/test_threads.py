"""One engine, many threads; and what a serving process keeps."""

from __future__ import annotations

import functools
import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.storage.store import Store
from search.array_engine import ArrayEngine, ArrayEngines
from search.live import LiveSearcher
from search.postings import Cache, Posting
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher, themes_file

THREADS = 8
_MOST_KEPT = 131_072  # words of a large index, some 600 bytes each
"""Entries of the largest cache of words; see `index.swedish`."""

QUERIES = [
    "psykisk hälsa",
    '"social hållbarhet"',
    "kom*",
    "skola ELLER glesbygd",
    "hällsa halsa",
    "landsbygdsutveckling -skola",
    "titel:hälsa ägare:kommun",
    "ungdomar artificiell intelligens",
    "",
]


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What the work gives in each of many threads, by its number; raises what it raises."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [*pool.map(work, range(THREADS))]


@pytest.mark.usefixtures("switching")
def test_many_threads_get_the_answers_of_one(sample_index: Path, sample: Searcher) -> None:
    requests = [SearchRequest(q, sort=sort) for q in QUERIES for sort in (None, "title")]
    expected = [sample.search(request) for request in requests]
    identifiers = sample.identifiers()
    relations = [sample.related(identifier) for identifier in identifiers]
    # So small that hardly anything stays in it.
    engine = ArrayEngine(Store(sample_index).current(), cache_bytes=8_000)
    searcher = Searcher(engine, SearchLimits(), themes_file(None))

    def work(number: int) -> list[object]:
        wrong: list[object] = []
        for at in range(len(requests)):
            one = (at + 5 * number) % len(requests)
            if searcher.search(requests[one]) != expected[one]:
                wrong.append(requests[one])
            if searcher.related(identifiers[one % 9]) != relations[one % 9]:
                wrong.append(identifiers[one % 9])
        return wrong

    assert at_once(work) == [[]] * THREADS


@pytest.mark.usefixtures("switching")
def test_many_threads_open_one_engine_between_them(sample_index: Path) -> None:
    live = LiveSearcher(ArrayEngines(sample_index), SearchLimits())
    assert len(set(map(id, at_once(lambda number: live.current())))) == 1


@pytest.mark.usefixtures("switching")
def test_what_a_cache_holds_and_what_it_counts_stay_alike_under_threads() -> None:
    cache = Cache(20_000)
    postings = [Posting(np.zeros(n, np.int32), np.zeros(n, np.float32)) for n in range(0, 300, 7)]

    def work(number: int) -> None:
        for turn in range(4_000):
            key = str((turn * 7 + number) % 97)
            if cache.get(key) is None:
                cache.put(key, postings[turn % len(postings)])

    at_once(work)
    counted = cache.bytes
    alone = Cache(1_000_000)
    for key, posting in cache._held.items():
        alone.put(key, posting)
    assert counted == alone.bytes <= cache.max_bytes


def test_a_cache_of_small_postings_holds_no_more_memory_than_it_counts() -> None:
    tracemalloc.start()
    try:
        cache = Cache(10_000_000)
        before, _ = tracemalloc.get_traced_memory()
        for number in range(2_000):
            docs = np.arange(5, dtype=np.int32)
            cache.put(f"TermQuery(title:'ord {number}'^3.0)", Posting(docs, np.ones(5, np.float32)))
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert held <= cache.bytes <= 2 * held


def test_no_cache_grows_without_end(sample: Searcher) -> None:
    """Those without a bound have no arguments, or are for indexing, in processes that end."""
    sample.search(SearchRequest("skola"))
    gc.unfreeze()  # a test that serves in this process may have hidden some
    caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    rooms = ("index.swedish", "index.storage", "search", "web")
    ours = [one for one in caches if str(one.__module__).startswith(rooms)]
    assert len(ours) > 10
    for one in ours:
        most = one.cache_parameters()["maxsize"]
        code = getattr(one.__wrapped__, "__code__", None)
        assert (most is not None and most <= _MOST_KEPT) or (code and not code.co_argcount), one


def test_words_that_begin_no_theme_are_not_remembered() -> None:
    themes = themes_file(None).current()
    for number in range(2_000):
        themes.find([chr(0x4E00 + number) + "x"])
    assert len(themes._found) < 700
    assert themes.find([themes.groups[0].terms[0]]) is not None
