"""A picture of what a visitor sees, drawn without a graphics card: textured surfaces, trees, ground and sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, U8
from heritage.ops.meshes.rays import empty_scene, tensor
from heritage.ops.viewing.camera import Orbit
from heritage.ops.viewing.certainty import marked, uncompared

# The viewer's light theme (viewer/src/scene/ground.ts).
_ZENITH, _HORIZON, _GROUND = (np.array(c, float) for c in ((185, 203, 214), (241, 236, 225), (230, 223, 208)))
_GROUND_FADES = 18.0  # distances of the camera after which the ground is the horizon
_SUN = np.array([-0.45, -0.55, 0.7])
_POINT_M = 0.06  # how large a tree's point is drawn


@dataclass(frozen=True, eq=False)
class Drawn:
    """One surface: ``vertices`` (v, 3), ``triangles`` (t, 3), and its colours.

    These are ``rgb`` (v, 3) floats 0..255, or ``texture`` (h, w, 3) uint8 at ``uv`` (v, 2) from the top left; grey without
    either. ``lit``: shaded by the sun. ``certainty`` (v,): interpreted, how surely (a place in `certainty.MARKS`), and
    marked so in the picture itself. ``unknown`` (v,) bool: where nothing could be compared, hatched in the picture; a
    triangle is if one of its corners is.
    """

    vertices: F64
    triangles: npt.NDArray[np.int64]
    rgb: npt.NDArray[Any] | None = None
    uv: F64 | None = None
    texture: U8 | None = None
    lit: bool = False
    certainty: npt.NDArray[Any] | None = None
    unknown: npt.NDArray[np.bool_] | None = None


def picture(
    surfaces: Sequence[Drawn],
    xyz: F64,
    rgb: U8,
    orbit: Orbit,
    width: int,
    height: int,
    *,
    ground_m: float,
    samples: int = 2,
) -> U8:
    """(height, width, 3) uint8 sRGB from ``orbit``; points ``xyz`` (n, 3) with ``rgb`` stand among the surfaces.

    All in one frame, z up, metres. ``samples`` squared rays for each pixel.
    """
    wide, high = width * samples, height * samples
    directions, right, up = _rays(orbit, wide, high)
    scene = empty_scene(threads=1)
    for surface in surfaces:
        scene.add_triangles(
            tensor(surface.vertices - orbit.eye, np.float32), tensor(surface.triangles, np.uint32)
        )
    rays = np.concatenate([np.zeros_like(directions), directions], axis=1).astype(np.float32)
    hit = {key: value.numpy() for key, value in scene.cast_rays(tensor(rays, np.float32), nthreads=1).items()}
    depth = hit["t_hit"].astype(np.float64)
    colour = _backdrop(directions, orbit, ground_m)
    # Rays by the surface they hit, in one pass: there are many surfaces and far more rays.
    which = hit["geometry_ids"].astype(np.int64)
    order = np.argsort(np.where(which < len(surfaces), which, len(surfaces)), kind="stable")
    ends = np.searchsorted(which[order], np.arange(len(surfaces) + 1))
    for number, surface in enumerate(surfaces):
        rows = order[ends[number] : ends[number + 1]]
        if len(rows):
            x, y = rows % wide / samples, rows // wide / samples
            colour[rows] = with_marks(surface, hit, rows, surface_colour(surface, hit, rows), x, y)
    _splat(colour, depth, xyz, rgb, orbit, right, up, wide, high)
    small = colour.reshape(height, samples, width, samples, 3).mean((1, 3))
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


def _rays(orbit: Orbit, wide: int, high: int) -> tuple[F64, F64, F64]:
    """A ray (n, 3) through the middle of each pixel, one metre long along the view, and the camera's right and up."""
    look = orbit.look
    right = np.array([np.cos(orbit.heading), -np.sin(orbit.heading), 0.0])
    up = np.cross(right, look)
    focal = high / 2 / np.tan(np.radians(orbit.fov_deg) / 2)
    x, y = np.meshgrid(np.arange(wide) + 0.5 - wide / 2, high / 2 - np.arange(high) - 0.5)
    return (look + (x[..., None] * right + y[..., None] * up) / focal).reshape(-1, 3), right, up


def _backdrop(directions: F64, orbit: Orbit, ground_m: float) -> F64:
    rise = directions[:, 2] / np.sqrt((directions * directions).sum(1))
    # Both only depend on a ray's height: a table is as good and much quicker.
    table = np.linspace(-1, 1, 2048)
    share = np.clip(np.clip(table, 0, 1) ** 0.72 / 0.5, 0, 1)
    share = share * share * (3 - 2 * share)
    reach = (orbit.eye[2] - ground_m) / np.maximum(-table, 1e-9) / orbit.distance
    near = np.where((table < 0) & (orbit.eye[2] > ground_m), np.clip(1 - reach / _GROUND_FADES, 0, 1), 0)
    colours = _HORIZON + (_ZENITH - _HORIZON) * share[:, None] + (_GROUND - _HORIZON) * near[:, None]
    return np.asarray(colours[((rise + 1) / 2 * (len(table) - 1)).astype(np.int64)])


def with_marks(
    surface: Drawn, hit: dict[str, Any], rows: npt.NDArray[np.int64], colour: F64, x_px: F64, y_px: F64
) -> F64:
    """``colour`` (n, 3) of the rays ``rows``, at the picture's pixels (n,), (n,), with the marks that the surface asks for."""
    if surface.certainty is None and surface.unknown is None:
        return colour
    corners = surface.triangles[hit["primitive_ids"][rows]]
    if surface.certainty is not None:
        colour = marked(colour, surface.certainty[corners[:, 0]], x_px, y_px)
    if surface.unknown is not None:
        mine = surface.unknown[corners].any(1)
        colour = colour.copy()
        colour[mine] = uncompared(x_px[mine], y_px[mine])
    return colour


def surface_colour(surface: Drawn, hit: dict[str, Any], rows: npt.NDArray[np.int64]) -> F64:
    """Colours (n, 3), 0..255, where rays ``rows`` (n,) of a cast ``hit`` this surface."""
    corners = surface.triangles[hit["primitive_ids"][rows]]
    u, v = (hit["primitive_uvs"][rows].astype(np.float64)[:, k, None] for k in (0, 1))

    def at(values: npt.NDArray[Any]) -> F64:
        a, b, c = (values[corners[:, k]].astype(np.float64) for k in range(3))
        return np.asarray(a * (1 - u - v) + b * u + c * v)

    if surface.texture is not None and surface.uv is not None:
        h, w = surface.texture.shape[:2]
        place = at(surface.uv) * (w, h)
        column, row = (np.clip(place[:, k].astype(np.int64), 0, (w, h)[k] - 1) for k in (0, 1))
        colour = surface.texture[row, column].astype(np.float64)
    elif surface.rgb is not None:
        colour = at(surface.rgb)
    else:
        colour = np.full((len(rows), 3), 200.0)
    if surface.lit:
        normal = hit["primitive_normals"][rows].astype(np.float64)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        colour *= (0.62 + 0.4 * np.abs(normal @ _SUN))[:, None]
    return colour


def _splat(
    colour: F64, depth: F64, xyz: F64, rgb: U8, orbit: Orbit, right: F64, up: F64, wide: int, high: int
) -> None:
    """Draw points as squares where nothing nearer is, nearest last."""
    off = xyz - orbit.eye
    ahead = off @ orbit.look
    focal = high / 2 / np.tan(np.radians(orbit.fov_deg) / 2)
    seen = np.flatnonzero(ahead > 0.2)
    seen = seen[np.argsort(-ahead[seen], kind="stable")]
    scale = focal / ahead[seen]
    x = wide / 2 + (off[seen] @ right) * scale
    y = high / 2 - (off[seen] @ up) * scale
    half = np.clip(np.rint(_POINT_M * scale / 2), 0, 6).astype(np.int64)
    on = (x > -6) & (x < wide + 6) & (y > -6) & (y < high + 6)
    seen, x, y, half = seen[on], x[on], y[on], half[on]
    widest = int(half.max(initial=0))
    for dx in range(-widest, widest + 1):
        for dy in range(-widest, widest + 1):
            column, row = (x + dx).astype(np.int64), (y + dy).astype(np.int64)
            inside = half >= max(abs(dx), abs(dy))
            inside &= (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            pixel = row[inside] * wide + column[inside]
            free = ahead[seen[inside]] < depth[pixel]
            # Far to near within one offset; between offsets the depth decides.
            rows, pixels = seen[inside][free], pixel[free]
            np.minimum.at(depth, pixels, ahead[rows])
            nearest = ahead[rows] <= depth[pixels]
            colour[pixels[nearest]] = rgb[rows[nearest]]
