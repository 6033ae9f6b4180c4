"""Commands that carry results out: ``heritage publish`` and ``heritage export``."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.paths import Target
from heritage.cli.problems import show_problems


@cli.command()
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("target", type=Target())
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
@click.argument("target", type=Target())
def cloud(site: Path, monument: str, epoch: str, target: Path) -> None:
    """Write the labelled cloud of one EPOCH as LAZ: every source point, in source order, with class and reason."""
    from heritage.export.cloud import export_cloud

    count = export_cloud(site, monument, epoch, target)
    click.echo(f"wrote {target}: {count} points")


@export_group.command("annotations")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("target", type=Target())
def annotations_out(site: Path, target: Path) -> None:
    """Write the annotations of SITE's current release to TARGET.

    Its ending says how: .geojson, .jsonld (W3C Web Annotation) or .csv. The same files are among the site's open data.
    """
    from heritage.export.annotations import export_annotations

    export_annotations(site, target)
    click.echo(f"wrote {target}")


@export_group.command("tour")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("tour")
@click.argument("target", type=Target())
@click.option(
    "--format",
    "kind",
    required=True,
    type=click.Choice(["svx", "kml", "iiif"]),
    help="svx: a folder for Smithsonian's Voyager; kml: a .kml or .kmz for Google Earth; iiif: a folder with a manifest.",
)
@click.option("--base", help="iiif: the web address at which the folder will be served.")
@click.option(
    "--geoid-height",
    type=float,
    help="kml: metres from the ellipsoid up to the sea (EGM96) at the place; negative where the sea is below.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what could not be carried as JSON.")
def tour_out(
    site: Path,
    tour: str,
    target: Path,
    kind: str,
    base: str | None,
    geoid_height: float | None,
    as_json: bool,
) -> None:
    """Write a TOUR of SITE's current release to TARGET for another system, and say what it could not carry."""
    if kind == "svx":
        from heritage.export.svx import export_svx

        problems = export_svx(site, tour, target)
    elif kind == "kml":
        from heritage.export.kml import export_kml

        problems = export_kml(site, tour, target, geoid_height_m=geoid_height)
    else:
        from heritage.export.iiif import export_iiif

        problems = export_iiif(site, tour, target, base=base)
    show_problems(problems, as_json=as_json)
    if not as_json:
        click.echo(f"wrote {target}; {len(problems)} thing(s) could not be carried")
