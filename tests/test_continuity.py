"""A decision stays the same one from generation to generation, and what happens to it is told."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build, roll_back
from index.decision import Decision, plain_text
from index.documents.sources import Reading
from index.storage.columns import Columns, moment, seconds
from index.storage.continuity import Past, changes, continued
from index.storage.identity import Census
from index.storage.journal import Count
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
    roll_back(corpus.index)
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
    assert len(Past.known(Store(corpus.index), None).census.docs) == 0


def test_nothing_is_known_where_there_is_no_index(tmp_path: Path) -> None:
    assert len(Past.known(Store(tmp_path / "none"), None).census.docs) == 0


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


# The same decision


BRO = "Ö\tBro\tVi bygger en bro.\t1"
VAG = "Å\tVäg\tVi bygger en väg.\t2"
SKOLA = "Ö\tSkola\tVi bygger en skola.\t3"


def by_name(one: Decision) -> str:
    return f"{one.title} {one.owner}"


def states(
    tmp_path: Path,
    *states: Sequence[str],
    column: str = "",
    key: Callable[[Decision], str] = by_name,
    rounds: Sequence[str] = ("Y 2030:1",) * 9,
) -> list[dict[str, Decision]]:
    """The decisions of an index, by title and owner, after each of some states of one document
    beside one that stays."""
    sources = tmp_path / "in"
    sources.mkdir()
    (sources / "stor.txt").write_text(
        document(*(f"Ö\tProjekt {n}\tNummer {n}.\t{n}" for n in range(12))), "utf-8"
    )
    found = []
    for rows, round_ in zip(states, rounds, strict=False):
        heading = f"# Regionens beslut om projekt {round_}"
        text = document(*rows, heading=heading, column=column)
        (sources / "liten.txt").write_text(text, "utf-8")
        build([sources], tmp_path / "index", reading=Reading(accept=True))
        searcher = Searcher.open(tmp_path / "index")
        hits = searcher.search(SearchRequest(limit=100).filtered("round", (round_,))).hits
        found.append({key(hit.decision): hit.decision for hit in hits})
        assert len(found[-1]) == len(rows)
        searcher.close()
    return found


def is_same(one: Decision, other: Decision) -> bool:
    """Whether two decisions are the same one, with all that follows from it."""
    same = one.identity == other.identity
    assert not same or one.first_seen == other.first_seen
    return same


@pytest.mark.parametrize(
    ("row", "name", "fields"),
    [
        ("Ö\tBro\tVi bygger en lång bro.\t1", "Bro Ö", ("description",)),
        ("Ö\tBro\tVi bygger en bro.\t1000", "Bro Ö", ("amount",)),
        ("Ö\tBron\tVi bygger en bro.\t1", "Bron Ö", ("id", "title")),
        ("Ä\tBro\tVi bygger en bro.\t1", "Bro Ä", ("owner",)),
    ],
)
def test_a_correction_leaves_a_decision_what_it_was(
    tmp_path: Path, clock: Clock, row: str, name: str, fields: tuple[str, ...]
) -> None:
    (before,) = states(tmp_path, [BRO, VAG])
    clock.tick()
    shutil.rmtree(tmp_path / "in")
    (now,) = states(tmp_path, [row, VAG])
    assert is_same(now[name], before["Bro Ö"])
    assert (now[name].modified, now["Väg Å"].modified) == (SECOND, FIRST)
    assert changes(before["Bro Ö"], now[name]) == fields


def test_a_decision_that_moves_among_the_rows_is_the_same(tmp_path: Path) -> None:
    before, now = states(tmp_path, [BRO, VAG], [SKOLA, VAG, BRO])
    assert is_same(now["Bro Ö"], before["Bro Ö"])
    assert is_same(now["Väg Å"], before["Väg Å"])
    assert now["Skola Ö"].identity not in {one.identity for one in before.values()}


@pytest.mark.parametrize("text", ["Vi bygger.", ""])
def test_another_decision_in_the_same_row_is_new(tmp_path: Path, text: str) -> None:
    rows = (f"Ö\tBro\t{text}\t1", f"Ö\tHamn\t{text and 'Ny hamn.'}\t1")
    before, now = states(tmp_path, [rows[0], VAG], [rows[1], VAG])
    assert not is_same(now["Hamn Ö"], before["Bro Ö"])


def test_twins_of_one_owner_that_move_are_told_by_what_they_say(tmp_path: Path) -> None:
    one, two = "Ö\tBro\tEn.\t1", "Ö\tBro\tTvå.\t1"
    before, now, last = states(
        tmp_path,
        [one, two, VAG],
        [two, one, VAG],
        ["Ö\tBro\tTvå nu.\t1", VAG, SKOLA, "Ö\tBro\tEn nu.\t1"],
        key=lambda one: plain_text(one.description),
    )
    assert is_same(now["En."], before["En."]) and is_same(now["Två."], before["Två."])
    assert is_same(last["Två nu."], before["Två."])  # in its row
    assert is_same(last["En nu."], before["En."])  # the only one left


YEARLY = ["Ö\tStöd\tDriften.\t1", "Å\tStöd\tDriften.\t2", VAG]


def test_a_list_of_another_year_in_the_same_file_is_news(tmp_path: Path) -> None:
    later = ["Ö\tStöd\tDriften.\t3", "Å\tStöd\tAnnat.\t2", "Å\tVäg\tEn till.\t2"]
    before, now = states(tmp_path, YEARLY, later, rounds=("Y 2030:1", "Y 2031:1"))
    assert not {one.identity for one in now.values()} & {one.identity for one in before.values()}


def test_a_heading_that_is_corrected_makes_nothing_new(tmp_path: Path) -> None:
    before, now = states(tmp_path, YEARLY, YEARLY, rounds=("Y 2030:1", "Y 2031:1"))
    assert all(is_same(now[name], before[name]) for name in before)
    assert all(now[name].id != before[name].id for name in before)


def test_a_twin_that_comes_and_goes_changes_the_id_and_nothing_else(tmp_path: Path) -> None:
    twin = "Å\tBro\tVi bygger en annan bro.\t9"
    before, between, after = states(tmp_path, [BRO], [BRO, twin], [BRO])
    ids = [state["Bro Ö"].id for state in (before, between, after)]
    assert ids == ["y-2030-1/bro", "y-2030-1/bro--o", "y-2030-1/bro"]
    assert is_same(between["Bro Ö"], before["Bro Ö"])
    assert is_same(after["Bro Ö"], before["Bro Ö"])
    assert not is_same(between["Bro Å"], between["Bro Ö"])


def test_what_takes_the_id_of_another_is_not_the_other(tmp_path: Path) -> None:
    before, now = states(tmp_path, [BRO], ["Å\tBro\tNågot helt annat.\t9"])
    assert before["Bro Ö"].id == now["Bro Å"].id
    assert not is_same(now["Bro Å"], before["Bro Ö"])


def test_of_twins_of_one_owner_the_corrected_one_is_told_by_its_row(tmp_path: Path) -> None:
    twins = [BRO, "Ö\tBro\tVi bygger en till.\t1", "Ö\tBro\tOch en till.\t1"]
    corrected = [twins[0], "Ö\tBro\tVi bygger en till nu.\t1", "Ö\tBro\tOch en tredje.\t1"]
    before, now = states(tmp_path, twins, corrected, key=lambda one: plain_text(one.description))
    assert is_same(now["Vi bygger en till nu."], before["Vi bygger en till."])
    assert is_same(now["Och en tredje."], before["Och en till."])
    assert now["Vi bygger en till nu."].id != before["Vi bygger en till."].id


def test_a_case_number_tells_a_decision_whatever_else_changes(tmp_path: Path) -> None:
    before, now = states(
        tmp_path,
        [f"{BRO}\tDnr 2030/1", f"{VAG}\tDnr 2030/2"],
        [f"{SKOLA}\tDnr 2030/2", "Ä\tHamn\tHelt annat.\t7\tDnr 2030/1"],
        column="Diarienummer",
    )
    assert is_same(now["Hamn Ä"], before["Bro Ö"])
    assert is_same(now["Skola Ö"], before["Väg Å"])


def test_a_case_number_that_several_have_tells_nothing(tmp_path: Path) -> None:
    before, now = states(
        tmp_path,
        [f"{BRO}\tDnr 2030/1", f"{VAG}\tDnr 2030/1"],
        [f"{SKOLA}\tDnr 2030/1", f"{VAG}\tDnr 2030/1"],
        column="Diarienummer",
    )
    assert is_same(now["Väg Å"], before["Väg Å"])
    assert not is_same(now["Skola Ö"], before["Bro Ö"])


def test_a_case_number_is_one_of_its_funder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "stor.txt").write_text(
        document(*(f"Ö\tProjekt {n}\tNummer {n}.\t{n}" for n in range(12))), "utf-8"
    )
    found = []
    for name, funder, row in [
        ("a", "Region Ett", BRO), ("b", "Region Två", SKOLA), ("c", "Region Två", VAG),
    ]:  # fmt: skip
        for old in (tmp_path / "in").glob("?.txt"):
            old.unlink()
        text = document(f"{row}\tDnr 2030/1", column="Diarienummer").replace("Region Vi", funder)
        (tmp_path / "in" / f"{name}.txt").write_text(text, "utf-8")
        build([tmp_path / "in"], tmp_path / "index", reading=Reading(accept=True))
        searcher = Searcher.open(tmp_path / "index")
        hits = searcher.search(SearchRequest(case_numbers=("Dnr 2030/1",))).hits
        found += [hit.decision for hit in hits]
        searcher.close()
    bro, skola, vag = found
    assert not is_same(bro, skola)
    assert is_same(skola, vag)


def test_a_corrected_decision_that_moved_is_told_by_its_name(tmp_path: Path) -> None:
    longer = "Ö\tBro\tVi bygger en lång bro.\t1"
    before, now = states(tmp_path, [BRO, VAG], [SKOLA, VAG, longer])
    assert is_same(now["Bro Ö"], before["Bro Ö"])


def test_what_goes_and_comes_back_unchanged_has_its_identity_again(tmp_path: Path) -> None:
    before, _, now = states(tmp_path, [BRO, VAG], [VAG], [VAG, BRO])
    assert now["Bro Ö"].identity == before["Bro Ö"].identity


def test_no_two_decisions_have_one_identity(tmp_path: Path) -> None:
    renamed = "Ö\tBron\tVi bygger en bro.\t1"
    before, now, last = states(tmp_path, [BRO], [renamed], [renamed, BRO])
    assert is_same(last["Bron Ö"], before["Bro Ö"])
    assert now["Bron Ö"].identity == before["Bro Ö"].identity != last["Bro Ö"].identity


def test_where_the_last_generation_is_of_another_program_text_and_id_tell(
    tmp_path: Path, clock: Clock
) -> None:
    (before,) = states(tmp_path, [BRO, VAG])
    rewritten(tmp_path / "index", lambda manifest: manifest.update(format=0))
    clock.tick()
    shutil.rmtree(tmp_path / "in")
    (now,) = states(tmp_path, ["Ö\tBro\tNy text.\t1", VAG])
    assert is_same(now["Bro Ö"], before["Bro Ö"])
    assert is_same(now["Väg Å"], before["Väg Å"])


def lists(folder: Path, *states: dict[str, list[str]]) -> list[dict[str, str]]:
    """The identities of the decisions of some CSV files, by what they say, after each state."""
    head = "Sökande;Projekt;Beskrivning;Belopp;Beslutsdatum;Diarienummer"
    found = []
    (folder / "in").mkdir()
    for state in states:
        for old in (folder / "in").iterdir():
            old.unlink()
        for name, rows in state.items():
            (folder / "in" / f"{name}.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
        build([folder / "in"], folder / "index", reading=Reading(accept=True))
        searcher = Searcher.open(folder / "index")
        hits = searcher.search(SearchRequest(limit=100)).hits
        found.append(
            {plain_text(hit.decision.description): _identity(hit.decision) for hit in hits}
        )
        searcher.close()
    return found


def _identity(one: Decision) -> str:
    assert one.identity is not None
    return one.identity


@pytest.mark.parametrize(
    "row",
    [
        "{owner};Stöd;Driften {year}.;{year};{year}-05-01;{year}/7",
        "{owner};Stöd;Driften {year}.;{year};{year}-05-01;",
        "{owner};Stöd;Driften {year}.;{year};;{year}/7",
        "{owner};Stöd {year};Driften {year}.;{year};{year}-05-01;7",
        "{owner};Stöd {year};Driften {year}.;{year};;§ 7",
    ],
)
def test_what_has_another_case_number_or_year_is_another(tmp_path: Path, row: str) -> None:
    one, other = lists(
        tmp_path,
        *(
            {"bidrag": [row.format(owner=f"{owner} {number}", year=year)]}
            for year, owner, number in [
                (2030, "Eko", 1),
                (2031, "Eko" if "Stöd;" in row else "Is", 1),
            ]
        ),
    )
    assert not {*one.values()} & {*other.values()}


def test_a_corrected_case_number_or_date_is_told_by_the_other(tmp_path: Path) -> None:
    one, two, three = lists(
        tmp_path,
        {"bidrag": ["Eko;Bro;Vi bygger.;1;2030-05-01;2030/7"]},
        {"bidrag": ["Eko;Bro;Vi bygger.;1;2030-05-01;2030/8"]},
        {"bidrag": ["Eko;Bro;Vi bygger.;1;2031-05-01;2030/8"]},
    )
    assert one == two == three


@pytest.mark.parametrize(
    ("row", "is_known"),
    [
        ("Eko;Hamn;Helt annat.;7;2030-05-01;2030/7", True),
        ("Is;Bro;Helt annat.;7;2030-05-01;2030/7", True),
        ("Is;Hamn;Helt annat.;7;2030-05-01;2030/7", False),
        ("Eko;Hamn;Helt annat.;7;2031-05-01;2030/7", False),
    ],
)
def test_in_another_file_a_case_number_tells_with_owner_or_title(
    tmp_path: Path, row: str, is_known: bool
) -> None:
    one, other = lists(tmp_path, {"a": ["Eko;Bro;Vi bygger.;1;2030-05-01;2030/7"]}, {"b": [row]})
    assert ([*one.values()] == [*other.values()]) is is_known


@pytest.mark.parametrize("row", ["Eko;Hamn;Annat.;7;;7", "Is;Bro;Annat.;7;;7"])
def test_a_running_number_tells_nothing(tmp_path: Path, row: str) -> None:
    one, other = lists(tmp_path, {"a": ["Eko;Bro;Vi bygger.;1;;7"]}, {"a": [row]})
    assert not {*one.values()} & {*other.values()}


TEXT = "Vi bygger en bro över ån vid sågen i {}."


@pytest.mark.parametrize("number", ["2030/{}", ""])
def test_a_part_of_a_file_that_moves_to_another_is_no_news(tmp_path: Path, number: str) -> None:
    rows = [f"Ö {n};Bro {n};{TEXT.format(n)};{n};2030-05-01;{number.format(n)}" for n in range(12)]
    before, now = lists(tmp_path, {"a": rows}, {"a": rows[:8], "b": rows[8:]})
    assert before == now


@pytest.mark.parametrize(
    ("row", "is_known"),
    [
        ("Ö;Bron;{text};1", True),
        ("Å;Bro;{text};1", True),
        ("Ö;Bron;{text};2", False),
        ("Å;Bron;{text};1", False),
    ],
)
def test_of_a_decision_that_moved_one_thing_may_be_corrected(
    tmp_path: Path, row: str, is_known: bool
) -> None:
    text = TEXT.format("Boden")
    before, now = lists(
        tmp_path,
        {"a": [f"Ö;Bro;{text};1;;"]},
        {"a": ["Ä;Väg;Vi kör.;3;;", row.format(text=text) + ";;"]},
    )
    assert (now[text] == before[text]) is is_known


def test_a_short_text_tells_only_within_its_row(tmp_path: Path) -> None:
    before, moved, here = lists(
        tmp_path,
        {"a": ["Ö;Bro;Bidrag.;1;;"]},
        {"a": ["Ä;Väg;Vi kör.;3;;", "Ö;Hamn;Bidrag.;1;;"]},
        {"a": ["Ä;Väg;Vi kör.;3;;", "Ö;Hamnen;Bidrag.;1;;"]},
    )
    assert before["Bidrag."] != moved["Bidrag."] == here["Bidrag."]


def test_what_was_corrected_and_comes_back_as_it_was_is_known_again(tmp_path: Path) -> None:
    longer = "Ö\tBro\tVi bygger en lång bro.\t1"
    before, _, _, now = states(tmp_path, [BRO, VAG], [longer, VAG], [VAG], [longer, VAG])
    assert now["Bro Ö"].identity == before["Bro Ö"].identity


def test_what_is_new_never_gets_the_identity_that_another_had(tmp_path: Path) -> None:
    renamed = "Ö\tBron\tVi bygger en bro.\t1"
    before, _, two, _, now = states(
        tmp_path, [BRO, VAG], [renamed, VAG], [renamed, BRO, VAG], [VAG], [BRO, VAG]
    )
    assert before["Bro Ö"].identity == two["Bron Ö"].identity != two["Bro Ö"].identity
    assert now["Bro Ö"].identity == two["Bro Ö"].identity


def test_what_is_new_is_numbered_last_whenever_its_file_was_read(sample_index: Path) -> None:
    generation = Store(sample_index).current()
    columns = Columns.open(generation.columns)
    now = replace(Census.of(columns, ["a"], generation.whoosh), read=None)
    known = np.arange(1, len(now.docs))  # all but the first
    some = {name: getattr(now, name)[known] for name in Census.__slots__ if name != "read"}
    later = {"seen": some["seen"] + 99, "numbers": np.zeros_like(some["numbers"])}
    past = Past(Census(**some | later, read=None), Count.anew())
    found = continued(past, columns, now, 0, 0).columns
    assert found.numbers[now.docs].tolist() == [9, *range(1, 9)]
    assert found.seen[now.docs[0]] < found.seen[now.docs[1:]].min()


def test_what_comes_back_as_it_was_before_a_correction_is_new(tmp_path: Path) -> None:
    renamed = "Ö\tBron\tVi bygger en bro.\t1"
    before, _, _, now = states(tmp_path, [BRO, VAG], [renamed, VAG], [VAG], [BRO, VAG])
    assert now["Bro Ö"].identity != before["Bro Ö"].identity


def test_damaged_identities_are_taken_from_the_generation_before(tmp_path: Path) -> None:
    longer = "Ö\tBro\tVi bygger en lång bro.\t1"
    before, _ = states(tmp_path, [BRO, VAG], [longer, VAG])
    path = Store(tmp_path / "index").current().columns / "identities.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    shutil.rmtree(tmp_path / "in")
    (now,) = states(tmp_path, [longer, VAG, SKOLA])
    assert now["Väg Å"].identity == before["Väg Å"].identity
    assert now["Bro Ö"].identity == before["Bro Ö"].identity


def test_a_lost_pointer_loses_no_identity(tmp_path: Path) -> None:
    longer = "Ö\tBro\tVi bygger en lång bro.\t1"
    before, _ = states(tmp_path, [BRO, VAG], [longer, VAG])
    (tmp_path / "index" / "CURRENT").unlink()
    shutil.rmtree(tmp_path / "in")
    (now,) = states(tmp_path, [longer, VAG, SKOLA])
    assert now["Bro Ö"].identity == before["Bro Ö"].identity


@given(st.integers(0, 2**33))
def test_seconds_and_moments_are_inverse(number: int) -> None:
    assert seconds(moment(number)) == number
    assert len(moment(number)) == 20
