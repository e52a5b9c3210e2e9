"""Documents as public bodies write them: DOCX, HTML and PDF of the same few lines.

A line is a paragraph: ``# heading``, ``## heading``, ``- item``, ``**bold** text`` or plain. Lines
with ``|`` between cells are a table.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import docx

from index.documents.document import Document
from index.documents.forms import decisions_in
from index.documents.lists.extract import Extract


def read(content: bytes, file: str = "protokoll") -> Extract:
    return decisions_in(content, Document(file, "ab" * 32, "2030-01-02T03:04:05Z"))


def told(extract: Extract) -> list[tuple[str, str, int | None]]:
    """Owner, title and amount of each decision."""
    return [
        (one.owner, one.title, None if one.amount is None else int(one.amount))
        for one in extract.decisions
    ]


def word(text: str, header: str = "") -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = header
    for is_row, lines in groupby(_lines(text), key=lambda line: "|" in line):
        if is_row:
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            table = document.add_table(len(rows), max(map(len, rows)))
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    table.cell(at, place).text = cell.replace("\\n", "\n")
            continue
        for line in lines:
            _word_paragraph(document, line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _word_paragraph(document: Any, line: str) -> None:
    heading = re.match(r"(#+) ", line)
    if heading:
        document.add_heading(line[heading.end() :], len(heading[1]))
        return
    item = line.startswith("- ")
    paragraph = document.add_paragraph(style="List Bullet" if item else None)
    for at, piece in enumerate(re.split(r"\*\*", line.removeprefix("- "))):
        if piece:
            paragraph.add_run(piece.replace("\\n", "\n")).bold = at % 2 == 1


def page(text: str, title: str = "Handling", menu: bool = True) -> bytes:
    """A page of a web site, with the menu and the footer that it has."""
    body = []
    for kind, lines in groupby(_lines(text), key=_kind):
        if kind == "row":
            rows = (
                "".join(f"<td>{_html(cell.strip())}</td>" for cell in line.strip("|").split("|"))
                for line in lines
            )
            body.append("<table>" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>")
        elif kind == "item":
            body.append("<ul>" + "".join(f"<li>{_html(line[2:])}</li>" for line in lines) + "</ul>")
        else:
            body += [_html_paragraph(line) for line in lines]
    around = '<nav><ul><li><a href="/">Start</a></li><li>Projekt</li><li>Beslut</li></ul></nav>'
    foot = "<footer><p>Kontakt: 0920-28 40 00</p><p>Beslut: se diariet</p></footer>"
    inside = "\n".join(body)
    whole = f"{around}<main>{inside}</main>{foot}" if menu else inside
    return (
        f'<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body>{whole}</body></html>"
    ).encode()


def _kind(line: str) -> str:
    return "row" if "|" in line else "item" if line.startswith("- ") else "paragraph"


def _html_paragraph(line: str) -> str:
    heading = re.match(r"(#+) ", line)
    if heading:
        tag = f"h{len(heading[1])}"
        return f"<{tag}>{_html(line[heading.end() :])}</{tag}>"
    return f"<p>{_html(line)}</p>"


def _html(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text)).replace("\\n", "<br>")


def _lines(text: str) -> list[str]:
    return [line for line in text.strip().split("\n") if line.strip()]


def printed(content: bytes) -> bytes:
    """A web page as Chromium prints it."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "sida.html"), Path(folder, "sida.pdf")
        source.write_bytes(content)
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return target.read_bytes()
