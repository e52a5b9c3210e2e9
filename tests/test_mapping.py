"""The TOML file beside a source: what it may say, what it changes, and when it is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from index.build import Report, build
from index.decision import Decision
from index.documents.columns import mapping
from index.documents.columns.mapping import Mapping
from index.documents.sources import Reading, read_all
from index.errors import ReadError

GERMAN = """Stand: heute;;;
Zuwendungsempfänger;Vorhaben;Kurzbeschreibung;EU-Betrag
Stadt Kiel;Brücke;Eine Brücke.;1.000,50
Stadt Ulm;Straße;Eine Straße.;2.000
Anlage 1;Kategorien;;
"""
SAYS = """
round = "EFRE 2030"
round_title = "Liste der Vorhaben EFRE 2030"
funder = "Land"
currency = "EUR"
language = "de"
last = 4
[columns]
owner = "Zuwendungsempfänger"
title = "Vorhaben"
description = "Kurzbeschreibung"
amount = "EU-Betrag"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "liste.csv").write_text(GERMAN, "utf-8")
    return tmp_path / "in"


def decisions(folder: Path, tmp_path: Path) -> list[Decision]:
    (tmp_path / "x").mkdir()
    parsed = read_all([folder], tmp_path / "x" / "decisions", None)
    return [decision for one in parsed for decision in one.decisions()]


def run(folder: Path, accept: bool = False) -> Report:
    return build([folder], folder.parent / "index", reading=Reading(accept=accept))


def test_a_mapping_names_case_numbers_and_dates(folder: Path, tmp_path: Path) -> None:
    (folder / "liste.csv").write_text(
        "Az.;Bescheid;Zuwendungsempfänger;Vorhaben\nA-7;05.03.2026;Stadt Kiel;Brücke\n", "utf-8"
    )
    (folder / "liste.toml").write_text(
        '[columns]\nowner = "Zuwendungsempfänger"\ntitle = "Vorhaben"\n'
        'case_number = "Az."\ndecision_date = "Bescheid"\n',
        "utf-8",
    )
    (found,) = decisions(folder, tmp_path)
    assert (found.case_number, found.decision_date) == ("A-7", date(2026, 3, 5))


def test_without_a_mapping_a_german_list_is_one_line(folder: Path) -> None:
    assert [problem.what for problem in run(folder).problems] == [
        "ingen tabell med projektägare och projektnamn hittades: ingen kolumn känns igen som "
        "projektägare eller projektnamn; kolumnerna är ”Zuwendungsempfänger”, ”Vorhaben”, "
        "”Kurzbeschreibung” och ”EU-Betrag”"
    ]


@pytest.mark.parametrize("name", ["liste.toml", "liste.csv.toml"])
def test_a_few_lines_make_it_a_list_of_decisions(name: str, folder: Path, tmp_path: Path) -> None:
    (folder / name).write_text(SAYS, "utf-8")
    found = decisions(folder, tmp_path)
    assert [(one.owner, one.title, one.amount, one.currency) for one in found] == [
        ("Stadt Kiel", "Brücke", Decimal("1000.50"), "EUR"),
        ("Stadt Ulm", "Straße", Decimal(2000), "EUR"),
    ]
    assert found[0].description[0].text == "Eine Brücke."
    assert (found[0].round.name, found[0].round.funder) == ("EFRE 2030", "Land")
    assert found[0].round.title == "Liste der Vorhaben EFRE 2030"
    assert found[0].id == "efre-2030/brucke"


def test_the_report_names_the_mapping_and_the_language(folder: Path) -> None:
    (folder / "liste.toml").write_text(SAYS, "utf-8")
    (source,) = run(folder).sources
    assert (source.mapping, source.language, source.state) == ("liste.toml", "de", "read")
    assert source.others == (("EUR", Decimal("3000.50")),)
    assert source.sum == 0


def test_columns_may_be_numbered_and_the_header_pointed_at(folder: Path, tmp_path: Path) -> None:
    says = "header = 2\nlast = 4\ncurrency = 'EUR'\n[columns]\nowner = 1\ntitle = 2\namount = 4\n"
    (folder / "liste.toml").write_text(says, "utf-8")
    assert [one.title for one in decisions(folder, tmp_path)] == ["Brücke", "Straße"]


def test_a_table_without_header_is_read_by_numbers(folder: Path, tmp_path: Path) -> None:
    (folder / "liste.csv").write_text("Ånge;5 kr\nÖbo;7 kr\n", "utf-8")
    (folder / "liste.toml").write_text("header = 0\n[columns]\nowner = 1\namount = 2\n", "utf-8")
    found = decisions(folder, tmp_path)
    assert [(one.owner, one.amount, one.source.row) for one in found] == [
        ("Ånge", 5, 1),
        ("Öbo", 7, 2),
    ]


def test_a_column_may_be_switched_off(folder: Path, tmp_path: Path) -> None:
    (folder / "liste.csv").write_text(
        "Projektägare;Projektnamn;Belopp\nÅnge;Bro;5\nÖbo;Väg;7\n", "utf-8"
    )
    (folder / "liste.toml").write_text("[columns]\namount = false\n", "utf-8")
    assert [one.amount for one in decisions(folder, tmp_path)] == [None, None]


def test_crowns_are_those_of_the_country_that_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "liste.csv").write_text(
        "Projektägare;Projektnamn;Belopp\nÅrhus;Bro;5 kr\nHerning;Vej;7 euro\n", "utf-8"
    )
    (folder / "liste.toml").write_text('currency = "dkk"\n', "utf-8")
    assert [one.currency for one in decisions(folder, tmp_path)] == ["DKK", "EUR"]


def test_a_changed_mapping_is_followed_and_an_unchanged_one_read_once(folder: Path) -> None:
    (folder / "liste.toml").write_text(SAYS, "utf-8")
    assert [one.state for one in run(folder).sources] == ["read"]
    assert [one.state for one in run(folder).sources] == ["unchanged"]
    (folder / "liste.toml").write_text(SAYS.replace("last = 4", "last = 3"), "utf-8")
    (source,) = run(folder, accept=True).sources
    assert (source.state, source.decisions) == ("read", 1)


def test_a_wrong_mapping_keeps_what_was_read_before(folder: Path) -> None:
    (folder / "liste.toml").write_text(SAYS, "utf-8")
    run(folder)
    (folder / "liste.toml").write_text("round = \n", "utf-8")
    (source,) = run(folder).sources
    assert (source.state, source.decisions) == ("kept", 2)
    assert source.news[0].what.startswith("liste.toml kan inte användas: ")


def test_a_mapping_beside_no_file_is_told(folder: Path) -> None:
    (folder / "annan.toml").write_text(SAYS, "utf-8")
    assert str(run(folder).problems[-1]) == (
        "annan.toml: ingen fil bredvid hör till den. Kalla den som filen, med .toml efter."
    )


def test_a_mapping_whose_columns_are_not_there_is_named(folder: Path) -> None:
    (folder / "liste.toml").write_text('[columns]\nowner = "Nej"\ntitle = "Inte"\n', "utf-8")
    assert [problem.what for problem in run(folder).problems] == [
        "liste.toml: owner = ”Nej” finns inte bland kolumnerna"
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("round = ", "den är inte giltig TOML"),
        ("runda = 'x'", "”runda” är okänt"),
        ("round = 5", "round ska vara text"),
        ("round = ' '", "round ska vara text"),
        ("header = -1", "header ska vara ett radnummer"),
        ("header = true", "header ska vara ett radnummer"),
        ("last = 0", "last ska vara ett radnummer"),
        ("header = 0", "utan rubrikrad ska owner eller title vara en kolumns nummer"),
        ("currency = 'kronor'", "currency ska vara en valutakod"),
        ("sheet = 0", "sheet ska vara ett blads namn eller nummer"),
        ("[columns]\nägare = 1", "den är inte giltig TOML"),
        ("[columns]\nbelopp = 1", "under [columns] kan owner, title, description"),
        ("[columns]\nowner = true", "owner ska vara en rubrik eller en kolumns nummer"),
        ("[columns]\nowner = 0", "owner ska vara en rubrik eller en kolumns nummer"),
        ("\udcff", "den är inte giltig TOML"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(text: str, what: str) -> None:
    with pytest.raises(ReadError) as error:
        mapping.read(text.encode("utf-8", "surrogateescape"), "a.toml")
    assert error.value.what.startswith(f"a.toml kan inte användas: {what}")
    assert error.value.remedy == "rätta a.toml"


def test_sheets_are_chosen_by_name_or_number() -> None:
    assert mapping.read(b"sheet = ['A', 2]", "a").sheets == ("A", 2)
    assert mapping.read(b"sheet = 'A'", "a").sheets == ("A",)
    assert Mapping().sheets == ()
