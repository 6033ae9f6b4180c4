"""The whole monument in one file, from the tiles of the first depth that is fine enough: they join bit for bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from heritage.formats.gltf import write_plain_glb
from heritage.model.arrays import F32, U8, Mesh
from heritage.ops.tiles.cells import Cells
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.single import single, single_texel
from heritage.ops.tiles.tile_node import merged
from heritage.pipeline.tiling.files import load_part, node_file
from heritage.pipeline.tiling.pieces import Made, Task, cloud_colours
from heritage.pipeline.tiling.plan import Plan
from heritage.pipeline.tiling.shares import Work
from heritage.pipeline.tiling.source import averaged_model

_TRIANGLES = 200_000
_SIDE_PX = 4096


@dataclass(eq=False)
class _ByCell:
    """`Colours` of a cloud that is not held: cell by cell, each from its own points and those near it."""

    work: Work
    cells: Cells
    tasks: Sequence[Task]
    texel_m: float

    def at(self, xyz: F32, side: U8) -> F32:
        """As ``Colours.at``."""
        lineage = self.cells.lineage()
        leaf = self.cells.place(xyz)
        result = np.zeros((len(xyz), 3), np.float32)
        for task in self.tasks:
            rows = np.flatnonzero((lineage[:, task.depth] == task.cell)[leaf])
            if len(rows):
                result[rows] = cloud_colours(self.work, task)[0].at(xyz[rows], side[rows])
        return result

    def averaged(self, size_m: float) -> Colours:
        """As ``Colours.averaged``."""
        return self if size_m <= self.texel_m else _ByCell(self.work, self.cells, self.tasks, size_m)


def whole_glb(plan: Plan, made: Mapping[int, Made]) -> bytes:
    """A file of everything, at about as many triangles and texels as a phone shows."""
    cells, work = plan.cells, plan.work
    chosen: list[int] = [0]
    while sum(made[c].triangles for c in chosen) < _TRIANGLES:
        below = [d for c in chosen for d in (cells.children(c) or [c])]
        if below == chosen:
            break
        chosen = below
    mesh = merged([load_part(node_file(work.scratch, c)) for c in chosen]).mesh
    mesh = Mesh(mesh.origin, mesh.vertices, mesh.triangles, part=mesh.part)
    colours: Colours | None = None
    texel = 0.0
    if plan.texel is not None:
        texel = single_texel(mesh, plan.texel, _SIDE_PX)
        if plan.spacing_m:
            colours = _ByCell(work, cells, [_task(plan, made, c, chosen, texel) for c in chosen], texel)
        else:
            colours = averaged_model(work.source, texel)
    shown = single(mesh, colours, texel, triangles=_TRIANGLES, side_px=_SIDE_PX)
    return write_plain_glb(shown, lit=work.lit, parts=work.parts)


def _task(plan: Plan, made: Mapping[int, Made], cell: int, chosen: Sequence[int], texel: float) -> Task:
    """What paints a chosen cell."""
    layer = {c: made[c].own for c in chosen}
    around = plan.around(cell, [cell], layer)
    return Task(
        cell, int(plan.cells.depths[cell]), False, (), layer[cell], around, made[cell].dense_m, texel, 0
    )
