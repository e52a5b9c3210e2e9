"""The bound on the time of one request: which steps look at it, and what a stop leaves behind."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from search.deadline import NEVER, Deadline
from search.request import SearchRequest, SearchTimeout
from search.searcher import Searcher

EVERYTHING = (
    'psykisk hälsa "social hållbarhet" komp* skola ELLER glesbygd -båt landsbygdsutveckling hällsa'
)
"""A query with every kind of word and mark in it."""


STEPS = {
    "Postings.read": 40,
    "Postings._live_terms": 4,
    "Positions._read": 10,
    "Scorer.matches": 40,
    "Scorer._places": 2,
    "Scorer._merged": 20,
    "_Planner._most_telling": 3,
    "_Planner._propose": 10,
    "_Planner._ask": 8,
    "_Planner._say": 8,
    "_Planner._new_runs": 4,
    "Places._in_segment": 10,
    "_Occurrences.__init__.<locals>.reaches": 20,
    "Searcher._hits": 15,
    "count": 5,
    "overview": 5,
    "named_groups": 5,
    "_order": 2,
    "_stems": 3,
    "_bounded": 20,
    "Wordings._found": 2,
    "Wordings.of": 3,
    "told": 1,
}
"""The functions that look, with how often they do at least in all of `ANSWERS`."""


class Countdown(Deadline):
    """A deadline that passes at a look of one's choice instead of at a time, and counts them."""

    def __init__(self, passes_after: float = math.inf) -> None:
        super().__init__(1.0, math.inf)
        self.passes_after = passes_after
        self.looks = 0
        self.lookers: Counter[str] = Counter()

    def check(self) -> None:
        self.looks += 1
        self.lookers[sys._getframe(1).f_code.co_qualname] += 1
        if self.looks > self.passes_after:
            raise SearchTimeout(self.seconds)


def looks(ask: Callable[[Deadline], object]) -> int:
    """How many times a whole answer looks at its deadline."""
    deadline = Countdown()
    ask(deadline)
    return deadline.looks


def test_a_deadline_that_has_passed_stops_what_looks() -> None:
    deadline = Deadline.after(0.02)
    deadline.check()
    time.sleep(0.03)
    with pytest.raises(SearchTimeout, match=r"timeout.*0\.02"):
        deadline.check()


def test_zero_is_never() -> None:
    Deadline.after(0).check()
    assert math.isinf(NEVER.end)


def test_opening_an_index_loads_the_lexicon_which_takes_half_a_second(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["index.swedish.lexicon"]
    monkeypatch.setattr(module, "_loaded", None)
    Searcher.open(sample_index).close()
    assert module.__dict__["_loaded"] is not None


ANSWERS: dict[str, Callable[[Searcher, Deadline], object]] = {
    "search": lambda engine, deadline: engine.search(SearchRequest(EVERYTHING), deadline),
    "exact": lambda engine, deadline: engine.search(SearchRequest("skola", exact=True), deadline),
    "long": lambda engine, deadline: engine.search(
        SearchRequest("skola hälsa kommun " * 50), deadline
    ),
    "without words": lambda engine, deadline: engine.search(SearchRequest(), deadline),
    "related": lambda engine, deadline: engine.related(
        "esf-2026-1/hela-vagen-ut", deadline=deadline
    ),
    "wording": lambda engine, deadline: engine.wording(
        "esf-2026-1/ultraljudsakademi-for-akuttlakare-i-norrbotten", deadline
    ),
    "marked": lambda engine, deadline: engine.marked(
        engine.named("esf-2026-1/hela-vagen-ut")[0], SearchRequest(EVERYTHING), deadline
    ),
    "overview": lambda engine, deadline: engine.overview(SearchRequest("hälsa"), deadline=deadline),
    "whole": lambda engine, deadline: [
        *engine.whole(SearchRequest(sort="title"), deadline).decisions
    ],
    "newest": lambda engine, deadline: [
        *engine.newest(SearchRequest("hälsa"), 3, deadline).decisions
    ],
}
"""Every way to ask that has a deadline."""


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_stop_at_any_look_leaves_the_engine_answering_as_before(
    sample_index: Path, answer: Callable[[Searcher, Deadline], object]
) -> None:
    expected = answer(Searcher.open(sample_index), NEVER)
    engine = Searcher.open(sample_index)
    last = looks(lambda deadline: answer(Searcher.open(sample_index), deadline))
    assert last > 2
    for number in range(0, last, max(1, last // 30)):
        with pytest.raises(SearchTimeout):
            answer(Searcher.open(sample_index), Countdown(number))
        with contextlib.suppress(SearchTimeout):  # what is in the cache already looks less often
            answer(engine, Countdown(number))
    assert answer(engine, NEVER) == expected
    with pytest.raises(SearchTimeout):
        answer(engine, Countdown(0))


def test_each_kind_of_step_looks(sample_index: Path) -> None:
    deadline = Countdown()
    engine = Searcher.open(sample_index)
    for answer in ANSWERS.values():
        answer(engine, deadline)
    assert STEPS.keys() == deadline.lookers.keys()
    assert {step: n for step, n in STEPS.items() if deadline.lookers[step] < n} == {}


def searching(engine: Searcher, q: str, **options: object) -> int:
    """Looks of a search whose words are in the cache already."""
    request = SearchRequest(q, **options)  # type: ignore[arg-type]
    engine.search(request)
    return looks(lambda deadline: engine.search(request, deadline))


def test_each_snippet_looks(sample: Searcher) -> None:
    assert searching(sample, "hälsa", limit=3) == searching(sample, "hälsa", limit=2) + 2


def test_each_stretch_of_a_long_text_looks(make_engine: Callable[..., Searcher]) -> None:
    long = "bron byggs av trä " * 5_000
    engine = make_engine(f"Ankeby\tEn bro\t{long} och sedan ritas den\t1 000")
    identifier = engine.identifiers()[0]
    assert looks(lambda deadline: engine.related(identifier, deadline=deadline)) > 9


@pytest.mark.parametrize(
    ("more", "fewer", "least"),
    [
        ("skola hälsa kommun", "skola hälsa", 10),  # the plan of each word
        ("sko*", "skola", 4),  # each word that a prefix is expanded to
        ("skola ELLER hälsa ELLER kommun", "skola ELLER hälsa", 10),  # each tree
        ("hällsa", "hälsa", 1),  # the words that one was meant as
    ],
)
def test_each_word_looks(sample: Searcher, more: str, fewer: str, least: int) -> None:
    assert searching(sample, more) - searching(sample, fewer) >= least


def test_each_term_that_is_read_looks(sample_index: Path) -> None:
    """Of the second of two equal searches the terms are in the cache."""
    engine = Searcher.open(sample_index)
    for q, least in [("skola", 9), ('"social hållbarhet"', 2), ("sko*", 25), ("hemkommun", 4)]:
        first = looks(lambda deadline, q=q: engine.search(SearchRequest(q), deadline))  # type: ignore[misc]
        assert first - searching(engine, q) >= least


def test_each_facet_and_each_group_looks(sample: Searcher) -> None:
    owners = len(sample.groups("owner"))
    assert looks(lambda deadline: sample.overview(SearchRequest(), deadline=deadline)) > owners
    assert looks(lambda deadline: sample.groups("owner", deadline)) >= owners
    assert searching(sample, "") >= 5


def test_sorting_by_title_looks_between_parts(
    sample: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = SearchRequest(sort="title")
    expected = [decision.id for decision in sample.whole(request).decisions]
    at_once = looks(lambda deadline: sample.whole(request, deadline))
    monkeypatch.setattr("search.array_engine._SORTED_AT_ONCE", 1)
    assert looks(lambda deadline: sample.whole(request, deadline)) > at_once + 5
    assert [decision.id for decision in sample.whole(request).decisions] == expected
