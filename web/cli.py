"""The ``beslut`` command. Exit codes: 0 well, 1 not whole, 2 used wrongly."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from search.engine import Engine
from search.request import SORTS, BeslutError, RequestError
from search.result import FacetValue, Hit, SearchResult
from web import api, formats, urls
from web.pages import FIELD_LABELS
from web.settings import Settings, variable

_ELSEWHERE = {
    "index": "index.commands",
    "check": "index.commands",
    "rollback": "index.commands",
    "analyze": "index.commands",
}
"""Commands that belong to the package below the one below: loaded by name when they are called, so
that searching does not load the readers and `web` depends on `search` alone."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in _ELSEWHERE:
            command: click.Command = getattr(importlib.import_module(_ELSEWHERE[name]), name)
            return command
        return super().get_command(ctx, name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def beslut() -> None:
    """Full-text search over Swedish public-funding decisions."""


def main() -> None:
    """The entry point: errors of the tree become one line and an exit code."""
    try:
        beslut(standalone_mode=True)
    except RequestError as error:
        _fail(error, 2)
    except BeslutError as error:
        _fail(error, 1)


def _fail(error: BeslutError, code: int) -> None:
    click.echo(f"beslut: {error}", err=True)
    sys.exit(code)


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


_index_option = click.option(
    "--index",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/index"),
    envvar=variable("index"),
    show_default=True,
    help="Folder of the index.",
)


@beslut.command()
@click.argument("words", nargs=-1)
@click.option("--owner", multiple=True, help="Only this owner; repeat for several.")
@click.option("--round", multiple=True, help="Only this round; repeat for several.")
@click.option("--amount-min", help="Lowest amount: 500000, '500 000', '1,5 mnkr'.")
@click.option("--amount-max", help="Highest amount.")
@click.option("--amount-missing", is_flag=True, help="Decisions without an amount.")
@click.option("--exact", is_flag=True, help="Words as written only, nothing expanded.")
@click.option("--sort", type=click.Choice(SORTS), help="Default: relevance; -amount without words.")
@click.option("--page", default="1", show_default=True)
@click.option("--limit", default="20", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The API's own answer.")
@_index_option
def search(words: Sequence[str], index: Path, as_json: bool, **options: Any) -> None:
    """Search for WORDS; without words, everything."""
    settings = _settings()
    parsed = urls.parse(_parameters(words, options), settings.limits)
    for error in parsed.errors.values():
        raise error
    result = Engine.open(index, settings.limits).search(parsed.request)
    if as_json:
        click.echo(json.dumps(api.answer(result), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(result)))


@beslut.command()
@click.option("--host", envvar=variable("host"), default="127.0.0.1", show_default=True)
@click.option("--port", envvar=variable("port"), default=8000, show_default=True)
@click.option("--workers", envvar=variable("workers"), default=2, show_default=True)
@_index_option
def serve(**options: Any) -> None:
    """Serve the site with gunicorn."""
    from dataclasses import replace

    from web.serve import serve as serve_with

    settings = replace(_settings(), **options)
    Engine.open(settings.index).close()
    click.echo(f"Beslutssök på http://{settings.host}:{settings.port} (avsluta med Ctrl+C)")
    serve_with(settings)


def _parameters(words: Sequence[str], options: dict[str, Any]) -> urls.Parameters:
    """The options as URL parameters, so that both are read by one set of rules."""
    given = {
        "q": [" ".join(words)],
        "owner": options["owner"],
        "round": options["round"],
        "amountMin": [options["amount_min"] or ""],
        "amountMax": [options["amount_max"] or ""],
        "amountMissing": ["1"] if options["amount_missing"] else [],
        "exact": ["1"] if options["exact"] else [],
        "sort": [options["sort"] or ""],
        "page": [options["page"]],
        "limit": [options["limit"]],
    }
    return given


def _lines(result: SearchResult) -> list[str]:
    """The result for a terminal."""
    request = result.request
    about = f" för ”{request.q}”" if request.q.strip() else ""
    total = formats.money(result.stats.sum)
    lines = [f"{formats.plural(result.total, 'beslut', 'beslut')}{about}, {total} sammanlagt"]
    lines += result.notes
    first = (request.page - 1) * request.limit + 1
    for number, hit in enumerate(result.hits, start=first):
        lines += ["", *_hit_lines(f"{number}. ", hit)]
    if result.total and not result.hits:
        lines += ["", f"Sidan {request.page} finns inte: sökningen har {result.pages} sidor."]
    if result.partial:
        lines += ["", "Närliggande träffar (några av orden; räknas inte ovan)"]
        for hit in result.partial:
            lines += ["", *_hit_lines("– ", hit)]
    facets = result.facets
    lines += _facet_lines("Projektägare", facets.owners)
    lines += _facet_lines("Belopp", facets.amounts)
    lines += _facet_lines("Beslutsomgång", facets.rounds)
    return lines


def _hit_lines(lead: str, hit: Hit) -> list[str]:
    one, indent = hit.decision, " " * len(lead)
    amount = formats.money(one.amount, one.currency)
    lines = [
        lead + click.style(one.title or one.owner, bold=True),
        f"{indent}{one.owner} · {amount} · {one.round.name} · {one.id}",
    ]
    for snippet in hit.snippets:
        if snippet.field in ("description", "motivation"):
            text = "".join(
                click.style(segment.text, bold=True, underline=True)
                if segment.hit
                else segment.text
                for segment in snippet.segments
            )
            lines.append(f"{indent}{FIELD_LABELS[snippet.field]}: {text}")
    return lines


def _facet_lines(heading: str, values: Sequence[FacetValue]) -> list[str]:
    shown = [f"{one.label} {one.count}" for one in values if one.count or one.selected]
    return ["", f"{heading}: {' · '.join(shown[:10])}"] if shown else []
