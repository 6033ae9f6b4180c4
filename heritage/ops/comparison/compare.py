"""Signed distance between two epochs of a surface, with the least change that can be told from noise.

Multiscale model-to-model cloud comparison (M3C2; Lague, Brodu and Leroux 2013): at every vertex of the compared
surface, the points of either epoch within a cylinder along the outward normal give that epoch's place and
scatter. Their difference is the distance; LoD95 = t sqrt(s1^2 / n1 + s2^2 / n2) + 1.96 registration error, where t is
1.96 for many points and, unlike in the paper, Student's quantile with Welch's degrees of freedom for few. As in M3C2
the points' errors count as independent: a warp of a whole survey is seen only through the registration error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, I32, Bool, Mesh, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError
from heritage.model.release import ComparisonDocument, Histogram
from heritage.model.report import Figure
from heritage.ops.comparison.cylinders import Bins, measure
from heritage.ops.meshes.deviation import sample_surface
from heritage.ops.meshes.weld import vertex_normals
from heritage.ops.points.grid import distinct, spacing

_Z95 = 1.96
_BINS = 41
_CERTAIN = 2.0  # times LoD95: one such place makes a region of change certain
_WIDE = 4.0  # cylinder sections: more area than noise, which hangs together over one, is certain too
METHOD = "M3C2 (Lague et al. 2013), cylinders along the compared surface's outward normals"


class CompareOptions(Document):
    """How change is measured."""

    radius: Positive = Field(3.0, description="cylinder's radius in spacings of the thinner epoch")
    radius_m: Positive | None = Field(None, description="the same in metres")
    reach_m: Positive | None = Field(
        None,
        description="greatest distance looked for, metres; default: 5 % of the compared surface's diagonal",
    )
    least_points: int = Field(
        8, ge=3, le=1_000, description="points of each epoch that make a place comparable"
    )
    smoothing: int = Field(
        3, ge=0, le=100, description="rounds in which a vertex takes its neighbours' mean normal"
    )


@dataclass(frozen=True)
class Region:
    """A connected piece of surface that changed one way: its centre in the common frame, and how much."""

    centre_m: tuple[float, float, float]
    area_m2: float
    volume_m3: float
    median_m: float


@dataclass(frozen=True, eq=False)
class Change:
    """``distance`` and ``lod95`` (v,) float32 metres per vertex of the compared mesh, NaN where not comparable.

    Positive means that material was gained: the compared surface lies outside the reference. ``regions`` are
    pieces beyond LoD95 that are more than chance: twice LoD95 somewhere, or wider than four cylinders; largest
    volume first. Changed area and volumes are sums over them; percentiles of the distance are by area.
    """

    distance: F32
    lod95: F32
    registration_m: float
    lod95_m: float
    comparable_area_m2: float
    not_comparable_area_m2: float
    changed_area_m2: float
    gained_m3: float
    lost_m3: float
    p05_m: float
    median_m: float
    p95_m: float
    histogram: Histogram
    regions: tuple[Region, ...]
    figures: tuple[Figure, ...]

    def document(self, reference: str, compared: str) -> ComparisonDocument:
        """The release's document for the epochs ``reference`` and ``compared``."""
        names = set(ComparisonDocument.model_fields) - {"reference", "compared", "method"}
        values = {name: getattr(self, name) for name in names}
        return ComparisonDocument(reference=reference, compared=compared, method=METHOD, **values)


def compare(
    reference: Mesh,
    compared: Mesh,
    reference_cloud: PointCloud | None,
    compared_cloud: PointCloud | None,
    registration_m: float,
    options: CompareOptions | None = None,
    *,
    threads: int = 1,
) -> Change:
    """Change from ``reference`` to ``compared`` at every vertex of ``compared``; all four in one frame.

    The clouds are the points the meshes were made from; None for an epoch that came as a mesh: it is then
    sampled, and its LoD95 knows nothing of its noise. ``registration_m`` is the alignment's error, 1 sigma.
    Where ``compared.filled`` says that the surface closes a hole, nothing is comparable. Vertices of
    ``compared`` must be welded: regions of change hang together by its edges.
    Raises InputError for an empty mesh or cloud, or where nothing is comparable.
    """
    chosen = options or CompareOptions()
    for name, mesh in (("reference", reference), ("compared", compared)):
        if len(mesh.triangles) == 0:
            raise InputError(name, "an empty mesh", "a surface is needed", code="compare-empty")
    base = reference.origin
    vertices = compared.vertices.astype(np.float64) + (compared.origin - base)
    clouds = [
        _points(reference, reference_cloud, base, threads, "reference"),
        _points(compared, compared_cloud, base, threads, "compared"),
    ]
    radius = chosen.radius_m or chosen.radius * max(spacing(xyz) for xyz, _ in clouds)
    reach = chosen.reach_m or 0.05 * float(np.linalg.norm(np.ptp(vertices, axis=0)))
    direction = _smoothed(compared, chosen.smoothing)
    before, after = (Bins.of(xyz, normal, radius) for xyz, normal in clouds)
    m2, s2, n2 = measure(after, vertices, direction, radius, 0.0, chosen.least_points)
    m1, s1, n1 = measure(before, vertices, direction, radius, reach, chosen.least_points)
    # A surface of the reference far off that the compared epoch shows as well has not become this one: the
    # reference did not see this place.
    far = np.flatnonzero(np.abs(m2 - m1) > 2 * radius)
    there = vertices[far] + m1[far, None] * direction[far]
    still = measure(after, there, direction[far], radius, 0.0, chosen.least_points)[2] > 0
    m1[far[still]] = np.nan
    distance = m2 - m1
    if compared.filled is not None:
        distance[compared.filled > 0] = np.nan  # nothing was measured there
    known = np.isfinite(distance)
    if not known.any():
        raise InputError(
            "compare", f"no place where both epochs have {chosen.least_points} points within {radius:.3g} m",
            "epochs that overlap", "align them first, or give a larger compare.radius_m", code="compare-nothing",
        )  # fmt: skip
    e1, e2 = s1**2 / np.maximum(n1, 1), s2**2 / np.maximum(n2, 1)
    freedom = (e1 + e2) ** 2 / np.maximum(
        e1**2 / np.maximum(n1 - 1, 1) + e2**2 / np.maximum(n2 - 1, 1), 1e-300
    )
    lod = np.where(
        known,
        _t95(np.maximum(freedom, chosen.least_points - 1)) * np.sqrt(e1 + e2) + _Z95 * registration_m,
        np.nan,
    )
    area = vertex_areas(compared.vertices, compared.triangles)
    sampled = [
        name
        for name, cloud in (("reference", reference_cloud), ("compared", compared_cloud))
        if cloud is None
    ]
    regions = _regions(compared.triangles, vertices + base, distance, lod, area, np.pi * radius**2)
    return _summed(distance, lod, known, area, registration_m, radius, regions, sampled)


def vertex_areas(vertices: F32, triangles: I32) -> F64:
    """(v,) square metres: a third of each triangle around the vertex."""
    a, b, c = (vertices[triangles[:, i]].astype(np.float64) for i in range(3))
    third = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    return np.asarray(np.bincount(triangles.ravel(), np.repeat(third, 3), len(vertices)), np.float64)


def _t95(freedom: F64) -> F64:
    """Two-sided 95 % quantile of Student's t: the normal one with its first two corrections."""
    z = _Z95
    return np.asarray(z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2))


def _points(mesh: Mesh, cloud: PointCloud | None, base: F64, threads: int, name: str) -> tuple[F32, F32]:
    """Distinct points of an epoch relative to ``base``, each with the normal of the mesh's nearest vertex."""
    if cloud is None:
        count = int(np.clip(4 * len(mesh.vertices), 10_000, 4_000_000))
        xyz = sample_surface(mesh, count, np.random.default_rng(0)) + (mesh.origin - base)
    elif len(cloud) < 2:
        raise InputError(f"{name} cloud", f"{len(cloud)} points", "a cloud is needed", code="compare-empty")
    else:
        xyz = cloud.xyz[distinct(cloud.xyz)].astype(np.float64) + (cloud.origin - base)
    vertices = mesh.vertices.astype(np.float64) + (mesh.origin - base)
    normals = vertex_normals(mesh.vertices, mesh.triangles)
    nearest = cKDTree(vertices).query(xyz, workers=threads)[1]
    return xyz.astype(np.float32), normals[nearest]


def _smoothed(mesh: Mesh, rounds: int) -> F64:
    """(v, 3) unit normals, each the mean over the mesh's edges, ``rounds`` times."""
    normal = vertex_normals(mesh.vertices, mesh.triangles).astype(np.float64)
    row = mesh.triangles[:, [0, 1, 1, 2, 2, 0]].ravel()
    column = mesh.triangles[:, [1, 0, 2, 1, 0, 2]].ravel()
    n = len(normal)
    joined = (coo_matrix((np.ones(len(row)), (row, column)), shape=(n, n)).tocsr() > 0).astype(np.float64)
    for _ in range(rounds):
        mean = normal + joined @ normal
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        normal = np.where(length > 1e-9, mean / np.maximum(length, 1e-9), normal)
    return np.asarray(normal)


def _regions(
    triangles: I32, at: F64, distance: F64, lod: F64, area: F64, section: float
) -> tuple[Region, ...]:
    """Connected vertices beyond LoD95 with one sign, without what chance makes of noise."""
    side = np.where(np.abs(distance) > lod, np.sign(distance), 0)  # comparisons with NaN are false
    edge = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edge = edge[(side[edge[:, 0]] == side[edge[:, 1]]) & (side[edge[:, 0]] != 0)]
    graph = coo_matrix((np.ones(len(edge), np.int8), (edge[:, 0], edge[:, 1])), shape=(len(at), len(at)))
    label = connected_components(graph, directed=False)[1]
    members = np.flatnonzero(side)
    order = members[np.argsort(label[members], kind="stable")]
    pieces = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    regions = []
    for piece in pieces:
        weight = area[piece]
        if weight.sum() < _WIDE * section and (np.abs(distance[piece]) < _CERTAIN * lod[piece]).all():
            continue
        x, y, z = (at[piece] * weight[:, None]).sum(0) / max(float(weight.sum()), 1e-30)
        volume, median = float((distance[piece] * weight).sum()), float(np.median(distance[piece]))
        regions.append(Region((float(x), float(y), float(z)), float(weight.sum()), volume, median))
    return tuple(sorted(regions, key=lambda region: -abs(region.volume_m3)))


def _summed(
    distance: F64, lod: F64, known: Bool, area: F64, registration_m: float, radius: float,
    regions: tuple[Region, ...], sampled: list[str],
) -> Change:  # fmt: skip
    d, weight = distance[known], area[known]
    low, middle, high = (_percentile(d, weight, q) for q in (5, 50, 95))
    lod95 = float(np.median(lod[known]))
    limit = max(_percentile(np.abs(d), weight, 99.5), 3 * lod95)
    edges = np.linspace(-limit, limit, _BINS + 1)
    bins, _ = np.histogram(np.clip(d, -limit, limit), edges, weights=weight)
    how = f"{METHOD}, radius {radius:.4g} m" + (
        f"; {' and '.join(sampled)} came as a mesh, noise unknown" if sampled else ""
    )
    totals = {
        "comparable_area_m2": float(weight.sum()),
        "not_comparable_area_m2": float(area[~known].sum()),
        "changed_area_m2": sum(region.area_m2 for region in regions),
        "gained_m3": sum(max(region.volume_m3, 0.0) for region in regions),
        "lost_m3": sum(max(-region.volume_m3, 0.0) for region in regions),
    }
    lengths = {
        "lod95_m": lod95,
        "p05_m": low,
        "median_m": middle,
        "p95_m": high,
        "registration_m": registration_m,
    }
    figures = tuple(
        Figure(name=name.rpartition("_")[0], value=value, unit=name.rpartition("_")[2], method=how)
        for name, value in (totals | lengths).items()
    )
    return Change(
        distance.astype(np.float32), lod.astype(np.float32), **totals, **lengths,
        histogram=Histogram(edges_m=tuple(map(float, edges)), area_m2=tuple(map(float, bins))),
        regions=regions, figures=figures,
    )  # fmt: skip


def _percentile(values: F64, weight: F64, q: float) -> float:
    """The value below which ``q`` per cent of the weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][min(int(np.searchsorted(total, q / 100 * total[-1])), len(values) - 1)])
