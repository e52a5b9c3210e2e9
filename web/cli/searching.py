"""The commands that search."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import msgspec

from index.decision import Decision
from index.problem import quoted
from index.swedish import is_function_word, is_known
from search.deadline import NEVER
from search.dimensions import COUNTED, DIMENSIONS, SORTS, Dimension
from search.directory import CountedTheme, Directory
from search.owner_remarks import owner_remarks
from search.result import FacetValue, Hit, SearchResult
from search.searcher import THEME_ANALYSIS, owners_file, themes_file
from search.staff_file import FileProblem, StaffFile
from search.theme_remarks import remarks
from search.themes import Themes
from search.thread import Thread, common_themes, thread
from web import formats, labels, urls
from web.api import bodies
from web.cli.options import exposed, fail, index_option, settings
from web.engines import opened
from web.formats import isolated
from web.messages import note

Command = Callable[..., Any]


def _filter_options(command: Command) -> Command:
    """The options of the dimensions, in their order."""
    for one in reversed(DIMENSIONS):
        if one.kind == "values":
            what = f"Only this {one.name}; repeat for several."
            command = click.option(f"--{one.name}", multiple=True, help=what)(command)
        elif one.kind == "dates":
            first = click.option(f"--{one.name}-min", help="First: 2026-03-05, 2026-03, 2026.")
            last = click.option(f"--{one.name}-max", help="Last.")
            command = first(last(command))
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
    searcher = opened(given)
    result = searcher.search(urls.ordered(parsed.request))
    if as_json:
        body = bodies.answer(result, searcher.updated, bodies.View({}, "", given.limits))
        click.echo(msgspec.json.format(bodies.encode(body), indent=2))
    else:
        click.echo("\n".join(_lines(result)))


@click.command()
@click.argument("identifier")
@click.option("--json", "as_json", is_flag=True, help="The API's own answer.")
@index_option
def related(identifier: str, index_path: str | None, as_json: bool) -> None:
    """Show what is related to the decision with IDENTIFIER, and why: the same wording, owner and
    themes, and the words they share."""
    given = settings(index=index_path)
    exposed(given)
    searcher = opened(given)
    found = thread(searcher, identifier, NEVER)
    if found is None:
        fail(
            f"beslutet {quoted(identifier, 200)} finns inte. Sök efter det med `beslut search`.", 2
        )
    themes = common_themes(searcher, identifier, NEVER)
    if as_json:
        click.echo(msgspec.json.format(bodies.encode(bodies.related(found, themes)), indent=2))
    else:
        click.echo("\n".join(_thread_lines(found, themes)))


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--count", is_flag=True, help="Show what each theme to start from finds instead.")
@click.option("--json", "as_json", is_flag=True, help="The same, as the API's own answer.")
@index_option
def themes(file: Path | None, index_path: str | None, count: bool, as_json: bool) -> None:
    """Check a theme FILE, by default the one that the site uses, and remark on likely slips."""
    given = settings(index=index_path)
    checked = themes_file(file or given.themes_path)
    found = checked.current()
    _refuse(checked)
    if count or as_json:
        exposed(given)
        searcher = opened(replace(given, themes=str(checked.path)))
        _show_directory(searcher.directory(), found, as_json)
    else:
        click.echo(f"{checked.path}: {len(found)} grupper och {len(found.by_slug)} teman, inga fel")
        _show_remarks(remarks(found, THEME_ANALYSIS.stems, _is_right))


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@index_option
def owners(file: Path | None, index_path: str | None) -> None:
    """Check an owners FILE, by default the one that the site uses, and remark on names that the
    index does not have."""
    given = settings(index=index_path)
    checked = owners_file(file or given.owners_path)
    groups = checked.current()
    _refuse(checked)
    click.echo(f"{checked.path}: {len(groups)} grupper, inga fel")
    exposed(given)
    searcher = opened(replace(given, owners=str(checked.path)))
    _show_remarks(owner_remarks(groups, searcher.parties_named))


def _refuse(checked: StaffFile[Any]) -> None:
    """Ends with the errors of a file, if it has any."""
    for problem in checked.problems:
        click.echo(f"beslut: {problem}", err=True)
    if checked.problems:
        sys.exit(1)


def _show_directory(directory: Directory, themes: Themes, as_json: bool) -> None:
    """What the themes find, and last those that find nothing, which the pages leave out."""
    if as_json:
        click.echo(msgspec.json.format(bodies.encode(bodies.themes(directory)), indent=2))
        return
    for area in directory.areas:
        click.echo(click.style(area.name, bold=True))
        for theme in area.themes:
            total = formats.plural(theme.total, "beslut", "beslut")
            click.echo(f"  {theme.name} · {total}, {formats.money(theme.sum)}")
    shown = {theme.slug for area in directory.areas for theme in area.themes}
    others = [theme.name for slug, theme in themes.by_slug.items() if slug not in shown]
    if others:
        click.echo(f"Utan beslut, visas inte: {', '.join(others)}")


def _show_remarks(found: Sequence[FileProblem]) -> None:
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
    lines += map(note, result.notes)
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
    for dimension in COUNTED:
        lines += _facet_lines(dimension, result.facets[dimension.name].values)
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
            lines.append(f"{indent}{labels.field(snippet.field)}: {text}")
    return lines


def _thread_lines(found: Thread, themes: Sequence[CountedTheme]) -> list[str]:
    """What is related to a decision, for a terminal."""
    lines = [click.style("Samma ordalydelse", bold=True)]
    for passage in found.wording.passages:
        text = passage.text(found.decision)
        words = formats.plural(passage.words, "ord", "ord")
        if passage.kind == "standard":
            where = f"standardformulering, i minst {passage.decisions} av {passage.of} beslut"
        else:
            where = f"också i {formats.plural(passage.decisions, 'beslut', 'beslut')}"
        lines += [f"– ”{isolated(' '.join(text.split()))}” ({words}, {where})"]
        for other in passage.others:
            since = formats.day(other.since)
            lines += [*_brief_lines(other.decision), f"    {other.words} ord, {since}"]
    lines += [] if found.wording.passages else ["Inget stycke på tolv ord eller mer."]
    if found.owner:
        count = formats.plural(found.owner.profile.overview.count, "beslut", "beslut")
        total = formats.money(found.owner.profile.stats.sum)
        lines += ["", click.style("Samma projektägare", bold=True)]
        lines += [f"{isolated(found.owner.party.label)}: {count}, {total}"]
        lines += [line for one in found.owner.others for line in _brief_lines(one)]
    if found.nearby:
        where = f"{', '.join(found.nearby.places)} {found.nearby.year}"
        lines += ["", click.style("Samma plats och år", bold=True)]
        lines += [f"{where}: {formats.plural(found.nearby.total, 'beslut', 'beslut')}"]
        lines += [line for one in found.nearby.largest for line in _brief_lines(one)]
    if themes:
        told = (f"{isolated(theme.name)} {theme.total}" for theme in themes)
        lines += ["", click.style("Samma tema", bold=True), " · ".join(told)]
    lines += ["", click.style("Samma ovanliga ord", bold=True)]
    for one in found.related:
        terms = ", ".join(map(isolated, one.terms))
        lines += [*_brief_lines(one.decision), f"    Gemensamma ord: {terms}"]
    return lines if found.related else [*lines, "Inget annat beslut delar flera av dem."]


def _brief_lines(one: Decision) -> list[str]:
    title = click.style(isolated(one.title or one.owner), bold=True)
    return [f"  • {title}", f"    {isolated(one.owner)} · {isolated(one.round.name)} · {one.id}"]


def _facet_lines(dimension: Dimension, values: Sequence[FacetValue]) -> list[str]:
    shown = [
        f"{isolated(labels.value(dimension, one.name, one.chosen))} {one.count}"
        for one in values
        if one.count or one.selected
    ]
    return ["", f"{labels.heading(dimension)}: {' · '.join(shown[:10])}"] if shown else []
