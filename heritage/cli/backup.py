"""Commands that keep a site safe: backup, restore."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.paths import Target
from heritage.cli.problems import show_problems
from heritage.cli.user import accounts_option
from heritage.people.place import sqlite_path

_ACCOUNTS = "accounts.jsonl"


@cli.command()
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("target", type=Target(dir_okay=False))
@accounts_option
def backup(site: Path, target: Path, accounts: str | None) -> None:
    """Write all of SITE that cannot be derived again into the file TARGET: its files, history, releases, accounts.

    People may go on working. The file is readable by its owner only: it holds the accounts. A link that leads out of
    SITE, or to nothing, is left out and named.
    """
    from heritage.people.database import Database
    from heritage.people.dump import dump
    from heritage.store.backup import back_up

    more = {}
    if accounts is not None or sqlite_path(site).is_file():
        with Database(site, accounts) as database:
            more[_ACCOUNTS] = dump(database)
    made = back_up(site, target, more)
    show_problems(made.left_out)
    missing = f", {len(made.left_out)} left out" if made.left_out else ""
    click.echo(f"{target}: {made.files} files, {made.bytes / 2**20:.1f} MiB{missing}")


@cli.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("site", type=click.Path(path_type=Path))
@accounts_option
@click.option("--without-accounts", is_flag=True, help="Leave the accounts in the backup.")
def restore(source: Path, site: Path, accounts: str | None, without_accounts: bool) -> None:
    """Make the new folder SITE of the backup SOURCE; every file is held against its SHA-256 first.

    Accounts go into SITE's own database, or into an empty one at --accounts. Nobody stays signed in.
    """
    from heritage.people.database import Database
    from heritage.people.dump import demand_empty, load
    from heritage.store import Store
    from heritage.store.fsck import fsck
    from heritage.store.restore import restore as unpack

    if accounts is not None and not without_accounts:
        # Before anything is written: the accounts have somewhere to go.
        with Database(site.absolute().parent, accounts) as database, database.reading() as connection:
            demand_empty(connection, database.shown)
    made, more = unpack(source, site)
    click.echo(f"{site}: {made.files} files, {made.bytes / 2**20:.1f} MiB, of {made.made}")
    click.echo(str(fsck(Store(site))))
    if _ACCOUNTS in more and not without_accounts:
        with Database(site, accounts) as database:
            click.echo(f"{load(database, more[_ACCOUNTS])} account(s)")
