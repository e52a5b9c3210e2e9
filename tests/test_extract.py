"""Rows -> decisions: the real document field by field, and the many ways a table can be written."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.decision import Block, Decision, Round, Source, granted
from index.documents import readers
from index.documents.columns.mapping import NOTHING, Column, Mapping, Place
from index.documents.document import Document
from index.documents.html import clean
from index.documents.lists.extract import Extract, extract
from index.documents.readers.table import Row, Table
from index.documents.report import TableReport
from index.errors import ReadError
from index.problem import Problem
from tests.conftest import HEADER, SAMPLE, SMALL, document

SHA256 = "bed4be0fe0d9d45be45de1504414355116bf13343be7af6e9e6785d236667a33"
READ = "2030-01-02T03:04:05Z"
ROUND = Round(
    "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1",
    "ESF 2026:1",
    "Region Norrbotten",
)
VI = "Region Vi"
P, LI = "paragraph", "item"


def read(text: str, file: str = "lista.txt") -> Extract:
    return extract(readers.read(text.encode()), Document(file, "ab" * 32, READ))


def problems(text: str) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.what) for problem in read(text).problems]


def told(extract_: Extract) -> list[tuple[str, str, Decimal | None]]:
    return [(one.owner, one.title, one.amount) for one in extract_.decisions]


@pytest.fixture(scope="module")
def real() -> Extract:
    content = SAMPLE.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return extract(readers.read(content), Document(SAMPLE.name, sha256, READ))


# The real document


def test_the_real_document_gives_nine_decisions_in_its_order(real: Extract) -> None:
    assert [(one.source.row, one.owner, one.title, one.amount) for one in real.decisions] == [
        (6, "Region Norrbotten", "Ultraljudsakademi för akuttläkare i Norrbotten", 2_800_000),
        (7, "Överkalix kommun", "Hälsa Överkalix - Steg för Steg", 2_540_000),
        (
            10,
            "Luleå kommun",
            "Starka och trygga möten - Psykisk hållbarhet i gymnasieskolan och KAA",
            798_582,
        ),
        (13, "Akademi Norr", "Strategic Workforce Planning Program", 3_220_872),
        (14, "Sunderby Folkhögskola", "Hela Vägen Ut", 2_815_000),
        (17, "Rädda Barnens Riks-förbund", "SamKraft Skola", 650_000),
        (18, "Sorsele kommun", "Stay Up North", 1_504_000),
        (21, "Boden kommun", "Boden Sustainability Center", 3_538_439),
        (22, "Kiruna kommun", "Glesbygdskraft", 2_618_400),
    ]


def test_the_real_documents_own_total_tallies(real: Extract) -> None:
    assert real.declared is not None
    declared = (real.declared.row, real.declared.count, real.declared.sum)
    assert declared == (23, 9, 20_485_293)
    assert (real.rows, granted(real.decisions), real.problems) == (9, 20_485_293, ())


def test_every_real_decision_says_where_it_comes_from(real: Extract) -> None:
    for one in real.decisions:
        assert one.round == ROUND
        assert one.currency == "SEK"
        assert one.source == Source(SAMPLE.name, None, one.source.row, SHA256, READ)


def test_source_rows_are_the_lines_that_an_editor_shows(real: Extract) -> None:
    lines = SAMPLE.read_text("utf-8").split("\n")
    for one in real.decisions:
        assert lines[one.source.row - 1].startswith(f"{one.owner}\t{one.title}\t<p>")
    assert real.declared is not None
    assert "Summa totalt" in lines[real.declared.row - 1]


def test_identifiers_of_real_decisions_are_readable(real: Extract) -> None:
    identifiers = [one.id for one in real.decisions]
    assert identifiers[4:6] == ["esf-2026-1/hela-vagen-ut", "esf-2026-1/samkraft-skola"]
    assert len(set(identifiers)) == 9


OPENING = [
    (
        "esf-2026-1/ultraljudsakademi-for-akuttlakare-i-norrbotten",
        [
            (P, "Projektet syftar till att stärka akuttläkare i Region Norrbotten med"),
            (LI, "Strukturerad och certifierande kompetensutveckling i POCUS."),
            (LI, "Arbetsplatsnära och flexibelt utbildningsupplägg anpassat till glesbygd."),
            (LI, "Ökad patientsäkerhet och tryggare kliniska beslut."),
            (LI, "Förbättrad arbetsmiljö och långsiktig kompetensförsörjning inom"),
        ],
        [(P, "Projektet överensstämmer med Norrbottensstrategin 2040 inom det prioriterade")],
        "hållbart arbetsliv inom hälso- och sjukvården.",
    ),
    (
        "esf-2026-1/starka-och-trygga-moten-psykisk-hallbarhet-i-gymnasieskolan-och-kaa",
        [
            (P, "Projektet syftar till att stärka personal inom elevhälsa, studie- och"),
            (LI, "Gemensamma arbetssätt och stärkt samverkan."),
            (LI, "Ny och moderniserad digital verktygslåda (nya Klasstid)."),
            (LI, "Ökad trygghet i bemötande och tidig upptäckt av psykisk ohälsa hos elever i"),
            (LI, "Förbättrad arbetsmiljö och minskad etisk stress för personalen."),
        ],
        [(P, "Projektet överensstämmer med Norrbottensstrategin 2040 inom det prioriterade")],
        "stöd till anställda för ett hållbart arbetsliv.",
    ),
    (
        "esf-2026-1/glesbygdskraft",
        [
            (P, "Projektet Glesbygdskraft syftar till att ge civilsamhället och lokala"),
            (P, "Projektet ska stärka föreningar och lokala initiativ så att de blir bättre"),
            (LI, "Starkare och mer välfungerande lokala föreningar och ideella aktörer i"),
            (LI, "Bättre samarbete mellan civilsamhälle, kommun och regionala aktörer."),
            (LI, "Ökad delaktighet och mer jämlika förutsättningar för människor i hela"),
            (LI, "Bättre möjligheter för en mer jämställd och varierad lokal arbetsmarknad."),
        ],
        [(P, "Projektet överensstämmer med Norrbottensstrategin 2040 och det prioriterade")],
        "sociala, ekonomiska och ekologiska aspekter.",
    ),
]


@pytest.mark.parametrize(("identifier", "description", "motivation", "end"), OPENING)
def test_real_text_becomes_paragraphs_and_items(
    real: Extract,
    identifier: str,
    description: list[tuple[str, str]],
    motivation: list[tuple[str, str]],
    end: str,
) -> None:
    (one,) = (one for one in real.decisions if one.id == identifier)
    for blocks, expected in ((one.description, description), (one.motivation, motivation)):
        openings = zip(blocks, expected, strict=True)
        assert [(block.kind, block.text[: len(text)]) for block, (_, text) in openings] == expected
    assert one.motivation[-1].text.endswith(end)


def test_shortest_real_items_are_whole(real: Extract) -> None:
    assert real.decisions[2].description[2] == Block(
        "item", "Ny och moderniserad digital verktygslåda (nya Klasstid)."
    )


def test_real_motivations_are_split_off_in_all_nine(real: Extract) -> None:
    for one in real.decisions:
        assert one.motivation[0].text.startswith("Projektet överensstämmer med ")
        assert one.description[0].text.startswith("Projektet ")
        text = " ".join(block.text for block in one.description + one.motivation)
        assert "motivering" not in text.casefold()


def test_no_typed_bullet_and_no_markup_is_left_in_real_text(real: Extract) -> None:
    for one in real.decisions:
        for block in one.description + one.motivation:
            assert not set(block.text) & set("•◦▪<>\t\u00ad")
            assert "&" not in block.text
            assert not block.text.startswith(("-", "–", "*", " "))
            assert block.text == clean(block.text)


def test_no_words_run_together_where_tags_met(real: Extract) -> None:
    """Every word that comes out is a word of the source, with its tags blanked."""
    source = SAMPLE.read_text("utf-8").split("\n")
    for one in real.decisions:
        cell = source[one.source.row - 1].split("\t")[2]
        for tag in ("p", "ul", "li", "b"):
            cell = cell.replace(f"</{tag}>", f" </{tag}> ").replace(f"<{tag}>", f" <{tag}> ")
        words = set(cell.split())
        for block in one.description + one.motivation:
            assert set(block.text.split()) <= words


def test_a_line_break_artefact_is_kept_as_it_stands(real: Extract) -> None:
    assert real.decisions[5].owner == "Rädda Barnens Riks-förbund"


def test_the_small_document_reads_as_its_docstring_says() -> None:
    small = read(SMALL)
    assert told(small) == [
        ("Ankeby kommun", "Elevhälsa för alla", 1_200_000),
        ("Ankeby kommun", "En bro till ön", Decimal("400000.50")),
        ("Rädda Ön", "Skola på ön", None),
        ("Öbo förening", "Psykisk hälsa", 5_000_000),
    ]
    assert [(problem.row, problem.what) for problem in small.problems] == [(6, "belopp saknas")]
    assert [block.kind for block in small.decisions[0].description] == [P, LI, LI]


# Headers

ROW = "Ankeby kommun\tEn bro\tBron byggs.\t400 000"
ONE = [("Ankeby kommun", "En bro", Decimal(400_000))]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Projektägare\tProjektnamn\tBeskrivning av projektet\tBelopp", ROW),
        ("Projektägare\tProjektamn\tBeskrivning\tBelopp", ROW),
        ("Projekt\u00e4gare\tProjektnamn\tBeskrivining av projektet\tBeviljat  belopp", ROW),
        ("PROJEKTÄGARE:\tPROJEKTNAMN:\tBESKRIVNING:\tBELOPP:", ROW),
        ("<b>Projektägare</b>\t<p>Projektnamn</p>\tBeskrivning\t<b>Belopp, kr</b>", ROW),
        ("Stödmottagare\tProjekttitel\tSammanfattning\tStödbelopp (SEK)", ROW),
        ("Sökande\tTitel\tBeskrivning\tBeviljat stöd i kronor", ROW),
        (
            "Belopp\tBeskrivning\tProjektnamn\tProjektägare",
            "400 000\tBron byggs.\tEn bro\tAnkeby kommun",
        ),
        ("Diarienr\tProjektägare\tProjektnamn\tBelopp", "12-3\tAnkeby kommun\tEn bro\t400 000"),
        ("Projekt nr\tProjektägare\tProjektnamn\tBelopp", "7\tAnkeby kommun\tEn bro\t400 000"),
        ("Projektnr\tProjektägare\tProjektnamn\tBelopp", "7\tAnkeby kommun\tEn bro\t400 000"),
        ("Projekt-id\tProjektägare\tProjektnamn\tBelopp", "7\tAnkeby kommun\tEn bro\t400 000"),
        ("Projektägare\tProjektnamn\tBelopp", "Ankeby kommun\tEn bro\t400 000"),
        ("\tProjektägare\tProjektnamn\tBelopp", "1\tAnkeby kommun\tEn bro\t400 000"),
        ("Projektägare\tProjekt\tBelopp (tkr)", "Ankeby kommun\tEn bro\t400"),
        ("Projektägare\tProjekt\tBeviljat belopp i tkr", "Ankeby kommun\tEn bro\t400 000 kr"),
        ("Projektägare\tProjekt\tBelopp, mnkr", "Ankeby kommun\tEn bro\t0,4"),
    ],
)
def test_columns_are_found_by_their_headers(header: str, row: str) -> None:
    text = f"# Beslut 2030\n{header}\n{row}\n{header}\n{row.replace('En bro', 'Två')}\n"
    owner, _, amount = ONE[0]
    assert told(read(text)) == [*ONE, (owner, "Två", amount)]
    assert problems(text) == []


@pytest.mark.parametrize(
    "header", ["Startdatum", "Slutdatum", "Slutdatum för projekt", "Datum", "Date"]
)
def test_other_dates_and_numbers_are_not_taken_for_those_of_the_decision(header: str) -> None:
    text = f"Projektägare\tProjektnamn\t{header}\tBelopp\nÅnge\tBro\t2026-03-05\t5\n"
    one = read(text).decisions[0]
    assert (one.case_number, one.decision_date, problems(text)) == (None, None, [])


def test_a_date_that_is_none_is_kept_out_and_told() -> None:
    header = "Dnr\tBeslutsdatum\tProjektägare\tProjektnamn\tBelopp\n"
    rows = ["mars 2026", "05/03/2026", "46086", "–", "", "2026-02-30", "2026-03-05 00:00:00"]
    text = header + "".join(f"–\t{day}\tÅnge\tBro {at}\t5\n" for at, day in enumerate(rows))
    found = read(text)
    assert [one.decision_date for one in found.decisions] == [*[None] * 6, date(2026, 3, 5)]
    assert [one.case_number for one in found.decisions] == [None] * 7
    assert problems(text) == [
        (row, f"beslutsdatumet ”{rows[row - 2]}” är inget entydigt datum") for row in (2, 3, 4, 7)
    ]


def test_a_register_is_not_a_list_of_decisions_for_its_case_numbers_and_dates() -> None:
    with pytest.raises(ReadError, match="ingen tabell med projektägare och projektnamn"):
        read("Diarienummer\tBeslutsdatum\tTitel\n2026/1\t2026-03-05\tBygglov\n")


def test_a_motivation_may_have_a_column_of_its_own() -> None:
    header = "Projektägare\tProjektnamn\tBeskrivning\tMotivering\tBelopp"
    one = read(f"{header}\nÅnge\tBro\tVad.\t<p>Varför.</p><ul><li>• Så</li></ul>\t5\n").decisions[0]
    assert one.description == (Block("paragraph", "Vad."),)
    assert one.motivation == (Block("paragraph", "Varför."), Block("item", "Så"))


@pytest.mark.parametrize(
    "cell",
    [
        "<p>Vad.</p><h3>Motivering</h3><p>Varför.</p>",
        "<p>Vad.</p><p><b>Motivering</b></p><p>Varför.</p>",
        "<div>Vad.<br><strong>MOTIVERING :</strong> Varför.</div>",
    ],
)
def test_a_motivation_below_a_heading_of_its_own_is_split_off(cell: str) -> None:
    one = read(document(f"Ånge\tBro\t{cell}\t5")).decisions[0]
    assert one.description == (Block("paragraph", "Vad."),)
    assert one.motivation == (Block("paragraph", "Varför."),)


@pytest.mark.parametrize("bullet", ["•", "• •", "·", "\uf0b7", "– ", "*", "•\u00a0", "■"])
def test_no_bullet_of_any_word_processor_is_left(bullet: str) -> None:
    cell = f"<ul><li>{bullet} Mat</li></ul>{bullet} Mer"
    one = read(document(f"Ånge\tBro\t{cell}\t5")).decisions[0]
    assert one.description == (Block("item", "Mat"), Block("item", "Mer"))


@pytest.mark.parametrize(
    ("label", "funder"),
    [
        ("Beviljad medfinansiering Region Vi", "Region Vi"),
        ("Beviljad medfinansiering Region Vi (tkr)", "Region Vi"),
        ("Beviljat belopp (Region Vi)", "Region Vi"),
        ("Belopp", None),
        ("Belopp (kr)", None),
        ("Belopp i SEK", None),
        ("Beviljat belopp 2030", None),
        ("Belopp efter beslut", None),
    ],
)
def test_the_funder_is_a_name_and_never_a_unit(label: str, funder: str | None) -> None:
    one = read(f"Projektägare\tProjektnamn\t{label}\nÅnge\tBro\t5\n").decisions[0]
    assert one.round.funder == funder


@pytest.mark.parametrize(
    "row",
    [
        "Projekt Norr\tProjekt Syd\tBeskrivning av läget\t5 000",
        "Projekt Norr\tProjekt Syd\tBeskrivning av läget",
        "Projekt Norr\tSammanfattning av läget",
        "Organisation Norr\tTitel som saknas\tBeskrivning",
        "Sökande i Norr\tProjekt Syd\tMotivering av läget\tBelopp saknas",
    ],
)
def test_a_row_that_begins_like_a_header_is_still_a_row(row: str) -> None:
    found = read(document(row, ROW))
    assert [one.owner for one in found.decisions] == [row.split("\t")[0], "Ankeby kommun"]
    assert found.rows == 2


def test_a_header_repeated_at_each_page_break_is_no_row() -> None:
    header = HEADER.rstrip("\n")
    found = read(document(ROW, header, ROW.replace("bro", "ö"), header, ROW.replace("bro", "å")))
    assert [one.title for one in found.decisions] == ["En bro", "En ö", "En å"]
    assert (found.rows, found.problems) == (3, ())


def test_a_header_with_a_column_of_no_meaning_is_known_again_at_a_page_break() -> None:
    header = "Diarienr\tProjektägare\tProjektnamn\tBelopp"
    row = "12\tÅnge\tBro\t5"
    found = read(f"{header}\n{row}\n{header}\n{row.replace('Bro', 'Väg')}\n")
    assert [one.title for one in found.decisions] == ["Bro", "Väg"]


def test_a_later_header_may_have_another_order() -> None:
    found = read(document(ROW, "Belopp\tProjektnamn\tProjektägare", "5\tVäg\tÅnge"))
    assert told(found) == [*ONE, ("Ånge", "Väg", Decimal(5))]


def test_a_table_without_amounts_says_so_once() -> None:
    text = "Projektägare\tProjektnamn\nÅnge\tBro\nÅre\tVäg\n"
    assert problems(text) == [(1, "tabellen har ingen kolumn för belopp")]
    assert [one.amount for one in read(text).decisions] == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "Bara text.",
        "Dag\tNamn\n1\tAnna",
        "Projektägare\nÅnge\n",
        "Belopp\tBeskrivning\n5\tBro\n",
        "<html><body><p>Sidan finns inte</p></body></html>",
    ],
)
def test_without_owners_and_projects_there_is_no_table(text: str) -> None:
    with pytest.raises(ReadError, match="ingen tabell med projektägare och projektnamn"):
        read(text)


def test_a_header_alone_is_a_table_without_decisions() -> None:
    assert problems(HEADER) == [(None, "tabellen har inga beslut")]


def test_uncertain_characters_are_a_problem_of_the_file() -> None:
    found = extract(readers.read(document(ROW).encode("cp1252")), Document("lista.txt", "ab", READ))
    assert told(found) == ONE
    (problem,) = found.problems
    assert (problem.row, problem.what) == (
        None,
        "filen är inte UTF-8 och lästes som Windows-1252",
    )


# Rounds


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (
            "# Region Vis beslut om medfinansiering av projekt ESF 2030:2",
            Round(
                "Region Vis beslut om medfinansiering av projekt ESF 2030:2",
                "ESF 2030:2",
                "Region Vi",
            ),
        ),
        ("<h1>Beslut X 2030:1</h1>", Round("Beslut X 2030:1", "X 2030:1", None)),
        (
            "Västra Götalandsregionens beslut om stöd",
            Round(
                "Västra Götalandsregionens beslut om stöd",
                "Västra Götalandsregionens beslut om stöd",
                "Västra Götalandsregionen",
            ),
        ),
        ("#\n# Beslut\nSida 1", Round("Beslut", "Beslut", None)),
        ("", Round("lista 2030.1", "lista 2030.1", None)),
    ],
)
def test_the_heading_is_the_round_and_the_file_stands_in(lead: str, expected: Round) -> None:
    text = f"{lead}\n\nProjektägare\tProjektnamn\tBelopp\nÅnge\tBro\t5\n"
    assert read(text, "arkiv/lista 2030.1.txt").decisions[0].round == expected


def test_the_funder_of_the_amounts_goes_before_that_of_the_heading() -> None:
    text = f"# Region Norrs beslut om projekt X 2030:1\n{HEADER}{ROW}\n"
    assert read(text).decisions[0].round == Round(
        "Region Norrs beslut om projekt X 2030:1", "X 2030:1", VI
    )


TWO = (
    f"# Region Vis beslut om projekt X 2030:1\n{HEADER}{ROW}\nSumma 1 projekt\t\t\t400 000\n\n"
    f"# Region Vis beslut om projekt X 2030:2\n{HEADER}Ånge\tVäg\t\t5\nÅre\tBank\t\t7\n"
)


def test_two_tables_are_two_rounds() -> None:
    assert [(one.title, one.round.name) for one in read(TWO).decisions] == [
        ("En bro", "X 2030:1"),
        ("Väg", "X 2030:2"),
        ("Bank", "X 2030:2"),
    ]


def test_each_table_tallies_with_its_own_total() -> None:
    found = read(TWO + "Summa 2 projekt\t\t\t12\n")
    assert found.problems == ()
    assert found.declared is not None
    assert (found.declared.count, found.declared.sum) == (3, 400_012)


def test_a_wrong_total_of_one_of_two_tables_is_found() -> None:
    assert problems(TWO + "Summa 2 projekt\t\t\t13\n") == [
        (10, "summaraden anger 13\u00a0kr men beloppen blir 12\u00a0kr")
    ]


def test_one_total_below_two_tables_is_for_both() -> None:
    text = TWO.replace("Summa 1 projekt\t\t\t400 000\n", "") + "Summa 3 projekt\t\t\t400 012\n"
    assert problems(text) == []
    assert len({one.round for one in read(text).decisions}) == 2


def test_a_heading_repeated_at_a_page_break_begins_no_new_round() -> None:
    heading = "# Regionens beslut om projekt X 2030:1"
    text = document(
        ROW, heading, HEADER.strip("\n"), "Ånge\tVäg\t\t5", "Summa 2 projekt\t\t\t400 005"
    )
    assert problems(text) == []
    assert len({one.round for one in read(text).decisions}) == 1


# Totals rows


@pytest.mark.parametrize(
    ("row", "count", "total"),
    [
        ("Summa\t\t\t400 000", None, 400_000),
        ("Sammanlagt\t\t\t400 000", None, 400_000),
        ("Totalt\t\t\t400 000 kr", None, 400_000),
        ("Total:\t\t\t400 000", None, 400_000),
        ("TOTALSUMMA\t\t\t400 000", None, 400_000),
        ("Slutsumma 1 projekt\t\t\t0,4 mnkr", 1, 400_000),
        ("<b>Summa totalt 1 projekt</b>\t\t\t<b>400 000 kr</b>", 1, 400_000),
        ("Summa\t1 projekt\t\t400 000", 1, 400_000),
        ("\tSumma 1 st beslut\t\t400 000", 1, 400_000),
        ("Summa 1 projekt\t\tBeslutat i juni\t400 000", 1, 400_000),
        ("Summa 1 projekt", 1, None),
        ("Summa 1 ansökningar\t\t\t", 1, None),
        ("Summa\t\t\t1 000 euro", None, None),
    ],
)
def test_a_totals_row_is_no_decision(row: str, count: int | None, total: int | None) -> None:
    found = read(document(ROW, row))
    assert told(found) == ONE
    assert found.declared is not None
    assert (found.declared.row, found.declared.count, found.declared.sum) == (5, count, total)
    assert (found.rows, found.problems) == (1, ())


def test_a_total_stands_under_its_column_wherever_that_is() -> None:
    header = "Belopp (tkr)\tProjektnamn\tProjektägare"
    found = read(f"{header}\n400\tEn bro\tÅnge\n400\tSumma 1 projekt\t\n")
    assert found.declared is not None
    assert (found.declared.count, found.declared.sum) == (1, 400_000)
    assert found.problems == ()


def test_a_thousand_projects_are_counted_as_such() -> None:
    assert problems(document(ROW, "Summa 1 234 projekt\t\t\t400 000")) == [
        (5, "summaraden anger 1234 projekt men 1 lästes")
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (
            "Summa\t\t\t400 001",
            "summaraden anger 400\u00a0001\u00a0kr men beloppen blir 400\u00a0000\u00a0kr",
        ),
        ("Summa 2 projekt\t\t\t400 000", "summaraden anger 2 projekt men 1 lästes"),
        ("Summa 0 projekt", "summaraden anger 0 projekt men 1 lästes"),
        ("Summa\t\t\tse bilaga", "summaradens belopp ”se bilaga” kan inte tolkas"),
    ],
)
def test_a_total_that_does_not_tally_is_told_with_both_figures(row: str, what: str) -> None:
    assert problems(document(ROW, row)) == [(5, what)]


def test_a_subtotal_is_neither_a_decision_nor_the_total() -> None:
    text = document(ROW, "Delsumma\t\t\t400 000", "Ånge\tVäg\t\t5", "Summa\t\t\t400 005")
    assert (len(read(text).decisions), problems(text)) == (2, [])


@pytest.mark.parametrize("label", ["Delsumma", "DELSUMMA 1 projekt", "Subtotal"])
def test_a_last_row_that_is_a_subtotal_claims_nothing_of_the_whole(label: str) -> None:
    found = read(document(ROW, "Ånge\tVäg\t\t5", f"{label}\t\t\t5"))
    assert (len(found.decisions), found.declared, found.problems) == (2, None, ())


@pytest.mark.parametrize(
    "owner", ["Summa Equity AB", "Total Energi AB", "Totalförsvarets institut"]
)
def test_an_owner_whose_name_begins_like_a_total_is_an_owner(owner: str) -> None:
    found = read(document(f"{owner}\tLaddstolpar\tMånga.\t7"))
    assert told(found) == [(owner, "Laddstolpar", Decimal(7))]
    assert found.declared is None


def test_amounts_in_euro_are_not_added_to_kronor() -> None:
    text = document(ROW, "Ånge\tVäg\t\t1 000 euro", "Summa 2 projekt\t\t\t400 000 kr")
    found = read(text)
    assert [one.currency for one in found.decisions] == ["SEK", "EUR"]
    assert (granted(found.decisions), found.problems) == (400_000, ())


# Rows with something wrong

GOOD = "Öbo\tEn ö\tÖn är fin.\t7"


@pytest.mark.parametrize(
    ("row", "what", "taken"),
    [
        ("Ånge\tVäg\tBred.", "belopp saknas", True),
        ("Ånge\tVäg\tBred.\t", "belopp saknas", True),
        ("Ånge\tVäg", "belopp saknas", True),
        ("Ånge\tVäg\tBred.\tenligt bilaga", "beloppet ”enligt bilaga” kan inte tolkas", True),
        ("Ånge\tVäg\tBred.\t1.2.3", "beloppet ”1.2.3” kan inte tolkas", True),
        ("Ånge\t\tBred.\t5", "projektnamn saknas", True),
        ("\tVäg\tBred.\t5", "projektägare saknas", True),
        ("Ånge\tVäg\tBred.\t5\tmer", "raden har 5 celler men rubrikraden 4", True),
        ("Ånge\tVäg\tBred.\t5\t\tmer", "raden har 6 celler men rubrikraden 4", True),
        (
            "\t\tBred.\t5",
            "raden har varken projektägare eller projektnamn och togs inte med",
            False,
        ),
        ("Sida 2 av 3", "raden har bara en ifylld cell, ”Sida 2 av 3”, och togs inte med", False),
        ("\t\t\t5", "raden har bara en ifylld cell, ”5”, och togs inte med", False),
    ],
)
def test_a_faulty_row_is_told_and_nothing_else_is_lost(row: str, what: str, taken: bool) -> None:
    found = read(document(ROW, row, GOOD))
    (problem,) = found.problems
    assert (problem.file, problem.row, problem.what) == ("lista.txt", 5, what)
    assert str(problem).startswith(f"lista.txt, rad 5: {what}. ")
    assert found.decisions[0].title == "En bro"
    assert found.decisions[-1].title == "En ö"
    assert (len(found.decisions), found.rows) == (3 if taken else 2, 3)
    assert bool(problem.left_out) is not taken


@pytest.mark.parametrize("row", ["Ånge\tVäg\tBred.\t5\t\t", "Ånge\tVäg\tBred.\t5\t \t "])
def test_empty_cells_beyond_the_header_are_nothing(row: str) -> None:
    assert problems(document(row)) == []


def test_rows_of_empty_cells_are_nothing() -> None:
    found = read(document(ROW, "\t\t\t", "<p> </p>\t\t\t", GOOD))
    assert (len(found.decisions), found.rows, found.problems) == (2, 2, ())


def test_owner_and_title_are_plain_text() -> None:
    one = read(document("<b>Ånge</b>&nbsp;kommun\tBro &amp; <i>väg</i>\t\t5")).decisions[0]
    assert (one.owner, one.title) == ("Ånge\u00a0kommun", "Bro & väg")


# Laws

NAME = st.text("abcåäö", min_size=1, max_size=8)
ORDER = ["Projektägare", "Projektnamn", "Beskrivning", "Belopp"]
FIELDS = st.fixed_dictionaries(
    {
        "Projektägare": NAME,
        "Projektnamn": NAME,
        "Beskrivning": NAME,
        "Belopp": st.integers(0, 10**9).map(str),
    }
)


@settings(deadline=None)
@given(
    st.lists(FIELDS, min_size=1, max_size=6),
    st.permutations(ORDER),
    st.integers(1, 3),
)
def test_columns_may_stand_in_any_order_and_pages_break_anywhere(
    rows: list[dict[str, str]], order: list[str], page: int
) -> None:
    lines = ["# Beslut X 2030:1"]
    for number, row in enumerate(rows):
        if number % page == 0:
            lines += ["", "\t".join(order)]
        lines.append("\t".join(row[name] for name in order))
    found = read("\n".join(lines))
    assert told(found) == [
        (row["Projektägare"], row["Projektnamn"], Decimal(row["Belopp"])) for row in rows
    ]
    assert granted(found.decisions) == sum(Fraction(row["Belopp"]) for row in rows)


def test_a_table_of_figures_alone_is_no_list_of_decisions() -> None:
    with pytest.raises(ReadError, match="ingen tabell med projektägare och projektnamn"):
        read(HEADER + "0\t0")


@settings(deadline=None)
@given(st.text(max_size=300))
@example("0\t0")
def test_any_text_is_read_or_refused_and_every_row_is_accounted_for(text: str) -> None:
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    try:
        found = read(HEADER + text)
    except ReadError:  # more rows of figures than of names: among enough names they are rows too
        lines = len(text.replace("\r", "\n").split("\n"))
        found = read("\n".join([HEADER + text, *[GOOD] * lines]))
        assert len(found.decisions) > lines
    left_out = sum(problem.left_out for problem in found.problems)
    assert len(found.decisions) + left_out == found.rows
    for one in found.decisions:
        assert isinstance(one, Decision)
        assert one.owner or one.title


# Tables, one after the other


def table(*rows: tuple[str, ...], name: str | None = None, first: int = 1, **more: Any) -> Table:
    numbered = (Row(number, cells) for number, cells in enumerate(rows, start=first))
    return Table(name, tuple(numbered), **more)


def taken(tables: list[Table], mapping: Mapping = NOTHING) -> Extract:
    return extract(tables, Document("lista.xlsx", "ab" * 32, READ, mapping))


HEADS = ("Projektägare", "Projektnamn", "Beviljat belopp")
BRO, HUS, HAMN = ("Ankeby", "Bro", "5"), ("Öbo", "Hus", "7"), ("Rädda Ön", "Hamn", "9")


def test_each_table_is_counted_under_its_name() -> None:
    found = taken([table(HEADS, BRO, HUS, ("not", "", ""), name="A"), table(HEADS, HAMN, name="B")])
    columns = (
        ("owner", "Projektägare"),
        ("title", "Projektnamn"),
        ("amount", "Beviljat belopp"),
    )
    assert found.tables == (TableReport("A", 3, 2, columns), TableReport("B", 1, 1, columns))
    assert [one.source.table for one in found.decisions] == ["A", "A", "B"]
    assert (found.rows, found.problems[0].table) == (4, "A")


def test_what_is_doubtful_of_a_table_is_said_with_its_name() -> None:
    doubtful = table(HEADS, BRO, name="A", doubt="bladet är gömt", remedy="visa det")
    assert taken([doubtful]).problems == (
        Problem("lista.xlsx", None, "bladet är gömt", "visa det", "A"),
    )


@pytest.mark.parametrize(
    ("sheets", "owners"),
    [((), ["Ankeby", "Öbo"]), (("A",), ["Ankeby"]), ((2,), ["Öbo"]), ((1, "B"), ["Ankeby", "Öbo"])],
)
def test_the_sheets_that_are_named_are_read(
    sheets: tuple[str | int, ...], owners: list[str]
) -> None:
    tables = [table(HEADS, BRO, name="A"), table(HEADS, HUS, name="B")]
    found = taken(tables, Mapping(sheets=sheets))
    assert [one.owner for one in found.decisions] == owners
    assert len(found.tables) == len(owners)


def test_a_table_without_decisions_is_said() -> None:
    assert taken([table(HEADS)]).problems == (
        Problem("lista.xlsx", None, "tabellen har inga beslut", "kontrollera filen"),
    )


@pytest.mark.parametrize(
    ("mapping", "what", "remedy"),
    [
        (NOTHING, "ingen tabell med projektägare och projektnamn hittades: ingen kolumn känns igen "
         "som projektägare eller projektnamn; kolumnerna är ”Ort” och ”Antal”",
         "är det beslut, ange i lista.xlsx.toml vilka kolumner som är owner, title och amount; "
         "`beslut index --check --write-toml` skriver en mall"),
        (Mapping(columns={"owner": ("Vem",)}, file="lista.toml"),
         "lista.toml: owner = ”Vem” finns inte bland kolumnerna",
         "ange någon av ”Ort” och ”Antal”"),
        (Mapping(funder="Region Vi", file="lista.toml"),
         "ingen tabell har de kolumner som lista.toml anger; kolumnerna är ”Ort” och ”Antal”",
         "rätta lista.toml"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_what_to_do(
    mapping: Mapping, what: str, remedy: str
) -> None:
    with pytest.raises(ReadError) as error:
        taken([table(("Ort", "Antal"), ("Ankeby", "5"))], mapping)
    assert (error.value.what, error.value.remedy) == (what, remedy)


def test_a_table_without_amounts_is_said_once_where_its_header_is() -> None:
    heads = ("Projektägare", "Projektnamn", "Beskrivning")
    rows = (("Ankeby", "Bro", "En bro."), ("Öbo", "Hus", "Ett hus."))
    found = taken([table(("Beslut",), heads, *rows, heads, *rows, name="A")])
    assert found.problems == (
        Problem(
            "lista.xlsx", 2, "tabellen har ingen kolumn för belopp",
            "besluten är med utan belopp; ange amount i lista.xlsx.toml", "A",
        ),
    )  # fmt: skip


BY_NUMBER: dict[Column, tuple[Place, ...]] = {"owner": (2,), "title": (1,), "amount": (3,)}


def test_columns_that_are_numbered_need_no_header() -> None:
    rows = (("Bro", "Ankeby", "5"), ("Hus", "Öbo", "7", "mer"))
    found = taken([table(*rows, name="A")], Mapping(header=0, columns=BY_NUMBER, file="a.toml"))
    assert told(found) == [("Ankeby", "Bro", 5), ("Öbo", "Hus", 7)]
    assert [one.source.row for one in found.decisions] == [1, 2]
    assert len(found.problems) == 1  # on the currency, which nothing states


def test_the_header_stands_where_it_is_said_to() -> None:
    places: dict[Column, tuple[Place, ...]] = {"owner": (1,), "title": (2,)}
    rows = (HEADS, ("x", "y", "z"), BRO, HUS)
    found = taken([table(*rows)], Mapping(header=2, columns=places, file="a.toml"))
    assert [one.owner for one in found.decisions] == ["Ankeby", "Öbo"]
    first = taken([table(*rows[1:])], Mapping(columns=places, file="a.toml"))
    assert [one.owner for one in first.decisions] == ["Ankeby", "Öbo"]


def test_a_column_of_a_name_among_numbers_is_looked_for() -> None:
    heads = ("Vem", "Projektnamn", "Beviljat belopp")
    named = Mapping(columns={"owner": ("Vem",), "title": (2,), "motivation": ()}, file="a.toml")
    found = taken([table(("Beslut", "2030", ""), heads, BRO)], named)
    assert told(found) == [("Ankeby", "Bro", 5)]


def test_nothing_is_read_below_the_last_row_that_is_named() -> None:
    found = taken([table(HEADS, BRO, HUS, HAMN)], Mapping(last=3, file="a.toml"))
    assert [one.title for one in found.decisions] == ["Bro", "Hus"]


@pytest.mark.parametrize(
    ("below", "decisions"),
    [
        (("", "", "Region Vi", "Region Du"), 1),  # cells above it are merged
        (("Projektägare", "Projektnamn", "Region Vi", "Region Du"), 1),
        (("", "", "Region Vi", ""), 2),  # a single cell is no header
        (("Ankeby", "", "Region Vi", "Region Du"), 2),
        (("", "", "7", "Region Du"), 2),
        (("", "", "x" * 101, "Region Du"), 2),
    ],
)
def test_a_header_may_have_two_rows(below: tuple[str, ...], decisions: int) -> None:
    heads = ("Projektägare", "Projektnamn", "Beviljat belopp", "Kommentar")
    found = taken([table(heads, below, ("Ankeby", "Bro", "5", "x"))])
    assert found.rows == decisions
    assert found.decisions[-1].amount == 5
    funder = found.decisions[-1].round.funder
    assert funder == ("Region Vi" if decisions == 1 else None)


def test_a_table_goes_on_on_the_next_page_below_the_same_heading() -> None:
    heading = ("# Regionens beslut om projekt X 2030:1",)
    one = table(HEADS, BRO, name="sida 1", heading=heading)
    for two in (
        table(HUS, name="sida 2", continues=True),
        table(HUS, name="sida 2", continues=True, heading=heading),
        table(HEADS, HUS, name="sida 2", heading=heading),
    ):
        found = taken([one, two])
        assert [(d.title, d.round.name) for d in found.decisions] == [
            ("Bro", "X 2030:1"),
            ("Hus", "X 2030:1"),
        ]


def test_a_table_below_another_heading_or_of_another_width_is_another() -> None:
    one = table(HEADS, BRO, heading=("# Regionens beslut om projekt X 2030:1",))
    two = table(HEADS, HUS, heading=("# Regionens beslut om projekt X 2030:2",), continues=True)
    assert [d.round.name for d in taken([one, two]).decisions] == ["X 2030:1", "X 2030:2"]
    wider = table(("Öbo", "Hus", "7", "8"), continues=True)
    assert [d.title for d in taken([one, wider]).decisions] == ["Bro"]
    apart = table(HUS)
    assert [d.title for d in taken([one, apart]).decisions] == ["Bro"]


def test_a_header_is_known_again_among_rows() -> None:
    english = ("Beneficiary", "Project title", "Grant amount")
    found = taken([table(HEADS, BRO, HEADS, HUS, english, HAMN)])
    assert [one.title for one in found.decisions] == ["Bro", "Hus", "Hamn"]
    assert found.rows == 3
    pinned = taken([table(HEADS, BRO, english, HUS)], Mapping(header=1, file="a.toml"))
    assert [one.title for one in pinned.decisions] == ["Bro", "Project title", "Hus"]


def test_another_heading_among_the_rows_begins_another_round() -> None:
    heads = ("# Regionens beslut om projekt X 2030:1",), ("# Regionens beslut om projekt X 2030:2",)
    found = taken([table(heads[0], HEADS, BRO, heads[0], HUS, heads[1], HAMN)])
    assert [(one.title, one.round.name) for one in found.decisions] == [
        ("Bro", "X 2030:1"), ("Hus", "X 2030:1"), ("Hamn", "X 2030:2"),
    ]  # fmt: skip


def test_half_of_the_names_must_have_letters() -> None:
    rows = (("1", "2", "5"), ("3", "4", "7"))
    assert len(taken([table(HEADS, *rows, BRO, HUS)]).decisions) == 4
    with pytest.raises(ReadError):
        taken([table(HEADS, *rows, BRO)])
