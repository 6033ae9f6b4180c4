"""Models for augmented reality: real size, on the ground, few enough triangles, and never a state without its plate."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from outside_gltf import Glb, judge
from tile_scene import blob, mesh_of, sampled, tint

from heritage.formats.gltf import write_plain_glb
from heritage.formats.gltf_whole import read_whole
from heritage.model.arrays import Mesh, Similarity
from heritage.model.release import Placement
from heritage.model.tiles import StatePart
from heritage.ops.meshes.nearest import Nearest
from heritage.ops.tiles.colours import colours_of
from heritage.ops.tiles.single import single
from heritage.ops.tiles.surface_colours import colour_at
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.ar import AR_STAGE, SIZES, ArOptions, ar_models
from heritage.pipeline.stages.register import PLACEMENT

TRIANGLES, TABLE_M, METRES = 2000, 0.4, 2.5


@pytest.fixture(scope="module")
def model() -> Mesh:
    """A blob of 5120 triangles with its colours in a texture, away from the origin."""
    plain = blob(4)
    moved = plain.vertices + np.float32([12.0, -5.0, 40.0])
    whole = mesh_of(moved, plain.triangles).with_(origin=np.zeros(3))
    return single(whole, colours_of([whole], sampled(whole, 60_000)), 0.03, triangles=5120, side_px=512)


@pytest.fixture(scope="module")
def made(model: Mesh, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The stage's folder for a survey, for a state of two parts, one a conjecture, and for a survey in units of 2.5 m."""
    folder = tmp_path_factory.mktemp("ar")
    half = (model.vertices[:, 0] > 12).astype(np.uint16)
    parts = (StatePart("base", "documented"), StatePart("roof", "conjectural"))
    data = {
        "survey": write_plain_glb(model),
        "state": write_plain_glb(model.with_(part=half), lit=True, parts=parts),
        "small": write_plain_glb(model.with_(vertices=model.vertices / np.float32(METRES))),
    }
    result = {}
    for name, content in data.items():
        (folder / name).mkdir()
        (folder / name / "model.glb").write_bytes(content)
        result[name] = folder / f"{name}-ar"
        result[name].mkdir()
        options = ArOptions(
            triangles=TRIANGLES, texture_px=256, table_triangles=500, table_texture_px=128, table_m=TABLE_M
        )
        scale = METRES if name == "small" else 1.0
        placed = Placement(
            method="gcp", settled=True, reasons=(), scale=scale, heading_deg=0.0,
            site_from_monument=Similarity(np.eye(3), np.zeros(3), scale).columns,
        )  # fmt: skip
        (folder / name / PLACEMENT).write_text(placed.model_dump_json())
        inputs = {"tile": folder / name, "register": folder / name}
        facts = {"certainties": ["conjectural", "documented"]} if name == "state" else {}
        AR_STAGE.run(Job(result[name], "m", name, options, inputs, {}, facts))
    return result


def test_whole_model_is_read_back_exactly(model: Mesh, tmp_path: Path) -> None:
    path = tmp_path / "m.glb"
    path.write_bytes(write_plain_glb(model))
    back = read_whole(path)
    np.testing.assert_array_equal(back.vertices, model.vertices)
    np.testing.assert_array_equal(back.triangles, model.triangles)
    np.testing.assert_array_equal(back.uv, model.uv)


def test_real_size_on_the_ground_within_the_limits(model: Mesh, made: dict[str, Path]) -> None:
    size = np.ptp(model.vertices, axis=0)
    real = float(size.max())
    for survey, name, longest, triangles in (
        ("survey", "real", real, TRIANGLES),
        ("survey", "table", TABLE_M, 500),
        ("small", "real", real, TRIANGLES),
        ("small", "table", TABLE_M, 500),
    ):
        glb = Glb.read(made[survey] / f"{name}.glb")
        xyz = glb.attribute("POSITION")  # y up
        # Simplifying rounds corners off; nothing grows.
        assert longest * 0.97 < np.ptp(xyz, axis=0).max() <= longest * 1.001
        np.testing.assert_allclose((xyz.min(0) + xyz.max(0))[[0, 2]] / 2, 0, atol=0.02 * longest)
        assert -0.03 * longest < xyz[:, 1].min() <= 0
        said = getattr(ar_models(made[survey]), name)
        assert said.triangles == len(glb.triangles()) <= triangles
    assert ar_models(made["survey"]).real.texture_px <= 256


def test_colours_are_those_of_the_place(model: Mesh, made: dict[str, Path]) -> None:
    surface = read_whole(made["survey"] / "real.glb")
    shift = model.bounds()[0] + np.ptp(model.vertices, axis=0) / 2
    lowest = np.percentile(model.vertices[:, 2], 0.5)
    xyz = surface.vertices[::7]
    place = Nearest(surface).place(xyz)
    linear = colour_at(surface, surface.triangles[place.triangle], place.weights)
    shown = np.where(
        linear < 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )
    truth = tint(xyz + np.array([shift[0], shift[1], lowest]))
    assert np.median(np.abs(shown * 255 - truth)) < 8


def test_glb_passes_the_outside_validator(made: dict[str, Path], tmp_path: Path) -> None:
    for name, folder in made.items():
        judge([folder / f"{size}.glb" for size in SIZES], tmp_path / name)


def test_usdz_passes_the_reference_implementation(made: dict[str, Path]) -> None:
    validation = pytest.importorskip("pxr.UsdValidation")
    from pxr import Usd, UsdGeom, UsdShade

    context = validation.ValidationContext(validation.ValidationRegistry().GetOrLoadAllValidators())
    for folder in made.values():
        for size in SIZES:
            stage = Usd.Stage.Open(str(folder / f"{size}.usdz"))
            assert [(e.GetName(), e.GetMessage()) for e in context.Validate(stage)] == []
            assert UsdGeom.GetStageUpAxis(stage) == "Y"
            assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
            # The same surface as in the GLB, and a picture that is found in the package.
            glb = Glb.read(folder / f"{size}.glb")
            for k, mesh in enumerate(p for p in stage.Traverse() if p.IsA(UsdGeom.Mesh)):
                points = np.array(UsdGeom.Mesh(mesh).GetPointsAttr().Get())
                np.testing.assert_allclose(points, glb.attribute("POSITION", k), atol=6e-5)
                uv = np.array(UsdGeom.PrimvarsAPI(mesh).GetPrimvar("st").Get())
                own = glb.attribute("TEXCOORD_0", k)
                np.testing.assert_allclose(np.stack([uv[:, 0], 1 - uv[:, 1]], 1), own, atol=1e-5)
                material, _ = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()
                assert material.ComputeSurfaceSource()[0].GetIdAttr().Get() == "UsdPreviewSurface"


def test_usdz_is_stored_in_steps_of_64_bytes_with_the_scene_first(made: dict[str, Path]) -> None:
    path = made["state"] / "real.usdz"
    content = path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        entries = packed.infolist()
    assert [e.filename for e in entries] == ["model.usda", "surface-0.jpg", "surface-1.jpg"]
    for entry in entries:
        assert entry.compress_type == zipfile.ZIP_STORED
        head = content[entry.header_offset : entry.header_offset + 30]
        start = (
            entry.header_offset
            + 30
            + int.from_bytes(head[26:28], "little")
            + int.from_bytes(head[28:30], "little")
        )
        assert start % 64 == 0
        assert content[start : start + entry.file_size][:2] in (b"#u", b"\xff\xd8")


def test_interpretation_carries_its_plate_and_a_survey_none(made: dict[str, Path]) -> None:
    survey, state = (Glb.read(made[name] / "table.glb").document for name in ("survey", "state"))
    assert [n["name"] for n in survey["nodes"]] == ["surface"]
    assert [n["name"] for n in state["nodes"]] == ["interpreted, conjectural", "plaque"]
    assert state["asset"]["extras"]["heritage"] == {
        "interpreted": True,
        "size": "table",
        "certainty": "conjectural",
    }
    assert survey["asset"]["extras"]["heritage"]["interpreted"] is False
    # The plate stands clear of the model, on the visitor's side (z in glTF).
    glb = Glb.read(made["state"] / "table.glb")
    assert glb.attribute("POSITION", 1)[:, 2].min() > glb.attribute("POSITION")[:, 2].max()
    assert glb.attribute("POSITION", 1)[:, 1].min() == 0
