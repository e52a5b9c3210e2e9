"""Damage of the same size in any file of a generation: no wrong answer, and no page is lost."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from whoosh.query import Every, Query, Term

from index.build import build
from index.storage import store
from index.storage.columns import Columns
from index.storage.store import Generation, Store
from search.array_engine import ArrayEngines
from search.live import LiveSearcher
from search.request import SearchLimits
from search.scoring import Matches, Scorer
from tests.conftest import document, serving
from web.app import create_app
from web.settings import Settings

ROWS = [
    "Ankeby kommun\tElevhälsa för alla\tVi stärker elevhälsan.\t1 200 000",
    "Öbo förening\tPsykisk hälsa\tVi pratar om psykisk hälsa.\t5 000 000",
    "Rädda Ön\tEn hamn\tHamnen tar emot båten.\t2 500 000",
]
ASKED = (
    "/api/v1/decisions?q=hälsa",
    "/api/v1/decisions?q=hamn*&sort=-amount",
    "/api/v1/decisions?owner=Öbo+förening",
    "/api/v1/owners",
    "/api/v1/decisions/x-2030-1/en-hamn",
)
Damage = Callable[[bytes], bytes]


def flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def zeroed(content: bytes) -> bytes:
    half = len(content) // 2
    zeroed = bytes(half) + content[half:]
    return zeroed if zeroed != content else content[:half] + bytes(len(content) - half)


DAMAGES: dict[str, Damage] = {"flipped": flipped, "zeroed": zeroed}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with two generations: of two decisions, and of three."""
    folder = tmp_path_factory.mktemp("two")
    for count in (2, 3):
        (folder / "a.txt").write_text(document(*ROWS[:count]), "utf-8")
        build([folder / "a.txt"], folder / "index")
    return folder / "index"


def client_of(index: Path) -> FlaskClient:
    return create_app(Settings(index=index, search_seconds=60.0)).test_client()


def answers(client: FlaskClient) -> list[tuple[int, Any]]:
    """What is answered, without what changes from one answer to the next."""
    told = []
    for address in ASKED:
        response = client.get(address)
        body = json.loads(response.get_data(as_text=True))
        told.append((response.status_code, body if response.status_code == 200 else None))
    return told


def served(index: Path, generation: str) -> list[str]:
    manifest = json.loads((index / generation / "manifest.json").read_text("utf-8"))
    rooms = ("whoosh/", "columns/", "vocabulary/")
    return [file for file in manifest["files"] if file.startswith(rooms)]


def damage(path: Path, how: Damage) -> None:
    """Writes into a file where it is, so that its inode and its size stay."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(how(content))
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))  # clocks tick slowly


_MATCHES = Scorer.matches


def _nothing_by_words(scorer: Scorer, tree: Query) -> Matches:
    return _MATCHES(scorer, tree if isinstance(tree, Every) else Term("title", "ingenting"))


def fetched(address: str, path: str) -> tuple[int, Any]:
    """What a server answers, as in `answers`."""
    try:
        with urllib.request.urlopen(address + quote(path, safe="/?=&*+-"), timeout=30) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        error.read()
        return error.code, None


def test_no_damage_under_a_running_server_is_served_as_truth(two: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(two, tmp_path / "index"))
    older = Path(shutil.copytree(two, tmp_path / "older"))
    (older / "CURRENT").write_text("gen-1\n")
    true, expected = answers(client_of(two)), answers(client_of(older))
    files = served(index, "gen-2")
    seen: list[tuple[str, tuple[int, Any]]] = []
    with serving(index, search_seconds="60") as address:
        ended = threading.Event()

        def storm() -> None:
            while not ended.is_set():
                seen.extend((path, fetched(address, path)) for path in ASKED)

        def settled(wanted: list[tuple[int, Any]]) -> bool:
            """Whether every process answers so; which one is asked is left to chance."""
            until = time.monotonic() + 60
            in_a_row = 0
            while in_a_row < 8 and time.monotonic() < until:
                same = [fetched(address, path) for path in ASKED] == wanted
                in_a_row = in_a_row + 1 if same else 0
            return in_a_row == 8

        stormy = threading.Thread(target=storm)
        stormy.start()
        try:
            for number, file in enumerate(files):
                whole = (index / "gen-2" / file).read_bytes()
                damage(index / "gen-2" / file, [flipped, zeroed][number % 2])
                assert settled(expected), file
                damage(index / "gen-2" / file, lambda content, whole=whole: whole)
                (index / "CURRENT").touch()  # as whatever mends an index does
                assert settled(true), file
        finally:
            ended.set()
            stormy.join()
    # One that was being answered when the bytes changed may be asked to come again, and is answered
    # then: there is one stormy thread, so one at most for each file.
    allowed = {
        path: [one, other, (503, None)]
        for path, one, other in zip(ASKED, true, expected, strict=True)
    }
    assert [status for _, (status, _) in seen].count(503) <= len(files)
    assert len(seen) > 100
    assert [one for one in seen if one[1] not in allowed[one[0]]] == []


def test_what_is_written_to_while_it_is_held_to_its_hashes_is_not_trusted(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Path(shutil.copytree(two, tmp_path / "index"))
    older = Path(shutil.copytree(two, tmp_path / "older"))
    (older / "CURRENT").write_text("gen-1\n")
    (index / "VERIFIED").unlink(missing_ok=True)
    remember = Store._remember

    def damaged_first(self: Store, generation: Generation) -> None:
        if generation.path.name == "gen-2":
            # The last amount, so that it can be opened all the same.
            damage(generation.columns / "amounts.npy", lambda content: content[:-8] + bytes(8))
        remember(self, generation)

    monkeypatch.setattr(Store, "_remember", damaged_first)
    client = client_of(index)
    first = answers(client)
    assert first[0] == (503, None)
    assert answers(client) == answers(client_of(older))


def test_what_is_written_to_while_it_is_published_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    seal = store._seal

    def damaged_first(manifest: bytes) -> bytes:
        for file in index.glob(".build-*/columns/amounts.npy"):
            damage(file, lambda content: content[:-8] + bytes(8))
        return seal(manifest)

    monkeypatch.setattr(store, "_seal", damaged_first)
    (tmp_path / "a.txt").write_text(document(*ROWS), "utf-8")
    build([tmp_path / "a.txt"], index)
    monkeypatch.undo()
    assert [status for status, _ in answers(client_of(index))] == [503] * len(ASKED)


@pytest.fixture
def copy(two: Path, tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copytree(two, tmp_path / "index"))


@pytest.mark.parametrize("opened", [False, True], ids=["at start", "while it serves"])
@pytest.mark.parametrize("how", DAMAGES)
def test_damage_in_any_file_gives_the_answers_of_the_generation_before(
    two: Path, tmp_path: Path, how: str, opened: bool
) -> None:
    before = Store(two).path / "gen-1"
    true = answers(client_of(two))
    older = Path(shutil.copytree(two, tmp_path / "older"))
    (older / "CURRENT").write_text("gen-1\n")
    assert [status for status, _ in true] == [200] * len(ASKED)
    expected = answers(client_of(older))
    assert before.is_dir() and expected != true
    for number, file in enumerate(served(two, "gen-2")):
        index = Path(shutil.copytree(two, tmp_path / str(number)))
        client = client_of(index)
        if opened:
            assert answers(client) == true
        damage(index / "gen-2" / file, DAMAGES[how])
        assert answers(client) == expected, file
        shutil.rmtree(index)


def test_where_no_generation_is_whole_every_answer_is_a_503(copy: Path) -> None:
    client = client_of(copy)
    assert client.get("/health").status_code == 200
    for generation in ("gen-1", "gen-2"):
        damage(copy / generation / "columns" / "amounts.npy", flipped)
    assert {status for status, _ in answers(client)} == {503}
    assert client.get("/health").status_code == 503


def test_the_warning_says_which_generation_is_shown_and_why(copy: Path) -> None:
    damage(copy / "gen-2" / "columns" / "amounts.npy", flipped)
    warning = Store(copy).current().warning
    assert warning == ("gen-2 kan inte användas (gen-2/columns/amounts.npy är skadad); gen-1 visas")


def test_health_looks_for_a_word_that_is_there(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(copy)
    assert client.get("/health").status_code == 200
    monkeypatch.setattr("search.scoring.Scorer.matches", _nothing_by_words)
    assert client.get("/health").status_code == 503


@pytest.mark.parametrize("content", [None, b"", b"gen-9\n", b"\xff\xfe"])
def test_a_pointer_that_leads_nowhere_leads_to_the_newest_generation(
    copy: Path, content: bytes | None
) -> None:
    (copy / "CURRENT").unlink()
    if content is not None:
        (copy / "CURRENT").write_bytes(content)
    generation = Store(copy).current()
    assert (generation.number, bool(generation.warning)) == (2, True)
    assert answers(client_of(copy))[0][0] == 200


def test_what_cannot_be_opened_in_whatever_way_is_passed_over(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Columns.open

    def broken(path: Path) -> Columns:
        if "gen-2" in str(path):
            raise EOFError
        return real(path)

    monkeypatch.setattr(Columns, "open", broken)
    assert answers(client_of(copy))[0][1]["_meta"]["totalRecords"] == 2


def test_a_file_is_read_to_be_trusted_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    monkeypatch.setattr("index.storage.store.sha256_of", lambda path: read.append(path) or "")
    with pytest.raises(Exception, match="är skadad"):
        Store(copy).current()  # a copy is on another disk
    monkeypatch.undo()
    Store(copy).current()
    monkeypatch.setattr("index.storage.store.sha256_of", lambda path: read.append(path) or "")
    read.clear()
    assert Store(copy).current().number == 2
    assert read == []


def test_nothing_of_a_damaged_generation_is_linked_into_the_next(tmp_path: Path) -> None:
    large, small = tmp_path / "a.txt", tmp_path / "b.txt"
    rows = [f"Öbo {at}\tBro {at}\tVi bygger.\t{at + 1}" for at in range(20)]
    large.write_text(document(*rows), "utf-8")
    small.write_text(document(ROWS[0], heading="# Regionens beslut om projekt X 2030:2"), "utf-8")
    index = tmp_path / "index"
    build([large, small], index)
    for file in served(index, "gen-1"):
        if file.startswith("whoosh/") and file.endswith((".col", ".pst", ".trm")):
            damage(index / "gen-1" / file, flipped)
    small.write_text(document(ROWS[1], heading="# Regionens beslut om projekt X 2030:2"), "utf-8")
    build([large, small], index)
    generation = Store(index).check()
    assert (generation.number, generation.manifest["decisions"]) == (2, 21)
    assert generation.manifest["sources"][0]["decisions"] == 20


def test_a_generation_that_is_gone_is_served_on_from_what_is_open(copy: Path) -> None:
    client = client_of(copy)
    true = answers(client)
    shutil.rmtree(copy / "gen-2")
    assert answers(client)[0] == true[0]


def test_a_switch_while_another_generation_is_opened_is_not_missed(copy: Path) -> None:
    live = LiveSearcher(ArrayEngines(copy), SearchLimits())
    assert live.current().generation.number == 2
    live._opening = threading.Thread()
    Store(copy).rollback()
    assert live.current().generation.number == 2
    live._opening = None
    assert live.current().generation.number == 3


def test_a_generation_that_lost_a_file_is_passed_over_at_a_switch(copy: Path) -> None:
    (copy / "CURRENT").write_text("gen-1\n")
    live = LiveSearcher(ArrayEngines(copy), SearchLimits())
    assert live.current().generation.number == 1
    (copy / "gen-2" / "columns" / "amounts.npy").unlink()
    (copy / "CURRENT.new").write_text("gen-2\n")
    (copy / "CURRENT.new").replace(copy / "CURRENT")
    assert live.current().generation.number == 1


def test_an_original_is_sent_only_if_it_is_what_its_address_says(copy: Path) -> None:
    client = client_of(copy)
    manifest = json.loads((copy / "gen-2" / "manifest.json").read_text("utf-8"))
    (source,) = manifest["sources"]
    address = f"/kallor/{source['sha256']}"
    assert client.get(address).status_code == 200
    damage(copy / "gen-2" / source["original"], flipped)
    assert client.get(address).status_code == 503


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_written_to_while_it_answers_answers_nothing(
    copy: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    client = client_of(copy)

    def damaged(scorer: Scorer, tree: Query) -> Matches:
        damage(copy / "gen-2" / "columns" / "amounts.npy", flipped)
        return _MATCHES(scorer, 1 // 0 if fails else tree)

    monkeypatch.setattr(Scorer, "matches", damaged)
    response = client.get(ASKED[0])
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    monkeypatch.setattr(Scorer, "matches", lambda scorer, tree: 1 // 0)
    assert client.get(ASKED[0]).status_code == 500
