"""What is counted: facets that ignore their own selection, overviews and groups that add up.

The corpus has two rounds, two funders and two years, so that a facet which counts its own selection
shows other numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.decision import Decision
from index.storage.columns import NO_AMOUNT
from index.storage.keywords import KEYWORDS, year_of
from search.array_engine import _bound
from search.dimensions import BY_NAME, COUNTED, MISSING, VALUES, Span
from search.facets import band, stats
from search.request import SearchRequest
from search.result import Facet, Stats
from search.searcher import Searcher
from tests.conftest import document
from web import labels
from web.messages import note

ANKEBY, OBO, RADDA = "Ankeby kommun", "Öbo förening", "Rädda Ön"
VI, DU = "ESF 2030:2", "ESF 2031:1"
AMOUNTS = (400_000, 700_000, 1_200_000, 2_500_000, 5_000_000, None)


def counts(searcher: Searcher, request: SearchRequest, name: str) -> dict[str, int]:
    facet = searcher.search(request).facets[name]
    return {value.value: value.count for value in facet.values if value.count}


def every(searcher: Searcher) -> list[Decision]:
    return list(searcher.whole(SearchRequest()).decisions)


@pytest.mark.parametrize(
    ("filters", "owners", "rounds"),
    [
        ({}, {ANKEBY: 3, OBO: 2, RADDA: 1}, {VI: 4, DU: 2}),
        ({"round": (VI,)}, {ANKEBY: 2, OBO: 1, RADDA: 1}, {VI: 4, DU: 2}),
        ({"owner": (OBO,)}, {ANKEBY: 3, OBO: 2, RADDA: 1}, {VI: 1, DU: 1}),
        ({"owner": (RADDA,)}, {ANKEBY: 3, OBO: 2, RADDA: 1}, {VI: 1}),
        ({"owner": (OBO,), "round": (DU,)}, {ANKEBY: 1, OBO: 1}, {VI: 1, DU: 1}),
        ({"owner": (OBO, RADDA), "round": (DU, VI)}, {ANKEBY: 3, OBO: 2, RADDA: 1}, {VI: 2, DU: 1}),
        ({"amount": Span(low=Decimal(1_000_000))}, {ANKEBY: 1, OBO: 1, RADDA: 1}, {VI: 3}),
        ({"amount": Span(missing=True)}, {OBO: 1}, {DU: 1}),
    ],
)
def test_a_facet_counts_under_all_filters_but_its_own(
    two_rounds: Searcher, filters: dict[str, object], owners: dict[str, int], rounds: dict[str, int]
) -> None:
    request = SearchRequest(filters=filters)  # type: ignore[arg-type]
    assert counts(two_rounds, request, "owner") == owners
    assert counts(two_rounds, request, "round") == rounds


def test_the_amount_facet_ignores_its_own_span_and_follows_the_other_filters(
    two_rounds: Searcher,
) -> None:
    bands = counts(two_rounds, SearchRequest(filters={"round": (DU,)}), "amount")
    assert bands == {"500000-999999.99": 1, MISSING: 1}
    narrowed = SearchRequest(filters={"round": (DU,), "amount": Span(high=Decimal(1))})
    assert counts(two_rounds, narrowed, "amount") == bands
    assert two_rounds.search(narrowed).total == 0


def test_a_selected_value_is_marked_whatever_its_case_and_stays_at_zero(
    two_rounds: Searcher,
) -> None:
    request = SearchRequest("hamn", {"owner": (ANKEBY.upper(),)})
    facet = two_rounds.search(request).facets["owner"]
    assert [(one.value, one.count, one.selected) for one in facet.values] == [
        (RADDA, 1, False),
        (ANKEBY, 0, True),
    ]
    assert facet.more == 0


def test_values_come_by_count_and_then_in_swedish_order(two_rounds: Searcher) -> None:
    facet = two_rounds.search(SearchRequest(filters={"round": (VI,)})).facets["owner"]
    assert [one.value for one in facet.values] == [ANKEBY, RADDA, OBO]


def test_what_is_beyond_the_longest_facet_is_counted(make_engine: Callable[..., Searcher]) -> None:
    searcher = make_engine(*(f"Ort {n}\tBro\tEn bro.\t1" for n in range(5)), "Ort 4\tÅ\tEn å.\t1")
    page = searcher.engine.page(
        searcher._plan(SearchRequest()).tree, SearchRequest(filters={"owner": ("Ort 3",)}), 2
    )
    facet = page.facets["owner"]
    assert [(one.value, one.count) for one in facet.values] == [
        ("Ort 4", 2), ("Ort 0", 1), ("Ort 3", 1),
    ]  # fmt: skip
    assert facet.more == 2


@pytest.mark.parametrize(
    ("edge", "band"),
    [
        ("499999.99", "-499999.99"),
        ("500000", "500000-999999.99"),
        ("999999.99", "500000-999999.99"),
        ("1000000", "1000000-1999999.99"),
        ("10000000", "10000000-"),
        ("0", "-499999.99"),
    ],
)
def test_the_edge_of_a_band_belongs_to_the_band_above(
    make_engine: Callable[..., Searcher], edge: str, band: str
) -> None:
    searcher = make_engine(f"Ankeby\tBro\tEn bro.\t{edge}")
    assert counts(searcher, SearchRequest(), "amount") == {band: 1}
    (value,) = (v for v in searcher.search(SearchRequest()).facets["amount"].values if v.count)
    assert searcher.search(SearchRequest(filters={"amount": value.chosen})).total == 1


def labels_of(facet: Facet, name: str) -> list[str]:
    """What the values of a facet are called."""
    return [labels.value(BY_NAME[name], one.name, one.chosen) for one in facet.values]


def test_bands_are_named_in_swedish(two_rounds: Searcher) -> None:
    facet = two_rounds.search(SearchRequest()).facets["amount"]
    assert [one.replace("\u00a0", " ") for one in labels_of(facet, "amount")] == [
        "under 500 000 kr", "500 000 kr till 1 miljon kr", "1 miljon kr till 2 miljoner kr",
        "2 miljoner kr till 3 miljoner kr", "3 miljoner kr till 5 miljoner kr",
        "5 miljoner kr till 10 miljoner kr", "10 miljoner kr eller mer", "Belopp saknas",
    ]  # fmt: skip


def test_the_band_of_missing_amounts_is_there_where_it_is_chosen_or_has_any(
    two_rounds: Searcher,
) -> None:
    def has_missing(request: SearchRequest) -> bool:
        return two_rounds.search(request).facets["amount"].values[-1].value == MISSING

    assert has_missing(SearchRequest())
    assert not has_missing(SearchRequest(filters={"round": (VI,)}))
    assert has_missing(SearchRequest(filters={"round": (VI,), "amount": Span(missing=True)}))


@pytest.mark.parametrize(
    ("span", "kept"),
    [
        (Span(), AMOUNTS),
        (Span(missing=True), (None,)),
        (Span(low=Decimal(1_200_000)), (1_200_000, 2_500_000, 5_000_000)),
        (Span(high=Decimal(1_200_000)), (400_000, 700_000, 1_200_000)),
        (Span(Decimal(700_000), Decimal(1_200_000)), (700_000, 1_200_000)),
        (Span(Decimal("700000.001"), Decimal("1199999.999")), ()),
        (Span(high=Decimal(400_000), missing=True), (400_000, None)),
    ],
)
def test_both_ends_of_a_span_are_inside(
    two_rounds: Searcher, span: Span, kept: tuple[int | None, ...]
) -> None:
    found = two_rounds.whole(SearchRequest().filtered("amount", span))
    assert {one.amount for one in found.decisions} == set(kept)
    assert found.stats.sum == sum(one or 0 for one in kept)
    assert found.stats.missing == kept.count(None)


@given(st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=9))
def test_stats_are_what_a_list_of_kronor_gives(ore: list[int | None]) -> None:
    known = sorted(Decimal(one) / 100 for one in ore if one is not None)
    given = stats(np.array([NO_AMOUNT if one is None else one for one in ore], np.int64))
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else None
    assert given == Stats(
        sum=sum(known, Decimal(0)),
        min=known[0] if known else None,
        max=known[-1] if known else None,
        median=middle,
        missing=ore.count(None),
    )


@pytest.mark.parametrize(
    "dimension", [one for one in COUNTED if not one.several], ids=lambda one: one.name
)
@pytest.mark.parametrize("filters", [{}, {"round": (VI,)}, {"owner": (ANKEBY,)}])
def test_the_parts_of_an_overview_add_up_to_the_set(
    two_rounds: Searcher, dimension: object, filters: dict[str, object]
) -> None:
    request = SearchRequest(filters=filters)  # type: ignore[arg-type]
    result, overview = two_rounds.search(request), two_rounds.overview(request)
    groups = overview.parts[dimension.name].groups  # type: ignore[attr-defined]
    assert (overview.count, overview.sum) == (result.total, result.stats.sum)
    assert sum(one.decisions for one in groups) == result.total
    assert sum(one.sum for one in groups) == result.stats.sum
    assert sum(one.missing for one in groups) == result.stats.missing
    for one in groups:
        if one.decisions:
            narrowed = request.filtered(dimension.name, one.chosen)  # type: ignore[attr-defined]
            found = two_rounds.search(narrowed)
            assert (found.total, found.stats.sum) == (one.decisions, one.sum)


def test_the_largest_sums_come_first_and_the_rest_is_one_group(two_rounds: Searcher) -> None:
    owners = two_rounds.overview(SearchRequest(), limit=1).parts["owner"]
    first, rest = owners.groups
    assert (first.name, first.decisions, first.sum) == (OBO, 2, Decimal(5_000_000))
    assert (rest.chosen, rest.decisions, rest.sum) == (None, 4, Decimal(4_800_000))
    assert (rest.missing, owners.rest) == (0, 2)
    whole = two_rounds.overview(SearchRequest(), limit=2).parts["owner"]
    assert [one.name for one in whole.groups] == [OBO, RADDA, ANKEBY]
    assert whole.rest == 0


@pytest.mark.parametrize("name", [one.name for one in VALUES])
def test_groups_are_what_counting_by_hand_gives(two_rounds: Searcher, name: str) -> None:
    decisions, value = every(two_rounds), KEYWORDS[name]
    groups = two_rounds.groups(name)
    by_hand = Counter(value(one) or MISSING for one in decisions)
    assert {one.chosen: one.decisions for one in groups} == {
        (key,): number for key, number in by_hand.items()
    }
    for group in groups:
        own = [one for one in decisions if ((value(one) or MISSING),) == group.chosen]
        assert group.sum == sum(one.amount or 0 for one in own)
        assert group.missing == sum(one.amount is None for one in own)
        assert group.name == value(own[0])


def test_years_and_funders_are_counted_each_under_the_filters_of_the_others(
    two_rounds: Searcher,
) -> None:
    everything = SearchRequest()
    assert counts(two_rounds, everything, "year") == {"2030": 5, "2031": 1}
    assert counts(two_rounds, everything, "funder") == {"Region Vi": 4, "Region Du": 2}
    of_du = SearchRequest(filters={"funder": ("Region Du",)})
    assert counts(two_rounds, of_du, "year") == {"2030": 1, "2031": 1}
    assert counts(two_rounds, of_du, "funder") == {"Region Vi": 4, "Region Du": 2}
    of_2031 = SearchRequest(filters={"year": ("2031",)})
    assert counts(two_rounds, of_2031, "funder") == {"Region Du": 1}
    assert two_rounds.search(of_2031).total == 1


def test_years_come_from_the_last_to_the_first_whatever_their_counts(two_rounds: Searcher) -> None:
    facet = two_rounds.search(SearchRequest()).facets["year"]
    assert [one.value for one in facet.values] == ["2031", "2030"]
    groups = two_rounds.overview(SearchRequest()).parts["year"].groups
    assert [one.name for one in groups] == ["2031", "2030"]


def test_a_decision_without_funder_and_year_can_be_asked_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "rows.txt").write_text(
        "Projektägare\tProjektnamn\tBeviljat belopp\nAnkeby\tBro\t1\n", "utf-8"
    )
    build([tmp_path / "rows.txt"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    for name, label in (("funder", "Okänd finansiär"), ("year", "Okänt år")):
        facet = searcher.search(SearchRequest()).facets[name]
        assert labels_of(facet, name) == [label]
        assert [(one.value, one.name, one.count) for one in facet.values] == [(MISSING, "", 1)]
        request = SearchRequest(filters={name: (MISSING,)})
        assert searcher.search(request).total == 1
        assert searcher.search(request).facets[name].values[0].selected


@pytest.mark.parametrize(
    ("date_", "round_", "year"),
    [
        (date(2026, 3, 5), "ESF 2025:1", "2026"),
        (None, "ESF 2026:1", "2026"),
        (None, "Program 2014-2020", ""),
        (None, "Omgång 2026 och 2026", "2026"),
        (None, "Dnr 120261", ""),
        (None, "Kulturmedel", ""),
    ],
)
def test_the_year_is_that_of_the_date_else_of_the_rounds_name(
    two_rounds: Searcher, date_: date | None, round_: str, year: str
) -> None:
    decision = every(two_rounds)[0]
    changed = replace(decision, decision_date=date_, round=replace(decision.round, name=round_))
    assert year_of(changed) == year


def test_the_funder_is_searched_by_name_and_in_a_plain_query(two_rounds: Searcher) -> None:
    assert two_rounds.search(SearchRequest("finansiär:du")).total == 2
    assert two_rounds.search(SearchRequest("finansiär:region")).total == 6
    assert two_rounds.search(SearchRequest("hamnen region")).total == 1


@pytest.mark.parametrize(
    ("edges", "value", "label", "ends"),
    [
        ((None, 500_000), "-499999.99", "under 500 000 kr", (None, "499999.99")),
        (
            (500_000, 1_000_000),
            "500000-999999.99",
            "500 000 kr till 1 miljon kr",
            ("500000", "999999.99"),
        ),
        ((1_000_000, None), "1000000-", "1 miljon kr eller mer", ("1000000", None)),
        (
            (2_000_000, 3_000_000),
            "2000000-2999999.99",
            "2 miljoner kr till 3 miljoner kr",
            ("2000000", "2999999.99"),
        ),
    ],
)
def test_a_band_has_a_value_a_label_and_both_its_ends(
    edges: tuple[int | None, int | None],
    value: str,
    label: str,
    ends: tuple[str | None, str | None],
) -> None:
    low, high = (None if end is None else Decimal(end) for end in ends)
    assert band(*edges) == (value, Span(low, high))
    assert labels.band(Span(low, high)).replace("\u00a0", " ") == label


def test_the_chosen_band_is_marked_and_no_other(two_rounds: Searcher) -> None:
    span = Span(Decimal(500_000), Decimal("999999.99"))
    for chosen, marked in (
        (span, ["500000-999999.99"]),
        (Span(missing=True), [MISSING]),
        (Span(span.low, span.high, missing=True), ["500000-999999.99", MISSING]),
        (Span(low=span.low), []),
        (Span(), []),
    ):
        request = SearchRequest().filtered("amount", chosen)
        values = two_rounds.search(request).facets["amount"].values
        assert [one.value for one in values if one.selected is True] == marked
        assert all(one.selected in (True, False) for one in values)
        assert values[-1].chosen == Span(missing=True)


def test_a_value_is_what_a_filter_on_it_is_set_to(two_rounds: Searcher) -> None:
    for one in VALUES:
        for value in two_rounds.search(SearchRequest()).facets[one.name].values:
            assert value.chosen == (value.value,)
            assert value.name == value.value or value.value == MISSING


def test_what_is_not_there_is_named(two_rounds: Searcher) -> None:
    (said,) = two_rounds.search(SearchRequest(filters={"round": ("R" * 90,)})).notes
    assert note(said) == f"Inget beslut har beslutsomgången ”{'R' * 80}…”."


def test_values_of_equal_count_stay_in_alphabetical_order_however_many(
    make_engine: Callable[..., Searcher],
) -> None:
    names = [f"Ort {n:02}" for n in range(40)]
    searcher = make_engine(*(f"{name}\tBro\tEn bro.\t1" for name in reversed(names)))
    facet = searcher.search(SearchRequest()).facets["owner"]
    assert [one.value for one in facet.values] == names


def test_of_equal_sums_the_group_of_more_decisions_comes_first(
    make_engine: Callable[..., Searcher],
) -> None:
    searcher = make_engine(
        "Ankeby\tBro\tEn bro.\t4", "Öbo\tHus\tEtt hus.\t1", "Öbo\tHamn\tEn hamn.\t3",
        "Rådby\tÅ\tEn å.\t4",
    )  # fmt: skip
    groups = searcher.overview(SearchRequest()).parts["owner"].groups
    assert [one.name for one in groups] == ["Öbo", "Ankeby", "Rådby"]


def test_the_groups_of_an_overview_are_named(two_rounds: Searcher, tmp_path: Path) -> None:
    overview = two_rounds.overview(SearchRequest(), limit=1)
    assert [one.name for one in overview.parts["owner"].groups] == [OBO, ""]
    bands = [one.chosen for one in two_rounds.search(SearchRequest()).facets["amount"].values]
    assert [one.chosen for one in overview.parts["amount"].groups] == bands
    (tmp_path / "a.txt").write_text("Projektägare\tProjektnamn\tBeviljat belopp\nA\tB\t1\n")
    build([tmp_path / "a.txt"], tmp_path / "index")
    (group,) = Searcher.open(tmp_path / "index").groups("funder")
    assert (group.name, group.chosen) == ("", (MISSING,))


def test_the_band_of_missing_amounts_counts_them_and_nothing_else(
    make_engine: Callable[..., Searcher],
) -> None:
    missing = make_engine(*(f"Ort {n}\tBro\tEn bro." for n in range(3)), "Å\tHus\tX\t600 000")
    assert counts(missing, SearchRequest(), "amount") == {"500000-999999.99": 1, MISSING: 3}


def test_a_decision_without_an_owner_has_a_value_to_choose_and_a_label(
    make_engine: Callable[..., Searcher],
) -> None:
    searcher = make_engine("\tBro\tEn bro.\t1", "Ankeby\tHus\tEtt hus.\t2")
    facet = searcher.search(SearchRequest()).facets["owner"]
    assert [one.value for one in facet.values] == [MISSING, "Ankeby"]
    assert labels_of(facet, "owner") == ["Ägare saknas", "Ankeby"]
    request = SearchRequest(filters={"owner": (MISSING,)})
    assert [hit.decision.title for hit in searcher.search(request).hits] == ["Bro"]


@given(st.integers(1, 60), st.integers(1, 200), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_what_is_beyond_a_page_is_cut_off_at_its_last(
    wanted: int, more: int, block: int, seed: int
) -> None:
    keys = np.random.default_rng(seed).integers(0, 50, wanted + more)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("search.array_engine._BLOCK", block)
        assert _bound(keys, wanted) == sorted(keys)[wanted - 1]


def test_values_that_differ_in_capitals_alone_are_two_or_both(tmp_path: Path) -> None:
    for name, round_ in [("a", "Bro 2030:1"), ("b", "BRO 2030:1")]:
        heading = f"# Regionens beslut om projekt {round_}"
        text = document(f"Ö\tProjekt {name}\tVi bygger.\t{len(name)}", heading=heading)
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    build([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index")
    for group in searcher.groups("round"):
        assert group.chosen == (group.name,)
        found = searcher.search(SearchRequest().filtered("round", group.chosen))
        assert found.total == group.decisions == 1
        assert found.hits[0].decision.round.name == group.name
    both = searcher.search(SearchRequest().filtered("round", ("bro 2030:1",)))
    assert both.total == 2
    searcher.close()
