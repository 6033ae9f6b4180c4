"""Make a tileset of surfaces held in memory, and read it back as a client does: decode, dequantise, place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import meshopt
import numpy as np
from outside_gltf import Glb

from heritage.formats.arrays import save_array, save_cloud, save_mesh
from heritage.model.arrays import REASONS, Mesh, PointCloud, Similarity
from heritage.ops.tiles.tile import TileOptions
from heritage.pipeline.stage import in_turn
from heritage.pipeline.tiling.make import Mapper, Tiled, make_tiles
from heritage.pipeline.tiling.source import Source, rows_of


def source_of(
    folder: Path,
    surfaces: Sequence[Mesh],
    cloud: PointCloud | None = None,
    context: PointCloud | None = None,
    monument_from_source: Similarity | None = None,
) -> Source:
    """The files that the stages before would have left."""
    folder.mkdir(parents=True)
    for i, mesh in enumerate(surfaces):
        save_mesh(folder, f"surface-{i}", mesh)
    points = ingest = clean = None
    if cloud is not None:
        points = folder / "points"
        points.mkdir()
        save_cloud(points, cloud)
    if context is not None:
        ingest = clean = folder / "context"
        ingest.mkdir()
        save_cloud(ingest, context)
        save_array(clean, "reasons", np.full(len(context), REASONS["vegetation"], np.uint8))
    names = tuple(f"surface-{i}" for i in range(len(surfaces)))
    matrix = None if monument_from_source is None else rows_of(monument_from_source)
    return Source(folder, names, (), points, ingest, clean, matrix)


def tiled(
    folder: Path,
    surfaces: Sequence[Mesh],
    cloud: PointCloud | None = None,
    context: PointCloud | None = None,
    options: TileOptions | None = None,
    *,
    lit: bool = False,
    mapper: Mapper = in_turn,
    take_away: bool = False,
) -> tuple[Tiled, Shown]:
    """The tileset of ``surfaces`` under ``folder``: what the maker says of it, and what a client sees."""
    source = source_of(folder / "source", surfaces, cloud, context)
    out = folder / "tileset"
    out.mkdir()
    made = make_tiles(source, out, options or TileOptions(), mapper, lit=lit, take_away=take_away)
    return made, read_tileset(out / "tileset.json")


@dataclass
class Shown:
    """A tile as a client has it: float64 metres in the tileset's frame, z up."""

    uri: str
    error: float
    low: np.ndarray
    high: np.ndarray
    step: float
    vertices: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray | None
    texture: np.ndarray | None
    normals: np.ndarray | None
    change: np.ndarray | None
    filled: np.ndarray | None
    points: np.ndarray | None
    unlit: bool
    children: list[Shown] = field(default_factory=list)

    def walk(self, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Shown]]:
        yield path, self
        for i, child in enumerate(self.children):
            yield from child.walk((*path, i))

    def leaves(self) -> list[Shown]:
        return [tile for _, tile in self.walk() if not tile.children]

    @property
    def mesh(self) -> Mesh:
        return Mesh(np.zeros(3), self.vertices.astype(np.float32), self.triangles)


def read_tileset(path: Path) -> Shown:
    return _read(json.loads(path.read_text())["root"], path.parent)


def _read(entry: dict[str, Any], folder: Path) -> Shown:
    uri = entry["content"]["uri"]
    glb = Decoded.read(folder / uri)
    document = glb.document
    primitive = document["meshes"][document["nodes"][0]["mesh"]]["primitives"][0]
    names = primitive["attributes"]
    changes = sorted(name for name in names if name.startswith("_CHANGE_"))
    change = None
    if changes:
        properties = document["extensions"]["EXT_structural_metadata"]["schema"]["classes"]["surface"][
            "properties"
        ]
        parts = []
        for name in changes:
            stored = glb.attribute(name).astype(np.float64)
            scale = properties[name[1:].lower()]["scale"][0]
            parts.append(np.where(stored == -32768, np.nan, stored / 32767 * scale))
        change = np.stack(parts, axis=1)
    box = np.array(entry["boundingVolume"]["box"])
    half = box[3:].reshape(3, 3).sum(0)
    material = document["materials"][primitive["material"]]
    return Shown(
        uri,
        entry["geometricError"],
        box[:3] - half,
        box[:3] + half,
        document["nodes"][0]["scale"][0],
        glb.world(0),
        glb.triangles(document["nodes"][0]["mesh"]).astype(np.int32),
        glb.uv() if "TEXCOORD_0" in names else None,
        glb.picture() if document.get("images") else None,
        glb.normals() if "NORMAL" in names else None,
        change,
        glb.attribute("_FILLED")[:, 0] if "_FILLED" in names else None,
        glb.world(1) if len(document["nodes"]) > 1 else None,
        "KHR_materials_unlit" in material.get("extensions", {}),
        [_read(child, folder) for child in entry.get("children", [])],
    )


class Decoded(Glb):
    """A GLB whose views are compressed."""

    def accessor(self, index: int) -> np.ndarray:
        accessor = self.document["accessors"][index]
        packed = self.document["bufferViews"][accessor["bufferView"]]["extensions"]["EXT_meshopt_compression"]
        data = self.data[packed["byteOffset"] : packed["byteOffset"] + packed["byteLength"]]
        rows = meshopt.decode_gltf_buffer(
            data,
            packed["count"],
            packed["byteStride"],
            packed["mode"],
            None if packed.get("filter", "NONE") == "NONE" else packed["filter"],
        )
        dtype = np.dtype(
            {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4"}[accessor["componentType"]]
        )
        width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[accessor["type"]]
        if packed["mode"] == "TRIANGLES":
            return np.asarray(rows).reshape(-1, 1)
        stored = np.ascontiguousarray(rows).view(np.uint8).reshape(packed["count"], -1)
        start = accessor.get("byteOffset", 0)
        return stored[:, start : start + dtype.itemsize * width].copy().view(dtype)

    def normals(self) -> np.ndarray:
        """Unit vectors, z up."""
        stored = self.attribute("NORMAL").astype(np.float64) / 127
        return np.stack([stored[:, 0], -stored[:, 2], stored[:, 1]], axis=1)
