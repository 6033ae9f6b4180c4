"""Procedural materials: the colour of a surface point from where it is and which way it faces.

Colours are sRGB in 0..1 as one would pick them from a photograph taken under an overcast sky; `light` adds
sun and shade. Patterns have real sizes (a tile row is 30 cm, a brick 44 x 15 cm with 2.5 cm of mortar).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from heritage.model.arrays import F64
from heritage.sample.noise import cell_hash
from heritage.sample.roof import COURSE_M, TILE_ROW_M
from heritage.sample.weathering import Spot, blocks, joint, mix, step, weather


def _tile(s: Spot) -> F64:
    row, course = np.floor(s.q[:, 0] / TILE_ROW_M), np.floor(s.q[:, 1] / COURSE_M)
    place = (s.q[:, 0] / TILE_ROW_M) % 1 - 0.5
    shade = cell_hash(row, course, np.floor(np.sign(s.p[:, 1])), np.floor(np.sign(s.p[:, 0])))
    colour = mix((0.70, 0.43, 0.12), (0.93, 0.72, 0.26), shade**0.8)
    colour = np.where((shade > 0.94)[:, None], (0.50, 0.29, 0.15), colour)
    trough = step(np.abs(place), 0.26, 0.33)
    colour = mix(colour, colour * (0.60, 0.56, 0.50), trough)
    lip = step((s.q[:, 1] / COURSE_M) % 1, 0.86, 0.96)
    colour = colour * (1 - 0.28 * lip)[:, None]
    broad, fine = s.noise(s.p, 4.0, 6.0), s.noise(s.p, 0.6, 7.0)
    colour = mix(
        colour, (0.36, 0.33, 0.20), 0.62 * s.age * step(broad + 0.25 * fine + 0.14 * trough, 0.72, 1.08)
    )
    return np.asarray(colour * (0.88 + 0.24 * fine)[:, None])


def _tile_green(s: Spot) -> F64:
    gold = _tile(s)
    return np.asarray(gold @ np.array([[0.26, 0.42, 0.20], [0.18, 0.42, 0.28], [0.02, 0.06, 0.06]]))


def _tile_grey(s: Spot) -> F64:
    gold = _tile(s)
    return weather(
        s, np.asarray(gold @ np.array([[0.50, 0.40, 0.34], [0.10, 0.16, 0.14], [0.1, 0.1, 0.1]])), 0.5, 0.2
    )


def _boards(s: Spot) -> F64:
    rafter = step(np.abs((s.q[:, 0] / 0.45) % 1 - 0.5), 0.20, 0.26)
    return np.asarray(
        mix((0.45, 0.15, 0.09), (0.72, 0.60, 0.42), rafter * 0.8) * (0.85 + 0.3 * s.noise(s.p, 0.6))[:, None]
    )


_ENAMELS = np.array(
    [[0.13, 0.42, 0.48], [0.16, 0.27, 0.52], [0.30, 0.50, 0.30], [0.62, 0.28, 0.30], [0.80, 0.62, 0.22]]
)


def _mosaic(s: Spot) -> F64:
    along, _ = s.wall()
    panel = np.floor(along / 0.8)
    inside = step(np.abs((along / 0.8) % 1 - 0.5), 0.40, 0.34) * s.steep
    shard = cell_hash(np.floor(s.p[:, 0] / 0.07), np.floor(s.p[:, 1] / 0.07), np.floor(s.p[:, 2] / 0.07))
    which = np.where(shard < 0.45, cell_hash(panel), shard)
    enamel = _ENAMELS[np.minimum((which * 5).astype(int), 4)]
    enamel = np.where((shard > 0.86)[:, None], (0.90, 0.90, 0.86), enamel)
    plaster = mix((0.84, 0.80, 0.70), (0.66, 0.63, 0.55), s.noise(s.p, 0.7))
    return weather(s, mix(plaster, enamel, inside * 0.9), 0.35, 0.35)


def _dragon(s: Spot) -> F64:
    shard = cell_hash(*(np.floor(s.p[:, k] / 0.08) for k in range(3)))
    colour = mix((0.10, 0.36, 0.36), (0.28, 0.58, 0.50), shard)
    colour = np.where((shard > 0.72)[:, None], (0.88, 0.84, 0.70), colour)
    return np.where((shard > 0.86)[:, None], (0.86, 0.60, 0.18), colour)


def _gold(s: Spot) -> F64:
    return mix((0.76, 0.50, 0.14), (0.96, 0.76, 0.30), s.noise(s.p, 0.5))


def _stone(s: Spot) -> F64:
    shade, seam = blocks(s, 0.95, 0.42, 0.03)
    colour = mix((0.50, 0.50, 0.47), (0.68, 0.66, 0.60), shade)
    colour = mix(colour, (0.40, 0.38, 0.34), seam * 0.8)
    return weather(s, np.asarray(colour * (0.86 + 0.28 * s.noise(s.p, 0.4))[:, None]), 0.75, 0.30)


def _paving(s: Spot) -> F64:
    i, j = np.floor(s.q[:, 0] / 0.42), np.floor(s.q[:, 1] / 0.42)
    colour = mix((0.56, 0.32, 0.23), (0.72, 0.46, 0.34), cell_hash(i, j))
    seam = np.maximum(joint(s.q[:, 0], 0.42, 0.03), joint(s.q[:, 1], 0.42, 0.03))
    colour = mix(colour, (0.44, 0.38, 0.31), seam * 0.8)
    worn = step(s.noise(s.p, 2.5, 8.0), 0.45, 0.9)
    return np.asarray(mix(colour, (0.60, 0.54, 0.46), worn * 0.5) * (0.9 + 0.2 * s.noise(s.p, 0.5))[:, None])


def _lacquer(s: Spot) -> F64:
    colour = mix((0.50, 0.07, 0.05), (0.72, 0.15, 0.09), s.noise(s.p * (1, 1, 0.3), 0.8))
    cloud = s.noise(s.p, 0.28, 9.0)
    band = np.abs(((s.p[:, 2] - 0.35) / 0.85) % 1 - 0.5)
    gold = step(band, 0.12, 0.05) * step(cloud, 0.50, 0.62)
    dust = step(1.9 - s.p[:, 2] + 0.4 * cloud, 0.1, 0.6)
    return mix(mix(colour, (0.85, 0.62, 0.22), gold * 0.85), (0.52, 0.30, 0.22), dust * 0.35)


def _door(s: Spot) -> F64:
    along, up = s.wall()
    lattice = np.maximum(joint(along, 0.16, 0.05), joint(up, 0.16, 0.05))
    upper = step(up, 2.55, 2.60)
    open_work = mix((0.12, 0.06, 0.04), (0.74, 0.50, 0.18), lattice)
    frame = np.maximum(joint(along, 0.56, 0.10), joint(up, 0.52, 0.07))
    solid = mix((0.55, 0.10, 0.06), (0.80, 0.56, 0.20), frame * 0.75)
    return mix(solid, open_work, upper)


def _ochre(s: Spot) -> F64:
    colour = mix((0.80, 0.59, 0.26), (0.93, 0.78, 0.46), s.noise(s.p, 2.2))
    lost = step(s.noise(s.p, 1.6, 10.0) + 0.25 * np.clip(1.2 - (s.p[:, 2] - 1.5), 0, 1), 0.86, 0.90)
    return weather(s, mix(colour, _brick_bare(s), lost * 0.9 * s.age), 0.45, 0.42, 1.4)


def _lime(s: Spot) -> F64:
    colour = mix((0.70, 0.67, 0.59), (0.90, 0.88, 0.81), s.noise(s.p, 1.5))
    return weather(s, colour, 0.50, 0.52)


def _enamel(s: Spot) -> F64:
    along, up = s.wall()
    which = cell_hash(np.floor(along / 1.1), np.floor(s.n[:, 0] * 1.9))
    field = _ENAMELS[np.minimum((which * 5).astype(int), 4)]
    u, v = (along / 1.1) % 1 - 0.5, (up - 6.87) / 0.68 - 0.5
    flower = step(np.hypot(u, v * 0.62) + 0.10 * np.sin(5 * np.arctan2(v, u)), 0.30, 0.22)
    colour = mix(field, (0.90, 0.80, 0.52), flower * s.noise(s.p, 0.3))
    border = np.maximum(step(np.abs(u), 0.40, 0.44), step(np.abs(v), 0.40, 0.44))
    return mix(colour, (0.82, 0.60, 0.22), border * 0.9)


def _ceramic(s: Spot) -> F64:
    along, up = s.wall()
    u, v = (along / 0.26) % 1 - 0.5, (up / 0.26) % 1 - 0.5
    hole = step(np.abs(u) ** 0.8 + np.abs(v) ** 0.8, 0.42, 0.36) * s.steep
    glaze = mix(
        (0.16, 0.42, 0.33), (0.34, 0.62, 0.48), cell_hash(np.floor(along / 0.26), np.floor(up / 0.26))
    )
    return mix(glaze, (0.10, 0.16, 0.13), hole * 0.85)


def _brick_bare(s: Spot) -> F64:
    shade, seam = blocks(s, 0.44, 0.15, 0.028)
    colour = mix((0.47, 0.22, 0.15), (0.70, 0.38, 0.27), shade)
    colour = np.where((shade > 0.92)[:, None], (0.36, 0.20, 0.17), colour)
    return mix(colour, (0.66, 0.59, 0.49), seam * 0.75)


def _brick(s: Spot) -> F64:
    colour = np.asarray(_brick_bare(s) * (0.86 + 0.28 * s.noise(s.p, 0.8))[:, None])
    wash = step(s.noise(s.p, 3.5, 12.0), 0.62, 0.95)
    return weather(s, mix(colour, (0.74, 0.68, 0.57), wash * 0.55), 0.70, 0.45)


def _wood(s: Spot) -> F64:
    return mix((0.26, 0.15, 0.10), (0.44, 0.28, 0.19), s.noise(s.p * (3, 3, 0.5), 0.6))


def _plaster_new(s: Spot) -> F64:
    return mix((0.93, 0.82, 0.54), (0.97, 0.90, 0.68), s.noise(s.p, 0.8))


def _rubble(s: Spot) -> F64:
    return mix((0.42, 0.28, 0.22), (0.72, 0.62, 0.52), s.noise(s.p, 0.35, 13.0))


def _spall(s: Spot) -> F64:
    return mix((0.66, 0.56, 0.44), (0.86, 0.80, 0.68), s.noise(s.p, 0.4, 14.0))


def _bronze(s: Spot) -> F64:
    return mix((0.16, 0.19, 0.15), (0.32, 0.43, 0.36), s.noise(s.p, 0.5))


def _stele(s: Spot) -> F64:
    along, up = s.wall()
    i, j = np.floor(along / 0.11), np.floor(up / 0.13)
    u, v = (along / 0.11) % 1, (up / 0.13) % 1
    glyph = (np.abs(u - 0.5) < 0.3) & (np.abs(v - 0.5) < 0.36) & (s.noise(s.p, 0.06, 15.0) > 0.45)
    colour = mix((0.20, 0.21, 0.22), (0.34, 0.34, 0.33), s.noise(s.p, 0.8))
    return mix(colour, (0.62, 0.56, 0.42), glyph * s.steep * (0.5 + 0.5 * cell_hash(i, j)))


def _court(s: Spot) -> F64:
    i, j = np.floor(s.q[:, 0] / 0.6), np.floor(s.q[:, 1] / 0.6)
    colour = mix((0.60, 0.53, 0.44), (0.74, 0.67, 0.57), cell_hash(i, j))
    seam = np.maximum(joint(s.q[:, 0], 0.6, 0.06), joint(s.q[:, 1], 0.6, 0.06))
    colour = mix(colour, (0.40, 0.40, 0.26), seam * 0.8)
    return mix(colour, (0.42, 0.42, 0.26), 0.6 * step(s.noise(s.p, 2.0, 16.0), 0.55, 0.9))


def _grass(s: Spot) -> F64:
    broad, fine = s.noise(s.p, 6.0, 17.0), s.noise(s.p, 0.35, 18.0)
    colour = mix((0.34, 0.39, 0.19), (0.57, 0.58, 0.31), 0.5 * broad + 0.5 * fine)
    return mix(colour, (0.60, 0.51, 0.36), step(broad + 0.3 * fine, 0.86, 1.05))


def _bark(s: Spot) -> F64:
    return mix((0.26, 0.21, 0.16), (0.50, 0.44, 0.36), s.noise(s.p * (3, 3, 1), 0.5))


def _leaf(s: Spot) -> F64:
    colour = mix((0.13, 0.25, 0.07), (0.42, 0.55, 0.18), s.noise(s.p, 0.5, 19.0))
    return mix(colour, (0.58, 0.60, 0.22), step(s.noise(s.p, 2.0, 20.0), 0.6, 1.0) * 0.6)


def _blossom(s: Spot) -> F64:
    red = s.noise(s.p, 0.4, 21.0) > 0.85
    return np.where(red[:, None], (0.80, 0.22, 0.14), _leaf(s))


MATERIALS: dict[str, Callable[[Spot], F64]] = {
    "tile": _tile, "tile-green": _tile_green, "tile-grey": _tile_grey,
    "boards": _boards, "mosaic": _mosaic, "dragon": _dragon, "gold": _gold, "stone": _stone,
    "paving": _paving, "lacquer": _lacquer, "door": _door, "ochre": _ochre, "lime": _lime, "enamel": _enamel,
    "ceramic": _ceramic, "brick": _brick, "wood": _wood, "plaster-new": _plaster_new, "rubble": _rubble,
    "spall": _spall, "bronze": _bronze, "stele": _stele, "court": _court, "grass": _grass, "bark": _bark,
    "leaf": _leaf, "blossom": _blossom,
}  # fmt: skip


def albedo(material: str, spot: Spot) -> F64:
    """sRGB colours in 0..1 (n, 3) of a material at ``spot``."""
    return np.clip(MATERIALS[material](spot), 0.0, 1.0)
