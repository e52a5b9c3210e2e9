"""The commands that make and mind an index."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from index.documents.report import ReadingProgress
from index.errors import IndexUnusable
from index.storage.store import Store
from index.swedish import Token
from index.swedish import analyze as analyze_text
from web.cli.generations import rolled_back
from web.cli.options import exposed, index_option, settings
from web.cli.report import tell
from web.cli.report_json import report_data
from web.cli.templates import offer, write_templates
from web.cli.withheld import withheld


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@click.option("--check", is_flag=True, help="Read and report only; the index is not touched.")
@click.option("--write-toml", is_flag=True, help="With --check: a TOML file beside each source.")
@click.option("--accept", is_flag=True, help="What is missing from the sources is to go.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on standard output.")
def index(
    sources: tuple[Path, ...],
    index_path: str | None,
    check: bool,
    write_toml: bool,
    accept: bool,
    as_json: bool,
) -> None:
    """Index SOURCES, files and folders. The sources are the truth: the index then holds what they
    hold, and nothing else. A TOML file beside a source says how it is read; see
    docs/operating.md.

    Exit codes: 0 everything was read, 1 something was not, 3 a source has so many decisions fewer
    than last time that those of last time were kept."""
    # Here, so that the commands that search load no readers.
    from index.build import build, try_out
    from index.documents.sources import Reading

    if write_toml and not check:
        raise click.UsageError("--write-toml hör till --check.")
    if write_toml and any(source.is_dir() for source in sources):
        raise click.UsageError("--write-toml skriver bredvid filer: ange dem, inte deras mapp.")
    given = settings(index=index_path)
    exposed(given)
    warning = [] if check else _unusable(given.index)
    status = _Status()
    reading = Reading(given.reading, given.originals, status.reading, accept)
    if check:
        report = try_out(sources, given.index, reading)
    else:
        progress = status.indexing if status.shown else None
        report = build(
            sources,
            given.index,
            progress,
            reading=reading,
            changes_days=given.changes_days,
            withheld=withheld(given.withheld_path),
        )
    status.end()
    told = tell(report, given.index, warning, trial=check)
    written = write_templates(sources, report) if write_toml else offer(report) if check else []
    if as_json:
        data = report_data(report, given.index, warning, accept)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _print(told.sources)
    for line in told.remarks:
        click.echo(f"beslut: {line}", err=True)
    if not as_json:
        _print([*told.summary, *written])
    sys.exit(told.code)


def _print(lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n".join(lines))


def _unusable(path: Path) -> list[str]:
    """Says that there is an index which cannot be used, so that nothing can be kept from it."""
    store = Store(path)
    try:
        if store.current_name() is not None and store.remembered() is None:
            store.current()
    except IndexUnusable as error:
        return [
            f"det förra indexet kan inte användas ({error.what}). Allt läses om; "
            "det som inte kan läsas nu finns inte kvar."
        ]
    return []


@click.command()
@index_option
def check(index_path: str | None) -> None:
    """Read every byte of the index against its manifest."""
    generation = Store(settings(index=index_path).index).check()
    files, count = generation.manifest["files"], generation.manifest["decisions"]
    click.echo(f"{generation.path.name}: {len(files)} filer är hela, {count} beslut")


@click.command()
@index_option
def rollback(index_path: str | None) -> None:
    """Go back to the previous generation."""
    from index.build import roll_back

    given = settings(index=index_path)
    left = next(Store(given.index).history(), None)
    click.echo("\n".join(rolled_back(roll_back(given.index, given.changes_days), left)))


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


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
