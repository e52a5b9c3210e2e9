"""What answers searches, as the settings have it: the index on this machine, or a cluster.

What a cluster needs is loaded only where the settings name one.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexUnusable
from search.array_engine import ArrayEngines
from search.engine import Engines
from search.live import LiveSearcher
from search.searcher import Searcher, owners_file, themes_file
from web.formats import money
from web.settings import Settings

if TYPE_CHECKING:
    from search.opensearch.cluster import Cluster
    from search.opensearch.engines import OpenSearchEngines
    from search.opensearch.publishing import Progress, Publication


def engines(given: Settings) -> Engines:
    """Where engines come from."""
    if not given.engine:
        return ArrayEngines(given.index, given.cache_megabytes * 1024 * 1024)
    return _in_cluster(given)


def opened(given: Settings) -> Searcher:
    """A searcher over the current state of the index; raises `IndexUnusable`."""
    engine = engines(given).opened(owners_file(given.owners_path).current())
    return Searcher(engine, given.limits, themes_file(given.themes_path))


def live(given: Settings) -> LiveSearcher:
    """What serves the current state of the index, whichever that is."""
    return LiveSearcher(engines(given), given.limits, given.themes_path, given.owners_path)


def publish(given: Settings, progress: Progress | None = None) -> Publication | None:
    """Puts the current generation of the index here into the cluster, where the settings name one.
    Raises `ExplainedError`; what the cluster answers from then stays."""
    if not given.engine:
        return None
    cluster = _cluster(given)
    from search.opensearch.publishing import publish_current

    with contextlib.closing(cluster):
        return publish_current(given.index, cluster, progress)


def checked_elsewhere(given: Settings) -> str:
    """Holds the cluster to what it was given, and says so; empty where there is none. Raises
    `IndexUnusable`."""
    if not given.engine:
        return ""
    cluster = _cluster(given)
    from search.opensearch.engines import OpenSearchEngines

    # In a folder of its own, which whoever only checks may write to, and where nothing is yet.
    with contextlib.closing(cluster), tempfile.TemporaryDirectory(prefix="beslut-") as folder:
        index, decisions, total = OpenSearchEngines(cluster, Path(folder)).check()
    return f"klustrets {index} är helt: {decisions} beslut, {money(total)}"


def _in_cluster(given: Settings) -> OpenSearchEngines:
    cluster = _cluster(given)
    from search.opensearch.engines import OpenSearchEngines

    return OpenSearchEngines(cluster, given.index / "served")


def _cluster(given: Settings) -> Cluster:
    try:
        from search.opensearch.cluster import Cluster, ClusterOptions
    except ModuleNotFoundError as error:
        what = f"BESLUT_ENGINE anger ett kluster, men {error.name} är inte installerat"
        remedy = "installera programmet som beslutssok[opensearch], se docs/opensearch.md"
        raise IndexUnusable(what, remedy) from error
    return Cluster(
        ClusterOptions(
            tuple(one.strip().rstrip("/") for one in given.engine.split(",")),
            given.engine_name,
            given.engine_user,
            given.engine_password,
            given.engine_ca,
            given.engine_shards,
            given.engine_replicas,
        )
    )
