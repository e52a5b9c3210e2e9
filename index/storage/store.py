"""Generations on disk: open the current one, build the next, switch.

    DIR/LOCK             held (flock) by the one process that writes
    DIR/CURRENT          the name of the generation that is served
    DIR/VERIFIED         which generations have been held to their hashes here
    DIR/gen-7/           one complete, immutable state
        manifest.json    format, versions, sources, and size and SHA-256 of every other file
        manifest.sha256  the SHA-256 of the manifest, as sha256sum writes it
        whoosh/          the Whoosh index
        columns/         see `index.storage.columns`
        vocabulary/      see `index.storage.vocabulary`
        journal/         see `index.storage.journal`
        decisions/       what was read from each source, by its place in the manifest
    DIR/.build-4711/     a build in progress; removed at the next build if its process is gone

Whoosh never calls fsync and keeps no checksums, so both are done here. After a kill or a power cut
at any point, `CURRENT` still names a complete generation. A generation is served only if every
byte that answers come from is as its manifest says. That is looked at once for each generation and
machine: as long as inodes, sizes and times of its files are what they were then. Opening an index
unpickles its files: **the directory is code**, and only its owner may be able to write to it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Container, Iterator, Set
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import IndexLocked, IndexUnusable
from index.problem import quoted
from index.storage.journal import JOURNAL
from index.storage.schema import FORMAT, schema_hash
from index.swedish import LEXICON_VERSION
from index.withheld import Withheld

_LOG = logging.getLogger("beslut")
_GENERATION = re.compile(r"gen-(\d+)")
_LINEAGE = 2_000  # generations that a copy may be behind: one every five minutes for a week
CURRENT, MANIFEST, SEAL, _VERIFIED = "CURRENT", "manifest.json", "manifest.sha256", "VERIFIED"


class FileState(NamedTuple):
    """What changes when somebody writes to a file, without a byte of it being read. A file with
    another inode is another file."""

    path: str
    inode: int
    size: int
    written: int  # nanoseconds since 1970

    @classmethod
    def of(cls, path: str) -> FileState:
        """That of a file now; OSError where it is gone."""
        stat = os.stat(path)
        return cls(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the index. ``warning`` says why it is not the newest, if it is not. ``states``
    are those of the `served` files before they were held to their hashes: a file that is in another
    now has been written to since. Empty where that was not done."""

    path: Path
    number: int
    manifest: dict[str, Any]
    warning: str | None = None
    states: tuple[FileState, ...] = field(default=(), compare=False)

    @property
    def is_sample(self) -> bool:
        """Whether it holds nothing but the decisions that come with the project."""
        return bool(self.manifest.get("sample"))

    @property
    def withheld(self) -> dict[str, Withheld]:
        """The decisions that are in the sources and not in here, by identifier."""
        known = self.manifest.get("withheld") or {}
        return {name: Withheld.from_data(data) for name, data in known.items()}

    def why_withheld(self, name: str) -> str | None:
        """Why the decision of a name is withheld, None if none of that name is."""
        found = (one for known, one in self.withheld.items() if name in (known, *one.names))
        return next((one.reason for one in found), None)

    @property
    def mark(self) -> str:
        """What no generation of another index has: the beginning of its seal."""
        return (self.path / SEAL).read_text("ascii")[:16]

    @property
    def lineage(self) -> list[str]:
        """The marks of the generations that it goes on from."""
        return self.manifest.get("lineage") or []

    @property
    def whoosh(self) -> Path:
        """The folder of the Whoosh index."""
        return self.path / "whoosh"

    @property
    def columns(self) -> Path:
        """The folder of the columns."""
        return self.path / "columns"

    @property
    def vocabulary(self) -> Path:
        """The folder of the vocabulary."""
        return self.path / "vocabulary"

    @property
    def journal(self) -> Path:
        """The folder of the journal."""
        return self.path / JOURNAL

    @property
    def served(self) -> list[Path]:
        """The files that answers come from."""
        served = (self.whoosh, self.columns, self.vocabulary, self.journal)
        rooms = (f"{room.name}/" for room in served)
        begins = tuple(rooms)
        return [self.path / file for file in self.manifest["files"] if file.startswith(begins)]

    def looked_at(self) -> Generation:
        """With the states of its files now; OSError where one is gone."""
        return replace(self, states=tuple(FileState.of(str(path)) for path in self.served))

    def fingerprint(self) -> str:
        """SHA-256 (hex) over the ``states``."""
        lines = [
            f"{Path(path).name} {inode} {size} {written}"
            for path, inode, size, written in self.states
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def decisions(self, source: int) -> Path:
        """The decisions read from one of the manifest's sources, one JSON line each."""
        return self.path / "decisions" / f"{source}.jsonl"

    def is_unchanged(self, path: Path) -> bool:
        """Whether a file of this generation is there, byte for byte as it was written."""
        written = self.manifest["files"].get(path.relative_to(self.path).as_posix())
        with contextlib.suppress(OSError):
            return written is not None and sha256_of(path) == written["sha256"]
        return False


Amend = Callable[[Path, Generation], dict[str, Any]]


def facts() -> dict[str, Any]:
    """What an index must have been built with for this program to read it."""
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
        """The name of the generation that is to be served; None if nothing says it."""
        try:
            return (self.path / CURRENT).read_text("utf-8", "replace").strip()
        except OSError:
            return None

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever another generation becomes current. One stat call."""
        try:
            stat = os.stat(self.path / CURRENT)
        except OSError:
            return None
        # The inode too: two switches may fall within one tick of the file system's clock.
        return stat.st_ino, stat.st_mtime_ns

    def current(self) -> Generation:
        """The first of `candidates`; raises `IndexUnusable`."""
        return next(self.candidates())

    def candidates(self) -> Iterator[Generation]:
        """The generations that can be served: the current one, and after it those before it, newest
        first and with a warning, if it cannot. Raises `IndexUnusable`, of the newest, at the end.

        Where nothing says which generation is current, it is the newest. If another becomes the
        current one meanwhile, what was may be gone, and it begins again.
        """
        said, name = self.current_name(), self._existing_name()
        first: IndexUnusable | None = None
        for candidate in [name, *self._older_than(name)]:
            if self.current_name() != said:
                break
            if candidate != name and candidate in self._exposing_to(name):
                continue
            try:
                generation = self._open(candidate)
            except IndexUnusable as error:
                first = first or error
                continue
            what = first.what if first else "den kan inte öppnas"
            warning = f"{name} kan inte användas ({what}); {candidate} visas"
            yield generation if candidate == name else replace(generation, warning=warning)
        if self.current_name() != said:
            yield from self.candidates()
        raise first or self._unusable(f"{name} kan inte öppnas", name)

    def remembered(self) -> Generation | None:
        """The newest generation that can be read though it may be damaged: what was read from each
        source may be whole."""
        with contextlib.suppress(IndexUnusable):
            name = self._existing_name()
            for candidate in [name, *self._older_than(name)]:
                with contextlib.suppress(IndexUnusable):
                    return self._readable(candidate)
        return None

    def is_trusted(self, generation: Generation) -> bool:
        """Whether a generation has been held to its hashes here, and not been written to since."""
        try:
            return self._is_noted(generation.looked_at())
        except OSError:
            return False

    def _is_noted(self, generation: Generation) -> bool:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            lines = (self.path / _VERIFIED).read_text("utf-8").splitlines()
            return f"{generation.path.name} {generation.fingerprint()}" in lines
        return False

    def is_verified(self) -> bool:
        """Whether the current generation has been held to its hashes here, so that opening it reads
        no more of it than is needed."""
        name = self.current_name()
        try:
            return name is not None and self.is_trusted(self._sealed(name))
        except IndexUnusable:
            return False

    def named(self) -> Generation:
        """The generation that `CURRENT` names, whatever program wrote it. Only its manifest has
        been checked; raises `IndexUnusable`."""
        return self._sealed(self._existing_name())

    def seals(self) -> dict[int, bytes]:
        """The seal of each generation that has one, by number, newest first."""
        numbers = self._numbers() if self.path.is_dir() else []
        paths = {number: self.path / f"gen-{number}" / SEAL for number in numbers}
        return {number: path.read_bytes() for number, path in paths.items() if path.is_file()}

    def history(self) -> Iterator[Generation]:
        """The current generation and those before it, newest first, whatever program wrote them.
        Only their manifests have been checked."""
        try:
            name = self._existing_name()
        except IndexUnusable:
            return
        for candidate in [name, *self._older_than(name)]:
            with contextlib.suppress(IndexUnusable):
                yield self._sealed(candidate)

    def exposing(self, generation: Generation) -> set[str]:
        """The names of those before that show what a generation withholds; nobody may go back to
        one."""
        withheld = generation.withheld.keys()
        return {one.path.name for one in self.history() if withheld - one.withheld.keys()}

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder to build in, under the writer's lock; raises `IndexLocked`.

        Unless it is published, the folder is deleted when the block ends.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._lock():
            # Under the lock no other build is running, so these were killed.
            for orphan in self.path.glob(".build-*"):
                shutil.rmtree(orphan)
            self._remove_exposing()
            build = self.path / f".build-{os.getpid()}"
            build.mkdir()
            try:
                yield build
            finally:
                shutil.rmtree(build, ignore_errors=True)

    def publish(
        self,
        build: Path,
        manifest: dict[str, Any],
        linked: Generation | None = None,
        keep: bool = True,
    ) -> Generation:
        """Makes a finished `build` folder the current generation; `keep`: and keeps the one before.

        Hard links to files of the generation `linked` are on disk already, and their entries in its
        manifest still hold.
        """
        before = self._served_name() if keep else None
        known = _by_inode(linked)
        paths = sorted(path for path in build.rglob("*") if path.is_file())
        # Before they are hashed: what is written to one from here on shows.
        states = {path.relative_to(build).as_posix(): FileState.of(str(path)) for path in paths}
        files = {
            path.relative_to(build).as_posix(): known.get(path.stat().st_ino)
            or {"size": path.stat().st_size, "sha256": sha256_of(path)}
            for path in paths
        }
        whole = facts() | manifest | {"files": files, "lineage": self._lineage()}
        text = json.dumps(whole, ensure_ascii=False, indent=1)
        (build / MANIFEST).write_text(text, "utf-8")
        (build / SEAL).write_bytes(_seal((build / MANIFEST).read_bytes()))
        number = max(self._numbers(), default=0) + 1
        target = self.path / f"gen-{number}"
        self._put(build, target, known)
        generation = Generation(target, number, whole)
        served = (path.relative_to(target).as_posix() for path in generation.served)
        # Its bytes have just been read to be hashed.
        self._remember(replace(generation, states=tuple(states[file] for file in served)))
        self._switch(target.name)
        self._remove_all_but({target.name, before})
        return generation

    def _lineage(self) -> list[str]:
        """The marks of the generations before the next one, the oldest of many left out. By them a
        copy of another index is told from one that is only behind."""
        last = next(self.history(), None)
        return [*last.lineage, last.mark][-_LINEAGE:] if last else []

    def adopt(self, build: Path, name: str) -> None:
        """Makes a finished `build` folder that is a whole copy of generation `name` of another
        index the current one, under that name; keeps the one before. If there is one of that name
        here, it takes its place. One before that shows what this one withholds is not kept.

        It is not noted as held to its hashes: whoever serves it reads what arrived. Raises
        `IndexUnusable` if its manifest is not whole.
        """
        before, older = self._served_name(), self._older_than(name)
        if before == name:
            before = older[0] if older else None
        target, aside = self.path / name, build.with_name(f"{build.name}-replaced")
        if target.exists():
            target.rename(aside)
        self._put(build, target)
        generation = self._sealed(name)
        self._switch(name)
        shutil.rmtree(aside, ignore_errors=True)
        self._remove_all_but({name, before} - self.exposing(generation))

    def _put(self, build: Path, target: Path, synced: Container[int] = ()) -> None:
        """Gives a folder its name once it is on disk; the inodes `synced` are already."""
        # The contents must be on disk before a name leads to them: files, then the rename, then
        # CURRENT. In any other order a power cut could publish a generation with holes.
        for path in [*build.rglob("*"), build]:
            if path.stat().st_ino not in synced:
                _fsync(path)
        build.rename(target)
        _fsync(self.path)

    def rollback(self, amend: Amend = lambda folder, older: {}) -> Generation:
        """Publishes the generation before the current one again, newer than both, and keeps
        neither. `amend` may replace files in its folder, and returns what else its manifest is to
        say. Raises `IndexUnusable`."""
        name = self._existing_name()
        with self.building() as folder:
            older = self._older_than(self.current_name() or name)  # a build may have switched
            if not older:
                raise self._unusable("det finns ingen tidigare generation att gå tillbaka till")
            generation = self._open(older[0])
            for file in generation.manifest["files"]:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                os.link(generation.path / file, folder / file)
            manifest = generation.manifest | {"restored": generation.path.name}
            manifest |= amend(folder, generation)
            return self.publish(folder, manifest, generation, keep=False)

    def check(self) -> Generation:
        """Reads every byte of the current generation; raises `IndexUnusable` naming the file."""
        name = self._existing_name()
        generation = self._open(name)
        self.verify(generation)
        return generation

    def is_whole(self, generation: Generation) -> bool:
        """Whether every byte of a generation is as it was written."""
        try:
            self.verify(generation)
        except IndexUnusable:
            return False
        return True

    def verify(self, generation: Generation) -> None:
        """Reads every byte of a generation; raises `IndexUnusable` naming the file."""
        files, name = generation.manifest["files"], generation.path.name
        for file in files:
            if not generation.is_unchanged(generation.path / file):
                raise self._unusable(f"{name}/{file} har ändrats sedan indexet skrevs", name)
        for path in sorted(generation.path.rglob("*")):
            file = path.relative_to(generation.path).as_posix()
            if not path.is_dir() and file not in {*files, MANIFEST, SEAL}:
                raise self._unusable(f"{name}/{file} hör inte till indexet", name)

    def _open(self, name: str) -> Generation:
        """A generation that this program can read, every file of the right size, and those that
        answers come from as they were written."""
        generation = self._readable(name)
        try:
            # Before a byte is read: what is written from here on shows.
            generation = generation.looked_at()
        except OSError as error:
            raise self._unusable(f"{name} kan inte läsas", name) from error
        self._hold_to_hashes(generation)
        return generation

    def _readable(self, name: str) -> Generation:
        generation = self._sealed(name)
        for key, value in facts().items():
            if generation.manifest.get(key) != value:
                raise self._unusable(f"indexet är byggt med en annan version ({key})")
        for file, facts_ in generation.manifest["files"].items():
            path = generation.path / file
            if not path.is_file() or path.stat().st_size != facts_["size"]:
                raise self._unusable(f"{name}/{file} saknas eller är avkortad", name)
        return generation

    def _hold_to_hashes(self, generation: Generation) -> None:
        if self._is_noted(generation):
            return
        for path in generation.served:
            if not generation.is_unchanged(path):
                file = path.relative_to(self.path)
                raise self._unusable(f"{file} är skadad", generation.path.name)
        self._remember(generation)

    def _remember(self, generation: Generation) -> None:
        """Notes that a generation is as its manifest says, unless the folder may not be written."""
        there = {f"gen-{number}" for number in self._numbers()} - {generation.path.name}
        lines = [f"{generation.path.name} {generation.fingerprint()}"]
        with contextlib.suppress(OSError, UnicodeDecodeError):
            noted = (self.path / _VERIFIED).read_text("utf-8").splitlines()
            lines += [line for line in noted if line.partition(" ")[0] in there]
        with contextlib.suppress(OSError):
            temporary = self.path / f"{_VERIFIED}.new"
            temporary.write_text("\n".join([*lines, ""]), "utf-8")
            temporary.replace(self.path / _VERIFIED)

    def _sealed(self, name: str) -> Generation:
        """A generation whose manifest is unchanged."""
        match = _GENERATION.fullmatch(name)
        if match is None:
            raise self._unusable(f"{quoted(name)} är inget index", name)
        path = self.path / name
        try:
            content, seal = (path / MANIFEST).read_bytes(), (path / SEAL).read_bytes()
        except OSError as error:
            raise self._unusable(f"{path} är inte ett helt index", name) from error
        if seal != _seal(content):
            raise self._unusable(f"{name}/{MANIFEST} stämmer inte med {SEAL}", name)
        return Generation(path, int(match[1]), json.loads(content))

    def _unusable(self, what: str, broken: str | None = None) -> IndexUnusable:
        """The remedy is to build again or, from a `broken` generation, to go back to an older."""
        can_go_back = broken is not None and self._older_than(broken)
        rollback = f"`beslut rollback --index {self.path}` eller " if can_go_back else ""
        return IndexUnusable(what, f"kör {rollback}`beslut index KÄLLA... --index {self.path}`")

    def _existing_name(self) -> str:
        name = self.current_name()
        if name is None and (not self.path.is_dir() or not self._numbers()):
            raise self._unusable(f"det finns inget index i {self.path}")
        return name or CURRENT

    def _served_name(self) -> str | None:
        """The generation to keep: the one being served, which may be older than `CURRENT`."""
        try:
            return self.current().path.name
        except IndexUnusable:
            return self.current_name()

    def _numbers(self) -> list[int]:
        names = (_GENERATION.fullmatch(path.name) for path in self.path.iterdir())
        return sorted((int(match[1]) for match in names if match), reverse=True)

    def _older_than(self, name: str) -> list[str]:
        """Newest first; all of them if `CURRENT` does not name a generation."""
        match = _GENERATION.fullmatch(name)
        return [f"gen-{n}" for n in self._numbers() if match is None or n < int(match[1])]

    def _switch(self, name: str) -> None:
        temporary = self.path / f"{CURRENT}.new"
        temporary.write_text(name + "\n", "utf-8")
        _fsync(temporary)
        # Atomic: a reader sees the old name or the new one, never half a name.
        temporary.replace(self.path / CURRENT)
        _fsync(self.path)

    def _remove_exposing(self) -> None:
        """Removes what a build that was killed has left of `exposing` generations."""
        exposing = self._exposing_to(self.current_name() or "")
        if exposing:
            self._remove_all_but({*(f"gen-{number}" for number in self._numbers())} - exposing)

    def _exposing_to(self, name: str) -> set[str]:
        with contextlib.suppress(IndexUnusable):
            return self.exposing(self._sealed(name))
        return set()

    def _remove_all_but(self, keep: Set[str | None]) -> None:
        """Removes the other generations. One that cannot be removed is no reason to stop: the new
        one is there, and the next build tries again."""
        for number in self._numbers():
            if f"gen-{number}" not in keep:
                path = self.path / f"gen-{number}"
                try:
                    shutil.rmtree(path)
                except OSError as error:
                    remedy = "Ge den som indexerar rätt till mappen, eller ta bort den för hand."
                    _LOG.warning("%s kan inte tas bort (%s). %s", path, error.strerror, remedy)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        # a+ creates the file without emptying it: the holder may be named there. The lock is
        # flock's, which ends with the process however it ends; the file itself means nothing.
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


def _by_inode(generation: Generation | None) -> dict[int, dict[str, Any]]:
    """The manifest's entry for each file of a generation, by inode."""
    if generation is None:
        return {}
    files = generation.manifest["files"]
    return {(generation.path / file).stat().st_ino: facts for file, facts in files.items()}


def _seal(manifest: bytes) -> bytes:
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def sha256_of(path: Path) -> str:
    """That of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
