"""What a totals row claims, and whether the rows agree."""

from __future__ import annotations

from decimal import Decimal

import pytest

from index.documents import readers
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.lists.totals import declared_in_all
from index.documents.report import Declared
from index.problem import Problem
from tests.conftest import HEADER

HEAD = "Projektägare\tProjektnamn\tBeviljat belopp\n"
ROWS = "Ankeby\tBro\t5\nÖbo\tHus\t7\n"


def read(text: str) -> Extract:
    document = Document("lista.txt", "ab" * 32, "2030-01-02T03:04:05Z")
    return extract(readers.read(text.encode()), document)


@pytest.mark.parametrize(
    "total",
    [
        "Summa\t\t12", "\tSumma\t12", "Totalt\t2 projekt\t12", "Summa\tSumma\t12", "Total: 2\t\t12",
        "Slutsumma\t12 kr\t12",
    ],
)  # fmt: skip
def test_a_row_that_opens_with_the_word_and_names_nothing_is_the_total(total: str) -> None:
    found = read(f"{HEAD}{ROWS}{total}\n")
    assert len(found.decisions) == 2
    assert found.declared is not None
    assert (found.declared.sum, found.declared.row) == (12, 4)
    assert found.rows == 2
    assert not found.problems


@pytest.mark.parametrize(
    "row",
    ["Totalförsvaret\tBro\t12", "Summa AB\tTotal hälsa\t12", "Ankeby\tSumman av allt\t12",
     "Öbo\tTotalt\t12", "Summa\tBro\t12"],
)  # fmt: skip
def test_a_row_that_names_something_is_a_decision(row: str) -> None:
    found = read(f"{HEAD}{ROWS}{row}\n")
    assert (len(found.decisions), found.declared) == (3, None)


def test_a_total_without_a_column_of_amounts_is_one_by_its_word() -> None:
    found = read("Projektägare\tProjektnamn\tBeskrivning\nA\tB\tC\nD\tE\tF\nSumma\t2 projekt\t\n")
    assert found.declared == Declared(4, 2, None)


def test_the_amount_alone_does_not_begin_a_total() -> None:
    text = "Beviljat belopp\tProjektägare\tProjektnamn\n5\tAnkeby\tBro\n12\tSumma\t\n"
    assert read(text).declared == Declared(3, None, Decimal(12))


@pytest.mark.parametrize("label", ["Delsumma", "DELSUMMA", "Subtotal"])
def test_a_part_of_the_whole_is_no_total(label: str) -> None:
    assert read(f"{HEAD}{ROWS}{label}\t\t5\n").declared is None


def test_a_total_that_is_no_amount_is_said() -> None:
    found = read(f"{HEAD}{ROWS}Summa\t\tse bilaga\n")
    what = "summaradens belopp ”se bilaga” kan inte tolkas"
    assert found.problems == (Problem("lista.txt", 4, what, "skriv in beloppet i filen"),)
    assert found.declared == Declared(4, None, None)


def test_a_total_in_another_currency_claims_no_kronor() -> None:
    assert read(f"{HEAD}{ROWS}Summa\t\t12 EUR\n").declared == Declared(4, None, None)


def test_what_does_not_tally_is_said_with_both_figures() -> None:
    found = read(f"{HEAD}{ROWS}Summa\t3 projekt\t13\n")
    remedy = "jämför raderna med originalet"
    assert found.problems == (
        Problem("lista.txt", 4, "summaraden anger 3 projekt men 2 lästes", remedy),
        Problem("lista.txt", 4, "summaraden anger 13\u00a0kr men beloppen blir 12\u00a0kr", remedy),
    )


@pytest.mark.parametrize(
    ("totals", "together"),
    [
        ([], None),
        ([None], None),
        ([Declared(4, 2, Decimal(12))], Declared(4, 2, Decimal(12))),
        ([Declared(4, 2, Decimal(12)), None], Declared(4, 2, Decimal(12))),
        ([Declared(4, 2, Decimal(12)), Declared(9, 3, Decimal(8))], Declared(9, 5, Decimal(20))),
        ([Declared(4, 2, None), Declared(9, 3, Decimal(8))], Declared(9, 5, None)),
        (
            [Declared(4, None, Decimal(1)), Declared(9, 3, Decimal(8))],
            Declared(9, None, Decimal(9)),
        ),
        ([Declared(4, 2, Decimal(1)), Declared(6, 1, Decimal(1)), None], None),
        (
            [Declared(4, 2, Decimal(1)), Declared(6, 1, Decimal(1)), Declared(8, 1, Decimal(1))],
            Declared(8, 4, Decimal(3)),
        ),
    ],
)
def test_totals_of_all_sections_are_added_up(
    totals: list[Declared | None], together: Declared | None
) -> None:
    assert declared_in_all(totals) == together


def test_each_of_several_totals_is_held_to_its_own_section() -> None:
    one = f"# Regionens beslut om projekt X 2030:1\n\n{HEADER}A\tB\tC\t5\nSumma\t\t\t5\n"
    two = f"\n# Regionens beslut om projekt X 2030:2\n\n{HEADER}A\tD\tC\t7\nSumma\t\t\t8\n"
    found = read(one + two)
    assert [problem.what for problem in found.problems] == [
        "summaraden anger 8\u00a0kr men beloppen blir 7\u00a0kr"
    ]
    assert found.declared == Declared(11, None, Decimal(13))
