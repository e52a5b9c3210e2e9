"""What the other tests here stand on: the cluster, what its nodes can do, and what is in front of
them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import AuthenticationException, SSLError

from tests.conftest import ROOT, eventually
from tests.opensearch.cluster import Refusal, RunningCluster, ask
from tests.opensearch.front import front

INDEX: dict[str, Any] = {
    "settings": {
        "index": {"number_of_shards": 3, "number_of_replicas": 1},
        "analysis": {
            "tokenizer": {"lines": {"type": "simple_pattern_split", "pattern": "\n"}},
            "filter": {
                "frequency": {"type": "delimited_term_freq", "delimiter": "\u0001"},
                "halves": {
                    "type": "pattern_capture",
                    "preserve_original": False,
                    "patterns": ["([^=]+)=", "=([^=]+)"],
                },
                "gaps": {"type": "stop", "stopwords": ["_"]},
            },
            "analyzer": {
                "terms": {"tokenizer": "lines", "filter": ["frequency"]},
                "words": {"tokenizer": "lines", "filter": ["halves", "gaps"]},
            },
        },
        "similarity": {
            "sum": {"type": "scripted", "script": {"source": "return query.boost * doc.freq"}}
        },
    },
    "mappings": {
        "properties": {
            "order": {"type": "integer"},
            "terms": {
                "type": "text",
                "analyzer": "terms",
                "similarity": "sum",
                "norms": False,
                "index_options": "freqs",
            },
            "words": {"type": "text", "analyzer": "words"},
        }
    },
}
DOCUMENTS = {
    "a": {"order": 0, "terms": "skola\u0001250\nhälsa\u00012", "words": "elev=skola\nhälsa=bra"},
    "b": {"order": 1, "terms": "skola\u00013", "words": "skola=x\n_=_\n_=_\nhälsa=y"},
    "c": {"order": 2, "terms": "bro\u00017", "words": "bro=trä"},
}
"""Terms have their frequencies; of words each has two forms, and an underscore is a gap."""


@pytest.fixture(scope="module")
def index(cluster: RunningCluster) -> Iterator[str]:
    """The address of `DOCUMENTS`."""
    address = f"{cluster.addresses[0]}/few"
    ask(address, INDEX, "PUT")
    for name, body in DOCUMENTS.items():
        ask(f"{address}/_doc/{name}", body, "PUT")
    ask(f"{address}/_refresh", method="POST")
    cluster.wait()  # an index answers before it has its replicas
    yield address
    ask(address, method="DELETE")


def hits(answer: Any) -> dict[str, float]:
    """Found documents, in their order, and the score of each."""
    return {hit["_id"]: hit["_score"] for hit in answer["hits"]["hits"]}


def search(index: str, query: dict[str, Any], parameters: str = "") -> Any:
    whole = f"{index}/_search?allow_partial_search_results=false&{parameters}"
    return ask(whole, {"query": query})


# A cluster


def test_three_nodes_of_the_version_in_the_pom_are_one_cluster(cluster: RunningCluster) -> None:
    pom = (ROOT / "tests" / "opensearch" / "pom.xml").read_text("utf-8")
    (version,) = re.findall("<opensearch.version>(.+)</opensearch.version>", pom)
    for address in cluster.addresses:
        nodes = ask(f"{address}/_nodes")["nodes"].values()
        assert {(node["name"], node["version"]) for node in nodes} == {
            (name, version) for name in "012"
        }


def test_a_killed_node_is_missed_and_comes_back(cluster: RunningCluster, index: str) -> None:
    first, second, _ = cluster.addresses
    before = cluster.pids()
    cluster.kill(0)
    try:
        cluster.wait("yellow")
        everything = search(f"{second}/few", {"match_all": {}})
        assert set(hits(everything)) == set(DOCUMENTS)
        with pytest.raises(OSError, match="refused"):
            ask(first)
    finally:
        cluster.start(0)
    assert set(hits(search(index, {"match_all": {}}))) == set(DOCUMENTS)
    assert cluster.pids().keys() == before.keys() and cluster.pids()[0] != before[0]


def test_a_paused_node_is_silent_until_it_goes_on(cluster: RunningCluster) -> None:
    cluster.pause(2)
    try:
        with pytest.raises(TimeoutError):
            ask(cluster.addresses[2], seconds=1)
        ask(cluster.addresses[1])
    finally:
        cluster.resume(2)
    cluster.wait()
    assert ask(cluster.addresses[2])["name"] == "2"


def running(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_cluster_of_its_own_leaves_nothing_behind(
    cluster: RunningCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with RunningCluster(nodes=1, heap="256m") as one:
        (pid,) = one.pids().values()
        one.pause(0)  # it would not hear that it is to end
        assert running([pid]) and os.listdir(tmp_path)
    assert not running([pid]) and not os.listdir(tmp_path)
    assert len(ask(f"{cluster.addresses[0]}/_nodes")["nodes"]) == 3


def test_nodes_end_with_tests_that_are_killed(tmp_path: Path) -> None:
    code = """if True:
        from tests.opensearch.cluster import RunningCluster
        cluster = RunningCluster(nodes=2, heap="256m")
        for n in range(2):
            cluster._launch(n)
        print(*cluster.pids().values(), flush=True)
        input()"""
    pipe = subprocess.PIPE
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as tests:
        assert tests.stdout
        pids = [int(pid) for pid in tests.stdout.readline().split()]
        assert running(pids) == pids
        tests.send_signal(signal.SIGKILL)
    eventually(lambda: not running(pids))


def test_what_a_node_says_of_its_failure_is_raised() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)node 0:.*unknown setting \[no.such\]"):
        RunningCluster(nodes=1, settings={"no.such": "1"}).__enter__()


# What its nodes can do


def test_terms_are_split_at_lines_and_have_frequencies(index: str) -> None:
    """Tokenizer `simple_pattern_split`, filter `delimited_term_freq`, similarity `scripted`."""
    found = search(index, {"term": {"terms": {"value": "skola", "boost": 2}}})
    assert hits(found) == {"a": 500, "b": 6}


def test_words_have_several_forms_and_gaps(index: str) -> None:
    """Filters `pattern_capture` and `stop`, and intervals with `max_gaps`."""

    def near(gaps: int) -> set[str]:
        rule = {"match": {"query": "skola=skola\nhälsa=hälsa", "max_gaps": gaps, "ordered": True}}
        return set(hits(search(index, {"intervals": {"words": rule}})))

    assert near(0) == {"a"}
    assert near(1) == {"a"}
    assert near(2) == {"a", "b"}


def test_a_script_scores(index: str) -> None:
    script = {"source": "_score / (params.k + _score)", "params": {"k": 3}}
    query = {"script_score": {"query": {"term": {"terms": "skola"}}, "script": script}}
    assert hits(search(index, query)) == pytest.approx({"a": 250 / 253, "b": 0.5})


def test_named_queries_have_their_scores(index: str) -> None:
    named = {"term": {"terms": {"value": "bro", "boost": 2, "_name": "bridges"}}}
    found = search(index, {"bool": {"should": [named]}}, "include_named_queries_score=true")
    assert [hit["matched_queries"] for hit in found["hits"]["hits"]] == [{"bridges": 14.0}]


def test_a_point_in_time_is_paged_through(index: str) -> None:
    """It does not see what is written after it."""
    whole = index.removesuffix("/few")
    point = ask(f"{index}/_search/point_in_time?keep_alive=1m", method="POST")["pit_id"]
    ask(f"{index}/_doc/d?refresh=true", DOCUMENTS["c"] | {"order": 3}, "PUT")
    try:
        page: dict[str, Any] = {"pit": {"id": point}, "size": 2, "sort": ["order"]}
        first = ask(f"{whole}/_search", page)["hits"]["hits"]
        second = ask(f"{whole}/_search", page | {"search_after": first[-1]["sort"]})["hits"]["hits"]
        assert [hit["_id"] for hit in [*first, *second]] == ["a", "b", "c"]
    finally:
        ask(f"{index}/_doc/d?refresh=true", method="DELETE")
        ask(f"{whole}/_search/point_in_time", {"pit_id": [point]}, "DELETE")


def test_an_index_is_cloned(cluster: RunningCluster, index: str) -> None:
    clone = f"{index}-clone"
    ask(f"{index}/_settings", {"index.blocks.write": True}, "PUT")
    try:
        ask(f"{index}/_clone/few-clone", method="POST")
        cluster.wait()
        assert set(hits(search(clone, {"match_all": {}}))) == set(DOCUMENTS)
    finally:
        ask(f"{index}/_settings", {"index.blocks.write": None}, "PUT")
        ask(clone, method="DELETE")


def test_half_a_set_is_an_error_where_it_is_asked_to_be(cluster: RunningCluster) -> None:
    """`allow_partial_search_results=false`, with a shard that no node may have."""
    lost = f"{cluster.addresses[0]}/lost"
    nowhere = {"index.routing.allocation.require._name": "none"}
    ask(f"{lost}?wait_for_active_shards=0", {"settings": nowhere}, "PUT")
    try:
        with pytest.raises(Refusal, match="503"):
            search(lost, {"match_all": {}})
    finally:
        ask(lost, method="DELETE")


# What is in front of them


@pytest.fixture(scope="module")
def fronted(
    cluster: RunningCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("front")
    with front(cluster.addresses[0], "beslut", "pass:word", folder) as there:
        yield there


def asked(address: str, password: str, certificate: Path | None) -> str:
    """The name of the cluster, as opensearch-py is told it."""
    trusted = None if certificate is None else str(certificate)
    auth = ("beslut", password)
    with OpenSearch([address], http_auth=auth, ca_certs=trusted, max_retries=0) as client:
        name: str = client.info()["cluster_name"]
        return name


def test_the_front_lets_in_who_knows_the_password(fronted: tuple[str, Path]) -> None:
    address, certificate = fronted
    assert asked(address, "pass:word", certificate) == "beslut-test"


def test_the_front_refuses_a_wrong_password(fronted: tuple[str, Path]) -> None:
    address, certificate = fronted
    with pytest.raises(AuthenticationException):
        asked(address, "pass", certificate)


def test_a_client_refuses_a_certificate_that_it_does_not_know(fronted: tuple[str, Path]) -> None:
    with pytest.raises(SSLError):
        asked(fronted[0], "pass:word", None)
