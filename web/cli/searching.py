"""The commands that search."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from index.problem import quoted
from index.swedish import is_function_word, is_known
from search.dimensions import DIMENSIONS, SORTS
from search.owner_remarks import owner_remarks
from search.result import FacetValue, Hit, SearchResult
from search.searcher import THEME_ANALYSIS, Searcher, owners_file, themes_file
from search.staff_file import FileProblem, StaffFile
from search.theme_remarks import remarks
from web import formats, urls
from web.api import bodies
from web.cli.options import exposed, fail, index_option, settings
from web.formats import isolated
from web.settings import Settings
from web.site.pages import FIELD_LABELS

Command = Callable[..., Any]


def _opened(given: Settings) -> Searcher:
    return Searcher.open(given.index, given.limits, given.themes_path, given.owners_path)


def _filter_options(command: Command) -> Command:
    """The options of the dimensions, in their order."""
    for one in reversed(DIMENSIONS):
        if one.kind == "values":
            what = f"Only this {one.name}; repeat for several."
            command = click.option(f"--{one.name}", multiple=True, help=what)(command)
        else:
            missing = click.option(f"--{one.name}-missing", is_flag=True, help="Those without.")
            low = click.option(f"--{one.name}-min", help="Lowest: 500000, '500 000', '1,5 mnkr'.")
            high = click.option(f"--{one.name}-max", help="Highest.")
            command = low(high(missing(command)))
    return command


@click.command()
@click.argument("words", nargs=-1)
@_filter_options
@click.option("--exact", is_flag=True, help="Words as written only, nothing expanded.")
@click.option(
    "--sort", type=click.Choice([*SORTS]), help="Default: relevance; -amount without words."
)
@click.option("--page", default="1", show_default=True)
@click.option("--limit", default="20", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The API's own answer.")
@index_option
def search(words: Sequence[str], index_path: str | None, as_json: bool, **options: Any) -> None:
    """Search for WORDS; without words, everything."""
    given = settings(index=index_path)
    parsed = urls.parse(_parameters(words, options), given.limits)
    for error in parsed.errors.values():
        raise error
    exposed(given)
    searcher = _opened(given)
    result = searcher.search(parsed.request)
    if as_json:
        body = bodies.answer(result, searcher.updated, given.limits)
        click.echo(msgspec.json.format(bodies.encode(body), indent=2))
    else:
        click.echo("\n".join(_lines(result)))


@click.command()
@click.argument("identifier")
@click.option("--json", "as_json", is_flag=True, help="The API's own answer.")
@index_option
def related(identifier: str, index_path: str | None, as_json: bool) -> None:
    """Show decisions on the same things as the one with IDENTIFIER, and what they share."""
    given = settings(index=index_path)
    exposed(given)
    found = _opened(given).related(identifier)
    if found is None:
        fail(
            f"beslutet {quoted(identifier, 200)} finns inte. Sök efter det med `beslut search`.", 2
        )
    elif as_json:
        body = bodies.related(identifier, found)
        click.echo(msgspec.json.format(bodies.encode(body), indent=2))
    else:
        for number, one in enumerate(found, start=1):
            title = isolated(one.decision.title or one.decision.owner)
            click.echo(f"{number}. {click.style(title, bold=True)}")
            click.echo(f"   {isolated(one.decision.owner)} · {one.decision.id}")
            click.echo(f"   Gemensamma ord: {', '.join(map(isolated, one.terms))}")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def themes(file: Path | None) -> None:
    """Check a theme FILE, by default the one that the site uses, and remark on likely slips."""
    checked = themes_file(file or settings().themes_path)
    groups = checked.current().groups
    _well(checked, len(groups))
    _remarked(remarks(groups, THEME_ANALYSIS.stems, _is_right))


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@index_option
def owners(file: Path | None, index_path: str | None) -> None:
    """Check an owners FILE, by default the one that the site uses, and remark on names that the
    index does not have."""
    given = settings(index=index_path)
    checked = owners_file(file or given.owners_path)
    groups = checked.current()
    _well(checked, len(groups))
    exposed(given)
    searcher = Searcher.open(given.index, given.limits, given.themes_path, checked.path)
    _remarked(owner_remarks(groups, searcher.parties_named))


def _well(checked: StaffFile[Any], groups: int) -> None:
    """Says that a file has no errors, or ends with those it has."""
    for problem in checked.problems:
        click.echo(f"beslut: {problem}", err=True)
    if checked.problems:
        sys.exit(1)
    click.echo(f"{checked.path}: {groups} grupper, inga fel")


def _remarked(found: Sequence[FileProblem]) -> None:
    """Remarks under their headings."""
    for kind, some in itertools.groupby(found, key=lambda one: one.kind):
        told = [*map(str, some)]
        click.echo("\n".join(["", f"{kind} ({len(told)})", *told]))


def _is_right(word: str) -> bool:
    return is_function_word(word) or is_known(word)


def _parameters(words: Sequence[str], options: dict[str, Any]) -> urls.Parameters:
    """The options as URL parameters, so that both are read by one set of rules."""
    given = {"q": [" ".join(words)]}
    for name in urls.PARAMETERS:
        value = options.get(re.sub("(?=[A-Z])", "_", name).lower())  # amountMin: amount_min
        if isinstance(value, bool):
            given[name] = ["1"] if value else []
        elif value is not None:
            given[name] = [*value] if isinstance(value, tuple) else [value]
    return {name: [_decodable(value) for value in values] for name, values in given.items()}


def _decodable(argument: str) -> str:
    """An argument without the surrogates that stand for bytes that were not UTF-8."""
    return argument.encode("utf-8", "replace").decode()


def _lines(result: SearchResult) -> list[str]:
    """The result for a terminal."""
    request = result.request
    about = f" för ”{isolated(request.q)}”" if request.q.strip() else ""
    total = formats.money(result.stats.sum)
    lines = [f"{formats.plural(result.total, 'beslut', 'beslut')}{about}, {total} sammanlagt"]
    lines += [f"Visar träffar för ”{isolated(result.suggestion)}”"] if result.suggestion else []
    lines += result.notes
    first = (request.page - 1) * request.limit + 1
    for number, hit in enumerate(result.hits, start=first):
        lines += ["", *_hit_lines(f"{number}. ", hit)]
    if result.total and not result.hits:
        pages = formats.plural(result.pages, "sida", "sidor")
        lines += ["", f"Sidan {request.page} finns inte: sökningen har {pages}."]
    if result.partial:
        lines += ["", "Beslut med några av orden (räknas inte ovan)"]
        for hit in result.partial:
            lines += ["", *_hit_lines("– ", hit)]
    for dimension in DIMENSIONS:
        lines += _facet_lines(dimension.heading, result.facets[dimension.name].values)
    return lines


def _hit_lines(lead: str, hit: Hit) -> list[str]:
    one, indent = hit.decision, " " * len(lead)
    amount = formats.money(one.amount, one.currency)
    lines = [
        lead + click.style(isolated(one.title or one.owner), bold=True),
        f"{indent}{isolated(one.owner)} · {amount} · {isolated(one.round.name)} · {one.id}",
    ]
    for snippet in hit.snippets:
        if snippet.field in ("description", "motivation"):
            pieces = [(isolated(segment.text), segment.hit) for segment in snippet.segments]
            text = "".join(
                click.style(piece, bold=True, underline=True) if hit else piece
                for piece, hit in pieces
            )
            lines.append(f"{indent}{FIELD_LABELS[snippet.field]}: {text}")
    return lines


def _facet_lines(heading: str, values: Sequence[FacetValue]) -> list[str]:
    shown = [f"{isolated(one.label)} {one.count}" for one in values if one.count or one.selected]
    return ["", f"{heading}: {' · '.join(shown[:10])}"] if shown else []
