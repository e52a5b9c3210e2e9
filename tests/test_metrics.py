"""``/metrics``: the figures of all serving processes, read with the library's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import eventually, serving
from tests.hostile import API
from tests.test_serve import ask


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the server has its temporary files."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    yield tmp_path / "scratch"


def figures(address: str) -> dict[tuple[str, str, str], float]:
    """Each figure by name, route or reason, and status."""
    answer = ask(address, "/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (
            sample.name,
            sample.labels.get("route") or sample.labels.get("reason", ""),
            sample.labels.get("status", ""),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_nothing_is_measured_from_outside_unless_that_is_set(server: str) -> None:
    assert ask(server, "/metrics").status == 404


def test_the_figures_are_those_of_all_processes(sample_index: Path, scratch: Path) -> None:
    with serving(sample_index, metrics="1") as address:
        for _ in range(20):
            assert ask(address, f"{API}?q=hemligt").status == 200
        assert ask(address, f"{API}?q=hemligt&hemligt=1").status == 400
        assert ask(address, "/hemligt").status == 404
        assert ask(address, f"{API}.csv?q=hemligt").status == 200
        exported = "beslut_requests_total", f"{API}.csv", "200"
        eventually(lambda: exported in figures(address))  # counted when it has been sent
        found = figures(address)
        assert found["beslut_requests_total", API, "200"] == 20
        assert found["beslut_requests_total", API, "400"] == 1
        assert found[exported] == 1
        assert found["beslut_requests_total", "", "404"] == 1
        assert found["beslut_request_seconds_count", API, ""] == 21
        assert 0 < found["beslut_request_seconds_sum", API, ""] < 60
        assert found["beslut_decisions", "", ""] == 9
        assert found["beslut_generation", "", ""] == 1
        assert found["beslut_generation_age_seconds", "", ""] > 0
        assert found["beslut_cache_bytes", "", ""] > 0
        assert found["beslut_exports", "", ""] == 0
        assert "hemligt" not in ask(address, "/metrics").text
        assert len(list(scratch.iterdir())) == 1
    assert list(scratch.iterdir()) == []
