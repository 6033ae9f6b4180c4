"""Lay a surface out flat: texture coordinates from planar charts, packed at one texel density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, I32, Mesh
from heritage.model.errors import InputError
from heritage.ops.meshes.weld import crosses
from heritage.ops.tiles.charts import AXES, GLTF_RIGHT, GLTF_UP, RIGHT, UP, charts
from heritage.ops.tiles.pack import pack

I64 = npt.NDArray[np.int64]

_SLACKS = (1.02, 1.12, 1.3)  # how much wider than a full square the strips are that are tried
_COARSEST = 8.0  # times the density asked for, or that the charts alone would need: padding leaves no room for a picture
BLOCK = 4
"""Textures, and the rectangle of every chart in them, are whole blocks of pixels: no texel of the first two mip
levels averages two charts. Texture compressions want blocks, too."""

# Half a texel of the second mip level: as far from its rectangle's border, a place is read from within alone.
_PADDING = BLOCK // 2


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """``mesh`` with uv, vertices split at chart borders; ``source`` (v,) int32 is each vertex's number before.

    ``pixels`` (t, 3, 2) float64 are the triangles' corners in the image, rows downwards, pixel centres at halves.
    ``rectangles`` (c, 4) int64 are the charts' own parts of it: left, top, right, bottom, in pixels, whole blocks.
    ``width_px`` and ``height_px`` are the texture's size, ``texel_m`` the density got, ``fill`` the share of
    the texture that lies inside a chart. ``stretch`` is how much longer than ``texel_m`` a texel is on the
    surface, in its longest direction: what 95 % of the area does not exceed, and the largest.
    """

    mesh: Mesh
    source: I32
    pixels: F64
    rectangles: I64
    width_px: int
    height_px: int
    texel_m: float
    charts: int
    fill: float
    stretch: tuple[float, float]


def unwrap(mesh: Mesh, texel_m: float, *, side_px: int = 2048, gltf_axes: bool = False) -> Unwrapped:
    """Texture coordinates for ``mesh`` at ``texel_m`` metres per texel, coarser where ``side_px`` would not hold it.

    Charts stay half a block within their rectangles of whole blocks. The texture is as small as it can be. Charts are
    upright and none is mirrored, or, ``gltf_axes``, their columns and rows grow with glTF's own coordinates. Normals,
    change and everything else of a vertex go with it. Raises InputError for an empty mesh, a density that is no positive
    number, and charts so many that their padding would make them eight times coarser.
    """
    if not len(mesh.triangles):
        raise InputError("mesh", "no triangles", "at least one is needed", code="mesh-empty")
    if not (np.isfinite(texel_m) and texel_m > 0):
        raise InputError("texel_m", f"{texel_m}", "a positive number of metres", code="unwrap-density")
    axis, chart = charts(mesh)
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    right, up = (GLTF_RIGHT, GLTF_UP) if gltf_axes else (RIGHT, UP)
    flat = np.stack([np.einsum("tkd,td->tk", corners, d[axis]) for d in (right, up)], axis=2)
    low, extent = _extents(flat, chart)
    layout = _laid_out(extent, texel_m, side_px)
    pixels = (flat - low[chart][:, None]) / layout.texel_m + layout.corners[chart][:, None] + _PADDING
    pixels[..., 1] = layout.height - pixels[..., 1]  # image rows run down, heights up
    uv = pixels / (layout.width, layout.height)
    count = len(extent)
    key = mesh.triangles.astype(np.int64) * count + chart[:, None]
    unique, first, inverse = np.unique(key.ravel(), return_index=True, return_inverse=True)
    source = (unique // count).astype(np.int32)
    split = mesh.with_(
        vertices=mesh.vertices[source],
        triangles=inverse.reshape(-1, 3).astype(np.int32),
        uv=uv.reshape(-1, 2)[first].astype(np.float32),
        normals=None if mesh.normals is None else mesh.normals[source],
        rgb=None if mesh.rgb is None else mesh.rgb[source],
        change=None if mesh.change is None else mesh.change[source],
        filled=None if mesh.filled is None else mesh.filled[source],
        part=None if mesh.part is None else mesh.part[source],
    )
    fill = float(_flat_area(pixels).sum() / (layout.width * layout.height))
    return Unwrapped(
        split,
        source,
        pixels,
        layout.rectangles(),
        layout.width,
        layout.height,
        layout.texel_m,
        count,
        fill,
        _stretch(mesh, axis),
    )


def _stretch(mesh: Mesh, axis: I64) -> tuple[float, float]:
    """The 95 % by area and the largest stretch of a picture along ``axis`` (t,) of each triangle.

    A plane seen at an angle is as much longer than its picture as the cosine is less than one (Sander et al.
    2001 call it the largest singular value).
    """
    cross = crosses(mesh.vertices, mesh.triangles)
    area = np.linalg.norm(cross, axis=1)
    shown = np.einsum("td,td->t", cross, AXES[axis])
    solid = (area > 0) & (shown > 1e-3 * area)
    if not solid.any():
        return 1.0, 1.0
    stretch, weight = area[solid] / shown[solid], area[solid]
    order = np.argsort(stretch)
    share = np.cumsum(weight[order])
    return float(stretch[order][np.searchsorted(share, 0.95 * share[-1])]), float(stretch.max())


def _flat_area(pixels: F64) -> F64:
    a, b = pixels[:, 1] - pixels[:, 0], pixels[:, 2] - pixels[:, 0]
    return np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def _extents(flat: F64, chart: I64) -> tuple[F64, F64]:
    """Least corner and size (c, 2), metres, of every chart in its picture."""
    low = np.full((int(chart.max()) + 1, 2), np.inf)
    high = -low
    _extend(flat, chart, low, high)
    return low, high - low


@numba.njit(cache=True)
def _extend(flat: Any, chart: Any, low: Any, high: Any) -> None:
    for t in range(len(flat)):
        for k in range(3):
            for d in range(2):
                low[chart[t], d] = min(low[chart[t], d], flat[t, k, d])
                high[chart[t], d] = max(high[chart[t], d], flat[t, k, d])


@dataclass(frozen=True, eq=False)
class _Layout:
    corners: I64
    sizes: I64
    width: int
    height: int
    texel_m: float

    def rectangles(self) -> I64:
        """As `Unwrapped` has them: corners are counted upwards, an image's rows downwards."""
        left, low = self.corners.T
        wide, high = self.sizes.T
        return np.stack([left, self.height - low - high, left + wide, self.height - low], axis=1)


def _laid_out(extent: F64, texel_m: float, side_px: int) -> _Layout:
    """Charts packed at ``texel_m``, or at the finest density at which they fit a square of ``side_px`` pixels."""
    margin = 2 * _PADDING
    if side_px < 2 * BLOCK:
        raise InputError(
            "side_px", f"{side_px}", f"at least {2 * BLOCK} is needed for the padding", code="unwrap-size"
        )
    side = side_px // BLOCK * BLOCK
    texel = max(texel_m, float(extent.max()) / (side - margin))
    coarsest = _COARSEST * max(texel, float(np.sqrt(extent.prod(1).sum())) / side)
    while True:
        sizes = -(-(np.ceil(extent / texel - 1e-9).astype(np.int64) + margin) // BLOCK) * BLOCK
        area = float(sizes.prod(1).sum())
        if area <= side * side:
            packed = [_packed(sizes, side, slack * area, texel) for slack in _SLACKS]
            fitting = [layout for layout in packed if layout.height <= side]
            if fitting:
                return min(fitting, key=lambda layout: layout.width * layout.height)
        if texel > coarsest or (area > side * side and len(sizes) * margin**2 >= side * side):
            raise InputError(
                "mesh",
                f"{len(sizes)} charts for a texture of {side_px} pixels a side",
                "fewer pieces of surface",
                "allow a larger texture or smaller tiles",
                code="unwrap-too-many-charts",
            )
        texel *= max(1.02, np.sqrt(area / (0.97 * side * side)) if area > side * side else 1.02)


def _packed(sizes: I64, side: int, area: float, texel: float) -> _Layout:
    """Rectangles in a strip about as wide as a square of ``area`` pixels, block by block."""
    blocks = sizes // BLOCK
    width = min(side // BLOCK, max(int(blocks[:, 0].max()), int(np.ceil(np.sqrt(area) / BLOCK))))
    corners, height = pack(blocks, width)
    return _Layout(corners * BLOCK, sizes, width * BLOCK, height * BLOCK, texel)
