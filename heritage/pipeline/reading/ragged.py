"""Polygons and lines as plain arrays, to go over a pipe: no bytes of another format have to be parsed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Arrays = Mapping[str, npt.NDArray[Any]]


def packed(shapes: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """Polygons and MultiPolygons, or lines and MultiLineStrings (n,), as coordinates and counts.

    ``xy`` (c, 2) float64; ``lengths`` of every ring or line, ``rings`` of every polygon (1 for a line), ``parts`` of
    every shape, int32; ``multi`` (n,) uint8, 1 for a multi-part type.
    """
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    if areal.all() and len(parts):
        pieces, part_of = shapely.get_rings(parts, return_index=True)
    else:
        pieces, part_of = parts, np.arange(len(parts))
    return {
        "xy": shapely.get_coordinates(pieces).astype("<f8"),
        "lengths": shapely.get_num_coordinates(pieces).astype("<i4"),
        "rings": np.bincount(part_of, minlength=len(parts)).astype("<i4"),
        "parts": np.bincount(shape_of, minlength=len(shapes)).astype("<i4"),
        "multi": (shapely.get_type_id(shapes) >= shapely.GeometryType.MULTIPOINT).astype(np.uint8),
    }


def polygons(arrays: Arrays) -> npt.NDArray[Any]:
    """The Polygons and MultiPolygons (n,) again. Raises ValueError for arrays that are none."""
    _agree(arrays)
    rings = np.asarray(shapely.linearrings(arrays["xy"], indices=_owners(arrays["lengths"])), dtype=object)
    made = np.asarray(shapely.polygons(rings, indices=_owners(arrays["rings"])), dtype=object)
    return _shapes(arrays, made, shapely.multipolygons)


def lines(arrays: Arrays) -> npt.NDArray[Any]:
    """The lines (n,) again. Raises ValueError for arrays that are none."""
    _agree(arrays)
    if (arrays["rings"] != 1).any():
        raise ValueError("a line in parts")
    made = np.asarray(shapely.linestrings(arrays["xy"], indices=_owners(arrays["lengths"])), dtype=object)
    return _shapes(arrays, made, shapely.multilinestrings)


def _owners(counts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """0, 0, 0, 1, 1, …: whose each part is."""
    return np.repeat(np.arange(len(counts)), counts)


def _shapes(arrays: Arrays, made: npt.NDArray[Any], join: Any) -> npt.NDArray[Any]:
    parts = arrays["parts"]
    result = np.empty(len(parts), dtype=object)
    if len(parts):
        result[:] = join(made, indices=_owners(parts))
    single = (arrays["multi"] == 0) & (parts == 1)
    starts = np.cumsum(parts) - parts
    result[single] = made[starts[single]]
    return result


def _agree(arrays: Arrays) -> None:
    """Raises ValueError unless every count is positive and they add up."""
    kinds = {"xy": ("float64", 2), "lengths": ("int32", 1), "rings": ("int32", 1), "parts": ("int32", 1)}
    for name, (dtype, dimensions) in kinds.items():
        if arrays[name].dtype != dtype or arrays[name].ndim != dimensions:
            raise ValueError(f"{name} is {arrays[name].dtype}")
    xy, lengths, rings, parts = (arrays[name] for name in kinds)
    least = {"lengths": lengths, "rings": rings, "parts": parts}
    if (
        any((counts < 1).any() for counts in least.values())
        or xy.shape[1:] != (2,)
        or not np.isfinite(xy).all()
    ):
        raise ValueError("a part without anything in it")
    if lengths.sum() != len(xy) or rings.sum() != len(lengths) or parts.sum() != len(rings):
        raise ValueError("counts that do not add up")
    if arrays["multi"].shape != parts.shape:
        raise ValueError("counts that do not add up")
