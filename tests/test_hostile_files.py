"""Files made to do harm: a clear line within the limits, and the next file is read."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import pytest
import xlsxwriter

from index.build import Report, build
from index.documents import readers
from index.documents.sandbox import Json, Tell, run_isolated
from index.documents.sources import Reading, read_all
from index.errors import ReadError
from index.limits import DEFAULTS, ReadingLimits
from index.problem import Problem, shown
from tests.conftest import SAMPLE, beslut, document

GOOD = document("Ankeby kommun\tEn bro\tBron byggs.\t400 000")
SMALL = ReadingLimits(source_seconds=2, source_memory=300)
"""ReadingLimits that a test need not wait for."""


def xlsx() -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    book.add_worksheet().write_row(0, 0, ["Projektägare", "Projektnamn"])
    book.close()
    return written.getvalue()


def word() -> bytes:
    written = io.BytesIO()
    docx.Document().save(written)
    return written.getvalue()


def archive(content: bytes, member: str, data: bytes, members: int = 1) -> bytes:
    """A ZIP document with one of its members replaced, or members added."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
        for number in range(members):
            new.writestr(member if members == 1 else f"{number}-{member}", data)
    return written.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]><x>&b;&c;</x>'
)
ZEROS = b"<a>" + b"0" * (101 * 1024 * 1024)


def pages(count: int) -> bytes:
    """A PDF of as many empty pages."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        *["<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count,
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{one}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    ).encode()


def sparse(size: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(GOOD.encode())
            file.truncate(size)

    return make


def written(content: Callable[[], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content())


NO_LIST = "ingen tabell med projektägare och projektnamn hittades"
HOSTILE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "zip bomb in XLSX": (
        "a.xlsx",
        written(lambda: archive(xlsx(), "xl/worksheets/sheet1.xml", ZEROS)),
        "filen är större än 100 MB uppackad",
    ),
    "zip bomb in DOCX": (
        "a.docx",
        written(lambda: archive(word(), "word/document.xml", ZEROS)),
        "filen är större än 100 MB uppackad",
    ),
    "much packed": (
        "a.xlsx",
        written(lambda: archive(xlsx(), "xl/worksheets/sheet1.xml", ZEROS[: 40 << 20])),
        "filen är packad mer än 100 gånger",
    ),
    "many members": (
        "a.docx",
        written(lambda: archive(word(), "x", b"", 2001)),
        "filen har fler än 2000 delar",
    ),
    "entities in XLSX": (
        "a.xlsx",
        written(lambda: archive(xlsx(), "xl/sharedStrings.xml", ENTITIES)),
        "filen innehåller XML-entiteter",
    ),
    "entities in DOCX": (
        "a.docx",
        written(lambda: archive(word(), "word/document.xml", ENTITIES)),
        "filen innehåller XML-entiteter",
    ),
    "cut off": ("a.xlsx", written(lambda: xlsx()[:-40]), "filen är avkortad eller skadad"),
    "cut off DOCX": (
        "a.docx",
        written(lambda: word()[:9000]),
        "filen är avkortad eller skadad",
    ),
    "no workbook": (
        "a.xlsx",
        written(lambda: archive(xlsx(), "xl/workbook.xml", b"<workbook/>")),
        NO_LIST,
    ),
    "no OLE": (
        "a.xls",
        written(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 999),
        "kalkylbladet är skadat",
    ),
    "deep HTML": (
        "a.html",
        written(lambda: b"<html><table><tr><td>" + b"<div>" * 100_000 + b"x"),
        NO_LIST,
    ),
    "deep tables": (
        "a.html",
        written(lambda: b"<html>" + b"<table><tr><td>" * 100_000),
        NO_LIST,
    ),
    "large HTML": (
        "a.html",
        written(lambda: b"<html><table>" + b"<tr><td>x" * 700_000),
        "HTML-sidan är större än 5 MB",
    ),
    "long PDF": ("a.pdf", written(lambda: pages(5000)), "filen har fler än 1000 sidor"),
    "broken PDF": (
        "a.pdf",
        written(lambda: b"%PDF-1.7\n1 0 obj<<"),
        "PDF-filen är avkortad eller skadad",
    ),
    "a gibibyte": ("a.txt", sparse(1 << 30), "filen är större än 20 MB"),
    "deep JSON": (
        "a.json",
        written(lambda: b'{"a":' + b"[" * 500_000),
        "ingen post har projektägare och projektnamn, eller belopp",
    ),
    "packed zeros": (
        "a.jsonl.gz",
        written(lambda: gzip.compress(b'{"owner":"' + b"0" * (200 << 20))),
        "en rad är längre än 16 MB",
    ),
    "cut off gzip": (
        "a.jsonl.gz",
        written(lambda: gzip.compress(b'{"owner":"a","title":"b"}\n' * 20_000)[:-20]),
        "den packade filen är skadad eller avkortad",
    ),
    "link": (
        "a.txt",
        lambda path: path.symlink_to("/etc/passwd"),
        "länken leder ut ur mappen",
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.txt").write_text(GOOD, "utf-8")
    return tmp_path / "in"


def whats(report: Report) -> list[tuple[str, str]]:
    return [(problem.file, problem.what) for problem in report.problems]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_one_line_and_the_next_file_is_read(kind: str, folder: Path) -> None:
    name, make, what = HOSTILE[kind]
    make(folder / name)
    report = build([folder], folder.parent / "index")
    assert whats(report) == [(name, what)]
    assert (report.decisions, report.sum) == (1, 400_000)
    assert not list((folder.parent / "index").glob(".build-*"))


def test_a_text_of_more_than_a_megabyte_is_left_out_with_its_row(folder: Path) -> None:
    text = document("Ånge\tVäg\t" + "ord " * 300_000 + "\t7", "Öbo\tBro\tBron.\t8")
    (folder / "a.txt").write_text(text, "utf-8")
    report = build([folder], folder.parent / "index")
    assert [str(problem) for problem in report.problems] == [
        "a.txt, rad 4: raden har mer än 1024 kB text och togs inte med. Rätta raden i filen."
    ]
    assert (report.decisions, report.sum) == (2, 400_008)


@pytest.mark.parametrize("name", ["a\nb\x1b[31m.txt", "a\u202etxt.txt", os.fsdecode(b"a\xff.txt")])
def test_a_file_name_with_control_characters_is_shown_escaped(name: str, folder: Path) -> None:
    (folder / name).write_text(document("Ånge\tVäg\t\tingen"), "utf-8")
    run = beslut("index", str(folder), "--index", str(folder.parent / "index"))
    assert f"{shown(name)}: läst\n" in run.stdout
    assert "\x1b" not in run.stdout + run.stderr
    assert all(line.startswith("beslut: ") for line in run.stderr.splitlines())
    assert shown(name).isprintable() and shown(name).isascii()


# The process of its own


def never(tell: Tell) -> Json:
    while True:
        pass


def sleeps(tell: Tell) -> Json:
    time.sleep(60)
    return {}


def eats(tell: Tell) -> Json:
    held: list[bytearray] = []
    while True:
        held.append(bytearray(50 << 20))


def dies(tell: Tell) -> Json:
    os.kill(os.getpid(), 9)
    return {}


def fails(tell: Tell) -> Json:
    raise ZeroDivisionError


def refuses(tell: Tell) -> Json:
    raise ReadError("filen är dum", "byt den")


@pytest.mark.parametrize(
    ("work", "what"),
    [
        (never, "läsningen tog mer än 2 s processortid"),
        (sleeps, "läsningen tog mer än 4 s väntan"),
        (eats, "läsningen behövde mer än 300 MB minne"),
        (dies, "läsningen behövde mer än 300 MB minne"),
        (fails, r"läsaren klarade inte filen \(ZeroDivisionError\)"),
        (refuses, "filen är dum"),
    ],
)
def test_what_goes_wrong_apart_is_a_read_error(
    work: Callable[[Tell], Json], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.documents.sandbox._PATIENCE", 2 if work is sleeps else 10)
    started = time.monotonic()
    with pytest.raises(ReadError, match=what):
        run_isolated(work, SMALL, lambda told: None)
    assert time.monotonic() - started < 30


def test_a_file_is_not_blamed_for_what_else_the_machine_does() -> None:
    def waits(tell: Tell) -> Json:
        time.sleep(1.5)
        return {"done": True}

    limits = ReadingLimits(source_seconds=1)
    assert run_isolated(waits, limits, lambda told: None) == {"done": True}


def test_work_that_tells_of_itself_has_its_time_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.documents.sandbox._PATIENCE", 1)

    def works(tell: Tell) -> Json:
        for number in range(6):
            time.sleep(0.5)
            tell({"number": number})
        return {"done": True}

    told: list[Json] = []
    assert run_isolated(works, ReadingLimits(source_seconds=1), told.append) == {"done": True}
    assert told == [{"number": number} for number in range(6)]


def test_large_answers_come_through_whole() -> None:
    text = "å" * 3_000_000
    assert run_isolated(lambda tell: {"text": text}, DEFAULTS, lambda told: None) == {"text": text}


def test_a_process_for_a_small_file_costs_less_than_a_fresh_interpreter_would() -> None:
    def least(work: Callable[[], object]) -> float:
        times = []
        for _ in range(10):
            started = time.monotonic()
            work()
            times.append(time.monotonic() - started)
        return min(times)

    fresh = [sys.executable, "-c", "import index.documents.sources"]
    assert least(lambda: run_isolated(lambda tell: {}, DEFAULTS, lambda told: None)) < least(
        lambda: subprocess.run(fresh, check=True)
    )


def test_an_unexpected_exception_in_one_file_does_not_stop_the_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("a\tb\n", "utf-8")
    read = readers.read

    def broken(content: bytes, limits: ReadingLimits) -> Sequence[readers.Table]:
        if content == b"a\tb\n":
            raise KeyError("x")
        return read(content, limits)

    monkeypatch.setattr(readers, "read", broken)
    report = build([folder], folder.parent / "index")
    assert whats(report) == [("a.txt", "läsaren klarade inte filen (KeyError)")]
    assert report.decisions == 1


# Settings


def test_a_limit_may_be_raised(folder: Path, tmp_path: Path) -> None:
    (folder / "a.html").write_bytes(b"<html><table><tr><td>" + b"x" * (6 << 20))
    (tmp_path / "x").mkdir()
    reading = Reading(ReadingLimits(html_megabytes=10))
    one, two = read_all([folder], tmp_path / "x" / "decisions", None, reading)
    assert [one.report.problems[0].what, two.report.state] == [NO_LIST, "read"]


def test_a_problem_names_file_sheet_and_row() -> None:
    assert str(Problem("a.xlsx", 7, "x", "y", "Blad 1")) == "a.xlsx, Blad 1, rad 7: x. Y."


def test_the_sample_is_read_within_small_limits(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    reading = Reading(ReadingLimits(source_seconds=5, source_memory=100))
    (one,) = read_all([SAMPLE], tmp_path / "x" / "decisions", None, reading)
    assert one.report.decisions == 9
