"""What lies in files between the steps that make a tileset: the tree, parts of the surface, points, seams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, U8, Mesh
from heritage.ops.tiles.cells import Cells
from heritage.ops.tiles.cloud_colours import CloudColours
from heritage.ops.tiles.tile_node import Part

Slice = tuple[str, int, int]
"""Rows of a file: its name, the first, and the one after the last."""

_OPTIONAL = ("change", "filled", "part")
_POINT: Final = np.dtype([("xyz", "<f4", 3), ("colour", "<f4", 3), ("normal", "<f4", 3), ("weight", "<f4")])
_SEAM: Final = np.dtype([("xyz", "<f4", 3), ("depth", "u1")])
_SEAMS = "seams.bin"


def save_cells(scratch: Path, cells: Cells) -> None:
    """Write the tree once: sent with every piece of work it would be most of what is sent."""
    np.savez(scratch / "cells.npz", **{f.name: getattr(cells, f.name) for f in fields(cells)})


@lru_cache(maxsize=2)
def load_cells(scratch: Path) -> Cells:
    """The tree that ``save_cells`` wrote; held, as every piece of a worker asks for it."""
    with np.load(scratch / "cells.npz") as held:
        return Cells(**{name: held[name] for name in held.files} | {"size_m": float(held["size_m"])})


def save_part(path: Path, part: Part) -> None:
    """Write a part for the next step: its arrays one after the other, an empty one for what it has not."""
    with path.open("wb") as file:
        for values in (part.mesh.vertices, part.mesh.triangles, part.seam):
            np.save(file, values)
        for name in _OPTIONAL:
            values = getattr(part.mesh, name)
            np.save(file, np.zeros(0, np.uint8) if values is None else values)


def load_part(path: Path) -> Part:
    """Read what ``save_part`` wrote."""
    with path.open("rb") as file:
        vertices, triangles, seam = (np.load(file) for _ in range(3))
        more: dict[str, Any] = {name: np.load(file) for name in _OPTIONAL}
    held = {name: values for name, values in more.items() if values.size}
    return Part(Mesh(np.zeros(3), vertices, triangles, **held), seam)


def save_points(path: Path, colours: CloudColours, order: npt.NDArray[np.intp] | None = None) -> None:
    """Write colours in space, in ``order``."""
    held = np.zeros(len(colours.xyz), _POINT)
    for name, values in (
        ("xyz", colours.xyz),
        ("colour", colours.colour),
        ("weight", colours.weight),
        ("normal", colours.normal),
    ):
        if values is not None:
            held[name] = values if order is None else values[order]
    held.tofile(path)


def read_points(
    scratch: Path, slices: Sequence[Slice], box: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None
) -> npt.NDArray[Any]:
    """Rows of points that ``save_points`` wrote; only those in ``box``, so that no more of them is held."""
    parts = []
    for name, start, stop in slices:
        rows = np.fromfile(scratch / name, _POINT, stop - start, offset=start * _POINT.itemsize)
        if box is not None:
            rows = rows[((rows["xyz"] >= box[0]) & (rows["xyz"] <= box[1])).all(1)]
        parts.append(rows)
    return np.concatenate(parts) if parts else np.zeros(0, _POINT)


def as_colours(points: npt.NDArray[Any], spacing_m: float) -> CloudColours:
    """Rows that ``read_points`` gave, ``spacing_m`` apart."""
    xyz, colour, normal, weight = (np.ascontiguousarray(points[name]) for name in _POINT.names or ())
    return CloudColours(xyz, colour, normal, spacing_m, weight)


def save_seams(scratch: Path, xyz: F32, depth: U8, leaf: I32) -> dict[int, tuple[int, int]]:
    """Write places (n, 3) where leaves of different meshes meet, sorted by ``leaf`` (n,); the rows of each leaf."""
    order = np.argsort(leaf, kind="stable")
    held = np.empty(len(xyz), _SEAM)
    held["xyz"], held["depth"] = xyz[order], depth[order]
    held.tofile(scratch / _SEAMS)
    return runs(leaf[order])


def runs(numbers: npt.NDArray[np.integer]) -> dict[int, tuple[int, int]]:
    """Of sorted ``numbers`` (n,): the first row of each, and the one after its last."""
    found, start = np.unique(numbers, return_index=True)
    ends = zip(start.tolist(), np.append(start, len(numbers))[1:].tolist(), strict=True)
    return dict(zip(found.tolist(), ends, strict=True))


def load_seams(scratch: Path, rows: tuple[int, int]) -> tuple[F32, U8]:
    """Places and depths in the rows of one leaf."""
    start, stop = rows
    held = np.fromfile(scratch / _SEAMS, _SEAM, stop - start, offset=start * _SEAM.itemsize)
    return np.ascontiguousarray(held["xyz"]), np.ascontiguousarray(held["depth"])


def tile_file(folder: Path, cell: int) -> Path:
    """Where the content of a cell is written."""
    return folder / "tiles" / f"{cell}.glb"


def node_file(scratch: Path, cell: int) -> Path:
    """Where the surface of a cell is written, as a `Part`."""
    return scratch / f"node-{cell}"
