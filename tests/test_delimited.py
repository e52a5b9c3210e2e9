"""CSV: which delimiter, which rows; and what a quotation mark that is never closed costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.build import build
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.readers import READERS
from index.documents.readers.delimited import UNCLOSED, UNOPENED, read
from index.limits import DEFAULTS

HEADER = ["Projektägare", "Projektnamn", "Beskrivning", "Beviljat belopp"]
DELIMITERS = [";", ",", "|", "\t"]


def written(rows: Sequence[Sequence[str]], delimiter: str = ";", quoted: bool = False) -> str:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)
    return out.getvalue()


def cells(text: str) -> list[tuple[str, ...]]:
    (table,) = read(text.encode())
    return [row.cells for row in table.rows]


def doubts(text: str) -> list[tuple[int, str]]:
    (table,) = read(text.encode())
    return [(row.number, row.doubt) for row in table.rows if row.doubt]


def reader_of(text: str) -> str:
    return next(reader.name for reader in READERS if reader.recognises(text.encode()))


def extracted(text: str) -> Extract:
    reader = next(reader for reader in READERS if reader.recognises(text.encode()))
    return extract(reader.read(text.encode(), DEFAULTS), Document("a.csv", "ab" * 32, "T"))


def told(text: str) -> list[tuple[str, str, int | None]]:
    return [
        (one.owner, one.title, None if one.amount is None else int(one.amount))
        for one in extracted(text).decisions
    ]


def decisions(count: int) -> list[list[str]]:
    """As many rows, every seventh with a description of two lines and a name in quotation marks."""
    rows = []
    for number in range(count):
        text = "Bron blir bred; den byggs av sten, trä och stål."
        if number % 7 == 0:
            text += '\nDen kallas "Storbron", som förr.'
        rows.append([f"Ort {number} kommun", f"Bro nr {number} i byn", text, f"{number + 1} 000"])
    return rows


# What is written as it should be


PIECE = st.sampled_from(
    ["Ånge", "bro", "sjö", "5", " ", ", ", "; ", ".", '"', "\n", "ö | å", "1,5"]
)
CELL = st.lists(PIECE, max_size=8).map(lambda pieces: "".join(pieces).strip())
TABLE = st.integers(3, 6).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=3, max_size=9)
)


@given(TABLE, st.sampled_from(DELIMITERS), st.booleans())
def test_rows_that_a_csv_writer_wrote_come_back_equal(
    rows: list[list[str]], delimiter: str, quoted: bool
) -> None:
    head = [f"Kolumn {at}" for at in range(len(rows[0]))]
    text = f"sep={delimiter}\n{written([head, *rows], delimiter, quoted)}"
    assert cells(text) == [tuple(row) for row in [head, *rows] if any(row)]
    assert doubts(text) == []


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("quoted", [True, False])
def test_cells_of_several_lines_are_read_whole(delimiter: str, quoted: bool) -> None:
    rows = decisions(50)
    assert cells(written([HEADER, *rows], delimiter, quoted))[1:] == [tuple(row) for row in rows]


def test_rows_below_cells_of_several_lines_are_numbered_as_a_spreadsheet_shows_them() -> None:
    (table,) = read(written([HEADER, *decisions(3), [], *decisions(1)]).encode())
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 6]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('Rör 10"', 'Rör 10"'),
        ('Vid "Stora" ån', 'Vid "Stora" ån'),
        ('"Bro" över ån', '"Bro" över ån'),
        ('"Bro" och "Väg"', '"Bro" och "Väg"'),
        ('"abc"def', '"abc"def'),
        ('"Projekt "Bro" i Åre"', 'Projekt "Bro" i Åre'),
        ('"Rör 5" brett"', 'Rör 5" brett'),
        ('"Bro; ny" ', "Bro; ny"),
        (' "Bro; ny"', "Bro; ny"),
        ('"a ""b"" c"', 'a "b" c'),
        ('""', ""),
    ],
)
def test_quotation_marks_that_are_no_ends_of_a_cell_stay_in_it(cell: str, expected: str) -> None:
    text = f"Projektägare;Projektnamn;Belopp\nÅnge;{cell};5\nÖbo;Väg;7\n"
    assert cells(text)[1:] == [("Ånge", expected, "5"), ("Öbo", "Väg", "7")]
    assert doubts(text) == []


# What is not


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_an_unclosed_quotation_mark_costs_its_row_and_is_said(delimiter: str, quoted: bool) -> None:
    rows = decisions(500)
    text = written([HEADER, *rows], delimiter, quoted)
    name = f'"{rows[99][1]}"' if quoted else rows[99][1]
    text = text.replace(name, f'"{rows[99][1]}')
    found = cells(text)[1:]
    assert len(found) == 500
    assert [one for one in rows if tuple(one) not in found] in ([], [rows[99]])
    assert doubts(text) == [(101, UNCLOSED)]


def test_the_problem_names_the_row_and_what_to_do() -> None:
    text = written([HEADER, *decisions(20)]).replace("Bro nr 9 i byn", '"Bro nr 9 i byn')
    found = extracted(text)
    assert [str(problem) for problem in found.problems] == [
        "a.csv, rad 11: ett citattecken avslutas aldrig. Rätta raden i filen."
    ]
    assert len(found.decisions) == 20
    assert found.decisions[9].title == "Bro nr 9 i byn"


def test_an_unclosed_cell_of_several_lines_ends_where_the_next_row_begins() -> None:
    text = (
        "Projektägare;Projektnamn;Beskrivning;Belopp\nÅre;Gata;Kort.;4\n"
        'Ånge;Bro;"Bred; av sten.\n\tMed räcke.\nOch lyktor.;5\nÖbo;Väg;Lång.;7\nÅs;Stig;Smal.;8\n'
    )
    assert cells(text)[2:4] == [
        ("Ånge", "Bro", "Bred; av sten.\n\tMed räcke.\nOch lyktor.", "5"),
        ("Öbo", "Väg", "Lång.", "7"),
    ]
    assert doubts(text) == [(3, UNCLOSED)]


def test_a_mark_of_inches_does_not_close_what_was_opened_in_another_row() -> None:
    text = (
        "Projektägare;Projektnamn;Beskrivning;Belopp\n"
        'Ånge;"Bro;Bred.;5\nÖbo;Väg;Lång.;6\nÅs;Rör 10";Tjockt.;7\nAla;Hus;Högt.;8\n'
    )
    assert told(text) == [
        ("Ånge", "Bro", 5),
        ("Öbo", "Väg", 6),
        ("Ås", 'Rör 10"', 7),
        ("Ala", "Hus", 8),
    ]
    assert doubts(text) == [(2, UNCLOSED)]


def test_a_mark_that_closes_nothing_is_said() -> None:
    text = '"Projektägare";"Projektnamn";"Belopp"\n"Ånge";Bro; ny";"5"\n"Öbo";"Väg";"7"\n'
    assert cells(text)[1:] == [("Ånge", "Bro; ny", "5"), ("Öbo", "Väg", "7")]
    assert doubts(text) == [(2, UNOPENED)]


@given(st.data(), st.sampled_from(DELIMITERS), st.booleans())
def test_breaking_one_quotation_mark_loses_at_most_its_row(
    data: st.DataObject, delimiter: str, quoted: bool
) -> None:
    rows = decisions(30)
    text = written([HEADER, *rows], delimiter, quoted)
    at = data.draw(st.sampled_from([at for at, char in enumerate(text) if char == '"']))
    found = cells(text[:at] + text[at + 1 :])
    assert sum(tuple(row) not in found for row in [HEADER, *rows]) <= 1
    assert len(found) <= len(rows) + 2


@given(st.text(st.sampled_from('ab;,|\t\n" 1'), max_size=60))
def test_no_character_of_a_cell_is_lost_but_quotation_marks_and_blanks(text: str) -> None:
    assume(any(char.isalnum() for char in text))
    kept = "".join("".join(row) for row in cells(f"sep=;\n{text}"))
    assert sum(map(str.isalnum, kept)) == sum(map(str.isalnum, text))


# The delimiter


def listed(delimiter: str, *rows: Sequence[str]) -> str:
    return "".join(delimiter.join(row) + "\n" for row in rows)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_headings_above_and_notes_below_do_not_decide_the_delimiter(delimiter: str) -> None:
    rows = [["Ånge", "Bro", "En bro", "500"], ["Öbo", "Väg", "En väg", "700"]]
    text = (
        "Beslut om stöd till broar, vägar, stigar och leder; våren 2030\n"
        "Beslutade av nämnden, den 3 mars, på förslag av förvaltningen\n\n"
        f"{listed(delimiter, HEADER, *rows)}\nKälla: nämndens protokoll; bilaga A, B och C\n"
    )
    assert told(text) == [("Ånge", "Bro", 500), ("Öbo", "Väg", 700)]


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_commas_in_text_do_not_decide_the_delimiter(delimiter: str) -> None:
    head = ["Projektägare", "Projektnamn", "Kort beskrivning"]
    rows = [[f"Ort{a}", f"Bro{a}", "ett, två, tre, fyra, fem, sex, sju, åtta, nio"] for a in "abc"]
    assert [one[:2] for one in told(listed(delimiter, head, *rows))] == [
        (row[0], row[1]) for row in rows
    ]


def test_decimal_commas_do_not_decide_the_delimiter() -> None:
    head = ["Projektägare", "Projektnamn", "Belopp (mnkr)", "Kommun", "Län", "Not"]
    rows = [["Ånge", "Bro", "1,5"], ["Öbo", "Väg", "2,5", "x"], ["Ås", "Hus", "3,5", *"xyz"]]
    text = listed(";", head, *rows, ["Ed", "Tak", "4,5", *"xyz"])
    assert [amount for *_, amount in told(text)] == [1_500_000, 2_500_000, 3_500_000, 4_500_000]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_list_may_have_two_columns_or_twelve_and_a_single_row(delimiter: str, count: int) -> None:
    two = [[f"Ort {number}", "Bro"] for number in range(count)]
    assert len(told(listed(delimiter, HEADER[:2], *two))) == count
    beside = ["Dnr", "Kommun", "Län", "Start", "Slut", "Kontakt", "E-post", "Not"]
    twelve = [[*row, "1", "5", "x", "y", "z", "å", "ä", "ö", "a@b.se", ""] for row in two]
    found = told(listed(delimiter, [*HEADER[:2], "Beskrivning", "Belopp", *beside], *twelve))
    assert [amount for *_, amount in found] == [5] * count


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_declared_delimiter_is_followed_and_is_no_heading(delimiter: str) -> None:
    text = f"sep={delimiter}\n" + listed(delimiter, HEADER, ["Ånge", "Bro", "En bro", "500"])
    (one,) = extracted(text).decisions
    assert (one.owner, one.round.name, one.source.row) == ("Ånge", "a", 3)


def test_two_tabs_in_one_line_do_not_make_a_list_tab_separated() -> None:
    text = listed(";", HEADER, ["Ånge", "Bro", "Bred\toch\tlång", "5"], ["Öbo", "Väg", "Smal", "7"])
    assert reader_of(text) == "CSV"
    assert told(text) == [("Ånge", "Bro", 5), ("Öbo", "Väg", 7)]


def test_entities_of_html_do_not_make_tab_separated_text_a_csv() -> None:
    rows = [[f"Ort {number}", f"Väg&amp;bro&nbsp;{number}&nbsp;ny"] for number in range(9)]
    assert reader_of(listed("\t", HEADER[:2], *rows)) == "text"


def test_blanks_around_all_delimiters_are_no_text() -> None:
    rows = [["Ånge", '"Bro, ny"', "5"], ["Öbo", "Väg", "7"], ["Ås", "Led", "9"]]
    assert told(listed(" , ", ["Projektägare", "Projektnamn", "Belopp"], *rows)) == [
        ("Ånge", "Bro, ny", 5),
        ("Öbo", "Väg", 7),
        ("Ås", "Led", 9),
    ]


@pytest.mark.parametrize("name", ["lista.xls", "lista.txt", "lista.csv"])
def test_a_csv_is_read_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(written([HEADER, *decisions(3)]), "utf-8")
    assert build([tmp_path / "in"], tmp_path / "index").decisions == 3
