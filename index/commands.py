"""The commands that make and mind an index."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from index.amount import format_amount
from index.build import Report, build
from index.sources import SourceReport
from index.store import Store
from index.swedish import Token
from index.swedish import analyze as analyze_text
from index.writing import Progress

_index_option = click.option(
    "--index",
    "index_path",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/index"),
    envvar="BESLUT_INDEX",
    show_default=True,
    help="Folder of the index.",
)
_STATES = {
    "read": "läst",
    "unchanged": "oförändrad, inte läst om",
    "kept": "kunde inte läsas, förra läsningen är kvar",
    "failed": "kunde inte läsas",
}


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@_index_option
def index(sources: tuple[Path, ...], index_path: Path) -> None:
    """Index SOURCES, files and folders. The sources are the truth: the index then holds what they
    hold, and nothing else."""
    with _progress() as progress:
        report = build(sources, index_path, progress)
    click.echo("\n".join(_lines(report, index_path)))
    for problem in report.problems:
        click.echo(f"beslut: {problem}", err=True)
    for duplicate in report.duplicates:
        click.echo(f"beslut: {duplicate}", err=True)
    if not report.sources:
        click.echo("beslut: inga filer hittades. Kontrollera sökvägen.", err=True)
    if report.problems or report.generation is None:
        sys.exit(1)


@click.command()
@_index_option
def check(index_path: Path) -> None:
    """Read every byte of the index against its manifest."""
    generation = Store(index_path).check()
    files, count = generation.manifest["files"], generation.manifest["decisions"]
    click.echo(f"{generation.path.name}: {len(files)} filer är hela, {count} beslut")


@click.command()
@_index_option
def rollback(index_path: Path) -> None:
    """Go back to the previous generation."""
    generation = Store(index_path).rollback()
    click.echo(f"{generation.path.name} visas nu, {generation.manifest['decisions']} beslut")


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


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="Indexerar", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


def _lines(report: Report, index_path: Path) -> list[str]:
    lines = [line for source in report.sources for line in _source_lines(source)]
    if report.generation is None:
        return [*lines, "Inget indexerades; det index som fanns är orört."]
    files = _count(len(report.sources), "fil", "filer")
    duplicates = _count(len(report.duplicates), "dubblett", "dubbletter")
    problems = _count(len(report.problems), "anmärkning", "anmärkningar")
    return [
        *lines,
        f"{report.decisions} beslut ur {files}, {format_amount(report.sum)}; "
        f"{duplicates}, {problems}",
        f"Indexet i {index_path} är nu gen-{report.generation}",
    ]


def _source_lines(source: SourceReport) -> list[str]:
    lines = [f"{source.file}: {_STATES[source.state]}"]
    if source.state != "failed":
        lines.append(
            f"  {_count(source.rows, 'rad', 'rader')}, {source.decisions} beslut, "
            f"{format_amount(source.sum)}{_tally(source)}"
        )
    return lines


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _tally(source: SourceReport) -> str:
    declared = source.declared
    if declared is None:
        return "; filen anger ingen summa"
    stated = [
        *([] if declared.count is None else [f"{declared.count} projekt"]),
        *([] if declared.sum is None else [format_amount(declared.sum)]),
    ]
    agrees = "stämmer" if source.tallies else "stämmer INTE"
    return f"; filens summarad ({', '.join(stated)}) {agrees}"
