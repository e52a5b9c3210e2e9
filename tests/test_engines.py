"""What every engine must answer: the one suite that each implementation of `search.engine` passes.

An engine is opened by the fixture ``opened``. What is expected is written out, or worked out here
in plain Python from the decisions that were indexed, and never taken from an engine.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import cycle, pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build, roll_back
from index.collation import sort_key
from index.decision import Decision, plain_text
from index.documents.sources import Reading
from search.changes import Cursor, Departed
from search.deadline import NEVER, Deadline
from search.dimensions import COUNTED, MISSING, SORTS, VALUES, Filter, Span
from search.directory import StillCounting
from search.request import Message, RequestError, SearchLimits, SearchRequest, SearchTimeout
from search.result import ExpansionKind, Group, RelatedDecision, SearchResult, Segment, Stats
from search.searcher import Searcher
from search.sharing import shared_themes
from search.thread import thread
from tests.benchmarks import sets
from tests.conftest import Clock, Opened, document
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
    "Rudolfs elever": "<p>Riks-förbundet möts.</p>",
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
        ("ägare:kommunens", {ELEVHALSA, BRO}),
        ("ägare:föreningarna", {PSYKISK}),
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
        ("elev", {"Adam", "Cesar", "David", "Eriks skola", "Filip", "Qvintus", "Rudolfs elever"}),
        ("skolelever", {"Adam", "Cesar", "Filip", "Qvintus"}),
        ("beskrivning:skolelever", {"Adam", "Cesar", "Filip", "Qvintus"}),
        ("titel:skolelever", set()),
        ("elever -skolelever", {"David", "Eriks skola", "Rudolfs elever"}),
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
        ("riksförbund", {"Rudolfs elever"}),
        ("riks-förbund", {"Rudolfs elever"}),
        ("förbund", {"Rudolfs elever"}),
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


def test_words_that_went_with_their_decisions_take_no_place_of_those_that_stay(
    opened: Opened, tmp_path: Path
) -> None:
    stays, goes = tmp_path / "a.txt", tmp_path / "b.txt"
    stays.write_text(document(*(f"Ö\tBro {n}\tEn skolbuss {n}.\t1" for n in range(9))), "utf-8")
    goes.write_text(document("Ö\tSkola\tEn skolbyggnad och en skola.\t1"), "utf-8")
    build([stays, goes], tmp_path / "index")
    goes.unlink()
    build([stays], tmp_path / "index", reading=Reading(accept=True))
    searcher = opened(tmp_path / "index")
    assert completed(searcher, "skol*", 1) == (9, [])


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
    assert (result.total, result.hits) == (0, ())
    assert result.stats.sum == 0
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


# A crowd: what is filtered, counted, summed, sorted and paged through, against counting by hand


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a decision of the crowd by whoever made it: of ``owner`` and ``funder`` what
    they are called, not what is written; each ``place``, counties too; the amount in ``ore``, None
    where it is missing or not in SEK."""

    title: str
    owner: str
    round: str
    funder: str
    place: frozenset[str]
    year: str
    day: date | None
    ore: int | None
    words: frozenset[str]
    case: str | None

    def values(self, name: str) -> frozenset[str]:
        """Those of a dimension, `MISSING` where it has none."""
        value = getattr(self, name)
        some = value if isinstance(value, frozenset) else frozenset([value])
        return frozenset(one or MISSING for one in some) or frozenset([MISSING])


N1, N2, N3 = "212000-1355", "802400-1235", "556000-7774"
"""Organisation numbers with the right check digits."""
BYNS = tuple(f"Byns vänner ({of})" for of in (N3, N2, "utan organisationsnummer"))
OWNERS = (
    ("Ankeby kommun", N1, "Ankeby kommun", 20),
    ("ANKEBY KOMMUN", "", "Ankeby kommun", 6),
    ("Ankeby kommun, fritid", N1, "Ankeby kommun", 6),
    ("Byns vänner", N2, BYNS[1], 8),
    ("Byns vänner", N3, BYNS[0], 8),
    ("Byns vänner", "", BYNS[2], 4),
    ("Öbo förening", "", "Öbo förening", 12),
    ("Åby & Co", "", "Åby & Co", 6),
    ("åby och co", "", "Åby & Co", 2),
    ("Zäta AB", "", "Zäta AB", 5),
    ("AB Zäta (publ)", "", "Zäta AB", 1),
    ("Wik", "", "Wik", 5),
    ("Vik", "", "Vik", 5),
    ("Äng-laget", "", "Äng-laget", 5),
    ("Üvre by", "", "Üvre by", 4),
    ("Éva Eklund \N{SNOWMAN} \N{PARTY POPPER}", "", "Éva Eklund \N{SNOWMAN} \N{PARTY POPPER}", 3),
    ("", "", "", 8),
)
"""Name as written, number, what the owner is called, how many in a hundred."""
IN_ORDER = (
    "", "Ankeby kommun", *BYNS, "Éva Eklund \N{SNOWMAN} \N{PARTY POPPER}", "Vik", "Wik", "Üvre by",
    "Zäta AB", "Åby & Co", "Äng-laget", "Öbo förening",
)  # fmt: skip
"""The owners in Swedish alphabetical order; who has none comes first."""
ROUNDS = {
    "ESF 2030:2": "2030", "ESF 2031:1": "2031", "Kulturmedel": "", "KULTURMEDEL": "",
    "Program 2014-2020": "",
}  # fmt: skip
"""Round -> the year that its name says."""
FUNDERS = {"Region Vi": "Region Vi", "REGION VI": "Region Vi", "Region Du": "Region Du", "": ""}
"""A funder as written -> what it is called; *Region Vi* is the more usual."""
PLACES: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("Luleå",), frozenset({"Luleå", "Norrbottens län"})),
    (("Luleå", "Umeå"), frozenset({"Luleå", "Norrbottens län", "Umeå", "Västerbottens län"})),
    (("Västerbottens län",), frozenset({"Västerbottens län"})),
    ((), frozenset()),
)
"""Places as stated, and with their counties."""
DAYS = (
    None, date(1969, 12, 31), date(2014, 2, 28), date(2029, 12, 31), date(2030, 1, 1),
    date(2030, 6, 11), date(2031, 2, 3),
)  # fmt: skip
KRONOR = (
    None, "0", "-1500", "0.01", "499999.99", "500000", "500000", "999999.99", "1000000", "2000000",
    "2999999.99", "3000000", "4999999.99", "5000000", "10000000", "1000000000000", "123456.78",
)  # fmt: skip
_SPECIES = """
gran tall björk asp lönn ek bok al ask idegran rönn sälg hassel oxel avenbok lind alm olvon vide
hägg en fläder try syren ros nypon hallon lingon blåbär kråkbär
"""
SPECIES = _SPECIES.split()
"""Words that the texts are made of, the first in most of them. Some are parts of others."""
CROWD = 360


def crowd_rows() -> Iterator[tuple[Record, Row]]:
    """The decisions of the crowd, always the same, and what is known of each."""
    rng = random.Random(18)
    shares = [share for *_, share in OWNERS]
    falling = [1 / (rank + 1) for rank in range(len(SPECIES))]
    for n in range(CROWD):
        written, number, owner, _ = rng.choices(OWNERS, shares)[0]
        round_ = rng.choice([*ROUNDS])
        funder = rng.choices([*FUNDERS], (5, 2, 4, 1))[0]
        stated, places = rng.choice(PLACES)
        day, kronor = rng.choice(DAYS), rng.choice(KRONOR)
        amount = None if kronor is None else Decimal(kronor)
        currency = "EUR" if rng.random() < 0.05 else "SEK"
        words = rng.choices(SPECIES, falling, k=rng.randrange(3, 25))
        case = f"{2030 + n % 2}/{n // 3}" if rng.random() < 0.5 else None
        half = len(words) // 2
        title = f"{rng.choice(SPECIES).capitalize()} {n}"
        record = {
            "title": title,
            "owner": written,
            "ownerNumber": number or None,
            "round": round_,
            "roundTitle": f"Beslut i omgången {round_}",
            "funder": funder,
            "descriptionBlocks": [
                {"kind": "paragraph", "text": " ".join(words[:half])},
                {"kind": "item", "text": " ".join(words[half:])},
            ],
            "motivation": "Insatsen följer planen.",
            "amount": None if amount is None else str(amount),
            "currency": currency,
            "caseNumber": case,
            "decisionDate": day and day.isoformat(),
            "statedPlaces": stated,
        }
        yield (
            record,
            Row(
                title=title,
                owner=owner,
                round=round_,
                funder=FUNDERS[funder],
                place=places,
                year=str(day.year) if day else ROUNDS[round_],
                day=day,
                ore=None if amount is None or currency != "SEK" else int(amount * 100),
                words=frozenset([*words, title.split()[0].lower()]),
                case=case,
            ),
        )


ROWS = {row.title: row for _, row in crowd_rows()}
"""What is known of the decisions of the crowd, by title."""


@pytest.fixture(scope="session")
def crowd_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the crowd, of which some is written twice."""
    records = [record for record, _ in crowd_rows()]
    return indexed(tmp_path_factory.mktemp("crowd"), records + records[::7])


@pytest.fixture(scope="session")
def crowd(opened: Opened, crowd_index: Path) -> Searcher:
    """The crowd."""
    return opened(crowd_index)


def test_the_crowd_is_indexed_as_it_was_made(crowd: Searcher) -> None:
    everything = [*crowd.whole(SearchRequest()).decisions]
    assert len(crowd) == len(everything) == CROWD
    assert sorted(one.title for one in everything) == sorted(ROWS)
    for one in everything:
        row = ROWS[one.title]
        assert (one.round.name, one.decision_date, one.case_number) == (
            row.round,
            row.day,
            row.case,
        )


Filters = dict[str, Filter]


def passing(filters: Filters, but: str = "") -> list[Row]:
    """The rows that pass some filters, all but one."""
    return [
        row
        for row in ROWS.values()
        if all(passes(row, name, chosen) for name, chosen in filters.items() if name != but)
    ]


def passes(row: Row, name: str, chosen: Filter) -> bool:
    """Whether a row passes one filter."""
    if not isinstance(chosen, Span):
        return bool(row.values(name) & {*chosen})
    value: Any = row.day
    if name == "amount":
        value = None if row.ore is None else Decimal(row.ore) / 100
    low: Any = chosen.low
    high: Any = chosen.high
    if value is None:
        return chosen.missing
    is_in = (low is None or low <= value) and (high is None or value <= high)
    return is_in and not (chosen.missing and chosen.is_open)


def summed(rows: Iterable[Row]) -> Stats:
    """The sums of some rows."""
    rows = [*rows]
    ore = sorted(row.ore for row in rows if row.ore is not None)
    middle = None
    if ore:
        middle = Decimal(ore[(len(ore) - 1) // 2] + ore[len(ore) // 2]) / 200
    return Stats(
        sum=Decimal(sum(ore)) / 100,
        min=Decimal(ore[0]) / 100 if ore else None,
        max=Decimal(ore[-1]) / 100 if ore else None,
        median=middle,
        missing=len(rows) - len(ore),
    )


def counted(rows: Iterable[Row], name: str) -> Counter[str]:
    """How many of some rows have each value of a dimension."""
    return Counter(value for row in rows for value in row.values(name))


def facet_counts(result: SearchResult, name: str) -> dict[str, int]:
    """What a facet of values says, without the values that nothing has."""
    return {one.value: one.count for one in result.facets[name].values if one.count}


ANKEBY, LARGE = "Ankeby kommun", Decimal(10) ** 12
FILTERS: tuple[Filters, ...] = (
    {},
    {"owner": (ANKEBY,)},
    {"owner": (ANKEBY, "Zäta AB", BYNS[0])},
    {"owner": (MISSING,)},
    {"owner": (MISSING, "Vik")},
    {"round": ("ESF 2030:2",)},
    {"round": ("Kulturmedel",)},
    {"round": ("KULTURMEDEL", "ESF 2031:1")},
    {"funder": ("Region Vi",)},
    {"funder": (MISSING,)},
    {"funder": ("Region Du", MISSING)},
    {"place": ("Luleå",)},
    {"place": ("Norrbottens län", "Umeå")},
    {"place": (MISSING,)},
    {"place": (MISSING, "Umeå")},
    {"year": ("2030",)},
    {"year": ("1969", "2031")},
    {"year": (MISSING,)},
    {"date": Span(low=date(2030, 1, 1))},
    {"date": Span(high=date(1969, 12, 31))},
    {"date": Span(date(2014, 3, 1), date(2030, 1, 1))},
    {"date": Span(date(2030, 6, 11), date(2030, 6, 11))},
    {"date": Span(missing=True)},
    {"date": Span(low=date(2031, 1, 1), missing=True)},
    {"date": Span(date(2031, 1, 1), date(2030, 1, 1))},
    {"amount": Span(low=Decimal("0.01"))},
    {"amount": Span(high=Decimal(0))},
    {"amount": Span(low=LARGE)},
    {"amount": Span(low=LARGE + 1)},
    {"amount": Span(Decimal("499999.99"), Decimal(500_000))},
    {"amount": Span(Decimal("499999.991"), Decimal("499999.999"))},
    {"amount": Span(Decimal(500_000), Decimal("499999.99"))},
    {"amount": Span(missing=True)},
    {"amount": Span(high=Decimal(-1), missing=True)},
    {"owner": (ANKEBY, BYNS[1]), "round": ("ESF 2030:2", "Kulturmedel"), "funder": ("Region Vi",)},
    {"year": ("2030",), "place": ("Luleå",), "amount": Span(low=Decimal(1_000_000))},
    {"date": Span(low=date(2029, 1, 1)), "year": ("1969",)},
)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_filters_keep_what_a_person_would_keep(crowd: Searcher, filters: Filters) -> None:
    rows = passing(filters)
    request = SearchRequest(filters=filters)
    result = crowd.search(request)
    assert result.total == len(rows)
    assert len(result.hits) == min(20, len(rows))
    assert {one.title for one in crowd.whole(request).decisions} == {row.title for row in rows}
    assert result.stats == summed(rows)
    assert result.notes == ()


@pytest.mark.parametrize(
    ("filters", "q"), [*zip(FILTERS, cycle(["", "gran"])), *zip(FILTERS[::5], cycle(["björk"]))]
)
def test_facets_count_under_all_filters_but_their_own(
    crowd: Searcher, filters: Filters, q: str
) -> None:
    result = crowd.search(SearchRequest(q, filters, exact=True))
    assert [*result.facets] == [one.name for one in COUNTED]
    for one in VALUES:
        rows = [row for row in passing(filters, but=one.name) if not q or q in row.words]
        counts = counted(rows, one.name)
        facet = result.facets[one.name]
        assert facet_counts(result, one.name) == counts
        assert facet.more == 0
        chosen = set(filters.get(one.name, ()))  # type: ignore[arg-type]
        assert {value.value for value in facet.values} == {*counts, *chosen}
        assert {value.value for value in facet.values if value.selected} == chosen
        for value in facet.values:
            assert value.name == ("" if value.value == MISSING else value.value)
            assert value.chosen == (value.value,)


def place_in_order(name: str, value: str) -> tuple[bytes, str]:
    """Where a value comes in Swedish alphabetical order; none comes first."""
    named = "" if value == MISSING else value
    return (b"%03d" % IN_ORDER.index(named), "") if name == "owner" else (sort_key(named), named)


@pytest.mark.parametrize("filters", FILTERS[::2], ids=str)
def test_values_come_by_count_then_by_name_and_years_from_the_last(
    crowd: Searcher, filters: Filters
) -> None:
    facets = crowd.search(SearchRequest(filters=filters)).facets
    for name in ("owner", "round", "funder", "place"):
        values = [(-one.count, place_in_order(name, one.value)) for one in facets[name].values]
        assert values == sorted(values)
    years = [one.name for one in facets["year"].values]
    assert years == sorted(years, reverse=True)


BANDS = (None, 500_000, 1_000_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000, None)
"""The edges of the bands of amounts, in SEK."""


def banded(rows: Iterable[Row]) -> list[int]:
    """How many of some rows are in each band of amounts."""
    counts = [0] * (len(BANDS) - 1)
    for row in rows:
        if row.ore is not None:
            counts[sum(row.ore >= edge * 100 for edge in BANDS if edge)] += 1
    return counts


@pytest.mark.parametrize("filters", FILTERS[::2], ids=str)
def test_amounts_are_counted_in_bands_from_low_to_high(crowd: Searcher, filters: Filters) -> None:
    rows = passing(filters, but="amount")
    values = crowd.search(SearchRequest(filters=filters)).facets["amount"].values
    spans = [one.chosen for one in values][: len(BANDS) - 1]
    ore = Decimal("0.01")
    assert spans == [
        Span(
            None if low is None else Decimal(low),
            None if high is None else Decimal(high) - ore,
        )
        for low, high in pairwise(BANDS)
    ]
    counts = [one.count for one in values]
    without = sum(row.ore is None for row in rows)
    wanted = filters.get("amount", Span())
    asked = isinstance(wanted, Span) and wanted.missing
    assert counts == banded(rows) + ([without] if without or asked else [])
    assert (values[-1].chosen == Span(missing=True)) == (without > 0 or asked)
    assert [one.selected for one in values[: len(spans)]] == [span == wanted for span in spans]


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("owner", "ANKEBY  kommun", (ANKEBY,)),
        ("owner", "Ankeby kommun, fritid", (ANKEBY,)),
        ("owner", N1, (ANKEBY,)),
        ("owner", "byns vänner", BYNS),
        ("owner", N2, (BYNS[1],)),
        ("owner", "Aktiebolaget Zäta", ("Zäta AB",)),
        ("owner", "Åby och Co", ("Åby & Co",)),
        ("funder", "region vi", ("Region Vi",)),
        ("place", "Luleå kommun", ("Luleå",)),
        ("place", " LULEÅ ", ("Luleå",)),
        ("place", "2580", ("Luleå",)),
    ],
)
def test_a_filter_takes_any_name_and_the_request_is_told_by_that_which_is_shown(
    crowd: Searcher, name: str, value: str, meant: tuple[str, ...]
) -> None:
    result = crowd.search(SearchRequest(filters={name: (value,)}))
    assert result.total == len(passing({name: meant})) > 0
    assert result.request.values(name) == meant
    assert crowd.engine.canonical(SearchRequest(filters={name: (value,)})) == result.request
    selected = [one.value for one in result.facets[name].values if one.selected]
    assert sorted(selected) == sorted(meant)


def test_what_differs_in_capitals_alone_is_two_or_both(crowd: Searcher) -> None:
    def total(value: str) -> int:
        return crowd.search(SearchRequest(filters={"round": (value,)})).total

    small_, large = (len(passing({"round": (one,)})) for one in ("Kulturmedel", "KULTURMEDEL"))
    assert (total("Kulturmedel"), total("KULTURMEDEL")) == (small_, large)
    assert total("kulturmedel") == small_ + large
    assert total("esf 2030:2") == len(passing({"round": ("ESF 2030:2",)}))


@pytest.mark.parametrize("name", [one.name for one in VALUES])
@pytest.mark.parametrize("value", ["Okänd", "\ud800", "\0", " ", "x" * 40_000, "*", 'a"b'])
def test_an_unknown_value_is_an_empty_set_with_a_note(
    crowd: Searcher, name: str, value: str
) -> None:
    result = crowd.search(SearchRequest(filters={name: (value,)}))
    assert (result.total, result.hits, result.partial) == (0, (), ())
    assert result.notes == (Message.of("unknown-value", dimension=name, wanted=value),)
    assert crowd.engine.absent(SearchRequest(filters={name: (value,)})) == [(name, value)]
    zero = [one for one in result.facets[name].values if one.selected]
    assert [(one.value, one.count, one.chosen) for one in zero] == [(value, 0, (value,))]
    known = next(one for one in ROWS.values() if one.values(name) != {MISSING}).values(name)
    both = SearchRequest(filters={name: (value, *known)})
    assert crowd.search(both).total == len(passing({name: tuple(known)}))


def test_missing_is_told_apart_where_all_have_a_value(two_rounds: Searcher) -> None:
    result = two_rounds.search(SearchRequest(filters={"funder": (MISSING,)}))
    assert result.total == 0
    assert result.notes == (Message.of("none-missing", dimension="funder", wanted=MISSING),)


def test_identifiers_and_case_numbers_narrow_the_set(crowd: Searcher) -> None:
    everything = [*crowd.whole(SearchRequest()).decisions]
    some = tuple(one.id for one in everything[::50])
    result = crowd.search(SearchRequest(ids=(*some, "finns/inte", "\ud800", "")))
    assert {hit.decision.id for hit in result.hits} == {*some}
    assert crowd.search(SearchRequest(ids=("finns/inte",))).total == 0
    assert crowd.search(SearchRequest(ids=some, filters={"owner": (ANKEBY,)})).total == sum(
        ROWS[one.title].owner == ANKEBY for one in everything[::50]
    )
    cases = ("2030/2", "2031/3", "2030/x", "\ud800")
    result = crowd.search(SearchRequest(case_numbers=cases))
    expected = {row.title for row in ROWS.values() if row.case in cases}
    assert set(titles(result)) == expected
    assert len(expected) > 1
    narrow = SearchRequest(case_numbers=cases, ids=(result.hits[0].decision.id,))
    assert crowd.search(narrow).total == 1


@pytest.mark.parametrize("number", ["2030/2", "2030/x", "30/2"])
def test_a_case_number_is_found_by_words_too(crowd: Searcher, number: str) -> None:
    expected = {row.title for row in ROWS.values() if row.case == number}
    assert found(crowd, f'"{number}"') == expected


@pytest.mark.parametrize("most", [1, 3, 12])
def test_what_is_beyond_the_longest_facet_is_counted(crowd: Searcher, most: int) -> None:
    few = Searcher(crowd.engine, SearchLimits(facet_values=most), crowd.themes)
    chosen = ("Vik", "Üvre by")
    facet = few.search(SearchRequest(filters={"owner": chosen})).facets["owner"]
    counts = counted(ROWS.values(), "owner")
    order = sorted(counts, key=lambda value: (-counts[value], place_in_order("owner", value)))
    listed = {*order[:most], *chosen}
    assert [one.value for one in facet.values] == [one for one in order if one in listed]
    assert facet.more == len(counts) - len(listed)
    unasked = few.search(SearchRequest()).facets["owner"]
    assert [one.value for one in unasked.values] == order[:most]
    assert unasked.more == len(counts) - min(most, len(counts))


def test_a_search_without_facets_has_none(crowd: Searcher) -> None:
    result = crowd.search(SearchRequest(), has_facets=False)
    assert (dict(result.facets), result.total) == ({}, CROWD)


# Orders, pages and whole sets


def listed(searcher: Searcher, request: SearchRequest) -> list[str]:
    """The identifiers of a whole set, page by page, seven at a time."""
    found: list[str] = []
    total = searcher.search(request).total
    for page in range(1, total // 7 + 3):
        result = searcher.search(replace(request, page=page, limit=7), has_facets=False)
        assert (result.total, len(result.hits)) == (total, max(0, min(7, total - len(found))))
        found += [hit.decision.id for hit in result.hits]
    return found


def kronor(row: Row) -> Decimal | None:
    """The amount of a row where it is in SEK."""
    return None if row.ore is None else Decimal(row.ore) / 100


def falls(values: Sequence[Any]) -> bool:
    """Whether no value is above the one before it, and what is missing comes last."""
    known = [value for value in values if value is not None]
    return [*values] == sorted(known, reverse=True) + [None] * (len(values) - len(known))


SETS = (
    SearchRequest(),
    SearchRequest("gran"),
    SearchRequest("gran ELLER en", {"owner": (ANKEBY, BYNS[2])}),
    SearchRequest("-gran", {"amount": Span(missing=True)}),
    SearchRequest("zzz"),
)


@pytest.mark.parametrize(
    ("request_", "sort"),
    [*((one, None) for one in SETS), *product(SETS[2:4], SORTS)],
    ids=str,
)
def test_pages_part_the_set_without_gap_or_overlap_in_the_order_of_the_whole(
    crowd: Searcher, request_: SearchRequest, sort: str | None
) -> None:
    request = replace(request_, sort=sort)
    pages = listed(crowd, request)
    assert len(pages) == len({*pages}) == crowd.search(request).total
    whole = crowd.whole(replace(request, page=3, limit=1))
    assert [one.id for one in whole.decisions] == pages
    assert (whole.total, whole.stats) == (len(pages), crowd.search(request).stats)


@pytest.mark.parametrize("request_", SETS, ids=str)
def test_every_order_is_kept(crowd: Searcher, request_: SearchRequest) -> None:
    def rows(sort: str) -> list[Row]:
        decisions = crowd.whole(replace(request_, sort=sort)).decisions
        return [ROWS[one.title] for one in decisions]

    assert falls([kronor(row) for row in rows("-amount")])
    assert falls([None if row.ore is None else -row.ore for row in rows("amount")])
    assert falls([row.day and row.day.toordinal() for row in rows("-date")])
    assert falls([row.day and -row.day.toordinal() for row in rows("date")])
    owners = [IN_ORDER.index(row.owner) for row in rows("owner")]
    assert owners == sorted(owners)
    names = [sort_key(row.title) for row in rows("title")]
    assert names == sorted(names)
    hits = crowd.search(replace(request_, sort="relevance", limit=100)).hits
    assert falls([hit.score for hit in hits])


def test_without_words_the_largest_amounts_come_first_and_with_words_the_best(
    crowd: Searcher,
) -> None:
    assert titles(crowd.search(SearchRequest())) == titles(
        crowd.search(SearchRequest(sort="-amount"))
    )
    assert titles(crowd.search(SearchRequest("gran"))) == titles(
        crowd.search(SearchRequest("gran", sort="relevance"))
    )
    assert all(hit.score == 0 for hit in crowd.search(SearchRequest()).hits)


ALPHABET = (
    "10 hus", "2 hus", "A", "à la carte", "Boken", "Bok-hylla", "BOKSTÄVER", "Éclair", "Ek", "Snö",
    "Vik", "Viken", "Wik", "Xylofon", "Übung", "Yxa", "Zoo", "Åbo", "Ål", "Æra", "Ärlig", "Öbo",
    "Ø-laget", "Ömt",
)  # fmt: skip
"""Titles in Swedish alphabetical order: w after v, ü as y, å ä ö last, æ as ä, ø as ö; accents,
hyphens and case say nothing."""


def test_titles_and_owners_come_in_swedish_alphabetical_order(
    opened: Opened, tmp_path: Path
) -> None:
    shuffled = random.Random(3).sample(ALPHABET, len(ALPHABET))
    records = [{"title": one, "owner": f"{one} AB", "round": "R", "amount": 1} for one in shuffled]
    searcher = opened(indexed(tmp_path, records))
    for sort in ("title", "owner"):
        assert titles(searcher.search(SearchRequest(sort=sort, limit=100))) == [*ALPHABET]
    owners = [f"{one} AB" for one in ALPHABET]
    assert [one.label for one in searcher.all_parties("owner")] == owners
    assert [one.name for one in searcher.groups("owner")] == owners
    assert [one.value for one in searcher.search(SearchRequest()).facets["owner"].values] == owners


def test_a_page_beyond_the_end_is_empty_and_one_too_deep_is_told(crowd: Searcher) -> None:
    beyond = crowd.search(SearchRequest(page=19, limit=20))
    assert (beyond.total, beyond.hits, beyond.notes) == (CROWD, (), ())
    shallow = Searcher(crowd.engine, SearchLimits(page_depth=40), crowd.themes)
    last = shallow.search(SearchRequest(page=2, limit=20))
    assert (len(last.hits), last.notes) == (20, ())
    deep = shallow.search(SearchRequest(page=3, limit=20))
    assert (deep.total, deep.hits) == (CROWD, ())
    assert deep.notes == (Message.of("deep-page", limit=40),)
    assert deep.stats == last.stats
    assert shallow.search(SearchRequest(page=99, limit=20)).notes == ()
    some = last.hits[0].decision.id
    assert crowd.standing(some, SearchRequest(page=999_999_999, limit=100)) is None


def test_a_page_of_nothing_still_counts(crowd: Searcher) -> None:
    result = crowd.search(SearchRequest("gran", limit=0))
    assert (result.hits, result.partial) == ((), ())
    assert result.total == crowd.search(SearchRequest("gran")).total > 100


@pytest.mark.parametrize("request_", SETS, ids=str)
def test_a_walk_in_the_order_of_coming_meets_each_decision_once(
    crowd: Searcher, request_: SearchRequest
) -> None:
    request = replace(request_, limit=50)
    met: list[str] = []
    after: int | None = 0
    while after is not None:
        result = crowd.search(request, after=after)
        assert result.total == crowd.search(request).total
        met += [hit.decision.id for hit in result.hits]
        ends = [result.hits[at].decision for at in (0, -1)] if result.hits else []
        numbers = [crowd.engine.came(key_of(crowd, one)) for one in ends]
        assert [after + 1, *numbers] == sorted([after + 1, *numbers])
        after = result.next.number if result.next else None
        assert after is None or after == numbers[-1]
    assert sorted(met) == sorted(one.id for one in crowd.whole(request).decisions)
    newest = crowd.newest(request, 1000)
    assert [one.id for one in newest.decisions] == met[::-1]
    assert newest.total == len(met)


def key_of(searcher: Searcher, decision: Decision) -> Hashable:
    """What the engine knows a decision by."""
    key = searcher.engine.key(decision.id)
    assert key is not None
    return key


def test_the_newest_come_a_few_at_a_time(crowd: Searcher) -> None:
    request = SearchRequest("gran")
    every = [one.id for one in crowd.newest(request, 1000).decisions]
    met: list[str] = []
    before: int | None = None
    while True:
        some = crowd.newest(request, 30, before=before)
        met += [one.id for one in some.decisions]
        if some.next is None:
            break
        before = some.next.number
    assert met == every
    assert some.total == len(every) % 30 or 30


def test_a_walk_has_its_own_order_and_no_partial_matches(small: Searcher) -> None:
    result = small.search(SearchRequest("hälsa bro", sort="title"), after=0)
    assert (result.total, result.hits, result.partial, result.next) == (0, (), (), None)
    assert result.notes == (Message.of("own-order"),)
    now = small.history.now.number
    ended = small.search(SearchRequest(), after=now)
    assert (ended.total, ended.hits, ended.next) == (4, (), None)


@pytest.mark.parametrize("sort", [None, "title", "-amount"])
def test_a_decision_stands_between_its_neighbours(crowd: Searcher, sort: str | None) -> None:
    request = SearchRequest("gran", sort=sort, limit=7)
    order = [one.id for one in crowd.whole(request).decisions]
    last = len(order) - 1
    for at in (0, 1, 6, 7, 13, last):
        standing = crowd.standing(order[at], replace(request, page=at // 7 + 1))
        assert standing is not None
        assert (standing.number, standing.total) == (at + 1, len(order))
        beside = [
            (order[one], one // 7 + 1) if 0 <= one <= last else None for one in (at - 1, at + 1)
        ]
        told = [one and (one[0].id, one[1]) for one in (standing.previous, standing.next)]
        assert told == beside
    assert crowd.standing(order[0], replace(request, page=2)) is None
    assert crowd.standing("finns/inte", request) is None


# Laws


values_of = {
    "owner": [*IN_ORDER[1:], MISSING, "Okänd"],
    "round": [*ROUNDS, "Okänd"],
    "funder": ["Region Vi", "Region Du", MISSING],
    "place": ["Luleå", "Umeå", "Norrbottens län", "Västerbottens län", MISSING, "Kiruna"],
    "year": ["1969", "2014", "2029", "2030", "2031", MISSING, "1999"],
}
days = st.none() | st.sampled_from([day for day in DAYS if day] + [date(2030, 3, 3)])
amounts = st.none() | st.sampled_from([Decimal(one) for one in KRONOR if one is not None])
filters_ = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.lists(st.sampled_from(some), min_size=1, max_size=3, unique=True).map(tuple)
            for name, some in values_of.items()
        },
        "date": st.builds(Span, days, days, st.booleans()),
        "amount": st.builds(Span, amounts, amounts, st.booleans()),
    },
).map(lambda chosen: {name: one for name, one in chosen.items() if one != Span()})
said = st.sampled_from([*SPECIES[:12], "kråkbär", "bär"])
Wanted = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
wanted_words = st.tuples(
    st.lists(said, max_size=2).map(tuple),
    st.lists(said, max_size=2).map(tuple),
    st.lists(said, max_size=2).map(tuple),
)


@pytest.fixture(scope="session")
def first_hundred(crowd: Searcher) -> dict[str, str]:
    """The titles of some decisions, by identifier."""
    some = crowd.search(SearchRequest(sort="title", limit=100)).hits
    return {hit.decision.id: hit.decision.title for hit in some}


@settings(max_examples=25)
@given(filters=filters_, wanted=wanted_words, ids=st.booleans())
def test_totals_facets_and_sums_are_those_of_counting_by_hand(
    crowd: Searcher, first_hundred: dict[str, str], filters: Filters, wanted: Wanted, ids: bool
) -> None:
    """All of the first words, any of the second, none of the third."""
    every, any_, none = wanted
    q = " ".join(
        [*every, f"({' ELLER '.join(any_)})" if any_ else "", *(f"-{one}" for one in none)]
    )

    def matches(row: Row) -> bool:
        return (
            row.words >= {*every}
            and (not any_ or bool(row.words & {*any_}))
            and not row.words & {*none}
        )

    known = tuple(first_hundred) if ids else ()
    among = {*first_hundred.values()} if ids else {*ROWS}
    rows = [row for row in passing(filters) if matches(row) and row.title in among]
    result = crowd.search(SearchRequest(q, filters, ids=known, exact=True, limit=100))
    assert result.total == len(rows)
    assert set(titles(result)) <= {row.title for row in rows}
    assert result.stats == summed(rows)
    for one in VALUES:
        others = [row for row in passing(filters, but=one.name) if matches(row)]
        counts = counted([row for row in others if row.title in among], one.name)
        assert facet_counts(result, one.name) == counts
    others = [row for row in passing(filters, but="amount") if matches(row)]
    bands = banded(row for row in others if row.title in among)
    assert [one.count for one in result.facets["amount"].values][: len(bands)] == bands


# Scores: BM25F, as the docstring of `search.scoring` has it

WEIGHTS = {"title": (3.0, 0.3), "owner": (2.0, 0.3), "description": (1.0, 0.6)}
"""Weight and length normalisation of fields."""
K1, PART, AS_TYPED = 1.2, 0.4, 0.25
SCORED = {
    "Ett": "gran asp",
    "Två": "gran gran asp lönn ek",
    "Tre": "granar vid vägen",
    "Fyra": "granbarr faller tungt ner mot jorden igen",
    "Gran": "asp",
    "Sex": "lönn lönn lönn alm",
    "Sju": "skola med elever och båt",
    "Åtta": "skuta",
    "Nio": "gran asp gran asp björk alm ask lind",
}
"""Title -> description; the owner of each is *Öbo*."""


@pytest.fixture(scope="session")
def scored(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """`SCORED`, with *båt* and *skuta* for the same."""
    folder = tmp_path_factory.mktemp("scored")
    (folder / "themes.txt").write_text("båt ~ skuta\n", "utf-8")
    records = [
        {"title": title, "owner": "Öbo", "round": "R", "description": text, "amount": 700 + n}
        for n, (title, text) in enumerate(SCORED.items())
    ]
    return opened(indexed(folder, records), themes=folder / "themes.txt")


def scores(searcher: Searcher, q: str) -> dict[str, float]:
    """The score of each decision that a query finds."""
    return {hit.decision.title: hit.score for hit in searcher.search(SearchRequest(q)).hits}


def frequency(title: str, count: float, field: str = "description") -> float:
    """tf(t, d) of a term that occurs so often in a field of a decision of `SCORED`."""
    lengths = {one: len(text.split()) for one, text in SCORED.items()}
    if field != "description":
        lengths = dict.fromkeys(SCORED, 1)
    weight, b = WEIGHTS[field]
    average = sum(lengths.values()) / len(lengths)
    return weight * count / (1 - b + b * lengths[title] / average)


def saturated(tf: float) -> float:
    """sat(t, d)."""
    return tf / (K1 + tf)


def idf(n: int) -> float:
    """That of what is in `n` of the decisions of `SCORED`."""
    return math.log(1 + (len(SCORED) - n + 0.5) / (n + 0.5))


TYPED = 1 + AS_TYPED
GRAN = {
    "Ett": idf(6) * saturated(frequency("Ett", TYPED)),
    "Två": idf(6) * saturated(frequency("Två", 2 * TYPED)),
    "Tre": idf(6) * saturated(frequency("Tre", 1)),
    "Fyra": idf(6) * saturated(frequency("Fyra", PART)),
    "Gran": idf(6) * saturated(frequency("Gran", TYPED, "title")),
    "Nio": idf(6) * saturated(frequency("Nio", 2 * TYPED)),
}
"""The scores of *gran*: as typed, inflected, as a part, in a title."""
ASP = {
    "Ett": idf(4) * saturated(frequency("Ett", TYPED)),
    "Två": idf(4) * saturated(frequency("Två", TYPED)),
    "Gran": idf(4) * saturated(frequency("Gran", TYPED)),
    "Nio": idf(4) * saturated(frequency("Nio", 2 * TYPED)),
}
PHRASE = {
    "Ett": idf(3) * saturated(frequency("Ett", 1)),
    "Två": idf(3) * saturated(frequency("Två", 1)),
    "Nio": idf(3) * saturated(frequency("Nio", 2)),
}
BAT = {
    "Sju": idf(2) * saturated(frequency("Sju", TYPED)),
    "Åtta": 0.6 * idf(2) * saturated(frequency("Åtta", 1)),
}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("gran", GRAN),
        ("asp", ASP),
        ("gran asp", {title: GRAN[title] + ASP[title] for title in ("Ett", "Två", "Gran", "Nio")}),
        ("gran ELLER asp", {title: GRAN[title] + ASP.get(title, 0) for title in GRAN}),
        ("gran -asp", {title: GRAN[title] for title in ("Tre", "Fyra")}),
        ("gran öbo", {
            title: score + idf(9) * saturated(frequency(title, TYPED, "owner"))
            for title, score in GRAN.items()
        }),
        ('"gran asp"', PHRASE),
        ('"gran asp" alm', {
            "Nio": PHRASE["Nio"] + idf(2) * saturated(frequency("Nio", TYPED)),
        }),
        ("titel:gran", {"Gran": idf(1) * saturated(frequency("Gran", TYPED, "title"))}),
        ("gran*", {
            "Ett": idf(6) * saturated(frequency("Ett", 1)),
            "Två": idf(6) * saturated(frequency("Två", 2)),
            "Tre": idf(6) * saturated(frequency("Tre", 1)),
            "Fyra": idf(6) * saturated(frequency("Fyra", 1)),
            "Gran": idf(6) * saturated(frequency("Gran", 1, "title")),
            "Nio": idf(6) * saturated(frequency("Nio", 2)),
        }),
        ("båt", BAT),
        ("skolelever", {"Sju": 0.35 * idf(1) * saturated(frequency("Sju", 1))}),
        ("703", {"Fyra": idf(1) * saturated(1)}),
        ("-gran -asp", {"Sex": 0, "Sju": 0, "Åtta": 0}),
    ],
)  # fmt: skip
def test_scores_are_those_of_the_formula(
    scored: Searcher, q: str, expected: Mapping[str, float]
) -> None:
    found = scores(scored, q)
    assert found.keys() == expected.keys()
    for title, score in found.items():
        assert math.isclose(score, expected[title], rel_tol=1e-2), title


def test_longer_texts_weigh_less_for_words_and_phrases(scored: Searcher) -> None:
    for q in ("asp", '"gran asp"'):
        found = scores(scored, q)
        assert found["Ett"] > found["Två"]


def test_of_parts_near_each_other_the_weakest_counts(opened: Opened, tmp_path: Path) -> None:
    texts = {"Många": "elever elever elever skola", "En": "elever skola två tre"}
    records = [
        {"title": title, "owner": "Öbo", "round": "R", "description": text, "amount": 1}
        for title, text in texts.items()
    ]
    (tmp_path / "themes.txt").write_text("båt ~ skuta\n", "utf-8")
    searcher = opened(indexed(tmp_path, records), themes=tmp_path / "themes.txt")
    found = scores(searcher, "skolelever")
    assert found["Många"] == pytest.approx(found["En"], rel=1e-2)


def test_a_rare_synonym_does_not_outrank_the_word(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "themes.txt").write_text("båt ~ skuta\n", "utf-8")
    texts = {"Skuta": "En skuta.", **{f"Båt {n}": "En båt." for n in range(8)}}
    records = [
        {"title": f"T{n}", "owner": title, "round": "R", "description": text, "amount": 1}
        for n, (title, text) in enumerate(texts.items())
    ]
    searcher = opened(indexed(tmp_path, records), themes=tmp_path / "themes.txt")
    hits = searcher.search(SearchRequest("beskrivning:båt")).hits
    assert len(hits) == 9
    assert hits[-1].decision.owner == "Skuta"


def test_partial_matches_come_by_the_sum_of_what_the_words_score(scored: Searcher) -> None:
    result = scored.search(SearchRequest("gran asp skuta"))
    assert (result.total, len(result.partial)) == (0, 8)
    bat = {"Sju": 0.6 * idf(2) * saturated(frequency("Sju", 1)),
           "Åtta": idf(2) * saturated(frequency("Åtta", TYPED))}  # fmt: skip
    expected = {
        title: GRAN.get(title, 0) + ASP.get(title, 0) + bat.get(title, 0) for title in GRAN | bat
    }
    told = {hit.decision.title: hit.score for hit in result.partial}
    assert told.keys() == expected.keys()
    assert all(math.isclose(score, expected[title], rel_tol=1e-2) for title, score in told.items())
    assert falls([hit.score for hit in result.partial])


# Odd texts, and what is marked in them

LONG_WORD = "å" * 40_000
MANY_WORDS = " ".join(f"ord{n % 997}" for n in range(30_000))
ODD = {
    "Mjuk": "elev\u00adhälsa i vår",
    "Halv": "halva tecken \ud800 och \udfff går bort, liksom \0 och \x07",
    "Fest \N{PARTY POPPER}": "en fest \N{PARTY POPPER} med \N{FAMILY}",
    "Lång": f"först kvist {LONG_WORD} sist",
    "Många": f"{MANY_WORDS} allra sist en svala",
    "Delad": "e\u0301tude och a\u030angbåt",
    "Tecken": 'a*b, (c) "d" \\\\ titel:e {f} [g] ~h ^i /j/ k&&l',
    "Streck": "covid-19 och Nord-Syd; barn-, ungdoms- och äldreomsorg",
    "Stor": "STRASSE Straße İstanbul ΣΊΣΥΦΟΣ",
    "Rader": "rad ett slutar här\nhär börjar rad två",
    "Tal": "1 200 000 kr, 3,5 procent, § 17, 2030-03-05",
    "...": "bara punkter i titeln",
}
"""Title -> text, a block a line."""


@pytest.fixture(scope="session")
def odd(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """`ODD`, and five decisions of one title."""
    records: list[Record] = [
        {
            "title": title,
            "owner": 'Ön "*" \\',
            "round": "R",
            "descriptionBlocks": [{"kind": "paragraph", "text": line} for line in text.split("\n")],
            "amount": n,
        }
        for n, (title, text) in enumerate(ODD.items())
    ]
    records += [
        {"title": "Lika", "owner": owner, "round": "R", "caseNumber": case, "amount": n}
        for n, (owner, case) in enumerate(
            [("Å", "1"), ("Å", "2"), ("Å", None), ("Å", None), ("Ö", "1")]
        )
    ]
    return opened(indexed(tmp_path_factory.mktemp("odd"), records))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("elevhälsa", {"Mjuk"}),
        ("elev\u00adhälsa", {"Mjuk"}),
        ("tecken", {"Halv", "Tecken"}),
        ("halva\ud800", {"Halv"}),
        ("liksom och", {"Halv"}),
        ('"liksom och"', {"Halv"}),
        ("fest", {"Fest \N{PARTY POPPER}"}),
        ('"fest med"', {"Fest \N{PARTY POPPER}"}),
        ("kvist", {"Lång"}),
        ("kvist sist", {"Lång"}),
        ("åååååå*", {"Lång"}),
        ('"kvist sist"', set()),
        ("svala", {"Många"}),
        ('"sist en svala"', {"Många"}),
        ('"ord996 ord0"', {"Många"}),
        ('"ord0 ord2"', set()),
        ("ord99*", {"Många"}),
        ("étude", {"Delad"}),
        ("e\u0301tude", {"Delad"}),
        ("ångbåt", {"Delad"}),
        ("a\u030angbåt", {"Delad"}),
        ('"a b c d"', {"Tecken"}),
        ('"titel e f g h i j k l"', None),
        ("covid-19", {"Streck"}),
        ("nord-syd", {"Streck"}),
        ("barnomsorg", {"Streck"}),
        ("äldreomsorg", {"Streck"}),
        ("straße", {"Stor"}),
        ("İstanbul", {"Stor"}),
        ("σίσυφος", {"Stor"}),
        ('"slutar här"', {"Rader"}),
        ('"här börjar"', {"Rader"}),
        ('"här här"', set()),
        ("1 200 000", {"Tal"}),
        ("3,5", {"Tal"}),
        ("punkter", {"..."}),
        ("lika", {"Lika"}),
    ],
)  # fmt: skip
def test_odd_texts_are_found_by_their_words(
    odd: Searcher, q: str, expected: set[str] | None
) -> None:
    if expected is None:
        with pytest.raises(RequestError):
            odd.search(SearchRequest(q))
    else:
        result = odd.search(SearchRequest(q, limit=100))
        assert result.total == len(result.hits)
        assert set(titles(result)) == expected


def text_of(decision: Decision) -> dict[str, str]:
    """The texts in which something may be marked."""
    return {
        "title": decision.title,
        "owner": decision.owner,
        "description": plain_text(decision.description),
        "motivation": plain_text(decision.motivation),
    }


def hits_of(segments: Iterable[Segment]) -> list[str]:
    """What is marked of some segments."""
    return [segment.text for segment in segments if segment.hit]


@pytest.mark.parametrize("q", ["", "sist", "ord1*", '"en svala"', "rad", "barnomsorg", "ön", "e"])
def test_the_pieces_of_a_snippet_are_the_text_as_it_stands(odd: Searcher, q: str) -> None:
    for hit in odd.search(SearchRequest(q, limit=100)).hits:
        text = text_of(hit.decision)
        for snippet in hit.snippets:
            cut = "".join(segment.text for segment in snippet.segments)
            assert cut in text[snippet.field]
            assert "\n" not in cut
            assert snippet.before == (not text[snippet.field].startswith(cut))
            assert snippet.after == (not text[snippet.field].endswith(cut))


@pytest.mark.parametrize(
    ("q", "title", "expected"),
    [
        ("hälsa", "Adam", {"description": ["hälsan"]}),
        ("elevhälsa", "Adam", {"description": ["elevhälsan"]}),
        ("skola", "Eriks skola", {"title": ["skola"]}),
        ("elev", "Eriks skola", {"description": ["Elever"]}),
        ("skolelever", "Cesar", {"description": ["Skolan", "elever"]}),
        ("skolelever", "Filip", {"description": ["skolelever"]}),
        ("båt", "Helge", {"description": ["skuta"]}),
        ("fordon", "Johan", {"description": ["röd", "cykel"]}),
        ('"de facto"', "Gustav", {"description": ["de facto", "de facto"]}),
        ("gymnasie skolan", "Olof", {"description": ["Gymnasieskolan"]}),
        ("studievägledning", "Niklas", {"description": ["Studie-", "vägledning"]}),
        ("elevhällsa", "Adam", {"description": ["elevhälsan"]}),
        ("skol*", "Filip", {"description": ["skolelever"]}),
        ("öbo", "Ivar", {"owner": ["Öbo"]}),
        ("titel:skola", "Eriks skola", {"title": ["skola"]}),
        ("beskrivning:elever -skolelever", "Eriks skola", {"description": ["Elever"]}),
        ("skola -hälsa", "Cesar", {"description": ["Skolan"]}),
        ("ligger", "Olof", {"description": ["ligger"]}),
    ],
)  # fmt: skip
def test_what_matches_is_marked_in_snippets_and_in_the_whole_text(
    words: Searcher, q: str, title: str, expected: dict[str, list[str]]
) -> None:
    request = SearchRequest(q, limit=100)
    (hit,) = (one for one in words.search(request).hits if one.decision.title == title)
    told = {one.field: hits_of(one.segments) for one in hit.snippets}
    assert {name: some for name, some in told.items() if some} == expected
    marked = words.marked(hit.decision, request)
    text = text_of(hit.decision)
    assert [*marked] == [*text]
    for name, blocks in marked.items():
        assert "\n".join("".join(one.text for one in block) for block in blocks) == text[name]
    whole = {
        name: [one for block in some for one in hits_of(block)] for name, some in marked.items()
    }
    assert {name: some for name, some in whole.items() if some} == expected


def test_what_only_counts_near_something_is_not_marked_apart_from_it(words: Searcher) -> None:
    """*David* has a school and pupils, but too far from each other."""
    david = next(one for one in words.whole(SearchRequest()).decisions if one.title == "David")
    blocks = words.marked(david, SearchRequest("skolelever"))["description"]
    assert hits_of(blocks[0]) == []
    assert hits_of(words.marked(david, SearchRequest("skola elev"))["description"][0]) == [
        "Skolan", "elever",
    ]  # fmt: skip


def test_the_snippet_of_a_long_text_shows_its_match(odd: Searcher) -> None:
    (hit,) = odd.search(SearchRequest('"en svala"')).hits
    (snippet,) = hit.snippets
    assert hits_of(snippet.segments) == ["en svala"]
    assert (snippet.before, snippet.after) == (True, False)
    assert len("".join(one.text for one in snippet.segments)) < 1000
    blocks = odd.marked(hit.decision, SearchRequest("svala"))["description"]
    assert hits_of(blocks[0]) == ["svala"]
    assert "".join(one.text for one in blocks[0]) == ODD["Många"]


def test_in_a_long_text_every_match_is_marked(odd: Searcher) -> None:
    (hit,) = odd.search(SearchRequest("ord7")).hits
    (block,) = odd.marked(hit.decision, SearchRequest("ord7"))["description"]
    assert hits_of(block) == ["ord7"] * MANY_WORDS.split().count("ord7")


def test_without_words_a_snippet_is_the_beginning(words: Searcher) -> None:
    for hit in words.search(SearchRequest(limit=100)).hits:
        (snippet,) = hit.snippets
        assert (snippet.field, snippet.before) == ("description", False)
        assert hits_of(snippet.segments) == []


# Records and their names


def test_decisions_of_one_title_are_told_apart_by_owner_and_case_number(odd: Searcher) -> None:
    alike = odd.engine.beginning_with("r/lika", 100)
    assert alike == sorted(alike)
    assert len(alike) == 5
    assert {"r/lika--o", "r/lika--a--1", "r/lika--a--2"} <= {*alike}
    assert sorted(one.id for one in odd.named("r/lika")) == alike
    assert {one.id for one in odd.named("r/lika--a")} == {*alike} - {"r/lika--o"}
    assert [one.id for one in odd.named("r/lika--o")] == ["r/lika--o"]
    assert odd.engine.beginning_with("r/lika", 2) == alike[:2]
    assert odd.engine.beginning_with("r/lika--o", 9) == ["r/lika--o"]
    assert odd.engine.beginning_with("q", 9) == odd.engine.beginning_with("r/likb", 9) == []


@pytest.mark.parametrize("name", ["r/likadan", "", "x", "\ud800", "\0", "r/" + "x" * 40_000])
def test_a_name_that_leads_nowhere_leads_nowhere(odd: Searcher, name: str) -> None:
    assert odd.get(name) is None
    assert odd.named(name) == ()
    assert odd.engine.key(name) is None
    assert odd.related(name) is None
    assert odd.wording(name) is None
    assert odd.themes_of(name) == ()
    assert odd.standing(name, SearchRequest()) is None


def test_every_decision_is_there_under_its_identifier(crowd: Searcher) -> None:
    everything = {one.id: one for one in crowd.whole(SearchRequest()).decisions}
    assert crowd.identifiers() == sorted(everything)
    for identifier in [*everything][::12]:
        assert crowd.get(identifier) == everything[identifier]
    dated = [*crowd.dated()]
    assert dated == [(one, everything[one].modified) for one in sorted(everything)]
    some = [*everything.values()][::-9]
    keys = [key_of(crowd, one) for one in some]
    assert [*crowd.engine.decisions(keys)] == some


def test_a_decision_comes_back_as_it_was_written(odd: Searcher, small: Searcher) -> None:
    (soft,) = (one for one in odd.whole(SearchRequest()).decisions if one.title == "Mjuk")
    assert plain_text(soft.description) == "elevhälsa i vår"
    assert soft.owner == 'Ön "*" \\'
    decision = small.get("esf-2030-2/elevhalsa-for-alla")
    assert decision is not None
    assert (decision.owner, decision.amount) == (ANKEBY, Decimal(1_200_000))
    assert decision.round.funder == "Region Vi"
    assert [block.kind for block in decision.description] == ["paragraph", "item", "item"]
    assert [block.text for block in decision.motivation] == ["Skolan mår bra av god hälsa."]
    assert decision.first_seen == decision.modified is not None
    assert len(decision.identity or "") == 16


# Parts of sets: overviews, profiles, groups, rounds


def part_of(name: str, value: str, rows: Iterable[Row]) -> Group:
    """The group of the rows that have a value of a dimension."""
    some = [row for row in rows if value in row.values(name)]
    stats = summed(some)
    return Group("" if value == MISSING else value, len(some), stats.sum, stats.missing, (value,))


def grouped(rows: Sequence[Row], name: str) -> list[Group]:
    """The groups that some rows fall into by a dimension, in Swedish alphabetical order."""
    values = sorted(counted(rows, name), key=lambda value: place_in_order(name, value))
    return [part_of(name, value, rows) for value in values]


@pytest.mark.parametrize("most", [1, 4])
@pytest.mark.parametrize("filters", FILTERS[::3], ids=str)
def test_an_overview_takes_the_set_apart_by_falling_sum(
    crowd: Searcher, filters: Filters, most: int
) -> None:
    rows = passing(filters)
    overview = crowd.overview(SearchRequest(filters=filters), limit=most)
    assert (overview.count, overview.sum) == (len(rows), summed(rows).sum)
    assert [*overview.parts] == [one.name for one in COUNTED]
    for one in VALUES:
        part = overview.parts[one.name]
        groups = grouped(rows, one.name)
        if one.descending:
            groups.reverse()
        else:
            groups.sort(key=lambda group: (-group.sum, -group.decisions))
        shown = most + 1 if len(groups) == most + 1 else most
        assert [*part.groups[:shown]] == groups[:shown]
        assert (part.rest, part.overlapping) == (len(groups[shown:]), one.name == "place")
        hidden = {value for group in groups[shown:] for value in group.chosen}  # type: ignore[union-attr]
        others = [row for row in rows if row.values(one.name) & hidden]
        stats = summed(others)
        last = [Group("", len(others), stats.sum, stats.missing, None)] if hidden else []
        assert [*part.groups[shown:]] == last


@pytest.mark.parametrize("filters", FILTERS[::3], ids=str)
def test_the_bands_of_an_overview_add_up_to_the_set(crowd: Searcher, filters: Filters) -> None:
    rows = passing(filters)
    groups = crowd.overview(SearchRequest(filters=filters)).parts["amount"].groups
    assert [one.decisions for one in groups[: len(BANDS) - 1]] == banded(rows)
    assert sum(one.decisions for one in groups) == len(rows)
    assert sum(one.sum for one in groups) == summed(rows).sum
    assert sum(one.missing for one in groups) == summed(rows).missing
    for one in groups:
        assert isinstance(one.chosen, Span)
        assert (
            one.decisions == len(passing(filters | {"amount": one.chosen})) or "amount" in filters
        )


def test_an_overview_is_of_the_words_too(crowd: Searcher) -> None:
    rows = [row for row in ROWS.values() if "gran" in row.words and "asp" not in row.words]
    overview = crowd.overview(SearchRequest("gran -asp", exact=True))
    assert (overview.count, overview.sum) == (len(rows), summed(rows).sum)
    assert [*overview.parts["year"].groups] == grouped(rows, "year")[::-1]


@pytest.mark.parametrize("name", [one.name for one in VALUES])
def test_groups_are_all_decisions_by_value_in_alphabetical_order(
    crowd: Searcher, name: str
) -> None:
    assert [*crowd.groups(name)] == grouped([*ROWS.values()], name)


def test_a_round_has_its_titles_and_its_funders(crowd: Searcher, two_rounds: Searcher) -> None:
    rounds = crowd.rounds()
    assert {*rounds} == {*ROUNDS}
    for name, parts in rounds.items():
        rows = [row for row in ROWS.values() if row.round == name]
        assert parts.titles == (f"Beslut i omgången {name}",)
        assert [*parts.funders] == grouped(rows, "funder")
    assert {name: parts.titles for name, parts in two_rounds.rounds().items()} == {
        "ESF 2030:2": ("Region Vis beslut om medfinansiering av projekt ESF 2030:2",),
        "ESF 2031:1": ("Region Dus beslut om medfinansiering av projekt ESF 2031:1",),
    }


@pytest.mark.parametrize("filters", FILTERS[::4], ids=str)
def test_a_profile_has_the_largest_and_the_latest_of_the_set(
    crowd: Searcher, filters: Filters
) -> None:
    request = SearchRequest("gran", filters, sort="title", page=2)
    rows = [row for row in passing(filters) if "gran" in row.words]
    profile = crowd.profile(replace(request, exact=True))
    assert profile.stats == summed(rows)
    assert profile.overview.count == len(rows)
    largest = sorted((row.ore for row in rows if row.ore is not None), reverse=True)[:5]
    assert [ROWS[one.title].ore for one in profile.largest][: len(largest)] == largest
    days = sorted((row.day for row in rows if row.day), reverse=True)[:5]
    if days:
        assert [one.decision_date for one in profile.latest][: len(days)] == days
    assert len(profile.latest) == len(profile.largest) == min(5, len(rows))


def test_where_nothing_has_a_date_the_latest_are_the_newest(small: Searcher) -> None:
    profile = small.profile(SearchRequest("hälsa"))
    newest = small.newest(SearchRequest("hälsa"), 5)
    assert not profile.is_dated
    assert [one.id for one in profile.latest] == [one.id for one in newest.decisions]


# Owners and funders


def test_all_owners_are_there_in_alphabetical_order(crowd: Searcher) -> None:
    assert [one.label for one in crowd.all_parties("owner")] == [*IN_ORDER[1:]]
    assert [one.label for one in crowd.all_parties("funder")] == ["Region Du", "Region Vi"]


def test_an_owner_has_its_names_numbers_and_slug(crowd: Searcher) -> None:
    (ankeby,) = crowd.parties_named("owner", "ankeby kommun")
    assert (ankeby.label, ankeby.slug, ankeby.numbers) == (ANKEBY, "ankeby-kommun", (N1,))
    assert ankeby.names[0] == ANKEBY
    assert {*ankeby.names} == {ANKEBY, "ANKEBY KOMMUN", "Ankeby kommun, fritid"}
    byns = crowd.parties_named("owner", "Byns Vänner")
    assert tuple(one.label for one in byns) == BYNS
    assert [one.numbers for one in byns] == [(N3,), (N2,), ()]
    assert len({one.slug for one in byns}) == 3
    assert crowd.parties_named("owner", N3) == byns[:1]
    assert crowd.parties_named("owner", "Ingen") == ()


def test_a_slug_leads_to_one_owner_or_to_those_it_may_mean(crowd: Searcher) -> None:
    for one in (*crowd.all_parties("owner"), *crowd.all_parties("funder")):
        dimension = "funder" if one.label.startswith("Region") else "owner"
        assert crowd.parties(dimension, one.slug) == (one,)
        assert crowd.party(dimension, one.slug) == one
    byns = crowd.parties("owner", "byns-vanner")
    assert tuple(one.label for one in byns) == BYNS
    assert crowd.party("owner", "byns-vanner") is None
    assert crowd.parties("owner", "ingen") == ()
    (ankeby,) = crowd.parties("owner", "ankeby-kommun-fritid")
    assert ankeby.label == ANKEBY


def test_each_decision_has_its_owner_and_funder(crowd: Searcher) -> None:
    for one in [*crowd.whole(SearchRequest()).decisions][::9]:
        row = ROWS[one.title]
        owner, funder = crowd.party_of(one, "owner"), crowd.party_of(one, "funder")
        assert (owner.label if owner else "", funder.label if funder else "") == (
            row.owner, row.funder,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["owner", "funder"])
def test_the_names_of_owners_come_with_how_many_decisions_they_have(
    crowd: Searcher, name: str
) -> None:
    counts = counted(ROWS.values(), name)
    del counts[MISSING]
    names = crowd.engine.party_names(name)
    assert {label: count for count, (label, *_) in names} == counts
    written = {label: {*others} for _, (label, *others) in names}
    for party in crowd.all_parties(name):
        assert written[party.label] == {*party.names}


@pytest.fixture(scope="session")
def joined(opened: Opened, crowd_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The crowd with an owners file, which joins *Wik* and *Vik*, and *Öbo förening* to *Ö & Co*,
    which no decision is called."""
    file = tmp_path_factory.mktemp("owners") / "owners.txt"
    file.write_text("Wik = Vik\nÖ & Co = Öbo förening = Zäta AB\n", "utf-8")
    return opened(crowd_index, owners=file)


def test_the_owners_file_joins_names(joined: Searcher) -> None:
    labels = [one.label for one in joined.all_parties("owner")]
    assert labels == [
        *IN_ORDER[1:6], "Wik", "Üvre by", "Åby & Co", "Äng-laget", "Ö & Co",
    ]  # fmt: skip
    for written, label, owners in [
        ("vik", "Wik", ("Vik", "Wik")),
        ("Zäta AB", "Ö & Co", ("Öbo förening", "Zäta AB")),
        ("Ö & Co", "Ö & Co", ("Öbo förening", "Zäta AB")),
    ]:
        rows = passing({"owner": owners})
        result = joined.search(SearchRequest(filters={"owner": (written,)}))
        assert (result.total, result.stats) == (len(rows), summed(rows))
        assert result.request.values("owner") == (label,)
        assert facet_counts(result, "owner")[label] == len(rows)
    order = [
        labels.index(party.label) if (party := joined.party_of(one, "owner")) else -1
        for one in [*joined.whole(SearchRequest(sort="owner")).decisions][::9]
    ]
    assert order == sorted(order)


# Themes


def test_themes_count_what_their_searches_find(words: Searcher) -> None:
    (area,) = words.directory().areas
    assert [(one.name, one.total) for one in area.themes] == [
        ("elevhälsa", 1), ("röd cykel", 2), ("segling", 1),
    ]  # fmt: skip
    for theme in area.themes:
        result = words.search(SearchRequest(theme.name, limit=100))
        assert (theme.total, theme.sum) == (result.total, result.stats.sum)
        having = {
            one.title
            for one in words.whole(SearchRequest()).decisions
            if theme in words.themes_of(one.id)
        }
        assert having == set(titles(result))


@pytest.fixture(scope="session")
def themed(opened: Opened, crowd_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The crowd with themes of trees."""
    file = tmp_path_factory.mktemp("themes") / "themes.txt"
    file.write_text("[Träd]\nasp, björk, kråkbär, rymdfart\n", "utf-8")
    return opened(crowd_index, themes=file)


@pytest.mark.parametrize("name", ["Vik", ANKEBY, BYNS[1]])
def test_an_owner_shares_themes_with_those_who_have_most_decisions_on_them(
    themed: Searcher, name: str
) -> None:
    told = shared_themes(themed, "owner", name)
    expected = {}
    for theme in ("asp", "björk", "kråkbär"):
        rows = [row for row in ROWS.values() if theme in row.words]
        counts = counted(rows, "owner")
        if counts[name]:
            others = sorted(
                (value for value in counts if value not in (MISSING, name)),
                key=lambda value: (-counts[value], place_in_order("owner", value)),
            )
            expected[theme] = (counts[name], others[:3], len(rows))
    assert {one.theme.name: one.decisions for one in told} == {
        theme: count for theme, (count, _, _) in expected.items()
    }
    for one in told:
        assert [other.value for other in one.others] == expected[one.theme.name][1]
    weights = [one.decisions * math.log(CROWD / expected[one.theme.name][2]) for one in told]
    assert weights == sorted(weights, reverse=True)


def test_sets_are_shared_under_filters(themed: Searcher) -> None:
    sets_ = themed.theme_counts().sets()
    for filters in FILTERS[::4]:
        shares = themed.engine.shares([kept for _, kept in sets_], SearchRequest(filters=filters))
        rows = passing(filters)
        assert shares == [sum(theme.name in row.words for row in rows) for theme, _ in sets_]


# Suggestions


@pytest.mark.parametrize(
    ("text", "kind", "labels"),
    [
        ("elevh", "theme", ["elevhälsa"]),
        ("cyk", "theme", ["röd cykel"]),
        ("rymd", "theme", []),
        ("öb", "owner", ["Öbo"]),
        ("obo", "owner", ["Öbo"]),
        ("gymn", "word", ["gymnasieskolan"]),
        ("skole", "word", ["skolelever", "skolelevrådet"]),
        ("stor fi", "word", ["stor fin"]),
        ("stor sku", "word", []),
        ("gymnasisk", "word", ["gymnasieskolan"]),
    ],
)
def test_what_may_be_about_to_be_typed_is_suggested(
    words: Searcher, text: str, kind: str, labels: list[str]
) -> None:
    found = words.suggestions(text, limit=20)
    assert sorted(one.label for one in found if one.kind == kind) == labels


@pytest.mark.parametrize("text", ["gr", "gran as", "ank", "byns", "region", "vik", "kr", "zä"])
def test_each_suggestion_leads_to_as_many_decisions_as_it_says(themed: Searcher, text: str) -> None:
    found = themed.suggestions(text, limit=20)
    assert found
    for one in found:
        if one.kind == "title":
            assert (themed.get(one.value) is not None, one.count) == (True, 1)
        elif one.kind in ("word", "theme"):
            name = one.value if one.kind == "word" else one.label
            assert themed.search(SearchRequest(name)).total == one.count
        else:
            party = themed.party(one.kind, one.value)
            assert party
            assert len(passing({one.kind: (party.label,)})) == one.count


def test_titles_are_suggested_among_those_of_the_ten_largest_amounts(themed: Searcher) -> None:
    titled = [row for title, row in ROWS.items() if title.startswith("Idegran")]
    amounts = sorted((row.ore or -(10**9) for row in titled), reverse=True)
    assert len(amounts) > 10
    found = [one for one in themed.suggestions("idegr", limit=20) if one.kind == "title"]
    assert len(found) == 3
    for one in found:
        assert (ROWS[one.label].ore or -(10**9)) >= amounts[9]
        decision = themed.get(one.value)
        assert decision is not None
        assert decision.title == one.label


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "xqzzt", "å" * 4096, "skol*"])
def test_nonsense_suggests_nothing(words: Searcher, text: str) -> None:
    assert words.suggestions(text) == ()


# What is related, and shared wording

QUOTE = "varje barn ska få gå i en skola nära hemmet och lära sig simma där"
"""Fifteen words."""
STANDARD = "projektet har prövats mot regionens riktlinjer och bedöms bidra till målen i planen"
"""Thirteen words."""
RELATED = {
    "Spår": "Skidspår med konstsnö och belysning för barn i Ankeby.",
    "Pist": "Skidspår med konstsnö och belysning för alla på Öbo.",
    "Backe": "Konstsnö läggs på en backe och ett skidspår, men inte på kajen, bron eller torget.",
    "Tillgång": "Tillgång till rätt linje ligger oftast mer i tid i september.",
    "Linje": "Tillgång till rätt linje ligger oftast mer i tid i september varje år.",
    "Kylskåp": "Kylskåp.",
    "Kvant": "Kvanter i ett kylskåp.",
    "Orgel": "Kyrkans orgel renoveras av en orgelbyggare.",
    "Hamn": "Fiskehamnen muddras.",
    "Bin": "Biodlare lär ut honung och pollinering.",
    "Raket": "Rymdraketer mäter norrsken i stratosfären.",
    "Och": "Och det i på.",
}
"""Title -> description, all of one round, of owners of their own and with one motivation."""
QUOTED = {
    "En": (f"Vi menar att {QUOTE} alltid.", ""),
    "Två": ("Ett annat projekt.", f"Som sagt: {QUOTE}!"),
    "Tre": ("Nära hemmet ska varje barn lära sig simma i skolan.", ""),
    "Fyra": (" ".join(QUOTE.split()[:11]) + " emellertid.", ""),
    "Fem": (" ".join(QUOTE.split()[:12]) + " förvisso.", ""),
    "Nästan": (" ".join([*QUOTE.split()[4:], STANDARD, "hos oss"]), ""),
    "Nästa": (" ".join(["Ja,", *QUOTE.split()[4:], STANDARD, "vid kusten"]), ""),
    **{f"Plan {n}": (f"Nummer {n}.", f"{STANDARD}.") for n in range(5)},
    **{f"Rest {n}": (f"Övrigt {n}.", "") for n in range(20)},
}
"""Title -> description and motivation, all of one round."""


@pytest.fixture(scope="session")
def alike(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """`RELATED` and `QUOTED`."""
    records: list[Record] = [
        {"title": title, "owner": f"Förening {n}", "round": "Vinter 2030", "description": text,
         "motivation": "Insatsen stämmer med Kuststrategin.", "amount": n}
        for n, (title, text) in enumerate(RELATED.items())
    ]  # fmt: skip
    records += [
        {"title": title, "owner": "Ankeby", "round": "Citat 2031", "description": text,
         "motivation": reason, "amount": n}
        for n, (title, (text, reason)) in enumerate(QUOTED.items())
    ]  # fmt: skip
    return opened(indexed(tmp_path_factory.mktemp("alike"), records))


def related(searcher: Searcher, title: str) -> dict[str, RelatedDecision]:
    """What is related to the decision with a title, best first."""
    found = searcher.related(titled(searcher, title).id)
    assert found is not None
    return {one.decision.title: one for one in found}


def titled(searcher: Searcher, title: str) -> Decision:
    """The decision with a title."""
    return next(one for one in searcher.whole(SearchRequest()).decisions if one.title == title)


def test_what_shares_most_telling_words_is_related_first(alike: Searcher) -> None:
    found = related(alike, "Spår")
    assert [*found] == ["Pist", "Backe"]
    assert all(0 < one.score <= 1 for one in found.values())
    assert found["Pist"].score > found["Backe"].score
    assert {*found["Pist"].terms} == {"Skidspår", "konstsnö", "belysning"}
    assert {one.lower() for one in found["Backe"].terms} == {"skidspår", "konstsnö"}


@pytest.mark.parametrize("title", ["Tillgång", "Kylskåp", "Orgel", "Och", "Raket"])
def test_words_of_any_topic_one_word_and_the_boilerplate_of_a_round_relate_nothing(
    alike: Searcher, title: str
) -> None:
    assert related(alike, title) == {}


def test_related_is_told_up_to_a_limit(alike: Searcher) -> None:
    found = alike.related(titled(alike, "Spår").id, limit=1)
    assert found is not None
    assert [one.decision.title for one in found] == ["Pist"]


def test_the_real_decision_relates_by_what_both_say(sample: Searcher) -> None:
    first, *_ = sample.related("esf-2026-1/samkraft-skola") or ()
    assert first.decision.title.startswith("Starka och trygga")
    assert {"gymnasieskolan", "elevhälsa"} <= {*first.terms}


def passages(searcher: Searcher, title: str) -> list[tuple[str, str, str, dict[str, int]]]:
    """Of each passage of a decision its kind, its field, its text and, by title, how many of its
    words others have."""
    decision = titled(searcher, title)
    wording = searcher.wording(decision.id)
    assert wording is not None
    assert wording.more == 0
    return [
        (
            one.kind,
            one.field,
            one.text(decision),
            {other.decision.title: other.words for other in one.others},
        )
        for one in wording.passages
    ]


def test_a_passage_is_found_from_every_side(alike: Searcher) -> None:
    others = {"En": 15, "Två": 15, "Fem": 12}
    for title, field in (("En", "description"), ("Två", "motivation")):
        rest = {one: count for one, count in others.items() if one != title}
        assert passages(alike, title) == [("shared", field, QUOTE, rest)]
    twelve = " ".join(QUOTE.split()[:12])
    assert passages(alike, "Fem") == [("shared", "description", twelve, {"En": 12, "Två": 12})]


@pytest.mark.parametrize("title", ["Tre", "Fyra", "Rest 3", "Raket", "Och"])
def test_other_words_or_too_few_are_no_passage(alike: Searcher, title: str) -> None:
    assert passages(alike, title) == []


def test_a_standard_phrase_of_a_round_is_told_with_how_many_have_it(alike: Searcher) -> None:
    assert passages(alike, "Plan 2") == [("standard", "motivation", STANDARD, {})]
    wording = alike.wording(titled(alike, "Plan 2").id)
    assert wording is not None
    (passage,) = wording.passages
    assert (passage.decisions, passage.of, passage.words) == (7, len(QUOTED), 13)


def test_too_few_words_beside_a_standard_phrase_are_no_passage(alike: Searcher) -> None:
    assert passages(alike, "Nästan") == [("standard", "description", STANDARD, {})]


def test_a_thread_leads_from_a_decision_to_all_that_is_related(crowd: Searcher) -> None:
    decision = next(
        one
        for one in crowd.whole(SearchRequest()).decisions
        if ROWS[one.title].owner == ANKEBY and "Luleå" in ROWS[one.title].place
        and ROWS[one.title].year == "2030"
    )  # fmt: skip
    found = thread(crowd, decision.id, NEVER)
    assert found is not None
    assert found.owner is not None
    assert found.owner.party.label == ANKEBY
    assert found.owner.profile.stats == summed(passing({"owner": (ANKEBY,)}))
    assert found.nearby is not None
    near = passing({"place": found.nearby.places, "year": ("2030",)})
    assert (found.nearby.total, found.nearby.year) == (len(near), "2030")
    assert decision not in found.nearby.largest
    assert thread(crowd, "finns/inte", NEVER) is None


# What happens to the decisions


ROWS_BEFORE = ["Ö\tBro\tVi bygger en bro.\t1", "Å\tVäg\tVi bygger en väg.\t2"]
ROWS_AFTER = [
    "Ö\tBro\tVi bygger en lång bro.\t1",
    "Å\tBro\tVi bygger en annan.\t9",
    "Å\tHamn\tNy kaj.\t5",
]


class Sources:
    """Two documents, one of which stays as it is, and the index of both."""

    def __init__(self, folder: Path, opened: Opened) -> None:
        self.folder, self.path, self.opened = folder / "in", folder / "index", opened
        self.folder.mkdir()
        self.stays(12)

    def stays(self, count: int) -> None:
        """Writes so many decisions that stay."""
        self._write("stor", [f"Ö\tProjekt {n}\tNummer {n}.\t{n}" for n in range(count)])

    def _write(self, name: str, rows: Sequence[str]) -> None:
        heading = f"# Regionens beslut om projekt {name[0].upper()} 2030:1"
        text = document(*rows, heading=heading)
        (self.folder / f"{name}.txt").write_text(text, "utf-8")

    def hold(self, rows: Sequence[str]) -> Searcher:
        """Makes the index hold some rows beside those that stay, and opens it."""
        self._write("liten", rows)
        build([self.folder], self.path, reading=Reading(accept=True))
        return self.opened(self.path)


@pytest.fixture
def sources(tmp_path: Path, opened: Opened, clock: Clock) -> Sources:
    """The documents that a test may change, by a clock that stands still between ticks."""
    return Sources(tmp_path, opened)


Told = list[tuple[str, ...]]


def told(searcher: Searcher, since: Cursor | None, most: int = 100) -> Told:
    """What has happened: kind, id, and what changed or where the id moved."""
    changes = searcher.history.since(since, most).changes
    return [
        (one.kind, one.id, *one.fields, *([one.moved_to] if one.moved_to else []))
        for one in changes
    ]


def test_from_the_beginning_each_decision_has_come_once(sources: Sources) -> None:
    searcher = sources.hold(ROWS_BEFORE)
    changes = searcher.history.since(None, 100)
    assert sorted(one.id for one in changes.changes) == searcher.identifiers()
    assert {one.kind for one in changes.changes} == {"created"}
    assert {one.at for one in changes.changes} == {"2030-01-01T00:00:00Z"}
    for one in changes.changes:
        decision = searcher.get(one.id)
        assert decision is not None
        assert one.identity == decision.identity
    assert told(searcher, changes.cursor) == []
    assert told(searcher, searcher.history.now) == []


def test_what_came_changed_and_went_is_told_in_order(sources: Sources, clock: Clock) -> None:
    before = sources.hold(ROWS_BEFORE)
    bro = before.get("l-2030-1/bro")
    now = before.history.now
    clock.tick()
    after = sources.hold(ROWS_AFTER)
    changes = told(after, now)
    kinds_ = [kind for kind, *_ in changes]
    assert kinds_ == ["deleted", "deleted", "changed", "created", "created"]
    assert {*changes} == {
        ("deleted", "l-2030-1/bro", "l-2030-1/bro--o"),
        ("deleted", "l-2030-1/vag"),
        ("changed", "l-2030-1/bro--o", "id", "description"),
        ("created", "l-2030-1/bro--a"),
        ("created", "l-2030-1/hamn"),
    }
    assert [one.at for one in after.history.since(now, 9).changes] == ["2030-01-02T00:00:00Z"] * 5
    longer = after.get("l-2030-1/bro--o")
    assert longer is not None
    assert bro is not None
    assert longer.identity == bro.identity
    assert (longer.first_seen, longer.modified) == ("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z")
    stays = after.get("s-2030-1/projekt-3")
    assert stays is not None
    assert stays.first_seen == stays.modified == "2030-01-01T00:00:00Z"
    assert dict(after.dated())["l-2030-1/bro--o"] == "2030-01-02T00:00:00Z"
    assert told(before, now) == [], "what was opened before stays as it was"
    assert before.search(SearchRequest("väg")).total == 1
    assert after.search(SearchRequest("väg")).total == 0
    assert [titles(after.search(SearchRequest(q))) for q in ("lång", "kaj")] == [["Bro"], ["Hamn"]]
    assert (len(before), len(after)) == (14, 15)


def test_changes_come_a_few_at_a_time(sources: Sources, clock: Clock) -> None:
    now = sources.hold(ROWS_BEFORE).history.now
    clock.tick()
    searcher = sources.hold(ROWS_AFTER)
    for start, count in ((None, 15), (now, 5)):
        whole = told(searcher, start)
        assert len(whole) == count
        found: Told = []
        cursor: Cursor | None = start
        while some := told(searcher, cursor, 2):
            found += some
            cursor = searcher.history.since(cursor, 2).cursor
        assert found == whole


def test_what_became_of_an_identifier_is_known(sources: Sources, clock: Clock) -> None:
    first = sources.hold(ROWS_BEFORE)
    assert first.history.departed("l-2030-1/bro") is None
    clock.tick()
    searcher = sources.hold(ROWS_AFTER)
    assert searcher.history.departed("l-2030-1/vag") == Departed("2030-01-02T00:00:00Z", None)
    moved = searcher.history.departed("l-2030-1/bro")
    assert moved is not None
    assert moved.moved_to == "l-2030-1/bro--o"
    assert searcher.history.departed("l-2030-1/fanns-aldrig") is None
    assert searcher.history.departed("\ud800") is None


def test_a_cursor_of_another_index_or_ahead_of_this_is_an_error(sources: Sources) -> None:
    history = sources.hold(ROWS_BEFORE).history
    now = history.now
    assert history.number(now, "since") == now.number == 14
    for cursor, code in (
        (replace(now, epoch="00000000"), "old-cursor"),
        (replace(now, number=15), "newer-cursor"),
        (replace(now, began=15), "newer-cursor"),
    ):
        for ask in (history.number, lambda one, _: history.since(one, 9)):
            with pytest.raises(RequestError) as error:
                ask(cursor, "since")
            assert error.value.message.code == code
            assert error.value.parameter == "since"


def test_a_rollback_is_told_and_takes_all_back(sources: Sources, clock: Clock) -> None:
    sources.hold(ROWS_BEFORE)
    clock.tick()
    later = sources.hold(ROWS_AFTER).history.now
    clock.tick()
    roll_back(sources.path)
    searcher = sources.opened(sources.path)
    assert len(searcher) == 14
    assert searcher.search(SearchRequest("väg")).total == 1
    assert searcher.search(SearchRequest("kaj")).total == 0
    changes = told(searcher, later)
    assert {one[:2] for one in changes} == {
        ("deleted", "l-2030-1/bro--a"),
        ("deleted", "l-2030-1/bro--o"),
        ("deleted", "l-2030-1/hamn"),
        ("changed", "l-2030-1/bro"),
        ("created", "l-2030-1/vag"),
    }


def test_the_newest_are_those_that_came_last(sources: Sources, clock: Clock) -> None:
    now = sources.hold(ROWS_BEFORE).history.now
    clock.tick()
    searcher = sources.hold(ROWS_AFTER)
    newest = [one.id for one in searcher.newest(SearchRequest(), 2).decisions]
    assert {*newest} == {"l-2030-1/bro--a", "l-2030-1/hamn"}
    walk = searcher.search(SearchRequest(), after=now.number)
    assert [hit.decision.id for hit in walk.hits] == newest[::-1]
    came = [
        searcher.engine.came(key_of(searcher, hit.decision))
        for hit in searcher.search(SearchRequest(), after=0).hits
    ]
    assert came == sorted(came), "what was written again keeps its place"
    older = searcher.newest(SearchRequest(), 100, before=now.number + 1)
    assert len([*older.decisions]) == 13


def test_many_small_changes_leave_what_one_build_makes(
    sources: Sources, tmp_path: Path, opened: Opened
) -> None:
    """What is deleted and written again leaves no trace in counts, scores, sums or suggestions."""
    sources.stays(60)
    for n in range(3):
        rows = [
            f"Ö\tBro {k}\tVi bygger bro {k}. {'Elever i skola. ' * (99 * (2 - n) + k % 2)}\t{k}"
            for k in range(n, n + 3)
        ]
        searcher = sources.hold(rows)
    build([sources.folder], tmp_path / "anew")
    anew = opened(tmp_path / "anew")
    for q in ("", "bro", '"bygger bro"', "projekt", "bro* -nummer", "byggar", "skolelever"):
        one, other = (each.search(SearchRequest(q, limit=100)) for each in (searcher, anew))
        assert {hit.decision.id: hit.score for hit in one.hits} == {
            hit.decision.id: pytest.approx(hit.score, rel=1e-2) for hit in other.hits
        }
        assert (one.total, one.facets, one.stats) == (other.total, other.facets, other.stats)
        assert one.interpretation == other.interpretation
    assert searcher.suggestions("br", 20) == anew.suggestions("br", 20)
    assert searcher.identifiers() == anew.identifiers()


# Deadlines


PASSED = Deadline(0.01, 0.0)
ASKED: dict[str, Callable[[Searcher], object]] = {
    "search": lambda one: one.search(SearchRequest("gran"), PASSED),
    "everything": lambda one: one.search(SearchRequest(), PASSED),
    "walk": lambda one: one.search(SearchRequest("gran"), PASSED, after=0),
    "overview": lambda one: one.overview(SearchRequest("gran"), deadline=PASSED),
    "profile": lambda one: one.profile(SearchRequest(), PASSED),
    "whole": lambda one: one.whole(SearchRequest("gran"), PASSED),
    "newest": lambda one: one.newest(SearchRequest(), 9, PASSED),
    "groups": lambda one: one.groups("owner", PASSED),
    "related": lambda one: one.related(one.identifiers()[0], deadline=PASSED),
    "wording": lambda one: one.wording(one.identifiers()[0], PASSED),
    "marked": lambda one: one.marked(anything(one), SearchRequest("gran"), PASSED),
    "standing": lambda one: one.standing(one.identifiers()[0], SearchRequest("gran"), PASSED),
    "suggestions": lambda one: one.suggestions("lin gr", deadline=PASSED),
}


def anything(searcher: Searcher) -> Decision:
    """Some decision."""
    return next(searcher.whole(SearchRequest()).decisions)


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_late_is_stopped_and_answered_when_there_is_time(
    crowd: Searcher, asked: str
) -> None:
    with pytest.raises(SearchTimeout) as error:
        ASKED[asked](crowd)
    assert error.value.message.code == "timeout"
    assert crowd.search(SearchRequest("gran"), Deadline.after(60)).total > 100


def test_themes_that_are_not_counted_in_time_are_told(
    opened: Opened, small_index: Path, tmp_path: Path
) -> None:
    (tmp_path / "themes.txt").write_text("[Öar]\nbro, skola på ön, psykisk hälsa\n", "utf-8")
    searcher = opened(small_index, themes=tmp_path / "themes.txt")
    with pytest.raises(StillCounting):
        searcher.directory(PASSED)
    (area,) = searcher.directory().areas
    assert [(one.name, one.total) for one in area.themes] == [
        ("bro", 1), ("skola på ön", 1), ("psykisk hälsa", 1),
    ]  # fmt: skip
    assert searcher.directory(PASSED).areas == (area,), "what is counted needs no time"
