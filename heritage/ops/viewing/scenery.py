"""Surfaces as a camera meets them: what a line of sight hits, from which side, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.ops.meshes.rays import distances, empty_scene, tensor

_DIRECTIONS = 192
_REACHED_M = 0.05  # a line of sight that comes this near to a place has reached it,
_REACHED_SHARE = 0.03  # or as near as this share of its length
_PAST_M = 1e-3  # behind a surface that was left, the next one is looked for from there
_ENCLOSED = 0.5  # share of hits on the inner side from which a place is inside

Triangles = tuple[F64, npt.NDArray[np.int64]]  # vertices (n, 3), triangles (m, 3)


class Scenery:
    """Surfaces in one frame near its origin, metres, z up; outer sides counter-clockwise.

    Only the ray caster's own copy (float32) is kept: ``parts`` may be read one after the other, and sceneries put
    `together` share what they hold. With ``outside_only`` they are drawn from their outer side alone: as in the viewer, a line of
    sight leaves one from inside without a hit, and goes on to the next.
    """

    def __init__(self, parts: Iterable[Triangles], *, outside_only: bool = False) -> None:
        scene = empty_scene(threads=1)
        self._lowest = np.inf
        for vertices, triangles in parts:
            if len(triangles):
                scene.add_triangles(tensor(vertices, np.float32), tensor(triangles, np.uint32))
                self._lowest = min(self._lowest, float(vertices[:, 2].min()))
        self._scenes: tuple[tuple[Any, bool], ...] = (
            ((scene, outside_only),) if np.isfinite(self._lowest) else ()
        )

    @classmethod
    def together(cls, sceneries: Iterable[Scenery]) -> Scenery:
        """All surfaces of ``sceneries``, which stay what they are."""
        whole = cls([])
        for scenery in sceneries:
            whole._scenes += scenery._scenes
            whole._lowest = min(whole._lowest, scenery._lowest)
        return whole

    def hits(self, starts: F64, directions: F64) -> tuple[F64, npt.NDArray[np.bool_]]:
        """First hits of rays (n, 3) with unit ``directions``: metres (inf: none), and whether an inner side was hit."""
        first, inner = np.full(len(starts), np.inf), np.zeros(len(starts), bool)
        for scene, outside_only in self._scenes:
            distance, leaving = _cast(scene, starts, directions)
            while outside_only and leaving.any():
                gone = distance[leaving] + _PAST_M
                distance[leaving], again = _cast(
                    scene, starts[leaving] + directions[leaving] * gone[:, None], directions[leaving]
                )
                distance[leaving] += gone
                leaving[leaving] = again
            nearer = distance < first
            inner[nearer] = leaving[nearer]
            first[nearer] = distance[nearer]
        return first, inner

    def clearance(self, places: F64) -> F64:
        """Metres from each of ``places`` (n, 3) to the nearest surface, (n,); inf where there is none."""
        apart = np.full(len(places), np.inf)
        for scene, _ in self._scenes:
            apart = np.minimum(apart, distances(scene, places, threads=1))
        return apart

    def lowest(self) -> float:
        """Height of the lowest vertex, metres; 0 without any."""
        return self._lowest if self._scenes else 0.0


def _cast(scene: Any, starts: F64, directions: F64) -> tuple[F64, npt.NDArray[np.bool_]]:
    """First hits of rays (n, 3) in one scene: metres (inf: none), and whether they come from the inner side."""
    answer = scene.cast_rays(tensor(np.column_stack([starts, directions]), np.float32), nthreads=1)
    distance = np.asarray(answer["t_hit"].numpy(), np.float64)
    normals = np.asarray(answer["primitive_normals"].numpy(), np.float64)
    return distance, np.isfinite(distance) & ((normals * directions).sum(1) > 0)


def obstacle(scenery: Scenery, eye: F64, place: F64) -> float | None:
    """Metres from ``eye`` to what stands before ``place`` (3,); None where the line of sight is free."""
    way = place - eye
    length = float(np.linalg.norm(way))
    if length < _REACHED_M:
        return None
    distance, _ = scenery.hits(eye[None], way[None] / length)
    reached = length - max(_REACHED_M, _REACHED_SHARE * length)
    return float(distance[0]) if distance[0] < reached else None


def covered(scenery: Scenery, eye: F64, low: F64, high: F64) -> tuple[float, float]:
    """How much of the box ``low``..``high`` (3,) something outside of it hides from ``eye``.

    Lines of sight go to places all over the box; one is blocked where it hits before it enters the box. The share of
    blocked ones (0..1), and the median distance of what blocks them, metres (nan without any). From inside the box
    nothing is covered.
    """
    if ((eye >= low) & (eye <= high)).all():
        return 0.0, float("nan")
    axes = [np.linspace(a, b, 7)[1:-1] for a, b in zip(low, high, strict=True)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    ways = places - eye
    length = np.linalg.norm(ways, axis=1)
    directions = ways / length[:, None]
    distance, _ = scenery.hits(np.broadcast_to(eye, places.shape), directions)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.minimum((low - eye) / directions, (high - eye) / directions)
    enters = np.nanmax(np.where(directions == 0, -np.inf, near), axis=1)
    blocked = distance < enters - np.maximum(_REACHED_M, _REACHED_SHARE * length)
    return float(blocked.mean()), float(np.median(distance[blocked])) if blocked.any() else float("nan")


@dataclass(frozen=True)
class Standing:
    """What is around a place: the share of what is seen that shows its inner side, and whether nothing lies below."""

    inner: float
    seen: float
    bottomless: bool

    @property
    def enclosed(self) -> bool:
        """Whether the place is inside a body or under the ground."""
        return self.seen > 0.2 and self.inner > _ENCLOSED


def standing(scenery: Scenery, place: F64) -> Standing:
    """Look around from ``place`` (3,) in all directions, evenly (a Fibonacci spiral)."""
    k = np.arange(_DIRECTIONS) + 0.5
    z = 1 - 2 * k / _DIRECTIONS
    around = np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - z * z)
    directions = np.stack([np.cos(around) * flat, np.sin(around) * flat, z], 1)
    distance, inner = scenery.hits(np.broadcast_to(place, directions.shape), directions)
    seen = np.isfinite(distance)
    below = seen[z < -0.2].mean()
    return Standing(float(inner[seen].mean()) if seen.any() else 0.0, float(seen.mean()), bool(below < 0.1))


def pierced(scenery: Scenery, places: F64) -> int | None:
    """Index of the first leg of a way over ``places`` (n, 3) that goes through a surface; None where all are free."""
    legs = np.diff(places, axis=0)
    length = np.linalg.norm(legs, axis=1)
    moving = np.flatnonzero(length > 1e-6)
    if not len(moving):
        return None
    distance, _ = scenery.hits(places[moving], legs[moving] / length[moving, None])
    through = moving[distance < length[moving]]
    return int(through[0]) if len(through) else None
