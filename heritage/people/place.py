"""Where a site's accounts are by default. Asking needs no database's library."""

from __future__ import annotations

from pathlib import Path


def sqlite_path(site: Path) -> Path:
    """The SQLite file; it is there from the first account on."""
    return site / ".heritage" / "people.sqlite"
