"""Golden pairs: the sample decision in each format gives the same nine, field by field."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest
import xlsxwriter

from index.build import build
from index.decision import Decision, Source
from index.documents import readers
from index.documents.columns.mapping import Mapping
from index.documents.document import Document
from index.documents.lists.extract import Extract, extract
from index.documents.readers import READERS, RECORD_FORMATS
from index.documents.readers.table import Row
from index.documents.records import read_records
from index.documents.report import source_data
from index.documents.sources import Reading, read_all
from index.errors import ReadError
from index.limits import DEFAULTS
from tests import rendering
from tests.conftest import document
from tests.rendering import FORMATS

NOWHERE = Source("", None, 0, "", "")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample in every format."""
    folder = tmp_path_factory.mktemp("formats")
    for name, (_, render) in FORMATS.items():
        (folder / name).write_bytes(render())
    return folder


def read(content: bytes, file: str = "lista.xlsx") -> Extract:
    return extract(readers.read(content), Document(file, "ab" * 32, "2030-01-02T03:04:05Z"))


def reader_of(content: bytes) -> str:
    stream = readers.record_format(content[: readers.HEAD_BYTES])
    if stream:
        return stream.name
    return next(reader.name for reader in READERS if reader.recognises(content))


def decisions_of(path: Path) -> list[Decision]:
    stream = readers.record_format(path.read_bytes()[: readers.HEAD_BYTES])
    if stream is None:
        return list(read(path.read_bytes(), path.name).decisions)
    with path.open("rb") as file:
        found = read_records(stream.read(file, DEFAULTS), Document(path.name, "ab" * 32, "T"))
        return [one for one in found if isinstance(one, Decision)]


def test_every_reader_has_an_example() -> None:
    assert {name for name, _ in FORMATS.values()} == {
        one.name for one in (*READERS, *RECORD_FORMATS)
    }


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_told_by_its_content(name: str, files: Path) -> None:
    assert reader_of((files / name).read_bytes()) == FORMATS[name][0]


@pytest.mark.parametrize("name", FORMATS)
def test_the_nine_decisions_come_out_equal(name: str, files: Path) -> None:
    expected = rendering.decisions()
    found = decisions_of(files / name)
    assert len(found) == len(expected) == 9
    for one, other in zip(found, expected, strict=True):
        assert replace(one, source=NOWHERE) == replace(other, source=NOWHERE)


@pytest.mark.parametrize("name", [name for name in FORMATS if "json" not in name])
def test_the_declared_total_tallies(name: str, files: Path) -> None:
    found = read((files / name).read_bytes())
    assert found.declared is not None
    assert (found.declared.count, found.declared.sum) == (9, 20_485_293)
    # A workbook has a sheet of notes beside the list.
    notes = [one for one in found.problems if one.left_out]
    assert found.rows == 9 + sum(one.left_out for one in notes)
    others = [one.what for one in found.problems if one not in notes]
    assert [what for what in others if "Windows-1252" not in what] == []


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("book.xlsx", [("Beslut", 4), ("Beslut", 5), ("Beslut", 6), ("Beslut", 7), ("Beslut", 9)]),
        ("lines.csv", [(None, 4), (None, 5), (None, 6), (None, 7), (None, 9)]),
        ("page.html", [(None, 2), (None, 3), (None, 4), (None, 5), (None, 6)]),
        ("document.docx", [(None, 2), (None, 3), (None, 4), (None, 5), (None, 6)]),
        ("lines.jsonl", [(None, 1), (None, 2), (None, 3), (None, 4), (None, 5)]),
    ],
)
def test_sheet_and_row_are_what_a_person_would_count(
    name: str, places: list[tuple[str | None, int]], files: Path
) -> None:
    found = decisions_of(files / name)[:5]
    assert [(one.source.table, one.source.row) for one in found] == places


def test_the_page_of_a_pdf_is_named(files: Path) -> None:
    pages = [one.source.table for one in decisions_of(files / "print.pdf")]
    assert pages[0] == "sida 1"
    assert pages == sorted(pages)
    assert len(set(pages)) > 2


def test_all_formats_together_are_nine_decisions(files: Path, tmp_path: Path) -> None:
    report = build([files], tmp_path / "index")
    assert (report.decisions, report.sum) == (9, 20_485_293)
    assert len(report.duplicates) == 9 * (len(FORMATS) - 1)
    assert {source.state for source in report.sources} == {"read"}


def test_a_copy_of_each_file_is_kept_unless_a_setting_says_no(files: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    one, *_ = read_all([files / "book.xlsx"], tmp_path / "a" / "decisions", None)
    assert one.report.original == source_data(one.report)["original"] == "originals/0.xlsx"
    copy = tmp_path / "a" / one.report.original
    assert copy.read_bytes() == (files / "book.xlsx").read_bytes()
    (tmp_path / "b").mkdir()
    reading = Reading(originals=False)
    two, *_ = read_all([files / "book.xlsx"], tmp_path / "b" / "decisions", None, reading)
    assert two.report.original is source_data(two.report)["original"] is None
    assert not (tmp_path / "b" / "originals").exists()


# Spreadsheets

HEADER = ["Projektägare", "Projektnamn", "Beskrivning", "Beviljat belopp"]


def workbook(*sheets: list[list[object]], merge: tuple[int, int, int, int] | None = None) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    for number, rows in enumerate(sheets, start=1):
        sheet = book.add_worksheet(f"Blad {number}")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        if merge:
            top, left, bottom, right = merge
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return written.getvalue()


def told(found: Extract) -> list[tuple[str, str, Decimal | None]]:
    return [(one.owner, one.title, one.amount) for one in found.decisions]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (2_800_000, "2800000"),
        (2_800_000.0, "2800000"),
        (57356930.730000004, "57356930.73"),
        (0.1 + 0.2, "0.3"),
        (470773.975, "470773.98"),
        (-5000, "-5000"),
        (1.5, "1.5"),
        ("2 800 000 kr", "2800000"),
        ("(5 000)", "-5000"),
    ],
)
def test_numbers_are_read_without_the_noise_of_fractions(cell: object, amount: str) -> None:
    found = read(workbook([HEADER, ["Ånge", "Bro", "", cell]]))
    assert found.decisions[0].amount == Decimal(amount)


def test_a_number_with_three_decimals_is_not_taken_for_thousands() -> None:
    header = [*HEADER[:3], "Beviljat belopp, mnkr"]
    found = read(workbook([header, ["Ånge", "Bro", "", 1.235]]))
    assert found.decisions[0].amount == 1_235_000


def test_a_merged_owner_stands_for_all_its_rows_and_a_merged_amount_for_none_but_the_first() -> (
    None
):
    rows: list[list[object]] = [HEADER, ["Ånge", "Bro", "", 5], ["", "Väg", "", 6]]
    found = read(workbook(rows, merge=(1, 0, 2, 0)))
    assert told(found) == [("Ånge", "Bro", 5), ("Ånge", "Väg", 6)]
    found = read(workbook([HEADER, ["Ånge", "Bro", "", 5], ["Öbo", "Väg"]], merge=(1, 3, 2, 3)))
    assert told(found) == [("Ånge", "Bro", 5), ("Öbo", "Väg", None)]
    assert [one.what for one in found.problems] == ["beloppet ”5” är gemensamt med raden ovanför"]


def test_each_sheet_is_counted_and_named() -> None:
    found = read(workbook([HEADER, ["Ånge", "Bro", "", 5]], [["Anteckningar"]], [HEADER]))
    assert [(one.name, one.rows, one.decisions) for one in found.tables] == [
        ("Blad 1", 1, 1),
        ("Blad 2", 1, 0),
        ("Blad 3", 0, 0),
    ]


def test_a_header_over_two_rows_is_one() -> None:
    rows: list[list[object]] = [
        ["Projektägare", "Projektnamn", "Belopp", ""],
        ["", "", "Sökt", "Beviljat"],
        ["Ånge", "Bro", 9, 5],
    ]
    assert told(read(workbook(rows))) == [("Ånge", "Bro", 5)]


def test_lead_rows_and_footnotes_are_no_decisions() -> None:
    rows: list[list[object]] = [
        ["Beslut om stöd X 2030:1"],
        ["Uppdaterad 2030-01-02"],
        [],
        HEADER,
        ["Ånge", "Bro", "Bred.", 5],
        [],
        ["* Avser preliminära belopp."],
        ["102", "Tillgång till arbete"],
    ]
    found = read(workbook(rows))
    assert told(found) == [("Ånge", "Bro", 5)]
    assert found.decisions[0].round.name == "X 2030:1"
    assert [one.row for one in found.problems] == [7, 8]


# English headers, other currencies

ENGLISH = ["Beneficiary", "Project name", "Summary", "Grant amount", "Total eligible expenditure"]


def test_english_headers_with_swedish_text_are_in_kronor() -> None:
    row = ["Ånge kommun", "Bro", "En bro för alla som bor i kommunen.", 5, 10]
    one = read(workbook([ENGLISH, row])).decisions[0]
    assert (one.owner, one.title, one.amount, one.currency) == ("Ånge kommun", "Bro", 5, "SEK")


def test_amounts_of_no_stated_currency_are_not_summed_as_kronor() -> None:
    found = read(workbook([ENGLISH, ["Council of Wales", "The bridge", "Of stone.", 5, 10]]))
    assert found.decisions[0].currency == "XXX"
    assert found.problems[0].what == "valutan anges inte för 1 belopp, som inte räknas i summan"


@pytest.mark.parametrize(
    ("header", "currency"),
    [("Grant amount (EUR)", "EUR"), ("Grant amount €", "EUR"), ("Grant amount, SEK", "SEK")],
)
def test_the_header_states_the_currency(header: str, currency: str) -> None:
    one = read(workbook([["Beneficiary", "Project name", header], ["A Ltd", "Of", 5]])).decisions[0]
    assert (one.amount, one.currency) == (5, currency)


@pytest.mark.parametrize(
    "header",
    ["Total eligible expenditure", "Union co-financing rate", "Sökt belopp", "Beviljat stöd, %"],
)
def test_what_was_not_granted_is_no_grant(header: str) -> None:
    found = read(workbook([["Projektägare", "Projektnamn", header], ["Ånge", "Bro", 5]]))
    assert found.decisions[0].amount is None


@pytest.mark.parametrize(
    "rows",
    [
        [["Kommun", "Län", "Antal"], ["Ale", "Västra Götaland", 5]],
        [["Organisation", "Titel", "E-post"], ["Ånge", "Chef", "a@b.se"]],
        [["Titel", "Beskrivning"], ["Rapport", "Om broar"]],
        [["Organisation", "Belopp"], ["Leverantören AB", 5]],
        [["Projektnamn", "Beviljat belopp"], [*["17"], 5], ["18", 6]],
    ],
)
def test_other_lists_are_no_lists_of_decisions(rows: list[list[object]]) -> None:
    with pytest.raises(ReadError, match="ingen tabell med projektägare och projektnamn"):
        read(workbook(rows))


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str) -> None:
    one = ["Ånge", "Bro", '"Bred; lång,\nhög ""sten"""', "5"]
    rows = [[f'"{cell}"' for cell in HEADER], one, ["Öbo", "Väg", "a", "7"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    found = read(text.encode(encoding))
    assert told(found) == [("Ånge", "Bro", 5), ("Öbo", "Väg", 7)]
    assert [block.text for block in found.decisions[0].description] == [
        "Bred; lång,",
        'hög "sten"',
    ]
    assert [one.source.row for one in found.decisions] == [2, 3]


def test_the_text_export_is_not_taken_for_csv() -> None:
    text = document("Ånge\tBro; en, två, tre\tVad, då; och\t5", "Öbo\tVäg, väg\ta, b; c\t6")
    assert reader_of(text.encode()) == "text"
    assert len(read(text.encode()).decisions) == 2


def test_excel_text_with_quoted_line_breaks_between_tabs_is_read() -> None:
    text = "\t".join(HEADER) + '\nÅnge\tBro\t"Bred\nhög"\t5\n'
    assert told(read(text.encode("utf-16"))) == [("Ånge", "Bro", 5)]


# HTML


def page(table: str, head: str = "<h1>Beslut X 2030:1</h1>") -> bytes:
    return f"<!doctype html><html><body>{head}<table>{table}</table></body></html>".encode()


ROW_OF_HEADERS = "<tr>" + "".join(f"<th>{one}</th>" for one in HEADER) + "</tr>"


def test_cells_that_span_rows_and_columns_keep_the_others_in_place() -> None:
    table = (
        f"{ROW_OF_HEADERS}<tr><td rowspan=2>Ånge<td>Bro<td>a<td>5</tr><tr><td>Väg<td>b<td>6</tr>"
        "<tr><td colspan=3>Summa 2 projekt<td>11</tr>"
    )
    found = read(page(table))
    assert told(found) == [("Ånge", "Bro", 5), ("Ånge", "Väg", 6)]
    assert found.problems == ()
    assert found.decisions[0].round.name == "X 2030:1"


def test_a_layout_table_around_the_list_is_seen_through() -> None:
    inner = f"<table>{ROW_OF_HEADERS}<tr><td>Ånge<td>Bro<td>a<td>5</tr></table>"
    assert told(read(page(f"<tr><td>Meny</td><td>{inner}</td></tr>"))) == [("Ånge", "Bro", 5)]


def test_headings_between_tables_are_rounds() -> None:
    table = "{}<tr><td>Ånge<td>{}<td>a<td>5</tr>"
    one, two = (table.format(ROW_OF_HEADERS, name) for name in ("Bro", "Väg"))
    content = page(f"{one}</table><h1>Beslut X 2030:2</h1><table>{two}")
    assert [(d.title, d.round.name, d.source.table) for d in read(content).decisions] == [
        ("Bro", "X 2030:1", "tabell 1"),
        ("Väg", "X 2030:2", "tabell 2"),
    ]


def test_a_declared_encoding_is_followed_when_the_page_is_no_utf8() -> None:
    text = page(f"{ROW_OF_HEADERS}<tr><td>Ånge<td>Bro<td>a<td>5</tr>").decode()
    content = text.replace("<html>", '<html><meta charset="iso-8859-1">').encode("iso-8859-1")
    found = read(content)
    assert (told(found), found.problems) == ([("Ånge", "Bro", 5)], ())


def test_xhtml_is_read_as_html() -> None:
    content = page(f"{ROW_OF_HEADERS}<tr><td>Ånge</td><td>Bro</td><td>a</td><td>5</td></tr>")
    xhtml = b'<?xml version="1.0" encoding="utf-8"?>\n' + content
    assert told(read(xhtml)) == [("Ånge", "Bro", 5)]


# DOCX


def test_a_table_that_goes_on_without_its_header_is_read_on() -> None:
    written = io.BytesIO()
    word = docx.Document()
    word.add_paragraph("Region Vis beslut om stöd X 2030:1")
    for rows in ([HEADER, ["Ånge", "Bro", "a", "5"]], [["Öbo", "Väg", "b", "6"]]):
        grid = word.add_table(rows=0, cols=4)
        for row in rows:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    word.save(written)
    found = read(written.getvalue())
    assert told(found) == [("Ånge", "Bro", 5), ("Öbo", "Väg", 6)]
    assert {one.round.name for one in found.decisions} == {"X 2030:1"}
    assert [one.source.table for one in found.decisions] == ["tabell 1", "tabell 2"]


def test_merged_word_cells_are_filled_downwards() -> None:
    written = io.BytesIO()
    word = docx.Document()
    grid = word.add_table(rows=3, cols=4)
    for at, row in enumerate([HEADER, ["Ånge", "Bro", "a", "5"], ["", "Väg", "b", "6"]]):
        for cell, text in zip(grid.rows[at].cells, row, strict=True):
            cell.text = text
    grid.cell(1, 0).merge(grid.cell(2, 0)).text = "Ånge"
    word.save(written)
    assert told(read(written.getvalue())) == [("Ånge", "Bro", 5), ("Ånge", "Väg", 6)]


# Rows


def test_a_mapping_may_say_that_a_table_has_no_header() -> None:
    table = readers.Table(None, (Row(1, ("Ånge", "5 kr")),))
    mapping = Mapping(header=0, columns={"owner": (1,), "amount": (2,)})
    (one,) = extract([table], Document("a", "ab", "T", mapping)).decisions
    assert (one.owner, one.title, one.amount, one.currency) == ("Ånge", "", 5, "SEK")
