"""``make run``, with a stand-in for the ``beslut`` that it calls: what exists is never touched.

And what it installs: the versions pinned by ``make requirements``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index.build import build
from index.storage.store import Store
from tests.conftest import ROOT, SAMPLE, SMALL, beslut_path

INDEX, SERVE = "index index/samples", "serve"
Run = Callable[..., list[str]]


@pytest.fixture
def make_run(tmp_path: Path) -> Run:
    """Runs the real recipe in a checkout of its own, installed already; gives what ``beslut`` was
    called with. Variables of the environment by keyword."""
    checkout = tmp_path / "checkout with a space"
    installed = checkout / ".venv" / "bin"
    installed.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copytree(SAMPLE.parent, checkout / "index" / "samples")
    shutil.copytree(ROOT / "requirements", checkout / "requirements")
    (checkout / "pyproject.toml").touch()
    (installed / "pip").touch()
    (checkout / ".venv" / "installed").touch()
    calls = checkout / "calls"
    stub = installed / "beslut"
    stub.write_text(f'#!/bin/sh\necho "$*" >> "{calls}"\n', "utf-8")
    stub.chmod(0o755)

    def run(*arguments: str, **variables: str) -> list[str]:
        names = [name for name in os.environ if "BESLUT" not in name and "MAKE" not in name]
        inherited = {name: os.environ[name] for name in names}
        calls.unlink(missing_ok=True)
        subprocess.run(
            ["make", "run", *arguments],
            cwd=checkout,
            env=inherited | variables,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return calls.read_text("utf-8").splitlines()

    return run


def default_index(tmp_path: Path) -> Path:
    return tmp_path / "checkout with a space" / "var" / "index"


def test_the_sample_is_indexed_where_there_is_no_index(make_run: Run) -> None:
    assert make_run() == [INDEX, SERVE]


@pytest.mark.parametrize("left", [[], ["LOCK"], ["LOCK", ".build-4711"]])
def test_the_sample_is_indexed_where_no_build_ever_ended(
    left: list[str], make_run: Run, tmp_path: Path
) -> None:
    for name in left:
        (default_index(tmp_path) / name).mkdir(parents=True)
    assert make_run() == [INDEX, SERVE]


@pytest.mark.parametrize("kept", [["CURRENT", "gen-7"], ["CURRENT"], ["gen-7"]])
def test_what_there_is_of_an_index_is_served_as_it_is(
    kept: list[str], make_run: Run, tmp_path: Path
) -> None:
    for name in kept:
        (default_index(tmp_path) / name).mkdir(parents=True)
    assert make_run() == [SERVE]


def test_the_index_of_the_environment_counts_and_no_other(make_run: Run, tmp_path: Path) -> None:
    (tmp_path / "my own" / "gen-1").mkdir(parents=True)
    assert make_run(BESLUT_INDEX=str(tmp_path / "my own")) == [SERVE]
    assert make_run(f"BESLUT_INDEX={tmp_path / 'my own'}") == [SERVE]
    assert make_run(BESLUT_INDEX=str(tmp_path / "another")) == [INDEX, SERVE]
    assert make_run(BESLUT_INDEX="") == [INDEX, SERVE]


def test_a_link_to_an_index_is_that_index(make_run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "gen-1").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert make_run(BESLUT_INDEX=str(tmp_path / "link")) == [SERVE]


def test_decisions_of_ones_own_are_not_replaced_by_the_sample(
    make_run: Run, tmp_path: Path
) -> None:
    """With the real ``beslut index``; only serving is left out."""
    (tmp_path / "own.txt").write_text(SMALL, "utf-8")
    index = tmp_path / "index"
    build([tmp_path / "own.txt"], index)
    before = Store(index).current()
    stub = tmp_path / "checkout with a space" / ".venv" / "bin" / "beslut"
    real = f'test "$1" = serve || exec "{beslut_path()}" "$@"\n'
    stub.write_text(stub.read_text("utf-8") + real, "utf-8")
    make_run(BESLUT_INDEX=str(index))
    assert Store(index).check() == before
    assert before.manifest["decisions"] == 4


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def asked_for(name: str) -> list[Requirement]:
    """What must be in ``requirements/{name}.txt``: what the project needs, and its build."""
    declared = project()
    extra = declared["project"]["optional-dependencies"]["test"] if name == "test" else []
    needed = [*declared["project"]["dependencies"], *declared["build-system"]["requires"], *extra]
    return [Requirement(text) for text in needed]


def pinned(name: str) -> list[tuple[Requirement, list[str]]]:
    """Each version that is pinned, and its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    lines = re.sub(r"#.*", "", text).replace("\\\n", " ").splitlines()
    parts = [line.split(" --hash=") for line in lines if line.strip()]
    return [(Requirement(first), [one.strip() for one in hashes]) for first, *hashes in parts]


def versions(name: str) -> dict[str, list[str]]:
    """The pinned versions of each package; of some more than one, for different systems."""
    found: dict[str, list[str]] = {}
    for one, _ in pinned(name):
        (version,) = one.specifier
        assert version.operator == "=="
        found.setdefault(canonicalize_name(one.name), []).append(version.version)
    return found


@pytest.mark.parametrize("name", ["run", "test"])
def test_all_that_is_asked_for_is_pinned_within_its_bounds(name: str) -> None:
    there = versions(name)
    for asked in asked_for(name):
        some = there.get(canonicalize_name(asked.name))
        assert some, f"{asked}: run make requirements"
        assert all(asked.specifier.contains(one) for one in some), f"{asked}: make requirements"


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    for one, hashes in pinned(name):
        assert one.url is None
        assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", hash_) for hash_ in hashes), one
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|^-|index-url|find-links|trusted-host", text, re.MULTILINE)


def test_the_tests_run_with_what_is_pinned_for_the_site() -> None:
    tested = versions("test")
    assert {name: tested.get(name) for name in versions("run")} == versions("run")


def test_what_builds_the_package_is_pinned_as_it_is_asked_for() -> None:
    assert project()["dependency-groups"]["build"] == project()["build-system"]["requires"]
