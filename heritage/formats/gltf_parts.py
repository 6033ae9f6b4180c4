"""Parts of an interpreted state in glTF: whose vertex is whose, how sure each part is, and what it rests on.

Source: EXT_mesh_features, EXT_structural_metadata (property table).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from heritage.formats.glb import Builder, rewritten
from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.model.tiles import CERTAINTIES, StatePart

_CLASS: Final = {
    "name": "part",
    "description": "a part of an interpreted state: nothing of it was measured",
    "properties": {
        "id": {"type": "STRING", "required": True, "description": "the part's id in release.json"},
        "certainty": {"type": "ENUM", "enumType": "certainty", "required": True},
    },
}


def add_part_table(glb: Builder, mesh: Mesh, parts: Sequence[StatePart], primitive: dict[str, Any]) -> None:
    """Write ``mesh.part`` as ``_FEATURE_ID_0`` of ``primitive``, and ``parts`` as its property table.

    Raises InputError where a vertex belongs to none of ``parts``.
    """
    feature = _checked(mesh, parts)
    primitive["attributes"]["_FEATURE_ID_0"] = glb.attribute(feature[:, None])
    features = {"featureCount": len(parts), "attribute": 0, "propertyTable": 0}
    primitive.setdefault("extensions", {})["EXT_mesh_features"] = {"featureIds": [features]}
    codes = np.array([CERTAINTIES.index(part.certainty) for part in parts], np.uint8)
    properties = {
        "id": glb.string_column([part.id for part in parts]),
        "certainty": {"values": glb.table_column(codes)},
    }
    values = [{"name": name, "value": k} for k, name in enumerate(CERTAINTIES)]
    glb.document["extensions"] = {
        "EXT_structural_metadata": {
            "schema": {
                "id": "heritage",
                "classes": {"part": _CLASS},
                "enums": {"certainty": {"valueType": "UINT8", "values": values}},
            },
            "propertyTables": [{"class": "part", "count": len(parts), "properties": properties}],
        }
    }
    for extension in ("EXT_mesh_features", "EXT_structural_metadata"):
        glb.uses(extension)


def part_nodes(
    glb: Builder, mesh: Mesh, parts: Sequence[StatePart], attributes: Mapping[str, int], material: int
) -> list[int]:
    """A node of its own for every part that has triangles, for programs that know no extension.

    Node and material are named ``interpreted, <certainty>: <id>``; all share the vertices ``attributes``.
    """
    feature = _checked(mesh, parts)[mesh.triangles[:, 0]]
    look = glb.document["materials"].pop(material)
    nodes = []
    for k, part in enumerate(parts):
        triangles = mesh.triangles[feature == k]
        if not len(triangles):
            continue
        name = f"interpreted, {part.certainty}: {part.id}"
        primitive = {
            "attributes": dict(attributes),
            "indices": glb.indices(triangles.ravel().astype(np.uint32)),
            "material": glb.add("materials", {"name": name, **look}),
        }
        held = glb.add("meshes", {"name": name, "primitives": [primitive]})
        said = {"interpreted": True, "part": part.id, "certainty": part.certainty}
        nodes.append(glb.add("nodes", {"name": name, "mesh": held, "extras": {"heritage": said}}))
    return nodes


def with_words(data: bytes, state: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A plain GLB of ours whose asset says what ``state`` it is, and its nodes what each part rests on.

    Words change more often than shapes: so a correction rewrites a header instead of rebuilding a model.
    """

    def said_of(document: dict[str, Any]) -> None:
        document["asset"]["extras"] = {"heritage": {"interpreted": True, **state}}
        for node in document["nodes"]:
            said = node.get("extras", {}).get("heritage", {})
            if said.get("part") in parts:
                node["extras"] = {"heritage": {**said, **parts[said["part"]]}}

    return rewritten(data, said_of)


def _checked(mesh: Mesh, parts: Sequence[StatePart]) -> np.ndarray:
    if mesh.part is None or int(mesh.part.max(initial=0)) >= len(parts):
        found = "no part" if mesh.part is None else f"part {int(mesh.part.max())}"
        raise InputError("part", f"a vertex of {found}", f"0 to {len(parts) - 1} exist", code="gltf-part")
    return np.asarray(mesh.part)
