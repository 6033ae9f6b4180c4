"""What `bench_compare` works on, ours on it, and Open3D's distances: each case reads INPUT.npz and writes OUTPUT.npz."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import open3d as o3d

from heritage.formats.cloud import open_cloud
from heritage.model.arrays import REASONS, Similarity
from heritage.ops.comparison.bins import Bins
from heritage.ops.comparison.cylinders import FACING, measure
from heritage.ops.comparison.distance import measure_piece
from heritage.ops.comparison.plan import ComparePlan
from heritage.ops.comparison.planes import plane_normals
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.meshes.rays import tensor
from heritage.ops.points.grid import spacing
from heritage.sample.site import write_sample

MONUMENT, EPOCHS = "thai-hoa", ("2019", "2024")
Given = Mapping[str, npt.NDArray[Any]]


def prepared(root: Path, points: int, cores: int) -> Path:
    """A folder with the inputs ``near.npz`` and ``deep.npz``: two surveys without what is not surface, in one frame that
    is exactly known; places on the later one with the true surface's normals; and the true earlier surface."""
    folder = root / f"compare-{points}-{cores}"
    if folder.exists():
        return folder
    site, making = root / f"site-compare-{points}", root / f".compare-{points}-{cores}"
    shutil.rmtree(making, ignore_errors=True)
    if not site.exists():
        write_sample(site, points=points, monuments={MONUMENT})
    facts = json.loads((site / "truth" / "truth.json").read_text(encoding="utf-8"))["monuments"][MONUMENT]
    given: dict[str, Any] = {}
    for name, epoch in zip(("before", "after"), EPOCHS, strict=True):
        truth = site / "truth" / MONUMENT / epoch
        back = Similarity.from_matrix(np.array(facts["epochs"][epoch]["source_from_monument"])).inverse()
        (scan,) = (site / "monuments" / MONUMENT / "scans").glob(f"{epoch}.*")
        xyz = back.apply(np.concatenate([chunk.xyz for chunk in open_cloud(scan).chunks()]))
        solid = np.isin(np.load(truth / "labels.npy"), [REASONS["kept"], REASONS["ground"]])
        given[name] = xyz[solid].astype(np.float32)
        held = [np.load(truth / f"{part}.npz") for part in ("monument", "ground")]
        starts = [0, len(held[0]["vertices"])]
        given[f"{name}_vertices"] = np.concatenate([h["vertices"] + h["origin"] for h in held]).astype(
            np.float32
        )
        given[f"{name}_triangles"] = np.concatenate(
            [h["triangles"] + start for h, start in zip(held, starts, strict=True)]
        ).astype(np.int32)
        given[f"{name}_normal"] = _faces(given, name)
    rows = np.sort(np.random.default_rng(0).permutation(len(given["after"]))[:cores])
    given["at"], given["direction"] = given["after"][rows], given["after_normal"][rows].astype(np.float64)
    gap = max(spacing(given[name]) for name in ("before", "after"))
    low, high = given["before"].min(0), given["before"].max(0)
    given["radius"] = np.float64(3 * gap)
    given["normal_radii"] = np.array([3.0, 6.0]) * gap
    making.mkdir(parents=True)
    # The method as such: a cylinder as long each way as wide. And as it is used: looking for what went far.
    for case, reach in (("near", 3 * gap), ("deep", 0.05 * float(np.linalg.norm(high - low)))):
        np.savez(making / f"{case}.npz", reach=np.float64(reach), **given)
    making.rename(folder)
    return folder


def _scene(given: Given, name: str) -> Any:
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        tensor(given[f"{name}_vertices"], np.float32), tensor(given[f"{name}_triangles"], np.uint32)
    )
    return scene


def _faces(given: Given, name: str) -> npt.NDArray[np.float32]:
    nearest = _scene(given, name).compute_closest_points(tensor(given[name], np.float32), nthreads=1)
    return np.asarray(nearest["primitive_normals"].numpy(), np.float32)


def ours_distances(given: Given) -> dict[str, Any]:
    """M3C2 as the compare stage measures it, in one piece; LoD95 without the term that the paper does not have."""
    cores, radius = len(given["at"]), float(given["radius"])
    piece = SurfacePiece(
        np.asarray(given["at"]), np.asarray(given["direction"]), np.zeros((0, 3), np.int32), np.zeros(cores),
        np.zeros(cores, bool), np.zeros(cores, bool), np.arange(cores, dtype=np.int32),
    )  # fmt: skip
    plan = ComparePlan(radius / 3, radius, float(given["reach"]), 0.0, 8, 0, (), 0.0, 0.0, 0.0)

    def points(name: str) -> Any:
        def held(where: Any) -> Any:
            inside = where.holds(given[name])
            return given[name][inside], given[f"{name}_normal"][inside]

        return held

    distance, lod, _ = measure_piece(piece, points("before"), points("after"), plan)
    return {"distance": distance, "lod": lod}


def ours_normals(given: Given) -> dict[str, Any]:
    """Multi-scale normals."""
    at, direction = given["at"].astype(np.float64), np.asarray(given["direction"])
    radii = tuple(given["normal_radii"].tolist())
    return {"direction": plane_normals(given["after"], given["after_normal"], at, direction, radii, 8)}


def o3d_cloud(given: Given) -> dict[str, Any]:
    """Each place's distance to the nearest point of the earlier cloud: no sign."""
    before, at = (
        o3d.geometry.PointCloud(o3d.utility.Vector3dVector(given[k].astype(float))) for k in ("before", "at")
    )
    return {"distance": np.asarray(at.compute_point_cloud_distance(before))}


def o3d_mesh(given: Given) -> dict[str, Any]:
    """Each place's distance to the earlier surface, here the true one itself."""
    scene = _scene(given, "before")
    return {"distance": scene.compute_signed_distance(tensor(given["at"], np.float32), nthreads=1).numpy()}


def one_face(given: Given) -> dict[str, Any]:
    """Where the cylinders hold no point that ours leave out: of another face, or cut off when they move to the surface."""
    at, direction, radius = (
        given["at"].astype(np.float64),
        np.asarray(given["direction"]),
        float(given["radius"]),
    )
    alike = np.ones(len(at), bool)
    for name in ("before", "after"):
        bins = Bins.of(given[name], given[f"{name}_normal"], radius)
        some, every = (measure(bins, at, direction, radius, 0.0, 1, facing=f) for f in (FACING, -1.0))
        alike &= (some[2] == every[2]) & (np.abs(some[0] - every[0]) < 1e-9)
        alike &= np.abs(some[0]) + 4 * some[1] < radius
    return {"one_face": alike}


CASES = {
    "ours/distances": ours_distances,
    "ours/normals": ours_normals,
    "ours/one face": one_face,
    "o3d/cloud": o3d_cloud,
    "o3d/mesh": o3d_mesh,
}
