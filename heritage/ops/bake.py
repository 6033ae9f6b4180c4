"""Paint a texture: for every texel of an unwrapped surface, the colour seen at its place."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, U8
from heritage.model.colour import to_srgb
from heritage.ops.colours import Colours
from heritage.ops.unwrap import Unwrapped
from heritage.ops.weld import crosses, unit


def bake(surface: Unwrapped, colours: Colours) -> U8:
    """The texture (height_px, width_px, 3) uint8 sRGB of ``surface``.

    Texels between the charts continue the charts' colours, so that no filter finds a foreign one.
    """
    mesh = surface.mesh
    owner, weights = rasterise(surface.pixels, surface.width_px, surface.height_px)
    painted = owner >= 0
    triangle = owner[painted]
    xyz = np.einsum("nk,nkd->nd", weights[painted], mesh.vertices[mesh.triangles[triangle]]).astype(
        np.float32
    )
    normal = unit(crosses(mesh.vertices, mesh.triangles)).astype(np.float32)[triangle]
    texture = np.zeros((surface.height_px, surface.width_px, 3), np.uint8)
    texture[painted] = to_srgb(colours.at(xyz, normal))
    return _filled(texture, painted)


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


@numba.njit(cache=True)
def _rasterise(pixels: Any, owner: Any, miss: Any, weights: Any) -> None:
    height, width = owner.shape
    for t in range(len(pixels)):
        x0, y0 = pixels[t, 0]
        x1, y1 = pixels[t, 1]
        x2, y2 = pixels[t, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        left = max(0, int(np.floor(min(x0, x1, x2) - 1.5)))
        right = min(width - 1, int(np.ceil(max(x0, x1, x2) + 0.5)))
        top = max(0, int(np.floor(min(y0, y1, y2) - 1.5)))
        bottom = min(height - 1, int(np.ceil(max(y0, y1, y2) + 0.5)))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if miss[row, column] == 0:
                    continue
                x, y = column + 0.5, row + 0.5
                inside = False
                if area != 0:
                    b = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
                    c = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
                    a = 1 - b - c
                    inside = a >= 0 and b >= 0 and c >= 0
                if inside:
                    away = 0.0
                else:
                    away, a, b, c = _nearest_on_border(x, y, x0, y0, x1, y1, x2, y2)
                    if away > 1:
                        continue
                if away < miss[row, column]:
                    miss[row, column] = away
                    owner[row, column] = t
                    weights[row, column, 0] = a
                    weights[row, column, 1] = b
                    weights[row, column, 2] = c


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
    colour, weight = texture.astype(np.float32), painted.astype(np.float32)
    pulled = [(colour, weight)]
    while max(weight.shape) > 1:
        grown = [(0, side % 2) for side in weight.shape]
        weight = np.pad(weight, grown)
        colour = np.pad(colour, [*grown, (0, 0)]) * weight[..., None]
        h, w = weight.shape[0] // 2, weight.shape[1] // 2
        total = weight.reshape(h, 2, w, 2).sum((1, 3))
        colour = colour.reshape(h, 2, w, 2, 3).sum((1, 3)) / np.maximum(total, 1)[..., None]
        weight = np.minimum(total, 1)
        pulled.append((colour, weight))
    filled = pulled[-1][0]
    for colour, weight in pulled[-2::-1]:
        h, w = weight.shape
        above = np.repeat(np.repeat(filled, 2, axis=0), 2, axis=1)[:h, :w]
        filled = np.where(weight[..., None] > 0, colour, above)
    return np.clip(np.rint(filled), 0, 255).astype(np.uint8)
