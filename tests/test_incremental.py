"""What is added, changed and taken away beside an index that stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import build as building
from index.build import build
from index.documents.sources import Reading
from index.storage.columns import Columns
from index.storage.segment import segments as stored_segments
from index.storage.store import Store
from search.request import SearchRequest
from search.result import SearchResult
from search.searcher import Searcher
from tests.conftest import document

WORDS = ("hälsa", "skola", "elevhälsa", "bro", "kompetens", "båt", "utveckling", "skolan")
QUERIES = (
    "",
    "hälsa",
    "skola",
    "elevhälsa bro",
    "kompetens ELLER båt",
    '"bro båt"',
    "häl*",
    "halsa",
)


def rows(name: str, count: int, word: str = "hälsa") -> str:
    """A document of `count` decisions with titles of their own."""
    lines = (
        f"Ägare {n % 3}\tProjekt {name} {n}\tOm {word} och {WORDS[n % len(WORDS)]}.\t{n * 1000}"
        for n in range(count)
    )
    return document(*lines, heading=f"# Regionens beslut om projekt {name.upper()} 2030:1")


def seen(result: SearchResult) -> object:
    """All of an answer that does not depend on when a file was read."""
    hits = [(hit.decision.id, hit.score, hit.snippets) for hit in result.hits]
    return (
        sorted(hits, key=lambda hit: hit[0]),
        result.facets,
        result.stats,
        [(one.text, one.documents) for one in result.interpretation],
    )


def answers(index: Path) -> list[object]:
    """What an index answers to all of `QUERIES`."""
    engine = Searcher.open(index)
    try:
        return [seen(engine.search(SearchRequest(q=q, limit=100))) for q in QUERIES]
    finally:
        engine.close()


def segments(index: Path) -> int:
    return len(names_of_segments(index))


def names_of_segments(index: Path) -> list[str]:
    found = stored_segments(Store(index).current().whoosh)
    return [segment.segment_id() for segment, _ in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one large document, indexed, beside which small ones come and go."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "stor.txt").write_text(rows("stor", 60), "utf-8")
    (tmp_path / "in" / "liten.txt").write_text(rows("liten", 6, "skola"), "utf-8")
    build([tmp_path / "in"], tmp_path / "index")
    return tmp_path


def anew(folder: Path) -> Path:
    """The same documents, all of them indexed afresh."""
    shutil.rmtree(folder / "afresh", ignore_errors=True)
    build([folder / "in"], folder / "afresh")
    return folder / "afresh"


def test_an_added_document_becomes_a_segment_of_its_own(folder: Path) -> None:
    before = Store(folder / "index").current()
    (folder / "in" / "ny.txt").write_text(rows("ny", 5, "kompetens"), "utf-8")
    report = build([folder / "in"], folder / "index")
    assert report.decisions == 71
    assert segments(folder / "index") == 2
    after = Store(folder / "index").current()
    shared = [path for path in after.whoosh.iterdir() if path.stat().st_nlink > 1]
    assert {path.name for path in shared} >= {path.name for path in before.whoosh.glob("*.pst")}
    assert answers(folder / "index") == answers(anew(folder))


def test_a_changed_document_replaces_what_it_gave(folder: Path) -> None:
    (folder / "in" / "liten.txt").write_text(rows("liten", 4, "båt"), "utf-8")
    report = build([folder / "in"], folder / "index")
    assert report.decisions == 64
    assert segments(folder / "index") == 2
    assert answers(folder / "index") == answers(anew(folder))


def test_a_removed_document_is_gone_from_every_answer(folder: Path) -> None:
    (folder / "in" / "liten.txt").unlink()
    assert build([folder / "in"], folder / "index").decisions == 60
    engine = Searcher.open(folder / "index")
    assert engine.get("liten-2030-1/projekt-liten-1") is None
    assert len(engine) == 60
    assert answers(folder / "index") == answers(anew(folder))


def test_a_vanished_owner_is_no_longer_known(folder: Path) -> None:
    (folder / "in" / "en.txt").write_text(document("Ensam\tX\tText.\t1"), "utf-8")
    build([folder / "in"], folder / "index")
    (folder / "in" / "en.txt").unlink()
    build([folder / "in"], folder / "index")
    names = Columns.open(Store(folder / "index").current().columns).keywords["owner"].names
    assert "Ensam" not in names


def test_an_index_with_dead_decisions_is_whole_to_check(folder: Path) -> None:
    (folder / "in" / "liten.txt").unlink()
    build([folder / "in"], folder / "index")
    assert Store(folder / "index").check().manifest["decisions"] == 60


def test_much_change_writes_everything_anew(folder: Path) -> None:
    (folder / "in" / "ny.txt").write_text(rows("ny", 50), "utf-8")
    build([folder / "in"], folder / "index")
    assert segments(folder / "index") == 1


def test_small_segments_do_not_pile_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written again as one, what has gone from them left out; the large one stays."""
    monkeypatch.setattr(building, "MORE_SEGMENTS", 3)
    monkeypatch.setattr(building, "_SMALL", 60)
    (large,) = names_of_segments(folder / "index")[:1]
    before = Store(folder / "index").current().manifest["decisions"]
    for n in range(9):
        (folder / "in" / f"n{n}.txt").write_text(rows(f"n{n}", 2), "utf-8")
        if n % 2:
            (folder / "in" / f"n{n - 1}.txt").unlink()
        build([folder / "in"], folder / "index", workers=1)
        assert names_of_segments(folder / "index")[0] == large
        assert segments(folder / "index") <= 4
        assert answers(folder / "index") == answers(anew(folder))
    assert Store(folder / "index").check().manifest["decisions"] == before + 2 * 5
    assert not (Store(folder / "index").current().path / "again.jsonl").exists()


def test_where_all_segments_are_large_everything_is_written_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MORE_SEGMENTS", 2)
    monkeypatch.setattr(building, "_SMALL", 1)
    for n in range(6):
        (folder / "in" / f"n{n}.txt").write_text(rows(f"n{n}", 1), "utf-8")
        build([folder / "in"], folder / "index", workers=1)
        assert segments(folder / "index") <= 3
    assert answers(folder / "index") == answers(anew(folder))


@pytest.mark.parametrize(
    "row",
    [
        "Ägare 1\tProjekt stor 1\tNågot annat.\t5",  # the title of another in the same round
        "Ägare 1\tProjekt stor 1\tOm hälsa och skola.\t1000",  # the very same decision
    ],
)
def test_what_bears_on_the_rest_gives_what_reading_all_afresh_gives(folder: Path, row: str) -> None:
    heading = "# Regionens beslut om projekt STOR 2030:1"
    (folder / "in" / "ny.txt").write_text(document(row, heading=heading), "utf-8")
    report = build([folder / "in"], folder / "index")
    afresh = build([folder / "in"], folder / "afresh")
    assert (report.decisions, len(report.duplicates)) == (
        afresh.decisions, len(afresh.duplicates),
    )  # fmt: skip
    assert answers(folder / "index") == answers(folder / "afresh")
    (folder / "in" / "ny.txt").unlink()
    build([folder / "in"], folder / "index")
    assert answers(folder / "index") == answers(anew(folder))


def test_decisions_that_a_file_has_twice_do_not_make_everything_be_written_anew(
    folder: Path,
) -> None:
    stor = folder / "in" / "stor.txt"
    twice = "Ägare 1\tProjekt stor 1\tOm hälsa och skola.\t1000\n"
    stor.write_text(stor.read_text("utf-8") + twice, "utf-8")
    first = build([folder / "in"], folder / "index")
    assert (segments(folder / "index"), len(first.duplicates)) == (1, 1)
    for number, name in enumerate("ab"):
        text = rows(name, 3) + f"Ägare 1\tProjekt {name} 1\tOm hälsa och skola.\t1000\n"
        (folder / "in" / f"{name}.txt").write_text(text, "utf-8")
        report = build([folder / "in"], folder / "index")
        assert segments(folder / "index") == number + 2
        afresh = build([folder / "in"], folder / f"afresh-{name}")
        assert report.duplicates == afresh.duplicates
        assert (report.decisions, len(report.duplicates)) == (afresh.decisions, number + 2)
    assert answers(folder / "index") == answers(anew(folder))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "liten"]), st.none() | st.integers(0, 5)),
        min_size=1,
        max_size=4,
    )
)
def test_any_course_of_changes_ends_as_reading_all_afresh(
    folder: Path, changes: list[tuple[str, int | None]]
) -> None:
    for name, count in changes:
        path = folder / "in" / f"{name}.txt"
        if count:
            path.write_text(rows(name, count, WORDS[count]), "utf-8")
        else:
            path.unlink(missing_ok=True)
        build([folder / "in"], folder / "index", reading=Reading(accept=True))
    assert answers(folder / "index") == answers(anew(folder))


def test_several_processes_write_what_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.storage.writing._ALONE", 1)
    (tmp_path / "a.txt").write_text(rows("a", 90), "utf-8")
    seen_: list[tuple[int, int]] = []
    build([tmp_path / "a.txt"], tmp_path / "one", workers=1)
    build([tmp_path / "a.txt"], tmp_path / "three", lambda *n: seen_.append(n), workers=3)
    assert (segments(tmp_path / "one"), segments(tmp_path / "three")) == (1, 3)
    assert answers(tmp_path / "one") == answers(tmp_path / "three")
    assert seen_[-1] == (90, 90)
