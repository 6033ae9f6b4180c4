"""The files of the map: ground model, orthophoto and base layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from heritage.model.documents import Ground
from heritage.model.errors import InputError, Problem
from heritage.model.raster import Raster
from heritage.pipeline.check_sources import reading
from heritage.pipeline.guard_map import guarded_heights, guarded_photo, guarded_shapes
from heritage.pipeline.map.ground import datum
from heritage.text.files import file_problem
from heritage.text.site import LoadedSite


def map_problems(loaded: LoadedSite, *, read: bool) -> Iterator[Problem]:
    """The files that ``ground`` and ``base_map`` name: they exist, are inside the site, and open; and that the ground
    model's heights can be made the site's."""
    site, lines = loaded.site, loaded.lines
    spec = site.ground or Ground()
    if spec.dem is not None:
        rasters: list[Raster] = []

        def heights(name: str) -> None:
            rasters.append(guarded_heights(loaded.root / name, spec.dem_crs))

        yield from _one(loaded, spec.dem, lines.where("ground", "dem"), "ground model", heights, read)
        try:
            for raster in rasters:
                datum(loaded, raster)
        except InputError as error:
            yield from error.problems
    if spec.photo is not None:

        def photo(name: str) -> None:
            guarded_photo(loaded.root / name, spec.photo_crs)

        yield from _one(loaded, spec.photo, lines.where("ground", "photo"), "orthophoto", photo, read)
    for at, layer in enumerate(site.base_map):
        where = lines.where("base_map", at, "source")

        def shapes(name: str, at: int = at) -> None:
            guarded_shapes(loaded.root / name, site.base_map[at])

        yield from _one(loaded, layer.source, where, "base map", shapes, read)


def _one(
    loaded: LoadedSite, name: str, where: str, what: str, open_: Callable[[str], None], read: bool
) -> Iterator[Problem]:
    problem = file_problem(loaded.root, loaded.root / name, where, what)
    if problem:
        yield problem
    elif read:
        yield from reading(loaded, loaded.root / name, partial(open_, name))
