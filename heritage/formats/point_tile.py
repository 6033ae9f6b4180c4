"""One tile of measured points as binary glTF, every point with its class and the reason of cleaning."""

from __future__ import annotations

from typing import Any

import meshopt
import numpy as np

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR
from heritage.model.arrays import REASONS, U8, PointCloud
from heritage.model.colour import to_linear

_STEPS = 65_535
_PROPERTIES = {
    "class": ("_CLASS", "ASPRS classification code (LAS 1.4)"),
    "reason": ("_REASON", ", ".join(f"{code} {name}" for name, code in REASONS.items())),
}


def write_point_tile(cloud: PointCloud, classes: U8, reasons: U8) -> bytes:
    """``cloud`` (at least one point) as glTF points: positions of 16 bits over the tile, colours, two labels (n,).

    Compressed by EXT_meshopt_compression; labels are declared by EXT_structural_metadata.
    """
    order = meshopt.reorder_points(cloud.xyz).argsort()
    cloud, classes, reasons = cloud.select(order), classes[order], reasons[order]
    glb = Builder(GENERATOR, compressed=True)
    glb.uses("KHR_mesh_quantization", required=True)
    y_up = np.stack([cloud.xyz[:, 0], cloud.xyz[:, 2], -cloud.xyz[:, 1]], axis=1).astype(np.float64)
    low = y_up.min(0)
    step = float(2.0 ** np.ceil(np.log2(max(float((y_up.max(0) - low).max()) / (_STEPS - 1), 1e-9))))
    attributes = {
        "POSITION": glb.attribute(np.rint((y_up - low) / step).astype(np.uint16), bounds=True),
        "_CLASS": glb.attribute(classes[:, None]),
        "_REASON": glb.attribute(reasons[:, None]),
    }
    if cloud.rgb is not None:
        # COLOR_0 is linear light; 8 bits would be too coarse for dark stone.
        linear = np.rint(to_linear(cloud.rgb) * np.float32(_STEPS)).astype(np.uint16)
        attributes["COLOR_0"] = glb.attribute(linear, normalized=True)
    glb.uses("KHR_materials_unlit")
    glb.uses("EXT_structural_metadata")
    material: dict[str, Any] = {
        "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 1.0},
        "extensions": {"KHR_materials_unlit": {}},
    }
    primitive = {
        "attributes": attributes,
        "mode": 0,
        "material": glb.add("materials", material),
        "extensions": {"EXT_structural_metadata": {"propertyAttributes": [0]}},
    }
    origin = np.array([cloud.origin[0], cloud.origin[2], -cloud.origin[1]])
    glb.add(
        "nodes",
        {
            "mesh": glb.add("meshes", {"name": "points", "primitives": [primitive]}),
            "translation": (low + origin).tolist(),
            "scale": [step] * 3,
        },
    )
    glb.add("scenes", {"nodes": [0]})
    glb.document["extensions"] = {"EXT_structural_metadata": _metadata()}
    return glb.finish()


def _metadata() -> dict[str, Any]:
    described = {
        key: {"description": text, "type": "SCALAR", "componentType": "UINT8"}
        for key, (_, text) in _PROPERTIES.items()
    }
    return {
        "schema": {"id": "heritage", "classes": {"point": {"properties": described}}},
        "propertyAttributes": [
            {
                "class": "point",
                "properties": {key: {"attribute": name} for key, (name, _) in _PROPERTIES.items()},
            }
        ],
    }
