"""A surface from oriented points: screened Poisson reconstruction, cut back to where there was data.

Kazhdan and Hoppe 2013, in Open3D. Poisson closes every hole; what it invents is cut off by its distance to
the points, measured in the spacing of the points nearest to it, so that a thinly seen wall keeps its surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import open3d as o3d
from pydantic import Field
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, I32, U8, Bool, Mesh, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import MethodError
from heritage.model.report import Counts, Figure, balanced
from heritage.ops.grid import I64, chunks, distinct, morton_order, spacing
from heritage.ops.rays import distances, scene_of

_LEAST = 100
_MARGIN = 1.1  # Poisson's own cube is this much larger than the points' box
_CHECKED = 50_000  # points whose distance to the surface is measured


class MeshOptions(Document):
    """How the surface is made."""

    cell: Positive = Field(
        1.2, description="side of the finest cells in median spacings; triangles are about as large"
    )
    cell_m: Positive | None = Field(None, description="the same in metres")
    depth: int = Field(
        11,
        ge=6,
        le=13,
        description="most halvings of the cube around the cloud; bounds memory, makes cells larger",
    )
    trim: Positive = Field(
        2.2, description="local spacings from the nearest point at which surface is no longer data"
    )
    trim_m: Positive | None = Field(None, description="the same in metres, everywhere")
    piece_share: float = Field(
        0.001, ge=0, le=1, description="least area of a separate piece as a share of the largest"
    )


@dataclass(frozen=True, eq=False)
class Meshed:
    """``mesh`` has normals, and colours where the cloud has; same origin as the cloud."""

    mesh: Mesh
    counts: Counts
    figures: tuple[Figure, ...]


def mesh_surface(cloud: PointCloud, options: MeshOptions | None = None, *, threads: int = 1) -> Meshed:
    """Surface of a cleaned ``cloud`` whose normals point outward; points with zero normals are not used.

    ``threads`` does not change the result: Poisson itself runs on one thread, because on more the last bits
    of its vertices differ from run to run (and it is no faster). Raises MethodError for fewer than 100 usable
    points, or where no surface is left.
    """
    chosen = options or MeshOptions()
    if cloud.normal is None:
        raise MethodError(
            "mesh",
            "a cloud without normals",
            "oriented normals are needed",
            "estimate them first",
            code="mesh-no-normals",
        )
    # Equal points add nothing, and would make neighbour searches degenerate.
    cloud = cloud.select((np.abs(cloud.normal).sum(1) > 0.5) & distinct(cloud.xyz))
    if len(cloud) < _LEAST:
        raise MethodError(
            "mesh",
            f"{len(cloud)} points with normals",
            f"at least {_LEAST} are needed",
            "check what cleaning removed",
            code="mesh-too-few",
        )
    spaced = spacing(np.ascontiguousarray(cloud.xyz[morton_order(cloud.xyz)]), threads=threads)
    extent = float(np.ptp(cloud.xyz, axis=0).max())
    # Open3D's Poisson fills the first five levels whatever the width; a coarser width confuses it.
    cell = min(chosen.cell_m or chosen.cell * spaced, extent * _MARGIN / 2**6)
    cell = max(cell, extent * _MARGIN / 2**chosen.depth)
    vertices, triangles = _poisson(cloud, cell)
    taken = len(triangles)
    vertices, triangles = _welded(vertices, triangles)
    whole = len(triangles)
    tree = cKDTree(cloud.xyz)
    reach, nearest = tree.query(vertices, workers=threads)
    far = reach > (
        chosen.trim_m
        or np.maximum(chosen.trim * _local_spacing(tree, cloud.xyz, spaced, threads)[nearest], 1.5 * cell)
    )
    triangles = triangles[~far[triangles].any(1)]
    trimmed = len(triangles)
    triangles = triangles[_large_pieces(vertices, triangles, chosen.piece_share)]
    if len(triangles) == 0:
        raise MethodError(
            "mesh",
            "no surface near the points",
            "a surface",
            "check the cloud and mesh.trim",
            code="mesh-empty",
        )
    vertices, triangles = _used(vertices, triangles)
    mesh = Mesh(
        cloud.origin, vertices, triangles, normals=vertex_normals(vertices, triangles),
        rgb=None if cloud.rgb is None else _colours(tree, cloud.rgb, vertices, threads),
    )  # fmt: skip
    reasons = {
        "degenerate": taken - whole,
        "no_data": whole - trimmed,
        "small_piece": trimmed - len(triangles),
    }
    return Meshed(
        mesh,
        balanced("triangles", taken, len(triangles), reasons),
        _figures(cloud, mesh, spaced, cell, threads),
    )


def _poisson(cloud: PointCloud, cell: float) -> tuple[F32, I32]:
    points = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(cloud.xyz.astype(np.float64)))
    points.normals = o3d.utility.Vector3dVector(np.asarray(cloud.normal, np.float64))
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        mesh, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(points, width=cell, n_threads=1)
    return np.asarray(mesh.vertices).astype(np.float32), np.asarray(mesh.triangles).astype(np.int32)


def _welded(vertices: F32, triangles: I32) -> tuple[F32, I32]:
    """Without vertices that float32 put into one place, and without the triangles that lost a corner by it."""
    bits = np.ascontiguousarray(vertices + np.float32(0)).view(np.uint32)
    first, index = np.unique(bits, axis=0, return_index=True, return_inverse=True)[1:]
    triangles = index.reshape(-1)[triangles].astype(np.int32)
    a, b, c = triangles.T
    return vertices[first], triangles[(a != b) & (b != c) & (c != a)]


def _local_spacing(tree: cKDTree, xyz: F32, spaced: float, threads: int) -> F64:
    """(n,) spacing around every point, like ``grid.spacing``, and no less than the cloud's."""
    k = min(9, len(xyz))
    result = np.empty(len(xyz))
    for part in chunks(len(xyz)):
        result[part] = tree.query(xyz[part], k, workers=threads)[0][:, -1] * np.sqrt(np.pi / (k - 1))
    return np.maximum(result, spaced)


def _area(vertices: F32, triangles: I32) -> F64:
    """(t,) square metres."""
    return np.asarray(np.linalg.norm(_cross(vertices, triangles), axis=1) / 2)


def _cross(vertices: F32, triangles: I32) -> F64:
    a, b, c = (vertices[triangles[:, i]].astype(np.float64) for i in range(3))
    return np.cross(b - a, c - a)


def _large_pieces(vertices: F32, triangles: I32, share: float) -> Bool:
    """(t,) True for triangles of pieces with at least ``share`` of the largest piece's area."""
    if len(triangles) == 0:
        return np.zeros(0, bool)
    row = np.concatenate([triangles[:, 0], triangles[:, 1]])
    column = np.concatenate([triangles[:, 1], triangles[:, 2]])
    graph = coo_matrix((np.ones(len(row), np.int8), (row, column)), shape=(len(vertices), len(vertices)))
    piece = connected_components(graph, directed=False)[1][triangles[:, 0]]
    area = np.bincount(piece, weights=_area(vertices, triangles))
    return np.asarray((area >= share * area.max())[piece])


def _used(vertices: F32, triangles: I32) -> tuple[F32, I32]:
    """Without the vertices that no triangle names."""
    used, index = np.unique(triangles, return_inverse=True)
    return vertices[used], index.reshape(-1, 3).astype(np.int32)


def vertex_normals(vertices: F32, triangles: I32) -> F32:
    """(v, 3) unit normals, mean of the faces around each vertex by area; up where they cancel out."""
    face = _cross(vertices, triangles)
    corner = triangles.ravel()
    summed = np.column_stack([np.bincount(corner, np.repeat(face[:, c], 3), len(vertices)) for c in range(3)])
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    return np.where(length > 0, summed / np.maximum(length, 1e-300), [0.0, 0.0, 1.0]).astype(np.float32)


def _colours(tree: cKDTree, rgb: U8, vertices: F32, threads: int) -> U8:
    """(v, 3) mean of the four nearest points, weighted by inverse distance."""
    reach, index = tree.query(vertices, min(4, len(rgb)), workers=threads)
    reach, index = reach.reshape(len(vertices), -1), index.reshape(len(vertices), -1)
    weight = 1 / (reach + 1e-3 * max(float(reach.mean()), 1e-9))
    mixed = (rgb[index].astype(np.float64) * weight[:, :, None]).sum(1) / weight.sum(1, keepdims=True)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def open_edges(triangles: I32) -> npt.NDArray[np.int64]:
    """(e, 2) vertex pairs that belong to exactly one triangle."""
    edge = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
    key: I64 = edge[:, 0] << 32 | edge[:, 1]
    unique, count = np.unique(key, return_counts=True)
    single = unique[count == 1]
    return np.column_stack([single >> 32, single & 0xFFFFFFFF])


def _figures(cloud: PointCloud, mesh: Mesh, spaced: float, cell: float, threads: int) -> tuple[Figure, ...]:
    asked = cloud.xyz[:: max(1, len(cloud) // _CHECKED)]
    distance = distances(scene_of(mesh), asked, threads)
    border = open_edges(mesh.triangles)
    length = np.linalg.norm(
        (mesh.vertices[border[:, 0]] - mesh.vertices[border[:, 1]]).astype(np.float64), axis=1
    )
    how = f"distance from {len(asked)} points to the surface"
    return (
        Figure(
            name="spacing",
            value=spaced,
            unit="m",
            method="median over points: side of the square of surface that holds one",
        ),
        Figure(name="cell", value=cell, unit="m", method="side of Poisson's finest cells"),
        Figure(name="triangles", value=len(mesh.triangles), unit="1", method="after trimming"),
        Figure(
            name="area",
            value=float(_area(mesh.vertices, mesh.triangles).sum()),
            unit="m2",
            method="sum of triangles",
        ),
        Figure(name="points_to_surface_mean", value=float(distance.mean()), unit="m", method=how),
        Figure(
            name="points_to_surface_p95",
            value=float(np.percentile(distance, 95)),
            unit="m",
            method=f"{how}, 95 %",
        ),
        Figure(
            name="open_edges",
            value=len(border),
            unit="1",
            method="edges with one triangle: holes and the surface's rim",
        ),
        Figure(name="open_length", value=float(length.sum()), unit="m", method="summed length of open edges"),
    )
