"""Commands about a site's own files: sample, new, check."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.paths import Target
from heritage.cli.problems import show_problems
from heritage.model.errors import HeritageError, InputError


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--points",
    default=1_500_000,
    show_default=True,
    type=click.IntRange(min=10_000),
    help="Points of all surveys together.",
)
@click.option(
    "--seed",
    default=7,
    show_default=True,
    type=click.IntRange(min=0),
    help="Another seed makes another precinct.",
)
def sample(directory: Path, points: int, seed: int) -> None:
    """Write the sample site with its ground truth into DIRECTORY."""
    from heritage.sample.site import write_sample

    write_sample(directory, seed=seed, points=points)
    click.echo(f"wrote {directory}; next: heritage build {shlex.quote(str(directory))}")


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
def new(directory: Path) -> None:
    """Write a commented, empty site into DIRECTORY."""
    from heritage.text.new import write_new_site

    write_new_site(directory)
    click.echo(
        f"wrote {directory}; next: put a scan and a monument.yaml into {directory}/monuments/, "
        f"then heritage check {shlex.quote(str(directory))}"
    )


@cli.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="Print problems as JSON.")
@click.option(
    "--tour", help="Only what concerns this tour; sources checked by the last build are not read again."
)
@click.option(
    "--repairs",
    type=Target(dir_okay=False),
    help="Write ground plans with a fault, and the repairs proposed, to this GeoJSON file.",
)
def check(site: Path, as_json: bool, tour: str | None, repairs: Path | None) -> None:
    """Check every file of SITE; problems are named with file and line.

    Tours are looked at as well: against the surfaces of the present release it finds what is hidden, flown through,
    too fast or too short.
    """
    from heritage.pipeline.build import load_checked
    from heritage.pipeline.lint.tours import lint_tours
    from heritage.pipeline.reading.verdicts import Verdicts
    from heritage.store import Store

    store = Store(site)
    try:
        if tour is None:
            loaded, problems = load_checked(site, every_point=True)
        else:
            loaded, problems = load_checked(site, verdicts=Verdicts(store.verdicts()))
    except HeritageError as error:
        if not as_json:
            raise
        show_problems(error.problems, as_json=True)
        sys.exit(error.exit_code)
    if tour is not None:
        if tour not in loaded.tours:
            allowed = f"{', '.join(loaded.tours)} are allowed"
            raise InputError("--tour", f"{tour!r} is no tour of this site", allowed, code="option-invalid")
        loaded = replace(loaded, tours={tour: loaded.tours[tour]})
        problems = tuple(p for p in problems if p.where.startswith(f"tours/{tour}/"))
    if repairs is not None:
        from heritage.pipeline.check.repairs import footprint_repairs
        from heritage.store import publish_bytes

        content, count = footprint_repairs(loaded)
        publish_bytes(repairs, content)
        if not as_json:
            click.echo(f"{repairs}: {count} repair(s) to look at")
    if all(problem.severity != "error" for problem in problems):
        problems += lint_tours(loaded, store.current_folder())
    show_problems(problems, as_json=as_json)
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        sys.exit(2)
    if not as_json:
        click.echo(f"{site}: no errors" + (f", {len(problems)} warning(s)" if problems else ""))
