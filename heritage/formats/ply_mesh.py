"""Read the surface of a PLY file: its vertices as `ply` does, its faces, and the texture a comment names."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from heritage.formats.claims import Claims
from heritage.formats.image import read_image
from heritage.formats.parts import Part, beside, wrong
from heritage.formats.ply import (
    ascii_lines,
    check_size,
    colours,
    columns_of,
    stacked,
    vertex_element,
    vertex_tables,
)
from heritage.formats.ply_header import Element, PlyHeader, Property, read_ply_header
from heritage.formats.polygons import cut
from heritage.formats.reader import fewer
from heritage.model.arrays import F64, U8
from heritage.model.limits import FACE_LIST_LENGTH, VERTICES

_CORNERS = ("vertex_indices", "vertex_index")
_VERTEX_UV = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))
# A face as its lists in order: (length, values).
Lists = dict[str, npt.NDArray[np.float64]]


def read_ply_mesh(path: Path, claims: Claims | None = None) -> list[Part]:
    """The faces of a PLY file, cut into triangles. Raises InputError naming what is wrong."""
    ply = read_ply_header(path)
    vertices = vertex_element(ply)
    faces = ply.element("face")
    if faces is None or faces is not ply.elements[1] or faces.rows == 0 or vertices.rows == 0:
        raise wrong(path.name, "no faces right behind the vertices", "a mesh has an element face")
    if max(vertices.rows, faces.rows) > VERTICES:
        raise wrong(
            path.name, f"{vertices.rows} vertices, {faces.rows} faces", f"up to {VERTICES} are allowed"
        )
    corner = next((p for p in faces.properties if p.name in _CORNERS and p.count is not None), None)
    if corner is None:
        raise wrong(
            path.name, "faces without a list of vertices", f"a list {' or '.join(_CORNERS)} is needed"
        )
    check_size(ply)
    with path.open("rb") as stream:
        table = np.concatenate(list(vertex_tables(ply, stream, vertices.rows)))
        groups = (
            _ascii_faces(ply, faces, stream)
            if ply.form == "ascii"
            else _binary_faces(ply, faces, stream, ply.form)
        )
    columns = columns_of(path.name, vertices)
    xyz = stacked(table, columns.xyz, np.float64)
    normals = None if columns.normal is None else stacked(table, columns.normal, np.float64)
    texture = _texture(path, ply, faces, groups)
    rgb: U8 | None = None
    if texture is None and columns.rgb is not None:
        values = colours(path.name, stacked(table, columns.rgb, None), 0)
        rgb = (values >> 8 if values.dtype == np.uint16 else values).astype(np.uint8)
    uv = _vertex_uv(vertices, table) if texture is not None else None
    polygons = [g[corner.name].astype(np.int64) for g in groups]
    for of_a_length in polygons:
        _check_corners(path, of_a_length, len(xyz))
    cuts = [cut(p, xyz, partial(_face_words, path.name, p)) for p in polygons]
    triangles = np.concatenate([p.reshape(-1)[places] for p, places in zip(polygons, cuts, strict=True)])
    owner = None if claims is None else claims.owner(path.name, ())  # nothing in a PLY has a name
    part = Part(xyz, triangles, normals, uv, rgb, texture, owner=owner)
    if texture is None or uv is not None:
        return [part]
    return [_split(path, part, groups, cuts)]


def _check_corners(path: Path, polygons: npt.NDArray[np.int64], vertices: int) -> None:
    low, high = int(polygons.min()), int(polygons.max())
    if low < 0 or high >= vertices:
        raise wrong(path.name, f"a face uses vertex {low if low < 0 else high}", f"0 to {vertices - 1} exist")


def _face_words(name: str, polygons: npt.NDArray[np.int64], row: int) -> str:
    """Where a face stands, for faces of different lengths are not kept in the file's order."""
    return f"{name}, the face of vertices {', '.join(map(str, polygons[row, :4]))}, ..."


def _texture(path: Path, ply: PlyHeader, faces: Element, groups: list[Lists]) -> U8 | None:
    if not ply.textures:
        return None
    if len(ply.textures) > 1:
        raise wrong(path.name, f"{len(ply.textures)} textures", "one is allowed: export the model as GLB")
    return read_image(beside(path.name, path.parent, ply.textures[0]))


def _vertex_uv(vertices: Element, table: npt.NDArray[np.void]) -> F64 | None:
    names = {p.name for p in vertices.properties}
    pair = next((pair for pair in _VERTEX_UV if names.issuperset(pair)), None)
    if pair is None:
        return None
    uv = stacked(table, pair, np.float64)
    # PLY has no rule of its own; every writer counts from the bottom left, as OpenGL does.
    return np.column_stack([uv[:, 0], 1 - uv[:, 1]])


def _split(path: Path, part: Part, groups: list[Lists], cuts: list[npt.NDArray[np.int64]]) -> Part:
    """A texture coordinate for each corner: the list ``texcoord`` of u and v in turn. Corners become vertices
    of their own where they differ."""
    pieces = []
    for group, places in zip(groups, cuts, strict=True):
        if "texcoord" not in group:
            raise wrong(path.name, "a texture without texture coordinates", "s and t, or a list texcoord")
        uv = group["texcoord"].reshape(len(group["texcoord"]), -1, 2)
        length = next(group[name] for name in _CORNERS if name in group).shape[1]
        if uv.shape[1] != length:
            raise wrong(path.name, f"{uv.shape[1]} texture coordinates for {length} corners", "one for each")
        pieces.append(uv.reshape(-1, 2)[places].reshape(-1, 2))
    uv = np.concatenate(pieces)
    rows = np.column_stack([part.triangles.reshape(-1).astype(np.float64), uv])
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    vertex = part.triangles.reshape(-1)[first]
    return Part(
        part.vertices[vertex],
        place.reshape(-1, 3).astype(np.int64),
        None if part.normals is None else part.normals[vertex],
        np.column_stack([uv[first, 0], 1 - uv[first, 1]]),
        None,
        part.texture,
        owner=part.owner,
    )


def _binary_faces(ply: PlyHeader, faces: Element, stream: BinaryIO, order: Literal["<", ">"]) -> list[Lists]:
    """Faces grouped by the lengths of their lists. Files of triangles only are read at one stroke."""
    start = stream.tell()
    content = stream.read(ply.size - start)
    row = _row(faces, _lengths(ply, faces, content, 0, order), order)
    if faces.rows * row.itemsize <= len(content):
        table = np.frombuffer(content, row, faces.rows)
        counts = [name for name in row.names or () if name.startswith("#")]
        if all((table[name] == table[name][0]).all() for name in counts):
            _ended(ply, faces, start + faces.rows * row.itemsize)
            return [{p.name: table[p.name] for p in faces.properties if p.count is not None}]
    return _mixed_faces(ply, faces, content, start, order)


def _mixed_faces(
    ply: PlyHeader, faces: Element, content: bytes, start: int, order: Literal["<", ">"]
) -> list[Lists]:
    kinds: dict[tuple[int, ...], np.dtype[np.void]] = {}
    places: dict[tuple[int, ...], list[bytes]] = {}
    at = 0
    for _ in range(faces.rows):
        lengths = _lengths(ply, faces, content, at, order)
        if lengths not in kinds:
            kinds[lengths] = _row(faces, lengths, order)
        end = at + kinds[lengths].itemsize
        if end > len(content):
            raise fewer(f"{ply.name}, byte {start + at}", faces.rows, sum(map(len, places.values())), "faces")
        places.setdefault(lengths, []).append(content[at:end])
        at = end
    _ended(ply, faces, start + at)
    tables = [np.frombuffer(b"".join(rows), kinds[lengths]) for lengths, rows in places.items()]
    return [{p.name: table[p.name] for p in faces.properties if p.count is not None} for table in tables]


def _lengths(
    ply: PlyHeader, faces: Element, content: bytes, at: int, order: Literal["<", ">"]
) -> tuple[int, ...]:
    """The lengths of the lists of the face at ``at``."""
    lengths = []
    for p in faces.properties:
        if p.count is None:
            at += np.dtype(p.kind).itemsize
            continue
        size = np.dtype(p.count).itemsize
        if at + size > len(content):
            raise fewer(ply.name, faces.rows, 0, "whole faces")
        length = int(np.frombuffer(content, order + p.count, 1, at)[0])
        lengths.append(_allowed(ply, p, length))
        at += size + length * np.dtype(p.kind).itemsize
    return tuple(lengths)


def _allowed(ply: PlyHeader, p: Property, length: int) -> int:
    least = 3 if p.name in _CORNERS else 0
    if not least <= length <= FACE_LIST_LENGTH:
        raise wrong(ply.name, f"a list {p.name} of {length}", f"{least} to {FACE_LIST_LENGTH} is allowed")
    return length


def _row(faces: Element, lengths: tuple[int, ...], order: Literal["<", ">"]) -> np.dtype[np.void]:
    """A face whose lists have these lengths, as a fixed row; "#name" is the length of the list ``name``."""
    left = list(lengths)
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for p in faces.properties:
        if p.count is None:
            fields.append((p.name, order + p.kind))
        else:
            fields += [(f"#{p.name}", order + p.count), (p.name, order + p.kind, (left.pop(0),))]
    return np.dtype(fields)


def _ended(ply: PlyHeader, faces: Element, at: int) -> None:
    if faces is ply.elements[-1] and at != ply.size:
        raise wrong(f"{ply.name}, byte {at}", f"{ply.size - at} bytes more than promised", "both must agree")


def _ascii_faces(ply: PlyHeader, faces: Element, stream: BinaryIO) -> list[Lists]:
    lines = ascii_lines(ply, stream, faces.rows)
    if len(lines) < faces.rows:
        raise fewer(ply.name, faces.rows, len(lines), "faces")
    groups: dict[tuple[int, ...], list[list[float]]] = {}
    for k, line in enumerate(lines):
        try:
            numbers = [float(word) for word in line.split()]
        except ValueError:
            raise wrong(f"{ply.name}, face {k}", line.strip()[:60], "numbers are allowed") from None
        lengths: list[int] = []
        at = 0
        for p in faces.properties:
            if p.count is not None and at < len(numbers):
                lengths.append(_allowed(ply, p, int(numbers[at])))
                at += lengths[-1]
            at += 1
        if at != len(numbers):
            raise wrong(f"{ply.name}, face {k}", f"{len(numbers)} numbers", f"{at} are needed")
        groups.setdefault(tuple(lengths), []).append(numbers)
    found = []
    for key, rows in groups.items():
        table = np.array(rows)
        left, at, lists = list(key), 0, {}
        for p in faces.properties:
            if p.count is not None:
                lists[p.name] = table[:, at + 1 : at + 1 + left[0]]
                at += left.pop(0)
            at += 1
        found.append(lists)
    return found
