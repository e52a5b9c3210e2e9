"""What leads on from a decision: its wording, its owner, its themes, its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from index.build import build
from search.deadline import Deadline
from search.directory import ThemeCounts
from search.request import SearchTimeout
from tests.conftest import beslut, document
from web.app import create_app
from web.settings import Settings

QUOTE = (
    "Insatsen bedöms bidra till en jämlik och långsiktigt hållbar utveckling i hela länet och dess "
    "kommuner."
)
PHRASE = (
    "Projektet ska följas upp enligt de villkor som regionen har beslutat om för alla stöd i "
    "omgången."
)
ROWS = [
    f"Ankeby kommun\tElevhälsa för alla\tVi stärker elevhälsan. {QUOTE} {PHRASE}\t1 200 000",
    f"Öbo förening\tEn båt\tVi köper en båt. {QUOTE}\t400 000",
    f"ANKEBY KOMMUN\tEn bro\tBron byggs av trä. {PHRASE}\t700 000",
    f"Rädda Ön\tEn hamn\tHamnen tar emot båten. {PHRASE}\t2 500 000",
    *(f"Ägare {n}\tStig {n}\tVi röjer stig {n} genom skogen i länet.\t1 000" for n in range(6)),
]
FIRST = "x-2030-1/elevhalsa-for-alla"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("thread")
    (folder / "a.txt").write_text(document(*ROWS), "utf-8")
    (folder / "themes.txt").write_text("[Skola]\nelevhälsa, län, båt, skog, rymdfart\n", "utf-8")
    build([folder / "a.txt"], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> FlaskClient:
    settings = Settings(index=index, themes=index.parent / "themes.txt", search_seconds=20)
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def tree(client: FlaskClient) -> Any:
    response = client.get(f"/beslut/{FIRST}/liknande")
    assert response.status_code == 200
    return html.document_fromstring(response.text)


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_a_quoted_passage_leads_to_the_decision_that_has_it(tree: Any) -> None:
    shared = [li for li in tree.xpath("//ol[@class='passages']/li") if "Stycke" in text(li[0])]
    assert [text(one) for one in shared[0].xpath(".//blockquote")] == [QUOTE.rstrip(".")]
    links = shared[0].xpath("./ul/li/a/@href")
    assert links == ["/beslut/x-2030-1/en-bat"]


def test_a_standard_phrase_is_told_and_relates_nothing(tree: Any) -> None:
    (standard,) = tree.xpath("//ol[@class='passages']/li[contains(h3, 'Standardformulering')]")
    assert text(standard.xpath(".//blockquote")[0]) == PHRASE.rstrip(".")
    assert "i minst 3 av 10\u00a0beslut i omgången X 2030:1" in standard.text_content()
    assert not standard.xpath("./ul")
    assert "En hamn" not in text(tree.xpath("//section[@id='ordalydelse']")[0])


def test_the_passages_are_marked_in_the_text_and_lead_there_and_back(tree: Any) -> None:
    marks = tree.xpath("//div[@class='text']//mark")
    assert [text(mark) for mark in marks] == [QUOTE.rstrip("."), PHRASE.rstrip(".")]
    ids = [mark.get("id") for mark in marks]
    assert [f"#{one}" for one in ids] == tree.xpath("//blockquote/a/@href")
    targets = tree.xpath("//a[@class='ref']/@href")
    assert targets == [f"#{li.get('id')}" for li in tree.xpath("//ol[@class='passages']/li")]


def test_the_owner_is_the_same_under_its_other_name(tree: Any) -> None:
    section = tree.xpath("//section[@id='agare']")[0]
    assert section.xpath(".//h3//bdi/text()") == ["En bro"]
    assert "2\u00a0beslut, 1\u00a0900\u00a0000\u00a0kr" in section.text_content()
    assert section.xpath("./p/a/@href") == ["/agare/ankeby-kommun"]
    assert "ANKEBY KOMMUN" in text(section)


def test_the_themes_are_those_that_others_have_too(client: FlaskClient, tree: Any) -> None:
    shown = tree.xpath("//section[@id='tema']//a")
    assert [one.get("href") for one in shown] == ["/tema/lan"], "nobody else has elevhälsa"
    other = html.document_fromstring(client.get("/beslut/x-2030-1/en-bat/liknande").text)
    rarest, usual = other.xpath("//section[@id='tema']//a")
    assert (rarest.get("href"), text(rarest)) == ("/tema/bat", "båt , 2 beslut")
    assert (usual.get("href"), text(usual)) == ("/tema/lan", "län , 8 beslut")
    found = client.get("/api/v1/decisions?q=båt").json
    assert found
    assert {one["id"] for one in found["decisions"]} == {"x-2030-1/en-bat", "x-2030-1/en-hamn"}


def test_a_passage_over_two_paragraphs_is_marked_in_both_and_has_one_number(
    tmp_path: Path,
) -> None:
    text_ = f"<p>Så är det. {QUOTE}</p><p>{PHRASE}</p>"
    rows = [f"Ö kommun\tEn {n}\t{text_ if n < 2 else 'En skola.'}\t1" for n in range(9)]
    (tmp_path / "a.txt").write_text(document(*rows), "utf-8")
    build([tmp_path / "a.txt"], tmp_path / "index")
    found = create_app(Settings(index=tmp_path / "index", search_seconds=20)).test_client()
    page = html.document_fromstring(found.get("/beslut/x-2030-1/en-0/liknande").text)
    marks = page.xpath("//div[@class='text']//mark")
    assert [mark.get("id") for mark in marks] == ["traff-1", None]
    assert len(page.xpath("//ol[@class='passages']/li")) == 1


def test_a_decision_that_shares_nothing_says_so(client: FlaskClient) -> None:
    page = html.document_fromstring(client.get("/beslut/x-2030-1/stig-1/liknande").text)
    assert "Inget stycke på tolv ord eller mer" in text(
        page.xpath("//section[@id='ordalydelse']")[0]
    )


def test_the_body_says_what_the_page_says(client: FlaskClient, tree: Any) -> None:
    body = client.get(f"/api/v1/decisions/{FIRST}/related").json
    assert body
    assert [one["text"] for one in body["passages"]] == [
        text(one) for one in tree.xpath("//blockquote")
    ]
    shared, standard = body["passages"]
    assert [one["id"] for one in shared["others"]] == ["x-2030-1/en-bat"]
    assert (shared["kind"], shared["decisions"], shared["of"]) == ("shared", 1, 0)
    assert (standard["kind"], standard["decisions"], standard["of"]) == ("standard", 3, 10)
    assert (body["owner"]["slug"], body["owner"]["decisions"]) == ("ankeby-kommun", 2)
    assert [one["title"] for one in body["owner"]["latest"]] == ["En bro"]
    assert [one["slug"] for one in body["themes"]] == ["lan"]
    other = client.get("/api/v1/decisions/x-2030-1/en-bat/related").json
    assert other
    assert [(one["slug"], one["decisions"]) for one in other["themes"]] == [("bat", 2), ("lan", 8)]
    description = client.get(f"/api/v1/decisions/{FIRST}").json["description"]  # type: ignore[index]
    assert description[shared["start"] : shared["end"]] == shared["text"]


@pytest.mark.parametrize("path", [f"/beslut/{FIRST}/liknande", "/agare/ankeby-kommun"])
def test_a_page_says_that_its_themes_are_still_counted(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def late(self: ThemeCounts, deadline: Deadline) -> None:
        raise SearchTimeout(1)

    monkeypatch.setattr(ThemeCounts, "_count", late)
    response = client.get(path)
    assert response.status_code == 200
    assert "Temana räknas just nu" in response.text
    program = html.document_fromstring(response.text).xpath(
        "//link[@type='application/json']/@href"
    )
    assert client.get(program[0]).status_code == 503, "whose answer would be kept"


def test_the_terminal_says_what_the_api_says(index: Path, client: FlaskClient) -> None:
    env = {"BESLUT_THEMES": str(index.parent / "themes.txt"), "BESLUT_INDEX": str(index)}
    told = beslut("related", FIRST, env=env).stdout
    for said in (
        QUOTE.rstrip("."),
        "en-bat",
        "i minst 3 av 10 beslut",
        "Ankeby kommun: 2",
    ):
        assert said in told.replace("\u00a0", " "), said
    as_json = json.loads(beslut("related", FIRST, "--json", env=env).stdout)
    assert as_json == client.get(f"/api/v1/decisions/{FIRST}/related").json


@pytest.mark.parametrize("path", ["/beslut/x-2030-1/nej/liknande", "/beslut/nej/nej/liknande"])
def test_a_decision_that_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_decision_leads_to_its_thread(client: FlaskClient) -> None:
    page = html.document_fromstring(client.get(f"/beslut/{FIRST}").text)
    assert f"/beslut/{FIRST}/liknande" in page.xpath("//section[@class='related']//a/@href")
