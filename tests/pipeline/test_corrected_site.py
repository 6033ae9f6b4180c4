"""Corrections of a site: which tasks they touch, what the exported cloud says, and the findings about them."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pytest
from random_clouds import SITE

from heritage.export.cloud import export_cloud
from heritage.model.errors import InputError
from heritage.pipeline.build import planned
from heritage.pipeline.built import Built
from heritage.pipeline.corrections import cleaning_document, idle_corrections
from heritage.pipeline.plan import Planned
from heritage.pipeline.run import execute
from heritage.store import Store
from heritage.text.site import load_site

MONUMENT = """\
title: {en: House}
epochs:
  - {id: "1", source: scans/1.ply, up: z, units: m, method: photogrammetry}
  - {id: "2", source: scans/2.ply, up: z, units: m, method: photogrammetry}
compare: [{reference: "1", compared: "2"}]
registration: {method: none}
"""
CORRECTIONS = """\
frame: {up: z, metres_per_unit: 1, origin_m: [0, 0, 0]}
corrections:
  - {id: moss, was: [vegetation], becomes: kept, brush: {radius_m: 0.6, at_m: [[2, 0, 1.5]]}, who: Lan, note: no plant}
  - {id: air, was: [kept], becomes: outlier, brush: {radius_m: 1, at_m: [[50, 50, 50]]}}
"""
FILE = "monuments/house/corrections/2.yaml"


def _scan(path: Path, seed: int) -> np.ndarray:
    """A wall with a ball of moss on it; its points."""
    rng = np.random.default_rng(seed)
    wall = np.column_stack([rng.uniform(0, 4, 4000), rng.normal(0, 0.003, 4000), rng.uniform(0, 3, 4000)])
    moss = rng.normal([2, 0, 1.5], 0.2, (700, 3))
    order = rng.permutation(4700)
    xyz = np.vstack([wall, moss])[order]
    kind = np.dtype([*((a, "<f8") for a in "xyz"), *((c, "u1") for c in ("red", "green", "blue"))])
    rows = np.zeros(len(xyz), kind)
    for k, axis in enumerate("xyz"):
        rows[axis] = xyz[:, k]
    for k, colour in enumerate(("red", "green", "blue")):
        rows[colour] = np.where(order >= 4000, (70, 130, 40)[k], 150)
    names = "".join(f"property {'double' if n in 'xyz' else 'uchar'} {n}\n" for n in kind.names or ())
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(xyz)}\n{names}end_header\n"
    path.write_bytes(head.encode() + rows.tobytes())
    return xyz


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "monuments" / "house"
    (folder / "scans").mkdir(parents=True)
    (tmp_path / "site.yaml").write_text(SITE)
    (folder / "monument.yaml").write_text(MONUMENT)
    for k in (1, 2):
        _scan(folder / "scans" / f"{k}.ply", k)
    return tmp_path


def _correct(site: Path, text: str = CORRECTIONS, name: str = FILE) -> None:
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text(text)


def _fingerprints(site: Path) -> dict[str, str]:
    return {one.task.key: one.fingerprint for one in planned(site)}


def _cleaned(site: Path) -> tuple[Built, list[Planned]]:
    """The site's second epoch, built as far as its clean stage."""
    store, plan = Store(site), {one.task.key: one for one in planned(site)}
    keys = [f"{stage}:house:2" for stage in ("ingest", "clean")]
    reports = {
        key: execute(site, plan[key], 1)
        for key in keys
        if not store.has_stage(key[:5].rstrip(":"), plan[key].fingerprint)
    }
    return Built(store, {key: plan[key] for key in keys}, reports), [plan[key] for key in keys]


def test_only_what_comes_of_that_epoch_is_built_again(site: Path) -> None:
    before = _fingerprints(site)
    _correct(site)
    after = _fingerprints(site)

    changed = {key for key in before if before[key] != after[key]}
    one = ("clean", "normals", "mesh", "align", "tile", "ar", "points")
    assert changed == {*(f"{stage}:house:2" for stage in one), "compare:house:1--2"}

    # Words change no point; and where nothing is left to correct all is as it was.
    _correct(site, CORRECTIONS.replace("no plant", "it is moss").replace("Lan", "Minh"))
    assert _fingerprints(site) == after
    _correct(site, CORRECTIONS.replace("0.6", "0.7"))
    assert _fingerprints(site) != after
    _correct(site, CORRECTIONS.partition("corrections:")[0])
    assert _fingerprints(site) == before


def test_the_exported_cloud_says_what_a_person_corrected(site: Path, tmp_path: Path) -> None:
    xyz = _scan(site / "monuments" / "house" / "scans" / "2.ply", 2)
    _cleaned(site)
    export_cloud(site, "house", "2", tmp_path / "before.laz")
    _correct(site)
    built, plan = _cleaned(site)
    export_cloud(site, "house", "2", tmp_path / "after.laz")

    before, after = (laspy.read(tmp_path / f"{name}.laz") for name in ("before", "after"))
    assert "correction" not in set(before.point_format.extra_dimension_names)
    inside = (((xyz - [2, 0, 1.5]) ** 2).sum(1) <= 0.36) & (np.asarray(before["reason"]) == 4)
    assert inside.sum() > 400
    assert np.array_equal(np.asarray(after["correction"]), inside)
    assert np.array_equal(after["reason"], np.where(inside, 0, before["reason"]))
    assert np.array_equal(after.classification, np.where(inside, 1, before.classification))

    document = cleaning_document(built, "house", "2")
    assert sum(document.labels.values()) == sum(document.before.values()) == len(xyz)
    assert document.labels["kept"] - document.before["kept"] == inside.sum()
    assert [(one.id, one.was) for one in document.corrections] == [
        ("moss", {"vegetation": inside.sum()}),
        ("air", {}),
    ]

    (idle,) = idle_corrections(load_site(site), built.store, plan)
    assert str(idle).startswith(f"{FILE}:4: the correction air changes nothing")
    assert idle.severity == "warning"


def test_an_origin_that_moves_takes_the_regions_along_and_another_axis_is_refused(site: Path) -> None:
    # Whatever cleaning called them, which the place of the origin may change a little.
    every = "[kept, vegetation, outlier, fragment, ground, low_confidence], becomes: halo"
    _correct(site, CORRECTIONS.replace("[vegetation], becomes: kept", every))
    first = cleaning_document(_cleaned(site)[0], "house", "2")
    monument = site / "monuments" / "house" / "monument.yaml"
    monument.write_text(MONUMENT.replace("2.ply,", "2.ply, origin_m: [100, -7, 3],"))

    second = cleaning_document(_cleaned(site)[0], "house", "2")

    assert second.origin_m == (100, -7, 3)
    moved = [sum(one.corrections[0].was.values()) + one.before.get("halo", 0) for one in (first, second)]
    # In float32 a point at the ball's very surface may fall on its other side.
    assert moved[0] > 700
    assert abs(moved[1] - moved[0]) <= 1
    monument.write_text(MONUMENT.replace("2.ply, up: z", "2.ply, up: y"))
    with pytest.raises(InputError, match=r"corrections/2.yaml: drawn when the file's up axis was z"):
        _cleaned(site)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (FILE.replace("2.y", "3.y"), CORRECTIONS, "a file that would not be read; 1.yaml and 2.yaml are read here"),
        (FILE.replace(".yaml", ".yml"), CORRECTIONS, "a file that would not be read"),
        (FILE, CORRECTIONS.replace("id: air", "id: moss"), "the correction moss stands here again (first on line 3)"),
        (FILE, CORRECTIONS.replace("radius_m: 1,", "radius: 1,"), "radius"),
    ],
)  # fmt: skip
def test_files_that_would_do_nothing_are_found(site: Path, name: str, text: str, said: str) -> None:
    _correct(site, text, name)
    with pytest.raises(InputError) as raised:
        planned(site)
    assert said in str(raised.value)
