"""Commands about tours."""

from __future__ import annotations

from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.model.errors import InputError
from heritage.model.limits import MARKDOWN_BYTES


@cli.group()
def tour() -> None:
    """Work on the words of tours."""


@tour.command()
@click.argument("tour_id", metavar="TOUR")
@click.argument("language")
@click.option("--site", type=click.Path(path_type=Path), default=".", help="The site's folder.")
@click.option("--from", "source", help="The language to translate from; default: the site's first.")
def translate(tour_id: str, language: str, site: Path, source: str | None) -> None:
    """Write the file to fill for TOUR in LANGUAGE, the source text beside each heading.

    Run again, it shows what changed in the source since and adds what is new. Words that are there are never touched.
    """
    from heritage.model.documents import Site, Tour
    from heritage.model.paths import demand_site
    from heritage.store import publish_bytes
    from heritage.text.translate import read_source
    from heritage.text.translate import translate as translated
    from heritage.text.yaml import read_text, read_yaml

    demand_site(site)
    languages = read_yaml(site / "site.yaml", Site, "site.yaml").document.languages
    source = source or languages[0]
    if language not in languages or language == source:
        allowed = f"{', '.join(one for one in languages if one != source)} are allowed"
        remedy = "add it to languages in site.yaml"
        raise InputError(
            "LANGUAGE", f"{language} is none to translate into", allowed, remedy, code="option-invalid"
        )
    folder = site / "tours" / tour_id
    if tour_id not in {path.parent.name for path in site.glob("tours/*/tour.yaml")}:
        raise InputError(
            "TOUR", f"{tour_id!r} is no tour of this site", "a folder in tours/", code="option-invalid"
        )
    document = read_yaml(folder / "tour.yaml", Tour, f"tours/{tour_id}/tour.yaml").document
    stops = [stop.id for stop in document.stops]
    words = read_source(folder / f"{source}.md", stops, f"tours/{tour_id}/{source}.md")
    path = folder / f"{language}.md"
    shown = f"tours/{tour_id}/{language}.md"
    present = read_text(path, shown, MARKDOWN_BYTES) if path.exists() else None
    made = translated(words, source, stops, present, shown)
    publish_bytes(path, made.text.encode())
    for change in made.changes:
        click.echo(f"{change.stop or 'the tour'}: {change.kind}")
        for line in change.difference:
            click.echo(f"    {line}")
    waiting = sum(change.kind != "gone" for change in made.changes)
    click.echo(f"{path}: {len(stops) + 1 - waiting} of {len(stops) + 1} passages are as their source")
