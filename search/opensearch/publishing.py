"""How does a generation get into the cluster? An index of its own, and then the alias.

Readers see the index that the alias leads to, so they see the old state or the new one. An index is
never written to once it is there; the next one begins as its copy, which takes no time, if little
has changed, and is written whole otherwise. The one before stays, so that the alias can be put back
by hand; what is older goes, and so does what a build that failed has left.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import re
import secrets
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from opensearchpy.exceptions import NotFoundError, TransportError

from index.errors import ClusterUnavailable, ReplicationError
from index.gazetteer import LOCALITIES
from index.storage.columns import NO_AMOUNT, Columns, identity_text, kronor
from index.storage.schema import TEXT_FIELDS
from index.storage.segment import records
from index.storage.store import Generation, Store
from index.swedish import load_lexicon
from search.opensearch.cluster import Cluster
from search.opensearch.counting import MOST_TERMS
from search.opensearch.documents import IndexedDecision, document, key_of
from search.opensearch.files import Files, travelling
from search.opensearch.lease import Renew, lease
from search.opensearch.mapping import Json, layout, mapping, settings

Progress = Callable[[int, int], None]
"""Called with the number of decisions done and the total."""

_MOST_CHANGED = 0.3  # share of the decisions; beyond it everything is written anew
_DRIFT = 0.02  # share by which an average length may differ from that which was written with
_AT_ONCE = 100  # decisions in one request at most
_MOST_BYTES = 8 * 1024 * 1024  # of a request, unless one decision is longer; nodes take 100 MB
_ALONE = 1_000  # decisions; fewer are not worth other processes
_MOST_ORE = 2**53  # up to which floats are exact, and OpenSearch adds up floats
_GREEN_SECONDS = 600
_PR_SET_PDEATHSIG = 1
_TRIES, _PAUSE = 6, 0.5  # of a request that the cluster has no room for; seconds, then doubled


@dataclass(frozen=True, slots=True)
class Publication:
    """The index that the alias leads to now, how many ``decisions`` are in it, and how many of them
    were ``written``; None if it was there already."""

    index: str
    decisions: int
    written: int | None


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself: the ``mark`` of the generation that it was made of, the index
    ``before`` it, its ``layout``, the average lengths that its frequencies were written with, the
    SHA-256 of the files that travel with it: manifest and seal by name, and all of them; and the
    identifiers of what is ``withheld`` from it."""

    mark: str
    before: str | None
    layout: str
    averages: Mapping[str, float]
    heads: Mapping[str, str]
    files: Sequence[str]
    withheld: Sequence[str]

    def data(self) -> Json:
        """As JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def about(cluster: Cluster, index: str) -> About:
    """What an index says of itself; raises `ClusterUnavailable` if that is nothing we know."""
    with cluster.answering():
        found = cluster.client.indices.get_mapping(index=index)[index]["mappings"]
    try:
        return About(**found["_meta"])
    except (KeyError, TypeError) as error:
        raise ClusterUnavailable(
            f"klustrets index {index} är inte gjort av det här programmet, eller av en annan "
            "version av det",
            f"ta bort aliaset {cluster.options.name} i klustret, och kör `beslut index KÄLLA...`",
        ) from error


def publish(
    generation: Generation, cluster: Cluster, progress: Progress | None = None
) -> Publication:
    """Makes a generation what the cluster answers from. Raises `ClusterUnavailable`, `IndexLocked`,
    and `ReplicationError` where it must not be; what is served then stays."""
    cluster.check_version()
    with lease(cluster) as renew:
        return _Publisher(generation, cluster, renew, progress or (lambda done, of: None)).publish()


def publish_current(index: Path, cluster: Cluster, progress: Progress | None = None) -> Publication:
    """Publishes the current generation of the index in a folder; also raises `IndexUnusable`."""
    return publish(Store(index).current(), cluster, progress)


class _Publisher:
    def __init__(
        self,
        generation: Generation,
        cluster: Cluster,
        renew: Renew,
        progress: Progress,
    ) -> None:
        self.generation = generation
        self.cluster = cluster
        self.renew = renew
        self.progress = progress
        self.name = cluster.options.name
        self.columns = Columns.open(generation.columns)
        self.files = Files(cluster, renew)
        self.size = int(self.columns.live.sum())
        self.averages = _averages(self.columns)

    def publish(self) -> Publication:
        is_same = False
        led_to = self._led_to()
        before = next(iter(led_to), None)
        known = about(self.cluster, before) if before else None
        if before and known:
            self._refuse_another(before, known)
            is_same = (known.mark, known.layout) == (self.generation.mark, layout())
            if is_same and not self._difference(before):
                if len(led_to) > 1:
                    self._switch(led_to, before)
                self.files.put(self.generation)
                self._keep_only(before, known.before)
                return Publication(before, self.size, None)
        self._refuse_too_much()
        older = self._not_exposing(before, known.before if known else None)
        self.renew()
        self._remove_all_but({before, *older})
        heads = self.files.put(self.generation)
        files = [*heads.values(), *travelling(self.generation).values()]
        index = self._new_name()
        written = None
        if not is_same:  # else what is there has been tampered with
            for base, its in older.items():
                written = written or self._change(base, its, index)
        averages, count = written or self._write_anew(index)
        withheld = [*self.generation.withheld]
        of_it = About(self.generation.mark, before, layout(), averages, heads, files, withheld)
        self._finish(index, of_it)
        self._switch(led_to, index)
        self._keep_only(index, before)
        return Publication(index, self.size, count)

    def _not_exposing(self, *indexes: str | None) -> dict[str, About]:
        """Those that are there and show nothing of what the generation withholds, which is in no
        index that the alias could be put back to, and in none that is copied: a deleted document
        stays on disk until it is merged away."""
        found = {}
        for index in filter(None, indexes):
            with self.cluster.answering():
                is_there = self.cluster.client.indices.exists(index=index)
            known = about(self.cluster, index) if is_there else None
            if known and self.generation.withheld.keys() <= {*known.withheld}:
                found[index] = known
        return found

    def _keep_only(self, *indexes: str | None) -> None:
        """Removes all other indexes, those that show what is withheld, and what files of theirs no
        other needs."""
        kept = self._not_exposing(*indexes)
        self.renew(at_once=True)  # else this may be what another has just published
        self._remove_all_but({*kept})
        self.files.keep_only({file for known in kept.values() for file in known.files})

    def _new_name(self) -> str:
        """One that no other has: another index of the same generation may be served until the new
        one is whole."""
        return f"{self.name}-{self.generation.number}-{secrets.token_hex(8)}"

    def _led_to(self) -> list[str]:
        """The indexes that the alias leads to, the newest first: one, unless somebody has put
        another there by hand, or none."""
        with self.cluster.answering():
            try:
                found = self.cluster.client.indices.get_alias(name=self.name)
            except NotFoundError:
                return []
        return sorted(found, key=_number, reverse=True)

    def _refuse_another(self, before: str, known: About) -> None:
        if known.mark not in {*self.generation.lineage, self.generation.mark}:
            raise ReplicationError(
                f"klustrets {before} är av ett annat index: {self.generation.path.name} bygger "
                "inte vidare på det",
                f"ange ett annat BESLUT_ENGINE_NAME, eller ta bort aliaset {self.name} i klustret "
                "om det är det här indexet som ska visas",
            )

    def _refuse_too_much(self) -> None:
        """What the cluster would count wrongly, or not at all."""
        known = self.columns.amounts[self.columns.live & (self.columns.amounts != NO_AMOUNT)]
        if sum(map(abs, known.tolist())) >= _MOST_ORE:
            raise ReplicationError(
                f"beloppen är tillsammans över {_MOST_ORE // 100} kr, och klustret skulle räkna "
                "fel",
                "rätta det belopp som är för stort, eller använd det lokala indexet",
            )
        rows = {name: one.ordinals for name, one in self.columns.keywords.items()}
        numbers = rows.pop("owner_number")
        rows["owner"] = rows["owner"].astype(np.int64) << 32 | numbers  # as `documents.pair`
        del rows["place"]  # sets of places, of which there are as many as in the country
        counts = {name: len(np.unique(one[self.columns.live])) for name, one in rows.items()}
        if sum(counts.values()) + len(LOCALITIES) > MOST_TERMS:
            most = max(counts, key=counts.__getitem__)
            raise ReplicationError(
                f"det finns {counts[most]} olika värden i {most}, och klustret räknar högst "
                f"{MOST_TERMS} av allt sammanlagt",
                "använd det lokala indexet",
            )

    def _rows(self) -> Iterator[IndexedDecision]:
        """The decisions of the generation, in its order."""
        kept, columns = records(self.generation.whoosh), self.columns
        for doc in np.flatnonzero(columns.live).tolist():
            text = kept.text(doc)
            yield IndexedDecision(
                json.loads(text)["id"],
                text,
                doc,
                int(columns.numbers[doc]),
                identity_text(int(columns.identities[doc])),
                int(columns.seen[doc]),
                int(columns.modified[doc]),
            )

    def _write_anew(self, index: str) -> tuple[Mapping[str, float], int]:
        options = self.cluster.options
        body = {"settings": settings(options.shards), "mappings": mapping({})}
        with self.cluster.answering():
            self.cluster.client.indices.create(index=index, body=body)
        self._write(index, self._rows(), self.averages, self.size)
        return self.averages, self.size

    def _change(
        self, base: str, known: About, index: str
    ) -> tuple[Mapping[str, float], int] | None:
        """Writes what is new or other than in an index into a copy of it; None if that is too much,
        or cannot be done."""
        if known.layout != layout():
            return None
        if any(abs(known.averages[one] / now - 1) > _DRIFT for one, now in self.averages.items()):
            return None
        body = {"_source": False, "docvalue_fields": ["id", "version", "order"], "sort": ["id"]}
        versions, last = {}, -1
        for hit in self.cluster.walk(base, body, 10_000):
            self.renew()
            fields = hit["fields"]
            versions[fields["id"][0]] = fields["version"][0]
            last = max(last, fields["order"][0])
        new: list[IndexedDecision] = []
        here = set()
        most = _MOST_CHANGED * len(versions)
        for row in self._rows():
            self.renew()
            here.add(row.id)
            if versions.get(row.id) != row.version:
                new.append(row._replace(order=last + 1 + len(new)))
                if len(new) > most:
                    return None
        gone = [one for one in versions if one not in here]
        if len(gone) + len(new) > most:
            return None
        with self.cluster.answering():
            self.cluster.client.indices.clone(
                index=base,
                target=index,
                body={"settings": {"index.blocks.write": False, **_NO_COPIES}},
                params={"wait_for_active_shards": "1", "timeout": "60s"},
                request_timeout=90,
            )
        deletes = [{"delete": {"_id": key_of(one)}} for one in gone]
        for first in range(0, len(deletes), 1000):
            self.renew()
            self._send(index, _lines(deletes[first : first + 1000]))
        self._write(index, new, known.averages, len(new))
        return known.averages, len(new)

    def _write(
        self, index: str, rows: Iterable[IndexedDecision], averages: Mapping[str, float], total: int
    ) -> None:
        """Writes documents, which other processes make if there are many."""
        done = 0
        for count, requests in _made(rows, averages, total):
            for lines in requests:
                self.renew()  # first, as writing to an index that another has removed makes one
                self._send(index, lines)
            done += count
            self.progress(done, total)

    def _send(self, index: str, lines: bytes) -> None:
        pause = _PAUSE
        for left in reversed(range(_TRIES)):
            with self.cluster.answering():
                try:
                    told = self.cluster.client.bulk(body=lines, index=index, request_timeout=120)
                except TransportError as error:  # of the whole request, not of some of it
                    if error.status_code != 429 or not left:
                        raise
                    told = {"errors": True, "items": [{"index": {"status": 429}}]}
            results = [next(iter(one.values())) for one in told["items"]] if told["errors"] else []
            wrong = [one for one in results if one["status"] >= 300 and one["status"] != 404]
            if not wrong:
                return
            lasting = [one for one in wrong if one["status"] != 429]
            if lasting or not left:
                one = [*lasting, *wrong][0]
                kind = one.get("error", {}).get("type", one["status"])
                raise ReplicationError(
                    f"klustret tar inte emot {len(wrong)} beslut ({kind})", "se i klustrets logg"
                )
            time.sleep(pause)  # all of it once more: what is there is written over
            self.renew()
            pause *= 2

    def _finish(self, index: str, of_it: About) -> None:
        """Closes an index for writing, waits for its copies, and holds it to the generation."""
        client = self.cluster.client
        self.renew(at_once=True)
        with self.cluster.answering():
            client.indices.put_mapping(index=index, body={"_meta": of_it.data()})
            client.indices.refresh(index=index, request_timeout=300)
            copies = f"0-{self.cluster.options.replicas}"  # as many as there are nodes for
            closed = {"index.blocks.write": True, "index.auto_expand_replicas": copies}
            client.indices.put_settings(index=index, body=closed)
        self._await_copies(index)
        if difference := self._difference(index):
            raise ReplicationError(difference, "kör om kommandot; det gamla visas till dess")

    def _difference(self, index: str) -> str:
        """In what an index is not the generation, empty if it is."""
        asked = {"size": 0, "track_total_hits": True, "aggs": {"of": {"sum": {"field": "ore"}}}}
        answer = self.cluster.search(index, asked)
        found = answer["hits"]["total"]["value"], kronor(int(answer["aggregations"]["of"]["value"]))
        expected = self.size, Decimal(self.generation.manifest["sum"])
        if found == expected:
            return ""
        return (
            f"klustrets {index} har {found[0]} beslut om {found[1]} kr, men ska ha "
            f"{expected[0]} om {expected[1]} kr"
        )

    def _await_copies(self, index: str) -> None:
        """Until every copy of every shard is there, so that no node is missed when it is lost."""
        end = time.monotonic() + _GREEN_SECONDS
        while True:
            self.renew()
            with self.cluster.answering():
                health = self.cluster.client.cluster.health(index=index)
            if health["status"] == "green" and not health["relocating_shards"]:
                return
            if time.monotonic() > end:
                raise ReplicationError(
                    f"klustrets {index} är {health['status']} efter {_GREEN_SECONDS} sekunder",
                    "se i `_cluster/health` vad som fattas, och kör om kommandot",
                )
            time.sleep(0.2)

    def _switch(self, led_to: Sequence[str], index: str) -> None:
        """Puts the alias in one step to where it is to lead."""
        alias = {"alias": self.name, "must_exist": False}
        actions = [
            *({"remove": {"index": one, **alias}} for one in led_to if one != index),
            {"add": {"index": index, "alias": self.name}},
        ]
        self.renew(at_once=True)
        with self.cluster.answering():
            self.cluster.client.indices.update_aliases(body={"actions": actions})

    def _remove_all_but(self, kept: set[str | None]) -> None:
        with self.cluster.answering():
            there = self.cluster.client.indices.get_settings(index=f"{self.name}-*")
        ours = re.compile(rf"{re.escape(self.name)}-\d+-[0-9a-f]{{16}}")
        for index in there:
            if index not in kept and ours.fullmatch(index):
                self._remove(index)

    def _remove(self, index: str) -> None:
        with self.cluster.answering():
            self.cluster.client.indices.delete(index=index, params={"ignore_unavailable": "true"})


_NO_COPIES: Json = {"index.number_of_replicas": 0, "index.auto_expand_replicas": "false"}


def _number(index: str) -> int:
    """That of the generation of an index; -1 if it is not one of ours."""
    match = re.search(r"-(\d+)-[0-9a-f]{16}$", index)
    return int(match[1]) if match else -1


def _averages(columns: Columns) -> dict[str, float]:
    """The words of a field, over the decisions that are live."""
    lengths = columns.lengths[:, columns.live]
    means = lengths.mean(axis=1) if lengths.size else np.zeros(len(TEXT_FIELDS))
    return {name: max(float(mean), 1.0) for name, mean in zip(TEXT_FIELDS, means, strict=True)}


def _made(
    rows: Iterable[IndexedDecision], averages: Mapping[str, float], total: int
) -> Iterator[tuple[int, list[bytes]]]:
    """The documents of some rows at a time, how many they are and the lines of their requests."""
    left = iter(rows)
    chunks = iter(lambda: [*islice(left, _AT_ONCE)], [])
    workers = os.cpu_count() or 1
    if total < _ALONE or workers < 2:
        for chunk in chunks:
            yield len(chunk), _documents(chunk, averages)
        return
    load_lexicon()  # once for all
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, _end_with, (os.getpid(),)) as pool:
        waiting: deque[tuple[int, Future[list[bytes]]]] = deque()
        for chunk in chunks:
            waiting.append((len(chunk), pool.submit(_documents, chunk, averages)))
            if len(waiting) > 2 * workers:
                count, future = waiting.popleft()
                yield count, future.result()
        for count, future in waiting:
            yield count, future.result()


def _end_with(parent: int) -> None:
    """Has the kernel end this process with its parent, which it would wait for if that is killed:
    it holds the other end of its own pipe."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _documents(rows: Sequence[IndexedDecision], averages: Mapping[str, float]) -> list[bytes]:
    requests = [b""]
    for row in rows:
        lines = _lines([{"index": {"_id": key_of(row.id)}}, document(row, averages)])
        if requests[-1] and len(requests[-1]) + len(lines) > _MOST_BYTES:
            requests.append(b"")
        requests[-1] += lines
    return requests


def _lines(some: Iterable[Any]) -> bytes:
    return "".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in some).encode()
