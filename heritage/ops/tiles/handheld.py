"""A monument for augmented reality: few enough triangles and texels for a phone, standing on the ground at its middle.

How many a phone bears: Google's Scene Viewer and Apple's Quick Look both advise textures of up to 2048 px and files
of some 10 MB, and Scene Viewer up to 100,000 triangles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F32, F64, U8, Mesh
from heritage.ops.meshes.weld import areas, weld
from heritage.ops.tiles.colours import colours_of
from heritage.ops.tiles.single import single, single_texel
from heritage.ops.tiles.surface_colours import SurfaceColours

_SUNK_SHARE = 0.005  # of the area: what may lie below the ground it is put on, so that no stray tip lifts it
_TILT = np.deg2rad(45.0)
_PLAQUE_SHARE = 0.1  # of the model's width
_PLAQUE_M = (0.12, 3.0)  # width: legible at arm's length on a table, and from where one sees all of a hall


@dataclass(frozen=True, eq=False)
class Handheld:
    """``mesh`` stands on z = 0 around the origin, front to -y; ``low`` and ``high`` are its corners in metres."""

    mesh: Mesh
    texel_m: float
    low: F64
    high: F64


def handheld(
    whole: Mesh, *, triangles: int, side_px: int, metres: float = 1.0, longest_m: float | None = None
) -> Handheld:
    """``whole`` with about ``triangles`` triangles and one texture of up to ``side_px`` a side, stood on the ground.

    ``longest_m`` scales it so that its longest side has that length; without it the model has its real size, ``metres``
    being what one of ``whole``'s coordinates is.
    ``whole`` must have triangles with an area.
    """
    mesh, _ = weld([whole])
    below = _ground(mesh)
    stood, coloured = (m.with_(origin=np.zeros(3), vertices=m.vertices - below) for m in (mesh, whole))
    colours = colours_of([coloured], None)
    texel = 0.0
    if isinstance(colours, SurfaceColours):
        texel = single_texel(stood, colours.texel_m, side_px)
        colours = colours.averaged(texel)
    small = single(stood, colours, texel, triangles=triangles, side_px=side_px)
    scale = metres if longest_m is None else longest_m / float(np.ptp(small.vertices, axis=0).max())
    small = small.with_(vertices=(small.vertices * np.float32(scale)).astype(np.float32), name="surface")
    low, high = small.bounds()
    return Handheld(small, texel * scale, low, high)


def plaque(model: Handheld, picture: U8) -> Mesh:
    """A tilted plate with ``picture`` (h, w, 3) before ``model``: what it shows is said beside it, in the room too."""
    width = float(np.clip(_PLAQUE_SHARE * (model.high[0] - model.low[0]), *_PLAQUE_M))
    height = width * picture.shape[0] / picture.shape[1]
    back = model.low[1] - height / 2
    front, top = back - height * np.cos(_TILT), height * np.sin(_TILT)
    half = width / 2
    corners = [(-half, front, 0), (half, front, 0), (half, back, top), (-half, back, top)]
    return Mesh(
        np.zeros(3),
        np.array(corners, np.float32),
        np.array([(0, 1, 2), (0, 2, 3)], np.int32),
        uv=np.array([(0, 1), (1, 1), (1, 0), (0, 0)], np.float32),
        texture=picture,
        name="plaque",
    )


def _ground(mesh: Mesh) -> F32:
    """The place (3,) that comes to lie at the origin: middle of the box, and the height nearly all of it is above."""
    height = mesh.vertices[mesh.triangles][:, :, 2].mean(1)
    order = np.argsort(height)
    share = np.cumsum(areas(mesh)[order])
    lowest = height[order][int(np.searchsorted(share, _SUNK_SHARE * share[-1]))]
    middle = (mesh.vertices.min(0) + mesh.vertices.max(0)) / 2
    return np.array([middle[0], middle[1], lowest], np.float32)
