"""Documentation is a contract: what it names exists, and what exists is documented."""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.exceptions import NotFound

from index.documents.columns import mapping
from index.documents.readers import READERS, RECORD_FORMATS
from search.dimensions import SORTS
from search.fields import QUERY_NAMES
from search.request import SearchRequest
from search.searcher import Searcher
from tests import transcript
from tests.conftest import ROOT, SAMPLE
from tests.picture import PICTURE
from tests.test_structure import MAY_IMPORT, RECORD
from web import urls
from web.app import create_app
from web.cli.commands import beslut
from web.settings import Settings

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PATH = re.compile(r"(?:index|search|web|tests|docs|deploy|\.ci)/[\w./-]*|[A-Z]+\.md|Makefile")
_FILES = ("/etc/", "/opt/", "/srv/", "/var/")
"""Where paths that begin so lead on the machine that runs the service; they are no addresses."""
_VERSION = re.compile(r"Unreleased|\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)")

papers = pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)


def text_of(paper: Path) -> str:
    """A paper as it speaks of today: of the changes only those of the newest two versions."""
    text = paper.read_text("utf-8")
    return "\n## ".join(text.split("\n## ")[:3]) if paper.name == "CHANGELOG.md" else text


def spans(paper: Path) -> list[str]:
    """What stands between backticks, outside of blocks of code."""
    text = _BLOCK.sub("", text_of(paper)).replace("``", "")  # a default that is empty
    return [" ".join(span.split()) for span in _SPAN.findall(text)]


def consoles(paper: Path) -> list[str]:
    """The blocks that show what is typed in a terminal, and what it answers."""
    return [text for kind, text in _BLOCK.findall(text_of(paper)) if kind == "console"]


def commands(console: str) -> list[str]:
    """The command lines of such a block, without their comments."""
    lines = [line[2:] for line in console.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+# .*", "", line) for line in lines]


def typed(paper: Path) -> list[str]:
    """Every command line: what follows a prompt in a console block, and spans."""
    return [line for console in consoles(paper) for line in commands(console)] + spans(paper)


def rows(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    text = (ROOT / name).read_text("utf-8")
    _, *after = text.split(f"# {heading}\n", 1)[1].partition("\n|")
    table = itertools.takewhile(lambda line: line.startswith("|"), "".join(after)[1:].splitlines())
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table][2:]


@functools.cache
def words_of_the_code() -> set[str]:
    """Every word of every module but this one."""
    folders = ("index", "search", "web", "tests")
    modules = {path for folder in folders for path in (ROOT / folder).rglob("*.py")}
    modules -= {Path(__file__)}
    return {word for path in modules for word in re.findall(r"\w+", path.read_text("utf-8"))}


def named(cell: str) -> list[str]:
    return _SPAN.findall(cell)


def slug(heading: str) -> str:
    """The anchor that a heading gets: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# What the documentation names exists


@papers
def test_every_link_leads_somewhere(paper: Path) -> None:
    for link in _LINK.findall(paper.read_text("utf-8")):
        if not re.match(r"https?:", link):
            path, _, anchor = link.partition("#")
            target = paper.parent / path if path else paper
            assert target.exists(), link
            if anchor:
                headings = _HEADING.findall(target.read_text("utf-8"))
                assert anchor in map(slug, headings), link


@papers
def test_every_path_that_is_named_exists(paper: Path) -> None:
    for span in spans(paper):
        if _PATH.fullmatch(span):
            assert (ROOT / span).exists(), span


@papers
def test_every_name_of_the_code_that_is_named_is_in_the_code(paper: Path) -> None:
    names = {span for span in spans(paper) if re.fullmatch(r"[A-Z]\w+", span)}
    names -= {name for name in names if name.startswith("BESLUT_")}  # not written out in the code
    assert names <= words_of_the_code()


@papers
def test_every_module_that_is_run_exists(paper: Path) -> None:
    for line in typed(paper):
        for module in re.findall(r"python -m ([\w.]+)", line):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists(), line


@papers
def test_every_setting_that_is_named_exists(paper: Path) -> None:
    known = {variable for variable, _, _ in Settings.table()}
    assert set(re.findall(r"BESLUT_\w+", text_of(paper))) <= known


@papers
def test_every_command_that_is_named_exists_with_its_options(paper: Path) -> None:
    context = click.Context(beslut)
    for line in typed(paper):
        found = re.match(r"beslut ([a-z]+)(.*)", line)
        if found:
            command = beslut.get_command(context, found[1])
            assert command is not None, line
            given = set(re.findall(r"(?<=\s)--[a-z-]+", found[2])) - {"--help"}
            options = [one for one in command.params if isinstance(one, click.Option)]
            assert given <= {name for one in options for name in one.opts}, line


@papers
def test_every_make_target_that_is_named_exists(paper: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    variables = set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", makefile))
    for line in typed(paper):
        found = re.match(r"make ([a-z-]+)(.*)", line)
        if found:
            assert found[1] in targets, line
            assert set(re.findall(r"\b([A-Z]+)=", found[2])) <= variables, line


@pytest.fixture(scope="module")
def app(sample_index: Path) -> Flask:
    return create_app(Settings(index=sample_index, metrics=True))


@papers
def test_every_address_that_is_named_is_answered(paper: Path, app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for span in spans(paper):
        if re.fullmatch(r"/[\w./{}-]*", span) and not span.startswith(_FILES):
            path = span.replace("{id}", "round/name").replace("{sha256}", "0" * 64)
            path = re.sub(r"^/(sv|en)(?=/)", "", path)  # see `LanguagePrefix`
            try:
                adapter.match(path)
            except NotFound:
                pytest.fail(f"{paper.name}: {span}")


# What exists is documented


def test_the_table_of_settings_is_the_settings() -> None:
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    expected = [f"| `{name}` | `{default}` | {what} |" for name, default, what in Settings.table()]
    assert [line for line in text.splitlines() if line.startswith("| `BESLUT_")] == expected


def test_the_table_of_commands_is_the_commands() -> None:
    cells = [row[0] for row in rows("docs/operating.md", "Commands")]
    said = [re.sub(r"`beslut ([a-z]+).*", r"\1", cell) for cell in cells]
    assert sorted(said) == sorted(beslut.list_commands(click.Context(beslut)))


def test_the_table_of_parameters_is_the_parameters() -> None:
    said = [name for row in rows("docs/searching.md", "Parameters") for name in named(row[0])]
    assert said == list(urls.PARAMETERS)


def test_every_sort_is_documented() -> None:
    (row,) = (row for row in rows("docs/searching.md", "Parameters") if row[0] == "`sort`")
    assert set(SORTS) <= set(named(row[1]))


def test_every_field_of_a_query_is_documented() -> None:
    examples = [name for row in rows("docs/searching.md", "The query") for name in named(row[0])]
    assert {one.split(":")[0] for one in examples if ":" in one} == set(QUERY_NAMES)


def test_every_address_of_the_api_is_documented(app: Flask) -> None:
    said = {name for row in rows("docs/searching.md", "The API") for name in named(row[0])}
    rules = [re.sub(r"<round_>/<name>", "{id}", rule.rule) for rule in app.url_map.iter_rules()]
    ours = {rule for rule in rules if rule.startswith(("/api/", "/feed", "/datasets", "/health"))}
    assert ours <= said


def test_every_format_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [one.name for one in (*READERS, *RECORD_FORMATS) if one.name not in text] == []


def test_the_table_of_imports_is_the_one_that_is_tested() -> None:
    said: dict[str, set[str]] = {}
    for rooms, allowed in rows("ARCHITECTURE.md", "Who may import whom"):
        record = RECORD if "the record" in allowed else set()
        said |= {room: record | set(named(allowed)) for room in named(rooms)}
    assert said == MAY_IMPORT


# What the documentation shows happens


@pytest.mark.parametrize("row", rows("docs/searching.md", "The query"), ids=lambda row: row[0])
def test_an_example_of_the_query_language_is_understood(row: list[str], sample: Searcher) -> None:
    for query in named(row[0]):
        result = sample.search(SearchRequest(q=query))
        assert result.interpretation, query


def test_the_readme_shows_what_indexing_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _BLOCK.findall((ROOT / "README.md").read_text("utf-8"))[1][1]
    expected = shown.split("index/samples\n")[1].split("\n$")[0]
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(beslut, ["index", str(SAMPLE.parent)])
    assert run.output.replace("\u00a0", " ").strip() == expected


def test_the_transcript_shows_what_putting_a_new_list_in_prints(tmp_path: Path) -> None:
    assert transcript.written() == transcript.transcript(tmp_path)


def test_the_toml_example_is_read() -> None:
    (toml,) = (
        text
        for kind, text in _BLOCK.findall((ROOT / "docs" / "operating.md").read_text("utf-8"))
        if kind == "toml"
    )
    assert mapping.read(toml.encode(), "list.toml").funder == "Land Kiel"


def test_the_readme_fits_two_screens() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 90


def test_the_picture_is_a_png_of_1280_pixels_and_under_200_kb() -> None:
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) == 1280
    assert len(content) < 200_000


def test_the_changelog_is_by_version_and_kind() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert all(_VERSION.fullmatch(version) for version in versions)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    newest = next(version for version in versions if version != "Unreleased")
    assert newest.startswith(f"{project['version']} (")
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Fixed", "Removed"}
