"""The peers as their users call them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d
from PIL import Image
from scipy.spatial import cKDTree

from bench import inputs
from heritage.model.arrays import Mesh, PointCloud
from heritage.ops.tiles.tile import Dressed

_GOAL = 200_000


def o3d_cloud(folder: Path) -> Any:
    held = inputs.load_cloud(folder)
    made = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(held.xyz.astype(np.float64)))
    made.colors = o3d.utility.Vector3dVector(np.asarray(held.rgb) / 255.0)
    return made


def o3d_outliers(given: Any, sigmas: float = 2.0, neighbours: int = 20, passes: int = 1) -> Any:
    left, kept = given, np.arange(len(given.points))
    for _ in range(passes):
        left, inner = left.remove_statistical_outlier(nb_neighbors=neighbours, std_ratio=sigmas)
        kept = kept[np.asarray(inner)]
    mask = np.ones(len(given.points), bool)
    mask[kept] = False
    return mask


def o3d_surface(given: PointCloud) -> Mesh:
    made = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(given.xyz.astype(np.float64)))
    made.normals = o3d.utility.Vector3dVector(np.asarray(given.normal, np.float64))
    return _poisson(made)


def _poisson(points: Any) -> Mesh:
    """Cells of 1.2 spacings, and cut back beyond 2.2 local spacings: as dense and as complete as ours is asked to be."""
    xyz = np.asarray(points.points)
    tree = cKDTree(xyz)
    asked = xyz[:: max(1, len(xyz) // 20_000)]
    spacing = float(np.median(tree.query(asked, 9)[0][:, -1]) * np.sqrt(np.pi / 8))
    mesh, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(points, width=1.2 * spacing)
    vertices, triangles = np.asarray(mesh.vertices), np.asarray(mesh.triangles)
    far = tree.query(vertices)[0] > 2.2 * spacing
    return _mesh(vertices, triangles[~far[triangles].any(1)])


def meshlab_surface(given: PointCloud) -> Mesh:
    import pymeshlab

    given = given.select(np.abs(given.normal).sum(1) > 0.5)  # it refuses points without a normal
    extent = float(np.ptp(given.xyz, axis=0).max()) * 1.1
    tree = cKDTree(given.xyz)
    spacing = float(np.median(tree.query(given.xyz[::50], 9)[0][:, -1]) * np.sqrt(np.pi / 8))
    held = pymeshlab.MeshSet()
    held.add_mesh(
        pymeshlab.Mesh(given.xyz.astype(np.float64), v_normals_matrix=np.asarray(given.normal, np.float64))
    )
    held.generate_surface_reconstruction_screened_poisson(
        depth=int(np.ceil(np.log2(extent / (1.2 * spacing))))
    )
    made = held.current_mesh()
    vertices, triangles = made.vertex_matrix(), made.face_matrix()
    far = tree.query(vertices)[0] > 2.2 * spacing
    return _mesh(vertices, triangles[~far[triangles].any(1)])


def fast_simplified(given: Mesh) -> Mesh:
    import fast_simplification

    points, faces = fast_simplification.simplify(
        given.vertices.copy(), given.triangles.copy(), target_count=_GOAL
    )
    return _mesh(points, faces)


def o3d_simplified(given: Mesh) -> Mesh:
    made = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(given.vertices.astype(np.float64)),
        o3d.utility.Vector3iVector(given.triangles.copy()),
    )
    made = made.simplify_quadric_decimation(_GOAL)
    return _mesh(np.asarray(made.vertices), np.asarray(made.triangles))


def xatlas_unwrapped(given: Mesh) -> tuple[Mesh, Any]:
    import xatlas

    source, triangles, uv = xatlas.parametrize(given.vertices, given.triangles.astype(np.uint32))
    return given.with_(
        vertices=given.vertices[source], triangles=triangles.astype(np.int32), normals=None, rgb=None
    ), uv[triangles]


def draco_bytes(given: Dressed, quality: int = 85) -> bytes:
    import DracoPy

    mesh = given.mesh
    packed = DracoPy.encode(
        mesh.vertices,
        mesh.triangles,
        quantization_bits=14,
        compression_level=7,
        tex_coord=mesh.uv.astype(np.float64),
        tex_coord_quantization_bits=14,  # quarters of a texel, as ours; without it they are floats, three quarters of the bytes
    )
    picture = io.BytesIO()
    Image.fromarray(mesh.texture).save(picture, "JPEG", quality=quality)
    return packed + picture.getvalue()


def las_file(folder: Path) -> Path:
    """The same points as LAS: what py3dtiles reads fastest."""
    import laspy

    path = folder / "cloud.las"
    if not path.exists():
        held = inputs.load_cloud(folder)
        header = laspy.LasHeader(point_format=2, version="1.2")
        header.scales = [0.0005] * 3
        las = laspy.LasData(header)
        las.xyz = held.world()
        las.red, las.green, las.blue = (np.asarray(held.rgb)[:, k].astype(np.uint16) * 257 for k in range(3))
        las.write(path)
    return path


def py3dtiles_tiles(given: Path) -> int:
    into = Path(tempfile.mkdtemp(prefix="bench-py3dtiles-"))
    shutil.rmtree(into)
    program = shutil.which("py3dtiles")
    assert program
    subprocess.run(
        [program, "convert", "--jobs", "1", "--out", into, given], check=True, stdout=subprocess.DEVNULL
    )
    return sum(path.stat().st_size for path in into.rglob("*") if path.is_file())


def o3d_chain(given: Any) -> Mesh:
    """Outliers, normals, orientation by a spanning tree, Poisson, trim, simplify."""
    kept, _ = given.remove_statistical_outlier(nb_neighbors=20, std_ratio=2.0)
    kept.estimate_normals(o3d.geometry.KDTreeSearchParamKNN(16))
    kept.orient_normals_consistent_tangent_plane(16)
    meshed = _poisson(kept)
    return o3d_simplified(meshed)


def _mesh(vertices: Any, triangles: Any) -> Mesh:
    used, place = np.unique(triangles, return_inverse=True)
    return Mesh(
        np.zeros(3),
        np.asarray(vertices, np.float32)[used],
        place.reshape(-1, 3).astype(np.int32),
    )
