"""``make release``, on a checkout of its own; only what the wheel needs is taken from here."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tarfile
import zipfile
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests import release
from tests.conftest import ROOT
from tests.release import NoRelease, check_contents, dated, main

NEW = "99.0.0"
TODAY = date(2031, 2, 3)


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    run = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is released, in a repository of its own."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("index", "search", "web", "requirements"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore"):
        shutil.copy(ROOT / name, root)
    changes = (root / "CHANGELOG.md").read_text("utf-8")
    if "## Unreleased\n" not in changes:
        changes = changes.replace("\n## ", "\n## Unreleased\n\n- News.\n\n## ", 1)
        (root / "CHANGELOG.md").write_text(changes, "utf-8")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "All")
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "A")
        monkeypatch.setenv(f"{name}_EMAIL", "a@b.example")
    return root


def test_a_release_is_built_installed_dated_and_tagged(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packages = Path(sysconfig.get_path("purelib"))
    installed = partial(release.check_installed, packages=packages)
    monkeypatch.setattr(release, "check_installed", installed)
    main([NEW], checkout, TODAY)
    assert f"v{NEW} is tagged" in capsys.readouterr().out
    assert git(checkout, "tag", "--list").split() == [f"v{NEW}"]
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "show", "--stat", "--format=%s", f"v{NEW}^{{commit}}").startswith(
        f"Release {NEW}\n"
    )
    assert f'version = "{NEW}"' in git(checkout, "show", f"v{NEW}:pyproject.toml")
    assert f"\n## {NEW} (2031-02-03)\n" in (checkout / "CHANGELOG.md").read_text("utf-8")
    names = [path.name for path in sorted((checkout / "dist").iterdir())]
    assert names == [f"beslutssok-{NEW}-py3-none-any.whl", f"beslutssok-{NEW}.tar.gz"]


def test_a_release_that_fails_changes_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(root: Path) -> None:
        raise NoRelease("no")

    monkeypatch.setattr(release, "built", built)
    with pytest.raises(NoRelease):
        main([NEW], checkout)
    assert git(checkout, "status", "--porcelain") == git(checkout, "tag") == ""


@pytest.mark.parametrize(
    ("version", "said"), [("x", "no version"), ("0.0.1", "not after"), (NEW, "the tag v99.0.0 is")]
)
def test_a_version_that_cannot_be_is_said(version: str, said: str, checkout: Path) -> None:
    git(checkout, "tag", f"v{NEW}")
    with pytest.raises(NoRelease, match=said):
        main([version], checkout)


def test_what_is_not_committed_or_not_told_is_said(checkout: Path) -> None:
    changes = checkout / "CHANGELOG.md"
    text = changes.read_text("utf-8")
    changes.write_text(text + "\n", "utf-8")
    with pytest.raises(NoRelease, match="not committed"):
        main([NEW], checkout)
    changes.write_text(dated(text, NEW, TODAY), "utf-8")
    with pytest.raises(NoRelease, match="says nothing under Unreleased"):
        main([NEW], checkout)


@pytest.mark.parametrize("left_out", release.NEEDED)
def test_what_is_missing_in_what_was_built_is_said(left_out: str, tmp_path: Path) -> None:
    sdist, wheel = tmp_path / "a.tar.gz", tmp_path / "a.whl"
    names = [name for name in release.NEEDED if name != left_out]
    with tarfile.open(sdist, "w:gz") as archive:
        for name in release.NEEDED:
            archive.add(ROOT / name, f"a-1/{name}")
    with zipfile.ZipFile(wheel, "w") as zipped:
        for name in names:
            zipped.writestr(name, "")
    with pytest.raises(NoRelease, match=left_out):
        check_contents(sdist, wheel)
    with zipfile.ZipFile(wheel, "w") as zipped:
        for name in (*release.NEEDED, "tests/x.py"):
            zipped.writestr(name, "")
    with pytest.raises(NoRelease, match="the wheel has index, search, tests, web"):
        check_contents(sdist, wheel)
