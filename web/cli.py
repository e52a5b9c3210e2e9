"""The ``beslut`` command. Exit codes: 0 well, 1 not whole, 2 used wrongly."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from search.engine import Engine, themes_file
from search.request import SORTS, BeslutError, RequestError, SearchRequest, quoted
from search.result import FacetValue, Hit, SearchResult
from web import api, formats, urls
from web.pages import FIELD_LABELS
from web.settings import HIGHEST_PORT, Settings, variable

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
    """The entry point: what goes wrong becomes one line on standard error and an exit code."""
    try:
        sys.exit(beslut(prog_name="beslut", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except click.Abort:
        _fail("avbrutet", 1)
    except RequestError as error:
        _fail(f"{error.parameter}: {error}", 2)
    except BeslutError as error:
        _fail(str(error), 1)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}", 1)


def _fail(message: str, code: int) -> None:
    click.echo(f"beslut: {message}", err=True)
    sys.exit(code)


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


_DEFAULTS = Settings()
_index_option = click.option(
    "--index",
    type=click.Path(path_type=Path, file_okay=False),
    default=_DEFAULTS.index,
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
    engine = Engine.open(index, settings.limits, settings.themes_path)
    result = engine.search(parsed.request)
    if as_json:
        body = api.answer(result, engine.updated, settings.limits)
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(result)))


@beslut.command()
@click.option("--host", show_default=_DEFAULTS.host)
@click.option("--port", type=click.IntRange(1, HIGHEST_PORT), show_default=str(_DEFAULTS.port))
@click.option("--workers", type=click.IntRange(min=1), show_default=str(_DEFAULTS.workers))
@_index_option
def serve(**options: Any) -> None:
    """Serve the site with gunicorn."""
    from web.serve import serve as serve_with  # not for the other commands, which need no gunicorn

    given = {name: value for name, value in options.items() if value is not None}
    settings = replace(_settings(), **given)
    engine = Engine.open(settings.index, settings.limits, settings.themes_path)
    engine.search(SearchRequest(q="beslut"))  # loads, once for all workers, what searching needs
    engine.close()
    click.echo(f"Beslutssök på http://{settings.host}:{settings.port} (avsluta med Ctrl+C)")
    serve_with(settings)


@beslut.command()
@click.argument("identifier")
@click.option("--json", "as_json", is_flag=True, help="The API's own answer.")
@_index_option
def related(identifier: str, index: Path, as_json: bool) -> None:
    """Show decisions on the same things as the one with IDENTIFIER, and what they share."""
    settings = _settings()
    found = Engine.open(index, settings.limits, settings.themes_path).related(identifier)
    if found is None:
        _fail(
            f"beslutet {quoted(identifier, 200)} finns inte. Sök efter det med `beslut search`.", 2
        )
    elif as_json:
        body = api.related(identifier, found)
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        for number, one in enumerate(found, start=1):
            click.echo(f"{number}. {click.style(one.decision.title, bold=True)}")
            click.echo(f"   {one.decision.owner} · {one.decision.id}")
            click.echo(f"   Båda handlar om: {', '.join(one.terms)}")


@beslut.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def themes(file: Path | None) -> None:
    """Check a theme FILE, by default the one that the site uses."""
    checked = themes_file(file or _settings().themes_path)
    groups = len(checked.current())
    for problem in checked.problems:
        click.echo(f"beslut: {problem}", err=True)
    if checked.problems:
        sys.exit(1)
    click.echo(f"{checked.path}: {groups} grupper, inga fel")


def _parameters(words: Sequence[str], options: dict[str, Any]) -> urls.Parameters:
    """The options as URL parameters, so that both are read by one set of rules."""
    given: urls.Parameters = {
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
    return {name: [_decodable(value) for value in values] for name, values in given.items()}


def _decodable(argument: str) -> str:
    """An argument without the surrogates that stand for bytes that were not UTF-8."""
    return argument.encode("utf-8", "replace").decode()


def _lines(result: SearchResult) -> list[str]:
    """The result for a terminal."""
    request = result.request
    about = f" för ”{request.q}”" if request.q.strip() else ""
    total = formats.money(result.stats.sum)
    lines = [f"{formats.plural(result.total, 'beslut', 'beslut')}{about}, {total} sammanlagt"]
    lines += [f"Visar träffar för ”{result.suggestion}”"] if result.suggestion else []
    lines += result.notes
    first = (request.page - 1) * request.limit + 1
    for number, hit in enumerate(result.hits, start=first):
        lines += ["", *_hit_lines(f"{number}. ", hit)]
    if result.total and not result.hits:
        pages = formats.plural(result.pages, "sida", "sidor")
        lines += ["", f"Sidan {request.page} finns inte: sökningen har {pages}."]
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
