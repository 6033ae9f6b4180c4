"""Mean and scatter of the points in a cylinder along a direction: the measuring step of M3C2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numba
import numpy as np

from heritage.model.arrays import F32, F64
from heritage.model.errors import MethodError
from heritage.model.octree import I64

FACING = 0.5  # cosine: a point whose surface faces more than 60 degrees away is another face
_BITS = 20


@dataclass(frozen=True, eq=False)
class Bins:
    """Points sorted into cubes, so that a run of three cubes along z is one run in memory.

    The cubes lie alike for every piece of a cloud and points in one keep their order, so that sums over them are
    the same in every piece that has them.
    """

    xyz: F64
    normal: F64
    keys: I64
    base: I64
    size: float

    CUBE: ClassVar[float] = 1.42  # a cylinder as long each way as wide fits into a ball of sqrt(2) radius

    @classmethod
    def of(cls, xyz: F32, normal: F32, radius: float) -> Bins:
        """``xyz`` (n, 3) metres and unit ``normal`` (n, 3), for cylinders of ``radius`` and as long each way.

        Raises MethodError where a million cubes would not span them.
        """
        size = cls.CUBE * radius
        cube = np.floor(xyz.astype(np.float64) / size).astype(np.int64)
        base = cube.min(0) - 1 if len(cube) else np.zeros(3, np.int64)
        cube -= base
        if len(cube) and int(cube.max()) >= 1 << _BITS:
            raise MethodError(
                "compare", f"{int(cube.max())} cubes of {size:g} m along one axis", f"up to {1 << _BITS} are allowed",
                "give a larger compare.radius_m", code="grid-too-fine",
            )  # fmt: skip
        keys = (cube[:, 0] << 2 * _BITS) | (cube[:, 1] << _BITS) | cube[:, 2]
        order = np.argsort(keys, kind="stable")
        return cls(xyz[order].astype(np.float64), normal[order].astype(np.float64), keys[order], base, size)


def measure(
    bins: Bins,
    at: F64,
    direction: F64,
    radius: float,
    reach: float,
    least: int,
    *,
    beyond: float = 0.0,
    facing: float = FACING,
) -> tuple[F64, F64, I64]:
    """Where the surface lies along ``direction`` (n, 3) through ``at`` (n, 3), metres.

    The cylinder of ``radius`` is moved away from ``at`` both ways, from ``beyond`` up to ``reach``, until it holds at least
    ``least`` points of a surface that faces the same way: the cosine between the normals is ``facing`` or more. Of two
    equally far the nearer counts. Where some but fewer lie at ``at`` itself, the surface is there, thinly measured, and is not
    looked for elsewhere. Returns the mean (n,) along the direction, the standard deviation (n,) and the number (n,)
    of points; NaN, NaN and fewer than ``least`` where there is no such place.
    """
    mean, deviation, count = np.full(len(at), np.nan), np.full(len(at), np.nan), np.zeros(len(at), np.int64)
    _measure(
        bins.xyz,
        bins.normal,
        bins.keys,
        bins.base,
        bins.size,
        at,
        direction,
        radius,
        facing,
        beyond,
        reach,
        least,
        mean,
        deviation,
        count,
    )
    return mean, deviation, count


@numba.njit(cache=True)
def _gather(  # type: ignore[no-untyped-def]
    xyz, normal, keys, base, size, px, py, pz, dx, dy, dz, radius, facing, centre
):
    """Number, mean and variance along the direction of the points within ``radius`` of ``centre`` on the axis."""
    cx = int(np.floor((px + centre * dx) / size)) - base[0]
    cy = int(np.floor((py + centre * dy) / size)) - base[1]
    cz = int(np.floor((pz + centre * dz) / size)) - base[2]
    n, total, squares = 0, 0.0, 0.0
    if cx < 0 or cy < 0 or cz < 0 or max(cx, cy, cz) >= 1 << 20:
        return n, 0.0, 0.0
    for a in range(max(cx - 1, 0), cx + 2):
        for b in range(max(cy - 1, 0), cy + 2):
            column = (a << 40) | (b << 20)
            last = column | (cz + 1)
            for i in range(np.searchsorted(keys, column | max(cz - 1, 0)), len(keys)):
                if keys[i] > last:
                    break
                if normal[i, 0] * dx + normal[i, 1] * dy + normal[i, 2] * dz < facing:
                    continue
                x, y, z = xyz[i, 0] - px, xyz[i, 1] - py, xyz[i, 2] - pz
                along = x * dx + y * dy + z * dz
                if abs(along - centre) > radius or x * x + y * y + z * z - along * along > radius * radius:
                    continue
                n += 1
                total += along - centre
                squares += (along - centre) ** 2
    if n == 0:
        return n, 0.0, 0.0
    mean = total / n
    variance = max(squares / n - mean * mean, 0.0) * n / max(n - 1, 1)
    return n, centre + mean, variance


@numba.njit(cache=True)
def _measure(  # type: ignore[no-untyped-def]
    xyz, normal, keys, base, size, at, direction, radius, facing, beyond, reach, least, mean, deviation, count
):
    first, steps = int(np.floor(beyond / radius)), int(np.floor(reach / radius))
    for i in range(len(at)):
        px, py, pz = at[i, 0], at[i, 1], at[i, 2]
        dx, dy, dz = direction[i, 0], direction[i, 1], direction[i, 2]
        for step in range(first, steps + 1):
            found, best = False, 0.0
            for sign in (1.0, -1.0):
                if step == 0 and sign < 0:
                    continue
                n, m, _ = _gather(
                    xyz,
                    normal,
                    keys,
                    base,
                    size,
                    px,
                    py,
                    pz,
                    dx,
                    dy,
                    dz,
                    radius,
                    facing,
                    sign * step * radius,
                )
                if step == 0:
                    count[i] = n
                if n >= least and (not found or abs(m) < abs(best)):
                    found, best = True, m
            if not found and step == 0 and count[i] > 0:
                break
            if not found:
                continue
            count[i] = 0
            # Again around what was found, so that the cylinder's end does not cut the surface's scatter.
            n, m, v = _gather(xyz, normal, keys, base, size, px, py, pz, dx, dy, dz, radius, facing, best)
            if n >= least:
                mean[i], deviation[i], count[i] = m, np.sqrt(v), n
            break
