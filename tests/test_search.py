"""A request in, a result out: what matches, what is counted, what is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query

from index.build import build
from index.decision import plain_text
from search.array_engine import ArrayEngine
from search.deadline import Deadline
from search.dimensions import VALUES, Span
from search.expand import expand
from search.request import Message, SearchLimits, SearchRequest
from search.result import SearchResult
from search.searcher import Searcher, themes_file
from tests.conftest import document

TOTAL = Decimal(20_485_293)
STARKA = "Starka och trygga möten - Psykisk hållbarhet i gymnasieskolan och KAA"


def titles(result: SearchResult) -> list[str]:
    return [hit.decision.title for hit in result.hits]


def found(engine: Searcher, q: str, exact: bool = False) -> set[str]:
    return set(titles(engine.search(SearchRequest(q=q, exact=exact))))


def test_without_words_everything_is_found_by_falling_amount(sample: Searcher) -> None:
    result = sample.search(SearchRequest())
    amounts = [hit.decision.amount for hit in result.hits]
    assert result.total == 9
    assert amounts == sorted(amounts, reverse=True)
    assert result.stats.sum == TOTAL


def test_psykisk_halsa_puts_starka_och_trygga_moten_first(sample: Searcher) -> None:
    assert titles(sample.search(SearchRequest(q="psykisk hälsa")))[0].startswith("Starka och")


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("riksförbund", "SamKraft Skola"),
        ("Riks-förbund", "SamKraft Skola"),
        ("förbund", "SamKraft Skola"),
        ("elevhälsa", STARKA),
        ("2 540 000", "Hälsa Överkalix - Steg för Steg"),
        ("2540000", "Hälsa Överkalix - Steg för Steg"),
        ("overkalix", "Hälsa Överkalix - Steg för Steg"),
        ("studievägledning", STARKA),
        ("gymnasie skolan", STARKA),
        ("kriminalvåden", "Hela Vägen Ut"),
        ("artificiell intelligens", "Strategic Workforce Planning Program"),
    ],
)  # fmt: skip
def test_what_people_type_finds_what_they_mean(sample: Searcher, q: str, title: str) -> None:
    assert titles(sample.search(SearchRequest(q=q)))[0] == title


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("skolan", {"Elevhälsa för alla", "Skola på ön"}),
        ("skolor", {"Elevhälsa för alla", "Skola på ön"}),
        ("hälsa", {"Elevhälsa för alla", "Psykisk hälsa"}),
        ("motivering:hälsa", {"Elevhälsa för alla"}),
        ("beskrivning:hälsa", {"Elevhälsa för alla", "Psykisk hälsa"}),
        ("titel:hälsa", {"Elevhälsa för alla", "Psykisk hälsa"}),
        ("ägare:ankeby", {"Elevhälsa för alla", "En bro till ön"}),
        ("motivering:bron", set()),
        ('"psykisk hälsa"', {"Psykisk hälsa"}),
        ('"hälsa psykisk"', set()),
        ('"skolan"', {"Elevhälsa för alla", "Skola på ön"}),
        ('"skolor"', set()),
        ('"kuratorer bättre"', set()),
        ("hälsa -psykisk", {"Elevhälsa för alla"}),
        ("INTE hälsa", {"En bro till ön", "Skola på ön"}),
        ("-hälsa -bro", {"Skola på ön"}),
        ("bro ELLER båt", {"En bro till ön", "Skola på ön"}),
        ("(bro ELLER båt) skola", {"Skola på ön"}),
        ("kura*", {"Elevhälsa för alla"}),
        ("kura* -mat", set()),
        ("zzz*", set()),
        ("och i på", {"Elevhälsa för alla", "Skola på ön", "Psykisk hälsa"} & set()),
        ("1 200 000", {"Elevhälsa för alla"}),
    ],
)  # fmt: skip
def test_the_grammar_means_what_it_says(small: Searcher, q: str, expected: set[str]) -> None:
    assert found(small, q) == expected


def test_exact_switches_every_expansion_off(small: Searcher) -> None:
    assert found(small, "skola", exact=True) == {"Skola på ön"}
    assert found(small, "hälsa", exact=True) == {"Elevhälsa för alla", "Psykisk hälsa"}
    result = small.search(SearchRequest(q="halsa", exact=True))
    assert result.total == 0
    assert result.interpretation[0].expansions == ()


def test_partial_matches_are_apart_and_in_no_total(small: Searcher) -> None:
    result = small.search(SearchRequest(q="hälsa bro"))
    assert result.total == 0
    assert result.stats.sum == 0
    assert sum(value.count for value in result.facets["owner"].values) == 0
    assert {hit.decision.title for hit in result.partial} == {
        "Elevhälsa för alla", "Psykisk hälsa", "En bro till ön",
    }  # fmt: skip


def test_a_full_page_has_no_partial_matches(small: Searcher) -> None:
    assert small.search(SearchRequest(q="psykisk hälsa", limit=1)).partial == ()


def test_partial_matches_pass_the_filters_and_the_exclusions(small: Searcher) -> None:
    result = small.search(SearchRequest("hälsa bro -psykisk", {"owner": ("Ankeby kommun",)}))
    assert {hit.decision.title for hit in result.partial} == {
        "Elevhälsa för alla", "En bro till ön",
    }  # fmt: skip


def test_facet_counts_ignore_their_own_selection(small: Searcher) -> None:
    result = small.search(SearchRequest(filters={"owner": ("Öbo förening",)}))
    counts = {value.value: (value.count, value.selected) for value in result.facets["owner"].values}
    assert counts == {
        "Ankeby kommun": (2, False), "Rädda Ön": (1, False), "Öbo förening": (1, True),
    }  # fmt: skip
    assert result.total == 1
    assert sum(value.count for value in result.facets["amount"].values) == 1


def test_selected_owner_stays_visible_at_zero(small: Searcher) -> None:
    result = small.search(SearchRequest("bro", {"owner": ("Öbo förening",)}))
    selected = [value for value in result.facets["owner"].values if value.selected]
    assert [(value.value, value.count) for value in selected] == [("Öbo förening", 0)]


def test_owner_is_found_whatever_its_case(small: Searcher) -> None:
    assert small.search(SearchRequest(filters={"owner": ("ÖBO FÖRENING",)})).total == 1


@pytest.mark.parametrize("name", [one.name for one in VALUES])
def test_an_unknown_value_is_an_empty_set_with_a_note(small: Searcher, name: str) -> None:
    result = small.search(SearchRequest(filters={name: ("X",)}))
    assert (result.total, result.hits, result.partial) == (0, (), ())
    assert result.notes == (Message.of("unknown-value", dimension=name, wanted="X"),)


@pytest.mark.parametrize(
    ("low", "high", "missing", "total"),
    [
        (None, None, True, 1),
        (Decimal(1_200_000), Decimal(1_200_000), False, 1),
        (Decimal("400000.50"), Decimal("400000.50"), False, 1),
        (Decimal("400000.51"), Decimal("1199999.99"), False, 0),
        (Decimal(0), None, False, 3),
        (Decimal(0), None, True, 4),
        (None, Decimal(1_200_000), False, 2),
    ],
)
def test_amounts_are_inclusive(
    small: Searcher, low: Decimal | None, high: Decimal | None, missing: bool, total: int
) -> None:
    request = SearchRequest().filtered("amount", Span(low, high, missing))
    assert small.search(request).total == total


def test_stats_are_exact_to_the_ore(small: Searcher) -> None:
    stats = small.search(SearchRequest()).stats
    assert stats.sum == Decimal("6600000.50")
    assert (stats.min, stats.max, stats.median) == (
        Decimal("400000.50"), Decimal(5_000_000), Decimal(1_200_000),
    )  # fmt: skip
    assert stats.missing == 1


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("-amount", "Psykisk hälsa"),
        ("amount", "En bro till ön"),
        ("owner", "Elevhälsa för alla"),
        ("title", "Elevhälsa för alla"),
    ],
)
def test_sorting(small: Searcher, sort: str, first: str) -> None:
    order = titles(small.search(SearchRequest(sort=sort)))
    assert order[0] == first
    if "amount" in sort:
        assert order[-1] == "Skola på ön", "decisions without an amount come last"


@pytest.mark.parametrize(
    ("sort", "order"), [("-date", "Gran Ek Bok Ask Al"), ("date", "Bok Ek Gran Ask Al")]
)
def test_sorting_by_date_puts_decisions_without_one_last(
    tmp_path: Path, sort: str, order: str
) -> None:
    dates = {"Ask": "", "Bok": "1969-12-31", "Ek": "2025-03-05", "Gran": "2026-01-01", "Al": ""}
    rows = [f"Ägare\t{title}\tEn text.\t1 000\t{day}" for title, day in dates.items()]
    (tmp_path / "a.txt").write_text(document(*rows, column="Beslutsdatum"), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    assert " ".join(titles(searcher.search(SearchRequest(sort=sort)))) == order


def test_pages_part_the_set_without_gap_or_overlap(sample: Searcher) -> None:
    pages = [sample.search(SearchRequest(page=page, limit=4)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [4, 4, 1, 0]
    assert [page.total for page in pages] == [9] * 4
    assert len({hit.decision.id for page in pages for hit in page.hits}) == 9


def test_what_was_done_to_a_word_is_said(sample: Searcher) -> None:
    result = sample.search(SearchRequest(q="ohälsa"))
    kinds = {one.kind: one.words for one in result.interpretation[0].expansions}
    assert kinds["negation"] == ("hälsa",)
    result = sample.search(SearchRequest(q="hälsa"))
    kinds = {one.kind: one.words for one in result.interpretation[0].expansions}
    assert {"elevhälsa", "folkhälsa"} <= set(kinds["compounds"])


def test_a_misspelled_word_is_put_right_and_said(sample: Searcher) -> None:
    result = sample.search(SearchRequest(q="suisidprevention"))
    assert result.total == 1
    assert result.suggestion == "suicidprevention"
    assert result.interpretation[0].expansions[0].kind == "spelling"


@pytest.mark.parametrize("q", ["kärnkraft", "rymdforskning", "elbilar", "psykofarmaka för hästar"])
def test_what_is_not_there_is_not_found(sample: Searcher, q: str) -> None:
    result = sample.search(SearchRequest(q=q))
    assert (result.total, result.partial) == (0, ())


def test_text_without_words_shows_everything_and_says_so(sample: Searcher) -> None:
    result = sample.search(SearchRequest(q="?!"))
    assert result.total == 9
    assert result.notes == (Message.of("no-words"),)


def test_segments_of_a_snippet_are_the_text_as_it_stands(sample: Searcher) -> None:
    for q in ("hälsa", "kompetens", '"social hållbarhet"', "skol*", "region"):
        for hit in sample.search(SearchRequest(q=q)).hits:
            text = {
                "title": hit.decision.title,
                "owner": hit.decision.owner,
                "description": plain_text(hit.decision.description),
                "motivation": plain_text(hit.decision.motivation),
            }
            for snippet in hit.snippets:
                cut = "".join(segment.text for segment in snippet.segments)
                assert cut in text[snippet.field]
                assert "\n" not in cut


def test_the_matched_part_of_a_compound_is_marked(sample: Searcher) -> None:
    result = sample.search(SearchRequest(q="skola"))
    marked = {
        segment.text
        for hit in result.hits
        for snippet in hit.snippets
        for segment in snippet.segments
        if segment.hit
    }
    assert "skolan" in marked, "of gymnasieskolan"


def test_get_gives_one_decision_or_none(sample: Searcher) -> None:
    decision = sample.get("esf-2026-1/hela-vagen-ut")
    assert decision is not None
    assert decision.owner == "Sunderby Folkhögskola"
    assert sample.get("esf-2026-1/finns-inte") is None
    assert sample.get("\ud800") is None


def test_related_decisions_say_what_they_share(sample: Searcher) -> None:
    related = sample.related("esf-2026-1/samkraft-skola")
    assert related is not None
    first = related[0]
    assert first.decision.title.startswith("Starka och trygga")
    assert {"gymnasieskolan", "elevhälsa"} <= set(first.terms)
    text = plain_text(first.decision.description) + first.decision.title
    assert all(term in text + plain_text(first.decision.motivation) for term in first.terms)


def test_boilerplate_and_owner_relate_nothing(make_engine: Callable[..., Searcher]) -> None:
    boilerplate = "<p><b>Motivering:</b> Projektet stämmer med Kuststrategin 2040.</p>"
    subjects = [
        "fiske och hamnar",
        "kyrkans orgel",
        "snöskoter i fjällen",
        "rymd och raketer",
        "bin",
    ]
    rows = [f"Samma kommun\tP{n}\tOm {text}.{boilerplate}\t1" for n, text in enumerate(subjects)]
    engine = make_engine(*rows)
    assert engine.related("x-2030-1/p0") == ()


def _related_titles(engine: Searcher, identifier: str) -> list[str]:
    return [one.decision.title for one in engine.related(identifier) or ()]


SKI = "Skidspår med konstsnö och belysning för barn i Ankeby"
OTHERS = [
    f"Förening {n}\t{title}\t{text}\t1"
    for n, (title, text) in enumerate(
        [
            ("Orgel", "Kyrkans orgel renoveras av en orgelbyggare"),
            ("Hamn", "Fiskehamnen muddras och kajen lagas"),
            ("Bin", "Biodlare lär ut honung och pollinering"),
            ("Kör", "Sångare övar körverk av Bach"),
            ("Raket", "Rymdraketer mäter norrsken i stratosfären"),
        ]
    )
]


def test_a_project_granted_again_takes_one_place(make_engine: Callable[..., Searcher]) -> None:
    engine = make_engine(
        f"Öbo kommun\tSpår\t{SKI}.\t1",
        "Ankeby kommun\tVinter 2029\tVi lägger konstsnö på ett skidspår.\t1",
        "Ankeby kommun\tVinter 2030\tBarn åker på konstsnö. Nytt skidspår med lampor.\t1",
        *OTHERS,
    )
    assert len(_related_titles(engine, "x-2030-1/spar")) == 1


def test_a_text_that_is_nearly_the_same_takes_one_place(
    make_engine: Callable[..., Searcher],
) -> None:
    engine = make_engine(
        f"Öbo kommun\tSpår\t{SKI}.\t1",
        f"Rädda Ön\tPist\t{SKI} och Öbo.\t1",
        f"Nya Ön\tBacke\t{SKI} och Byn.\t1",
        *OTHERS,
    )
    assert len(_related_titles(engine, "x-2030-1/spar")) == 1


def test_another_owner_of_the_same_title_is_another_project(
    make_engine: Callable[..., Searcher],
) -> None:
    engine = make_engine(
        f"Öbo kommun\tSpår\t{SKI}.\t1",
        "Ankeby kommun\tVinter\tVi lägger konstsnö på ett skidspår.\t1",
        "Rädda Ön\tVinter\tBarn åker på konstsnö. Nytt skidspår med lampor.\t1",
        *OTHERS,
    )
    assert _related_titles(engine, "x-2030-1/spar") == ["Vinter", "Vinter"]


def test_words_of_any_topic_relate_none_and_are_not_told(
    make_engine: Callable[..., Searcher],
) -> None:
    engine = make_engine(
        "Ankeby\tBro\tTillgång till rätt linje ligger oftast mer i tid i september.\t1",
        "Öbo\tTak\tTillgång till rätt linje ligger oftast mer i tid i september.\t1",
        "Ön\tSpår\tTillgång till skidspår och konstsnö i september.\t1",
        "Byn\tPist\tTillgången till konstsnö och skidspår i september.\t1",
        *OTHERS,
    )
    assert engine.related("x-2030-1/bro") == ()
    (one,) = engine.related("x-2030-1/spar") or ()
    assert set(one.terms) == {"konstsnö", "skidspår"}


def test_one_shared_word_alone_relates_none(make_engine: Callable[..., Searcher]) -> None:
    engine = make_engine(
        "Ankeby\tKylskåp\tKylskåp.\t1", "Öbo\tKvant\tKvanter i ett kylskåp.\t1", *OTHERS
    )
    assert engine.related("x-2030-1/kylskap") == ()


def test_a_weak_relation_is_left_out(make_engine: Callable[..., Searcher]) -> None:
    long = "Skidspår, konstsnö, belysning, pistmaskin, valla, slalom, backhoppning, bob, rodel"
    engine = make_engine(
        f"Ankeby\tVintersport\t{long}, skridskor, curling, hockey, snöskor, biathlon.\t1",
        "Öbo\tRodel\tEn båt som heter Rodel och seglar med Bob till Gotland.\t1",
        f"Ön\tPist\t{long}.\t1",
        *OTHERS,
    )
    assert _related_titles(engine, "x-2030-1/vintersport") == ["Pist"]


def test_a_compound_is_told_and_not_its_parts_or_other_forms(
    make_engine: Callable[..., Searcher],
) -> None:
    engine = make_engine(
        "Ankeby\tA\tElevhälsa, elev, hälsa och pulkabacke.\t1",
        "Öbo\tB\tElevhälsan, elever, hälsan och pulkabackar.\t1",
        *OTHERS,
    )
    (one,) = engine.related("x-2030-1/a") or ()
    assert set(one.terms) == {"Elevhälsan", "pulkabackar"}


def test_unknown_decision_has_no_relations(sample: Searcher) -> None:
    assert sample.related("x/y") is None


WORDS = ("hälsa", "skola", "kompetens", "kommun", "samverkan", "glesbygd", "digital")


@given(
    q=st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
    owners=st.sets(st.sampled_from(("Luleå kommun", "Akademi Norr", "Kiruna kommun"))),
    span=st.tuples(*[st.none() | st.integers(0, 4_000_000)] * 2),
)
def test_facets_and_stats_are_what_counting_by_hand_gives(
    sample: Searcher, q: str, owners: set[str], span: tuple[int | None, int | None]
) -> None:
    low, high = (None if one is None else Decimal(one) for one in span)
    request = SearchRequest(q).filtered("owner", tuple(owners)).filtered("amount", Span(low, high))
    result = sample.search(request)
    by_words = sample.search(SearchRequest(q=q, limit=100)).hits

    def in_span(amount: Decimal | None) -> bool:
        assert amount is not None
        return (low is None or amount >= low) and (high is None or amount <= high)

    amounts_pass = [hit.decision for hit in by_words if in_span(hit.decision.amount)]
    expected = [one for one in amounts_pass if not owners or one.owner in owners]
    assert {hit.decision.id for hit in result.hits} == {one.id for one in expected}
    assert result.stats.sum == sum((one.amount or 0 for one in expected), Decimal(0))
    counts = Counter(one.owner for one in amounts_pass)
    assert {v.value: v.count for v in result.facets["owner"].values if v.count} == counts
    owners_pass = [h.decision for h in by_words if not owners or h.decision.owner in owners]
    assert sum(value.count for value in result.facets["amount"].values) == len(owners_pass)


class Asked:
    """An engine that counts how often it is asked what matches."""

    def __init__(self, engine: ArrayEngine) -> None:
        self.engine = engine
        self.times = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def matching(self, trees: Sequence[query.Query], deadline: Deadline) -> list[int]:
        self.times += 1
        return self.engine.matching(trees, deadline)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("skola", 1),
        ("artificiell intelligens gymnasie skolan landsbygdsutveckling psykisk ohälsa", 1),
        ('kom* ELLER titel:(skola -hälsa) "psykisk hälsa"', 1),
        ("kompetans glesbyggd halsa ungdomsarbetslöshetsprojekt", 2),  # slips are asked for apart
        ("", 1),
    ],
)
def test_planning_asks_the_engine_all_at_once(sample_index: Path, text: str, times: int) -> None:
    engine = Asked(ArrayEngine.open(sample_index))
    plan = expand(text, engine, themes_file(None).current(), SearchLimits(), exact=False)
    assert engine.times == times
    assert engine.engine.matching([plan.tree]) == [
        Searcher.open(sample_index).search(SearchRequest(text)).total
    ]
