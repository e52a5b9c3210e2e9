"""Whether a row was granted at all: refusals are left out, and their number is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.decision import Source
from index.documents import readers
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.status import Statuses
from index.limits import DEFAULTS, ReadingLimits

HEADER = "Projektägare;Projektnamn;Beviljat belopp;Beslut\n"


def read(*statuses: str, limits: ReadingLimits = DEFAULTS) -> Extract:
    rows = "".join(f"Ånge;Bro {at};5;{status}\n" for at, status in enumerate(statuses))
    document = Document("lista.csv", "ab" * 32, "2030-01-02T03:04:05Z", limits=limits)
    return extract(readers.read((HEADER + rows).encode()), document)


def kept(status: str) -> bool:
    return Statuses().keeps(status, Source("a", None, 1, "", ""))


@pytest.mark.parametrize(
    "status",
    ["Avslag", "AVSLAG", "Avslagen", "Avslås", "Avslag – ofullständig", "Återkallad", "Återkallat",
     "Avskriven", "Avskrivs", "Avvisad", "Ej beviljad", "Inte beviljad", "Nekad", "Återtagen",
     "Rejected", "Withdrawn", "Not approved", "Avslått", "Afslag", "Under beredning", "Inkommen",
     "Ej beslutad", "Bordlagd", "Reserv",
     "Ansökan avslås", "Nämnden beslutar att avslå ansökan", "Ansökan har inte beviljats"],
)  # fmt: skip
def test_what_was_not_granted_is_left_out(status: str) -> None:
    assert not kept(status)


@pytest.mark.parametrize(
    "status",
    ["", "Beviljad", "Bifall", "Delvis bifall", "Delvis avslag", "Godkänd", "Pågående", "Avslutad",
     "Avslutat", "Approved", "Innvilget", "Bevilget", "Slutredovisad", "Besluta", "Okänt",
     "Ansökan beviljas", "Inkommen, delvis bifall"],
)  # fmt: skip
def test_what_was_granted_or_may_have_been_is_kept(status: str) -> None:
    assert kept(status)


def test_the_number_of_refusals_is_said_and_no_failure() -> None:
    found = read("Beviljad", "Avslag", "Avslag", "Återkallad", "Bifall")
    assert [one.title for one in found.decisions] == ["Bro 0", "Bro 4"]
    (problem,) = found.problems
    assert problem.what == (
        "3 rader är inga beviljade beslut och togs inte med: 2 ”Avslag” (t.ex. rad 3) och "
        "1 ”Återkallad” (t.ex. rad 5)"
    )
    assert (problem.left_out, problem.lost, found.rows) == (3, False, 5)


def test_a_setting_keeps_refusals() -> None:
    found = read("Beviljad", "Avslag", limits=replace(DEFAULTS, refused=True))
    assert (len(found.decisions), found.problems) == (2, ())


def test_a_status_that_is_not_understood_is_said_and_its_rows_are_kept() -> None:
    found = read("Blå", "Beviljad", "Blå")
    assert len(found.decisions) == 3
    assert [one.what for one in found.problems] == [
        "det är oklart om status betyder beviljat: 2 ”Blå” (t.ex. rad 2)"
    ]


GRANTS = "Projektägare;Projektnamn;Beviljat belopp\nÅnge;Bro;5\nÖbo;Hus;7\n"


@pytest.mark.parametrize(
    "heading",
    ["Avslag 2025", "Avslagna ansökningar", "Ej beviljade projekt", "Lista över avslag i juni"],
)
def test_a_list_that_is_one_of_refusals_by_its_heading_is_left_out(heading: str) -> None:
    document = Document("lista.csv", "ab", "T")
    found = extract(readers.read(f"{heading};;\n{GRANTS}".encode()), document)
    assert (found.decisions, found.problems[0].left_out) == ((), 2)
    assert found.problems[0].what.endswith(f"2 ”{heading}” (t.ex. rad 3)")


def test_a_sheet_or_a_file_of_refusals_is_left_out() -> None:
    (table,) = readers.read(GRANTS.encode())
    sheets = [replace(table, name="Beviljade"), replace(table, name="Avslag")]
    found = extract(sheets, Document("lista.xlsx", "ab", "T"))
    assert [one.source.table for one in found.decisions] == ["Beviljade", "Beviljade"]
    assert extract([table], Document("mapp/avslag_2025.csv", "ab", "T")).decisions == ()


@pytest.mark.parametrize("heading", ["Beviljade och avslagna projekt", "Bifall och avslag 2025"])
def test_a_list_of_both_without_a_status_is_read_and_said(heading: str) -> None:
    found = extract(readers.read(f"{heading};;\n{GRANTS}".encode()), Document("a.csv", "ab", "T"))
    assert len(found.decisions) == 2
    assert [one.what for one in found.problems] == [
        f"listan har både beviljat och avslag (”{heading}”), men ingen kolumn säger vilket"
    ]


def test_a_list_where_everything_was_refused_says_so() -> None:
    found = read("Avslag", "Avslag")
    assert (found.decisions, found.rows) == ((), 2)
    assert [one.what for one in found.problems][-1] == "tabellen har inga beslut"


def other(rows: str) -> Extract:
    return extract(readers.read(rows.encode()), Document("lista.csv", "ab", "T"))


def test_a_refusal_where_the_amount_would_be_is_one() -> None:
    found = other(f"{GRANTS}Åre;Väg;Avslag\n")
    assert (len(found.decisions), found.problems[0].left_out) == (2, 1)


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Resultat", "Avslag"), ("Kommentar", "Avslås, sen ansökan"), ("Avslag", "x"),
     ("Enhet", "tkr"), ("Anmärkning", "Ej beviljad"), ("Prioritering", "Reserv")],
)  # fmt: skip
def test_a_column_that_is_not_read_but_speaks_of_the_row_is_said(header: str, cell: str) -> None:
    rows = f"Projektägare;Projektnamn;Beviljat belopp;{header}\nÅnge;Bro;5;\nÖbo;Hus;7;{cell}\n"
    (problem,) = other(rows).problems
    assert problem.what == (
        f"kolumner som inte lästes säger något om raderna: 1 ”{header}: {cell}” (t.ex. rad 3)"
    )
    column = "currency" if cell == "tkr" else "status"
    assert problem.remedy.endswith(f"{column} i lista.csv.toml")


@pytest.mark.parametrize("cell", ["Delvis avslag", "Nej", "Överklagad", "x"])
def test_other_words_of_a_column_that_is_not_read_are_not_said(cell: str) -> None:
    rows = f"Projektägare;Projektnamn;Beviljat belopp;Not\nÅnge;Bro;5;{cell}\n"
    assert other(rows).problems == ()
