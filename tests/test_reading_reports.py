"""The report that a reading leaves: as a message, as JSON, and on the page about the site."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from index.build import build
from index.documents.report import Report, SourceReport, TableReport
from index.storage.store import Store
from tests.conftest import SMALL, document
from web.app import create_app
from web.cli.commands import beslut
from web.cli.reading import ReadingOutcome, read_sources
from web.cli.report_files import keep_report
from web.cli.report_files import mail as mail_of
from web.reading_report import last_report
from web.settings import Settings

BRO = "Ånge kommun\tEn annan bro\tBron byggs.\t400 000"
LINES = json.dumps({"owner": "Ånge", "title": "Bro", "amount": 5}) + "\n[1]\n"
"""JSON Lines: one decision, and a line that is none."""
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sources with `SMALL` in it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "small.txt").write_text(SMALL, "utf-8")
    return tmp_path / "in"


@pytest.fixture
def read(folder: Path) -> Read:
    """Reads the folder, and gives the report that is there afterwards."""

    def once(trial: bool = False, accept: bool = False) -> dict[str, Any]:
        given = Settings(index=folder.parent / "index", reports=str(folder.parent / "reports"))
        assert keep_report(read_sources([folder], given, trial, accept), given.reports_path) == []
        return report(folder)

    return once


def report(folder: Path, which: str = "report") -> dict[str, Any]:
    path = folder.parent / "reports" / f"{which}.json"
    return dict(json.loads(path.read_text("utf-8")))


def mail(folder: Path, which: str = "report") -> EmailMessage:
    content = (folder.parent / "reports" / f"{which}.eml").read_bytes()
    assert content.isascii()
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\u00a0", " ")


def run(folder: Path, *arguments: str, **variables: str) -> Result:
    """``beslut`` beside the folder."""
    options = ["--index", str(folder.parent / "index")]
    return CliRunner(env=variables).invoke(beslut, [*arguments, *options])


# The message


def test_the_message_says_what_to_do_then_what_was_read_then_the_sum(
    folder: Path, read: Read
) -> None:
    (folder / "a.jsonl").write_text(LINES, "utf-8")
    (folder / "tom.csv").write_text("", "utf-8")
    read()
    message = mail(folder)
    assert message["Subject"] == (
        "Beslutssök: 5 beslut, 1 fil kunde inte läsas, 1 rad kunde inte läsas"
    )
    assert message["Date"].datetime.tzinfo is not None
    assert (message["To"], message["From"]) == (None, None)
    assert message["Auto-Submitted"] == "auto-generated"
    text = text_of(message)
    parts = [
        "Att se över\n\na.jsonl, rad 2: raden är inte ett JSON-objekt och togs inte med. Rätta",
        "\ntom.csv: filen är tom. Hämta dokumentet på nytt.",
        "\n\nLäst\n\na.jsonl: läst\n",
        "  De första besluten, som de lästes:\n  rad 1\n    projektägare  Ånge\n",
        "small.txt: läst",
        "\n\nSammanfattning\n\n5 beslut ur 2 filer",
    ]
    at = [text.index(part) for part in parts]
    assert at == sorted(at)


def test_the_subject_of_a_good_day_says_so(folder: Path, read: Read) -> None:
    read()
    assert mail(folder)["Subject"] == "Beslutssök: 4 beslut, allt är läst"
    read(trial=True)
    assert mail(folder)["Subject"] == "Beslutssök, provläsning: 4 beslut, allt är läst"


def test_unchanged_files_are_only_counted(folder: Path, read: Read) -> None:
    read()
    (folder / "ny.txt").write_text(document(BRO), "utf-8")
    now = read()
    text = text_of(mail(folder))
    assert "ny.txt: läst" in text
    assert "small.txt" not in text
    assert "1 fil är oförändrad\n" in text
    assert [len(source["first"]) for source in now["sources"]] == [1, 0]


def test_a_name_forges_neither_a_line_nor_a_header(folder: Path, read: Read) -> None:
    (folder / "x\nTo: alla@region.example\n\nLäst\u202e.csv").write_text("", "utf-8")
    read()
    message = mail(folder)
    assert message["To"] is None
    text = text_of(message)
    assert "\u202e" not in text
    assert text.count("\nLäst\n") == 1
    assert "x\\x0aTo: alla@region.example\\x0a\\x0aLäst\\u202e.csv: filen är tom." in text


def test_the_name_of_a_sheet_forges_no_line_either() -> None:
    table = TableReport("Blad1\n\nSammanfattning\n\u202e", 1, 1)
    source = SourceReport("a.ods", "", "read", 1, 1, Decimal(0), None, (), tables=(table,))
    whole = Report((source,), (), 1, Decimal(0), 1)
    outcome = ReadingOutcome(whole, Path("index"), (), False, False, datetime.now(UTC))
    message = message_from_bytes(mail_of(outcome), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert text_of(message).count("\nSammanfattning\n") == 1
    assert "Blad1\\x0a\\x0aSammanfattning\\x0a\\u202e: 1 rad" in text_of(message)


def test_a_message_is_bounded(folder: Path, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.cli.report_files._MOST", 3)
    for number in range(4):
        (folder / f"{number}.csv").write_text("", "utf-8")
    read()
    text = text_of(mail(folder))
    assert "och 2 rader till; allt står i report.json\n" in text
    assert len(report(folder)["unread"]) == 4


# Which reports there are


def test_the_report_before_is_kept(folder: Path, read: Read) -> None:
    assert read()["generation"] == 1
    (folder / "ny.txt").write_text(document(BRO), "utf-8")
    assert read()["generation"] == 2
    assert report(folder, "report.previous")["generation"] == 1
    assert mail(folder, "report.previous")["Subject"] == "Beslutssök: 4 beslut, allt är läst"
    names = sorted(path.name for path in (folder.parent / "reports").iterdir())
    assert names == [
        *("report.eml", "report.json", "report.previous.eml", "report.previous.json"),
    ]


def test_a_reading_without_news_only_says_when_it_was(folder: Path, read: Read) -> None:
    (folder / "a.jsonl").write_text(LINES, "utf-8")
    first = read()
    path = folder.parent / "reports" / "report.json"
    path.write_text(json.dumps(first | {"lastRead": "2030-01-01T00:00:00Z"}), "utf-8")
    content = (folder.parent / "reports" / "report.eml").read_bytes()
    again = read()
    assert again["lastRead"] >= first["lastRead"] != "2030-01-01T00:00:00Z"
    assert again | {"lastRead": ""} == first | {"lastRead": ""}
    assert (folder.parent / "reports" / "report.eml").read_bytes() == content
    assert not (folder.parent / "reports" / "report.previous.eml").exists()


def test_what_is_broken_and_what_is_mended_are_news(folder: Path, read: Read) -> None:
    read()
    (folder / "tom.csv").write_text("", "utf-8")
    broken = read()
    assert (broken["published"], broken["exitCode"]) == (False, 1)
    assert [one["what"] for one in broken["unread"]] == ["filen är tom"]
    (folder / "tom.csv").unlink()
    assert (read()["exitCode"], report(folder, "report.previous")["exitCode"]) == (0, 1)


def test_trials_of_the_same_files_are_one_report(folder: Path, read: Read) -> None:
    read(trial=True)
    read(trial=True)
    assert not (folder.parent / "reports" / "report.previous.json").exists()
    (folder / "small.txt").write_text(SMALL + "\n", "utf-8")
    read(trial=True)
    assert report(folder, "report.previous")["trial"]


def test_what_is_held_back_is_to_be_mended(folder: Path, read: Read) -> None:
    read()
    (folder / "small.txt").write_text(document(BRO), "utf-8")
    held = read()
    assert (held["exitCode"], len(held["unread"])) == (3, 1)
    assert mail(folder)["Subject"] == "Beslutssök: 4 beslut, 1 fil har mycket färre beslut"
    assert read(accept=True)["unread"] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 0}', '{"version": 1}'])
def test_a_damaged_report_is_replaced(content: str, folder: Path, read: Read) -> None:
    (folder.parent / "reports").mkdir()
    (folder.parent / "reports" / "report.json").write_text(content, "utf-8")
    assert read()["generation"] == 1


# The command


def test_a_plain_run_shows_no_first_decisions_and_its_json_does(folder: Path) -> None:
    reports = str(folder.parent / "reports")
    ended = run(folder, "index", "--json", str(folder), BESLUT_REPORTS=reports)
    assert ended.exit_code == 0
    assert [one["title"] for one in json.loads(ended.stdout)["sources"][0]["first"]] == [
        *("Elevhälsa för alla", "En bro till ön", "Skola på ön"),
    ]
    assert report(folder)["sources"] == json.loads(ended.stdout)["sources"]
    (folder / "ny.txt").write_text(document(BRO), "utf-8")
    ended = run(folder, "index", str(folder))
    assert "ny.txt: läst" in ended.stdout
    assert "De första besluten" not in ended.stdout


def test_a_report_that_cannot_be_written_is_code_1_and_the_index_is_made(folder: Path) -> None:
    (folder.parent / "file").write_text("", "utf-8")
    reports = folder.parent / "file" / "reports"
    ended = run(folder, "index", str(folder), "--reports", str(reports))
    assert ended.exit_code == 1
    assert ended.stderr.splitlines()[-1] == (
        f"beslut: rapporten kunde inte sparas: {reports}: en del av sökvägen är ingen mapp. "
        "Kontrollera sökvägen."
    )
    assert Store(folder.parent / "index").check().number == 1


def test_the_folders_that_are_written_in_are_no_sources(folder: Path) -> None:
    given = Settings(index=folder / "index", reports=str(folder / "reports"))
    for name in (
        "~$small.txt",
        "small.txt~",
        "ny.txt.part",
        "ny.filepart",
        "x.crdownload",
        "a.tmp",
    ):
        (folder / name).write_text("", "utf-8")
    for _ in range(2):
        outcome = read_sources([folder], given)
        keep_report(outcome, given.reports_path)
        assert [source.file for source in outcome.report.sources] == ["small.txt"]


@pytest.mark.parametrize("source", ["index", "index/in", "."])
def test_a_source_in_the_index_is_wrong_use(source: str, tmp_path: Path) -> None:
    (tmp_path / "index" / "in").mkdir(parents=True)
    index = tmp_path if source == "." else tmp_path / "index"
    with pytest.raises(click.UsageError, match="som kommandot skriver i"):
        read_sources([tmp_path / source], Settings(index=index))


def test_an_empty_folder_beside_others_may_be_a_disk_that_is_not_mounted(
    folder: Path, tmp_path: Path
) -> None:
    disk, index = tmp_path / "disk", tmp_path / "index"
    disk.mkdir()
    (disk / "ny.txt").write_text(document(BRO), "utf-8")
    build([folder, disk], index)
    (disk / "ny.txt").unlink()
    for _ in range(2):
        now = build([folder, disk], index)
        assert [one.state for one in now.sources] == ["unchanged", "kept"]
        assert now.decisions == 5
        assert "kan ligga i disk, som är tom eller inte kan läsas" in str(now.problems[-1])


# On the page


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def site(small_index: Path, reports: Path) -> FlaskClient:
    """A site that shows what is in `reports`."""
    given = Settings(index=small_index, reports=str(reports), show_reading=True, search_seconds=20)
    return create_app(given).test_client()


def put(reports: Path, **changed: object) -> None:
    reports.mkdir(exist_ok=True)
    problem = {
        "file": "a.csv",
        "table": "Blad1",
        "row": 7,
        "what": "beloppet saknas",
        "remedy": "x",
    }
    data = {"version": 1, "lastRead": "2030-06-01T10:00:00Z", "trial": False, "exitCode": 1}
    (reports / "report.json").write_text(json.dumps(data | {"unread": [problem]} | changed))


def test_what_could_not_be_read_is_shown_where_a_setting_says_so(
    site: FlaskClient, small_client: FlaskClient, reports: Path
) -> None:
    put(reports)
    page = site.get("/om").text
    assert "Filerna lästes senast 1 juni 2030 kl. 12:00." in page
    assert "<bdi>a.csv, Blad1, rad 7</bdi></th><td><bdi>Beloppet saknas. X.</bdi>" in page
    assert "Den senaste läsningen" in page
    assert "Den senaste läsningen" not in small_client.get("/om").text


def test_the_english_page_marks_what_is_swedish(site: FlaskClient, reports: Path) -> None:
    put(reports)
    page = site.get("/en/om").text
    assert '<tbody lang="sv">\n<tr><th scope="row"><bdi>a.csv, Blad1, rad 7</bdi>' in page
    assert "The files were last read on 1 June 2030 at 12:00." in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unread": [], "exitCode": 0}, "Allt kunde läsas."),
        ({"unread": []}, "Läsningen gick inte som den skulle."),
        ({"trial": True}, "Det var ett prov: indexet ändrades inte."),
    ],
)
def test_it_is_said_how_it_went(
    changed: dict[str, object], said: str, site: FlaskClient, reports: Path
) -> None:
    put(reports, **changed)
    assert said in site.get("/om").text


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'{"version": 1}', b'{"version": 2}'],
)
def test_a_report_that_cannot_be_read_is_none(
    content: bytes | None, site: FlaskClient, reports: Path
) -> None:
    (reports / "report.json").unlink(missing_ok=True)
    if content is not None:
        (reports / "report.json").write_bytes(content)
    answer = site.get("/om")
    assert answer.status_code == 200
    assert "Det finns ingen rapport om när filerna senast lästes." in answer.text
    put(reports, version=2)
    assert last_report(reports) is None


def test_at_most_a_hundred_are_shown(site: FlaskClient, reports: Path) -> None:
    problem = {"file": "a.csv", "table": None, "row": None, "what": "<b>", "remedy": "x"}
    put(reports, unread=[problem | {"row": row} for row in range(103)])
    page = site.get("/om").text
    assert page.count("&lt;b&gt;") == 100
    assert "3 rader till visas inte." in page


def test_another_report_makes_another_page(site: FlaskClient, reports: Path) -> None:
    tags = [site.get("/om").headers["ETag"]]
    for row in (1, 22):
        put(reports, row=row)
        tags += [site.get("/om").headers["ETag"] for _ in range(2)]
    assert tags[1] == tags[2] != tags[0]
    assert tags[3] == tags[4] != tags[2]


def test_a_page_that_is_to_show_reports_that_are_nowhere_is_remarked_on(tmp_path: Path) -> None:
    with socket.socket() as taken:  # the command is to end, whichever it looks at first
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = ["--index", str(tmp_path / "index"), "--port", str(taken.getsockname()[1])]
        ended = CliRunner(env={"BESLUT_SHOW_READING": "1"}).invoke(beslut, ["serve", *options])
    assert ended.stderr.startswith("beslut: varning: BESLUT_SHOW_READING visar inget utan BESLUT_")


def test_a_reading_that_came_to_nothing_leaves_a_report_that_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, undantag = tmp_path / "reports", tmp_path / "undantag.txt"
    arguments = [
        "index",
        str(folder),
        "--index",
        f"{tmp_path / 'index'}",
        "--reports",
        f"{reports}",
    ]
    assert CliRunner().invoke(beslut, arguments).exit_code == 0
    undantag.write_text("x-2030-1/nej = skäl\n", "utf-8")
    monkeypatch.setenv("BESLUT_WITHHELD", str(undantag))
    assert CliRunner().invoke(beslut, arguments).exit_code == 1
    report = last_report(reports)
    assert report and report.exit_code == 1
    assert report.unread[0].what.startswith("inget beslut har id:t x-2030-1/nej")
    raw = (reports / "report.eml").read_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Beslutssök: läsningen gick inte, indexet är orört"
    assert "har id:t x-2030-1/nej" in message.get_content()
    monkeypatch.delenv("BESLUT_WITHHELD")
    assert CliRunner().invoke(beslut, arguments).exit_code == 0
    report = last_report(reports)
    assert report and report.exit_code == 0
