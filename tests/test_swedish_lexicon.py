"""The lexicon file: how it is made, what it costs, under which licence it is."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from index.swedish.build_lexicon import build
from index.swedish.lexicon import DATA_FILE, FirstPart, Lexicon, version_of

AFF = """\
SET UTF-8
FORBIDDENWORD %
COMPOUNDBEGIN X
COMPOUNDMIDDLE U
COMPOUNDEND Y
ONLYINCOMPOUND Z
SFX A Y 1
SFX A 0 s .
SFX E Y 1
SFX E 0 n [^m]
SFX G Y 2
SFX G a or a
SFX G 0 ar [^a]
SFX y N 1
SFX y a o/WXZ a
SFX b N 1
SFX b 0 - .
"""

DIC = """\
9
Kiruna/A
bil/GXY
gata/EGY
hälsa/AEYy
skol-
skola/EGY
skolgata/EGY
bilgata/EGY
fel/%
"""


@pytest.fixture
def dictionary(tmp_path: Path) -> tuple[Path, Path]:
    aff, dic = tmp_path / "sv_SE.aff", tmp_path / "sv_SE.dic"
    aff.write_text(AFF, encoding="utf-8")
    dic.write_text(DIC, encoding="utf-8")
    return aff, dic


@pytest.fixture
def small(dictionary: tuple[Path, Path]) -> Lexicon:
    return Lexicon(build(*dictionary))


def test_an_inflected_form_leads_to_its_base(small: Lexicon) -> None:
    assert small.bases("skolan") == ("skola",)
    assert small.bases("skolor") == ("skola",)
    assert small.bases("kirunas") == ("kiruna",)
    assert small.bases("skolde") == ()


def test_first_parts_lead_to_the_words_they_stand_for(small: Lexicon) -> None:
    found = {form: small.first_part(form) for form in ("skol", "hälso", "bil")}
    assert {form: part and part.word for form, part in found.items()} == {
        "skol": "skola",
        "hälso": "hälsa",
        "bil": "bil",
    }


def test_parts_are_counted_in_the_dictionarys_own_words(small: Lexicon) -> None:
    assert small.end_count("gata") == 2
    assert small.first_part("skol") == FirstPart("skola", 1)


def test_forbidden_words_are_left_out(small: Lexicon) -> None:
    assert not small.is_base("fel")


def test_heads_that_live_in_compounds_are_no_words(small: Lexicon) -> None:
    assert small.bases("siktig") == ("siktig",)
    assert not small.is_base("siktig")


def test_the_same_dictionary_gives_the_same_bytes(dictionary: tuple[Path, Path]) -> None:
    assert build(*dictionary) == build(*dictionary)
    assert version_of(build(*dictionary)).startswith("sv_SE-9-")


def test_the_command_writes_the_file(dictionary: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "out" / "lexicon.gz"
    command = ["-m", "index.swedish.build_lexicon", str(tmp_path), "--output", str(output)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    assert output.read_bytes() == build(*dictionary)


def test_a_file_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="build_lexicon"):
        Lexicon(gzip.compress(b"something else\n"))


def test_the_licence_lies_beside_the_data() -> None:
    beside = {
        path.name: path.read_text(encoding="utf-8") for path in DATA_FILE.parent.glob("*.txt")
    }
    assert "LESSER GENERAL PUBLIC LICENSE" in beside["LICENSE.LGPL-3.txt"]
    assert "GNU GENERAL PUBLIC LICENSE" in beside["LICENSE.GPL-3.txt"]
    assert "Göran Andersson" in beside["README.txt"]
    assert "python -m index.swedish.build_lexicon" in beside["README.txt"]


def test_the_data_file_is_about_a_megabyte() -> None:
    assert DATA_FILE.stat().st_size < 1_500_000


MEASURE = """
import os, time
import index.swedish.words
from index.swedish.lexicon import lexicon

def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

before, began = resident(), time.process_time()
lexicon()
print(time.process_time() - began, resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read there")
def test_loading_takes_half_a_second_and_80_megabytes_at_most() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", MEASURE], check=True, capture_output=True, text=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert min(float(seconds) for seconds, _ in runs) < 0.5
    assert max(int(size) for _, size in runs) < 80_000_000
