"""A plain GLB of ours read back as one mesh: what the stage after `tile` goes on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.gltf_file import open_gltf
from heritage.formats.gltf_material import read_material
from heritage.formats.gltf_read import placed_meshes, primitives
from heritage.formats.parts import wrong
from heritage.model.arrays import Mesh


def read_whole(path: Path) -> Mesh:
    """The mesh that ``write_plain_glb`` wrote: vertices (v, 3) float32 in metres, z up, origin zero; uv and texture
    where there are any. All its primitives share their vertices, so the picture is read once, however many
    parts a state has. Raises InputError where the file is of another kind."""
    file = open_gltf(path)
    found = [primitive for _, mesh in placed_meshes(file) for primitive in primitives(file, mesh)]
    if not found or any(p["attributes"] != found[0]["attributes"] for p in found):
        raise wrong(path.name, "primitives of different vertices", "a file of write_plain_glb is needed")
    attributes = found[0]["attributes"]
    xyz = file.accessor(attributes.get("POSITION"), ("VEC3",)).astype(np.float32)
    triangles = [file.accessor(p.get("indices"), ("SCALAR",)).reshape(-1, 3) for p in found]
    material = read_material(file, found[0].get("material"))
    textured = material.texture is not None and "TEXCOORD_0" in attributes
    uv = file.accessor(attributes["TEXCOORD_0"], ("VEC2",)).astype(np.float32) if textured else None
    return Mesh(
        np.zeros(3),
        np.stack([xyz[:, 0], -xyz[:, 2], xyz[:, 1]], axis=1),
        np.concatenate(triangles).astype(np.int32),
        uv=uv,
        texture=material.texture if textured else None,
        name=path.stem,
    )
