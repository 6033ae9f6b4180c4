"""How far places are from a surface at most, against a search of everything."""

from __future__ import annotations

import numpy as np
import pytest

from heritage.model.arrays import F32, Mesh
from heritage.ops.meshes.farthest import Boxes


def soup(rng: np.random.Generator, triangles: int, size: float) -> Mesh:
    """Triangles of many sizes and shapes, some flattened to a line or a place."""
    corners = rng.uniform(-5, 5, (triangles, 1, 3)) + rng.normal(0, size, (triangles, 3, 3))
    corners[::17, 2] = (corners[::17, 0] + corners[::17, 1]) / 2
    corners[::29] = corners[::29, :1]
    vertices = corners.reshape(-1, 3).astype(np.float32)
    return Mesh(np.zeros(3), vertices, np.arange(len(vertices), dtype=np.int32).reshape(-1, 3))


def searched(mesh: Mesh, xyz: F32) -> np.ndarray:
    """The distance of every place, by the nearest of the plane's foot and the three edges of every triangle."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    p = xyz.astype(np.float64)[:, None]

    def to_edge(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        along = w - u
        length = np.maximum((along**2).sum(1), 1e-30)
        t = np.clip(((p - u) * along).sum(2) / length, 0, 1)
        return np.linalg.norm(p - u - t[..., None] * along, axis=2)

    least = np.minimum(np.minimum(to_edge(a, b), to_edge(b, c)), to_edge(c, a))
    normal = np.cross(b - a, c - a)
    size = np.linalg.norm(normal, axis=1)
    solid = size > 1e-6
    normal = normal / np.where(solid, size, 1)[:, None]
    height = ((p - a) * normal).sum(2)
    foot = p - height[..., None] * normal
    inside = np.ones(height.shape, bool)
    for u, w in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(w - u, foot - u) * normal).sum(2) >= 0
    return np.where(inside & solid, np.minimum(least, np.abs(height)), least).min(1)


@pytest.mark.parametrize(("triangles", "size"), [(1, 1.0), (2, 0.1), (5, 3.0), (700, 0.2)])
def test_distances_are_those_of_a_search_of_everything(triangles: int, size: float) -> None:
    rng = np.random.default_rng(triangles)
    mesh = soup(rng, triangles, size)
    xyz = rng.uniform(-7, 7, (300, 3)).astype(np.float32)
    truth = searched(mesh, xyz)
    boxes = Boxes(mesh)
    assert np.allclose(boxes.farther(xyz, 0.0), truth, atol=2e-6)
    assert boxes.farthest(xyz) == pytest.approx(truth.max(), abs=2e-6)


def test_what_is_near_enough_is_not_searched_for_but_never_said_to_be_farther() -> None:
    rng = np.random.default_rng(3)
    mesh = soup(rng, 500, 0.3)
    xyz = rng.uniform(-7, 7, (500, 3)).astype(np.float32)
    truth, than = searched(mesh, xyz), 1.5
    found = Boxes(mesh).farther(xyz, than)
    clear = np.abs(truth - than) > 1e-5
    assert 50 < (truth > than).sum() < 450
    assert np.array_equal((found > than)[clear], (truth > than)[clear])
    assert np.allclose(found[truth > than], truth[truth > than], atol=2e-6)
    assert (found >= truth - 2e-6).all()
    assert (found != truth.astype(np.float32)).sum() > 50, "nothing was saved"


def test_at_least_what_is_known_already() -> None:
    mesh = soup(np.random.default_rng(1), 20, 0.5)
    xyz = mesh.vertices[:5]
    assert Boxes(mesh).farthest(xyz, 0.7) == pytest.approx(0.7)
    assert Boxes(mesh).farthest(xyz[:0], 0.0) == 0.0
    nothing = Mesh(np.zeros(3), xyz, np.zeros((0, 3), np.int32))
    assert Boxes(nothing).farthest(xyz) == np.inf
