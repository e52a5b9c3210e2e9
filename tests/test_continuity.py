"""A decision stays the same one from generation to generation, and what happens to it is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index.storage.first_seen import NOBODY

from index.build import build
from index.storage import first_seen
from index.storage.columns import moment, seconds
from index.storage.store import Store
from search.request import SearchRequest
from search.searcher import Searcher
from tests.conftest import Clock, document
from web.app import create_app
from web.settings import Settings

FIRST, SECOND, THIRD = (f"2030-01-0{day}T00:00:00Z" for day in (1, 2, 3))


class Corpus:
    """A folder of documents and its index. A tick of the clock is a day."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.index = folder / "index"
        (folder / "in").mkdir()

    def write(self, name: str, *titles: str, text: str = "Vi bygger.") -> None:
        rows = (f"Ö\t{title}\t{text}\t1" for title in titles)
        heading = f"# Regionens beslut om projekt {name.upper()} 2030:1"
        (self.folder / "in" / f"{name}.txt").write_text(document(*rows, heading=heading), "utf-8")

    def remove(self, name: str) -> None:
        (self.folder / "in" / f"{name}.txt").unlink()

    def build(self) -> None:
        build([self.folder / "in"], self.index)

    def times(self) -> dict[str, str | None]:
        """When each decision was first seen, by title."""
        engine = Searcher.open(self.index)
        try:
            hits = engine.search(SearchRequest(limit=100)).hits
            return {hit.decision.title: hit.decision.first_seen for hit in hits}
        finally:
            engine.close()


@pytest.fixture
def corpus(tmp_path: Path, clock: Clock) -> Corpus:
    """Ten decisions in one document, and *Bro* in another, indexed on the first day; now it is the
    second."""
    one = Corpus(tmp_path, clock)
    one.write("stor", *(f"Projekt {n}" for n in range(10)))
    one.write("liten", "Bro")
    one.build()
    assert set(one.times().values()) == {FIRST}
    clock.tick()
    return one


def rewritten(index: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the manifest of the current generation, and its seal."""
    folder = Store(index).current().path
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change(manifest)
    text = json.dumps(manifest)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.json").write_text(text, "utf-8")
    (folder / "manifest.sha256").write_text(f"{digest}  manifest.json\n", "utf-8")


def test_a_new_decision_is_seen_when_it_is_read_and_the_others_stay(corpus: Corpus) -> None:
    corpus.write("liten", "Bro", "Spång", text="Vi bygger om.")
    corpus.build()
    times = corpus.times()
    assert (times["Bro"], times["Spång"], times["Projekt 3"]) == (FIRST, SECOND, FIRST)


def test_writing_everything_anew_keeps_the_times(corpus: Corpus) -> None:
    corpus.write("stor", *(f"Projekt {n}" for n in range(5, 15)), text="Helt annat.")
    corpus.build()
    times = corpus.times()
    assert {times[f"Projekt {n}"] for n in range(5, 10)} == {FIRST}
    assert {times[f"Projekt {n}"] for n in range(10, 15)} == {SECOND}


def test_a_new_format_of_the_index_keeps_the_times(corpus: Corpus) -> None:
    rewritten(corpus.index, lambda manifest: manifest.update(format=0))
    corpus.write("liten", "Bro", "Spång")
    corpus.build()
    times = corpus.times()
    assert (times["Bro"], times["Spång"], times["Projekt 3"]) == (FIRST, SECOND, FIRST)


def test_what_vanishes_and_comes_back_is_seen_anew(corpus: Corpus) -> None:
    corpus.remove("liten")
    corpus.build()
    corpus.clock.tick()
    corpus.write("liten", "Bro")
    for _ in range(2):
        corpus.build()
        assert corpus.times()["Bro"] == THIRD
    assert corpus.times()["Projekt 3"] == FIRST


def test_a_rollback_goes_back_to_what_was_known_then(corpus: Corpus) -> None:
    corpus.write("liten", "Bro", "Spång")
    corpus.build()
    Store(corpus.index).rollback()
    assert set(corpus.times()) == {"Bro", *(f"Projekt {n}" for n in range(10))}
    corpus.clock.tick()
    corpus.build()
    assert corpus.times()["Spång"] == THIRD
    assert corpus.times()["Bro"] == FIRST


def test_a_damaged_column_is_not_believed(corpus: Corpus) -> None:
    path = Store(corpus.index).current().columns / "seen.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert first_seen.known(Store(corpus.index)) is NOBODY


def test_nothing_is_known_where_there_is_no_index(tmp_path: Path) -> None:
    assert first_seen.known(Store(tmp_path / "none")) is NOBODY


def test_the_api_and_the_lines_say_it(corpus: Corpus) -> None:
    corpus.write("liten", "Bro", "Spång")
    corpus.build()
    client = create_app(Settings(index=corpus.index)).test_client()
    body = client.get("/api/v1/decisions?fields=title,firstSeen&q=spång").get_json()
    assert body["decisions"] == [{"title": "Spång", "firstSeen": SECOND}]
    one = client.get("/api/v1/decisions/liten-2030-1/bro").get_json()
    assert one["firstSeen"] == FIRST
    assert one["source"]["read"] == SECOND
    line = json.loads(client.get("/api/v1/decisions.jsonl?q=bro").data)
    assert line == one | {"url": "http://localhost/beslut/liten-2030-1/bro"}


@given(st.integers(0, 2**33))
def test_seconds_and_moments_are_inverse(number: int) -> None:
    assert seconds(moment(number)) == number
    assert len(moment(number)) == 20
