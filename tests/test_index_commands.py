"""``beslut index``, ``check`` and ``rollback`` as processes: what they print, and how they end."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from index import build as building
from index.build import build
from index.decision import from_data, granted
from index.documents.columns.mapping import read
from index.documents.report import ReadingProgress, Report, SourceReport, TableReport
from index.storage.columns import Columns, kronor
from index.storage.store import Generation, Store
from tests.conftest import HEADER, SAMPLE, SMALL, beslut, beslut_path, document, stored
from web.cli.options import system_error
from web.cli.reading import Status
from web.cli.templates import offer

TOTAL = "20\u00a0485\u00a0293\u00a0kr"
BRO = "Ankeby kommun\tEn bro\tBron byggs.\t400 000"


@pytest.fixture
def sample_copy(sample_index: Path, tmp_path: Path) -> Path:
    """An index of the real decision that a test may change."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def assert_sample_is_served(index: Path) -> Generation:
    """The nine real decisions are there, to the krona, in a generation whole to the last byte."""
    generation = Store(index).current()
    assert generation.warning is None
    assert Store(index).check() == generation
    amounts = Columns.open(generation.columns).amounts
    assert (len(amounts), kronor(int(amounts.sum()))) == (9, 20_485_293)
    found = stored(index)
    assert (len(found), granted(found)) == (9, 20_485_293)
    return generation


# Reading


def test_the_real_decision_is_indexed_and_reported(tmp_path: Path) -> None:
    run = beslut("index", str(SAMPLE.parent), cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        f"{SAMPLE.name}: läst",
        "  projektägare ← Projektägare",
        "  projektnamn  ← Projektamn",
        "  beskrivning  ← Beskrivning av projektet",
        "  belopp       ← Beviljad medfinansiering Region Norrbotten",
        "  ingen kolumn: motivering, diarienummer, beslutsdatum",
        f"  9 rader, 9 beslut, {TOTAL}; filens summarad (9 projekt, {TOTAL}) stämmer",
        f"9 beslut ur 1 fil, {TOTAL}; 0 dubbletter, 0 anmärkningar",
        "Indexet i var/index är nu gen-1",
    ]
    assert_sample_is_served(tmp_path / "var" / "index")


def test_a_second_run_says_that_nothing_was_read_again(sample_copy: Path) -> None:
    run = beslut("index", str(SAMPLE), "--index", str(sample_copy))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"{SAMPLE.name}: oförändrad\n  9 rader, 9 beslut, ")
    assert run.stdout.endswith(f"Inget har ändrats; indexet i {sample_copy} är kvar som gen-1\n")


def test_every_problem_is_a_line_of_its_own_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(SMALL + "Summa 4 projekt\t\t\t7 000 000\n", "utf-8")
    (tmp_path / "in" / "b.txt").write_text(SMALL, "utf-8")
    run = beslut("index", "in", "borta.txt", "--index", "index", cwd=tmp_path)
    assert run.returncode == 1
    assert [line for line in run.stdout.splitlines() if not re.search("←|ingen kolumn", line)] == [
        "a.txt: läst",
        "  4 rader, 4 beslut, 6\u00a0600\u00a0000,50\u00a0kr; filens summarad "
        "(4 projekt, 7\u00a0000\u00a0000\u00a0kr) stämmer INTE",
        "b.txt: läst",
        "  4 rader, 4 beslut, 6\u00a0600\u00a0000,50\u00a0kr; filen anger ingen summa",
        "borta.txt: kunde inte läsas",
        "4 beslut ur 2 filer, 6\u00a0600\u00a0000,50\u00a0kr; 4 dubbletter, 3 anmärkningar",
        "Inte läst: 1 fil. Rätta det som står ovan och kör om.",
        "Indexet i index är nu gen-1",
    ]
    amount = "belopp saknas. Beslutet är med utan belopp; skriv in beloppet i filen."
    assert run.stderr.splitlines() == [
        f"beslut: a.txt, rad 6: {amount}",
        "beslut: a.txt, rad 10: summaraden anger 7\u00a0000\u00a0000\u00a0kr men beloppen blir "
        "6\u00a0600\u00a0000,50\u00a0kr. Jämför raderna med originalet.",
        f"beslut: b.txt, rad 6: {amount}",
        "beslut: borta.txt: filen finns inte. Kontrollera sökvägen.",
        "beslut: b.txt: 4 dubbletter (t.ex. rad 4 och 5). Det räknas en gång. Hela listan: --json.",
    ]


def test_a_lost_source_keeps_its_decisions_and_the_command_fails(sample_copy: Path) -> None:
    missing = sample_copy.parent / SAMPLE.name
    run = beslut("index", str(missing), "--index", str(sample_copy))
    assert run.returncode == 1
    assert run.stdout.startswith(
        f"{SAMPLE.name}: kunde inte läsas, förra läsningen är kvar\n  9 rader, 9 beslut, {TOTAL}"
    )
    assert run.stderr == (
        f"beslut: {SAMPLE.name}: filen finns inte. Kontrollera sökvägen; "
        "beslut från förra läsningen är kvar.\n"
    )
    assert assert_sample_is_served(sample_copy).number == 1


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "filen är tom. Hämta dokumentet på nytt."),
    "blank": (
        lambda path: path.write_bytes(b"\n \t\r\n"),
        "filen är tom. Hämta dokumentet på nytt.",
    ),
    "no table": (
        lambda path: path.write_bytes(b"Bara text.\n"),
        "ingen tabell med projektägare och projektnamn hittades. Kontrollera att filen är en "
        "beslutslista och att tabellen har en rubrikrad.",
    ),
    "no decisions": (
        lambda path: path.write_text(HEADER, "utf-8"),
        "tabellen har inga beslut. Kontrollera filen.",
    ),
    "binary": (
        lambda path: path.write_bytes(bytes(range(256)) * 8),
        "filformatet känns inte igen. Spara dokumentet som något av: XLSX, ODS, XLS, DOCX, PDF, "
        "HTML, CSV, text, JSON Lines, JSON.",
    ),
    "broken": (
        lambda path: path.write_bytes("\ufeffhej".encode("utf-16-le")[:-1]),
        "tecknen är inte utf-16-le (byte 6). Spara filen som UTF-8.",
    ),
    "too large": (
        sparse,
        "filen är större än 20 MB. Dela upp den, eller höj BESLUT_SOURCE_MEGABYTES.",
    ),
    "link": (
        lambda path: path.symlink_to(SAMPLE),
        "länken leder ut ur mappen. Lägg själva filen i mappen.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_alone_is_code_1_and_the_index_stays(kind: str, sample_copy: Path) -> None:
    make, line = BAD[kind]
    folder = sample_copy.parent / "in"
    folder.mkdir()
    make(folder / "dålig.csv")  # of another kind than the one in the index, so no new name for it
    before = Store(sample_copy).stamp()
    run = beslut("index", "in", "--index", "index", cwd=sample_copy.parent)
    assert run.returncode == 1
    assert run.stderr == f"beslut: dålig.csv: {line}\n"
    state, *_, last = run.stdout.splitlines()
    assert state == f"dålig.csv: {'läst' if kind == 'no decisions' else 'kunde inte läsas'}"
    assert last == "Inget indexerades; det index som fanns är orört."
    assert Store(sample_copy).stamp() == before
    assert_sample_is_served(sample_copy)


def test_a_folder_with_hidden_files_alone_has_no_files(sample_copy: Path) -> None:
    folder = sample_copy.parent / "in"
    folder.mkdir()
    (folder / ".a.txt").write_text(SMALL, "utf-8")
    run = beslut("index", str(folder), "--index", str(sample_copy))
    assert run.returncode == 1
    assert run.stderr == "beslut: inga filer hittades. Kontrollera sökvägen.\n"
    assert run.stdout == "Inget indexerades; det index som fanns är orört.\n"
    assert_sample_is_served(sample_copy)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_file_from_another_program_is_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(document(BRO).replace("\n", "\r\n").encode(encoding))
    run = beslut("index", "a.txt", "--index", "index", cwd=tmp_path)
    assert "1 rad, 1 beslut, 400\u00a0000\u00a0kr" in run.stdout
    guessed = (
        "beslut: a.txt: filen är inte UTF-8 och lästes som Windows-1252. Kontrollera å, ä och ö.\n"
    )
    assert (run.returncode, run.stderr) == ((0, guessed) if encoding == "cp1252" else (0, ""))


@pytest.mark.parametrize(
    "arguments",
    [["index"], ["index", "--unknown", "x"], ["check", "x"], ["index", "x", "--index", __file__]],
)
def test_wrong_use_is_code_2_and_touches_nothing(arguments: list[str], tmp_path: Path) -> None:
    run = beslut(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    run = beslut("index", str(SAMPLE), "--index", "file/index", cwd=tmp_path)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    ours, its = os.openpty()
    command = [beslut_path(), "index", str(SAMPLE), "--index", str(tmp_path / "index")]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=its, timeout=60, check=True)
    os.close(its)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "Indexerar" in shown
    assert "100%" in shown
    assert b"Indexerar" not in run.stdout


def test_reading_and_indexing_tell_how_long_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(shown=True)
    status.reading(ReadingProgress(1, 3, 250, 1000, 2000))
    status.started -= 1000  # so long that a busy machine adds nothing to it
    status.last = 0.0
    status.reading(ReadingProgress(2, 3, 500, 1000, 4000))
    status.indexing(50_000, 100_000)
    status.started, status.last = status.started - 1000, 0.0
    status.indexing(50_000, 100_000)
    status.indexing(100_000, 100_000)
    status.end()
    shown = capsys.readouterr().err
    assert "Läser 2 av 3 filer, 4000 beslut, 4 beslut/s, ungefär 1000 s kvar" in shown
    assert "Indexerar 50% av 100000, 50000 beslut, 50 beslut/s, ungefär 1000 s kvar" in shown
    assert "Indexerar 100% av 100000, 100000 beslut" in shown


# The report for machines


def test_the_report_as_json_says_all(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(SMALL + "Summa 4 projekt\t\t\t7 000 000\n", "utf-8")
    (tmp_path / "in" / "b.csv").write_text(
        "Projektägare;Projektnamn;Belopp\nÅnge;Bro;5 euro\n", "utf-8"
    )
    (tmp_path / "in" / "c.txt").write_text("", "utf-8")
    run = beslut("index", "in", "--json", "--index", "index", cwd=tmp_path)
    assert run.returncode == 1
    report = json.loads(run.stdout)
    assert (report["generation"], report["decisions"], report["sum"]) == (1, 5, "6600000.50")
    a, b, c = report["sources"]
    assert (a["rows"], a["decisions"], a["state"]) == (4, 4, "read")
    assert a["declared"] == {"row": 10, "count": 4, "sum": "7000000", "tallies": False}
    assert [one["row"] for one in a["problems"]] == [6, 10]
    assert (b["sum"], b["otherCurrencies"]) == ("0", {"EUR": "5"})
    assert (c["state"], c["problems"][0]["what"]) == ("failed", "filen är tom")
    assert (report["duplicates"], report["warnings"]) == ([], [])
    assert set(a) == set(b) == set(c)


def test_sheets_are_listed_and_other_currencies_stand_apart(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    for name, currency in (("Vår", "kr"), ("Höst", "EUR")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Projektägare", "Projektnamn", f"Belopp ({currency})"])
        sheet.write_row(1, 0, ["Ånge", f"Bro i {name}", 5])
    book.close()
    run = beslut("index", "a.xlsx", "--index", "index", cwd=tmp_path)
    columns = ["    projektägare ← Projektägare", "    projektnamn  ← Projektnamn"]
    missing = "    ingen kolumn: beskrivning, motivering, diarienummer, beslutsdatum"
    assert run.stdout.splitlines()[:12] == [
        "a.xlsx: läst",
        "  Vår: 1 rad, 1 beslut",
        *(*columns, "    belopp       ← Belopp (kr)", missing),
        "  Höst: 1 rad, 1 beslut",
        *(*columns, "    belopp       ← Belopp (EUR)", missing),
        "  2 rader, 2 beslut, 5\u00a0kr, 5\u00a0EUR; filen anger ingen summa",
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("BESLUT_SOURCE_SECONDS", "0"), ("BESLUT_PDF_PAGES", "x"), ("BESLUT_ORIGINALS", "ja")],
)
def test_an_unusable_setting_is_code_2(variable: str, value: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [beslut_path(), "index", str(SAMPLE)],
        cwd=tmp_path,
        env=os.environ | {variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"beslut: {variable}: ”{value}” ska vara ")
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_cannot_be_used_is_said_and_built_anew(sample_copy: Path) -> None:
    (sample_copy / "gen-1" / "manifest.json").write_text("{}", "utf-8")
    run = beslut("index", str(SAMPLE), "--index", str(sample_copy))
    assert run.returncode == 1
    assert run.stderr == (
        "beslut: det förra indexet kan inte användas (gen-1/manifest.json stämmer inte med "
        "manifest.sha256). Allt läses om; det som inte kan läsas nu finns inte kvar.\n"
    )
    assert_sample_is_served(sample_copy)


def test_a_renamed_file_keeps_its_identifiers_even_where_its_name_stands_in(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "vår.csv"
    path.write_text("Projektägare;Projektnamn;Belopp\nÅnge;Bro;5\nÖbo;Väg;6\n", "utf-8")
    build([tmp_path / "in"], tmp_path / "index")
    path.rename(tmp_path / "in" / "höst.csv")
    report = build([tmp_path / "in"], tmp_path / "index")
    assert [(one.file, one.state) for one in report.sources] == [("höst.csv", "unchanged")]
    generation = Store(tmp_path / "index").current()
    lines = generation.decisions(0).read_text("utf-8").splitlines()
    found = [from_data(json.loads(line)) for line in lines]
    assert [(one.id, one.source.file) for one in found] == [
        ("var/bro", "höst.csv"),
        ("var/vag", "höst.csv"),
    ]


# Trying a list out


LISTA = "Projektägare;Projektnamn;Beskrivning;Belopp\nÅnge;Bro;Bron byggs;5\nÖbo;Väg;;x\n"


def test_a_list_is_tried_out_without_an_index(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(LISTA, "utf-8")
    run = beslut("index", "--check", "lista.csv", cwd=tmp_path)
    assert run.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lista.csv"]
    lines = run.stdout.replace("\u00a0", " ").splitlines()
    at = lines.index("  De första besluten, som de lästes:")
    assert lines[at + 1 : at + 9] == [
        "  rad 2",
        "    projektägare  Ånge",
        "    projektnamn   Bro",
        "    beskrivning   Bron byggs",
        "    motivering    –",
        "    belopp        5 kr",
        "    diarienummer  –",
        "    beslutsdatum  –",
    ]
    assert lines[-2:] == [
        "2 beslut ur 1 fil, 5 kr; 0 dubbletter, 1 anmärkning",
        "Inget index är ändrat. Ser det rätt ut, lägg filen bland de andra och kör "
        "`beslut index` på mappen.",
    ]


def test_a_trial_is_json_too_with_the_first_decisions(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(LISTA, "utf-8")
    run = beslut("index", "--check", "--json", "lista.csv", cwd=tmp_path)
    report = json.loads(run.stdout)
    (source,) = report["sources"]
    assert (report["generation"], report["decisions"]) == (None, 2)
    assert [one["title"] for one in source["first"]] == ["Bro", "Väg"]


def test_a_trial_ends_as_indexing_would(sample_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "tom.csv").write_text("", "utf-8")
    assert beslut("index", "--check", "tom.csv", cwd=tmp_path).returncode == 1
    short = tmp_path / SAMPLE.name
    short.write_text(document(BRO), "utf-8")
    run = beslut("index", "--check", str(short), "--index", str(sample_copy))
    assert run.returncode == 3
    assert run.stdout.startswith(f"{SAMPLE.name}: 1 beslut, 8 färre än förra läsningen\n")
    assert assert_sample_is_served(sample_copy).number == 1


def test_a_template_is_written_beside_a_list_and_never_over_another(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(LISTA, "utf-8")
    run = beslut("index", "--check", "--write-toml", "lista.csv", cwd=tmp_path)
    assert run.stdout.endswith(
        "lista.csv.toml är skriven. Rätta kolumnerna i den och kör --check igen.\n"
    )
    written = (tmp_path / "lista.csv.toml").read_bytes()
    assert read(written, "lista.csv.toml").file
    again = beslut("index", "--check", "--write-toml", "lista.csv", cwd=tmp_path)
    assert again.stdout.endswith("lista.csv.toml finns redan och är orörd.\n")
    assert (tmp_path / "lista.csv.toml").read_bytes() == written
    (tmp_path / "lista.csv.toml").rename(tmp_path / "lista.toml")
    third = beslut("index", "--check", "--write-toml", "lista.csv", cwd=tmp_path)
    assert third.stdout.endswith("lista.toml finns redan och är orörd.\n")
    assert not (tmp_path / "lista.csv.toml").exists()


def test_a_template_is_offered_where_columns_were_seen_and_not_understood() -> None:
    failed = SourceReport("a.csv", "", "failed", 0, 0, Decimal(0), None, ())
    seen = replace(failed, tables=(TableReport(None, unused=("Part", "Ärende")),))
    offers = [offer(Report((one,), (), 0, Decimal(0), None)) for one in (failed, seen)]
    assert offers == [[], ["Vad kolumnerna är kan en TOML-fil säga: kör om med --write-toml."]]


@pytest.mark.parametrize("arguments", [["--write-toml", "x"], ["--check", "--write-toml", "."]])
def test_a_template_needs_a_trial_and_files(arguments: list[str], tmp_path: Path) -> None:
    run = beslut("index", *arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("beslut: --write-toml ")


# For a timer


def test_a_second_run_is_silent_about_what_it_has_said(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(LISTA + "Ånge;Bro;Bron byggs;5\n", "utf-8")
    (tmp_path / "in" / "b.csv").write_text(LISTA, "utf-8")
    runs = [beslut("index", "in", "--index", "index", cwd=tmp_path) for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0]
    assert len(runs[0].stderr.splitlines()) == 3  # two amounts and a duplicate
    assert runs[1].stderr == ""
    assert "a.csv: oförändrad, 1 anmärkning\n" in runs[1].stdout


def test_what_is_lost_fails_every_time(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"owner": "Ånge", "title": "Bro"}\n[1]\n', "utf-8")
    runs = [beslut("index", "a.jsonl", "--index", "index", cwd=tmp_path) for _ in range(2)]
    assert [run.returncode for run in runs] == [1, 1]
    lost = "a.jsonl, rad 2: raden är inte ett JSON-objekt och togs inte med. Rätta filen."
    assert [run.stderr.splitlines()[0] for run in runs] == [f"beslut: {lost}"] * 2


def test_a_source_that_is_held_back_is_code_3_until_it_is_accepted(
    sample_copy: Path, tmp_path: Path
) -> None:
    short = tmp_path / SAMPLE.name
    short.write_text(document(BRO), "utf-8")
    run = beslut("index", str(short), "--index", str(sample_copy))
    assert run.returncode == 3
    assert run.stdout.startswith(
        f"{SAMPLE.name}: 1 beslut, 8 färre än förra läsningen; förra läsningen är kvar\n"
    )
    assert "--accept" in run.stderr
    assert_sample_is_served(sample_copy)
    run = beslut("index", str(short), "--index", str(sample_copy), "--accept")
    assert (run.returncode, run.stderr) == (0, "")
    assert Store(sample_copy).current().manifest["decisions"] == 1


# Stopped, or refused by the system

ARGUMENTS = """
import os, signal, sys
sys.argv = ["beslut", *sys.argv[1:]]
"""
AT_AN_IMPORT = (
    ARGUMENTS
    + """
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "numpy":
            try:
                signal.raise_signal(NUMBER)
            except BaseException as error:  # as modules in C may
                raise ImportError(name) from error
sys.meta_path.insert(0, Finder)
from web.cli import main
main()
"""
)
AT_A_FORK = (
    ARGUMENTS
    + """
def once():
    global once
    once = int
    signal.raise_signal(NUMBER)
os.register_at_fork(after_in_parent=lambda: once())
from web.cli import main
main()
"""
)


@pytest.mark.parametrize("program", [AT_AN_IMPORT, AT_A_FORK])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_an_awkward_moment_is_one_line(
    program: str, number: signal.Signals, sample_copy: Path
) -> None:
    code = program.replace("NUMBER", str(int(number)))
    new = sample_copy.parent / "ny.txt"
    new.write_text(document(BRO), "utf-8")
    arguments = ["index", str(new), "--index", str(sample_copy)]
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (128 + number, "beslut: avbrutet\n")
    assert_sample_is_served(sample_copy)


def large(folder: Path) -> Path:
    """A list that takes a while."""
    lines = (f"Ägare {n % 9};Projekt {n};{f'Ord{n} ' * 40};{n}\n" for n in range(3000))
    path = folder / "stor.csv"
    path.write_text("Projektägare;Projektnamn;Beskrivning;Belopp\n" + "".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_says_so_and_leaves_nothing(
    number: signal.Signals, sample_copy: Path
) -> None:
    path = large(sample_copy.parent)
    command = [beslut_path(), "index", str(path), "--index", str(sample_copy)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not list(sample_copy.glob(".build-*/whoosh/*")):
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, number)  # a terminal sends it to the writing processes too
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (128 + number, "beslut: avbrutet\n")
    assert not list(sample_copy.glob(".build-*"))
    assert_sample_is_served(sample_copy)


@pytest.mark.parametrize("most", [50_000, 700_000, 1_500_000])
def test_a_disk_without_room_is_one_line_and_the_index_stays(most: int, sample_copy: Path) -> None:
    path = large(sample_copy.parent)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    run = subprocess.run(
        [beslut_path(), "index", str(path), "--index", str(sample_copy)],
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "beslut: filen blir större än systemet tillåter. Höj gränsen (ulimit -f) och kör om.\n"
    )
    assert not list(sample_copy.glob(".build-*"))
    assert_sample_is_served(sample_copy)


def test_what_libraries_say_of_a_full_disk_is_made_plain() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    for said in (full, OSError("1000 requested and 512 written")):
        with pytest.raises(OSError) as caught, building._room():
            raise said
        assert system_error(caught.value) == "disken är full. Frigör plats och kör om."


def test_an_answer_that_there_is_no_room_for_is_one_line(sample_index: Path) -> None:
    for command in (["search"], ["check"], ["index", "--check", str(SAMPLE)]):
        with open("/dev/full", "wb") as full:
            run = subprocess.run(
                [beslut_path(), *command, "--index", str(sample_index)],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert run.stderr == "beslut: disken är full. Frigör plats och kör om.\n"
        assert run.returncode == 1


def powerless() -> None:
    """For a child that root starts: what root may read and write in spite of permissions."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def without_power(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [beslut_path(), *arguments],
        preexec_fn=powerless,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_may_not_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "hemlig/b.txt", "olasbar.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(document(BRO), "utf-8")
    (tmp_path / "in" / "hemlig").chmod(0)
    (tmp_path / "in" / "olasbar.txt").chmod(0)
    run = without_power("index", "in", "--index", "index", cwd=tmp_path)
    (tmp_path / "in" / "hemlig").chmod(0o700)
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        f"beslut: {name}: behörighet att läsa den saknas. "
        "Ge den som kör kommandot rätt att läsa den."
        for name in ("hemlig", "olasbar.txt")
    ]
    assert "1 beslut ur 1 fil" in run.stdout


@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_an_index_that_may_not_be_touched_is_one_line(mode: int, sample_copy: Path) -> None:
    other = sample_copy.parent / "annan.txt"
    other.write_text(document(BRO), "utf-8")
    sample_copy.chmod(mode)
    run = without_power("index", str(other), "--index", "index", cwd=sample_copy.parent)
    sample_copy.chmod(0o700)
    assert (run.returncode, run.stdout) == (1, "")
    assert re.fullmatch(
        r"beslut: index/\S+: behörighet saknas\. "
        r"Ge den som kör kommandot rätt till filen eller mappen\.\n",
        run.stderr,
    )
    assert_sample_is_served(sample_copy)


# Checking and going back


def test_check_says_that_an_index_is_whole(sample_index: Path) -> None:
    run = beslut("check", "--index", str(sample_index))
    count = len(Store(sample_index).current().manifest["files"])
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"gen-1: {count} filer är hela, 9 beslut\n"


def test_check_names_the_file_and_the_command_that_mends_it(sample_copy: Path) -> None:
    path = sample_copy / "gen-1" / "columns" / "amounts.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    run = beslut("check", "--index", str(sample_copy))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "beslut: gen-1/columns/amounts.npy är skadad. "
        f"Kör `beslut index KÄLLA... --index {sample_copy}`.\n"
    )
    # Its decisions are whole: those of a file that cannot be read now are kept.
    missing = sample_copy.parent / SAMPLE.name
    assert (
        "förra läsningen är kvar"
        in beslut("index", str(missing), "--index", str(sample_copy)).stdout
    )
    assert assert_sample_is_served(sample_copy).number == 2


def test_rollback_goes_back_once(sample_copy: Path) -> None:
    other = sample_copy.parent / "a.txt"
    other.write_text(document(BRO), "utf-8")
    assert beslut("index", str(other), "--index", str(sample_copy)).returncode == 0
    assert Store(sample_copy).current().manifest["decisions"] == 1
    run = beslut("rollback", "--index", str(sample_copy))
    assert (run.returncode, run.stderr) == (0, "")
    now, before, *differences = run.stdout.splitlines()
    assert re.fullmatch(r"gen-3 visas nu: gen-1 på nytt, 20.{14}, 9 beslut, 20.485.293.kr", now)
    assert re.fullmatch(r"före det gen-2: byggd 20.{14}, 1 beslut, 400.000.kr", before)
    assert differences == [
        f"  {SAMPLE.name}: 9 beslut, finns inte i gen-2",
        "  a.txt: finns bara i gen-2, 1 beslut",
    ]
    assert_sample_is_served(sample_copy)
    again = beslut("rollback", "--index", str(sample_copy))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("beslut: det finns ingen tidigare generation att gå tillbaka")
    assert_sample_is_served(sample_copy)


@pytest.mark.parametrize("command", ["check", "rollback"])
def test_where_there_is_no_index_the_command_says_so(command: str, tmp_path: Path) -> None:
    run = beslut(command, "--index", "borta", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "beslut: det finns inget index i borta. Kör `beslut index KÄLLA... --index borta`.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_is_refused_while_the_first_one_builds(sample_copy: Path) -> None:
    with Store(sample_copy).building():
        run = beslut("index", str(SAMPLE), "--index", str(sample_copy))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        f"beslut: indexet i {sample_copy} byggs redan av process {os.getpid()}. "
        "Vänta tills den är klar.\n"
    )


# Killed


def test_a_kill_at_any_time_leaves_the_decisions_served(sample_copy: Path) -> None:
    renamed = Path(shutil.copy(SAMPLE, sample_copy.parent / "annan.txt"))

    def command() -> list[str]:
        # Always the other name, so that there is something to write.
        (source,) = Store(sample_copy).current().manifest["sources"]
        now = renamed if source["file"] == SAMPLE.name else SAMPLE
        return [beslut_path(), "index", str(now), "--index", str(sample_copy)]

    started = time.monotonic()
    subprocess.run(command(), check=True, capture_output=True)
    whole = time.monotonic() - started
    killed = 0
    for at in range(50):
        started = time.monotonic()
        with subprocess.Popen(command(), stdout=subprocess.DEVNULL) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=whole * (at + 1) / 50)
                whole = min(whole, time.monotonic() - started)  # the machine was busy before
            process.kill()
        killed += process.returncode == -signal.SIGKILL
        assert_sample_is_served(sample_copy)
    assert killed >= 25
    subprocess.run(command(), check=True, capture_output=True)
    assert_sample_is_served(sample_copy)
    names = [path.name for path in sample_copy.iterdir()]
    expected = ["CURRENT", "LOCK", "VERIFIED", "the new generation", "the one before"]
    assert len(names) == len(expected)


DIE = """
import os, signal, sys
from pathlib import Path
from index.build import build
real, left = getattr(os, sys.argv[1]), int(sys.argv[2])
def last(*arguments, **named):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)
setattr(os, sys.argv[1], last)
build([Path(sys.argv[3])], Path(sys.argv[4]))
"""


@pytest.mark.parametrize(("call", "before"), [("fsync", 5), ("rename", 0), ("replace", 0)])
def test_a_kill_within_the_switch_leaves_the_decisions_served(
    call: str, before: int, sample_copy: Path
) -> None:
    renamed = shutil.copy(SAMPLE, sample_copy.parent / "annan.txt")
    arguments = [call, str(before), str(renamed), str(sample_copy)]
    run = subprocess.run([sys.executable, "-c", DIE, *arguments], check=False)
    assert run.returncode == -signal.SIGKILL
    assert assert_sample_is_served(sample_copy).number == 1
    build([SAMPLE], sample_copy)
    assert_sample_is_served(sample_copy)
    assert not list(sample_copy.glob(".build-*"))
