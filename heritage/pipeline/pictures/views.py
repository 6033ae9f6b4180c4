"""Views nobody wrote: of a monument, of the whole site; and how long a stop lasts when nobody said."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from heritage.model.arrays import F64, Similarity
from heritage.model.documents import View
from heritage.ops.render import view_of

WORDS_PER_S = 3.0  # silent reading on a screen, 180 words a minute, which is slow on purpose
# Chinese and Japanese put no spaces between words, and are read as slowly: of English's 228 words in a minute there are 255
# and 357 of their letters (Trauzettel-Klosinski and Dietz 2012).
LETTERS_PER_S = 4.0
_LETTER = re.compile(
    "[\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
LOOK_S = 3.0  # and a moment to look


def monument_view(low: F64, high: F64) -> View:
    """A first view of a monument: its box from the south-west of its own frame, a little above eye height."""
    return view_of(low, high, azimuth_deg=205.0, elevation_deg=14.0)


def facing_view(low: F64, high: F64, facing: F64) -> View:
    """A view of a box from where ``facing`` (3,) points, square metres of surface that face there; from the south-west,
    like a monument, where the surface faces all ways. What may stand in between is not asked."""
    x, y, z = facing
    rise = np.degrees(np.arctan2(z, np.hypot(x, y)))
    level = np.hypot(x, y) > 0.2 * abs(z)
    return view_of(
        low,
        high,
        azimuth_deg=float(np.degrees(np.arctan2(x, y))) if level else 205.0,
        elevation_deg=float(np.clip(rise, 5.0, 60.0)) if level else 55.0 if z > 0 else 5.0,
    )


def opening_view(boxes: Sequence[tuple[F64, F64, Similarity]]) -> View:
    """A first view of the site: every monument's box (monument frame, with its site_from_monument), from the south."""
    corners = np.concatenate([similarity.apply(box_corners(low, high)) for low, high, similarity in boxes])
    return view_of(corners.min(0), corners.max(0), azimuth_deg=190.0, elevation_deg=24.0, fov_deg=40.0)


def box_corners(low: F64, high: F64) -> F64:
    """(8, 3) corners of an axis-aligned box."""
    return np.array(
        [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    )


def reading_seconds(words: str) -> float:
    """Time to look and to read ``words``."""
    spaced, letters = _LETTER.subn(" ", words)
    return round(LOOK_S + len(re.findall(r"\w+", spaced)) / WORDS_PER_S + letters / LETTERS_PER_S, 1)
