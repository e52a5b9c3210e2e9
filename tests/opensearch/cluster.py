"""A cluster of real OpenSearch nodes on loopback, for as long as a test needs it.

The nodes are made of OpenSearch's libraries in Maven Central, which `make test-opensearch` gets.
They have no security plugin: TLS and a password are those of `front`. To try something by hand:

.venv/bin/python -m tests.opensearch.cluster    # says its addresses, and runs until Ctrl-C
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError

from tests.conftest import ROOT

LIBRARIES = ROOT / ".opensearch" / "lib"
CLASSES = ROOT / ".opensearch" / "classes"
LOGGING = Path(__file__).with_name("log4j2.properties")
QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Three nodes start in half the time on two cores, as nothing is compiled twice; but what runs for
long is slower, so that nothing may be measured with them."""
SETTINGS = {
    "cluster.name": "beslut-test",
    "network.host": "127.0.0.1",
    "cluster.routing.allocation.disk.threshold_enabled": "false",  # a full disk is not our failure
}


class Refusal(OSError):
    """OpenSearch answered with an error: its `status` and its text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class RunningCluster:
    """`nodes` nodes with a `heap` each (as Java writes it: ``512m``), on ports and in a folder of
    their own, so that several clusters can run at once. They run inside the ``with`` block, from
    when all are one green cluster. Nodes are numbered from 0, as in `addresses`.

    `settings` are OpenSearch's, for each of the nodes; `flags` are Java's.

    Raises:
        RuntimeError: there are no libraries, or no cluster in two minutes; with the ends of the
            nodes' logs.
    """

    def __init__(
        self,
        nodes: int = 3,
        heap: str = "512m",
        settings: Mapping[str, str] | None = None,
        flags: Sequence[str] = QUICK_START,
    ) -> None:
        self._heap = (f"-Xms{heap}", f"-Xmx{heap}")
        self._flags = flags
        self._settings = SETTINGS | dict(settings or {})
        self._http = [_reserved() for _ in range(nodes)]
        self._transport = [_reserved() for _ in range(nodes)]
        self._folder = Path(tempfile.mkdtemp(prefix="opensearch-"))
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._paused: set[int] = set()
        self.addresses = tuple(f"http://{_address(one)}" for one in self._http)

    @classmethod
    def elsewhere(cls, addresses: Sequence[str]) -> Self:
        """A cluster that somebody else has started and will stop, whose nodes cannot be killed."""
        cluster = cls(nodes=0)
        cluster.addresses = tuple(addresses)
        return cluster

    def __enter__(self) -> Self:
        try:
            for n in range(len(self._http)):
                self._launch(n)
            self.wait(seconds=120)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def kill(self, n: int) -> None:
        """Ends a node at once, as when its machine is lost."""
        process = self._processes.pop(n)
        process.kill()
        process.wait()
        self._paused.discard(n)

    def start(self, *nodes: int) -> None:
        """Starts killed nodes on their ports and data, and waits until the cluster is green."""
        for n in nodes:
            self._launch(n)
        self.wait()

    def pause(self, n: int) -> None:
        """Makes a node silent: its connections stay, and nothing is answered. The others miss it
        after half a minute, unless `settings` has another ``cluster.fault_detection``."""
        self._processes[n].send_signal(signal.SIGSTOP)
        self._paused.add(n)

    def resume(self, n: int) -> None:
        """Lets a paused node go on."""
        self._processes[n].send_signal(signal.SIGCONT)
        self._paused.discard(n)

    def stop(self) -> None:
        """Ends all nodes, and removes what they have written."""
        for n in self.pids():
            self.kill(n)
        for one in (*self._http, *self._transport):
            one.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def pids(self) -> dict[int, int]:
        """The process of each node that runs or is paused."""
        return {n: process.pid for n, process in self._processes.items()}

    def wait(self, status: str = "green", seconds: float = 60) -> None:
        """Waits until each node that runs knows of all those that run and of no other, and the
        cluster has that status or a better one. It is ``yellow`` once a copy of a shard is lost.

        Raises:
            RuntimeError: it is not so in time, or a node has ended; with the ends of their logs.
        """
        deadline = time.monotonic() + seconds
        awake = self._processes.keys() - self._paused
        health = f"_cluster/health?wait_for_status={status}&wait_for_nodes={len(awake)}&timeout=1s"
        while True:
            try:
                for n in awake:
                    ask(f"{self.addresses[n]}/{health}")
                return
            except OSError as error:
                ended = any(self._processes[n].poll() is not None for n in awake)
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"not {status}: {error}\n{self._logged()}") from error
            time.sleep(0.1)

    def _launch(self, n: int) -> None:
        if not CLASSES.exists():
            raise RuntimeError("there is no OpenSearch to run: make test-opensearch gets it")
        home = self._folder / str(n)
        home.mkdir(exist_ok=True)
        settings = self._settings | {
            "path.home": str(home),
            "node.name": str(n),
            "http.port": _address(self._http[n]).split(":")[1],
            "transport.port": _address(self._transport[n]).split(":")[1],
            "discovery.seed_hosts": ",".join(map(_address, self._transport)),
            "cluster.initial_cluster_manager_nodes": ",".join(map(str, range(len(self._http)))),
        }
        # The kernel kills the node when the tests end, even if they are killed. In a session of its
        # own it does not get their Ctrl-C, and so lives until they have cleaned up.
        command = ["setpriv", "--pdeathsig", "KILL", "java", *self._heap, *self._flags]
        command += [f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{CLASSES}:{LIBRARIES}/*"]
        command += ["beslut.OpenSearchNode", *(f"{key}={text}" for key, text in settings.items())]
        with open(home / "log", "ab") as log:
            self._processes[n] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _logged(self) -> str:
        """The last lines of each node's log."""
        ends = []
        for log in sorted(self._folder.glob("*/log")):
            lines = log.read_text("utf-8", "replace").splitlines()
            ends.append("\n".join([f"node {log.parent.name}:", *lines[-20:]]))
        return "\n".join(ends)


def ask(address: str, body: Any = None, method: str | None = None, seconds: float = 10) -> Any:
    """The JSON of an answer. A `body` is sent as JSON, by POST if no `method` is given.

    Raises:
        Refusal: the answer is an error.
        OSError: there is no answer in `seconds`.
    """
    data = None if body is None else json.dumps(body).encode()
    json_type = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, data, json_type, method=method)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            raise Refusal(error.code, error.read().decode("utf-8", "replace")) from None


def _reserved() -> socket.socket:
    """A socket that keeps a free port of loopback for a node, also while the node is killed: nobody
    else is given the port, but as nothing listens, and both sides reuse addresses, the node can."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    return one


def _address(one: socket.socket) -> str:
    host, port = one.getsockname()
    return f"{host}:{port}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt), RunningCluster() as cluster:
        print(",".join(cluster.addresses), flush=True)
        signal.pause()
