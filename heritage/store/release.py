"""The folder of a release while it is being filled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from heritage.model.errors import StoreError
from heritage.store import fs
from heritage.store.manifest import MANIFEST, SIDECAR, digest, read_manifest


class Writes(Protocol):
    """What files can be written into."""

    def write(self, relative: str, data: bytes) -> None:
        """Make the file ``relative``."""


class ReleaseFolder:
    """Writes a release's files. Paths are relative, with forward slashes.

    ``path`` is the folder, ``site`` and ``stages`` the folders that sources usually come from.
    """

    def __init__(self, path: Path, site: Path, stages: Path) -> None:
        self.path = path
        self._site = site
        self._stages = stages
        self._digests: dict[Path, dict[str, str]] = {}

    def write(self, relative: str, data: bytes) -> None:
        """Make the file ``relative``. Raises StoreError where it exists with other content."""
        target = self._target(relative)
        if target.exists():
            if target.read_bytes() != data:
                raise _twice(relative)
            return
        with fs.told(target):
            fs.create(target, data)

    def add(self, relative: str, source: Path) -> None:
        """Copy the plain file ``source`` to ``relative``.

        A copy, not a hard link: one flipped bit must not damage a stage and a release at once. Raises
        StoreError for a FIFO, device or folder, for a link out of the site, for a stage's file that is no
        longer what its stage wrote, and where ``relative`` exists with other content.
        """
        target = self._target(relative)
        self._refuse_way_out(source)
        if target.exists():
            if digest(target) != digest(source):
                raise _twice(relative)
            return
        with fs.told(source):
            fs.copy(source, target)
        promised = self._promised(source)
        if promised is not None and promised != digest(target):
            raise StoreError(
                str(source),
                "it is not what its stage wrote",
                "files as they were published",
                "run `heritage store fsck`, delete the folder it names and build again",
                code="store-damaged",
            )

    def _target(self, relative: str) -> Path:
        parts = relative.split("/")
        if relative in (MANIFEST, SIDECAR) or not all(map(_fit, parts)):
            raise StoreError(
                repr(relative),
                "it is no name for a release's file",
                "relative paths with forward slashes, no part of them hidden or empty",
                "choose another name",
                code="store-path",
            )
        folder = self.path
        for part in parts[:-1]:
            folder = folder / part
            if not folder.is_dir():
                with fs.told(folder):
                    fs.mkdir(folder)
        return folder / parts[-1]

    def _refuse_way_out(self, source: Path) -> None:
        """A site folder that someone sends must not publish other files of the machine that builds it."""
        with fs.told(source):
            real = source.resolve(strict=True)
        named_in_site = Path(os.path.abspath(source)).is_relative_to(os.path.abspath(self._site))
        inside = (self._site.resolve(), self._stages.resolve())
        if named_in_site and not any(map(real.is_relative_to, inside)):
            raise StoreError(
                str(source),
                "it is a link that leads out of the site",
                "files inside the site's folder",
                "copy the file there",
                code="store-link",
            )

    def _promised(self, source: Path) -> str | None:
        """The digest that the manifest of the source's stage folder states; None for a file of no stage."""
        real, stages = source.resolve(), self._stages.resolve()
        if not real.is_relative_to(stages):
            return None
        stage, fingerprint, *rest = real.relative_to(stages).parts
        folder = stages / stage / fingerprint
        if folder not in self._digests:
            files = read_manifest(folder)["files"]
            self._digests[folder] = {entry["path"]: entry["sha256"] for entry in files}
        return self._digests[folder].get("/".join(rest), "")


def _fit(part: str) -> bool:
    return bool(part) and not part.startswith(".") and "\\" not in part and "\0" not in part


def _twice(relative: str) -> StoreError:
    return StoreError(
        relative,
        "it was written before with other content",
        "one content per file of a release",
        "this is a defect of Heritage: please report it",
        code="store-twice",
    )
