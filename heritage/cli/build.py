"""``heritage build``: a release from what has changed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.problems import show_problems


@cli.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option(
    "--monument",
    "monuments",
    multiple=True,
    help="Only this monument (may be given several times); makes no release.",
)
@click.option("--until", help="Stop after this stage; makes no release.")
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes; default: one per core.")
@click.option("--cluster", help="An existing Dask scheduler, tcp://host:port, over a shared file system.")
@click.option(
    "--review", is_flag=True, help="Make a release without showing it: someone looks at it and publishes it."
)
@click.option("--json", "as_json", is_flag=True, help="Print what happens as JSON, one object a line.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def build(
    site: Path,
    monuments: tuple[str, ...],
    until: str | None,
    workers: int | None,
    cluster: str | None,
    review: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Build SITE: run what is missing and publish a release."""
    from heritage.cli.progress import telling, watching
    from heritage.pipeline.build import build_site

    with telling() if as_json else watching(quiet) as watch:
        built = build_site(
            site,
            monuments=monuments,
            until=until,
            workers=workers,
            cluster=cluster,
            review=review,
            watch=watch,
        )
    if as_json:
        outcome = {"event": "done", "release": built.release, "fresh": built.fresh}
        click.echo(
            json.dumps(outcome | {"problems": [p.__dict__ for p in built.warnings]}, ensure_ascii=False)
        )
        return
    show_problems(built.warnings)
    if not quiet:
        if built.release is None:
            click.echo("done; no release was made because the build was limited")
        elif built.fresh and review:
            click.echo(f"made release {built.release}, which is not shown yet")
        elif built.fresh:
            click.echo(f"published release {built.release}")
        else:
            click.echo(f"nothing changed; release {built.release} stays")
