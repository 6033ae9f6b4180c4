"""Hard trials: a building among its neighbours, as a survey from the street sees it, and the layer it is sought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import extruded
import numpy as np
import shapely
from shapely.geometry import Polygon

from heritage.model.arrays import PointCloud, Similarity

PARTY_M = 0.35  # walls nearer than this to a neighbour's plan are party walls


@dataclass(frozen=True, eq=False)
class Trial:
    """``scene`` of the building; ``around``: the drawn footprints of the others, site frame."""

    scene: extruded.Scene
    around: tuple[Polygon, ...]

    def compass(self, error_deg: float) -> float:
        """Its true heading and an error, degrees clockwise from north."""
        y = self.scene.truth.rotation[:, 1]
        return float(np.degrees(np.arctan2(y[0], y[1])) + error_deg)


def trial(
    plan: Polygon,
    neighbours: Sequence[Polygon],
    seed: int,
    *,
    hide_side: bool,
    per_m2: float = 60.0,
    footprint_sigma_m: float = 0.15,
    scale: float = 1.0,
    boxed: bool = False,
) -> Trial:
    """``neighbours`` in the frame of ``plan``. The survey sees 1 to 5 m of what adjoins, no party wall below the lower
    eaves, a garden wall in every third trial, hedges that hide the foot of walls, and trees. ``boxed``: somebody cut
    the survey with a box about the plan, at each side another 0.5 to 5 m away from it."""
    rng = np.random.default_rng([seed, 7])
    middle = np.array(plan.centroid.coords[0])
    plan, *others = (shapely.transform(p, lambda xy: xy - middle) for p in (plan, *neighbours))
    height = rng.uniform(3.5, 9)
    near = [o for o in others if o.distance(plan) < 6]
    heights = [max(height + rng.normal(0, 1.2), 2.5) for _ in near]
    reach = plan.buffer(rng.uniform(1, 5))
    if boxed:
        reach = _box(plan, np.random.default_rng([seed, 13]))
    away = rng.uniform(0, 2 * np.pi)
    parts = []
    for i, building in enumerate([plan, *near]):
        rest = [
            (o, h) for j, (o, h) in enumerate(zip([plan, *near], [height, *heights], strict=True)) if j != i
        ]
        points, facing = _building(building, [height, *heights][i], rest, per_m2, rng)
        seen = shapely.contains_xy(reach, points[:, 0], points[:, 1]) | (i == 0)
        if hide_side:
            seen &= facing @ [np.cos(away), np.sin(away)] < 0.6
        parts.append(points[seen])
    xyz = np.concatenate(parts)
    xyz = np.concatenate(
        [_behind_hedges(xyz, plan, rng), *_plants(plan, rng), *_garden_wall(plan, near, rng)]
    )
    return _placed(xyz, plan, others, rng, footprint_sigma_m, scale)


def _box(plan: Polygon, rng: np.random.Generator) -> Polygon:
    corners = np.asarray(plan.minimum_rotated_rectangle.exterior.coords)[:4]
    axes = np.diff(corners[:3], axis=0)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    along = corners @ axes.T
    low, high = along.min(0) - rng.uniform(0.5, 5, 2), along.max(0) + rng.uniform(0.5, 5, 2)
    return Polygon([(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])] @ axes)


def _building(
    plan: Polygon,
    height: float,
    beside: Sequence[tuple[Polygon, float]],
    per_m2: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Walls, each with an offset of its own, less those a neighbour hides, and a roof with eaves; and which way in plan
    each point faces, zero for the roof."""
    walls, facing = [], []
    for ring in (
        shapely.geometry.polygon.orient(plan).exterior,
        *shapely.geometry.polygon.orient(plan).interiors,
    ):
        corners = np.asarray(ring.coords)
        for a, b in pairwise(corners):
            length = float(np.hypot(*(b - a)))
            if length < 0.05:
                continue
            outward = np.array([b[1] - a[1], a[0] - b[0]]) / length
            count = max(int(length * height * per_m2), 1)
            along = a + rng.uniform(0, 1, (count, 1)) * (b - a) + rng.normal(0, 0.03) * outward
            walls.append(np.column_stack([along, rng.uniform(0, height, count)]))
            facing.append(np.tile(outward, (count, 1)))
    points, faces = np.concatenate(walls), np.concatenate(facing)
    for other, high in beside:
        party = other.buffer(PARTY_M)
        kept = ~(shapely.contains_xy(party, points[:, 0], points[:, 1]) & (points[:, 2] < high))
        points, faces = points[kept], faces[kept]
    eaves = plan.buffer(rng.uniform(0, 1.0), join_style="mitre").difference(
        shapely.union_all([other for other, _ in beside])
    )
    eaves = max(shapely.get_parts(eaves), key=lambda part: part.area, default=plan)
    roof, _ = extruded._roof(eaves if isinstance(eaves, Polygon) else plan, height, per_m2, rng)
    if rng.random() < 0.4:
        roof[:, 2] = height
    return np.concatenate([points, roof]), np.concatenate([faces, np.zeros((len(roof), 2))])


def _behind_hedges(xyz: np.ndarray, plan: Polygon, rng: np.random.Generator) -> np.ndarray:
    for _ in range(2):
        spot = shapely.line_interpolate_point(plan.exterior, rng.uniform(0, plan.exterior.length)).buffer(2.0)
        hidden = shapely.contains_xy(spot, xyz[:, 0], xyz[:, 1]) & (xyz[:, 2] < rng.uniform(0.8, 2.0))
        xyz = xyz[~hidden]
    return xyz


def _plants(plan: Polygon, rng: np.random.Generator) -> list[np.ndarray]:
    parts = []
    for _ in range(3):
        spot = np.array(
            plan.buffer(rng.uniform(0.5, 3))
            .exterior.interpolate(rng.uniform(0, 1), normalized=True)
            .coords[0]
        )
        size = np.array([1.2, 1.2, 1.5]) if rng.random() < 0.5 else np.array([0.7, 0.7, 0.4])
        parts.append(rng.normal(0, 1, (400, 3)) * size + [*spot, 1.8 * size[2]])
    return parts


def _garden_wall(plan: Polygon, near: Sequence[Polygon], rng: np.random.Generator) -> list[np.ndarray]:
    if rng.random() > 0.33:
        return []
    start = np.array(
        plan.buffer(rng.uniform(1, 3)).exterior.interpolate(rng.uniform(0, 1), normalized=True).coords[0]
    )
    end = start + rng.normal(0, 1, 2) / 1.4 * rng.uniform(3, 8)
    count = int(np.hypot(*(end - start)) * 1.6 * 12) + 1
    xy = start + rng.uniform(0, 1, (count, 1)) * (end - start)
    wall = np.column_stack([xy, rng.uniform(0, 1.6, count)])
    inside = shapely.contains_xy(shapely.union_all([plan, *near]), wall[:, 0], wall[:, 1])
    return [wall[~inside]]


def _placed(
    xyz: np.ndarray,
    plan: Polygon,
    others: Sequence[Polygon],
    rng: np.random.Generator,
    sigma: float,
    scale: float,
) -> Trial:
    xyz = xyz[xyz[:, 2] > 0] + rng.normal(0, rng.uniform(0.01, 0.04), (int((xyz[:, 2] > 0).sum()), 3))
    site_from_plan = extruded._turned(rng.uniform(0, 360), np.array([*rng.uniform(-300, 300, 2), 4.0]))
    turned = extruded._tilted(rng.uniform(-1, 1)) @ extruded._turned(
        rng.uniform(0, 360), rng.uniform(-50, 50, 3)
    )
    monument_from_plan = Similarity(turned.rotation, turned.translation / scale, 1 / scale)
    moved: dict[tuple[float, float], np.ndarray] = {}

    def drawn(polygon: Polygon) -> Polygon:
        """With an error per corner; neighbours share corners, and so their errors."""
        for attempt in range(100):
            rings = []
            for ring in (polygon.exterior, *polygon.interiors):
                xy = np.asarray(ring.coords)[:-1, :2]
                keys = [(round(float(x) / 0.3), round(float(y) / 0.3), attempt) for x, y in xy]
                errors = np.array([moved.setdefault(k, rng.normal(0, sigma, 2)) for k in keys])
                rings.append(site_from_plan.apply(np.column_stack([xy + errors, np.zeros(len(xy))]))[:, :2])
            made = Polygon(rings[0], rings[1:])
            if made.is_valid:
                return made
        raise ValueError("edges far shorter than the drawing's errors")

    footprint = drawn(plan)
    monument = monument_from_plan.apply(xyz)
    origin = np.round(monument.mean(0))
    corners = np.asarray(plan.exterior.coords)[:-1]
    scene = extruded.Scene(
        PointCloud(origin, (monument - origin).astype(np.float32)), np.zeros((0, 3)), footprint,
        site_from_plan @ monument_from_plan.inverse(),
        monument_from_plan.apply(np.column_stack([corners, np.zeros(len(corners))])),
    )  # fmt: skip
    around = []
    for other in others:
        try:
            around.append(drawn(other))
        except ValueError:
            continue
    return Trial(scene, tuple(around))
