"""A disk that is full while the site is up: nothing more can be written, and searches go on.

The limit on a file's size stands in for the disk: every write past it fails, as it would there.
"""

from __future__ import annotations

import json
import resource
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from index.build import build
from tests.conftest import SMALL, beslut_path, free_port
from tests.test_serve import wait_for


def body(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=20) as response:
        assert response.status == 200
        return json.load(response)


def fill_the_disk(pid: int) -> None:
    """For a process and those it has forked."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, 0))
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        fill_the_disk(int(child))


def test_searches_go_on_when_nothing_can_be_written(tmp_path: Path) -> None:
    source, index, log = tmp_path / "a.txt", tmp_path / "index", tmp_path / "log"
    source.write_text(SMALL, "utf-8")
    build([source], index)
    verified = index / "VERIFIED"
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [beslut_path(), "serve", "--port", str(port), "--index", str(index)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in wait_for(port):
            assert body(f"{site}/health")["generation"] == "gen-1"  # its processes have begun
        fill_the_disk(process.pid)
        logged = log.stat().st_size
        for _ in range(10):
            found = body(f"{site}/api/v1/decisions?q=skola")
            assert found["_meta"]["totalRecords"] == 2
        source.write_text(SMALL + "Nya Ägare\tEn skola till\tSkolan byggs.\t1 000\n", "utf-8")
        build([source], index)
        verified.unlink()  # nor can it be noted again: each process reads the generation
        deadline = time.monotonic() + 20
        asked = f"{site}/api/v1/decisions?q=skola"
        while any(body(asked)["_meta"]["totalRecords"] != 3 for _ in range(10)):  # in all processes
            assert time.monotonic() < deadline
        assert body(f"{site}/health")["generation"] == "gen-2"
        assert log.stat().st_size == logged and not verified.exists()
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
