"""Clouds of buildings extruded from a plan, with the faults of a survey, and the similarity that places them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import Polygon

from heritage.model.arrays import PointCloud, Similarity

L_SHAPE = Polygon([(0, 0), (22, 0), (22, 8), (9, 8), (9, 16), (0, 16)])
CHURCH = Polygon(
    [(0, 3), (18, 3), (18, 0), (24, 0), (24, 3), (29, 4.5), (31, 7), (29, 9.5), (24, 11), (24, 14), (18, 14), (18, 11), (0, 11)]
)  # fmt: skip
GATE = Polygon(
    [
        (0, 0),
        (4, 0),
        (4, 6),
        (17, 6),
        (17, 0),
        (21, 0),
        (21, 12),
        (16, 12),
        (16, 14),
        (11, 14),
        (11, 12),
        (0, 12),
    ]
)
COURT = Polygon(
    [(0, 0), (26, 0), (26, 18), (14, 18), (14, 22), (0, 22)], [[(7, 7), (7, 14), (19, 14), (19, 7)]]
)
RECTANGLE = Polygon([(0, 0), (18, 0), (18, 10), (0, 10)])
SQUARE = Polygon([(0, 0), (12, 0), (12, 12), (0, 12)])


@dataclass(frozen=True, eq=False)
class Scene:
    cloud: PointCloud
    normal: np.ndarray
    footprint: Polygon
    truth: Similarity
    corners: np.ndarray
    """The plan's corners at the ground in the monument frame."""

    def corner_error(self, found: Similarity) -> float:
        return float(
            np.linalg.norm((found.apply(self.corners) - self.truth.apply(self.corners))[:, :2], axis=1).max()
        )

    def heading_error_deg(self, found: Similarity) -> float:
        r = found.rotation @ self.truth.rotation.T
        return float(abs(np.degrees(np.arctan2(r[1, 0], r[0, 0]))))


def scene(
    plan: Polygon,
    seed: int,
    *,
    per_m2: float = 25.0,
    noise_m: float = 0.02,
    hide_side: bool = False,
    eaves_m: float = 0.7,
    trees: int = 2,
    height_m: float = 5.0,
    footprint_sigma_m: float = 0.1,
    scale: float = 1.0,
    tilt_deg: float = 0.0,
) -> Scene:
    """Walls, an overhanging roof with slopes, an eaves board, trees beside it; the monument frame is turned at random."""
    rng = np.random.default_rng(seed)
    plan = shapely.transform(plan, lambda xy: xy - np.array(plan.centroid.coords[0]))
    points, normals = _walls(plan, height_m, per_m2, rng)
    if hide_side:
        away = rng.uniform(0, 2 * np.pi)
        seen = normals[:, :2] @ [np.cos(away), np.sin(away)] < 0.6
        points, normals = points[seen], normals[seen]
    roof, roof_normals = _roof(plan.buffer(eaves_m, join_style="mitre"), height_m, per_m2, rng)
    board, board_normals = _walls(plan.buffer(eaves_m, join_style="mitre"), 0.2, per_m2, rng)
    parts = [points, roof, board + np.array([0, 0, height_m])]
    parts_normal = [normals, roof_normals, board_normals]
    for _ in range(trees):
        x, y = np.array(
            plan.exterior.interpolate(rng.uniform(0, plan.exterior.length)).coords[0]
        ) * rng.uniform(1.3, 1.5)
        tree = rng.normal(0, 1, (400, 3)) * [1.2, 1.2, 1.5] + [x, y, 3.5]
        parts.append(tree)
        direction = rng.normal(0, 1, tree.shape)
        parts_normal.append(direction / np.linalg.norm(direction, axis=1, keepdims=True))
    return _placed(
        np.concatenate(parts), np.concatenate(parts_normal), plan, rng,
        noise_m=noise_m, footprint_sigma_m=footprint_sigma_m, scale=scale, tilt_deg=tilt_deg,
    )  # fmt: skip


def _placed(
    xyz: np.ndarray,
    normal: np.ndarray,
    plan: Polygon,
    rng: np.random.Generator,
    *,
    noise_m: float,
    footprint_sigma_m: float,
    scale: float = 1.0,
    tilt_deg: float = 0.0,
) -> Scene:
    """Noise, a monument frame turned at random, a place on the site, and the drawing's own faults."""
    n = normal + rng.normal(0, 0.08, xyz.shape)
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    xyz = xyz + rng.normal(0, noise_m, xyz.shape)
    site_from_plan = _turned(rng.uniform(0, 360), np.array([*rng.uniform(-300, 300, 2), 4.0]))
    turned = _tilted(tilt_deg) @ _turned(rng.uniform(0, 360), rng.uniform(-50, 50, 3))
    monument_from_plan = Similarity(turned.rotation, turned.translation / scale, 1 / scale)
    footprint = _drawn(plan, site_from_plan, footprint_sigma_m, rng)
    monument = monument_from_plan.apply(xyz)
    origin = np.round(monument.mean(0))
    corners = np.asarray(plan.exterior.coords)[:-1]
    return Scene(
        PointCloud(origin, (monument - origin).astype(np.float32)),
        (n @ monument_from_plan.rotation.T).astype(np.float32),
        footprint,
        site_from_plan @ monument_from_plan.inverse(),
        monument_from_plan.apply(np.column_stack([corners, np.zeros(len(corners))])),
    )


def _turned(degrees: float, shift: np.ndarray) -> Similarity:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Similarity(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]), shift)


def _tilted(degrees: float) -> Similarity:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Similarity(np.array([[1, 0, 0], [0, c, -s], [0, s, c]]), np.zeros(3))


def _drawn(plan: Polygon, site_from_plan: Similarity, sigma: float, rng: np.random.Generator) -> Polygon:
    def moved(xy: np.ndarray) -> np.ndarray:
        noisy = xy + rng.normal(0, sigma, xy.shape)
        return site_from_plan.apply(np.column_stack([noisy, np.zeros(len(xy))]))[:, :2]

    for _ in range(100):  # errors larger than a short edge may tie a knot: draw again
        rings = [moved(np.asarray(ring.coords)[:-1]) for ring in (plan.exterior, *plan.interiors)]
        drawn = Polygon(rings[0], rings[1:])
        if drawn.is_valid:
            return drawn
    raise ValueError("edges far shorter than the drawing's errors")


def _walls(
    plan: Polygon, height: float, per_m2: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    points, normals = [], []
    turned = shapely.geometry.polygon.orient(plan)
    for ring in (turned.exterior, *turned.interiors):
        xy = np.asarray(ring.coords)
        for a, b in pairwise(xy):
            length = float(np.hypot(*(b - a)))
            count = max(int(length * height * per_m2), 1)
            along = a + rng.uniform(0, 1, (count, 1)) * (b - a)
            points.append(np.column_stack([along, rng.uniform(0, height, count)]))
            outward = np.array([b[1] - a[1], a[0] - b[0], 0.0]) / length
            normals.append(np.tile(outward, (count, 1)))
    return np.concatenate(points), np.concatenate(normals)


def _roof(
    plan: Polygon, height: float, per_m2: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A hip-like roof: it rises from the nearest edge at 35 degrees to 3 m."""
    low = np.array(plan.bounds[:2])
    high = np.array(plan.bounds[2:])
    xy = rng.uniform(low, high, (int((high - low).prod() * per_m2), 2))
    xy = xy[shapely.contains_xy(plan, xy[:, 0], xy[:, 1])]
    ring = plan.exterior
    away = shapely.distance(shapely.points(xy), ring)
    nearest = shapely.line_interpolate_point(ring, shapely.line_locate_point(ring, shapely.points(xy)))
    inward = xy - shapely.get_coordinates(nearest)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True) + 1e-9
    slope = np.tan(np.radians(35))
    flat = away * slope > 3
    normal = np.column_stack([-slope * inward, np.ones(len(xy))])
    normal[flat] = [0, 0, 1]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return np.column_stack([xy, height + np.minimum(away * slope, 3)]), normal


def pavilion(seed: int, *, terrace_m: float = 1.2) -> Scene:
    """An open hall: columns on a terrace with front stairs, and a roof that overhangs the terrace. No wall at all.

    The footprint is the outline of terrace and stairs, not quite the same turned by half.
    """
    rng = np.random.default_rng(seed)
    plan = Polygon([(0, 0), (6, 0), (6, -3), (10, -3), (10, 0), (16, 0), (16, 11), (0, 11)])
    plan = shapely.transform(plan, lambda xy: xy - np.array(plan.centroid.coords[0]))
    terrace, terrace_normals = _walls(plan, terrace_m, 40, rng)
    floor = rng.uniform(plan.bounds[:2], plan.bounds[2:], (6000, 2))
    floor = floor[shapely.contains_xy(plan, floor[:, 0], floor[:, 1])]
    parts, normals = [terrace], [terrace_normals]
    parts.append(np.column_stack([floor, np.full(len(floor), terrace_m)]))
    normals.append(np.tile([0.0, 0.0, 1.0], (len(floor), 1)))
    for x in (-6.0, -2.0, 2.0, 6.0):
        for y in (-2.5, 0.5, 3.5):
            angle = rng.uniform(0, 2 * np.pi, 800)
            outward = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(800)])
            parts.append(
                outward * 0.22
                + np.column_stack([np.full((800, 2), (x, y)), rng.uniform(terrace_m, 4.5, 800)])
            )
            normals.append(outward)
    eaves = shapely.box(*plan.bounds).buffer(1.2, join_style="mitre")
    roof, roof_normals = _roof(eaves, 4.5, 25, rng)
    parts.append(roof)
    normals.append(roof_normals)
    return _placed(
        np.concatenate(parts), np.concatenate(normals), plan, rng, noise_m=0.01, footprint_sigma_m=0.1
    )
