"""La Thành: an old corner of the enclosing wall, brick under moss, with a small gate; outside towards -y."""

from __future__ import annotations

import numpy as np
from manifold3d import Manifold

from heritage.model.arrays import F64
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import arch, box, prism, slab

_LEFT, _RIGHT, _THICK, _RETURN = -12.0, 9.0, 0.9, 8.0
_HEIGHT = 2.7
BRICK, STONE, LIME, TILE = (
    Coat("brick", weight=1.4),
    Coat("stone", weight=2.0),
    Coat("lime", weight=1.2),
    Coat("tile-grey", weight=1.3),
)
_BUTTRESSES = (-9.5, -6.2, 1.2, 4.6)


def outline() -> list[tuple[float, float]]:
    """The ground plan (n, 2): an L with buttresses outside; counter-clockwise, metres."""
    h = _THICK / 2
    plan: list[tuple[float, float]] = [(_LEFT, -h)]
    for x in _BUTTRESSES:
        plan += [(x - 0.4, -h), (x - 0.4, -h - 0.5), (x + 0.4, -h - 0.5), (x + 0.4, -h)]
    return [
        *plan,
        (_RIGHT, -h),
        (_RIGHT, _RETURN),
        (_RIGHT - _THICK, _RETURN),
        (_RIGHT - _THICK, h),
        (_LEFT, h),
    ]


def wall() -> Surface:
    """The wall's surface in its own frame."""
    building = Building()
    h, inner = _THICK / 2, _RIGHT - _THICK
    building.add(
        BRICK,
        box((_LEFT, _RIGHT), (-h, h), (-0.6, _HEIGHT)),
        box((inner, _RIGHT), (-h, _RETURN), (-0.6, _HEIGHT)),
    )
    building.add(
        STONE,
        box((_LEFT, _RIGHT), (-h - 0.06, h + 0.06), (-0.6, 0.35)),
        box((inner - 0.06, _RIGHT + 0.06), (-h, _RETURN), (-0.6, 0.35)),
    )
    for x in _BUTTRESSES:
        side = [(-h - 0.5, -0.6), (0.0, -0.6), (0.0, 2.2), (-h, 2.2), (-h - 0.5, 1.5)]
        building.add(
            BRICK, prism(side, (x - 0.4, x + 0.4)).transform([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]])
        )
    cap = [(-0.68, 0.0), (0.68, 0.0), (0.60, 0.12), (0.14, 0.52), (-0.14, 0.52), (-0.60, 0.12)]
    along_y = prism(cap, (-h - 0.18, _RETURN)).rotate((90, 0, 0)).rotate((0, 0, 180))
    building.add(TILE, along_y.translate((_RIGHT - h, 0, _HEIGHT - 0.05)))
    building.add(
        TILE,
        prism(cap, (_LEFT, _RIGHT + 0.18)).transform([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, _HEIGHT - 0.05]]),
    )
    _gateway(building)
    building.cut(Coat("rubble", weight=1.4), _breach())
    return building.surface()


def _gateway(building: Building) -> None:
    x, h = -2.6, _THICK / 2
    building.add(LIME, box((x - 1.5, x + 1.5), (-h - 0.16, h + 0.16), (-0.6, 3.5)))
    building.add(LIME, box((x - 1.65, x + 1.65), (-h - 0.3, h + 0.3), (3.4, 3.62)))
    roof = [(-0.95, 0.0), (0.95, 0.0), (0.85, 0.14), (0.16, 0.72), (-0.16, 0.72), (-0.85, 0.14)]
    building.add(
        TILE, prism(roof, (x - 1.75, x + 1.75)).transform([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 3.6]])
    )
    building.cut(BRICK, arch(1.5, 1.7, (-1.2, 1.2), 0.02).translate((x, 0, 0)))


def _breach() -> Manifold:
    """The left end, where coping and courses have fallen: everything above a ragged line."""

    def ragged(x: F64, y: F64) -> F64:
        steps = 0.15 * np.round((1.55 + 0.42 * (x - _LEFT) + 0.25 * np.sin(3.1 * x)) / 0.15)
        return np.asarray(steps + 0.02 * np.sin(13 * x + 7 * y))

    return slab(
        np.linspace(_LEFT - 0.5, _LEFT + 2.9, 50),
        np.linspace(-1.4, 1.4, 16),
        lambda x, y: np.full(x.shape, 4.5),
        ragged,
    )
