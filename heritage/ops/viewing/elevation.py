"""An elevation: a surface seen by parallel rays, every pixel the same size on the monument, to be measured in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F32, F64, U8
from heritage.model.errors import InputError
from heritage.ops.meshes.rays import empty_scene, tensor
from heritage.ops.viewing.picture import Drawn, surface_colour, with_marks

MOST_PIXELS = 64_000_000  # 7 bytes each while it is drawn
_RAYS = 1_000_000  # at once
_WHITE = 255


@dataclass(frozen=True, eq=False)
class Sheet:
    """The rectangle that is drawn: ``corner`` (3,) is its upper left one, ``right`` and ``up`` unit vectors in it, and
    ``look`` the way the rays go. ``width`` and ``height`` are pixels of ``pixel_m`` metres each."""

    corner: F64
    right: F64
    up: F64
    look: F64
    pixel_m: float
    width: int
    height: int

    def pixels(self, xyz: F64) -> F64:
        """Places (n, 3) as (n, 3): column, row and metres along the rays."""
        off = xyz - self.corner
        return np.column_stack(
            [off @ self.right / self.pixel_m, -(off @ self.up) / self.pixel_m, off @ self.look]
        )


def sheet_of(places: F64, azimuth_deg: float | None, pixel_m: float, margin_m: float = 0.0) -> Sheet:
    """A sheet that holds ``places`` (n, 3), z up, metres, seen from ``azimuth_deg``, clockwise from +y; None: from above,
    +y up. Raises InputError where it would have more pixels than can be drawn."""
    if azimuth_deg is None:
        look, up = np.array([0.0, 0.0, -1.0]), np.array([0.0, 1.0, 0.0])
    else:
        angle = np.radians(azimuth_deg)
        look, up = -np.array([np.sin(angle), np.cos(angle), 0.0]), np.array([0.0, 0.0, 1.0])
    right = np.cross(look, up)
    along = places @ np.stack([right, up, look]).T
    low, high = along.min(0) - margin_m, along.max(0) + margin_m
    width, height = (max(1, int(np.ceil(size / pixel_m - 1e-6))) for size in (high - low)[:2])
    if width * height > MOST_PIXELS:
        needed = 1000 * pixel_m * float(np.sqrt(width * height / MOST_PIXELS))
        raise InputError(
            "mm per pixel",
            f"{1000 * pixel_m:g} makes a picture of {width} x {height} pixels",
            f"up to {MOST_PIXELS // 1_000_000} million pixels are allowed",
            f"choose {np.ceil(needed):.0f} or more",
            code="option-invalid",
        )
    corner = low[0] * right + high[1] * up + low[2] * look
    return Sheet(corner, right, up, look, pixel_m, width, height)


class Elevation:
    """A picture on a ``sheet`` that grows by one surface at a time, so that not all of them need be in memory."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._samples = 2 if sheet.width * sheet.height * 4 <= MOST_PIXELS else 1
        shape = (sheet.height * self._samples, sheet.width * self._samples)
        self._colour: U8 = np.full((*shape, 3), _WHITE, np.uint8)
        self._depth: F32 = np.full(shape, np.inf, np.float32)

    def draw(self, surface: Drawn) -> None:
        """Add a surface; what is nearer along the rays hides what is farther."""
        if not len(surface.triangles):
            return
        sheet, size = self.sheet, self.sheet.pixel_m / self._samples
        place = sheet.pixels(surface.vertices)
        place[:, :2] *= self._samples
        high, wide = self._depth.shape
        (x0, y0), (x1, y1) = np.floor(place[:, :2].min(0)), np.ceil(place[:, :2].max(0))
        left, right = (int(np.clip(x, 0, wide)) for x in (x0, x1))
        top, bottom = (int(np.clip(y, 0, high)) for y in (y0, y1))
        if left >= right or top >= bottom:
            return
        # In the sheet's own axes a ray is a column, and float32 is enough.
        near = float(place[:, 2].min()) - 1.0
        local = np.column_stack([place[:, 0] * size, place[:, 1] * size, place[:, 2] - near])
        scene = empty_scene(threads=1)
        scene.add_triangles(tensor(local, np.float32), tensor(surface.triangles, np.uint32))
        rows = max(1, _RAYS // (right - left))
        for y in range(top, bottom, rows):
            self._band(surface, scene, (left, right), (y, min(y + rows, bottom)), near)

    def _band(
        self, surface: Drawn, scene: object, x: tuple[int, int], y: tuple[int, int], near: float
    ) -> None:
        size = self.sheet.pixel_m / self._samples
        across, down = np.meshgrid((np.arange(*x) + 0.5) * size, (np.arange(*y) + 0.5) * size)
        rays = np.zeros((across.size, 6), np.float32)
        rays[:, 0], rays[:, 1], rays[:, 5] = across.ravel(), down.ravel(), 1.0
        cast = scene.cast_rays(tensor(rays, np.float32), nthreads=1)  # type: ignore[attr-defined]
        hit = {key: value.numpy() for key, value in cast.items()}
        window = (slice(*y), slice(*x))
        depth = self._depth[window].reshape(-1)
        nearer = np.flatnonzero(hit["t_hit"] + near < depth)
        if not len(nearer):
            return
        depth[nearer] = hit["t_hit"][nearer] + near
        self._depth[window] = depth.reshape(across.shape)
        # Shading wants the normals in the monument's axes.
        axes = np.stack([self.sheet.right, -self.sheet.up, self.sheet.look])
        hit["primitive_normals"] = hit["primitive_normals"] @ axes
        colour = self._colour[window].reshape(-1, 3)
        shown = surface_colour(surface, hit, nearer)
        column, row = nearer % across.shape[1] + x[0], nearer // across.shape[1] + y[0]
        shown = with_marks(surface, hit, nearer, shown, column / self._samples, row / self._samples)
        colour[nearer] = np.clip(np.rint(shown), 0, 255).astype(np.uint8)
        self._colour[window] = colour.reshape(*across.shape, 3)

    def picture(self) -> U8:
        """(height, width, 3) uint8 sRGB on white."""
        k = self._samples
        if k == 1:
            return self._colour
        rows = self._colour.reshape(self.sheet.height, k, self.sheet.width, k, 3)
        return np.asarray(np.rint(rows.mean((1, 3), dtype=np.float32)), np.uint8)

    def depth(self) -> F32:
        """(height, width) metres along the rays from the sheet to the surface, infinite beside it."""
        return self._depth[:: self._samples, :: self._samples]
