"""Who can write in the folder of an index can run code: that is said, or refused."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from index.storage.exposure import can_others_write, exposure
from tests.conftest import FEW_THEMES, SAMPLE, beslut_path, free_port

ME = os.geteuid()
SOMEBODY = 64_123  # no user and no group
FOLDER = stat.S_IFDIR


@pytest.fixture(autouse=True)
def few_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server is ready sooner with few themes to count."""
    monkeypatch.setenv("BESLUT_THEMES", str(FEW_THEMES))


def status(mode: int, user: int = ME, group: int = SOMEBODY) -> os.stat_result:
    return os.stat_result((FOLDER | mode, 0, 0, 1, user, group, 0, 0, 0, 0))


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(sample_index, tmp_path / "index"))
    for path in [copy, *copy.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o022)
    return copy


def strict(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [beslut_path(), *arguments],
        env=os.environ | {"BESLUT_STRICT_INDEX": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("user", [ME, 0])
def test_what_only_root_and_oneself_can_write_is_closed(user: int) -> None:
    for mode in (0o700, 0o755, 0o750, 0o555):
        assert not can_others_write(status(mode, user))


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777, 0o770, 0o702])
def test_what_a_group_or_all_can_write_is_open(mode: int) -> None:
    assert can_others_write(status(mode))


def test_what_somebody_else_owns_is_open() -> None:
    assert can_others_write(status(0o700, SOMEBODY))
    assert can_others_write(status(0o1755, SOMEBODY), sticky=True)


def test_a_sticky_folder_on_the_way_is_closed_and_as_the_index_itself_open() -> None:
    assert not can_others_write(status(0o1777, 0), sticky=True)
    assert can_others_write(status(0o1777, 0))


def test_the_group_of_a_single_user_is_nobody_else() -> None:
    private = status(0o775, group=os.getegid())
    name = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout
    group = subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout
    assert can_others_write(private) == (name != group)


@pytest.mark.parametrize("where", [".", "CURRENT", "gen-1", "gen-1/whoosh", "gen-1/manifest.json"])
def test_what_is_open_anywhere_in_an_index_is_named(index: Path, where: str) -> None:
    path = index / where
    assert exposure(index) is None
    path.chmod(path.stat().st_mode | 0o002)
    said = str(exposure(index))
    assert f"Ta bort andras rätt att skriva, t.ex. med `chmod -R go-w {path.resolve()}`" in said


def test_an_open_folder_above_the_index_is_named_also_over_a_link(index: Path) -> None:
    above = index.parent / "above"
    above.mkdir()
    (above / "link").symlink_to(index)
    assert exposure(above / "link") is None
    above.chmod(0o777)
    assert f"i {above.resolve()}, och" in str(exposure(above / "link"))
    assert exposure(index) is None


def test_an_index_that_is_not_there_is_not_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert exposure(tmp_path / "none") is None


def test_serving_an_open_index_is_warned_of_and_goes_on(index: Path) -> None:
    index.chmod(0o777)
    port = free_port()
    with subprocess.Popen(
        [beslut_path(), "serve", "--port", str(port), "--index", str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        try:
            line = process.stderr.readline()
            assert process.stdout.readline().startswith("Beslutssök på ")
        finally:
            process.terminate()
    assert line.startswith(f"beslut: varning: andra kan skriva i {index.resolve()}")


@pytest.mark.parametrize(
    "arguments",
    [["search"], ["related", "x"], ["index", str(SAMPLE)], ["serve", "--host", "192.0.2.1"]],
)
def test_under_the_setting_no_command_opens_an_open_index(
    index: Path, arguments: list[str]
) -> None:
    assert strict("search", "--index", str(index)).returncode == 0
    index.chmod(0o777)
    ended = strict(*arguments, "--index", str(index))
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"beslut: andra kan skriva i {index.resolve()}")


def test_one_who_is_not_the_owner_is_told_who_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 4711, 4711)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    error = exposure(tmp_path)
    assert error and " ägs av " in error.what
    assert "kör kommandot som " in error.remedy
