"""Tiles read from a release; those used last are kept, within a stated memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Final

import numpy as np

from heritage.formats.tile_read import TileContent, read_tile

KEPT_BYTES: Final = 256 * 2**20


class KeptTiles:
    """Reads tiles for several pictures of one scene. At most ``most`` bytes of arrays are kept, whatever a tile holds."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._held: OrderedDict[Path, tuple[TileContent, int]] = OrderedDict()
        self._bytes = 0

    def read(self, path: Path) -> TileContent:
        """As `read_tile`."""
        if path in self._held:
            self._held.move_to_end(path)
            return self._held[path][0]
        content = read_tile(path)
        self._held[path] = content, _bytes(content)
        self._bytes += self._held[path][1]
        while self._bytes > self._most:
            self._bytes -= self._held.popitem(last=False)[1][1]
        return content


def _bytes(content: TileContent) -> int:
    parts = (surface.part for surface in content.surfaces)
    arrays = [value for part in parts for value in vars(part).values() if isinstance(value, np.ndarray)]
    arrays += [change for surface in content.surfaces for change in surface.change.values()]
    return sum(array.nbytes for array in (*arrays, content.xyz, content.rgb))
