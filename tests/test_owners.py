"""The owners file: what it may say, what is remarked, and how it is edited while the site is up."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import search.owners
from index.build import build
from search.owner_remarks import NEEDLESS, SEVERAL, UNUSED, owner_remarks
from search.owners import MAX_LINES, OwnersFile, parse
from search.searcher import Searcher
from search.staff_file import MAX_LINE, FileError
from tests.conftest import beslut, beslut_path, eventually, free_port, serving
from tests.test_parties import FILE, N2, N3, ROWS, listed
from web.app import create_app
from web.settings import Settings

SHIPPED = Path(search.owners.__file__).with_name("owners.txt")


def groups(text: str) -> list[list[str]]:
    return [[one.name for one in group.names] for group in parse(text).groups]


def test_a_line_joins_names_which_may_have_commas() -> None:
    text = "# Kommuner\n\nLuleå kommun = Luleå kommun, barn- och ungdom  =  Fritid Luleå # mer\n"
    names = ["Luleå kommun", "Luleå kommun, barn- och ungdom", "Fritid Luleå"]
    assert groups(text) == [names]


def test_lines_that_begin_with_the_same_name_are_one_group() -> None:
    assert groups("Bro = A\nAnkeby = C\nBRO = B\n") == [["Bro", "A", "B"], ["Ankeby", "C"]]


def test_a_letter_written_in_two_pieces_is_put_together() -> None:
    assert groups("A\u030ahus = Bro") == [["Åhus", "Bro"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Luleå kommun", "rad 1: raden har inget =."),
        ("Luleå kommun =", "rad 1: ett namn saknas."),
        ("= Luleå kommun", "rad 1: ett namn saknas."),
        ("Bro = = Ankeby", "rad 1: ett namn saknas."),
        ("Bro = –", "rad 1: ett namn saknas."),
        ("Bro = Ankeby = ankeby", "rad 1: ”ankeby” står mer än en gång."),
        ("Bro = Bro", "rad 1: ”Bro” står mer än en gång."),
        ("Bro = A\nÖbo = a.", "rad 2: ”a.” står redan i gruppen på rad 1."),
        ("Bro = A\nA = B", "rad 2: ”A” står redan i gruppen på rad 1."),
        ("Bro = A\nÖbo = BRO", "rad 2: ”BRO” står redan i gruppen på rad 1."),
        ("Bro = A\nBro = a", "rad 2: ”a” står redan på rad 1."),
        ("Bro = A\u200b", "rad 1: raden innehåller ett osynligt tecken (U+200B)."),
        (f"Bro = {'a' * MAX_LINE}", f"rad 1: raden är {MAX_LINE + 6} tecken lång"),
        (
            "Bro = A\n" * (MAX_LINES + 1),
            f"rad {MAX_LINES + 1}: filen har fler än {MAX_LINES} rader",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(FileError) as error:
        parse(text)
    assert str(error.value.problems[-1]).startswith(told)


def test_all_problems_are_told_at_once_in_line_order() -> None:
    with pytest.raises(FileError) as error:
        parse("Bro\nÖbo = A\n\u200b\nVara = A")
    assert [one.line for one in error.value.problems] == [1, 3, 4]


def test_the_shipped_file_is_right_and_says_nothing_of_anybody() -> None:
    file = OwnersFile(SHIPPED)
    assert (len(file.current()), file.problems) == (0, ())


def test_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "owners.txt"
    path.write_bytes("Bro = A\nLuleå = B\n".encode("latin-1"))
    (problem,) = OwnersFile(path).problems
    assert problem.startswith("owners.txt, rad 2: filen är inte sparad som UTF-8.")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with an index of `ROWS`, and an owners file."""
    (tmp_path / "lista.csv").write_text(listed(ROWS), "utf-8")
    (tmp_path / "owners.txt").write_text(FILE, "utf-8")
    build([tmp_path / "lista.csv"], tmp_path / "index")
    return tmp_path


REMARKED = (
    "Luleå = Luleå kommun = LULEÅ KOMMUN. = Stadsbyggnad Lulea\n"
    "Idrott = IF Bron\n"
    "Riksförbundet = Region Vi\n"
)


def test_what_may_be_a_slip_is_remarked(place: Path) -> None:
    (place / "owners.txt").write_text(REMARKED, "utf-8")
    searcher = Searcher.open(place / "index", owners=place / "owners.txt")
    found = owner_remarks(searcher.engine.owners, searcher.parties_named)
    told = [(one.kind, one.line, one.message) for one in found]
    assert told == [
        (UNUSED, 1, "inget beslut har namnet ”Luleå”."),
        (UNUSED, 1, "inget beslut har namnet ”Stadsbyggnad Lulea”."),
        (UNUSED, 2, "inget beslut har namnet ”Idrott”."),
        (UNUSED, 3, "inget beslut har namnet ”Region Vi”."),
        (SEVERAL, 2, f"”IF Bron” har flera organisationsnummer: {N2} och {N3}."),
    ]
    same = parse("Luleå kommun = LULEÅ KOMMUN. = Stadsbyggnad Luleå")
    (remark,) = owner_remarks(same, searcher.parties_named)
    assert (remark.kind, remark.message) == (
        NEEDLESS,
        "”LULEÅ KOMMUN.” räknas redan som ”Luleå kommun”.",
    )


def test_the_command_checks_the_file_and_remarks(place: Path) -> None:
    index = ("--index", str(place / "index"))
    ended = beslut("owners", str(place / "owners.txt"), *index)
    assert ended.stdout == f"{place / 'owners.txt'}: 1 grupper, inga fel\n"
    assert (ended.stderr, ended.returncode) == ("", 0)
    (place / "owners.txt").write_text(REMARKED, "utf-8")
    ended = beslut("owners", str(place / "owners.txt"), *index)
    assert f"\n\n{UNUSED} (4)\nrad 1: inget beslut har namnet ”Luleå”. " in ended.stdout
    assert ended.returncode == 0
    (place / "owners.txt").write_text("Bro\n= A\n", "utf-8")
    ended = beslut("owners", str(place / "owners.txt"), *index)
    assert [line.partition(" = ")[0] for line in ended.stderr.splitlines()] == [
        "beslut: owners.txt, rad 1: raden har inget =. Skriv ”namnet som visas",
        "beslut: owners.txt, rad 2: ett namn saknas. Skriv ett namn på båda sidor om varje =.",
    ]
    assert (ended.stdout, ended.returncode) == ("", 1)


def owners(client: FlaskClient) -> dict[str, int]:
    body = client.get("/api/v1/owners").get_json()
    return {one["name"]: one["decisions"] for one in body["owners"]}


@pytest.fixture
def client(place: Path) -> FlaskClient:
    settings = Settings(index=place / "index", owners=str(place / "owners.txt"), search_seconds=20)
    return create_app(settings).test_client()


def test_a_changed_file_counts_at_the_next_request_and_answers_get_other_tags(
    client: FlaskClient, place: Path
) -> None:
    assert owners(client)["Luleå kommun"] == 4
    tags = {client.get(path).headers["ETag"] for path in ("/api/v1/owners", "/api/v1/decisions")}
    (place / "owners.txt").write_text("Staden = Luleå kommun = Stadsbyggnad Luleå\n", "utf-8")
    assert owners(client)["Staden"] == 4
    for path in ("/api/v1/owners", "/api/v1/decisions"):
        assert client.get(path).headers["ETag"] not in tags
    (place / "owners.txt").write_text("", "utf-8")
    assert owners(client)["Luleå kommun"] == 3
    assert owners(client)["Stadsbyggnad Luleå"] == 1


def test_a_broken_or_missing_file_keeps_the_last_good_one_and_is_logged(
    client: FlaskClient, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = owners(client)
    (place / "owners.txt").write_text("Luleå kommun\n", "utf-8")
    assert owners(client) == owners(client) == before
    assert [one.message.partition(" Skriv")[0] for one in caplog.records] == [
        "owners.txt, rad 1: raden har inget =."
    ]
    caplog.clear()
    os.remove(place / "owners.txt")
    assert owners(client) == owners(client) == before
    (told,) = caplog.messages
    assert told.endswith("ägarfilen finns inte. Lägg den där eller ange rätt sökväg.")


def test_a_file_is_looked_at_while_the_server_runs(place: Path) -> None:
    def names(address: str) -> set[str]:
        with urllib.request.urlopen(f"{address}/api/v1/owners", timeout=10) as answer:
            return {one["name"] for one in json.load(answer)["owners"]}

    with serving(place / "index", owners=str(place / "owners.txt")) as address:
        assert "Luleå kommun" in names(address)
        (place / "owners.txt").write_text("Staden = Luleå kommun\n", "utf-8")
        eventually(lambda: "Staden" in names(address))


def test_the_server_says_what_is_wrong_with_the_file_when_it_starts(place: Path) -> None:
    (place / "owners.txt").write_text("Luleå kommun\n", "utf-8")
    command = [beslut_path(), "serve", "--index", str(place / "index"), "--port", str(free_port())]
    environment = os.environ | {"BESLUT_OWNERS": str(place / "owners.txt")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stderr
        told = process.stderr.readline()
        process.terminate()
    assert told.startswith("beslut: varning: owners.txt, rad 1: raden har inget =.")


def test_the_lists_of_the_api_tell_each_name_and_number(client: FlaskClient) -> None:
    told = {one["name"]: one for one in client.get("/api/v1/owners").get_json()["owners"]}
    one = told["Luleå kommun"]
    assert (one["slug"], one["numbers"]) == ("lulea-kommun", ["212000-2742"])
    assert one["names"][0] == "Luleå kommun" and len(one["names"]) == 4
    found = client.get(one["links"]["decisions"]).get_json()
    assert (found["_meta"]["totalRecords"], found["stats"]["sum"]) == (one["decisions"], one["sum"])
    (funder,) = client.get("/api/v1/funders").get_json()["funders"]
    assert (funder["slug"], funder["names"], funder["numbers"]) == (None, [], [])


def test_every_value_of_a_facet_is_toggled_whatever_it_was_called(client: FlaskClient) -> None:
    body = client.get("/api/v1/decisions?owner=STADSBYGGNAD+LULE%C3%85").get_json()
    (chosen,) = (one for one in body["facets"]["owners"] if one["selected"])
    assert (chosen["value"], chosen["count"], body["_meta"]["totalRecords"]) == (
        "Luleå kommun",
        4,
        4,
    )
    without = client.get(chosen["url"]).get_json()
    assert without["_meta"]["totalRecords"] == len(ROWS)


def test_the_page_of_a_decision_leads_to_all_of_its_owner(client: FlaskClient) -> None:
    page = client.get("/beslut/lista/en-park").text
    assert "Stadsbyggnad Luleå" in page
    assert 'href="/agare/lulea-kommun"' in page
