"""The command compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

from heritage.cli.group import cli
from heritage.model.source import Unit, UpAxis

_UP, _UNITS = get_args(UpAxis), get_args(Unit)


@cli.command()
@click.argument("cloud", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("mesh", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reach", default=0.1, show_default=True, type=click.FloatRange(min=0, min_open=True),
              help="Metres; points farther from the mesh say nothing of it.")  # fmt: skip
@click.option("--up", type=click.Choice(_UP), help="The mesh's upward axis; default: y, of a PLY z.")
@click.option("--units", default="m", show_default=True, type=click.Choice(_UNITS), help="The mesh's unit.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def compare(cloud: Path, mesh: Path, reach: float, up: UpAxis | None, units: Unit, as_json: bool) -> None:
    """A fast look: signed distances of the points of CLOUD to MESH, outward positive, as the files are.

    Nothing is cleaned or aligned, and no level of detection says what is noise: epochs of a site are compared by
    `heritage build`, as `compare` in monument.yaml says.
    """
    from heritage.pipeline.quick_compare import quick_compare

    found = quick_compare(cloud, mesh, reach, up, units)
    if as_json:
        click.echo(json.dumps({f.name: f.value for f in found}))
        return
    for figure in found:
        value = f"{1000 * (figure.value or 0):.2f} mm" if figure.unit == "m" else f"{figure.value:.6g}"
        click.echo(f"{figure.name}: {value}")
