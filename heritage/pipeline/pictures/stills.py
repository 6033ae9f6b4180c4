"""Stills: of a tour's stops and of the opening view, drawn from the release's own tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from heritage.formats.tile_read import TileContent
from heritage.model.arrays import U8, Similarity
from heritage.model.documents import View
from heritage.model.release import (
    ComparisonDocument,
    ComparisonEntry,
    EpochEntry,
    MonumentEntry,
    StateEntry,
    StopEntry,
)
from heritage.ops.viewing.camera import Orbit, Pose, Window, fitted
from heritage.ops.viewing.picture import Drawn, picture
from heritage.pipeline.pictures.change_colours import Colouring, by_change, change_range
from heritage.pipeline.pictures.site_views import pose_of, site_from
from heritage.pipeline.pictures.views import box_corners
from heritage.pipeline.surfaces.kept_tiles import KeptTiles
from heritage.pipeline.surfaces.of_tileset import seen_tiles

WIDTH, HEIGHT = 960, 600
OPENING_WIDTH, OPENING_HEIGHT = 480, 300
_WINDOW = Window("a still", WIDTH, HEIGHT)
_ERROR_PX = 2.0  # of the tiles that are drawn
_LINE_PX = 2  # of the line between two conditions


class Stills:
    """Draws stops of tours in the release that is being written into ``folder``."""

    def __init__(self, folder: Path, monuments: Sequence[MonumentEntry]) -> None:
        self._folder = folder
        self._monuments = monuments
        self._tiles = KeptTiles()

    def opening(self, view: View) -> U8:
        """(300, 480, 3) uint8 sRGB: the first view of the site, in its frame, with every monument's reference epoch."""
        fit = np.empty((0, 3)) if view.fit_m is None else box_corners(*map(np.array, view.fit_m))
        pose = Pose(np.array(view.eye_m), np.array(view.target_m), view.fov_deg, fit)
        orbit = fitted(pose, Window("the opening", OPENING_WIDTH, OPENING_HEIGHT))
        return self._drawn({}, orbit, OPENING_WIDTH, OPENING_HEIGHT)

    def still(self, stop: StopEntry, monument: MonumentEntry) -> U8:
        """(HEIGHT, WIDTH, 3) uint8 sRGB."""
        orbit = fitted(pose_of(stop.view, monument), _WINDOW)

        def drawn(*conditions: str, colouring: Colouring | None = None) -> U8:
            return self._drawn({monument.id: conditions}, orbit, WIDTH, HEIGHT, colouring)

        if stop.compare is None:
            shown = stop.show and (stop.show.epoch or stop.show.state)
            return drawn(str(shown or monument.reference_epoch))
        left, right = (str(s.epoch or s.state) for s in (stop.compare.left, stop.compare.right))
        if stop.compare.mode == "change":
            entry = next(c for c in monument.comparisons if (c.reference, c.compared) == (left, right))
            return drawn(right, colouring=by_change(entry, self.range_m(entry)))
        if stop.compare.mode == "side":
            return self._side_by_side(stop, monument, left, right)
        if stop.compare.mode == "overlay":
            opacity = stop.compare.position
            return np.rint((1 - opacity) * drawn(left) + opacity * drawn(left, right)).astype(np.uint8)
        column = int(np.clip(round(WIDTH * stop.compare.position), _LINE_PX, WIDTH - _LINE_PX))
        both = drawn(left).copy()
        both[:, column:] = drawn(right)[:, column:]
        both[:, column - _LINE_PX : column + _LINE_PX] = 255
        return both

    def _side_by_side(self, stop: StopEntry, monument: MonumentEntry, left: str, right: str) -> U8:
        """Both conditions by the same camera, each framed for its half."""
        half = WIDTH // 2 - _LINE_PX
        orbit = fitted(pose_of(stop.view, monument), Window("half a still", half, HEIGHT))
        line = np.full((HEIGHT, WIDTH - 2 * half, 3), 255, np.uint8)
        one, other = (self._drawn({monument.id: (shown,)}, orbit, half, HEIGHT) for shown in (left, right))
        return np.hstack([one, line, other])

    def range_m(self, entry: ComparisonEntry) -> float:
        """How far a change map's colours reach at first, metres."""
        text = (self._folder / entry.sidecar).read_bytes()
        return change_range(ComparisonDocument.model_validate_json(text, strict=False))

    def _drawn(
        self,
        shown: Mapping[str, Sequence[str]],
        orbit: Orbit,
        width: int,
        height: int,
        colouring: Colouring | None = None,
    ) -> U8:
        """Every monument in the conditions ``shown`` of it, coloured by ``colouring``; others in their reference epoch."""
        conditions = [
            (monument, _condition(monument, id))
            for monument in self._monuments
            for id in shown.get(monument.id, (monument.reference_epoch,))
        ]
        tilesets = [(self._folder / found.tileset, site_from(monument)) for monument, found in conditions]
        surfaces: list[Drawn] = []
        xyz, rgb = [np.empty((0, 3))], [np.empty((0, 3), np.uint8)]
        for number, path in seen_tiles(tilesets, orbit, width, height, _ERROR_PX):
            content, placed = self._tiles.read(path), tilesets[number][1]
            monument, found = conditions[number]
            own = colouring if monument.id in shown else None
            surfaces += drawn_surfaces(content, placed, isinstance(found, StateEntry), own)
            xyz.append(placed.apply(content.xyz))
            rgb.append(content.rgb)
        grounds = [
            float(site_from(monument).apply(np.array([found.bounds.min]))[0, 2])
            for monument, found in conditions
            if monument.id in shown or not shown
        ]
        points, colours = np.concatenate(xyz), np.concatenate(rgb)
        return picture(surfaces, points, colours, orbit, width, height, ground_m=min(grounds, default=0.0))


def _condition(monument: MonumentEntry, id: str) -> EpochEntry | StateEntry:
    found = monument.condition(id)
    if found is None:
        raise ValueError(f"{id} is no condition of {monument.id}")
    return found


def drawn_surfaces(
    content: TileContent, placed: Similarity, state: bool, colouring: Colouring | None
) -> list[Drawn]:
    """A tile's surfaces, moved by ``placed``: coloured by ``colouring``, else as they are, a ``state`` lit and hatched."""
    drawn = []
    for surface in content.surfaces:
        part, vertices = surface.part, placed.apply(surface.part.vertices)
        if colouring is not None:
            rgb, unknown = colouring(surface)
            drawn.append(Drawn(vertices, part.triangles, rgb, lit=True, unknown=unknown))
        else:
            sure = surface.certainty if state else None
            drawn.append(Drawn(vertices, part.triangles, part.rgb, part.uv, part.texture, state, sure))
    return drawn
