"""Work on a cloud in steps: each is done for every block, by itself, before the next is begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt

from heritage.model.arrays import F64, PointCloud
from heritage.model.octree import I64


@dataclass(frozen=True, eq=False)
class View:
    """What a step sees: the ``own`` first points of ``cloud`` are the block's, from ``low`` to ``high`` (3,); the
    others lie around it. ``rows`` (n,) in the whole cloud; ``columns`` as far as the step asked for."""

    cloud: PointCloud
    rows: I64
    own: int
    low: F64
    high: F64
    columns: Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Made:
    """What a step leaves: columns of the block's own points, and a summary."""

    columns: Mapping[str, npt.NDArray[Any]]
    summary: Any = None


@dataclass(frozen=True)
class Step:
    """``run(view, item)`` for every block, with all that is within ``reach_m`` of it, and the ``columns`` named;
    of the ``own_columns`` only the block's own rows. ``items`` has one value for each block."""

    run: Callable[[View, Any], Made]
    reach_m: float = 0.0
    columns: tuple[str, ...] = ()
    own_columns: tuple[str, ...] = ()
    items: Sequence[Any] | None = None

    def on_each(self) -> Step:
        """Without the items, of which a block needs only its own."""
        return replace(self, items=None)
