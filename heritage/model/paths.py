"""What paths that people type must lead to: a site, a folder to write into."""

from __future__ import annotations

from pathlib import Path

from heritage.model.errors import InputError


def demand_site(site: Path) -> None:
    """Raises InputError (``site-missing``) where ``site`` is none: a disk that is not mounted looks like an empty folder."""
    if not (site / "site.yaml").exists():
        remedy = "make one with `heritage new` or `heritage sample`"
        raise InputError(str(site), "no site.yaml here", "a site folder", remedy, code="site-missing")


def demand_folder_above(target: Path) -> None:
    """Raises InputError (``target-missing``) where there is no folder to write ``target`` into."""
    if not target.absolute().parent.is_dir():
        found = "the folder above it does not exist"
        raise InputError(str(target), found, "a place in a folder", "make it", code="target-missing")
