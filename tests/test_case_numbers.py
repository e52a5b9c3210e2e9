"""Case number and decision date: from the list to the page, the API, the exports and the search."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from lxml import html
from python_calamine import CalamineWorkbook

from index.build import build
from web.app import create_app
from web.settings import Settings

HEADER = ["Diarienummer", "Beslutsdatum", "Projektägare", "Projektnamn", "Belopp"]
DAY = datetime.date(2026, 3, 5)
ROWS: list[list[Any]] = [
    ["RN 2026/123", DAY, "Ankeby kommun", "En bro", 5],
    ["RN 2026/124", datetime.datetime(2026, 3, 5), "Öbo kommun", "En väg", 6],
    [20260125, "5 mars 2026", "Åre kommun", "En skola", 7],
    [None, "20260305", "Ånge kommun", "En båt", 8],
    ["RN 2026/126", None, "Umeå kommun", "En hamn", 9],
]
BRO = "/api/v1/decisions/lista/en-bro"


def workbook(path: Path, rows: list[list[Any]]) -> None:
    """A list as a spreadsheet program saves it, with cells of dates."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Beviljade")
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of `ROWS`."""
    folder = tmp_path_factory.mktemp("listed")
    workbook(folder / "lista.xlsx", ROWS)
    report = build([folder / "lista.xlsx"], folder / "index")
    assert (report.decisions, report.problems) == (5, ())
    return folder / "index"


@pytest.fixture(scope="module")
def api(listed: Path) -> Iterator[FlaskClient]:
    yield create_app(Settings(index=listed, search_seconds=20)).test_client()


def get(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200
    body: dict[str, Any] = response.json
    return body


def test_hits_and_the_decision_have_case_number_and_date(api: FlaskClient) -> None:
    hits = get(api, "/api/v1/decisions?sort=amount")["decisions"]
    assert [(hit["caseNumber"], hit["decisionDate"]) for hit in hits] == [
        ("RN 2026/123", "2026-03-05"),
        ("RN 2026/124", "2026-03-05"),
        ("20260125", "2026-03-05"),
        (None, "2026-03-05"),
        ("RN 2026/126", None),
    ]
    chosen = get(api, BRO + "?fields=decisionDate,caseNumber")
    assert chosen == {"decisionDate": "2026-03-05", "caseNumber": "RN 2026/123"}


def test_the_page_has_them_in_facts_citation_and_structured_data(api: FlaskClient) -> None:
    tree = html.fromstring(api.get("/beslut/lista/en-bro").data.decode())
    facts = {dt.text: dt.getnext().text_content() for dt in tree.xpath("//dl[@class='facts']//dt")}
    assert facts["Diarienummer"] == "RN 2026/123"
    assert facts["Beslutsdatum"] == "5 mars 2026"
    assert (
        "lista, dnr RN 2026/123, beslutat 5 mars 2026. Källa:" in tree.xpath("//textarea/text()")[0]
    )
    data = json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])
    number = {"@type": "PropertyValue", "name": "diarienummer", "value": "RN 2026/123"}
    assert data["identifier"] == ["lista/en-bro", number]


def test_hits_that_look_alike_show_what_tells_them_apart(api: FlaskClient) -> None:
    tree = html.fromstring(api.get("/?q=&sort=amount").data.decode())
    facts = [one.text_content().split() for one in tree.xpath("//p[@class='facts']")]
    assert facts[0][-5:] == ["RN", "2026/123", "5", "mars", "2026"]
    assert facts[4][-2:] == ["RN", "2026/126"]


def test_a_decision_without_them_says_nothing_of_them(api: FlaskClient) -> None:
    assert "Diarienummer" not in api.get("/beslut/lista/en-bat").data.decode()
    assert "Beslutsdatum" not in api.get("/beslut/lista/en-hamn").data.decode()


def test_exports_have_them_and_excel_gets_days(api: FlaskClient) -> None:
    text = api.get("/api/v1/decisions.csv?dialect=rfc4180&sort=amount").data.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["decisionDate"] for row in rows] == [*["2026-03-05"] * 4, ""]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(api.get("/api/v1/decisions.xlsx?sort=amount").data)
    )
    header, first, *_, last = book.get_sheet_by_name("Beslut").to_python()
    day = header.index("Beslutsdatum")
    assert (first[day], last[day]) == (DAY, "")
    assert first[header.index("Diarienummer")] == "RN 2026/123"


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_each_export_is_read_back_with_them(api: FlaskClient, tmp_path: Path, form: str) -> None:
    (tmp_path / f"uttag.{form}").write_bytes(api.get(f"/api/v1/decisions.{form}").data)
    build([tmp_path], tmp_path / "index")
    again = create_app(Settings(index=tmp_path / "index", search_seconds=20)).test_client()
    address = "/api/v1/decisions?sort=amount&fields=title,caseNumber,decisionDate"
    assert get(again, address)["decisions"] == get(api, address)["decisions"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("RN 2026/123", ["En bro"]),
        ("rn 2026/124", ["En väg"]),
        ('"2026/126"', ["En hamn"]),
        ("20260125", ["En skola"]),
        ("2026/127", []),
    ],
)
def test_a_decision_is_found_by_its_case_number(api: FlaskClient, q: str, found: list[str]) -> None:
    answer = api.get("/api/v1/decisions", query_string={"q": q}).json
    assert [hit["title"] for hit in (answer or {})["decisions"]] == found


def test_grants_that_differ_in_case_number_or_date_alone_are_several(tmp_path: Path) -> None:
    row = ["2026/1", DAY, "Ankeby kommun", "En bro", 5]
    rows = [row, ["2026/2", *row[1:]], [row[0], DAY.replace(day=6), *row[2:]], row]
    workbook(tmp_path / "lista.xlsx", rows)
    report = build([tmp_path / "lista.xlsx"], tmp_path / "index")
    assert (report.decisions, len(report.duplicates)) == (3, 1)
