"""Commands about derived data: fsck, gc."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.user import accounts_option
from heritage.model.paths import demand_site
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

    demand_site(site)
    result = examine(Store(site))
    click.echo(str(result))
    _demand_whole_accounts(site, accounts)
    if not result.sound:
        sys.exit(3)


def _demand_whole_accounts(site: Path, accounts: str | None) -> None:
    """Raise StoreError where the chain of who did what to accounts does not hold."""
    from heritage.people import events
    from heritage.people.database import Database

    if accounts is not None or sqlite_path(site).is_file():
        with Database(site, accounts) as database, database.reading() as connection:
            events.demand_whole(connection)


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
