"""The commands that make and mind an index."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from index.amount import UNSTATED, format_amount, plain
from index.documents.report import ReadingProgress, Report, SourceReport, TableReport
from index.errors import IndexUnusable
from index.problem import Problem
from index.storage.store import Store
from index.swedish import Token
from index.swedish import analyze as analyze_text
from web.cli.options import index_option, settings

_STATES = {
    "read": "läst",
    "unchanged": "oförändrad, inte läst om",
    "kept": "kunde inte läsas, förra läsningen är kvar",
    "failed": "kunde inte läsas",
}
_MOST_TABLES = 5


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
def index(sources: tuple[Path, ...], index_path: Path, as_json: bool) -> None:
    """Index SOURCES, files and folders. The sources are the truth: the index then holds what they
    hold, and nothing else. A TOML file beside a source says how it is read; see
    docs/operating.md."""
    from index.build import build  # here, so that the commands that search load no readers
    from index.documents.sources import Reading

    warning = _unusable(index_path)
    status = _Status()
    given = settings()
    report = build(
        sources,
        index_path,
        status.indexing if status.shown else None,
        reading=Reading(given.reading, given.originals, status.reading),
    )
    status.end()
    if as_json:
        data = report_data(report, index_path, warning)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(report, index_path)))
    for line in (*warning, *report.problems, *report.duplicates):
        click.echo(f"beslut: {line}", err=True)
    if not report.sources:
        click.echo("beslut: inga filer hittades. Kontrollera sökvägen.", err=True)
    if warning or report.problems or report.generation is None:
        sys.exit(1)


def _unusable(path: Path) -> list[str]:
    """Says that there is an index which cannot be used, so that nothing can be kept from it."""
    store = Store(path)
    try:
        if store.current_name() is not None:
            store.current()
    except IndexUnusable as error:
        return [
            f"det förra indexet kan inte användas ({error.what}). Allt läses om; "
            "det som inte kan läsas nu finns inte kvar."
        ]
    return []


@click.command()
@index_option
def check(index_path: Path) -> None:
    """Read every byte of the index against its manifest."""
    generation = Store(index_path).check()
    files, count = generation.manifest["files"], generation.manifest["decisions"]
    click.echo(f"{generation.path.name}: {len(files)} filer är hela, {count} beslut")


@click.command()
@index_option
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


@dataclass(slots=True)
class _Status:
    """One line on a terminal that says how far a long job has come; nothing elsewhere."""

    shown: bool = field(default_factory=lambda: sys.stderr.isatty())
    started: float = 0.0
    last: float = 0.0
    label: str = ""

    def reading(self, progress: ReadingProgress) -> None:
        """Tells of files and decisions read."""
        share = progress.bytes / max(progress.all_bytes, 1)
        files = f"{progress.files} av {_count(progress.all_files, 'fil', 'filer')}"
        self._show("Läser", files, progress.decisions, share, False)

    def indexing(self, done: int, total: int) -> None:
        """Tells of decisions written to the index."""
        share = done / max(total, 1)
        self._show("Indexerar", f"{share:.0%} av {total}", done, share, done == total)

    def _show(self, label: str, what: str, decisions: int, share: float, always: bool) -> None:
        now = time.monotonic()
        if label != self.label:
            self.end()
            self.label, self.started, self.last = label, now, 0.0
        if not self.shown or (now - self.last < 0.2 and not always):
            return
        self.last = now
        rate = decisions / max(now - self.started, 0.001)
        left = (now - self.started) * (1 - share) / share if share else 0.0
        rest = f", ungefär {left:.0f} s kvar" if left >= 1 else ""
        line = f"{label} {what}, {decisions} beslut, {rate:.0f} beslut/s{rest}"
        click.echo(f"\r{line:<78}", nl=False, err=True)

    def end(self) -> None:
        """Ends the line."""
        if self.shown and self.label:
            click.echo(err=True)
        self.label = ""


def report_data(report: Report, index_path: Path, warning: Sequence[str] = ()) -> dict[str, Any]:
    """The report as JSON values. Sums are in SEK, as text, exact."""
    return {
        "index": str(index_path),
        "generation": report.generation,
        "decisions": report.decisions,
        "sum": str(plain(report.sum)),
        "warnings": list(warning),
        "sources": [_source_data(source) for source in report.sources],
        "duplicates": [_problem_data(one) for one in report.duplicates],
    }


def _source_data(source: SourceReport) -> dict[str, Any]:
    declared = source.declared
    return {
        "file": source.file,
        "state": source.state,
        "sha256": source.sha256 or None,
        "mapping": source.mapping,
        "language": source.language,
        "tables": [asdict(table) for table in source.tables],
        "rows": source.rows,
        "decisions": source.decisions,
        "sum": str(plain(source.sum)),
        "otherCurrencies": {currency: str(plain(total)) for currency, total in source.others},
        "declared": declared
        and asdict(declared)
        | {
            "sum": None if declared.sum is None else str(plain(declared.sum)),
            "tallies": source.tallies,
        },
        "problems": [_problem_data(one) for one in source.problems],
    }


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("file", "table", "row", "what", "remedy")}


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
    mapping = f", enligt {source.mapping}" if source.mapping else ""
    lines = [f"{source.file}: {_STATES[source.state]}{mapping}"]
    if source.state != "failed":
        lines += _table_lines([one for one in source.tables if one.name])
        lines.append(
            f"  {_count(source.rows, 'rad', 'rader')}, {source.decisions} beslut, "
            f"{_sums(source)}{_tally(source)}"
        )
    return lines


def _sums(source: SourceReport) -> str:
    """The sum in kronor, and those in other currencies beside it: they are not added up."""
    others = [
        "utan angiven valuta " + format_amount(total, "").rstrip()
        if currency == UNSTATED
        else format_amount(total, currency)
        for currency, total in source.others
    ]
    kronor = [] if others and not source.sum else [format_amount(source.sum)]
    return ", ".join([*kronor, *others])


def _table_lines(tables: Sequence[TableReport]) -> list[str]:
    """The sheets or pages: each by itself while they are few."""
    if len(tables) > _MOST_TABLES:
        held = sum(1 for one in tables if one.decisions)
        pages = all((one.name or "").startswith("sida ") for one in tables)
        return [f"  {len(tables)} {'sidor' if pages else 'tabeller'}, {held} med beslut"]
    return [
        f"  {one.name}: {_count(one.rows, 'rad', 'rader')}, {one.decisions} beslut"
        for one in tables
    ]


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _tally(source: SourceReport) -> str:
    declared = source.declared
    if declared is None or (declared.count is None and declared.sum is None):
        return "; filen anger ingen summa"
    stated = [
        *([] if declared.count is None else [f"{declared.count} projekt"]),
        *([] if declared.sum is None else [format_amount(declared.sum)]),
    ]
    agrees = "stämmer" if source.tallies else "stämmer INTE"
    return f"; filens summarad ({', '.join(stated)}) {agrees}"
