"""A picture of a comparison for the report: the whole surface in the colours of its change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from heritage.formats.columns import read_rows
from heritage.model.arrays import F32, F64, U8, Mesh, PointCloud
from heritage.ops.comparison.compare import Change
from heritage.ops.render import render_points, render_surface, view_of
from heritage.pipeline.pictures.change_colours import change_range, tint
from heritage.pipeline.tiling.source import Source

# Beyond this a picture is drawn from vertices: a scene of all triangles would not fit.
_DRAWN = 1_500_000
_UNKNOWN = 150  # grey of what is not comparable


def change_picture(
    folder: Path, surface: Source, counts: Sequence[tuple[int, int]], box: tuple[F64, F64], change: Change
) -> U8:
    """The compared ``surface`` in the colours of its change, the column ``change`` in ``folder``; beyond ``_DRAWN`` triangles,
    some of its vertices. ``counts`` are each mesh's vertices and triangles, ``box`` (3,) and (3,) holds them, metres."""
    view, triangles = view_of(*box), sum(count for _, count in counts)
    step = -(-triangles // _DRAWN)
    meshes, colours = [], []
    start = 0
    for number, (vertices, _) in enumerate(counts):
        stop = start + vertices
        values = read_rows(folder, "change", start, stop)
        meshes.append(surface.mesh(number) if step == 1 else _thinned(surface.mesh(number), step))
        colours.append(_colours(values if step == 1 else values[::step], change_range(change)))
        start = stop
    if step == 1:
        return render_surface(meshes, view, 1200, 750, colours=colours)
    xyz = np.concatenate([mesh.vertices for mesh in meshes])
    return render_points(PointCloud(np.zeros(3), xyz), view, 1200, 750, colours=np.concatenate(colours))


def _thinned(mesh: Mesh, step: int) -> Mesh:
    return Mesh(mesh.origin, mesh.vertices[::step].copy(), np.zeros((0, 3), np.int32))


def _colours(change: F32, range_m: float) -> U8:
    """Of (v, 2) distance and LoD95 in metres, NaN where not comparable: grey there."""
    distance, lod95 = change.T
    colours = tint(np.nan_to_num(distance), lod95, range_m)
    colours[~np.isfinite(distance)] = _UNKNOWN
    return np.asarray(np.rint(colours), np.uint8)
