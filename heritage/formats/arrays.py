"""Clouds and meshes between stages: one plain .npy file per array beside a small JSON. Never pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from heritage.formats.image import read_image
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import StoreError

_CLOUD_ARRAYS = ("xyz", "rgb", "normal", "confidence", "source_class")
_MESH_ARRAYS = ("vertices", "triangles", "normals", "uv", "rgb", "change", "filled", "part")


def save_document(path: Path, document: dict[str, Any]) -> None:
    """Write a small JSON document: UTF-8, keys in the order given, NaN refused with ValueError."""
    path.write_text(
        json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8"
    )


def read_document(path: Path) -> dict[str, Any]:
    """Read what ``save_document`` wrote. Raises StoreError where it is missing or no JSON object."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise damaged(path, "no such file") from None
    except ValueError as error:
        raise damaged(path, f"no JSON ({error})") from None
    if not isinstance(document, dict):
        raise damaged(path, f"a JSON {type(document).__name__}")
    return document


def save_array(folder: Path, name: str, array: npt.NDArray[Any]) -> None:
    """Write ``<name>.npy``. Raises ValueError for an array of objects."""
    np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load_array(folder: Path, name: str) -> npt.NDArray[Any]:
    """Read ``<name>.npy``. Raises StoreError where it is missing, cut short or no plain array."""
    path = folder / f"{name}.npy"
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except FileNotFoundError:
        raise damaged(path, "no such file") from None
    except (ValueError, EOFError) as error:
        raise damaged(path, str(error)) from None


def save_cloud(folder: Path, cloud: PointCloud, labels: dict[str, npt.NDArray[Any]] | None = None) -> None:
    """Write ``cloud.json`` and ``cloud.<array>.npy``. ``labels`` are further arrays of one value per point,
    each written as ``<label>.npy`` for ``load_array``."""
    kept = _save_arrays(folder, "cloud", cloud, _CLOUD_ARRAYS)
    for name, values in (labels or {}).items():
        if len(values) != len(cloud):
            raise ValueError(f"{len(values)} values of {name} for {len(cloud)} points")
        save_array(folder, name, values)
    save_document(
        folder / "cloud.json", {"points": len(cloud), "origin_m": cloud.origin.tolist(), "arrays": kept}
    )


def load_cloud(folder: Path) -> PointCloud:
    """Read what ``save_cloud`` wrote. Raises StoreError where a part is missing or damaged."""
    document = read_document(folder / "cloud.json")
    return PointCloud(
        np.array(document["origin_m"], np.float64), **_load_arrays(folder, "cloud", document["arrays"])
    )


def save_mesh(folder: Path, name: str, mesh: Mesh) -> None:
    """Write ``<name>.json``, ``<name>.<array>.npy`` and, for a texture, ``<name>.png`` (lossless)."""
    kept = _save_arrays(folder, name, mesh, _MESH_ARRAYS)
    if mesh.texture is not None:
        # Level 1: between stages, seconds matter more than the last tenth of the size.
        Image.fromarray(mesh.texture).save(folder / f"{name}.png", compress_level=1)
    document = {
        "name": mesh.name,
        "triangles": len(mesh.triangles),
        "origin_m": mesh.origin.tolist(),
        "arrays": kept,
        "texture": mesh.texture is not None,
    }
    save_document(folder / f"{name}.json", document)


def load_mesh(folder: Path, name: str) -> Mesh:
    """Read what ``save_mesh`` wrote. Raises StoreError where a part is missing or damaged."""
    document = read_document(folder / f"{name}.json")
    texture = read_image(folder / f"{name}.png") if document["texture"] else None
    origin = np.array(document["origin_m"], np.float64)
    return Mesh(
        origin, **_load_arrays(folder, name, document["arrays"]), texture=texture, name=document["name"]
    )


def _save_arrays(folder: Path, name: str, value: object, fields: tuple[str, ...]) -> list[str]:
    kept = [field for field in fields if getattr(value, field) is not None]
    for field in kept:
        save_array(folder, f"{name}.{field}", getattr(value, field))
    return kept


def _load_arrays(folder: Path, name: str, fields: list[str]) -> dict[str, npt.NDArray[Any]]:
    return {field: load_array(folder, f"{name}.{field}") for field in fields}


def damaged(path: Path, found: str) -> StoreError:
    """The error for a part of the store that is missing or not what it must be."""
    return StoreError(
        f"{path.parent.name}/{path.name}",
        found,
        "a whole file is needed",
        "run `heritage store fsck`",
        code="store-damaged",
    )
