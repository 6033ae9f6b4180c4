"""A state from its document to its tiles: parts by name and by file, in another unit, up another axis, in an epoch's frame."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from heritage.formats.tile_read import read_tile
from heritage.model.errors import InputError
from heritage.pipeline.ground import read_ground
from heritage.pipeline.plan import fingerprinted
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.place import state_placement
from heritage.pipeline.tasks import site_tasks
from heritage.text.site import load_site

SITE = "title: {en: Site}\nlanguages: [en]\ncrs: EPSG:32648\nrights: {licence: CC0-1.0}\n"
MONUMENT = """\
title: {en: Hall}
epochs: [{id: "2024", source: hall.obj}]
registration: {method: none}
states:
  - id: "1885"
    source: state.obj
    up: z
    units: mm
    certainty: probable
    evidence: [{label: A drawing}]
    parts:
      - {id: walls, named: ["wall*"], certainty: documented}
      - {id: roof}
      - {id: finial, source: finial.obj, certainty: conjectural, without_evidence: A guess}
"""


def box(low: tuple[float, ...], high: tuple[float, ...], first: int = 0) -> list[str]:
    """Lines of an OBJ, z up."""
    xs, ys, zs = zip(low, high, strict=True)
    corners = [f"v {x} {y} {z}" for x in xs for y in ys for z in zs]
    faces = [(1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4)]
    return [*corners, *("f " + " ".join(str(first + c) for c in face) for face in faces)]


def site(root: Path, monument: str = MONUMENT) -> Path:
    """A hall of 12 x 8 x 5 m with a roof over it, measured; its state has the same in millimetres, and a finial."""
    folder = root / "monuments" / "hall"
    folder.mkdir(parents=True)
    (root / "site.yaml").write_text(SITE)
    (folder / "monument.yaml").write_text(monument)
    turned = [
        f"v {x} {z} {-float(y)}"
        for _, x, y, z in (line.split() for line in box((-6, -4, 0), (6, 4, 5)) if line[0] == "v")
    ]  # OBJ is y up
    faces = [line for line in box((0, 0, 0), (1, 1, 1)) if line[0] == "f"]
    (folder / "hall.obj").write_text("\n".join([*turned, *faces]))
    walls, roof = box((-6000, -4000, 0), (6000, 4000, 4500)), box((-7000, -5000, 4500), (7000, 5000, 5500), 8)
    (folder / "state.obj").write_text("\n".join(["o wall.1", *walls, "o lid", *roof]))
    (folder / "finial.obj").write_text("\n".join(box((-200, -200, 5500), (200, 200, 6500))))
    return root


def built(root: Path) -> dict[str, Path]:
    """The folders of all tasks that the state needs, run one after the other (its model for a phone wants to know the scale)."""
    loaded = load_site(root)
    planned = fingerprinted(site_tasks(loaded, read_ground(loaded)))
    keys = {one.fingerprint: one.task.key for one in planned}
    folders: dict[str, Path] = {}
    for one in planned:
        task = one.task
        if "state" not in task.key and task.stage.name not in ("ingest", "mesh", "register"):
            continue
        folder = root / "out" / one.fingerprint[:12]
        folder.mkdir(parents=True)
        inputs = {role: folders[keys[print]] for role, (_, print) in one.inputs.items()}
        task.stage.run(
            Job(folder, task.monument, task.subject, task.options, inputs, task.sources, task.facts)
        )
        folders[task.key] = folder
    return folders


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return built(site(tmp_path_factory.mktemp("state")))


def test_every_part_is_where_and_what_its_document_says(folders: dict[str, Path]) -> None:
    tile = folders["tile:hall:state/1885"]
    assert json.loads((tile / "tiled.json").read_text())["max"] == pytest.approx([7, 5, 6.5], abs=0.01)
    (surface,) = read_tile(tile / "tiles" / "0.glb").surfaces
    assert surface.certainty is not None
    height = surface.part.vertices[:, 2]
    high = [float(height[surface.certainty == code].max()) for code in range(3)]
    low = [float(height[surface.certainty == code].min()) for code in range(3)]
    assert high == pytest.approx([4.5, 5.5, 6.5], abs=0.01)
    assert low == pytest.approx([0, 4.5, 5.5], abs=0.01)
    corners = surface.certainty[surface.part.triangles]
    assert (corners == corners[:, :1]).all()


def test_it_is_in_the_epochs_frame(folders: dict[str, Path]) -> None:
    entry = state_placement(folders["place:hall:state/1885"])
    assert entry.method == "frame"
    assert entry.monument_from_state == pytest.approx(tuple(np.eye(4).ravel()))


def test_metres_for_millimetres_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="units: mm would fit"):
        built(site(tmp_path, MONUMENT.replace("    units: mm\n", "")))


def test_a_surface_of_no_part_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"state\.obj:\d+: the surface lid belongs to no part of the state"):
        built(site(tmp_path, MONUMENT.replace("      - {id: roof}\n", "")))
