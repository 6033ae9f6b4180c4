"""A terrain's grid as triangles."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F32, F64, I32
from heritage.ops.map.terrain import Terrain


def ground_mesh(terrain: Terrain) -> tuple[F64, I32, F32]:
    """Vertices (v, 3) site metres, triangles (t, 3) facing up, cover (v,)."""
    h, w = terrain.heights.shape
    column, row = np.meshgrid(np.arange(w), np.arange(h))
    xy = terrain.low + terrain.spacing_m * np.column_stack([column.ravel(), row.ravel()])
    vertices = np.column_stack([xy, terrain.heights.ravel().astype(np.float64)])
    corner = (column + row * w)[:-1, :-1].ravel()
    one, two = corner + 1, corner + w
    # Each cell is cut along the diagonal that joins the heights nearest to each other: ridges stay ridges.
    z = terrain.heights.ravel()
    rising = np.abs(z[corner] - z[two + 1]) <= np.abs(z[one] - z[two])
    a = np.where(
        rising[:, None], np.column_stack([corner, one, two + 1]), np.column_stack([corner, one, two])
    )
    b = np.where(
        rising[:, None], np.column_stack([corner, two + 1, two]), np.column_stack([one, two + 1, two])
    )
    triangles = np.stack([a, b], axis=1).reshape(-1, 3).astype(np.int32)
    return vertices, triangles, terrain.cover.ravel()
