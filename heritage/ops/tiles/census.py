"""How much of a surface lies where: all that is known of it when it is shared out among tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, Mesh
from heritage.model.errors import MethodError
from heritage.ops.meshes.weld import areas

I64 = npt.NDArray[np.int64]

_BITS = 21
_FARTHEST = 1 << (_BITS - 1)


@dataclass(frozen=True, eq=False)
class Census:
    """How much of a surface lies in every cube of a grid of ``size_m``: only cubes with something, sorted.

    ``cubes`` (n, 3) int64 whole multiples of the size; ``triangles`` (n,) int64; ``area`` (n,) float64 square
    metres; ``low`` and ``high`` (n, 3) float32 the corners of their triangles together, metres.
    """

    size_m: float
    cubes: I64
    triangles: I64
    area: F64
    low: F32
    high: F32

    def bounds(self) -> tuple[F32, F32]:
        """Least and greatest corner of everything."""
        return self.low.min(0), self.high.max(0)


def cubes_of(xyz: npt.NDArray[Any], size_m: float) -> I64:
    """The cube (n, 3) int64 that each place (n, 3) lies in. Raises MethodError beyond a million cubes from zero."""
    cubes = np.floor(xyz.astype(np.float64) / size_m).astype(np.int64)
    if len(cubes) and int(np.abs(cubes).max()) >= _FARTHEST:
        raise MethodError(
            "surface",
            f"{int(np.abs(cubes).max())} cells of {size_m} m along an axis",
            f"up to {_FARTHEST} are allowed",
            "split the monument, or use a coarser surface",
            code="tile-too-many-cells",
        )
    return cubes


def centres(mesh: Mesh) -> F64:
    """(t, 3) float64: the mean of every triangle's corners, relative to the origin."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    total = a.astype(np.float64)
    total += b
    total += c
    total /= 3
    return total


def take_census(mesh: Mesh, size_m: float) -> Census:
    """The census of one mesh, relative to its origin."""
    cubes = cubes_of(centres(mesh), size_m)
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    ones = np.ones(len(cubes), np.int64)
    return _gathered(
        size_m, cubes, ones, areas(mesh), np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    )


def joined(parts: Sequence[Census]) -> Census:
    """The census of several meshes with one origin, as one."""
    return _gathered(
        parts[0].size_m,
        np.concatenate([part.cubes for part in parts]),
        np.concatenate([part.triangles for part in parts]),
        np.concatenate([part.area for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.high for part in parts]),
    )


def _gathered(size: float, cubes: I64, triangles: I64, area: F64, low: F32, high: F32) -> Census:
    if not len(cubes):
        return Census(size, cubes, triangles, area, low, high)
    x, y, z = (cubes + _FARTHEST).T
    key = x << (2 * _BITS) | y << _BITS | z
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    return Census(
        size,
        cubes[order[start]],
        np.add.reduceat(triangles[order], start),
        np.add.reduceat(area[order], start),
        np.minimum.reduceat(low[order], start),
        np.maximum.reduceat(high[order], start),
    )
