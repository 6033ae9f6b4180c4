"""A simulated photogrammetric survey: what cameras see, with the faults that real captures have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import open3d as o3d

from heritage.model.arrays import F32, F64, REASONS, U8
from heritage.sample.light import Sky, face_normals, lit, occluded, scene_of
from heritage.sample.materials import Spot, albedo
from heritage.sample.noise import Noise
from heritage.sample.scene import GROUND, MONUMENT, VEGETATION, Surface

_TRIED = 8
_HALF_VIEW = float(np.cos(np.radians(42)))
_CHUNK = 8_000  # times a hundred cameras: what a core's cache holds
_SKY_COLOUR = np.array([196, 212, 228])
_KEPT = {MONUMENT: REASONS["kept"], GROUND: REASONS["ground"], VEGETATION: REASONS["vegetation"]}


@dataclass(frozen=True)
class Faults:
    """How bad the survey is. Shares are of all points; noise is 1 sigma along the ray at 10 m, square on."""

    noise_m: float = 0.0028
    halo: float = 0.014
    outliers: float = 0.012
    fragments: float = 0.004
    duplicates: float = 0.004


@dataclass(frozen=True, eq=False)
class Cameras:
    """``position`` (c, 3) and unit viewing direction ``forward`` (c, 3); half the field of view is 42 degrees."""

    position: F64
    forward: F64


@dataclass(frozen=True, eq=False)
class Survey:
    """Points in the order of the file: ``xyz`` (n, 3) float64, ``rgb``, ``normal`` (unit, noisy), ``label`` (n,)
    with the codes of `heritage.model.arrays.REASONS`."""

    xyz: F64
    rgb: U8
    normal: F32
    label: U8


def cameras(
    centre: tuple[float, float], radius: float, height: float, close: Sequence[tuple[float, ...]], rng: np.random.Generator
) -> Cameras:
    """Two walks around at eye level, a low and a high ring by drone, a few straight down, and ``close`` stations.

    A close station is (x, y, z, heading): a place, and a direction in degrees from +x towards +y.
    """
    rings = [(radius, 1.7, 26, 0.35), (radius * 0.72, 1.6, 20, 0.25), (radius * 1.05, height * 0.95, 18, 0.45)]
    rings += [(radius * 0.8, height * 1.8, 12, 0.3), (radius * 0.3, height * 2.1, 4, 0.3)]
    position, forward = [], []
    for r, z, count, aim in rings:
        a = 2 * np.pi * (np.arange(count) + rng.uniform(-0.3, 0.3, count)) / count
        reach = r * rng.uniform(0.92, 1.08, count)
        p = np.column_stack([reach * np.cos(a), reach * np.sin(a), z + rng.normal(0, 0.15, count)])
        position.append(p + (*centre, 0.0))
        forward.append(np.array([0.0, 0.0, height * aim]) - p)
    if close:
        x, y, z, heading = np.array(close, np.float64).T
        position.append(np.column_stack([x, y, z]))
        a = np.radians(heading)
        forward.append(np.column_stack([np.cos(a), np.sin(a), np.full(len(a), -0.12)]))
    f = np.vstack(forward)
    return Cameras(np.vstack(position), f / np.linalg.norm(f, axis=1)[:, None])


def survey(
    surface: Surface, eyes: Cameras, sky: Sky, points: int, noise: Noise, rng: np.random.Generator,
    faults: Faults = Faults(),
) -> Survey:  # fmt: skip
    """Exactly ``points`` points of ``surface`` as ``eyes`` would reconstruct it.

    A surface point is kept when two cameras see it (ray cast); its chance falls and its error grows with
    distance and with the angle at which it is seen. Colours carry the light of ``sky``.
    """
    scene = scene_of(surface)
    extra = {k: int(round(points * getattr(faults, k))) for k in ("halo", "outliers", "fragments", "duplicates")}
    wanted = points - sum(extra.values())
    p, face, eye = _seen(surface, scene, eyes, wanted, rng)
    n = face_normals(surface.corners)[face].astype(np.float64)
    flip = ((eyes.position[eye] - p) * n).sum(1) < 0
    n[flip] *= -1  # leaves have two sides
    rgb = lit(_coloured(surface, face, p, n, noise), p, n, scene, sky, rng)
    rgb = _bytes(rgb * 255 + rng.normal(0, 2.5, rgb.shape))
    label = np.array([_KEPT[c.belongs] for c in surface.coats], np.uint8)[surface.coat[face]]
    measured = _measured(p, n, eyes.position[eye], label, faults, rng)
    normal = n + rng.normal(0, 0.07, n.shape)

    halo_xyz, halo_rgb = _halo(p, rgb, eye, eyes, scene, extra["halo"], rng)
    far_xyz = _outliers(measured, eyes.position[eye], extra["outliers"], rng)
    bit_xyz = _fragments(measured, extra["fragments"], rng)
    twice = rng.integers(len(p), size=extra["duplicates"])
    counts = [len(p), len(halo_xyz), len(far_xyz), len(bit_xyz), len(twice)]
    xyz = np.concatenate([measured, halo_xyz, far_xyz, bit_xyz, measured[twice]])
    picked = rng.integers(len(p), size=len(far_xyz) + len(bit_xyz))
    colours = np.concatenate([rgb, halo_rgb, rgb[picked], rgb[twice]])
    stray = rng.normal(size=(sum(counts[1:4]), 3))
    normals = np.concatenate([normal, stray, normal[twice]])
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    codes = [REASONS[k] for k in ("halo", "outlier", "fragment", "duplicate")]
    labels = np.concatenate([label, np.repeat(np.array(codes, np.uint8), counts[1:])])
    order = rng.permutation(len(xyz))
    return Survey(xyz[order], colours[order], normals[order].astype(np.float32), labels[order])


def sampled(surface: Surface, count: int, rng: np.random.Generator) -> tuple[F64, np.ndarray]:
    """``count`` points uniform by area times the coats' weights, and the triangle of each."""
    corners = surface.corners
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    share = np.cumsum(area * np.array([c.weight for c in surface.coats])[surface.coat])
    face = np.searchsorted(share, rng.random(count) * share[-1])
    u, v = np.sqrt(rng.random(count)), rng.random(count)
    w = np.column_stack([1 - u, u * (1 - v), u * v])
    return np.einsum("nk,nkd->nd", w, corners[face]), face


def _seen(
    surface: Surface, scene: o3d.t.geometry.RaycastingScene, eyes: Cameras, wanted: int, rng: np.random.Generator
) -> tuple[F64, np.ndarray, np.ndarray]:
    normals = face_normals(surface.corners).astype(np.float64)
    thick = np.array([c.belongs != VEGETATION for c in surface.coats])[surface.coat]
    got: list[tuple[F64, np.ndarray, np.ndarray]] = []
    have, ask = 0, min(wanted, 60_000)
    while have < wanted:
        p, face = sampled(surface, ask, rng)
        keep, eye = _visible(p, normals[face], thick[face], scene, eyes, rng)
        got.append((p[keep], face[keep], eye[keep]))
        have += len(got[-1][0])
        rate = max(len(got[-1][0]) / ask, 0.02)
        ask = int((wanted - have) / rate * 1.02) + 1000
    p, face, eye = (np.concatenate(parts) for parts in zip(*got, strict=True))
    pick = np.sort(rng.permutation(len(p))[:wanted])
    return p[pick], face[pick], eye[pick]


def _visible(
    p: F64, n: F64, thick: np.ndarray, scene: o3d.t.geometry.RaycastingScene, eyes: Cameras, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Which points are reconstructed, and by which camera best."""
    keep, best = np.zeros(len(p), bool), np.zeros(len(p), np.int64)
    eye, forward = eyes.position.astype(np.float32), eyes.forward.astype(np.float32)
    eye_sq, eye_forward = (eye * eye).sum(1), (eye * forward).sum(1)
    for begin in range(0, len(p), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        q, m = p[part], n[part]
        # (eye - p) · a = eye · a - p · a: products of small matrices instead of arrays of (points, cameras, 3).
        a, b = q.astype(np.float32), m.astype(np.float32)
        distance = np.sqrt(np.maximum((a * a).sum(1)[:, None] - 2 * a @ eye.T + eye_sq, np.float32(1e-3)))
        cosine = (b @ eye.T - (a * b).sum(1)[:, None]) / distance
        cosine = np.where(thick[part][:, None], cosine, np.abs(cosine))
        in_view = a @ forward.T - eye_forward > np.float32(_HALF_VIEW) * distance
        score = np.where(in_view & (cosine > 0.12), np.minimum(cosine, np.float32(0.7)) / distance, np.float32(0))
        order = np.argpartition(-score, _TRIED, axis=1)[:, :_TRIED]
        order = np.take_along_axis(order, np.argsort(-np.take_along_axis(score, order, 1), axis=1, kind="stable"), 1)
        tried = np.take_along_axis(score, order, 1)
        start = np.repeat(q + 0.004 * m, _TRIED, axis=0)
        free = ~occluded(scene, start, eyes.position[order.ravel()] - start, 0.999).reshape(tried.shape) & (tried > 0)
        first = free.argmax(1)
        best[part] = np.take_along_axis(order, first[:, None], 1)[:, 0]
        quality = np.take_along_axis(tried, first[:, None], 1)[:, 0] * 14.0
        keep[part] = (free.sum(1) >= 2) & (rng.random(len(q)) < np.clip(quality, 0.05, 1.0) ** 0.6)
    return keep, best


def _coloured(surface: Surface, face: np.ndarray, p: F64, n: F64, noise: Noise) -> F64:
    colour, coat = np.empty_like(p), surface.coat[face]
    for k, each in enumerate(surface.coats):
        mine = np.flatnonzero(coat == k)
        if len(mine):
            q = each.pattern(p[mine]) if each.pattern else p[mine]
            colour[mine] = albedo(each.material, Spot(p[mine], q, n[mine], noise))
    return colour


def _measured(p: F64, n: F64, eye: F64, label: U8, faults: Faults, rng: np.random.Generator) -> F64:
    ray = p - eye
    distance = np.linalg.norm(ray, axis=1)
    ray /= distance[:, None]
    grazing = np.clip(np.abs((ray * n).sum(1)), 0.25, 1)
    sigma = faults.noise_m * distance / 10 / grazing
    sigma = np.where(label == REASONS["vegetation"], sigma * 6, sigma)
    return np.asarray(p + ray * (sigma * rng.normal(size=len(p)))[:, None] + (sigma / 3)[:, None] * rng.normal(size=p.shape))


def _halo(
    p: F64, rgb: U8, eye: np.ndarray, eyes: Cameras, scene: o3d.t.geometry.RaycastingScene, count: int,
    rng: np.random.Generator,
) -> tuple[F64, U8]:  # fmt: skip
    """Points just outside silhouettes, half the colour of the sky behind: the mark of image matching."""
    xyz, colours, have = [np.empty((0, 3))], [np.empty((0, 3), np.uint8)], 0
    while have < count:
        pick = rng.integers(len(p), size=max(60 * count, 1000))
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
        colours.append(_bytes(share * _SKY_COLOUR + (1 - share) * rgb[pick[chosen]] + rng.normal(0, 4, (len(chosen), 3))))
        have += len(chosen)
    return np.concatenate(xyz), np.concatenate(colours)


def _outliers(p: F64, eye: F64, count: int, rng: np.random.Generator) -> F64:
    """Half are false matches along a ray, half lie anywhere in the box."""
    pick = rng.integers(len(p), size=count)
    ray = (p - eye)[pick]
    ray /= np.linalg.norm(ray, axis=1)[:, None]
    depth = rng.choice([-1, 1], count) * (0.15 + rng.exponential(0.8, count))
    low, high = p.min(0) - (1, 1, 0.6), p.max(0) + (1, 1, 2.0)
    anywhere = rng.uniform(low, high, (count, 3))
    return np.where(rng.random((count, 1)) < 0.5, p[pick] + ray * depth[:, None], anywhere)


def _fragments(p: F64, count: int, rng: np.random.Generator) -> F64:
    """A few clumps that float in the air beside the monument, each some decimetres across."""
    clumps = max(min(12, count // 20), 1)
    low, high = p.min(0) + (0, 0, 2.0), p.max(0) + (0, 0, 1.5)
    centre = rng.uniform(low, high, (clumps, 3))
    return np.asarray(centre[rng.integers(clumps, size=count)] + rng.normal(0, 0.09, (count, 3)) * [1, 1, 0.6])


def _bytes(colour: F64) -> U8:
    return np.clip(np.rint(colour), 0, 255).astype(np.uint8)
