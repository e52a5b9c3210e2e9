"""How a generation gets into the cluster, with the real commands where it matters: nobody sees half
of one, whatever is killed, refused or in the way."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from index.build import build
from index.storage.store import Generation, Store
from search.engine import Engine
from search.opensearch.cluster import Cluster, ClusterOptions
from search.opensearch.engines import OpenSearchEngines
from search.opensearch.publishing import Publication, about, publish
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher, owners_file, themes_file
from tests.conftest import document
from tests.opensearch.cluster import RunningCluster

OTHERS = [f"Ankeby kommun\tProjekt {n}\tDet handlar om skolan {n}.\t1 000" for n in range(40)]
SECRET = "x-2030-1/en-hemlighet"
SECRET_ROW = "Öbo förening\tEn hemlighet\tHemligheten om Zeta.\t7 000"
WHY = {SECRET: "uppgifter om en enskild"}


@pytest.fixture
def remote(cluster: RunningCluster) -> Iterator[Cluster]:
    """The cluster, under a name of which nothing is there before and after."""
    name = f"publishing-{uuid.uuid4().hex[:8]}"
    asked = Cluster(ClusterOptions(cluster.addresses, name, shards=1))
    yield asked
    asked.client.indices.delete(index=f"{name}-*")
    asked.close()


class Corpus:
    """Lists in a folder, the index of them, and the cluster it is put into."""

    def __init__(self, folder: Path, remote: Cluster) -> None:
        self.folder = folder
        self.index = folder / "index"
        self.remote = remote
        (folder / "in").mkdir(exist_ok=True)

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


def searcher(remote: Cluster, folder: Path) -> Searcher:
    """Over what the alias leads to."""
    engine = OpenSearchEngines(remote, folder).opened(owners_file(None).current())
    return Searcher(engine, SearchLimits(), themes_file(None))


def ids(engine: Engine) -> set[str]:
    return {*engine.identifiers()}


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
