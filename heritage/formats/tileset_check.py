"""A tileset on disk against what can be true of it, by its document and the heads of its contents."""

from __future__ import annotations

from pathlib import Path

from heritage.formats.gltf_file import read_head
from heritage.model.errors import MethodError
from heritage.model.tileset import tileset_problem

_TRIANGLES = 4  # glTF's mode, and its default


def demand_plausible(path: Path) -> None:
    """Raise MethodError where the tileset ``path``, as Heritage wrote it, says something of itself that cannot be true:
    see `model.tileset`. Raises InputError for a content that is no GLB."""
    files = {f"tiles/{file.name}": file for file in (path.parent / "tiles").iterdir()}
    problem = tileset_problem(
        str(path),
        path.read_bytes(),
        {uri: file.stat().st_size for uri, file in files.items()},
        {uri: count_triangles(file) for uri, file in files.items()},
    )
    if problem is not None:
        raise MethodError(
            problem.where, problem.found, problem.allowed, problem.remedy, code="tileset-implausible"
        )


def count_triangles(path: Path) -> int:
    """Of all meshes that a .glb defines, by its head alone."""
    head = read_head(path)
    return sum(
        head["accessors"][primitive["indices"]]["count"] // 3
        for mesh in head.get("meshes", ())
        for primitive in mesh["primitives"]
        if primitive.get("mode", _TRIANGLES) == _TRIANGLES
    )
