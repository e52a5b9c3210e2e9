"""Which files of a generation travel with its index? Those that serving needs, in the cluster.

The manifest with its seal, the vocabulary, the journal, and the copies of sources, which are
fetched when somebody asks for one. A file is kept by its SHA-256 in documents of `_PART` bytes, so
that one which does not change is kept once, and what arrives is held to it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from opensearchpy.exceptions import NotFoundError

from index.errors import ClusterUnavailable
from index.storage.store import MANIFEST, SEAL, Generation, sha256_of
from search.opensearch.cluster import Cluster
from search.opensearch.mapping import Json

_PART = 4 * 1024 * 1024  # bytes
_MAPPING: Json = {
    "dynamic": "strict",
    "properties": {
        "sha256": {"type": "keyword"},
        "part": {"type": "integer"},
        "data": {"type": "binary"},
    },
}


def travelling(generation: Generation) -> dict[str, str]:
    """The SHA-256 (hex) of each file that the manifest names and serving needs, by its name."""
    rooms = ("vocabulary/", "journal/", "originals/")
    files = generation.manifest["files"]
    return {name: one["sha256"] for name, one in files.items() if name.startswith(rooms)}


class Files:
    """The files in a cluster; `renew` is called before each part that is written."""

    def __init__(self, cluster: Cluster, renew: Callable[[], None] = lambda: None) -> None:
        self._cluster = cluster
        self._renew = renew
        self._index = f"{cluster.options.name}-files"

    def put(self, generation: Generation) -> dict[str, str]:
        """Puts those of a generation there that are not there yet; gives the SHA-256 of manifest
        and seal, which tell of the others."""
        known = self._known()
        heads = {name: sha256_of(generation.path / name) for name in (MANIFEST, SEAL)}
        for name, sha256 in (heads | travelling(generation)).items():
            path = generation.path / name
            for number in range(_parts_of(path)):
                if (sha256, number) not in known:
                    self._put(path, sha256, number)
                    known.add((sha256, number))
        with self._cluster.answering():
            self._cluster.client.indices.refresh(index=self._index)
        return heads

    def fetch(self, sha256: str, target: Path) -> None:
        """Makes a file of what is there; whoever looks sees all of it or nothing. Raises
        `ClusterUnavailable`, also where it cannot be written."""
        try:
            self._write(sha256, target)
        except OSError as error:
            what = f"det går inte att skriva i {target.parent} ({error.strerror})"
            raise ClusterUnavailable(what, "ge tjänsten rätt och plats att skriva där") from error

    def _write(self, sha256: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for data in self._whole(sha256, target.name):
                    file.write(data)
            os.replace(temporary, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)

    def check(self, sha256: str, name: str) -> None:
        """Reads every byte of what is there of a file; raises `ClusterUnavailable`."""
        for _ in self._whole(sha256, name):
            pass

    def keep_only(self, wanted: Collection[str]) -> None:
        """Removes the other files."""
        there: Json = {"_source": False, "docvalue_fields": ["sha256"], "sort": ["sha256", "part"]}
        hits = [*self._cluster.walk(self._index, there, 1000)]
        gone = [hit["_id"] for hit in hits if hit["fields"]["sha256"][0] not in wanted]
        for first in range(0, len(gone), 1000):
            lines = [{"delete": {"_id": one}} for one in gone[first : first + 1000]]
            with self._cluster.answering():
                told = self._cluster.client.bulk(index=self._index, body=lines)
            if told["errors"]:  # what is withheld may be in them
                what = f"klustret tar inte bort filer i {self._index}"
                raise ClusterUnavailable(what, "se i klustrets logg, och kör om kommandot")

    def _known(self) -> set[tuple[str, int]]:
        """The parts that are there, of which file each; makes room for them where there is none."""
        client = self._cluster.client
        with self._cluster.answering():
            if not client.indices.exists(index=self._index):
                one = {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}
                client.indices.create(index=self._index, body=one | {"mappings": _MAPPING})
            client.indices.refresh(index=self._index)
        body: Json = {"_source": False, "docvalue_fields": ["sha256", "part"]}
        hits = self._cluster.walk(self._index, body | {"sort": ["sha256", "part"]}, 1000)
        return {(hit["fields"]["sha256"][0], hit["fields"]["part"][0]) for hit in hits}

    def _put(self, path: Path, sha256: str, number: int) -> None:
        self._renew()
        with path.open("rb") as file:
            file.seek(number * _PART)
            data = base64.b64encode(file.read(_PART)).decode()
        body = {"sha256": sha256, "part": number, "data": data}
        with self._cluster.answering():
            self._cluster.client.index(index=self._index, id=f"{sha256}-{number}", body=body)

    def _whole(self, sha256: str, name: str) -> Iterator[bytes]:
        """The bytes of a file, a part at a time; raises `ClusterUnavailable` after the last if they
        are not those that were put there."""
        digest = hashlib.sha256()
        for data in self._parts(sha256):
            digest.update(data)
            yield data
        if digest.hexdigest() != sha256:
            what = f"filen {name} i klustret saknas eller är skadad"
            remedy = f"ta bort {self._index} i klustret, och kör `beslut index KÄLLA...`"
            raise ClusterUnavailable(what, remedy)

    def _parts(self, sha256: str) -> Iterator[bytes]:
        number = 0
        while True:
            with self._cluster.answering():
                try:
                    found = self._cluster.client.get(index=self._index, id=f"{sha256}-{number}")
                except NotFoundError:
                    return
            try:
                data = base64.b64decode(found["_source"]["data"])
            except ValueError:  # it is damaged, as its hash will tell
                data = b""
            yield data
            if len(data) < _PART:
                return
            number += 1


def _parts_of(path: Path) -> int:
    return max(1, -(-path.stat().st_size // _PART))
