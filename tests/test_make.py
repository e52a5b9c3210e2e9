"""``make run``, with a stand-in for the ``beslut`` that it calls: what exists is never touched, and
what is missing is said before anything else.

And what it installs: the versions pinned by ``make requirements``.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index.build import build
from index.storage.store import Store
from tests.conftest import ROOT, SAMPLE, SMALL, beslut_path, free_port

INDEX, SERVE = "index index/samples", "serve"
Run = Callable[..., list[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own, installed already, whose ``beslut`` notes in the file ``calls`` what
    it is called with."""
    checkout = tmp_path / "checkout with a space"
    installed = checkout / ".venv" / "bin"
    installed.mkdir(parents=True)
    for name in ("Makefile", "deploy/preflight.py", "requirements/run.txt"):
        (checkout / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    shutil.copytree(SAMPLE.parent, checkout / "index" / "samples")
    (checkout / "pyproject.toml").touch()
    (installed / "python").symlink_to(sys.executable)
    (checkout / ".venv" / "place").write_text(f"{checkout}\n", "utf-8")
    (checkout / ".venv" / "installed").touch()
    stub = installed / "beslut"
    stub.write_text(f'#!/bin/sh\necho "$*" >> "{checkout}/calls"\n', "utf-8")
    stub.chmod(0o755)
    return checkout


def make(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the real recipes, with variables of the environment by keyword."""
    names = [name for name in os.environ if "BESLUT" not in name and "MAKE" not in name]
    inherited = {name: os.environ[name] for name in names} | {"BESLUT_PORT": str(free_port())}
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env=inherited | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def make_run(checkout: Path) -> Run:
    """Runs ``make run``; gives what ``beslut`` was called with."""
    calls = checkout / "calls"

    def run(*arguments: str, **variables: str) -> list[str]:
        calls.unlink(missing_ok=True)
        run = make(checkout, "run", *arguments, **variables)
        assert run.returncode == 0, run.stderr
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


# What is missing is said first


def test_a_port_that_is_taken_is_said_before_anything_is_done(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = make(checkout, "run", BESLUT_PORT=str(port))
    said, _ = run.stderr.splitlines()  # and the line with which make ends
    assert said.startswith(
        f"make: port {port} is taken by another program. Choose another: BESLUT_"
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_not_there_is_said(checkout: Path) -> None:
    run = make(checkout, "run", "UV=", "PYTHON=python9")
    assert run.returncode == 2
    assert run.stderr.startswith("make: there is no python9. Install Python 3.11 or later")
    assert "sudo apt install python3-venv" in run.stderr


def preflight(check: str) -> str | None:
    """What one of the checks says."""
    found: str | None = runpy.run_path(str(ROOT / "deploy" / "preflight.py"))[check]()
    return found


def test_an_old_python_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert preflight("python") is None
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    said = preflight("python")
    assert said and said.startswith("Python 3.11 or later is needed, and ")
    assert " is 3.9.2. " in said


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_a_python_without_venv_is_said(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert "sudo apt install python3-venv" in (preflight("python") or "")


@pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("PORT", "0"), ("HOST", "x.invalid")])
def test_what_is_no_port_is_left_to_beslut(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESLUT_PORT", str(free_port()))
    monkeypatch.setenv(f"BESLUT_{name}", value)
    assert preflight("port") is None


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A Python that makes an environment of nothing but itself, in no time."""
    stub = tmp_path / "python"
    stub.write_text(
        f'''#!/bin/sh
        [ "$2" = venv ] || exec "{sys.executable}" "$@"
        mkdir -p "$3/bin" && ln -s "{sys.executable}" "$3/bin/python"''',
        "utf-8",
    )
    stub.chmod(0o755)
    return f"PYTHON={stub}"


def test_a_checkout_that_was_moved_makes_its_environment_anew(checkout: Path, python: str) -> None:
    moved = checkout.rename(checkout.parent / "moved")
    options = ("UV=", python, "PIP=true")
    said = make(moved, ".venv/installed", *options)
    assert (said.returncode, said.stderr) == (0, "")
    first, second = said.stdout.splitlines()
    assert first == "Making an environment of its own in .venv"
    assert re.match(r"Installing \d+ packages ", second)
    assert not (moved / ".venv" / "bin" / "beslut").exists()
    assert make(moved, ".venv/installed", *options).stdout == ""  # once is enough


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path, python: str) -> None:
    there = checkout / ".venv" / "bin" / "python"
    there.unlink()
    run = make(checkout, ".venv/installed", "UV=", python, "PIP=true")
    assert run.stdout.startswith("Making an environment of its own in .venv\n")
    assert there.exists()


def test_packages_that_cannot_be_had_are_said(checkout: Path) -> None:
    (checkout / ".venv" / "installed").unlink()
    run = make(checkout, ".venv/installed", "PIP=false")
    assert run.returncode == 2
    assert "make: the packages could not be installed" in run.stderr
    assert not (checkout / ".venv" / "installed").exists()


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def asked_for(name: str) -> list[Requirement]:
    """What must be in ``requirements/{name}.txt``: what the project needs, and its build."""
    declared = project()
    extra = declared["project"]["optional-dependencies"].get(name, [])
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


@pytest.mark.parametrize("name", ["run", "opensearch", "test"])
def test_all_that_is_asked_for_is_pinned_within_its_bounds(name: str) -> None:
    there = versions(name)
    for asked in asked_for(name):
        some = there.get(canonicalize_name(asked.name))
        assert some, f"{asked}: run make requirements"
        assert all(asked.specifier.contains(one) for one in some), f"{asked}: make requirements"


@pytest.mark.parametrize("name", ["run", "opensearch", "test"])
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    for one, hashes in pinned(name):
        assert one.url is None
        assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", hash_) for hash_ in hashes), one
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|^-|index-url|find-links|trusted-host", text, re.MULTILINE)


def test_the_tests_run_with_what_is_pinned_for_the_site() -> None:
    tested = versions("test")
    for some in (versions("run"), versions("opensearch")):
        assert {name: tested.get(name) for name in some} == some


def test_what_builds_the_package_is_pinned_as_it_is_asked_for() -> None:
    assert project()["dependency-groups"]["build"] == project()["build-system"]["requires"]
