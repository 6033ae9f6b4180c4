"""What a cloud's file says of itself, and its points piece by piece, before anything is decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, U8, checked
from heritage.model.errors import InputError

UpAxis = Literal["x", "-x", "y", "-y", "z", "-z"]
Unit = Literal["m", "mm", "cm", "km", "ft", "us-ft", "in"]
Rgb = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True)
class SourceHeader:
    """The header of a cloud's file.

    ``name`` as messages shall call the file; ``points`` is how many it promises; ``crs`` WKT or an authority's code;
    ``unit`` of the coordinates and ``up`` axis by the format's own rule, ``plan_unit`` and ``height_unit`` what the
    file states beside its CRS, None where it has none; ``colour_bits`` is the width of the field, not of the values in
    it; ``low`` and ``high`` are the corners the header states, in file coordinates. ``notes`` are warnings about the
    header.
    """

    name: str
    format: str
    points: int
    crs: str | None = None
    unit: Unit | None = None
    plan_unit: Unit | None = None
    height_unit: Unit | None = None
    up: UpAxis = "z"
    colour_bits: Literal[0, 8, 16] = 0
    has_normals: bool = False
    has_confidence: bool = False
    has_classes: bool = False
    low: tuple[float, float, float] | None = None
    high: tuple[float, float, float] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some points of a file, in its order: ``xyz`` (n, 3) float64 file coordinates, ``rgb`` (n, 3) uint8 or
    uint16, ``normal`` (n, 3) float32, ``confidence`` (n,) float32, ``source_class`` (n,) uint8.

    ``left_out`` counts, by reason, the points in this stretch of the file which the file itself says are none
    (no return from the scanner, withheld by the surveyor).
    """

    xyz: F64
    rgb: Rgb | None = None
    normal: F32 | None = None
    confidence: F32 | None = None
    source_class: U8 | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "xyz", checked("xyz", self.xyz, np.float64, (None, 3)))
        n = len(self.xyz)
        if self.rgb is not None:
            if self.rgb.dtype not in (np.uint8, np.uint16):
                raise InputError(
                    "rgb", f"dtype {self.rgb.dtype}", "uint8 or uint16 is allowed", code="array-dtype"
                )
            object.__setattr__(self, "rgb", checked("rgb", self.rgb, self.rgb.dtype, (n, 3)))
        for name, dtype, shape in (
            ("normal", np.float32, (n, 3)),
            ("confidence", np.float32, (n,)),
            ("source_class", np.uint8, (n,)),
        ):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, checked(name, value, dtype, shape))

    def __len__(self) -> int:
        return len(self.xyz)
