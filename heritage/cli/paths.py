"""What a command is given to write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from heritage.model.paths import demand_folder_above


class Target(click.Path):
    """A file or folder to write, in a folder that exists. Raises InputError (``target-missing``) where it does not.

    A mistyped folder is the caller's word to mend, not a disk that fails.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as it was given."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        demand_folder_above(path)
        return path
