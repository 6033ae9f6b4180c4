"""One tile of measured points as binary glTF, every point with its class and the reason of cleaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR, add_points
from heritage.model.arrays import REASONS, U8, PointCloud

_PROPERTIES = {
    "class": ("_CLASS", "ASPRS classification code (LAS 1.4)"),
    "reason": ("_REASON", ", ".join(f"{code} {name}" for name, code in REASONS.items())),
}
_CORRECTED = {"corrected": ("_CORRECTED", "1 where a person gave the label, 0 where cleaning did")}


def write_point_tile(cloud: PointCloud, classes: U8, reasons: U8, corrected: U8 | None = None) -> bytes:
    """``cloud`` (at least one point) as glTF points: positions of 16 bits over the tile, colours, two labels (n,), and
    where it is given which of these a person gave: ``corrected`` (n,) 1, else 0.

    Compressed by EXT_meshopt_compression; labels are declared by EXT_structural_metadata.
    """
    glb = Builder(GENERATOR, compressed=True)
    glb.uses("KHR_mesh_quantization", required=True)
    glb.uses("EXT_structural_metadata")
    properties, labels = _PROPERTIES, {"_CLASS": classes, "_REASON": reasons}
    if corrected is not None:
        properties, labels = _PROPERTIES | _CORRECTED, labels | {"_CORRECTED": corrected}
    node = add_points(glb, cloud, "points", labels)
    glb.add("scenes", {"nodes": [node]})
    glb.document["extensions"] = {"EXT_structural_metadata": _metadata(properties)}
    return glb.finish()


def _metadata(properties: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    described = {
        key: {"description": text, "type": "SCALAR", "componentType": "UINT8"}
        for key, (_, text) in properties.items()
    }
    return {
        "schema": {"id": "heritage", "classes": {"point": {"properties": described}}},
        "propertyAttributes": [
            {
                "class": "point",
                "properties": {key: {"attribute": name} for key, (name, _) in properties.items()},
            }
        ],
    }
