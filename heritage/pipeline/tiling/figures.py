"""What a tileset's report says of it."""

from __future__ import annotations

from heritage.model.report import Figure
from heritage.pipeline.tiling.files import tile_file
from heritage.pipeline.tiling.pieces import Made
from heritage.pipeline.tiling.plan import Plan


def figures(plan: Plan, made: dict[int, Made], deviations: dict[int, float]) -> tuple[Figure, ...]:
    """Sizes, sharpness and deviation, measured."""
    cells = plan.cells
    leaves = cells.leaves()
    stretched = [made[c].stretch for c in leaves]
    files = [tile_file(plan.work.folder, c).stat().st_size for c in made]
    return (
        Figure(name="tiles", value=len(made), unit="tiles"),
        Figure(name="levels of tiles", value=cells.levels, unit="levels"),
        Figure(
            name="triangles of the finest tiles",
            value=sum(made[c].triangles for c in leaves),
            unit="triangles",
            method="the whole surface; long edges split",
        ),
        Figure(name="triangles of the first tile", value=made[0].triangles, unit="triangles"),
        Figure(name="size of the first tile", value=made[0].size_bytes / 1e3, unit="kB"),
        Figure(name="size of all tiles", value=sum(files) / 1e6, unit="MB"),
        Figure(
            name="edges fixed on borders",
            value=sum(made[c].fixed for c in set(made) - set(leaves)),
            unit="edges",
            method="of tiles that are not the finest; their triangles cannot be simplified away",
        ),
        Figure(
            name="deviation of the first tile",
            value=deviations.get(0, 0.0),
            unit="m",
            method="largest distance to the full surface, both ways",
        ),
        Figure(
            name="texel of the finest tiles",
            value=max((made[c].texel_m or 0.0 for c in leaves), default=0.0) or None,
            unit="m",
            method="coarsest of them" if plan.texel is not None else "no colours",
        ),
        Figure(name="texels", value=sum(m.texels for m in made.values()), unit="texels"),
        Figure(
            name="stretch of texels",
            value=max(s[0] for s in stretched),
            unit="1",
            method="95 % of a finest tile's area is below; the worst tile",
        ),
        Figure(
            name="points beside the finest tiles", value=sum(made[c].points for c in leaves), unit="points"
        ),
    )
