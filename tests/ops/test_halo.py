"""Halo beside outlines: as wide in metres however densely it was captured."""

import numpy as np
import pytest

from heritage.model.arrays import REASONS, PointCloud
from heritage.ops.cleaning.clean import clean

SKY, BRICK, STONE = np.array([170, 188, 214]), np.array([150, 80, 64]), np.array([188, 186, 178])


def wall_against_sky(spacing_m: float, seed: int = 0) -> tuple[PointCloud, np.ndarray, np.ndarray]:
    """A brick wall 2 m wide and high, with a rod of pale stone on top; beyond the wall's edge a
    halo up to 15 cm wide, thinner than the wall. The cloud, which points are halo, and which are the rod's."""
    rng = np.random.default_rng(seed)
    many = int(4 / spacing_m**2)
    wall = np.column_stack([rng.uniform(0, 2, many), rng.normal(0, 0.001, many), rng.uniform(0, 2, many)])
    turn, along = rng.uniform(0, 2 * np.pi, (2, int(0.15 / spacing_m**2)))
    rod = np.column_stack([0.03 * np.cos(turn) + 1, 0.03 * np.sin(turn), 2 + along / 8])
    beyond = rng.gamma(2.0, 0.02, int(0.02 * many))
    halo = np.column_stack(
        [2 + beyond, rng.normal(0, 0.015, len(beyond)), rng.uniform(0.1, 1.9, len(beyond))]
    )
    part = rng.uniform(0.5, 1.0, (len(halo), 1))
    colours = [
        np.tile(BRICK, (len(wall), 1)), np.tile(STONE, (len(rod), 1)), part * SKY + (1 - part) * BRICK,
    ]  # fmt: skip
    rgb = np.concatenate(colours) + rng.normal(0, 4, (len(wall) + len(rod) + len(halo), 3))
    sizes = [len(wall), len(rod), len(halo)]
    kind = np.repeat([0, 1, 2], sizes)
    xyz = np.concatenate([wall, rod, halo]).astype(np.float32)
    cloud = PointCloud(np.zeros(3), xyz, np.clip(np.rint(rgb), 0, 255).astype(np.uint8))
    return cloud, kind == 2, kind == 1


@pytest.mark.parametrize("spacing_m", [0.012, 0.006])
def test_halo_is_found_however_dense_and_thin_parts_stay(spacing_m: float) -> None:
    cloud, halo, rod = wall_against_sky(spacing_m)
    reasons = clean(cloud).reasons
    named = reasons == REASONS["halo"]
    assert named[halo].mean() > 0.85
    assert named[~halo].mean() < 1e-4
    assert named[rod].mean() < 1e-3
