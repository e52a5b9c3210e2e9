"""Decisions that are not to be shown: gone from every answer, and nothing lets them slip back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index.build import build, roll_back
from index.documents.report import Report
from index.documents.sources import Reading
from index.errors import IndexUnusable, NotWithheld
from index.storage.replica import replicate
from index.storage.store import Store
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import beslut, document
from tests.test_incremental import names_of_segments
from tests.test_pages import one, page, text
from tests.test_replica import rsh as rsh
from web.app import create_app
from web.cli.report import tell
from web.cli.withheld import parse, withheld
from web.settings import Settings

SECRET = "x-2030-1/en-hemlighet"
WHY = {SECRET: "uppgifter om en enskild"}
ROW = "Öbo förening\tEn hemlighet\tHemligheten om Zeta.\t7 000\n"
OTHERS = [f"Ankeby kommun\tProjekt {n}\tDet handlar om skolan {n}.\t1 000" for n in range(12)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list with the secret among others, and one without it."""
    (tmp_path / "in").mkdir()
    write(tmp_path, "a.txt", *OTHERS[:4], ROW.strip(), *OTHERS[4:8])
    write(tmp_path, "b.txt", *OTHERS[8:])
    return tmp_path


def write(folder: Path, name: str, *rows: str) -> None:
    (folder / "in" / name).write_text(document(*rows), "utf-8")


def index(folder: Path, why: dict[str, str] | None = None) -> Report:
    return build([folder / "in"], folder / "index", withheld=why)


def client(folder: Path) -> FlaskClient:
    return create_app(Settings(index=folder / "index", search_seconds=20)).test_client()


def ids(folder: Path) -> list[str]:
    searcher = Searcher.open(folder / "index")
    found = searcher.search(SearchRequest(limit=100)).hits
    searcher.close()
    return sorted(hit.decision.id for hit in found)


def is_shown(folder: Path) -> bool:
    return SECRET in ids(folder)


def test_what_is_withheld_is_in_no_answer(folder: Path) -> None:
    index(folder)
    asked = client(folder)
    places = [
        "/?q=zeta", "/?q=", "/oversikt", "/feed.atom", "/agare/obo-forening", "/api/v1/decisions",
        "/api/v1/decisions?q=zeta", "/api/v1/decisions.csv", "/sitemap-1.xml",
        "/api/v1/decisions.jsonl", "/api/v1/suggestions?q=hem", "/api/v1/owners",
        "/api/v1/decisions?q=zetta", "/api/v1/decisions?cursor=*",
    ]  # fmt: skip
    told = re.compile("hemlig|öbo", re.IGNORECASE)
    assert all(told.search(asked.get(place).text) for place in places[:6])
    report = index(folder, WHY)
    assert (report.decisions, report.withheld, report.published) == (12, 1, True)
    assert [place for place in places if told.search(asked.get(place).text)] == []


def test_its_address_says_that_it_is_withheld_and_why(folder: Path) -> None:
    index(folder, WHY)
    asked = client(folder)
    shown = page(asked, f"/beslut/{SECRET}", 410)
    assert "Det är undantaget från sökningen. Skälet: uppgifter om en enskild." in text(shown)
    problem = asked.get(f"/api/v1/decisions/{SECRET}")
    assert (problem.status_code, (problem.json or {})["code"]) == (410, "withheld")
    assert "uppgifter om en enskild" in (problem.json or {})["detail"]
    assert asked.get(f"/en/beslut/{SECRET}").status_code == 410


def test_who_follows_the_changes_is_told_that_it_is_gone(folder: Path) -> None:
    index(folder)
    asked = client(folder)
    cursor = (asked.get("/api/v1/decisions?limit=0").json or {})["_meta"]["changesCursor"]
    index(folder, WHY)
    (change,) = (asked.get(f"/api/v1/changes?since={cursor}").json or {})["changes"]
    assert (change["kind"], change["id"]) == ("deleted", SECRET)


def test_the_file_that_has_it_can_no_longer_be_downloaded(folder: Path) -> None:
    write(folder, "c.txt", ROW.strip())  # a duplicate, in another list
    index(folder)
    asked = client(folder)
    addresses = asked.get("/om").text.split('href="/kallor/')[1:]
    paths = [f"/kallor/{part[:64]}" for part in addresses]
    assert [asked.get(path).status_code for path in paths] == [200, 200, 200]
    index(folder, WHY)
    assert [asked.get(path).status_code for path in paths] == [404, 200, 404]
    kept = [*(folder / "index").rglob("originals/*")]
    assert len(kept) == 1 and "Zeta" not in kept[0].read_text("utf-8")


def test_the_table_of_files_tallies(folder: Path) -> None:
    index(folder, WHY)
    row = one(page(client(folder), "/om"), "//tr[th[contains(., 'a.txt')]]")
    assert [text(cell) for cell in row.findall("td")] == ["9", "9", "0", "1", "8"]
    total = one(page(client(folder), "/om"), "//tfoot/tr")
    assert [text(cell) for cell in total.findall("td")] == ["13", "13", "0", "1", "12"]
    index(folder, {})
    assert "Undantagna" not in client(folder).get("/om").text


def test_no_generation_that_shows_it_can_be_gone_back_to(folder: Path) -> None:
    index(folder)
    index(folder, WHY)
    with pytest.raises(IndexUnusable):
        roll_back(folder / "index")
    write(folder, "b.txt", *OTHERS[9:])
    index(folder, WHY)  # from here on there is one to go back to, without it
    roll_back(folder / "index")
    assert not is_shown(folder)
    written = (path for path in (folder / "index").rglob("*") if path.is_file())
    has_it = {path.parent.name for path in written if b"Zeta" in path.read_bytes()}
    assert has_it == {"decisions"}  # what was read, of which nothing is shown


def test_one_that_could_not_be_removed_is_not_gone_back_to(folder: Path) -> None:
    index(folder)
    shutil.copytree(folder / "index" / "gen-1", folder / "kept")
    index(folder, WHY)
    (folder / "kept").rename(folder / "index" / "gen-1")
    with pytest.raises(IndexUnusable):
        roll_back(folder / "index")
    assert not is_shown(folder)


def test_a_report_shows_nothing_of_a_file_that_has_it(folder: Path) -> None:
    write(folder, "c.txt", ROW.strip())
    assert index(folder, WHY).first.keys() == {"b.txt"}


@pytest.mark.parametrize("rows", [OTHERS[8:], [*OTHERS[8:], "Ö\tNy\tNy\t1"], OTHERS[9:]])
def test_it_stays_withheld_whatever_else_changes(folder: Path, rows: list[str]) -> None:
    index(folder, WHY)
    assert not index(folder, WHY).published
    write(folder, "b.txt", *rows)
    index(folder, WHY)
    assert not is_shown(folder)
    write(folder, "a.txt", *OTHERS[:4], ROW.strip(), *OTHERS[4:7])
    index(folder, WHY)
    assert not is_shown(folder)
    gradual = ids(folder)
    again = build([folder / "in"], folder / "anew", withheld=WHY)
    searcher = Searcher.open(folder / "anew")
    assert again.decisions == len(gradual) == len(searcher)


def test_adding_a_list_writes_only_that_although_something_is_withheld(folder: Path) -> None:
    index(folder, WHY)
    before = names_of_segments(folder / "index")
    write(folder, "c.txt", "Ö\tNy\tNy\t1")
    index(folder, WHY)
    assert {*before} < {*names_of_segments(folder / "index")}
    assert not is_shown(folder)


def test_one_that_was_put_right_stops_the_indexing(folder: Path) -> None:
    index(folder, WHY)
    right = ROW.strip().replace("En hemlighet", "En stor hemlighet")
    write(folder, "a.txt", *OTHERS[:4], right, *OTHERS[4:8])
    with pytest.raises(NotWithheld, match="inget beslut har id:t x-2030-1/en-hemlighet"):
        index(folder, WHY)
    assert Store(folder / "index").current().number == 1
    index(folder, {"x-2030-1/en-stor-hemlighet": "det är samma"})
    assert not any("hemlighet" in name for name in ids(folder))


def test_another_decision_under_its_id_stops_the_indexing(folder: Path) -> None:
    index(folder, WHY)
    swapped = "Öbo förening\tNågot annat\tHemligheten om Zeta.\t7 000"
    new = "Ceby\tEn hemlighet\tIngenting.\t1"
    write(folder, "a.txt", *OTHERS[:4], swapped, new, *OTHERS[4:8])
    with pytest.raises(NotWithheld, match="säger något annat än det som undantogs"):
        index(folder, WHY)
    right = {"x-2030-1/nagot-annat": "samma"}
    index(folder, right)
    assert SECRET in ids(folder) and "x-2030-1/nagot-annat" not in ids(folder)


def test_one_that_was_corrected_stays_withheld_once_that_is_accepted(folder: Path) -> None:
    index(folder, WHY)
    corrected = "Öbo förening\tEn hemlighet\tEn hemlighet om Eta.\t7 000"
    write(folder, "a.txt", *OTHERS[:4], corrected, *OTHERS[4:8])
    with pytest.raises(NotWithheld):
        index(folder, WHY)
    accepted = Reading(accept=True)
    build([folder / "in"], folder / "index", reading=accepted, withheld=WHY)
    assert not is_shown(folder)
    write(folder, "a.txt", *OTHERS[:4], corrected.replace("7 000", "9 000"), *OTHERS[4:8])
    index(folder, WHY)  # its text is what was accepted
    assert not is_shown(folder)


def test_all_cannot_be_withheld(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path, "a.txt", ROW.strip())
    index(tmp_path)
    with pytest.raises(NotWithheld, match="alla beslut ska vara undantagna"):
        index(tmp_path, WHY)


def test_its_other_names_say_that_it_is_withheld_too(folder: Path) -> None:
    index(folder, WHY)
    page(client(folder), f"/beslut/{SECRET}--obo-forening", 410)


def test_what_a_killed_build_left_is_neither_served_nor_kept(folder: Path) -> None:
    index(folder)
    shutil.copytree(folder / "index" / "gen-1", folder / "kept")
    index(folder, WHY)
    (folder / "kept").rename(folder / "index" / "gen-1")
    columns = folder / "index" / "gen-2" / "columns"
    whole = (columns / "amounts.npy").read_bytes()
    (columns / "amounts.npy").write_bytes(whole[:-1])
    with pytest.raises(IndexUnusable):
        Store(folder / "index").current()
    (columns / "amounts.npy").write_bytes(whole)
    index(folder, WHY)
    assert not (folder / "index" / "gen-1").exists()


def test_one_that_is_shown_again_is_told(folder: Path) -> None:
    index(folder, WHY)
    report = index(folder, {})
    assert report.shown_again == 1
    assert "Inte längre undantaget: 1 beslut." in tell(report, folder / "index").summary


def test_a_namesake_stops_the_indexing(folder: Path) -> None:
    index(folder, WHY)
    write(folder, "c.txt", "Annan ägare\tEn hemlighet\tEn helt annan.\t1")
    with pytest.raises(NotWithheld):
        index(folder, WHY)
    index(folder, {f"{SECRET}--obo-forening": "samma"})
    assert [name for name in ids(folder) if "hemlighet" in name] == [f"{SECRET}--annan-agare"]


def test_a_forgotten_file_stops_the_indexing_and_an_empty_one_does_not(folder: Path) -> None:
    index(folder, WHY)
    with pytest.raises(NotWithheld, match="undantar 1 beslut, men ingen fil säger"):
        index(folder)
    assert not is_shown(folder)
    assert index(folder, {}).published
    assert is_shown(folder)


def test_another_reason_is_told_at_once(folder: Path) -> None:
    index(folder, WHY)
    assert index(folder, {SECRET: "annat"}).published
    assert "annat." in client(folder).get(f"/beslut/{SECRET}").text
    assert not is_shown(folder)


def test_the_command_takes_the_file_and_counts_what_it_withholds(folder: Path) -> None:
    path = folder / "undantag.txt"
    path.write_text(f"{SECRET} = uppgifter om en enskild\n", "utf-8")
    run = beslut("index", "in", "--index", "index", cwd=folder, env={"BESLUT_WITHHELD": str(path)})
    assert (run.returncode, run.stderr) == (0, "")
    assert "\nUndantaget: 1 beslut.\n" in run.stdout
    assert not is_shown(folder)
    again = beslut("index", "in", "--index", "index", "--json", cwd=folder)
    assert again.returncode == 1
    assert again.stderr.startswith("beslut: det förra indexet undantar 1 beslut, men ingen fil")
    path.write_text("nej\n", "utf-8")
    bad = beslut("index", "in", "--index", "index", cwd=folder, env={"BESLUT_WITHHELD": str(path)})
    assert bad.returncode == 1
    assert bad.stderr.startswith("beslut: undantag.txt kan inte användas: rad 1: ")
    assert not is_shown(folder)


@pytest.mark.usefixtures("rsh")
@pytest.mark.parametrize("host", ["", "annan.example:"])
def test_no_copy_of_the_index_keeps_what_shows_it(host: str, folder: Path) -> None:
    copy = folder / "copy"
    index(folder)
    replicate(folder / "index", f"{host}{copy}")
    write(folder, "b.txt", *OTHERS[9:])
    index(folder)
    replicate(folder / "index", f"{host}{copy}")
    assert sorted(path.name for path in copy.glob("gen-*")) == ["gen-1", "gen-2"]
    index(folder, WHY)
    replicate(folder / "index", f"{host}{copy}")
    assert sorted(path.name for path in copy.glob("gen-*")) == ["gen-3"]


# The file


def test_the_file_says_which_and_why() -> None:
    said = "\ufeff# Undantag\n\na/b = skäl, med = i  # hit\nc/d=Två ord.\n"
    assert parse(said.removeprefix("\ufeff")) == {"a/b": "skäl, med = i", "c/d": "Två ord"}
    assert parse("") == {}
    assert withheld(None) is None


@pytest.mark.parametrize("line", ["a/b", "a/b =", "= skäl", "ab = skäl", "a/b c = skäl"])
def test_a_line_that_says_too_little_stops_everything(line: str, tmp_path: Path) -> None:
    path = tmp_path / "undantag.txt"
    path.write_text(f"x/y = skäl\n{line}\n", "utf-8")
    with pytest.raises(NotWithheld) as caught:
        withheld(path)
    said = "undantag.txt kan inte användas: rad 2: raden säger inte vilket beslut, och varför"
    assert caught.value.what == said
    assert caught.value.remedy.endswith("; indexet är orört")


def test_a_decision_is_said_once_and_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "undantag.txt"
    path.write_bytes(b"x/y = a\nx/y = b\n")
    with pytest.raises(NotWithheld, match="rad 2: x/y står redan"):
        withheld(path)
    path.write_bytes("x/y = sjö\n".encode("latin-1"))
    with pytest.raises(NotWithheld, match="inte sparad som UTF-8"):
        withheld(path)
