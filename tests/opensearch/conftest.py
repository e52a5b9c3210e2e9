"""The one cluster that all tests in this folder share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.storage.store import Store
from search.opensearch.cluster import Cluster, ClusterOptions
from search.opensearch.engines import OpenSearchEngines
from search.opensearch.publishing import publish
from search.request import SearchLimits
from search.searcher import Searcher, owners_file, themes_file
from tests.conftest import Opened
from tests.opensearch.cluster import RunningCluster

ADDRESSES = "OPENSEARCH_TEST_CLUSTER"
"""The variable with the addresses of a cluster that runs already, separated by commas: it saves the
start while one works on a test (``python -m tests.opensearch.cluster`` prints them)."""
SOON_MISSED = {
    f"cluster.fault_detection.{who}_check.{name}": value
    for who in ("follower", "leader")
    for name, value in (("timeout", "2s"), ("retry_count", "2"))
} | {"cluster.publish.timeout": "2s"}
"""Settings by which a silent node is missed after some seconds instead of a minute."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[RunningCluster]:
    """Three nodes for the whole run: a test deletes what it makes, and starts again what it kills.
    Each worker of pytest-xdist would start three of its own, so that these tests run without
    ``-n``."""
    addresses = os.environ.get(ADDRESSES)
    assert addresses or "PYTEST_XDIST_WORKER" not in os.environ, "run these tests without -n"
    elsewhere = RunningCluster.elsewhere
    with (
        elsewhere(addresses.split(",")) if addresses else RunningCluster(settings=SOON_MISSED)
    ) as nodes:
        yield nodes


@pytest.fixture(scope="session")
def opened(cluster: RunningCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Opens an index with the engine in the cluster, where it is published if it is not yet; what
    it has opened is closed at the end."""
    searchers: list[Searcher] = []
    served = tmp_path_factory.mktemp("served")

    def open_index(index: Path, themes: Path | None = None, owners: Path | None = None) -> Searcher:
        name = f"test-{hashlib.sha256(str(index).encode()).hexdigest()[:16]}"
        asked = Cluster(ClusterOptions(cluster.addresses, name))
        publish(Store(index).current(), asked)
        engine = OpenSearchEngines(asked, served / name).opened(owners_file(owners).current())
        searcher = Searcher(engine, SearchLimits(), themes_file(themes))
        searchers.append(searcher)
        return searcher

    yield open_index
    for searcher in searchers:
        searcher.close()
