"""What `beslut index` says: in words, in which order, how much of it, and with which exit code."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from index.documents.report import Report, SourceReport, TableReport
from index.problem import Problem
from web.cli.report import Told, tell
from web.cli.report_json import report_data

INDEX = Path("var/index")
LIST = SourceReport("lista.xlsx", "0" * 64, "read", 40, 38, Decimal(5000), None, ())
COLUMNS = TableReport(
    "Blad1",
    40,
    38,
    (("owner", "Sökande"), ("title", "Insats"), ("amount", "Beviljat 2025")),
    ("Kommun", "Län"),
)
MAP = [
    "    projektägare ← Sökande",
    "    projektnamn  ← Insats",
    "    belopp       ← Beviljat 2025",
    "    ingen kolumn: beskrivning, motivering, diarienummer, beslutsdatum",
    "    används inte: Kommun, Län",
]
NOTE = Problem("lista.xlsx", 7, "belopp saknas", "skriv in beloppet i filen", "Blad1")
LOST = Problem("lista.xlsx", 9, "raden är för lång", "rätta raden", left_out=1, lost=True)


def told(*sources: SourceReport, trial: bool = False, **more: object) -> Told:
    decisions = sum(source.decisions for source in sources)
    report = Report(sources, (), decisions, Decimal(5000), None if trial else 1)
    return tell(replace(report, **more), INDEX, trial=trial)  # type: ignore[arg-type]


def plain(lines: list[str]) -> list[str]:
    return [line.replace("\u00a0", " ") for line in lines]


# Columns


def test_the_columns_of_a_sheet_are_shown_with_what_was_not_used() -> None:
    assert plain(told(replace(LIST, tables=(COLUMNS,))).sources) == [
        "lista.xlsx: läst",
        "  Blad1: 40 rader, 38 beslut",
        *MAP,
        "  40 rader, 38 beslut, 5 000 kr; filen anger ingen summa",
    ]


def test_a_table_without_a_name_shows_its_columns_too() -> None:
    lines = told(replace(LIST, tables=(replace(COLUMNS, name=None),))).sources
    assert lines[1:-1] == [line[2:] for line in MAP]


def test_pages_with_the_same_columns_show_them_once() -> None:
    pages = tuple(replace(COLUMNS, name=f"sida {number}") for number in range(1, 41))
    last = replace(COLUMNS, name="sida 41", columns=(("owner", "Namn"),), unused=())
    assert told(replace(LIST, tables=(*pages, last))).sources[1:-1] == [
        "  40 sidor, 40 med beslut",
        *MAP,
        "  sida 41: 40 rader, 38 beslut",
        "    projektägare ← Namn",
        "    ingen kolumn: projektnamn, beskrivning, motivering, belopp, diarienummer, "
        "beslutsdatum",
    ]


def test_an_unchanged_source_does_not_show_its_columns_again() -> None:
    lines = told(replace(LIST, state="unchanged", tables=(COLUMNS,))).sources
    assert lines[:2] == ["lista.xlsx: oförändrad", "  Blad1: 40 rader, 38 beslut"]
    assert len(lines) == 3


def test_a_source_that_failed_shows_the_headers_it_has() -> None:
    table = TableReport(None, unused=("Part", "Ärende\n  nr", "x" * 100))
    lines = told(replace(LIST, state="failed", tables=(table,))).sources
    assert lines == [
        "lista.xlsx: kunde inte läsas",
        f"  kolumner som finns: Part, Ärende nr, {'x' * 59}…",
    ]


def test_very_many_headers_are_counted() -> None:
    table = replace(COLUMNS, unused=tuple(f"Kolumn {n}" for n in range(23)))
    lines = told(replace(LIST, tables=(table,))).sources
    assert any(line.endswith("Kolumn 19, och 3 till (alla: --json)") for line in lines)
    assert max(map(len, lines)) <= 100


# What is told, and how often


def test_notes_are_told_when_a_source_is_read_and_counted_after_that() -> None:
    source = replace(LIST, problems=(NOTE,))
    first, then = told(source), told(replace(source, state="unchanged"))
    assert first.remarks == [str(NOTE)]
    assert (then.remarks, then.sources[0]) == ([], "lista.xlsx: oförändrad, 1 anmärkning")
    assert [one.summary[0].rpartition("; ")[2] for one in (first, then)] == [
        "0 dubbletter, 1 anmärkning"
    ] * 2
    assert (first.code, then.code) == (0, 0)


def test_what_was_not_read_is_told_every_time() -> None:
    source = replace(LIST, problems=(NOTE, LOST))
    first, then = told(source), told(replace(source, state="unchanged"))
    assert (first.remarks, then.remarks) == ([str(NOTE), str(LOST)], [str(LOST)])
    assert first.summary[1] == "Inte läst: 1 rad. Rätta det som står ovan och kör om."
    assert (first.code, then.code) == (1, 1)


def test_duplicates_that_were_told_of_are_not_told_again() -> None:
    one = Problem("a.csv", 3, "samma beslut finns redan i a.csv, rad 2", "det räknas en gång")
    new = replace(one, row=4)
    both = told(LIST, duplicates=(one, new), known=frozenset([one]))
    assert both.remarks == [str(new)]
    assert both.summary[0].endswith("; 2 dubbletter, 0 anmärkningar")


def test_many_of_one_kind_are_one_line_with_two_examples() -> None:
    amounts = [
        Problem("a.csv", row, f"beloppet ”{row} euri” kan inte tolkas", "skriv in det")
        for row in (12, 340, *range(400, 1536))
    ]
    others = [replace(amounts[0], file="b.csv", row=row) for row in (1, 2, 3)]
    source = replace(LIST, problems=(*amounts, NOTE, *others))
    assert plain(told(source).remarks) == [
        "a.csv: beloppet ”…” kan inte tolkas (1 138 gånger, t.ex. rad 12 och 340). Skriv in det. "
        "Hela listan: --json.",
        str(NOTE),
        *map(str, others),
    ]


def test_many_duplicates_are_one_line_with_two_examples() -> None:
    some = tuple(
        Problem("a.csv", n, f"samma beslut finns redan i a.csv, rad {n - 1}", "det räknas en gång")
        for n in (12, 340, *range(1000, 2136))
    )
    assert plain(told(LIST, duplicates=some).remarks) == [
        "a.csv: 1 138 dubbletter (t.ex. rad 12 och 340). Det räknas en gång. Hela listan: --json."
    ]


def test_examples_name_their_sheets() -> None:
    some = tuple(replace(NOTE, table=f"Blad{n}", row=n) for n in range(1, 6))
    (line,) = told(replace(LIST, problems=some)).remarks
    assert "(5 gånger, t.ex. Blad1, rad 1 och Blad2, rad 2)" in line


# Exit codes


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (["read", "unchanged", "gone"], 0),
        (["read", "held"], 3),
        (["held", "failed"], 1),
        (["held", "kept"], 1),
        (["kept"], 1),
    ],
)
def test_the_exit_code_says_whether_all_was_read(states: list[str], code: int) -> None:
    news = (replace(NOTE, what="det är så"),)
    sources = [replace(LIST, state=state, news=news) for state in states]  # type: ignore[arg-type]
    assert told(*sources).code == code
    assert told(*sources, generation=None).code == 1
    assert tell(Report((), (), 5, Decimal(0), 1), INDEX, ["det förra indexet är trasigt"]).code == 1


# The summary


def test_the_summary_says_what_was_not_read_and_what_to_do() -> None:
    news = (replace(NOTE, what="10 beslut, 90 färre än förra läsningen"),)
    part = replace(LOST, row=None, left_out=0)
    summary = told(
        replace(LIST, problems=(LOST, part, NOTE)),
        replace(LIST, file="b", state="held", news=news),
        replace(LIST, file="c", state="kept"),
        replace(LIST, file="d", state="failed", decisions=0),
    ).summary
    assert plain(summary) == [
        "114 beslut ur 3 filer, 5 000 kr; 0 dubbletter, 1 anmärkning",
        "Inte läst: 2 filer, 1 rad, 1 del av en fil. Rätta det som står ovan och kör om.",
        "Mycket färre beslut än förut: 1 fil. Kontrollera, och kör om med --accept om det är rätt.",
        "Indexet i var/index är nu gen-1",
    ]


def test_the_summary_says_that_nothing_has_changed() -> None:
    unchanged = told(replace(LIST, state="unchanged"), published=False)
    assert unchanged.summary[-1] == "Inget har ändrats; indexet i var/index är kvar som gen-1"


def test_a_source_that_is_read_again_says_how_many_it_has_gained_or_lost() -> None:
    lines = [told(replace(LIST, before=38 - n, difference=n)).sources[-1] for n in (-1200, 0, 12)]
    assert [line.partition("beslut")[2].partition(", 5")[0] for line in plain(lines)] == [
        " (1 200 färre än förra läsningen)",
        "",
        " (12 fler än förra läsningen)",
    ]


# For programs


def test_the_columns_and_the_difference_are_data_too() -> None:
    source = replace(LIST, tables=(COLUMNS,), state="held", before=100, difference=-62)
    data = report_data(Report((source,), (), 38, Decimal(0), 1), INDEX, accept=True)
    (one,) = data["sources"]
    assert one["tables"] == [
        {
            "name": "Blad1",
            "rows": 40,
            "decisions": 38,
            "columns": {"owner": ["Sökande"], "title": ["Insats"], "amount": ["Beviljat 2025"]},
            "unused": ["Kommun", "Län"],
            "unit": None,
        }
    ]
    assert (one["held"], one["before"], one["difference"]) == (True, 100, -62)
    assert (data["accept"], data["published"]) == (True, True)
