"""The ``beslut`` command: as a process of its own, and by its entry point where only the answer
matters."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.conftest import SAMPLE, beslut, beslut_path
from web.cli import main

Completed = subprocess.CompletedProcess[str]
Run = Callable[..., Completed]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command without the cost of a process."""

    def call(*arguments: str, **variables: str) -> Completed:
        monkeypatch.setattr(sys, "argv", ["beslut", *arguments])
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        code = end.value.code or 0
        assert isinstance(code, int)
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return call


@pytest.fixture
def search(run: Run, sample_index: Path) -> Run:
    """``beslut search`` over the real decision."""
    return lambda *arguments: run("search", "--index", str(sample_index), *arguments)


@pytest.fixture
def search_process(sample_index: Path) -> Run:
    """``beslut search`` over the real decision, as a process of its own."""
    return lambda *arguments: beslut("search", "--index", str(sample_index), *arguments)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def fails(ended: Completed, code: int) -> str:
    """The one line on standard error of a command that must end with `code`."""
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("beslut: ")
    return line


def test_the_sum_over_all_is_the_documents_own(search_process: Run) -> None:
    ended = search_process()
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert plain(ended.stdout).splitlines()[0] == "9 beslut, 20 485 293 kr sammanlagt"


def test_psykisk_halsa_puts_starka_och_trygga_moten_first(search_process: Run) -> None:
    lines = plain(search_process("psykisk hälsa").stdout).splitlines()
    assert lines[0] == "2 beslut för ”psykisk hälsa”, 1 448 582 kr sammanlagt"
    assert lines[2].startswith("1. Starka och trygga möten")
    assert lines[3].strip().startswith("Luleå kommun · 798 582 kr · ESF 2026:1 · esf-2026-1/starka")
    assert any(line.strip().startswith("Beskrivning: ") for line in lines)
    assert "Beslut med några av orden (räknas inte ovan)" in lines
    assert "Projektägare: Luleå kommun 1 · Rädda Barnens Riks-förbund 1" in lines


def test_output_into_a_pipe_has_no_control_characters(search_process: Run) -> None:
    assert "\x1b" not in search_process("psykisk hälsa").stdout


def test_json_of_a_process_is_the_apis_own_answer(search_process: Run, client: FlaskClient) -> None:
    ended = search_process("psykisk hälsa", "--json")
    response = client.get("/api/v1/decisions", query_string={"q": "psykisk hälsa"})
    assert json.loads(ended.stdout) == response.get_json()


def test_a_suggestion_is_told(search: Run) -> None:
    assert "Visar träffar för ”kompetensförsörjning”" in search("kompetensförsörjnign").stdout


def test_words_need_no_quotes(search: Run) -> None:
    assert search("psykisk", "hälsa").stdout == search("psykisk hälsa").stdout


def test_hits_are_numbered_on_over_pages(search: Run) -> None:
    assert "\n5. " in search("--limit", "4", "--page", "2").stdout
    assert "Sidan 9 finns inte: sökningen har 1 sida." in plain(search("--page", "9").stdout)


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        ([], {}),
        (["psykisk hälsa"], {"q": "psykisk hälsa"}),
        (["psykisk", "hälsa"], {"q": "psykisk hälsa"}),
        (["--owner", "Luleå kommun"], {"owner": "Luleå kommun"}),
        (
            ["--owner", "Luleå kommun", "--owner", "Kiruna kommun"],
            {"owner": ["Luleå kommun", "Kiruna kommun"]},
        ),
        (["--round", "ESF 2026:1"], {"round": "ESF 2026:1"}),
        (["--amount-min", "1,5 mnkr"], {"amountMin": "1,5 mnkr"}),
        (["--amount-max", "1 000 000"], {"amountMax": "1 000 000"}),
        (["--amount-missing"], {"amountMissing": "1"}),
        (["skola", "--exact"], {"q": "skola", "exact": "1"}),
        (["kommun", "--sort", "-amount"], {"q": "kommun", "sort": "-amount"}),
        (["--page", "2", "--limit", "4"], {"page": "2", "limit": "4"}),
        (["skola -kommun"], {"q": "skola -kommun"}),
    ],
)
def test_json_is_the_apis_own_answer(
    search: Run,
    client: FlaskClient,
    arguments: list[str],
    parameters: dict[str, str | list[str]],
) -> None:
    ended = search(*arguments, "--json")
    assert ended.returncode == 0
    response = client.get(f"/api/v1/decisions?{urlencode(parameters, doseq=True)}")
    assert json.loads(ended.stdout) == response.get_json()


def test_arguments_that_are_not_utf8_are_searched_for_as_well_as_can_be(
    sample_index: Path,
) -> None:
    ended = subprocess.run(
        [
            beslut_path().encode(),
            b"search",
            b"sk\xf6la",
            b"--json",
            b"--index",
            bytes(sample_index),
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["_meta"]["totalRecords"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--amount-min", "abc"], "amountMin: ”abc” är inget belopp. Skriv till exempel 500000"),
        (["--amount-max", "5 euro"], "amountMax: ”5 euro” är inte i kronor."),
        (["--page", "0"], "page: ”0” är inget heltal från 1."),
        (["--limit", "101"], "limit: gränsen är 100 beslut per sida."),
        (["a " * 4000], "q: sökningen har 8000 tecken, gränsen är 4096."),
        (["--sort", "datum"], "'--sort': 'datum' is not one of 'relevance'"),
        (["--colour"], "No such option"),
        (["--owner"], "Option '--owner' requires an argument."),
    ],
)
def test_a_wrong_option_is_one_line_and_code_2(
    search: Run, arguments: list[str], said: str
) -> None:
    assert said in fails(search(*arguments), 2)


def test_a_process_ends_with_the_code_and_the_line(search_process: Run) -> None:
    assert "är inget belopp" in fails(search_process("--amount-min", "abc"), 2)


def test_an_unknown_command_is_one_line_and_code_2() -> None:
    assert "No such command 'sok'" in fails(beslut("sok"), 2)


def test_without_a_command_the_help_is_shown() -> None:
    ended = beslut()
    assert ended.returncode == 2
    for command in ("index", "watch", "search", "serve", "check", "rollback", "analyze"):
        assert f"\n  {command} " in ended.stderr


@pytest.mark.parametrize(
    "command", ["", "index", "watch", "search", "serve", "check", "rollback", "analyze"]
)
def test_every_command_has_help(run: Run, command: str) -> None:
    ended = run(*command.split(), "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith("Usage: beslut")


@pytest.mark.parametrize("command", [["search", "skola"], ["serve"], ["check"], ["rollback"]])
def test_without_an_index_one_line_says_what_to_run(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    line = fails(run(*command, "--index", str(tmp_path / "none")), 1)
    assert str(tmp_path / "none") in line


def test_an_index_that_is_a_file_is_one_line_and_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "ska vara en mapp" in fails(run("search", "--index", str(tmp_path / "file")), 2)


def test_a_folder_that_cannot_be_made_is_one_line_and_code_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = beslut("index", str(SAMPLE), "--index", str(tmp_path / "file" / "index"))
    assert str(tmp_path / "file") in fails(ended, 1)


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ({"BESLUT_QUERY_WORDS": "många"}, "search"),
        ({"BESLUT_SEARCH_SECONDS": "-1"}, "search"),
        ({"BESLUT_PORT": "abc"}, "serve"),
        ({"BESLUT_PORT": "0"}, "serve"),
        ({"BESLUT_WORKERS": "0"}, "serve"),
        ({"BESLUT_PAGE_SIZE": "1.5"}, "serve"),
    ],
)
def test_a_variable_with_a_bad_value_is_named(
    run: Run, sample_index: Path, variables: dict[str, str], command: str
) -> None:
    line = fails(run(command, "--index", str(sample_index), **variables), 2)
    (name,) = variables
    assert name in line


def test_the_index_is_found_by_its_variable(run: Run, sample_index: Path) -> None:
    ended = run("search", BESLUT_INDEX=str(sample_index))
    assert plain(ended.stdout).startswith("9 beslut, 20 485 293 kr")


def test_limits_are_settings(run: Run, sample_index: Path) -> None:
    ended = run("search", "a b c", "--index", str(sample_index), BESLUT_QUERY_REFUSED="2")
    assert "5 tecken, gränsen är 2" in fails(ended, 2)


def test_indexing_and_searching_need_nothing_but_a_folder(tmp_path: Path) -> None:
    ended = beslut("index", str(SAMPLE), cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "9 projekt, 20 485 293 kr) stämmer" in plain(ended.stdout)
    assert plain(beslut("search", cwd=tmp_path).stdout).startswith("9 beslut, 20 485 293 kr")


@pytest.mark.parametrize("arguments", [["serve"], ["search"], ["index", str(SAMPLE)], ["check"]])
def test_every_command_ends_with_a_line_for_each_setting_that_is_wrong(
    run: Run, arguments: list[str]
) -> None:
    ended = run(*arguments, BESLUT_PORT="65536", BESLUT_PROT="80")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        "beslut: BESLUT_PROT: det finns ingen sådan inställning; menas BESLUT_PORT?",
        "beslut: BESLUT_PORT: ”65536” ska vara ett heltal från 1 till 65535",
    ]


@pytest.mark.parametrize(
    ("option", "right"),
    [
        (["--port", "0"], "ett heltal från 1 till 65535"),
        (["--workers", "många"], "ett heltal från 1 till 256"),
        (["--host", "http://localhost"], "en IP-adress eller ett värdnamn"),
        (["--index", str(SAMPLE)], "en mapp"),
    ],
)
def test_an_option_is_checked_as_its_setting_is(run: Run, option: list[str], right: str) -> None:
    name, value = option
    line = fails(run("serve", *option), 2)
    assert line.startswith(f"beslut: {name}: ”{value}” ska vara {right}")


@pytest.mark.parametrize(
    ("name", "content"),
    [("tom.txt", ""), ("prosa.txt", "Ingen tabell här.\n"), ("borta.txt", None)],
)
def test_a_file_without_decisions_is_code_1_and_leaves_the_index(
    run: Run, tmp_path: Path, sample_index: Path, name: str, content: str | None
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    ended = run("index", str(tmp_path / name), "--index", str(index))
    assert ended.returncode == 1
    assert f"beslut: {name}" in ended.stderr
    assert plain(run("search", "--index", str(index)).stdout).startswith("9 beslut")


def test_a_reader_that_stops_early_is_no_error(sample_index: Path) -> None:
    command = [beslut_path(), "search", "--json", "--index", str(sample_index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_related_decisions_are_told_with_what_they_share(sample_index: Path) -> None:
    ended = beslut("related", "esf-2026-1/samkraft-skola", "--index", str(sample_index))
    assert ended.returncode == 0
    *_, words = ended.stdout.split("Samma ovanliga ord\n")
    assert words.startswith("  • Starka och trygga möten")
    assert "Gemensamma ord: gymnasieskolan, elevhälsa" in ended.stdout


def test_related_as_json_is_the_answer_of_the_api(sample_index: Path, client: FlaskClient) -> None:
    ended = beslut("related", "esf-2026-1/samkraft-skola", "--json", "--index", str(sample_index))
    response = client.get("/api/v1/decisions/esf-2026-1/samkraft-skola/related")
    assert json.loads(ended.stdout) == response.json


def test_relations_of_an_unknown_decision_are_an_error(sample_index: Path) -> None:
    ended = beslut("related", "x/y", "--index", str(sample_index))
    assert ended.returncode == 2
    assert ended.stderr.startswith("beslut: beslutet ”x/y” finns inte")


def test_the_theme_file_is_checked(tmp_path: Path) -> None:
    assert beslut("themes").stdout.splitlines()[0].endswith("teman, inga fel")
    (tmp_path / "themes.txt").write_text("unga ~ ungdomar\nfel rad\n", "utf-8")
    ended = beslut("themes", str(tmp_path / "themes.txt"))
    assert ended.returncode == 1
    assert "rad 2" in ended.stderr


def test_remarks_on_the_theme_file_come_under_headings_and_are_no_errors(tmp_path: Path) -> None:
    file = tmp_path / "themes.txt"
    file.write_text("unga ~ ungdomar\nföskola ~ ungdomar\nfonder i EU > ESF\n", "utf-8")
    ended = beslut("themes", str(file))
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert [line.partition(";")[0] for line in ended.stdout.splitlines()] == [
        f"{file}: 3 grupper och 0 teman, inga fel",
        "",
        "Ord i flera grupper med ~ (1)",
        "rad 2: ”ungdomar” står också i gruppen på rad 1",
        "",
        "Ord som ordlistan saknar (1)",
        "rad 2: ”föskola” finns inte i ordlistan. Se efter att det är rätt stavat",
    ]


def test_themes_are_counted_as_the_api_counts_them(sample_index: Path, client: FlaskClient) -> None:
    ended = beslut("themes", "--json", "--index", str(sample_index))
    assert json.loads(ended.stdout) == client.get("/api/v1/themes").json


def test_counted_themes_come_by_area_and_those_without_decisions_last(
    sample_index: Path, tmp_path: Path
) -> None:
    file = tmp_path / "themes.txt"
    file.write_text("[Skola]\ngymnasieskola, tandvård\n[Klimat]\nvindkraft\n", "utf-8")
    ended = beslut("themes", str(file), "--count", "--index", str(sample_index))
    assert ended.stdout.replace("\u00a0", " ").splitlines() == [
        "Skola",
        "  gymnasieskola · 1 beslut, 798 582 kr",
        "Utan beslut, visas inte: tandvård, vindkraft",
    ]
