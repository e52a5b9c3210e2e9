"""What every engine must answer: the one suite that each implementation of `search.engine` passes.

An engine is opened by the fixture ``opened``. What is expected is written out, or worked out here
in plain Python from the decisions that were indexed, and never taken from an engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from index.build import build
from search.request import Message, RequestError, SearchLimits, SearchRequest
from search.result import ExpansionKind, SearchResult
from search.searcher import Searcher
from tests.benchmarks import sets
from tests.conftest import Opened
from tests.test_sets import FOUND

Record = Mapping[str, Any]
"""A decision as the API writes it."""


def indexed(folder: Path, records: Iterable[Record], name: str = "a.jsonl") -> Path:
    """An index of some records, in a folder of its own."""
    lines = (json.dumps(one) for one in records)
    (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    report = build([folder / name], folder / "index")
    assert report.generation == 1
    return folder / "index"


def titles(result: SearchResult) -> list[str]:
    """Those of the hits, in order."""
    return [hit.decision.title for hit in result.hits]


def found(searcher: Searcher, q: str, exact: bool = False) -> set[str]:
    """The titles of all that a query matches; how many, what is counted and what is listed say the
    same."""
    result = searcher.search(SearchRequest(q=q, exact=exact, limit=100))
    assert result.total == len(result.hits) == len({hit.decision.id for hit in result.hits})
    return set(titles(result))


def kinds(result: SearchResult, at: int = 0) -> dict[ExpansionKind, tuple[str, ...]]:
    """What a part of the query was also taken to mean, by kind."""
    return {one.kind: one.words for one in result.interpretation[at].expansions}


@pytest.fixture(scope="session")
def sample(opened: Opened, sample_index: Path) -> Searcher:
    """The real decision."""
    return opened(sample_index)


@pytest.fixture(scope="session")
def small(opened: Opened, small_index: Path) -> Searcher:
    """`tests.conftest.SMALL`."""
    return opened(small_index)


@pytest.fixture(scope="session")
def two_rounds(opened: Opened, two_rounds_index: Path) -> Searcher:
    """`tests.conftest.TWO_ROUNDS`."""
    return opened(two_rounds_index)


# Sets: what a query matches


WORDS_THEMES = """
[Skola]
elevhälsa, röd cykel, segling, rymdfart

båt ~ skuta
fordon > bil, röd cykel
artificiell intelligens ~ AI
"""
WORDS = {
    "Adam": "<p>Vi stärker elevhälsan i skolan.</p>",
    "Bertil": "<p>Psykisk hälsa är god hälsa.</p>",
    "Cesar": "<p>Skolan bjuder in sju lag till alla elever.</p>",
    "David": "<p>Skolan bjuder in sju bra lag till alla elever.</p>",
    "Eriks skola": "<p>Elever ror.</p>",
    "Filip": "<p>Alla skolelever ror.</p>",
    "Gustav": "<p>Bättre</p><p>mat serveras de facto de facto.</p>",
    "Helge": "<p>En skuta seglar.</p>",
    "Ivar": "<p>En bil kör.</p>",
    "Johan": "<p>En stor röd och fin cykel.</p>",
    "Kalle": "<p>En cykel står i ett hus som bonden har målat med färg som är röd.</p>",
    "Ludvig": "<p>Vi lär ut AI.</p>",
    "Martin": "<p>En båt med intelligens som är artificiell.</p>",
    "Niklas": "<p>Studie- och yrkesvägledning för vuxna.</p>",
    "Olof": "<p>Gymnasieskolan ligger vid ån.</p>",
    "Petter": "<p>En landsbygtsutvekling av rang.</p>",
    "Qvintus": "<p>Skolelevrådet skidar.</p>",
    "Rudolf": "<p>Riks-förbundet möts.</p>",
    "Sigurd": "<p>Hur vi går till väga med det.</p>",
}
"""Title -> description. *Cesar* has a school and pupils within eight words, *David* within nine."""


@pytest.fixture(scope="session")
def words(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """`WORDS` with `WORDS_THEMES`."""
    folder = tmp_path_factory.mktemp("words")
    (folder / "themes.txt").write_text(WORDS_THEMES, "utf-8")
    records = [
        {"title": title, "owner": "Öbo", "round": "Prov", "description": text, "amount": n}
        for n, (title, text) in enumerate(WORDS.items(), start=1)
    ]
    return opened(indexed(folder, records), themes=folder / "themes.txt")


@pytest.fixture(scope="session")
def made_up(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The fifty decisions of `tests.test_sets`, which a person has counted."""
    path = tmp_path_factory.mktemp("made-up") / "index"
    build([sets.OWN], path)
    return opened(path)


ELEVHALSA, BRO, SKOLA, PSYKISK = (
    "Elevhälsa för alla",
    "En bro till ön",
    "Skola på ön",
    "Psykisk hälsa",
)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ("skolan", {ELEVHALSA, SKOLA}),
        ("skolor", {ELEVHALSA, SKOLA}),
        ("hälsa", {ELEVHALSA, PSYKISK}),
        ("hälsa skolan", {ELEVHALSA}),
        ("hälsa bro", set()),
        ("hälsa hälsa", {ELEVHALSA, PSYKISK}),
        ("motivering:hälsa", {ELEVHALSA}),
        ("beskrivning:hälsa", {ELEVHALSA, PSYKISK}),
        ("titel:hälsa", {ELEVHALSA, PSYKISK}),
        ("titel:båt", set()),
        ("ägare:ankeby", {ELEVHALSA, BRO}),
        ("agare:ankeby", {ELEVHALSA, BRO}),
        ("finansiär:vi", {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ("finansiär:du", set()),
        ("motivering:bron", set()),
        ('"psykisk hälsa"', {PSYKISK}),
        ('"hälsa psykisk"', set()),
        ('"skolan"', {ELEVHALSA, SKOLA}),
        ('"skolor"', set()),
        ('"fler kuratorer"', {ELEVHALSA}),
        ('"kuratorer bättre"', set()),
        ('titel:"psykisk hälsa"', {PSYKISK}),
        ('motivering:"psykisk hälsa"', set()),
        ("hälsa -psykisk", {ELEVHALSA}),
        ("hälsa INTE psykisk", {ELEVHALSA}),
        ("INTE hälsa", {BRO, SKOLA}),
        ("-hälsa -bro", {SKOLA}),
        ("hälsa -zzz", {ELEVHALSA, PSYKISK}),
        ('hälsa -"psykisk hälsa"', {ELEVHALSA}),
        ("hälsa -titel:psykisk", {ELEVHALSA}),
        ("bro ELLER båt", {BRO, SKOLA}),
        ("bro ELLER zzz", {BRO}),
        ("bro ELLER -hälsa", {BRO, SKOLA}),
        ("bro ELLER båt skola", {BRO, SKOLA}),
        ("(bro ELLER båt) skola", {SKOLA}),
        ("skola (bro ELLER båt) -hälsa", {SKOLA}),
        ("-(bro ELLER båt)", {ELEVHALSA, PSYKISK}),
        ("-(hälsa -psykisk)", {BRO, SKOLA, PSYKISK}),
        ("kura*", {ELEVHALSA}),
        ("kuratorer*", {ELEVHALSA}),
        ("KURA*", {ELEVHALSA}),
        ("kura* -mat", set()),
        ("titel:kura*", set()),
        ("motivering:mår*", {ELEVHALSA}),
        ("zzz*", set()),
        ("zzz", set()),
        ("hälsa zzz", set()),
        ("och i på", set()),
        ("vi i", {ELEVHALSA}),
        ("skolan och zzz", set()),
        ("skolan och", {ELEVHALSA, SKOLA}),
        ("1 200 000", {ELEVHALSA}),
        ("1200000 kr", {ELEVHALSA}),
        ("400000,50", {BRO}),
        ("400000", set()),
        ("2030:2", {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ("halsa", {ELEVHALSA, PSYKISK}),
        ("(", {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ("?!", {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ('"', {ELEVHALSA, BRO, SKOLA, PSYKISK}),
        ("bro\0", {BRO}),
    ],
)  # fmt: skip
def test_the_grammar_means_what_it_says(small: Searcher, q: str, expected: set[str]) -> None:
    assert found(small, q) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("hälsa", {"Adam", "Bertil"}),
        ("elevhälsa", {"Adam"}),
        ("elev", {"Adam", "Cesar", "David", "Eriks skola", "Filip", "Qvintus"}),
        ("skolelever", {"Adam", "Cesar", "Filip", "Qvintus"}),
        ("beskrivning:skolelever", {"Adam", "Cesar", "Filip", "Qvintus"}),
        ("titel:skolelever", set()),
        ("elever -skolelever", {"David", "Eriks skola"}),
        ("elevskola", {"Adam", "Cesar", "Filip", "Qvintus"}),  # both parts may be in one word
        ('"bättre mat"', set()),
        ('"mat serveras"', {"Gustav"}),
        ('"de facto de facto"', {"Gustav"}),
        ('"facto de"', {"Gustav"}),
        ('"de de facto"', set()),
        ('"facto de facto de"', set()),
        ("båt", {"Helge", "Martin"}),
        ("skuta", {"Helge", "Martin"}),
        ("fordon", {"Ivar", "Johan"}),
        ("bil", {"Ivar"}),
        ("röd cykel", {"Johan", "Kalle"}),
        ("artificiell intelligens", {"Ludvig", "Martin"}),
        ("AI", {"Ludvig", "Martin"}),
        ("studie- och yrkesvägledning", {"Niklas"}),
        ("studievägledning", {"Niklas"}),
        ("yrkesvägledning", {"Niklas"}),
        ("vägledning", {"Niklas"}),
        ("gymnasieskolan", {"Olof"}),
        ("gymnasie skolan", {"Olof"}),
        ("landsbygdsutveckling", {"Petter"}),
        ("elevhällsa", {"Adam"}),
        ("elevhalsa", {"Adam"}),
        ("riksförbund", {"Rudolf"}),
        ("riks-förbund", {"Rudolf"}),
        ("förbund", {"Rudolf"}),
        ("hur vi", {"Sigurd"}),
        ("seglar", {"Helge"}),
    ],
)  # fmt: skip
def test_words_find_what_they_mean(words: Searcher, q: str, expected: set[str]) -> None:
    assert found(words, q) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("skola", {SKOLA}),
        ("hälsa", {ELEVHALSA, PSYKISK}),
        ("halsa", set()),
        ("elever", set()),
        ("stärker elevhälsan", {ELEVHALSA}),
        ("kura*", {ELEVHALSA}),
        ("hälsa -psykisk", {ELEVHALSA}),
    ],
)
def test_exact_switches_every_expansion_off(small: Searcher, q: str, expected: set[str]) -> None:
    assert found(small, q, exact=True) == expected
    result = small.search(SearchRequest(q=q, exact=True))
    assert all(one.expansions == () for one in result.interpretation)


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("riksförbund", "SamKraft Skola"),
        ("2 540 000", "Hälsa Överkalix - Steg för Steg"),
        ("overkalix", "Hälsa Överkalix - Steg för Steg"),
        ("kriminalvåden", "Hela Vägen Ut"),
        ("artificiell intelligens", "Strategic Workforce Planning Program"),
        ("psykisk hälsa", "Starka och trygga möten - Psykisk hållbarhet i gymnasieskolan och KAA"),
    ],
)
def test_what_people_type_finds_what_they_mean(sample: Searcher, q: str, title: str) -> None:
    assert titles(sample.search(SearchRequest(q=q)))[0] == title


@pytest.mark.parametrize("q", ["kärnkraft", "rymdforskning", "elbilar", "psykofarmaka för hästar"])
def test_what_is_not_there_is_not_found(sample: Searcher, q: str) -> None:
    result = sample.search(SearchRequest(q=q))
    assert (result.total, result.hits, result.partial) == (0, (), ())


@pytest.mark.parametrize(
    ("q", "kind", "expected"),
    [
        ("elev", "forms", ("elever",)),
        ("hälsa", "compounds", ("elevhälsan",)),
        ("studie- och yrkesvägledning", "joined", ("studievägledning",)),
        ("båt", "equal", ("skuta",)),
        ("fordon", "wider", ("bil", "röd cykel")),
        ("skolelever", "parts", ("skola + elev",)),
        ("elevhalsa", "folded", ("elevhälsa",)),
        ("elevhällsa", "spelling", ("elevhälsan",)),
        ("landsbygdsutveckling", "misspelled", ("landsbygtsutvekling",)),
        ("ohälsa", "negation", ("hälsa",)),
    ],
)
def test_what_a_word_was_taken_to_mean_is_told(
    words: Searcher, q: str, kind: ExpansionKind, expected: tuple[str, ...]
) -> None:
    assert kinds(words.search(SearchRequest(q=q)))[kind] == expected


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("skola", [("skola", "word", None, False, 7)]),
        ("skola -hälsa", [("skola", "word", None, False, 7), ("hälsa", "word", None, True, 2)]),
        ('titel:skola "de facto"', [
            ("skola", "word", "title", False, 1), ("de facto", "phrase", None, False, 1),
        ]),
        ("skol*", [("skol*", "prefix", None, False, 6)]),
        ("röd cykel", [("röd", "word", None, False, 2), ("cykel", "word", None, False, 2)]),
        ("artificiell intelligens", [
            ("artificiell", "word", None, False, 1), ("intelligens", "word", None, False, 1),
            ("artificiell intelligens", "word", None, False, 1),
        ]),
        ("zzz", [("zzz", "word", None, False, 0)]),
    ],
)  # fmt: skip
def test_how_many_each_part_of_the_query_matches_is_told(
    words: Searcher, q: str, told: list[tuple[str, str, str | None, bool, int]]
) -> None:
    said = words.search(SearchRequest(q=q)).interpretation
    assert [(one.text, one.kind, one.field, one.excluded, one.documents) for one in said] == told


@pytest.mark.parametrize(
    ("q", "suggestion"),
    [("elevhällsa", "elevhälsan"), ("elevhalsa", "elevhälsa"), ("elevhälsa", None), ("zzz", None)],
)
def test_a_word_that_was_put_right_makes_a_suggestion(
    words: Searcher, q: str, suggestion: str | None
) -> None:
    assert words.search(SearchRequest(q=q)).suggestion == suggestion


@pytest.mark.parametrize(
    ("q", "notes"),
    [
        ("?!", (Message.of("no-words"),)),
        ("", ()),
        ("skola", ()),
        ("Vilka projekt handlar om skolan?", (
            Message.of("words-without-content", words=("projekt", "handlar")),
        )),
    ],
)  # fmt: skip
def test_what_was_passed_over_is_told(small: Searcher, q: str, notes: tuple[Message, ...]) -> None:
    assert small.search(SearchRequest(q=q)).notes == notes


def completed(searcher: Searcher, q: str, limit: int) -> tuple[int, list[str]]:
    """How many a query matches where a prefix is expanded to at most so many words; and the codes
    of the notes."""
    few = Searcher(searcher.engine, SearchLimits(prefix_expansions=limit), searcher.themes)
    result = few.search(SearchRequest(q=q))
    return result.total, [note.code for note in result.notes]


def test_a_prefix_is_cut_at_the_limit_and_that_is_told(words: Searcher) -> None:
    """*skola*, *skolan*, *skolelever*, *skolelevrådet*."""
    assert completed(words, "skol*", 4) == (6, [])
    assert completed(words, "skol*", 3) == (5, ["many-completions"])
    assert completed(words, "skol*", 2) == (4, ["many-completions"])
    assert completed(words, "titel:skol*", 1) == (1, [])


@pytest.mark.parametrize("q", ["sk*", '"a b c d e f g h i"', "((((((a))))))"])
def test_what_is_over_a_limit_is_an_error_of_the_query(words: Searcher, q: str) -> None:
    with pytest.raises(RequestError) as error:
        words.search(SearchRequest(q=q))
    assert error.value.parameter == "q"


def test_of_many_words_the_most_telling_are_searched_for(words: Searcher) -> None:
    """*som* and *med* say nothing, *zzz* nobody says; *röd* and *cykel* are in two decisions."""
    few = Searcher(words.engine, SearchLimits(query_words=3), words.themes)
    result = few.search(SearchRequest(q="röd som med cykel zzz i målat hus"))
    (note,) = result.notes
    assert (note.code, note.values["most"]) == ("most-telling-words", 3)
    assert set(titles(result)) == {"Kalle"}


def partial(searcher: Searcher, request: SearchRequest) -> list[str]:
    """The titles of what matches only some of the words; the set itself is empty."""
    result = searcher.search(request)
    assert (result.total, result.hits, result.stats.sum) == (0, (), 0)
    assert all(one.count == 0 for one in result.facets["owner"].values)
    return [hit.decision.title for hit in result.partial]


def test_partial_matches_are_apart_and_in_no_total(small: Searcher) -> None:
    some = partial(small, SearchRequest(q="hälsa bro"))
    assert sorted(some) == [ELEVHALSA, BRO, PSYKISK]
    assert some[0] == BRO, "the rarest word weighs most"


def test_partial_matches_pass_the_filters_and_the_exclusions(small: Searcher) -> None:
    request = SearchRequest("hälsa bro -psykisk", {"owner": ("Ankeby kommun",)})
    assert sorted(partial(small, request)) == [ELEVHALSA, BRO]
    assert partial(small, SearchRequest("hälsa bro -skolan -trä")) == [PSYKISK]
    assert partial(small, SearchRequest("hälsa bro", ids=("esf-2030-2/psykisk-halsa",))) == [
        PSYKISK
    ]


def test_partial_matches_do_not_match_in_full(small: Searcher) -> None:
    result = small.search(SearchRequest(q="hälsa skolan"))
    assert titles(result) == [ELEVHALSA]
    assert sorted(hit.decision.title for hit in result.partial) == [PSYKISK, SKOLA]
    assert small.search(SearchRequest(q="hälsa skolan", limit=1)).partial == ()


def test_a_guess_makes_partial_matches_only(words: Searcher) -> None:
    """Of *fjällskola* there is nothing but *skola*."""
    result = words.search(SearchRequest(q="fjällskola"))
    assert result.total == 0
    assert {hit.decision.title for hit in result.partial} == {
        "Adam", "Cesar", "David", "Eriks skola",
    }  # fmt: skip


@pytest.mark.parametrize(("query", "found_titles"), [*FOUND.items()], ids=[*FOUND])
def test_the_set_is_what_a_person_counts(
    made_up: Searcher, query: str, found_titles: set[str]
) -> None:
    assert found(made_up, query) == found_titles
