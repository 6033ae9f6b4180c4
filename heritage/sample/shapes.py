"""Solids the buildings are made of. All are manifold, in metres, z up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import manifold3d
import numpy as np
import numpy.typing as npt
from manifold3d import CrossSection, Manifold

from heritage.model.arrays import F64


def box(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> Manifold:
    """An axis-aligned box between the limits."""
    size = (x[1] - x[0], y[1] - y[0], z[1] - z[0])
    return Manifold.cube(size).translate((x[0], y[0], z[0]))


def prism(outline: npt.ArrayLike, z: tuple[float, float]) -> Manifold:
    """The counter-clockwise ``outline`` (n, 2) between two heights."""
    section = CrossSection([np.asarray(outline, np.float64)])
    return Manifold.extrude(section, z[1] - z[0]).translate((0, 0, z[0]))


def lathe(
    profile: Sequence[tuple[float, float]], at: tuple[float, float, float], segments: int = 28
) -> Manifold:
    """A turned solid: ``profile`` is (radius, height) from bottom to top, its axis stands on ``at``."""
    closed = [(0.0, profile[0][1]), *profile, (0.0, profile[-1][1])]
    return Manifold.revolve(CrossSection([np.asarray(closed, np.float64)]), segments).translate(at)


def arch(
    width: float, spring: float, depth: tuple[float, float], z: float = 0.0, pointed: float = 1.0
) -> Manifold:
    """A doorway's volume about x = 0, running along y: straight to ``spring``, then a half ellipse.

    ``pointed`` is the rise over half the width (1 = a semicircle).
    """
    a = np.linspace(0, np.pi, 25)
    half = width / 2
    outline = np.vstack(
        [
            [[-half, 0.0], [half, 0.0]],
            np.column_stack([half * np.cos(a), spring + pointed * half * np.sin(a)]),
        ]
    )
    solid = Manifold.extrude(CrossSection([outline]), depth[1] - depth[0])
    return solid.rotate((90, 0, 0)).translate((0, depth[1], z))


def solid_of(vertices: npt.NDArray[np.floating], triangles: npt.NDArray[np.integer]) -> Manifold:
    """A Manifold of closed, consistently wound triangles. ValueError when they are not."""
    mesh = manifold3d.Mesh(
        np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(triangles, np.uint32)
    )
    made = Manifold(mesh)
    if made.status() != manifold3d.Error.NoError:
        raise ValueError(f"not a closed surface: {made.status()}")
    return made


def sweep(path: npt.ArrayLike, section: npt.ArrayLike, size: npt.ArrayLike = 1.0) -> Manifold:
    """``section`` (m, 2), counter-clockwise as (across, up), carried along ``path`` (n, 3).

    ``size`` scales it, one number or one per path point. Sections stay upright: "up" is +z made square
    to the path, so a path must not run vertically.
    """
    p, s = np.asarray(path, np.float64), np.asarray(section, np.float64)
    sizes = np.broadcast_to(np.asarray(size, np.float64), (len(p),))
    along = np.gradient(p, axis=0)
    along /= np.linalg.norm(along, axis=1)[:, None]
    across = np.cross(along, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across, axis=1)[:, None]
    up = np.cross(across, along)
    rings = p[:, None] + sizes[:, None, None] * (
        s[None, :, :1] * across[:, None] + s[None, :, 1:] * up[:, None]
    )
    n, m = len(p), len(s)
    i = np.arange(n * m).reshape(n, m)
    a, b = i[:-1], np.roll(i, -1, axis=1)[:-1]
    c, d = np.roll(i, -1, axis=1)[1:], i[1:]
    # Seen along the path the section runs counter-clockwise about -along, hence this winding.
    sides = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    fan = np.array([(0, k, k + 1) for k in range(1, m - 1)])
    triangles = np.concatenate([sides, i[0][fan[:, ::-1]], i[-1][fan]])
    made = solid_of(rings.reshape(-1, 3), triangles)
    return made if made.volume() > 0 else solid_of(rings.reshape(-1, 3), triangles[:, ::-1])


def slab(x: F64, y: F64, top: Callable[[F64, F64], F64], bottom: Callable[[F64, F64], F64]) -> Manifold:
    """The solid between two height functions over the grid ``x`` by ``y`` (functions of (i, j) grids)."""
    gx, gy = np.meshgrid(x, y, indexing="ij")
    upper = np.column_stack([gx.ravel(), gy.ravel(), top(gx, gy).ravel()])
    lower = np.column_stack([gx.ravel(), gy.ravel(), bottom(gx, gy).ravel()])
    i = np.arange(gx.size).reshape(gx.shape)
    a, b, c, d = i[:-1, :-1].ravel(), i[1:, :-1].ravel(), i[1:, 1:].ravel(), i[:-1, 1:].ravel()
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    rim = np.concatenate([i[:, 0], i[-1, 1:], i[-2::-1, -1], i[0, -2:0:-1]])
    n, after = gx.size, np.roll(rim, -1)
    sides = np.concatenate(
        [np.column_stack([rim, rim + n, after + n]), np.column_stack([rim, after + n, after])]
    )
    return solid_of(np.concatenate([upper, lower]), np.concatenate([faces, faces[:, ::-1] + n, sides]))


OVAL: F64 = np.column_stack([np.cos(np.arange(12) * np.pi / 6), np.sin(np.arange(12) * np.pi / 6)])
"""A section for `sweep`: the unit circle."""
