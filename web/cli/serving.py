"""The commands that serve the site."""

from __future__ import annotations

import contextlib
import errno
import shlex
import shutil
import socket
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from search.deadline import Deadline
from search.request import SearchRequest, SearchTimeout
from search.searcher import owners_file, themes_file
from web.cli.options import DEFAULTS, exposed, index_option, settings
from web.engines import opened
from web.settings import Settings, variable

COUNT_SECONDS = 3
"""For the themes before the site is up; 1.5 are enough where there is no other work."""
_PORT_REFUSED = {
    errno.EADDRINUSE: "är upptagen av ett annat program",
    errno.EACCES: "får inte användas av den som kör kommandot",
}
_host = click.option("--host", show_default=DEFAULTS.host)
_port = click.option("--port", show_default=str(DEFAULTS.port))


@click.command()
@_host
@_port
@click.option("--workers", show_default=str(DEFAULTS.workers))
@index_option
def serve(index_path: str | None, **options: str | None) -> None:
    """Serve the site with Granian."""
    chosen = settings(index=index_path, **options)
    if warning := exposed(chosen):
        click.echo(f"beslut: varning: {warning}", err=True)
    if chosen.show_reading and not chosen.reports_path:
        what = "BESLUT_SHOW_READING visar inget utan BESLUT_REPORTS. Ange mappen för rapporter."
        click.echo(f"beslut: varning: {what}", err=True)
    named = [] if chosen.index == DEFAULTS.index else ["--index", str(chosen.index)]
    with _listening(chosen) as listener:
        _serve(chosen, listener, f"{_program()} index MAPP {shlex.join(named)}".rstrip())


@click.command()
@_host
@_port
def demo(**options: str | None) -> None:
    """Serve the decisions that come with the project, from an index that is gone afterwards."""
    from index.build import SAMPLES, build

    chosen = settings(**options)
    with _listening(chosen) as listener, tempfile.TemporaryDirectory(prefix="beslut-") as folder:
        chosen = replace(chosen, index=Path(folder, "index"), engine="")
        build([SAMPLES], chosen.index)
        _serve(chosen, listener, f"{_program()} index MAPP && {_program()} serve")


def _listening(chosen: Settings) -> socket.socket:
    """The socket to serve on: taken first, since all else is in vain if that fails."""
    from web.serving import server  # not for the other commands, which need no server

    try:
        return server.listen(chosen)
    except OSError as error:
        raise _not_to_be_had(chosen, error) from error


def _serve(chosen: Settings, listener: socket.socket, command: str) -> None:
    """Serves until told to stop. The `command` puts in lists of one's own."""
    from web.serving import server

    is_sample = _ready(chosen)
    click.echo(f"Beslutssök på {_address(chosen)} (avsluta med Ctrl+C)")
    if is_sample:
        click.echo(f"Besluten är ett exempel. Egna listor läggs in med: {command}", err=True)
    server.serve(chosen, listener, command)


def _ready(chosen: Settings) -> bool:
    """Loads, once for all workers, what searching needs; whether it is the sample that is served.
    Raises `IndexUnusable`."""
    owners = owners_file(chosen.owners_path)
    for problem in (*themes_file(chosen.themes_path).problems, *owners.problems):
        click.echo(f"beslut: varning: {problem}", err=True)
    searcher = opened(chosen)
    is_sample = searcher.generation.is_sample
    searcher.search(SearchRequest(q="beslut"))
    searcher.themes.current().look_up_all()
    with contextlib.suppress(SearchTimeout):  # each process counts on where this one stopped
        searcher.directory(Deadline.after(COUNT_SECONDS))
    searcher.close()
    return is_sample


def _not_to_be_had(chosen: Settings, error: OSError) -> click.ClickException:
    """Says that the address cannot be listened on, and how another is chosen."""
    why = _PORT_REFUSED.get(error.errno or 0)
    if why is None:
        return click.ClickException(
            f"{_address(chosen)}: datorn har ingen sådan adress. "
            f"Ange en annan med {variable('host')} eller --host."
        )
    other = chosen.port + 1 if 1024 <= chosen.port < 65_535 else 8000
    return click.ClickException(
        f"{_address(chosen)} {why}. Välj en annan port, t.ex. {variable('port')}={other} eller "
        f"--port {other}."
    )


def _address(chosen: Settings) -> str:
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{host}:{chosen.port}"


def _program() -> str:
    """This program as one types it again."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    if found and called.exists() and Path(found).samefile(called):
        return called.name
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)
