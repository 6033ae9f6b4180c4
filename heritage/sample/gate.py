"""Ngọ Môn: the gate. A U-shaped brick podium with five passages, five roofs upon it; front towards -y."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F64
from heritage.sample.roof import RIDGE, Roof, gourd
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import arch, box, lathe, prism

TOP_M = 5.0
_MAIN, _WING, _REACH = 10.0, 6.5, 9.0
"""Half width, inner edge of the wings and how far they come forward, metres."""
_BACK = 3.5
BRICK, STONE, LIME = Coat("brick", weight=1.35), Coat("stone", weight=1.6), Coat("lime", weight=1.2)
LACQUER, DOOR, PANEL = Coat("lacquer", weight=1.6), Coat("door", weight=1.7), Coat("enamel", weight=1.8)
PAVING, CERAMIC = Coat("paving", weight=0.7), Coat("ceramic", weight=1.2)


def _u_plan() -> list[tuple[float, float]]:
    return [
        (-_MAIN, -_REACH), (-_WING, -_REACH), (-_WING, -_BACK), (_WING, -_BACK),
        (_WING, -_REACH), (_MAIN, -_REACH), (_MAIN, _BACK), (-_MAIN, _BACK),
    ]  # fmt: skip


def outline() -> list[tuple[float, float]]:
    """The ground plan (n, 2): podium and the stairs behind it; counter-clockwise, metres."""
    stairs = [(-4.2, _BACK), (-4.2, _BACK + 1.6), (-9.2, _BACK + 1.6), (-9.2, _BACK)]
    return [*_u_plan()[:-1], *stairs, (-_MAIN, _BACK)]


def gate(grid_m: float) -> Surface:
    """The gate's surface in its own frame; ``grid_m`` is the spacing of the roofs' vertices."""
    building = Building()
    _podium(building)
    _parapet(building)
    _pavilion(building, grid_m)
    return building.surface()


def _podium(building: Building) -> None:
    plan = np.array(_u_plan())
    building.add(BRICK, prism(plan, (-0.6, TOP_M - 0.1)))
    for grow, z in (
        (0.14, (-0.6, 0.55)),
        (0.10, (TOP_M - 0.62, TOP_M - 0.42)),
        (0.16, (TOP_M - 0.25, TOP_M)),
    ):
        building.add(STONE, prism(_grown(plan, grow), z))
    building.add(PAVING, prism(_grown(plan, -0.3), (TOP_M - 0.3, TOP_M + 0.02)))
    for x, width, spring in ((0.0, 2.5, 2.3), (-3.7, 1.9, 1.9), (3.7, 1.9, 1.9)):
        building.add(
            STONE,
            *(
                arch(width + 0.6, spring, d).translate((x, 0, 0))
                for d in ((-_BACK - 0.08, -_BACK + 0.3), (_BACK - 0.3, _BACK + 0.08))
            ),
        )
        building.cut(BRICK, arch(width, spring, (-_BACK - 1, _BACK + 1), 0.04).translate((x, 0, 0)))
    for x in (-8.25, 8.25):
        building.add(
            STONE,
            *(
                arch(2.0, 1.7, d).translate((x, 0, 0))
                for d in ((-_REACH - 0.08, -_REACH + 0.3), (_BACK - 0.3, _BACK + 0.08))
            ),
        )
        building.cut(BRICK, arch(1.5, 1.7, (-_REACH - 1, _BACK + 1), 0.04).translate((x, 0, 0)))
    building.add(LACQUER, box((-1.5, 1.5), (-_BACK - 0.14, -_BACK), (3.95, 4.32)))
    building.add(Coat("gold", weight=2.0), box((-1.25, 1.25), (-_BACK - 0.18, -_BACK), (4.02, 4.25)))
    for k in range(12):
        x = -4.2 - 5.0 / 12 * k
        building.add(
            STONE, box((x - 5.0 / 12, x), (_BACK - 0.2, _BACK + 1.6), (-0.6, TOP_M * (k + 1) / 12.5))
        )


def _grown(plan: F64, by: float) -> F64:
    """The rectilinear, counter-clockwise plan with every side moved outwards by ``by``."""
    before, after = plan - np.roll(plan, 1, 0), np.roll(plan, -1, 0) - plan
    outwards = [
        np.column_stack([e[:, 1], -e[:, 0]]) / np.linalg.norm(e, axis=1)[:, None] for e in (before, after)
    ]
    return np.asarray(plan + by * (outwards[0] + outwards[1]))


def _parapet(building: Building) -> None:
    corners = _grown(np.array(_u_plan()), -0.12)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, 0), strict=True):
        count = max(round(float(np.hypot(x1 - x0, y1 - y0)) / 1.75), 1)
        x, y = sorted((x0, x1)), sorted((y0, y1))
        building.add(
            CERAMIC, box((x[0] - 0.07, x[1] + 0.07), (y[0] - 0.07, y[1] + 0.07), (TOP_M - 0.1, TOP_M + 0.62))
        )
        building.add(
            LIME, box((x[0] - 0.12, x[1] + 0.12), (y[0] - 0.12, y[1] + 0.12), (TOP_M + 0.60, TOP_M + 0.74))
        )
        for s in np.arange(count) / count:
            px, py = x0 + s * (x1 - x0), y0 + s * (y1 - y0)
            building.add(
                LIME, box((px - 0.16, px + 0.16), (py - 0.16, py + 0.16), (TOP_M - 0.1, TOP_M + 0.9))
            )
            building.add(LIME, lathe([(0.12, 0.86), (0.15, 0.96), (0.02, 1.12)], (px, py, TOP_M), 10))


def _pavilion(building: Building, grid_m: float) -> None:
    lower = Roof((0, 0.2), (7.4, 3.25), 3.6, TOP_M + 3.0, 2.2, upturn=0.5, top=0.5)
    upper = Roof((0, 0.2), (5.0, 2.2), 3.1, TOP_M + 4.75, 1.55, upturn=0.45)
    xs, ys = np.linspace(-6.2, 6.2, 8), (-2.1, 2.5)
    for x in xs:
        for y in ys:
            building.add(LACQUER, lathe([(0.19, -0.1), (0.18, 1.5), (0.16, 3.4)], (x, y, TOP_M), 18))
            building.add(STONE, lathe([(0.28, -0.1), (0.28, 0.08), (0.22, 0.16)], (x, y, TOP_M), 16))
    building.add(LACQUER, *(box((-6.2, 6.2), (y - 0.09, y + 0.09), (TOP_M + 2.75, TOP_M + 3.15)) for y in ys))
    building.add(
        DOOR,
        box((-5.3, 5.3), (-1.1, -0.98), (TOP_M - 0.1, TOP_M + 3.5)),
        box((-5.3, 5.3), (1.5, 1.62), (TOP_M - 0.1, TOP_M + 3.5)),
    )
    building.add(
        LACQUER,
        *(
            box((x - 0.1, x + 0.1), (-1.18, 1.7), (TOP_M - 0.1, TOP_M + 3.5))
            for x in np.linspace(-5.2, 5.2, 8)
        ),
    )
    lower.build(building, grid_m)
    building.add(PANEL, box((-4.2, 4.2), (-1.45, 1.85), (TOP_M + 3.9, TOP_M + 5.1)))
    building.add(
        LACQUER,
        *(
            box((x - 0.07, x + 0.07), (-1.5, 1.9), (TOP_M + 3.9, TOP_M + 5.0))
            for x in np.linspace(-4.15, 4.15, 9)
        ),
    )
    upper.build(building, grid_m)
    building.add(RIDGE, *(gourd((s * 3.3, 0.2, upper.crest() + 0.18), 0.6) for s in (-1, 1)))
    for side in (-1, 1):
        for y, half, eave in ((-6.6, (2.15, 2.3), TOP_M + 2.5), (-2.9, (1.75, 1.5), TOP_M + 2.2)):
            x = side * 8.25
            roof = Roof((x, y), half, 0.35, eave, 1.5 if half[0] > 2 else 1.1, upturn=0.4, tiles="tile-green")
            roof.build(building, grid_m, ornament=False)
            building.add(RIDGE, gourd((x, y, roof.crest() - 0.1), 0.6))
            for dx in (-1, 1):
                for dy in (-1, 1):
                    at = (x + dx * (half[0] - 0.75), y + dy * (half[1] - 0.75), TOP_M)
                    building.add(LACQUER, lathe([(0.15, -0.1), (0.14, eave - TOP_M + 0.5)], at, 16))
            w, d = half[0] - 0.78, half[1] - 0.78
            building.add(
                LACQUER,
                box((x - w - 0.08, x + w + 0.08), (y - d - 0.08, y + d + 0.08), (eave - 0.2, eave + 0.12)),
            )
