"""Makes a release: its version and date, the sdist and the wheel, both checked, and a tag.

python -m tests.release 0.2.0    # or: make release VERSION=0.2.0

The version stands in ``pyproject.toml`` alone. What is built is left in ``dist/``; nothing is
pushed or uploaded.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import venv
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tests.conftest import free_port

_VERSION = re.compile(r'^version = "(.+)"$', re.MULTILINE)
_UNRELEASED = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
NEEDED = (
    "index/swedish/data/sv_lexicon.txt.gz",
    "index/swedish/data/LICENSE.LGPL-3.txt",
    "index/samples/region-norrbotten-esf-2026-1.txt",
    "search/themes.txt",
    "web/site/templates/base.html",
    "web/site/static/style.css",
    "web/translations/en/LC_MESSAGES/messages.mo",
)
"""One of each kind of file that is no module, and the licence that must go with the lexicon."""
SUM = "20\u00a0485\u00a0293\u00a0kr"
"""Of the sample decision, as its page shows it."""


class NoRelease(Exception):
    """Why there can be none, and what to do."""


def main(arguments: Sequence[str], root: Path | None = None, today: date | None = None) -> None:
    """Releases the one version that is named, of the checkout `root`; else changes nothing."""
    root = root or Path.cwd()
    if len(arguments) != 1:
        raise NoRelease("say which version: make release VERSION=0.2.0")
    (wanted,) = arguments
    project_path, changes_path = root / "pyproject.toml", root / "CHANGELOG.md"
    project, changes = project_path.read_text("utf-8"), changes_path.read_text("utf-8")
    tag = _check(root, wanted, project, changes)
    try:
        project_path.write_text(_VERSION.sub(f'version = "{wanted}"', project), "utf-8")
        changes_path.write_text(dated(changes, wanted, today or date.today()), "utf-8")
        sdist, wheel = built(root)
        check_contents(sdist, wheel)
        check_installed(wheel, root / "requirements" / "run.txt", wanted)
        _git(root, "commit", "--quiet", "--all", "--message", f"Release {wanted}")
    except BaseException:
        project_path.write_text(project, "utf-8")
        changes_path.write_text(changes, "utf-8")
        raise
    _git(root, "tag", "--annotate", tag, "--message", f"Release {wanted}")
    print(f"{sdist.name} and {wheel.name} are in dist/, and {tag} is tagged.")
    print("To publish: git push --follow-tags, then .venv/bin/twine upload dist/*")


def _check(root: Path, wanted: str, project: str, changes: str) -> str:
    """The tag of the version; raises `NoRelease`."""
    found = _VERSION.search(project)
    assert found is not None
    try:
        is_newer = Version(wanted) > Version(found[1])
    except InvalidVersion as error:
        raise NoRelease(f"{wanted} is no version such as 0.2.0") from error
    if not is_newer:
        raise NoRelease(f"{wanted} is not after {found[1]}, the version in pyproject.toml")
    news = _UNRELEASED.search(changes)
    if not news or not news[1].strip():
        raise NoRelease("CHANGELOG.md says nothing under Unreleased; say there what is new")
    if _git(root, "status", "--porcelain"):
        raise NoRelease("there are changes that are not committed; commit them first")
    tag = f"v{wanted}"
    if _git(root, "tag", "--list", tag):
        raise NoRelease(f"the tag {tag} is there already")
    return tag


def dated(changes: str, version: str, today: date) -> str:
    """The change log with what was unreleased as a version of today."""
    return changes.replace("## Unreleased\n", f"## {version} ({today})\n", 1)


def built(root: Path) -> tuple[Path, Path]:
    """The sdist and the wheel, made of what is in git and held to what registries demand."""
    for old in (root / "dist").glob("*"):
        old.unlink()
    _python("-m", "build", "--no-isolation", "--outdir", str(root / "dist"), str(root))
    made = sorted((root / "dist").iterdir())
    _python("-m", "twine", "check", "--strict", *map(str, made))
    sdist, wheel = sorted(made, key=lambda path: path.suffix == ".whl")
    return sdist, wheel


def check_contents(sdist: Path, wheel: Path) -> None:
    """Raises `NoRelease` if something is missing, or the wheel holds what is no part of it."""
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    missing = [name for name in NEEDED if name not in in_sdist or name not in in_wheel]
    if missing:
        raise NoRelease(f"not in what was built: {', '.join(missing)}")
    rooms = {
        name.split("/")[0] for name in in_wheel if not name.split("/")[0].endswith(".dist-info")
    }
    if rooms != {"index", "search", "web"}:
        raise NoRelease(f"the wheel has {', '.join(sorted(rooms))}")


def check_installed(wheel: Path, pins: Path, version: str, packages: Path | None = None) -> None:
    """Installs the wheel into an environment of its own and serves the sample from it, in an empty
    folder. What the wheel needs is installed as pinned, or is that in the folder `packages`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "environment")
        venv.create(place)
        install = ("-m", "pip", "--python", str(place), "install", "--quiet")
        if packages is None:
            _python(*install, "--require-hashes", "--requirement", str(pins))
        else:
            (site,) = place.glob("lib/*/site-packages")
            (site / "packages.pth").write_text(f"{packages}\n", "utf-8")
        _python(*install, "--no-deps", str(wheel))
        beslut = str(place / "bin" / "beslut")
        said = _run(beslut, "--version", cwd=folder).strip()
        if said != f"beslutssok {version}":
            raise NoRelease(f"what was installed says that it is {said}")
        _check_demo(beslut, Path(folder))


def _check_demo(beslut: str, folder: Path) -> None:
    port = free_port()
    demo = subprocess.Popen(
        [beslut, "demo", "--port", str(port)], cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        if SUM not in _page(f"http://127.0.0.1:{port}/", demo):
            raise NoRelease(f"the sample is not served: {SUM} is not on its page")
    finally:
        demo.terminate()
        demo.wait(timeout=20)


def _page(address: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read(), "utf-8")
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NoRelease(f"beslut demo does not answer: {error}") from error
            time.sleep(0.1)


def _python(*arguments: str) -> str:
    return _run(sys.executable, *arguments)


def _git(root: Path, *arguments: str) -> str:
    return _run("git", "-C", str(root), *arguments)


def _run(*command: str, cwd: str | None = None) -> str:
    """What a command says; raises `NoRelease` with it if the command fails."""
    environment = {name: text for name, text in os.environ.items() if "BESLUT" not in name}
    run = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise NoRelease(f"{' '.join(command[:4])}: {run.stdout}{run.stderr}")
    return run.stdout


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NoRelease as error:
        sys.exit(f"No release: {error}")
