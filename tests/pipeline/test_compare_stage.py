"""Comparing block by block: the same in every vertex however surface and clouds are cut, and what is on a border counts once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from heritage.formats.arrays import load_array, load_mesh, save_document, save_mesh
from heritage.formats.blocks import save_blocks
from heritage.model.arrays import Mesh, PointCloud, Similarity
from heritage.model.errors import InputError
from heritage.ops.comparison.compare import compare
from heritage.ops.comparison.plan import CompareOptions
from heritage.ops.comparison.surface_piece import vertex_areas
from heritage.pipeline.stage import Job, Outcome, in_turn
from heritage.pipeline.stages.align import ALIGNMENT
from heritage.pipeline.stages.compare import COMPARE
from heritage.pipeline.stages.mesh import SURFACES

SIGMA_M = 0.002
_TURN = np.radians(30)
# monument_from_epoch of the compared epoch: turned and shifted, as aligning finds it.
TURNED = Similarity(
    np.array([[np.cos(_TURN), -np.sin(_TURN), 0], [np.sin(_TURN), np.cos(_TURN), 0], [0, 0, 1]]),
    np.array([3.0, -2.0, 0.5]),
)


def _height(plan: np.ndarray, change_m: float) -> np.ndarray:
    """A wavy floor; a square in the middle, over all the borders of blocks, is raised."""
    raised = (np.abs(plan) < 0.7).all(1)
    return 0.15 * np.sin(2 * plan[:, 0]) * np.cos(1.5 * plan[:, 1]) + np.where(raised, change_m, 0)


def _normal(plan: np.ndarray) -> np.ndarray:
    x, y = plan.T
    slope = [-0.30 * np.cos(2 * x) * np.cos(1.5 * y), 0.225 * np.sin(2 * x) * np.sin(1.5 * y)]
    normal = np.column_stack([*slope, np.ones(len(plan))])
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def _cloud(seed: int, change_m: float, n: int = 16_000) -> PointCloud:
    """Points and the true normals but for those of the raised square's sides."""
    rng = np.random.default_rng(seed)
    plan = rng.uniform(-2, 2, (n, 2))
    normal = _normal(plan)
    xyz = np.column_stack([plan, _height(plan, change_m) + rng.normal(0, SIGMA_M, n)])
    return PointCloud(np.zeros(3), xyz.astype(np.float32), normal=normal.astype(np.float32))


def _surface(change_m: float) -> Mesh:
    side = np.linspace(-2, 2, 81)
    x, y = np.meshgrid(side, side)
    plan = np.column_stack([x.ravel(), y.ravel()])
    i = (np.arange(80)[:, None] * 81 + np.arange(80)).ravel()
    triangles = np.vstack([np.column_stack([i, i + 1, i + 82]), np.column_stack([i, i + 82, i + 81])])
    vertices = np.column_stack([plan, _height(plan, change_m)]).astype(np.float32)
    filled = np.where(np.hypot(*(plan - [-1.2, 1.6]).T) < 0.1, 255, 0).astype(np.uint8)
    return Mesh(np.zeros(3), vertices, triangles.astype(np.int32), filled=filled)


def _earlier() -> Mesh:
    """The reference's surface, with the floor below in the strip."""
    mesh = _surface(0.0)
    return mesh.with_(
        vertices=mesh.vertices - np.float32([0, 0, 1]) * (mesh.vertices[:, :1] > 0.9), filled=None
    )


def _epoch(cloud: PointCloud) -> PointCloud:
    back = TURNED.inverse()
    return cloud.with_(
        xyz=back.apply(cloud.xyz.astype(np.float64)).astype(np.float32),
        normal=(cloud.normal @ back.rotation.T).astype(np.float32),
    )


def _cut(mesh: Mesh, cells: int, seed: int) -> list[Mesh]:
    """``cells`` by ``cells`` meshes, the triangles and vertices of each in a shuffled order."""
    rng = np.random.default_rng(seed)
    middle = mesh.vertices[mesh.triangles].mean(1)[:, :2]
    low, high = middle.min(0), middle.max(0)
    cell = np.minimum(((middle - low) / (high - low) * cells).astype(int), cells - 1) @ [cells, 1]
    parts = []
    for number in np.unique(cell):
        rows = rng.permutation(np.flatnonzero(cell == number))
        used, triangles = np.unique(mesh.triangles[rows], return_inverse=True)
        order = rng.permutation(len(used))
        parts.append(
            Mesh(
                mesh.origin,
                mesh.vertices[used[order]],
                np.argsort(order)[triangles].reshape(-1, 3).astype(np.int32),
                filled=None if mesh.filled is None else mesh.filled[used[order]],
            )
        )
    return parts


def _run(
    folder: Path, meshes: list[Mesh], before: PointCloud | None, after: PointCloud, most: int, mapper=in_turn
) -> tuple[dict[bytes, tuple[float, float]], Outcome, dict]:
    """What the stage says of every place in the epoch's frame, which must be one thing."""
    roles = ("reference", "compared", "align-compared", "reference-points", "compared-points", "out")
    inputs = {role: folder / role for role in roles}
    for path in inputs.values():
        path.mkdir(parents=True)
    for i, mesh in enumerate(meshes):
        save_mesh(inputs["compared"], f"surface-{i}", mesh)
    save_document(inputs["compared"] / SURFACES, {"surfaces": len(meshes), "filled_m2": 0.0})
    save_mesh(inputs["reference"], "surface-0", _surface(0.0) if before is None else _earlier())
    save_document(inputs["reference"] / SURFACES, {"surfaces": 1, "filled_m2": 0.0})
    save_document(
        inputs["align-compared"] / ALIGNMENT,
        {"reference_from_moving": TURNED.matrix.tolist(), "rms_m": 0.0, "sigma_m": 0.0002},
    )
    save_blocks(inputs["compared-points"], after, most=most)
    if before is None:
        del inputs["reference-points"]
    else:
        save_blocks(inputs["reference-points"], before, most=most)
    out = inputs.pop("out")
    job = Job(out, "m", "2019--2024", CompareOptions(reach_m=1.5), inputs, {}, {}, 1, mapper)
    outcome = COMPARE.run(job)
    change = load_array(out, "change")
    vertices = np.concatenate(
        [load_mesh(inputs["compared"], f"surface-{i}").vertices for i in range(len(meshes))]
    )
    assert change.shape == (len(vertices), 2)
    said: dict[bytes, tuple[float, float]] = {}
    for place, values in zip(vertices, change, strict=True):
        assert said.setdefault(place.tobytes(), values.tobytes()) == values.tobytes()
    document = json.loads((out / "comparison.json").read_text())
    assert not [path for path in out.iterdir() if path.is_dir()]
    return said, outcome, document


def _two_threads(function, items):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))


@pytest.fixture(scope="module")
def scene():
    """The compared epoch: raised by 40 mm; the reference has no points in a strip, where it saw another floor 1 m below."""
    before, after = _cloud(1, 0.0), _cloud(2, 0.04)
    lower = before.xyz[:, 0] > 0.9
    before = before.with_(xyz=before.xyz - np.where(lower[:, None], [[0, 0, 1.0]], 0).astype(np.float32))
    epoch = _epoch(after)
    surface = _surface(0.04)
    return (
        before,
        epoch,
        surface.with_(vertices=TURNED.inverse().apply(surface.vertices.astype(float)).astype(np.float32)),
    )


@pytest.fixture(scope="module")
def whole(scene, tmp_path_factory):
    before, after, surface = scene
    return _run(tmp_path_factory.mktemp("whole"), [surface], before, after, 100_000)


@pytest.mark.parametrize(
    ("cells", "most", "mapper"), [(1, 4_000, in_turn), (3, 100_000, in_turn), (5, 2_500, _two_threads)]
)
def test_no_cut_changes_anything(scene, whole, tmp_path, cells, most, mapper):
    before, after, surface = scene

    cut, outcome, _ = _run(tmp_path, _cut(surface, cells, 0), before, after, most, mapper)

    assert cut == whole[0]
    for one, other in zip(outcome.figures, whole[1].figures, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-9), one.name


def test_what_it_says_is_what_was_made_and_every_triangle_counts_once(scene, tmp_path):
    before, after, surface = scene

    said, outcome, document = _run(tmp_path, _cut(surface, 4, 1), before, after, 4_000)

    in_monument = TURNED.apply(surface.vertices.astype(np.float64))
    distance, lod = np.array([np.frombuffer(said[v.tobytes()], np.float32) for v in surface.vertices]).T
    plan = in_monument[:, :2]
    middle, quiet = (np.abs(plan) < 0.55).all(1), (np.abs(plan) > 0.85).any(1) & (plan[:, 0] < 0.75)
    # Distances are along the normal, so a slope shows less of what was raised.
    assert np.median(distance[middle] / _normal(plan)[middle, 2]) == pytest.approx(0.04, abs=0.0005)
    assert np.abs(np.nanmedian(distance[quiet])) < 0.0003
    assert np.nanmean(np.abs(distance[quiet]) > lod[quiet]) < 0.06
    assert np.isnan(distance[surface.filled > 0]).all()
    # The floor a metre below is far beyond eight radii: found by the wider search, along the sloping normals.
    below = (np.abs(plan[:, 0] - 1.45) < 0.15) & (np.abs(plan[:, 1]) < 1.6)
    assert np.isfinite(distance[below]).mean() > 0.95
    assert np.median(distance[below]) == pytest.approx(1.0, abs=0.04)
    figures = {figure.name: figure.value for figure in outcome.figures}
    total = vertex_areas(surface.vertices, surface.triangles).sum()
    assert figures["comparable_area"] + figures["not_comparable_area"] == pytest.approx(total, rel=1e-6)
    assert sum(document["histogram"]["area_m2"]) == pytest.approx(figures["comparable_area"], rel=1e-9)
    # One region over 16 blocks: the raised square and the strip that stands a metre higher. Specks of noise are none.
    gained = (np.nan_to_num(distance) > np.nan_to_num(lod)) & (
        (np.abs(plan) < 0.8).all(1) | (plan[:, 0] > 0.8)
    )
    swept = vertex_areas(surface.vertices, surface.triangles)[gained] @ distance[gained]
    regions = document["regions"]
    assert sum(r["mean_m"] * r["area_m2"] for r in regions) == pytest.approx(swept, rel=0.002)
    assert 3.5 < swept < 1.4**2 * 0.04 + 1.1 * 4 * 1.0
    # It ends at the border of what was surveyed, and is tall: what it holds there nobody can tell.
    assert (regions[0]["volume_m3"], regions[0]["volume_by"]) == (None, None)
    assert figures["gained"] == pytest.approx(sum(r["volume_m3"] or 0 for r in regions), abs=1e-9)
    assert figures["lost"] < 0.002


def test_the_stage_says_what_the_whole_in_memory_says(scene, tmp_path):
    before, after, surface = scene
    in_monument = after.with_(
        xyz=TURNED.apply(after.xyz.astype(np.float64)).astype(np.float32),
        normal=(after.normal @ TURNED.rotation.T).astype(np.float32),
    )
    placed = surface.with_(vertices=TURNED.apply(surface.vertices.astype(np.float64)).astype(np.float32))
    said, outcome, _ = _run(tmp_path, _cut(surface, 3, 2), before, after, 3_000)
    radius = float(outcome.figures[0].method.rsplit("radius ", 1)[1].split(" ")[0].rstrip(";"))

    distance, lod, change = compare(
        placed, before, in_monument, 0.0002, CompareOptions(radius_m=radius, reach_m=1.5)
    )

    cut = np.array([np.frombuffer(said[v.tobytes()], np.float32) for v in surface.vertices])
    known = np.isfinite(distance)
    assert (known != np.isfinite(cut[:, 0])).mean() < 0.002  # the radius is printed with four digits
    both = known & np.isfinite(cut[:, 0])
    assert np.quantile(np.abs(distance - cut[:, 0])[both], 0.99) < 2e-4
    assert np.quantile(np.abs(lod - cut[:, 1])[both], 0.99) < 2e-4
    figures = {figure.name: figure.value for figure in outcome.figures}
    assert figures["changed_area"] == pytest.approx(change.changed_area_m2, rel=0.02)


def test_a_model_is_sampled(scene, tmp_path):
    _, after, surface = scene

    said, outcome, document = _run(tmp_path, _cut(surface, 2, 3), None, after, 10_000)

    distance = np.array([np.frombuffer(said[v.tobytes()], np.float32)[0] for v in surface.vertices])
    plan = TURNED.apply(surface.vertices.astype(np.float64))[:, :2]
    middle = (np.abs(plan) < 0.55).all(1)
    assert np.median(distance[middle] / _normal(plan)[middle, 2]) == pytest.approx(0.04, abs=0.0005)
    assert "reference came as a mesh, noise unknown" in outcome.figures[0].method
    assert (document["reference"], document["compared"]) == ("2019", "2024")


def test_epochs_that_do_not_meet_are_an_error(scene, tmp_path):
    before, after, surface = scene
    away = before.with_(origin=before.origin + np.array([1e6, 0, 0]))  # a thousand kilometres

    with pytest.raises(InputError, match="no place where both epochs"):
        _run(tmp_path, _cut(surface, 2, 4), away, after, 4_000)
