"""The built sample site against its own ground truth: what every figure of the chain is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from scipy.spatial import cKDTree

from heritage.formats.arrays import load_array, load_cloud
from heritage.model.arrays import F64, REASONS, U8, PointCloud, Similarity
from heritage.model.frames import ECEF, SiteFrame
from heritage.ops.meshes.deviation import deviation, places_on
from heritage.ops.meshes.join import join
from heritage.ops.meshes.rays import scene_of, tensor
from heritage.ops.placement.move import move_mesh
from heritage.pipeline.build import planned
from heritage.pipeline.built import Built
from heritage.pipeline.ground import read_ground
from heritage.pipeline.pictures.views import box_corners
from heritage.pipeline.release import read_placement
from heritage.pipeline.run import read_report
from heritage.pipeline.stages.mesh import surfaces
from heritage.sample.score_changes import score_changes
from heritage.sample.truth import Score, epoch_from_truth, similarity, true_mesh
from heritage.store import Store
from heritage.text.site import load_site

_SAMPLES = 200_000
_SEEN_M = 0.10  # truth with no captured point nearer than this was never seen: nobody could mesh it


def score(site: Path) -> tuple[Score, ...]:
    """Every figure of the sample in ``site``, which must be built. Needs its ``truth`` folder."""
    truth = json.loads((site / "truth" / "truth.json").read_text(encoding="utf-8"))
    store = Store(site)
    plan = {p.task.key: p for p in planned(site)}
    built = Built(store, plan, {key: read_report(store, p) for key, p in plan.items()})
    frame = read_ground(load_site(site)).frame
    scores: list[Score] = []
    for monument, facts in truth["monuments"].items():
        for epoch in facts["epochs"]:
            scores += _cleaning(site, built, monument, epoch)
            scores += _sides(site, built, monument, epoch, facts)
            scores += _meshing(site, built, monument, epoch, facts)
        scores += _placing(built, monument, facts, frame)
        changes = site / "truth" / monument / "changes.json"
        if changes.exists():
            made = json.loads(changes.read_text(encoding="utf-8"))
            scores += score_changes(site, built, monument, facts, made)
    return tuple(scores)


def _cleaning(site: Path, built: Built, monument: str, epoch: str) -> list[Score]:
    """Precision and recall of every reason that the truth knows."""
    true = _true_labels(site, built, monument, epoch)
    said = load_array(built.folder(f"clean:{monument}:{epoch}"), "reasons")
    twice = true == REASONS["duplicate"]
    if twice.any():
        # Which of two equal points is the copy is nobody's to know: either may be named.
        xyz = load_cloud(built.folder(f"ingest:{monument}:{epoch}")).xyz
        _, place = np.unique(xyz, axis=0, return_inverse=True)
        copied = np.isin(place, place[twice])
        true = np.where(copied, said, true)
    scores = []
    for name, code in REASONS.items():
        if name == "duplicate":
            if twice.any():
                found = int((copied & (said == code)).sum())
                scores.append(
                    Score(f"{monument}/{epoch}", "duplicate: recall", found / int(twice.sum()), "1")
                )
            continue
        both, made, found = (
            ((true == code) & (said == code)).sum(),
            (true == code).sum(),
            (said == code).sum(),
        )
        if made:
            scores.append(Score(f"{monument}/{epoch}", f"{name}: recall", float(both / made), "1"))
            scores.append(
                Score(f"{monument}/{epoch}", f"{name}: precision", float(both / max(found, 1)), "1")
            )
    return scores


def _true_labels(site: Path, built: Built, monument: str, epoch: str) -> U8:
    """The truth's label (n,) of every point, in the order in which ingest keeps them."""
    order = load_array(built.folder(f"ingest:{monument}:{epoch}"), "order")
    return np.asarray(np.load(site / "truth" / monument / epoch / "labels.npy")[order])


def _sides(site: Path, built: Built, monument: str, epoch: str, facts: dict[str, Any]) -> list[Score]:
    """How many normals of points that truly are surface point into the nearest true face."""
    frame = epoch_from_truth(built, monument, epoch, facts)
    true = move_mesh(true_mesh(site, monument, epoch, "monument", "ground"), frame, np.zeros(3))
    folder = built.folder(f"normals:{monument}:{epoch}")
    cloud = load_cloud(folder)
    labels = np.load(site / "truth" / monument / epoch / "labels.npy")[load_array(folder, "order")]
    solid = cloud.select(np.isin(labels, [REASONS["kept"], REASONS["ground"]]))
    solid = solid.select(np.abs(np.asarray(solid.normal)).sum(1) > 0.5)
    nearest = scene_of(true).compute_closest_points(tensor(solid.xyz, np.float32))
    face = nearest["primitive_normals"].numpy()
    flipped = ((face * np.asarray(solid.normal)).sum(1) < 0).mean()
    return [Score(f"{monument}/{epoch}", "normals: flipped", float(flipped), "1")]


def _meshing(site: Path, built: Built, monument: str, epoch: str, facts: dict[str, Any]) -> list[Score]:
    """Distance of the surface to the truth, and of the truth that was seen to the surface."""
    frame = epoch_from_truth(built, monument, epoch, facts)
    true = move_mesh(true_mesh(site, monument, epoch, "monument", "ground"), frame, np.zeros(3))
    # A trunk that was meshed is there in truth too; only what stands nowhere is wrong.
    everything = move_mesh(
        true_mesh(site, monument, epoch, "monument", "ground", "vegetation"), frame, np.zeros(3)
    )
    made = join(surfaces(built.folder(f"mesh:{monument}:{epoch}")))
    there = deviation(made, everything, samples=_SAMPLES)
    captured = load_cloud(built.folder(f"ingest:{monument}:{epoch}"))
    labels = _true_labels(site, built, monument, epoch)
    solid = captured.select(np.isin(labels, [REASONS["kept"], REASONS["ground"]]))
    places = places_on(true, _SAMPLES, np.random.default_rng(0)) + true.origin
    seen = cKDTree(solid.world()).query(places)[0] < _SEEN_M
    points = PointCloud(np.zeros(3), places[seen].astype(np.float32))
    back = deviation(made, points, samples=_SAMPLES)
    return [
        Score(f"{monument}/{epoch}", "surface to truth: mean", 1000 * there.a_to_b_mean_m, "mm"),
        Score(f"{monument}/{epoch}", "surface to truth: 95 %", 1000 * there.a_to_b_p95_m, "mm"),
        Score(f"{monument}/{epoch}", "seen truth to surface: mean", 1000 * back.b_to_a_mean_m, "mm"),
        Score(f"{monument}/{epoch}", "seen truth to surface: 95 %", 1000 * back.b_to_a_p95_m, "mm"),
        Score(f"{monument}/{epoch}", "truth that was seen", float(seen.mean()), "1"),
    ]


def _placing(built: Built, monument: str, facts: dict[str, Any], frame: SiteFrame) -> list[Score]:
    """How far the corners of the monument's box are from where they are in truth."""
    placement = read_placement(built, monument)
    site_from_monument = Similarity.from_columns(placement.site_from_monument)
    epoch = next(iter(facts["epochs"]))
    ecef_from_truth = (
        frame.ecef_from_site @ site_from_monument @ epoch_from_truth(built, monument, epoch, facts)
    )
    low, high = (np.array(c) for c in _box(built, monument, epoch, facts))
    corners = box_corners(low, high)
    miss = ecef_from_truth.apply(corners) - _true_ecef(facts, corners)
    return [
        Score(
            monument,
            f"placement by {placement.method}: worst corner",
            float(np.linalg.norm(miss, axis=1).max()),
            "m",
        ),
        Score(monument, f"placement by {placement.method}: middle", float(np.linalg.norm(miss.mean(0))), "m"),
    ]


def _true_ecef(facts: dict[str, Any], places: F64) -> F64:
    """Where places of the truth's monument frame are on the globe; a frame that is a CRS is mapped by PROJ, exactly."""
    if facts["ecef_from_monument"] is not None:
        return similarity(facts["ecef_from_monument"]).apply(places)
    to_ecef = pyproj.Transformer.from_crs(
        pyproj.CRS.from_user_input(facts["frame"]).to_3d(), ECEF, always_xy=True
    )
    return np.column_stack(to_ecef.transform(*places.T))


def _box(built: Built, monument: str, epoch: str, facts: dict[str, Any]) -> tuple[F64, F64]:
    truth_from_epoch = epoch_from_truth(built, monument, epoch, facts).inverse()
    mesh = move_mesh(join(surfaces(built.folder(f"mesh:{monument}:{epoch}"))), truth_from_epoch, np.zeros(3))
    return mesh.bounds()
