"""The one cluster that all tests in this folder share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.opensearch.cluster import RunningCluster

ADDRESSES = "BESLUT_TEST_CLUSTER"
"""The variable with the addresses of a cluster that runs already, separated by commas: it saves the
start while one works on a test (``python -m tests.opensearch.cluster`` prints them)."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[RunningCluster]:
    """Three nodes for the whole run: a test deletes what it makes, and starts again what it kills.
    There is no room for three a worker of pytest-xdist, so that these tests run without ``-n``."""
    running = os.environ.get(ADDRESSES)
    if running:
        yield RunningCluster.elsewhere(running.split(","))
        return
    assert "PYTEST_XDIST_WORKER" not in os.environ, "run the tests of OpenSearch without -n"
    with RunningCluster() as cluster:
        yield cluster
