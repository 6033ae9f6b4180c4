"""What points of a surface see of each other, of the sky and of cameras: rays through a grid of occupied voxels.

Empty bricks of 8 x 8 x 8 voxels are passed in one step, so that a ray through open air costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, I32, Bool
from heritage.model.octree import I64

SKY = -2
NOTHING = -1
_BRICK = 8
_MOST_BRICKS = 1 << 24  # 4 bytes each
_MOST_ALONG = 1 << 20  # voxels along an axis
_LOWEST = (
    -0.2
)  # sine of the lowest direction in which sky is: eaves are seen from below, ground is seldom level
_GRAZING = 0.2  # cosine below which a ray says nothing about the side
_OWN = 5.0  # voxels around a point within which its own surface does not block
_SLAB = 0.5  # and how many voxels it may rise above the tangent plane there
_STEP = 1e-3  # voxels past a border, so that rounding cannot hold a ray at it
_SPREAD = 37  # neighbours look in other directions than a point itself; any number without a factor in common


@dataclass(frozen=True, eq=False)
class Sight:
    """``seen`` (n, r) int32: which point each ray of each point meets, ``SKY``, or ``NOTHING``.

    ``opened`` (n, r) bool: before that it came to a place with nothing above it, where a camera may have stood.
    ``cosine`` (n, r) float32 between the point's direction and the ray. ``weight`` (n, r) float32: for the sky
    the same; for a point the product of it and the cosine between the other's direction and the way back. So a
    weight is positive where both directions have the ray on the same of their sides; 0 where a surface is seen
    edgeways.
    """

    seen: I32
    opened: Bool
    weight: F32
    cosine: F32


@dataclass(frozen=True, eq=False)
class _Grid:
    low: F64
    voxel: float
    size: I64  # bricks along each axis
    bricks: I32  # number of the brick in each place, -1 where it is empty
    points: I32  # (bricks, 512) the point in each voxel, -1 where there is none
    open_from: I32  # (size[0] * size[1],) the voxel over all points in each column of bricks


def look_around(xyz: F32, direction: F32, voxel: float, rays: int) -> Sight:
    """Rays of each point in ``rays`` directions evenly over the sphere, other ones than its neighbours'.

    ``xyz`` (n, 3) and ``voxel`` in metres, ``direction`` (n, 3) unit, either side. A surface must be closed in
    voxels of that size: about one point in each.
    """
    grid = _grid(xyz, voxel)
    ways = _sphere(21 * rays)
    seen = np.full((len(xyz), rays), NOTHING, np.int32)
    opened = np.zeros((len(xyz), rays), bool)
    weight, cosine = np.zeros((2, len(xyz), rays), np.float32)
    _around(
        xyz.astype(np.float64),
        direction.astype(np.float64),
        *_parts(grid),
        ways,
        seen,
        opened,
        weight,
        cosine,
    )
    return Sight(seen, opened, weight, cosine)


def camera_votes(xyz: F32, direction: F32, voxel: float, cameras: F64, most: int = 32) -> F64:
    """(n,) sum over the ``most`` nearest ``cameras`` (m, 3) that see a point of the cosine between its direction
    and the way there: positive where the direction is on the side that is seen. Same frame as ``xyz``."""
    count = min(most, len(cameras))
    asked = cKDTree(cameras).query(xyz, count)[1].reshape(len(xyz), count).astype(np.int64)
    votes = np.zeros(len(xyz))
    grid = _grid(xyz, voxel)
    _towards(
        xyz.astype(np.float64), direction.astype(np.float64), *_parts(grid), np.asarray(cameras), asked, votes
    )
    return votes


def _sphere(count: int) -> F64:
    """Directions (count, 3) along a Fibonacci spiral over the sphere."""
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    angle, r = np.pi * (1 + np.sqrt(5)) * k, np.sqrt(1 - z * z)
    return np.column_stack([r * np.cos(angle), r * np.sin(angle), z])


def _grid(xyz: F32, voxel: float) -> _Grid:
    """The first point of each voxel; voxels are made larger where stray points would make too many bricks."""
    extent = np.ptp(xyz, axis=0).astype(np.float64)
    voxel = max(voxel, float(extent.max()) / _MOST_ALONG)
    while np.prod(extent / (voxel * _BRICK) + 2) > _MOST_BRICKS:
        voxel *= 1.25
    low = xyz.min(0).astype(np.float64) - voxel
    cell = np.floor((xyz - low) / voxel).astype(np.int64)
    size = cell.max(0) // _BRICK + 1
    brick, inside = cell // _BRICK, cell % _BRICK
    place, number = np.unique(
        (brick[:, 0] * size[1] + brick[:, 1]) * size[2] + brick[:, 2], return_inverse=True
    )
    bricks = np.full(int(size.prod()), -1, np.int32)
    bricks[place] = np.arange(len(place))
    where = number * _BRICK**3 + (inside[:, 0] * _BRICK + inside[:, 1]) * _BRICK + inside[:, 2]
    points = np.full(len(place) * _BRICK**3, -1, np.int32)
    occupied, first = np.unique(where, return_index=True)
    points[occupied] = first
    open_from = np.zeros(int(size[0] * size[1]), np.int32)
    np.maximum.at(open_from, brick[:, 0] * size[1] + brick[:, 1], cell[:, 2].astype(np.int32) + 1)
    open_from[open_from == 0] = np.iinfo(np.int32).max  # under bare places may be the inside of the ground
    return _Grid(low, voxel, size, bricks, points.reshape(-1, _BRICK**3), open_from)


def _parts(grid: _Grid) -> tuple[F64, float, I64, I32, I32, I32]:
    return grid.low, grid.voxel, grid.size, grid.bricks, grid.points, grid.open_from


@numba.njit(cache=True)
def _around(
    xyz: F64, direction: F64, low: F64, voxel: float, size: I64, bricks: I32, points: I32, open_from: I32, ways: F64,
    seen: I32, opened: Bool, weight: F32, cosines: F32,
) -> None:  # fmt: skip
    rays = seen.shape[1]
    for i in range(len(xyz)):
        for k in range(rays):
            way = ways[(i * _SPREAD + k * (len(ways) // rays)) % len(ways)]
            cosine = direction[i, 0] * way[0] + direction[i, 1] * way[1] + direction[i, 2] * way[2]
            if abs(cosine) < _GRAZING:
                continue
            j, opened[i, k] = _march(
                xyz, direction, i, way, cosine, np.inf, low, voxel, size, bricks, points, open_from
            )
            cosines[i, k] = cosine
            if j >= 0:
                back = -(direction[j, 0] * way[0] + direction[j, 1] * way[1] + direction[j, 2] * way[2])
                if abs(back) >= _GRAZING:
                    seen[i, k], weight[i, k] = j, cosine * back
            elif way[2] > _LOWEST:
                seen[i, k], weight[i, k] = SKY, cosine


@numba.njit(cache=True)
def _towards(
    xyz: F64, direction: F64, low: F64, voxel: float, size: I64, bricks: I32, points: I32, open_from: I32, cameras: F64,
    asked: I64, votes: F64,
) -> None:  # fmt: skip
    way = np.empty(3)
    for i in range(len(xyz)):
        for c in asked[i]:
            length = 0.0
            for axis in range(3):
                way[axis] = cameras[c, axis] - xyz[i, axis]
                length += way[axis] * way[axis]
            length = np.sqrt(length)
            if length == 0.0:
                continue
            for axis in range(3):
                way[axis] /= length
            cosine = direction[i, 0] * way[0] + direction[i, 1] * way[1] + direction[i, 2] * way[2]
            if abs(cosine) < _GRAZING:
                continue
            if (
                _march(xyz, direction, i, way, cosine, length, low, voxel, size, bricks, points, open_from)[0]
                < 0
            ):
                votes[i] += cosine


@numba.njit(cache=True)
def _march(
    xyz: F64, direction: F64, i: int, way: npt.NDArray[np.float64], cosine: float, length: float, low: F64,
    voxel: float, size: I64, bricks: I32, points: I32, open_from: I32,
) -> tuple[int, bool]:  # fmt: skip
    """The point whose voxel the ray from point ``i`` meets within ``length``, or ``NOTHING``; and whether it came
    to a place with nothing above it before."""
    side = 1.0 if cosine > 0 else -1.0
    # In voxels from here on. A slanted ray stays longer within its own surface.
    x, y, z = (xyz[i, 0] - low[0]) / voxel, (xyz[i, 1] - low[1]) / voxel, (xyz[i, 2] - low[2]) / voxel
    t, end, opened = min(0.5 / abs(cosine), 2.0), length / voxel, False
    while t < end:
        px, py, pz = x + t * way[0], y + t * way[1], z + t * way[2]
        a, b, c = int(np.floor(px)), int(np.floor(py)), int(np.floor(pz))
        if a < 0 or b < 0 or c < 0 or a >= size[0] * _BRICK or b >= size[1] * _BRICK or c >= size[2] * _BRICK:
            return NOTHING, opened
        column = (a // _BRICK) * size[1] + b // _BRICK
        opened = opened or pz >= open_from[column]
        brick = bricks[column * size[2] + c // _BRICK]
        step = 1
        if brick < 0:
            step = _BRICK
        else:
            j = points[brick, ((a % _BRICK) * _BRICK + b % _BRICK) * _BRICK + c % _BRICK]
            if j >= 0 and j != i:
                rise = side * (
                    (xyz[j, 0] - xyz[i, 0]) * direction[i, 0]
                    + (xyz[j, 1] - xyz[i, 1]) * direction[i, 1]
                    + (xyz[j, 2] - xyz[i, 2]) * direction[i, 2]
                )
                if t >= _OWN or rise >= _SLAB * voxel:
                    return int(j), opened
        gone = min(_leave(px, a, way[0], step), _leave(py, b, way[1], step), _leave(pz, c, way[2], step))
        t += gone + _STEP
    return NOTHING, opened


@numba.njit(cache=True)
def _leave(place: float, cell: int, way: float, step: int) -> float:
    """How far along a ray, in voxels, the border of its cell of ``step`` voxels lies on one axis."""
    first = cell // step * step
    if way > 0:
        return (first + step - place) / way
    if way < 0:
        return (first - place) / way
    return np.inf
