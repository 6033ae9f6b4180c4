"""Is a source a cloud to be cleaned and meshed, or a model that already is a surface?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from heritage.model.limits import HEADER_BYTES
from heritage.model.source import UpAxis

# glTF is y up by its specification, OBJ by custom; a PLY comes from scanning tools, which are z up.
_MODELS: dict[str, UpAxis] = {".glb": "y", ".gltf": "y", ".obj": "y"}


def source_kind(path: Path) -> Literal["cloud", "model"]:
    """By the file's ending; a PLY is a model when its header declares faces."""
    if path.suffix.lower() in _MODELS:
        return "model"
    if path.suffix.lower() == ".ply":
        with path.open("rb") as stream:
            header = stream.read(HEADER_BYTES).split(b"end_header", 1)[0]
        faces = re.search(rb"element\s+face\s+(\d+)", header)
        if faces and int(faces[1]) > 0:
            return "model"
    return "cloud"


def model_up(path: Path) -> UpAxis:
    """The axis of a model that is up where nobody says it, by the file's ending."""
    return _MODELS.get(path.suffix.lower(), "z")
