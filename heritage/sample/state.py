"""The interpreted state of 1844: Thái Hòa as it may have stood, new and whole. No measurement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.sample.damage import IN_1844
from heritage.sample.files import write_glb
from heritage.sample.hall import FLOOR_M, LOWER, hall
from heritage.sample.light import face_normals
from heritage.sample.materials import albedo
from heritage.sample.noise import Noise
from heritage.sample.roof import COARSE_M
from heritage.sample.scene import Surface
from heritage.sample.weathering import Spot

PIECES = ("base", "hall", "roofs", "porch")
"""The nodes of the model; the parts of the state are named by them."""


def write_state(path: Path, noise: Noise, rng: np.random.Generator) -> None:
    """Write the GLB: the hall's surface with unweathered colours at its vertices, no light baked in."""
    surface = hall(IN_1844, COARSE_M, longest_edge=0.40)
    corners = surface.corners
    normal = face_normals(corners).astype(np.float64)
    # Every corner its own vertex first; those that share place, coat and facing are one again.
    points = surface.triangles.reshape(-1)
    coat, facing = np.repeat(surface.coat, 3), np.repeat(normal, 3, axis=0)
    key = np.column_stack([points, coat, np.rint(facing * 2.4).astype(np.int64)])
    _, first, index = np.unique(key, axis=0, return_index=True, return_inverse=True)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    summed = np.zeros((len(first), 3))
    np.add.at(summed, index.reshape(-1), facing * np.repeat(area, 3)[:, None])
    vertex = surface.vertices[points[first]]
    lengths = np.linalg.norm(summed, axis=1)
    normals = np.where(lengths[:, None] > 0, summed / np.maximum(lengths, 1e-20)[:, None], [0.0, 0.0, 1.0])
    colour = np.empty((len(first), 3))
    for k, each in enumerate(surface.coats):
        mine = np.flatnonzero(coat[first] == k)
        total: F64 = np.zeros((len(mine), 3))
        # Vertices are coarser than the patterns: averages over the neighbourhood keep them from flickering.
        spread = 0.02 if each.material.startswith("tile") else 0.10
        for _ in range(6):
            p = vertex[mine].astype(np.float64) + rng.uniform(-spread, spread, (len(mine), 3))
            total += albedo(
                each.material, Spot(p, each.pattern(p) if each.pattern else p, normals[mine], noise, age=0.0)
            )
        colour[mine] = total / 6
    triangles = index.reshape(-1, 3).astype(np.int32)
    solid = area > 1e-10
    piece = _pieces(surface)[solid]
    pieces = {name: triangles[solid][piece == name] for name in PIECES}
    write_glb(path, vertex, normals.astype(np.float32), pieces, colour)


def _pieces(surface: Surface) -> npt.NDArray[np.str_]:
    """Which of `PIECES` every triangle belongs to: by its coat, and where it lies."""
    coats = np.array([coat.material for coat in surface.coats])[surface.coat]
    x, y, z = surface.corners.mean(1).T
    stone = np.isin(coats, ["stone", "paving"]) & (z < FLOOR_M + 0.3)
    rail = np.isin(coats, ["ceramic", "lime"]) & (z < FLOOR_M + 1.2)
    behind = (x > 2.2) & (x < 7.8) & ((y > 5.95) | ((y > 5) & (z > LOWER.height(x, y) + 0.35)))
    roof = (z > 3.2) & ~np.isin(coats, ["lacquer", "door", "ochre", "enamel", "gold", "lime", "wood"])
    return np.asarray(
        np.select([stone | rail, behind, roof | (z > LOWER.crest())], ["base", "porch", "roofs"], "hall")
    )
