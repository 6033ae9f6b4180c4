"""An opened cloud: its header, and its points in pieces. What every reader has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32
from heritage.model.errors import InputError
from heritage.model.limits import POINTS_STREAMED, SOURCE_FILE_BYTES
from heritage.model.source import Chunk, SourceHeader

CHUNK_POINTS = 1_000_000


@dataclass(frozen=True)
class CloudReader:
    """A cloud whose header has been checked. ``read(size)`` opens the file anew and gives its chunks."""

    header: SourceHeader
    read: Callable[[int], Iterator[Chunk]]

    def chunks(self, size: int = CHUNK_POINTS) -> Iterator[Chunk]:
        """Chunks of up to ``size`` points in file order; together exactly the points the header promises.

        Raises InputError where the file ends early, is damaged, or holds a coordinate that is no number.
        """
        if size < 1:
            raise ValueError(f"a chunk of {size} points")
        seen = 0
        for chunk in self.read(size):
            seen += len(chunk) + sum(chunk.left_out.values())
            yield chunk
        if seen != self.header.points:
            raise fewer(self.header.name, self.header.points, seen)


def fewer(where: str, promised: int, found: int, unit: str = "points") -> InputError:
    """The header promised what the file does not hold."""
    return InputError(
        where,
        f"the header promises {promised} {unit}, the file holds {found}",
        "both numbers must be the same",
        "copy the file again from its source, or export it anew",
        code="cloud-count",
    )


def plausible_count(where: str, points: int) -> None:
    """Raises InputError for a cloud without points and for one beyond the ceiling."""
    if points == 0:
        raise InputError(
            where, "the cloud has no points", "at least one is needed", "export it anew", code="cloud-empty"
        )
    if points > POINTS_STREAMED:
        raise InputError(
            where,
            f"the header promises {points} points",
            f"up to {POINTS_STREAMED} are allowed",
            "split the cloud",
            code="cloud-count",
        )


def file_bytes(path: Path) -> int:
    """Size of a regular file. Raises InputError where it is missing, empty or beyond the ceiling."""
    if not path.is_file():
        raise InputError(path.name, "no such file", "an existing file is needed", code="file-missing")
    size = path.stat().st_size
    if size == 0:
        raise InputError(
            path.name,
            "the file is empty",
            "a file with content is needed",
            "copy it again",
            code="file-empty",
        )
    if size > SOURCE_FILE_BYTES:
        raise InputError(
            path.name,
            f"{size} bytes",
            f"up to {SOURCE_FILE_BYTES} bytes are allowed",
            "split the file",
            code="file-too-large",
        )
    return size


def finite(where: str, values: npt.NDArray[Any], first: int, what: str = "coordinates") -> None:
    """Raises InputError naming the first row of ``values`` (n, k) that is not finite; ``first`` is the place
    of row 0 in the whole file, points counted from 0."""
    good = np.isfinite(values).all(axis=1)
    if not good.all():
        bad = int(np.flatnonzero(~good)[0])
        raise InputError(
            f"{where}, point {first + bad}",
            f"its {what}: {', '.join(str(float(v)) for v in values[bad])}",
            "finite numbers are allowed",
            "remove such points at the source",
            code="cloud-not-finite",
        )


def known_or_zero(normal: npt.NDArray[Any]) -> F32:
    """Normals (n, 3) as float32, zero (unknown) where a file writes NaN for one it does not know."""
    good = np.isfinite(normal).all(axis=1)
    return np.where(good[:, None], normal, 0).astype(np.float32)
