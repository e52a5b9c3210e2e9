"""Generations on disk: open the current one, build the next, switch.

    DIR/LOCK             held (flock) by the one process that writes
    DIR/CURRENT          the name of the generation that is served
    DIR/gen-7/           one complete, immutable state
        manifest.json    format, versions, sources, and size and SHA-256 of every file
        whoosh/          the Whoosh index
        columns/         see `index.columns`
        decisions/       what each source gave, by the source's SHA-256
    DIR/.build-4711/     a build in progress; removed at the next build if its process is gone

Whoosh itself calls fsync nowhere and keeps no checksums, so both are done here. A kill or a power
cut at any point leaves `CURRENT` on a generation that is whole. Opening an index unpickles its
files: **the directory is code**, to be writable by its owner alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.errors import IndexLocked, IndexUnusable
from index.schema import FORMAT, schema_hash
from index.swedish import LEXICON_VERSION

_GENERATION = re.compile(r"gen-(\d+)")
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the index. ``warning`` says why it is not the newest, where that is so."""

    path: Path
    number: int
    manifest: dict[str, Any]
    warning: str | None = None

    @property
    def whoosh(self) -> Path:
        """The folder of the Whoosh index."""
        return self.path / "whoosh"

    @property
    def columns(self) -> Path:
        """The folder of the columns."""
        return self.path / "columns"

    def decisions(self, sha256: str) -> Path:
        """The file with the decisions that one source gave, a JSON line each."""
        return self.path / "decisions" / f"{sha256}.jsonl"


def facts() -> dict[str, Any]:
    """What an index must have been built with to be read by this program."""
    return {
        "format": FORMAT,
        "schema": schema_hash(),
        "versions": {
            "whoosh-reloaded": version("whoosh-reloaded"),
            "snowballstemmer": version("snowballstemmer"),
            "lexicon": LEXICON_VERSION,
        },
    }


class Store:
    """The directory of one index."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current_name(self) -> str | None:
        """The name of the generation that is served; None where nothing was ever built."""
        try:
            return (self.path / "CURRENT").read_text("utf-8").strip()
        except FileNotFoundError:
            return None

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever another generation becomes current. One stat call."""
        try:
            stat = os.stat(self.path / "CURRENT")
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns

    def current(self) -> Generation:
        """The newest generation that is whole and readable; raises `IndexUnusable`.

        Sizes are compared with the manifest here; `check` reads every byte.
        """
        name = self.current_name()
        if name is None:
            raise IndexUnusable(
                f"det finns inget index i {self.path}", f"kör {self._rebuild_command()}"
            )
        try:
            return self._open(name)
        except IndexUnusable as error:
            for older in self._older_than(name):
                with contextlib.suppress(IndexUnusable):
                    generation = self._open(older)
                    warning = f"{name} kan inte användas ({error.what}); {older} visas"
                    return Generation(
                        generation.path, generation.number, generation.manifest, warning
                    )
            raise

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder to build in, under the writer's lock; raises `IndexLocked`.

        What is in the folder when the block ends without `publish` is thrown away.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._lock():
            for orphan in self.path.glob(".build-*"):
                shutil.rmtree(orphan)
            build = self.path / f".build-{os.getpid()}"
            build.mkdir()
            try:
                yield build
            finally:
                shutil.rmtree(build, ignore_errors=True)

    def publish(self, build: Path, manifest: dict[str, Any]) -> Generation:
        """Makes a finished `build` folder the current generation, and keeps the one before it."""
        files = {
            str(file.relative_to(build)): {"size": file.stat().st_size, "sha256": _sha256(file)}
            for file in sorted(build.rglob("*"))
            if file.is_file()
        }
        whole = facts() | manifest | {"files": files}
        text = json.dumps(whole, ensure_ascii=False, indent=1)
        (build / _MANIFEST).write_text(text, "utf-8")
        for path in [*build.rglob("*"), build]:
            _fsync(path)
        before = self.current_name()
        number = max(self._numbers(), default=0) + 1
        target = self.path / f"gen-{number}"
        build.rename(target)
        _fsync(self.path)
        self._switch(target.name)
        self._remove_all_but({target.name, before})
        return Generation(target, number, whole)

    def rollback(self) -> Generation:
        """Points back to the generation before the current one; raises `IndexUnusable`."""
        with self._lock():
            name = self.current_name()
            older = self._older_than(name) if name else []
            if not older:
                raise IndexUnusable(
                    "det finns ingen tidigare generation att gå tillbaka till",
                    f"kör {self._rebuild_command()}",
                )
            generation = self._open(older[0])
            self._switch(older[0])
            return generation

    def check(self) -> Generation:
        """Reads every byte of the current generation; raises `IndexUnusable` naming the file."""
        name = self.current_name()
        generation = self.current() if name is None else self._open(name)
        for file, facts_ in generation.manifest["files"].items():
            if _sha256(generation.path / file) != facts_["sha256"]:
                raise IndexUnusable(
                    f"{name}/{file} har ändrats sedan indexet skrevs", self._mend_command(name)
                )
        return generation

    def _open(self, name: str | None) -> Generation:
        path = self.path / (name or "")
        match = _GENERATION.fullmatch(name or "")
        try:
            manifest = json.loads((path / _MANIFEST).read_text("utf-8"))
            files, expected = manifest["files"], facts()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnusable(
                f"{path} är inte ett helt index", self._mend_command(name)
            ) from error
        if match is None:
            raise IndexUnusable(f"{path} är inget index", self._mend_command(name))
        for key, value in expected.items():
            if manifest.get(key) != value:
                raise IndexUnusable(
                    f"indexet är byggt med en annan version ({key})",
                    f"kör {self._rebuild_command()}",
                )
        for file, facts_ in files.items():
            if not (path / file).is_file() or (path / file).stat().st_size != facts_["size"]:
                raise IndexUnusable(
                    f"{name}/{file} saknas eller är avkortad", self._mend_command(name)
                )
        return Generation(path, int(match[1]), manifest)

    def _rebuild_command(self) -> str:
        return f"`beslut index KÄLLA... --index {self.path}`"

    def _mend_command(self, name: str | None) -> str:
        rollback = f"`beslut rollback --index {self.path}` eller "
        return f"kör {rollback if name and self._older_than(name) else ''}{self._rebuild_command()}"

    def _numbers(self) -> list[int]:
        names = (_GENERATION.fullmatch(path.name) for path in self.path.iterdir())
        return sorted((int(match[1]) for match in names if match), reverse=True)

    def _older_than(self, name: str) -> list[str]:
        match = _GENERATION.fullmatch(name)
        limit = int(match[1]) if match else 0
        return [f"gen-{number}" for number in self._numbers() if number < limit]

    def _switch(self, name: str) -> None:
        temporary = self.path / "CURRENT.new"
        temporary.write_text(name + "\n", "utf-8")
        _fsync(temporary)
        temporary.replace(self.path / "CURRENT")
        _fsync(self.path)

    def _remove_all_but(self, keep: set[str | None]) -> None:
        for number in self._numbers():
            if f"gen-{number}" not in keep:
                shutil.rmtree(self.path / f"gen-{number}")

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.path / "LOCK").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                holder = lock.read().strip() or "en annan process"
                raise IndexLocked(
                    f"indexet i {self.path} byggs redan av {holder}", "vänta tills den är klar"
                ) from error
            lock.truncate(0)
            lock.write(f"process {os.getpid()}")
            lock.flush()
            yield


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
