"""Where one roof ends at a higher one: between the houses of a row the only sign of the wall that both share."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.placement.walls import Cells, Covered
from heritage.ops.points.grid import I64

_ROOF_M: Final = 2.5  # above the ground: a step down to something lower is an eave
_STEP_M: Final = 0.15  # so much more than the slopes on both sides of it, which are alike
_TOP_M: Final = 0.15  # so far below the highest point of a square is still of what is highest
_SAME_M: Final = 0.3  # so thick may a roof be within a cell
_FULL_M, _LEAST_WEIGHT = 3.0, 0.25  # as walls count, of which the lowest that is one has a quarter
_LINE_M: Final = 1.0  # a step goes on for that far to both sides
_LINE_CELLS: Final = 5  # at least, else it is a chimney, a dormer or a tree
_LINE_WIDE_M: Final = 0.12
_LINE_MOST: Final = 16
_ROUGH_M: Final = 0.15  # foliage


def roof_steps(xyz: F32, covered: Covered, *, cell: float) -> Cells:
    """Cells of ``cell`` metres on lines where two roofs meet at different heights.

    ``xyz`` (n, 3) metres, z up. Read from the highest points of each square: the difference between two beside each other, where
    it is by 0.15 m more than on either side. ``angle`` is across the line. ``base`` is infinite: below a roof no foot is seen.
    """
    column = np.floor((xyz[:, :2] - xyz[:, :2].min(0)).astype(np.float64) / cell).astype(np.int64) + 2
    top = _tops(xyz[:, 2].astype(np.float64), column)
    top[top < np.percentile(xyz[:, 2], 1) + _ROOF_M] = np.nan
    found = []
    for axis in (0, 1):
        for sign in (-1, 1):
            xy, roofs = _across(xyz, column, top, axis, sign, cell)
            line, angle = _lines(xy, roofs)
            height = roofs[line, 0] - roofs[line, 1]
            found.append((xy[line], angle, np.clip(height / _FULL_M, _LEAST_WEIGHT, 1.0)))
    xy, angle, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Cells(xy, angle, weight, np.full(len(xy), np.inf), cell, covered)


def _tops(z: F64, column: I64) -> F64:
    """Mean height of what is highest in each square, to the thickness of a roof; NaN where there is nothing."""
    top = np.full(column.max(0) + 3, -np.inf)
    square = column[:, 0], column[:, 1]
    np.maximum.at(top, square, z)
    high = z > top[square] - _TOP_M
    square = column[high, 0], column[high, 1]
    total, count = np.zeros(top.shape), np.zeros(top.shape)
    np.add.at(total, square, z[high])
    np.add.at(count, square, 1.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count)


def _across(xyz: F32, column: I64, top: F64, axis: int, sign: int, cell: float) -> tuple[F64, F64]:
    """Places (k, 2) of steps down along an axis, towards ``sign``, and the heights (k, 2) of the roofs above and below."""

    def shifted(by: int) -> F64:
        return np.roll(top, -by * sign, axis)

    with np.errstate(invalid="ignore"):
        step = top - shifted(1)
        before, after = shifted(-1) - top, shifted(1) - shifted(2)
        more = step - (before + after) / 2
        high = np.argwhere((np.minimum(step, more) > _STEP_M) & (np.abs(before - after) < more))
    which = np.full(top.shape, -1)
    which[high[:, 0], high[:, 1]] = np.arange(len(high))
    upper, drop = top[high[:, 0], high[:, 1]], step[high[:, 0], high[:, 1]]
    # The square that the edge runs through holds points of both roofs.
    reach, begin = np.full(len(high), -np.inf), np.full(len(high), np.inf)
    z, along = xyz[:, 2].astype(np.float64), sign * xyz[:, axis].astype(np.float64)
    for by in (0, 1):
        k = np.roll(which, by * sign, axis)[column[:, 0], column[:, 1]]
        mine = np.flatnonzero(k >= 0)
        k, down = k[mine], upper[k[mine]] - z[mine]
        above = down < np.minimum(_SAME_M, drop[k] / 2)
        below = (down >= drop[k] / 2) & (down < drop[k] + _SAME_M)
        np.maximum.at(reach, k[above], along[mine[above]])
        np.minimum.at(begin, k[below], along[mine[below]])
    xy = (high - 1.5) * cell + xyz[:, :2].min(0)
    xy[:, axis] = sign * (reach + begin) / 2
    return xy, np.column_stack([upper, upper - drop])


def _lines(xy: F64, roofs: F64) -> tuple[I64, F64]:
    """Which of places (k, 2) stand in line with others, and the angle across that line, radians modulo pi. Of the lines through
    a place and another one, that with the most places on it counts; along it both ``roofs`` (k, 2) must be smooth."""
    if len(xy) < _LINE_CELLS:
        return np.zeros(0, np.int64), np.zeros(0)
    few = min(_LINE_MOST, len(xy))
    distance, index = (a.reshape(-1, few) for a in cKDTree(xy).query(xy, few))
    near = distance < _LINE_M
    away = xy[index] - xy[:, None]
    across = np.stack([away[..., 1], -away[..., 0]], axis=-1) / np.maximum(distance, 1e-9)[..., None]
    on = (np.abs(np.einsum("kni,kli->kln", away, across)) < _LINE_WIDE_M) & near[:, None] & near[:, :, None]
    best = on[:, 1:].sum(2).argmax(1) + 1
    on = on[np.arange(len(xy)), best]
    held = np.where(on[..., None], away, 0.0)
    held -= on[..., None] * held.sum(1, keepdims=True) / np.maximum(on.sum(1), 1)[:, None, None]
    thin = np.linalg.eigh(np.einsum("kni,knj->kij", held, held))[1][:, :, 0]
    along = held @ np.stack([-thin[:, 1], thin[:, 0]], axis=1)[:, :, None]
    rough = _about_line(along[..., 0], roofs[index], on)
    line = np.flatnonzero((on.sum(1) >= _LINE_CELLS) & (rough < _ROUGH_M))
    return line, np.arctan2(thin[line, 1], thin[line, 0])


def _about_line(along: F64, height: F64, on: Bool) -> F64:
    """(k,) root mean square of heights (k, n, 2) about straight lines over ``along`` (k, n), which has mean zero, of those that
    are ``on`` (k, n); the rougher of both."""
    count = np.maximum(on.sum(1), 1)[:, None]
    height = np.where(on[..., None], height, 0.0)
    height = np.where(on[..., None], height - height.sum(1, keepdims=True) / count[:, None], 0.0)
    rise = np.einsum("kn,kni->ki", along, height) / np.maximum((along**2).sum(1), 1e-9)[:, None]
    left = height - along[..., None] * rise[:, None]
    return np.asarray(np.sqrt((left**2).sum(1) / count).max(1))
