"""What stands around a monument and gets captured with it: ground, paths, trees, bushes."""

from __future__ import annotations

import numpy as np
from manifold3d import Manifold

from heritage.model.arrays import F64
from heritage.sample.scene import GROUND, VEGETATION, Building, Coat, Surface

GRASS = Coat("grass", weight=0.26, belongs=GROUND)
COURT = Coat("court", weight=0.55, belongs=GROUND)
LEAF = Coat("leaf", weight=0.75, belongs=VEGETATION)
BLOSSOM = Coat("blossom", weight=0.75, belongs=VEGETATION)
BARK = Coat("bark", weight=0.5, belongs=VEGETATION)


def ground(
    centre: tuple[float, float], radius: float, court: list[tuple[float, float, float, float]]
) -> Surface:
    """A lawn with a soft relief of some centimetres; ``court`` lists paved rectangles (x0, x1, y0, y1)."""
    step = 0.4
    n = int(radius / step)
    axis = np.linspace(-n * step, n * step, 2 * n + 1)
    gx, gy = np.meshgrid(axis + centre[0], axis + centre[1], indexing="ij")
    z = 0.035 * np.sin(0.61 * gx + 1.0) * np.cos(0.53 * gy) + 0.02 * np.sin(1.7 * gx + 0.9 * gy)
    paved = np.zeros(gx.shape, bool)
    for x0, x1, y0, y1 in court:
        paved |= (gx > x0) & (gx < x1) & (gy > y0) & (gy < y1)
    z = np.where(paved, 0.02, z)
    i = np.arange(gx.size).reshape(gx.shape)
    a, b, c, d = i[:-1, :-1].ravel(), i[1:, :-1].ravel(), i[1:, 1:].ravel(), i[:-1, 1:].ravel()
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    on_court = np.tile((paved[:-1, :-1] & paved[1:, 1:]).ravel(), 2)
    inside = np.hypot(gx.ravel() - centre[0], gy.ravel() - centre[1])[faces].max(1) < radius
    vertices = np.column_stack([gx.ravel(), gy.ravel(), z.ravel()]).astype(np.float32)
    return Surface(
        vertices,
        faces[inside].astype(np.int32),
        np.where(on_court, 1, 0)[inside].astype(np.int32),
        (GRASS, COURT),
    )


def leaves(
    centres: F64, radii: F64, count: int, size: float, coat: Coat, rng: np.random.Generator
) -> Surface:
    """``count`` leaf sprays (small squares) in ellipsoids at ``centres`` (k, 3) with ``radii`` (k, 3)."""
    which = rng.integers(len(centres), size=count)
    out = rng.normal(size=(count, 3))
    out /= np.linalg.norm(out, axis=1)[:, None]
    middle = centres[which] + out * radii[which] * (rng.uniform(0.35, 1.0, (count, 1)) ** 0.4)
    normal = out + 0.7 * rng.normal(size=(count, 3)) + [0, 0, 0.5]
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    a = np.cross(normal, rng.normal(size=(count, 3)))
    a *= size / np.linalg.norm(a, axis=1)[:, None] * rng.uniform(0.6, 1.2, (count, 1))
    b = np.cross(normal, a) * 0.6
    corners = np.stack([middle - a, middle - b, middle + a, middle + b], axis=1).reshape(-1, 3)
    k = np.arange(count)[:, None] * 4
    faces = np.concatenate([k + np.array([0, 1, 2]), k + np.array([0, 2, 3])])
    return Surface(
        corners.astype(np.float32), faces.astype(np.int32), np.zeros(len(faces), np.int32), (coat,)
    )


def tree(
    at: tuple[float, float], height: float, spread: float, rng: np.random.Generator, coat: Coat = LEAF
) -> Surface:
    """A broad tree: a trunk with limbs, and a crown of clumps of leaves."""
    x, y = at
    wood = Building()
    fork = 0.42 * height
    wood.add(BARK, Manifold.cylinder(fork + 0.4, 0.055 * height**0.8 + 0.1, 0.11, 14).translate((x, y, -0.3)))
    clumps, sizes = [], []
    count = 7
    for k in range(count):
        a = 2 * np.pi * (k / (count - 1)) + rng.uniform(-0.3, 0.3)
        reach = 0.0 if k == count - 1 else spread * rng.uniform(0.5, 0.75)
        top = np.array(
            [
                x + reach * np.cos(a),
                y + reach * np.sin(a),
                height * (0.86 if reach == 0 else rng.uniform(0.62, 0.78)),
            ]
        )
        start = np.array([x, y, fork])
        along = top - start
        length = float(np.linalg.norm(along))
        tilt, turn = np.degrees(np.arccos(along[2] / length)), np.degrees(np.arctan2(along[1], along[0]))
        limb = Manifold.cylinder(length, 0.10, 0.03, 8).rotate((0, tilt, turn)).translate(tuple(start))
        wood.add(BARK, limb)
        clumps.append(top)
        sizes.append(spread * rng.uniform(0.40, 0.55) * np.array([1, 1, 0.72]))
    crown = leaves(np.array(clumps), np.array(sizes), int(340 * spread**1.5), 0.20, coat, rng)
    return wood.surface() + crown


def bush(at: tuple[float, float], radius: float, height: float, rng: np.random.Generator) -> Surface:
    """A clipped round bush."""
    centre = np.array([[at[0], at[1], height * 0.45]])
    return leaves(
        centre, np.array([[radius, radius, height * 0.55]]), int(260 * radius * height) + 40, 0.12, LEAF, rng
    )
