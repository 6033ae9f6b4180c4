"""Commands that carry results out: publish, export cloud."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.main import cli


@cli.command()
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def publish(site: Path, target: Path) -> None:
    """Write a static copy of SITE's current release to TARGET: a folder, or a .zip."""
    from heritage.export.publish import publish as write

    write(site, target)
    click.echo(f"wrote {target}; any web server can serve it")


@cli.group("export")
def export_group() -> None:
    """Take results out in other formats."""


@export_group.command("cloud")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("monument")
@click.argument("epoch")
@click.argument("target", type=click.Path(path_type=Path))
def cloud(site: Path, monument: str, epoch: str, target: Path) -> None:
    """Write the labelled cloud of one EPOCH as LAZ: every source point, in source order, with class and reason."""
    from heritage.export.cloud import export_cloud

    count = export_cloud(site, monument, epoch, target)
    click.echo(f"wrote {target}: {count} points")
