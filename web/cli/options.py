"""What the commands share: the settings, the option that names the index, the end on an error."""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

import click

from index.errors import IndexUnusable
from index.problem import shown
from index.storage.exposure import exposure
from web.settings import Settings

DEFAULTS = Settings()
index_option = click.option(
    "--index",
    "index_path",
    metavar="FOLDER",
    show_default=str(DEFAULTS.index),
    help="Folder of the index.",
)

reports_option = click.option(
    "--reports",
    metavar="FOLDER",
    help="Folder that the report is kept in, as JSON and as mail.",
)

_PERMISSION = "behörighet saknas. Ge den som kör kommandot rätt till filen eller mappen"
_SYSTEM = {
    errno.ENOSPC: "disken är full. Frigör plats och kör om",
    errno.EDQUOT: "diskkvoten är slut. Frigör plats och kör om",
    errno.EFBIG: "filen blir större än systemet tillåter. Höj gränsen (ulimit -f) och kör om",
    errno.EROFS: "disken är skrivskyddad. Välj en annan mapp",
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.ENOENT: "finns inte. Kontrollera sökvägen",
    errno.ENOTDIR: "en del av sökvägen är ingen mapp. Kontrollera sökvägen",
}


def settings(**options: str | None) -> Settings:
    """The settings that the options and the environment give; raises `click.UsageError`."""
    try:
        return Settings.from_environment(os.environ, **options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def exposed(given: Settings) -> IndexUnusable | None:
    """What is to be said if others can write in the index; raised where the settings refuse it.
    To be called before an index is opened, since opening runs what is in it."""
    error = exposure(given.index)
    if error and given.strict_index:
        raise error
    return error


def system_error(error: OSError) -> str:
    """What the system refused, and what to do."""
    known = _SYSTEM.get(error.errno or 0)
    what = known or f"systemet säger {error.strerror or error}. Kontrollera disken och kör om"
    return f"{shown(os.fsdecode(error.filename))}: {what}." if error.filename else f"{what}."


def fail(message: str, code: int) -> NoReturn:
    """The lines of a message on standard error, and an exit code."""
    for line in message.splitlines():
        click.echo(f"beslut: {line}", err=True)
    sys.exit(code)
