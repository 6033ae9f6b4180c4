"""A release as the linter looks at it."""

from __future__ import annotations

from pathlib import Path

from heritage.model.release import Release
from heritage.pipeline.pictures.sceneries import Sceneries


class ReleaseSurfaces(Sceneries):
    """Opens the tiles of a release, each once. ``folder`` is the release's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "release.json").read_bytes()
        self.release = Release.model_validate_json(text, strict=False)
        super().__init__(folder, self.release.monuments)
