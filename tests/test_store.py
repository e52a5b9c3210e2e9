"""Generations on disk: one is always whole, served, and known to be what was written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from index.build import build
from index.errors import IndexLocked, IndexUnusable
from index.storage.schema import FORMAT, schema_hash
from index.storage.store import Generation, Store
from index.swedish import LEXICON_VERSION
from search.searcher import Searcher
from tests.conftest import SAMPLE

FILES = ["whoosh/MAIN.pst", "columns/amounts.npy", "decisions/0.jsonl"]
SEALED = [*FILES, "manifest.json", "manifest.sha256"]


def publish(store: Store, text: str) -> Generation:
    """Publishes a generation of three small files that hold `text`."""
    with store.building() as folder:
        for name in FILES:
            (folder / name).parent.mkdir()
            (folder / name).write_text(f"{name} {text}", "utf-8")
        return store.publish(folder, {"decisions": 1, "sources": [], "text": text})


def served(store: Store) -> str:
    """The text of the generation that is served."""
    generation = store.current()
    text: str = generation.manifest["text"]
    assert (generation.path / FILES[0]).read_text("utf-8") == f"{FILES[0]} {text}"
    return text


def generations(store: Store) -> list[str]:
    return sorted(path.name for path in store.path.glob("gen-*"))


def flip(path: Path) -> None:
    """Changes one bit of a file, and neither its size nor its time."""
    times, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store; its path has a blank and a letter that is not ASCII."""
    return Store(tmp_path / "mitt näst bästa index")


@pytest.fixture
def two(store: Store) -> Store:
    """A store with two generations."""
    publish(store, "ett")
    publish(store, "två")
    return store


# Publishing


def test_the_newest_generation_is_served_and_the_one_before_is_kept(store: Store) -> None:
    for number, text in enumerate(("ett", "två", "tre", "fyra"), start=1):
        generation = publish(store, text)
        assert (generation.number, generation.path.name) == (number, f"gen-{number}")
        assert store.current() == generation
        assert store.current_name() == f"gen-{number}"
        assert served(store) == text
        assert generations(store) == [f"gen-{n}" for n in (number - 1, number) if n]


def test_generations_are_numbered_on_past_nine(store: Store) -> None:
    for number in range(1, 12):
        assert publish(store, str(number)).number == number
    assert generations(store) == ["gen-10", "gen-11"]


def test_the_stamp_changes_with_every_switch_and_only_then(two: Store) -> None:
    stamps = [two.stamp(), two.stamp()]
    publish(two, "tre")
    stamps.append(two.stamp())
    two.rollback()
    stamps.append(two.stamp())
    assert stamps[0] == stamps[1]
    assert len(set(stamps)) == 3


def test_the_stamp_of_nothing_is_none(store: Store) -> None:
    assert store.stamp() is None
    assert store.current_name() is None


def test_the_manifest_says_all_that_the_index_was_made_of(sample_index: Path) -> None:
    generation = Store(sample_index).current()
    manifest = json.loads((generation.path / "manifest.json").read_text("utf-8"))
    assert manifest == generation.manifest
    assert manifest["format"] == FORMAT
    assert manifest["schema"] == schema_hash()
    assert manifest["versions"] == {
        "whoosh-reloaded": version("whoosh-reloaded"),
        "snowballstemmer": version("snowballstemmer"),
        "lexicon": LEXICON_VERSION,
    }
    assert manifest["decisions"] == 9
    (source,) = manifest["sources"]
    assert source["file"] == SAMPLE.name
    assert source["sha256"] == hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
    assert (source["rows"], source["decisions"]) == (9, 9)
    assert source["declared"] == [23, 9, "20485293"]
    on_disk = {
        path.relative_to(generation.path).as_posix(): {
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in generation.path.rglob("*")
        if path.is_file() and not path.name.startswith("manifest.")
    }
    assert manifest["files"] == on_disk
    assert generation.decisions(0).relative_to(generation.path).as_posix() in on_disk
    assert {name.split("/")[0] for name in on_disk} >= {"whoosh", "columns", "decisions"}


def test_the_seal_is_what_sha256sum_reads(two: Store) -> None:
    path = two.current().path
    subprocess.run(["sha256sum", "--check", "--quiet", "manifest.sha256"], cwd=path, check=True)


def test_the_manifest_is_text_that_a_person_reads(two: Store) -> None:
    manifest = (two.current().path / "manifest.json").read_text("utf-8")
    assert '\n "text": "två",\n' in manifest


def test_history_is_newest_first_and_leaves_out_what_is_damaged(two: Store) -> None:
    assert [one.number for one in two.history()] == [2, 1]
    flip(two.path / "gen-2" / "manifest.json")
    assert [one.number for one in two.history()] == [1]


def test_history_ends_with_what_is_served(two: Store) -> None:
    two.rollback()
    assert [one.number for one in two.history()] == [3]


def test_nothing_has_no_history(store: Store) -> None:
    assert list(store.history()) == []


def publish_linked(store: Store, linked: Generation) -> Generation:
    """Publishes a generation whose files are hard links to those of another."""
    with store.building() as folder:
        for name in FILES:
            (folder / name).parent.mkdir()
            os.link(linked.path / name, folder / name)
        return store.publish(folder, {"text": "länkad"}, linked)


def test_files_that_are_linked_keep_what_the_manifest_said_of_them(two: Store) -> None:
    """Read again, a file that has been damaged since would be taken for whole."""
    before = two.current()
    flip(before.path / FILES[1])
    assert publish_linked(two, before).manifest["files"] == before.manifest["files"]
    with pytest.raises(IndexUnusable, match=r"gen-3/columns/amounts\.npy har ändrats"):
        two.check()


def test_files_that_are_linked_are_on_disk_already(
    two: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(monkeypatch)
    publish_linked(two, two.current())
    synced = {path.name for call, path in calls.made if call == "fsync"}
    assert synced.isdisjoint(Path(name).name for name in FILES)
    assert {"manifest.json", "manifest.sha256"} <= synced


def test_what_is_not_published_is_thrown_away(two: Store) -> None:
    with pytest.raises(ZeroDivisionError), two.building() as folder:
        (folder / "half").write_text("half", "utf-8")
        raise ZeroDivisionError
    with two.building() as folder:
        assert list(folder.iterdir()) == []
    assert served(two) == "två"
    assert sorted(path.name for path in two.path.iterdir()) == [
        "CURRENT", "LOCK", "VERIFIED", "gen-1", "gen-2",
    ]  # fmt: skip


def test_remains_of_killed_builds_go_at_the_next_build(two: Store) -> None:
    orphan = two.path / ".build-99999999" / "whoosh"
    orphan.mkdir(parents=True)
    (orphan / "half").write_text("half", "utf-8")
    publish(two, "tre")
    assert not list(two.path.glob(".build-*"))


# Every byte reaches the disk before the switch


class Calls:
    """Records each fsync and rename as it happens, with the path; may stop at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None) -> None:
        self.made: list[tuple[str, Path]] = []
        self.stop_at = stop_at
        for name in ("fsync", "rename", "replace"):
            monkeypatch.setattr(os, name, self._recording(name, getattr(os, name)))

    def _recording(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(first: Any, *rest: Any, **named: Any) -> Any:
            if len(self.made) == self.stop_at:
                raise Cut
            path = os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else first
            self.made.append((name, Path(path)))
            return real(first, *rest, **named)

        return call


class Cut(BaseException):
    """The power goes."""


def test_everything_is_on_disk_before_the_switch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, "ett")
    calls = Calls(monkeypatch)
    publish(store, "två")
    monkeypatch.undo()
    target, build_ = store.path / "gen-2", store.path / f".build-{os.getpid()}"
    moved = calls.made.index(("rename", build_))
    written = {path for call, path in calls.made[:moved] if call == "fsync"}
    assert written == {build_, *(build_ / path.relative_to(target) for path in target.rglob("*"))}
    assert len(written) == 1 + len(SEALED) + 3
    assert calls.made[moved + 1 :] == [
        ("fsync", store.path),
        ("replace", store.path / "VERIFIED.new"),
        ("fsync", store.path / "CURRENT.new"),
        ("replace", store.path / "CURRENT.new"),
        ("fsync", store.path),
    ]


def test_a_cut_at_any_call_leaves_a_whole_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    for stop_at in range(100):
        store = Store(tmp_path / str(stop_at))
        publish(store, "ett")
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda path, ignore_errors=False: None)
            calls = Calls(patch, stop_at)
            with contextlib.suppress(Cut):
                publish(store, "två")
        seen.add(served(store))
        assert store.current().warning is None
        store.check()
        publish(store, "tre")
        assert served(store) == "tre"
        assert len(generations(store)) == 2
        assert not list(store.path.glob(".build-*"))
        if len(calls.made) < stop_at:
            break
    assert stop_at > len(SEALED)
    assert seen == {"ett", "två"}


# Rollback


def test_rollback_publishes_the_generation_before_again(two: Store) -> None:
    (inode,) = {(two.path / "gen-1" / FILES[0]).stat().st_ino}
    restored = two.rollback()
    assert (restored.path.name, restored.manifest["restored"]) == ("gen-3", "gen-1")
    assert served(two) == "ett"
    assert generations(two) == ["gen-3"]
    assert (restored.path / FILES[0]).stat().st_ino == inode  # a link, not a copy
    assert two.check() == restored


def test_what_a_rollback_amends_is_in_the_new_generation_only(two: Store) -> None:
    def amend(folder: Path, older: Generation) -> dict[str, Any]:
        assert older.path.name == "gen-1"
        (folder / FILES[1]).unlink()
        (folder / FILES[1]).write_text("ändrad", "utf-8")
        return {"text": "ett"}

    kept = two.current().path / FILES[1]
    restored = two.rollback(amend)
    assert (restored.path / FILES[1]).read_text("utf-8") == "ändrad"
    assert not kept.exists()
    assert two.check() == restored


def test_after_a_rollback_the_next_build_is_newer_than_both(two: Store) -> None:
    two.rollback()
    assert publish(two, "tre").path.name == "gen-4"
    assert generations(two) == ["gen-3", "gen-4"]
    two.rollback()
    assert served(two) == "ett"


def test_there_is_no_rollback_beyond_the_oldest(two: Store) -> None:
    two.rollback()
    with pytest.raises(IndexUnusable) as error:
        two.rollback()
    assert error.value.what == "det finns ingen tidigare generation att gå tillbaka till"
    assert error.value.remedy == f"kör `beslut index KÄLLA... --index {two.path}`"
    assert served(two) == "ett"


def test_a_rollback_to_a_damaged_generation_is_refused(two: Store) -> None:
    flip(two.path / "gen-1" / "manifest.json")
    with pytest.raises(IndexUnusable, match=r"gen-1/manifest\.json"):
        two.rollback()
    assert served(two) == "två"


@pytest.mark.parametrize("action", [Store.current, Store.check, Store.rollback])
def test_where_there_is_no_index_the_message_says_how_to_make_one(
    store: Store, action: Callable[[Store], Generation]
) -> None:
    with pytest.raises(IndexUnusable, match="det finns inget index i") as error:
        action(store)
    assert error.value.remedy == f"kör `beslut index KÄLLA... --index {store.path}`"
    assert not store.path.exists()


# Damage


def test_a_whole_index_passes_the_check(two: Store, sample_index: Path) -> None:
    assert two.check() == two.current()
    assert Store(sample_index).check().manifest["decisions"] == 9


@pytest.mark.parametrize("name", SEALED)
def test_check_finds_a_flipped_bit_in_any_file(two: Store, name: str) -> None:
    flip(two.path / "gen-2" / name)
    with pytest.raises(IndexUnusable) as error:
        two.check()
    assert f"gen-2/{name}" in error.value.what or f"stämmer inte med {name}" in error.value.what
    assert error.value.remedy == (
        f"kör `beslut rollback --index {two.path}` eller `beslut index KÄLLA... --index {two.path}`"
    )


def test_check_finds_a_flipped_bit_in_every_file_of_a_real_index(
    sample_index: Path, tmp_path: Path
) -> None:
    store = Store(shutil.copytree(sample_index, tmp_path / "index"))
    files = [path for path in store.current().path.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        if not content:
            continue
        flip(path)
        with pytest.raises(IndexUnusable, match=path.name):
            store.check()
        path.write_bytes(content)
    store.check()


def test_every_single_byte_of_the_manifest_counts(store: Store) -> None:
    path = publish(store, "ett").path / "manifest.json"
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(IndexUnusable):
            store.current()


def test_check_finds_a_file_that_does_not_belong(two: Store) -> None:
    (two.path / "gen-2" / "whoosh" / "_MAIN_2.toc").write_bytes(b"")
    with pytest.raises(IndexUnusable, match=r"gen-2/whoosh/_MAIN_2\.toc hör inte till indexet"):
        two.check()


def test_without_an_older_generation_only_a_rebuild_mends(store: Store) -> None:
    publish(store, "ett")
    flip(store.path / "gen-1" / FILES[0])
    with pytest.raises(IndexUnusable) as error:
        store.check()
    assert error.value.remedy == f"kör `beslut index KÄLLA... --index {store.path}`"


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [shorten, Path.unlink])
@pytest.mark.parametrize("name", SEALED)
def test_the_generation_before_is_served_with_a_warning(
    two: Store, name: str, damage: Callable[[Path], None]
) -> None:
    damage(two.path / "gen-2" / name)
    generation = two.current()
    assert generation.path.name == "gen-1"
    assert generation.warning is not None
    assert generation.warning.startswith("gen-2 kan inte användas (")
    assert generation.warning.endswith("); gen-1 visas")
    with pytest.raises(IndexUnusable):
        two.check()


def test_when_no_generation_is_whole_the_newest_is_the_one_named(two: Store) -> None:
    for name in ("gen-1", "gen-2"):
        shorten(two.path / name / FILES[1])
    with pytest.raises(IndexUnusable, match=r"gen-2/columns/amounts\.npy saknas eller är avkortad"):
        two.current()


def test_the_generation_that_was_served_is_the_one_that_is_kept(two: Store) -> None:
    shorten(two.path / "gen-2" / FILES[0])
    publish(two, "tre")
    assert generations(two) == ["gen-1", "gen-3"]
    two.rollback()
    assert served(two) == "ett"


@pytest.mark.parametrize("content", [b"", b"gen-9\n", b"\xff\xfe\x00", b"../two\n", b"gen-2/../x"])
def test_a_damaged_pointer_is_no_damaged_index(two: Store, content: bytes) -> None:
    (two.path / "CURRENT").write_bytes(content)
    assert served(two) == "två"
    assert two.current().warning is not None
    with pytest.raises(IndexUnusable):
        two.check()
    two.rollback()
    assert two.current().warning is None


def test_a_pointer_to_no_generation_is_quoted_in_the_message(two: Store) -> None:
    (two.path / "CURRENT").write_text("../two\n", "utf-8")
    with pytest.raises(IndexUnusable) as error:
        two.check()
    assert error.value.what == "”../two” är inget index"


def test_a_generation_without_its_manifest_is_named_in_the_message(two: Store) -> None:
    (two.path / "gen-2" / "manifest.json").unlink()
    with pytest.raises(IndexUnusable) as error:
        two.check()
    assert error.value.what == f"{two.path}/gen-2 är inte ett helt index"


@pytest.mark.parametrize("fact", ["FORMAT", "LEXICON_VERSION", "schema_hash"])
def test_an_index_of_another_version_is_refused_with_the_command(
    two: Store, monkeypatch: pytest.MonkeyPatch, fact: str
) -> None:
    monkeypatch.setattr(
        f"index.storage.store.{fact}", (lambda: "other") if "_h" in fact else "other"
    )
    for action in (two.current, two.check, two.rollback):
        with pytest.raises(IndexUnusable, match="byggt med en annan version") as error:
            action()
        assert error.value.remedy == f"kör `beslut index KÄLLA... --index {two.path}`"
    publish(two, "tre")
    assert served(two) == "tre"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index.storage.columns._ARRAYS", ("amounts", "lengths")),
        ("index.storage.columns.KEYWORDS", {}),
        ("index.storage.vocabulary.LAYOUT", ""),
        ("index.storage.spelling_filter.LAYOUT", {"letters": "uint32"}),
    ],
)
def test_an_index_that_lacks_what_is_read_now_is_refused_with_the_command(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    shutil.copytree(sample_index, tmp_path / "index")
    with monkeypatch.context() as patch:  # as an older program would have written it
        patch.setattr(name, value)
        publish(Store(tmp_path / "index"), "äldre")
    shutil.rmtree(tmp_path / "index" / "gen-1")
    with pytest.raises(IndexUnusable, match=r"byggt med en annan version \(schema\)") as error:
        Searcher.open(tmp_path / "index")
    assert error.value.remedy == f"kör `beslut index KÄLLA... --index {tmp_path / 'index'}`"


def test_an_index_of_another_version_stays_until_the_new_one_is_there(
    two: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("index.storage.store.FORMAT", FORMAT + 1)
        publish(two, "tre")
    assert generations(two) == ["gen-2", "gen-3"]
    assert served(two) == "två"
    assert two.current().warning is not None


# One writer

HOLD = """
import sys
from pathlib import Path
from index.storage.store import Store
with Store(Path(sys.argv[1])).building():
    print("holds", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_the_lock(two: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(two.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holds\n"
        for write in (lambda: build([SAMPLE], two.path), two.rollback):
            with pytest.raises(IndexLocked) as error:
                write()
            assert error.value.what.endswith(f"byggs redan av process {holder.pid}")
            assert error.value.remedy == "vänta tills den är klar"
        assert (two.path / f".build-{holder.pid}").is_dir()
        assert served(two) == "två"
        holder.kill()
    publish(two, "tre")
    assert served(two) == "tre"
    assert not list(two.path.glob(".build-*"))


def test_a_generation_that_cannot_be_removed_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    publish(store, "ett")
    publish(store, "två")
    remove = shutil.rmtree

    def refuse(path: Path, **options: bool) -> None:
        if Path(path).name == "gen-1":
            raise PermissionError(13, "Permission denied", "a.txt")
        remove(path, **options)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    publish(store, "tre")
    assert store.current().number == 3
    assert f"{tmp_path / 'gen-1'} kan inte tas bort (Permission denied)." in caplog.text
    monkeypatch.undo()
    publish(store, "fyra")
    assert [path.name for path in sorted(tmp_path.glob("gen-*"))] == ["gen-3", "gen-4"]
