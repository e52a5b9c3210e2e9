"""How a generation gets into the cluster, with the real commands where it matters: nobody sees half
of one, whatever is killed, refused or in the way."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch, Transport
from opensearchpy.client import ClusterClient
from opensearchpy.exceptions import TransportError

from index.build import build
from index.errors import ClusterUnavailable, ExplainedError, IndexLocked, ReplicationError
from index.storage.store import Generation, Store
from search.engine import Engine
from search.live import LiveSearcher
from search.opensearch import publishing
from search.opensearch.cluster import Cluster, ClusterOptions
from search.opensearch.engines import OpenSearchEngines
from search.opensearch.files import Files, travelling
from search.opensearch.lease import lease
from search.opensearch.mapping import SHOWN
from search.opensearch.publishing import Publication, _Publisher, about, publish
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher, owners_file, themes_file
from tests.conftest import beslut, beslut_path, document, eventually
from tests.opensearch.cluster import RunningCluster
from web.app import create_app
from web.settings import Settings

OTHERS = [f"Ankeby kommun\tProjekt {n}\tDet handlar om skolan {n}.\t1 000" for n in range(40)]
SECRET = "x-2030-1/en-hemlighet"
SECRET_ROW = "Öbo förening\tEn hemlighet\tHemligheten om Zeta.\t7 000"
WHY = {SECRET: "uppgifter om en enskild"}


@pytest.fixture
def remote(cluster: RunningCluster) -> Iterator[Cluster]:
    """The cluster, under a name of which nothing is there before and after."""
    name = f"publishing-{uuid.uuid4().hex[:8]}"
    asked = Cluster(ClusterOptions(cluster.addresses, name, shards=1, replicas=0))
    yield asked
    asked.client.indices.delete(index=f"{name}-*")
    asked.close()


class Corpus:
    """Lists in a folder, the index of them, and the cluster it is put into."""

    def __init__(self, folder: Path, remote: Cluster) -> None:
        self.folder = folder
        self.index = folder / "index"
        self.remote = remote
        (folder / "in").mkdir(parents=True, exist_ok=True)

    def write(self, name: str, *rows: str) -> None:
        (self.folder / "in" / name).write_text(document(*rows), "utf-8")

    def build(self, withheld: Mapping[str, str] | None = None) -> Generation:
        build([self.folder / "in"], self.index, withheld=withheld)
        return Store(self.index).current()

    def publish(self, withheld: Mapping[str, str] | None = None) -> Publication:
        return publish(self.build(withheld), self.remote)


@pytest.fixture
def corpus(tmp_path: Path, remote: Cluster) -> Corpus:
    """Forty decisions that are much alike, so that average lengths stay when one comes or goes."""
    one = Corpus(tmp_path, remote)
    one.write("a.txt", *OTHERS[:20])
    one.write("b.txt", *OTHERS[20:])
    return one


def indexes(remote: Cluster) -> set[str]:
    """All indexes of decisions in the cluster, also those of failed builds."""
    name = remote.options.name
    there = remote.client.indices.get_settings(index=f"{name}-*")
    return {*there} - {f"{name}-files", f"{name}-lock"}


def files(remote: Cluster) -> set[str]:
    """The SHA-256 of every file in the cluster."""
    name = f"{remote.options.name}-files"
    remote.client.indices.refresh(index=name)
    found = remote.client.search(index=name, body={"size": 1000, "_source": ["sha256"]})
    return {hit["_source"]["sha256"] for hit in found["hits"]["hits"]}


def assert_nothing_is_left(remote: Cluster, *published: str) -> None:
    """Of everything that was ever begun, these indexes are there, and the files they need."""
    assert indexes(remote) == {*published}
    assert files(remote) == {file for one in published for file in about(remote, one).files}


def kept_with(remote: Cluster, index: str) -> list[str]:
    """An index, and the one that it replaced."""
    return [index, about(remote, index).before or ""]


def searcher(remote: Cluster, folder: Path) -> Searcher:
    """Over what the alias leads to."""
    engine = OpenSearchEngines(remote, folder).opened(owners_file(None).current())
    return Searcher(engine, SearchLimits(), themes_file(None))


def ids(engine: Engine) -> set[str]:
    return {*engine.identifiers()}


def test_an_index_that_does_not_tally_any_longer_is_made_anew(corpus: Corpus) -> None:
    before = corpus.publish()
    client, index = corpus.remote.client, before.index
    client.indices.put_settings(index=index, body={"index.blocks.write": False})
    one = client.search(index=index, body={"size": 1})["hits"]["hits"][0]["_id"]
    client.delete(index=index, id=one, refresh="true")
    with pytest.raises(ClusterUnavailable, match="har 39 beslut, men ska ha 40"):
        searcher(corpus.remote, corpus.folder / "served")
    again = corpus.publish()
    assert (again.written, again.decisions) == (40, 40)
    assert again.index != index
    assert len(searcher(corpus.remote, corpus.folder / "served")) == 40
    assert corpus.publish() == replace(again, written=None)


# What is withheld


def whole_text(remote: Cluster) -> str:
    """Everything that the cluster hands out, of any index."""
    name = remote.options.name
    remote.client.indices.refresh(index=f"{name}-*")
    every = {"size": 1000, "query": {"match_all": {}}, "stored_fields": ["*"], "_source": True}
    hits = remote.client.search(index=f"{name}-*", body=every)["hits"]["hits"]
    texts = []
    for hit in hits:
        data = hit.get("_source", {}).get("data")
        texts.append(base64.b64decode(data).decode("utf-8", "replace") if data else str(hit))
    return "\n".join(texts)


def test_what_is_withheld_is_nowhere_in_the_cluster(corpus: Corpus, tmp_path: Path) -> None:
    remote = corpus.remote
    corpus.write("c.txt", OTHERS[0], SECRET_ROW)
    corpus.publish()
    assert "Zeta" in whole_text(remote) and "zeta" in whole_text(remote)
    corpus.write("a.txt", *OTHERS[:19])
    corpus.publish()  # now it is in two indexes
    assert len(indexes(remote)) == 2
    served = searcher(remote, tmp_path / "served")
    corpus.write("a.txt", *OTHERS[:20])
    now = corpus.publish(WHY)
    assert now.written == now.decisions == 40  # in none that is a copy of one that has it
    assert_nothing_is_left(remote, now.index)
    assert "zeta" not in whole_text(remote).lower()
    served.close()
    again = searcher(remote, tmp_path / "served")
    assert SECRET not in ids(again.engine) and again.search(SearchRequest("zeta")).total == 0
    again.close()
    left = [path.read_bytes() for path in (tmp_path / "served").rglob("*") if path.is_file()]
    assert left and not any(b"zeta" in data.lower() for data in left)


def test_what_a_killed_run_left_of_it_goes_at_the_next_reading(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("c.txt", OTHERS[0], SECRET_ROW)
    corpus.publish()
    with monkeypatch.context() as killed:
        killed.setattr(_Publisher, "_keep_only", lambda *arguments: stop())
        with pytest.raises(Stopped):
            corpus.publish(WHY)
    assert "zeta" in whole_text(corpus.remote).lower()
    again = corpus.publish(WHY)  # of which nothing is new
    assert again.written is None
    assert_nothing_is_left(corpus.remote, again.index)
    assert "zeta" not in whole_text(corpus.remote).lower()


# One at a time


class Stopped(Exception):
    """Stands in for the end of a process."""


def stop() -> None:
    raise Stopped


def run(corpus: Corpus, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The real command, over the lists and the index of a corpus, with its cluster."""
    sources = [str(corpus.folder / "in")] if arguments[0] == "index" else []
    env = {"BESLUT_INDEX": str(corpus.index), **cluster_settings(corpus.remote), **settings}
    return beslut(*arguments, *sources, env=env, cwd=corpus.folder)


def cluster_settings(remote: Cluster) -> dict[str, str]:
    options = remote.options
    return {
        "BESLUT_ENGINE": ",".join(options.addresses),
        "BESLUT_ENGINE_NAME": options.name,
        "BESLUT_ENGINE_SHARDS": "1",
        "BESLUT_ENGINE_REPLICAS": "0",
    }


def copied(corpus: Corpus, folder: Path) -> Corpus:
    """The same index in another folder, as one that was moved or restored is."""
    shutil.copytree(corpus.folder, folder)
    return Corpus(folder, corpus.remote)


def test_who_comes_second_is_told_who_writes(corpus: Corpus) -> None:
    before = corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    with lease(corpus.remote):
        second = run(corpus, "index")
    assert second.returncode == 1 and second.stderr.count("\n") == 1
    assert re.fullmatch(
        rf"beslut: indexet {corpus.remote.options.name} i klustret skrivs redan av process "
        rf"{os.getpid()} på \S+, som håller det till \d\d\.\d\d\.\d\d\. "
        r"Vänta tills den är klar\.\n",
        second.stderr,
    )
    assert "Indexet i" in second.stdout  # what was read is in the index here
    assert corpus.remote.current() == before.index
    third = run(corpus, "index")  # of which nothing is new, but it is not in the cluster yet
    assert (third.returncode, third.stderr) == (0, "")
    assert "visas i klustret: 41 beslut, 1 beslut skrevs dit\n" in third.stdout
    assert corpus.remote.current() != before.index


def test_of_two_processes_with_two_indexes_one_publishes(corpus: Corpus, tmp_path: Path) -> None:
    other = Corpus(tmp_path / "other", corpus.remote)
    other.write("a.txt", *OTHERS[:9])
    env = {k: v for k, v in os.environ.items() if "BESLUT" not in k}
    env |= cluster_settings(corpus.remote)
    both = [
        subprocess.Popen(
            [beslut_path(), "index", str(one.folder / "in"), "--index", str(one.index)],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for one in (corpus, other)
    ]  # fmt: skip
    said = [one.communicate(timeout=60)[1] for one in both]
    assert sorted(one.returncode for one in both) == [0, 1]
    (told,) = filter(None, said)
    assert told.count("\n") == 1 and ("skrivs redan av" in told or "av ett annat index" in told)
    winner = (corpus, other)[[one.returncode for one in both].index(0)]
    again = winner.publish()
    assert again.written is None
    assert_nothing_is_left(corpus.remote, again.index)


def test_who_was_too_slow_does_not_switch(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.opensearch.lease.SECONDS", 0)
    corpus.publish()
    other = copied(corpus, tmp_path / "other")
    other.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    corpus.write("c.txt", "Ceby\tEn väg\tVägen byggs nu.\t1 000")
    won = []

    def overtake(done: int, of: int) -> None:
        won.append(other.publish())

    with pytest.raises(IndexLocked, match="har tagits över av någon annan"):
        publish(corpus.build(), corpus.remote, overtake)
    (there,) = won
    assert corpus.remote.current() == there.index
    assert len(indexes(corpus.remote)) == 2
    last = other.publish()
    assert_nothing_is_left(corpus.remote, *kept_with(corpus.remote, last.index))


def test_who_was_slow_after_the_switch_removes_nothing_of_others(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.opensearch.lease.SECONDS", 0)
    corpus.publish()
    corpus.write("c.txt", "Ceby\tEn väg\tVägen byggs nu.\t1 000")
    generation = corpus.build()
    other = copied(corpus, tmp_path / "other")
    other.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    switch, won = _Publisher._switch, []

    def overtaken(publisher: _Publisher, led_to: list[str], index: str) -> None:
        switch(publisher, led_to, index)
        monkeypatch.setattr(_Publisher, "_switch", switch)
        won.append(other.publish())

    monkeypatch.setattr(_Publisher, "_switch", overtaken)
    with pytest.raises(IndexLocked):
        publish(generation, corpus.remote)
    (there,) = won
    assert corpus.remote.current() == there.index
    assert_nothing_is_left(corpus.remote, *kept_with(corpus.remote, there.index))


def test_a_lease_that_ran_out_is_taken_over(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = corpus.build()
    with lease(corpus.remote), pytest.raises(IndexLocked):
        publish(generation, corpus.remote)
    monkeypatch.setattr("search.opensearch.lease.SECONDS", 0)
    with lease(corpus.remote):
        assert publish(generation, corpus.remote).written == 40


def test_a_lease_is_renewed_while_files_are_put(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.opensearch.files._PART", 1000)
    renewed: list[str] = []
    with lease(corpus.remote) as renew:
        Files(corpus.remote, lambda: renewed.append("once")).put(corpus.build())
        renew(at_once=True)
    assert len(renewed) > len(files(corpus.remote))


# Old or new


def test_readers_see_the_old_or_the_new_while_one_after_the_other_is_published(
    cluster: RunningCluster, tmp_path: Path, corpus: Corpus
) -> None:
    """Generation n has 30 decisions and n more, and one of them is of 1 000 n kr."""
    options = replace(corpus.remote.options, replicas=1)
    remote = corpus.remote = Cluster(options)

    def make(n: int) -> Publication:
        corpus.write("a.txt", OTHERS[0].replace("1 000", f"{n} 000"), *OTHERS[1:20])
        corpus.write("b.txt", *OTHERS[20 : 30 + n])
        return corpus.publish()

    def expected(n: int) -> tuple[int, Decimal, int, int, int]:
        return 30 + n, Decimal(1000 * (29 + n + n)), 30 + n, 30 + n, 30 + n

    def answered(searcher: Searcher) -> tuple[int, Decimal, int, int, int]:
        found = searcher.search(SearchRequest("skolan", limit=100))
        every = searcher.whole(SearchRequest())
        return (
            found.total,
            found.stats.sum,
            sum(value.count for value in found.facets["owner"].values),
            len({hit.decision.id for hit in found.hits}),
            len({decision.id for decision in every.decisions}),
        )

    make(1)
    live = LiveSearcher(OpenSearchEngines(remote, tmp_path / "served"), SearchLimits())
    seen: dict[int, float] = {}
    wrong: list[object] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            try:
                searcher = live.current()
                number = searcher.generation.number
                answer = answered(searcher)
                seen.setdefault(number, time.monotonic())
                if answer != expected(number):
                    wrong.append((number, answer))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    waits = []
    try:
        for n in range(2, 5):
            make(n)
            there = time.monotonic()
            eventually(lambda n=n: n in seen)
            waits.append(seen[n] - there)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        remote.close()
    assert not wrong
    assert [*seen] == [1, 2, 3, 4]
    assert min(waits) < 2  # of the moments at which the alias is looked at, and a busy machine


# Killed

STAGES = [
    "PUT /publishing-lock",  # before the first thing is written
    "PUT /publishing-files/_doc",
    "PUT|POST /publishing-[0-9]+-[0-9a-f]+/_clone",
    "POST /publishing-[0-9]+-[0-9a-f]+/_bulk",
    "PUT /publishing-[0-9]+-[0-9a-f]+/_settings",
    "GET /_cluster/health",
    "POST /_aliases",
    "DELETE /publishing-[0-9]+",
    "POST /publishing-files/_bulk",
    "DELETE /publishing-lock",
]
"""What a publication asks of the cluster, in order."""


def kill_at(stage: str, after: bool, generation: Generation, remote: Cluster) -> int:
    """Publishes in a process of its own, which is killed at a stage, before or after it; which is
    the session of all its processes."""

    def child() -> None:
        os.setsid()
        real = Transport.perform_request

        def perform(self: Transport, method: str, url: str, *rest: Any, **named: Any) -> Any:
            known = f"{method} {url}".replace(remote.options.name, "publishing")
            is_here = re.match(stage, known) is not None
            if is_here and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(self, method, url, *rest, **named)
            if is_here:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        Transport.perform_request = perform
        publish(generation, Cluster(remote.options))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, stage
    assert process.pid
    return process.pid


def test_a_kill_at_any_stage_leaves_the_old_or_the_new_and_the_next_run_nothing_else(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.opensearch.lease.SECONDS", 0.0)
    remote = corpus.remote
    old = corpus.publish()
    for number, stage in enumerate(STAGES):
        corpus.write("c.txt", f"Ceby\tProjekt {number}\tDet handlar om bron {number}.\t1 000")
        kill_at(stage, number % 2 == 0, corpus.build(), remote)
        served = remote.current()
        is_new = number >= STAGES.index("POST /_aliases")
        assert (served != old.index) == is_new
        found = remote.search(served, {"track_total_hits": True})["hits"]["total"]["value"]
        assert found == (41 if is_new else old.decisions)
        if number % 3 == 2 or is_new:
            old = corpus.publish()
            assert_nothing_is_left(remote, *kept_with(remote, old.index))


def test_no_process_outlives_a_publication_that_is_killed(corpus: Corpus) -> None:
    corpus.write("c.txt", *(f"Ceby\tBro {n}\tDet handlar om bron {n}.\t1 000" for n in range(1100)))
    pid = kill_at("POST /publishing-.*/_bulk", False, corpus.build(), corpus.remote)

    def is_left(process: str) -> bool:
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            return int(told[3]) == pid and told[0] != "Z"
        return False

    eventually(lambda: not any(map(is_left, filter(str.isdigit, os.listdir("/proc")))), 5)


# Little changed

VARIED = [
    f"{['Ankeby', 'Öbo', 'Ceby'][n % 3]}\t{['Skola', 'Bro', 'Hälsa', 'Idrott'][n % 4]} {n}\t"
    f"Vi stärker {['elevhälsan', 'musiken', 'båten'][n % 3]} i {['skolan', 'hamnen'][n % 2]}"
    f" och prövar nummer {n}.\t{n + 1} 000"
    for n in range(120)
]
SHARED = " ".join(f"Ord{n}" for n in range(30))


def everything(searcher: Searcher) -> dict[str, Any]:
    """What is answered of all kinds, without the scores and what orders by them."""
    told: dict[str, Any] = {}
    for q in ("", "elevhälsan", "skola båt", '"i hamnen"', "stärka -musik", "nummer", "hälsan*"):
        found = searcher.search(SearchRequest(q, limit=100, sort="title"))
        told[q] = (
            found.total, found.facets, found.stats, found.interpretation, found.suggestion,
            [hit.decision for hit in found.hits], [hit.snippets for hit in found.hits],
        )  # fmt: skip
    names = searcher.identifiers()
    told["related"] = {name: related(searcher.engine, name) for name in names[::9]}
    told["wording"] = {name: searcher.wording(name) for name in names[::9]}
    told["overview"] = searcher.overview(SearchRequest())
    told["dated"] = [*searcher.dated()]
    told["owners"] = [(one.label, one.slug) for one in searcher.all_parties("owner")]
    told["changes"] = searcher.history.since(None, 1000)
    told["whole"] = {*searcher.whole(SearchRequest("nummer")).decisions}
    return told


def related(engine: Engine, identifier: str) -> set[tuple[str, tuple[str, ...]]]:
    """All that are, with the words; which of some copies is shown depends on their order."""
    found = engine.related(engine.key(identifier), 500)
    decisions = engine.decisions([one.key for one in found])
    return {(it.id, one.stems) for it, one in zip(decisions, found, strict=True)}


def scores(searcher: Searcher) -> dict[str, float]:
    found = searcher.search(SearchRequest("elevhälsan skolan", limit=100))
    return {hit.decision.id: hit.score for hit in found.hits}


def both(corpus: Corpus, folder: Path, withheld: Mapping[str, str] | None = None) -> list[Searcher]:
    """What the cluster was given by and by, what it is given at once, and the index here."""
    apart = Cluster(replace(corpus.remote.options, name=f"{corpus.remote.options.name}-apart"))
    assert publish(Store(corpus.index).current(), apart).written is not None
    found = [searcher(one, folder / one.options.name) for one in (corpus.remote, apart)]
    return [*found, Searcher.open(corpus.index)]


def test_small_changes_write_little_and_answer_as_what_is_written_whole(
    corpus: Corpus, tmp_path: Path
) -> None:
    """A record says what its file was, so that all decisions of a file that changes are written."""
    small, longest = VARIED[:4], f"Öbo\tLång text\t{SHARED}.\t1"
    corpus.write("a.txt", *small)
    corpus.write("b.txt", *VARIED[4:], longest)
    assert corpus.publish().written == 121
    written = []

    def change(name: str, *rows: str) -> None:
        corpus.write(name, *rows)
        written.append(corpus.publish().written)

    change("a.txt", small[0].replace("\t1 000", "\t999 000"), *small[1:])  # an amount
    change("c.txt", VARIED[9].replace("nummer 9", "nummer 900"))  # one more of that name
    change("a.txt", small[1], small[2].replace("Hälsa", "Hälsan"), small[3])  # gone, renamed
    change("d.txt", f"Deby\tSamma text\t{SHARED}.\t2")
    (corpus.folder / "in" / "a.txt").rename(corpus.folder / "in" / "z.txt")  # the order of files
    change("d.txt", f"Deby\tSamma text\t{SHARED}.\t3")
    assert all(one is not None and one <= 4 for one in written), written
    gradual, whole, here = opened = both(corpus, tmp_path)
    told = everything(here)
    for name, answer in everything(gradual).items():
        assert answer == told[name], name
    assert everything(whole) == told
    assert any(told["wording"].values()) and any(told["related"].values())
    for one in opened:
        one.close()


def test_what_changed_too_much_is_written_whole(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write("a.txt", *VARIED[:10])
    corpus.write("b.txt", *VARIED[10:83])
    corpus.write("c.txt", *VARIED[83:])
    corpus.publish()
    longer = " och dessutom prövar vi ännu mera"

    def lengthened(count: int) -> list[str]:
        return [one.replace(".\t", f"{longer}.\t") for one in VARIED[:count]]

    corpus.write("a.txt", *lengthened(3), *VARIED[3:10])  # 6 words more than 9 in 3 of 120: 1.7 %
    assert corpus.publish().written == 10
    _gradual, _whole, _here = opened = both(corpus, tmp_path)
    sets = [scores(one) for one in opened]
    assert sets[0].keys() == sets[1].keys() == sets[2].keys()
    apart = max(abs(sets[0][name] / score - 1) for name, score in sets[1].items())
    print("scores differ by", apart, max(abs(sets[1][n] / s - 1) for n, s in sets[2].items()))
    assert 0 < apart < 0.02
    for one in opened:
        one.close()
    corpus.write("a.txt", *lengthened(6), *VARIED[6:10])
    assert corpus.publish().written == 120  # the average has drifted
    corpus.write("c.txt", *(one.replace("nummer", "numret") for one in VARIED[83:]))
    assert corpus.publish().written == 120  # 37 of 120
    before = corpus.remote.current()
    with monkeypatch.context() as later:
        later.setattr("search.opensearch.publishing.layout", lambda: "another")
        there: list[bool] = []

        def look(done: int, of: int) -> None:
            there.append(corpus.remote.current() == before)

        assert publish(corpus.build(), corpus.remote, look).written == 120
        assert there and all(there)
    assert corpus.remote.current() != before


# Back


def test_a_rollback_leads_back_and_so_does_the_alias_alone(corpus: Corpus, tmp_path: Path) -> None:
    corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBrobyggarna bygger.\t1 000")
    second = corpus.publish()
    remote = corpus.remote
    live = LiveSearcher(OpenSearchEngines(remote, tmp_path / "served"), SearchLimits())
    assert live.current().search(SearchRequest("brobyggarna")).total == 1
    with_it = live.current().history.now
    back = run(corpus, "rollback")
    assert (back.returncode, back.stderr) == (0, "")
    third = remote.current()
    assert f"{third} visas i klustret: 40 beslut, " in back.stdout
    assert int(re.findall(r"(\d+) beslut skrevs dit", back.stdout)[0]) <= 1
    eventually(lambda: len(live.current()) == 40)
    found = live.current().search(SearchRequest("brobyggarna"))
    assert found.total == 0
    assert not live.current().engine.vocabulary.beginning_with("brobygg", "", 5)
    gone = live.current().history.since(with_it, 10).changes
    assert [(one.kind, one.id) for one in gone] == [("deleted", "x-2030-1/en-bro")]
    actions = [
        {"remove": {"index": third, "alias": remote.options.name}},
        {"add": {"index": second.index, "alias": remote.options.name}},
    ]
    remote.client.indices.update_aliases(body={"actions": actions})
    eventually(lambda: len(live.current()) == 41)
    assert live.current().search(SearchRequest("brobyggarna")).total == 1
    assert live.current().engine.vocabulary.beginning_with("brobygg", "", 5)
    assert live.current().history.now == with_it
    live.current().close()


# Which index


def test_another_index_is_refused_and_a_moved_one_goes_on(corpus: Corpus, tmp_path: Path) -> None:
    first = corpus.publish()
    assert corpus.publish() == Publication(first.index, 40, None)
    moved = copied(corpus, tmp_path / "moved")
    assert moved.publish() == Publication(first.index, 40, None)
    moved.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    assert moved.publish().written == 1
    there = corpus.remote.current()
    behind = run(corpus, "index")  # the index as it was before, restored
    assert (behind.returncode, behind.stderr.count("\n")) == (1, 1)
    assert f"klustrets {there} är av ett annat index: gen-1 bygger inte vidare" in behind.stderr
    assert "ange ett annat BESLUT_ENGINE_NAME" in behind.stderr.replace("Ange", "ange")
    assert corpus.remote.current() == there
    corpus.remote.client.indices.delete_alias(index=there, name=corpus.remote.options.name)
    again = corpus.publish()
    assert (again.written, corpus.remote.current()) == (40, again.index)
    assert_nothing_is_left(corpus.remote, again.index)


def test_an_alias_that_leads_to_several_is_put_right(corpus: Corpus) -> None:
    remote, name = corpus.remote, corpus.remote.options.name
    corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    second = corpus.publish()
    first = about(remote, second.index).before
    foreign = f"{name}-foreign"
    remote.client.indices.create(index=foreign)
    for index in (first, foreign):
        remote.client.indices.put_alias(index=index, name=name)
    assert corpus.publish().written is None
    assert remote.current() == second.index
    remote.client.indices.put_alias(index=foreign, name=name)
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs sen.\t1 000")
    third = corpus.publish()
    assert remote.current() == third.index and remote.client.indices.exists(index=foreign)
    remote.client.indices.delete_alias(index=third.index, name=name)
    remote.client.indices.put_alias(index=foreign, name=name)
    with pytest.raises(ClusterUnavailable, match=f"{foreign} är inte gjort av det här programmet"):
        corpus.publish()
    assert remote.current() == foreign


def test_a_watch_publishes(corpus: Corpus) -> None:
    env = {key: text for key, text in os.environ.items() if "BESLUT" not in key}
    env |= cluster_settings(corpus.remote) | {"BESLUT_SETTLE_SECONDS": "0.1"}
    command = [beslut_path(), "watch", str(corpus.folder / "in"), "--index", str(corpus.index)]
    said = corpus.folder / "said"
    with said.open("w") as file, subprocess.Popen(command, env=env, stdout=file, stderr=file) as it:
        try:
            eventually(lambda: " visas i klustret: 40 beslut" in said.read_text("utf-8"))
            corpus.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
            eventually(lambda: " visas i klustret: 41 beslut, 1 " in said.read_text("utf-8"))
        finally:
            it.terminate()


# Refused


def test_what_the_cluster_would_count_wrongly_is_refused(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs.\t-999,99", "Deby\tEn väg\tBron.\t0,01")
    generation = corpus.build()
    assert publishing._MOST_ORE == 2**53
    monkeypatch.setattr(publishing, "_MOST_ORE", 4_100_000)  # what is paid back counts, too
    with pytest.raises(ReplicationError, match="beloppen är tillsammans över 41000 kr"):
        publish(generation, corpus.remote)
    monkeypatch.setattr(publishing, "_MOST_ORE", 4_100_001)
    assert publish(generation, corpus.remote).decisions == 42
    column = "Organisationsnummer"
    numbers = ["212000-1900", "212000-0142", "556036-0793"]
    rows = [f"Samma namn\tBro {n}\tBron.\t1\t{number}" for n, number in enumerate(numbers)]
    (corpus.folder / "in" / "c.txt").write_text(document(*rows, column=column), "utf-8")
    monkeypatch.setattr("search.opensearch.publishing.MOST_TERMS", 3)
    with pytest.raises(ReplicationError, match="det finns 4 olika värden i owner, och klustret"):
        corpus.publish()
    assert first.index in indexes(corpus.remote)


def test_what_the_cluster_does_not_take_is_told_and_what_was_served_stays(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    real = publishing.document

    def other(**changed: Any) -> Any:
        return lambda row, averages: real(row, averages) | changed

    for changed, told in (
        ({"date": "igår"}, r"klustret tar inte emot 1 beslut \(mapper_parsing_exception\)"),
        ({"unknown": 1}, r"tar inte emot 1 beslut \(strict_dynamic_mapping_exception\)"),
        ({"ore": 7}, r"har 41 beslut om 40000\.07 kr, men ska ha 41 om 41000"),
    ):
        with monkeypatch.context() as tampered:
            tampered.setattr(publishing, "document", other(**changed))
            with pytest.raises(ReplicationError, match=told):
                corpus.publish()
        assert corpus.remote.current() == first.index
    now = corpus.publish()
    assert now.written == 1
    assert_nothing_is_left(corpus.remote, now.index, first.index)


class Refusing:
    """A cluster without room for the first so many bulk requests, or for one in them."""

    def __init__(self, times: int, whole: bool, patch: pytest.MonkeyPatch) -> None:
        self.left, self.whole, self.bulk = times, whole, OpenSearch.bulk
        patch.setattr(OpenSearch, "bulk", lambda client, *rest, **named: self.ask(client, **named))
        patch.setattr(publishing, "_PAUSE", 0.01)

    def ask(self, client: OpenSearch, body: Any, **named: Any) -> Any:
        if not isinstance(body, bytes) or self.left == 0:
            return self.bulk(client, body=body, **named)
        self.left -= 1
        if self.whole:
            raise TransportError(429, "circuit_breaking_exception", {})
        told = self.bulk(client, body=body, **named)
        one = {"status": 429, "error": {"type": "rejected_execution_exception"}}
        return told | {"errors": True, "items": [*told["items"][1:], {"index": one}]}


@pytest.mark.parametrize("whole", [True, False])
def test_a_cluster_without_room_is_asked_again_for_a_while(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    generation = corpus.build()
    Refusing(6, whole, monkeypatch)
    with pytest.raises(ExplainedError, match=r"429 circuit_breaking|rejected_execution"):
        publish(generation, corpus.remote)
    Refusing(5, whole, monkeypatch)
    assert publish(generation, corpus.remote).written == 40


def test_an_index_whose_copies_do_not_come_is_not_switched_to(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = corpus.publish()
    corpus.write("c.txt", "Ceby\tEn bro\tBron byggs nu.\t1 000")
    monkeypatch.setattr(publishing, "_GREEN_SECONDS", 0.5)
    with monkeypatch.context() as nowhere:
        lost = {"status": "yellow", "relocating_shards": 0}
        nowhere.setattr(ClusterClient, "health", lambda client, **named: lost)
        with pytest.raises(ReplicationError, match=r"är yellow efter 0\.5 sekunder"):
            corpus.publish()
    assert corpus.remote.current() == first.index


# Files


def test_a_file_is_kept_once_in_parts_and_comes_back_as_it_was(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.opensearch.files._PART", 1000)
    generation = corpus.build()
    contents = [b"", b"x" * 999, b"y" * 1000, b"z" * 2000, b"w" * 2001, b"z" * 2000]
    for number, content in enumerate(contents):
        path = generation.path / "originals" / f"extra-{number}"
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        generation.manifest["files"][f"originals/extra-{number}"] = {"sha256": sha256}
    there = Files(corpus.remote)
    heads = there.put(generation)
    known = {*heads.values(), *travelling(generation).values()}
    assert files(corpus.remote) == known
    for name, sha256 in travelling(generation).items():
        there.fetch(sha256, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == (generation.path / name).read_bytes()
    name = f"{corpus.remote.options.name}-files"
    client = corpus.remote.client
    again = {hit["_id"]: hit["_version"] for hit in versions(client, name)}
    assert sum(one.startswith(hashlib.sha256(contents[3]).hexdigest()) for one in again) == 2
    long = hashlib.sha256(contents[4]).hexdigest()
    client.delete(index=name, id=f"{long}-1")
    with pytest.raises(ClusterUnavailable, match="fetched i klustret saknas eller är skadad"):
        there.fetch(long, tmp_path / "fetched")
    assert (tmp_path / "fetched").exists() and not [*tmp_path.glob(".part-*")]
    there.put(generation)
    there.fetch(long, tmp_path / "fetched")
    now = {hit["_id"]: hit["_version"] for hit in versions(client, name)}
    assert now.keys() == again.keys()
    assert [one for one in now if now[one] != again[one]] in ([], [f"{long}-1"])
    wrong = {"sha256": long, "part": 2, "data": base64.b64encode(b"v").decode()}
    client.index(index=name, id=f"{long}-2", body=wrong)
    with pytest.raises(ClusterUnavailable):
        there.fetch(long, tmp_path / "fetched")
    there.keep_only({long})
    assert files(corpus.remote) == {long}


def versions(client: OpenSearch, index: str) -> list[dict[str, Any]]:
    client.indices.refresh(index=index)
    body = {"size": 1000, "_source": False, "version": True}
    found: list[dict[str, Any]] = client.search(index=index, body=body)["hits"]["hits"]
    return found


def test_a_file_that_the_cluster_lost_is_put_back_by_the_next_reading(corpus: Corpus) -> None:
    first = corpus.publish()
    corpus.remote.client.indices.delete(index=f"{corpus.remote.options.name}-files")
    assert corpus.publish().written is None
    assert_nothing_is_left(corpus.remote, first.index)


def test_a_check_reads_what_is_in_the_cluster_and_not_the_copies_here(
    corpus: Corpus, tmp_path: Path
) -> None:
    first = corpus.publish()
    engines = OpenSearchEngines(corpus.remote, tmp_path / "served")
    assert engines.check() == (first.index, 40, Decimal(40_000))
    corpus.remote.client.indices.delete(index=f"{corpus.remote.options.name}-files")
    with pytest.raises(ClusterUnavailable, match="i klustret saknas eller är skadad"):
        engines.check()


def test_an_original_is_fetched_when_somebody_asks_for_it(corpus: Corpus, tmp_path: Path) -> None:
    corpus.publish()
    options = corpus.remote.options
    given = Settings(
        index=tmp_path / "server",
        engine=",".join(options.addresses),
        engine_name=options.name,
        search_seconds=20,
    )
    client = create_app(given).test_client()
    assert client.get("/?q=skolan").status_code == 200
    links = re.findall(r'href="(/kallor/[0-9a-f]{64})', client.get("/om").text)
    assert len(links) == 2 and not [*(tmp_path / "server").rglob("originals/*")]
    answers = [client.get(link) for link in links]
    read = {answer.data for answer in answers}
    assert read == {path.read_bytes() for path in (corpus.folder / "in").iterdir()}
    assert len([*(tmp_path / "server").rglob("originals/*")]) == 2
    for answer in answers:
        answer.close()


# What is written


def test_odd_decisions_are_published_and_come_back(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are long are not sent all at once, as a node takes no more than 100 MB."""
    real, sent = OpenSearch.bulk, []

    def bulk(client: OpenSearch, body: Any, **named: Any) -> Any:
        sent.append(len(body))
        return real(client, body=body, **named)

    monkeypatch.setattr(OpenSearch, "bulk", bulk)
    rows = [
        {"owner": "Öbo", "title": "Ensamt \ud800 surrogat", "description": "Före \udfff efter."},
        {"owner": "Öbo", "title": "Styrtecken", "description": "Ett\u0001två\u001dtre\u001ffyra."},
        {"owner": "Öbo", "title": "Långt ord", "description": "a" * 40_000},
        *({"owner": "Öbo", "title": "Lång", "description": f"Lika långa {'ord ' * 250_000}{n}"}
          for n in range(3)),
    ]  # fmt: skip
    data = [{"round": "X 2030:1", "amount": "1000", **one} for one in rows]
    text = "".join(f"{json.dumps(one)}\n" for one in data)
    (corpus.folder / "in" / "odd.jsonl").write_text(text, "utf-8")
    now = corpus.publish()
    here, there = Searcher.open(corpus.index), searcher(corpus.remote, tmp_path / "served")
    assert now.decisions == len(here) >= 45
    assert len(sent) == 3 and max(sent) < 16 * 1024 * 1024, sent
    wanted = {one.id: one for one in here.whole(SearchRequest()).decisions}
    assert {one.id: one for one in there.whole(SearchRequest()).decisions} == wanted
    for q in ("surrogat", "efter", "två", "fyra", "a" * 40, "långa", "styrtecken"):
        request = SearchRequest(q, limit=100)
        assert there.search(request).total == here.search(request).total, q
    hit = corpus.remote.client.search(index=now.index, body={"size": 1})["hits"]["hits"][0]
    assert hit["_source"].keys() == {*SHOWN}  # what was handed over as terms is not kept as text
    here.close()
    there.close()
