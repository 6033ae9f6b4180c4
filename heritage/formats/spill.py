"""Chunks of a cloud kept on disk between two passes: read once from the source, however often they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.source import Chunk

_NAMES: Final = ("rgb", "normal", "confidence", "source_class")
SPILL_POINTS: Final = 1_000_000


class Spill:
    """Points in the order in which they were appended, in a new ``folder`` whose owner removes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._kinds: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {}
        self.points = 0

    def append(self, chunk: Chunk) -> None:
        """Add the points of a chunk. An array that other chunks lack is zero in theirs.

        Raises ValueError where an array's dtype differs from that of the chunks before.
        """
        for name in ("xyz", *_NAMES):
            values: npt.NDArray[Any] | None = getattr(chunk, name)
            if values is None:
                continue
            kind = (values.dtype, values.shape[1:])
            if self._kinds.setdefault(name, kind) != kind:
                raise ValueError(f"{name} of {kind} after {self._kinds[name]}")
            with self._path(name).open("ab") as stream:
                # A file that grows over a gap has zeros in it.
                stream.truncate(self.points * _row_bytes(kind))
                stream.seek(0, 2)
                stream.write(values.data)
        self.points += len(chunk)

    def chunks(self, *, coordinates_only: bool = False, size: int = SPILL_POINTS) -> Iterator[Chunk]:
        """All points, ``size`` at a time."""
        names = [name for name in self._kinds if name == "xyz" or not coordinates_only]
        for start in range(0, self.points, size):
            rows = min(size, self.points - start)
            held: dict[str, Any] = {name: self._rows(name, start, rows) for name in names}
            yield Chunk(**held)

    def _rows(self, name: str, start: int, rows: int) -> npt.NDArray[Any]:
        dtype, width = kind = self._kinds[name]
        values = np.zeros((rows, *width), dtype)
        # Behind the last chunk that had the array the file ends early: zeros too.
        with self._path(name).open("rb") as stream:
            stream.seek(start * _row_bytes(kind))
            stream.readinto(values.data.cast("B"))
        return values

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.bin"


def _row_bytes(kind: tuple[np.dtype[Any], tuple[int, ...]]) -> int:
    return kind[0].itemsize * int(np.prod(kind[1]))
