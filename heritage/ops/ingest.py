"""A source's points and models in a frame the rest of the house can use: z up, metres, near an origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, PointCloud
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M
from heritage.model.report import Counts, Figure, balanced
from heritage.model.source import Chunk, SourceHeader
from heritage.ops.source_frame import (
    Begun,
    IngestOptions,
    SourceFrame,
    begin,
    on_a_map,
    refuse_degrees,
    unit_or_zero,
    upright_rotation,
)

_ORIGIN_STEP_M = 100.0
# What a cloud may have besides coordinates: dtype and width.
_OTHERS: Final[dict[str, tuple[Any, int | None]]] = {
    "rgb": (np.uint8, 3),
    "normal": (np.float32, 3),
    "confidence": (np.float32, None),
    "source_class": (np.uint8, None),
}


@dataclass(frozen=True, eq=False)
class Seen:
    """What all points so far have in common; ``low`` and ``high`` (3,) float64 are in file coordinates."""

    points: int = 0
    low: F64 = field(default_factory=lambda: np.full(3, np.inf))
    high: F64 = field(default_factory=lambda: np.full(3, -np.inf))
    names: frozenset[str] = frozenset()
    colour_bits: int = 0
    most_colour: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    def with_chunk(self, header: SourceHeader, chunk: Chunk) -> Seen:
        """With the points of one more chunk. Raises InputError beyond the points the header promises."""
        points = self.points + len(chunk)
        if points > header.points:
            found = f"more than the {header.points} points promised"
            raise InputError(header.name, found, "both must agree", code="cloud-count")
        left_out = dict(Counter(self.left_out) + Counter(chunk.left_out))
        if len(chunk) == 0:
            return replace(self, left_out=left_out)
        rgb = chunk.rgb
        return Seen(
            points,
            np.minimum(self.low, chunk.xyz.min(0)),
            np.maximum(self.high, chunk.xyz.max(0)),
            self.names | {name for name in _OTHERS if getattr(chunk, name) is not None},
            self.colour_bits if rgb is None else max(self.colour_bits, 8 * rgb.dtype.itemsize),
            self.most_colour if rgb is None else max(self.most_colour, int(rgb.max())),
            left_out,
        )


@dataclass(frozen=True, eq=False)
class Settled:
    """What was decided on a whole cloud and why; ``low`` and ``high`` (3,) float32 are the corners of its
    points as ``settled`` gives them, ``names`` its arrays besides ``xyz``."""

    frame: SourceFrame
    low: F32
    high: F32
    names: tuple[str, ...]
    shift_bits: int
    counts: Counts
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]

    def cloud(self, chunk: Chunk) -> PointCloud:
        """The points of a chunk in the settled frame: float32 offsets from the origin, 8-bit colours."""
        rgb, normal = chunk.rgb, chunk.normal
        held: dict[str, npt.NDArray[Any] | None] = {
            "rgb": None if rgb is None else (rgb >> self.shift_bits).astype(np.uint8),
            "normal": None if normal is None else unit_or_zero(normal @ upright_rotation(self.frame.up).T),
            "confidence": chunk.confidence,
            "source_class": chunk.source_class,
        }
        # A part of a file may lack what others have, as scans of an E57 without colours do.
        arrays: dict[str, Any] = {
            n: _zeros(n, len(chunk)) if held[n] is None else held[n] for n in self.names
        }
        return PointCloud(np.array(self.frame.origin_m), self.xyz(chunk), **arrays)

    def xyz(self, chunk: Chunk) -> F32:
        """Their coordinates alone, (n, 3)."""
        matrix = self.frame.metres_per_unit * upright_rotation(self.frame.up)
        return _placed(chunk.xyz, matrix, np.array(self.frame.origin_m))


@dataclass(frozen=True)
class Ingested:
    """A whole cloud in memory, with what was decided on the way and why."""

    cloud: PointCloud
    frame: SourceFrame
    counts: Counts
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]


def ingest(header: SourceHeader, chunks: Iterable[Chunk], options: IngestOptions) -> Ingested:
    """Gather ``chunks`` into one cloud: z up, metres, float32 offsets from a float64 origin, 8-bit colours.

    The stage does the same without ever holding all of it: ``begin``, each chunk ``seen``, ``settle``, then
    each chunk once more. Raises InputError as these do.
    """
    begun, seen, kept = begin(header, options), Seen(), []
    for chunk in chunks:
        seen = seen.with_chunk(header, chunk)
        kept.append(chunk)
    settled = settle(begun, seen)
    clouds = [settled.cloud(chunk) for chunk in kept]
    arrays = {name: np.concatenate([getattr(c, name) for c in clouds]) for name in ("xyz", *settled.names)}
    cloud = PointCloud(np.array(settled.frame.origin_m), **arrays)
    return Ingested(cloud, settled.frame, settled.counts, settled.figures, settled.warnings)


def settle(begun: Begun, seen: Seen) -> Settled:
    """The origin and the depth of colours, from all points. Colours in 16-bit fields are taken as 16-bit when
    any channel of the whole cloud exceeds 255, else as 8-bit ones in wide fields.

    Raises InputError where no valid point is left, and for points too far from each other for float32.
    """
    header, warnings = begun.header, list(begun.warnings)
    if seen.points == 0:
        found = f"none of its {header.points} points is valid"
        raise InputError(header.name, found, "at least one is needed", "export it anew", code="cloud-empty")
    refuse_degrees(begun, seen.low, seen.high)
    if begun.crs is None and on_a_map(seen.low, seen.high, begun.metres_per_unit):
        warnings.append(
            f"{header.name}: its coordinates are those of a map, and no CRS is known; write crs: EPSG:… at the epoch"
        )
    matrix = begun.metres_per_unit * upright_rotation(begun.up)
    corners = np.stack([seen.low, seen.high]) @ matrix.T
    low, high = corners.min(0), corners.max(0)
    origin, origin_method = _origin(low, high, begun.options)
    if not (np.abs(corners - origin) <= LOCAL_COORDINATE_M).all():
        raise InputError(
            header.name,
            f"points from {_shown(low)} to {_shown(high)} m",
            f"up to {LOCAL_COORDINATE_M:g} m from the origin {_shown(origin)} is allowed",
            "remove stray points, split the cloud, or set units or origin_m",
            code="cloud-too-wide",
        )
    names, shift_bits, depth = _colours(seen, warnings)
    local = _placed(np.stack([seen.low, seen.high]), matrix, origin)
    figures = (
        *(
            _metre(f"size_{a}", s, f"z is the file's {begun.up} axis")
            for a, s in zip("xyz", high - low, strict=True)
        ),
        *(_metre(f"origin_{a}", o, origin_method) for a, o in zip("xyz", origin, strict=True)),
        Figure(name="metres_per_unit", value=begun.metres_per_unit, unit="m", method=begun.unit_method),
        depth,
    )
    frame = SourceFrame(
        up=begun.up,
        metres_per_unit=begun.metres_per_unit,
        crs=begun.crs,
        origin_m=(float(origin[0]), float(origin[1]), float(origin[2])),
    )
    counts = balanced("points", header.points, seen.points, seen.left_out)
    return Settled(frame, local.min(0), local.max(0), names, shift_bits, counts, figures, tuple(warnings))


def _origin(low: F64, high: F64, options: IngestOptions) -> tuple[F64, str]:
    if options.origin_m is not None:
        return np.array(options.origin_m, np.float64), "set by the curator"
    # Axis by axis, so that heights stay what they are where only east and north are map coordinates.
    far = np.maximum(np.abs(low), np.abs(high)) > LOCAL_COORDINATE_M
    middle = np.floor((low + high) / 2 / _ORIGIN_STEP_M) * _ORIGIN_STEP_M
    return np.where(far, middle, 0.0), f"0 within {LOCAL_COORDINATE_M:g} m, else the middle in whole 100 m"


def _colours(seen: Seen, warnings: list[str]) -> tuple[tuple[str, ...], int, Figure]:
    """The arrays to keep, how many low bits of the colours to drop, and why."""

    def depth(bits: float | None, method: str) -> Figure:
        return Figure(name="colour_depth", value=bits, unit="bit", method=method)

    names = tuple(name for name in _OTHERS if name in seen.names)
    if "rgb" not in names:
        return names, 0, depth(None, "the file has no colours")
    most = seen.most_colour
    if most == 0:
        warnings.append("every colour in the file is black; it is taken to have none")
        return tuple(n for n in names if n != "rgb"), 0, depth(None, "every colour is black")
    if seen.colour_bits == 8:
        return names, 0, depth(8, "8-bit fields")
    if most > 255:
        return names, 8, depth(16, f"the largest value is {most}")
    return names, 0, depth(8, f"16-bit fields, but the largest value is {most}")


def _placed(xyz: F64, matrix: F64, origin: F64) -> F32:
    # A turn by right angles: every product has one term, so that no sum rounds and chunks cannot differ.
    return (xyz @ matrix.T - origin).astype(np.float32)


def _zeros(name: str, n: int) -> npt.NDArray[Any]:
    dtype, width = _OTHERS[name]
    return np.zeros(n if width is None else (n, width), dtype)


def _shown(point: F64) -> str:
    return ", ".join(f"{value:g}" for value in point)


def _metre(name: str, value: float, method: str) -> Figure:
    return Figure(name=name, value=float(value), unit="m", method=method)
