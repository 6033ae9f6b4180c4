"""The files of the map: ground model, orthophoto and base layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from heritage.model.documents import Ground
from heritage.model.errors import InputError, Problem
from heritage.model.raster import Raster
from heritage.pipeline.check.sources import reading
from heritage.pipeline.map.ground import datum
from heritage.pipeline.reading.guard_map import guarded_heights, guarded_photo, guarded_shapes
from heritage.pipeline.reading.verdicts import Verdicts
from heritage.text.files import file_problem
from heritage.text.site import LoadedSite


def map_problems(loaded: LoadedSite, verdicts: Verdicts, *, read: bool) -> Iterator[Problem]:
    """The files that ``ground`` and ``base_map`` name: they exist, are inside the site, and open; and that the ground
    model's heights can be made the site's."""
    site, lines = loaded.site, loaded.lines
    spec = site.ground or Ground()
    named: list[tuple[str, str, str, Callable[[Path], Iterator[Problem]], object]] = []
    look: Callable[[Path], Iterator[Problem]]
    if spec.dem is not None:
        look = partial(_heights, loaded, spec)
        named.append((spec.dem, lines.where("ground", "dem"), "ground model", look, spec.model_dump()))
    if spec.photo is not None:
        look = partial(_opens, loaded, partial(guarded_photo, crs=spec.photo_crs))
        named.append((spec.photo, lines.where("ground", "photo"), "orthophoto", look, spec.photo_crs))
    for at, layer in enumerate(site.base_map):
        where = lines.where("base_map", at, "source")
        look = partial(_opens, loaded, partial(guarded_shapes, layer=layer))
        named.append((layer.source, where, "base map", look, layer.model_dump()))
    for name, where, what, look, asked in named:
        path = loaded.root / name
        problem = file_problem(loaded.root, path, where, what)
        if problem:
            yield problem
        elif read:
            yield from verdicts.of((what, asked, site.crs, site.heights), [path], partial(look, path))


def _opens(loaded: LoadedSite, open_: Callable[[Path], object], path: Path) -> Iterator[Problem]:
    return reading(loaded, path, partial(open_, path))


def _heights(loaded: LoadedSite, spec: Ground, path: Path) -> Iterator[Problem]:
    rasters: list[Raster] = []
    yield from reading(loaded, path, lambda: rasters.append(guarded_heights(path, spec.dem_crs)))
    try:
        for raster in rasters:
            datum(loaded, raster)
    except InputError as error:
        yield from error.problems
