"""Sky that image matching mixed into the colour of points beside outlines.

A point matched across an outline has the colour of both sides, weighed like a pixel that both cover (alpha
compositing: Porter and Duff 1984). So it lies on the line between the sky's colour and that of the surface it sits
beside, wherever that is: pale stone or red brick, lit or shaded. The sky's colour is that of the cloud's own
clearest points of sky.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.model.arrays import F32, U8, Bool
from heritage.model.octree import I64

HAZY: Final = 0.25  # blueness from which a colour may be the sky's
_CLEAR: Final = 0.44  # blueness of sky that nothing else has a share in
_LEAST: Final = 30  # points of it below which there is no sky to be told of
# Shaded stone is bluish too. Sky is brighter than most of what stands before it, or bluer than any shade.
_BRIGHTER, _DEEP, _BRIGHTER_DEEP = 0.75, 0.8, 0.5  # shares of a cloud's points that are darker; blueness
_CONTRAST: Final = 60.0  # levels between sky and surface, below which a mixture looks like either
_ALIKE: Final = 24.0  # levels between two points of the same sky
_OFF, _OFF_SHARE = 8.0, 0.1  # levels off the line that noise of colours, and of what is beside, may take


def sky_blueness(rgb: U8) -> F32:
    """(n,) 0 for no sky colour, to 1 for a clear one: bright, blue over red with green between.

    Hazy sky comes near the grey of shaded stone, so it weighs little and needs more of its shape.
    """
    r, g, b = rgb.astype(np.float32).T
    hue = (b > 110) & (b >= g - 2) & (g >= r - 2)
    return np.asarray(np.where(hue, np.clip((b - r) / np.maximum(b, 1) / 0.25, 0, 1), 0), np.float32)


@dataclass(frozen=True, eq=False)
class Colours:
    """Of a block's points: how many of clear sky have each level (3, 256), and of all each brightness (256,)."""

    clear: I64
    bright: I64


def colours_of(rgb: U8, loose: Bool) -> Colours:
    """``rgb`` (n, 3) uint8 sRGB; ``loose`` (n,): where no surface is, so that sky may be."""
    sky = rgb[loose & (sky_blueness(rgb) > _CLEAR)]
    clear = np.stack([np.bincount(sky[:, k], minlength=256) for k in range(3)])
    return Colours(clear, np.bincount(rgb.max(1), minlength=256))


def sky_of(parts: Sequence[Colours]) -> F32 | None:
    """The sky's colour (3,), levels 0..255, from the ``parts`` of a cloud; None where no point shows one."""
    clear = sum((part.clear for part in parts), np.zeros((3, 256), np.int64))
    bright = sum((part.bright for part in parts), np.zeros(256, np.int64))
    if clear[0].sum() < _LEAST:
        return None
    colour = np.array([_level(levels, 0.5) for levels in clear], np.float32)
    deep = sky_blueness(np.rint(colour)[None].astype(np.uint8))[0] > _DEEP
    return colour if colour.max() > _level(bright, _BRIGHTER_DEEP if deep else _BRIGHTER) else None


def mixed(rgb: U8, around: F32, sky: F32, share: float) -> Bool:
    """(n,) whether ``rgb`` (n, 3) is at least by ``share`` that of the ``sky`` (3,), and else that of the surface
    ``around`` it (n, 3), NaN where there is none."""
    line = sky - around
    contrast = np.linalg.norm(line, axis=1)
    apart = rgb - around
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (apart * line).sum(1) / contrast**2
    off = np.linalg.norm(apart - part[:, None] * line, axis=1)
    return np.asarray((part >= share) & (off < _OFF + _OFF_SHARE * part * contrast) & (contrast > _CONTRAST))


def alike(rgb: U8, sky: F32) -> Bool:
    """(n,) whether ``rgb`` (n, 3) is the colour of the ``sky`` (3,), as nearly as its own points are alike."""
    return np.asarray(np.linalg.norm(rgb - sky, axis=1) < _ALIKE)


def _level(counts: I64, share: float) -> int:
    """The least level that ``share`` of the points do not exceed."""
    return int(np.searchsorted(np.cumsum(counts), share * counts.sum()))
