from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from heritage.ops.placement.gravity import find_up, level


def _normals(rng, walls=2000, floor=500, roof=0):
    parts = [np.tile(n, (walls // 4, 1)) for n in ([1.0, 0, 0], [0, 1.0, 0], [-1.0, 0, 0], [0, -1.0, 0])]
    parts += [np.tile([0, 0, 1.0], (floor, 1)), np.tile([0.5, 0, 0.866], (roof, 1))]
    n = np.concatenate(parts) + rng.normal(0, 0.05, (4 * (walls // 4) + floor + roof, 3))
    return n / np.linalg.norm(n, axis=1, keepdims=True)


@pytest.mark.parametrize("tilt_deg", [0.0, 2.0, 8.0])
@pytest.mark.parametrize(
    "case", [{}, {"floor": 0}, {"walls": 0}, {"roof": 3000}, {"floor": 20, "roof": 3000}]
)
def test_up_is_found_from_walls_and_floors_whatever_the_roof(tilt_deg, case):
    rng = np.random.default_rng(0)
    turned = Rotation.from_euler("x", tilt_deg, degrees=True).as_matrix()
    up = find_up((_normals(rng, **case) @ turned.T).astype(np.float32))
    assert np.degrees(np.arccos(min(1.0, float(up @ turned[:, 2])))) < 0.4
    assert up @ turned[:, 2] > 0


def test_sides_of_normals_do_not_matter():
    rng = np.random.default_rng(1)
    normal = _normals(rng)
    flipped = normal * rng.choice([-1.0, 1.0], (len(normal), 1))
    assert find_up(flipped.astype(np.float32)) == pytest.approx(find_up(normal.astype(np.float32)), abs=1e-6)


def test_one_wall_keeps_z_where_it_says_nothing():
    wall = np.tile([1.0, 0.0, 0.02], (500, 1))
    up = find_up((wall / np.linalg.norm(wall[0])).astype(np.float32))
    assert up == pytest.approx([-0.02, 0.0, 1.0], abs=1e-3)


def test_no_surface_keeps_z():
    assert np.array_equal(find_up(np.zeros((0, 3), np.float32)), [0, 0, 1])


def test_level_turns_up_onto_z_and_no_farther():
    up = np.array([0.1, -0.2, 0.9])
    up /= np.linalg.norm(up)
    rotation = level(up)
    assert rotation @ up == pytest.approx([0, 0, 1], abs=1e-12)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.arccos((np.trace(rotation) - 1) / 2) == pytest.approx(np.arccos(up[2]))
