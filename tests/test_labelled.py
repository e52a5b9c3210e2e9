"""Labels and what stands beside or below them -> decisions: golden pairs, and what is none."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter

from index.decision import Block
from index.documents import readers
from index.documents.document import Document
from index.documents.prose.label_tables import is_label_table
from index.documents.prose.labelled import read_labels
from index.documents.readers.table import Passage, Row, Table, beside
from index.errors import ReadError
from tests.papers import page, read, told, word

BELOW_EACH_OTHER = """
# Beslut om medfinansiering
Projektägare | Ankeby kommun
Projektets namn | Hela vägen ut
Diarienummer | RS 2026/123
Beslutsdatum | 2026-03-05
Beviljat belopp (tkr) | 2 540
Beskrivning | Projektet riktar sig till unga.\\nUnga kartläggs.
Motivering | Bidrar till strategin.
Projektägare | Bergby kommun
Projektets namn | Grön gruva
Beviljat belopp (tkr) | 540
Beskrivning | Gruvan ställer om.
"""
BY_TWOS = """
# Beslut 2026
## Projekt 1: Hela vägen ut
Projektägare: | Ankeby kommun | Diarienummer: | RS 2026/123
Beviljat belopp: | 2 540 000 kr | Projektperiod: | 2026–2028
Beskrivning: | Unga får stöd. | |
## Projekt 2: Grön gruva
Projektägare: | Bergby kommun | Diarienummer: | RS 2026/124
Beviljat belopp: | 300 000 kr | Projektperiod: | 2026–2028
Beskrivning: | Gruvan ställer om. | |
"""
BESIDE_EACH_OTHER = """
# Beslut
Projektägare | Ankeby kommun | Bergby kommun
Projektnamn | Hela vägen ut | Grön gruva
Beviljat belopp | 1 000 000 | 2 000 000
"""
WITH_BOLD_LABELS = """
# Beviljade projekt våren 2026
Beslutsdatum: 2026-03-05
## Hela vägen ut
**Projektägare:** Ankeby kommun
**Beviljat belopp:** 500 000 kr
**Beskrivning:** Unga får stöd.
Stödet ges i två steg.
**Motivering:** Angeläget.
## Grön gruva
**Projektägare:** Bergby kommun
**Beviljat belopp:** 1,2 mnkr
**Beskrivning:** Gruvan ställer om.
"""
WITH_HEADINGS = """
# Beslut om stöd ur Mediefonden
## Projekt 1: Radio Norr
Projektägare: Närradion i Bergby
Beviljat belopp: 80 000 kronor
Kontaktperson: Anna Ek
### Beskrivning
Radion sänder varje vecka.
Sändningarna görs av unga.
### Motivering
Radion når många.
## Projekt 2: Tidningen Älven
Projektägare: Älvens Ekonomisk förening
Beviljat belopp: 120 000 kronor
### Beskrivning
Tidningen ges ut fyra gånger per år.
"""
PLAIN = """
BESLUT
Projektnamn: Fjärilsstigen
Projektägare: Naturskyddsföreningen i Bergby
Sökt belopp: 150 000 kr
Beviljat belopp: 125 000 kr
Kort beskrivning
En stig för fjärilar anläggs.
Motivering till beslut
Hotade arter gynnas.
Projektnamn: Skolskogen
Projektägare: Ankeby kommun
Beviljat belopp: 50 000 kr
Beslut: Bifall
Projektnamn: Grodtunneln
Projektägare: Grodans vänner
Beviljat belopp: 0 kr
Beslut: Avslag
"""
PARTED = """
# Beslut om projektstöd
## Hela vägen ut
### Om den sökande
Projektägare: Ankeby kommun
### Beslut
Beviljat belopp: 500 000 kr
Beslutsdatum: 2026-03-05
"""
GOLDEN: list[tuple[str, list[tuple[str, str, int | None]]]] = [
    (
        BELOW_EACH_OTHER,
        [("Ankeby kommun", "Hela vägen ut", 2_540_000), ("Bergby kommun", "Grön gruva", 540_000)],
    ),
    (
        BY_TWOS,
        [("Ankeby kommun", "Hela vägen ut", 2_540_000), ("Bergby kommun", "Grön gruva", 300_000)],
    ),
    (
        BESIDE_EACH_OTHER,
        [("Ankeby kommun", "Hela vägen ut", 1_000_000), ("Bergby kommun", "Grön gruva", 2_000_000)],
    ),
    (
        WITH_BOLD_LABELS,
        [("Ankeby kommun", "Hela vägen ut", 500_000), ("Bergby kommun", "Grön gruva", 1_200_000)],
    ),
    (
        WITH_HEADINGS,
        [
            ("Närradion i Bergby", "Radio Norr", 80_000),
            ("Älvens Ekonomisk förening", "Tidningen Älven", 120_000),
        ],
    ),
    (
        PLAIN,
        [
            ("Naturskyddsföreningen i Bergby", "Fjärilsstigen", 125_000),
            ("Ankeby kommun", "Skolskogen", 50_000),
        ],
    ),
    (PARTED, [("Ankeby kommun", "Hela vägen ut", 500_000)]),
]
APPLICATIONS = [
    """
# Ansökan om projektbidrag
Projektnamn: Fjärilsstigen
Sökande organisation: Naturskyddsföreningen i Bergby
Sökt belopp: 150 000 kr
Projektbeskrivning: En stig.
""",
    """
# Ansökan om projektbidrag
Projektnamn | Fjärilsstigen
Projektägare | Naturskyddsföreningen i Bergby
Belopp | 150 000 kr
""",
    """
# Projekt i Ankeby
Läs mer om projekt: se vår sida
Kontakt: info@ankeby.se
Projektet Hela vägen ut: unga får stöd.
Belopp: 100
""",
]


@pytest.mark.parametrize("written", [word, page])
@pytest.mark.parametrize(("text", "decisions"), GOLDEN)
def test_labels_give_the_decisions_beside_them(
    text: str, decisions: list[tuple[str, str, int | None]], written: Callable[[str], bytes]
) -> None:
    assert told(read(written(text))) == decisions


@pytest.mark.parametrize("written", [word, page])
@pytest.mark.parametrize("text", APPLICATIONS)
def test_what_is_only_applied_for_is_refused(text: str, written: Callable[[str], bytes]) -> None:
    with pytest.raises(ReadError):
        read(written(text))


@pytest.mark.parametrize("label", ["Belopp", "Bidrag"])
def test_an_amount_that_nothing_says_was_granted_is_no_decision(label: str) -> None:
    text = f"Förening: Viks IF\nÄndamål: Bollar\n{label}: 20 000 kr"
    for content in (
        page(text),
        page(f"Ansökan om stöd\nNämnden beslutar i mars.\n{text}"),
        word(text),
    ):
        with pytest.raises(ReadError):
            read(content)
    assert told(read(word(f"Beslut\n{text}"))) == [("Viks IF", "Bollar", 20_000)]


def test_a_refusal_in_place_of_the_amount_is_no_decision() -> None:
    text = "Projektägare: {0}\nProjektnamn: {0}\nBeviljat belopp: {1}\n"
    extract = read(
        word("# Beslut\n" + text.format("Viks IF", "900 kr") + text.format("Ås", "Avslås"))
    )
    assert told(extract) == [("Viks IF", "Viks IF", 900)]
    assert [(one.left_out, one.lost) for one in extract.problems] == [(1, False)]


@pytest.mark.parametrize("written", [word, page])
def test_a_bold_label_needs_no_colon(written: Callable[[str], bytes]) -> None:
    text = "# Beslut\n## Ljusfesten\n**Bidragsmottagare** Viks kommun\n**Beviljat belopp** 700 kr"
    text += (
        "\n## Havsdagen\n**Bidragsmottagare** Ås\n**Beviljat belopp** 9 kr\n**Status** Återkallad"
    )
    assert told(read(written(text))) == [("Viks kommun", "Ljusfesten", 700)]


def test_every_column_is_read_from_a_table_of_labels() -> None:
    first, second = read(word(BELOW_EACH_OTHER)).decisions
    assert first.description == (
        Block("paragraph", "Projektet riktar sig till unga."),
        Block("paragraph", "Unga kartläggs."),
    )
    assert first.motivation == (Block("paragraph", "Bidrar till strategin."),)
    assert first.case_number == "RS 2026/123"
    assert first.decision_date == date(2026, 3, 5)
    assert (first.source.row, second.source.row) == (1, 8)
    assert first.round.title == "Beslut om medfinansiering"


def test_text_below_a_label_or_a_heading_belongs_to_it() -> None:
    first, _ = read(page(WITH_HEADINGS)).decisions
    assert [block.text for block in first.description] == [
        "Radion sänder varje vecka.",
        "Sändningarna görs av unga.",
    ]
    assert [block.text for block in first.motivation] == ["Radion når många."]
    first, _ = read(word(WITH_BOLD_LABELS)).decisions
    assert [block.text for block in first.description] == [
        "Unga får stöd.",
        "Stödet ges i två steg.",
    ]


def test_a_date_above_all_decisions_is_that_of_each() -> None:
    decisions = read(word(WITH_BOLD_LABELS)).decisions
    assert {one.decision_date for one in decisions} == {date(2026, 3, 5)}


def test_lines_of_a_printed_page_are_parted_at_labels_and_headed_by_bold_ones() -> None:
    lines = [
        ("Beslut", 6, 1),
        ("Projekt 1: Radio Norr", 21, 0),
        ("Projektägare: Ankeby IF Diarienummer: RS 1", 0, 0),
        ("Beviljat belopp: 500 kr Projektperiod: 2026", 0, 0),
        ("Projekt 2: Radio Syd", 20, 0),
        ("Projektägare: Bergby IF Diarienummer: RS 2", 0, 0),
        ("Beviljat belopp 700 kr", 0, 0),
    ]
    passages = [
        Passage(at, text, "sida 1", level=level, bold=bold)
        for at, (text, bold, level) in enumerate(lines, start=1)
    ]
    extract = read_labels(passages, Document("p.pdf", "ab" * 32, "2030-01-02T03:04:05Z"))
    assert extract is not None
    assert told(extract) == [("Ankeby IF", "Radio Norr", 500), ("Bergby IF", "Radio Syd", 700)]
    assert [one.case_number for one in extract.decisions] == ["RS 1", "RS 2"]
    assert {one.source.table for one in extract.decisions} == {"sida 1"}


def test_what_was_refused_is_a_note() -> None:
    problems = read(word(PLAIN)).problems
    assert [(problem.what, problem.lost) for problem in problems] == [
        ("1 rad är inget beviljat beslut och togs inte med: 1 ”Avslag” (t.ex. rad 14)", False)
    ]


def test_a_heading_of_the_document_names_no_project() -> None:
    text = "# Mediefonden 2026\nProjektägare: Ankeby IF\nBeviljat belopp: 900 kr\nMotivering: Ja."
    assert told(read(word(text))) == [("Ankeby IF", "", 900)]


def test_an_amount_that_cannot_be_read_is_said() -> None:
    text = WITH_HEADINGS.replace("80 000 kronor", "20 000 kr per år")
    extract = read(word(text))
    assert extract.decisions[0].amount is None
    assert [p.what for p in extract.problems] == ["beloppet ”20 000 kr per år” kan inte tolkas"]


def test_a_list_that_ends_with_its_total_is_no_table_of_labels() -> None:
    text = """
# Bidrag
Förening | Antal timmar | Bidrag 2026
IFK Ankeby | 120 | 5 000
ABF | 90 | 7 000
Totalt | 210 | 12 000
"""
    assert told(read(word(text))) == [("IFK Ankeby", "", 5000), ("ABF", "", 7000)]


def test_labels_beside_a_list_do_not_disturb_it() -> None:
    text = """
# Beslut
Diarienummer | RS 2026/1
Beslutsdatum | 2026-03-05
# Lista
Projektägare | Projektnamn | Beviljat belopp
Ankeby kommun | Bron | 100 000
"""
    extract = read(word(text))
    assert told(extract) == [("Ankeby kommun", "Bron", 100_000)]
    assert [(one.left_out, one.lost) for one in extract.problems] == [(2, False)]


def test_a_decision_in_labels_that_is_not_in_the_list_beside_it_is_said() -> None:
    text = """
Projektägare | Projektnamn | Beviljat belopp
Ankeby kommun | Bron | 100 000
# Till sist
Projektägare | {owner}
Projektnamn | {title}
Beviljat belopp | 1 000
"""
    known = read(word(text.format(owner="Ankeby kommun", title="Bron")))
    other = read(word(text.format(owner="Bergby kommun", title="Vägen")))
    assert told(known) == told(other) == [("Ankeby kommun", "Bron", 100_000)]
    assert [problem.lost for problem in known.problems] == []
    assert [(problem.table, problem.lost) for problem in other.problems] == [("tabell 2", True)]


def test_a_label_with_values_that_cannot_be_told_apart_is_said() -> None:
    text = (
        BELOW_EACH_OTHER
        + """
# Till sist
Projektägare | Storby kommun | Lillby kommun
Projektnamn | Ån |
Beviljat belopp | 1 000 | 2 000
"""
    )
    extract = read(word(text))
    assert [one.owner for one in extract.decisions] == ["Ankeby kommun", "Bergby kommun"]
    assert [problem.table for problem in extract.problems if problem.lost] == ["tabell 2"]


def test_a_sheet_of_labels_is_read() -> None:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet("Beslut")
    sheet.write_column(0, 0, ["Projektägare", "Projektnamn", "Beviljat belopp"])
    sheet.write_column(0, 1, ["Ankeby kommun", "Bron", 100_000])
    book.close()
    extract = read(written.getvalue())
    assert told(extract) == [("Ankeby kommun", "Bron", 100_000)]
    assert extract.decisions[0].source.table == "Beslut"


def test_a_table_that_goes_on_on_the_next_page_is_one() -> None:
    rows = [("Projektägare", "Ankeby kommun"), ("Projektnamn", "Bron"), ("Beviljat belopp", "900")]
    first = Table("sida 1", tuple(Row(at, row) for at, row in enumerate(rows, start=1)))
    assert is_label_table(first)


@pytest.mark.parametrize(
    "rows",
    [
        [("Projektägare", "Projektnamn", "Belopp"), ("Ankeby", "Bron", "9"), ("Bergby", "Ån", "8")],
        [("Projektnamn", "Kommun", "Beviljat belopp"), ("Bron", "Ankeby", "9")] * 3,
        [("Projektägare", "Projektamn", "Län", "Beviljat belopp"), ("A", "B", "C", "9")] * 2,
        [("Projektnamn", "Projektägare"), ("Organisation", "A"), ("Mottagare", "B")],
        [("Diarienummer", "RS 1"), ("Beslutsdatum", "2026-03-05")],
    ],
)
def test_a_list_is_no_table_of_labels(rows: list[tuple[str, ...]]) -> None:
    assert not is_label_table(Table(None, tuple(Row(1, row) for row in rows)))


def test_a_label_and_what_stands_beside_it_are_one_passage() -> None:
    assert beside(["Dnr", "RS 1"]) == ["Dnr: RS 1"]
    assert beside(["Dnr:", " RS  1 "]) == ["Dnr: RS 1"]
    assert beside(["1.", "Bevilja"]) == ["1. Bevilja"]
    assert beside(["§ 47", "Bidrag"]) == ["§ 47 Bidrag"]
    assert beside(["Region A", "Protokoll", "1 (9)"]) == ["Region A", "Protokoll", "1 (9)"]


def test_a_page_of_a_web_site_is_read_without_menu_and_footer() -> None:
    content = page("# Protokoll\n**Beslut:** Vi ses.\n- ett\n- två\nDnr | RS 1")
    assert readers.passages(content) == (
        Passage(1, "Protokoll", level=1),
        Passage(2, "Beslut: Vi ses.", bold=7),
        Passage(3, "ett", item=True),
        Passage(4, "två", item=True),
        Passage(5, "Dnr: RS 1", bold=3),
    )


def test_terms_of_a_web_page_are_labels() -> None:
    content = (
        b"<html><dl><dt>Dnr</dt><dd><p>RS 1</p></dd><dt>Tom</dt><dt>Dag</dt><dd>I dag</dd></dl>"
    )
    assert [one.text for one in readers.passages(content)] == ["Dnr: RS 1", "Tom", "Dag: I dag"]


def test_a_word_document_is_read_with_its_page_header() -> None:
    content = word(
        "# Protokoll\n**Beslut:** Vi ses.\\nRad två.\n- ett\nDnr | RS 1", "Region Ankeby"
    )
    assert readers.passages(content) == (
        Passage(1, "Region Ankeby"),
        Passage(1, "Protokoll", level=1),
        Passage(2, "Beslut: Vi ses.", bold=7),
        Passage(3, "Rad två."),
        Passage(4, "ett", item=True),
        Passage(5, "Dnr: RS 1"),
    )
