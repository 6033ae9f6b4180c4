"""What follows what when tiles are made, and which pieces go at once. The pieces are in `pieces`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from heritage.ops.tiles.cells import Cells
from heritage.ops.tiles.tile import beside
from heritage.pipeline.tiling.files import Slice
from heritage.pipeline.tiling.pieces import Made, Task, deviate, make
from heritage.pipeline.tiling.shares import Shared, Work

Mapper = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]

_MARGIN = 8.0  # spacings: farther away no cell's points are asked for


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is known before the first tile is made."""

    work: Work
    cells: Cells
    steps: tuple[float, ...]
    sharp: list[float | None]
    texel: float | None
    spacing_m: float
    scales: tuple[float, ...]
    context: int
    seams: Mapping[int, tuple[int, int]]

    def run(
        self, mapper: Mapper, shared: Sequence[Shared], points: Sequence[Mapping[int, Slice]]
    ) -> dict[int, Made]:
        """Make all tiles, a depth at a time, the deepest first."""
        cells, leaves = self.cells, self.cells.leaves()
        pieces: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(shared):
            for leaf in one.leaves:
                pieces[leaf].append(number)
        made: dict[int, Made] = {}
        # The points below a depth: those of its leaves, and what deeper tiles averaged.
        layer = {leaf: tuple(found[leaf] for found in points if leaf in found) for leaf in leaves}
        for depth in range(cells.levels - 1, -1, -1):
            tasks = []
            now = np.flatnonzero(cells.depths == depth).tolist()
            for cell in now:
                below = cells.children(cell)
                tasks.append(
                    Task(
                        cell,
                        depth,
                        not below,
                        tuple(below or pieces[cell]),
                        tuple(s for child in below or [cell] for s in layer[child]),
                        self.around(cell, below or [cell], layer),
                        self._spacing(cell, leaf=not below),
                        self._texel(cell, leaf=not below),
                        beside(self.context, cells.levels, depth),
                        self.seams.get(cell, (0, 0)),
                        self.steps,
                        self.scales,
                    )
                )
            results: list[Made] = mapper(partial(make, self.work), tasks)
            for task, result in zip(tasks, results, strict=True):
                made[task.cell] = result
                for child in task.pieces if not task.leaf else ():
                    layer.pop(child)
                layer[task.cell] = result.own
        return made

    def _texel(self, cell: int, *, leaf: bool) -> float | None:
        if self.texel is None or (leaf and cell):
            return self.texel
        return self.sharp[int(self.cells.depths[cell])]

    def _spacing(self, cell: int, *, leaf: bool) -> float:
        """How far apart the points are that paint a cell."""
        if leaf or self.texel is None:
            return self.spacing_m
        return max(self.spacing_m, self.texel * 2.0 ** (self.cells.levels - 2 - int(self.cells.depths[cell])))

    def around(
        self, cell: int, below: Iterable[int], layer: Mapping[int, tuple[Slice, ...]]
    ) -> tuple[Slice, ...]:
        """The points of cells near this one, which paint it along its borders."""
        if not self.spacing_m:
            return ()
        cells, margin = self.cells, _MARGIN * self._spacing(cell, leaf=not cells_below(self.cells, cell))
        others = np.array(sorted(set(layer) - set(below)), np.intp)
        apart = (cells.low[others] > cells.high[cell] + margin) | (
            cells.high[others] < cells.low[cell] - margin
        )
        return tuple(s for other in others[~apart.any(1)].tolist() for s in layer[other])

    def deviations(self, mapper: Mapper) -> dict[int, float]:
        """The measured deviation of every tile that is no leaf."""
        cells = self.cells
        lineage, leaves = cells.lineage(), np.array(cells.leaves())
        inner = sorted(set(range(len(cells))) - set(leaves.tolist()))
        items = [
            (cell, tuple(leaves[lineage[leaves, cells.depths[cell]] == cell].tolist())) for cell in inner
        ]
        return dict(zip(inner, mapper(partial(deviate, self.work), items), strict=True))


def cells_below(cells: Cells, cell: int) -> bool:
    """Whether a cell has children."""
    return bool((cells.parents == cell).any())
