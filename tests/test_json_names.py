"""JSON by the same table of names as other lists, whatever system wrote it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest

from index.amount import UNSTATED
from index.decision import Decision
from index.documents import readers
from index.documents.columns.mapping import NOTHING, Mapping
from index.documents.document import Document
from index.documents.records import read_records
from index.documents.report import TableReport
from index.errors import ReadError
from index.limits import DEFAULTS
from index.problem import Problem

ERUF = {
    "projektnamn": "Grön omställning i Norr",
    "stodmottagare": {"namn": "Luleå kommun", "organisationsnummer": "212000-2742"},
    "sammanfattning": "Ett projekt för klimatet.",
    "beviljat_belopp_sek": 4354438,
    "total_budget_sek": 9000000,
    "arendeId": "20370001",
    "beslutsdatum": "2026-03-05",
}


def parse(*records: Any, said: Mapping = NOTHING) -> list[Any]:
    content = json.dumps(list(records), ensure_ascii=False).encode()
    stream = readers.record_format(content[: readers.HEAD_BYTES])
    assert stream is not None
    document = Document("lista.json", "ab" * 32, "T", said)
    return list(read_records(stream.read(io.BytesIO(content), DEFAULTS), document))


def decisions(*records: Any, said: Mapping = NOTHING) -> list[Decision]:
    return [one for one in parse(*records, said=said) if isinstance(one, Decision)]


def problems(*records: Any, said: Mapping = NOTHING) -> list[str]:
    return [one.what for one in parse(*records, said=said) if isinstance(one, Problem)]


def test_a_record_of_another_system_is_read_whole() -> None:
    (found,) = decisions(ERUF)
    assert (found.owner, found.title) == ("Luleå kommun", "Grön omställning i Norr")
    assert (found.amount, found.currency) == (4354438, "SEK")
    assert found.description[0].text == "Ett projekt för klimatet."
    assert (found.case_number, str(found.decision_date)) == ("20370001", "2026-03-05")
    assert problems(ERUF) == []


@pytest.mark.parametrize(
    ("member", "value", "amount"),
    [
        ("beviljat_belopp_sek", 5, "5"), ("beviljatBelopp", "5 000", "5000"),
        ("Beviljat belopp (tkr)", 5, "5000"), ("beviljat-belopp", 5.5, "5.5"),
        ("BEVILJAT_BELOPP", "1,5 mnkr", "1500000"), ("belopp_kr", 5, "5"),
        ("stodbelopp", 1.125, "1.12"),
    ],
)  # fmt: skip
def test_the_amount_is_known_by_its_name(member: str, value: Any, amount: str) -> None:
    (found,) = decisions({"projektagare": "Ånge", "projekt": "Bro", member: value})
    assert (found.amount, found.currency) == (Decimal(amount), "SEK")


def test_a_list_without_amounts_says_so() -> None:
    record = {"projektagare": "Ånge", "projektnamn": "Bro", "sokt_belopp": 5, "pengar": 7}
    assert problems(record, record) == [
        "ingen kolumn säger vad som beviljats; det gör inte ”sokt_belopp”"
    ]


def test_the_members_that_were_read_and_those_that_were_not_are_reported() -> None:
    table = parse(ERUF)[-1]
    assert isinstance(table, TableReport)
    assert dict(table.columns)["owner"] == "stodmottagare.namn"
    assert dict(table.columns)["owner_number"] == "stodmottagare.organisationsnummer"
    assert table.unused == ("stodmottagare", "total_budget_sek")
    assert (table.rows, table.decisions, table.unit) == (1, 1, "sek")


def test_english_names_without_a_currency_are_no_kronor() -> None:
    record = {"beneficiary": "Luleå kommun", "project_name": "Bro", "grant_awarded": 5}
    assert [one.currency for one in decisions(record)] == [UNSTATED]
    assert problems(record) == ["valutan anges inte för 1 belopp, som inte räknas i summan"]
    assert [one.currency for one in decisions(record | {"currency": "SEK"})] == ["SEK"]


def test_a_record_for_this_service_is_in_kronor_unless_it_is_foreign() -> None:
    own = {"owner": "Ånge", "title": "Bro", "amount": 5}
    assert [one.currency for one in decisions(own)] == ["SEK"]
    foreign = own | {"text": "The council of the city and the university of the county"}
    assert [one.currency for one in decisions(foreign)] == [UNSTATED]


def test_refusals_are_left_out_here_too() -> None:
    refused = ERUF | {"status": "Avslag"}
    assert len(decisions(ERUF, refused)) == 1
    assert problems(ERUF, refused) == [
        "1 rad är inget beviljat beslut och togs inte med: 1 ”Avslag” (t.ex. rad 2)"
    ]


def test_a_name_in_the_toml_file_that_no_record_has_is_an_error() -> None:
    said = Mapping(columns={"amount": ("beviljt",)}, file="lista.toml")
    with pytest.raises(ReadError, match=r"lista.toml: amount = ”beviljt” finns inte.*projektnamn"):
        parse(ERUF, ERUF, said=said)


def test_a_name_that_only_some_records_have_is_none() -> None:
    said = Mapping(columns={"amount": ("medel", "bidrag")}, file="lista.toml")
    one, other = {"projekt": "A", "medel": 5}, {"projekt": "B", "bidrag": 7, "medel": None}
    assert [found.amount for found in decisions(one, other, said=said)] == [5, 7]


def test_what_is_no_decision_is_refused_with_the_members_that_are_there() -> None:
    with pytest.raises(
        ReadError, match=r"fälten är ”paket” och ”version”.*lista.json.toml"
    ) as error:
        parse({"paket": "x", "version": 1})
    assert error.value.headers == ("paket", "version")


def test_an_amount_may_stand_in_an_object() -> None:
    record = {"organisation": "ÅIF", "projektnamn": "Bro", "belopp": {"sokt": 9, "beviljat": 5}}
    assert [(one.owner, one.amount) for one in decisions(record)] == [("ÅIF", 5)]


def test_a_member_that_is_not_read_but_speaks_of_the_record_is_said() -> None:
    record = {"organisation": "ÅIF", "projektnamn": "Bro", "bidrag": 0, "resultat": "Avslag"}
    assert problems(record) == [
        "1 belopp är 0 kr eller mindre (rad 1)",
        "kolumner som inte lästes säger något om raderna: 1 ”resultat: Avslag” (t.ex. rad 1)",
    ]


def test_records_that_say_nowhere_that_something_was_granted_are_doubted() -> None:
    record = {"kund": "A", "projekt": "Bro", "timmar": 3, "summa": 9}
    assert problems(record) == ["ingenting säger att listan är en över beviljade beslut"]
    assert problems({"owner": "A", "title": "Bro", "amount": 9}) == []
