"""What Heritage does in the benchmark, and the judges that look at its results and the peers' alike."""

from __future__ import annotations

import gzip
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from bench import inputs
from heritage.formats.arrays import load_array, load_cloud, load_mesh, save_array
from heritage.formats.blocks import save_blocks
from heritage.formats.gltf import write_glb
from heritage.model.arrays import REASONS, Mesh, PointCloud
from heritage.ops.cleaning.clean import CleanOptions, clean
from heritage.ops.meshes.deviation import deviation, places_on
from heritage.ops.meshes.join import join
from heritage.ops.meshes.simplify import simplify
from heritage.ops.meshes.weld import areas, open_edges, weld
from heritage.ops.normals.normals import estimate_normals
from heritage.ops.surface.fans import split_fans
from heritage.ops.surface.mesh import mesh_surface
from heritage.ops.tiles.colours import colours_of
from heritage.ops.tiles.tile import Dressed, dress
from heritage.ops.tiles.unwrap import unwrap
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.points import POINTS, PointsOptions

_GOAL = 200_000
_SAMPLES = 200_000
_SEEN_M = 0.1
_ONLY_OUTLIERS = CleanOptions(
    source_classes=False, duplicates=False, halo=False, fragments=False, vegetation=False, ground=False
)


def warm_up(row: str) -> None:
    """Load compiled code: it is made once per machine, not once per cloud."""
    rng = np.random.default_rng(0)
    xyz = (rng.random((3000, 3)) * [1, 1, 0.002]).astype(np.float32)
    small = PointCloud(np.zeros(3), xyz, np.full((3000, 3), 128, np.uint8))
    if row in ("outliers", "outliers, the curve", "chain"):
        clean(small, _ONLY_OUTLIERS)
    if row in ("surface", "simplify", "chain"):
        mesh = mesh_surface(small.with_(normal=np.tile(np.float32([0, 0, 1]), (3000, 1)))).mesh
        simplify(mesh, 100)
        bow = np.array([[0, 1, 2], [0, 3, 4]], np.int32)
        split_fans(bow, 5, open_edges(bow))
    if row == "chain":
        estimate_normals(small)


def cloud(folder: Path) -> PointCloud:
    return load_cloud(folder)


def oriented(folder: Path) -> PointCloud:
    return load_cloud(inputs.oriented(folder))


def dense(folder: Path) -> Mesh:
    return inputs.dense(folder)


def reduced_200k(folder: Path) -> Mesh:
    return inputs.reduced(folder, _GOAL)


def reduced_50k(folder: Path) -> Mesh:
    return inputs.reduced(folder, 50_000)


def outliers(given: PointCloud, sigmas: float = _ONLY_OUTLIERS.outlier_sigmas) -> Any:
    options = _ONLY_OUTLIERS.model_copy(update={"outlier_sigmas": sigmas})
    return clean(given, options).reasons == REASONS["outlier"]


def surface(given: PointCloud) -> Mesh:
    return mesh_surface(given).mesh


def simplified(given: Mesh) -> Mesh:
    return simplify(given, _GOAL).mesh


def unwrapped(given: Mesh) -> tuple[Mesh, Any]:
    side = 4096
    texel = float(np.sqrt(areas(given).sum() / (0.6 * side**2)))
    flat = unwrap(given, texel, side_px=side)
    return given, flat.pixels / side


def painted(folder: Path) -> Dressed:
    """The 200k mesh, on as many steps as the peer has (14 bits), with its 4k texture from the points."""
    mesh, _ = weld([reduced_200k(folder)])
    step = _step(mesh)
    mesh, _ = weld([mesh.with_(vertices=(np.rint(mesh.vertices / step) * step).astype(np.float32))])
    side = 4096
    found = colours_of([mesh], oriented(folder))
    assert found is not None
    texel = float(np.sqrt(areas(mesh).sum() / (0.6 * side**2)))
    return dress(mesh, found.averaged(texel), texel, side, lit=False)


def _step(mesh: Mesh) -> float:
    return float(np.ptp(mesh.vertices, axis=0).max()) / 16_383


def tile_bytes(given: Dressed) -> bytes:
    return write_glb(given.mesh, step_m=_step(given.mesh), texel_m=given.texel_m)


def blocks(folder: Path) -> tuple[Path, Path]:
    """The cloud in blocks with the labels of its truth, as the stages before `points` leave them."""
    made = folder / "blocks"
    if not made.exists():
        made.mkdir()
        save_blocks(made, load_cloud(folder))
        order = load_array(made, "order")
        reasons = load_array(folder, "labels")[order].astype(np.uint8)
        save_array(made, "reasons", reasons)
        save_array(made, "classes", np.where(reasons == REASONS["ground"], 2, 1).astype(np.uint8))
    return made, made


def point_tiles(given: tuple[Path, Path]) -> int:
    into = Path(tempfile.mkdtemp(prefix="bench-points-"))
    POINTS.run(Job(into, "bench", "bench", PointsOptions(), {"ingest": given[0], "clean": given[1]}, {}, {}))
    return sum(path.stat().st_size for path in into.rglob("*") if path.is_file())


def chain(given: PointCloud) -> Mesh:
    """Raw points to a surface of 200k triangles."""
    kept = given.select(np.isin(clean(given).reasons, [REASONS["kept"], REASONS["ground"]]))
    meshed = mesh_surface(kept.with_(normal=estimate_normals(kept).normal)).mesh
    return simplify(meshed, _GOAL).mesh


# The judges


def recall(folder: Path, found: Any) -> dict[str, float]:
    labels = load_array(folder, "labels")
    true, solid = labels == REASONS["outlier"], np.isin(labels, [REASONS["kept"], REASONS["ground"]])
    return {"recall": float(found[true].mean()), "surface lost": float(found[solid].mean())}


@cache
def _truth(folder: Path) -> tuple[Mesh, Mesh, PointCloud]:
    """All there was; what is to be meshed; places of that which some captured point saw."""
    solid = join([load_mesh(folder, "monument"), load_mesh(folder, "ground")])
    everything = join([solid, load_mesh(folder, "vegetation")])
    captured = load_cloud(folder)
    kept = captured.select(np.isin(load_array(folder, "labels"), [REASONS["kept"], REASONS["ground"]]))
    places = places_on(solid, _SAMPLES, np.random.default_rng(0)) + solid.origin
    seen = cKDTree(kept.world()).query(places)[0] < _SEEN_M
    return everything, solid, PointCloud(np.zeros(3), places[seen].astype(np.float32))


def accuracy(folder: Path, made: Mesh) -> dict[str, float]:
    everything, _, seen = _truth(folder)
    there, back = deviation(made, everything, samples=_SAMPLES), deviation(made, seen, samples=_SAMPLES)
    return {
        "triangles": len(made.triangles),
        "to truth, mean mm": 1000 * there.a_to_b_mean_m,
        "to truth, 95 % mm": 1000 * there.a_to_b_p95_m,
        "from truth, mean mm": 1000 * back.b_to_a_mean_m,
        "from truth, 95 % mm": 1000 * back.b_to_a_p95_m,
        "open edges": len(open_edges(made.triangles)),
    }


def nearness(folder: Path, made: Mesh) -> dict[str, float]:
    found = deviation(dense(folder), made, samples=_SAMPLES)
    return {
        "from triangles": len(dense(folder).triangles),
        "triangles": len(made.triangles),
        "mean mm": 1000 * found.a_to_b_mean_m,
        "95 % mm": 1000 * found.a_to_b_p95_m,
    }


def charts(folder: Path, result: tuple[Mesh, Any]) -> dict[str, float]:
    """How much of the unit square is filled, and stretch: the share of area whose texels are twice the median's size."""
    mesh, uv = result
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    flat = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
    area = areas(mesh)
    density = np.sqrt(flat / np.maximum(area, 1e-30))
    order = np.argsort(density)
    middle = density[order[np.searchsorted(np.cumsum(area[order]), area.sum() / 2)]]
    return {"filled": float(flat.sum()), "stretched": float(area[density < middle / 2].sum() / area.sum())}


def sent(folder: Path, result: bytes) -> dict[str, float]:
    """A tile as it is kept, and as a server sends it."""
    return {"MB": len(result) / 1e6, "MB sent (gzip)": len(gzip.compress(result, 6)) / 1e6}


def size(folder: Path, result: int) -> dict[str, float]:
    return {"MB": result / 1e6}
