"""What goes wrong in image matching, and how a simulated survey gets it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d as o3d

from heritage.model.arrays import F64, REASONS, U8
from heritage.model.errors import MethodError
from heritage.sample.cameras import Cameras
from heritage.sample.light import occluded

_SKY_COLOUR = np.array([196, 212, 228])
_TRIES = 200


@dataclass(frozen=True)
class Faults:
    """How bad the survey is. Shares are of all points; noise is 1 sigma along the ray at 10 m, square on."""

    noise_m: float = 0.0028
    halo: float = 0.014
    outliers: float = 0.012
    fragments: float = 0.004
    duplicates: float = 0.004


USUAL = Faults()


def measured(p: F64, n: F64, eye: F64, label: U8, faults: Faults, rng: np.random.Generator) -> F64:
    """Points ``p`` (n, 3) with normals ``n`` as seen from ``eye`` (n, 3): off along and across the ray."""
    ray = p - eye
    distance = np.linalg.norm(ray, axis=1)
    ray /= distance[:, None]
    grazing = np.clip(np.abs((ray * n).sum(1)), 0.25, 1)
    sigma = faults.noise_m * distance / 10 / grazing
    sigma = np.where(label == REASONS["vegetation"], sigma * 6, sigma)
    return np.asarray(
        p + ray * (sigma * rng.normal(size=len(p)))[:, None] + (sigma / 3)[:, None] * rng.normal(size=p.shape)
    )


def halo(
    p: F64, rgb: U8, eye: np.ndarray, eyes: Cameras, scene: o3d.t.geometry.RaycastingScene, count: int,
    rng: np.random.Generator,
) -> tuple[F64, U8]:  # fmt: skip
    """Points just outside silhouettes, half the colour of the sky behind: the mark of image matching."""
    xyz, colours, have = [np.empty((0, 3))], [np.empty((0, 3), np.uint8)], 0
    for _ in range(_TRIES):
        pick = rng.integers(len(p), size=12 * count + 500)
        ray = p[pick] - eyes.position[eye[pick]]
        distance = np.linalg.norm(ray, axis=1)[:, None]
        side = np.cross(ray, rng.normal(size=ray.shape))
        side *= rng.gamma(2.0, 0.02, (len(pick), 1)) / np.linalg.norm(side, axis=1)[:, None]
        beyond = p[pick] + side
        towards = beyond - eyes.position[eye[pick]]
        open_sky = ~occluded(scene, eyes.position[eye[pick]], towards) & (towards[:, 2] > 0)
        chosen = np.flatnonzero(open_sky)[: count - have]
        depth = rng.normal(0, 0.012, (len(chosen), 1)) * distance[chosen] / 10
        xyz.append(beyond[chosen] + towards[chosen] * depth)
        share = rng.uniform(0.5, 1.0, (len(chosen), 1))
        mixed = share * _SKY_COLOUR + (1 - share) * rgb[pick[chosen]]
        colours.append(to_bytes(mixed + rng.normal(0, 4, mixed.shape)))
        have += len(chosen)
        if have == count:
            return np.concatenate(xyz), np.concatenate(colours)
    raise MethodError(
        "halo", "nothing stands against the sky", "a camera that looks up", code="sample-no-sky"
    )


def outliers(p: F64, eye: F64, count: int, rng: np.random.Generator) -> F64:
    """Half are false matches along a ray, half lie anywhere in the box."""
    pick = rng.integers(len(p), size=count)
    ray = (p - eye)[pick]
    ray /= np.linalg.norm(ray, axis=1)[:, None]
    depth = rng.choice([-1, 1], count) * (0.15 + rng.exponential(0.8, count))
    low, high = p.min(0) - np.array([1, 1, 0.6]), p.max(0) + np.array([1, 1, 2.0])
    anywhere = rng.uniform(low, high, (count, 3))
    return np.where(rng.random((count, 1)) < 0.5, p[pick] + ray * depth[:, None], anywhere)


def fragments(p: F64, count: int, rng: np.random.Generator) -> F64:
    """A few clumps that float in the air beside the monument, each some decimetres across."""
    clumps = max(min(12, count // 20), 1)
    low, high = p.min(0) + np.array([0, 0, 2.0]), p.max(0) + np.array([0, 0, 1.5])
    centre = rng.uniform(low, high, (clumps, 3))
    return np.asarray(
        centre[rng.integers(clumps, size=count)] + rng.normal(0, 0.09, (count, 3)) * [1, 1, 0.6]
    )


def to_bytes(colour: F64) -> U8:
    """8-bit colours from 0..255 floats."""
    return np.clip(np.rint(colour), 0, 255).astype(np.uint8)
