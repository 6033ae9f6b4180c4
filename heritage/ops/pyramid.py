"""The same surface at several levels of detail, the coarsest small enough to be the first picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import Mesh
from heritage.ops.crease import crease
from heritage.ops.nearest import Nearest, change_at
from heritage.ops.simplify import simplify
from heritage.ops.weld import areas

FILL = 0.6  # the share of a texture that charts are expected to fill, for planning
_MOST_LEVELS = 7
_TEXEL_STEP = 2.83  # a level may be this much sharper than the one before: 8 times the texels


@dataclass(frozen=True, eq=False)
class Level:
    """``mesh`` with change, and normals where it is to be lit; ``texel_m`` None where there are no colours."""

    mesh: Mesh
    texel_m: float | None


def pyramid(
    full: Mesh, texel_m: float | None, *, root_triangles: int, root_px: int, lit: bool, threads: int = 1
) -> list[Level]:
    """Levels from the coarsest to ``full`` itself. Triangles and texels grow by equal factors.

    A level has at most four times the triangles of the one before and ``_TEXEL_STEP`` times its density.
    ``full`` must be welded.
    """
    counts, texels = _plan(full, texel_m, root_triangles, root_px)
    meshes = [full]
    for goal in counts[-2::-1]:
        # Each from the next finer one: as good as from the full mesh, and a third of the time.
        meshes.insert(0, simplify(meshes[0], max(goal, 4)).mesh)
    if full.change is not None:
        nearest = Nearest(full, threads=threads)
        meshes[:-1] = [
            mesh.with_(change=change_at(nearest.place(mesh.vertices), full.change, full.triangles))
            for mesh in meshes[:-1]
        ]
    if lit:
        meshes = [crease(mesh) for mesh in meshes]
    return [Level(mesh, texel) for mesh, texel in zip(meshes, texels, strict=True)]


def _plan(
    full: Mesh, texel_m: float | None, root_triangles: int, root_px: int
) -> tuple[list[int], list[float | None]]:
    triangles = len(full.triangles)
    least = min(root_triangles, triangles)
    steps = int(np.ceil(np.log(triangles / least) / np.log(4) - 1e-9))
    if triangles >= 2 * root_triangles:
        steps = max(
            steps, 2
        )  # root, middle, full: a jump from the first picture to everything would stall phones
    root_texel = texel_m
    if texel_m is not None:
        root_texel = max(texel_m, float(np.sqrt(areas(full).sum() / FILL)) / root_px)
        steps = max(steps, int(np.ceil(np.log(root_texel / texel_m) / np.log(_TEXEL_STEP) - 1e-9)))
    steps = min(steps, _MOST_LEVELS - 1)
    shares = np.linspace(0, 1, steps + 1) if steps else np.ones(1)
    counts = [round(least ** (1 - s) * triangles**s) for s in shares]
    if texel_m is None or root_texel is None:
        return counts, [None] * len(counts)
    if not steps:
        return counts, [texel_m]
    return counts, [float(root_texel ** (1 - s) * texel_m**s) for s in shares]
