"""The command that all others are commands of."""

from __future__ import annotations

import click

from heritage import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="heritage")
def cli() -> None:
    """Point clouds of monuments in; a geo-registered 3D map with tours and comparisons out."""
