"""A TOML file to begin with, beside a list that is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.documents.columns import mapping
from index.documents.columns.template import template
from index.documents.files import files
from index.documents.report import Report, TableReport
from index.problem import shown


def write_templates(sources: Sequence[Path], report: Report) -> list[str]:
    """Writes one beside each source, never over one that is there; says what was done."""
    tables = {source.file: source.tables for source in report.sources}
    return [_write(path, tables[name]) for path, name in files(sources) if path.is_file()]


def offer(report: Report) -> list[str]:
    """Says that there is such a file, where it would help."""
    helps = any(source.state == "failed" and source.tables for source in report.sources)
    return ["Vad kolumnerna är kan en TOML-fil säga: kör om med --write-toml."] if helps else []


def _write(path: Path, tables: Sequence[TableReport]) -> str:
    there = next((one for one in mapping.names(path.name) if path.with_name(one).exists()), None)
    if there is not None:
        return f"{shown(there)} finns redan och är orörd."
    target = path.with_name(path.name + mapping.SUFFIX)
    with target.open("x", encoding="utf-8") as file:
        file.write(template(tables))
    return f"{shown(target.name)} är skriven. Rätta kolumnerna i den och kör --check igen."
