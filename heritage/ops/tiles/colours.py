"""Where a surface's colours come from: the points it was measured by, or the model it was drawn as.

Both answer the same question: which colour is seen at this place, from this side? The side matters: a thin
wall is plaster on one face and brick on the other, millimetres apart. So every place only sees points or
triangles that face the half-space of its own main axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from heritage.model.arrays import F32, U8, Mesh, PointCloud
from heritage.ops.tiles.cloud_colours import CloudColours
from heritage.ops.tiles.surface_colours import SurfaceColours


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
