"""What is decided of a surface before any block is meshed: options, cells, levels, and how far blocks look around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import Field as Option
from scipy.spatial import cKDTree

from heritage.model.arrays import F32
from heritage.model.documents import Document, Positive
from heritage.model.errors import MethodError
from heritage.ops.points.grid import I64
from heritage.ops.surface.implicit import block_region, reach_m
from heritage.ops.surface.owners import EVERYWHERE, Cubes
from heritage.ops.surface.rims import EVEN_ROUNDS, SMOOTH_ROUNDS

_LEAST = 100
_LEVELS: Final = 4
_WINDOWS, _WINDOW, _ASKED = 64, 4096, 256
# Around its own cells a block needs the surface as far as a rim's vertices ask each other, and what that depends on as
# far as is asked where data end. Twice, because a cell outside all cubes may be nearer to two blocks than they are apart.
NEAR_CELLS: Final = 2 * (SMOOTH_ROUNDS + 1)
HELD_CELLS: Final = NEAR_CELLS + 2 * EVEN_ROUNDS


class MeshOptions(Document):
    """How the surface is made."""

    cell: Positive = Option(
        1.2, description="side of the finest cells in median spacings; triangles are about as large"
    )
    cell_m: Positive | None = Option(None, description="the same in metres")
    trim: Positive = Option(
        1.8,
        description="local spacings, at most twice the median one, from the nearest point at which surface is no longer data",
    )
    trim_m: Positive | None = Option(None, description="the same in metres, everywhere")
    fill: float = Option(
        8.0, ge=0, le=60, description="widest enclosed hole that is filled, in median spacings; 0 fills none"
    )
    fill_m: Positive | None = Option(None, description="the same in metres")
    piece_share: float = Option(
        0.001, ge=0, le=1, description="least area of a separate piece as a share of the largest"
    )


@dataclass(frozen=True, eq=False)
class MeshPlan:
    """What is decided once for all blocks: ``spacing`` and ``size`` of cells in metres, ``levels``, the width of holes
    in metres, and the cells of every block (b, 2, 3), see `contour.cell_cubes`."""

    spacing: float
    size: float
    levels: int
    fill_m: float
    cubes: Cubes

    @property
    def bridge(self) -> int:
        """Cells from points up to which the field must be known, for the middle of the widest hole to be."""
        return int(np.ceil(self.fill_m / 2 / self.size)) + 2

    @property
    def reach_m(self) -> float:
        """Metres around a block within which its surface depends on points."""
        return reach_m(self.size, self.levels, self.bridge, HELD_CELLS)

    def region(self, block: int) -> I64:
        """The first and last nodes (2, 3) that the block's surface depends on."""
        return block_region(self.cubes[block], self.bridge, HELD_CELLS)


def windows(rows: int) -> list[slice]:
    """Stretches of a cloud along its Z-curve from which `spacing_of` judges the whole."""
    starts = np.unique(np.linspace(0, max(rows - _WINDOW, 0), _WINDOWS).astype(int))
    return [slice(int(start), int(min(start + _WINDOW, rows))) for start in starts]


def spacing_of(stretches: Sequence[F32]) -> float:
    """The median side in metres of the square of surface that holds one point: from the 8th neighbour of points in
    the middle of each stretch (m, 3). 0 without two distinct points."""
    found = []
    for xyz in stretches:
        distinct, first = np.unique(xyz, axis=0, return_index=True)
        if len(distinct) < 2:
            continue
        # Of the middle, where neighbours are in the stretch too; each place once, however often it is there.
        middle = np.sort(first[np.argsort(np.abs(first - len(xyz) // 2), kind="stable")[:_ASKED]])
        k = min(8, len(distinct) - 1)
        found.append(cKDTree(distinct).query(xyz[middle], k + 1)[0][:, -1] * np.sqrt(np.pi / k))
    return float(np.median(np.concatenate(found))) if found else 0.0


def plan_mesh(points: int, spacing: float, options: MeshOptions) -> MeshPlan:
    """The plan for a cloud of ``points`` points with normals whose median spacing is ``spacing`` metres, in one block.

    Raises MethodError for fewer than 100 points, or where all lie in one place.
    """
    if points < _LEAST:
        raise MethodError(
            "mesh",
            f"{points} points with normals",
            f"at least {_LEAST} are needed",
            "check what cleaning removed",
            code="mesh-too-few",
        )
    if spacing == 0:
        raise MethodError(
            "mesh", "points that all lie in one place", "a surface", "check the cloud", code="mesh-empty"
        )
    size = options.cell_m or options.cell * spacing
    fill = options.fill * spacing if options.fill_m is None else options.fill_m
    levels = max(_LEVELS, 2 + int(np.ceil(np.log2(max(fill / 2 / size, 1.0)))))
    return MeshPlan(spacing, size, levels, fill, EVERYWHERE)
