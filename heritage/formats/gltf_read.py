"""Read the surfaces of a glTF 2.0 file: nodes applied, one part for each material."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.claims import Claims
from heritage.formats.gltf_file import GltfFile, open_gltf
from heritage.formats.gltf_material import Material, read_material
from heritage.formats.parts import Part, joined, wrong
from heritage.model.arrays import F64
from heritage.model.colour import to_srgb
from heritage.model.errors import InputError
from heritage.model.limits import GLTF_DEPTH, GLTF_NODES, VERTICES

# Required extensions that change nothing we read, or that we follow.
_UNDERSTOOD = {
    "EXT_meshopt_compression",
    "KHR_mesh_quantization",
    "KHR_materials_unlit",
    "KHR_texture_transform",
    "EXT_texture_webp",
    "EXT_structural_metadata",
}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_FLAT = 1e-12
_INSTANCES = "EXT_mesh_gpu_instancing"


def read_gltf(path: Path, claims: Claims | None = None) -> list[Part]:
    """The triangles of the file's scene in file coordinates (y up). Raises InputError, see ``read_model``."""
    file = open_gltf(path)
    required = file.json.get("extensionsRequired", [])
    unknown = [str(e)[:60] for e in required if e not in _UNDERSTOOD] if isinstance(required, list) else ["?"]
    if unknown:
        raise wrong(
            path.name,
            f"it requires {', '.join(unknown)}",
            "plain glTF 2.0 is allowed: export without compression and without such extensions",
        )
    groups: dict[tuple[Any, ...], list[Part]] = {}
    materials: dict[Any, Material] = {}
    size = 0
    for matrix, mesh, names in named_meshes(file):
        for primitive in primitives(file, mesh):
            index = primitive.get("material")
            if index not in materials:
                materials[index] = read_material(file, index)
            part = part_of(file, primitive, materials[index], matrix)
            size += len(part.vertices) + len(part.triangles)
            if size > 2 * VERTICES:
                raise wrong(
                    path.name, f"more than {VERTICES} vertices or triangles", f"up to {VERTICES} are allowed"
                )
            if claims is not None:
                every = (*names, *([part.name] if index is not None else []))
                part = replace(part, owner=claims.owner(path.name, every))
            held = tuple(getattr(part, name) is None for name in ("normals", "uv", "rgb"))
            groups.setdefault((index, part.owner, *held), []).append(part)
    return [joined(parts) for parts in groups.values()]


def read_triangles(path: Path) -> tuple[F64, npt.NDArray[np.int64]]:
    """Vertices (n, 3) in file coordinates and triangles (m, 3) of the file's scene: its shape and nothing else.

    Points and lines are left out. Raises InputError as ``read_gltf``.
    """
    file = open_gltf(path)
    vertices, triangles, start = [np.empty((0, 3))], [np.empty((0, 3), np.int64)], 0
    for matrix, mesh in placed_meshes(file):
        for primitive in primitives(file, mesh):
            if primitive.get("mode", _TRIANGLES) not in (_TRIANGLES, _STRIP, _FAN):
                continue
            local = file.accessor(primitive["attributes"].get("POSITION"), ("VEC3",)).astype(np.float64)
            vertices.append(local @ matrix[:3, :3].T + matrix[:3, 3])
            triangles.append(_triangles(file, primitive, len(local)) + start)
            start += len(local)
    return np.concatenate(vertices), np.concatenate(triangles)


def placed_meshes(file: GltfFile) -> Iterator[tuple[F64, dict[str, Any]]]:
    """Each mesh of the scene with its (4, 4) matrix from mesh to file coordinates."""
    return ((matrix, mesh) for matrix, mesh, _ in named_meshes(file))


def named_meshes(file: GltfFile) -> Iterator[tuple[F64, dict[str, Any], tuple[str, ...]]]:
    """As `placed_meshes`, and the names that the mesh, its node and the nodes above it have."""
    nodes = file.json.get("nodes", [])
    if not isinstance(nodes, list) or len(nodes) > GLTF_NODES:
        raise wrong(file.name, "too many nodes", f"up to {GLTF_NODES} are allowed")
    scene = file.item("scenes", file.json.get("scene", 0))
    seen: set[int] = set()
    above: tuple[str, ...] = ()
    stack = [(index, np.eye(4), above) for index in _list(file, scene, "nodes")]
    while stack:
        index, parent, above = stack.pop()
        node = file.item("nodes", index)
        if index in seen or len(above) >= GLTF_DEPTH:
            found = f"nodes[{index}] stands twice or deeper than {GLTF_DEPTH}"
            raise wrong(file.name, found, "a tree of nodes is allowed")
        seen.add(index)
        names = (*above, _name(node))
        matrix = parent @ _matrix(file, node, f"nodes[{index}]")
        if "mesh" in node:
            extensions = node.get("extensions")
            if isinstance(extensions, dict) and _INSTANCES in extensions:
                raise InputError(
                    file.name, f"nodes[{index}] draws its mesh many times ({_INSTANCES})",
                    "a node for each is needed", "export it without instancing", code="model-invalid",
                )  # fmt: skip
            if "skin" in node:
                raise wrong(file.name, f"nodes[{index}] has a skin", "rigid models are allowed")
            # Relative to its size: quantised meshes are scaled by their step, a fraction of a millimetre.
            linear = matrix[:3, :3]
            if not abs(np.linalg.det(linear)) > _FLAT * np.abs(linear).max() ** 3:
                raise wrong(file.name, f"nodes[{index}] flattens its mesh", "a scale other than 0 is needed")
            mesh = file.item("meshes", node["mesh"])
            yield matrix, mesh, tuple(name for name in (*names, _name(mesh)) if name)
        stack += [(child, matrix, names) for child in reversed(_list(file, node, "children"))]


def _name(item: dict[str, Any]) -> str:
    return str(item.get("name") or "")[:100]


def _matrix(file: GltfFile, node: dict[str, Any], where: str) -> F64:
    """A node's own matrix: its 16 numbers (column-major), or translation, rotation (x, y, z, w) and scale."""
    if "matrix" in node:
        return np.ascontiguousarray(file.numbers(node, "matrix", where, 16).reshape(4, 4).T)
    matrix = np.eye(4)
    if "rotation" in node:
        from scipy.spatial.transform import Rotation  # half a second, and most files need none

        rotation = file.numbers(node, "rotation", where, 4)
        if not 0.9 < np.linalg.norm(rotation) < 1.1:
            raise wrong(file.name, f"{where}.rotation is {rotation.tolist()}", "a unit quaternion is needed")
        matrix[:3, :3] = Rotation.from_quat(rotation).as_matrix()
    if "scale" in node:
        matrix[:3, :3] *= file.numbers(node, "scale", where, 3)
    if "translation" in node:
        matrix[:3, 3] = file.numbers(node, "translation", where, 3)
    return matrix


def primitives(file: GltfFile, mesh: dict[str, Any]) -> list[dict[str, Any]]:
    """What a mesh is made of."""
    found = _list(file, mesh, "primitives")
    if not all(isinstance(p, dict) and isinstance(p.get("attributes"), dict) for p in found):
        raise wrong(file.name, "a primitive without attributes", "attributes are needed")
    return found


def part_of(file: GltfFile, primitive: dict[str, Any], material: Material, matrix: F64) -> Part:
    """One primitive of triangles, placed by ``matrix``."""
    attributes = primitive["attributes"]
    local = file.accessor(attributes.get("POSITION"), ("VEC3",)).astype(np.float64)
    linear = matrix[:3, :3]
    n = len(local)

    def attribute(name: str, types: tuple[str, ...]) -> F64 | None:
        if name not in attributes:
            return None
        values = file.accessor(attributes[name], types).astype(np.float64)
        if len(values) != n:
            raise wrong(
                file.name, f"{len(values)} values of {name} for {n} vertices", "one for each is needed"
            )
        return values

    normals = attribute("NORMAL", ("VEC3",))
    uv = attribute(f"TEXCOORD_{material.uv_set}", ("VEC2",)) if material.texture is not None else None
    colour = attribute("COLOR_0", ("VEC3", "VEC4"))
    if material.texture is not None and uv is None:
        raise wrong(file.name, f"a textured surface without TEXCOORD_{material.uv_set}", "it is needed")
    if material.texture is not None and colour is not None and colour[:, :3].min() < 0.999:
        raise wrong(file.name, "a surface with both a texture and vertex colours", "one of them is allowed")
    rgb = None
    if material.texture is None and (colour is not None or material.factor is not None):
        factor = np.ones(3) if material.factor is None else material.factor
        rgb = to_srgb(np.ones((n, 3)) * factor * (1.0 if colour is None else colour[:, :3]))
    triangles = _triangles(file, primitive, n)
    if np.linalg.det(linear) < 0:
        triangles = triangles[:, ::-1]
    return Part(
        local @ linear.T + matrix[:3, 3],
        triangles,
        None if normals is None else normals @ np.linalg.inv(linear),
        None if uv is None else material.placed(uv),
        rgb,
        material.texture,
        material.name,
    )


def _triangles(file: GltfFile, primitive: dict[str, Any], n: int) -> npt.NDArray[np.int64]:
    mode = primitive.get("mode", _TRIANGLES)
    flat = np.arange(n)
    if "indices" in primitive:
        values = file.accessor(primitive["indices"], ("SCALAR",))
        if values.dtype.kind != "u":
            raise wrong(file.name, "indices that are no whole numbers", "unsigned integers are needed")
        flat = values[:, 0].astype(np.int64)
    if mode == _TRIANGLES:
        if len(flat) % 3:
            raise wrong(file.name, f"{len(flat)} corners of triangles", "a multiple of 3 is needed")
        return flat.reshape(-1, 3)
    if mode == _STRIP:
        strip = np.column_stack([flat[:-2], flat[1:-1], flat[2:]])
        strip[1::2] = strip[1::2, ::-1]
        return strip
    if mode == _FAN:
        return np.column_stack([np.full(max(len(flat) - 2, 0), flat[0]), flat[1:-1], flat[2:]])
    raise wrong(file.name, f"a primitive of mode {str(mode)[:20]} (points or lines)", "triangles are allowed")


def _list(file: GltfFile, item: dict[str, Any], key: str) -> list[Any]:
    value = item.get(key, [])
    if not isinstance(value, list):
        raise wrong(file.name, f"{key} is no list", "a list is needed")
    return value
