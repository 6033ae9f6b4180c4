"""The part of a surface that an outline, a line or a point means, with its measure.

An outline means the triangles inside it, seen along its mean normal, that face the way the surface faces at the
outline and lie near it, or hang together with such by their edges: a dome rises far above its rim. Both restrictions are
needed: without the first the back of a wall would count, without the second the wall behind a column. Edges and not corners:
of a rough wall square to the outline one triangle in two faces its way, and what hangs together by edges does not climb it
(on a honeycomb seven in ten would be needed).
What is measured is the surface itself, roughness of its triangles included: a spalled
square metre has more than a square metre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F64, Bool, Mesh
from heritage.ops.annotation.outline import Outline, across
from heritage.ops.meshes.nearest import Nearest, Place
from heritage.ops.meshes.weld import crosses

Triangles = npt.NDArray[np.int64]
OFF_M = 0.25  # what is farther from the surface was not drawn on it
_NEAR_M = (0.1, 0.5)  # least and greatest depth, beside the outline's own, in which surface counts
_STEP_M = 0.05  # of a line along the surface: shorter steps would measure the noise of the surface
_STEPS = 2000
_PLACES = 2000
_ONE_M = 1e-5  # vertices that are nearer are one: tiles meet bit for bit, on grids far wider
_ABOUT_M = 0.05  # a point means what is so near to it


@dataclass(frozen=True, eq=False)
class Patch:
    """``measure``: square metres of an area, metres of a line, 0 of a point. ``anchor`` and ``normal`` (3,): a place on it
    and the way the surface faces there; ``places`` (n, 3): of equal weight, spread over it."""

    measure: float
    anchor: F64
    normal: F64
    places: F64


class Surface:
    """One surface to draw on: ``vertices`` (v, 3) and ``triangles`` (t, 3) counter-clockwise from outside, metres."""

    def __init__(self, vertices: F64, triangles: Triangles) -> None:
        self.vertices, self.triangles = vertices, triangles
        self.origin = vertices.mean(0) if len(vertices) else np.zeros(3)
        local = (vertices - self.origin).astype(np.float32)
        self._near = Nearest(Mesh(self.origin, local, triangles.astype(np.int32)))

    def nearest(self, xyz: F64) -> tuple[F64, Place]:
        """The nearest places (n, 3) to ``xyz`` (n, 3), and where on the triangles they are."""
        place = self._near.place((xyz - self.origin).astype(np.float32))
        corners = self.vertices[self.triangles[place.triangle]]
        return np.einsum("nk,nkc->nc", place.weights, corners), place

    def normals(self, which: npt.NDArray[np.integer]) -> F64:
        """(n, 3) unit normals of triangles ``which`` (n,); 0 where one has no area."""
        square = crosses(self.vertices, self.triangles[which])
        length = np.linalg.norm(square, axis=1, keepdims=True)
        return np.asarray(np.divide(square, length, out=np.zeros_like(square), where=length > 0))


def point_patch(surface: Surface, at: F64) -> Patch:
    """What the point ``at`` (3,) means: the surface within 50 mm of the nearest place."""
    (there,), place = surface.nearest(at[None])
    normal = surface.normals(place.triangle)[0]
    around = there + _ABOUT_M * np.array(
        [[0, 0, 0], *([np.cos(t), np.sin(t), 0] for t in np.arange(8) * np.pi / 4)]
    ) @ np.vstack([across(normal), normal])
    return Patch(0.0, there, normal, surface.nearest(around)[0])


def line_patch(surface: Surface, line: F64) -> Patch:
    """The line through ``line`` (n, 3), n >= 2, laid on the surface; its length is taken in steps of 50 mm."""
    legs = np.linalg.norm(np.diff(line, axis=0), axis=1)
    step = max(_STEP_M, float(legs.sum()) / _STEPS)
    steps = np.maximum(np.ceil(legs / step).astype(np.int64), 1)
    parts = [
        a + (b - a) * (np.arange(k) / k)[:, None] for a, b, k in zip(line, line[1:], steps, strict=False)
    ]
    laid, place = surface.nearest(np.concatenate([*parts, line[-1:]]))
    pieces = np.linalg.norm(np.diff(laid, axis=0), axis=1)
    middle = int(np.searchsorted(np.cumsum(pieces), pieces.sum() / 2))
    return Patch(float(pieces.sum()), laid[middle], surface.normals(place.triangle[[middle]])[0], laid)


def area_patch(surface: Surface, vertices: F64, outline: Outline) -> Patch:
    """The surface inside ``outline``, which was drawn through ``vertices`` (n, 3)."""
    flat, height = outline.flat(surface.vertices)
    corners = flat[surface.triangles]
    low, high = np.array(outline.polygon.bounds).reshape(2, 2)
    near = outline.deviation_m + np.clip(_breadth(outline) / 2, *_NEAR_M)
    found = np.flatnonzero((corners.max(1) >= low).all(1) & (corners.min(1) <= high).all(1))
    normals = surface.normals(found)
    at_outline = surface.normals(surface.nearest(vertices)[1].triangle) @ outline.normal
    side = 1.0 if at_outline.sum() >= 0 else -1.0
    facing = normals @ outline.normal * side > 0
    found, normals = found[facing], normals[facing]
    shallow = np.abs(height[surface.triangles[found]].mean(1)) <= near
    within = shapely.contains_xy(outline.polygon, *corners[found].mean(1).T)
    rows = np.flatnonzero(within)
    held = shallow.copy()
    held[rows[_together(surface, found[rows], shallow[rows])]] = True
    found, normals = found[held], normals[held]
    share = _inside(corners[found], outline.polygon)
    areas = share * _areas(surface, found)
    total = float(areas.sum())
    if total <= 0:
        return Patch(0.0, outline.origin, outline.normal * side, np.empty((0, 3)))
    places = _spread(surface, found, areas, outline)
    middle = np.average(surface.vertices[surface.triangles[found]].mean(1), axis=0, weights=areas)
    # The middle of a ring lies outside of it; the anchor must not.
    anchor = places[np.argmin(((places - middle) ** 2).sum(1))]
    normal = (normals * areas[:, None]).sum(0)
    return Patch(total, anchor, normal / np.linalg.norm(normal), places)


def _together(surface: Surface, which: npt.NDArray[np.integer], near: Bool) -> Bool:
    """(n,) of triangles ``which`` (n,): those ``near``, and those that hang together with them by edges. Vertices at one place
    are one, also where tiles or charts meet."""
    if near.all() or not near.any():
        return near
    corners = surface.triangles[which]
    used, corner = np.unique(corners, return_inverse=True)
    _, place = np.unique(
        np.round(surface.vertices[used] / _ONE_M).astype(np.int64), axis=0, return_inverse=True
    )
    ends = np.sort(place.ravel()[corner.reshape(-1, 3)][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, edge = np.unique(ends, axis=0, return_inverse=True)
    edge, triangle, n = edge.ravel(), np.repeat(np.arange(len(which)), 3), len(which)
    graph = coo_matrix((np.ones(len(edge), np.int8), (triangle, n + edge)), shape=(n + len(edge),) * 2)
    label = connected_components(graph, directed=False)[1][:n]
    return np.asarray(np.isin(label, label[near]))


def _breadth(outline: Outline) -> float:
    sides = np.diff(shapely.get_coordinates(shapely.minimum_rotated_rectangle(outline.polygon)), axis=0)
    return float(np.hypot(*sides.T)[:2].min())


def _areas(surface: Surface, which: npt.NDArray[np.integer]) -> F64:
    return np.asarray(np.linalg.norm(crosses(surface.vertices, surface.triangles[which]), axis=1) / 2)


def _inside(corners: F64, polygon: shapely.Polygon) -> F64:
    """How much of each flat triangle (n, 3, 2) lies inside, 0..1."""
    shapely.prepare(polygon)
    ring = np.concatenate([corners, corners[:, :1]], axis=1)
    shapes = np.array(shapely.polygons(shapely.linearrings(ring)), dtype=object).reshape(-1)
    whole = shapely.contains_properly(polygon, shapes)
    share = np.array(whole, np.float64)
    some = np.flatnonzero(~whole & shapely.intersects(polygon, shapes))
    area = shapely.area(shapes[some])
    cut = np.zeros(len(some))
    flat = area < 1e-12  # seen on edge: in or out as its middle is
    cut[~flat] = shapely.area(shapely.intersection(shapes[some[~flat]], polygon)) / area[~flat]
    middles = corners[some[flat]].mean(1)
    cut[flat] = shapely.contains_xy(polygon, middles[:, 0], middles[:, 1])
    share[some] = np.clip(cut, 0, 1)
    return share


def _spread(surface: Surface, which: npt.NDArray[np.integer], areas: F64, outline: Outline) -> F64:
    """Places of equal weight on the triangles ``which``, inside the outline; the same for the same surface."""
    dice = np.random.default_rng(0)
    edges = np.cumsum(areas)
    drawn = np.searchsorted(edges, (np.arange(_PLACES) + 0.5) / _PLACES * edges[-1])
    a, b, c = (surface.vertices[surface.triangles[which[drawn], k]] for k in range(3))
    u, v = dice.random((2, _PLACES, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    places = a + u * (b - a) + v * (c - a)
    flat, _ = outline.flat(places)
    inside = shapely.contains_xy(outline.polygon, flat[:, 0], flat[:, 1])
    return np.asarray(places[inside] if inside.any() else places)
