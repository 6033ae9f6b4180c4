"""A state's model into the monument frame: as an epoch is, by control points, on the ground plan; and no nonsense."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import wkt

from heritage.formats.arrays import save_cloud, save_document, save_mesh
from heritage.model.arrays import F64, Mesh, PointCloud, Similarity
from heritage.model.errors import InputError
from heritage.model.placement_reason import because
from heritage.model.release import Placement, StatePlacementEntry
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.pipeline.stage import Job, Outcome
from heritage.pipeline.stages.ingest import PARTS
from heritage.pipeline.stages.place import PLACE, PlaceOptions, state_placement
from heritage.pipeline.stages.register import PLACEMENT

PLAN = shapely.Polygon([(0, 0), (22, 0), (22, 8), (9, 8), (9, 16), (0, 16)])
TURN = np.radians(40.0)
MOVED = Similarity(
    np.array([[np.cos(TURN), -np.sin(TURN), 0], [np.sin(TURN), np.cos(TURN), 0], [0, 0, 1.0]]),
    np.array([120.0, -45.0, 3.0]),
)
"""site_from_monument; and in the test by points, monument_from_model."""


def hall() -> Mesh:
    """The plan's walls, 7 m high, and a shed roof over them."""
    ring = np.array(PLAN.exterior.coords)[:-1]
    n = len(ring)
    low, high = np.column_stack([ring, np.zeros(n)]), np.column_stack([ring, 7 + 0.1 * ring[:, 0]])
    i = np.arange(n)
    j = (i + 1) % n
    walls = np.concatenate([np.stack([i, j, j + n], 1), np.stack([i, j + n, i + n], 1)])
    # Two convex pieces of the roof: left of x = 9 and right of it.
    roof = n + np.array([[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]])
    vertices = np.concatenate([low, high]).astype(np.float32)
    return Mesh(
        np.zeros(3), vertices, np.concatenate([walls, roof]).astype(np.int32),
        part=np.zeros(len(vertices), np.uint16),
    )  # fmt: skip


def placed(
    folder: Path, model: Mesh, survey: F64, facts: dict[str, object], **sources: Path
) -> tuple[StatePlacementEntry, Outcome]:
    """The stage run on ``model`` beside ``survey`` (n, 3), the monument standing at ``MOVED``."""
    for name in ("ingest", "survey", "register", "out"):
        (folder / name).mkdir()
    save_mesh(folder / "ingest", "part-0", model)
    save_document(folder / "ingest" / PARTS, {"parts": 1})
    save_cloud(folder / "survey", PointCloud(np.zeros(3), survey.astype(np.float32)))
    monument = Placement(
        method="footprint", settled=True, site_from_monument=MOVED.columns, scale=1.0, heading_deg=0.0
    )
    (folder / "register" / PLACEMENT).write_text(monument.model_dump_json())
    inputs = {name: folder / name for name in ("ingest", "survey", "register")}
    given = {"frame": "2024", "scale": "known", "settled": False, **facts}
    job = Job(folder / "out", "it", "state/1885", PlaceOptions(), inputs, sources, given)
    outcome = PLACE.run(job)
    return state_placement(folder / "out"), outcome


@pytest.fixture(scope="module")
def survey() -> F64:
    """The hall as measured: in the monument frame, 2 cm of noise."""
    points = sample_surface([hall()], 8_000, 1).world()
    return points + np.random.default_rng(1).normal(0, 0.02, points.shape)


def figures(outcome: Outcome) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in outcome.figures}


def test_in_the_epochs_frame(tmp_path: Path, survey: F64) -> None:
    entry, outcome = placed(tmp_path, hall(), survey, {"method": "frame"})
    assert entry.method == "frame"
    assert Similarity.from_columns(entry.monument_from_state).matrix == pytest.approx(np.eye(4))
    assert figures(outcome)["size beside the survey"] == pytest.approx(1, abs=0.05)
    assert outcome.warnings == ()


def test_by_control_points_with_a_check_and_a_blunder(tmp_path: Path, survey: F64) -> None:
    """The survey stands at MOVED; seven points lead there, one of which is wrong by a metre."""
    rng = np.random.default_rng(3)
    source = hall().vertices.astype(float)[[0, 1, 2, 4, 5, 6, 8, 11]]
    target = MOVED.apply(source) + rng.normal(0, 0.003, source.shape)
    target[6] += (1.0, 0.0, 0.0)
    rows = ["name,role,x,y,z,X,Y,Z"]
    for k, (a, b) in enumerate(zip(source, target, strict=True)):
        numbers = ",".join(f"{v:.4f}" for v in (*a, *b))
        rows.append(f"p{k},{'check' if k == 7 else 'control'},{numbers}")
    (tmp_path / "gcp.csv").write_text("\n".join(rows))
    entry, outcome = placed(
        tmp_path, hall(), MOVED.apply(survey), {"method": "gcp"}, gcp=tmp_path / "gcp.csv"
    )
    found = Similarity.from_columns(entry.monument_from_state)
    assert np.abs(found.apply(source) - MOVED.apply(source)).max() < 0.01
    assert entry.rms_m is not None
    assert entry.rms_m < 0.01
    assert entry.check_rms_m is not None
    assert entry.check_rms_m < 0.015
    assert because("blunders", points="p6") in entry.reasons
    assert figures(outcome)["point p6"] == pytest.approx(1000, abs=20)


def test_on_the_ground_plan(tmp_path: Path, survey: F64) -> None:
    """A model in a frame of its own is laid on the plan, and from there comes into the monument frame."""
    own = Similarity(MOVED.rotation.T, np.array([-400.0, 33.0, 5.0]))
    mesh = hall()
    model = mesh.with_(vertices=own.apply(mesh.vertices.astype(float)).astype(np.float32))
    plan = shapely.transform(PLAN, lambda xy: MOVED.apply(np.column_stack([xy, np.zeros(len(xy))]))[:, :2])
    facts = {"method": "footprint", "footprint": wkt.dumps(plan), "ground_m": 3.0, "heading_deg": None}
    entry, _ = placed(tmp_path, model, survey, facts)
    there = Similarity.from_columns(entry.monument_from_state).apply(model.vertices.astype(float))
    assert np.abs(there - mesh.vertices)[:, :2].max() < 0.1
    assert np.abs(there - mesh.vertices)[:, 2].max() < 0.3
    assert entry.settled
    assert entry.iou is not None
    assert entry.iou > 0.9


@pytest.mark.parametrize(
    ("scale", "shift", "words"),
    [
        (1000.0, 0.0, "units: mm would fit"),
        (1.0, 4000.0, "km away from the survey"),
    ],
)
def test_nonsense_is_refused_until_a_person_has_settled_it(
    tmp_path: Path, survey: F64, scale: float, shift: float, words: str
) -> None:
    mesh = hall()
    model = mesh.with_(vertices=(mesh.vertices * scale + shift).astype(np.float32))
    with pytest.raises(InputError) as error:
        placed(tmp_path, model, survey, {"method": "frame"})
    assert words in str(error.value)
    assert "placement: {settled: true}" in str(error.value)
    again = tmp_path / "again"
    again.mkdir()
    _, outcome = placed(again, model, survey, {"method": "frame", "settled": True})
    assert "a person has settled it" in outcome.warnings[-1]
