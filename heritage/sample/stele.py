"""Bia Đình: the stele house. Four arched doorways around a stone on a tortoise; front towards -y."""

from __future__ import annotations

import numpy as np
from manifold3d import Manifold

from heritage.sample.roof import RIDGE, Roof, gourd
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import arch, box, prism

_HALF, _THICK = 3.0, 0.55
OCHRE, STONE, LIME = Coat("ochre", weight=1.2), Coat("stone", weight=2.0), Coat("lime", weight=1.3)
PAVING, STELE, BRICK = Coat("paving"), Coat("stele", weight=2.5), Coat("brick", weight=1.2)


def outline() -> list[tuple[float, float]]:
    """The ground plan (n, 2): walls, front steps, offering niche; counter-clockwise, metres."""
    h = _HALF
    return [
        (-h, -h), (-1.5, -h), (-1.5, -h - 1.5), (1.5, -h - 1.5), (1.5, -h), (h, -h),
        (h, 1.2), (h + 1.1, 1.2), (h + 1.1, 2.7), (h, 2.7), (h, h), (-h, h),
    ]  # fmt: skip


def stele_house(grid_m: float) -> Surface:
    """The house and what stands inside, in their own frame; ``grid_m`` spaces the roofs' vertices."""
    building = Building()
    h, t = _HALF, _THICK
    building.add(STONE, box((-h - 0.06, h + 0.06), (-h - 0.06, h + 0.06), (-0.6, 0.3)))
    building.add(PAVING, box((-h + 0.2, h - 0.2), (-h + 0.2, h - 0.2), (0.0, 0.42)))
    for k in range(3):
        building.add(STONE, box((-1.5, 1.5), (-h - 1.5 + 0.5 * k, -h + 0.2), (-0.6, 0.14 * (k + 1))))
    building.add(BRICK, box((h - 0.1, h + 1.1), (1.2, 2.7), (-0.6, 1.7)))
    building.add(LIME, box((h - 0.1, h + 1.2), (1.1, 2.8), (1.68, 1.84)))
    walls = [box((-h, h), (s * h - t * (s > 0), s * h + t * (s < 0)), (0.0, 4.9)) for s in (-1, 1)]
    building.add(OCHRE, *walls, *(w.rotate((0, 0, 90)) for w in walls))
    for turn in (0, 90, 180, 270):
        building.add(LIME, arch(2.25, 1.95, (-h - 0.07, -h + 0.2), 0.3).rotate((0, 0, turn)))
        building.add(
            LIME, box((-h - 0.05, h + 0.05), (-h - 0.05, -h + 0.2), (3.72, 3.92)).rotate((0, 0, turn))
        )
        building.cut(OCHRE, arch(1.75, 1.95, (-h - 0.4, -h + t + 0.3), 0.42).rotate((0, 0, turn)))
        for x in (-1, 1):
            pier = box((x * (h - 0.2) - 0.28, x * (h - 0.2) + 0.28), (-h - 0.05, -h + 0.3), (0.0, 4.2))
            building.add(LIME, pier.rotate((0, 0, turn)))
    lower = Roof((0, 0), (4.05, 4.05), 0.6, 4.15, 2.3, upturn=0.5, top=0.46)
    upper = Roof((0, 0), (2.95, 2.75), 0.95, 5.95, 1.75, upturn=0.45)
    lower.build(building, grid_m)
    building.add(Coat("enamel", weight=1.4), box((-2.0, 2.0), (-2.0, 2.0), (4.9, 6.5)))
    building.add(
        Coat("lacquer", weight=1.4),
        *(box((x - 0.08, x + 0.08), (-2.06, 2.06), (4.9, 6.3)) for x in (-1.95, -0.65, 0.65, 1.95)),
    )
    building.add(
        Coat("lacquer", weight=1.4),
        *(box((-2.06, 2.06), (y - 0.08, y + 0.08), (4.9, 6.3)) for y in (-0.65, 0.65)),
    )
    upper.build(building, grid_m, ornament=False)
    building.add(RIDGE, gourd((0, 0, upper.crest()), 0.95))
    _stele(building)
    return building.surface()


def _stele(building: Building) -> None:
    z = 0.4
    building.add(STONE, box((-0.95, 0.95), (-1.35, 1.35), (z - 0.1, z + 0.16)))
    shell = Manifold.sphere(1.0, 40).scale((0.72, 1.02, 0.48)).translate((0, 0.05, z + 0.34))
    head = Manifold.sphere(0.22, 20).scale((0.9, 1.3, 0.9)).translate((0, -1.14, z + 0.56))
    neck = Manifold.cylinder(0.5, 0.17, 0.15, 16).rotate((70, 0, 0)).translate((0, -0.65, z + 0.36))
    feet = [
        Manifold.sphere(0.2, 16).scale((1, 1.4, 0.7)).translate((sx * 0.6, sy * 0.7, z + 0.2))
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    building.add(Coat("stone", weight=2.5), shell, head, neck, *feet)
    a = np.linspace(0, np.pi, 17)
    top = np.column_stack([0.58 * np.cos(a), 1.85 + 0.38 * np.sin(a)])
    front = np.vstack([[(-0.52, 0.0), (0.52, 0.0)], top])
    # (x, z, thickness) -> (x, -thickness, z): a quarter turn about x.
    slab = prism(front, (-0.14, 0.14)).rotate((90, 0, 0)).translate((0, 0.15, z + 0.6))
    building.add(STELE, slab)
