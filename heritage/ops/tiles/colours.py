"""Where a surface's colours come from: the points it was measured by, or the model it was drawn as.

Both answer the same question: which colour is seen at this place, from this side? The side matters: a thin
wall is plaster on one face and brick on the other, millimetres apart. So every place only sees points or
triangles that face the half-space of its own main axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, U8, Bool, Mesh, PointCloud
from heritage.model.colour import to_linear, to_srgb
from heritage.ops.meshes.join import join
from heritage.ops.meshes.nearest import Nearest
from heritage.ops.meshes.weld import areas, covers, crosses
from heritage.ops.points.grid import distinct, morton_order, spacing, voxel_keys
from heritage.ops.tiles.charts import AXES
from heritage.ops.tiles.gather_colours import Gatherer

_NEAR = 2.0  # spacings: how far a point is seen
_SIGMA = 0.6  # spacings: the width of a point's footprint
# For places with nothing near on their own side: spacings of the averaged points that speak instead, and whether
# these must be of the same side.
_WIDER = ((3.0, True), (9.0, False), (27.0, False))
_STONE = 200  # for a part of a model without any colour
_TEXELS = 4_194_304  # a model with colours at its vertices only is worth one 2048 px texture at most,
_TEXELS_PER_TRIANGLE = 64  # and no more than this


class Colours(Protocol):
    """Colours in space. ``texel_m`` is the finest texel worth baking."""

    texel_m: float

    def at(self, xyz: F32, side: U8) -> F32:
        """Linear light (n, 3) at places (n, 3) relative to the surface's origin, seen from ``side`` (n,): 0..5, the
        axis that the surface faces there (see ``side_of``)."""
        ...

    def averaged(self, size_m: float) -> Colours:
        """The same colours with detail below ``size_m`` averaged away, for coarser textures."""
        ...


def colours_of(surfaces: Sequence[Mesh], cloud: PointCloud | None) -> Colours | None:
    """The cloud's colours where it has any, else the surfaces' own, else None.

    Places are relative to the first surface's origin.
    """
    if cloud is not None and cloud.rgb is not None and len(cloud):
        return CloudColours.of(cloud, cloud.rgb, surfaces[0].origin)
    if any(mesh.rgb is not None or (mesh.texture is not None and mesh.uv is not None) for mesh in surfaces):
        return SurfaceColours(surfaces)
    return None


def side_of(normal: npt.NDArray[np.floating]) -> U8:
    """(n,) 0..5: the axis that each normal is nearest to."""
    axis = np.abs(normal).argmax(1)
    return np.asarray(2 * axis + (normal[np.arange(len(normal)), axis] < 0), np.uint8)


class CloudColours:
    """Gaussian mean over the points around a place, in linear light.

    ``xyz`` (n, 3) float32 metres from the surface's origin; ``colour`` (n, 3) float32 linear light; ``normal``
    (n, 3) float32 or None; ``weight`` (n,) float32: how many measured points each stands for.
    """

    def __init__(
        self, xyz: F32, colour: F32, normal: F32 | None, spacing_m: float, weight: F32 | None = None
    ) -> None:
        self.texel_m = spacing_m / 2
        self.spacing_m = spacing_m
        self.xyz, self.colour, self.normal = xyz, colour, normal
        self.weight = np.ones(len(xyz), np.float32) if weight is None else weight
        self._gatherers: dict[float, Gatherer] = {}
        self._wider: dict[float, CloudColours] = {}

    @classmethod
    def of(cls, cloud: PointCloud, rgb: U8, origin: F64) -> CloudColours:
        """From a cloud and its ``rgb``; normals are used where it has them."""
        xyz = (cloud.xyz.astype(np.float64) + (cloud.origin - origin)).astype(np.float32)
        order = morton_order(xyz)
        once = distinct(xyz[order])
        normal = None if cloud.normal is None else cloud.normal[order]
        apart = spacing(xyz[order][once]) or 0.01
        return cls(xyz[order], to_linear(rgb[order]), normal, apart)

    def at(self, xyz: F32, side: U8) -> F32:
        """As ``Colours.at``. Where no point was seen from this side (what was filled in), the colours of ever wider
        surroundings: first of the same side, then of any."""
        if self.normal is None:
            side = np.full(len(xyz), 255, np.uint8)
        colour, seen = self._gathered(xyz, side, _NEAR, _SIGMA)
        wider: CloudColours = self
        for factor, own_side in _WIDER:
            missed = np.flatnonzero(~seen)
            if not len(missed):
                return colour
            if factor not in self._wider:
                self._wider[factor] = self.averaged(self.spacing_m * factor)
            wider = self._wider[factor]
            asked = side[missed] if own_side else np.full(len(missed), 255, np.uint8)
            colour[missed], seen[missed] = wider._gathered(xyz[missed], asked, 2.0, 1.0)
        missed = np.flatnonzero(~seen)
        if len(missed) and len(wider.xyz):
            _, nearest = cKDTree(wider.xyz).query(xyz[missed])
            colour[missed] = wider.colour[nearest]
        return colour

    def averaged(self, size_m: float) -> CloudColours:
        """One point per voxel of ``size_m`` and side, where that is coarser than the points are. Voxels lie on
        multiples of their size, so those of twice the size hold them whole."""
        if size_m <= self.spacing_m or not len(self.xyz):
            return self
        key = voxel_keys(np.floor(self.xyz.astype(np.float64) / size_m).astype(np.int64) + (1 << 19))
        if self.normal is not None:
            # Both faces of a thin wall may share a voxel: their colours must not.
            unknown = np.abs(self.normal).max(1) == 0
            key = key * 7 + np.where(unknown, 6, side_of(self.normal))
        order = np.argsort(key, kind="stable")
        start = np.flatnonzero(np.diff(key[order], prepend=-1))
        weight = np.add.reduceat(self.weight[order], start)

        def mean(values: F32) -> F32:
            total = np.add.reduceat(
                values[order].astype(np.float64) * self.weight[order, None], start, axis=0
            )
            return np.asarray(total / weight[:, None], np.float32)

        normal = None
        if self.normal is not None:
            turned = mean(self.normal)
            length = np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
            normal = (turned / length).astype(np.float32)
        return CloudColours(mean(self.xyz), mean(self.colour), normal, size_m, weight)

    def _gathered(
        self, xyz: F32, side: npt.NDArray[np.uint8], reach: float, sigma: float
    ) -> tuple[F32, Bool]:
        """Colour (n, 3) and whether any point was within ``reach`` spacings."""
        if reach not in self._gatherers:
            sides = np.full(len(self.xyz), 255, np.uint8)
            if self.normal is not None:
                facing = (
                    self.normal[:, None] * np.array([1, -1], np.float32)[None, :, None]
                ) > 0  # (n, sign, axis)
                bits = facing.transpose(0, 2, 1).reshape(-1, 6) @ (1 << np.arange(6))
                sides = np.where(np.abs(self.normal).max(1) == 0, 255, bits).astype(np.uint8)
            self._gatherers[reach] = Gatherer(self.xyz, self.colour, sides, reach * self.spacing_m)
        return self._gatherers[reach].means(xyz, side, sigma * self.spacing_m)


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
        self.texel_m = min(_texel(mesh) for mesh in surfaces)

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
                    result[chosen[own]] = _colour(mesh, corners, place.weights[own])
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


def _texel(mesh: Mesh) -> float:
    """Metres of surface per texel of the mesh's own texture (median), or a share of its extent for vertex colours."""
    area = areas(mesh)
    if mesh.texture is not None and mesh.uv is not None:
        size = np.array([mesh.texture.shape[1], mesh.texture.shape[0]])
        a, b, c = (mesh.uv[mesh.triangles[:, k]].astype(np.float64) * size for k in range(3))
        u, v = b - a, c - a
        texels = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2
        good = (texels > 0) & (area > 0)
        if good.any():
            return float(np.sqrt(area[good].sum() / texels[good].sum()))
    worth = min(_TEXELS, _TEXELS_PER_TRIANGLE * max(len(area), 1))
    return float(np.sqrt(max(area.sum(), 1e-12) / worth))


def _colour(mesh: Mesh, corners: npt.NDArray[np.int32], weights: F32) -> F32:
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
    factor = int(min(size_m / _texel(mesh), *mesh.texture.shape[:2]))
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
