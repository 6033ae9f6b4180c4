"""What a command is given: a folder that is a site, a file to be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from heritage.model.errors import InputError


class Target(click.Path):
    """A file or folder to write, in a folder that exists. Raises InputError (``target-missing``) where it does not.

    A mistyped folder is the caller's word to mend, not a disk that fails.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as it was given."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.absolute().parent.is_dir():
            found = "the folder above it does not exist"
            raise InputError(str(path), found, "a place in a folder", "make it", code="target-missing")
        return path


def demand_site(site: Path) -> None:
    """Raises InputError (``site-missing``) where ``site`` is none: a disk that is not mounted looks like an empty folder."""
    if not (site / "site.yaml").is_file():
        raise InputError(
            str(site),
            "no site.yaml here",
            "a site folder",
            "make one with `heritage new` or `heritage sample`",
            code="site-missing",
        )
