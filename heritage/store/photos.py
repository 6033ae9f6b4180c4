"""Visitors' photos, below ``.heritage/photos/``: not derived, so in the backup. Who may see one is not known here."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from heritage.model.errors import InputError
from heritage.model.limits import REPORT_PHOTOS_BYTES
from heritage.store import fs
from heritage.store.publish import ensure_folder, publish_bytes

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_ORPHAN_S: Final = 3600.0


def photos_full(found: str) -> InputError:
    """507: there is no room for one more."""
    allowed = f"{REPORT_PHOTOS_BYTES / 2**30:g} GiB of all reports together"
    return InputError(
        "the photo", found, allowed, "send the words without it", code="photos-full", status=507
    )


class Photos:
    """The photos of one site. A name is drawn by lot: it says nothing, and no two reports share one."""

    def __init__(self, site: Path) -> None:
        self._site, self._folder = site, site / ".heritage" / "photos"

    def keep(self, jpeg: bytes) -> str:
        """Write a photo durably; its name. Raises InputError (507) where the room for them is used up, StoreError."""
        ensure_folder(self._folder, self._site)
        if sum(size for _, size, _ in self._files()) + len(jpeg) > REPORT_PHOTOS_BYTES:
            raise photos_full("the room for photos is used up")
        name = secrets.token_hex(16)
        publish_bytes(self._path(name), jpeg)
        return name

    def path(self, name: str) -> Path:
        """Where the photo lies."""
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return self._path(name)

    def drop(self, name: str) -> None:
        """Remove it; one that is gone stays gone."""
        with fs.told(self._path(name)):
            self.path(name).unlink(missing_ok=True)

    def sweep(self, known: frozenset[str]) -> None:
        """Remove what no report names: its server ended between writing it and its report, an hour ago or longer.

        Where they name none of those that are there, they are another database's reports, and nothing is removed.
        """
        files = self._files()
        if known.isdisjoint(path.stem for path, _, _ in files):
            return
        for path, _, made in files:
            if path.stem not in known and made < time.time() - _ORPHAN_S:
                self.drop(path.stem)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jpg"

    def _files(self) -> list[tuple[Path, int, float]]:
        found = []
        for path in self._folder.glob("*.jpg"):
            with suppress(FileNotFoundError):  # dropped meanwhile
                status = path.stat()
                found.append((path, status.st_size, status.st_mtime))
        return found
