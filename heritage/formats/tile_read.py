"""Read back a tile of ours: what it shows, with the attributes that make a change map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.gltf_file import GltfFile, open_gltf
from heritage.formats.gltf_material import read_material
from heritage.formats.gltf_read import part_of, placed_meshes, primitives
from heritage.formats.parts import Part
from heritage.model.arrays import F64, U8
from heritage.model.colour import to_srgb

_POINTS = 0
_CHANGE = "_CHANGE_"


@dataclass(frozen=True, eq=False)
class TileSurface:
    """``part`` as in models, z up; ``change``: by comparison number (v, 2) of signed distance and LoD95 over its scale.

    A LoD95 below 0 says that the place is not comparable. ``certainty`` (v,) uint8 is how sure what a state shows is
    (its place in `CERTAINTIES`), None on what was measured.
    """

    part: Part
    change: Mapping[int, F64]
    certainty: U8 | None = None


@dataclass(frozen=True, eq=False)
class TileContent:
    """Surfaces, and the vegetation's points: ``xyz`` (n, 3) float64, z up, ``rgb`` (n, 3) uint8."""

    surfaces: tuple[TileSurface, ...]
    xyz: F64
    rgb: U8


def read_tile(path: Path) -> TileContent:
    """A tile's content in its tileset's frame. Raises InputError as `read_gltf` does."""
    file = open_gltf(path)
    surfaces: list[TileSurface] = []
    xyz, rgb = [np.empty((0, 3))], [np.empty((0, 3), np.uint8)]
    for matrix, mesh in placed_meshes(file):
        for primitive in primitives(file, mesh):
            attributes = primitive["attributes"]
            if primitive.get("mode") == _POINTS:
                local = file.accessor(attributes.get("POSITION"), ("VEC3",)).astype(np.float64)
                colour = file.accessor(attributes.get("COLOR_0"), ("VEC3", "VEC4"))[:, :3]
                xyz.append(_upright(local @ matrix[:3, :3].T + matrix[:3, 3]))
                rgb.append(to_srgb(colour))
                continue
            part = part_of(file, primitive, read_material(file, primitive.get("material")), matrix)
            change = {
                int(name.removeprefix(_CHANGE)): file.accessor(index, ("VEC2",)).astype(np.float64)
                for name, index in attributes.items()
                if name.startswith(_CHANGE)
            }
            surfaces.append(TileSurface(_turned(part), change, _certainty(file, primitive)))
    return TileContent(tuple(surfaces), np.concatenate(xyz), np.concatenate(rgb))


def _certainty(file: GltfFile, primitive: Mapping[str, Any]) -> U8 | None:
    """Of each vertex, by its feature id and the property table that `gltf_parts` writes."""
    if "_FEATURE_ID_0" not in primitive["attributes"]:
        return None
    feature = file.accessor(primitive["attributes"]["_FEATURE_ID_0"], ("SCALAR",))[:, 0].astype(np.int64)
    (table,) = file.json["extensions"]["EXT_structural_metadata"]["propertyTables"]
    codes, _ = file.view(table["properties"]["certainty"]["values"])
    return np.asarray(np.frombuffer(codes, np.uint8)[feature])


def _turned(part: Part) -> Part:
    normals = None if part.normals is None else _upright(part.normals)
    return replace(part, vertices=_upright(part.vertices), normals=normals)


def _upright(xyz: F64) -> F64:
    """glTF is y up."""
    return np.stack([xyz[:, 0], -xyz[:, 2], xyz[:, 1]], axis=1)
