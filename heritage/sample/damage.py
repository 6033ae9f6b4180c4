"""What happened to Thái Hòa between its two surveys: the known damage and repair that `compare` must find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold

from heritage.model.arrays import F64
from heritage.sample.scene import Building, Coat
from heritage.sample.shapes import box, slab


@dataclass(frozen=True)
class Change:
    """One change. ``low`` and ``high`` bound it in the monument frame; ``depth_mm`` is its signed range,
    positive = material gained from the first survey to the second."""

    id: str
    kind: str
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    depth_mm: tuple[float, float]
    what: str


CHANGES = (
    Change(
        "ridge",
        "damage",
        (1.1, -0.4, 9.3),
        (2.7, 0.4, 10.9),
        (-1400, -40),
        "a stretch of the upper ridge with its dragon is gone",
    ),
    Change(
        "finial",
        "damage",
        (3.4, -0.5, 9.7),
        (4.3, 0.5, 11.6),
        (-900, -40),
        "the gourd at the ridge's east end is lost",
    ),
    Change(
        "spall",
        "damage",
        (-6.6, -6.48, 0.25),
        (-3.2, -6.25, 1.3),
        (-60, -30),
        "the terrace's front has spalled",
    ),
    Change("stair", "repair", (0.2, -8.7, 0.0), (1.75, -6.4, 1.4), (20, 380), "the broken flight is rebuilt"),
    Change(
        "plaster",
        "repair",
        (6.55, -0.9, 1.9),
        (6.68, 2.6, 4.1),
        (20, 20),
        "the east wall has a new coat of 20 mm",
    ),
)


@dataclass(frozen=True)
class Condition:
    """What is whole, broken or mended in the hall, and what a reconstruction adds to it."""

    broken_stair: bool = False
    lost_ridge: bool = False
    lost_finial: bool = False
    spalled: bool = False
    new_plaster: bool = False
    back_porch: bool = False

    def apply(self, building: Building, front: float, step: float, rise: float) -> None:
        """Work on the finished hall; ``front`` is the terrace's y, ``step`` and ``rise`` are its stairs'."""
        if self.broken_stair:
            for k, depth in enumerate((0.16, 0.30, 0.22, 0.33, 0.20, 0.13), start=1):
                y = front - 2.2 + k * step
                block = _above(0.25 + 0.06 * (k % 3), 1.72, y - 0.2, y + step + 0.02, (k + 1) * rise - depth)
                building.cut(Coat("rubble", weight=1.6), block)
        if self.lost_ridge:
            building.cut(Coat("rubble", weight=1.6), box((1.15, 2.62), (-0.5, 0.5), (9.62, 11.2)))
        if self.spalled:
            building.cut(Coat("spall", weight=1.6), _spalled())
        if self.new_plaster:
            building.add(Coat("plaster-new"), box((6.5, 6.62), (-0.85, 2.55), (1.95, 4.05)))


IN_2019 = Condition(broken_stair=True)
IN_2024 = Condition(lost_ridge=True, lost_finial=True, spalled=True, new_plaster=True)
IN_1844 = Condition(back_porch=True)


def _above(x0: float, x1: float, y0: float, y1: float, z: float) -> Manifold:
    """Everything above a rough surface about height ``z`` over the rectangle."""

    def floor(x: F64, y: F64) -> F64:
        return np.asarray(z + 0.025 * np.sin(9 * x + 3 * z) * np.cos(11 * y) + 0.02 * np.sin(23 * x + 17 * y))

    return slab(np.linspace(x0, x1, 24), np.linspace(y0, y1, 8), lambda x, y: np.full(x.shape, 3.0), floor)


def _spalled() -> Manifold:
    """The stone lost from the terrace's front (y = -6.4): 30 to 60 mm deep with a ragged rim."""
    x, z = np.linspace(-6.55, -3.25, 67), np.linspace(0.3, 1.28, 21)

    def depth(gx: F64, gz: F64) -> F64:
        u, v = (gx + 4.9) / 1.65, (gz - 0.79) / 0.49
        rim = 1 - np.hypot(u, v) + 0.10 * np.sin(7 * gx) * np.cos(5 * gz) + 0.06 * np.sin(17 * gx + 9 * gz)
        inside = np.clip(rim / 0.12, 0, 1)
        return np.asarray(
            inside * (0.045 + 0.015 * np.sin(5 * gx + 2) * np.sin(6 * gz)) - 0.01 * (1 - inside)
        )

    # The slab grows along z; (x, z, depth) -> (x, depth - 6.4, z) mirrors, so one more axis is turned.
    solid = slab(x, z, depth, lambda gx, gz: np.full(gx.shape, -0.3))
    return solid.transform([[1, 0, 0, 0], [0, 0, 1, -6.4], [0, 1, 0, 0]])
