"""The house: who may import whom, and what every folder says of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutants.__main__ import TESTS

_RECORD = (
    "amount collation dates decision errors export_table gazetteer limits naming "
    "organisation_number party_name place_names problem slug withheld"
)
RECORD = {f"index.{name}" for name in _RECORD.split()}
"""The modules at the door of `index`: frozen data, without I/O. Everybody may import them."""
PAGES = RECORD | {"search", "web"}
MAY_IMPORT = {
    "index.documents": RECORD,
    "index.swedish": set(),
    "index.storage": RECORD | {"index.swedish"},
    "index.build": RECORD | {"index.documents", "index.swedish", "index.storage"},
    "index": RECORD,
    "search": RECORD | {"index.swedish", "index.storage"},
    "web.site": PAGES,
    "web.api": PAGES,
    "web.serving": PAGES,
    "web.cli": PAGES | {"index"},  # its commands build and mind an index
    "web": PAGES,
}
"""Who may import whom, beside itself: of the rooms that a module is in, the innermost decides."""
ROOMS = {"index", "search", "web", "tests"}


def room_of(module: str) -> str:
    """The innermost room of the table that a module is in."""
    return max((one for one in MAY_IMPORT if is_in(module, one)), key=len)


def is_in(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


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


@pytest.mark.parametrize("package", ["index", "search", "web"])
def test_a_room_imports_only_what_the_table_allows(package: str) -> None:
    for path in modules(package):
        room = room_of(name_of(path))
        allowed = MAY_IMPORT[room] | {room}
        for name in imported(path):
            if name.split(".")[0] in ROOMS:
                assert any(is_in(name, one) for one in allowed), f"{path} imports {name}"


def test_there_is_no_other_way_round() -> None:
    for package in ("index", "search", "web"):
        for path in modules(package):
            text = path.read_text("utf-8")
            assert "import_module" not in text and "__import__" not in text, path


def test_no_two_classes_share_a_name() -> None:
    found: dict[str, Path] = {}
    for package in ("index", "search", "web"):
        for path in modules(package):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    assert found.setdefault(node.name, path) == path, f"{node.name}: {path}"


def test_nothing_above_the_engine_sees_arrays() -> None:
    below = {"array_engine", "facets", "places", "positions", "postings", "related", "scoring"}
    below |= {"history", "named", "parties", "several", "spelling", "wording"}
    above = [path for path in sorted((ROOT / "search").glob("*.py")) if path.stem not in below]
    for path in [*above, *modules("web")]:
        wrong = {"numpy", "index.storage.columns", "search.postings", "search.scoring"}
        assert not imported(path) & wrong, path


def test_nothing_above_search_sees_whoosh() -> None:
    for path in modules("web"):
        assert not any(name.split(".")[0] == "whoosh" for name in imported(path)), path


FOR_STAFF = {"staff_file.py", "themes.py", "theme_remarks.py", "owners.py", "owner_remarks.py"}
"""Modules of `search` that remark on files which staff edit, in Swedish; no visitor reads them."""


def sentences(path: Path) -> Iterator[str]:
    """The Swedish texts of several words in a module, docstrings and what is marked for the
    catalogue left out."""
    tree = ast.parse(path.read_text("utf-8"))
    marked = {
        id(text)
        for node in ast.walk(tree)
        for text in (
            ast.walk(node)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "label"
            else [node.value]
            if isinstance(node, ast.Expr)
            else []
        )
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in marked else None
        if isinstance(text, str) and re.search(r"\w+ \w*[åäö]|[åäö]\w* \w", text):
            yield text


def test_what_a_visitor_reads_is_put_into_words_in_web() -> None:
    told = {
        path.name: found
        for path in sorted((ROOT / "search").glob("*.py"))
        if path.name not in FOR_STAFF and (found := [*sentences(path)])
    }
    # An example for the API's description, and what whoever runs the service is told.
    assert told == {"array_engine.py": [" kan inte öppnas ("], "dimensions.py": ["Luleå kommun"]}


@pytest.mark.parametrize("package", ["index", "search", "web"])
def test_every_folder_answers_one_question(package: str) -> None:
    for path in (ROOT / package).rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert docstring, f"{path} has no docstring"
        assert "?" in docstring.splitlines()[0], f"{path} asks no question"


def test_the_mutated_modules_and_the_files_that_are_to_notice_exist() -> None:
    files = [*TESTS, *(file for files in TESTS.values() for file in files)]
    assert [file for file in files if not (ROOT / file).is_file()] == []
