"""The corpora and the real things that tests run against."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import Phase, settings
from playwright.sync_api import Browser, sync_playwright
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from index.build import build
from index.decision import Decision
from index.storage.columns import Columns
from index.storage.records import Records
from index.storage.segment import INDEX_NAME
from index.storage.store import Store
from search.searcher import Searcher
from web.app import create_app
from web.settings import Settings, variable

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "index" / "samples" / "region-norrbotten-esf-2026-1.txt"
Opened = Callable[..., Searcher]
"""Opens an index, with a theme file (``themes``) and an owners file (``owners``)."""
HEADER = "Projektägare\tProjektnamn\tBeskrivning av projektet\tBeviljad medfinansiering Region Vi\n"

FEW_THEMES = ROOT / "tests" / "data" / "few-themes.txt"
"""A theme file of which all is counted before anybody notices."""
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=sv-SE",  # the pages are in the language that the browser wishes
]
"""Options: no sandbox where root runs it, nothing asked of anybody."""

SMALL = (
    "# Region Vis beslut om medfinansiering av projekt ESF 2030:2\n\n"
    + HEADER
    + "Ankeby kommun\tElevhälsa för alla\t"
    "<p>Vi stärker elevhälsan i skolan.</p><ul><li>• Fler kuratorer</li><li>Bättre mat</li></ul>"
    "<p><b>Motivering:</b> Skolan mår bra av god hälsa.</p>\t1 200 000\n"
    "Ankeby kommun\tEn bro till ön\tBron byggs av trä.\t400 000,50\n"
    "Rädda Ön\tSkola på ön\tSkolan på ön får en ny båt.\n"
    "\n"
    + HEADER
    + "Öbo förening\tPsykisk hälsa\tVi pratar om psykisk hälsa och psykisk ohälsa.\t5 000 000\n"
)
"""Four decisions that a reader can hold in mind; the third has no amount."""

_DATED = "Projektägare\tProjektnamn\tBeskrivning\tBeslutsdatum\tBeviljat belopp (kr)\n"
TWO_ROUNDS = {
    "vi.txt": (
        "# Region Vis beslut om medfinansiering av projekt ESF 2030:2\n\n"
        + _DATED
        + "Ankeby kommun\tElevhälsa för alla\tVi stärker elevhälsan.\t2030-03-05\t1 200 000\n"
        "Ankeby kommun\tEn bro till ön\tBron byggs av trä.\t2030-03-05\t400 000\n"
        "Öbo förening\tPsykisk hälsa\tVi pratar om psykisk hälsa.\t2030-06-11\t5 000 000\n"
        "Rädda Ön\tEn hamn\tHamnen tar emot båten.\t2030-06-11\t2 500 000\n"
    ),
    "du.txt": (
        "# Region Dus beslut om medfinansiering av projekt ESF 2031:1\n\n"
        + _DATED
        + "Ankeby kommun\tSkola på ön\tSkolan på ön får en ny båt.\t2030-12-18\t700 000\n"
        "Öbo förening\tHälsa i skolan\tSkolan mår bra av god hälsa.\t2031-02-03\t\n"
    ),
}
"""Six decisions of two rounds, two funders and two years, a file a round: four of Region Vi's ESF
2030:2, all of 2030, and two of Region Du's ESF 2031:1, one of either year, the last without an
amount. Ankeby kommun and Öbo förening are in both rounds, Rädda Ön in the first alone."""


def document(
    *rows: str, heading: str = "# Regionens beslut om projekt X 2030:1", column: str = ""
) -> str:
    """A text document with the rows, tab-separated, below a header, which may have one more
    `column`."""
    header = HEADER.strip() + (f"\t{column}" if column else "")
    return f"{heading}\n\n{header}\n" + "".join(f"{row}\n" for row in rows)


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the real decision."""
    path = tmp_path_factory.mktemp("sample") / "index"
    assert build([SAMPLE], path).generation == 1
    return path


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of `SMALL`."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.txt").write_text(SMALL, "utf-8")
    assert build([folder / "small.txt"], folder / "index").generation == 1
    return folder / "index"


@pytest.fixture(scope="session")
def two_rounds_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of `TWO_ROUNDS`."""
    folder = tmp_path_factory.mktemp("two-rounds")
    paths = [folder / name for name in TWO_ROUNDS]
    for path in paths:
        path.write_text(TWO_ROUNDS[path.name], "utf-8")
    assert build(paths, folder / "index").generation == 1
    return folder / "index"


@pytest.fixture(scope="session")
def opened() -> Iterator[Opened]:
    """Opens an index with the engine on arrays; what it has opened is closed at the end."""
    with contextlib.ExitStack() as stack:

        def open_index(
            index: Path, themes: Path | None = None, owners: Path | None = None
        ) -> Searcher:
            searcher = Searcher.open(index, themes=themes, owners=owners)
            stack.callback(searcher.close)
            return searcher

        yield open_index


@pytest.fixture(scope="session")
def sample(sample_index: Path) -> Searcher:
    """An engine over the real decision."""
    return Searcher.open(sample_index)


@pytest.fixture(scope="session")
def small(small_index: Path) -> Searcher:
    """An engine over `SMALL`."""
    return Searcher.open(small_index)


@pytest.fixture(scope="session")
def two_rounds(two_rounds_index: Path) -> Searcher:
    """An engine over `TWO_ROUNDS`."""
    return Searcher.open(two_rounds_index)


@pytest.fixture
def make_engine(tmp_path: Path) -> Callable[..., Searcher]:
    """Builds an index of some rows in a folder of its own and opens it."""

    def make(*rows: str) -> Searcher:
        (tmp_path / "rows.txt").write_text(document(*rows), "utf-8")
        build([tmp_path / "rows.txt"], tmp_path / "index")
        return Searcher.open(tmp_path / "index")

    return make


def stored(index: Path) -> list[Decision]:
    """Every decision of an index, in the order of its documents."""
    generation = Store(index).current()
    toc = TOC.read(FileStorage(str(generation.whoosh), readonly=True), INDEX_NAME)
    records = Records(generation.whoosh, toc.segments)
    live = np.flatnonzero(Columns.open(generation.columns).live)
    return [records.read(doc) for doc in live.tolist()]


class Clock:
    """Stands in for ``datetime`` where it is asked for the time; each tick is a day."""

    def __init__(self) -> None:
        self.at = datetime(2030, 1, 1, tzinfo=UTC)

    def tick(self) -> None:
        self.at += timedelta(days=1)

    def now(self, zone: tzinfo) -> datetime:
        return self.at.astimezone(zone)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which sources are read and indexes made; it stands still between ticks."""
    clock = Clock()
    monkeypatch.setattr("index.documents.sources.datetime", clock)
    monkeypatch.setattr("index.build.datetime", clock)
    return clock


@pytest.fixture(scope="session")
def client(sample_index: Path) -> FlaskClient:
    """A client of the application over the real decision."""
    return create_app(Settings(index=sample_index, search_seconds=20)).test_client()


@pytest.fixture(scope="session")
def small_client(small_index: Path) -> FlaskClient:
    """A client of the application over `SMALL`."""
    return create_app(Settings(index=small_index, search_seconds=20)).test_client()


@pytest.fixture(scope="session")
def two_rounds_client(two_rounds_index: Path) -> FlaskClient:
    """A client of the application over `TWO_ROUNDS`."""
    return create_app(Settings(index=two_rounds_index, search_seconds=20)).test_client()


@pytest.fixture(scope="session")
def server(sample_index: Path) -> Iterator[str]:
    """The address of ``beslut serve`` over the real decision, on loopback, however busy it is."""
    with serving(sample_index, search_seconds="20", themes="") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a failure, not a skip, where there is none."""
    path = shutil.which("chromium")
    assert path, "the tests need Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield chromium
        chromium.close()


class serving:
    """``beslut serve`` as a process of its own; the context is its address. Settings by keyword,
    as text; `first` is Python that is run first, for what is no setting. Themes are few, since they
    are all counted before it answers; ``themes=""`` are those of the project. `log` is the file for
    what it writes."""

    def __init__(
        self, index: Path, first: str = "", log: str = os.devnull, **settings: str
    ) -> None:
        settings = {"themes": str(FEW_THEMES)} | settings
        self.port = free_port()
        python = [sys.executable, "-c", f"{first}\nfrom web.cli import main; main()"]
        with open(log, "ab") as said:
            self.process = subprocess.Popen(
                [*python, "serve", "--port", str(self.port), "--index", str(index)],
                env=os.environ | {variable(name): value for name, value in settings.items()},
                stdout=said,
                stderr=said,
            )

    def __enter__(self) -> str:
        address = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/static/icon.svg", timeout=2).close()
                return address
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.__exit__()
                    raise
                time.sleep(0.05)

    def __exit__(self, *exc: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def workers(self) -> set[int]:
        """The serving processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(child) for child in children.read_text().split()}


def eventually(check: Callable[[], bool], seconds: float = 20) -> None:
    """Waits until `check` is true of what may take a while."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def beslut_path() -> str:
    """The installed ``beslut`` of this environment."""
    return str(Path(sys.executable).parent / "beslut")


def beslut(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the real command; `env` are settings."""
    environment = {key: value for key, value in os.environ.items() if "BESLUT" not in key}
    environment.update(env or {})
    return subprocess.run(
        [beslut_path(), *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=60,
        check=False,
    )


settings.register_profile("beslut", deadline=None)  # a loaded machine is no failure
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
)  # few examples, the same for every mutant, and no smaller one sought for one that dies
settings.load_profile("beslut")
