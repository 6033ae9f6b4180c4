"""Commands about derived data: fsck, gc."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heritage.cli.main import cli
from heritage.cli.user import accounts_option
from heritage.model.errors import Problem
from heritage.people.place import sqlite_path


@cli.group("store")
def store_group() -> None:
    """Look after .heritage/, the derived data."""


@store_group.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@accounts_option
def fsck(site: Path, accounts: str | None) -> None:
    """Hash everything again, name what is damaged, also in the records of the accounts where there are any, and
    sweep what a crash left."""
    from heritage.store import Store
    from heritage.store.fsck import fsck as examine

    result = examine(Store(site))
    click.echo(str(result))
    damage = _damaged_accounts(site, accounts)
    if damage is not None:
        click.echo(str(damage))
    if not result.sound or damage is not None:
        sys.exit(3)


def _damaged_accounts(site: Path, accounts: str | None) -> Problem | None:
    """Where the chain of who did what to accounts does not hold."""
    from heritage.people import events
    from heritage.people.database import Database

    if accounts is None and not sqlite_path(site).is_file():
        return None
    with Database(site, accounts) as database, database.reading() as connection:
        return events.damage(connection)


@store_group.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option(
    "--keep", default=3, show_default=True, type=click.IntRange(min=1), help="Releases to keep, newest first."
)
def gc(site: Path, keep: int) -> None:
    """Delete stages and releases that neither the present files nor a kept release need."""
    from heritage.pipeline.build import collect

    freed = collect(site, keep)
    click.echo(f"freed {freed / 2**20:.0f} MiB")
