"""One tile of buildings as binary glTF, every building with its id, name, height and where the height comes from.

Source: EXT_mesh_features, EXT_structural_metadata (property table), KHR_mesh_quantization, EXT_meshopt_compression.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from heritage.formats.glb import Builder
from heritage.formats.gltf import GENERATOR
from heritage.model.arrays import F64, I32
from heritage.model.buildings import HEIGHT_SOURCES, BuildingMesh

_STEPS: Final = 65_535
_FINE_M: Final = 0.02
_CLASS: Final = {
    "name": "building",
    "properties": {
        "id": {"type": "STRING", "required": True, "description": "the footprint's id in its layer"},
        "name": {"type": "STRING", "required": True, "description": "its name; empty where it has none"},
        "height_m": {
            "type": "SCALAR",
            "componentType": "FLOAT32",
            "required": True,
            "description": "height above ground, metres",
        },
        "height_source": {
            "type": "ENUM",
            "enumType": "height_source",
            "required": True,
            "description": "attribute: the layer says it; survey: the monument's survey shows it; assumed: a stated default",
        },
    },
}


def write_building_tile(mesh: BuildingMesh) -> bytes:
    """``mesh`` as one glTF mesh: triangles and edges of known heights, then those of assumed ones.

    Positions are 16-bit steps of at most 2 cm where the tile is small enough for that (1.3 km), else floats in whole
    centimetres from the tile's middle. Materials are named ``known`` and ``assumed``; no normals are stored.
    """
    glb = Builder(GENERATOR, compressed=True)
    for extension in ("EXT_mesh_features", "EXT_structural_metadata"):
        glb.uses(extension)
    feature = mesh.feature.astype(np.uint16 if len(mesh.ids) <= _STEPS else np.float32)
    position, placed = _position(glb, mesh.vertices)
    attributes = {
        "POSITION": position,
        "_FEATURE_ID_0": glb.attribute(feature[:, None]),
        "_TOP": glb.attribute(mesh.top[:, None], normalized=True),
    }
    parts = (
        ("known", mesh.triangles[: mesh.known_triangles], mesh.edges[: mesh.known_edges]),
        ("assumed", mesh.triangles[mesh.known_triangles :], mesh.edges[mesh.known_edges :]),
    )
    primitives = []
    for name, triangles, edges in parts:
        if not len(triangles):
            continue
        material = glb.add("materials", _material(name))
        primitives.append(_primitive(attributes, glb.indices(_flat(triangles)), material, len(mesh.ids)))
        if len(edges):
            lines = _primitive(attributes, glb.line_indices(_flat(edges)), material, len(mesh.ids))
            primitives.append(lines | {"mode": 1})
    node = {"mesh": glb.add("meshes", {"name": "buildings", "primitives": primitives}), **placed}
    glb.add("scenes", {"nodes": [glb.add("nodes", node)]})
    glb.document["extensions"] = {"EXT_structural_metadata": _metadata(glb, mesh)}
    return glb.finish()


def _flat(indices: I32) -> np.ndarray:
    return np.asarray(indices.ravel().astype(np.uint32))


def _position(glb: Builder, vertices: F64) -> tuple[int, dict[str, Any]]:
    y_up = np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1)
    low, high = y_up.min(0), y_up.max(0)
    step = float(2.0 ** np.ceil(np.log2(max(float((high - low).max()) / (_STEPS - 1), 0.001))))
    if step <= _FINE_M:
        glb.uses("KHR_mesh_quantization", required=True)
        corner = np.floor(low / step) * step
        grid = np.rint((y_up - corner) / step).astype(np.uint16)
        return glb.attribute(grid, bounds=True), {"translation": corner.tolist(), "scale": [step] * 3}
    middle = np.rint((low + high) / 2)
    metres = (np.rint((y_up - middle) * 100) / 100).astype(np.float32)
    return glb.attribute(metres, bounds=True), {"translation": middle.tolist()}


def _primitive(attributes: dict[str, int], indices: int, material: int, count: int) -> dict[str, Any]:
    features = {"featureIds": [{"featureCount": count, "attribute": 0, "propertyTable": 0}]}
    return {
        "attributes": attributes,
        "indices": indices,
        "material": material,
        "extensions": {"EXT_mesh_features": features},
    }


def _material(name: str) -> dict[str, Any]:
    # Plain stone for other programs; what is assumed is paler and lets the ground through.
    colour = [0.72, 0.68, 0.6, 1.0] if name == "known" else [0.8, 0.8, 0.8, 0.45]
    look = {"baseColorFactor": colour, "metallicFactor": 0.0, "roughnessFactor": 1.0}
    material: dict[str, Any] = {"name": name, "pbrMetallicRoughness": look}
    return material if name == "known" else material | {"alphaMode": "BLEND"}


def _metadata(glb: Builder, mesh: BuildingMesh) -> dict[str, Any]:
    properties = {
        "id": glb.string_column(mesh.ids),
        "name": glb.string_column(mesh.names),
        "height_m": {"values": glb.table_column(mesh.height_m.astype("<f4"))},
        "height_source": {"values": glb.table_column(mesh.source)},
    }
    values = [{"name": name, "value": k} for k, name in enumerate(HEIGHT_SOURCES)]
    return {
        "schema": {
            "id": "heritage",
            "classes": {"building": _CLASS},
            "enums": {"height_source": {"valueType": "UINT8", "values": values}},
        },
        "propertyTables": [{"class": "building", "count": len(mesh.ids), "properties": properties}],
    }
