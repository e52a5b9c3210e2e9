"""What does the site answer when its cluster fails? Whole answers, or a 503 that says to come back;
never half a set, and never a word of what was asked where somebody else reads it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from index.errors import ClusterUnavailable
from search.deadline import Deadline
from search.opensearch import engines as opensearch_engines
from search.opensearch.cluster import Cluster, ClusterOptions
from search.opensearch.engines import OpenSearchEngines
from search.opensearch.publishing import about
from search.request import SearchTimeout
from tests.conftest import FEW_THEMES, beslut, document, eventually, free_port, serving
from tests.opensearch.cluster import RunningCluster, ask
from tests.opensearch.front import front
from tests.test_serve import ask as visit
from web.app import create_app
from web.engines import checked_elsewhere, publish
from web.serving.gateway import Gateway
from web.settings import Settings

PAGE, SET, OWNER = "/?q=skolan", "/api/v1/decisions?q=skolan", "/api/v1/decisions?owner=Rädda+Ön"
HEALTH, FILE, FEED = "/health", "/api/v1/decisions.jsonl?q=skolan", "/feed.atom"
ASKING = (PAGE, SET, OWNER, HEALTH)
"""What the cluster is asked for each time."""
PATHS = (*ASKING, "/teman", "/api/v1/suggestions?q=skol")
SECRET = "hemligt-lösenord-åäö"
WORDS = ("skolan", "Rädda", "Ön", SECRET)
"""What nobody is told: each is searched for below, or a password."""


class Site:
    """The application over a copy of an index that is in the cluster, too."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.name = settings.engine_name
        self.cluster = settings.engine.split(",")[0]
        self.client = create_app(settings).test_client()

    def again(self) -> Site:
        """Another process of it, which has nothing open."""
        return Site(self.settings)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def told(self) -> dict[str, bytes]:
        """The answers to all of `PATHS`, once they are there: another index may be opened yet."""
        eventually(lambda: all(self.get(path).status_code == 200 for path in PATHS))
        return {path: self.get(path).data for path in PATHS}

    def is_whole(self, told: dict[str, bytes]) -> bool:
        """Whether all are answered as they were."""
        return all(self.get(path).data == body for path, body in told.items())

    def is_refused(self) -> bool:
        """Whether nothing is answered that the cluster is asked for."""
        return all(self.get(path).status_code == 503 for path in ASKING)

    @property
    def index(self) -> str:
        """What the alias leads to."""
        (name,) = ask(f"{self.cluster}/_alias/{self.name}")
        return str(name)

    def change(self, path: str, body: Any = None, method: str = "PUT") -> Any:
        """Does to the cluster what nobody should; an index may be written to again."""
        return ask(f"{self.cluster}/{path}", body, method)

    def alias(self, *indexes: str) -> None:
        """Makes the alias lead there, and nowhere else."""
        gone = {"remove": {"index": "*", "alias": self.name, "must_exist": False}}
        there = [{"add": {"index": one, "alias": self.name}} for one in indexes]
        self.change("_aliases", {"actions": [gone, *there]}, "POST")


def check_refusal(answer: TestResponse) -> None:
    """503, for programs as a problem: with when to come back, nothing to keep, nothing told."""
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "ETag" not in answer.headers
    if answer.content_type.startswith("text/html"):
        assert "Tjänsten är inte tillgänglig just nu" in answer.text
    else:
        assert answer.content_type.startswith("application/problem+json")
        assert answer.json and answer.json["code"] in ("unavailable", "timeout")


def check_silence(text: str) -> None:
    """That a text tells nothing of what was asked, nor by whom."""
    for word in WORDS:
        for written in (word, quote(word), json.dumps(word)[1:-1]):
            assert written.lower() not in text.lower()
    assert "Traceback" not in text and "Authorization" not in text


MakeSite = Callable[..., Site]


@pytest.fixture(scope="module")
def make_site(
    cluster: RunningCluster, two_rounds_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeSite]:
    """Makes a site with a copy of `TWO_ROUNDS` in the cluster; settings by keyword."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        folder = tmp_path_factory.mktemp("site") / "index"
        shutil.copytree(two_rounds_index, folder)
        given = Settings(
            index=folder,
            themes=str(FEW_THEMES),
            engine=",".join(cluster.addresses),
            engine_name=f"failing-{len(made)}",
            access_log=False,
            search_seconds=5,
        )
        given = replace(given, **settings)
        publish(given)
        made.append(Site(given))
        return made[-1]

    yield make
    for site in made:
        for index in ask(f"{cluster.addresses[0]}/{site.name}-*"):
            ask(f"{cluster.addresses[0]}/{index}", method="DELETE")


@pytest.fixture(scope="module")
def site(make_site: MakeSite) -> Site:
    """With a copy of each shard. Tests leave it as it was."""
    return make_site()


@pytest.fixture(scope="module")
def bare(make_site: MakeSite) -> Site:
    """Without copies of its shards: each node has one of the three."""
    return make_site(engine_replicas=0)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request looks at the alias."""
    monkeypatch.setattr(opensearch_engines, "_LOOK_SECONDS", 0)


class Visitor:
    """Asks a site all the time in a thread, and holds every answer to what it was."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.told = site.told()
        self.refused = self.answered = 0
        self.wrong: list[str] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Visitor:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._end.set()
        self._thread.join()
        assert not self.wrong

    def _ask(self) -> None:
        while not self._end.is_set():
            for path, body in self.told.items():
                answer = self.site.get(path)
                self.answered += 1
                if answer.status_code == 503 and answer.headers["Retry-After"]:
                    self.refused += 1
                elif (answer.status_code, answer.data) != (200, body):
                    self.wrong.append(f"{path}: {answer.status}")


# Nodes


def test_a_lost_node_costs_at_most_a_moment_and_never_a_part(
    cluster: RunningCluster, site: Site, bare: Site
) -> None:
    with Visitor(site) as here, Visitor(bare) as there:
        cluster.kill(1)
        try:
            eventually(bare.is_refused)
            eventually(lambda: site.is_whole(here.told))
            before = here.refused
            refusals = [bare.get(path) for path in ASKING]
            assert site.is_whole(here.told) and here.refused == before
        finally:
            cluster.start(1)
        for one in refusals:
            check_refusal(one)
        eventually(lambda: bare.is_whole(there.told))  # in the same process
        assert there.refused > 0
    assert here.answered > 50


def test_a_file_is_not_half_of_a_set(
    cluster: RunningCluster,
    bare: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What it is read from is gone in the middle, as when a node that holds it is lost."""
    whole = Cluster.walk

    def walk(self: Cluster, *given: Any) -> Iterator[Any]:
        for n, hit in enumerate(whole(self, *given)):
            yield hit
            if n == 0:
                ask(f"{bare.cluster}/_search/point_in_time/_all", method="DELETE")

    monkeypatch.setattr("search.opensearch.engine._WALK", 1)
    assert bare.get(FILE).text.count("\n") == 2
    monkeypatch.setattr(Cluster, "walk", walk)
    status, body = sent(bare, FILE)
    assert status == 503 and json.loads(body)["code"] == "file-failed"
    assert "klustret kan inte svara (404 search_phase_execution_exception)" in caplog.text
    check_silence(caplog.text)


def sent(site: Site, path: str) -> tuple[int, bytes]:
    """Status and body as the server sends them: the test client makes no 503 of a file that
    cannot be made."""
    target, _, query = path.partition("?")
    scope = {
        "method": "GET",
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "server": ("localhost", 80),
        "http_version": "1.1",
        "headers": [(b"host", b"localhost")],
    }
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asyncio.run(Gateway(site.client.application)(scope, None, send))
    return messages[0]["status"], b"".join(one.get("body", b"") for one in messages[1:])


def test_a_silent_node_costs_at_most_a_moment(cluster: RunningCluster, site: Site) -> None:
    hurried = Site(replace(site.settings, search_seconds=1))
    with Visitor(hurried) as visitor:
        cluster.pause(2)
        try:
            before = visitor.answered
            eventually(lambda: visitor.answered > before + len(PATHS))
            eventually(lambda: hurried.is_whole(visitor.told), seconds=60)  # others are asked
        finally:
            cluster.resume(2)
            cluster.wait()
        assert hurried.is_whole(visitor.told)


def test_silence_of_all_nodes_is_a_503_and_passes(
    cluster: RunningCluster, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    told = site.told()
    for n in range(3):
        cluster.pause(n)
    try:
        eventually(site.is_refused, seconds=60)
        check_refusal(site.get(SET))
        assert "klustret svarar inte i tid. Se efter hur klustret mår." in caplog.text
    finally:
        for n in range(3):
            cluster.resume(n)
    cluster.wait()
    eventually(lambda: site.is_whole(told))


def test_a_server_without_a_cluster_says_so_until_it_is_back(
    cluster: RunningCluster, site: Site, bare: Site, tmp_path: Path
) -> None:
    told, log = site.told(), tmp_path / "log"
    settings = {
        "engine": site.settings.engine,
        "engine_name": site.name,
        "workers": "2",
        "search_seconds": "5",
    }
    server = serving(site.settings.index, log=str(log), **settings)
    with server as address:
        whole = visit(address, SET)
        assert whole.status == 200
        tag = whole.headers["ETag"] or ""
        workers = server.workers()
        for n in range(3):
            cluster.kill(n)
        try:
            eventually(lambda: all(visit(address, SET).status == 503 for _ in range(9)))
            for path in (PAGE, SET, HEALTH):
                answer = visit(address, path)
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                assert answer.headers["ETag"] is None
            # Who has the answer may be told so until the alias is looked at again.
            eventually(lambda: visit(address, SET, **{"If-None-Match": tag}).status == 503)
            assert site.is_refused()
        finally:
            cluster.start(0, 1, 2)
        eventually(lambda: all(visit(address, SET).body == whole.body for _ in range(9)))
        assert visit(address, SET, **{"If-None-Match": tag}).status == 304
        assert json.loads(visit(address, HEALTH).body)["status"] == "ok"
        assert server.workers() == workers
    eventually(lambda: site.is_whole(told))
    said = log.read_text("utf-8")
    assert "klustret går inte att nå. Kontrollera BESLUT_ENGINE" in said
    check_silence(said)


# What the cluster holds


def test_an_alias_that_is_gone_or_leads_to_several_is_refused_until_it_is_mended(
    site: Site, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    told, index = site.told(), site.index
    site.change(f"{site.name}-other")
    try:
        for indexes, line in (
            ((), f"klustret har inget alias {site.name}. Kör `beslut index KÄLLA...`"),
            ((index, f"{site.name}-other"), f"klustrets alias {site.name} leder till 2 index."),
        ):
            site.alias(*indexes)
            for one in (site, site.again()):
                for path in ASKING:
                    check_refusal(one.get(path))
            assert line in caplog.text
            site.alias(index)
            assert site.is_whole(told)
    finally:
        site.alias(index)
        site.change(f"{site.name}-other", method="DELETE")
    check_silence(caplog.text)


def test_an_index_of_somebody_else_is_not_opened(
    site: Site, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """What is open serves on; whoever has nothing open says what is wrong."""
    told, index = site.told(), site.index
    foreign = "stranger"
    site.change(foreign)
    try:
        site.alias(foreign)
        assert site.is_whole(told)
        line = f"klustrets index {foreign} är inte gjort av det här programmet"
        eventually(lambda: f"the open generation is kept: {line}" in caplog.text)
        caplog.clear()
        assert site.is_whole(told)
        assert not caplog.records  # it is not tried, and told, at every request
        check_refusal(site.again().get(SET))
        assert line in caplog.text
    finally:
        site.alias(index)
        site.change(foreign, method="DELETE")
    assert site.is_whole(told)


@pytest.mark.parametrize(
    ("changed", "lacking", "line"),
    [
        ({"layout": "0"}, "", "är gjort av en annan version av programmet. Kör `beslut index"),
        (
            {},
            "files",
            "är inte gjort av det här programmet, eller av en annan version av det.",
        ),
    ],
)
def test_an_index_of_another_version_is_not_opened(
    changed: dict[str, Any], lacking: str, line: str, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    index, where = site.index, f"{site.index}/_mapping"
    meta = site.change(where, method="GET")[index]["mappings"]["_meta"]
    other = {key: changed.get(key, value) for key, value in meta.items() if key != lacking}
    with written_to(site):
        site.change(where, {"_meta": other})
        try:
            for path in ASKING:
                check_refusal(site.again().get(path))
        finally:
            site.change(where, {"_meta": meta})
    assert line in caplog.text
    assert site.again().get(SET).status_code == 200


@contextlib.contextmanager
def written_to(site: Site) -> Iterator[None]:
    """Opens the index for writing."""
    block = {"index.blocks.write": None}
    site.change(f"{site.index}/_settings", block)
    try:
        yield
    finally:
        site.change(f"{site.index}/_settings", {"index.blocks.write": True})


def test_an_index_that_lacks_a_decision_is_not_opened(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"size": 1, "_source": {"excludes": []}}
    (hit,) = site.change(f"{site.index}/_search", asked, "POST")["hits"]["hits"]
    with written_to(site):
        site.change(f"{site.index}/_doc/{hit['_id']}?refresh=true", method="DELETE")
    try:
        for path in ASKING:
            check_refusal(site.again().get(path))
        line = f"klustrets index {site.index} har 5 beslut, men ska ha 6. Kör `beslut index"
        assert line in caplog.text
        with pytest.raises(ClusterUnavailable, match="har 5 beslut, men ska ha 6"):
            checked_elsewhere(site.settings)
    finally:
        site.change(site.index, method="DELETE")
        publish(site.settings)


def test_an_index_deleted_under_an_open_engine_is_refused_until_there_is_another(
    site: Site, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    told = site.told()
    site.change(site.index, method="DELETE")
    try:
        for path in ASKING:
            check_refusal(site.get(path))
        assert f"klustret har inget alias {site.name}" in caplog.text
    finally:
        publish(site.settings)
    eventually(lambda: site.is_whole(told))


def test_an_index_that_is_blocked_is_told_as_such(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    told, index = site.told(), site.index
    site.change(f"{index}/_settings", {"index.blocks.read": True})
    try:
        for path in ASKING:
            caplog.clear()
            check_refusal(site.get(path))
            assert "klustret kan inte svara (403 cluster_block_exception)" in caplog.text
    finally:
        site.change(f"{index}/_settings", {"index.blocks.read": None})
    assert site.is_whole(told)


def test_damaged_files_of_this_machine_are_fetched_anew(site: Site) -> None:
    told = site.told()
    served = site.settings.index / "served" / site.index
    files = [path for path in served.rglob("*") if path.is_file()]
    assert {"manifest.json", "manifest.sha256", "words.sqlite"} <= {path.name for path in files}
    kept = {path: path.read_bytes() for path in files}
    for path in files:
        path.write_bytes(b"x" * path.stat().st_size)
    assert site.again().is_whole(told)
    assert all(path.read_bytes() == data for path, data in kept.items())


def test_damaged_and_missing_files_in_the_cluster_are_refused(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    told, files = site.told(), f"{site.name}-files"
    kept = site.change(f"{files}/_search?size=100", {}, "POST")["hits"]["hits"]
    line = "filen manifest.json i klustret saknas eller är skadad. Ta bort"
    elsewhere = Site(replace(site.settings, index=site.settings.index.with_name("elsewhere")))
    try:
        for data in ("QUJDRA==", None):
            for one in kept:
                where = f"{files}/_doc/{one['_id']}?refresh=true"
                if data:
                    site.change(where, one["_source"] | {"data": data})
                else:
                    site.change(where, method="DELETE")
            caplog.clear()
            assert site.again().is_whole(told)  # those of this machine will do
            for path in ASKING:
                check_refusal(elsewhere.get(path))
            assert line in caplog.text
    finally:
        for one in kept:
            site.change(f"{files}/_doc/{one['_id']}?refresh=true", one["_source"])
    assert elsewhere.is_whole(told)


def test_a_search_that_takes_too_long_is_told_as_on_arrays(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    late = Site(replace(site.settings, search_seconds=1e-6))
    here = create_app(replace(late.settings, engine="", search_seconds=1e-6)).test_client()
    for path in (PAGE, SET):
        check_refusal(late.get(path))
        assert late.get(path).data == here.get(path).data
    assert "sökningen tog mer än" in caplog.text
    check_silence(caplog.text)


# Versions, and what is no cluster at all


class Pretender:
    """An HTTP server that answers `first` at its root, and elsewhere repeats what it was asked as
    an error, once `go` is set. `asked` are the paths."""

    def __init__(self, first: Any, status: int = 500, kind: str = "application/json") -> None:
        pretender = self
        self.asked: list[str] = []
        self.go = threading.Event()
        self.go.set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                is_first = self.path == "/"
                pretender.asked.append(self.path)
                pretender.go.wait(20)
                text = json.dumps(first) if is_first else pretender.told(self.path, body)
                with contextlib.suppress(OSError):  # nobody waits any longer
                    self.send_response(200 if is_first else status)
                    self.send_header("Content-Type", kind)
                    self.end_headers()
                    self.wfile.write(text.encode())

            do_POST = do_HEAD = do_PUT = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def told(self, path: str, body: bytes) -> str:
        if path.startswith("/_alias/"):
            return json.dumps({"error": f"{path}: {body.decode()}\n<b>skolan</b>"})
        return json.dumps({"error": body.decode()})

    def __enter__(self) -> str:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self.address

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_a_search_whose_time_is_up_is_not_sent_to_the_next_node() -> None:
    one, other = Pretender({}), Pretender({})
    with one as first, other as second:
        one.go.clear()
        other.go.clear()
        cluster = Cluster(ClusterOptions((first, second)))
        with pytest.raises(SearchTimeout):
            cluster.search("a", {}, Deadline.after(0.2))
        assert len(one.asked) + len(other.asked) == 1
        assert len(cluster.client.transport.connection_pool.connections) == 2
        one.go.set()
        other.go.set()
        cluster.close()


def test_a_machine_that_is_gone_is_left_for_another_in_time() -> None:
    """It refuses nothing, as a node does that has ended: no packet comes back."""
    with contextlib.ExitStack() as opened:
        gone = opened.enter_context(socket.socket())
        gone.bind(("127.0.0.1", 0))
        gone.listen(0)
        for _ in range(4):  # and now its queue is full
            one = opened.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(gone.getsockname())
        there = Pretender({}, 400)
        second = opened.enter_context(there)
        cluster = Cluster(ClusterOptions((f"http://127.0.0.1:{gone.getsockname()[1]}", second)))
        for _ in range(2):  # each is the first once
            with pytest.raises(ClusterUnavailable, match="400"):
                cluster.search("a", {}, Deadline.after(5))
        assert len(there.asked) == 2
        assert len(cluster.client.transport.connection_pool.connections) == 1
        cluster.close()
        cluster = Cluster(cluster.options)
        started = time.monotonic()
        for _ in range(2):
            with pytest.raises(ClusterUnavailable, match="400"):
                about(cluster, "a")
        assert time.monotonic() - started < 30  # and not a minute
        cluster.close()


def test_a_walk_ends_in_time_wherever_it_is() -> None:
    there = Pretender({})
    with there as address, connected(address) as cluster:
        there.go.clear()
        started = time.monotonic()
        with pytest.raises(SearchTimeout):
            next(cluster.walk("a", {"sort": ["id"]}, 10, Deadline.after(0.2)))
        assert time.monotonic() - started < 5
        there.go.set()


def test_what_is_looked_up_is_asked_of_another_node_when_one_is_silent() -> None:
    silent, there = Pretender({}), Pretender({}, 400)
    with silent as first, there as second:
        silent.go.clear()
        cluster = Cluster(ClusterOptions((first, second)))
        started = time.monotonic()
        for _ in range(2):
            with pytest.raises(ClusterUnavailable, match="400"):
                cluster.search("a", {}, seconds=0.2)
        assert time.monotonic() - started < 5
        assert len(there.asked) == 2
        silent.go.set()
        cluster.close()


def test_each_that_is_refused_is_told_by_an_error_of_its_own(tmp_path: Path) -> None:
    with connected("http://127.0.0.1:9") as cluster:
        engines = OpenSearchEngines(cluster, tmp_path)
        errors = []
        for _ in range(2):
            with pytest.raises(ClusterUnavailable, match="går inte att nå") as caught:
                engines.stamp()
            errors.append(caught.value)
        assert errors[0] is not errors[1]


def test_nobody_waits_for_who_looks_at_the_alias(
    at_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, go = threading.Event(), threading.Event()
    with connected("http://127.0.0.1:9") as cluster:
        engines = OpenSearchEngines(cluster, tmp_path)
        monkeypatch.setattr(cluster, "current", lambda: "old")
        assert engines.stamp() == "old"

        def current() -> str:
            looks.set()
            assert go.wait(20)
            return "new"

        monkeypatch.setattr(cluster, "current", current)
        thread = threading.Thread(target=engines.stamp)
        thread.start()
        assert looks.wait(20)
        assert engines.stamp() == "old"
        go.set()
        thread.join()
        assert engines.stamp() == "new"


def version(number: str, distribution: str | None = "opensearch") -> dict[str, Any]:
    told = {"number": number, "build_type": "tar"}
    return {"version": told | ({"distribution": distribution} if distribution else {})}


@pytest.mark.parametrize(
    ("first", "called"),
    [
        (version("7.10.2", None), "något annat än OpenSearch, version 7.10.2"),
        (version("8.15.0", None), "något annat än OpenSearch, version 8.15.0"),
        (version("2.19.0", "otherwise"), "något annat än OpenSearch, version 2.19.0"),
        (version("1.3.20"), "OpenSearch, version 1.3.20"),
        (version("2.11.1"), "OpenSearch, version 2.11.1"),
        (version("3.1.0"), "OpenSearch, version 3.1.0"),
        (version("?"), "OpenSearch, version okänd"),
        ({}, "något annat än OpenSearch, version okänd"),
        ([], "något annat än OpenSearch, version okänd"),
        ("skolan", "något annat än OpenSearch, version okänd"),
        ({"version": "skolan"}, "något annat än OpenSearch, version okänd"),
    ],
)
def test_another_version_is_refused_with_what_to_do(first: Any, called: str) -> None:
    with (
        Pretender(first) as address,
        connected(address) as cluster,
        pytest.raises(ClusterUnavailable) as caught,
    ):
        cluster.check_version()
    remedy = "Använd OpenSearch 2.19 eller senare, före 3.0."
    assert str(caught.value) == f"klustret är {called}. {remedy}"


@pytest.mark.parametrize("number", ["2.19.0", "2.19.3", "2.20.0", "2.19.1-SNAPSHOT"])
def test_the_versions_that_work_are_let_in(number: str) -> None:
    with Pretender(version(number)) as address, connected(address) as cluster:
        cluster.check_version()
        with pytest.raises(ClusterUnavailable) as caught:  # but it has no alias
            cluster.current()
    assert str(caught.value) == (
        "klustret kan inte svara (500). Se i klustrets logg och `_cluster/health`."
    )


@pytest.mark.parametrize("status", [200, 400, 404, 500, 502])
def test_a_page_of_something_else_is_no_cluster(status: int) -> None:
    with Pretender("skolan", status, "text/html") as address, connected(address) as cluster:
        for ask_it in (cluster.check_version, lambda: cluster.search("a", {"skolan": 1})):
            with pytest.raises(ClusterUnavailable) as caught:
                ask_it()
            check_silence(str(caught.value))
            assert "\n" not in str(caught.value)


@contextlib.contextmanager
def connected(address: str, **options: Any) -> Iterator[Cluster]:
    cluster = Cluster(ClusterOptions((address,), **options))
    yield cluster
    cluster.close()


# TLS and passwords


@pytest.fixture(scope="module")
def fronted(
    cluster: RunningCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    with front(cluster.addresses[0], "sökåäö", SECRET, tmp_path_factory.mktemp("front")) as there:
        yield there


def test_a_password_beyond_ascii_and_a_certificate_of_ones_own_work(
    fronted: tuple[str, Path], site: Site
) -> None:
    address, certificate = fronted
    others = replace(
        site.settings,
        engine=address,
        engine_user="sökåäö",
        engine_password=SECRET,
        engine_ca=str(certificate),
    )
    told = site.told()[SET]
    assert create_app(others).test_client().get(SET).data == told
    assert SECRET not in repr(ClusterOptions((address,), password=SECRET))


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"engine_password": "fel-lösenord"}, "klustret nekar tillträde (401). Kontrollera"),
        ({"engine_password": ""}, "klustret nekar tillträde (401). Kontrollera"),
        (
            {"engine_user": "annan"},
            "klustret nekar tillträde (401). Kontrollera BESLUT_ENGINE_USER",
        ),
        ({"engine_user": ""}, "klustret nekar tillträde (401). Kontrollera BESLUT_ENGINE_USER"),
        ({"engine_ca": ""}, "klustret har ett certifikat som inte går att lita på. Ange i BESLUT_"),
    ],
)
def test_who_is_not_let_in_and_who_is_not_known_is_refused(
    changed: dict[str, str],
    line: str,
    fronted: tuple[str, Path],
    site: Site,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address, certificate = fronted
    known = {"engine": address, "engine_user": "sökåäö", "engine_ca": str(certificate)}
    settings = replace(site.settings, **known, engine_password=SECRET)
    refused = create_app(replace(settings, **changed)).test_client()
    for path in ASKING:
        answer = refused.get(path)
        check_refusal(answer)
        assert "lösenord" not in answer.text
    assert line in caplog.text
    check_silence(caplog.text)
    assert "lösenord" not in caplog.text and "sökåäö" not in caplog.text


@pytest.mark.parametrize(
    "engine",
    [
        "http://cluster.example:9200",
        f"https://user:{SECRET}@cluster.example:9200",
        "https://a.example:9200,http://127.0.0.1:9200",
        "https://a.example:9200/path",
        "ftp://a.example",
    ],
)
def test_addresses_that_would_tell_a_password_are_no_settings(engine: str) -> None:
    with pytest.raises(ValueError, match=r"^BESLUT_ENGINE: värdet ska vara adresser") as caught:
        Settings.from_environment({"BESLUT_ENGINE": engine})
    assert SECRET not in str(caught.value)


# What is told to whom


@pytest.mark.parametrize("what", ["nothing listens", "echo"])
def test_no_line_of_ours_tells_what_was_asked_or_by_whom(
    what: str, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when the cluster repeats it in its errors, at any level of our own log."""
    told = site.told()
    with Pretender(version("2.19.0"), 400) as address:
        credentials = {"engine_user": "Rädda", "engine_password": SECRET}
        if what == "nothing listens":
            address = "http://127.0.0.1:9"
        app = create_app(replace(site.settings, engine=address, **credentials))
        failing = app.test_client()
        # What is open goes on with a cluster that has begun to fail.
        live = site.again()
        opened = live.client.application.config["LIVE"]
        assert live.is_whole(told)
        broken = Cluster(ClusterOptions((address,), site.name, "Rädda", SECRET))
        opened.current().engine._cluster = broken
        with caplog.at_level(logging.DEBUG):
            for path in (*PATHS, FEED, "/api/v1/decisions?q=nej&owner=Rädda+Ön"):
                for client in (failing, live.client):
                    answer = client.get(path)
                    if answer.status_code != 200:  # counted before
                        check_refusal(answer)
                        if not answer.content_type.startswith("text/html"):
                            check_silence(answer.text)
            status, body = sent(live, FILE)
            assert status == 503
            check_silence(body.decode())
        broken.close()
    ours = [one for one in caplog.records if one.name == "beslut"]
    assert ours
    check_silence("\n".join(map(logging.Formatter().format, ours)))
    assert not [one for one in caplog.records if one.name.startswith("opensearch")]
    check_silence(caplog.text)  # that of urllib3, too


# The command line


@pytest.fixture(scope="module")
def unreachable(two_rounds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a cluster that is not there, and of an index that is."""
    index = tmp_path_factory.mktemp("unreachable") / "index"
    shutil.copytree(two_rounds_index, index)
    return {
        "BESLUT_INDEX": str(index),
        "BESLUT_THEMES": str(FEW_THEMES),
        "BESLUT_ENGINE": "http://127.0.0.1:9",
        "BESLUT_ENGINE_USER": "Rädda",
        "BESLUT_ENGINE_PASSWORD": SECRET,
    }


NOT_REACHED = (
    "beslut: klustret går inte att nå. Kontrollera BESLUT_ENGINE och att minst en nod är igång.\n"
)


@pytest.mark.parametrize(
    "command", [["search", "skolan"], ["related", "x"], ["check"], ["serve", "--port", "0"]]
)
def test_a_command_says_in_a_line_that_there_is_no_cluster(
    command: list[str], unreachable: dict[str, str]
) -> None:
    command = [str(free_port()) if one == "0" else one for one in command]
    told = beslut(*command, env=unreachable)
    assert (told.returncode, told.stderr) == (1, NOT_REACHED)


def test_what_is_indexed_here_is_kept_where_there_is_no_cluster(
    unreachable: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "rows.txt").write_text(document("Ånge\tBro\tText\t5"), "utf-8")
    index = str(tmp_path / "index")
    told = beslut("index", str(tmp_path / "rows.txt"), "--index", index, env=unreachable)
    assert (told.returncode, told.stderr) == (1, NOT_REACHED)
    assert "1 beslut" in told.stdout
    here = beslut("search", "bro", "--index", index)
    assert here.returncode == 0 and "x-2030-1/bro" in here.stdout
