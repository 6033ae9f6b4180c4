"""Ground plans raised to their heights: what `ops.map` makes of a layer and `formats.building_tile` writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, I32, U8, checked

HEIGHT_SOURCES: Final = ("attribute", "survey", "assumed")
"""Where a height comes from: the layer says it, the monument's survey shows it, or nobody knows it."""


@dataclass(frozen=True, eq=False)
class Plans:
    """n ground plans in the site frame.

    ``polygons`` (p,) are valid shapely Polygons, shells counter-clockwise, metres; ``owner`` (p,) int32 the plan
    that each belongs to, rising. ``low_m`` and ``high_m`` (n,) float64 are where walls begin and end, ``height_m``
    (n,) the height stated, ``source`` (n,) uint8 an index into `HEIGHT_SOURCES`.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    polygons: npt.NDArray[Any]
    owner: I32
    low_m: F64
    high_m: F64
    height_m: F64
    source: U8

    def __post_init__(self) -> None:
        n = len(self.ids)
        object.__setattr__(self, "owner", checked("owner", self.owner, "int32", (len(self.polygons),)))
        for name in ("low_m", "high_m", "height_m"):
            object.__setattr__(self, name, checked(name, getattr(self, name), "float64", (n,)))
        object.__setattr__(self, "source", checked("source", self.source, "uint8", (n,)))
        if len(self.names) != n or (len(self.owner) and int(self.owner.max()) >= n):
            raise ValueError("ids, names and owners disagree")

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class BuildingMesh:
    """Some plans as walls, roofs and edges; no floors.

    ``vertices`` (v, 3) float64, site metres; ``top`` (v,) uint8, 255 on a roof, 0 at a foot; ``feature`` (v,) int32
    the row of `ids` and the columns beside it. ``triangles`` (t, 3) and ``edges`` (e, 2) int32 of buildings whose
    height is known come first: ``known_triangles`` and ``known_edges`` of them.
    """

    vertices: F64
    top: U8
    feature: I32
    triangles: I32
    edges: I32
    known_triangles: int
    known_edges: int
    ids: tuple[str, ...]
    names: tuple[str, ...]
    height_m: F64
    source: U8

    def bounds(self) -> tuple[F64, F64]:
        """Least and greatest corner (3,)."""
        return np.asarray(self.vertices.min(0)), np.asarray(self.vertices.max(0))
