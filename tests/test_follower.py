"""Servers of copies: what they answer is a generation of the source, whole, whatever happens to the
one who copies. And servers of an index that another program has built anew."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.build import build
from index.storage import store
from index.storage.columns import moment, seconds
from index.storage.replica import replicate
from index.storage.store import Generation, Store
from search.array_engine import ArrayEngines
from search.live import LiveSearcher
from search.request import SearchLimits
from tests.conftest import FEW_THEMES, document, eventually, serving
from tests.test_damage import client_of, damage, flipped
from tests.test_serve import Asking, ask
from web.app import create_app
from web.settings import Settings

API = "/api/v1/decisions"
PUBLICATIONS = 30
KILLS = 10
"""In each of the two ways of copying."""


class Writer:
    """Publishes one generation after another of an index in a folder. Of three in a row every
    decision is another, and the time that is told as that of the last change is another each."""

    def __init__(self, index: Path, made: list[Generation]) -> None:
        self.index = index
        self.made = made

    def publish(self) -> int:
        """The number of the generation."""
        ours = Store(self.index)
        with ours.building() as folder:
            number = max(ours.seals(), default=0) + 1
            made = self.made[number % 3]
            for file in made.manifest["files"]:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(made.path / file, folder / file)
            return ours.publish(folder, made.manifest | {"created": moment(number)}).number


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Generation]:
    """The kinds of generation that a `Writer` publishes."""
    kinds = []
    for kind, numbers in enumerate(COUNTED):
        folder = tmp_path_factory.mktemp("made")
        rows = [f"Ägare {n}\tBro {n} typ {kind}\tVi bygger.\t{1000 * n + kind}" for n in numbers]
        (folder / "a.txt").write_text(document(*rows), "utf-8")
        build([folder / "a.txt"], folder / "index", workers=1)
        kinds.append(Store(folder / "index").current())
    return kinds


COUNTED = [range(10), range(1, 12), range(2, 9)]
"""The decisions of each kind of generation."""


def number_of(body: Any) -> int:
    """The generation that an answer is of; fails if anything that it says of its set is not."""
    number = seconds(body["_meta"]["indexUpdated"])
    kind = number % 3
    assert sorted((one["id"], one["title"], one["amount"]) for one in body["decisions"]) == sorted(
        (f"x-2030-1/bro-{n}-typ-{kind}", f"Bro {n} typ {kind}", 1000 * n + kind)
        for n in COUNTED[kind]
    )
    assert body["_meta"]["totalRecords"] == len(COUNTED[kind])
    assert body["stats"]["sum"] == sum(1000 * n + kind for n in COUNTED[kind])
    return number


class Polling:
    """Asks a site in a loop in a thread; notes the generation of each answer."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.numbers: list[int] = []
        self.wrong: list[object] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                answer = ask(self.address, f"{API}?q=bro&limit=100")
                assert answer.status == 200, answer.text
                self.numbers.append(number_of(answer.json))
            except Exception as error:
                self.wrong.append(error)
            self._stop.wait(0.1)

    def __enter__(self) -> Polling:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(timeout=20)


READER = """
import sys, time
from pathlib import Path
from search.array_engine import ArrayEngines
from search.live import LiveSearcher
from search.request import SearchLimits, SearchRequest
from web.api import bodies

limits = SearchLimits()
lives = [LiveSearcher(ArrayEngines(Path(path)), limits) for path in sys.argv[1:]]
while True:
    for at, live in enumerate(lives):
        searcher = live.current()
        result = searcher.search(SearchRequest("bro", limit=100))
        body = bodies.encode(bodies.answer(result, searcher.updated, bodies.View({}, "", limits)))
        print(at, searcher.generation.number, body.decode(), flush=True)
    time.sleep(0.1)
"""
"""A process that answers from indexes in turn, without end, a line each: which, the generation, the
answer."""

COPYIST = """
import os, random, signal, sys, time
from pathlib import Path
from index.storage import store
from index.storage.replica import replicate
from index.storage.columns import moment, seconds
from index.storage.store import Generation, Store

os.fsync = lambda descriptor: None
index, target, copy, kills = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])

def copying():
    child = os.fork()
    if not child:
        replicate(index, target)
        os._exit(0)
    os.setpgid(child, child)
    return child

def wait_for_news():
    while Store(index).current_name() == Store(copy).current_name():
        time.sleep(0.005)

def kill(child, whole):
    time.sleep(random.uniform(0, whole))
    # Together with what it has begun itself, or alone.
    (os.killpg if random.random() < 0.5 else os.kill)(child, signal.SIGKILL)

whole = killed = 0
while True:
    wait_for_news()
    began, child = time.monotonic(), copying()
    is_spared = killed == kills or not whole or random.random() < 0.3
    if not is_spared:
        kill(child, whole)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    whole = whole or time.monotonic() - began
    print(killed, flush=True)
"""
"""Replicates what is published; kills those processes at any moment until enough are killed, and
goes on undisturbed then."""


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk, as no power is cut; rsync finds this machine by any name."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    script = tmp_path / "rsh"
    script.write_text('#!/bin/sh\nshift\nexec sh -c "$(echo "$*" | sed s/--fsync//)"\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(script))


@pytest.mark.usefixtures("hasty")
def test_no_answer_is_wrong_however_often_the_copying_is_killed(
    tmp_path: Path, made: list[Generation]
) -> None:
    copies = [tmp_path / "folder", tmp_path / "machine"]
    targets = [str(copies[0]), f"annan.example:{copies[1]}"]
    lines = tmp_path / "lines"
    writer = Writer(tmp_path / "index", made)
    writer.publish()
    for target in targets:
        replicate(writer.index, target)
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(serving(copies[1], workers="1", search_seconds="20"))
        polling = stack.enter_context(Polling(address))
        output = stack.enter_context(lines.open("wb"))
        stack.enter_context(running(READER, *map(str, copies), stdout=output))
        copyists = [
            stack.enter_context(Copyist(writer.index, target, copy))
            for target, copy in zip(targets, copies, strict=True)
        ]
        for number in itertools.count(2):
            assert number < 10 * PUBLICATIONS
            assert writer.publish() == number
            if number % 5:  # else a generation is removed while it is copied
                for one in copyists:
                    one.tried.clear()
                    assert one.tried.wait(20)
            if number > PUBLICATIONS and all(one.killed == KILLS for one in copyists):
                break
        eventually(lambda: polling.numbers[-1] == number)
        for at in range(2):
            eventually(lambda at=at: read(lines, at)[-1] == number)
    assert polling.wrong == []
    for numbers in (polling.numbers, read(lines, 0), read(lines, 1)):
        assert numbers == sorted(numbers)
        assert len(set(numbers)) > PUBLICATIONS // 5
    for copy in copies:
        assert Store(copy).check().number == number


def read(lines: Path, which: int) -> list[int]:
    """The generations of which a reader has answered from an index; fails where an answer is of
    another."""
    numbers = []
    for line in lines.read_bytes().rpartition(b"\n")[0].splitlines():
        at, number, body = line.split(b" ", 2)
        if int(at) == which:
            assert number_of(json.loads(body)) == int(number)
            numbers.append(int(number))
    return numbers


class Copyist:
    """The process that runs `COPYIST`, and how many of its own it has killed."""

    def __init__(self, index: Path, target: str, copy: Path) -> None:
        self.killed = 0
        self.tried = threading.Event()
        self._arguments = [str(index), target, str(copy), str(KILLS)]
        self._thread = threading.Thread(target=self._count)

    def _count(self) -> None:
        for line in self._process.stdout or ():
            self.killed = int(line)
            self.tried.set()

    def __enter__(self) -> Copyist:
        self._running = running(COPYIST, *self._arguments, stdout=subprocess.PIPE)
        self._process = self._running.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._running.__exit__(None, None, None)
        self._thread.join()


@contextlib.contextmanager
def running(program: str, *arguments: str, stdout: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python, stopped at the end; it must not have ended by itself."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=stdout) as process:
        try:
            yield process
            assert process.poll() is None
        finally:
            process.terminate()


# What a server of a copy does


@pytest.fixture
def two(tmp_path: Path, made: list[Generation]) -> tuple[Writer, Path]:
    """A writer and a copy of its first generation; there is a second one by now."""
    writer, copy = Writer(tmp_path / "index", made), tmp_path / "copy"
    writer.publish()
    replicate(writer.index, str(copy))
    writer.publish()
    return writer, copy


def test_a_damaged_copy_is_not_switched_to_and_a_mended_one_is(two: tuple[Writer, Path]) -> None:
    writer, copy = two
    client = client_of(copy)

    def shown() -> int:
        return number_of(client.get(f"{API}?q=bro&limit=100").get_json())

    assert shown() == 1
    real = Store._switch

    def damaged_before(self: Store, name: str) -> None:
        damage(copy / name / "columns" / "amounts.npy", flipped)
        real(self, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_switch", damaged_before)
        replicate(writer.index, str(copy))
    assert Store(copy).current_name() == "gen-2"
    for _ in range(20):
        assert shown() == 1
        time.sleep(0.01)
    health = client.get("/health").get_json()
    assert health["generation"] == "gen-1"
    assert "gen-2/columns/amounts.npy är skadad" in health["warning"]
    assert replicate(writer.index, str(copy)).copied == 1
    eventually(lambda: shown() == 2)
    assert client.get("/health").get_json()["warning"] is None


def test_where_nothing_can_be_noted_a_copy_is_read_once_and_not_at_each_request(
    two: tuple[Writer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, copy = two
    (copy / "VERIFIED.new").mkdir()  # as a folder that cannot be written
    read: list[Path] = []
    real = store.sha256_of
    monkeypatch.setattr(store, "sha256_of", lambda path: read.append(path) or real(path))
    live = LiveSearcher(ArrayEngines(copy), SearchLimits())
    for _ in range(3):
        assert live.current().generation.number == 1
    assert sorted(read) == sorted(Store(copy).named().served)
    replicate(writer.index, str(copy))
    read.clear()
    eventually(lambda: live.current().generation.number == 2)
    for _ in range(3):
        live.current()
    assert sorted(read) == sorted(Store(copy).named().served)
    assert not (copy / "VERIFIED").exists()


def test_replicas_tell_one_answer_by_the_same_etag(two: tuple[Writer, Path]) -> None:
    writer, copy = two
    replicate(writer.index, str(copy))
    settings = Settings(
        index=writer.index,
        base_url="https://beslut.example",
        search_seconds=60,
        themes=str(FEW_THEMES),
    )
    other = replace(settings, index=copy, host="0.0.0.0", port=9000, workers=8, threads=2)
    ours, theirs = (create_app(one).test_client() for one in (settings, other))
    for path in ("/", f"{API}?q=bro&cursor=*", "/api/v1/changes", "/feed.atom?q=bro"):
        one, another = ours.get(path), theirs.get(path)
        assert (one.status_code, one.data) == (200, another.data), path
        assert one.headers["ETag"] == another.headers["ETag"], path


# What a server does while another program builds the index anew

LATER = "from index.storage import store; store.FORMAT += 1"
"""A program of a later FORMAT."""


def test_an_older_program_serves_on_while_a_newer_one_builds_the_index_anew(
    tmp_path: Path,
) -> None:
    source, index = tmp_path / "a.txt", tmp_path / "index"
    source.write_text(document("Ö\tEn bro\tVi bygger.\t1 000"), "utf-8")
    build([source], index)
    old = serving(index, workers="1", search_seconds="20")
    with old as address:
        with Asking(address) as asking:
            program = f"{LATER}\nfrom web.cli import main; main()"
            command = [sys.executable, "-c", program, "index", str(source), "--index", str(index)]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            eventually(lambda: "gen-2" in (ask(address, "/health").json["warning"] or ""))
        assert asking.failures == []
        assert asking.answers > 5
        (worker,) = old.workers()
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: old.workers() not in (set(), {worker}))
        older = ask(address, f"{API}/x-2030-1/en-bro").json
        assert ask(address, "/health").json["generation"] == "gen-1"
        with serving(index, LATER, workers="1", search_seconds="20") as other:
            assert ask(other, "/health").json["generation"] == "gen-2"
            newer = ask(other, f"{API}/x-2030-1/en-bro").json
    for name in ("id", "identity", "firstSeen"):
        assert newer[name] == older[name]
