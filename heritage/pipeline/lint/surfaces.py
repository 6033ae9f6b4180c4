"""A release as the linter looks at it: its surfaces, and the views its stops were given."""

from __future__ import annotations

from pathlib import Path

from heritage.model.documents import View
from heritage.model.release import Release, TourDocument
from heritage.pipeline.sceneries import Sceneries


class ReleaseSurfaces(Sceneries):
    """Opens the tiles of a release, each once. ``folder`` is the release's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "release.json").read_bytes()
        self.release = Release.model_validate_json(text, strict=False)
        super().__init__(folder, self.release.monuments)

    def views(self, tour: str) -> dict[str, View]:
        """The views of a tour's stops as released, by stop: those that no curator wrote are found when releasing."""
        entry = next((t for t in self.release.tours if t.id == tour), None)
        if entry is None:
            return {}
        text = (self.folder / entry.url).read_bytes()
        return {stop.id: stop.view for stop in TourDocument.model_validate_json(text, strict=False).stops}
