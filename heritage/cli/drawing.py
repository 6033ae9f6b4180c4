"""Commands that draw: export elevation, export section."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.export import export_group
from heritage.cli.paths import Target


@export_group.command("elevation")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("monument")
@click.argument("condition", metavar="EPOCH")
@click.option(
    "--side",
    required=True,
    help="The façade that is seen: north, north-east … north-west, top, or degrees clockwise from north.",
)
@click.option("--mm-per-pixel", default=10.0, show_default=True, help="Of the monument, on each pixel.")
@click.option(
    "--scale", default=50.0, show_default=True, help="Print at 1 to this: the file's resolution says so."
)
@click.option("--out", required=True, type=Target(dir_okay=False), help="A .png or .tif.")
def elevation(
    site: Path, monument: str, condition: str, side: str, mm_per_pixel: float, scale: float, out: Path
) -> None:
    """Draw MONUMENT in the condition EPOCH (or a state) by parallel rays, square to its walls, to be measured in.

    Plants and the ground far around are left out; below stands a scale bar.
    """
    from heritage.export.drawings import export_elevation

    width, height = export_elevation(
        site, monument, condition, out, side=side, mm_per_pixel=mm_per_pixel, scale=scale
    )
    click.echo(f"wrote {out}: {width} x {height} pixels of {mm_per_pixel:g} mm, prints at 1 : {scale:g}")


@export_group.command("section")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("monument")
@click.argument("conditions", metavar="EPOCH...", nargs=-1, required=True)
@click.option("--from", "start", nargs=2, type=float, help="x y in the monument frame, metres.")
@click.option("--to", "end", nargs=2, type=float, help="x y of the other end; it is on the right.")
@click.option("--level", "level_m", type=float, help="Instead: the height z of a horizontal section, metres.")
@click.option("--scale", default=50.0, show_default=True, help="SVG: drawn at 1 to this; DXF is in metres.")
@click.option("--out", required=True, type=Target(dir_okay=False), help="A .svg or .dxf.")
def section(
    site: Path,
    monument: str,
    conditions: tuple[str, ...],
    start: tuple[float, float] | None,
    end: tuple[float, float] | None,
    level_m: float | None,
    scale: float,
    out: Path,
) -> None:
    """Cut MONUMENT with a plane and draw every EPOCH (or state) over the other in true scale."""
    from heritage.export.drawings import export_section

    if (start is None) != (end is None):
        raise click.UsageError("--from and --to go together")
    line = None if start is None or end is None else (start, end)
    count = export_section(site, monument, conditions, out, line=line, level_m=level_m, scale=scale)
    click.echo(f"wrote {out}: {count} line(s)")
