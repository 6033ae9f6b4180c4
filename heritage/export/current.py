"""The release that is carried out, the one that visitors see, and where to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from heritage.model.errors import InputError
from heritage.model.release import MonumentEntry, Release
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


def released_monument(site: Path, monument: str) -> tuple[Path, MonumentEntry]:
    """The current release's folder and one of its monuments. Raises InputError where there is none of that name."""
    folder = current_folder(site)
    release = Release.model_validate_json((folder / "release.json").read_bytes(), strict=False)
    found = next((m for m in release.monuments if m.id == monument), None)
    if found is None:
        known = ", ".join(m.id for m in release.monuments)
        raise InputError(
            "MONUMENT",
            f"{monument!r} is no monument of the release",
            f"{known} are allowed",
            code="option-invalid",
        )
    return folder, found


def ending_of(target: Path, kinds: Mapping[str, str]) -> str:
    """What ``kinds`` says of the file's ending. Raises InputError for one that is not among them."""
    kind = kinds.get(target.suffix.lower())
    if kind is None:
        raise InputError(
            str(target),
            f"the ending {target.suffix!r}",
            f"{', '.join(kinds)} are allowed",
            code="option-invalid",
        )
    return kind
