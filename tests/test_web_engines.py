"""What answers is what the settings say, and what is not used is not loaded. That a cluster answers
is tested in `tests.opensearch`, against a real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import IndexUnusable
from search.array_engine import ArrayEngines
from web import engines
from web.caching import _deciding
from web.settings import Settings

NOT_LOADED = """
import sys
from pathlib import Path
from web.app import create_app
from web.cli.commands import beslut
from web.settings import Settings

client = create_app(Settings(index=Path(sys.argv[1]))).test_client()
assert client.get("/?q=skola").status_code == 200
beslut(["search", "skola", "--index", sys.argv[1]], standalone_mode=False)
print(sorted(one for one in sys.modules if "opensearch" in one))
"""
BARRED = """
import sys
sys.modules["opensearchpy"] = None
from web.cli import main
sys.argv = ["beslut", *sys.argv[1:]]
main()
"""


def python(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        check=False,
    )


def test_nothing_of_a_cluster_is_loaded_where_none_is_named(small_index: Path) -> None:
    done = python(NOT_LOADED, str(small_index))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_missing_library_is_said_with_what_to_install(small_index: Path) -> None:
    done = python(
        BARRED, "search", "skola", "--index", str(small_index), BESLUT_ENGINE="https://os.example"
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "beslut: BESLUT_ENGINE anger ett kluster, men opensearchpy är inte installerat. Installera "
        "programmet som beslutssok[opensearch], se docs/opensearch.md."
    ]


def test_without_a_cluster_the_index_here_answers(small_index: Path) -> None:
    given = Settings(index=small_index)
    assert isinstance(engines.engines(given), ArrayEngines)
    assert len(engines.opened(given)) == 4
    assert engines.publish(given) is None
    assert engines.checked_elsewhere(given) == ""
    with pytest.raises(IndexUnusable, match="det finns inget index"):
        engines.opened(Settings(index=small_index / "none"))


@pytest.mark.parametrize(
    "right",
    [
        "https://os.example",
        "https://os.example:9200/",
        "https://a.example:9200, https://b.example:9200",
        "http://127.0.0.1:9200,http://localhost:9201",
        "http://[::1]:9200",
    ],
)
def test_the_addresses_of_nodes(right: str) -> None:
    assert Settings.from_environment({"BESLUT_ENGINE": right}).engine == right


@pytest.mark.parametrize(
    "wrong",
    [
        "os.example:9200",
        "http://os.example:9200",
        "https://os.example/search",
        "https://os.example?x",
        "https://beslut:hemligt@os.example",
        "https://a.example,http://127.0.0.1:9200",
        "https://a.example,",
        "ftp://os.example",
    ],
)
def test_what_is_no_address_of_a_node_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="BESLUT_ENGINE: värdet ska vara adresser") as raised:
        Settings.from_environment({"BESLUT_ENGINE": wrong})
    assert "hemligt" not in str(raised.value)


@pytest.mark.parametrize("wrong", ["Beslut", "1beslut", "be_slut", "b*", "a" * 61, ".x", "å"])
def test_an_alias_is_a_name_that_a_cluster_takes(wrong: str) -> None:
    with pytest.raises(ValueError, match="BESLUT_ENGINE_NAME"):
        Settings.from_environment({"BESLUT_ENGINE_NAME": wrong})


def test_nobody_is_shown_the_password() -> None:
    given = Settings.from_environment(
        {"BESLUT_ENGINE_USER": "beslut", "BESLUT_ENGINE_PASSWORD": "hemligt: 'å' \n"}
    )
    assert given.engine_password == "hemligt: 'å' \n"
    assert "hemligt" not in repr(given)
    assert "hemligt" not in _deciding(given)


def test_where_the_cluster_is_decides_no_answer() -> None:
    one = Settings(engine="https://a.example", engine_user="a", engine_password="b")
    assert _deciding(one) == _deciding(Settings())
