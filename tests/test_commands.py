"""The commands that the documentation shows in a terminal: each is run, here or by another test, or
there is a reason why it is run by hand before a release."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLE
from tests.test_docs import PAPERS, commands, consoles

HERE = "tests/test_commands.py"
HOW = {
    # README
    "make run": "tests/test_make.py",
    "make test": "by hand: it is what runs all of these",
    ". .venv/bin/activate": HERE,
    "beslut index index/samples": HERE,
    "beslut search": HERE,
    "curl": HERE,
    # docs/operating.md
    "cat listor": "tests/test_docs.py",
    "beslut index --check": "tests/test_docs.py",
    "beslut index listor": "tests/test_docs.py",
    "beslut watch": "tests/test_watch.py",
    "sendmail": "by hand: it sends mail",
    "beslut replicate /srv/backup": HERE,
    "beslut check --index /srv/backup": HERE,
    "beslut replicate var/index": HERE,
    "beslut replicate beslut@": "by hand: it needs another machine",
    # docs/installing.md
    "echo": HERE,
    "docker": "by hand: it needs Docker and a registry of images",
    "apt-get": "by hand: it installs into the system",
    "python3 -m venv": "tests/test_container.py",
    "/opt/beslut": "tests/test_container.py",
    "venv/bin/": "tests/test_container.py",
    "pipx": "by hand: it installs for the user; tests/test_release.py installs the wheel",
    "beslut demo": "tests/test_serve.py",
    "install": HERE,
    "ln": HERE,
    "rm": HERE,
    "nginx -t": "tests/test_proxies.py",
    "systemctl": "by hand: it needs a running systemd",
    "systemd-": "by hand: it needs a running systemd",
    "journalctl": "by hand: it needs a running systemd",
    "certbot": "by hand: it needs a public name",
    # CONTRIBUTING.md, docs/relevance.md
    "make test-opensearch": "by hand: it needs Java, and .ci/run runs it",
    "make release": "tests/test_release.py",
    ".venv/bin/pytest": "by hand: it is this",
    "make lint": "by hand: `make test` runs it",
    "make relevance": "by hand: it takes minutes",
    "make bench": "by hand: it takes minutes",
}
"""How each command is run, by how it begins: the longest such beginning counts."""


def beginning(command: str) -> str:
    """The longest key of `HOW` that a command begins with."""
    return max((one for one in HOW if command.startswith(one)), key=len, default=command)


def test_every_command_is_run_somewhere_or_has_a_reason() -> None:
    shown = {line for paper in PAPERS for console in consoles(paper) for line in commands(console)}
    assert {beginning(line) for line in shown} == HOW.keys()
    for how in HOW.values():
        assert how.startswith("by hand: ") or (ROOT / how).is_file(), how


def block(paper: str, first: str) -> str:
    """The one block of a paper whose first command begins so."""
    (path,) = (one for one in PAPERS if one.name == paper)
    (found,) = (one for one in consoles(path) if one.startswith(f"$ {first}"))
    return found


def run(console: str, folder: Path, **elsewhere: str) -> str:
    """What a block prints when its commands are typed in a folder, one after the other. Places that
    a test may not touch are `elsewhere`."""
    said = []
    for command in commands(console):
        for place, other in elsewhere.items():
            command = command.replace(f"/{place}", other)
        environment = {name: text for name, text in os.environ.items() if "BESLUT" not in name}
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said.append(done.stdout)
    return "".join(said)


def shown(console: str) -> str:
    """What a block says that its commands print."""
    return "".join(line + "\n" for line in console.splitlines() if not line.startswith("$ "))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the commands need of a clone."""
    clone = tmp_path / "clone"
    shutil.copytree(SAMPLE.parent, clone / "index" / "samples")
    shutil.copytree(ROOT / "deploy", clone / "deploy")
    (clone / ".venv").symlink_to(sys.prefix)
    return clone


def test_the_readme_leads_to_an_index_and_a_search(clone: Path, server: str) -> None:
    console = block("README.md", ". .venv").replace("http://127.0.0.1:8000", server)
    totals = re.findall(r'"totalRecords": ?(\d+)', run(console, clone))
    assert len(totals) == 2 and totals[0] == totals[1]


def test_a_backup_is_made_checked_and_put_back(clone: Path) -> None:
    srv = str(clone.parent / "srv")
    run("$ beslut index index/samples", clone)
    console = block("operating.md", "beslut replicate /srv/backup")
    assert run(console, clone, srv=srv).replace(srv, "/srv") == shown(console)
    (clone / "var").rename(clone / "damaged")
    back = run(block("operating.md", "beslut replicate var"), clone, srv=srv)
    assert "Inget har ändrats" in back


def test_what_is_installed_is_there(clone: Path) -> None:
    root = str(clone.parent)
    elsewhere = {place: f"{root}/{place}" for place in ("etc", "opt", "srv")}
    Path(root, "opt").mkdir()
    for folder in ("nginx/sites-available", "nginx/sites-enabled", "systemd/system", "caddy"):
        Path(root, "etc", folder).mkdir(parents=True)
    Path(root, "etc/nginx/sites-enabled/default").touch()
    skipped = ("apt-get", "python3", "/opt", "systemd-", "certbot", "nginx", "systemctl")
    begins = ("apt-get", "systemctl stop", "certbot", "install --mode=644 deploy/Caddyfile")
    for first in begins:
        lines = commands(block("installing.md", first))
        kept = [f"$ {line}" for line in lines if not line.startswith(skipped)]
        run("\n".join(kept), clone, **elsewhere)
    made = {str(path.relative_to(root)) for path in Path(root, "etc").rglob("*") if path.is_file()}
    for unit in (ROOT / "deploy" / "systemd").iterdir():
        where = (
            "sysusers.d/beslut.conf"
            if unit.suffix == ".sysusers"
            else f"systemd/system/{unit.name}"
        )
        assert f"etc/{where}" in made
    assert {
        "etc/beslut/beslut.env",
        "etc/nginx/sites-enabled/beslut",
        "etc/caddy/Caddyfile",
    } <= made
    assert not Path(root, "etc/nginx/sites-enabled/default").exists()
    assert Path(root, "opt/beslut").readlink() == Path(root, "opt/beslut-2")


def test_the_settings_of_the_containers_are_written(clone: Path) -> None:
    lines = commands(block("installing.md", "echo"))
    run("\n".join(f"$ {line}" for line in lines if line.startswith("echo")), clone)
    written = (clone / "deploy" / ".env").read_text("utf-8")
    assert written == "SITE=beslut.example\nDOCUMENTS=/srv/beslut/documents\n"
