"""The command that copies an index to where it is served or kept."""

from __future__ import annotations

import click

from index.problem import shown
from index.storage.replica import replicate as copy
from web.cli.options import exposed, index_option, settings
from web.formats import number


@click.command()
@click.argument("target")
@index_option
def replicate(target: str, index_path: str | None) -> None:
    """Copy the index to TARGET, a folder, or with rsync to another machine (host:folder). What is
    served there goes on being served until the copy is whole."""
    given = settings(index=index_path)
    exposed(given)
    done = copy(given.index, target)
    if done.copied is None:
        click.echo(f"{shown(target)} har redan {done.name}, hel: inget är kopierat")
    else:
        rest = ", resten fanns där" if done.copied < done.files else ""
        files = f"{number(done.copied)} av {number(done.files)} filer är kopierade{rest}"
        click.echo(f"{shown(target)} har nu {done.name}: {files}")
