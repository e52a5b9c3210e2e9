"""Mutates one module, runs the tests that answer for it, and shows what none of them noticed.

mutmut 3 does the work, on a copy of the checkout: it keeps the mutants of a function beside it and
forks a process for each, so that nothing is imported twice. It mutates the bodies of functions
without decorators; tables, expressions at the top of a module and context managers it leaves alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_EXTRACT = (
    "tests/test_extract.py",
    "tests/test_case_numbers.py",
    "tests/test_mapping.py",
    "tests/test_readers.py",
)
TESTS: dict[str, tuple[str, ...]] = {
    "index/amount.py": ("tests/test_amount.py",),
    "index/documents/lists/extract.py": _EXTRACT,
    "index/documents/lists/money.py": ("tests/test_money.py", *_EXTRACT),
    "index/documents/lists/rows.py": ("tests/test_rows.py", *_EXTRACT),
    "index/documents/lists/totals.py": ("tests/test_totals.py", *_EXTRACT),
    "index/storage/store.py": ("tests/test_store.py",),
    "search/facets.py": ("tests/test_facets.py", "tests/test_search.py"),
    "search/scoring.py": ("tests/test_scoring.py",),
    "web/urls.py": ("tests/test_urls.py",),
}
"""The modules that are mutated, and the files with the tests that are to notice."""

CONFIGURATION = """\
[mutmut]
source_paths =
    index
    search
    web
also_copy =
    README.md
    Makefile
    CHANGELOG.md
only_mutate = {module}
pytest_add_cli_args =
    --hypothesis-profile=mutants
    -p
    no:unraisableexception
pytest_add_cli_args_test_selection =
    {tests}
"""
SHOW = """\
import sys
from mutmut.__main__ import cli
for mutant in sys.argv[1:]:
    cli(["show", mutant], standalone_mode=False)
"""
SPINNER = re.compile(r"[\u2800-\u28ff] [A-Z].*|\s*")
NOTICED = {"killed", "timeout", "segfault"}


def mutate(module: str) -> int:
    """Prints each survivor as a diff, and figures; returns mutmut's exit code."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        _copy_to(folder)
        configuration = CONFIGURATION.format(module=module, tests="\n    ".join(TESTS[module]))
        (folder / "setup.cfg").write_text(configuration, "utf-8")
        run = _mutmut(folder, "run")
        if run.returncode:
            lines = f"{run.stdout}\n{run.stderr}".splitlines()
            print(*(line for line in lines if not SPINNER.fullmatch(line)), sep="\n")
            return run.returncode
        lines = _mutmut(folder, "results", "--all", "True").stdout.splitlines()
        status = {name: what for name, _, what in (line.strip().partition(": ") for line in lines)}
        survivors = [mutant for mutant, what in status.items() if what not in NOTICED]
        print(_python(folder, "-c", SHOW, *survivors).stdout)
    noticed = len(status) - len(survivors)
    print(f"{module}: {noticed} of {len(status)} mutants noticed, {noticed / len(status):.1%}")
    print(", ".join(f"{count} {what}" for what, count in Counter(status.values()).most_common()))
    return 0


def _copy_to(folder: Path) -> None:
    """Copies what git knows of, as it stands in the working tree."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _mutmut(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _python(folder, "-m", "mutmut", *arguments)


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def main(modules: list[str]) -> int:
    """Mutates the modules, all of the table where none is named."""
    unknown = [module for module in modules if module not in TESTS]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: not in the table; choose from {', '.join(TESTS)}")
    return max(mutate(module) for module in modules or TESTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
