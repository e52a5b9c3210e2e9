"""What can be typed in a terminal?

The ``beslut`` command. Exit codes: 0 well, 1 not whole, 2 used wrongly. It is the one part of `web`
that may reach past ``search``: the commands in ``indexing`` build and mind an index.
"""

from __future__ import annotations

import sys

import click

from index.errors import BeslutError
from search.request import RequestError
from web.cli import indexing, searching, serving
from web.cli.options import fail


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def beslut() -> None:
    """Full-text search over Swedish public-funding decisions."""


for command in (
    searching.search,
    searching.related,
    searching.themes,
    serving.serve,
    indexing.index,
    indexing.check,
    indexing.rollback,
    indexing.analyze,
):
    beslut.add_command(command)


def main() -> None:
    """The entry point: what goes wrong becomes one line on standard error and an exit code."""
    try:
        sys.exit(beslut(prog_name="beslut", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except click.Abort:
        fail("avbrutet", 1)
    except RequestError as error:
        fail(f"{error.parameter}: {error}", 2)
    except BeslutError as error:
        fail(str(error), 1)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", 1)
