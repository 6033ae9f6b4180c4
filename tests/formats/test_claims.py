"""Which part of a state each surface of a model belongs to: by node, mesh, material, object and group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heritage.formats.claims import Claims
from heritage.formats.glb import Builder
from heritage.formats.model import read_model
from heritage.model.errors import InputError
from heritage.pipeline.reading.guard import guarded_state

OBJ = """\
mtllib hall.mtl
v 0 0 0
v 1 0 0
v 0 1 0
v 0 0 5
o Base
usemtl stone
f 1 2 3
o Roof.001
g east ridge
usemtl tile
f 1 2 4
g west
f 1 3 4
usemtl stone
f 2 3 4
"""


@pytest.fixture
def obj(tmp_path: Path) -> Path:
    (tmp_path / "hall.mtl").write_text("newmtl stone\nKd 0.5 0.5 0.5\nnewmtl tile\nKd 0.8 0.5 0.1\n")
    path = tmp_path / "hall.obj"
    path.write_text(OBJ)
    return path


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    """Nodes: site > (base, roof > finial); base and finial share a mesh, all share a material."""
    builder = Builder("test", compressed=False)
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    material = builder.add("materials", {"name": "lime"})
    for name in ("block", "slope"):
        primitive = {
            "attributes": {"POSITION": builder.attribute(corners, bounds=True)},
            "indices": builder.indices(np.arange(3, dtype=np.uint32)),
            "material": material,
        }
        builder.add("meshes", {"name": name, "primitives": [primitive]})
    builder.add("nodes", {"name": "site", "children": [1, 2]})
    builder.add("nodes", {"name": "base", "mesh": 0})
    builder.add("nodes", {"name": "roof", "mesh": 1, "children": [3]})
    builder.add("nodes", {"name": "finial", "mesh": 0, "translation": [0.0, 9.0, 0.0]})
    builder.add("scenes", {"nodes": [0]})
    path = tmp_path / "hall.glb"
    path.write_bytes(builder.finish())
    return path


def by_part(meshes: tuple) -> dict[int, int]:
    """How many triangles each part got."""
    found: dict[int, int] = {}
    for mesh in meshes:
        assert (mesh.part == mesh.part[0]).all()
        found[int(mesh.part[0])] = found.get(int(mesh.part[0]), 0) + len(mesh.triangles)
    return found


def test_objects_groups_and_materials_of_an_obj(obj: Path) -> None:
    assert by_part(read_model(obj, Claims({0: ["Base"], 1: ["Roof.*"]}))) == {0: 1, 1: 3}
    assert by_part(read_model(obj, Claims({0: ["tile"]}, rest=1))) == {0: 2, 1: 2}
    assert by_part(read_model(obj, Claims({2: ["ridge"]}, rest=0))) == {2: 1, 0: 3}


def test_what_hangs_below_a_node_belongs_to_it(glb: Path) -> None:
    assert by_part(read_model(glb, Claims({0: ["base"], 1: ["roof"]}))) == {0: 1, 1: 2}
    assert by_part(read_model(glb, Claims({0: ["finial"]}, rest=1))) == {0: 1, 1: 2}
    assert by_part(read_model(glb, Claims({0: ["block"]}, rest=1))) == {0: 2, 1: 1}
    assert by_part(read_model(glb, Claims({0: ["lime"]}))) == {0: 3}


def test_the_confined_reader_gives_the_same(glb: Path) -> None:
    assert by_part(guarded_state(glb, {0: ["base"]}, 1)) == {0: 1, 1: 2}


def test_a_model_without_claims_has_no_parts(glb: Path, obj: Path) -> None:
    assert all(mesh.part is None for path in (glb, obj) for mesh in read_model(path))


@pytest.mark.parametrize(
    ("claims", "code", "words"),
    [
        (Claims({0: ["base"]}), "part-unclaimed", "site / roof / slope / lime belongs to no part"),
        (Claims({0: ["roof"], 1: ["finial"]}, rest=2), "part-claimed-twice", "finial"),
        (
            Claims({0: ["Base"]}, rest=1),
            "part-name-unknown",
            "no surface is named 'Base'; its names are base,",
        ),
        (Claims({0: ["site"]}, rest=1), "part-empty", "no surface is left"),
    ],
)
def test_wrong_claims_are_named(glb: Path, claims: Claims, code: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_model(glb, claims)
    assert error.value.problems[0].code == code
    assert words in str(error.value)
    assert "hall.glb" in str(error.value)
