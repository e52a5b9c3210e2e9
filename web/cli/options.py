"""What the commands share: the settings, the option that names the index, the end on an error."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from web.settings import Settings, variable

DEFAULTS = Settings()
index_option = click.option(
    "--index",
    "index_path",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULTS.index,
    envvar=variable("index"),
    show_default=True,
    help="Folder of the index.",
)


def settings() -> Settings:
    """The settings that the environment gives; raises `click.UsageError`."""
    try:
        return Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def fail(message: str, code: int) -> NoReturn:
    """One line on standard error, and an exit code."""
    click.echo(f"beslut: {message}", err=True)
    sys.exit(code)
