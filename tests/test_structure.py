"""The house: who may import whom, and documentation that is true."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT
from web.cli import beslut
from web.settings import Settings

BELOW = {"index": set(), "search": {"index"}, "web": {"search"}}
"""What each package may import beside itself."""
NOT_FOR_SEARCH = {"index.readers", "index.extract", "index.build", "index.commands", "index.html"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("package", BELOW)
def test_a_package_imports_only_the_one_below_it(package: str) -> None:
    forbidden = set(BELOW) - BELOW[package] - {package} | {"tests"}
    for path in modules(package):
        wrong = {name for name in imported(path) if name.split(".")[0] in forbidden}
        assert not wrong, f"{path} imports {sorted(wrong)}"


def test_search_never_imports_readers_or_builder() -> None:
    for path in modules("search"):
        wrong = imported(path) & NOT_FOR_SEARCH
        assert not wrong, f"{path} imports {sorted(wrong)}"


def test_nothing_above_the_engine_sees_whoosh() -> None:
    for path in modules("web"):
        assert not any(name.split(".")[0] == "whoosh" for name in imported(path)), path


@pytest.mark.parametrize("package", BELOW)
def test_every_folder_answers_one_question(package: str) -> None:
    for path in (ROOT / package).rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert docstring, f"{path} has no docstring"
        assert "?" in docstring.splitlines()[0], f"{path} asks no question"


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = [f"| `{name}` | `{default}` | {text} |" for name, default, text in Settings.table()]
    assert [row for row in rows if row not in readme] == []
    assert readme.count("| `BESLUT_") == len(rows)


def test_the_readme_lists_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = beslut.list_commands(click.Context(beslut))
    assert [name for name in commands if f"| `beslut {name}" not in readme] == []
    assert readme.count("| `beslut ") == len(commands)
