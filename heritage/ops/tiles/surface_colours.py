"""The colours that a drawn model has: of its textures or its vertices, at the nearest place that faces a side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, U8, Mesh
from heritage.model.colour import to_linear, to_srgb
from heritage.ops.meshes.join import join
from heritage.ops.meshes.nearest import Nearest
from heritage.ops.meshes.weld import areas, covers, crosses
from heritage.ops.tiles.charts import AXES

_STONE = 200  # for a part of a model without any colour
_TEXELS = 4_194_304  # a model with colours at its vertices only is worth one 2048 px texture at most,
_TEXELS_PER_TRIANGLE = 64  # and no more than this


class SurfaceColours:
    """The colour at the nearest place of textured or vertex-coloured meshes."""

    def __init__(self, surfaces: Sequence[Mesh]) -> None:
        self._surfaces = tuple(surfaces)
        joined = join(surfaces)
        self._owner = np.repeat(np.arange(len(surfaces)), [len(mesh.triangles) for mesh in surfaces])
        self._first = np.cumsum([0, *(len(mesh.triangles) for mesh in surfaces)])
        kept = covers(joined.vertices, joined.triangles)
        facing = crosses(joined.vertices, joined.triangles) @ AXES.T
        self._joined, self._facing, self._kept = joined, facing, kept
        self._nearest: dict[int, tuple[Nearest, npt.NDArray[np.intp]]] = {}
        self.texel_m = _texel(surfaces)

    def at(self, xyz: F32, side: U8) -> F32:
        """As ``Colours.at``."""
        result = np.empty((len(xyz), 3), np.float32)
        for k in range(6):
            chosen = np.flatnonzero(side == k)
            if len(chosen) == 0:
                continue
            nearest, index = self._side(k)
            place = nearest.place(xyz[chosen])
            triangle = index[place.triangle]
            for i, mesh in enumerate(self._surfaces):
                own = np.flatnonzero(self._owner[triangle] == i)
                if len(own):
                    corners = mesh.triangles[triangle[own] - self._first[i]]
                    result[chosen[own]] = colour_at(mesh, corners, place.weights[own])
        return result

    def averaged(self, size_m: float) -> SurfaceColours:
        """The same surfaces with smaller textures."""
        shrunk = [_shrunk(mesh, size_m) for mesh in self._surfaces]
        if all(a is b for a, b in zip(shrunk, self._surfaces, strict=True)):
            return self
        return SurfaceColours(shrunk)

    def _side(self, side: int) -> tuple[Nearest, npt.NDArray[np.intp]]:
        """Triangles that face this axis; all of them where none does."""
        if side not in self._nearest:
            index = np.flatnonzero(self._kept & (self._facing[:, side] > 0))
            if len(index) == 0:
                index = np.flatnonzero(self._kept)
            part = Mesh(self._joined.origin, self._joined.vertices, self._joined.triangles[index])
            self._nearest[side] = Nearest(part), index
        return self._nearest[side]


def _texel(surfaces: Sequence[Mesh]) -> float:
    """Metres of surface per texel: the finest of the textures' own (means), and a share of the extent of all that has
    colours at its vertices, in however many meshes."""
    found: list[float] = []
    extent, triangles = 0.0, 0
    for mesh in surfaces:
        area = areas(mesh)
        if mesh.texture is not None and mesh.uv is not None:
            size = np.array([mesh.texture.shape[1], mesh.texture.shape[0]])
            a, b, c = (mesh.uv[mesh.triangles[:, k]].astype(np.float64) * size for k in range(3))
            u, v = b - a, c - a
            texels = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2
            good = (texels > 0) & (area > 0)
            if good.any():
                found.append(float(np.sqrt(area[good].sum() / texels[good].sum())))
                continue
        extent, triangles = extent + float(area.sum()), triangles + len(area)
    if triangles:
        worth = min(_TEXELS, _TEXELS_PER_TRIANGLE * triangles)
        found.append(float(np.sqrt(max(extent, 1e-12) / worth)))
    return min(found)


def colour_at(mesh: Mesh, corners: npt.NDArray[np.int32], weights: F32) -> F32:
    """Linear light (n, 3) at barycentric ``weights`` of triangles with vertices ``corners`` (n, 3)."""
    if mesh.texture is not None and mesh.uv is not None:
        return _sampled(mesh.texture, np.einsum("nk,nkd->nd", weights.astype(np.float64), mesh.uv[corners]))
    if mesh.rgb is not None:
        return np.asarray(np.einsum("nk,nkc->nc", weights, to_linear(mesh.rgb[corners])))
    return np.broadcast_to(to_linear(np.full(3, _STONE, np.uint8)), (len(corners), 3))


def _sampled(texture: U8, uv: F64) -> F32:
    """Bilinear, repeating (glTF's default), in linear light."""
    h, w = texture.shape[:2]
    x, y = uv[:, 0] * w - 0.5, uv[:, 1] * h - 0.5
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - left)[:, None].astype(np.float32), (y - top)[:, None].astype(np.float32)
    total = np.zeros((len(uv), 3), np.float32)
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
        total += weight * to_linear(texture[(top + dy) % h, (left + dx) % w])
    return total


def _shrunk(mesh: Mesh, size_m: float) -> Mesh:
    """The mesh with its texture averaged over blocks of texels up to ``size_m``."""
    if mesh.texture is None or mesh.uv is None:
        return mesh
    factor = int(min(size_m / _texel([mesh]), *mesh.texture.shape[:2]))
    if factor < 2:
        return mesh
    h, w = (side // factor for side in mesh.texture.shape[:2])
    small = np.empty((h, w, 3), np.uint8)
    for row in range(h):  # row by row: a 16k texture in linear light would take 3 GB
        # Rows and columns beyond the last whole block are spread over the blocks by nearest choice.
        top, bottom = row * mesh.texture.shape[0] // h, (row + 1) * mesh.texture.shape[0] // h
        strip = to_linear(mesh.texture[top:bottom]).mean(0)
        edges = np.arange(w) * mesh.texture.shape[1] // w
        count = np.diff(np.append(edges, mesh.texture.shape[1]))
        small[row] = to_srgb(np.add.reduceat(strip, edges, axis=0) / count[:, None])
    return mesh.with_(texture=small)
