"""Write several surfaces as one plain binary glTF: a model for augmented reality and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR, add_material, plain_attributes
from heritage.model.arrays import Mesh


def write_placed_glb(
    meshes: Sequence[tuple[Mesh, bool]], extras: Mapping[str, object], *, quality: int = 88
) -> bytes:
    """Several meshes for augmented reality, each with whether it is lit: as ``write_plain_glb``, a node each.

    Metres, y up, origins added; ``extras`` is what the asset says of itself under ``heritage``.
    """
    glb = Builder(GENERATOR, compressed=False)
    glb.document["asset"]["extras"] = {"heritage": dict(extras)}
    nodes = []
    for mesh, lit in meshes:
        xyz = (mesh.vertices.astype(np.float64) + mesh.origin).astype(np.float32)
        placed = mesh.with_(vertices=xyz, normals=mesh.normals if lit else None)
        primitive = {
            "attributes": plain_attributes(glb, placed),
            "indices": glb.indices(mesh.triangles.ravel().astype(np.uint32)),
            "material": add_material(glb, mesh, lit=lit, quality=quality, plain=True),
        }
        held = glb.add("meshes", {"name": mesh.name, "primitives": [primitive]})
        nodes.append(glb.add("nodes", {"name": mesh.name, "mesh": held}))
    glb.add("scenes", {"nodes": nodes})
    return glb.finish()
