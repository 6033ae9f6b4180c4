"""Read the surfaces of a Wavefront OBJ file with the colours and textures of its MTL files."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heritage.formats.claims import Claims
from heritage.formats.image import read_image
from heritage.formats.parts import Part, beside, wrong
from heritage.formats.polygons import cut
from heritage.model.arrays import F64, U8
from heritage.model.errors import InputError
from heritage.model.limits import FACE_LIST_LENGTH, LINE_BYTES, VERTICES

I64 = npt.NDArray[np.int64]
# Faces of nothing but one form of corner, and which of position, texture coordinate and normal it has. The
# repetitions give nothing back, so that no text makes the search slow.
_FORMS = (
    (re.compile(r"(?:\d++/\d++/\d++\s*+)++"), [0, 1, 2]),
    (re.compile(r"(?:\d++//\d++\s*+)++"), [0, 2]),
    (re.compile(r"(?:\d++/\d++\s*+)++"), [0, 1]),
    (re.compile(r"(?:\d++\s*+)++"), [0]),
)


@dataclass
class _Content:
    """Lines of the file by what they are; faces by material and part, each with the number of its line."""

    positions: list[str] = field(default_factory=list)
    uvs: list[str] = field(default_factory=list)
    normals: list[str] = field(default_factory=list)
    faces: dict[tuple[str, int | None], list[tuple[int, str, tuple[int, int, int]]]] = field(
        default_factory=dict
    )
    libraries: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Material:
    colour: U8 | None = None
    texture: U8 | None = None


def read_obj(path: Path, claims: Claims | None = None) -> list[Part]:
    """The polygons of the file, cut into triangles, one part for each material. Raises InputError with the
    line where something is wrong, and where an MTL file or a texture it names is not beside it."""
    content = _sorted_lines(path, claims)
    positions = _table(path, content.positions, "v", (3, 4, 6, 7))
    uvs = _table(path, content.uvs, "vt", (1, 2, 3))
    normals = _table(path, content.normals, "vn", (3,))
    materials = _materials(path, content.libraries)
    parts = []
    for (name, owner), lines in content.faces.items():
        if name and name not in materials:
            raise wrong(
                f"{path.name}:{lines[0][0]}", f"the material {name!r}", "one of the file's MTL is needed"
            )
        corners = _corners(path, lines, positions, (len(positions), len(uvs), len(normals)))
        part = _part(path.name, name, corners, positions, uvs, normals, materials.get(name, _Material()))
        parts.append(replace(part, owner=owner))
    return parts


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """Number, first word and the rest of each line."""
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(LINE_BYTES + 1):
            number += 1
            if len(line) > LINE_BYTES:
                raise wrong(f"{path.name}:{number}", "a line without end", f"{LINE_BYTES} bytes are allowed")
            try:
                words = line.decode("utf-8").split(None, 1)
            except UnicodeDecodeError:
                raise wrong(f"{path.name}:{number}", "bytes that are no text", "UTF-8 is allowed") from None
            if words:
                yield number, words[0], words[1].rstrip() if len(words) > 1 else ""


def _sorted_lines(path: Path, claims: Claims | None) -> _Content:
    content = _Content()
    material, thing = "", ""
    groups: tuple[str, ...] = ()
    owner: int | None = None
    asked = claims is not None
    for number, key, rest in _lines(path):
        match key:
            case "v":
                content.positions.append(rest)
            case "vt":
                content.uvs.append(rest)
            case "vn":
                content.normals.append(rest)
            case "f":
                # How many of each stood above: indices below 0 count back from here.
                above = (len(content.positions), len(content.uvs), len(content.normals))
                if asked and claims is not None:
                    names = (thing, *groups, material)
                    owner = claims.owner(f"{path.name}:{number}", tuple(n[:100] for n in names if n))
                    asked = False
                content.faces.setdefault((material, owner), []).append((number, rest, above))
            case "usemtl":
                material, asked = rest.strip(), claims is not None
            case "o":
                thing, asked = rest.strip(), claims is not None
            case "g":
                groups, asked = tuple(rest.split()), claims is not None
            case "mtllib":
                content.libraries.append((number, rest.strip()))
    if len(content.positions) > VERTICES:
        raise wrong(path.name, f"{len(content.positions)} vertices", f"up to {VERTICES} are allowed")
    return content


def _table(path: Path, lines: list[str], key: str, widths: tuple[int, ...]) -> F64:
    if not lines:
        return np.empty((0, widths[0]))
    if any(not line or line[0] == "#" for line in lines):
        raise wrong(path.name, f"a {key} line without numbers", f"{' or '.join(map(str, widths))} are needed")
    try:
        table = np.loadtxt(lines, np.float64, comments="#", ndmin=2)
    except ValueError as error:
        raise wrong(path.name, f"among its {key} lines: {error}", "numbers are allowed") from None
    if len(table) != len(lines) or table.shape[1] not in widths:
        found = f"{key} lines of {table.shape[1]} numbers"
        raise wrong(path.name, found, f"{' or '.join(map(str, widths))} are allowed")
    return table


def _corners(
    path: Path,
    lines: list[tuple[int, str, tuple[int, int, int]]],
    positions: F64,
    sizes: tuple[int, int, int],
) -> I64:
    """Triangles (t, 3, 3): per corner the places of position, texture coordinate and normal, -1 for none."""
    quick = _uniform_corners([text for _, text, _ in lines], sizes)
    if quick is not None:
        return _triangles(path, quick, [number for number, _, _ in lines], positions)
    by_length: dict[int, tuple[list[int], list[list[tuple[int, int, int]]]]] = {}
    for number, text, above in lines:
        where = f"{path.name}:{number}"
        words = text.split("#")[0].split()
        if not 3 <= len(words) <= FACE_LIST_LENGTH:
            raise wrong(where, f"a face of {len(words)} corners", f"3 to {FACE_LIST_LENGTH} are allowed")
        corners = [_corner(where, word, above, sizes) for word in words]
        numbers, faces = by_length.setdefault(len(words), ([], []))
        numbers.append(number)
        faces.append(corners)
    triangles = [
        _triangles(path, np.array(faces, np.int64), numbers, positions)
        for numbers, faces in by_length.values()
    ]
    return np.concatenate(triangles)


def _triangles(path: Path, faces: I64, numbers: list[int], positions: F64) -> I64:
    """Faces (n, k, 3) of lines ``numbers`` as triangles (t, 3, 3)."""
    order = cut(faces[:, :, 0], positions[:, :3], lambda row: f"{path.name}:{numbers[row]}")
    return faces.reshape(-1, 3)[order]


def _uniform_corners(texts: list[str], sizes: tuple[int, int, int]) -> I64 | None:
    """Faces (n, k, 3) as `_triangles` takes them, much faster, where they are of one length and one form with indices that
    exist and do not count back, which is what most programs write; None for any others."""
    joined = "\n".join(texts)
    form = next((places for pattern, places in _FORMS if pattern.fullmatch(joined)), None)
    if form is None:
        return None
    try:
        table = np.loadtxt(io.StringIO(joined.replace("/", " ")), np.int64, ndmin=2)
    except ValueError:
        return None
    width = len(form)
    length = table.shape[1] // width
    if len(table) != len(texts) or table.shape[1] % width or not 3 <= length <= FACE_LIST_LENGTH:
        return None
    corners = np.full((len(table) * length, 3), -1, np.int64)
    corners[:, form] = table.reshape(-1, width) - 1
    if (corners[:, form] < 0).any() or (corners >= np.array(sizes)).any():
        return None
    return corners.reshape(-1, length, 3)


def _corner(
    where: str, word: str, above: tuple[int, int, int], sizes: tuple[int, int, int]
) -> tuple[int, int, int]:
    indices = []
    cells = word.split("/")
    for k in range(3):
        cell = cells[k] if k < len(cells) else ""
        if not cell and k:
            indices.append(-1)
            continue
        try:
            value = int(cell)
        except ValueError:
            raise wrong(where, f"the corner {word[:40]!r}", "v, v/vt, v//vn or v/vt/vn is allowed") from None
        place = value - 1 if value > 0 else above[k] + value
        if value == 0 or not 0 <= place < sizes[k]:
            raise wrong(where, f"the index {value}", f"1 to {sizes[k]}, or counted back, is allowed")
        indices.append(place)
    return indices[0], indices[1], indices[2]


def _part(
    file: str, name: str, corners: I64, positions: F64, uvs: F64, normals: F64, material: _Material
) -> Part:
    """Corners that agree in all three places become one vertex."""
    flat = corners.reshape(-1, 3)
    sizes = np.array([len(positions), len(uvs), len(normals)]) + 1
    key = ((flat[:, 0] + 1) * sizes[1] + flat[:, 1] + 1) * sizes[2] + flat[:, 2] + 1
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    position, uv, normal = flat[first].T
    count = len(first)
    rgb: U8 | None = None
    if material.texture is None and positions.shape[1] >= 6:
        # Colours behind the position are a habit, not part of the format: 0 to 1, sRGB as the tools mean it.
        rgb = _vertex_colours(file, positions[:, -3:], position)
    elif material.texture is None and material.colour is not None:
        rgb = np.tile(material.colour, (count, 1))
    with_uv = material.texture is not None and (uv >= 0).all() and uvs.shape[1] >= 2
    if material.texture is not None and not with_uv:
        raise wrong(name, "a textured surface with corners without texture coordinates", "each needs one")
    return Part(
        positions[position][:, :3],
        place.reshape(-1, 3).astype(np.int64),
        normals[normal] if len(normals) and (normal >= 0).all() else None,
        # OBJ counts from the picture's bottom left.
        np.column_stack([uvs[uv, 0], 1 - uvs[uv, 1]]) if with_uv else None,
        rgb,
        material.texture,
        name[:100] or "surface",
    )


def _vertex_colours(file: str, colours: F64, used: I64) -> U8:
    values = colours[used]
    outside = ~((values >= 0) & (values <= 1)).all(axis=1)
    if outside.any():
        bad = int(outside.argmax())
        raise InputError(
            f"{file}, vertex {used[bad] + 1}", f"the colour {', '.join(f'{v:g}' for v in values[bad])}",
            "0 to 1 is allowed", "divide colours from 0 to 255 by 255, or export the model as PLY or GLB",
            code="model-invalid",
        )  # fmt: skip
    return np.asarray(np.rint(values * 255), np.uint8)


def _materials(path: Path, libraries: list[tuple[int, str]]) -> dict[str, _Material]:
    materials: dict[str, _Material] = {}
    for number, library in libraries:
        mtl = beside(f"{path.name}:{number}", path.parent, library)
        colours: dict[str, U8] = {}
        textures: dict[str, U8] = {}
        names: list[str] = []
        for line_number, key, rest in _lines(mtl):
            where = f"{mtl.name}:{line_number}"
            if key.lower() == "newmtl":
                names.append(rest.strip())
            elif key.lower() == "kd" and names:
                colours[names[-1]] = _colour(where, rest)
            elif key.lower() == "map_kd" and names:
                image = beside(where, mtl.parent, _picture_name(where, rest.strip()))
                textures[names[-1]] = read_image(image)
        materials |= {name: _Material(colours.get(name), textures.get(name)) for name in names}
    return materials


def _colour(where: str, text: str) -> U8:
    try:
        values = np.array([float(word) for word in text.split()], np.float64)
    except ValueError:
        values = np.empty(0)
    if len(values) != 3 or not ((values >= 0) & (values <= 1)).all():
        raise wrong(where, f"Kd {text.strip()[:40]}", "three numbers from 0 to 1 are allowed")
    return np.asarray(np.rint(values * 255), np.uint8)


def _picture_name(where: str, text: str) -> str:
    """The file name of a map_Kd line. Options before it shift or clamp the picture, so they are refused."""
    if text.startswith("-"):
        raise wrong(
            where, f"map_Kd with the option {shlex.quote(text.split()[0])}", "a plain file name is allowed"
        )
    if not text:
        raise InputError(where, "map_Kd without a file name", "a file name is needed", code="model-invalid")
    return text
