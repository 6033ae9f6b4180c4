"""One mesh with one texture of a whole monument: to take away, open anywhere, and for augmented reality."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.ops.bake import bake
from heritage.ops.colours import colours_of
from heritage.ops.pyramid import FILL
from heritage.ops.simplify import simplify
from heritage.ops.unwrap import unwrap
from heritage.ops.weld import areas, vertex_normals, weld


def single(
    surfaces: Sequence[Mesh],
    cloud: PointCloud | None,
    *,
    triangles: int = 200_000,
    side_px: int = 4096,
    threads: int = 1,
) -> Mesh:
    """About ``triangles`` triangles of ``surfaces`` with normals, and a texture of up to ``side_px`` a side.

    Colours are chosen as for tiles; without any there is no uv and no texture. Same frame and origin as the
    first surface. Raises InputError where there is no triangle with an area.
    """
    full, kept = weld(surfaces)
    if not len(kept):
        raise InputError("surface", "no triangle has an area", "at least one is needed", code="mesh-empty")
    mesh = simplify(full, max(triangles, 4)).mesh
    mesh = mesh.with_(normals=vertex_normals(mesh.vertices, mesh.triangles))
    colours = colours_of(surfaces, cloud, threads=threads)
    if colours is None:
        return mesh
    texel = max(colours.texel_m, float(np.sqrt(areas(mesh).sum() / FILL)) / side_px)
    flat = unwrap(mesh, texel, side_px=side_px)
    return flat.mesh.with_(texture=bake(flat, colours.averaged(flat.texel_m)))
