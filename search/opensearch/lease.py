"""Who may change what is in the cluster? One at a time, wherever it runs.

Whoever writes holds a document there, which says until when, and goes on renewing it. One that was
killed loses it by itself; one that was only slow notices, since it can no longer renew it, and
stops before it has published anything.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from opensearchpy.exceptions import ConflictError, NotFoundError

from index.errors import IndexLocked
from search.opensearch.cluster import Cluster
from search.opensearch.mapping import Json

SECONDS = 120
"""For which a lease holds; it is renewed after a quarter of that."""
_ID = "publishing"


class Renew(Protocol):
    """What renews a lease."""

    def __call__(self, at_once: bool = False) -> None:
        """If it is time to, or `at_once`; raises `IndexLocked` if it is lost."""


@contextlib.contextmanager
def lease(cluster: Cluster) -> Iterator[Renew]:
    """Holds the lease for as long as the block lasts, and gives what renews it: to be called every
    now and then, and just before anything is published or removed. Raises `IndexLocked`."""
    held = _Lease(cluster)
    held.take()
    try:
        yield held.renew
    finally:
        held.release()


class _Lease:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._index = f"{cluster.options.name}-lock"
        self._held: Json = {}
        self._renewed = 0.0

    def take(self) -> None:
        client = self._cluster.client
        with self._cluster.answering():
            if not client.indices.exists(index=self._index):
                one = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
                with contextlib.suppress(Exception):  # another may just have made it
                    client.indices.create(index=self._index, body={"settings": one})
            try:
                self._write({"op_type": "create"})
            except ConflictError:
                self._take_over()

    def renew(self, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self._renewed < SECONDS / 4:
            return
        with self._cluster.answering():
            try:
                self._write(self._held)
            except ConflictError as error:
                raise self._locked("har tagits över av någon annan") from error

    def release(self) -> None:
        with contextlib.suppress(Exception):  # it ends by itself
            self._cluster.client.delete(index=self._index, id=_ID, params=self._held)

    def _take_over(self) -> None:
        try:
            found = self._cluster.client.get(index=self._index, id=_ID)
        except NotFoundError:  # just given back
            found = None
        if found and found["_source"]["until"] > time.time():
            until = datetime.fromtimestamp(found["_source"]["until"]).astimezone()
            holder = found["_source"]["holder"]
            raise self._locked(f"skrivs redan av {holder}, som håller det till {until:%H.%M.%S}")
        held = {"op_type": "create"}
        if found:
            held = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        try:
            self._write(held)
        except ConflictError as error:
            raise self._locked("skrivs redan av någon annan") from error

    def _write(self, held: Json) -> None:
        body = {
            "holder": f"process {os.getpid()} på {socket.gethostname()}",
            "until": time.time() + SECONDS,
        }
        now = time.monotonic()
        told = self._cluster.client.index(index=self._index, id=_ID, body=body, params=held)
        self._held = {"if_seq_no": told["_seq_no"], "if_primary_term": told["_primary_term"]}
        self._renewed = now

    def _locked(self, what: str) -> IndexLocked:
        name = self._cluster.options.name
        return IndexLocked(f"indexet {name} i klustret {what}", "vänta tills den är klar")
