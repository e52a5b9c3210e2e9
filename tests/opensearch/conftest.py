"""The one cluster that all tests in this folder share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.opensearch.cluster import RunningCluster

ADDRESSES = "OPENSEARCH_TEST_CLUSTER"
"""The variable with the addresses of a cluster that runs already, separated by commas: it saves the
start while one works on a test (``python -m tests.opensearch.cluster`` prints them)."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[RunningCluster]:
    """Three nodes for the whole run: a test deletes what it makes, and starts again what it kills.
    Each worker of pytest-xdist would start three of its own, so that these tests run without
    ``-n``."""
    addresses = os.environ.get(ADDRESSES)
    assert addresses or "PYTEST_XDIST_WORKER" not in os.environ, "run these tests without -n"
    with RunningCluster.elsewhere(addresses.split(",")) if addresses else RunningCluster() as nodes:
        yield nodes
