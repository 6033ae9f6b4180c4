"""Cut the levels of a surface into cells that nest: each is to become a tile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, Mesh
from heritage.ops.cut import cut
from heritage.ops.pyramid import FILL, Level
from heritage.ops.skirt import Plane
from heritage.ops.weld import areas


@dataclass(frozen=True)
class Budget:
    """The most that a tile may hold, before cuts and skirts."""

    triangles: int
    side_px: int


@dataclass(frozen=True, eq=False)
class Cell:
    """A tile to be: its part of one level's mesh and of the full mesh, and the planes it was cut along.

    ``depth`` is the level's number, 0 for the coarsest; ``points`` are indices of the points in the cell.
    """

    depth: int
    mesh: Mesh
    full: Mesh
    points: npt.NDArray[np.intp]
    planes: frozenset[Plane]
    children: list[Cell] = field(default_factory=list)

    def walk(self) -> Iterator[Cell]:
        """This cell and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def cells(levels: list[Level], points: F32, budget: Budget, grid_m: float) -> Cell:
    """The root cell, with all others below it.

    The root holds the whole coarsest level; every other cell's mesh keeps ``budget``, unless it cannot be
    halved. Cuts lie on multiples of ``grid_m``. ``points`` (n, 3) are shared out among the cells.
    """
    meshes = [level.mesh for level in levels]
    root = Cell(0, meshes[0], meshes[-1], np.arange(len(points)), frozenset())
    _divide(root, list(enumerate(meshes))[1:], levels, points, budget, grid_m)
    return root


def _divide(
    cell: Cell, finer: list[tuple[int, Mesh]], levels: list[Level], points: F32, budget: Budget, grid: float
) -> None:
    """Give ``cell`` its children: parts of the next level's mesh, halved until each fits a tile.

    ``finer`` are the finer levels' numbers and their meshes in this cell. A level with nothing here is skipped.
    """
    while finer and not len(finer[0][1].triangles):
        finer = finer[1:]
    if not finer:
        return
    waiting = [(finer, cell.points, cell.planes)]
    while waiting:
        parts, index, planes = waiting.pop(0)
        depth, mesh = parts[0]
        plane = _halving(mesh, levels[depth].texel_m, budget, grid)
        if plane is None:
            child = Cell(depth, mesh, parts[-1][1], index, planes)
            cell.children.append(child)
            _divide(child, parts[1:], levels, points, budget, grid)
            continue
        axis, at = plane
        sides = [(number, cut(part, axis, at)) for number, part in parts]
        above = points[index, axis] > at
        for k, own in enumerate((index[~above], index[above])):
            waiting.append(([(number, side[k]) for number, side in sides], own, planes | {plane}))


def _halving(mesh: Mesh, texel: float | None, budget: Budget, grid: float) -> Plane | None:
    """The plane that halves the mesh's triangles or texels, whichever are too many; None where it fits a tile."""
    many = len(mesh.triangles) / budget.triangles
    area = areas(mesh)
    texels = 0.0 if texel is None else float(area.sum()) / texel**2 / (FILL * budget.side_px**2)
    if max(many, texels) <= 1:
        return None
    centre = mesh.vertices[mesh.triangles].mean(1)
    weight = area if texels > many else np.ones(len(area))
    for axis in np.argsort(-np.ptp(centre, axis=0), kind="stable"):
        order = np.argsort(centre[:, axis], kind="stable")
        middle = order[np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
        at = float(np.round(centre[middle, axis] / grid) * grid)
        if mesh.vertices[:, axis].min() < at < mesh.vertices[:, axis].max():
            return int(axis), at
    return None
