"""The image of `deploy/Containerfile`, made without a container engine and without its base image.

The steps are run one by one in a root folder of their own (in a mount namespace), which has
the system's programs read-only and Python where the base image has it, and nothing else of this
machine: what a step needs and the file does not copy or install, it does not find. A container of
it runs as the file's user, without capabilities, on a read-only root.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.conftest import ROOT

CONTAINERFILE = ROOT / "deploy" / "Containerfile"
BASE = "docker.io/library/python:"
_SYSTEM = ("bin", "etc", "lib", "lib32", "lib64", "sbin", "usr")
_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
_REGISTRY = re.compile(r"PIP_\w+|SSL_CERT_\w+|\w+_(?:PROXY|proxy)")
"""Variables by which this machine reaches the package registry; for the build alone."""
_LAY = """
set -e
root=$1; shift
mount --bind "$root" "$root"
for part in $SYSTEM; do
    mount --rbind "/$part" "$root/$part"; mount -o remount,bind,ro "$root/$part"
done
mount --rbind "$BASE_PREFIX" "$root$BASE_PREFIX"
mount --rbind "$LOCAL" "$root/usr/local"
mount --rbind /proc "$root/proc"; mount --rbind /dev "$root/dev"
if test -n "$READ_ONLY"; then
    mount -t tmpfs tmpfs "$root/tmp"
    for pair in $VOLUMES; do
        mount --bind "${pair%%:*}" "$root${pair#*:}"
    done
    for path in $UNWRITABLE; do
        mount -o remount,bind,ro "$root$path"
    done
    mount -o remount,bind,ro "$root"
fi
cd "$root"; pivot_root . .; umount -l .; cd /  # in a chroot nobody can become another user
exec "$@"
"""


@dataclass
class Image:
    """One stage of the file: its root folder, and what else it sets."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    folder: str = "/"
    user: str = "0:0"
    volumes: tuple[str, ...] = ()
    health: str = ""
    command: tuple[str, ...] = ()

    def container(
        self,
        command: Sequence[str],
        mounts: Mapping[Path, str],
        writable: bool = True,
        **settings: str,
    ) -> subprocess.Popen[str]:
        """A command in a container. `mounts`: what to mount where, read-only all but the image's
        volumes, and those only if `writable`."""
        unwritable = set(mounts.values()) - (set(self.volumes) if writable else set())
        for where in mounts.values():
            (self.root / where[1:]).mkdir(parents=True, exist_ok=True)
        laid = {
            "READ_ONLY": "1",
            "VOLUMES": " ".join(f"{what}:{where}" for what, where in mounts.items()),
            "UNWRITABLE": " ".join(unwritable),
        }
        user, group = self.user.split(":")
        become = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
        become += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        if os.geteuid() != 0:
            become = ["unshare", "--user", f"--map-user={user}", f"--map-group={group}"]
        return self._start(become, command, self.environment | settings, laid)

    def step(self, command: str) -> None:
        """What RUN does; raises AssertionError with what was said."""
        registry = {name: value for name, value in os.environ.items() if _REGISTRY.fullmatch(name)}
        process = self._start([], ["/bin/sh", "-c", command], registry | self.environment, {})
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, f"{command}\n{said}"

    def _start(
        self,
        become: Sequence[str],
        command: Sequence[str],
        environment: Mapping[str, str],
        laid: Mapping[str, str],
    ) -> subprocess.Popen[str]:
        alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        clean = ["env", "-i", "-C", self.folder, *(f"{k}={v}" for k, v in environment.items())]
        return subprocess.Popen(
            [*alone, "sh", "-c", _LAY, "sh", str(self.root), *become, *clean, *command],
            env={"PATH": _PATH, **_system(self.root), **laid},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def _system(root: Path) -> dict[str, str]:
    """What of this machine a root folder has, where its mount points and links are made."""
    for name in _SYSTEM:
        if Path("/", name).is_symlink() and not (root / name).is_symlink():
            (root / name).symlink_to(os.readlink(f"/{name}"))
    there = [Path("/", name) for name in _SYSTEM]
    parts = [path.name for path in there if path.is_dir() and not path.is_symlink()]
    local = Path(sys.base_prefix)
    if sys.base_prefix == "/usr":  # Debian's own, which is not called python
        local = root.parent / "local"
        (local / "bin").mkdir(parents=True, exist_ok=True)
        if not (local / "bin" / "python").is_symlink():
            (local / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    for name in (*parts, "proc", "dev", "tmp", sys.base_prefix[1:]):
        (root / name).mkdir(parents=True, exist_ok=True)
    return {"SYSTEM": " ".join(parts), "BASE_PREFIX": sys.base_prefix, "LOCAL": str(local)}


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """(instruction, the rest) of a Containerfile."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", "").splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def build(folder: Path) -> Image:
    """Runs the steps of the file in `folder`; the image of its last stage."""
    stages: dict[str, Image] = {}
    image = Image(folder)
    arguments: dict[str, str] = {}
    for word, text in instructions(CONTAINERFILE.read_text("utf-8")):
        rest = re.sub(r"\$\{(\w+)\}", lambda found: arguments.get(found[1], found[0]), text)
        if word == "ARG":  # that of Python is not looked at: it is the one that runs this
            arguments.update([rest.split("=")])
        elif word == "FROM":
            base, _, name = rest.partition(" AS ")
            assert base.startswith(BASE), base
            image = stages[name] = Image(folder / (name or "image"))
            image.root.mkdir()
        else:
            follow(image, word, rest, stages)
    return image


def follow(image: Image, word: str, rest: str, stages: Mapping[str, Image]) -> None:
    """Follows one instruction; raises ValueError for one that is not known here."""
    match word:
        case "RUN":
            image.step(rest)
        case "COPY":
            copy(image, shlex.split(rest), stages)
        case "WORKDIR":
            image.folder = rest
            (image.root / rest[1:]).mkdir(parents=True, exist_ok=True)
        case "ENV":
            image.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        case "USER":
            image.user = rest
        case "VOLUME":
            image.volumes += tuple(rest.split())
        case "HEALTHCHECK":
            image.health = rest.partition("CMD ")[2]
        case "CMD":
            image.command = tuple(json.loads(rest))
        case "EXPOSE":
            assert rest == "8000"
        case _:
            raise ValueError(word)


def copy(image: Image, words: Sequence[str], stages: Mapping[str, Image]) -> None:
    """Copies from another stage, or of the checkout what `.dockerignore` leaves."""
    options = dict(word.removeprefix("--").split("=") for word in words if word.startswith("--"))
    *sources, target = (word for word in words if not word.startswith("--"))
    came_from = stages[options["from"]].root if "from" in options else ROOT
    for source in sources:
        found, to = came_from / source.lstrip("/"), image.root / image.folder[1:] / target
        to = image.root / target[1:] if target.startswith("/") else to
        to = to / found.name if target.endswith("/") else to
        to.parent.mkdir(parents=True, exist_ok=True)
        if found.is_file():
            assert "from" in options or is_sent(source), source
            shutil.copy2(found, to)
        else:
            leave = None if "from" in options else _not_sent
            link = os.link if "from" in options else shutil.copy2  # what is built is not changed
            shutil.copytree(found, to, True, leave, link, dirs_exist_ok=True)
        if "chown" in options and os.geteuid() == 0:
            os.chown(to, *map(int, options["chown"].split(":")))


def _not_sent(folder: str, names: list[str]) -> list[str]:
    inside = Path(folder).relative_to(ROOT)
    return [name for name in names if not is_sent((inside / name).as_posix())]


def is_sent(path: str) -> bool:
    """Whether a file of the checkout is sent to the build: the last pattern that matches it or a
    folder that it is in decides."""
    patterns = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = True
    whole = [part.as_posix() for part in (PurePosixPath(path), *PurePosixPath(path).parents)]
    for pattern in patterns:
        glob = pattern.removeprefix("!")
        if pattern and not pattern.startswith("#") and any(_matches(one, glob) for one in whole):
            sent = pattern.startswith("!")
    return sent


def _matches(path: str, glob: str) -> bool:
    if glob.startswith("**/"):
        return fnmatch.fnmatchcase(path.rpartition("/")[2], glob[3:])
    same_depth = path.count("/") == glob.count("/")
    return path != "." and same_depth and fnmatch.fnmatchcase(path, glob)
