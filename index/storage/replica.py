"""How does a generation get to another folder, or to another machine?

A generation never changes, so a copy is whole or is none: its files go first, then its manifest and
seal, and ``CURRENT`` last. Without the seal nothing is served from a copy, and until ``CURRENT`` is
there, nobody looks for it. What is there already, also in a generation before, is not copied again.
`LOCK`, `VERIFIED` and builds in progress are never copied: who serves a copy holds it to its hashes
itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import ExplainedError, IndexUnusable, ReplicationError
from index.problem import shown
from index.storage.rsync import Rsync
from index.storage.store import CURRENT, MANIFEST, SEAL, Generation, Store

_TRIES = 5
"""The writer may publish twice, and so remove a generation, while it is copied."""
_BLOCK = 1 << 20  # bytes read at once


@dataclass(frozen=True, slots=True)
class Replication:
    """The generation that is current at the target now, how many ``files`` it has, and how many of
    them were ``copied``; None if the target had it whole."""

    name: str
    files: int
    copied: int | None


def is_elsewhere(target: str) -> bool:
    """Whether a target is on another machine, by rsync's own rule: a colon before any slash."""
    return ":" in target.partition("/")[0]


def replicate(index: Path, target: str) -> Replication:
    """Makes the current generation of an index the current one at a `target`, too: a folder, or
    what rsync takes for one on another machine.

    Raises `IndexUnusable` if a file is not as its manifest says, `ReplicationError`, `IndexLocked`,
    and OSError where a folder cannot be written. What is served at the target then stays.
    """
    store = Store(index)
    for _ in range(_TRIES):
        name = store.current_name()
        try:
            generation = store.named()
            if is_elsewhere(target):
                copied = _to_machine(store, generation, target)
            else:
                copied = _to_folder(generation, Store(Path(target)))
            return Replication(generation.path.name, len(generation.manifest["files"]), copied)
        except (OSError, ExplainedError):
            if store.current_name() == name:
                raise
    raise ReplicationError(
        f"indexet i {shown(str(index))} byttes gång på gång medan det kopierades",
        "kör om kommandot",
    )


def _refuse_another(generation: Generation, there: Store, target: str) -> None:
    """Raises `ReplicationError` unless what is at the target is this or an earlier state of the
    index: a generation knows those that it goes on from, also over a rollback."""
    seals = there.seals()
    newest = max(seals, default=0)
    known = {*generation.lineage, generation.mark}
    if newest and seals[newest][:16].decode("ascii", "replace") not in known:
        raise ReplicationError(
            f"{shown(target)} är en kopia av ett annat index: dess gen-{newest} är ingen som "
            f"indexets gen-{generation.number} bygger vidare på",
            "ange en tom mapp, eller töm den och kör om",
        )


def _to_folder(generation: Generation, there: Store) -> int | None:
    with there.building() as folder:
        _refuse_another(generation, there, str(there.path))
        if _is_there(generation, there):
            return None
        copied = _fill(folder, generation, there)
        there.adopt(folder, generation.path.name)
    return copied


def _is_there(generation: Generation, there: Store) -> bool:
    with contextlib.suppress(IndexUnusable):
        current = there.named()
        return current.number == generation.number and there.is_whole(current)
    return False


def _fill(folder: Path, generation: Generation, there: Store) -> int:
    """Makes a copy in a folder: of links to what is `there` already, whole, and of copies of the
    rest; how many. Links to the source would be no copy."""
    held = {
        facts["sha256"]: (one, one.path / file)
        for one in there.history()
        for file, facts in one.manifest["files"].items()
    }
    copied = 0
    for file, facts in generation.manifest["files"].items():
        to = folder / file
        to.parent.mkdir(parents=True, exist_ok=True)
        if not _link(*held.get(facts["sha256"], (generation, None)), to):
            copied += 1
            if _copy(generation.path / file, to) != facts["sha256"]:
                raise IndexUnusable(
                    f"{generation.path / file} har ändrats sedan indexet skrevs",
                    "kör `beslut check`, som säger vad som hjälper",
                )
    for name in (MANIFEST, SEAL):
        _copy(generation.path / name, folder / name)
    return copied


def _link(one: Generation, path: Path | None, to: Path) -> bool:
    """Whether there is a whole file, and a hard link to it; not every file system has links."""
    with contextlib.suppress(OSError):
        if path and one.is_unchanged(path):
            os.link(path, to)
            return True
    return False


def _copy(path: Path, to: Path) -> str:
    """The SHA-256 (hex) of what was copied."""
    digest = hashlib.sha256()
    with path.open("rb") as source, to.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def _to_machine(store: Store, generation: Generation, target: str) -> int | None:
    store.verify(generation)  # rsync compares what arrives with the source, not with the manifest
    name = generation.path.name
    with _alone(store.path) as lock, TemporaryDirectory() as scratch:
        rsync, there = Rsync(target, lock), Store(Path(scratch, "there"))
        rsync.look(there.path, f"/{CURRENT}", "/gen-*/", f"/gen-*/{MANIFEST}", f"/gen-*/{SEAL}")
        _refuse_another(generation, there, target)
        served = there.current_name()
        others = [f"gen-{one}" for one in there.seals() if one != generation.number]
        copied = rsync.send(
            f"{generation.path}/",
            to=f"{name}/",
            apart=(MANIFEST, SEAL),
            like=[f"../{one}" for one in others],
        )
        # Of a folder that is being removed rsync sends what is left. What is there now, was.
        if not all((generation.path / file).is_file() for file in generation.manifest["files"]):
            raise IndexUnusable(f"{generation.path} är inte ett helt index", "kör om kommandot")
        sealed = rsync.send(
            *(str(generation.path / file) for file in (MANIFEST, SEAL)), to=f"{name}/"
        )
        is_news = bool(copied or sealed or served != name)
        if is_news:
            pointer = Path(scratch, CURRENT)
            pointer.write_text(f"{name}\n", "utf-8")
            rsync.replace(str(pointer))
        before = served if served in others else next(iter(others), name)
        rsync.remove("gen-*", f".{CURRENT}.*", all_but={name, before} - there.exposing(generation))
    return copied if is_news else None


@contextlib.contextmanager
def _alone(index: Path) -> Iterator[int]:
    """Waits until nobody else sends this index anywhere; the descriptor of that lock.

    The processes of rsync hold it too: where this one is killed, they go on for a while, and could
    put an older ``CURRENT`` in the place of the one that the next replication has written.
    """
    lock = os.open(index, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)
