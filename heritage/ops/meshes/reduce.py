"""As many triangles as asked for, of surfaces that edge collapse alone cannot make so few of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from heritage.model.arrays import Bool, Mesh
from heritage.ops.meshes.cluster import cluster
from heritage.ops.meshes.simplify import Simplified, simplify
from heritage.ops.meshes.weld import areas

SHAPELESS: Final = (
    50  # what is off by more than its extent over this is no picture of it: rather more triangles
)
_STUCK: Final = 1.5  # times as many triangles as asked for: what hinders is no shape but handles and pinholes


def reduce(mesh: Mesh, triangles: int, locked: Bool, within_m: float) -> Simplified:
    """``mesh`` (welded) with about ``triangles`` triangles, as `simplify` makes it, ``locked`` (v,) vertices as they are.

    Cleaning leaves clumps, and a dense surface then has thousands of handles and pinholes, of which edge collapse keeps some
    triangles each. Where it leaves half as many again as asked for, vertices closer than ``within_m`` metres are merged first, as
    little as is enough. Raises InputError for ``triangles`` below 4.
    """
    simple = simplify(mesh, triangles, locked=locked, within_m=within_m)
    size_m = float(np.sqrt(areas(mesh).sum() / triangles)) / 2
    # Parts have nothing to be merged with, and constructed surfaces few handles.
    while mesh.part is None and len(simple.mesh.triangles) > _STUCK * triangles and size_m <= within_m:
        fewer = cluster(mesh, size_m, locked)
        again = simplify(fewer.mesh, triangles, locked=locked[fewer.source], within_m=within_m)
        if len(again.mesh.triangles) < len(simple.mesh.triangles):
            simple = replace(again, source=fewer.source[again.source])
        size_m *= np.sqrt(2)
    return simple
