"""The ground as one tile of binary glTF: positions, and how far each is the model's own word.

Source: KHR_mesh_quantization, EXT_meshopt_compression, EXT_structural_metadata.
"""

from __future__ import annotations

from typing import Any, Final

import meshopt
import numpy as np

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR
from heritage.model.arrays import F32, F64, I32

_STEPS: Final = 65_535


def write_ground_tile(vertices: F64, triangles: I32, cover: F32, *, spacing_m: float) -> bytes:
    """``vertices`` (v, 3) site metres, ``cover`` (v,) 0 to 1, as ``_COVER``. Normals are left to the renderer: behind
    unequal steps 8 bits of them would be worthless.

    Positions are 16 bits of their own step along each axis: along the ground the grid's ``spacing_m``, so that
    columns and rows are small numbers; upwards 1 cm, or what the relief needs beyond 655 m.
    """
    glb = Builder(GENERATOR, compressed=True)
    glb.uses("KHR_mesh_quantization", required=True)
    glb.uses("EXT_structural_metadata")
    indices, place, used = meshopt.reorder_mesh(triangles.astype(np.uint32), True, True)
    order = np.argsort(place)[:used]
    y_up = _y_up(vertices[order])
    low, high = y_up.min(0), y_up.max(0)
    step = np.array([spacing_m, max(0.01, (high[1] - low[1]) / _STEPS), spacing_m])
    attributes = {
        "POSITION": glb.attribute(np.rint((y_up - low) / step).astype(np.uint16), bounds=True),
        "_COVER": glb.attribute(np.rint(cover[order, None] * 255).astype(np.uint8), normalized=True),
    }
    primitive: dict[str, Any] = {
        "attributes": attributes,
        "indices": glb.indices(np.asarray(indices).ravel().astype(np.uint32)),
        "material": glb.add("materials", _MATERIAL),
        "extensions": {"EXT_structural_metadata": {"propertyAttributes": [0]}},
    }
    mesh = glb.add("meshes", {"name": "ground", "primitives": [primitive]})
    node = {"mesh": mesh, "translation": low.tolist(), "scale": step.tolist()}
    glb.add("scenes", {"nodes": [glb.add("nodes", node)]})
    glb.document["extensions"] = {"EXT_structural_metadata": _METADATA}
    return glb.finish()


_MATERIAL: Final = {
    "name": "ground",
    "pbrMetallicRoughness": {
        "baseColorFactor": [0.62, 0.6, 0.52, 1.0],
        "metallicFactor": 0.0,
        "roughnessFactor": 1.0,
    },
}
_METADATA: Final = {
    "schema": {
        "id": "heritage",
        "classes": {
            "ground": {
                "properties": {
                    "cover": {
                        "description": "1 where the ground model has a height; below, the passage to a plane (no measurement)",
                        "type": "SCALAR",
                        "componentType": "UINT8",
                        "normalized": True,
                    }
                }
            }
        },
    },
    "propertyAttributes": [{"class": "ground", "properties": {"cover": {"attribute": "_COVER"}}}],
}


def _y_up(xyz: F64) -> F64:
    return np.stack([xyz[:, 0], xyz[:, 2], -xyz[:, 1]], axis=1)
