"""Read a textured model, whatever its format."""

from __future__ import annotations

from pathlib import Path

from heritage.formats.claims import Claims
from heritage.formats.gltf_read import read_gltf
from heritage.formats.obj import read_obj
from heritage.formats.parts import as_meshes
from heritage.formats.ply_mesh import read_ply_mesh
from heritage.formats.reader import file_bytes
from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.model.limits import MODEL_BYTES

_READERS = {".glb": read_gltf, ".gltf": read_gltf, ".obj": read_obj, ".ply": read_ply_mesh}


def read_model(path: Path, claims: Claims | None = None) -> tuple[Mesh, ...]:
    """The triangles of a GLB, glTF, OBJ or PLY file: one mesh for each material, in file coordinates.

    Node transforms and the material's base colour are applied; what is neither position, normal, texture
    coordinate nor colour is not read. With ``claims`` the meshes of each part of a state are apart and have
    ``part``. Nothing outside the model's own folder is opened. Raises InputError for whatever cannot be read truly,
    an unknown required extension included.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            path.name,
            f"a model with the ending {path.suffix or '(none)'}",
            f"{', '.join(sorted(_READERS))} are allowed",
            "export it as GLB",
            code="model-format",
        )
    if file_bytes(path) > MODEL_BYTES:
        raise InputError(
            path.name, "too large a model", f"up to {MODEL_BYTES} bytes are allowed", code="file-too-large"
        )
    parts = reader(path, claims)
    if claims is not None:
        claims.finish(path.name)
    return as_meshes(path.name, parts)
