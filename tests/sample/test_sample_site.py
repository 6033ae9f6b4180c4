"""The sample site against its own ground truth and against the readers of the outside world."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import laspy
import numpy as np
import open3d as o3d
import pygltflib
import pyproj
import pytest
import shapely
from sample_files import Sample
from scipy.spatial import cKDTree
from shapely.geometry import Polygon

from heritage.formats.claims import Claims
from heritage.formats.model import read_model
from heritage.model.arrays import F64, REASONS, Similarity
from heritage.model.documents import View
from heritage.model.errors import InputError
from heritage.model.frames import SiteFrame
from heritage.pipeline.build import load_checked
from heritage.pipeline.ground import read_ground
from heritage.sample import site as sample_site
from heritage.sample.site import write_sample
from heritage.text.site import LoadedSite, load_site

SCANS = [
    ("ngo-mon", "2022"),
    ("thai-hoa", "2019"),
    ("thai-hoa", "2024"),
    ("bia-dinh", "2023"),
    ("la-thanh", "2021"),
]
CRS = pyproj.CRS.from_epsg(32648)


@pytest.fixture(scope="session")
def loaded(sample: Sample) -> LoadedSite:
    return load_site(sample.root)


@pytest.fixture(scope="session")
def truth(sample: Sample) -> dict:
    return json.loads((sample.root / "truth" / "truth.json").read_text(encoding="utf-8"))


def distances(points: F64, vertices: F64, triangles: np.ndarray) -> F64:
    """Unsigned distance of points to a mesh, metres."""
    origin = vertices.mean(0)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor.from_numpy((vertices - origin).astype(np.float32)),
        o3d.core.Tensor.from_numpy(triangles.astype(np.uint32)),
    )
    query = o3d.core.Tensor.from_numpy(np.ascontiguousarray(points - origin, np.float32))
    return scene.compute_distance(query).numpy().astype(np.float64)


def surface_points(vertices: F64, triangles: np.ndarray, count: int) -> F64:
    rng = np.random.default_rng(3)
    corners = vertices[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    face = rng.choice(len(area), count, p=area / area.sum())
    return np.einsum("nk,nkd->nd", rng.dirichlet([1, 1, 1], count), corners[face])


def in_truth_frame(sample: Sample, truth: dict, monument: str, epoch: str) -> F64:
    recorded = truth["monuments"][monument]["epochs"][epoch]["source_from_monument"]
    return Similarity.from_matrix(np.array(recorded)).inverse().apply(sample.scan(monument, epoch))


# --- the documents


def test_every_document_is_valid_and_every_file_it_names_is_there(sample: Sample, loaded: LoadedSite) -> None:
    assert set(loaded.monuments) == {"ngo-mon", "thai-hoa", "bia-dinh", "la-thanh"}
    assert set(loaded.tours) == {"hoang-thanh", "ngu-phung"}
    for monument in loaded.monuments.values():
        for source in (*monument.monument.epochs, *monument.monument.states):
            assert (monument.folder / source.source).stat().st_size > 10_000
        if monument.monument.registration.gcp:
            assert (monument.folder / monument.monument.registration.gcp).is_file()
    for tour in loaded.tours.values():
        for stop in tour.tour.stops:
            for path in stop.narration.values():
                assert (sample.root / path).is_file()
                assert (sample.root / path).with_suffix(".vtt").is_file()


def test_the_site_passes_its_own_check_in_the_frame_its_opening_view_is_written_for(
    sample: Sample, loaded: LoadedSite, truth: dict
) -> None:
    _, problems = load_checked(sample.root)
    assert not problems, "\n".join(map(str, problems))
    assert read_ground(loaded).frame == SiteFrame(**truth["site_frame"])


def test_both_tours_speak_all_three_languages_and_show_what_exists(loaded: LoadedSite) -> None:
    for tour in loaded.tours.values():
        assert set(tour.words) == {"vi", "en", "fr"}
        monument = loaded.monuments[tour.tour.monument]
        epochs = {e.id for e in monument.monument.epochs}
        states = {s.id for s in monument.monument.states}
        annotations = {a.id for a in monument.annotations.annotations}
        for stop in tour.tour.stops:
            shown = [
                s
                for s in (stop.show, *((stop.compare.left, stop.compare.right) if stop.compare else ()))
                if s
            ]
            assert all(s.epoch in epochs if s.epoch else s.state in states for s in shown)
            assert set(stop.annotations) <= annotations


@pytest.mark.parametrize("monument", ["ngo-mon", "thai-hoa", "bia-dinh"])
def test_views_frame_the_monument_and_stand_outside_it(
    sample: Sample, loaded: LoadedSite, monument: str
) -> None:
    document = loaded.monuments[monument].monument
    vertices, triangles = sample.truth(monument, document.reference.id)
    points = surface_points(vertices, triangles, 20_000)
    views = [document.view] + [
        stop.view
        for tour in loaded.tours.values()
        if tour.tour.monument == monument
        for stop in tour.tour.stops
    ]
    for view in views:
        assert isinstance(view, View)
        assert view.fit_m is not None
        low, high = np.array(view.fit_m)
        assert (low < high).all()
        inside = ((points >= low) & (points <= high)).all(1)
        assert inside.mean() > 0.01, "the box holds none of the monument"
        assert distances(np.array([view.eye_m]), vertices, triangles)[0] > 2.0
        forward = np.array(view.target_m) - view.eye_m
        middle = (low + high) / 2 - view.eye_m
        cosine = forward @ middle / np.linalg.norm(forward) / np.linalg.norm(middle)
        assert cosine > np.cos(np.radians(view.fov_deg / 2))


def test_annotations_sit_on_the_surface_they_speak_of(sample: Sample, loaded: LoadedSite) -> None:
    for monument in loaded.monuments.values():
        for note in monument.annotations.annotations:
            mesh = sample.truth(monument.id, note.epoch or monument.monument.reference.id)
            places = [note.position_m] if note.position_m else [*(note.line_m or ()), *(note.area_m or ())]
            assert places, note.id
            assert distances(np.array(places), *mesh).max() < 0.30, note.id


# --- the clouds


def test_the_points_are_counted_exactly(sample: Sample) -> None:
    assert sample.summary.total == 60_000 == sum(sample.summary.points.values())
    for monument, epoch in SCANS:
        count = sample.summary.points[f"{monument}/{epoch}"]
        assert len(sample.scan(monument, epoch)) == count == len(sample.labels(monument, epoch))


@pytest.mark.parametrize(("monument", "epoch"), SCANS)
def test_kept_points_lie_on_the_true_surface_and_strays_do_not(
    sample: Sample, truth: dict, monument: str, epoch: str
) -> None:
    xyz, labels = in_truth_frame(sample, truth, monument, epoch), sample.labels(monument, epoch)
    mesh = sample.truth(monument, epoch)
    kept = distances(xyz[labels == REASONS["kept"]], *mesh)
    assert np.median(kept) < 0.006
    assert np.percentile(kept, 99) < 0.05
    ground = distances(xyz[labels == REASONS["ground"]], *sample.truth(monument, epoch, "ground"))
    assert np.percentile(ground, 99) < 0.06
    stray = distances(xyz[labels == REASONS["outlier"]], *mesh)
    assert np.median(stray) > 0.15


@pytest.mark.parametrize(("monument", "epoch"), SCANS)
def test_every_fault_has_its_share(sample: Sample, monument: str, epoch: str) -> None:
    labels = sample.labels(monument, epoch)
    share = np.bincount(labels, minlength=8) / len(labels)
    assert 0.45 < share[REASONS["kept"]] < 0.92
    for name, wanted in (("halo", 0.014), ("outlier", 0.012), ("fragment", 0.004), ("duplicate", 0.004)):
        assert share[REASONS[name]] == pytest.approx(wanted, abs=2 / len(labels))
    assert share[REASONS["vegetation"]] > 0.004
    assert share[REASONS["ground"]] > 0.04


def test_duplicates_repeat_another_point(sample: Sample) -> None:
    xyz, labels = sample.scan("bia-dinh", "2023"), sample.labels("bia-dinh", "2023")
    twice = xyz[labels == REASONS["duplicate"]]
    others = {tuple(p) for p in xyz[labels != REASONS["duplicate"]]}
    assert len(twice) > 10
    assert all(tuple(p) in others for p in twice)


def test_nothing_is_captured_where_no_camera_looks(sample: Sample, truth: dict) -> None:
    xyz, labels = in_truth_frame(sample, truth, "thai-hoa", "2019"), sample.labels("thai-hoa", "2019")
    x, y, z = xyz[labels == REASONS["kept"]].T
    closed_room = (np.abs(x) < 5.9) & (y > -1.5) & (y < 3.7) & (z > 1.7) & (z < 4.5)
    below = z < -0.2
    assert not closed_room.any()
    assert not below.any()


def test_the_georeferenced_scan_says_its_crs_and_stands_on_the_ground(sample: Sample) -> None:
    with laspy.open(sample.root / "monuments/la-thanh/scans/2021.laz") as reader:
        assert reader.header.parse_crs().to_epsg() == 32648
    xyz, labels = sample.scan("la-thanh", "2021"), sample.labels("la-thanh", "2021")
    assert np.median(xyz[labels == REASONS["ground"], 2]) == pytest.approx(5.0, abs=0.03)


def test_the_ply_has_outward_normals(sample: Sample) -> None:
    path = sample.root / "monuments/bia-dinh/scans/2023.ply"
    cloud = o3d.t.io.read_point_cloud(str(path))
    xyz, normal = cloud.point.positions.numpy(), cloud.point.normals.numpy()
    assert np.allclose(np.linalg.norm(normal, axis=1), 1, atol=1e-5)
    ground = sample.labels("bia-dinh", "2023") == REASONS["ground"]
    assert np.median(normal[ground, 2]) > 0.98
    assert np.median(xyz[ground, 2]) == pytest.approx(1.3, abs=0.03)


# --- the placement


def test_the_true_placement_puts_the_marks_where_the_map_has_them(truth: dict) -> None:
    frame = SiteFrame(**truth["site_frame"])
    for record in truth["monuments"].values():
        if record["site_from_monument"] is None:
            assert np.allclose(record["marks_monument"], record["marks_crs"], atol=1e-6)
            continue
        placed = Similarity.from_matrix(np.array(record["site_from_monument"]))
        there = frame.crs_from_site(CRS, placed.apply(np.array(record["marks_monument"])))
        assert np.allclose(there, record["marks_crs"], atol=1e-4)


@pytest.mark.parametrize(("monument", "epoch"), SCANS)
def test_footprints_are_the_true_outline_at_the_ground(
    sample: Sample, truth: dict, monument: str, epoch: str
) -> None:
    table = geopandas.read_file(sample.root / "footprints.gpkg", layer="buildings").set_index("id")
    plan = table.geometry[monument]
    assert table.crs.to_epsg() == 32648
    assert plan.is_valid
    vertices, triangles = sample.truth(monument, epoch)
    if monument == "thai-hoa":  # the urns stand before the hall, they are no part of its plan
        urn = np.minimum(*(np.hypot(vertices[:, 0] - x, vertices[:, 1] + 9.3) for x in (-4.3, 4.3))) < 0.8
        triangles = triangles[~urn[triangles].any(1)]
    record = truth["monuments"][monument]
    if record["site_from_monument"] is not None:
        frame = SiteFrame(**truth["site_frame"])
        placed = Similarity.from_matrix(np.array(record["site_from_monument"]))
        vertices = frame.crs_from_site(CRS, placed.apply(vertices))
    corners = vertices[triangles]
    low = corners[corners[:, :, 2].max(1) < 5.0 + 0.45]
    foot = np.unique(low.reshape(-1, 3)[:, :2].round(3), axis=0)
    assert shapely.contains_xy(plan.buffer(0.22), foot).all(), "walls beyond the footprint"
    edge = shapely.get_coordinates(shapely.segmentize(plan.exterior, 0.1))
    to_wall, _ = cKDTree(foot).query(edge)
    assert (to_wall < 0.75).mean() > 0.98, "a side of the footprint without a wall"


def test_the_map_shows_a_precinct_without_overlaps(sample: Sample) -> None:
    table = geopandas.read_file(sample.root / "footprints.gpkg", layer="buildings")
    assert list(table.columns) == ["id", "name", "height", "ground", "geometry"]
    assert len(table) >= 12
    assert table["id"].is_unique
    plans: list[Polygon] = list(table.geometry)
    for k, one in enumerate(plans):
        assert all(one.intersection(other).area < 1e-6 for other in plans[k + 1 :])


def test_headings_in_the_files_are_rough_but_not_wrong(loaded: LoadedSite, truth: dict) -> None:
    for id_ in ("thai-hoa", "bia-dinh"):
        prior = loaded.monuments[id_].monument.registration.prior
        assert prior is not None
        rotation = np.array(truth["monuments"][id_]["site_from_monument"])[:3, :3]
        heading = np.degrees(np.arctan2(rotation[0, 1], rotation[1, 1]))
        off = (heading - prior.heading_deg + 180) % 360 - 180
        assert 3 < abs(off) < prior.heading_sigma_deg


def test_control_points_agree_with_the_truth_to_their_noise(sample: Sample, truth: dict) -> None:
    rows = [line.split(",") for line in (sample.root / "monuments/ngo-mon/gcp.csv").read_text().splitlines()]
    assert rows[0] == ["name", "role", "x", "y", "z", "X", "Y", "Z"]
    assert [row[1] for row in rows[1:]] == ["control"] * 6 + ["check"] * 3
    values = np.array([row[2:] for row in rows[1:]], np.float64)
    frame = SiteFrame(**truth["site_frame"])
    placed = Similarity.from_matrix(np.array(truth["monuments"]["ngo-mon"]["site_from_monument"]))
    off = frame.crs_from_site(CRS, placed.apply(values[:, :3])) - values[:, 3:]
    assert 0.002 < np.sqrt((off**2).mean()) < 0.02


# --- the change between the surveys


def test_the_two_conditions_differ_in_the_listed_places_and_nowhere_else(sample: Sample) -> None:
    changes = json.loads((sample.root / "truth/thai-hoa/changes.json").read_text(encoding="utf-8"))
    before, after = sample.truth("thai-hoa", "2019"), sample.truth("thai-hoa", "2024")
    for one, other in ((before, after), (after, before)):
        points = surface_points(*one, 200_000)
        listed = np.zeros(len(points), bool)
        for change in changes:
            listed |= ((points >= change["low"]) & (points <= change["high"])).all(1)
        away = distances(points, *other)
        assert away[~listed].max() < 1e-3
        assert away[listed].max() > 0.25


@pytest.mark.parametrize(("change", "epoch"), [("spall", "2024"), ("plaster", "2024"), ("stair", "2019")])
def test_depths_are_the_stated_ones(sample: Sample, change: str, epoch: str) -> None:
    listed = json.loads((sample.root / "truth/thai-hoa/changes.json").read_text(encoding="utf-8"))
    (entry,) = (c for c in listed if c["id"] == change)
    points = surface_points(*sample.truth("thai-hoa", epoch), 2_000_000)
    points = points[((points >= entry["low"]) & (points <= entry["high"])).all(1)]
    other = "2019" if epoch == "2024" else "2024"
    away = distances(points, *sample.truth("thai-hoa", other)) * 1000
    low, high = sorted(abs(d) for d in entry["depth_mm"])
    assert away.max() < high + 1
    # Rims run out to nothing; the middle of the change has the stated depth.
    assert low * 0.95 < np.percentile(away[away > 5], 60) < high + 1


def test_the_second_survey_is_not_in_the_first_ones_frame(sample: Sample, truth: dict) -> None:
    kept = sample.labels("thai-hoa", "2024") == REASONS["kept"]
    raw = sample.scan("thai-hoa", "2024")[kept]
    mesh = sample.truth("thai-hoa", "2024")
    assert np.median(distances(raw, *mesh)) > 0.02
    angle = np.array(truth["monuments"]["thai-hoa"]["epochs"]["2024"]["source_from_monument"])[:3, :3]
    assert np.degrees(np.arccos((np.trace(angle) - 1) / 2)) == pytest.approx(0.206, abs=0.01)


def test_the_interpreted_state_is_a_valid_glb_of_the_same_hall(sample: Sample) -> None:
    path = sample.root / "monuments/thai-hoa/models/1844.glb"
    document = pygltflib.GLTF2().load(str(path))
    primitive = document.meshes[0].primitives[0]
    assert primitive.attributes.COLOR_0 is not None
    position = document.accessors[primitive.attributes.POSITION]
    vertices, _ = sample.truth("thai-hoa", "2019")
    # y up: (x, z, -y). The porch at the back reaches further out than the measured hall; nothing else does.
    assert position.min[1] == pytest.approx(vertices[:, 2].min(), abs=0.05)
    assert position.max[1] == pytest.approx(vertices[:, 2].max(), abs=0.05)
    assert position.max[2] == pytest.approx(-vertices[:, 1].min(), abs=0.05)
    assert position.min[2] < -vertices[:, 1].max() - 0.3


def test_the_states_parts_are_the_models_pieces(sample: Sample, loaded: LoadedSite) -> None:
    """Only the porch is not there in the survey: nowhere else does the model leave the measured hall by half a metre."""
    (state,) = loaded.monuments["thai-hoa"].monument.states
    names = {k: part.named for k, part in enumerate(state.whole)}
    meshes = read_model(sample.root / "monuments/thai-hoa/models/1844.glb", Claims(names))
    vertices, _ = sample.truth("thai-hoa", "2019")
    tree = cKDTree(vertices)
    away = {}
    for mesh in meshes:
        assert mesh.part is not None
        upright = np.stack([mesh.vertices[:, 0], -mesh.vertices[:, 2], mesh.vertices[:, 1]], axis=1)
        away[state.whole[mesh.part[0]].id] = float(np.percentile(tree.query(upright)[0], 90))
    assert [part.certainty for part in state.whole] == ["documented", "documented", "probable", "conjectural"]
    assert max(away, key=away.__getitem__) == "porch"
    assert max(distance for id, distance in away.items() if id != "porch") < 0.5 < away["porch"]


# --- the act of writing


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    chosen = {"monuments": ("la-thanh", "bia-dinh"), "points": 10_000}
    write_sample(tmp_path / "a", **chosen)
    write_sample(tmp_path / "b", **chosen)
    write_sample(tmp_path / "c", seed=8, **chosen)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path / "b") for p in (tmp_path / "b").rglob("*") if p.is_file())
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    scan = "monuments/bia-dinh/scans/2023.ply"
    assert (tmp_path / "a" / scan).read_bytes() != (tmp_path / "c" / scan).read_bytes()
    assert not (tmp_path / "a" / "tours").exists()
    assert not any((tmp_path / "a" / "media").iterdir())
    assert set(load_site(tmp_path / "a").monuments) == {"bia-dinh", "la-thanh"}


def test_it_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(InputError, match="not empty"):
        write_sample(tmp_path, points=10_000)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"points": 9_999}, "sample-too-few-points"),
        ({"monuments": ["no-such"]}, "sample-unknown-monument"),
        ({"monuments": []}, "sample-unknown-monument"),
    ],
)
def test_it_says_what_is_wrong_before_it_writes(tmp_path: Path, given: dict, code: str) -> None:
    with pytest.raises(InputError) as caught:
        write_sample(tmp_path / "site", **given)
    assert caught.value.problems[0].code == code
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(sample_site, "_write_truth", fail)
    with pytest.raises(OSError, match="no space"):
        write_sample(tmp_path / "site", points=10_000, monuments=["la-thanh"])
    assert not list(tmp_path.iterdir())
