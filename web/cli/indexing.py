"""The commands that make and mind an index."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from index.errors import ExplainedError
from index.storage.store import Store
from index.swedish import Token
from index.swedish import analyze as analyze_text
from web.cli.generations import rolled_back
from web.cli.options import exposed, index_option, reports_option, settings
from web.cli.reading import Status, put_elsewhere, read_sources
from web.cli.report_files import keep_failure, keep_report
from web.cli.report_json import report_data
from web.cli.templates import offer, write_templates
from web.engines import checked_elsewhere


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@click.option("--check", is_flag=True, help="Read and report only; the index is not touched.")
@click.option("--write-toml", is_flag=True, help="With --check: a TOML file beside each source.")
@click.option("--accept", is_flag=True, help="What is missing from the sources is to go.")
@reports_option
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
def index(
    sources: tuple[Path, ...],
    index_path: str | None,
    check: bool,
    write_toml: bool,
    accept: bool,
    reports: str | None,
    as_json: bool,
) -> None:
    """Index SOURCES, files and folders. The sources are the truth: the index then holds what they
    hold, and nothing else. A TOML file beside a source says how it is read; see
    docs/operating.md.

    Exit codes: 0 everything was read, 1 something was not, 3 a source has so many decisions fewer
    than last time that those of last time were kept."""
    if write_toml and not check:
        raise click.UsageError("--write-toml hör till --check.")
    if write_toml and any(source.is_dir() for source in sources):
        raise click.UsageError("--write-toml skriver bredvid filer: ange dem, inte deras mapp.")
    given = settings(index=index_path, reports=reports)
    exposed(given)
    began = datetime.now(UTC)
    try:
        outcome = read_sources(sources, given, check, accept)
    except (ExplainedError, OSError) as error:
        for line in keep_failure(error, check, began, given.reports_path):
            click.echo(f"beslut: {line}", err=True)
        raise
    told = outcome.told()
    kept = keep_report(outcome, given.reports_path)
    report = outcome.report
    written = write_templates(sources, report) if write_toml else offer(report) if check else []
    if as_json:
        data = report_data(report, given.index, outcome.warning, accept)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _print(told.sources)
    for line in [*told.remarks, *kept]:
        click.echo(f"beslut: {line}", err=True)
    if not as_json:
        _print([*told.summary, *written])
    sys.exit(1 if kept else told.code)


def _print(lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n".join(lines))


@click.command()
@index_option
def check(index_path: str | None) -> None:
    """Read every byte of the index against its manifest, and hold a cluster to its own."""
    given = settings(index=index_path)
    store = Store(given.index)
    if not given.engine or store.current_name() is not None:
        generation = store.check()
        files, count = generation.manifest["files"], generation.manifest["decisions"]
        click.echo(f"{generation.path.name}: {len(files)} filer är hela, {count} beslut")
    if told := checked_elsewhere(given):
        click.echo(told)


@click.command()
@index_option
def rollback(index_path: str | None) -> None:
    """Go back to the previous generation."""
    from index.build import roll_back

    given = settings(index=index_path)
    left = next(Store(given.index).history(), None)
    click.echo("\n".join(rolled_back(roll_back(given.index, given.changes_days), left)))
    for line in put_elsewhere(given, Status()):
        click.echo(line)


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True)
def analyze(text: str, as_json: bool) -> None:
    """Show what the Swedish pipeline makes of each word of TEXT."""
    tokens = analyze_text(text)
    if as_json:
        click.echo(
            json.dumps([_token_data(token) for token in tokens], ensure_ascii=False, indent=2)
        )
        return
    for token in tokens:
        parts = ", ".join(f"{part.word} ({part.kind}, {part.stem})" for part in token.parts)
        span = f"{token.start}-{token.end}"
        click.echo(
            f"{token.text}  [{span}]  grundform {token.lemma}, stam {token.stem}"
            + (f", delar: {parts}" if parts else "")
        )


def _token_data(token: Token) -> dict[str, Any]:
    return token._asdict() | {"parts": [part._asdict() for part in token.parts]}
