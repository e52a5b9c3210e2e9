"""The commands together, and what their errors become."""

from __future__ import annotations

import os
import sys

import click

from index.errors import ExplainedError
from search.request import RequestError
from web.cli import indexing, replicating, searching, serving, watching
from web.cli.options import fail, system_error
from web.messages import explained


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beslutssok", message="%(package)s %(version)s")
def beslut() -> None:
    """Full-text search over Swedish public-funding decisions."""


for command in (
    searching.search,
    searching.related,
    searching.themes,
    searching.owners,
    serving.serve,
    serving.demo,
    indexing.index,
    watching.watch,
    indexing.check,
    indexing.rollback,
    replicating.replicate,
    indexing.analyze,
):
    beslut.add_command(command)


def run() -> None:
    """Does what the command line says, and ends the process."""
    try:
        sys.exit(beslut(prog_name="beslut", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except RequestError as error:
        fail(f"{error.parameter}: {explained(error)}", 2)
    except ExplainedError as error:
        fail(str(error), 1)
    except OSError as error:
        # What could not be written would be tried again at the end, and complained of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        fail(system_error(error), 1)
