"""The command line. Exit codes: 0 done, 1 the method failed, 2 the input is wrong, 3 the store is damaged, 4 busy."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

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


_STOPPED = 130  # as shells say it of a program that Ctrl-C has ended


def heed_stops() -> None:
    """Ctrl-C and a plain kill alike: workers are closed and the lock is released. Who asks twice waits for neither:
    workers end by themselves when they are alone, and nothing half-written has its name yet."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):
        signal.signal(again, _stop_at_once)
    raise KeyboardInterrupt


def _stop_at_once(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(_STOPPED)


def main() -> None:
    """Run the command line; expected failures become one line per problem and an exit code."""
    heed_stops()
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
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("stopped; what was finished is kept", err=True)
        sys.exit(_STOPPED)
