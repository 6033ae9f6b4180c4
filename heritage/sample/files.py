"""Writers of what a survey delivers: LAZ, E57, PLY, GLB; the same bytes for the same values, E57 apart."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import laspy
import numpy as np
import numpy.typing as npt
import pye57
import pyproj

from heritage.model.arrays import F32, F64, I32, U8


def write_laz(path: Path, xyz: F64, rgb: U8, captured: date, crs: pyproj.CRS | None = None) -> None:
    """LAS 1.4 point format 7, compressed; 0.5 mm steps, 16-bit colours, the CRS as WKT where given."""
    header = laspy.LasHeader(version="1.4", point_format=7)
    header.scales = np.full(3, 0.0005)
    header.offsets = np.floor(xyz.min(0))
    header.creation_date = captured
    header.generating_software = "heritage sample"
    if crs is not None:
        header.add_crs(crs)
    las = laspy.LasData(header)
    las.x, las.y, las.z = xyz.T
    las.red, las.green, las.blue = (rgb.astype(np.uint16) * 257).T
    las.return_number = np.ones(len(xyz), np.uint8)
    las.number_of_returns = np.ones(len(xyz), np.uint8)
    las.write(str(path))


def write_e57(path: Path, xyz: F64, rgb: U8) -> None:
    """One scan, pose identity, single precision. Each file gets a new GUID, so no two are the same bytes."""
    file = pye57.E57(str(path), mode="w")
    try:
        data = dict(zip(("cartesianX", "cartesianY", "cartesianZ"), np.ascontiguousarray(xyz.T), strict=True))
        colours = dict(zip(("colorRed", "colorGreen", "colorBlue"), np.ascontiguousarray(rgb.T), strict=True))
        file.write_scan_raw({**data, **colours}, name="photogrammetry")
    finally:
        file.close()


def write_ply(path: Path, xyz: F64, rgb: U8, normal: F32) -> None:
    """Binary little-endian PLY with float32 x y z nx ny nz and 8-bit colours."""
    fields = [(f, "<f4") for f in ("x", "y", "z", "nx", "ny", "nz")] + [
        (c, "u1") for c in ("red", "green", "blue")
    ]
    names = {"<f4": "float", "u1": "uchar"}
    table = np.empty(len(xyz), np.dtype(fields))
    for values, columns in ((xyz, "x y z"), (normal, "nx ny nz"), (rgb, "red green blue")):
        for k, column in enumerate(columns.split()):
            table[column] = values[:, k]
    header = [
        "ply",
        "format binary_little_endian 1.0",
        "comment heritage sample",
        f"element vertex {len(xyz)}",
    ]
    header += [f"property {names[kind]} {name}" for name, kind in fields]
    path.write_bytes("\n".join([*header, "end_header", ""]).encode("ascii") + table.tobytes())


def write_glb(path: Path, vertices: F32, normals: F32, pieces: Mapping[str, I32], srgb: F64) -> None:
    """glTF 2.0 binary with vertex colours (16-bit linear, as glTF wants them); every piece is a node with its name.

    Input is z up, metres, colours (v, 3) sRGB in 0..1; the file is y up: (x, z, -y). ``pieces`` are triangles (t, 3).
    """

    def turned(a: F32) -> F32:
        return np.ascontiguousarray(np.column_stack([a[:, 0], a[:, 2], -a[:, 1]]), np.float32)

    position = turned(vertices)
    low, high = position.min(0), position.max(0)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    colour = np.full((len(vertices), 4), 65535, "<u2")
    colour[:, :3] = np.rint(linear * 65535)
    parts: list[tuple[npt.NDArray[np.generic], int, str, int]] = [
        (position, 5126, "VEC3", 34962),
        (turned(normals), 5126, "VEC3", 34962),
        (colour, 5123, "VEC4", 34962),
        *(
            (np.ascontiguousarray(triangles, "<u4").reshape(-1), 5125, "SCALAR", 34963)
            for triangles in pieces.values()
        ),
    ]
    views: list[dict[str, object]] = []
    accessors: list[dict[str, object]] = []
    offset = 0
    for array, kind, shape, target in parts:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": array.nbytes, "target": target})
        accessor = {
            "bufferView": len(accessors),
            "componentType": kind,
            "count": len(array),
            "type": shape,
        }
        if kind == 5123:
            accessor["normalized"] = True
        accessors.append(accessor)
        offset += array.nbytes
    accessors[0] |= {"min": low.tolist(), "max": high.tolist()}
    document = {
        "asset": {"version": "2.0", "generator": "heritage sample"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(pieces)))}],
        "nodes": [{"name": name, "mesh": k} for k, name in enumerate(pieces)],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.75}}],
        "meshes": [
            {
                "name": name,
                "primitives": [
                    {
                        "attributes": {"POSITION": 0, "NORMAL": 1, "COLOR_0": 2},
                        "indices": 3 + k,
                        "material": 0,
                    }
                ],
            }
            for k, name in enumerate(pieces)
        ],
        "buffers": [{"byteLength": offset}],
        "bufferViews": views,
        "accessors": accessors,
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(array.tobytes() for array, *_ in parts)
    size = 12 + 8 + len(text) + 8 + len(body)
    with path.open("wb") as file:
        file.write(struct.pack("<4sIIII", b"glTF", 2, size, len(text), 0x4E4F534A) + text)
        file.write(struct.pack("<II", len(body), 0x004E4942) + body)
