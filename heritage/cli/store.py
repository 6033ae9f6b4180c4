"""Commands about derived data: fsck, gc."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heritage.cli.main import cli


@cli.group("store")
def store_group() -> None:
    """Look after .heritage/, the derived data."""


@store_group.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
def fsck(site: Path) -> None:
    """Hash everything again, name what is damaged, sweep what a crash left."""
    from heritage.store import Store
    from heritage.store.fsck import fsck as examine

    result = examine(Store(site))
    click.echo(str(result))
    if not result.sound:
        sys.exit(3)


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
