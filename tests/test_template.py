"""The template of a TOML file: valid, with what was found, and followed when it is read back."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from index.documents.columns import mapping
from index.documents.columns.template import template
from index.documents.report import TableReport

TABLES = (
    TableReport("Blad1", 2, 2, (("owner", "Sökande"), ("amount", 'Stöd "tkr"')), ("Ort", "Vad")),
    TableReport("Blad2", 2, 2, (("owner", "Förening"), ("title", "Projekt")), ("Ort",)),
)


def test_what_was_found_is_filled_in_and_the_rest_is_there_to_choose_from() -> None:
    text = template(TABLES)
    assert tomllib.loads(text) == {
        "columns": {"owner": ["Sökande", "Förening"], "title": "Projekt", "amount": 'Stöd "tkr"'}
    }
    assert text.endswith('# Kolumner som inte används:\n# "Ort"\n# "Vad"\n')
    assert '# sheet = ["Blad1", "Blad2"]' in text


def test_every_line_is_what_a_mapping_may_say() -> None:
    text = template(TABLES).split("\n# Kolumner")[0]
    whole = "\n".join(
        line if line.startswith("# Hur") else line.removeprefix("# ") for line in text.split("\n")
    )
    said = mapping.read(whole.replace('""', '"x"').encode(), "a.toml")
    assert (said.round, said.sheets, said.last) == ("ESF 2026:1", ("Blad1", "Blad2"), 100)
    assert said.columns["status"] == ("x",)


@given(st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_any_header_can_be_named(header: str) -> None:
    text = template([TableReport(None, 1, 1, (("owner", header),), (header,))])
    assert tomllib.loads(text)["columns"]["owner"] == header
