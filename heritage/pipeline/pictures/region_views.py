"""Regions of change in a release: a view from where each is seen, and a picture of the largest in the colours of change."""

from __future__ import annotations

import numpy as np

from heritage.formats.arrays import read_document
from heritage.formats.texture import webp
from heritage.model.arrays import F64, U8, Similarity
from heritage.model.documents import View
from heritage.model.release import ComparisonDocument, ComparisonEntry, MonumentEntry, RegionEntry
from heritage.ops.viewing.camera import Pose, Window, fitted
from heritage.ops.viewing.choose import view_of_surface
from heritage.ops.viewing.picture import picture
from heritage.ops.viewing.scenery import Scenery
from heritage.pipeline.built import Built
from heritage.pipeline.pictures.change_colours import Colouring, by_change, change_range
from heritage.pipeline.pictures.stills import drawn_surfaces
from heritage.pipeline.pictures.views import box_corners
from heritage.pipeline.stages.compare import SPOTS, comparison_told
from heritage.pipeline.surfaces.kept_tiles import KeptTiles
from heritage.pipeline.surfaces.of_tileset import SIGHT_ERROR_M, SIGHT_TILES, seen_tiles, tiles_triangles
from heritage.store import ReleaseFolder

PICTURES = 40  # of each comparison: of its largest regions
WIDTH, HEIGHT = 360, 225
_WINDOW = Window("a region", WIDTH, HEIGHT)
_ERROR_PX = 1.5


def write_comparisons(into: ReleaseFolder, monument: MonumentEntry, built: Built) -> None:
    """Every comparison's document and pictures. The monument's tiles are in the release already."""
    for entry in monument.comparisons:
        name = f"{entry.reference}--{entry.compared}"
        folder = built.folder(f"compare:{monument.id}:{name}")
        document = comparison_told(folder, monument.placement.scale)
        spots = read_document(folder / SPOTS)["regions"]
        shown = _Shown(into, monument, entry, document)
        regions = tuple(
            shown.region(number, region, np.array(places, np.float64))
            for number, (region, places) in enumerate(zip(document.regions, spots, strict=True))
        )
        document = document.model_copy(update={"regions": regions})
        into.write(entry.sidecar, document.model_dump_json().encode())


class _Shown:
    """The compared epoch of one comparison, as the release has it."""

    def __init__(
        self,
        into: ReleaseFolder,
        monument: MonumentEntry,
        entry: ComparisonEntry,
        document: ComparisonDocument,
    ) -> None:
        compared = monument.condition(entry.compared)
        if compared is None:
            raise ValueError(f"{entry.compared} is no condition of {monument.id}")
        self._into = into
        self._base = entry.sidecar.removesuffix(".json")
        self._tileset = into.path / compared.tileset
        self._ground_m = compared.bounds.min[2]
        self._colouring: Colouring = by_change(entry, change_range(document))
        tiles = tiles_triangles(self._tileset, SIGHT_ERROR_M, SIGHT_TILES) if document.regions else None
        self._scenery = None if tiles is None else Scenery(tiles)
        self._tiles = KeptTiles()

    def region(self, number: int, region: RegionEntry, places: F64) -> RegionEntry:
        """``region`` with a view that what stands around does not hide, and with a picture if it is among the largest."""
        view = self._view(region, places)
        if number >= PICTURES:
            return region.model_copy(update={"view": view})
        path = f"{self._base}/{region.id}.webp"
        self._into.write(path, webp(self._drawn(view), quality=70))
        return region.model_copy(update={"view": view, "picture": path})

    def _view(self, region: RegionEntry, places: F64) -> View:
        if self._scenery is None:
            raise ValueError("a document without regions has none to look at")
        low, high = np.array(region.bounds.min), np.array(region.bounds.max)
        # The stage's view looks where the region faces.
        facing = np.array(region.view.eye_m) - np.array(region.view.target_m)
        found = view_of_surface(self._scenery, places, facing, low, high, self._ground_m)
        return found or region.view

    def _drawn(self, view: View) -> U8:
        """(HEIGHT, WIDTH, 3) uint8 sRGB, in the monument's own frame."""
        fit = np.empty((0, 3)) if view.fit_m is None else box_corners(*map(np.array, view.fit_m))
        orbit = fitted(Pose(np.array(view.eye_m), np.array(view.target_m), view.fov_deg, fit), _WINDOW)
        itself = Similarity.identity()
        seen = seen_tiles([(self._tileset, itself)], orbit, WIDTH, HEIGHT, _ERROR_PX)
        tiles = [self._tiles.read(path) for _, path in seen]
        surfaces = [s for tile in tiles for s in drawn_surfaces(tile, itself, False, self._colouring)]
        return picture(
            surfaces,
            np.empty((0, 3)),
            np.empty((0, 3), np.uint8),
            orbit,
            WIDTH,
            HEIGHT,
            ground_m=self._ground_m,
        )
