"""The marks of what is interpreted, in pictures: greyed, tinted and hatched by how sure it is.

As in the viewer (assets/colours/certainty.json; a test holds the two together), but that lines run through the picture
instead of over the surface: a picture does not move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64

CASING: Final = (252.0, 248.0, 238.0)
_LUMA: Final = np.array([0.299, 0.587, 0.114])
_LIGHT: Final = 0.62  # of a tint that is white
_CORE_PX, _CASING_PX = 0.65, 1.9  # half widths
_WIDER: Final = 1.5  # the viewer's lines are between once and twice their least distance apart
_SHARES: Final = 0.86, 0.5


@dataclass(frozen=True)
class Mark:
    """``colour`` sRGB 0..255; ``tint`` and ``grey`` are shares of the surface's own look that give way to them."""

    name: str
    colour: tuple[int, int, int]
    tint: float
    grey: float
    apart_px: float
    crossed: bool


MARKS: Final = (
    Mark("documented", (0x1A, 0x6F, 0xBF), 0.3, 0.35, 13.0, False),
    Mark("probable", (0xB3, 0x50, 0x00), 0.38, 0.6, 7.5, False),
    Mark("conjectural", (0x4D, 0x0F, 0x52), 0.55, 0.9, 9.0, True),
)


def marked(colour: F64, codes: npt.NDArray[Any], x_px: F64, y_px: F64) -> F64:
    """Colours (n, 3) 0..255 at pixels (n,), (n,), marked by the certainty (n,) of each: its place in `MARKS`."""
    result = colour.copy()
    for code, mark in enumerate(MARKS):
        mine = np.flatnonzero(codes == code)
        if not len(mine):
            continue
        own, hue = colour[mine], np.array(mark.colour, np.float64)
        drawn = own + ((own @ _LUMA)[:, None] - own) * mark.grey
        drawn += (hue + (255 - hue) * _LIGHT - drawn) * mark.tint
        rising, falling = ((x_px[mine] + sign * y_px[mine]) / np.sqrt(2) for sign in (1, -1))
        apart = mark.apart_px * _WIDER
        off = _off(falling if code == 1 else rising, apart)
        if mark.crossed:
            off = np.minimum(off, _off(falling, apart))
        for share, half, line in zip(
            _SHARES[::-1], (_CASING_PX, _CORE_PX), (np.array(CASING), hue), strict=True
        ):
            cover = share * np.clip(half + 0.5 - off, 0, 1)
            drawn += (line - drawn) * cover[:, None]
        result[mine] = drawn
    return result


# Where nothing could be compared: apart from any colour of change by its pattern, in print and to every eye.
UNKNOWN: Final = (168.0, 166.0, 162.0)
UNKNOWN_LINES: Final = (92.0, 90.0, 86.0)
_UNKNOWN_APART_PX, _UNKNOWN_HALF_PX = 7.0, 0.9


def uncompared(x_px: F64, y_px: F64) -> F64:
    """Colours (n, 3) 0..255 of pixels (n,), (n,) where nothing could be compared: rising lines on grey."""
    off = _off((x_px + y_px) / np.sqrt(2), _UNKNOWN_APART_PX)
    cover = np.clip(_UNKNOWN_HALF_PX + 0.5 - off, 0, 1)[:, None]
    return np.asarray(np.array(UNKNOWN) + cover * (np.array(UNKNOWN_LINES) - np.array(UNKNOWN)))


def _off(along: F64, apart: float) -> F64:
    """How far from the next line, pixels."""
    return np.asarray(np.abs((along / apart + 0.5) % 1 - 0.5) * apart)
