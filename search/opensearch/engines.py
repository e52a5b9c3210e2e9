"""Which index of the cluster answers? The one that the alias leads to."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from whoosh.query import Every

from index.errors import ClusterUnavailable, ExplainedError
from index.storage.store import MANIFEST, SEAL, Generation, facts, sha256_of
from search.engine import Engine
from search.opensearch.cluster import Cluster
from search.opensearch.engine import OpenSearchEngine
from search.opensearch.files import Files, travelling
from search.opensearch.mapping import layout
from search.opensearch.publishing import About, about
from search.owners import Owners
from search.request import SearchRequest

_LOOK_SECONDS = 1.0
"""Between two looks at the alias; within 2 s, what is published is seen."""


class OpenSearchEngines:
    """`search.engine.Engines`, where the methods are described: what the alias of a cluster leads
    to. The files that travel with an index are kept in a `folder` of this machine."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._folder = folder
        self._lock = threading.Lock()
        self._looked = 0.0
        self._current: str | ClusterUnavailable = ""

    def stamp(self) -> str:
        # Who comes while somebody looks takes what was seen last: a node may be slow to answer.
        if self._lock.acquire(blocking=not self._current):
            try:
                if time.monotonic() - self._looked >= _LOOK_SECONDS:
                    self._look()
            finally:
                self._lock.release()
        current = self._current  # once, as another thread may look meanwhile
        if isinstance(current, ClusterUnavailable):
            # Of its own, as each that raises an error adds to its traceback.
            raise ClusterUnavailable(current.what, current.remedy)
        return current

    def _look(self) -> None:
        try:
            self._current = self._cluster.current()
        except ClusterUnavailable as error:
            self._current = error  # for as long, so that nobody else asks in vain
        self._looked = time.monotonic()

    def is_verified(self) -> bool:
        return False  # files are fetched and terms counted beside what is open

    def opened(self, owners: Owners) -> OpenSearchEngine:
        self._cluster.check_version()
        index = self._cluster.current()
        known, number = self._known(index)
        try:
            generation = self._fetched(index, number, known.heads)
            return OpenSearchEngine(self._cluster, index, generation, owners)
        except ExplainedError:
            raise
        except Exception as error:  # whatever NumPy or SQLite say of it, or we of another's form
            what = f"klustrets index {index} kan inte öppnas ({type(error).__name__})"
            raise ClusterUnavailable(what, "kör `beslut check`") from error

    def check(self) -> tuple[str, int, Decimal]:
        """Holds the index that the alias leads to, and all files that travel with it, to what it
        was made of: its name, its decisions and their sum in SEK. Raises `IndexUnusable`."""
        with contextlib.closing(self.opened(Owners())) as engine:
            files = Files(self._cluster)  # and not the copies that may be here
            for name, sha256 in travelling(engine.generation).items():
                files.check(sha256, name)
            stats = engine.page(Every(), SearchRequest(limit=1), None).stats
        expected = Decimal(engine.generation.manifest["sum"])
        if stats.sum != expected:
            what = f"klustrets index {engine.index} har {stats.sum} kr, men ska ha {expected}"
            raise ClusterUnavailable(what, "kör `beslut index KÄLLA...`, som gör ett nytt")
        return engine.index, len(engine), stats.sum

    def is_trusted(self, engine: Engine) -> bool:
        return True  # an index is closed for writing, and its files are ours

    def _known(self, index: str) -> tuple[About, int]:
        """What an index says of itself, and the number of its generation."""
        known = about(self._cluster, index)
        try:
            number = int(index.split("-")[-2])
        except (LookupError, ValueError) as error:  # a copy by another name
            what = f"klustrets index {index} heter inte som dem som det här programmet gör"
            name = self._cluster.options.name
            remedy = f"ta bort aliaset {name} i klustret, och kör `beslut index KÄLLA...`"
            raise ClusterUnavailable(what, remedy) from error
        if known.layout != layout():
            what = f"klustrets index {index} är gjort av en annan version av programmet"
            raise ClusterUnavailable(what, "kör `beslut index KÄLLA...` med den här versionen")
        return known, number

    def _fetched(self, index: str, number: int, heads: Mapping[str, str]) -> Generation:
        """The generation of an index, with the files that serving needs."""
        files = Files(self._cluster)
        path = self._folder / index / f"gen-{number}"
        for name in (MANIFEST, SEAL):
            if not _is_whole(path / name, heads[name]):
                files.fetch(heads[name], path / name)
        generation = Generation(path, number, json.loads((path / MANIFEST).read_text("utf-8")))
        if any(".." in name.split("/") for name in generation.manifest["files"]):
            what = f"klustrets index {index} har filer som hör hemma utanför dess mapp"
            raise ClusterUnavailable(what, "kör `beslut index KÄLLA...`, som gör ett nytt")
        for key, value in facts().items():
            if generation.manifest.get(key) != value:
                what = f"klustrets index {index} är byggt med en annan version ({key})"
                raise ClusterUnavailable(what, "kör `beslut index KÄLLA...` med den här versionen")
        for name, sha256 in travelling(generation).items():
            is_late = name.startswith("originals/")  # fetched when somebody asks for it
            if not is_late and not generation.is_unchanged(path / name):
                files.fetch(sha256, path / name)
        self._keep_two(index, generation)
        return generation

    def _keep_two(self, index: str, generation: Generation) -> None:
        """Removes the files of all but this index and the newest besides, which may be in use. Of
        one that shows what this one withholds, nothing stays."""
        others = [path for path in self._folder.iterdir() if path.name != index and path.is_dir()]
        for at, path in enumerate(sorted(others, key=_written, reverse=True)):
            if at > 0 or _is_exposing(path, generation):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path)


def _written(folder: Path) -> float:
    """When something was put into a folder; 0 if another process has just removed it."""
    with contextlib.suppress(FileNotFoundError):
        return folder.stat().st_mtime
    return 0.0


def _is_exposing(folder: Path, generation: Generation) -> bool:
    """Whether the files of an index may show what a generation withholds."""
    try:
        (manifest,) = folder.glob(f"gen-*/{MANIFEST}")
        withheld = json.loads(manifest.read_text("utf-8")).get("withheld") or {}
    except (OSError, ValueError):  # none, or not whole
        withheld = {}
    return bool(generation.withheld.keys() - withheld.keys())


def _is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there, byte for byte."""
    with contextlib.suppress(FileNotFoundError):
        return sha256_of(path) == sha256
    return False
