"""JSON and JSON Lines: what the API writes is read back, and others' records are understood."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.dates import EARLIEST, LATEST
from index.decision import Block, Decision, Round, Source
from index.documents import html, readers
from index.documents.columns import mapping
from index.documents.columns.mapping import NOTHING, Mapping
from index.documents.document import Document
from index.documents.records import read_records
from index.documents.report import ReadingProgress, TableReport
from index.documents.sources import Reading, read_all
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits
from index.problem import Problem
from tests.conftest import SMALL
from web.api import bodies

NOWHERE = Source("", None, 0, "", "")
BRO = {"owner": "Ånge", "title": "Bro", "text": "Bred.", "amount": 5}


def parse(content: bytes, said: Mapping = NOTHING, file: str = "lista.jsonl") -> list[Any]:
    stream = readers.record_format(content[: readers.HEAD_BYTES])
    assert stream is not None
    records = stream.read(io.BytesIO(content), DEFAULTS)
    found = read_records(records, Document(file, "ab" * 32, "T", said))
    return [one for one in found if not isinstance(one, TableReport)]


def lines(*records: Any) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode()


def exported(decisions: Iterable[Decision]) -> bytes:
    return b"".join(bodies.encode(bodies.decision(one)) + b"\n" for one in decisions)


def one(record: dict[str, Any], said: Mapping = NOTHING) -> Decision:
    (found,) = parse(lines(record), said)
    assert isinstance(found, Decision)
    return found


def placeless(found: Iterable[Any]) -> list[Decision]:
    return [replace(one, source=NOWHERE) for one in found if isinstance(one, Decision)]


# What the project writes


LINE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(html.clean)
NAME = LINE.filter(bool)
BLOCK = st.builds(Block, st.sampled_from(["paragraph", "item"]), NAME)
BLOCKS = st.lists(BLOCK, max_size=4).map(tuple)
AMOUNT = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12).map(Decimal),
    st.decimals(-(10**10), 10**10, places=2, allow_nan=False),
)
ROUND = st.builds(Round, NAME, NAME, st.none() | NAME)
DECISION = st.builds(
    Decision,
    id=st.just("x"),
    owner=NAME,
    title=NAME,
    description=BLOCKS,
    motivation=BLOCKS,
    amount=AMOUNT,
    currency=st.sampled_from(["SEK", "EUR", "XXX"]),
    round=ROUND,
    source=st.just(NOWHERE),
    case_number=st.none() | NAME,
    decision_date=st.none() | st.dates(date(EARLIEST, 1, 1), date(LATEST, 12, 31)),
)


@given(st.lists(DECISION, min_size=1, max_size=4), st.booleans())
def test_what_the_api_writes_is_read_back_as_the_same_decisions(
    decisions: list[Decision], packed: bool
) -> None:
    content = exported(decisions)
    found = parse(gzip.compress(content) if packed else content)
    assert [replace(one, id="x") for one in placeless(found)] == decisions


@given(st.lists(DECISION, min_size=1, max_size=4))
def test_a_list_and_a_search_answer_are_read_as_lines_are(decisions: list[Decision]) -> None:
    written = [json.loads(line) for line in exported(decisions).splitlines()]
    as_list, answer = json.dumps(written).encode(), json.dumps({"decisions": written}).encode()
    expected = placeless(parse(lines(*written)))
    assert placeless(parse(as_list)) == placeless(parse(answer)) == expected


def test_an_index_of_the_export_is_the_index_of_the_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SMALL, "utf-8")
    (tmp_path / "x").mkdir()
    (first,) = read_all([tmp_path / "a.txt"], tmp_path / "x" / "decisions", None)
    decisions = list(first.decisions())
    (tmp_path / "b.jsonl").write_bytes(exported(decisions))
    report = build([tmp_path / "a.txt", tmp_path / "b.jsonl"], tmp_path / "index")
    assert (report.decisions, len(report.duplicates)) == (4, 4)


# What others write


def test_the_apis_own_names_are_known_and_text_is_the_description() -> None:
    found = one(BRO | {"motivation": "Varför.", "round": "X 2030:1", "funder": "Region Vi"})
    assert (found.owner, found.title, found.amount) == ("Ånge", "Bro", 5)
    assert found.description == (Block("paragraph", "Bred."),)
    assert found.motivation == (Block("paragraph", "Varför."),)
    assert found.round == Round("X 2030:1", "X 2030:1", "Region Vi")
    assert found.id == "x-2030-1/bro"


def test_text_may_be_html_with_the_motivation_in_it() -> None:
    found = one(BRO | {"text": "<p>Bred &amp; hög.</p><p><b>Motivering:</b> Så.</p>"})
    assert found.description == (Block("paragraph", "Bred & hög."),)
    assert found.motivation == (Block("paragraph", "Så."),)


def test_names_of_columns_are_names_of_members_too() -> None:
    found = one({"Projektägare": "Ånge", "Projektnamn": "Bro", "Beviljat belopp": "5 tkr"})
    assert (found.owner, found.title, found.amount) == ("Ånge", "Bro", 5000)


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        (5, "5"),
        (5.5, "5.5"),
        ("10256000.0", "10256000"),
        ("1,5 mnkr", "1500000"),
        (-7, "-7"),
        (0, "0"),
        (None, None),
        ("", None),
    ],
)
def test_amounts_are_kept_as_what_they_are(amount: Any, value: str | None) -> None:
    assert one(BRO | {"amount": amount}).amount == (None if value is None else Decimal(value))


@pytest.mark.parametrize("amount", ["enligt bilaga", True, [5], {"value": 5}, 10**40])
def test_an_amount_that_is_none_is_told(amount: Any) -> None:
    found, problem = parse(lines(BRO | {"amount": amount}))
    assert found.amount is None
    assert (problem.row, problem.what.endswith("kan inte tolkas")) == (1, True)


@pytest.mark.parametrize("name", ["decisionDate", "Beslutsdatum", "decision date"])
def test_case_numbers_and_dates_are_kept_as_what_they_are(name: str) -> None:
    found = one(BRO | {"caseNumber": 20260123, name: "2026-03-05T00:00:00Z"})
    assert (found.case_number, found.decision_date) == ("20260123", date(2026, 3, 5))
    empty = one(BRO | {"caseNumber": None, name: ""})
    assert (empty.case_number, empty.decision_date) == (None, None)


@pytest.mark.parametrize("value", ["2026-03", "i våras", 2026, ["2026"]])
def test_a_date_that_is_none_is_told(value: Any) -> None:
    found, problem = parse(lines(BRO | {"decisionDate": value}))
    assert found.decision_date is None
    assert (problem.row, problem.what.endswith("är inget entydigt datum")) == (1, True)


def test_the_date_of_something_is_not_the_decisions() -> None:
    assert one(BRO | {"date": "2026-03-05", "id": "x"}).decision_date is None


def test_another_currency_is_kept() -> None:
    assert one(BRO | {"currency": "EUR"}).currency == "EUR"
    assert one(BRO | {"amount": "5 euro"}).currency == "EUR"


def test_without_a_round_the_file_stands_in_whatever_its_suffixes() -> None:
    for file in ("lista.jsonl", "lista.jsonl.gz", "mapp/lista.json"):
        (found,) = parse(lines(BRO), NOTHING, file)
        assert found.round.name == "lista"


def test_lines_that_are_no_records_are_told_with_their_number() -> None:
    content = lines(BRO) + b"\n{trasig\n[1]\n" + lines({"amount": 5}) + lines(BRO)
    found = parse(content)
    assert [(one.row, one.what) for one in found if isinstance(one, Problem)] == [
        (3, "raden är inte ett JSON-objekt och togs inte med"),
        (4, "raden är inte ett JSON-objekt och togs inte med"),
        (5, "posten har varken projektägare eller projektnamn och togs inte med"),
    ]
    assert [one.source.row for one in found if isinstance(one, Decision)] == [1, 6]


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "paket", "version": 1}',
        b'{"title": "Rapport", "description": "Om broar"}\n{"title": "B", "description": "x"}\n',
        b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}',
        b"[]",
        b'["a"]',
    ],
)
def test_json_without_owners_and_amounts_is_no_list_of_decisions(content: bytes) -> None:
    with pytest.raises(ReadError, match="ingen post har projektägare och projektnamn"):
        parse(content)


def test_a_mapping_names_members_and_paths_of_them() -> None:
    columns = {"owner": "org.name", "title": "t", "description": "about", "amount": "sum"}
    said = mapping.read(
        ('currency = "EUR"\nround = "X"\n[columns]\n' + "\n".join(
            f'{column} = "{member}"' for column, member in columns.items()
        )).encode(), "a.toml",
    )  # fmt: skip
    found = one({"org": {"name": "Ånge"}, "t": "Bro", "about": "Bred.", "sum": 5}, said)
    assert (found.owner, found.title, found.amount, found.currency) == ("Ånge", "Bro", 5, "EUR")
    assert found.round.name == "X"


# Whatever the size


def test_a_file_larger_than_the_limit_is_read_line_by_line(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        for number in range(3000):
            file.write(lines(BRO | {"title": f"Bro {number}", "text": "ord " * 200}))
    assert (tmp_path / "a.jsonl").stat().st_size > 2 << 20
    (tmp_path / "x").mkdir()
    seen: list[ReadingProgress] = []
    reading = Reading(ReadingLimits(source_megabytes=1, source_memory=60), progress=seen.append)
    (parsed,) = read_all([tmp_path / "a.jsonl"], tmp_path / "x" / "decisions", None, reading)
    assert (parsed.report.decisions, parsed.report.sum) == (3000, 15_000)
    assert [progress.decisions for progress in seen][:2] == [500, 1000]
    assert seen[-1] == ReadingProgress(1, 1, seen[-1].all_bytes, seen[-1].all_bytes, 3000)


def test_a_large_list_that_is_no_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(json.dumps([BRO] * 30_000).encode())
    (tmp_path / "x").mkdir()
    reading = Reading(ReadingLimits(source_megabytes=1))
    (parsed,) = read_all([tmp_path / "a.json"], tmp_path / "x" / "decisions", None, reading)
    assert str(parsed.report.problems[0]) == (
        "a.json: filen är större än 1 MB. Spara den som JSON Lines, som läses post för post, eller "
        "dela upp den, eller höj BESLUT_SOURCE_MEGABYTES."
    )


def test_a_list_that_is_large_unpacked_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"[\n" + b" " * (2 << 20) + b"{}]"))
    (tmp_path / "x").mkdir()
    reading = Reading(ReadingLimits(unpacked_megabytes=1))
    (parsed,) = read_all([tmp_path / "a.json.gz"], tmp_path / "x" / "decisions", None, reading)
    assert str(parsed.report.problems[0]) == (
        "a.json.gz: filen är större än 1 MB uppackad. Spara den som JSON Lines, som läses post för "
        "post, eller höj BESLUT_UNPACKED_MEGABYTES."
    )


def test_many_problems_are_told_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(BRO) + b"x\n" * 1200)
    (tmp_path / "x").mkdir()
    (parsed,) = read_all([tmp_path / "a.jsonl"], tmp_path / "x" / "decisions", None)
    assert (parsed.report.rows, len(parsed.report.problems)) == (1201, 1001)
    assert parsed.report.problems[-1].what == "200 anmärkningar till"


@pytest.mark.parametrize("suffix", ["json", "json.gz"])
def test_a_long_list_is_read_and_tells_how_far_it_is(suffix: str, tmp_path: Path) -> None:
    content = json.dumps([BRO | {"title": f"Bro {number}"} for number in range(1201)]).encode()
    (tmp_path / f"a.{suffix}").write_bytes(
        gzip.compress(content) if suffix.endswith("gz") else content
    )
    (tmp_path / "x").mkdir()
    seen: list[ReadingProgress] = []
    reading = Reading(progress=seen.append)
    (parsed,) = read_all([tmp_path / f"a.{suffix}"], tmp_path / "x" / "decisions", None, reading)
    assert (parsed.report.decisions, parsed.report.problems) == (1201, ())
    assert [progress.decisions for progress in seen] == [500, 1000, 1201]


# Damaged, or in another encoding


def as_text(records: list[dict[str, Any]], kind: str) -> str:
    if kind == "lines":
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    return json.dumps(records, ensure_ascii=False, indent=1 if kind == "indented" else None)


MANY = [BRO | {"title": f"Bättre bro {number}"} for number in range(4)]


@pytest.mark.parametrize("kind", ["lines", "list", "indented"])
def test_json_in_windows_1252_is_read_and_that_is_said_once(kind: str) -> None:
    found = parse(as_text(MANY, kind).encode("cp1252"))
    assert [one.title for one in found if isinstance(one, Decision)] == [
        one["title"] for one in MANY
    ]
    (problem,) = [one for one in found if isinstance(one, Problem)]
    assert (problem.what, problem.lost) == (
        "filen är inte UTF-8 och lästes som Windows-1252",
        False,
    )


@pytest.mark.parametrize("kind", ["list", "indented"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_in_utf16_is_read(kind: str, encoding: str) -> None:
    found = parse(as_text(MANY, kind).encode(encoding))
    assert [one.title for one in found] == [one["title"] for one in MANY]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_lines_in_utf16_are_named_as_such(encoding: str) -> None:
    with pytest.raises(ReadError, match="filen är JSON Lines i UTF-16") as error:
        parse(as_text(MANY, "lines").encode(encoding))
    assert error.value.remedy == "spara den som UTF-8"


def test_json_in_another_code_page_is_refused() -> None:
    content = json.dumps([{"owner": "Δήμος Αθηναίων", "title": "Γέφυρα"}], ensure_ascii=False)
    with pytest.raises(ReadError, match="inte UTF-8 och inte heller Windows-1252"):
        parse(content.encode("cp1253"))


@pytest.mark.parametrize("kind", ["lines", "list", "indented"])
@pytest.mark.parametrize("stray", [r"\ud800", "\0", "\x01", r"\u0001", "\ud800"])
def test_a_stray_character_costs_itself_and_not_its_record(kind: str, stray: str) -> None:
    text = (
        as_text(MANY, kind).replace("Bättre", f"Bät{stray}tre").replace("Bred", f"<p>B{stray}red")
    )
    found = parse(text.encode("utf-8", "surrogatepass"))
    assert [(one.title, one.description[0].text) for one in found] == [
        (one["title"], "Bred.") for one in MANY
    ]


@pytest.mark.parametrize("kind", ["list", "indented"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.97])
def test_a_list_that_is_cut_off_is_named_as_such(kind: str, share: float) -> None:
    content = as_text(MANY, kind).encode()
    with pytest.raises(ReadError, match="filen är avkortad"):
        parse(content[: int(len(content) * share)])


@given(st.integers(1, 400))
def test_lines_whose_last_one_is_cut_off_are_never_taken_for_whole(cut: int) -> None:
    content = as_text(MANY * 2, "lines").encode()
    cut_off = content[: len(content) - cut]
    last = cut_off.rpartition(b"\n")[2]
    if last in (b"", content.splitlines()[-1]) or last.endswith(b"}"):
        assert all(isinstance(one, Decision) for one in parse(cut_off))
    else:
        with pytest.raises(ReadError, match="filen är avkortad"):
            parse(cut_off)


def test_what_was_read_last_time_stays_where_lines_are_cut_off(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*MANY))
    build([tmp_path / "a.jsonl"], tmp_path / "index")
    (tmp_path / "a.jsonl").write_bytes(lines(*MANY)[:-20])
    report = build([tmp_path / "a.jsonl"], tmp_path / "index")
    assert (report.decisions, report.sources[0].state) == (4, "kept")


def test_json_that_is_wrong_within_is_not_said_to_be_cut_off() -> None:
    with pytest.raises(ReadError, match="filen är inte giltig JSON"):
        parse(b'[\n{"owner": "a" "title": "b"}\n]')


def test_what_looks_misread_is_taken_as_it_is_and_without_a_word() -> None:
    assert one(BRO | {"title": "BrÃ¤da h\ufffdlsa"}).title == "BrÃ¤da h\ufffdlsa"
