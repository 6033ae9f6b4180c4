"""The light that photogrammetry bakes into colours: sun with soft shadows, sky with occlusion, the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d as o3d

from heritage.model.arrays import F32, F64
from heritage.sample.scene import Surface

_CHUNK = 40_000  # what a core's cache holds
_OFF_M = 0.006


@dataclass(frozen=True)
class Sky:
    """``sun`` is the unit vector towards the sun in the frame of what is lit; radiances are linear RGB."""

    sun: tuple[float, float, float]
    sunlight: tuple[float, float, float] = (1.02, 0.93, 0.78)
    zenith: tuple[float, float, float] = (0.50, 0.62, 0.86)
    horizon: tuple[float, float, float] = (0.80, 0.85, 0.90)
    bounce: tuple[float, float, float] = (0.20, 0.17, 0.13)
    softness: float = 0.03
    exposure: float = 1.0


def scene_of(surface: Surface) -> o3d.t.geometry.RaycastingScene:
    """Something to cast rays into."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(surface.vertices, np.float32)),
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(surface.triangles, np.uint32)),
    )
    return scene


def occluded(
    scene: o3d.t.geometry.RaycastingScene, start: F64, along: F64, far: float = np.inf
) -> np.ndarray:
    """(n,) bool: does the ray from ``start`` (n, 3) meet anything within ``far`` times ``along`` (n, 3)?"""
    rays = o3d.core.Tensor.from_numpy(np.concatenate([start, along], axis=1).astype(np.float32))
    return np.asarray(scene.test_occlusions(rays, tnear=0.0, tfar=far).numpy())


def lit(
    albedo: F64,
    p: F64,
    n: F64,
    scene: o3d.t.geometry.RaycastingScene,
    sky: Sky,
    rng: np.random.Generator,
    rays: int = 25,
) -> F64:
    """sRGB colours in 0..1 (n, 3) of points ``p`` with normals ``n`` and sRGB ``albedo`` under ``sky``.

    Sky light is a stratified, cosine-weighted Monte Carlo estimate with ``rays`` per point; the sun's disc
    is four rays, so that the edges of shadows are soft.
    """
    light = np.empty_like(albedo)
    for begin in range(0, len(p), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        light[part] = _sun(p[part], n[part], scene, sky, rng) + _ambient(
            p[part], n[part], scene, sky, rng, rays
        )
    linear = np.clip(albedo, 0, 1) ** 2.2 * light * sky.exposure
    # A shoulder instead of a clip: sunlit lime plaster must keep its texture.
    linear = np.where(linear > 0.7, 0.7 + 0.3 * np.tanh((linear - 0.7) / 0.3), linear)
    return np.asarray(linear ** (1 / 2.2))


def _sun(p: F64, n: F64, scene: o3d.t.geometry.RaycastingScene, sky: Sky, rng: np.random.Generator) -> F64:
    sun = np.asarray(sky.sun)
    facing = np.clip(n @ sun, 0, None)
    seen = np.zeros(len(p))
    todo = np.flatnonzero(facing > 0)
    for _ in range(4):
        towards = sun + sky.softness * rng.normal(size=(len(todo), 3))
        seen[todo] += ~occluded(scene, p[todo] + _OFF_M * n[todo], towards)
    return np.asarray((facing * seen / 4)[:, None] * np.asarray(sky.sunlight))


def _ambient(
    p: F64, n: F64, scene: o3d.t.geometry.RaycastingScene, sky: Sky, rng: np.random.Generator, rays: int
) -> F64:
    side = np.where(np.abs(n[:, :1]) < 0.7, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    t = np.cross(n, side)
    t /= np.linalg.norm(t, axis=1)[:, None]
    b = np.cross(n, t)
    turns = max(int(np.sqrt(rays)), 1)
    total = np.zeros_like(p)
    zenith, horizon, bounce = (np.asarray(c) for c in (sky.zenith, sky.horizon, sky.bounce))
    for k in range(turns * turns):
        u = (k // turns + rng.random(len(p))) / turns
        a = 2 * np.pi * (k % turns + rng.random(len(p))) / turns
        r, up = np.sqrt(u), np.sqrt(1 - u)
        d = (r * np.cos(a))[:, None] * t + (r * np.sin(a))[:, None] * b + up[:, None] * n
        hit = occluded(scene, p + _OFF_M * n, d, 15.0)
        from_sky = horizon + (zenith - horizon) * np.clip(d[:, 2:], 0, 1)
        total += np.where((hit | (d[:, 2] < 0))[:, None], bounce, from_sky)
    return total / (turns * turns) * 0.62


def face_normals(corners: F64) -> F32:
    """(t, 3) unit normals of triangles; zero where a triangle has no area."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(normal / np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None], np.float32)
