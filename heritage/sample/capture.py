"""A simulated photogrammetric survey: what cameras see, with the faults that real captures have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d as o3d

from heritage.model.arrays import F32, F64, REASONS, U8
from heritage.model.errors import MethodError
from heritage.sample.cameras import HALF_VIEW_DEG, Cameras
from heritage.sample.faults import USUAL, Faults, fragments, halo, measured, outliers, to_bytes
from heritage.sample.light import Sky, face_normals, lit, occluded, scene_of
from heritage.sample.materials import albedo
from heritage.sample.noise import Noise
from heritage.sample.scene import GROUND, MONUMENT, VEGETATION, Surface
from heritage.sample.weathering import Spot

_MOST = 4_000_000  # points made at once
_TRIED, _ROUND = 20, 5
_HALF_VIEW = float(np.cos(np.radians(HALF_VIEW_DEG)))
_CHUNK = 8_000  # times a hundred cameras: what a core's cache holds
_KEPT = {MONUMENT: REASONS["kept"], GROUND: REASONS["ground"], VEGETATION: REASONS["vegetation"]}


@dataclass(frozen=True, eq=False)
class Survey:
    """Points in the order of the file.

    ``xyz`` (n, 3) float64 metres, ``rgb`` (n, 3), ``normal`` (n, 3) unit but noisy, ``label`` (n,) with the
    codes of `heritage.model.arrays.REASONS`.
    """

    xyz: F64
    rgb: U8
    normal: F32
    label: U8


def survey(
    surface: Surface, eyes: Cameras, sky: Sky, points: int, noise: Noise, rng: np.random.Generator,
    faults: Faults = USUAL,
) -> Survey:  # fmt: skip
    """Exactly ``points`` points of ``surface`` as ``eyes`` would reconstruct it.

    A surface point is kept when two cameras see it (ray cast); its chance falls and its error grows with
    distance and with the angle at which it is seen. Colours carry the light of ``sky``. A survey of many
    millions is made of several.
    """
    parts = -(-points // _MOST)
    sizes = np.diff(np.linspace(0, points, parts + 1).astype(int))
    made = [_survey(surface, eyes, sky, int(size), noise, rng, faults) for size in sizes]
    if parts == 1:
        return made[0]
    order = rng.permutation(points)
    return Survey(
        np.concatenate([one.xyz for one in made])[order],
        np.concatenate([one.rgb for one in made])[order],
        np.concatenate([one.normal for one in made])[order],
        np.concatenate([one.label for one in made])[order],
    )


def _survey(
    surface: Surface, eyes: Cameras, sky: Sky, points: int, noise: Noise, rng: np.random.Generator,
    faults: Faults,
) -> Survey:  # fmt: skip
    scene = scene_of(surface)
    extra = {k: round(points * getattr(faults, k)) for k in ("halo", "outliers", "fragments", "duplicates")}
    wanted = points - sum(extra.values())
    p, face, eye = _seen(surface, scene, eyes, wanted, rng)
    n = face_normals(surface.corners)[face].astype(np.float64)
    flip = ((eyes.position[eye] - p) * n).sum(1) < 0
    n[flip] *= -1  # leaves have two sides
    seen = lit(_coloured(surface, face, p, n, noise), p, n, scene, sky, rng)
    rgb = to_bytes(seen * 255 + rng.normal(0, 2.5, seen.shape))
    label = np.array([_KEPT[c.belongs] for c in surface.coats], np.uint8)[surface.coat[face]]
    found = measured(p, n, eyes.position[eye], label, faults, rng)
    normal = n + rng.normal(0, 0.07, n.shape)

    halo_xyz, halo_rgb = halo(p, rgb, eye, eyes, scene, extra["halo"], rng)
    far_xyz = outliers(found, eyes.position[eye], extra["outliers"], rng)
    bit_xyz = fragments(found, extra["fragments"], rng)
    twice = rng.integers(len(p), size=extra["duplicates"])
    counts = [len(p), len(halo_xyz), len(far_xyz), len(bit_xyz), len(twice)]
    xyz = np.concatenate([found, halo_xyz, far_xyz, bit_xyz, found[twice]])
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
    surface: Surface,
    scene: o3d.t.geometry.RaycastingScene,
    eyes: Cameras,
    wanted: int,
    rng: np.random.Generator,
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
        if not len(got[-1][0]):
            raise MethodError(
                "survey", "no camera sees the surface", "cameras that face it", code="sample-unseen"
            )
        rate = len(got[-1][0]) / ask
        ask = int((wanted - have) / rate * 1.02) + 1000
    p, face, eye = (np.concatenate(parts) for parts in zip(*got, strict=True))
    pick = np.sort(rng.permutation(len(p))[:wanted])
    return p[pick], face[pick], eye[pick]


def _visible(
    p: F64,
    n: F64,
    thick: np.ndarray,
    scene: o3d.t.geometry.RaycastingScene,
    eyes: Cameras,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Which points are reconstructed, and by which camera best."""
    keep, best = np.zeros(len(p), bool), np.zeros(len(p), np.int64)
    most = min(_TRIED, len(eyes.position))
    eye, forward = eyes.position.astype(np.float32), eyes.forward.astype(np.float32)
    eye_sq, eye_forward = (eye * eye).sum(1), (eye * forward).sum(1)
    for begin in range(0, len(p), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        q, m = p[part], n[part]
        # (eye - p) · a = eye · a - p · a: products of small matrices, no array of (points, cameras, 3).
        a, b = q.astype(np.float32), m.astype(np.float32)
        distance = np.sqrt(np.maximum((a * a).sum(1)[:, None] - 2 * a @ eye.T + eye_sq, np.float32(1e-3)))
        cosine = (b @ eye.T - (a * b).sum(1)[:, None]) / distance
        cosine = np.where(thick[part][:, None], cosine, np.abs(cosine))
        in_view = a @ forward.T - eye_forward > np.float32(_HALF_VIEW) * distance
        score = np.where(
            in_view & (cosine > 0.12), np.minimum(cosine, np.float32(0.7)) / distance, np.float32(0)
        )
        order = np.argpartition(-score, most - 1, axis=1)[:, :most]
        order = np.take_along_axis(
            order, np.argsort(-np.take_along_axis(score, order, 1), axis=1, kind="stable"), 1
        )
        tried = np.take_along_axis(score, order, 1)
        free = np.zeros(tried.shape, bool)
        for low in range(0, most, _ROUND):
            # Only points that two cameras have not seen yet are worth more rays.
            row, column = np.nonzero((tried[:, low : low + _ROUND] > 0) & (free.sum(1) < 2)[:, None])
            start = q[row] + 0.004 * m[row]
            towards = eyes.position[order[row, low + column]] - start
            free[row, low + column] = ~occluded(scene, start, towards, 0.999)
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
