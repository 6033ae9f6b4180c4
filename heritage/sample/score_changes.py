"""Change found against change made: region by region its area, volume and depth; and what is called changed but is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from manifold3d import Manifold
from manifold3d import Mesh as Solid

from heritage.formats.arrays import load_array
from heritage.model.arrays import Mesh, Similarity
from heritage.model.release import ComparisonDocument, RegionEntry
from heritage.ops.meshes.deviation import places_on
from heritage.ops.meshes.join import join
from heritage.ops.meshes.rays import scene_of, tensor
from heritage.ops.meshes.weld import areas, first_and_place
from heritage.ops.placement.move import move_mesh
from heritage.pipeline.built import Built
from heritage.pipeline.pictures.views import box_corners
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.compare import COMPARISON
from heritage.pipeline.stages.mesh import surfaces
from heritage.sample.truth import Score, epoch_from_truth, true_mesh

_MARGIN_M = 0.05  # a cylinder sees a change from so far beside it
_SAMPLES = 400_000
_SAME_M = 0.002  # surface that is nearer to the other epoch's did not change


def score_changes(
    site: Path, built: Built, monument: str, facts: dict[str, Any], made: list[dict[str, Any]]
) -> list[Score]:
    """Every change of ``made`` as it was found in the monument's first comparison, and the false ones."""
    pair = next(key for key in built.plan if key.startswith(f"compare:{monument}:")).rsplit(":", 1)[1]
    reference, compared = pair.split("--")
    folder = built.folder(f"compare:{monument}:{pair}")
    document = ComparisonDocument.model_validate_json((folder / COMPARISON).read_bytes(), strict=False)
    truth_from_monument = epoch_from_truth(built, monument, reference, facts).inverse()
    before, after = (true_mesh(site, monument, epoch, "monument") for epoch in (reference, compared))
    ground = [true_mesh(site, monument, epoch, "monument", "ground") for epoch in (reference, compared)]
    left = list(document.regions)
    scores = []
    for change in made:
        low, high = np.array(change["low"]) - _MARGIN_M, np.array(change["high"]) + _MARGIN_M
        own = [region for region in left if _within(region, truth_from_monument, low, high)]
        left = [region for region in left if region not in own]
        scores += _found(change["id"], own)
        scores += _true(change["id"], before, after, ground, low, high)
    scores.append(Score(pair, "regions where nothing was changed", float(len(left)), "regions"))
    scores.append(Score(pair, "volume of these", sum(abs(1000 * (r.volume_m3 or 0.0)) for r in left), "l"))
    return scores + _vertices(built, monument, pair, facts, made)


def _within(region: RegionEntry, truth_from_monument: Similarity, low: Any, high: Any) -> bool:
    centre = truth_from_monument.apply(np.array([region.centre_m]))[0]
    return bool(((centre >= low) & (centre <= high)).all())


def _found(name: str, own: list[RegionEntry]) -> list[Score]:
    scores = [Score(name, "regions found", float(len(own)), "regions")]
    if own:
        told = [r for r in own if r.volume_m3 is not None]
        sigma = float(np.sqrt(sum((r.volume_sigma_m3 or 0.0) ** 2 for r in told)))
        greatest = max((region.greatest_m for region in own), key=abs)
        scores += [
            Score(name, "area found", sum(region.area_m2 for region in own), "m2"),
            Score(name, "volume found", 1000 * sum(r.volume_m3 or 0.0 for r in told), "l"),
            Score(name, "volume found: sigma", 1000 * sigma, "l"),
            Score(name, "regions without a volume", float(len(own) - len(told)), "regions"),
            Score(name, "change found: median", 1000 * own[0].median_m, "mm"),
            Score(name, "greatest change found", 1000 * greatest, "mm"),
        ]
    return scores


def _true(name: str, before: Mesh, after: Mesh, ground: list[Mesh], low: Any, high: Any) -> list[Score]:
    """Volume by exact booleans of the solids; area and depth from places all over the later surface."""
    box = Manifold.cube((high - low).tolist()).translate(low.tolist())
    first, second = (_solid(mesh) ^ box for mesh in (before, after))
    volume = (second - first).volume() - (first - second).volume()
    places = places_on(ground[1], _SAMPLES, np.random.default_rng(0)) + ground[1].origin
    total = float(areas(ground[1]).sum())
    places = places[((places >= low) & (places <= high)).all(1)]
    earlier = scene_of(ground[0])
    depth = earlier.compute_distance(tensor(places - ground[0].origin, np.float32), nthreads=1).numpy()
    changed = depth > _SAME_M
    return [
        Score(name, "area made", float(changed.sum()) / _SAMPLES * total, "m2"),
        Score(name, "volume made", 1000 * volume, "l"),
        Score(name, "nearest distance made: median", 1000 * float(np.median(depth[changed])), "mm"),
    ]


def _solid(mesh: Mesh) -> Manifold:
    first, place = first_and_place(mesh.vertices)
    solid = Manifold(Solid(mesh.vertices[first], place[mesh.triangles].astype(np.uint32)))
    return solid.translate(mesh.origin.tolist())


def _vertices(
    built: Built, monument: str, pair: str, facts: dict[str, Any], made: list[dict[str, Any]]
) -> list[Score]:
    """Of the vertices outside of all changes, how many are called changed; and how well the epochs were aligned."""
    reference, compared = pair.split("--")
    monument_from_epoch, _ = alignment(built.folder(f"align:{monument}:{compared}"))
    true_from_epoch = epoch_from_truth(built, monument, reference, facts).inverse() @ monument_from_epoch
    mesh = move_mesh(
        join(surfaces(built.folder(f"mesh:{monument}:{compared}"))), true_from_epoch, np.zeros(3)
    )
    distance, lod = load_array(built.folder(f"compare:{monument}:{pair}"), "change").T
    known = np.isfinite(distance)
    beyond = known & (np.abs(distance) > lod)
    untouched = known.copy()
    for change in made:
        low, high = np.array(change["low"]) - _MARGIN_M, np.array(change["high"]) + _MARGIN_M
        untouched &= ~((mesh.vertices >= low) & (mesh.vertices <= high)).all(1)
    exact = epoch_from_truth(built, monument, compared, facts).inverse()
    corners = box_corners(*mesh.bounds())
    off = true_from_epoch.apply(exact.inverse().apply(corners)) - corners
    worst, share = float(np.linalg.norm(off, axis=1).max()), (untouched & beyond).sum() / untouched.sum()
    return [
        Score(pair, "alignment of the epochs: worst corner", 1000 * worst, "mm"),
        Score(pair, "false alarms: unchanged vertices beyond LoD95", float(share), "1"),
    ]
