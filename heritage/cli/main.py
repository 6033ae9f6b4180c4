"""The command line. Exit codes: 0 done, 1 the method failed, 2 the input is wrong, 3 the store is damaged, 4 busy."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from heritage.cli import (
    backup,
    build,
    compare,
    drawing,
    export,
    importing,
    place,
    report,
    serve,
    site,
    store,
    tour,
    user,
)
from heritage.cli.group import cli
from heritage.model.errors import HeritageError

# Imported for their commands, which join `cli`.
__all__ = [
    "backup",
    "build",
    "cli",
    "compare",
    "drawing",
    "export",
    "importing",
    "main",
    "place",
    "report",
    "serve",
    "site",
    "store",
    "tour",
    "user",
]


def _terminate(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; expected failures become one line per problem and an exit code."""
    # A plain kill should close workers and release the lock exactly as Ctrl-C does.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except HeritageError as error:
        for problem in error.problems:
            click.echo(f"{problem.severity}: {problem} [{problem.code}]", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.exceptions.Abort):  # click makes the second of the first
        click.echo("stopped; what was finished is kept", err=True)
        sys.exit(130)
