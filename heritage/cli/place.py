"""The command place."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.problems import show_problems
from heritage.model.errors import HeritageError


@cli.command()
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("monument")
@click.option(
    "--by",
    "order",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A file with another registration, and footprint, than monument.yaml has, in its words; - is the standard input.",
)
@click.option(
    "--refine", is_flag=True, help="Lay the walls on the footprint anew, beginning from registration.pose."
)
@click.option("--json", "as_json", is_flag=True, help="Print the placement with all its figures as JSON.")
def place(site: Path, monument: str, order: Path | None, refine: bool, as_json: bool) -> None:
    """Try where MONUMENT of SITE would stand, from what the newest release was made from. Nothing is changed.

    What is found is told as monument.yaml would say it; written there, the next build places the monument so.
    """
    from heritage.model.placement_reason import said
    from heritage.pipeline.try_placement import read_order, try_placement

    try:
        given = read_order(site, monument, order, sys.stdin.buffer)
        trial = try_placement(site, monument, given.model_copy(update={"refine": refine or given.refine}))
    except HeritageError as error:
        if not as_json:
            raise
        show_problems(error.problems, as_json=True)
        sys.exit(error.exit_code)
    if as_json:
        click.echo(trial.model_dump_json())
        return
    present, *others = trial.plan.places
    pose = present.pose
    click.echo(
        f"{trial.placement.method}, {'settled' if trial.placement.settled else 'not settled'}: {said(trial.placement.reasons)}"
    )
    x, y, z = pose.crs_m
    up = "" if pose.up == (0.0, 0.0, 1.0) else f", up: [{', '.join(f'{v:g}' for v in pose.up)}]"
    click.echo(f"pose: {{crs_m: [{x}, {y}, {z}], heading_deg: {pose.heading_deg}, scale: {pose.scale}{up}}}")
    for name in ("rms_m", "sigma_m", "iou", "cover", "outside"):
        value = getattr(present, name)
        if value is not None:
            click.echo(f"{name}: {value:.3f}")
    for point in trial.plan.points:
        click.echo(f"{point.name} ({point.use}): {point.length_m:.3f} m")
    for other in others:
        click.echo(f"another: heading {other.pose.heading_deg:.1f}°, {other.likelihood:.2g} times as likely")
    for warning in trial.warnings:
        click.echo(f"warning: {warning}", err=True)
