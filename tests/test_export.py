"""The whole set as a file: exactly the decisions of the search, whatever their number."""

from __future__ import annotations

import csv
import io
import itertools
import json
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from index.export_table import HEADINGS, as_it_was, harmless
from search.dimensions import SORTS
from search.request import SearchRequest
from search.searcher import Searcher
from web.api import export, schemas
from web.app import create_app
from web.settings import Settings

DECISIONS = "/api/v1/decisions"
SEARCHES: list[dict[str, Any]] = [
    {},
    {"q": "kommun"},
    {"q": "kommun", "sort": "title"},
    {"q": "finnsinte"},
    {"owner": ["Luleå kommun", "Kiruna kommun"]},
    {"amountMin": "2 mnkr", "sort": "amount"},
]


def ids(client: FlaskClient, search: dict[str, Any]) -> list[str]:
    """The identifiers of a whole search, page by page."""
    found: list[str] = []
    for page in itertools.count(1):
        query = urlencode(search | {"page": page, "limit": 4}, doseq=True)
        body = client.get(f"{DECISIONS}?{query}").json or {}
        if not body["decisions"]:
            return found
        found += [one["id"] for one in body["decisions"]]
    raise AssertionError


def get(client: FlaskClient, form: str, **search: Any) -> bytes:
    response = client.get(f"{DECISIONS}.{form}?{urlencode(search, doseq=True)}")
    assert response.status_code == 200
    return response.data


def rows(client: FlaskClient, **search: Any) -> list[dict[str, str]]:
    text = get(client, "csv", dialect="rfc4180", **search).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_every_form_has_exactly_the_set_in_its_order(
    client: FlaskClient, search: dict[str, Any]
) -> None:
    expected = ids(client, search)
    lines = get(client, "jsonl", **search).decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == expected
    assert [row["id"] for row in rows(client, **search)] == expected
    table = sheets(get(client, "xlsx", **search))["Beslut"]
    assert [row[0] for row in table[1:]] == expected


@pytest.mark.parametrize("sort", SORTS)
def test_the_engine_gives_the_whole_set_in_the_order_of_its_pages(
    sample: Searcher, sort: Any
) -> None:
    request = SearchRequest(q="kommun", sort=sort, page=3, limit=1)
    whole = sample.whole(request)
    pages = sample.search(SearchRequest(q="kommun", sort=sort, limit=100))
    assert [one.id for one in whole.decisions] == [hit.decision.id for hit in pages.hits]
    assert (whole.total, whole.stats) == (pages.total, pages.stats)


def test_a_line_is_what_the_api_says_of_the_decision(client: FlaskClient) -> None:
    for line in get(client, "jsonl").decode().splitlines():
        decision = json.loads(line)
        assert decision.pop("url") == f"http://localhost/beslut/{decision['id']}"
        assert decision == client.get(f"{DECISIONS}/{decision['id']}").json
        assert tuple(decision) == schemas.DECISION_FIELDS


def test_csv_opens_in_excel_in_sweden(small_client: FlaskClient) -> None:
    response = small_client.get(f"{DECISIONS}.csv")
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    assert response.data.startswith(b"\xef\xbb\xbf")
    lines = list(
        csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline=""), delimiter=";")
    )
    heading = [column.heading for column in export.columns("")]
    assert lines[0] == heading
    amounts = [line[heading.index("Beviljat belopp")] for line in lines[1:]]
    assert amounts == ["5000000", "1200000", "400000,50", ""]


def test_csv_for_programs_is_rfc_4180(small_client: FlaskClient) -> None:
    data = get(small_client, "csv", dialect="rfc4180")
    assert data.startswith(b"id,owner,title,")
    assert data.endswith(b"\r\n")
    found = rows(small_client)
    assert [row["amount"] for row in found] == ["5000000", "1200000", "400000.50", ""]
    assert found[1]["description"].splitlines()[1] == "Fler kuratorer"
    assert found[0]["sourceFile"] == "small.txt"
    assert int(found[0]["sourceRow"]) > 1


def test_every_row_has_the_whole_address_and_the_days_of_its_decision(
    client: FlaskClient, sample: Searcher
) -> None:
    book = sheets(get(client, "xlsx"))["Beslut"]
    headed = [dict(zip(book[0], row, strict=True)) for row in book[1:]]
    for row, excel in zip(rows(client), headed, strict=True):
        decision = sample.get(row["id"])
        assert decision
        assert row["url"] == excel["Beslutets adress"] == f"http://localhost/beslut/{row['id']}"
        assert client.get(row["url"]).status_code == 200
        assert row["firstSeen"] == excel["Först här"] == decision.since
        assert row["decisionDate"] == ""


@pytest.fixture
def dangerous(make_engine: Callable[..., Searcher], tmp_path: Path) -> Iterator[FlaskClient]:
    """An index of a decision whose texts are formulas."""
    make_engine('=HYPERLINK("http://evil.example")\t+1+1\t@SUM(A1)\t1000').close()
    yield create_app(Settings(index=tmp_path / "index")).test_client()


def test_no_cell_of_csv_for_excel_is_a_formula(dangerous: FlaskClient) -> None:
    text = get(dangerous, "csv").decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK" in text and "'+1+1" in text and "'@SUM(A1)" in text


def test_csv_for_programs_has_every_text_as_it_is(dangerous: FlaskClient) -> None:
    (row,) = rows(dangerous)
    assert row["owner"] == '=HYPERLINK("http://evil.example")'
    assert (row["title"], row["description"]) == ("+1+1", "@SUM(A1)")


def test_text_in_xlsx_is_text_as_it_stands_and_amounts_are_numbers(dangerous: FlaskClient) -> None:
    data = get(dangerous, "xlsx")
    row = sheets(data)["Beslut"][1]
    assert row[1:4] == ['=HYPERLINK("http://evil.example")', "+1+1", "@SUM(A1)"]
    assert row[5] == 1000
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not sheet.xpath("//*[local-name()='f']")


@given(st.text(max_size=20))
@example("＝1+1")
@example("⁺1")
@example("﹣1")
@example("'=1")
@example("''-")
def test_a_neutralised_cell_never_begins_as_a_formula_and_gives_the_text_back(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unicodedata.normalize("NFKC", cell[:1]) not in set("=+-@")
    assert cell in (text, f"'{text}")
    assert as_it_was(cell) == text


def test_the_file_says_what_was_searched_for_and_where(client: FlaskClient) -> None:
    data = get(client, "xlsx", q="psykisk hälsa", owner="Luleå kommun", amountMin="500000")
    about = dict(sheets(data)["Om uttaget"])
    assert about["Sökord"] == "psykisk hälsa"
    assert about["Projektägare"] == "Luleå kommun"
    assert about["Belopp"] == "500000–"
    assert about["Antal beslut"] == "1"
    assert about["Källa"].startswith("http://localhost/?q=psykisk%20h%C3%A4lsa&owner=")


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ({"q": "psykisk hälsa"}, "beslut-psykisk-halsa-"),
        ({"q": '../\\"x"\r\n'}, "beslut-x-"),
        ({"q": "😀"}, "beslut-2"),
        ({}, "beslut-2"),
    ],
)
def test_the_file_is_named_by_the_words_and_the_day(
    client: FlaskClient, search: dict[str, str], name: str
) -> None:
    for form in ("csv", "xlsx", "jsonl"):
        disposition = client.get(f"{DECISIONS}.{form}", query_string=search).headers[
            "Content-Disposition"
        ]
        assert disposition.startswith(f"attachment; filename={name}")
        assert disposition.endswith(f".{form}")


@pytest.mark.parametrize("names", [["title", "amount"], ["owner"], ["url", "id", "url"]])
def test_a_file_has_the_members_and_columns_that_are_asked_for(
    client: FlaskClient, names: list[str]
) -> None:
    wanted = [*dict.fromkeys(names)]
    for line in get(client, "jsonl", fields=",".join(names)).decode().splitlines():
        assert set(json.loads(line)) == set(wanted)
    whole, few = rows(client), rows(client, fields=",".join(names))
    assert few == [{name: row[name] for name in wanted} for row in whole]
    assert [*few[0]] == wanted
    table = sheets(get(client, "xlsx", fields=",".join(names)))["Beslut"]
    assert table[0] == [HEADINGS[name] for name in wanted]
    assert len(table) - 1 == len(whole)


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_field_that_a_file_does_not_have_is_refused_by_name(
    client: FlaskClient, form: str
) -> None:
    response = client.get(f"{DECISIONS}.{form}?fields=id,score")
    assert response.status_code == 400
    assert "”score”" in response.get_json(force=True)["detail"]


def test_other_fields_are_another_answer(client: FlaskClient) -> None:
    tags = {client.get(f"{DECISIONS}.csv?{one}").headers["ETag"] for one in ("", "fields=id")}
    assert len(tags) == 2


@pytest.mark.parametrize("name", ["page", "limit", "finnsinte"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_what_has_no_meaning_for_a_whole_set_is_refused(
    client: FlaskClient, form: str, name: str
) -> None:
    response = client.get(f"{DECISIONS}.{form}?{name}=1")
    assert response.status_code == 400
    assert name in response.get_json(force=True)["detail"]


def test_an_unknown_dialect_is_refused_by_name(client: FlaskClient) -> None:
    response = client.get(f"{DECISIONS}.csv?dialect=tsv")
    assert response.status_code == 400
    assert "”tsv”" in response.get_json(force=True)["detail"]


def test_a_text_longer_than_a_cell_is_cut_and_says_so(
    make_engine: Callable[..., Searcher], tmp_path: Path
) -> None:
    make_engine("Ägare\tLång\t" + "ord " * 10_000 + "\t1", "Ägare\tGlad\t" + "😀" * 20_000).close()
    client = create_app(Settings(index=tmp_path / "index")).test_client()
    for row in sheets(get(client, "xlsx"))["Beslut"][1:]:
        assert len(row[3].encode("utf-16-le")) <= 2 * 32_767
        assert row[3].endswith("hela finns i JSON)")
    assert len(rows(client)[0]["description"]) > 39_000


def test_more_decisions_than_a_sheet_holds_go_on_another(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_MOST_ROWS", 4)
    found = sheets(get(client, "xlsx"))
    assert [len(found[name]) - 1 for name in ("Beslut", "Beslut 2", "Beslut 3")] == [4, 4, 1]


def test_lines_are_made_as_they_are_sent(sample: Searcher) -> None:
    """Bounded memory: what is held does not grow with the set."""
    one = next(sample.whole(SearchRequest()).decisions)
    found = sample.whole(SearchRequest())
    many = itertools.repeat(one, 3_000)
    object.__setattr__(found, "decisions", many)
    tracemalloc.start()
    size = sum(len(chunk) for chunk in export.json_lines(found, "http://localhost"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 5_000_000
    assert peak < 1_000_000
