"""Which column is which: the header rows of real lists, and what varies in how they are written."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from index.documents import readers
from index.documents.columns.header import Header, find_header
from index.documents.columns.mapping import NOTHING, Column, Mapping, Place
from index.documents.columns.names import NAMES
from index.documents.columns.recognition import IS, column_of, names_of
from index.documents.document import Document
from index.documents.html import Cell
from index.documents.lists.extract import Extract, extract
from index.documents.readers.table import Row, Table
from index.errors import ReadError

READ = "2030-01-02T03:04:05Z"


def header(row: str, mapping: Mapping = NOTHING) -> Header | None:
    """The header that a row is; its cells are parted by bars."""
    return find_header([Cell(cell.strip()) for cell in row.split("|")], mapping)


def columns(row: str) -> dict[str, str]:
    """The columns that were found in a header row, each with its header."""
    found = header(row)
    return {} if found is None else {str(column): name for column, name in found.used}


def read(text: str, mapping: Mapping = NOTHING) -> Extract:
    document = Document("lista.csv", "ab" * 32, READ, mapping)
    return extract(readers.read(text.encode()), document)


# Real lists


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (  # ESF-rådet
            "Projektnamn | Projektägare | Diarienummer | ESF-stöd | Medfinansiering | Total budget "
            "| Startdatum | Slutdatum | Län",
            "owner=Projektägare title=Projektnamn amount=ESF-stöd case_number=Diarienummer "
            "place=Län",
        ),
        (  # Tillväxtverket
            "Ärende-ID | Projektnamn | Stödmottagare | EU-stöd (i SEK) | Offentlig medfinansiering "
            "| Total projektbudget | Program",
            "owner=Stödmottagare title=Projektnamn amount=EU-stöd_(i_SEK) case_number=Ärende-ID",
        ),
        (  # Vinnova
            "Diarienummer | ProjekttitelSvenska | ProjekttitelEngelska | Koordinator | "
            "ProjektabstraktSvenska | BeviljatBidragKr | Startdatum | Status",
            "owner=Koordinator title=ProjekttitelSvenska description=ProjektabstraktSvenska "
            "amount=BeviljatBidragKr case_number=Diarienummer status=Status",
        ),
        (  # Formas
            "Diarienummer | Projekttitel | Projektledare | Medelsförvaltare | "
            "Beviljat belopp (SEK)",
            "owner=Medelsförvaltare title=Projekttitel amount=Beviljat_belopp_(SEK) "
            "case_number=Diarienummer",
        ),
        (  # Kulturrådet
            "Dnr | Sökande | Projekt | Bidragsform | Sökt belopp | Beviljat belopp | Ort | "
            "Beslutsdatum",
            "owner=Sökande title=Projekt amount=Beviljat_belopp case_number=Dnr "
            "decision_date=Beslutsdatum place=Ort",
        ),
        (  # MUCF
            "Organisation | Projektnamn | Beviljat belopp | Kommun | Bidragsform | År",
            "owner=Organisation title=Projektnamn amount=Beviljat_belopp place=Kommun",
        ),
        (  # Naturvårdsverket, Klimatklivet
            "Ärendenummer | Sökande | Åtgärd | Kategori | Beviljat stöd (kr) | Kommun | "
            "Total investering | Minskade utsläpp (ton)",
            "owner=Sökande title=Åtgärd amount=Beviljat_stöd_(kr) case_number=Ärendenummer "
            "place=Kommun",
        ),
        (  # Boverket
            "Dnr | Sökande | Projekt | Kommun | Beviljat stödbelopp | Antal bostäder",
            "owner=Sökande title=Projekt amount=Beviljat_stödbelopp case_number=Dnr place=Kommun",
        ),
        (  # Jordbruksverket
            "Stödmottagare | Postnummer | Ort | Fond | Åtgärd | Belopp EU | Belopp nationellt | "
            "Totalt belopp",
            "owner=Stödmottagare title=Åtgärd amount=Totalt_belopp place=Ort",
        ),
        (  # Arvsfonden
            "Dnr | Organisation | Projekt | Beviljat 2025 | Beviljat 2026 | Totalt beviljat",
            "owner=Organisation title=Projekt amount=Totalt_beviljat case_number=Dnr",
        ),
        (  # a region
            "Projektägare | Projekt | Projektets syfte | Beslutat belopp, tkr | Beslutad | "
            "Motivering",
            "owner=Projektägare title=Projekt description=Projektets_syfte motivation=Motivering "
            "amount=Beslutat_belopp,_tkr decision_date=Beslutad",
        ),
        (  # grants to associations in a municipality
            "Förening | Ändamål | Sökt bidrag | Beviljat bidrag | Beslut",
            "owner=Förening title=Ändamål amount=Beviljat_bidrag status=Beslut",
        ),
        (
            "Organisationsnamn | Organisationsnummer | Projekt-ID | Projekt | Ändamål | "
            "Tilldelade medel",
            "owner=Organisationsnamn title=Projekt description=Ändamål amount=Tilldelade_medel "
            "case_number=Projekt-ID owner_number=Organisationsnummer",
        ),
        (
            "Stödmottagarens namn | Stödmottagarens organisationsnummer | Projektets namn | "
            "Beviljat stödbelopp i kronor",
            "owner=Stödmottagarens_namn title=Projektets_namn amount=Beviljat_stödbelopp_i_kronor "
            "owner_number=Stödmottagarens_organisationsnummer",
        ),
        (
            "Huvudsökande | Rubrik | Kort beskrivning | Tilldelat belopp",
            "owner=Huvudsökande title=Rubrik description=Kort_beskrivning amount=Tilldelat_belopp",
        ),
        ("Stöd, tkr | Mottagare | Benämning", "owner=Mottagare title=Benämning amount=Stöd,_tkr"),
        ("Förening | Bidrag", "owner=Förening amount=Bidrag"),
        (
            "beviljat_belopp_sek | projekt_namn | stodmottagare | arende_nummer",
            "owner=stodmottagare title=projekt_namn amount=beviljat_belopp_sek "
            "case_number=arende_nummer",
        ),
        (
            "Søker | Prosjekt | Tildelt beløp | Kommune | Saksnummer",
            "owner=Søker title=Prosjekt amount=Tildelt_beløp case_number=Saksnummer place=Kommune",
        ),
        (
            "Ansøger | Projekttitel | Bevilget beløb (kr.) | Sagsnummer",
            "owner=Ansøger title=Projekttitel amount=Bevilget_beløb_(kr.) case_number=Sagsnummer",
        ),
        (
            "Understödstagare | Projekt | Beviljat understöd | Kommun",
            "owner=Understödstagare title=Projekt amount=Beviljat_understöd place=Kommun",
        ),
        (
            "Lead Beneficiary | Operation Title | EU Funds Awarded | Total Project Cost",
            "owner=Lead_Beneficiary title=Operation_Title amount=EU_Funds_Awarded",
        ),
    ],
)
def test_the_columns_of_a_real_list_are_found(row: str, expected: str) -> None:
    pairs = (pair.split("=") for pair in expected.split(" "))
    assert columns(row) == {column: name.replace("_", " ") if "_sek" not in row else name
                            for column, name in pairs}  # fmt: skip


@pytest.mark.parametrize("column", NAMES)
def test_every_name_is_known_however_it_is_written(column: Column) -> None:
    names = [names for tier in NAMES[column] for names in tier.values()]
    for alias in ", ".join(names).split(", "):
        for written in (alias, alias.upper(), f" {alias}: ", alias.replace(" ", "_")):
            found = [one.column for one in names_of(written) if one.distance == IS]
            assert column in found, written


# How names are written


@pytest.mark.parametrize(
    "written",
    [
        "Beviljat belopp", "beviljat_belopp", "beviljatBelopp", "BeviljatBelopp", "Beviljat-belopp",
        "Beviljat\nbelopp", "Det beviljade beloppet", "Beviljade belopp", "BEVILJAT BELOPP:",
        "Beviljat  belopp *", "Beviljat belopp (kr)", "Beviljat belopp, SEK", "beviljat_belopp_sek",
        "Beviljat belopp i kronor", "Beviljat belopp [tkr]", "beviljatBeloppSEK",
    ],
)  # fmt: skip
def test_case_hyphens_forms_and_units_do_not_matter(written: str) -> None:
    written = written.removeprefix("Det ")
    assert [(one.column, one.distance) for one in names_of(written)] == [("amount", IS)]


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("Projektets namn", "title"), ("projektnamnet", "title"), ("Projektens titlar", None),
        ("Sökanden", "owner"), ("Sökandens namn", "owner"), ("Föreningens namn", "owner"),
        ("Diarienumret", "case_number"), ("Ärendets diarienummer", None),
        ("Motiveringen", "motivation"), ("Beslutets datum", "decision_date"),
        ("Beslut", "status"), ("Beslutad", "decision_date"), ("Beslut (kr)", "amount"),
        ("projektagare", "owner"), ("sokande", "owner"), ("Namn", None), ("Beviljad", "status"),
        ("Beviljat", "amount"),
    ],
)  # fmt: skip
def test_a_name_is_known_in_its_forms(written: str, column: str | None) -> None:
    assert column_of(written) == column


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Stöd, tkr", "tkr"), ("Stöd (kkr)", "tkr"), ("Stöd (i tusental kronor)", "tusen kronor"),
        ("Stöd i 1000 kr", "tusen kr"), ("Stöd (MSEK)", "msek"), ("stod_sek", "sek"),
        ("Stöd, mnkr", "mnkr"), ("Stöd EUR", "eur"), ("Stöd i euro", "euro"), ("Stöd", ""),
        ("Stöd från EU", ""),
    ],
)  # fmt: skip
def test_a_header_states_the_unit(written: str, unit: str) -> None:
    assert {one.unit for one in names_of(written)} == {unit}


@pytest.mark.parametrize(
    "written",
    [
        "Projekt nr", "Projektägare ort", "Organisationsnummer", "Organisationsnr", "Projekttyp",
        "Projektets startdatum", "Sökandens e-post", "Stödmottagarens kommun", "Projektledare",
        "Organisationsnummer för stödmottagare", "Datum för beviljat stöd", "Stödform", "Kommun",
        "Project start date", "Beneficiary country", "Titel på kontaktperson", "Beviljad andel",
    ],
)  # fmt: skip
def test_a_name_within_that_of_another_thing_is_not_taken(written: str) -> None:
    assert [one for one in names_of(written) if one.column in ("owner", "title", "amount")] == []


@pytest.mark.parametrize(
    "written",
    [
        "Sökt belopp", "Belopp (sökt)", "Bidrag (varav EU)", "Ansökt bidrag", "Sökta medel",
        "Total kostnad", "Projektbudget", "Stödnivå", "Beviljat stöd, %", "Stödandel",
        "Utbetalt belopp", "Utbetalt bidrag", "Egeninsats", "Grant requested",
        "Total eligible expenditure", "Union co-financing rate", "Totalkostnad", "Varav EU-stöd",
        "Antal beviljade", "Kostnadsbudget", "Godkända kostnader", "Lån",
    ],
)  # fmt: skip
def test_money_that_was_not_granted_is_no_amount(written: str) -> None:
    assert [one for one in names_of(written) if one.column == "amount"] == []


# Several candidates


@pytest.mark.parametrize(
    ("row", "amount"),
    [
        ("Projekt | Projektägare | Belopp | Beviljat belopp", "Beviljat belopp"),
        ("Projekt | Projektägare | Sökt belopp | Beviljat belopp | Kostnad", "Beviljat belopp"),
        ("Projekt | Projektägare | Beviljat 2025 | Beviljat 2026 | Totalt beviljat",
         "Totalt beviljat"),
        ("Projekt | Projektägare | Beviljat belopp (SEK) | Beviljat belopp (EUR)",
         "Beviljat belopp (SEK)"),
        ("Projekt | Projektägare | EU-stöd | Medfinansiering | Totalt", "EU-stöd"),
        ("Projekt | Projektägare | Stöd | Beviljat stöd 2025", "Beviljat stöd 2025"),
        ("Projekt | Projektägare | Beslutat stöd EU | Beslutat stöd totalt (kr)",
         "Beslutat stöd totalt (kr)"),
        ("Projekt | Projektägare | Belopp EU | Sammanlagt belopp", "Sammanlagt belopp"),
        ("Projekt | Projektägare | Belopp (sökt) | Belopp (beviljat)", "Belopp (beviljat)"),
    ],
)  # fmt: skip
def test_the_total_and_what_was_granted_go_first(row: str, amount: str) -> None:
    assert columns(row)["amount"] == amount


@pytest.mark.parametrize(
    "amounts",
    ["Beviljat 2025 | Beviljat 2026", "Belopp | Belopp", "Beviljat stöd | Beviljat bidrag"],
)
def test_amounts_of_which_none_is_surer_are_named_and_not_guessed(amounts: str) -> None:
    found = read(f"Projekt|Projektägare|{amounts}\nBro|Ånge|5|7\nHus|Öbo|7|9\n".replace(" | ", "|"))
    assert [one.amount for one in found.decisions] == [None, None]
    first, second = amounts.split(" | ")
    (problem,) = found.problems
    assert problem.what == f"det är oklart vilken kolumn som är beloppet: ”{first}” och ”{second}”"
    assert problem.remedy == "besluten är med utan belopp; ange amount i lista.csv.toml"


def test_what_was_applied_for_in_a_column_below_is_no_grant() -> None:
    found = read("Förening;Projekt;Sökt;;Motivering\n;;Bidrag;Dnr;\nÅIF;Bollar;5;A 1;Bra.\n")
    assert (found.decisions[0].amount, found.decisions[0].case_number) == (None, "A 1")


def test_a_sure_name_below_a_cell_that_stands_further_left_is_itself() -> None:
    found = read("Projektägare;Projekt;Beviljat;\n;;Belopp;Diarienummer\nÅnge;Bro;5;A 1\n")
    one = found.decisions[0]
    assert (one.amount, one.case_number) == (5, "A 1")


def test_support_for_investment_is_no_cost() -> None:
    assert columns("Projekt | Projektägare | Beviljat investeringsstöd")["amount"]
    assert "amount" not in columns("Projektnamn | Projektägare | Beviljad investering")


def test_a_year_may_stand_in_a_header() -> None:
    found = read("Förening;Projekt;2025;2026;Totalt beviljat\nÅIF;Bollar;5;7;12\n")
    assert [one.amount for one in found.decisions] == [12]


def test_a_list_with_other_money_alone_says_which() -> None:
    found = read("Projektnamn;Projektägare;Sökt belopp;Total kostnad\nBro;Ånge;5;7\n")
    assert found.decisions[0].amount is None
    assert [one.what for one in found.problems] == [
        "ingen kolumn säger vad som beviljats; det gör inte ”Sökt belopp” och ”Total kostnad”"
    ]


def test_a_whole_name_beats_one_that_only_begins_so() -> None:
    row = (
        "Project samenvatting Project Summary | Begunstigde Beneficiary | Projectnaam Project Name"
    )
    assert columns(row) == {
        "owner": "Begunstigde Beneficiary",
        "title": "Projectnaam Project Name",
        "description": "Project samenvatting Project Summary",
    }
    assert columns("Projekttitel på engelska | Titel | Projektägare")["title"] == "Titel"


def test_a_column_that_is_missing_is_said_with_what_to_do() -> None:
    found = read("Projekt;Beviljat belopp\nBro;5\n")
    assert [(one.what, one.remedy) for one in found.problems] == [
        (
            "tabellen har ingen kolumn för projektägare",
            "besluten är med utan; finns den under annat namn, ange owner i lista.csv.toml",
        )
    ]


def test_the_report_has_the_columns_and_those_that_were_not_used() -> None:
    (table,) = read("Sökande;Rubrik;Fond;Stöd, tkr\nÅnge;Bro;Ånge;5\n").tables
    found = {"owner": "Sökande", "title": "Rubrik", "amount": "Stöd, tkr"}
    assert dict(table.columns) == found
    assert (table.unused, table.unit) == (("Fond",), "tkr")


# Places


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ("Projektägare | Projekt | Beviljat belopp | Kommun | Län", (3, 4)),
        ("Projektägare | Projekt | Beviljat belopp | Län | Projektort", (3, 4)),
        ("Projektägare | Projekt | Beviljat belopp | Geografiskt område", (3,)),
        ("Beneficiary | Operation Title | EU Funds Awarded | Municipality | County", (3, 4)),
        ("Projektägare | Projekt | Beviljat belopp | Lån", ()),
        ("Projektägare | Projekt | Beviljat belopp | Län, sökt belopp", ()),
        ("Projektägare | Projekt | Beviljat belopp | Projektägarens ort och adress", ()),
    ],
)
def test_every_column_that_says_where_is_one_of_places(row: str, places: tuple[int, ...]) -> None:
    found = header(row)
    assert found
    assert sorted(found.columns.get("place", ())) == [*places]


@pytest.mark.parametrize("row", ["Projekt | Kommun", "Organisation | Ort", "Kommun | Län"])
def test_a_place_makes_no_list_of_decisions(row: str) -> None:
    assert header(row) is None


def test_a_place_is_never_the_owner() -> None:
    assert columns("Kommun | Projekt | Beviljat belopp") == {
        "title": "Projekt", "amount": "Beviljat belopp", "place": "Kommun",
    }  # fmt: skip


@pytest.mark.parametrize("label", ["Plats", "Ort", "Kommun"])
def test_a_place_is_no_label_that_a_section_begins_with(label: str) -> None:
    assert column_of(label) is None


# What is no list of decisions


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Fakturanummer | Leverantör | Belopp | Projekt | Projektägare", "fakturor"),
        ("Leverantörsnamn | Verifikationsnummer | Organisation | Projekt | Belopp", "fakturor"),
        ("Anbudsgivare | Upphandling | Kontraktsvärde | Organisation | Titel | Summa",
         "upphandling"),
        ("Artikelnummer | Titel | Pris | Organisation | Summa", "priser"),
        ("Sökande | Projekt | Ansökan inkom | Sökt belopp", "ansökningar"),
        ("Projektägare | Projektnamn | Ansökningsdatum | Sökt belopp", "ansökningar"),
    ],
)  # fmt: skip
def test_other_lists_are_refused_by_what_they_are(row: str, kind: str) -> None:
    assert header(row) is None
    cells = tuple(row.split(" | "))
    table = Table(None, (Row(1, cells), Row(2, tuple("abcdef"[: len(cells)]))))
    with pytest.raises(ReadError, match=f"listan ser ut att vara {kind} ") as error:
        extract([table], Document("lista.csv", "ab", READ))
    assert error.value.headers == cells


@pytest.mark.parametrize(
    "row",
    [
        "Förnamn | Efternamn | E-post | Projekt | Organisation", "Kund | Projekt | Timmar | Summa",
        "Datum | Diarienummer | Avsändare/mottagare | Ärende", "Län | Antal projekt | Stöd",
        "Sökande | Projekt", "Titel | Status | Beslut", "Förening | Belopp",
    ],
)  # fmt: skip
def test_words_that_other_lists_have_too_are_not_enough(row: str) -> None:
    assert header(row) is None


# A TOML file


def by_toml(**places: Place | tuple[Place, ...]) -> Mapping:
    columns = {
        name: place if isinstance(place, tuple) else (place,) for name, place in places.items()
    }
    return Mapping(columns=columns, file="lista.toml")  # type: ignore[arg-type]


def test_the_first_of_several_columns_that_has_a_value_counts() -> None:
    mapping = by_toml(owner=("Sökande", "Organisation"), amount=("Beviljat", "Belopp"))
    text = "Projekt;Sökande;Organisation;Beviljat;Belopp\nBro;;Ånge;5;7\nHus;Öbo;Å;;9\nHo;;;;\n"
    found = read(text, mapping)
    assert [(one.owner, one.amount) for one in found.decisions] == [("Ånge", 5), ("Öbo", 9)]
    assert found.tables[0].columns[:2] == (("owner", "Sökande"), ("owner", "Organisation"))


@pytest.mark.parametrize("place", ["Beviljt belopp", ("Beviljt", "Belop"), 9])
def test_a_name_that_is_in_no_column_is_an_error_with_those_that_are(
    place: Place | tuple[Place, ...],
) -> None:
    with pytest.raises(ReadError) as error:
        read("Projektägare;Projekt;Beviljat belopp\nÅnge;Bro;5\n", by_toml(amount=place))
    assert "lista.toml: amount = " in error.value.what
    assert error.value.what.endswith(" finns inte bland kolumnerna")
    assert error.value.remedy == "ange någon av ”Projektägare”, ”Projekt” och ”Beviljat belopp”"


def test_a_column_switched_off_is_no_error() -> None:
    found = read("Projektägare;Projekt;Belopp\nÅnge;Bro;5\n", by_toml(amount=()))
    assert ([one.amount for one in found.decisions], found.problems) == ([None], ())


def test_a_sheet_that_is_not_there_is_an_error_with_those_that_are() -> None:
    table = Table("Blad1", (Row(1, ("Projektägare", "Projektnamn")), Row(2, ("Ånge", "Bro"))))
    mapping = Mapping(sheets=("Blad2",), file="lista.toml")
    with pytest.raises(ReadError, match=r"sheet ”Blad2” finns inte i filen.*”Blad1”"):
        extract([table], Document("lista.xlsx", "ab", READ, mapping))


# What is below no header


def sheet(name: str, *rows: tuple[str, ...]) -> Table:
    return Table(name, tuple(Row(number, cells) for number, cells in enumerate(rows, start=1)))


LIST = sheet("Beslut", ("Projektägare", "Projektnamn", "Belopp"), ("Ånge", "Bro", "5"))


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        ((("Vem", "Vad", "Hur mycket"), ("Öbo", "Hus", "7"), ("Åre", "Väg", "9")), True),
        ((("Om listan", "", ""), ("Källa", "Regionen", ""), ("Utskriven", "2030", "")), False),
    ],
)
def test_a_sheet_without_a_header_is_said_with_its_rows(
    rows: tuple[tuple[str, ...], ...], lost: bool
) -> None:
    found = extract([LIST, sheet("Andra", *rows)], Document("lista.xlsx", "ab", READ))
    (problem,) = found.problems
    assert (problem.table, problem.left_out, problem.lost) == ("Andra", 3, lost)
    assert problem.what.startswith("3 rader lästes inte: ")
    assert (found.rows, found.tables[1].rows, len(found.decisions)) == (4, 3, 1)
    if lost:
        assert problem.what.endswith("kolumnerna är ”Vem”, ”Vad” och ”Hur mycket”")


def test_rows_of_another_width_on_the_next_page_are_said() -> None:
    first = Table("sida 1", LIST.rows)
    second = Table("sida 2", (Row(1, ("Öbo", "Hus", "fint", "7")),), continues=True)
    found = extract([first, second], Document("lista.pdf", "ab", READ))
    assert [(one.table, one.left_out) for one in found.problems] == [("sida 2", 1)]


# Headers of two rows, and columns of which another may be meant


def money(*rows: str) -> tuple[str | None, Decimal | None]:
    """The column of amounts and the first amount below a header of several rows."""
    found = read("\n".join(row.replace("|", ";") for row in rows) + "\n")
    return dict(found.tables[0].columns).get("amount"), found.decisions[0].amount


@pytest.mark.parametrize(
    ("upper", "lower", "row", "amount"),
    [
        ("Förening|Projekt|Beviljat||", "||2025|2026|Totalt", "ÅIF|Bollar|5|7|12", 12),
        ("Förening|Projekt|Sökt||Beviljat|", "||2025|Totalt|2025|Totalt", "ÅIF|Bro|1|2|3|4", 4),
        ("Förening|Projekt|Beviljat||", "||År 1|År 2|Totalt", "ÅIF|Bollar|5|7|12", 12),
        ("Förening|Projekt|Belopp||", "||EU|Nationellt|Totalt", "ÅIF|Bollar|5|7|12", 12),
        ("Förening|Projekt|Beviljat|", "||2025|2026", "ÅIF|Bollar|5|7", None),
        ("Förening|Projektnamn|Sökt|", "||2025|Totalt", "ÅIF|Bollar|5|7", None),
        ("Förening|Projektnamn|Sökt|Beslut|", "||Belopp|Belopp|Datum", "ÅIF|Bro|5|7|5/3 2026", 7),
        ("Förening|Projektnamn|Finansiering|", "||Privat|Totalt", "ÅIF|Bro|5|7", None),
        ("||Sökt|", "Förening|Projektnamn|2025|Totalt", "ÅIF|Bro|5|7", None),
        ("||Sökt||Beviljat|", "Förening|Projekt|2025|Totalt|2025|Totalt", "ÅIF|Bro|1|2|3|4", 4),
        ("Sökt och beviljat|||", "Förening|Projektnamn|Belopp|Ort", "ÅIF|Bro|5|Ånge", 5),
        ("Förening|Projekt|Belopp i tkr|", "||Sökt|Beviljat", "ÅIF|Bro|5|7", 7_000),
        ("Beneficiary|Operation|Public Expenditure Paid to Beneficiary|Eligible",
         "||Amounts Committed***|Cost", "ÅIF|Bro|5|7", 5),
    ],
)  # fmt: skip
def test_what_stands_above_several_columns_is_said_of_each(
    upper: str, lower: str, row: str, amount: int | None
) -> None:
    assert money(upper, lower, row)[1] == amount


def test_a_header_may_have_three_rows() -> None:
    rows = ("Förening|Projekt|Belopp|||", "||Sökt||Beviljat|", "||2025|Totalt|2025|Totalt")
    assert money(*rows, "ÅIF|Bollar|1|2|3|4") == ("Belopp Beviljat Totalt", 4)


@pytest.mark.parametrize(
    "row",
    [
        "Projektägare | Projektnamn | Kostnad 2025 | Totalt",
        "Projektägare | Projektnamn | Sökt 2025 | Summa",
        "Projektägare | Projektnamn | Privat finansiering | Totalt",
        "Projektägare | Projektnamn | Bidrag 2025 | Sökt 2026",
    ],
)
def test_a_total_or_a_year_of_what_was_not_granted_is_no_amount(row: str) -> None:
    found = header(row)
    assert found and "amount" not in found.columns
    assert found.doubt.startswith("ingen kolumn säger vad som beviljats")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("Huvudsökande;Lärosäte;Projekttitel;Beviljat belopp",
         "det är oklart vilken kolumn som är projektägare: ”Huvudsökande” lästes, inte ”Lärosäte”"),
        ("Sökande;Organisation;Projekttitel;Beviljat belopp",
         "det är oklart vilken kolumn som är projektägare: ”Sökande” lästes, inte ”Organisation”"),
        ("Projektnamn;Projekttitel;Projektägare;Beviljat belopp",
         "det är oklart vilken kolumn som är projektnamn: ”Projektnamn” lästes, inte "
         "”Projekttitel”"),
        ("Projektägare;Projekt;Rubrik;Beviljat belopp",
         "det är oklart vilken kolumn som är projektnamn: ”Projekt” lästes, inte ”Rubrik”"),
        ("Projektägare;Projekt;EU-belopp;Nationellt belopp",
         "det är oklart om ”Nationellt belopp” också är beviljat; bara ”EU-belopp” lästes"),
    ],
)  # fmt: skip
def test_a_column_that_may_be_meant_as_well_is_said(row: str, what: str) -> None:
    (problem,) = read(f"{row}\nA;B;5;7\n").problems[:1]
    assert problem.what == what
    assert problem.remedy.startswith("kontrollera besluten; ange ")


@pytest.mark.parametrize(
    "row",
    [
        "Projektägare;Organisation;Projektnamn;Beviljat belopp;Maxbelopp",
        "Projektägare;Projekttitel (engelska);Projekttitel (svenska);Beviljat belopp",
        "Projektägare;Projekt;Ändamål;Belopp;Sökt belopp",
    ],
)
def test_a_sure_column_is_not_doubted(row: str) -> None:
    assert [one for one in read(f"{row}\nA;B;C;5;7\n").problems if "oklart" in one.what] == []


def test_a_list_that_says_nowhere_that_something_was_granted_is_doubted() -> None:
    rows = "Företag;Åtgärd;Datum;Belopp\nRör AB;Kran;2026-01-02;5\n"
    (problem,) = read(rows).problems
    assert problem.what == "ingenting säger att listan är en över beviljade beslut"
    assert read(f"Bidrag 2026;;;\n{rows}").problems == ()


def test_a_list_of_what_was_applied_for_may_be_one_of_applications() -> None:
    (problem,) = read("Organisation;Projektnamn;Sökt belopp\nÅIF;Bollar;5\n").problems
    assert problem.remedy.endswith("eller ta bort filen om det är ansökningar")


def test_a_slip_is_looked_for_where_the_first_or_the_last_letter_is_right() -> None:
    found = [bool(names_of(written)) for written in ("Projektnam", "Brojektnamn", "Brojektnamm")]
    assert found == [True, True, False]
    assert not names_of("Projektnam 3")  # as names in rows have figures


def test_a_long_list_of_something_else_is_looked_through_quickly() -> None:
    letters = "abcdefghij"
    rows = tuple(
        Row(at, ("Bidrag", f"Bolaget {name}", f"Bygget {name} i byn", f"Ort {name}"))
        for at in range(1, 3001)
        for name in ["".join(letters[int(digit)] for digit in str(at))]
    )
    start = time.process_time()
    with pytest.raises(ReadError):
        extract([Table(None, rows)], Document("lista.csv", "ab", READ))
    assert time.process_time() - start < 5
