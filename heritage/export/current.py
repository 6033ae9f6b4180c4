"""The release that is carried out: the one that visitors see."""

from __future__ import annotations

from pathlib import Path

from heritage.model.errors import InputError
from heritage.store import Store


def current_folder(site: Path) -> Path:
    """The folder of the current release of ``site``; its name is the release's id. Raises InputError where there is none."""
    folder = Store(site).current_folder()
    if folder is None:
        raise InputError(
            str(site),
            "it has no release yet",
            "a built site",
            "run `heritage build` first",
            code="no-release",
        )
    return folder
