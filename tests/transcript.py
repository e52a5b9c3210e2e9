"""What a clerk types and reads who puts a new list in; run as a program, it writes it anew into
docs/operating.md."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path

from click.testing import CliRunner

from tests.conftest import ROOT
from web.cli.commands import beslut

OPERATING = ROOT / "docs" / "operating.md"
LIST = """Part;Ärenderubrik;Vad pengarna går till;Kr 2025;Ort
Ankeby kommun;En bro till ön;Bron byggs av trä.;400 000;Ankeby
Rädda Ön;Skola på ön;Skolan på ön får en ny båt.;125 000;Ön
Öbo förening;Psykisk hälsa;Vi pratar om psykisk hälsa.;80 000;Öbo
"""
TOML = """round = "Landsbygdsstöd 2025"

[columns]
owner = "Part"
title = "Ärenderubrik"
description = "Vad pengarna går till"
amount = "Kr 2025"
"""
STEPS = (
    "cat listor/landsbygd.csv",
    "beslut index --check listor/landsbygd.csv",
    "beslut index --check --write-toml listor/landsbygd.csv",
    "cat listor/landsbygd.csv.toml      # filled in with an editor",
    "beslut index --check listor/landsbygd.csv",
    "beslut index listor",
)
_BLOCK = re.compile(r"(### Put a new list in\n.*?```console\n)(.*?)(```)", re.DOTALL)


def written() -> str:
    """The transcript as it stands in the documentation."""
    found = _BLOCK.search(OPERATING.read_text("utf-8"))
    assert found is not None
    return found[2]


def transcript(folder: Path) -> str:
    """The transcript as it comes out now, of commands that are run in `folder`."""
    listor = folder / "listor"
    listor.mkdir()
    (listor / "landsbygd.csv").write_text(LIST, "utf-8")
    toml = listor / "landsbygd.csv.toml"
    before = Path.cwd()
    os.chdir(folder)
    try:
        lines = []
        for step in STEPS:
            program, *arguments = shlex.split(step.partition("  #")[0])
            if program == "beslut":
                said = CliRunner().invoke(beslut, arguments).output
            else:
                if arguments == ["listor/landsbygd.csv.toml"]:
                    toml.write_text(TOML, "utf-8")
                said = Path(arguments[0]).read_text("utf-8")
            lines.append(f"$ {step}\n{said}")
    finally:
        os.chdir(before)
    return "".join(lines).replace("\u00a0", " ")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        new = transcript(Path(name))
    text = OPERATING.read_text("utf-8")
    OPERATING.write_text(_BLOCK.sub(lambda found: found[1] + new + found[3], text), "utf-8")
