"""Points on regular grids and among their neighbours: what all surface operations share.

Everything here is deterministic, takes local float32 metres and returns indices into what it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, Bool
from heritage.model.errors import MethodError
from heritage.ops.points.neighbours import Neighbours, Shape

__all__ = [
    "I64", "Shape", "chunks", "distinct", "first_at", "group_means", "morton_order", "shape", "spacing", "thin",
    "voxel_indices", "voxel_keys", "voxels",
]  # fmt: skip
I64 = npt.NDArray[np.int64]

_AXIS_BITS: Final = 20  # three axes and their neighbours fit into one signed 64-bit key
_CHUNK: Final = 65_536  # rows of neighbour arrays held at once: 65,536 x 20 x 3 float64 are 31 MB
_SPACING_NEIGHBOURS: Final = 8
# Odd numbers without a pattern, that spread any bits over a whole word.
_ODD = tuple(
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xBF58476D1CE4E5B9)
)


def voxel_indices(xyz: F32, size: float) -> I64:
    """Integer voxel coordinates (n, 3), from 1, of points (n, 3) for voxels of ``size`` metres.

    Raises MethodError where the grid would have more than a million voxels along an axis.
    """
    if len(xyz) == 0:
        return np.zeros((0, 3), np.int64)
    indices: I64 = np.floor((xyz - xyz.min(0)).astype(np.float64) / size).astype(np.int64) + 1
    if int(indices.max()) >= 1 << _AXIS_BITS:
        raise _too_fine(int(indices.max()), size)
    return indices


def voxels(xyz: F32, size: float) -> I64:
    """One integer (n,) per point: equal in one voxel of ``size`` metres, and adjacent where voxels are.

    Grids of any fineness: empty stretches between stray points and the cloud are closed up to one voxel.
    """
    if len(xyz) == 0:
        return np.zeros(0, np.int64)
    indices: I64 = np.floor((xyz - xyz.min(0)).astype(np.float64) / size).astype(np.int64) + 1
    for axis in np.flatnonzero(indices.max(0) >= 1 << _AXIS_BITS):
        values, place = np.unique(indices[:, axis], return_inverse=True)
        indices[:, axis] = np.concatenate([[1], 1 + np.cumsum(np.minimum(np.diff(values), 2))])[place]
    if int(indices.max()) >= 1 << _AXIS_BITS:
        raise _too_fine(int(indices.max()), size)
    return voxel_keys(indices)


def _too_fine(count: int, size: float) -> MethodError:
    return MethodError(
        "voxel grid",
        f"{count} voxels of {size:g} m along one axis",
        f"up to {1 << _AXIS_BITS} are allowed",
        "choose a larger size, or split the cloud",
        code="grid-too-fine",
    )


def voxel_keys(indices: I64) -> I64:
    """One sortable integer (n,) per voxel coordinate (n, 3)."""
    return (indices[:, 0] << 2 * _AXIS_BITS) | (indices[:, 1] << _AXIS_BITS) | indices[:, 2]


def thin(xyz: F32, size: float) -> I64:
    """Indices, ascending, of one point per occupied voxel: the nearest to the mean of its voxel's points."""
    _, voxel = np.unique(voxels(xyz, size), return_inverse=True)
    square = ((xyz - group_means(voxel, xyz)[voxel]) ** 2).sum(1)
    least = np.full(int(voxel.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, voxel, square)
    nearest = np.flatnonzero(square == least[voxel])[::-1]
    chosen = np.zeros(len(least), np.int64)
    chosen[voxel[nearest]] = nearest  # of those equally near the first, which is written last
    return np.sort(chosen)


def group_means(group: I64, values: npt.NDArray[Any]) -> F64:
    """Mean of ``values`` (n, c) over each group 0..g-1, as (g, c) float64. Every group must have a member."""
    count = np.bincount(group)
    columns = [np.bincount(group, weights=values[:, c].astype(np.float64)) for c in range(values.shape[1])]
    return np.stack(columns, axis=1) / count[:, None]


def morton_order(xyz: F32) -> I64:
    """The order (n,) in which points lie along a Z-curve: neighbours in space become neighbours in memory.

    Neighbour searches run about four times faster on points in this order.
    """
    if len(xyz) == 0:
        return np.zeros(0, np.int64)
    low = xyz.min(0)
    extent = max(float(np.ptp(xyz, axis=0).max()), 1e-9)
    cell = np.minimum((xyz - low).astype(np.float64) / extent * (1 << 16), (1 << 16) - 1).astype(np.uint64)
    code = (
        _spread_bits(cell[:, 0])
        | _spread_bits(cell[:, 1]) << np.uint64(1)
        | _spread_bits(cell[:, 2]) << np.uint64(2)
    )
    return np.argsort(code, kind="stable")


def _spread_bits(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Each of the low 16 bits moved to every third place."""
    for shift, mask in ((16, 0xFF0000FF), (8, 0x0F00F00F00F), (4, 0x0C30C30C30C3), (2, 0x249249249249)):
        value = (value | value << np.uint64(shift)) & np.uint64(mask)
    return value


def spacing(xyz: F32, *, sample: int = 20_000) -> float:
    """The cloud's median spacing in metres: the side of the square of surface that holds one point.

    Taken from the distance to the 8th neighbour, which noise across the surface disturbs less than the
    first. 0 where there are fewer than 2 distinct points. Points must be distinct. Deterministic: every
    (n / ``sample``)-th point is asked.
    """
    if len(xyz) < 2:
        return 0.0
    count = min(_SPACING_NEIGHBOURS, len(xyz) - 1)
    asked = np.zeros(len(xyz), bool)
    asked[:: max(1, len(xyz) // sample)] = True
    reach = Neighbours.of(xyz).nearest(count + 1, asked=asked)[1].max(1)
    return float(np.median(reach) * np.sqrt(np.pi / count))


def shape(xyz: F32, k: int, *, among: F32 | None = None) -> Shape:
    """Principal component analysis of the ``k`` nearest points of ``among`` (default: the points themselves).

    ``xyz`` (n, 3) float32 metres. The point itself counts as one of its neighbours.
    """
    if among is None:
        return Neighbours.of(xyz).shape(k)
    return Neighbours.of(among).shape(min(k, len(among)), queries=xyz)


def chunks(n: int, rows: int = _CHUNK) -> Iterator[slice]:
    """Slices that cover 0..n in bounded pieces."""
    for start in range(0, n, rows):
        yield slice(start, min(start + rows, n))


def distinct(xyz: F32) -> Bool:
    """(n,) True for the first point, in source order, at each position."""
    return np.asarray(first_at(xyz) == np.arange(len(xyz)))


def first_at(xyz: F32) -> I32:
    """(n,) index of the first point, in source order, at the position of each."""
    bits = np.ascontiguousarray(xyz + np.float32(0)).view(np.uint32)  # + 0 turns -0 into 0
    return np.asarray(_first_at(bits, np.full(1 << max(4, (2 * len(bits)).bit_length()), -1, np.int32)))


@numba.njit(cache=True)
def _first_at(bits: npt.NDArray[np.uint32], table: I32) -> I32:
    """A table with open addresses: a place that is taken by another position sends on to the next."""
    first = np.empty(len(bits), np.int32)
    mask = np.uint64(len(table) - 1)
    for i in range(len(bits)):
        a, b, c = np.uint64(bits[i, 0]), np.uint64(bits[i, 1]), np.uint64(bits[i, 2])
        mixed = a * _ODD[0] ^ b * _ODD[1] ^ c * _ODD[2]
        place = (mixed ^ mixed >> np.uint64(29)) * _ODD[3] >> np.uint64(20) & mask
        while True:
            held = table[place]
            if held < 0:
                table[place] = held = i
            if bits[held, 0] == bits[i, 0] and bits[held, 1] == bits[i, 1] and bits[held, 2] == bits[i, 2]:
                first[i] = held
                break
            place = place + np.uint64(1) & mask
    return first
