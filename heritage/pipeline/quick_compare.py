"""A cloud against a mesh, both from files as they are: figures in a minute, a chunk of points in memory at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.model.errors import InputError
from heritage.model.report import Figure
from heritage.model.source import Unit, UpAxis
from heritage.ops.comparison.quick import Surface, figures, look
from heritage.ops.meshes.join import join
from heritage.ops.source_frame import IngestOptions, begin, upright_mesh, upright_rotation
from heritage.pipeline.reading.guard import guarded_cloud, guarded_model
from heritage.pipeline.source_kind import model_up


def quick_compare(
    cloud: Path, mesh: Path, reach_m: float, up: UpAxis | None = None, units: Unit = "m"
) -> tuple[Figure, ...]:
    """Of the points of ``cloud``, upright and in metres as its header says, to the surface of ``mesh``, a model in ``units``
    whose axis ``up`` is up.

    Nothing is aligned. Raises InputError for what cannot be read and where the two do not lie together.
    """
    axis = up or model_up(mesh)
    surface = Surface(join([upright_mesh(part, axis, units) for part in guarded_model(mesh)]))
    looks, low, high = [], np.full(3, np.inf), np.full(3, -np.inf)
    reader = guarded_cloud(cloud)
    begun = begin(reader.header, IngestOptions())
    turn = begun.metres_per_unit * upright_rotation(begun.up).T
    for chunk in reader.chunks():
        if not len(chunk):
            continue  # the file itself says that none of these is a point
        xyz = chunk.xyz @ turn
        low, high = np.minimum(low, xyz.min(0)), np.maximum(high, xyz.max(0))
        looks.append(look(surface, xyz, reach_m))
    gap = float(np.linalg.norm(np.maximum(np.maximum(surface.low - high, low - surface.high), 0)))
    if looks and gap > reach_m:
        spans = [float(np.linalg.norm(b - a)) for a, b in ((low, high), (surface.low, surface.high))]
        raise InputError(
            cloud.name, f"{gap:.3g} m away from {mesh.name} ({spans[0]:.3g} m and {spans[1]:.3g} m across)",
            "both in one frame and one unit", "align them first, or see --up and --units", code="compare-apart",
        )  # fmt: skip
    return figures(looks, reach_m)
