"""Paint a texture: for every texel of an unwrapped surface, the colour seen at its place."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, U8
from heritage.model.colour import to_srgb
from heritage.ops.meshes.weld import crosses, unit
from heritage.ops.tiles.charts import side_of
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.unwrap import BLOCK, I64, Unwrapped


def bake(surface: Unwrapped, colours: Colours) -> U8:
    """The texture (height_px, width_px, 3) uint8 sRGB of ``surface``.

    Texels between the charts continue the charts' colours. In the first two mip levels a place finds none of another
    chart, from the third on it may.
    """
    mesh = surface.mesh
    owner = rasterise(surface.pixels, surface.width_px, surface.height_px)
    painted = owner >= 0
    xyz = places(owner, surface.pixels, mesh.vertices[mesh.triangles])
    seen_from = side_of(unit(crosses(mesh.vertices, mesh.triangles)))[owner[painted]]
    del owner  # the largest texture of a monument has 17 million texels
    colour = colours.at(xyz, seen_from)
    del xyz, seen_from
    texture = np.zeros((*painted.shape, 3), np.uint8)
    _paint(texture, painted, colour, _SRGB)
    return filled(texture, painted, surface.rectangles)


_LEVELS = 65_535
_SRGB = to_srgb(
    np.arange(_LEVELS + 1) / _LEVELS
)  # the steps at the dark end are 20 times finer than a byte's


@numba.njit(cache=True)
def _paint(texture: Any, painted: Any, linear: Any, srgb: Any) -> None:
    """Painted texels, row by row, in bytes of sRGB."""
    i = 0
    for row in range(painted.shape[0]):
        for column in range(painted.shape[1]):
            if painted[row, column]:
                for c in range(3):
                    level = np.rint(min(max(linear[i, c], 0.0), 1.0) * _LEVELS)
                    texture[row, column, c] = srgb[int(level)]
                i += 1


def rasterise(pixels: F64, width: int, height: int) -> I32:
    """Which triangle covers each pixel's centre: (h, w) int32, -1 for none.

    ``pixels`` (t, 3, 2) are corners in pixel units, centres at halves. A pixel whose centre lies up to one
    pixel outside belongs to the nearest such triangle: half-covered border pixels get the border's colour.
    """
    owner = np.full((height, width), -1, np.int32)
    miss = np.full((height, width), np.inf, np.float32)
    _rasterise(np.ascontiguousarray(pixels), owner, miss)
    return owner


@numba.njit(cache=True, error_model="numpy")
def _rasterise(pixels: Any, owner: Any, miss: Any) -> None:
    # First what lies inside a triangle: then next to nothing is left whose nearest triangle must be found.
    for t in range(len(pixels)):
        left, right, top, bottom = _box(pixels[t], 0.0, owner.shape)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if miss[row, column] > 0 and _inside(column + 0.5, row + 0.5, pixels[t])[0]:
                    miss[row, column] = 0
                    owner[row, column] = t
    for t in range(len(pixels)):
        left, right, top, bottom = _box(pixels[t], 1.0, owner.shape)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if miss[row, column] > 0:
                    away = _nearest_on_border(column + 0.5, row + 0.5, pixels[t])[0]
                    if away <= 1 and away < miss[row, column]:
                        miss[row, column] = away
                        owner[row, column] = t


def places(owner: I32, pixels: F64, corners: F32) -> F32:
    """Where the pixels (n, 3) that have an ``owner`` lie on the surface, row by row: at the centre, or at the nearest
    place of their triangle. ``pixels`` as in `rasterise`, ``corners`` (t, 3, 3) of the same triangles in space."""
    xyz = np.empty((int((owner >= 0).sum()), 3), np.float32)
    _places(owner, np.ascontiguousarray(pixels), corners, xyz)
    return xyz


@numba.njit(cache=True, error_model="numpy")
def _places(owner: Any, pixels: Any, corners: Any, xyz: Any) -> None:
    i = 0
    for row in range(owner.shape[0]):
        for column in range(owner.shape[1]):
            t = owner[row, column]
            if t < 0:
                continue
            inside, a, b, c = _inside(column + 0.5, row + 0.5, pixels[t])
            if not inside:
                _, a, b, c = _nearest_on_border(column + 0.5, row + 0.5, pixels[t])
            for d in range(3):
                xyz[i, d] = a * corners[t, 0, d] + b * corners[t, 1, d] + c * corners[t, 2, d]
            i += 1


@numba.njit(cache=True, error_model="numpy")
def _inside(x: Any, y: Any, corners: Any) -> Any:
    """Whether a triangle (3, 2) covers a place, and the place's weights."""
    x0, y0 = corners[0, 0], corners[0, 1]
    ux, uy, wx, wy = corners[1, 0] - x0, corners[1, 1] - y0, corners[2, 0] - x0, corners[2, 1] - y0
    area = ux * wy - wx * uy
    if area == 0:
        return False, 0.0, 0.0, 0.0
    b = ((x - x0) * wy - wx * (y - y0)) / area
    c = (ux * (y - y0) - (x - x0) * uy) / area
    a = 1 - b - c
    return a >= 0 and b >= 0 and c >= 0, a, b, c


@numba.njit(cache=True)
def _box(corners: Any, margin: float, shape: Any) -> Any:
    """First and last column and row of the pixels whose centres lie in a triangle's box, ``margin`` added."""
    x0, y0, x1, y1 = corners[0, 0], corners[0, 1], corners[0, 0], corners[0, 1]
    for k in range(1, 3):
        x0, x1 = min(x0, corners[k, 0]), max(x1, corners[k, 0])
        y0, y1 = min(y0, corners[k, 1]), max(y1, corners[k, 1])
    left, right = max(0, int(np.ceil(x0 - margin - 0.5))), min(shape[1] - 1, int(np.floor(x1 + margin - 0.5)))
    top, bottom = max(0, int(np.ceil(y0 - margin - 0.5))), min(shape[0] - 1, int(np.floor(y1 + margin - 0.5)))
    return left, right, top, bottom


@numba.njit(cache=True)
def _nearest_on_border(x: Any, y: Any, corners: Any) -> Any:
    """Squared distance to the nearest place of a triangle's border, and its weights."""
    x0, y0, x1, y1, x2, y2 = (
        corners[0, 0], corners[0, 1], corners[1, 0], corners[1, 1], corners[2, 0], corners[2, 1],
    )  # fmt: skip
    best, a, b, c = np.inf, 0.0, 0.0, 0.0
    d, s = _nearest_on_edge(x, y, x0, y0, x1, y1)
    if d < best:
        best, a, b, c = d, 1 - s, s, 0.0
    d, s = _nearest_on_edge(x, y, x1, y1, x2, y2)
    if d < best:
        best, a, b, c = d, 0.0, 1 - s, s
    d, s = _nearest_on_edge(x, y, x2, y2, x0, y0)
    if d < best:
        best, a, b, c = d, s, 0.0, 1 - s
    return best, a, b, c


@numba.njit(cache=True)
def _nearest_on_edge(x: Any, y: Any, x0: Any, y0: Any, x1: Any, y1: Any) -> Any:
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    s = 0.0 if length == 0 else min(1.0, max(0.0, ((x - x0) * dx + (y - y0) * dy) / length))
    return (x - x0 - s * dx) ** 2 + (y - y0 - s * dy) ** 2, s


def filled(texture: U8, painted: npt.NDArray[np.bool_], rectangles: I64) -> U8:
    """Unpainted texels as smooth continuations of the painted ones: pull-push (Gortler et al. 1996).

    Colours are averaged over ever larger blocks until every block has some, then handed down. Up to the blocks that
    ``rectangles`` (as `Unwrapped` has them) are made of, each holds one chart; there, before larger ones mix charts,
    those beside a chart's take its colour, as reading between texels of the second mip level finds them.
    """
    if painted.all():
        return texture
    pulled = [_pull(texture, painted)]
    while max(pulled[-1][1].shape) > 1:
        colour, has = _pull(*pulled[-1])
        if 2 ** (len(pulled) + 1) == BLOCK:
            colour, has = _widened(colour, has, rectangles // BLOCK)
        pulled.append((colour, has))
    for (fine, has), (coarse, _) in zip(pulled[-2::-1], pulled[:0:-1], strict=True):
        _push(fine, has, coarse)
    _push(texture, painted, np.rint(pulled[0][0]))
    return texture


@numba.njit(cache=True)
def _widened(colour: Any, has: Any, rectangles: Any) -> Any:
    """Blocks without a colour beside such as have one, within their rectangle, take the mean of these."""
    wide, now = colour.copy(), has.copy()
    for left, top, right, bottom in rectangles:
        for row in range(top, bottom):
            for column in range(left, right):
                if has[row, column]:
                    continue
                count = 0
                for y in range(max(row - 1, top), min(row + 2, bottom)):
                    for x in range(max(column - 1, left), min(column + 2, right)):
                        if has[y, x]:
                            count += 1
                            wide[row, column] += colour[y, x]
                if count:
                    wide[row, column] /= count
                    now[row, column] = True
    return wide, now


@numba.njit(cache=True)
def _pull(colour: Any, has: Any) -> Any:
    """Half the size: the mean of those of four texels that have a colour."""
    height, width = (has.shape[0] + 1) // 2, (has.shape[1] + 1) // 2
    small = np.zeros((height, width, 3), np.float32)
    any_ = np.zeros((height, width), np.bool_)
    for row in range(height):
        for column in range(width):
            count = 0
            for y in range(2 * row, min(2 * row + 2, has.shape[0])):
                for x in range(2 * column, min(2 * column + 2, has.shape[1])):
                    if has[y, x]:
                        count += 1
                        for c in range(3):
                            small[row, column, c] += colour[y, x, c]
            if count:
                any_[row, column] = True
                for c in range(3):
                    small[row, column, c] /= count
    return small, any_


@numba.njit(cache=True)
def _push(colour: Any, has: Any, coarse: Any) -> None:
    """Texels without a colour take that of the block they lie in."""
    for row in range(has.shape[0]):
        for column in range(has.shape[1]):
            if not has[row, column]:
                for c in range(3):
                    colour[row, column, c] = coarse[row // 2, column // 2, c]
