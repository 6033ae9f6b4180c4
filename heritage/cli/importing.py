"""``heritage import``: what other systems made."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.problems import show_problems


@cli.group("import")
def import_group() -> None:
    """Bring in what other systems made."""


@import_group.command("annotations")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def annotations_in(site: Path, file: Path) -> None:
    """Add the annotations drawn in the viewer and saved in FILE to their monument's annotations.yaml.

    What stands there stays as it is written; the new ones come at the end.
    """
    from heritage.export.drawn import import_annotations

    monument, count = import_annotations(site, file)
    click.echo(
        f"added {count} annotation(s) to monuments/{monument}/annotations.yaml; next: heritage check {shlex.quote(str(site))}"
    )


@import_group.command("vocabulary")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def vocabulary_in(site: Path, file: Path) -> None:
    """Add the terms of a SKOS FILE (Turtle, RDF/XML, JSON-LD) to SITE's vocabulary.yaml; nothing is fetched."""
    from heritage.export.vocabulary import import_vocabulary

    count, problems = import_vocabulary(site, file)
    show_problems(problems)
    click.echo(f"added {count} term(s) to vocabulary.yaml; {len(problems)} left out")


@import_group.command("tour")
@click.argument("site", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--id", "tour_id", help="The new tour's id; default: made of the file's name or the tour's title."
)
@click.option("--monument", help="The monument it goes to; default: what the file says, or the only one.")
@click.option("--language", help="Of words whose language the file does not say; default: the site's first.")
@click.option("--number", default=1, show_default=True, help="Which of several tours in the file.")
@click.option(
    "--geoid-height",
    type=float,
    help="KML: metres from the ellipsoid up to the sea (EGM96) at the place; negative where the sea is below.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what could not be carried as JSON.")
def tour_in(
    site: Path,
    file: Path,
    tour_id: str | None,
    monument: str | None,
    language: str | None,
    number: int,
    geoid_height: float | None,
    as_json: bool,
) -> None:
    """Write the tour in FILE (SVX, KML, KMZ, IIIF) into SITE, and say what could not be carried."""
    from heritage.export.incoming import import_tour

    made = import_tour(
        site,
        file,
        tour_id=tour_id,
        monument=monument,
        language=language,
        number=number,
        geoid_height_m=geoid_height,
    )
    show_problems(made.problems, as_json=as_json)
    if not as_json:
        click.echo(f"wrote tours/{made.id}; {len(made.problems)} thing(s) could not be carried as they were")
