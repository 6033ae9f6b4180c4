"""ar: an epoch or a state for augmented reality on phones, in real size and for a table, as GLB and as USDZ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image
from pydantic import Field

from heritage.formats.gltf_placed import write_placed_glb
from heritage.formats.gltf_whole import read_whole
from heritage.formats.usdz import write_usdz
from heritage.model.arrays import Mesh, triple
from heritage.model.documents import Certainty, Document
from heritage.model.report import Figure
from heritage.model.tiles import CERTAINTIES
from heritage.ops.tiles.handheld import Handheld, handheld, plaque
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.register import placement_of

AR = "ar.json"
SIZES = ("real", "table")
_PLAQUES = Path(__file__).parent.parent / "plaques"


class ArOptions(Document):
    """How much a phone is asked to show. Scene Viewer and Quick Look advise up to 100,000 triangles and 2048 px."""

    triangles: int = Field(60_000, ge=100, le=200_000, description="of the model in real size")
    texture_px: int = Field(2048, ge=64, le=4096, description="side of its texture, at most")
    table_triangles: int = Field(20_000, ge=100, le=200_000, description="of the model for a table")
    table_texture_px: int = Field(1024, ge=64, le=4096, description="side of its texture, at most")
    table_m: float = Field(0.4, ge=0.05, le=5.0, description="its longest side, metres")


class ArModel(Document):
    """One size: corners in metres (z up, standing on z = 0), triangles, and the side of its texture (0: none)."""

    min: tuple[float, float, float]
    max: tuple[float, float, float]
    triangles: int
    texture_px: int
    glb_bytes: int
    usdz_bytes: int


class Ar(Document):
    """``ar.json``: what was made, by size."""

    real: ArModel
    table: ArModel


def _run(job: Job) -> Outcome:
    options = job.chosen(ArOptions)
    whole = read_whole(job.inputs["tile"] / "model.glb")
    certainty = _certainty(job)
    # Without colours it has to be shaded; what is interpreted is always.
    lit = certainty is not None or whole.texture is None
    made = {
        "real": handheld(
            whole,
            triangles=options.triangles,
            side_px=options.texture_px,
            metres=placement_of(job.inputs["register"]).scale,
        ),
        "table": handheld(
            whole,
            triangles=options.table_triangles,
            side_px=options.table_texture_px,
            longest_m=options.table_m,
        ),
    }
    said = {name: _write(job.folder, name, model, lit, certainty) for name, model in made.items()}
    (job.folder / AR).write_text(Ar(**said).model_dump_json(), encoding="utf-8")
    return Outcome(figures=tuple(_figures(made, said)))


def _certainty(job: Job) -> Certainty | None:
    """That of a state's least certain part; None for a survey."""
    found = cast(Sequence[Certainty], job.facts.get("certainties", ()))
    return max(found, key=CERTAINTIES.index, default=None)


def _write(folder: Path, name: str, model: Handheld, lit: bool, certainty: str | None) -> ArModel:
    meshes: list[tuple[Mesh, bool]] = [(model.mesh, lit)]
    extras: dict[str, object] = {"interpreted": certainty is not None, "size": name}
    title = "Measured"
    if certainty is not None:
        title = f"Interpreted, {certainty}: not a survey"
        extras["certainty"] = certainty
        picture = np.asarray(Image.open(_PLAQUES / f"{certainty}.png").convert("RGB"))
        meshes = [(model.mesh.with_(name=f"interpreted, {certainty}"), lit), (plaque(model, picture), False)]
    glb, usdz = write_placed_glb(meshes, extras), write_usdz(meshes, title)
    (folder / f"{name}.glb").write_bytes(glb)
    (folder / f"{name}.usdz").write_bytes(usdz)
    texture = model.mesh.texture
    return ArModel(
        min=triple(model.low),
        max=triple(model.high),
        triangles=len(model.mesh.triangles),
        texture_px=0 if texture is None else max(texture.shape[:2]),
        glb_bytes=len(glb),
        usdz_bytes=len(usdz),
    )


def _figures(made: Mapping[str, Handheld], said: Mapping[str, ArModel]) -> list[Figure]:
    found = []
    for name, model in made.items():
        facts = said[name]
        found += [
            Figure(name=f"triangles, {name}", value=facts.triangles, unit="triangles"),
            Figure(name=f"texel, {name}", value=model.texel_m * 1e3, unit="mm"),
            Figure(name=f"{name}.glb", value=facts.glb_bytes / 1e6, unit="MB"),
            Figure(name=f"{name}.usdz", value=facts.usdz_bytes / 1e6, unit="MB"),
        ]
    return found


def ar_models(folder: Path) -> Ar:
    """What the stage wrote of its models."""
    return Ar.model_validate_json((folder / AR).read_bytes(), strict=False)


AR_STAGE = Stage("ar", 3, ArOptions, _run, ("numpy", "scipy", "numba", "meshopt", "pillow", "open3d-cpu"))
