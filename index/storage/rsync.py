"""How is rsync called, and what does it mean when it fails?

Every file that it writes appears whole or not at all: it is written under another name, synced, and
renamed. Which files differ is told by their bytes, not by their times, so that damage is mended.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import ReplicationError
from index.problem import shown

_SILENCE = 600  # seconds until rsync gives up; it is silent while a large file is read
_NOTHING_THERE = 23  # of files, some could not be read; so it says of a folder that is not there
_FULL = "No space left on device", "Disk quota exceeded"
_LOGIN = "kontrollera namnet, att `ssh` dit fungerar utan lösenord, och att rsync finns där"
_REMEDIES = {
    127: "installera rsync på båda datorerna, t.ex. med `apt install rsync`",
    255: _LOGIN,
    12: _LOGIN,  # as well, depending on which end notices first
    10: "kontrollera namnet, och att rsync svarar där",
    5: "kontrollera modulens namn och rättigheter där",
    30: "kontrollera förbindelsen och kör om",
    35: "kontrollera förbindelsen och kör om",
}
"""By exit code, see rsync(1)."""
_REMEDY = "kontrollera sökvägen och rättigheterna där, och kör om"


@dataclass(frozen=True, slots=True)
class Rsync:
    """Calls of rsync to and from a `target`, a folder as rsync writes it. Its processes have the
    descriptor `lock` open for as long as they run. All raise `ReplicationError`."""

    target: str
    lock: int

    def look(self, into: Path, *patterns: str) -> None:
        """Fetches the files below the target that patterns are about. Makes the target a folder
        where there is nothing."""
        chosen = [*(f"--include={pattern}" for pattern in patterns), "--exclude=*"]
        fetch = ["--recursive", *chosen, "--", self._at(), f"{into}/"]
        if self._run(fetch).returncode == _NOTHING_THERE:
            with TemporaryDirectory() as empty:
                self._checked(["--dirs", "--mkpath", "--", f"{empty}/", self._at()])
            self._checked(fetch)

    def send(
        self, *paths: str, to: str, apart: Sequence[str] = (), like: Sequence[str] = ()
    ) -> int:
        """Makes a folder at the target hold what `paths` do, and of a folder with a slash at its
        end nothing else, what stands `apart` left as it is. What is in the folders `like`, seen
        from there, is linked to. The number of files sent."""
        how = ["--recursive", "--times", "--checksum", "--delete", "--fsync", "--out-format=%i"]
        how += [f"--exclude=/{name}" for name in apart]
        how += [f"--link-dest={folder}" for folder in like]
        told = self._checked([*how, "--", *paths, self._at(to)])
        return sum(line.startswith("<f") for line in told.splitlines())

    def replace(self, path: str) -> None:
        """Puts a file in the place of the one of its name, even one that says the same."""
        self._checked(["--ignore-times", "--fsync", "--", path, self._at()])

    def remove(self, *patterns: str, all_but: Collection[str]) -> None:
        """Removes what is right below the target and matches one of the patterns."""
        rules = [f"protect /{name}" for name in all_but]
        rules += [f"risk /{pattern}" for pattern in patterns] + ["protect /*"]
        filters = [f"--filter={rule}" for rule in rules]
        with TemporaryDirectory() as empty:
            self._checked(["--recursive", "--delete", *filters, "--", f"{empty}/", self._at()])

    def _at(self, name: str = "") -> str:
        between = "" if self.target.endswith(("/", ":")) else "/"
        return f"{self.target}{between}{name}"

    def _checked(self, arguments: Sequence[str]) -> str:
        run = self._run(arguments)
        if run.returncode:
            raise self._failure(run)
        return run.stdout

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = ["rsync", "--protect-args", f"--timeout={_SILENCE}", *arguments]
        try:
            return subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                env=os.environ | {"LC_ALL": "C"},
                pass_fds=[self.lock],
            )
        except FileNotFoundError as error:
            raise ReplicationError("rsync finns inte här", _REMEDIES[127]) from error

    def _failure(self, run: subprocess.CompletedProcess[str]) -> ReplicationError:
        lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
        # What the system or ssh said stands first; last comes a line that sums it up.
        said = shown(lines[0]) if lines else f"rsync slutade med {run.returncode}"
        what = f"{shown(self.target)} kunde inte nås eller skrivas: {said}"
        if any(one in run.stderr for one in _FULL):
            return ReplicationError(what, "disken där är full: frigör plats och kör om")
        return ReplicationError(what, _REMEDIES.get(run.returncode, _REMEDY))
