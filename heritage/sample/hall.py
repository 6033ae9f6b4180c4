"""Thái Hòa: the throne hall. Two curved roofs over red columns on a stone terrace, front towards -y."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manifold3d import Manifold

from heritage.sample.damage import Condition
from heritage.sample.roof import RIDGE, Roof, gourd
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import box, lathe, prism

TERRACE = (8.6, 6.4)
"""Half widths of the terrace, metres."""
FLOOR_M = 1.5
_STEP, _RISE = 2.2 / 8, FLOOR_M / 9
_X = (-6.4, -4.0, -1.55, 1.55, 4.0, 6.4)
_Y = (-4.2, -1.9, 1.6, 4.2)
LOWER = Roof((0, 0), (8.1, 5.9), 3.4, 4.9, 3.3, upturn=0.65, top=0.52)
UPPER = Roof((0, 0), (5.9, 3.55), 3.6, 7.35, 2.15, upturn=0.55)

STONE, PAVING = Coat("stone", weight=2.2), Coat("paving", weight=1.2)
LACQUER, DOOR, WOOD = Coat("lacquer", weight=1.3), Coat("door", weight=1.8), Coat("wood")
OCHRE, PANEL = Coat("ochre", weight=1.7), Coat("enamel", weight=1.5)
BALUSTER, LIME, BRONZE = Coat("ceramic", weight=1.3), Coat("lime"), Coat("bronze", weight=1.8)


def outline() -> list[tuple[float, float]]:
    """The ground plan (n, 2): terrace, front stairs and the porch at the back; counter-clockwise, metres."""
    a, b = TERRACE
    return [
        (-a, -b), (-2.1, -b), (-2.1, -b - 2.2), (2.1, -b - 2.2), (2.1, -b), (a, -b),
        (a, b), (6.9, b), (6.9, b + 2.4), (3.1, b + 2.4), (3.1, b), (-a, b),
    ]  # fmt: skip


def hall(condition: Condition, grid_m: float, longest_edge: float = 1.0) -> Surface:
    """The hall's surface in its own frame in one of its conditions.

    ``grid_m`` is the spacing of the roofs' vertices; no edge is longer than ``longest_edge`` metres.
    """
    building = Building()
    _terrace(building)
    _stairs(building)
    _room(building)
    for x in (-4.3, 4.3):
        building.add(BRONZE, *_urn(x, -9.3))
    LOWER.build(building, grid_m)
    building.add(PANEL, box((-5.0, 5.0), (-2.75, 2.75), (6.3, 7.85)))
    building.add(LACQUER, *(_frame(z) for z in (6.72, 7.55)))
    building.add(
        LACQUER, *(box((x - 0.08, x + 0.08), (-2.81, 2.81), (6.4, 7.6)) for x in np.linspace(-4.95, 4.95, 10))
    )
    UPPER.build(building, grid_m)
    if condition.back_porch:
        _porch(building, grid_m)
    for side in (-1, 1):
        if side == -1 or not condition.lost_finial:
            building.add(RIDGE, gourd((side * 3.85, 0.0, UPPER.crest() + 0.2), 0.72))
    condition.apply(building, -TERRACE[1], _STEP, _RISE)
    return building.surface(longest_edge)


def _urn(x: float, y: float) -> list[Manifold]:
    """A bronze cauldron on three feet, one of the pair before the hall."""
    body = [
        (0.2, 0.32),
        (0.46, 0.42),
        (0.56, 0.68),
        (0.50, 0.92),
        (0.40, 1.02),
        (0.52, 1.12),
        (0.44, 1.13),
        (0.3, 0.95),
    ]
    feet = [(x + 0.36 * np.cos(a), y + 0.36 * np.sin(a)) for a in (0.5, 2.6, 4.7)]
    ears = [box((x + s - 0.05, x + s + 0.05), (y - 0.13, y + 0.13), (1.0, 1.4)) for s in (-0.45, 0.45)]
    return [
        lathe(body, (x, y, 0.0), 28),
        *(lathe([(0.10, -0.1), (0.08, 0.2), (0.13, 0.55)], (fx, fy, 0.0), 12) for fx, fy in feet),
        *ears,
    ]


def _frame(z: float) -> Manifold:
    return box((-5.06, 5.06), (-2.81, 2.81), (z, z + 0.16))


def _terrace(building: Building) -> None:
    a, b = TERRACE
    building.add(STONE, box((-a, a), (-b, b), (-0.6, FLOOR_M - 0.12)))
    building.add(STONE, box((-a - 0.1, a + 0.1), (-b - 0.1, b + 0.1), (FLOOR_M - 0.16, FLOOR_M - 0.02)))
    building.add(STONE, box((-a - 0.12, a + 0.12), (-b - 0.12, b + 0.12), (-0.6, 0.22)))
    building.add(PAVING, box((-a + 0.3, a - 0.3), (-b + 0.3, b - 0.3), (0.5, FLOOR_M)))
    building.add(STONE, box((3.1, 6.9), (b - 0.2, b + 2.4), (-0.6, FLOOR_M - 0.05)))
    # Balustrade: posts with lotus buds and pierced green panels between them, open at the stairs.
    runs = [((-a, -b), (-2.3, -b)), ((2.3, -b), (a, -b)), ((-a, -b), (-a, b)), ((a, -b), (a, b))]
    for (x0, y0), (x1, y1) in runs:
        count = int(np.ceil(np.hypot(x1 - x0, y1 - y0) / 1.7))
        posts = np.linspace(
            (x0 + np.sign(-x0) * 0.16, y0 + 0.16 * (y0 < 0)),
            (x1 + np.sign(-x1) * 0.16, y1 - 0.16 * np.sign(y1)),
            count + 1,
        )
        for x, y in posts:
            building.add(
                LIME, box((x - 0.13, x + 0.13), (y - 0.13, y + 0.13), (FLOOR_M - 0.2, FLOOR_M + 0.82))
            )
            building.add(
                LIME, lathe([(0.09, 0.78), (0.15, 0.9), (0.12, 1.02), (0.02, 1.14)], (x, y, FLOOR_M), 12)
            )
        for (xa, ya), (xb, yb) in pairwise(posts):
            x, y = sorted((xa, xb)), sorted((ya, yb))
            w = 0.06
            building.add(
                BALUSTER, box((x[0] - w, x[1] + w), (y[0] - w, y[1] + w), (FLOOR_M + 0.06, FLOOR_M + 0.58))
            )
            building.add(
                LIME,
                box((x[0] - 0.09, x[1] + 0.09), (y[0] - 0.09, y[1] + 0.09), (FLOOR_M + 0.56, FLOOR_M + 0.68)),
            )


def _stairs(building: Building) -> None:
    """Nine front steps between ramps that end in posts."""
    b = TERRACE[1]
    for k in range(8):
        front, top = -b - 2.2 + k * _STEP, (k + 1) * _RISE
        building.add(STONE, box((-1.75, 1.75), (front, -b + 0.2), (-0.6, top)))
    for x in (-1.93, 1.93):
        ramp = [
            (-b - 2.2, -0.6),
            (-b + 0.1, -0.6),
            (-b + 0.1, FLOOR_M + 0.25),
            (-b - 0.3, FLOOR_M + 0.2),
            (-b - 2.2, 0.55),
        ]
        building.add(STONE, _ramp(ramp, x))
        building.add(
            LIME,
            lathe([(0.2, 0.0), (0.24, 0.12), (0.1, 0.28), (0.16, 0.4), (0.02, 0.6)], (x, -b - 1.98, 0.6), 14),
        )


def _ramp(side: list[tuple[float, float]], x: float) -> Manifold:
    """A wall 0.35 m thick about ``x`` with the given counter-clockwise (y, z) side view."""
    # (y, z, thickness) -> (thickness, y, z): a cyclic change of axes keeps the winding.
    return prism(side, (x - 0.175, x + 0.175)).transform([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]])


def _porch(building: Building, grid_m: float) -> None:
    """The roofed back porch that the reconstruction proposes over the platform behind."""
    porch = Roof((5.0, TERRACE[1] + 0.9), (2.5, 2.2), 1.1, 4.1, 1.3, upturn=0.35)
    porch.build(building, grid_m, ornament=False)
    for x in (3.45, 6.55):
        for y in (TERRACE[1] + 0.2, TERRACE[1] + 2.1):
            building.add(LACQUER, lathe([(0.17, -0.1), (0.15, 3.3)], (x, y, FLOOR_M - 0.05), 20))


def _room(building: Building) -> None:
    for x in _X:
        for y in _Y:
            base = [(0.36, -0.1), (0.36, 0.10), (0.28, 0.2)]
            building.add(STONE, lathe(base, (x, y, FLOOR_M), 20))
            top = LOWER.height(np.array(x), np.array(y)) - FLOOR_M - 0.1
            building.add(LACQUER, lathe([(0.225, 0.1), (0.22, 2.0), (0.20, float(top))], (x, y, FLOOR_M), 24))
    # Beams over the columns; doors in the second row, plastered walls at the sides and back.
    building.add(LACQUER, *(box((_X[0], _X[-1]), (y - 0.11, y + 0.11), (4.62, 5.0)) for y in _Y))
    building.add(LACQUER, *(box((x - 0.11, x + 0.11), (_Y[0], _Y[-1]), (4.62, 5.0)) for x in _X))
    building.add(PANEL, box((_X[0], _X[-1]), (_Y[0] - 0.05, _Y[0] + 0.05), (4.2, 4.64)))
    building.add(DOOR, box((_X[0], _X[-1]), (_Y[1] - 0.06, _Y[1] + 0.06), (FLOOR_M - 0.1, 5.6)))
    for x0, x1 in pairwise(_X):
        middle = (x0 + x1) / 2
        leaves = np.linspace(x0 + 0.25, x1 - 0.25, 5)
        building.add(
            LACQUER, *(box((x - 0.06, x + 0.06), (_Y[1] - 0.13, _Y[1]), (FLOOR_M, 4.3)) for x in leaves)
        )
        building.add(LACQUER, box((x0, x1), (_Y[1] - 0.14, _Y[1]), (4.2, 4.4)))
        building.add(LACQUER, box((x0, x1), (_Y[1] - 0.14, _Y[1]), (FLOOR_M, FLOOR_M + 0.22)))
        building.add(
            Coat("gold", weight=2.0), box((middle - 0.55, middle + 0.55), (_Y[0] - 0.09, _Y[0]), (4.28, 4.56))
        )
    for x in (_X[0], _X[-1]):
        building.add(OCHRE, box((x - 0.2, x + 0.2), (_Y[1], _Y[3]), (FLOOR_M - 0.1, 5.4)))
    building.add(OCHRE, box((_X[0], _X[-1]), (_Y[3] - 0.2, _Y[3] + 0.2), (FLOOR_M - 0.1, 5.4)))
    # The back door, bricked up long ago.
    building.add(Coat("brick"), box((4.2, 5.8), (_Y[3], _Y[3] + 0.23), (FLOOR_M, 4.0)))
    building.add(WOOD, box((4.0, 6.0), (_Y[3], _Y[3] + 0.28), (4.0, 4.2)))
