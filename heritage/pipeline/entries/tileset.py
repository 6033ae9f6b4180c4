"""A stage's tileset in a release: its tiles as they are, its root where the monument stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from heritage.formats.tiles3d import TILESET, with_root_transform
from heritage.formats.tileset_check import demand_plausible
from heritage.store import ReleaseFolder


def copied_tileset(into: ReleaseFolder, folder: Path, target: str, root_transform: Sequence[float]) -> str:
    """Copy a stage's tileset; only its root changes, so a new placement rewrites no tile. The tileset's path.

    Raises MethodError for one that cannot be true: a stage of an earlier version may have left it.
    """
    for path in sorted((folder / "tiles").iterdir()):
        into.add(f"{target}/tiles/{path.name}", path)
    tileset = with_root_transform(json.loads((folder / TILESET).read_bytes()), root_transform)
    into.write(f"{target}/{TILESET}", json.dumps(tileset, separators=(",", ":")).encode())
    demand_plausible(into.path / target / TILESET)
    return f"{target}/{TILESET}"
