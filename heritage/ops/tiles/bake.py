"""Paint a texture: for every texel of an unwrapped surface, the colour seen at its place."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, U8
from heritage.model.colour import to_srgb
from heritage.ops.meshes.weld import crosses, unit
from heritage.ops.tiles.charts import side_of
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.unwrap import Unwrapped


def bake(surface: Unwrapped, colours: Colours) -> U8:
    """The texture (height_px, width_px, 3) uint8 sRGB of ``surface``.

    Texels between the charts continue the charts' colours, so that no filter finds a foreign one.
    """
    mesh = surface.mesh
    owner, weights = rasterise(surface.pixels, surface.width_px, surface.height_px)
    side = side_of(unit(crosses(mesh.vertices, mesh.triangles)))
    painted = owner >= 0
    xyz, seen_from = _places(owner, weights, mesh.vertices[mesh.triangles], side, int(painted.sum()))
    del owner, weights  # 16 bytes a texel
    texture = np.zeros((surface.height_px, surface.width_px, 3), np.uint8)
    texture[painted] = _to_srgb(colours.at(xyz, seen_from))
    del xyz, seen_from
    return _filled(texture, painted)


@numba.njit(cache=True)
def _places(owner: Any, weights: Any, corners: Any, side: Any, count: int) -> Any:
    """Where every painted texel lies on the surface, and which side of it is seen, row by row."""
    xyz = np.empty((count, 3), np.float32)
    seen_from = np.empty(count, np.uint8)
    i = 0
    for row in range(owner.shape[0]):
        for column in range(owner.shape[1]):
            t = owner[row, column]
            if t < 0:
                continue
            for d in range(3):
                xyz[i, d] = (
                    weights[row, column, 0] * corners[t, 0, d]
                    + weights[row, column, 1] * corners[t, 1, d]
                    + weights[row, column, 2] * corners[t, 2, d]
                )
            seen_from[i] = side[t]
            i += 1
    return xyz, seen_from


_LEVELS = 65_535
_SRGB = to_srgb(
    np.arange(_LEVELS + 1) / _LEVELS
)  # the steps at the dark end are 20 times finer than a byte's


def _to_srgb(linear: F32) -> U8:
    return np.asarray(_SRGB[np.rint(np.clip(linear, 0, 1) * _LEVELS).astype(np.uint16)])


def rasterise(pixels: npt.NDArray[np.float64], width: int, height: int) -> tuple[I32, F32]:
    """Which triangle covers each pixel's centre: owner (h, w) int32, -1 for none, and weights (h, w, 3).

    ``pixels`` (t, 3, 2) are corners in pixel units, centres at halves. A pixel whose centre lies up to one
    pixel outside belongs to the nearest such triangle, at the nearest place in it: half-covered border
    pixels get the border's colour.
    """
    owner = np.full((height, width), -1, np.int32)
    miss = np.full((height, width), np.inf, np.float32)
    weights = np.zeros((height, width, 3), np.float32)
    _rasterise(np.ascontiguousarray(pixels), owner, miss, weights)
    return owner, weights


@numba.njit(cache=True, error_model="numpy")
def _rasterise(pixels: Any, owner: Any, miss: Any, weights: Any) -> None:
    # First what lies inside a triangle: then next to nothing is left whose nearest triangle must be found.
    for t in range(len(pixels)):
        x0, y0 = pixels[t, 0]
        x1, y1 = pixels[t, 1]
        x2, y2 = pixels[t, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        left, right, top, bottom = _box(pixels[t], 0.0, owner.shape)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                x, y = column + 0.5, row + 0.5
                b = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
                c = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
                a = 1 - b - c
                if a >= 0 and b >= 0 and c >= 0 and miss[row, column] > 0:
                    miss[row, column] = 0
                    owner[row, column] = t
                    weights[row, column, 0], weights[row, column, 1], weights[row, column, 2] = a, b, c
    for t in range(len(pixels)):
        x0, y0 = pixels[t, 0]
        x1, y1 = pixels[t, 1]
        x2, y2 = pixels[t, 2]
        left, right, top, bottom = _box(pixels[t], 1.0, owner.shape)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if miss[row, column] == 0:
                    continue
                away, a, b, c = _nearest_on_border(column + 0.5, row + 0.5, x0, y0, x1, y1, x2, y2)
                if away <= 1 and away < miss[row, column]:
                    miss[row, column] = away
                    owner[row, column] = t
                    weights[row, column, 0], weights[row, column, 1], weights[row, column, 2] = a, b, c


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
def _nearest_on_border(x: Any, y: Any, x0: Any, y0: Any, x1: Any, y1: Any, x2: Any, y2: Any) -> Any:
    """Squared distance to the nearest point of a triangle's border, and its weights."""
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


def _filled(texture: U8, painted: npt.NDArray[np.bool_]) -> U8:
    """Unpainted texels as smooth continuations of the painted ones: pull-push (Gortler et al. 1996).

    Colours are averaged over ever larger blocks until every block has some, then handed down.
    """
    if painted.all():
        return texture
    pulled = [(texture.astype(np.float32), painted)]
    while max(pulled[-1][1].shape) > 1:
        pulled.append(_pull(*pulled[-1]))
    for (fine, has), (coarse, _) in zip(pulled[-2::-1], pulled[:0:-1], strict=True):
        _push(fine, has, coarse)
    return np.clip(np.rint(pulled[0][0]), 0, 255).astype(np.uint8)


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
