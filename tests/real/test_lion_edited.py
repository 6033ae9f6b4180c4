"""The stone lion against an edited copy of itself: what was removed, added and pushed is found where and as large as it was made.

Its points are dealt to two surveys, so that the surface is the same and no point is. `pytest -s` prints the table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from heritage.formats.cloud import open_cloud
from heritage.model.arrays import F64, Mesh, PointCloud
from heritage.ops.comparison.compare import compare
from heritage.ops.comparison.plan import CompareOptions
from heritage.ops.comparison.quick import Surface
from heritage.ops.surface.mesh import mesh_surface

pytestmark = [pytest.mark.real, pytest.mark.slow]

# Name, radius of the sphere or disc, how far its middle is outside of the stone; of what is pushed the depth instead.
EDITS = (
    ("removed, shallow", 0.30, 0.20),
    ("removed", 0.32, 0.10),
    ("added, shallow", 0.30, -0.18),
    ("added, tall", 0.26, 0.10),
    ("pushed", 0.45, -0.06),
)
APART_M, EVEN_M = 1.0, 0.5


def _lion(path: Path) -> tuple[F64, F64]:
    chunks = list(open_cloud(path).chunks())
    xyz = np.concatenate([chunk.xyz for chunk in chunks]).astype(np.float64)
    normal = np.concatenate([chunk.normal for chunk in chunks]).astype(np.float64)
    return xyz - xyz.mean(0), normal / np.linalg.norm(normal, axis=1, keepdims=True)


def _places(xyz: F64, normal: F64) -> list[int]:
    """Rows in the middle of the evenest surface, far enough from each other."""
    few = np.random.default_rng(1).permutation(len(xyz))[:1_500]
    near = cKDTree(xyz).query_ball_point(xyz[few], EVEN_M)
    even = [np.linalg.norm(normal[rows].mean(0)) if len(rows) > 200 else 0.0 for rows in near]
    chosen: list[int] = []
    for row in few[np.argsort(even)[::-1]]:
        if all(np.linalg.norm(xyz[row] - xyz[other]) > APART_M for other in chosen):
            chosen.append(int(row))
        if len(chosen) == len(EDITS):
            return chosen
    raise AssertionError("the lion has too few even places")


def _ball(count: int, seed: int) -> F64:
    way = np.random.default_rng(seed).normal(size=(count, 3))
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _cloud(xyz: F64, normal: F64) -> PointCloud:
    return PointCloud(np.zeros(3), xyz.astype(np.float32), normal=normal.astype(np.float32))


def _edited(
    xyz: F64, normal: F64, stone: Surface, mesh: Mesh, places: F64, ways: F64, spacing_m: float
) -> tuple[F64, F64, list[float]]:
    """The second survey with the edits in it, and their true volumes."""
    volumes = []
    corners = mesh.vertices.astype(np.float64)[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    for number, (name, radius, off) in enumerate(EDITS):
        way = ways[number]
        if name == "pushed":

            def profile(at: F64) -> F64:
                share = np.linalg.norm(at - places[number], axis=1) / radius  # noqa: B023
                return np.where(share < 1, (1 - share**2) ** 2, 0) * off  # noqa: B023

            volumes.append(float((profile(corners.mean(1)) * (across @ way)).sum()))
            xyz = xyz + profile(xyz)[:, None] * way
            continue
        removed, centre = name.startswith("removed"), places[number] + off * way
        out = _ball(int(4 * np.pi * radius**2 / spacing_m**2), number)
        side = stone.distance(centre + radius * out)
        new = out[side < 0] if removed else out[side > 0]
        inside = np.random.default_rng(number).random((100_000, 1)) ** (1 / 3) * _ball(100_000, 50 + number)
        depth = stone.distance(centre + radius * inside)
        share = float(np.mean(depth < 0 if removed else depth > 0)) * (-1 if removed else 1)
        volumes.append(share * 4 / 3 * np.pi * radius**3)
        kept = np.linalg.norm(xyz - centre, axis=1) > radius
        xyz = np.vstack([xyz[kept], centre + radius * new])
        normal = np.vstack([normal[kept], -new if removed else new])
    return xyz, normal, volumes


def test_every_edit_is_found_where_and_as_large_as_it_was_made(real_data: Path) -> None:
    xyz, normal = _lion(real_data / "lion_takanawa" / "lion_takanawa_normals.ply")
    order = np.random.default_rng(0).permutation(len(xyz))
    one, two = order[: len(xyz) // 4], order[len(xyz) // 4 : len(xyz) // 2]
    rows = _places(xyz[one], normal[one])
    places = xyz[one][rows]
    near = cKDTree(xyz[one]).query_ball_point(places, 0.3)
    ways = np.array([normal[one][k].mean(0) for k in near])
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    before = _cloud(xyz[one], normal[one])
    early = mesh_surface(before).mesh
    spacing_m = float(np.median(cKDTree(xyz[one]).query(xyz[one][:5_000], 2)[0][:, 1])) * 1.5
    changed, faces, volumes = _edited(xyz[two], normal[two], Surface(early), early, places, ways, spacing_m)
    after = _cloud(changed, faces)
    late = mesh_surface(after).mesh

    distance, lod, change = compare(late, before, after, 0.0002, CompareOptions(reach_m=0.6), reference=early)

    left, told, seen = list(change.regions), [], []
    print(
        "\n| edit | regions | true l | found l | sigma l | by | greatest mm |\n|---|---|---|---|---|---|---|"
    )
    for number, (name, radius, _) in enumerate(EDITS):
        own = [
            r for r in left
            if r.gained == (volumes[number] > 0) and np.linalg.norm(np.array(r.centre_m) - places[number]) < radius + 0.2
        ]  # fmt: skip
        left = [r for r in left if r not in own]
        found = sum(r.volume_m3 or 0.0 for r in own)
        sigma = float(np.sqrt(sum((r.volume_sigma_m3 or 0.0) ** 2 for r in own)))
        greatest = max((r.greatest_m for r in own), key=abs, default=np.nan)
        print(
            f"| {name} | {len(own)} | {1000 * volumes[number]:+.2f} | {1000 * found:+.2f} | {1000 * sigma:.2f} "
            f"| {'/'.join(sorted({str(r.volume_by) for r in own}))} | {1000 * greatest:+.0f} |"
        )
        if any(r.volume_m3 is not None for r in own):
            told.append((name, found, volumes[number]))
        seen.append(bool(own))
    crumbs = sum(abs(r.volume_m3 or r.mean_m * r.area_m2) for r in left)
    away = np.min(np.linalg.norm(late.vertices[:, None] - places.astype(np.float32), axis=2), axis=1) > 0.8
    quiet = away & np.isfinite(distance)
    alarms = float(np.mean(np.abs(distance[quiet]) > lod[quiet]))
    print(
        f"{len(left)} crumbs of {1000 * crumbs:.2f} l; {100 * alarms:.1f} % of the other places beyond LoD95"
    )
    assert crumbs < 0.05 * sum(map(abs, volumes))
    assert alarms < 0.05
    assert all(seen)
    assert len(told) == len(EDITS)
    for name, found, true in told:
        assert found == pytest.approx(true, rel=0.1), name
