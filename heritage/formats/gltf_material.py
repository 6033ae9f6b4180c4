"""The base colour of a glTF material: its factor and its texture, as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from heritage.formats.gltf_file import GltfFile
from heritage.formats.image import read_image
from heritage.formats.parts import wrong
from heritage.model.arrays import F64, U8
from heritage.model.colour import LINEAR, to_srgb


@dataclass(frozen=True, eq=False)
class Material:
    """``factor`` (3,) linear, None where the material says no colour; it is already in ``texture`` if there is
    one. ``uv_set`` is which TEXCOORD; ``transform`` (2, 3) maps its coordinates to the picture's."""

    name: str = "surface"
    factor: F64 | None = None
    texture: U8 | None = None
    uv_set: int = 0
    transform: F64 | None = None

    def placed(self, uv: F64) -> F64:
        """Texture coordinates (v, 2) as the picture counts them, (0, 0) at its top left."""
        if self.transform is None:
            return uv
        moved: F64 = uv @ self.transform[:, :2].T + self.transform[:, 2]
        return moved


def read_material(file: GltfFile, index: Any) -> Material:
    """Read ``materials[index]``; None is glTF's default material. Raises InputError where it is damaged."""
    if index is None:
        return Material()
    where = f"materials[{index}]"
    material = file.item("materials", index)
    name = str(material.get("name") or f"material-{index}")[:100]
    pbr = material.get("pbrMetallicRoughness", {})
    if not isinstance(pbr, dict):
        raise wrong(file.name, f"{where}.pbrMetallicRoughness is no object", "an object is needed")
    factor = file.numbers(pbr, "baseColorFactor", where, 4)[:3] if "baseColorFactor" in pbr else None
    if factor is not None and not ((factor >= 0) & (factor <= 1)).all():
        raise wrong(file.name, f"{where}.baseColorFactor is {factor.tolist()}", "0 to 1 is allowed")
    info = pbr.get("baseColorTexture")
    if not isinstance(info, dict):
        return Material(name, factor)
    texture = _picture(file, info.get("index"))
    if factor is not None and factor.min() < 1:
        # 256 values a channel: a table does what a 16 k picture in floats could not.
        table = to_srgb(LINEAR[:, None] * factor)
        texture = np.stack([table[texture[:, :, c], c] for c in range(3)], axis=2)
    extension = _extension(info, "KHR_texture_transform")
    uv_set = file.whole(extension, "texCoord", where, file.whole(info, "texCoord", where, 0))
    return Material(name, factor, texture, uv_set, _transform(file, extension, where))


def _picture(file: GltfFile, index: Any) -> U8:
    texture = file.item("textures", index)
    source = _extension(texture, "EXT_texture_webp").get("source", texture.get("source"))
    image = file.item("images", source)
    where = f"images[{source}]"
    data = bytes(file.view(image["bufferView"])[0]) if "bufferView" in image else file.bytes_of(image, where)
    return read_image(data, f"{file.name}, {where}")


def _transform(file: GltfFile, extension: dict[str, Any], where: str) -> F64 | None:
    """KHR_texture_transform as (2, 3). A turned picture is refused: programs disagree on the way it turns."""
    if extension.get("rotation", 0) != 0:
        raise wrong(file.name, f"{where} turns its texture", "scale and offset are allowed")
    if "scale" not in extension and "offset" not in extension:
        return None
    scale = file.numbers(extension, "scale", where, 2) if "scale" in extension else np.ones(2)
    offset = file.numbers(extension, "offset", where, 2) if "offset" in extension else np.zeros(2)
    return np.column_stack([np.diag(scale), offset])


def _extension(item: dict[str, Any], name: str) -> dict[str, Any]:
    extensions = item.get("extensions")
    value = extensions.get(name) if isinstance(extensions, dict) else None
    return value if isinstance(value, dict) else {}
