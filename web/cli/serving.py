"""The command that serves the site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from search.request import SearchRequest
from search.searcher import Searcher
from web.cli.options import DEFAULTS, index_option, settings
from web.settings import HIGHEST_PORT


@click.command()
@click.option("--host", show_default=DEFAULTS.host)
@click.option("--port", type=click.IntRange(1, HIGHEST_PORT), show_default=str(DEFAULTS.port))
@click.option("--workers", type=click.IntRange(min=1), show_default=str(DEFAULTS.workers))
@index_option
def serve(index_path: Path, **options: Any) -> None:
    """Serve the site with Granian."""
    from web.serving import server  # not for the other commands, which need no server

    given = {name: value for name, value in options.items() if value is not None}
    chosen = replace(settings(), index=index_path, **given)
    searcher = Searcher.open(chosen.index, chosen.limits, chosen.themes_path)
    searcher.search(SearchRequest(q="beslut"))  # loads, once for all workers, what searching needs
    searcher.close()
    listener = server.listen(chosen)
    click.echo(f"Beslutssök på http://{chosen.host}:{chosen.port} (avsluta med Ctrl+C)")
    server.serve(chosen, listener)
