"""register as a stage: the documents and files of a site in, a placement out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from PIL import Image
from shapely import affinity

from heritage.formats.arrays import save_cloud
from heritage.model.errors import InputError
from heritage.model.frames import WGS84_3D, SiteFrame
from heritage.model.placement_reason import because
from heritage.model.release import Placement
from heritage.pipeline.ground import read_ground
from heritage.pipeline.placement.facts import placement_facts
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.register import PLACEMENT, REGISTER, PlacementOptions
from heritage.text.site import load_site

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ops"))
import extruded
import neighbourhood

FRAME = SiteFrame(107.58, 16.47)
UTM = pyproj.CRS.from_epsg(32648)


@pytest.fixture(scope="module")
def made() -> neighbourhood.Trial:
    return neighbourhood.trial(
        extruded.L_SHAPE, [affinity.translate(extruded.GATE, 40, 5)], 2, hide_side=False, per_m2=40
    )


def _site(folder: Path, made: neighbourhood.Trial, registration: str) -> Path:
    features = []
    for id, plan in (("hall", made.scene.footprint), ("gate", made.around[0])):
        there = shapely.transform(
            plan, lambda xy: FRAME.crs_from_site(UTM, np.column_stack([xy, np.zeros(len(xy))]))[:, :2]
        )
        features.append(
            {
                "type": "Feature",
                "properties": {"id": id, "ground": 4.0},
                "geometry": shapely.geometry.mapping(there),
            }
        )
    (folder / "footprints.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features})
    )
    (folder / "site.yaml").write_text(
        "title: {en: Site}\nlanguages: [en]\ncrs: EPSG:32648\n"
        "footprints: {source: footprints.geojson, crs: EPSG:32648, ground_m: ground}\nrights: {licence: CC0}\n"
    )
    monument = folder / "monuments" / "it"
    monument.mkdir(parents=True)
    (monument / "monument.yaml").write_text(
        f"title: {{en: It}}\nepochs: [{{id: a, source: a.ply}}]\nregistration: {registration}\n"
    )
    (monument / "a.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n"
    )
    return folder


def register(folder: Path, made: neighbourhood.Trial, root: Path) -> None:
    """Run the stage for the site at ``root``; what it makes lies in ``folder / "out"``."""
    loaded = load_site(root)
    facts = placement_facts(loaded, loaded.monuments["it"], read_ground(loaded))
    for name in ("points", "ingest", "out"):
        (folder / name).mkdir()
    save_cloud(folder / "points", made.scene.cloud)
    inputs = {"points": folder / "points", "ingest": folder / "ingest"}
    REGISTER.run(Job(folder / "out", "it", "", PlacementOptions(), inputs, {}, facts))


def _placed(folder: Path, made: neighbourhood.Trial, registration: str, photos: bool = False) -> Placement:
    root = _site(folder, made, registration)
    if photos:
        _photos(root / "monuments" / "it" / "images", made)
    register(folder, made, root)
    return Placement.model_validate_json((folder / "out" / PLACEMENT).read_text())


def _error_m(placement: Placement, made: neighbourhood.Trial) -> float:
    """Of the worst corner, the site's frame having an origin of its own."""
    matrix = np.array(placement.site_from_monument).reshape(4, 4).T
    corners = np.column_stack([made.scene.corners, np.ones(len(made.scene.corners))]) @ matrix.T
    truth = made.scene.truth.apply(made.scene.corners)
    pairwise = [np.linalg.norm(p[:, None, :2] - p[None, :, :2], axis=2) for p in (corners[:, :3], truth)]
    return float(np.abs(pairwise[0] - pairwise[1]).max())


def _lon_lat(made: neighbourhood.Trial, away: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    middle = made.scene.footprint.centroid
    there = FRAME.crs_from_site(WGS84_3D, np.array([[middle.x + away[0], middle.y + away[1], 0.0]]))[0]
    return float(there[0]), float(there[1])


def test_a_monument_without_a_footprint_gets_the_one_that_fits(tmp_path, made):
    placement = _placed(tmp_path, made, "{method: footprint}")
    assert placement.footprint == "hall"
    assert placement.settled, placement.reasons
    assert placement.reasons[0] == because("among", footprint="hall", tried=2)
    assert _error_m(placement, made) < 1e-3  # a rigid placement keeps distances
    assert placement.scale == 1.0
    assert (tmp_path / "out" / "plan.svg").exists()


def test_photos_beside_the_cloud_say_where_it_is(tmp_path, made):
    placement = _placed(tmp_path, made, "{method: auto, prior: {photos: images}}", photos=True)
    assert placement.method == "footprint"
    assert placement.footprint == "hall"
    assert placement.reasons[-1].figures | {"sigma_m": 0.0} == {"used": 8.0, "photos": 9.0, "sigma_m": 0.0}


def test_photos_alone_place_it_roughly(tmp_path, made):
    placement = _placed(tmp_path, made, "{method: prior, prior: {photos: images}}", photos=True)
    assert placement.method == "prior"
    assert _error_m(placement, made) < 1e-3  # nothing is stretched


def test_far_from_every_footprint_the_prior_decides_and_it_is_said(tmp_path, made):
    lon, lat = _lon_lat(made, (3_000.0, 0.0))
    placement = _placed(tmp_path, made, f"{{prior: {{lon: {lon}, lat: {lat}}}}}")
    assert placement.method == "prior"
    assert not placement.settled
    assert [reason.code for reason in placement.reasons][-2:] == [
        "no-footprint-fits",
        "register-no-footprint",
    ]


def test_photos_without_a_position_are_an_error(tmp_path, made):
    root = _site(tmp_path, made, "{prior: {photos: images}}")
    folder = root / "monuments" / "it" / "images"
    folder.mkdir()
    Image.new("RGB", (8, 8)).save(folder / "a.jpg")
    with pytest.raises(InputError, match="none with a GPS position"):
        read_ground(load_site(root))


def _photos(folder: Path, made: neighbourhood.Trial) -> None:
    """Eight photos from around the building, and one without a fix."""
    folder.mkdir()
    Image.new("RGB", (8, 8)).save(folder / "z.jpg")
    for k in range(8):
        angle = 2 * np.pi * k / 8
        lon, lat = _lon_lat(made, (20 * np.cos(angle) + 4, 20 * np.sin(angle) - 3))
        exif = Image.Exif()
        exif.get_ifd(0x8825).update({1: "N", 2: _parts(lat), 3: "E", 4: _parts(lon)})
        Image.new("RGB", (8, 8)).save(folder / f"{k}.jpg", exif=exif.tobytes())


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees % 1) * 60
    return float(int(degrees)), float(int(minutes)), round((minutes % 1) * 60, 4)
