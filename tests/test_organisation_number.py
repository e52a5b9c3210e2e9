"""Organisation numbers: how they are written, which are none, and where they are kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from index.decision import from_data, to_data
from index.documents.columns.recognition import names_of
from index.documents.sources import Reading
from index.naming import content_digest, names
from index.organisation_number import parse_organisation_number
from tests.conftest import stored
from web.app import create_app
from web.settings import Settings

PERSONAL = "811218-9876"  # the example of Skatteverket's own leaflet, SKV 704


@pytest.mark.parametrize(
    "written",
    [
        "556036-0793", "5560360793", "5560360793.0", " 556036 0793 ", "556036–0793",
        "16556036-0793", "165560360793", "SE556036079301", "SE 556036-0793 01", "se5560360793",
        "'5560360793",
    ],
)  # fmt: skip
def test_a_number_is_the_same_in_whatever_way_it_is_written(written: str) -> None:
    assert parse_organisation_number(written) == "556036-0793"


@pytest.mark.parametrize(
    "written",
    [
        PERSONAL, "8112189876", "19811218-9876", "19556036-0793", "556036-0794", "556036-079",
        "556036-07931", "SE556036079302", "551036-0798", "974 760 673", "5,56036E+09", "saknas", "",
        "556036-0793, 212000-2742", "٥٥٦٠٣٦٠٧٩٣",
    ],
)  # fmt: skip
def test_anything_else_is_no_number_and_is_not_quoted(written: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_organisation_number(written)
    assert not any(map(str.isdigit, str(error.value)))


def numbered(nine: str) -> str:
    """Nine digits with the check digit behind, found by trying."""
    for digit in "0123456789":
        try:
            return parse_organisation_number(nine + digit)
        except ValueError:
            continue
    raise AssertionError(nine)


@given(st.from_regex(r"[1-9]\d[2-9]\d{6}", fullmatch=True).filter(str.isascii))
def test_exactly_one_check_digit_is_right(nine: str) -> None:
    number = numbered(nine)
    assert parse_organisation_number(number) == number
    wrong = [digit for digit in "0123456789" if digit != number[-1]]
    for digit in wrong:
        with pytest.raises(ValueError):
            parse_organisation_number(nine + digit)


@pytest.mark.parametrize(
    "header",
    [
        "Organisationsnummer", "Org.nr", "Orgnr", "ORG NR", "org_nr", "organisationsNummer",
        "Organisations-nummer", "Org. nummer", "Sökandes org.nr", "Orgnr (stödmottagare)",
        "Organisationsnummer för projektägare", "Stödmottagarens organisationsnummer",
        "Org.nr/personnr", "Organisation number", "VAT number", "ownerNumber",
    ],
)  # fmt: skip
def test_a_column_of_numbers_is_known_by_its_name(header: str) -> None:
    assert {name.column for name in names_of(header)} == {"owner_number"}


@pytest.mark.parametrize(
    "header",
    [
        "Organisationsnummer medfinansiär", "Org.nr kontaktperson", "Organisationsform",
        "Personnummer", "Namn och organisationsnummer", "Organisation", "Diarienummer",
    ],
)  # fmt: skip
def test_numbers_of_others_and_other_numbers_are_left_alone(header: str) -> None:
    assert "owner_number" not in {name.column for name in names_of(header)}


LIST = (
    "Projektägare;Org.nr;Projektnamn;Beskrivning;Beviljat belopp\n"
    "Ankeby kommun;212000-2742;En bro;Bron byggs av trä.;400 000\n"
    f"Nisse Ek;{PERSONAL};En båt;Båten är röd.;90 000\n"
    "Rädda Ön;;En hamn;Hamnen tar emot båten.;250 000\n"
    "Öbo förening;-;En väg;Vägen går till bron.;80 000\n"
)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "lista.csv").write_text(LIST, "utf-8")
    build([tmp_path / "lista.csv"], tmp_path / "index")
    return tmp_path / "index"


def test_numbers_are_read_from_a_list_and_kept(index: Path) -> None:
    told = {one.owner: one.owner_number for one in stored(index)}
    assert told.pop("Ankeby kommun") == "212000-2742"
    assert set(told.values()) == {None}


def test_a_personal_number_is_told_without_being_quoted_or_kept(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(LIST, "utf-8")
    report = build([tmp_path / "lista.csv"], tmp_path / "index", reading=Reading(originals=False))
    (problem,) = report.sources[0].problems
    assert (problem.row, problem.lost, problem.left_out) == (3, False, 0)
    assert "organisationsnummer" in problem.what
    assert "1218" not in str(report)
    written = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert [path for path in written if b"811218" in path.read_bytes()] == []


def test_a_row_of_nothing_but_a_personal_number_does_not_quote_it(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(f"{LIST};{PERSONAL};;;\n", "utf-8")
    report = build([tmp_path / "lista.csv"], tmp_path / "index")
    assert [one.row for one in report.sources[0].problems if one.left_out] == [6]
    assert "1218" not in str(report)


def test_records_have_numbers_too(tmp_path: Path) -> None:
    (tmp_path / "poster.json").write_text(
        '[{"projektägare": "Ankeby kommun", "orgnr": 2120002742, "projektnamn": "En bro", '
        '"beviljat belopp": 400000}, {"projektägare": "Nisse Ek", "orgnr": 8112189876, '
        '"projektnamn": "En båt", "beviljat belopp": 90000}]',
        "utf-8",
    )
    report = build([tmp_path / "poster.json"], tmp_path / "index")
    assert [one.owner_number for one in stored(tmp_path / "index")] == ["212000-2742", None]
    assert "8112189876" not in str(report)
    assert any("organisationsnummer" in one.what for one in report.sources[0].problems)


def test_a_toml_file_may_name_the_column(tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_text(LIST.replace("Org.nr", "Kod"), "utf-8")
    (tmp_path / "lista.csv.toml").write_text('[columns]\nowner_number = "Kod"\n', "utf-8")
    build([tmp_path / "lista.csv"], tmp_path / "index")
    assert stored(tmp_path / "index")[0].owner_number == "212000-2742"


def test_a_number_makes_no_list_a_list_of_decisions(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("Organisation;Org.nr\nAnkeby kommun;212000-2742\n")
    report = build([tmp_path / "register.csv"], tmp_path / "index")
    assert report.generation is None


@pytest.mark.parametrize("form", ["jsonl", "csv?dialect=rfc4180", "csv", "xlsx"])
def test_an_export_imports_again_with_its_numbers(index: Path, tmp_path: Path, form: str) -> None:
    client = create_app(Settings(index=index, search_seconds=20)).test_client()
    file = tmp_path / f"uttag.{form.partition('?')[0]}"
    parts = form.partition("?")
    query = f"?{parts[2]}&sort=title" if parts[2] else "?sort=title"
    file.write_bytes(client.get(f"/api/v1/decisions.{parts[0]}{query}").data)
    build([file], tmp_path / "again")
    told = {one.owner: one.owner_number for one in stored(tmp_path / "again")}
    assert told == {one.owner: one.owner_number for one in stored(index)}


def test_a_decision_without_a_number_is_called_what_it_was_called_before(index: Path) -> None:
    without = next(one for one in stored(index) if one.owner == "Rädda Ön")
    data = to_data(without)
    assert from_data(data) == without
    assert content_digest(without) == 6989412653333088958  # as computed before there were numbers
    assert names(without)[0] == "lista/en-hamn"
