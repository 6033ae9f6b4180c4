"""Which points a region takes in that a person drew: balls of a brush, or an outline seen from an eye.

Everything is decided point by point in float64, so it does not matter how a cloud is cut; what stands in the way of
an eye is the least of numbers, which has no order either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F64, Bool
from heritage.model.documents import Brush, Lasso
from heritage.model.octree import I64


@dataclass(frozen=True, eq=False)
class Front:
    """What an eye sees first: ``cell`` (c,) sorted, and the ``depth_m`` (c,) of the foremost point in each."""

    cell: I64
    depth_m: F64


def in_brush(xyz: F64, brush: Brush) -> Bool:
    """(n,) points in one of the balls, their surface included. ``xyz`` (n, 3) metres in the brush's frame."""
    at = np.array(brush.at_m)
    inside = np.zeros(len(xyz), bool)
    near = np.flatnonzero(((xyz >= at.min(0) - brush.radius_m) & (xyz <= at.max(0) + brush.radius_m)).all(1))
    if len(near):
        middle = at[cKDTree(at).query(xyz[near])[1]]
        inside[near] = ((xyz[near] - middle) ** 2).sum(1) <= brush.radius_m**2
    return inside


def in_lasso(xyz: F64, lasso: Lasso, front: Front | None = None) -> Bool:
    """(n,) points behind the outline, as far as ``far_m``, and where only what is seen counts no farther behind the
    ``front`` of their cell than it says. ``xyz`` (n, 3) metres in the lasso's frame."""
    place, depth, found = _looked_at(xyz, lasso)
    meant = _within(place, np.array(lasso.outline))
    found, place, depth = found[meant], place[meant], depth[meant]
    if lasso.seen is not None and front is not None and len(front.cell):
        at, there = _found_in(front.cell, _cells(place, lasso))
        # Where nothing stands in the way, as in a cell that holds only strays, all is seen.
        behind = there & (depth > np.where(there, front.depth_m[at], 0.0) + lasso.seen.behind_m)
        found = found[~behind]
    inside = np.zeros(len(xyz), bool)
    inside[found] = True
    return inside


def front_of(xyz: F64, lasso: Lasso) -> Front:
    """The foremost of points ``xyz`` (n, 3) in each cell of the outline's box. Their labels are the caller's matter."""
    assert lasso.seen is not None  # noqa: S101 - asked only of those that say what is seen
    place, depth, _ = _looked_at(xyz, lasso)
    return foremost([Front(_cells(place, lasso), depth)])


def foremost(fronts: Iterable[Front]) -> Front:
    """Several fronts of one lasso as one."""
    parts = list(fronts)
    cell = np.concatenate([part.cell for part in parts])
    depth = np.concatenate([part.depth_m for part in parts])
    order = np.lexsort((depth, cell))
    cell, first = np.unique(cell[order], return_index=True)
    return Front(cell, depth[order][first])


def basis(axis: F64) -> F64:
    """Rows right, up, ahead (3, 3) of an eye that looks along ``axis`` (3,): up is as near z as it can be, and near y
    for who looks almost straight up or down, where z says nothing."""
    ahead = axis / np.linalg.norm(axis)
    near = np.array([0.0, 1.0, 0.0] if abs(ahead[2]) > 0.9 else [0.0, 0.0, 1.0])
    right = np.cross(ahead, near)
    right /= np.linalg.norm(right)
    return np.array([right, np.cross(right, ahead), ahead])


def _looked_at(xyz: F64, lasso: Lasso) -> tuple[F64, F64, I64]:
    """Of the points before the eye and in the outline's box: place (m, 2) in the picture, depth (m,), and row (m,)."""
    seen = (xyz - np.array(lasso.eye_m)) @ basis(np.array(lasso.axis)).T
    row = np.flatnonzero((seen[:, 2] > 0) & (seen[:, 2] <= (np.inf if lasso.far_m is None else lasso.far_m)))
    depth = seen[row, 2]
    place = seen[row, :2] / depth[:, None]
    outline = np.array(lasso.outline)
    boxed = ((place >= outline.min(0)) & (place <= outline.max(0))).all(1)
    return place[boxed], depth[boxed], row[boxed]


def _cells(place: F64, lasso: Lasso) -> I64:
    assert lasso.seen is not None  # noqa: S101 - as above
    outline = np.array(lasso.outline)
    wide = int((outline[:, 0].max() - outline[:, 0].min()) / lasso.seen.cell) + 1
    column, line = np.floor((place - outline.min(0)) / lasso.seen.cell).astype(np.int64).T
    return np.asarray(line * wide + column)


def _found_in(known: I64, asked: I64) -> tuple[I64, Bool]:
    """Where each of ``asked`` stands in the sorted ``known``, at least one, and whether it does."""
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return at, known[at] == asked


def _within(place: F64, outline: F64) -> Bool:
    """(m,) by the even-odd rule, so an outline that crosses itself means what it looks like when it is filled."""
    inside = np.zeros(len(place), bool)
    x, y = place.T
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if y0 != y1:
            inside ^= crosses & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return inside
