"""Copies of an index, in a folder and over rsync: one is whole, or nobody serves it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.errors import IndexLocked, IndexUnusable, ReplicationError
from index.storage import replica
from index.storage.replica import Replication, is_elsewhere, replicate
from index.storage.rsync import Rsync
from index.storage.store import Store
from tests.conftest import beslut
from tests.test_store import FILES, Calls, Cut, flip, generations, publish, served, shorten

API = "/api/v1/decisions"
Send = Callable[[Store], Replication]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one generation; its path has a blank and a letter that is not ASCII."""
    store = Store(tmp_path / "mitt näst bästa index")
    publish(store, "ett")
    return store


@pytest.fixture
def there(tmp_path: Path) -> Store:
    """Where the copy is to be; not there yet, nor is the folder it is in."""
    return Store(tmp_path / "en annan dator" / "index på ö")


@pytest.fixture
def rsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the host, it is this one: rsync speaks its own protocol all the same."""
    script = tmp_path / "rsh"
    script.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("RSYNC_RSH", str(script))


@pytest.fixture(params=["folder", "rsync"])
def target(request: pytest.FixtureRequest, there: Store) -> str:
    """Where the copy is to be, as it is typed."""
    if request.param == "folder":
        return str(there.path)
    request.getfixturevalue("rsh")
    return f"annan.example:{there.path}"


@pytest.fixture
def send(target: str) -> Send:
    """Replicates a store."""
    return lambda store: replicate(store.path, target)


def files_of(index: Path) -> dict[str, bytes]:
    """Every file of the generations of an index, and ``CURRENT``."""
    paths = [index / "CURRENT", *index.glob("gen-*/**/*")]
    return {str(path.relative_to(index)): path.read_bytes() for path in paths if path.is_file()}


def inodes(index: Path) -> set[int]:
    return {path.stat().st_ino for path in index.rglob("*") if path.is_file()}


def publish_one_changed(store: Store) -> None:
    """Publishes a generation of which only one file is another than in the one before."""
    before = store.current()
    with store.building() as folder:
        for name in FILES:
            (folder / name).parent.mkdir()
            os.link(before.path / name, folder / name)
        (folder / FILES[1]).unlink()
        (folder / FILES[1]).write_text("ny", "utf-8")
        store.publish(folder, {"text": before.manifest["text"]}, before)


# What is copied


@pytest.mark.parametrize(
    ("typed", "elsewhere"),
    [
        ("/srv/index", False),
        ("index", False),
        ("./a:b", False),
        ("/srv/a:b", False),
        ("värd:index", True),
        ("beslut@värd.example:/srv/index", True),
        ("rsync://värd/index", True),
        ("värd::modul", True),
    ],
)
def test_a_colon_before_any_slash_is_another_machine(typed: str, elsewhere: bool) -> None:
    assert is_elsewhere(typed) is elsewhere


def test_a_copy_is_the_generation_byte_for_byte(store: Store, there: Store, send: Send) -> None:
    publish(store, "två")
    assert send(store) == Replication("gen-2", files=3, copied=3)
    whole = files_of(store.path)
    assert files_of(there.path) == {n: b for n, b in whole.items() if not n.startswith("gen-1")}
    assert there.check().number == 2
    assert inodes(store.path).isdisjoint(inodes(there.path))


def test_lock_notes_and_builds_are_not_copied(store: Store, there: Store, send: Send) -> None:
    store.current()
    (store.path / ".build-1").mkdir()
    send(store)
    assert (store.path / "VERIFIED").is_file()
    assert {path.name for path in there.path.iterdir()} - {"LOCK"} == {"CURRENT", "gen-1"}


def test_where_nothing_has_changed_nothing_is_copied(
    store: Store, there: Store, send: Send
) -> None:
    send(store)
    stamp, before = there.stamp(), inodes(there.path / "gen-1")
    assert send(store) == Replication("gen-1", files=3, copied=None)
    assert (there.stamp(), inodes(there.path / "gen-1")) == (stamp, before)


def test_only_what_is_new_is_copied(store: Store, there: Store, send: Send) -> None:
    send(store)
    publish_one_changed(store)
    assert send(store) == Replication("gen-2", files=3, copied=1)
    one, two = there.path / "gen-1", there.path / "gen-2"
    linked = [(one / name).samefile(two / name) for name in FILES]
    assert linked == [True, False, True]
    assert there.check().number == 2


def _no_links(path: Path, to: Path) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_file_system_without_links_gets_copies(
    store: Store, there: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicate(store.path, str(there.path))
    publish_one_changed(store)
    monkeypatch.setattr("index.storage.replica.os.link", _no_links)
    assert replicate(store.path, str(there.path)).copied == 3
    assert there.check().number == 2


def test_the_generation_before_is_kept_and_no_other(store: Store, there: Store, send: Send) -> None:
    for text in ("två", "tre", "fyra"):
        send(store)
        publish(store, text)
    publish(store, "fem")
    send(store)
    assert generations(there) == ["gen-3", "gen-5"]
    assert served(there) == "fem"


def test_a_rollback_is_copied_like_any_other(store: Store, there: Store, send: Send) -> None:
    publish(store, "två")
    send(store)
    store.rollback()
    assert send(store).name == "gen-3"
    assert served(there) == "ett"


def test_an_index_of_another_program_is_copied_and_the_one_before_is_kept(
    store: Store, there: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(store)
    with monkeypatch.context() as patch:
        patch.setattr("index.storage.store.FORMAT", 0)
        publish(store, "två")
        send(store)
        assert served(there) == "två"
    assert there.current_name() == "gen-2"
    assert served(there) == "ett"


# What is not copied


@pytest.mark.parametrize("name", FILES)
def test_what_is_damaged_is_not_passed_on(
    store: Store, there: Store, send: Send, name: str
) -> None:
    send(store)
    publish(store, "två")
    flip(store.path / "gen-2" / name)
    with pytest.raises(IndexUnusable, match=f"gen-2/{name} har ändrats"):
        send(store)
    assert served(there) == "ett"
    assert there.current().warning is None


def test_a_damaged_manifest_is_not_passed_on(store: Store, there: Store, send: Send) -> None:
    flip(store.path / "gen-1" / "manifest.json")
    with pytest.raises(IndexUnusable, match=r"gen-1/manifest\.json stämmer inte"):
        send(store)
    with pytest.raises(IndexUnusable, match="inget index"):
        there.current()


def test_nothing_is_copied_where_there_is_no_index(tmp_path: Path, send: Send) -> None:
    with pytest.raises(IndexUnusable, match="det finns inget index i"):
        send(Store(tmp_path / "borta"))


@pytest.mark.parametrize("count", [1, 2])
def test_a_copy_of_another_index_is_refused(
    store: Store, there: Store, tmp_path: Path, send: Send, count: int
) -> None:
    other = Store(tmp_path / "annat")
    for _ in range(count):
        publish(other, "annat")
    send(other)
    with pytest.raises(ReplicationError, match="en kopia av ett annat index") as error:
        send(store)
    assert "töm den och kör om" in error.value.remedy
    assert served(there) == "annat"


def test_what_another_writer_went_on_from_a_copy_is_refused(
    store: Store, there: Store, tmp_path: Path, send: Send
) -> None:
    send(store)
    other = Store(tmp_path / "annat")
    replicate(store.path, str(other.path))
    publish(store, "två")
    send(store)
    for text in ("deras två", "deras tre"):
        publish(other, text)
    with pytest.raises(ReplicationError, match="en kopia av ett annat index"):
        send(other)
    assert served(there) == "två"


def test_a_copy_may_be_far_behind(store: Store, there: Store, send: Send) -> None:
    send(store)
    for number in range(5):
        publish(store, str(number))
    send(store)
    assert served(there) == "4"


def test_two_at_once_are_one_after_the_other(store: Store, there: Store) -> None:
    with there.building(), pytest.raises(IndexLocked):
        replicate(store.path, str(there.path))


def test_what_the_writer_removes_meanwhile_is_given_up_for_the_newest(
    store: Store, there: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where, name in ((replica, "_copy"), (Rsync, "send")):
        _once_before(monkeypatch, where, name, lambda: [publish(store, t) for t in ("två", "tre")])
    assert send(store).name == "gen-3"
    assert served(there) == "tre"
    assert there.check().number == 3


def test_a_writer_that_never_rests_ends_it(
    store: Store, there: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(store)
    for where, name in ((replica, "_copy"), (Rsync, "send")):
        _before(monkeypatch, where, name, lambda: [publish(store, t) for t in ("två", "tre")])
    publish(store, "två")
    with pytest.raises(ReplicationError, match="byttes gång på gång"):
        send(store)
    assert served(there) == "ett"


def _before(patch: pytest.MonkeyPatch, where: Any, name: str, what: Callable[[], object]) -> None:
    """Has something done each time before a function."""
    real = getattr(where, name)

    def call(*arguments: Any, **named: Any) -> Any:
        what()
        return real(*arguments, **named)

    patch.setattr(where, name, call)


def _once_before(
    patch: pytest.MonkeyPatch, where: Any, name: str, what: Callable[[], object]
) -> None:
    turns = iter([what])
    _before(patch, where, name, lambda: next(turns, lambda: None)())


# Cut off


def test_a_cut_at_any_call_leaves_a_whole_generation_at_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    for stop_at in range(100):
        store, there = Store(tmp_path / f"{stop_at}"), Store(tmp_path / f"{stop_at} kopia")
        publish(store, "ett")
        replicate(store.path, str(there.path))
        publish(store, "två")
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda path, ignore_errors=False: None)
            calls = Calls(patch, stop_at)
            with contextlib.suppress(Cut):
                replicate(store.path, str(there.path))
        seen.add(served(there))
        assert there.current().warning is None
        replicate(store.path, str(there.path))
        assert served(there) == "två"
        assert there.check().number == 2
        if len(calls.made) < stop_at:
            break
    assert stop_at > len(FILES)
    assert seen == {"ett", "två"}


@pytest.mark.usefixtures("rsh")
def test_what_is_left_of_a_generation_that_is_removed_is_no_copy(
    store: Store, there: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicate(store.path, f"annan.example:{there.path}")
    publish(store, "två")
    # Its seal may go last.
    _once_before(monkeypatch, Rsync, "send", (store.path / "gen-2" / FILES[0]).unlink)
    with pytest.raises(IndexUnusable, match="gen-2 är inte ett helt index"):
        replicate(store.path, f"annan.example:{there.path}")
    assert there.seals().keys() == {1}
    assert served(there) == "ett"


@pytest.mark.usefixtures("rsh")
@pytest.mark.parametrize("calls", range(5))
def test_a_cut_between_calls_of_rsync_leaves_a_whole_generation_or_none(
    store: Store, there: Store, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    target, real = f"annan.example:{there.path}", Rsync._run

    def cut_off() -> None:
        left = iter([*[real] * calls, None])
        with monkeypatch.context() as patch, contextlib.suppress(Cut):
            patch.setattr(
                Rsync, "_run", lambda self, arguments: _or_cut(next(left))(self, arguments)
            )
            replicate(store.path, target)

    cut_off()
    there.path.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(IndexUnusable):
        assert served(there) == "ett"
        there.current()
    replicate(store.path, target)
    publish(store, "två")
    cut_off()
    assert served(there) == ("två" if calls == 4 else "ett")
    assert there.current().warning is None
    replicate(store.path, target)
    assert there.check().number == 2


def _or_cut(run: Callable[..., Any] | None) -> Callable[..., Any]:
    if run is None:
        raise Cut
    return run


def test_without_its_seal_nothing_is_served_where_there_is_no_pointer(
    store: Store, there: Store
) -> None:
    shutil.copytree(store.path / "gen-1", there.path / "gen-1")
    (there.path / "gen-1" / "manifest.sha256").unlink()
    with pytest.raises(IndexUnusable):
        there.current()


def test_what_was_left_of_a_copy_goes(store: Store, there: Store, send: Send) -> None:
    send(store)
    (there.path / "gen-9" / "whoosh").mkdir(parents=True)
    (there.path / "gen-9" / "whoosh" / ".MAIN.pst.Xy12ab").write_text("halv", "utf-8")
    publish(store, "två")
    send(store)
    assert generations(there) == ["gen-1", "gen-2"]


# Damage to a copy


@pytest.mark.parametrize("damage", [flip, shorten, Path.unlink])
@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_damaged_copy_is_made_whole(
    store: Store, there: Store, send: Send, name: str, damage: Callable[[Path], None]
) -> None:
    send(store)
    publish(store, "två")
    send(store)
    stamp = there.stamp()
    damage(there.path / "gen-2" / name)
    assert send(store).copied is not None
    assert there.check().number == 2
    assert there.stamp() != stamp  # so that whoever serves it looks again
    assert generations(there) == ["gen-1", "gen-2"]


def test_damage_is_not_linked_into_the_next_copy(store: Store, there: Store, send: Send) -> None:
    send(store)
    flip(there.path / "gen-1" / FILES[0])
    publish_one_changed(store)
    assert send(store) == Replication("gen-2", files=3, copied=2)
    assert there.check().number == 2


@pytest.mark.parametrize("content", [None, b"", b"gen-9\n", b"\xff\xfe"])
def test_a_damaged_pointer_is_mended(
    store: Store, there: Store, send: Send, content: bytes | None
) -> None:
    send(store)
    (there.path / "CURRENT").unlink()
    if content is not None:
        (there.path / "CURRENT").write_bytes(content)
    assert send(store) == Replication("gen-1", files=3, copied=0)
    assert there.check().number == 1


# As a command


def test_the_command_says_what_was_copied(sample_index: Path, tmp_path: Path) -> None:
    command = ("replicate", "kopia", "--index", str(sample_index))
    run = beslut(*command, cwd=tmp_path)
    files = len(Store(sample_index).current().manifest["files"])
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == (f"kopia har nu gen-1: {files} av {files} filer är kopierade\n")
    assert beslut(*command, cwd=tmp_path).stdout == (
        "kopia har redan gen-1, hel: inget är kopierat\n"
    )
    assert beslut("check", "--index", "kopia", cwd=tmp_path).returncode == 0


FAILURES = {
    "exit 255": "kontrollera namnet, att `ssh` dit",
    "exit 127": "rsync",
    "echo 'write failed: No space left on device (28)' >&2; exit 11": "disken där är full",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_fails_on_the_way_is_one_line_and_code_1(
    sample_index: Path, tmp_path: Path, failure: str
) -> None:
    script = tmp_path / "rsh"
    script.write_text(f"#!/bin/sh\n{failure}\n", "utf-8")
    script.chmod(0o755)
    command = ("replicate", "annan.example:index", "--index", str(sample_index))
    run = beslut(*command, env={"RSYNC_RSH": str(script)})
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (1, "", 1)
    assert run.stderr.startswith("beslut: annan.example:index kunde inte nås eller skrivas: ")
    assert FAILURES[failure].lower() in run.stderr.lower()


def test_where_there_is_no_rsync_the_command_says_so(sample_index: Path, tmp_path: Path) -> None:
    command = ("replicate", "annan.example:index", "--index", str(sample_index))
    run = beslut(*command, env={"PATH": str(tmp_path)})
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "beslut: rsync finns inte här. Installera rsync på båda datorerna, t.ex. med "
        "`apt install rsync`.\n"
    )
