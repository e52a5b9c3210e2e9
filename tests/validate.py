"""Checks the HTML of every kind of page with the Nu Html Checker, which needs Java and npm.

python -m tests.validate    # or: make validate
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from index.build import build
from tests.conftest import SAMPLE, serving
from tests.test_browser import PATHS

PAGES = [path for path in dict.fromkeys(PATHS) if len(path) < 200]
"""All but that of a search in no language, which the checker takes for one."""
CHECKER = ["npx", "--yes", "--package=vnu-jar@26.9.27", "vnu", "--stdout"]


def main() -> int:
    """Prints what the checker says of the pages over the sample, in both languages; 1 if there is
    anything."""
    with tempfile.TemporaryDirectory() as folder:
        build([SAMPLE], Path(folder) / "index")
        pages = []
        with serving(Path(folder) / "index", search_seconds="20", themes="") as address:
            for path in [*PAGES, *(f"/en{path}" for path in PAGES)]:
                pages.append(Path(folder) / f"{len(pages):02}.html")
                pages[-1].write_bytes(_page(address + path))
        checked = subprocess.run([*CHECKER, *map(str, pages)], text=True, stdout=subprocess.PIPE)
    said = checked.stdout.replace(f"file:{folder}/", "")
    for number, path in enumerate(PAGES if said else []):
        print(f"{number:02}.html {path}")
    print(said or f"{len(pages)} pages, no errors")
    return 1 if said or checked.returncode else 0


def _page(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address) as response:
            body: bytes = response.read()
    except HTTPError as error:
        body = error.read()
    return body


if __name__ == "__main__":
    sys.exit(main())
