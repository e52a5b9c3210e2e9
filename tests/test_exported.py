"""What this service exports is imported again as the same decisions, under the same identifiers."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build
from index.decision import Block, Decision, Round, Source, plain_text, to_data
from index.documents import html
from index.documents.document import Document
from index.documents.forms import decisions_in
from index.documents.lists.extract import Extract
from index.documents.report import Report
from index.export_table import CUT, blocks, kinds
from search.request import SearchRequest
from search.result import Stats, WholeSet
from tests.conftest import stored
from web.api import export
from web.app import create_app
from web.settings import Settings

FORMS = ["csv", "csv?dialect=rfc4180", "xlsx", "jsonl"]
ESF = "Region Norrbottens beslut om medfinansiering av projekt ESF 2026:1"
WORDS = [
    {"kind": "paragraph", "text": 'En bro; över, ån "Ån" & <b>hem</b> &amp; bort.'},
    {"kind": "item", "text": "Fler kuratorer"},
    {"kind": "item", "text": "- 5 % av alla"},
    {"kind": "paragraph", "text": "Motivering: hör till texten."},
]
ONE: dict[str, Any] = {
    "owner": "Ankeby kommun",
    "title": "En bro",
    "amount": 100,
    "currency": "SEK",
    "round": "ESF 2026:1",
    "roundTitle": ESF,
    "funder": "Region Norrbotten",
    "descriptionBlocks": WORDS,
    "motivationBlocks": [{"kind": "item", "text": "Ett"}, {"kind": "paragraph", "text": "Två"}],
}
CORPUS = [
    ONE | {"caseNumber": "RN 2026/1", "decisionDate": "2026-03-05", "ownerNumber": "212000-2742"},
    ONE | {"caseNumber": "RN 2026/2", "amount": 400000.5},  # twins, told apart by case numbers
    ONE | {"owner": "Bodens kommun", "places": [{"name": "Boden", "derived": False}]},
    ONE | {"owner": "Cårlsbygd", "statedPlaces": ["Åbo; Vasa"], "motivationBlocks": []},
    ONE | {"owner": "Cårlsbygd", "statedPlaces": ["Åbo; Vasa"]},  # and by digests
    ONE | {"round": "LEADER 2025:2", "roundTitle": "LEADER 2025:2", "funder": None},
    ONE | {"title": "I euro", "currency": "EUR", "amount": 0.05},
    ONE | {"title": "I okänd valuta", "currency": "XXX", "amount": 7},
    ONE | {"title": "Återkrav", "amount": -1200.25},
    ONE | {"title": "Utan belopp", "amount": None, "currency": "EUR", "descriptionBlocks": []},
    ONE | {"title": "", "owner": "Bara ägare"},
    ONE | {"title": "Bara titel", "owner": ""},
    *(ONE | {"title": f"{sign}1+1", "owner": f"{sign}A"} for sign in ("=", "-", "+", "@")),
    *(ONE | {"title": f"{sign}1+1", "owner": f"{sign}B"} for sign in ("'", "'=", "''@", "＝")),
]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    lines = "".join(f"{json.dumps(one)}\n" for one in CORPUS)
    (folder / "beslut.jsonl").write_text(lines, "utf-8")
    build([folder / "beslut.jsonl"], folder / "index")
    assert len(stored(folder / "index")) == len(CORPUS)
    return folder / "index"


@pytest.fixture(scope="module")
def client(original: Path) -> FlaskClient:
    return create_app(Settings(index=original, search_seconds=20)).test_client()


def said(decisions: list[Decision]) -> dict[str, Any]:
    """All that some decisions say, but where they were read, by their identifiers."""
    return {one.id: to_data(one) | {"source": None} for one in decisions}


def imported(client: FlaskClient, tmp_path: Path, form: str) -> tuple[Path, Report]:
    """An index of an export, and what was said of its making."""
    file = tmp_path / f"uttag.{form.partition('?')[0]}"
    file.write_bytes(client.get(f"/api/v1/decisions.{form}").data)
    return tmp_path / "index", build([file], tmp_path / "index")


@pytest.mark.parametrize("form", FORMS)
def test_every_export_gives_the_same_decisions_under_the_same_identifiers(
    client: FlaskClient, original: Path, tmp_path: Path, form: str
) -> None:
    index, report = imported(client, tmp_path, form)
    assert said(stored(index)) == said(stored(original))
    (source,) = report.sources
    assert [one.what for one in source.problems if "plats" not in one.what] == []
    (table,) = source.tables
    assert {"round", "roundTitle", "funder", "descriptionBlocks"}.isdisjoint(table.unused)


def test_the_corpus_has_twins_of_every_kind(original: Path) -> None:
    ids = [one.id for one in stored(original)]
    assert "esf-2026-1/en-bro--ankeby-kommun--rn-2026-1" in ids
    assert "esf-2026-1/en-bro--bodens-kommun" in ids
    assert sum(bool(re.fullmatch(r".*--carlsbygd-[0-9a-f]{8}", one)) for one in ids) == 2


def test_a_part_of_the_set_is_called_by_names_that_lead_to_the_whole(
    client: FlaskClient, tmp_path: Path
) -> None:
    index, _ = imported(client, tmp_path, "csv?place=Boden")
    (one,) = stored(index)
    assert one.id == "esf-2026-1/en-bro"
    assert client.get(f"/api/v1/decisions/{one.id}").status_code == 300


def read(content: bytes) -> Extract:
    return decisions_in(content, Document("uttag.csv", "0" * 64, "2026-11-23T14:20:00Z"))


def exported(client: FlaskClient, form: str = "csv", change: tuple[str, str] = ("", "")) -> Extract:
    text = client.get(f"/api/v1/decisions.{form}").data.decode()
    assert change[0] in text
    return read(text.replace(*change).encode() if change[0] else text.encode())


def test_an_apostrophe_is_taken_away_only_where_it_is_the_exports_own() -> None:
    rows = "Projektägare;Projektnamn;Beviljat belopp\r\n'=A;'-1;10\r\n'+B;'@C;20\r\n"
    assert [(one.owner, one.title) for one in read(rows.encode()).decisions] == [
        ("'=A", "'-1"),
        ("'+B", "'@C"),
    ]


def test_what_are_list_items_is_said_not_to_be_known_where_the_file_does_not_say(
    client: FlaskClient,
) -> None:
    names = "id,owner,title,description,amount,currency,round,roundTitle,funder"
    found = exported(client, f"csv?fields={names}&q=Bodens")
    (one,) = found.decisions
    assert (one.round.name, one.round.title) == ("ESF 2026:1", ESF)
    assert {block.kind for block in one.description} == {"paragraph"}
    (problem,) = found.problems
    assert "vad som är punkter i beskrivning framgår inte" in problem.what
    changed = exported(client, "csv?q=Bodens", ("Fler kuratorer", "Fler\nkuratorer"))
    assert len(changed.decisions[0].description) == 5
    assert "vad som är punkter i beskrivning framgår inte" in changed.problems[0].what


def test_a_text_that_was_cut_is_said_to_be_cut(client: FlaskClient) -> None:
    found = exported(client, "csv?q=Bodens", ("Motivering: hör till texten.", f"Motivering:{CUT}"))
    assert [one.description[-1].text for one in found.decisions] == [f"Motivering:{CUT}"]
    (problem,) = found.problems
    assert problem.what == "beskrivning är avkortad i uttaget"
    assert problem.remedy == "hämta uttaget som JSON Lines"


def test_an_amount_that_somebody_has_typed_is_read_as_in_any_list(client: FlaskClient) -> None:
    (one,) = exported(client, "csv?q=Bodens", (";100;SEK", ";1,5 mnkr;SEK")).decisions
    assert one.amount == 1_500_000


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.text("=+-@';,\"\n\t •<b>&;", max_size=12),
    ).map(html.clean),
    max_size=3,
)
KINDS = st.sampled_from(["paragraph", "item"])


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS, kind=KINDS, other=KINDS, form=st.sampled_from(["excel", "rfc4180", "xlsx"]))
def test_any_text_is_read_back_as_it_is(texts: list[str], kind: Any, other: Any, form: str) -> None:
    lines = tuple(
        Block(other if number else kind, text) for number, text in enumerate(filter(None, texts))
    )
    name = html.clean(" ".join(texts))
    one = Decision(
        id="a/b",
        owner=f"{name}ägare",
        title=f"{name}titel",
        description=lines,
        motivation=lines[1:],
        amount=Decimal("0.50"),
        currency="SEK",
        round=Round("R", "R", name or None),
        source=Source("a.txt", None, 1, "0" * 64, "2026-11-23T14:20:00Z"),
    )
    whole = WholeSet(SearchRequest(), 2, Stats(Decimal(0), None, None, None, 1), iter([one, one]))
    if form == "xlsx":
        pieces = export.workbook(whole, SearchRequest(), "", "2026-11-23T14:20:00Z")
    else:
        pieces = export.comma_separated(whole, "", export.DIALECTS[form])
    decisions = read(b"".join(pieces)).decisions
    assert [one.owner for one in decisions] == [one.owner] * 2
    for again in decisions:
        assert to_data(again) == to_data(one) | {
            "id": again.id,
            "source": to_data(again)["source"],
        }


@given(TEXTS, st.data())
def test_the_kinds_of_lines_and_the_text_are_the_blocks(
    texts: list[str], data: st.DataObject
) -> None:
    found = tuple(Block(data.draw(KINDS), text) for text in texts if text)
    assert blocks(plain_text(found), kinds(found)) == found
