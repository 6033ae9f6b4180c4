"""From what a model's file holds to meshes: the checks and steps that every model format shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, U8, Mesh
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M, VERTICES

_ORIGIN_STEP = 100.0
_FARTHEST = 1e11  # from 0, in any unit: twice around the Earth in millimetres


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of one material: ``vertices`` (v, 3) float64 file coordinates, ``triangles`` (t, 3) int64,
    ``normals`` (v, 3), ``uv`` (v, 2) from the top left, ``rgb`` (v, 3) uint8, ``texture`` (h, w, 3) uint8; ``owner``
    the number of the part of a state that it belongs to."""

    vertices: F64
    triangles: npt.NDArray[np.int64]
    normals: F64 | None = None
    uv: F64 | None = None
    rgb: U8 | None = None
    texture: U8 | None = None
    name: str = "surface"
    owner: int | None = None


def as_meshes(where: str, parts: list[Part]) -> tuple[Mesh, ...]:
    """Meshes near a common float64 origin, which is 0 unless the model lies in map coordinates.

    Vertices that no triangle uses are left out. Raises InputError for a model without triangles, an index
    outside the vertices, a number that is not finite, and one beyond the ceilings.
    """
    parts = [part for part in parts if len(part.triangles)]
    if not parts:
        raise wrong(where, "a model without triangles", "at least one is needed")
    for size in (sum(len(p.vertices) for p in parts), sum(len(p.triangles) for p in parts)):
        if size > VERTICES:
            raise wrong(where, f"{size} vertices or triangles", f"up to {VERTICES} of each are allowed")
    for part in parts:
        _check(where, part)
    parts = [_used(part) for part in parts]
    low = np.min([part.vertices.min(0) for part in parts], axis=0)
    high = np.max([part.vertices.max(0) for part in parts], axis=0)
    reach = np.maximum(np.abs(low), np.abs(high))
    if reach.max() > _FARTHEST:
        raise wrong(where, f"a coordinate of {reach.max():g}", f"up to {_FARTHEST:g} is allowed")
    far = reach > LOCAL_COORDINATE_M
    origin = np.where(far, np.floor((low + high) / 2 / _ORIGIN_STEP) * _ORIGIN_STEP, 0.0)
    return tuple(_mesh(origin, part) for part in parts)


def _check(where: str, part: Part) -> None:
    n = len(part.vertices)
    bad = np.flatnonzero(((part.triangles < 0) | (part.triangles >= n)).any(axis=1))
    if len(bad):
        found = f"triangle {bad[0]} of {part.name} uses vertices {part.triangles[bad[0]].tolist()}"
        raise wrong(where, found, f"0 to {n - 1} exist")
    for name in ("vertices", "uv"):
        values = getattr(part, name)
        if values is not None and not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            raise wrong(
                where, f"{name} {row} of {part.name}: {values[row].tolist()}", "finite numbers are allowed"
            )


def _used(part: Part) -> Part:
    used = np.zeros(len(part.vertices), bool)
    used[part.triangles] = True
    if used.all():
        return part
    place = np.cumsum(used) - 1

    def keep(values: Any) -> Any:
        return None if values is None else values[used]

    return replace(
        part,
        vertices=part.vertices[used],
        triangles=place[part.triangles],
        normals=keep(part.normals),
        uv=keep(part.uv),
        rgb=keep(part.rgb),
    )


def _mesh(origin: F64, part: Part) -> Mesh:
    normals = None
    if part.normals is not None:
        # Exporters write zero or NaN for a normal they do not know.
        length = np.linalg.norm(part.normals, axis=1, keepdims=True)
        known = np.isfinite(length) & (length > 1e-6)
        normals = np.divide(part.normals, length, out=np.zeros(part.normals.shape), where=known)
    return Mesh(
        origin,
        (part.vertices - origin).astype(np.float32),
        part.triangles.astype(np.int32),
        None if normals is None else normals.astype(np.float32),
        None if part.uv is None or part.texture is None else part.uv.astype(np.float32),
        part.rgb,
        part.texture,
        part=None if part.owner is None else np.full(len(part.vertices), part.owner, np.uint16),
        name=part.name,
    )


def joined(parts: list[Part]) -> Part:
    """Parts of one material as one. All must have the same arrays."""
    first = np.cumsum([0, *(len(p.vertices) for p in parts[:-1])])

    def stack(name: str) -> Any:
        return None if getattr(parts[0], name) is None else np.concatenate([getattr(p, name) for p in parts])

    return replace(
        parts[0],
        vertices=stack("vertices"),
        triangles=np.concatenate([p.triangles + k for p, k in zip(parts, first, strict=True)]),
        normals=stack("normals"),
        uv=stack("uv"),
        rgb=stack("rgb"),
    )


def beside(where: str, folder: Path, uri: str) -> Path:
    """The file a model refers to, which must lie in or below the model's own folder once links are followed.

    Raises InputError for an address on another host, an absolute path, one with "..", and a missing file.
    """
    name = unquote(uri)
    bad = (
        ":" in name or name.startswith(("/", "\\")) or "\\" in name or "\0" in name or ".." in name.split("/")
    )
    path = folder / name if not bad else folder
    if bad or not path.resolve().is_relative_to(folder.resolve()):
        raise wrong(where, f"it refers to {uri[:120]!r}", "files in the model's own folder are allowed")
    if not path.is_file():
        raise InputError(
            where,
            f"it refers to {name[:120]!r}, which is not there",
            "every part is needed",
            "copy it there",
            code="file-missing",
        )
    return path


def wrong(where: str, found: str, allowed: str) -> InputError:
    """A model that cannot be read."""
    return InputError(where, found, allowed, "export the model anew", code="model-invalid")
