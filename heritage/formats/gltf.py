"""Write surfaces as binary glTF: compact tiles for the viewer, and a plain file any program opens.

glTF is y up: our (x, y, z) is written (x, z, -y).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import meshopt
import numpy as np
import numpy.typing as npt

from heritage import __version__
from heritage.formats.glb import Builder
from heritage.formats.gltf_parts import add_part_table, part_nodes
from heritage.formats.texture import jpeg, webp
from heritage.model.arrays import F32, F64, U8, Mesh, PointCloud
from heritage.model.colour import to_linear
from heritage.model.errors import InputError
from heritage.model.tiles import StatePart

GENERATOR: Final = f"Heritage {__version__}"
NO_DATA: Final = -32768
_STEPS: Final = 65_535
_UV_PER_TEXEL: Final = 4.0  # steps of texture coordinates, at least: nobody sees finer than a quarter
STONE: Final = [0.61, 0.58, 0.53, 1.0]  # linear light, for surfaces without any colour


def write_glb(
    surface: Mesh,
    points: PointCloud | None = None,
    *,
    step_m: float,
    texel_m: float | None = None,
    lit: bool = False,
    change_scale_m: tuple[float, ...] = (),
    parts: Sequence[StatePart] = (),
    quality: int = 85,
) -> bytes:
    """One tile: positions in whole steps of ``step_m`` (16 bits), normals 8 bits, uv in quarters of a texel, WebP, meshopt.

    Positions are multiples of ``step_m`` from the surface's origin. With ``texel_m`` the texture's charts are `unwrap`'s,
    laid out by ``gltf_axes`` at so many metres a texel: uv are then in steps too, where these are fine enough, and from vertex
    to vertex of a chart the same numbers as two of the position's. ``lit`` leaves out KHR_materials_unlit.
    ``surface.change`` is written as ``_CHANGE_k`` in units of ``change_scale_m[k]``, ``surface.filled`` as
    ``_FILLED``, 8 bits. With ``parts`` the surface is that of a state, and ``surface.part`` says which of them a
    vertex belongs to. ``points`` become a second node in their own linear colours. Raises InputError where the
    surface is larger than 65,535 steps or a change does not fit its scale.
    """
    glb = Builder(GENERATOR, compressed=True)
    glb.uses("KHR_mesh_quantization", required=True)
    mesh = _ordered(surface)
    attributes: dict[str, int] = {}
    grid, placed = _quantised(mesh.vertices, mesh.origin, step_m, mesh.name)
    levels = np.ones(2)
    if mesh.uv is not None and mesh.texture is not None:
        levels = _uv_levels(mesh.texture, None if texel_m is None else texel_m / step_m)
        uv = np.rint(np.clip(mesh.uv.astype(np.float64), 0, 1) * levels).astype(np.uint16)
        attributes["POSITION"], attributes["TEXCOORD_0"] = glb.interleaved(grid, uv)
    else:
        attributes["POSITION"] = glb.attribute(grid, bounds=True)
    if mesh.normals is not None and lit:
        attributes["NORMAL"] = glb.attribute(y_up(mesh.normals), octahedral=True)
    primitive: dict[str, Any] = {
        "attributes": attributes,
        "indices": glb.indices(mesh.triangles.ravel().astype(np.uint32)),
        "material": add_material(glb, mesh, lit=lit, quality=quality, uv_levels=levels),
    }
    if parts:
        add_part_table(glb, mesh, parts, primitive)
    else:
        _add_properties(glb, mesh, change_scale_m, primitive)
    nodes = [
        glb.add(
            "nodes", {"mesh": glb.add("meshes", {"name": mesh.name, "primitives": [primitive]}), **placed}
        )
    ]
    if points is not None:
        nodes.append(add_points(glb, points, "context"))
    glb.add("scenes", {"nodes": nodes})
    return glb.finish()


def write_plain_glb(
    mesh: Mesh, *, lit: bool = False, parts: Sequence[StatePart] = (), quality: int = 88
) -> bytes:
    """One mesh for download: floats, JPEG, no compression, no extension but KHR_materials_unlit.

    Positions are relative to the mesh's origin (near zero, as float32 wants it). ``parts`` of a state become nodes.
    """
    glb = Builder(GENERATOR, compressed=False)
    attributes = plain_attributes(glb, mesh)
    material = add_material(glb, mesh, lit=lit, quality=quality, plain=True)
    if parts:
        glb.add("scenes", {"nodes": part_nodes(glb, mesh, parts, attributes, material)})
        return glb.finish()
    primitive = {
        "attributes": attributes,
        "indices": glb.indices(mesh.triangles.ravel().astype(np.uint32)),
        "material": material,
    }
    glb.add("nodes", {"mesh": glb.add("meshes", {"name": mesh.name, "primitives": [primitive]})})
    glb.add("scenes", {"nodes": [0]})
    return glb.finish()


def plain_attributes(glb: Builder, mesh: Mesh) -> dict[str, int]:
    """The mesh's vertices as floats, relative to its origin, y up; normals and texture coordinates where it has them."""
    attributes = {"POSITION": glb.attribute(y_up(mesh.vertices), bounds=True)}
    if mesh.normals is not None:
        attributes["NORMAL"] = glb.attribute(y_up(mesh.normals), octahedral=True)
    if mesh.uv is not None and mesh.texture is not None:
        attributes["TEXCOORD_0"] = glb.attribute(mesh.uv)
    return attributes


def y_up(xyz: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(n, 3) z-up places or directions as glTF and USD want them here: (x, z, -y)."""
    return np.stack([xyz[:, 0], xyz[:, 2], -xyz[:, 1]], axis=1)


def _ordered(mesh: Mesh) -> Mesh:
    """Vertices and triangles in the order that packs best; a graphics card's cache of 16 misses a tenth more vertices."""
    indices, place, used = meshopt.reorder_mesh(mesh.triangles.astype(np.uint32), True, True)
    where = place[place < used]

    def moved(values: npt.NDArray[Any] | None) -> npt.NDArray[Any] | None:
        if values is None:
            return None
        result = np.empty((used, *values.shape[1:]), values.dtype)
        result[where] = values[place < used]
        return result

    return mesh.with_(
        vertices=moved(mesh.vertices),
        triangles=indices.reshape(-1, 3).astype(np.int32),
        normals=moved(mesh.normals),
        uv=moved(mesh.uv),
        rgb=moved(mesh.rgb),
        change=moved(mesh.change),
        filled=moved(mesh.filled),
        part=moved(mesh.part),
    )


def _quantised(
    xyz: F32, origin: F64, step: float, name: str
) -> tuple[npt.NDArray[np.uint16], dict[str, Any]]:
    """Positions (n, 3) as y-up steps from their least corner, and the node that undoes it."""
    steps = np.rint(y_up(xyz).astype(np.float64) / step)
    low = steps.min(0)
    if (steps.max(0) - low).max() > _STEPS:
        raise InputError(
            name,
            f"{(steps.max(0) - low).max():.0f} steps of {step} m along one axis",
            f"up to {_STEPS} are allowed",
            "use a larger step",
            code="gltf-step",
        )
    corner = low * step + y_up(origin[None])[0]
    return (steps - low).astype(np.uint16), {"translation": corner.tolist(), "scale": [step] * 3}


def _uv_levels(texture: U8, steps: float | None) -> F64:
    """(2,) the whole numbers that stand for the texture's width and height: ``steps`` to a texel, if these are no coarser
    than need be and 16 bits hold them."""
    size = np.array(texture.shape[1::-1], np.float64)
    most = _STEPS / float(size.max())
    if steps is None or not _UV_PER_TEXEL <= steps <= most:
        steps = min(_UV_PER_TEXEL, most)
    return np.asarray(size * steps)


def add_material(
    glb: Builder, mesh: Mesh, *, lit: bool, quality: int, plain: bool = False, uv_levels: F64 | None = None
) -> int:
    """The mesh's material; its index. ``plain``: JPEG, whole texture coordinates, nothing a program could miss.

    ``uv_levels`` (2,) are the whole numbers that texture coordinates have as the texture's width and height.
    """
    look: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 1.0}
    if mesh.texture is not None and mesh.uv is not None:
        # Charts end inside the texture: nothing may repeat. 9729 linear, 9987 linear with mipmaps, 33071 clamp.
        sampler = glb.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071})
        if plain:
            texture: dict[str, Any] = {
                "sampler": sampler,
                "source": glb.image(jpeg(mesh.texture, quality), "image/jpeg"),
            }
        else:
            source = glb.image(webp(mesh.texture, quality), "image/webp")
            texture = {"sampler": sampler, "extensions": {"EXT_texture_webp": {"source": source}}}
            glb.uses("EXT_texture_webp", required=True)
        shown: dict[str, Any] = {"index": glb.add("textures", texture)}
        if uv_levels is not None:
            # Small whole numbers pack better than fractions of 65,535; this makes them fractions of the texture.
            shown["extensions"] = {"KHR_texture_transform": {"scale": (_STEPS / uv_levels).tolist()}}
            glb.uses("KHR_texture_transform", required=True)
        look["baseColorTexture"] = shown
    else:
        look["baseColorFactor"] = STONE
    material: dict[str, Any] = {"pbrMetallicRoughness": look, "doubleSided": True}
    if not lit:
        material["extensions"] = {"KHR_materials_unlit": {}}
        glb.uses("KHR_materials_unlit")
    return glb.add("materials", material)


def _add_properties(glb: Builder, mesh: Mesh, scales: tuple[float, ...], primitive: dict[str, Any]) -> None:
    """Vertex attributes ``_CHANGE_k`` and ``_FILLED``, and their declaration by EXT_structural_metadata."""
    count = 0 if mesh.change is None else mesh.change.shape[1]
    if not count and mesh.filled is None:
        return
    if len(scales) != count:
        raise InputError(
            "change",
            f"{count} comparisons and {len(scales)} scales",
            "one scale each",
            code="gltf-change",
        )
    properties: dict[str, Any] = {}
    names: dict[str, str] = {}
    if mesh.change is not None:
        for k, scale in enumerate(scales):
            names[f"change_{k}"] = f"_CHANGE_{k}"
            stored = _stored_change(mesh.change[:, k], scale)
            primitive["attributes"][f"_CHANGE_{k}"] = glb.attribute(stored, normalized=True)
            properties[f"change_{k}"] = {
                "description": "signed distance, outside positive, and its level of detection (95 %), metres",
                "type": "VEC2",
                "componentType": "INT16",
                "normalized": True,
                "scale": [scale, scale],
                "noData": [NO_DATA, NO_DATA],
            }
    if mesh.filled is not None:
        names["filled"] = "_FILLED"
        primitive["attributes"]["_FILLED"] = glb.attribute(mesh.filled[:, None], normalized=True)
        properties["filled"] = {
            "description": "1 where the surface was filled in (interpreted), 0 where it was measured",
            "type": "SCALAR",
            "componentType": "UINT8",
            "normalized": True,
        }
    glb.document["extensions"] = {
        "EXT_structural_metadata": {
            "schema": {"id": "heritage", "classes": {"surface": {"properties": properties}}},
            "propertyAttributes": [
                {
                    "class": "surface",
                    "properties": {key: {"attribute": name} for key, name in names.items()},
                }
            ],
        }
    }
    primitive["extensions"] = {"EXT_structural_metadata": {"propertyAttributes": [0]}}
    glb.uses("EXT_structural_metadata")


def _stored_change(change: F32, scale: float) -> npt.NDArray[np.int16]:
    """One comparison (v, 2) metres in units of ``scale``, 16 bits."""
    values = change.astype(np.float64) / scale
    known = np.isfinite(values).all(1)
    if known.any() and np.abs(values[known]).max() > 1 + 1e-6:
        raise InputError(
            "change",
            f"{np.abs(values[known]).max() * scale:.3f} m",
            f"up to {scale} m fits the scale",
            code="gltf-change",
        )
    stored = np.full(values.shape, NO_DATA, np.int16)
    stored[known] = np.rint(np.clip(values[known], -1, 1) * 32767)
    return stored


def add_points(glb: Builder, points: PointCloud, name: str, labels: Mapping[str, U8] | None = None) -> int:
    """A node with the points, near ones near in the file; their own grid of 16 bits.

    ``labels`` are further attributes, (n,) uint8 each, which the file's first property attribute describes.
    """
    order = meshopt.reorder_points(points.xyz).argsort()
    cloud = points.select(order)
    step = 2.0 ** np.ceil(np.log2(max(float(np.ptp(cloud.xyz, axis=0).max()) / (_STEPS - 1), 1e-9)))
    grid, placed = _quantised(cloud.xyz, cloud.origin, float(step), name)
    attributes = {"POSITION": glb.attribute(grid, bounds=True)}
    for label, values in (labels or {}).items():
        attributes[label] = glb.attribute(values[order][:, None])
    if cloud.rgb is not None:
        # COLOR_0 is linear light; 8 bits would be too coarse for dark leaves.
        attributes["COLOR_0"] = glb.attribute(
            np.rint(to_linear(cloud.rgb) * np.float32(_STEPS)).astype(np.uint16), normalized=True
        )
    material: dict[str, Any] = {
        "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 1.0},
        "extensions": {"KHR_materials_unlit": {}},
    }
    glb.uses("KHR_materials_unlit")
    primitive: dict[str, Any] = {
        "attributes": attributes,
        "mode": 0,
        "material": glb.add("materials", material),
    }
    if labels:
        primitive["extensions"] = {"EXT_structural_metadata": {"propertyAttributes": [0]}}
    return glb.add("nodes", {"mesh": glb.add("meshes", {"name": name, "primitives": [primitive]}), **placed})
