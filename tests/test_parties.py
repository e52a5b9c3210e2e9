"""Owners and funders, however they are written: what is one, how it is called, what it sums to."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.collation import sort_key
from index.decision import Block
from index.party_name import normal_name
from index.slug import slug
from index.storage.columns import Keyword
from search.copies import is_copy, project
from search.dimensions import BY_NAME
from search.owners import Party, parse
from search.parties import UNNUMBERED, Parties, grouped
from search.request import SearchRequest
from search.searcher import Searcher

N1, N2, N3 = "212000-2742", "556036-0793", "802000-1114"
"""Three numbers with the right check digits."""

Written = tuple[str, str]
"""A name and a number, which may be empty."""


def column(written: list[Written], file: str = "", live: list[bool] | None = None) -> Parties:
    names, numbers = (Keyword.of([one[at] for one in written]) for at in (0, 1))
    alive = np.array([True] * len(written) if live is None else live, np.bool_)
    return grouped(names, numbers, alive, parse(file))


def sets(parties: Parties) -> set[frozenset[int]]:
    """Which documents are together."""
    return {
        frozenset(np.flatnonzero(parties.ordinals == at).tolist())
        for at in range(len(parties.names))
    }


def labels(written: list[Written], file: str = "") -> list[str]:
    """What the owner of each document is called."""
    parties = column(written, file)
    return [parties.names[at] for at in parties.ordinals]


def test_the_same_name_is_one_owner_by_its_most_usual_writing() -> None:
    told = labels([("Bro AB", ""), ("Aktiebolaget Bro", ""), ("Bro AB", ""), ("Annan AB", "")])
    assert told == ["Bro AB", "Bro AB", "Bro AB", "Annan AB"]


def test_of_writings_as_usual_one_in_capitals_gives_way_and_then_the_alphabet_decides() -> None:
    assert labels([("BRO KOMMUN", ""), ("Bro kommun", "")])[0] == "Bro kommun"
    assert labels([("Bro Kommun", ""), ("Bro kommun", "")])[0] == "Bro Kommun"
    assert labels([("BRO KOMMUN", ""), ("BRO KOMMUN", ""), ("Bro kommun", "")])[0] == "BRO KOMMUN"


def test_the_same_number_is_one_owner_whatever_the_name() -> None:
    told = labels([("Bro kommun", N1), ("Bro kommun", N1), ("Fritid i Bro", N1), ("Bro", "")])
    assert told == ["Bro kommun", "Bro kommun", "Bro kommun", "Bro"]


def test_a_name_without_a_number_is_the_owner_of_its_only_number() -> None:
    told = labels(
        [("BRO KOMMUN", ""), ("Bro kommun", N1), ("Fritid i Bro", N1), ("Bro kommun", N1)]
    )
    assert set(told) == {"Bro kommun"}


def test_different_numbers_are_different_owners_told_apart_by_them() -> None:
    told = labels([("IF Bron", N2), ("If Bron", N3), ("IF Bron", ""), ("IF Bro", "")])
    assert told == [f"IF Bron ({N2})", f"If Bron ({N3})", f"IF Bron ({UNNUMBERED})", "IF Bro"]


def test_the_file_joins_names_and_the_first_is_shown() -> None:
    file = "Bro kommun = Fritid, Bro = Skolan i Bro\nBro kommun = Badet"
    told = labels([("FRITID, BRO", ""), ("Skolan i Bro", ""), ("Badet", ""), ("Annat", "")], file)
    assert told == ["Bro kommun", "Bro kommun", "Bro kommun", "Annat"]


def test_the_file_joins_what_has_a_number_each() -> None:
    told = labels(
        [("Landstinget", N1), ("Region Bro", N2), ("Region Bro", "")], "Region Bro = Landstinget"
    )
    assert told == ["Region Bro"] * 3


def test_of_a_name_with_several_numbers_the_file_joins_only_what_has_none() -> None:
    written = [("IF Bron", N2), ("IF Bron", N3), ("IF Bron", ""), ("Brons IF", "")]
    told = labels(written, "Idrott i Bron = IF Bron = Brons IF")
    assert told == [f"IF Bron ({N2})", f"IF Bron ({N3})", "Idrott i Bron", "Idrott i Bron"]


def test_a_file_changes_nothing_for_others() -> None:
    written = [("Bro kommun", N1), ("Habo kommun", ""), ("Håbo kommun", "")]
    assert (
        labels(written, "Ankeby = Öbo = Vara") == labels(written) == [name for name, _ in written]
    )


def test_decisions_without_an_owner_are_together_whatever_their_numbers() -> None:
    parties = column([("", ""), ("", N3), ("Bro", N1), ("", N1)])
    assert [parties.names[at] for at in parties.ordinals] == ["", "", "Bro", "Bro"]
    assert parties.party(0) is None


def test_deleted_documents_have_no_say() -> None:
    parties = column([("BRO", N2), ("BRO", N2), ("Bro", "")], live=[False, False, True])
    assert parties.names == ("Bro",)
    assert parties.party(0) == Party("Bro", "bro", ("Bro",), ())


def test_an_empty_index_has_nobody() -> None:
    assert column([]).names == ()


NAMES = ["Bro AB", "AB Bro", "BRO AB", "Bro", "Habo", "Håbo", "IF Bron", "If Bron", ""]
FILES = ["", "Bro = Habo", "Habo = Håbo = IF Bron\nBro AB = Bro", "Ny = Bro AB\nAnnan = IF Bron"]
WRITTEN = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "", N1, N2])), max_size=9)


@given(WRITTEN, st.sampled_from(FILES), st.randoms())
def test_grouping_does_not_depend_on_the_order(written: list[Written], file: str, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(written)))
    random.shuffle(order)
    one, other = column(written, file), column([written[at] for at in order], file)
    assert one.names == other.names
    assert one.ordinals[order].tolist() == other.ordinals.tolist()
    assert [*map(one.party, range(len(one.names)))] == [*map(other.party, range(len(other.names)))]


@given(WRITTEN, st.sampled_from(FILES))
def test_every_document_is_found_by_its_writing_its_number_and_its_label(
    written: list[Written], file: str
) -> None:
    parties = column(written, file)
    for (name, number), at in zip(written, parties.ordinals.tolist(), strict=True):
        label = parties.names[at]
        assert parties.find(label) == (at,)
        if label:
            assert parties.find(number) == (at,) or not number
            meant = parties.find(name)
            is_shown = meant and normal_name(parties.names[meant[0]]) == normal_name(name)
            assert at in meant or is_shown or not name, "unless another is shown by that name"
            assert parties.party(at) in parties.parties(slug(label))


@given(WRITTEN, st.sampled_from(FILES))
def test_a_slug_is_that_of_one_and_leads_there(written: list[Written], file: str) -> None:
    parties = column(written, file)
    told = [party for at in range(len(parties.names)) if (party := parties.party(at))]
    assert len({party.slug for party in told}) == len({party.label for party in told}) == len(told)
    for party in told:
        assert parties.parties(party.slug) == (party,)
        for name in party.names:
            assert party in parties.parties(slug(name)) or len(parties.parties(slug(name))) == 1


def test_slugs_that_meet_are_told_apart_and_the_bare_one_leads_to_both() -> None:
    parties = column([("Habo kommun", ""), ("Håbo kommun", N1)])
    habo, hobo = parties.party(0), parties.party(1)
    assert habo and hobo
    assert hobo.slug == f"habo-kommun-{N1}"
    assert habo.slug.startswith("habo-kommun-") and len(habo.slug) == len("habo-kommun-") + 6
    assert parties.parties("habo-kommun") == (habo, hobo)
    more = column([("Habo kommun", ""), ("Håbo kommun", N1), ("Habo-kommun", ""), ("Abo", N2)])
    assert {habo, hobo} < {*map(more.party, range(4))}, "a link must not lead to another later"


class Row(NamedTuple):
    owner: str
    number: str
    title: str
    amount: int


ROWS = (
    Row("Luleå kommun", "212000-2742", "En bro", 100),
    Row("LULEÅ KOMMUN", "", "En väg", 200),
    Row("Luleå kommun, barn- och ungdom", "2120002742", "En skola", 300),
    Row("Stadsbyggnad Luleå", "", "En park", 400),
    Row("IF Bron", N2, "En plan", 10),
    Row("IF Bron", N3, "En hall", 20),
    Row("If Bron", "", "En match", 30),
    Row("Riks-förbundet", "", "Ett läger", 5),
    Row("Riksförbundet", "", "Ett möte", 6),
)
FILE = "Luleå kommun = Stadsbyggnad Luleå\n"


def listed(rows: tuple[Row, ...]) -> str:
    lines = [f"{row.owner};{row.number};{row.title};Text.;{row.amount}" for row in rows]
    return "\n".join(["Projektägare;Org.nr;Projektnamn;Beskrivning;Beviljat belopp", *lines, ""])


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Searcher]:
    """A searcher over `ROWS`, or over some of them."""

    def made(rows: tuple[Row, ...] = ROWS, file: str = FILE) -> Searcher:
        (tmp_path / "lista.csv").write_text(listed(rows), "utf-8")
        (tmp_path / "owners.txt").write_text(file, "utf-8")
        build([tmp_path / "lista.csv"], tmp_path / "index")
        return Searcher.open(tmp_path / "index", owners=tmp_path / "owners.txt")

    return made


COUNTED = {
    "IF Bron (556036-0793)": (1, 10),
    "IF Bron (802000-1114)": (1, 20),
    f"If Bron ({UNNUMBERED})": (1, 30),
    "Luleå kommun": (4, 1000),
    "Riks-förbundet": (2, 11),
}
"""Decisions and sum of each owner, counted by hand."""


def test_facets_groups_and_the_overview_count_owners(make: Callable[..., Searcher]) -> None:
    searcher = make()
    result = searcher.search(SearchRequest(limit=100))
    facet = {one.value: one.count for one in result.facets["owner"].values}
    assert facet == {name: count for name, (count, _) in COUNTED.items()}
    groups = {one.name: (one.decisions, int(one.sum)) for one in searcher.groups("owner")}
    assert groups == COUNTED
    assert [*groups] == [*COUNTED], "in alphabetical order"
    overview = searcher.overview(SearchRequest())
    parts = {one.name: (one.decisions, int(one.sum)) for one in overview.parts["owner"].groups}
    assert parts == COUNTED
    assert sum(count for count, _ in COUNTED.values()) == result.total == len(ROWS)
    assert sum(amount for _, amount in COUNTED.values()) == result.stats.sum


@pytest.mark.parametrize("name", COUNTED)
def test_every_number_is_that_of_the_search_behind_it(
    make: Callable[..., Searcher], name: str
) -> None:
    result = make().search(SearchRequest(filters={"owner": (name,)}, limit=100))
    assert (result.total, int(result.stats.sum)) == COUNTED[name]


@pytest.mark.parametrize(
    "written", ["Luleå kommun", "LULEÅ KOMMUN", "luleå kommun, barn- och ungdom",
                "Stadsbyggnad Luleå", "luleå  kommun.", "212000-2742"],
)  # fmt: skip
def test_a_filter_takes_any_of_the_names(make: Callable[..., Searcher], written: str) -> None:
    result = make().search(SearchRequest(filters={"owner": (written,)}))
    assert result.total == 4
    assert result.request.filters == {"owner": ("Luleå kommun",)}
    assert [one.value for one in result.facets["owner"].values if one.selected] == ["Luleå kommun"]


def test_a_name_that_several_have_finds_them_all(make: Callable[..., Searcher]) -> None:
    result = make().search(SearchRequest(filters={"owner": ("if bron",)}))
    assert {hit.decision.title for hit in result.hits} == {"En plan", "En hall", "En match"}
    assert set(result.request.values("owner")) == {name for name in COUNTED if "IF" in name.upper()}


def test_a_name_that_nobody_has_is_told_as_it_was_typed(make: Callable[..., Searcher]) -> None:
    result = make().search(SearchRequest(filters={"owner": ("Ankeby kommun",)}))
    (note,) = result.notes
    assert (note.code, note.values["wanted"]) == ("unknown-value", "Ankeby kommun")


def test_the_names_as_written_stay_on_the_decisions(make: Callable[..., Searcher]) -> None:
    result = make().search(SearchRequest(limit=100))
    assert sorted(hit.decision.owner for hit in result.hits) == sorted(row.owner for row in ROWS)


def test_decisions_sort_by_owner_and_not_by_writing(make: Callable[..., Searcher]) -> None:
    found = make().whole(SearchRequest(sort="owner")).decisions
    owners = ["Luleå" if "Luleå" in one.owner.title() else one.owner[:2].upper() for one in found]
    assert owners == ["IF"] * 3 + ["Luleå"] * 4 + ["RI"] * 2


def test_the_owner_of_a_decision_has_all_its_names_and_its_number(
    make: Callable[..., Searcher],
) -> None:
    searcher = make()
    decision = searcher.get("lista/en-park")
    assert decision
    party = searcher.party_of(decision, "owner")
    assert party == Party(
        "Luleå kommun",
        "lulea-kommun",
        ("Luleå kommun", "Luleå kommun, barn- och ungdom", "Stadsbyggnad Luleå", "LULEÅ KOMMUN"),
        ("212000-2742",),
    )
    for name in ("lulea-kommun", "stadsbyggnad-lulea", "212000-2742"):
        assert searcher.party("owner", name) == party
    assert searcher.party("owner", "if-bron") is None
    assert len(searcher.parties("owner", "if-bron")) == 3
    assert searcher.parties("owner", "finns-inte") == ()
    assert searcher.party_of(decision, "funder") is None


def test_funders_are_one_by_their_names(tmp_path: Path) -> None:
    for number, funder in enumerate(["Region Vi", "REGION VI", "Region Vis", "Vi-regionen"]):
        text = f'funder = "{funder}"\nround = "Omgång {number}"\n'
        (tmp_path / f"{number}.csv.toml").write_text(text, "utf-8")
        (tmp_path / f"{number}.csv").write_text(listed(ROWS[number : number + 1]), "utf-8")
    build([tmp_path / f"{number}.csv" for number in range(4)], tmp_path / "index")
    (tmp_path / "owners.txt").write_text("Region Vi = Vi-regionen\n", "utf-8")
    searcher = Searcher.open(tmp_path / "index", owners=tmp_path / "owners.txt")
    told = {one.name: (one.decisions, one.sum) for one in searcher.groups("funder")}
    assert told == {"Region Vi": (3, Decimal(700)), "Region Vis": (1, Decimal(300))}
    result = searcher.search(SearchRequest(filters={"funder": ("region vi",)}))
    assert result.total == 3


def test_an_incremental_build_groups_as_one_from_the_beginning(
    make: Callable[..., Searcher], tmp_path: Path
) -> None:
    make(ROWS[:3])
    (tmp_path / "mer.csv").write_text(listed(ROWS[5:]), "utf-8")
    build([tmp_path / "lista.csv", tmp_path / "mer.csv"], tmp_path / "index")
    (tmp_path / "lista.csv").write_text(listed(ROWS[:5]), "utf-8")
    build([tmp_path / "lista.csv", tmp_path / "mer.csv"], tmp_path / "index")
    searcher = Searcher.open(tmp_path / "index", owners=tmp_path / "owners.txt")
    told = {one.name: (one.decisions, int(one.sum)) for one in searcher.groups("owner")}
    assert told == COUNTED
    assert BY_NAME["owner"].party and BY_NAME["funder"].party and not BY_NAME["round"].party


def test_a_project_is_the_same_however_its_owner_is_written(make: Callable[..., Searcher]) -> None:
    searcher = make((Row("Bro AB", "", "En bro", 1), Row("AB BRO", "", "En bro", 2)))
    one, other = searcher.whole(SearchRequest()).decisions
    text = (Block("paragraph", "Något helt annat."),)
    assert is_copy(project(one), project(replace(other, description=text)))
    assert not is_copy(project(one), project(replace(other, owner="Bro", description=text)))


def test_owners_come_in_alphabetical_order_by_what_they_are_shown_as() -> None:
    written = [("Ankeby", ""), ("Bro", N2), ("Bro", N3), ("Bro 5", ""), ("Öbo", "")]
    parties = column(written, "Ö-bolaget = Ankeby\nAnnat = Öbo")
    assert parties.names == ("Annat", "Bro 5", f"Bro ({N2})", f"Bro ({N3})", "Ö-bolaget")
    assert [*parties.names] == sorted(parties.names, key=sort_key)
