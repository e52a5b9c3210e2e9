"""Takes the picture of the results page that the README shows.

python -m tests.picture [FILE.png]    # docs/results.png, over the sample decision
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import ViewportSize, sync_playwright

from index.build import build
from tests.conftest import CHROMIUM, ROOT, SAMPLE, serving

PICTURE = ROOT / "docs" / "results.png"
QUERY = "psykisk hälsa"
SIZE = ViewportSize(width=1280, height=880)


def main(arguments: Sequence[str]) -> None:
    """Serves the sample decision, opens the results of `QUERY` and writes the picture."""
    target = Path(arguments[0]) if arguments else PICTURE
    with tempfile.TemporaryDirectory() as folder:
        build([SAMPLE], Path(folder) / "index")
        with serving(Path(folder) / "index") as address:
            take(f"{address}/?q={quote_plus(QUERY)}", target)
    print(f"{target}: {target.stat().st_size // 1000} kB")


def take(url: str, target: Path) -> None:
    """Writes what Chromium shows of a page, in the light colour scheme, as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(url)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
