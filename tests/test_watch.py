"""``beslut watch``: when it reads, what it leaves alone, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.documents.files import FileStamps, file_stamps
from index.errors import IndexUnusable
from index.storage.store import Store
from tests.conftest import SMALL, beslut, beslut_path, document, eventually
from web.cli.watching import _PATIENCE, _Unrest, _Watch
from web.settings import Settings

BRO = "Ånge kommun\tEn annan bro\tBron byggs.\t400 000"
PATIENT = 120
"""Seconds to wait for what takes two on a machine that does nothing else."""


class watching:
    """``beslut watch`` as a process, over the folder ``in``, in which its index and its reports
    lie, too."""

    def __init__(self, folder: Path, *options: str, settle: str = "0.3") -> None:
        self.sources = folder / "in"
        self.sources.mkdir(exist_ok=True)
        self.index = self.sources / "index"
        self.reports = self.sources / "reports"
        self.out, self.err = folder / "out", folder / "err"
        command = [beslut_path(), "watch", "in", "--index", "in/index", "--reports", "in/reports"]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=folder,
                env=os.environ | {"BESLUT_SETTLE_SECONDS": settle},
                stdout=out,
                stderr=err,
            )

    def __enter__(self) -> watching:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.kill()
        self.process.wait()

    def decisions(self) -> int:
        """How many the index has now; none where there is no index yet."""
        assert self.process.poll() is None
        try:
            return int(Store(self.index).current().manifest["decisions"])
        except IndexUnusable:
            return 0

    def report(self) -> dict[str, Any]:
        """The report that is there now; empty where there is none yet."""
        assert self.process.poll() is None
        path = self.reports / "report.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def end(self, number: signal.Signals) -> int:
        """Sends a signal and waits; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENT)


def write(path: Path, text: str) -> None:
    """Puts a file there at once, as one that is copied is at its end."""
    new = path.with_name(f".{path.name}")
    new.write_text(text, "utf-8")
    new.rename(path)


def test_a_file_that_is_dropped_is_indexed_and_a_signal_ends_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.txt", SMALL)
    with watching(tmp_path) as watch:
        eventually(lambda: watch.decisions() == 4, PATIENT)
        eventually(lambda: watch.report().get("generation") == 1, PATIENT)
        write(watch.sources / "~$a.txt", "Somebody has opened it.")
        (watch.sources / "new").mkdir()
        write(watch.sources / "new" / "b.txt", document(BRO))
        eventually(lambda: watch.report().get("generation") == 2, PATIENT)
        assert watch.decisions() == 5
        # Its own index and reports, in the folder, do not make it read once more.
        before = (watch.reports / "report.json").stat().st_mtime_ns
        time.sleep(3)
        assert (watch.reports / "report.json").stat().st_mtime_ns == before
        assert watch.end(signal.SIGTERM) == 143
        assert watch.err.read_text("utf-8").splitlines()[-1] == "beslut: avbrutet"
        assert watch.out.read_text("utf-8").count("Indexet i in/index är nu gen-") == 2
        assert "1 fil är oförändrad\n" in watch.out.read_text("utf-8")
        assert Store(watch.index).check().number == 2
        previous = json.loads((watch.reports / "report.previous.json").read_text("utf-8"))
        assert previous["generation"] == 1


def test_a_file_that_is_written_slowly_is_read_once_and_whole(tmp_path: Path) -> None:
    with watching(tmp_path, settle="2") as watch:
        eventually(lambda: "inga filer hittades" in watch.err.read_text("utf-8"), PATIENT)
        path, longest, last = watch.sources / "a.txt", 0.0, time.monotonic()
        with path.open("w", encoding="utf-8") as file:
            for piece in SMALL.splitlines(keepends=True):
                file.write(piece)
                file.flush()
                time.sleep(0.3)
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
        eventually(lambda: watch.decisions() == 4, PATIENT)
        assert longest > 1.5 or Store(watch.index).current().number == 1  # unless all stood still


def test_what_cannot_be_read_is_reported_and_a_folder_may_go_and_come_back(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.txt", SMALL)
    with watching(tmp_path) as watch:
        eventually(lambda: watch.report().get("exitCode") == 0, PATIENT)
        write(watch.sources / "b.csv", "")
        eventually(lambda: watch.report().get("exitCode") == 1, PATIENT)
        assert [one["file"] for one in watch.report()["unread"]] == ["b.csv"]
        away = watch.sources.rename(tmp_path / "away")
        told = f"beslut: in finns inte, men ska innehålla {watch.sources}"
        eventually(lambda: told in watch.err.read_text("utf-8"), PATIENT)
        assert not watch.sources.exists()  # so that a disk can be mounted there
        (away / "b.csv").unlink()
        away.rename(watch.sources)
        eventually(lambda: watch.report().get("exitCode") == 0, PATIENT)
        assert watch.decisions() == 4
        with Store(watch.index).building():
            write(watch.sources / "c.txt", document(BRO))
            eventually(lambda: "byggs redan av" in watch.err.read_text("utf-8"), PATIENT)
        (watch.sources / "c.txt").touch()
        eventually(lambda: watch.decisions() == 5, PATIENT)
        assert watch.end(signal.SIGINT) == 130


def test_what_a_cluster_has_not_taken_is_tried_again_before_files_change(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.txt", SMALL)
    given = Settings(index=tmp_path / "index")
    for engine, is_there in (("http://127.0.0.1:9", False), ("", True)):
        watch = _Watch([tmp_path / "in"], replace(given, engine=engine), False, frozenset())
        assert watch._read() == is_there


def test_a_check_leaves_a_report_and_no_index(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.txt", SMALL)
    with watching(tmp_path, "--check") as watch:
        eventually(lambda: watch.report().get("trial") is True, PATIENT)
        write(watch.sources / "a.txt", document(BRO))
        eventually(lambda: watch.report().get("decisions") == 1, PATIENT)
        assert not watch.index.exists()


def test_wrong_use_ends_it(tmp_path: Path) -> None:
    (tmp_path / "index" / "in").mkdir(parents=True)
    run = beslut("watch", "index/in", "--index", "index", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("beslut: index/in ligger i ")


# When files are still


def state(number: int) -> FileStamps:
    return FileStamps({}, {Path("a"): (number, 0, 0)})


def test_files_are_still_when_nothing_has_changed_for_so_long() -> None:
    unrest = _Unrest(state(0), settle=5)
    for now, number in ((0.0, 0), (100.0, 1), (104.0, 2), (108.0, 2)):
        unrest.look(state(number), now)
        assert not unrest.is_over
    unrest.look(state(2), 109.0)
    assert unrest.is_over


def test_files_that_are_as_before_are_not_read() -> None:
    unrest = _Unrest(state(0), settle=5)
    unrest.look(state(1), 0.0)
    unrest.look(state(0), 1.0)
    unrest.look(state(0), 100.0)
    assert unrest.is_calm
    assert not unrest.is_over


def test_files_that_are_never_still_are_read_in_the_end() -> None:
    unrest = _Unrest(state(-1), settle=5)
    for second in range(int(_PATIENCE)):
        unrest.look(state(second), second)
        assert not unrest.is_over
    unrest.look(state(-2), _PATIENCE)
    assert unrest.is_over


def test_looks_are_seldom_while_all_is_calm() -> None:
    unrest = _Unrest(state(0), settle=5)
    assert unrest.is_due(0.0)
    unrest.look(state(0), 0.0)
    assert not unrest.is_due(59.0)
    assert unrest.is_due(60.0)
    unrest.look(state(1), 60.0)
    assert unrest.is_due(61.0)


@pytest.mark.parametrize("name", ["a.csv.toml", "b.csv", "folder/c.csv"])
def test_every_file_that_is_read_counts(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = file_stamps([tmp_path])
    (tmp_path / name).write_text("", "utf-8")
    assert file_stamps([tmp_path]) != before


@pytest.mark.parametrize("name", ["a.csv.toml", "a.toml"])
def test_the_toml_file_of_a_single_list_counts(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("", "utf-8")
    before = file_stamps([tmp_path / "a.csv"])
    (tmp_path / name).write_text("", "utf-8")
    assert file_stamps([tmp_path / "a.csv"]) != before


@pytest.mark.parametrize("name", [".a", "~$a.xlsx", "a.part", "a.csv~", "index/CURRENT"])
def test_what_is_not_read_does_not_count(name: str, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    before = file_stamps([tmp_path], [tmp_path / "index"])
    (tmp_path / name).write_text("", "utf-8")
    assert file_stamps([tmp_path], [tmp_path / "index"]) == before
