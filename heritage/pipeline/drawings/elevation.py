"""Draw an elevation of a released condition: in its own colours, or in those of a comparison."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.tile_read import read_tile
from heritage.model.arrays import U8, Similarity
from heritage.model.errors import InputError
from heritage.model.release import EpochEntry, MonumentEntry, StateEntry
from heritage.ops.viewing.elevation import Elevation, Sheet, sheet_of
from heritage.pipeline.drawings.sides import Side, Stand
from heritage.pipeline.pictures.change_colours import Colouring
from heritage.pipeline.pictures.stills import drawn_surfaces
from heritage.pipeline.surfaces.of_tileset import chosen_tiles

_MARGIN_M = 0.3


def sheet_for(monument: MonumentEntry, stand: Stand, side: Side, pixel_m: float) -> Sheet:
    """A sheet that holds the building, without the ground far around it; ``pixel_m`` are true metres."""
    scale = monument.placement.scale
    return sheet_of(stand.places, side.azimuth_deg, pixel_m / scale, _MARGIN_M / scale)


def drawn_elevation(
    folder: Path, shown: EpochEntry | StateEntry, sheet: Sheet, colouring: Colouring | None = None
) -> Elevation:
    """The condition ``shown`` of the release ``folder`` on ``sheet``, one tile at a time; plants are left out."""
    elevation = Elevation(sheet)
    itself = Similarity.identity()
    for path in chosen_tiles(folder / shown.tileset, sheet.pixel_m):
        for surface in drawn_surfaces(read_tile(path), itself, isinstance(shown, StateEntry), colouring):
            elevation.draw(surface)
    return elevation


def condition_of(monument: MonumentEntry, id: str) -> EpochEntry | StateEntry:
    """The epoch or state with that id. Raises InputError with those there are."""
    found = monument.condition(id)
    if found is None:
        known = ", ".join([*(e.id for e in monument.epochs), *(s.id for s in monument.states)])
        raise InputError(
            "EPOCH",
            f"{id!r} is no epoch or state of {monument.id}",
            f"{known} are allowed",
            code="option-invalid",
        )
    return found


def bar_m(width_m: float) -> float:
    """The length of a scale bar for a drawing so wide: 1, 2 or 5 times a power of ten, up to a quarter of it."""
    power = 10.0 ** np.floor(np.log10(width_m / 4))
    return float(max(k * power for k in (1, 2, 5) if k * power <= width_m / 4))


def with_scale(picture: U8, pixel_m: float, words: str) -> U8:
    """``picture`` (h, w, 3) with a strip below it: a bar of a round length, and ``words``."""
    from PIL import Image, ImageDraw, ImageFont

    width = picture.shape[1]
    unit = max(10, min(width // 60, 60))
    strip = Image.new("RGB", (width, 4 * unit), "white")
    pen, font = ImageDraw.Draw(strip), ImageFont.load_default(size=unit)
    length = bar_m(width * pixel_m)
    left, top = unit, unit // 2
    for k in range(4):  # quarters, filled by turns: the eye divides where the bar does not
        x0, x1 = (left + round(length / pixel_m * f / 4) for f in (k, k + 1))
        pen.rectangle(
            (x0, top, x1, top + unit // 2), fill="black" if k % 2 == 0 else "white", outline="black"
        )
    pen.text((left, top + unit), "0", fill="black", font=font)
    right = left + round(length / pixel_m)
    pen.text((right, top + unit), f"{length:g} m", fill="black", font=font, anchor="ma")
    pen.text((min(right + 4 * unit, width // 2), top + unit), words, fill="black", font=font)
    return np.concatenate([picture, np.asarray(strip, np.uint8)])
