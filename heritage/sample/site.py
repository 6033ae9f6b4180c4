"""`heritage sample`: a whole site, captured from buildings made by code, with the truth about it beside.

The folder ``truth/`` is for tests and reports; no stage of the pipeline reads it:

- ``truth.json``: the site frame, the codes of the labels, and per monument the true placement
  (``site_from_monument``, ``ecef_from_monument``), the frame of every survey (``source_from_monument``) and
  marks in both the monument's frame and EPSG:32648;
- ``<monument>/<epoch>/monument.npz``, ``ground.npz``, ``vegetation.npz``: the true surfaces in the monument
  frame (map coordinates where the scan has them): ``origin`` + ``vertices``, ``triangles``, and ``coat``,
  an index into ``materials``;
- ``<monument>/<epoch>/labels.npy``: what each point of the scan is, in the order of the file;
- ``<monument>/<epoch>/cameras.npy``: where the photographs were taken, in the same frame as the surfaces;
- ``thai-hoa/changes.json``: every damage and repair between its surveys, with its box and depth.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from heritage.model.arrays import F64, REASONS
from heritage.model.errors import InputError
from heritage.sample.cameras import Cameras, cameras
from heritage.sample.capture import Survey, survey
from heritage.sample.damage import CHANGES
from heritage.sample.files import write_e57, write_laz, write_ply
from heritage.sample.footprints import footprint, write_footprints
from heritage.sample.nature import BLOSSOM, LEAF, bush, ground, tree
from heritage.sample.noise import Noise
from heritage.sample.plan import CRS, FRAME, PLACES, Capture, Place
from heritage.sample.roof import COARSE_M, FINE_M
from heritage.sample.scene import GROUND, MONUMENT, VEGETATION, Surface
from heritage.sample.state import write_state
from heritage.sample.surroundings import write_base_map, write_dem

_FINE_POINTS = 400_000
"""From here on a survey can tell round tiles from angular ones."""

_GCP_SIGMA_M = (0.004, 0.008)
"""Noise of a control point, 1 sigma per axis: where it was picked in the cloud, where it was surveyed."""


@dataclass(frozen=True)
class SampleSummary:
    """What was written: points per ``monument/epoch``, all of them, and the number of files."""

    points: dict[str, int]
    total: int
    files: int


def write_sample(
    directory: Path, *, seed: int = 7, points: int = 1_500_000, monuments: Collection[str] | None = None
) -> SampleSummary:
    """Write the sample site into ``directory``, absent or empty before; it appears complete or not at all.

    ``points`` is the number of points of all surveys together (at least 10 000), ``monuments`` the ids wanted
    (default: all four). The same arguments give the same arrays. Raises InputError for a directory that holds
    something, for an unknown id and for too few points.
    """
    known = [place.id for place in PLACES]
    unknown = sorted(set(monuments or ()) - set(known))
    if unknown or (monuments is not None and not monuments):
        raise InputError(
            "monuments",
            ", ".join(unknown) or "none",
            f"{', '.join(known)} are allowed",
            code="sample-unknown-monument",
        )
    if points < 10_000:
        raise InputError(
            "points",
            str(points),
            "10 000 or more are allowed",
            "fewer would not show a building",
            code="sample-too-few-points",
        )
    directory = Path(directory)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(
            str(directory),
            "it is not empty",
            "a new or empty folder is allowed",
            "choose another place",
            code="sample-target-not-empty",
        )
    places = [place for place in PLACES if monuments is None or place.id in monuments]
    directory.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        counts = _write_site(building, places, seed, points)
        written = sum(1 for path in building.rglob("*") if path.is_file())
        building.chmod(0o755)
        os.rename(building, directory)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return SampleSummary(counts, sum(counts.values()), written)


def _write_site(root: Path, places: list[Place], seed: int, points: int) -> dict[str, int]:
    with as_file(files("heritage.sample")) as package:
        _copy_words(package, root, {place.id for place in places})
    write_footprints(root / "footprints.gpkg")
    write_base_map(root / "base-map.gpkg")
    write_dem(root / "dem.tif")
    noise = Noise(seed)
    captures = [(place, capture) for place in places for capture in place.captures]
    shares = np.cumsum([0.0, *(capture.share for _, capture in captures)])
    bounds = np.rint(shares / shares[-1] * points).astype(int)
    counts: dict[str, int] = {}
    for (place, capture), count in zip(captures, np.diff(bounds), strict=True):
        rng = np.random.default_rng([seed, *f"{place.id}/{capture.epoch}".encode()])
        parts, eyes = _scenery(place, capture, FINE_M if points >= _FINE_POINTS else COARSE_M, rng)
        scene = parts[MONUMENT] + parts[GROUND] + parts[VEGETATION]
        result = survey(scene, eyes, place.sky(capture), int(count), noise, rng, capture.faults)
        _write_scan(root, place, capture, result)
        _write_truth(root, place, capture, parts, eyes, result)
        counts[f"{place.id}/{capture.epoch}"] = int(count)
    for place in places:
        rng = np.random.default_rng([seed, *place.id.encode()])
        if place.id == "ngo-mon":
            _write_gcps(root / "monuments" / place.id / "gcp.csv", place, rng)
        if place.id == "thai-hoa":
            models = root / "monuments" / place.id / "models"
            models.mkdir()
            write_state(models / "1844.glb", noise, rng)
            (root / "truth" / place.id / "changes.json").write_text(
                _json([asdict(change) for change in CHANGES]), encoding="utf-8"
            )
    (root / "truth" / "truth.json").write_text(_json(_truth(places)), encoding="utf-8")
    return counts


def _copy_words(package: Path, root: Path, wanted: set[str]) -> None:
    """The curators' files: those of the wanted monuments, of their tours, and the tours' media."""
    tours = {"hoang-thanh": "thai-hoa", "ngu-phung": "ngo-mon"}
    for name in ("site.yaml", "vocabulary.yaml"):
        shutil.copyfile(package / "words" / name, root / name)
    for id_ in sorted(wanted):
        shutil.copytree(package / "words" / "monuments" / id_, root / "monuments" / id_)
        (root / "monuments" / id_ / "scans").mkdir()
        (root / "truth" / id_).mkdir(parents=True)
    (root / "media").mkdir()
    for tour, monument in tours.items():
        if monument in wanted:
            shutil.copytree(package / "words" / "tours" / tour, root / "tours" / tour)
            for medium in sorted((package / "media").glob(f"{tour}-*")):
                shutil.copyfile(medium, root / "media" / medium.name)


def _scenery(
    place: Place, capture: Capture, grid_m: float, rng: np.random.Generator
) -> tuple[dict[str, Surface], Cameras]:
    green: list[Surface] = [
        tree((x, y), height, abs(spread), rng, BLOSSOM if spread < 0 else LEAF)
        for x, y, height, spread in capture.trees
    ]
    green += [bush((x, y), radius, height, rng) for x, y, radius, height in capture.bushes]
    vegetation = green[0]
    for more in green[1:]:
        vegetation = vegetation + more
    x0, y0 = np.min(place.outline, axis=0)
    x1, y1 = np.max(place.outline, axis=0)
    centre = (float(x0 + x1) / 2, float(y0 + y1) / 2)
    lawn = ground(centre, place.radius + 1.5, list(place.court))
    eyes = cameras(centre, place.radius, place.height, place.close, rng)
    return {MONUMENT: capture.surface(grid_m), GROUND: lawn, VEGETATION: vegetation}, eyes


def _write_scan(root: Path, place: Place, capture: Capture, result: Survey) -> None:
    path = root / "monuments" / place.id / "scans" / capture.file
    xyz = place.source_points(result.xyz, capture)
    if path.suffix == ".laz":
        write_laz(path, xyz, result.rgb, capture.day, CRS if place.georeferenced else None)
    elif path.suffix == ".e57":
        write_e57(path, xyz, result.rgb)
    else:
        turned = result.normal @ place.monument_from_design.rotation.T
        write_ply(path, xyz, result.rgb, turned.astype(np.float32))


def _write_truth(
    root: Path, place: Place, capture: Capture, parts: dict[str, Surface], eyes: Cameras, result: Survey
) -> None:
    folder = root / "truth" / place.id / capture.epoch
    folder.mkdir()
    for name, part in parts.items():
        xyz = _truth_points(place, part.vertices.astype(np.float64))
        origin = np.floor(xyz.mean(0)) if place.georeferenced else np.zeros(3)
        materials = np.array([part.coats[k].material for k in range(len(part.coats))])
        np.savez(
            folder / f"{name}.npz", origin=origin, vertices=(xyz - origin).astype(np.float32),
            triangles=part.triangles, coat=part.coat, materials=materials,
        )  # fmt: skip
    np.save(folder / "labels.npy", result.label)
    np.save(folder / "cameras.npy", _truth_points(place, eyes.position))


def _truth_points(place: Place, design: F64) -> F64:
    """Design points in the monument frame, or in `CRS` for a georeferenced monument."""
    if place.georeferenced:
        return FRAME.crs_from_site(CRS, place.site_from_design.apply(design))
    return place.monument_from_design.apply(design)


def _write_gcps(path: Path, place: Place, rng: np.random.Generator) -> None:
    """Marks on the podium's corners and cornice: six for control, three to check with."""
    marks = [(-10, -9, 0.3), (-6.5, -9, 4.5), (6.5, -9, 0.3), (10, -9, 4.5), (10, 3.5, 0.3), (-10, 3.5, 4.5)]
    marks += [(-6.5, -3.5, 2.0), (6.5, -3.5, 3.5), (10, -2.0, 2.5)]
    design = np.array(marks, np.float64)
    picked = place.monument_from_design.apply(design) + rng.normal(0, _GCP_SIGMA_M[0], design.shape)
    site = place.site_from_design.apply(design) + rng.normal(0, _GCP_SIGMA_M[1], design.shape)
    surveyed = FRAME.crs_from_site(CRS, site)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["name", "role", "x", "y", "z", "X", "Y", "Z"])
        for k, (here, there) in enumerate(zip(picked, surveyed, strict=True)):
            role, name = ("control", f"C{k + 1}") if k < 6 else ("check", f"K{k - 5}")
            table.writerow([name, role, *(f"{v:.4f}" for v in (*here, *there))])


def _truth(places: list[Place]) -> dict[str, object]:
    """What a test may compare with. Matrices are rows of 4 x 4, ``target_from_source``."""
    monuments: dict[str, object] = {}
    for place in places:
        corner = [(float(x), float(y), 0.0) for x, y in place.outline]
        marks = np.array([*corner, (0.0, 0.0, place.height)])
        monuments[place.id] = {
            "frame": "EPSG:32648" if place.georeferenced else "local",
            "site_from_monument": None if place.georeferenced else place.site_from_monument.matrix.tolist(),
            "ecef_from_monument": None
            if place.georeferenced
            else (FRAME.ecef_from_site @ place.site_from_monument).matrix.tolist(),
            "epochs": {
                c.epoch: {"file": c.file, "source_from_monument": c.source_from_monument.matrix.tolist()}
                for c in place.captures
            },
            "marks_monument": _truth_points(place, marks).tolist(),
            "marks_crs": FRAME.crs_from_site(CRS, place.site_from_design.apply(marks)).tolist(),
            "footprint_area_m2": footprint(place).area,
        }
    return {
        "about": "Ground truth of the sample site: used by tests and reports, never by the pipeline.",
        "site_frame": {"lon_deg": FRAME.lon_deg, "lat_deg": FRAME.lat_deg, "height_m": FRAME.height_m},
        "labels": REASONS,
        "gcp_sigma_m": list(_GCP_SIGMA_M),
        "monuments": monuments,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
