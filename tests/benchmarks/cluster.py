"""Does the cluster find the same, and how fast? After ``make test-opensearch`` has got the jars:

    python -m tests.benchmarks.cluster [--size 100000] [--corpus FILE.jsonl[.gz]] [--keep FOLDER]

One machine: three nodes of OpenSearch, all that Java can compile compiled, beside the engine on
arrays, both asked by this process, one question at a time. The sets, facets, sums and first pages
of both are compared over all queries before anything is timed; with ``--keep`` the index is left in
a folder, and found there the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from index.build import build
from index.storage.columns import id_digest
from index.storage.store import Store
from search.deadline import NEVER
from search.dimensions import Span
from search.opensearch.cluster import Cluster, ClusterOptions
from search.opensearch.engines import OpenSearchEngines
from search.opensearch.publishing import publish
from search.opensearch.trees import matched
from search.owners import Owners
from search.request import SearchLimits, SearchRequest
from search.searcher import Searcher, themes_file
from tests.benchmarks import corpus
from tests.benchmarks.speed import Ours, choose_queries
from tests.opensearch.cluster import RunningCluster

KINDS = {
    "themes, slips, phrases and all the rest": """
psykisk hälsa|skola|arbetslöshet|klimat|forskning|elevhälsa|kollektivtrafik|jämställdhet
unga som varken arbetar eller studerar|landsbygdsutveckling|vatten|energi omställning|sjukvård
äldreomsorg|digitalisering|artificiell intelligens|kultur|"social hållbarhet"|"psykisk ohälsa"
skola -gymnasium|skola ELLER kultur|(skola ELLER förskola) lärare|hälso*|klimat*|titel:klimat
beskrivning:forskning|ägare:universitet|funktionsnedsättning|integration flyktingar|halsa
psykisk hällsa|samhällsomvandling|kompetensförsörjning|cancer|skolelever|fiske östersjön|järnväg
vindkraft|våld mot kvinnor|brott och straff|bostadsbrist|turism|rymden|EU|budget 2023
studie- och yrkesvägledning|försvar INTE nato|mänskliga rättigheter|grön omställning industri
barnfattigdom|gymnasie skolan|skatt på bensin|regeringen|projekt|och
"""
}
MORE = 10  # decisions in the document that is added last


def main(arguments: Sequence[str] | None = None) -> None:
    """Builds, publishes, compares, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as name,
        RunningCluster(heap="1g", flags=()) as nodes,
    ):
        folder = options.keep or Path(name)
        source, index = folder / "corpus.jsonl", folder / "index"
        if not source.exists():
            records = (
                corpus.from_json_lines(options.corpus, options.size)
                if options.corpus
                else corpus.synthetic(options.size)
            )
            corpus.write(records, source)
        build([source], index)
        cluster = Cluster(ClusterOptions(nodes.addresses))
        ours = Ours(index)
        total = _publish(cluster, index, nodes)
        theirs = _opened(cluster, Path(name, "served"))
        requests = _requests(ours, theirs)
        _compare(ours, theirs, cluster, requests)
        _measure({"arrays": ours.searcher, "OpenSearch": theirs}, requests, options.rounds)
        _measure_others({"arrays": ours.searcher, "OpenSearch": theirs})
        more = folder / "more.jsonl"
        corpus.write(corpus.synthetic(MORE, seed=1), more)
        build([source, more], index)
        started = time.perf_counter()
        told = publish(Store(index).current(), cluster)
        print(
            f"\n{MORE} decisions more, put there in {time.perf_counter() - started:.1f} s: "
            f"{told.written} of {total + MORE:,} written"
        )
        more.unlink()
        build([source], index)


def _publish(cluster: Cluster, index: Path, nodes: RunningCluster) -> int:
    started = time.perf_counter()
    told = publish(Store(index).current(), cluster)
    seconds = time.perf_counter() - started
    sizes = cluster.client.indices.stats(index=told.index)["_all"]
    print(
        f"{told.decisions:,} decisions put there in {seconds:.0f} s, "
        f"{told.decisions / seconds:.0f} a second, with copies of all shards; "
        f"{sizes['primaries']['store']['size_in_bytes'] / 1e6:.0f} MB, with copies "
        f"{sizes['total']['store']['size_in_bytes'] / 1e6:.0f} MB; {os.cpu_count()} processors"
    )
    memory = [_resident(pid) for pid in nodes.pids().values()]
    print(f"memory of the nodes, MB: {', '.join(f'{one:.0f}' for one in memory)}")
    return told.decisions


def _resident(pid: int) -> float:
    """Memory of a process, MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _opened(cluster: Cluster, folder: Path) -> Searcher:
    started = time.perf_counter()
    engine = OpenSearchEngines(cluster, folder).opened(Owners())
    print(f"opened in {time.perf_counter() - started:.1f} s")
    return Searcher(engine, SearchLimits(), themes_file(None))


def _requests(ours: Ours, theirs: Searcher) -> dict[str, list[SearchRequest]]:
    requests = {
        kind: [SearchRequest(" ".join(terms)) for terms in dict.fromkeys(some)]
        for kind, some in choose_queries(ours).items()
    }
    for kind, text in KINDS.items():
        requests[kind] = [SearchRequest(q) for q in text.strip().replace("\n", "|").split("|")]
    owner = ours.searcher.groups("owner")[0].name
    amounts = Span(Decimal(1_000_000), Decimal(2_999_999))
    requests["with filters and sorts"] = [
        SearchRequest(q, filters, sort=sort)
        for q in ("skola", "forskning", "")
        for filters in ({"owner": (owner,)}, {"amount": amounts}, {})
        for sort in ("-amount", "title", "owner")
    ]
    return requests


def _compare(
    ours: Ours, theirs: Searcher, cluster: Cluster, requests: dict[str, list[SearchRequest]]
) -> None:
    same = dict.fromkeys(("sets", "facets", "sums", "first pages", "first hits"), 0)
    count, furthest = 0, 0.0
    engine: Any = theirs.engine
    for request in (one for some in requests.values() for one in some):
        count += 1
        mine, other = ours.searcher.search(request), theirs.search(request)
        tree = ours.searcher._plan(request, NEVER).tree
        docs = ours.scorer.matches(tree).docs
        body = {
            "query": {"bool": {"filter": [matched(tree)]}},
            "_source": False,
            "docvalue_fields": ["id"],
            "sort": ["id"],
        }
        hits = cluster.walk(engine.index, body, 10_000)
        ids = sorted(id_digest(hit["fields"]["id"][0]) for hit in hits)
        told = {
            "sets": ids == sorted(ours.columns.ids[docs].tolist()) and mine.total == other.total,
            "facets": mine.facets == other.facets,
            "sums": mine.stats == other.stats,
            "first pages": _ids(mine) == _ids(other),
            "first hits": _ids(mine)[:1] == _ids(other)[:1],
        }
        for name, equal in told.items():
            same[name] += equal
        wrong = [name for name, equal in told.items() if not equal]
        if wrong:
            print(f"not the same: {', '.join(wrong)}: {json.dumps(request.q, ensure_ascii=False)}")
        scores = {hit.decision.id: hit.score for hit in other.hits}
        for hit in mine.hits:
            if hit.score and hit.decision.id in scores:
                furthest = max(furthest, abs(scores[hit.decision.id] / hit.score - 1))
    print(f"\nof {count} requests the same: {', '.join(f'{n} {k}' for k, n in same.items())}")
    print(f"furthest score from ours: {furthest:.2%}")


def _ids(result: Any) -> list[str]:
    return [hit.decision.id for hit in result.hits]


def _measure(
    searchers: dict[str, Searcher], requests: dict[str, list[SearchRequest]], rounds: int
) -> None:
    print(f"\n{'whole answers, ms: median (p95)':<42}" + "".join(f"{one:>24}" for one in searchers))
    for searcher in searchers.values():
        searcher.themes.current().look_up_all()
    for kind, some in requests.items():
        cells = []
        for searcher in searchers.values():
            for request in some * 2:  # Java compiles what is asked often
                searcher.search(request)
            cells.append(_told(_times(searcher.search, some * rounds)))
        print(f"{kind:<42}" + "".join(f"{cell:>24}" for cell in cells))


def _measure_others(searchers: dict[str, Searcher]) -> None:
    identifiers = next(iter(searchers.values())).identifiers()[:: max(1, 100_000 // 60)][:60]
    for name in ("get", "related", "wording"):
        cells = [
            _told(_times(getattr(searcher, name), identifiers * 2))
            for searcher in searchers.values()
        ]
        print(f"{name:<42}" + "".join(f"{cell:>24}" for cell in cells))


def _told(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.1f} ({sorted(times)[int(0.95 * len(times))]:.1f})"


def _times(ask: Callable[[Any], Any], some: Sequence[Any]) -> list[float]:
    times = []
    for one in some:
        started = time.perf_counter()
        ask(one)
        times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
