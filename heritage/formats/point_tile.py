"""One tile of measured points as binary glTF, every point with its class and the reason of cleaning."""

from __future__ import annotations

from typing import Any

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR, add_points
from heritage.model.arrays import REASONS, U8, PointCloud

_PROPERTIES = {
    "class": ("_CLASS", "ASPRS classification code (LAS 1.4)"),
    "reason": ("_REASON", ", ".join(f"{code} {name}" for name, code in REASONS.items())),
}


def write_point_tile(cloud: PointCloud, classes: U8, reasons: U8) -> bytes:
    """``cloud`` (at least one point) as glTF points: positions of 16 bits over the tile, colours, two labels (n,).

    Compressed by EXT_meshopt_compression; labels are declared by EXT_structural_metadata.
    """
    glb = Builder(GENERATOR, compressed=True)
    glb.uses("KHR_mesh_quantization", required=True)
    glb.uses("EXT_structural_metadata")
    node = add_points(glb, cloud, "points", {"_CLASS": classes, "_REASON": reasons})
    glb.add("scenes", {"nodes": [node]})
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
