"""The command that serves the site."""

from __future__ import annotations

import contextlib

import click

from search.deadline import Deadline
from search.request import SearchRequest, SearchTimeout
from search.searcher import Searcher, owners_file, themes_file
from web.cli.options import DEFAULTS, exposed, index_option, settings

COUNT_SECONDS = 3
"""For the themes before the site is up; 1.5 are enough where there is no other work."""


@click.command()
@click.option("--host", show_default=DEFAULTS.host)
@click.option("--port", show_default=str(DEFAULTS.port))
@click.option("--workers", show_default=str(DEFAULTS.workers))
@index_option
def serve(index_path: str | None, **options: str | None) -> None:
    """Serve the site with Granian."""
    from web.serving import server  # not for the other commands, which need no server

    chosen = settings(index=index_path, **options)
    if warning := exposed(chosen):
        click.echo(f"beslut: varning: {warning}", err=True)
    if chosen.show_reading and not chosen.reports_path:
        what = "BESLUT_SHOW_READING visar inget utan BESLUT_REPORTS. Ange mappen för rapporter."
        click.echo(f"beslut: varning: {what}", err=True)
    owners = owners_file(chosen.owners_path)
    for problem in (*themes_file(chosen.themes_path).problems, *owners.problems):
        click.echo(f"beslut: varning: {problem}", err=True)
    searcher = Searcher.open(chosen.index, chosen.limits, chosen.themes_path, chosen.owners_path)
    searcher.search(SearchRequest(q="beslut"))  # loads, once for all workers, what searching needs
    searcher.themes.current().look_up_all()
    with contextlib.suppress(SearchTimeout):  # each process counts on where this one stopped
        searcher.directory(Deadline.after(COUNT_SECONDS))
    searcher.close()
    listener = server.listen(chosen)
    click.echo(f"Beslutssök på http://{chosen.host}:{chosen.port} (avsluta med Ctrl+C)")
    server.serve(chosen, listener)
