"""The curved roof of a Huế palace: concave slopes, upturned corners, rows of round tiles, dragon ridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import CrossSection, Manifold, OpType

from heritage.model.arrays import F64
from heritage.sample.scene import Building, Coat
from heritage.sample.shapes import OVAL, lathe, slab, sweep

TILE_ROW_M = 0.30
COURSE_M = 0.28
FINE_M, COARSE_M = TILE_ROW_M / 6, TILE_ROW_M / 3
"""Spacing of the roofs' vertices: tile rows as round as a survey shows them, or just to be told apart."""

_BAR = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.2], [0.3, 0.5], [-0.3, 0.5], [-0.5, 0.2]])


@dataclass(frozen=True)
class Roof:
    """A hipped roof on a rectangle; one that ends below its ridge (``top`` < 1) is the lower tier of two.

    ``centre`` of the plan, ``half`` widths at the eaves, half length of the ridge along x, height of the
    eaves and the rise above them, all in metres; ``upturn`` is how far the corners sweep up.
    """

    centre: tuple[float, float]
    half: tuple[float, float]
    ridge_half: float
    eave: float
    rise: float
    upturn: float = 0.5
    top: float = 1.0
    tiles: str = "tile"

    def _fractions(self, x: F64, y: F64) -> tuple[F64, F64]:
        u, v = np.abs(x - self.centre[0]), np.abs(y - self.centre[1])
        return (self.half[0] - u) / (self.half[0] - self.ridge_half), (self.half[1] - v) / self.half[1]

    def height(self, x: F64, y: F64) -> F64:
        """The roof's height without its tiles."""
        side, front = self._fractions(x, y)
        t = np.clip(np.minimum(side, front), 0, self.top)
        corner = np.hypot(
            self.half[0] - np.abs(x - self.centre[0]), self.half[1] - np.abs(y - self.centre[1])
        )
        lift = self.upturn * np.clip(1 - corner / 3.0, 0, 1) ** 2
        return np.asarray(self.eave + self.rise * (0.58 * t + 0.42 * t * t) + lift)

    def pattern(self, p: F64) -> F64:
        """(across the tile rows, down the slope, up) in metres, for the colours."""
        x, y = p[:, 0] - self.centre[0], p[:, 1] - self.centre[1]
        side, front = self._fractions(p[:, 0], p[:, 1])
        across, along = np.where(side < front, [y, x], [x, y])
        return np.column_stack([across, np.abs(along), p[:, 2]])

    def _tiled(self, x: F64, y: F64) -> F64:
        p = self.pattern(np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]))
        row = (p[:, 0] / TILE_ROW_M) % 1 - 0.5
        cover = 0.065 * np.sqrt(np.clip(1 - (row / 0.29) ** 2, 0, None))
        lip = 0.014 * ((p[:, 1] / COURSE_M) % 1)
        return self.height(x, y) + (cover + lip).reshape(x.shape)

    def build(self, building: Building, grid_m: float, ornament: bool = True) -> None:
        """Tiles (vertices every ``grid_m``), boarding, hips and, on a roof with a ridge, its ornaments."""
        (cx, cy), (a, b) = self.centre, self.half
        x, y = _grid(cx, a, grid_m), _grid(cy, b, grid_m)
        building.add(
            Coat(self.tiles, self.pattern, 1.1),
            slab(x, y, self._tiled, lambda gx, gy: self.height(gx, gy) - 0.07),
        )
        x, y = _grid(cx, a - 0.12, 0.15), _grid(cy, b - 0.12, 0.15)
        building.add(
            Coat("boards", self.pattern, 0.6),
            slab(x, y, lambda gx, gy: self.height(gx, gy) - 0.05, lambda gx, gy: self.height(gx, gy) - 0.2),
        )
        building.add(RIDGE, *self._hips())
        if self.top == 1.0:
            building.add(RIDGE, self._ridge())
            if ornament:
                self._crown(building)

    def _hips(self) -> list[Manifold]:
        """Four bars on the hips that end in a curl above the corners."""
        t = np.concatenate([np.linspace(self.top, 0.0, 24), np.linspace(-0.02, -0.06, 4)])
        solids = []
        for sx in (-1, 1):
            for sy in (-1, 1):
                x = self.centre[0] + sx * (
                    self.half[0] - np.clip(t, -0.06, 1) * (self.half[0] - self.ridge_half)
                )
                y = self.centre[1] + sy * self.half[1] * (1 - t)
                z = self.height(x, y) + 0.08 + np.linspace(0, 0.12, len(t)) + 6.0 * np.clip(-t, 0, None)
                solids.append(
                    sweep(np.column_stack([x, y, z]), _BAR * (0.30, 0.40), np.linspace(1.0, 0.8, len(t)))
                )
                solids.append(_curl((x[-1], y[-1], z[-1]), (sx / np.sqrt(2), sy / np.sqrt(2))))
        return solids

    def _ridge(self) -> Manifold:
        s = np.linspace(-1, 1, 40)
        x = self.centre[0] + s * (self.ridge_half + 0.35)
        z = self.eave + self.rise + 0.22 + 0.30 * np.abs(s) ** 5
        return sweep(np.column_stack([x, np.full(40, self.centre[1]), z]), _BAR * (0.36, 0.75))

    def crest(self) -> float:
        """Height of the ridge bar's upper side at its middle, metres."""
        return self.eave + self.rise + 0.59

    def _crown(self, building: Building) -> None:
        """Two dragons facing the flaming disc."""
        cx, cy = self.centre
        z = self.crest()
        building.add(FINIAL, _flaming_disc((cx, cy, z + 0.5)))
        for side in (-1, 1):
            building.add(DRAGON, *dragon((cx, cy, z + 0.13), side, self.ridge_half - 0.25))


def _grid(centre: float, half: float, step: float) -> F64:
    n = max(round(half / step), 2)
    return np.asarray(centre + np.linspace(-half, half, 2 * n + 1))


def _curl(tip: tuple[float, float, float], out: tuple[float, float]) -> Manifold:
    """The cloud scroll at the end of a hip: beads on an upright spiral, united."""
    a = np.linspace(-1.2, 3.4, 14)
    x, z = 0.23 * np.sin(a) - 0.05, 0.26 * (1 - np.cos(a))
    beads = [
        Manifold.sphere(r, 8).translate((tip[0] + out[0] * dx, tip[1] + out[1] * dx, tip[2] + dz))
        for r, dx, dz in zip(np.linspace(0.13, 0.06, 14), x, z, strict=True)
    ]
    return Manifold.batch_boolean(beads, OpType.Add)


def dragon(at: tuple[float, float, float], side: int, length: float) -> list[Manifold]:
    """A dragon on a ridge along x: its tail at ``side`` * ``length``, its head raised beside ``at``."""
    s = np.linspace(0, 1, 60)
    x = at[0] + side * (length - s * (length - 0.75))
    wave = 0.13 * np.sin(s * 5.0 * np.pi) * np.clip(6 * (1 - s), 0, 1) * np.clip(4 * s, 0.2, 1)
    z = (
        at[2]
        + 0.05
        + wave
        + 0.42 * np.clip((s - 0.85) / 0.15, 0, 1) ** 1.5
        + 0.35 * np.clip(0.12 - s, 0, None) / 0.12
    )
    y = at[1] + 0.05 * np.sin(s * 9 * np.pi)
    thick = 0.135 * np.clip(s * 4 + 0.35, 0, 1)
    path = np.column_stack([x, y, z])
    solids = [sweep(path, OVAL, thick)]
    head = path[-1]
    solids.append(
        Manifold.sphere(0.19, 16)
        .scale((1.35, 0.9, 0.9))
        .translate((head[0] - side * 0.1, head[1], head[2] + 0.03))
    )
    solids += [
        Manifold.cylinder(0.34, 0.05, 0.01, 8)
        .rotate((0, side * 50, 0))
        .translate((head[0], head[1] + dy, head[2] + 0.12))
        for dy in (-0.09, 0.09)
    ]
    fins = range(4, 58, 4)
    solids += [
        Manifold.cylinder(0.20, 0.07, 0.01, 6).translate((x[k], y[k], z[k] + thick[k] * 0.8)) for k in fins
    ]
    return solids


def _flaming_disc(at: tuple[float, float, float]) -> Manifold:
    a = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    r = np.where(np.arange(24) % 2 == 0, 0.46, 0.33) * (1 + 0.25 * np.clip(np.sin(a), 0, 1))
    star = Manifold.extrude(CrossSection([np.column_stack([r * np.cos(a), r * np.sin(a)])]), 0.10).translate(
        (0, 0, -0.05)
    )
    disc = Manifold.cylinder(0.24, 0.27, 0.27, 32, True)
    foot = Manifold.cylinder(0.30, 0.14, 0.08, 12).rotate((90, 0, 0)).translate((0, -0.32, 0.15))
    upright = (star + disc).rotate((90, 0, 0))
    return (upright + foot.rotate((-90, 0, 0)).translate((0, 0, -0.5))).translate(at)


def gourd(at: tuple[float, float, float], size: float = 1.0) -> Manifold:
    """A gourd finial (bầu) standing on ``at``, about 1.25 m tall times ``size``."""
    profile = [
        (0.30, -0.1),
        (0.34, 0.08),
        (0.20, 0.16),
        (0.26, 0.26),
        (0.34, 0.42),
        (0.30, 0.60),
        (0.14, 0.74),
    ]
    profile += [(0.12, 0.78), (0.20, 0.88), (0.21, 0.96), (0.12, 1.06), (0.05, 1.15), (0.02, 1.25)]
    return lathe([(r * size, h * size) for r, h in profile], at, 24)


RIDGE = Coat("mosaic", weight=1.4)
DRAGON = Coat("dragon", weight=2.6)
FINIAL = Coat("gold", weight=2.6)
