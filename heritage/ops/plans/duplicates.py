"""Plans that were drawn twice: pairs that share nearly all of their area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from heritage.model.arrays import F64

_NEIGHBOURS = 6  # looked at for each plan; the very same plans are found apart, however many lie in a heap


@dataclass(frozen=True)
class Duplicate:
    """Plans ``first`` < ``second`` (places in the sequence) overlap by ``iou``, 1 for the very same area."""

    first: int
    second: int
    iou: float


def duplicate_plans(plans: Sequence[BaseGeometry], *, least_iou: float = 0.95) -> tuple[Duplicate, ...]:
    """For each plan the earlier one it repeats, where intersection over union is at least ``least_iou``.

    ``plans`` are valid polygons in one metric CRS; those without an area are passed over. Plans that share
    that much have nearly the same centre and size, so candidates are the nearest in (centre, side), where
    side is the square root of the area: at most 6 each, which bounds the time by n log n.
    """
    if not plans:
        return ()
    array = np.array(plans, dtype=object)
    areas = shapely.area(array)
    same = _the_same(array, areas)
    first = {d.second: d for d in same}
    there = np.array([k for k in np.flatnonzero(areas > 0).tolist() if k not in first], dtype=np.int64)
    if len(there) < 2:
        return same
    centres = shapely.get_coordinates(shapely.centroid(array[there]))
    sides = np.sqrt(areas[there])
    tree = cKDTree(np.column_stack([centres, sides]))
    near = min(_NEIGHBOURS + 1, len(there))
    # Moving a square of side s by d keeps an IoU of about 1 - 2 d / s; twice that is room for other shapes.
    apart, found = tree.query(tree.data, k=near)
    allowed = sides[:, None] * 4 * (1 - least_iou) + 1e-6
    rows, columns = np.nonzero((apart <= allowed) & (found != np.arange(len(there))[:, None]))
    pairs = np.sort(np.column_stack([there[rows], there[found[rows, columns]]]), axis=1)
    pairs = np.unique(pairs, axis=0)
    if not len(pairs):
        return same
    a, b = array[pairs[:, 0]], array[pairs[:, 1]]
    shared = shapely.area(shapely.intersection(a, b))
    iou = shared / (areas[pairs[:, 0]] + areas[pairs[:, 1]] - shared)
    for (i, j), value in zip(pairs.tolist(), iou.tolist(), strict=True):
        if value >= least_iou and j not in first:
            first[j] = Duplicate(i, j, min(value, 1.0))
    return tuple(first[j] for j in sorted(first))


def _the_same(plans: npt.NDArray[Any], areas: F64) -> tuple[Duplicate, ...]:
    """Plans with exactly the coordinates of an earlier one, wherever their rings begin."""
    earliest: dict[bytes, int] = {}
    found = []
    for at, content in enumerate(shapely.to_wkb(shapely.normalize(plans)).tolist()):
        if areas[at] > 0 and earliest.setdefault(content, at) != at:
            found.append(Duplicate(earliest[content], at, 1.0))
    return tuple(found)
