"""One row -> one decision, or why it is none; and what looks wrong in it."""

from __future__ import annotations

import pytest

from index.amount import UNSTATED
from index.decision import granted
from index.documents import readers
from index.documents.columns.mapping import Mapping
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.readers.table import Row, Table
from index.limits import ReadingLimits
from index.problem import Problem

HEAD = "Projektägare\tProjektnamn\tBeskrivning\tBeviljat belopp\n"
SOUND = "Ankeby kommun\tBro\tEn bro.\t5\nÖbo kommun\tHus\tEtt hus.\t7\n"


def read(text: str, limits: ReadingLimits | None = None) -> Extract:
    document = Document("lista.txt", "ab" * 32, "2030-01-02T03:04:05Z")
    if limits:
        document = Document("lista.txt", "ab" * 32, "2030-01-02T03:04:05Z", limits=limits)
    return extract(readers.read(text.encode()), document)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Fotnot\t\t\t", "raden har bara en ifylld cell, ”Fotnot”,"),
        ("\t\tText\t5", "raden har varken projektägare eller projektnamn"),
        ("12\t2 345\t\t", "raden ser inte ut som ett beslut, ”12 2 345”,"),
        ("Sida\t7\t\t", "raden ser inte ut som ett beslut, ”Sida 7”,"),
    ],
)
def test_a_row_that_is_no_decision_is_left_out_and_said(row: str, fault: str) -> None:
    footnote = "en ifylld cell" in fault
    remedy = "rätta raden om den är ett beslut" if footnote else "rätta raden i filen"
    found = read(f"{HEAD}{SOUND}{row}\n")
    (problem,) = found.problems
    what = f"{fault} och togs inte med"
    assert problem == Problem("lista.txt", 4, what, remedy, left_out=1, lost=not footnote)
    assert (len(found.decisions), found.rows) == (2, 3)


@pytest.mark.parametrize("row", ["Ankeby\t7\t\t9", "12\tBro\tEn bro.\t", "A\tB\t\t"])
def test_figures_for_a_name_do_where_the_row_says_more(row: str) -> None:
    assert len(read(f"{HEAD}{SOUND}{row}\n").decisions) == 3


def test_a_row_may_have_just_as_much_text_as_the_limit() -> None:
    limits = ReadingLimits(decision_kilobytes=1)
    room = 1024 - len("Ankeby") - len("Bro") - len("5")
    assert len(read(f"{HEAD}{SOUND}Ankeby\tBro\t{'x' * room}\t5\n", limits).decisions) == 3
    found = read(f"{HEAD}{SOUND}Ankeby\tBro\t{'x' * (room + 1)}\t5\n", limits)
    assert [one.what for one in found.problems] == ["raden har mer än 1 kB text och togs inte med"]


@pytest.mark.parametrize(
    ("row", "what", "remedy"),
    [
        ("\tBro\tText\t5", "projektägare saknas", "beslutet är med; rätta raden i filen"),
        ("A\t\tText\t5", "projektnamn saknas", "beslutet är med; rätta raden i filen"),
        ("A\tBro\tText\t5\tmer", "raden har 5 celler men rubrikraden 4",
         "beslutet är med; rätta raden i filen"),
        ("A\tBro\tText\t", "belopp saknas",
         "beslutet är med utan belopp; skriv in beloppet i filen"),
        ("A\tBro\tText\tfem", "beloppet ”fem” kan inte tolkas",
         "beslutet är med utan belopp; skriv in beloppet i filen, eller ange amount i "
         "lista.txt.toml om en annan kolumn har beloppen"),
    ],
)  # fmt: skip
def test_a_row_that_looks_wrong_is_taken_and_said(row: str, what: str, remedy: str) -> None:
    found = read(f"{HEAD}{SOUND}{row}\n")
    assert len(found.decisions) == 3
    assert found.problems == (Problem("lista.txt", 4, what, remedy),)


def test_a_decision_without_a_title_is_called_by_its_owner() -> None:
    found = read(f"# Regionens beslut om projekt X 2030:1\n\n{HEAD}{SOUND}Rädda Ön\t\tText\t5\n")
    assert [one.id for one in found.decisions] == [
        "x-2030-1/bro",
        "x-2030-1/hus",
        "x-2030-1/radda-on",
    ]


def test_an_amount_shared_with_the_row_above_is_counted_once() -> None:
    rows = (
        Row(1, ("Projektägare", "Projektnamn", "Beviljat belopp")),
        Row(2, ("Ankeby", "Bro", "5")),
        Row(3, ("Ankeby", "Hus", "5"), frozenset([2])),
    )
    found = extract([Table("Blad1", rows)], Document("a.xlsx", "ab" * 32, "2030-01-02T03:04:05Z"))
    assert [one.amount for one in found.decisions] == [5, None]
    assert found.problems == (
        Problem(
            "a.xlsx",
            3,
            "beloppet ”5” är gemensamt med raden ovanför",
            "beslutet är med utan belopp; skriv in vars och ens belopp i filen",
            "Blad1",
        ),
    )


@pytest.mark.parametrize(
    ("head", "mapping", "currency"),
    [
        (HEAD, Mapping(), "SEK"),
        (HEAD, Mapping(currency="NOK", file="a.toml"), "NOK"),
        ("Beneficiary\tProject title\tSummary\tGrant amount\n", Mapping(), UNSTATED),
        ("Beneficiary\tProject title\tSummary\tGrant amount\n",
         Mapping(currency="EUR", file="a.toml"), "EUR"),
    ],
)  # fmt: skip
def test_a_missing_amount_is_in_the_currency_of_the_list(
    head: str, mapping: Mapping, currency: str
) -> None:
    document = Document("lista.txt", "ab" * 32, "2030-01-02T03:04:05Z", mapping)
    text = f"{head}Alfa\tBridge\tThe bridge of the city\t\n"
    (one,) = extract(readers.read(text.encode()), document).decisions
    assert (one.amount, one.currency) == (None, currency)


def test_a_date_that_is_none_is_said() -> None:
    head = "Projektägare\tProjektnamn\tBeslutsdatum\tBeviljat belopp\n"
    found = read(f"{head}A\tBro\t05/03/2026\t5\n")
    assert found.problems == (
        Problem(
            "lista.txt",
            2,
            "beslutsdatumet ”05/03/2026” är inget entydigt datum",
            "beslutet är med utan datum; skriv datumet som 2026-03-05",
        ),
    )


# What the rows of a list say together

GRANTED = "Förening;Projekt;Beviljat belopp\nÅIF;Bro;10\nÖIF;Hus;20\n"


def swedish(text: str, file: str = "lista.csv") -> Extract:
    return extract(readers.read(text.encode()), Document(file, "ab" * 32, "T"))


def said(text: str) -> list[str]:
    return [one.what for one in swedish(text).problems]


@pytest.mark.parametrize(
    ("line", "unit", "total"),
    [
        ("Belopp i tkr", "tkr", 30_000), ("Beslutade bidrag 2026 (tkr)", "tkr", 30_000),
        ("Alla belopp anges i miljoner kronor", "mkr", 30_000_000),
        ("Alla belopp är i tkr om inget annat sägs", "tkr", 30_000), ("tkr", "tkr", 30_000),
        ("Beviljat, mnkr", "mnkr", 30_000_000),
    ],
)  # fmt: skip
def test_a_line_above_the_table_states_the_unit_and_that_is_said(
    line: str, unit: str, total: int
) -> None:
    found = swedish(f"{line};;\n{GRANTED}")
    assert granted(found.decisions) == total
    (problem,) = found.problems
    assert problem.what == f"beloppen lästes i {unit}, som det står ovanför tabellen (”{line}”)"


@pytest.mark.parametrize("line", ["Stöd över 500 tkr", "Belopp i kronor", "Beslut i tkrona"])
def test_other_lines_above_the_table_state_no_unit(line: str) -> None:
    found = swedish(f"{line};;\n{GRANTED}")
    assert (granted(found.decisions), found.problems) == (30, ())


def test_the_unit_of_the_header_goes_before_that_above_the_table() -> None:
    found = swedish(f"Belopp i tkr;;\n{GRANTED.replace('belopp', 'belopp (kr)')}")
    assert (granted(found.decisions), found.problems) == (30, ())


def test_a_unit_below_the_table_is_said() -> None:
    (problem,) = swedish(f"{GRANTED}Belopp i tkr;;\n").problems
    assert problem.what == (
        "beloppen lästes i hela kronor, men det står ”Belopp i tkr” i en egen rad"
    )
    assert problem.remedy == "skriv enheten i rubriken ”Beviljat belopp”"


def test_a_unit_stands_where_the_currency_is_named() -> None:
    found = swedish("Förening;Projekt;Beviljat belopp;Valuta\nÅIF;Bro;10;tkr\nÖIF;Hus;20;SEK\n")
    assert ([one.amount for one in found.decisions], found.problems) == ([10_000, 20], ())


def test_a_sum_of_the_rows_above_is_no_decision() -> None:
    found = swedish(f"{GRANTED}Idrott totalt;;30\nKören;Not;5\nTeatern;Scen;6\nKultur;;11\nA;;41\n")
    assert granted(found.decisions) == 41
    assert [(one.row, one.left_out, one.lost) for one in found.problems] == [
        (4, 1, False), (7, 1, False), (8, 1, False)
    ]  # fmt: skip


@pytest.mark.parametrize("row", ["ÅIF;;31", ";Väg;30", "ÅIF;Väg;30"])
def test_a_row_that_is_no_sum_stays(row: str) -> None:
    assert len(swedish(f"{GRANTED}{row}\n").decisions) == 3


def test_owners_that_are_missing_in_many_rows_are_told_together() -> None:
    rows = GRANTED + ";Väg;5\n;Torg;6\nÄIF;Bad;7\n;Hall;8\n"
    (problem,) = swedish(rows).problems
    assert problem.what == "projektägare saknas i 3 rader (t.ex. rad 4)"
    assert "fyll i den i varje rad" in problem.remedy


def test_nothing_granted_is_said_where_no_status_says_why() -> None:
    rows = "Förening;Projekt;Beviljat belopp;Beslut\nÅIF;Bro;10;Bifall\nÖIF;Hus;0;{}\n"
    assert said(rows.format("")) == ["1 belopp är 0 kr eller mindre (rad 3)"]
    assert said(rows.format("Bifall")) == []
