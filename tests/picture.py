"""Draws the pictures that are kept in the project: of the results page, which the README shows, and
the one that a shared link shows.

python -m tests.picture [FOLDER]    # results.png and preview.png, by default in their places
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import Page, ViewportSize, sync_playwright

from index.build import build
from tests.conftest import CHROMIUM, ROOT, SAMPLE, serving

STATIC = ROOT / "web" / "site" / "static"
PICTURE, PREVIEW = ROOT / "docs" / "results.png", STATIC / "preview.png"
QUERY = "psykisk hälsa"
SIZE = ViewportSize(width=1280, height=880)
PREVIEW_SIZE = ViewportSize(width=1200, height=630)
"""What the services that show links ask for: 1.91 to 1."""
_CARD = """<!doctype html>
<body style="margin:0;height:630px;box-sizing:border-box;padding:96px;background:#0b5a6e;color:#fff;
font:700 104px/1.05 'DejaVu Sans',sans-serif;letter-spacing:-.03em;display:flex;
flex-direction:column;justify-content:space-between">
<div style="display:flex;align-items:center;gap:36px"><svg viewBox="5 6 22 20" width="132"
height="120"><path d="M8 9.5h16M8 22.5h10" fill="none" stroke="#fff" stroke-width="3"
stroke-linecap="round"/><path d="M8 16h16" fill="none" stroke="#ffd24d" stroke-width="5"
stroke-linecap="round"/></svg>Beslutssök</div>
<p style="margin:0;font-size:50px;font-weight:400;letter-spacing:-.01em;line-height:1.3">Vem fick
<span style="background:#ffd24d;color:#1a2125;padding:0 .15em">pengar</span>, till vad och varför?
<br>Sök i beslut om offentlig medfinansiering.</p>"""


def main(arguments: Sequence[str]) -> None:
    """Draws both pictures, into a folder if one is named."""
    targets = [PICTURE, PREVIEW]
    if arguments:
        targets = [Path(arguments[0]) / target.name for target in targets]
    with tempfile.TemporaryDirectory() as folder, _opened(SIZE) as page:
        shutil.copy(SAMPLE, folder)  # a list as any other: else the page says that it is a sample
        build([Path(folder) / SAMPLE.name], Path(folder) / "index")
        with serving(Path(folder) / "index", themes="") as address:
            page.goto(f"{address}/?q={quote_plus(QUERY)}")
            page.screenshot(path=targets[0])
    with _opened(PREVIEW_SIZE) as page:
        page.set_content(_CARD)
        page.screenshot(path=targets[1])
    for target in targets:
        print(f"{target}: {target.stat().st_size // 1000} kB")


@contextmanager
def _opened(size: ViewportSize) -> Iterator[Page]:
    """An empty page in Chromium, in Swedish and the light colour scheme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        yield browser.new_page(viewport=size, color_scheme="light", locale="sv-SE")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
