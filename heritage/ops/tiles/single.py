"""One mesh with one texture of a whole monument: to take away, open anywhere, and for augmented reality."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import Mesh
from heritage.ops.meshes.reduce import SHAPELESS, reduce
from heritage.ops.meshes.weld import areas, vertex_normals
from heritage.ops.tiles.bake import bake
from heritage.ops.tiles.cells import FILL
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.seams import between_parts
from heritage.ops.tiles.unwrap import unwrap


def single_texel(mesh: Mesh, finest_m: float, side_px: int) -> float:
    """Metres per texel at which ``mesh`` fits a texture of ``side_px`` a side, no finer than ``finest_m``."""
    return max(finest_m, float(np.sqrt(areas(mesh).sum() / FILL)) / side_px)


def single(
    mesh: Mesh, colours: Colours | None, texel_m: float, *, triangles: int = 200_000, side_px: int = 4096
) -> Mesh:
    """``mesh`` (welded) with about ``triangles`` triangles, normals, and a texture of ``colours`` at ``texel_m``.

    Without colours there is no uv and no texture.
    """
    within_m = float(np.ptp(mesh.vertices, axis=0).max()) / SHAPELESS
    simple = reduce(mesh, max(triangles, 4), between_parts(mesh), within_m)
    small = simple.mesh
    small = small.with_(
        normals=vertex_normals(small.vertices, small.triangles),
        part=None if mesh.part is None else mesh.part[simple.source],
    )
    if colours is None:
        return small
    flat = unwrap(small, texel_m, side_px=side_px)
    return flat.mesh.with_(texture=bake(flat, colours))
