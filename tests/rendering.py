"""The sample decision in every format that is read, made with each format's own library.

python -m tests.rendering FOLDER    # writes them all, to look at
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import docx
import xlsxwriter
import xlwt
from bs4 import BeautifulSoup, Tag
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from index.decision import Decision
from index.documents import readers
from index.documents.document import Document
from index.documents.lists.extract import extract
from tests.conftest import SAMPLE
from web.api import bodies

LINES = [line.split("\t") for line in SAMPLE.read_text("utf-8").split("\n")]
HEADING = next(line[0].strip("# ") for line in LINES if line[0].startswith("#"))
HEADER = next(line for line in LINES if len(line) == 4)
ROWS = [line for line in LINES if len(line) == 4 and line != HEADER and "Summa" not in line[0]]
TOTAL = next(line for line in LINES if "Summa" in line[0])
TOTAL_LABEL = BeautifulSoup(TOTAL[0], "lxml").get_text()
TOTAL_AMOUNT = BeautifulSoup(TOTAL[-1], "lxml").get_text()


def decisions() -> tuple[Decision, ...]:
    """The nine, as the text reader gives them."""
    tables = readers.read(SAMPLE.read_bytes())
    return extract(tables, Document(SAMPLE.name, "ab" * 32, "2030-01-02T03:04:05Z")).decisions


def table(page_rows: int = 4, plain: bool = False) -> list[list[str | int]]:
    """Heading, header repeated after every few rows, the nine rows, the total."""
    lines: list[list[str | int]] = [[HEADING], []]
    for number, (owner, title, text, amount) in enumerate(ROWS):
        if number % page_rows == 0:
            lines.append([*HEADER])
        lines.append([owner, title, _plain(text) if plain else text, _number(amount)])
    return [*lines, [TOTAL_LABEL, "", "", _number(TOTAL_AMOUNT)]]


def _number(amount: str) -> int:
    return int("".join(char for char in amount if char.isdigit()))


def _plain(cell: str) -> str:
    """A cell's HTML as text, a paragraph or item a line."""
    return "\n".join(text for _, text in _blocks(cell))


def _blocks(cell: str) -> list[tuple[str, str]]:
    soup = BeautifulSoup(cell, "lxml")
    return [(tag.name, " ".join(tag.get_text().split())) for tag in soup.find_all(["p", "li"])]


def as_text() -> bytes:
    return SAMPLE.read_bytes()


def as_csv(encoding: str = "utf-8", delimiter: str = ",", plain: bool = False) -> bytes:
    """Cells with line breaks are quoted; the semicolon goes with decimal commas, as in Sweden."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    for line in table(plain=plain):
        swedish = delimiter == ";"
        cells = [f"{cell},00" if swedish and isinstance(cell, int) else cell for cell in line]
        writer.writerow(cells)
    return written.getvalue().encode(encoding)


def as_html() -> bytes:
    """A page whose table has a header a page and the cells' own markup."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in _html_row(row)) + "</tr>\n" for row in ROWS
    )
    head = "".join(f"<th>{escape(cell)}</th>" for cell in HEADER)
    return (
        '<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Beslut</title><style>'
        "table{border-collapse:collapse} td,th{border:1px solid;padding:4px;vertical-align:top;"
        "text-align:left} @page{size:A4 landscape}</style></head>"
        f"<body><h1>{escape(HEADING)}</h1><table><thead><tr>{head}</tr></thead><tbody>\n{rows}"
        f'<tr><td colspan="3"><b>{escape(TOTAL_LABEL)}</b></td><td>{TOTAL_AMOUNT}</td></tr>'
        "</tbody></table></body></html>"
    ).encode()


def _html_row(row: list[str]) -> list[str]:
    owner, title, text, amount = row
    # An item's typed bullet stands beside the list's own sign; a renderer shows both.
    return [escape(owner), escape(title), text, escape(amount)]


def as_html_of_a_spreadsheet() -> bytes:
    """HTML that a system calls .xls, in cp1252 as it declares, with markup written as text."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in line) + "</tr>"
        for line in table()
    )
    page = f'<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><table>{rows}'
    return page.encode("cp1252")


def as_xlsx(plain: bool = False) -> bytes:
    """Two sheets, the second one empty but for a note; a merged heading; amounts as numbers."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet("Beslut")
    for at, line in enumerate(table(plain=plain)):
        for column, cell in enumerate(line):
            sheet.write(at, column, cell)
    sheet.merge_range(0, 0, 0, 3, HEADING)
    book.add_worksheet("Läs mig").write(0, 0, "Listan kommer ur vårt ärendesystem.")
    book.close()
    return written.getvalue()


def as_xls() -> bytes:
    """As Excel wrote until 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Beslut")
    for at, line in enumerate(table()):
        for column, cell in enumerate(line):
            sheet.write(at, column, cell)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_ods() -> bytes:
    """As LibreOffice writes."""
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Beslut")
    for line in table(plain=True):
        row = TableRow()
        for cell in line:
            row.addElement(_ods_cell(cell))
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _ods_cell(value: str | int) -> Any:
    if isinstance(value, int):
        return TableCell(valuetype="float", value=value)
    cell = TableCell(valuetype="string")
    for text in value.split("\n"):
        cell.addElement(P(text=text))
    return cell


def as_docx() -> bytes:
    """A heading and a table; list items, bold words and a merged cell for the total."""
    document = docx.Document()
    document.add_heading(HEADING, 1)
    document.add_paragraph("Beslutade av regionala utvecklingsnämnden.")
    grid = document.add_table(rows=1, cols=4)
    for cell, text in zip(grid.rows[0].cells, HEADER, strict=True):
        cell.text = text
    for owner, title, text, amount in ROWS:
        cells = grid.add_row().cells
        cells[0].text, cells[1].text, cells[3].text = owner, title, amount
        _word_cell(cells[2], text)
    cells = grid.add_row().cells
    cells[0].merge(cells[2]).text = TOTAL_LABEL
    cells[3].text = TOTAL_AMOUNT
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _word_cell(cell: Any, text: str) -> None:
    for tag in BeautifulSoup(text, "lxml").find_all(["p", "li"]):
        if tag.name == "li":
            paragraph = cell.add_paragraph(style="List Bullet")
        else:
            paragraph = cell.add_paragraph()
        for part in tag.children:
            bold = isinstance(part, Tag) and part.name == "b"
            words = re.sub(r"^• ", "", part.get_text()) if tag.name == "li" else part.get_text()
            paragraph.add_run(words).bold = bold


def as_pdf() -> bytes:
    """The page as Chromium prints it, over several pages, cells broken between them."""
    with tempfile.TemporaryDirectory() as folder:
        page, printed = Path(folder, "sida.html"), Path(folder, "sida.pdf")
        page.write_bytes(as_html())
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return printed.read_bytes()


def as_json() -> bytes:
    """The decisions in the API's form."""
    return bodies.encode([bodies.decision(one) for one in decisions()])


def as_json_lines() -> bytes:
    return b"".join(bodies.encode(bodies.decision(one)) + b"\n" for one in decisions())


FORMATS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "sample.txt": ("text", as_text),
    "comma.csv": ("CSV", as_csv),
    "lines.csv": ("CSV", lambda: as_csv("utf-8-sig", plain=True)),
    "semicolon.csv": ("CSV", lambda: as_csv("cp1252", ";", plain=True)),
    "utf16.csv": ("CSV", lambda: as_csv("utf-16", ";")),
    "page.html": ("HTML", as_html),
    "page.xls": ("HTML", as_html_of_a_spreadsheet),
    "book.xlsx": ("XLSX", as_xlsx),
    "lines.xlsx": ("XLSX", lambda: as_xlsx(plain=True)),
    "old.xls": ("XLS", as_xls),
    "book.ods": ("ODS", as_ods),
    "document.docx": ("DOCX", as_docx),
    "print.pdf": ("PDF", as_pdf),
    "list.json": ("JSON", as_json),
    "lines.jsonl": ("JSON Lines", as_json_lines),
    "lines.jsonl.gz": ("JSON Lines", lambda: gzip.compress(as_json_lines())),
}
"""File -> the reader that it is an example of, and what makes it."""


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, render) in FORMATS.items():
        (folder / name).write_bytes(render())


if __name__ == "__main__":
    main()
